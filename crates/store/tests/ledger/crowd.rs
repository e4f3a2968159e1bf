//! Many at once: nothing is overrun, nobody waits for ever, and the books are right when all is quiet.

use crate::ground::{Ground, LEASE, at, number, opened, usd};
use mv_core::paid_call::{CallState, Funding};
use mv_core::units::MicroUsd;
use mv_store::Database;
use mv_store::db::{PoolSizes, orders, projects};
use mv_store::ledger::{self, Caps, LedgerError, NewCall, Opening};
use mv_testing::postgres;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::json;

const CROWD: u32 = 200;

/// As many connections as there are people in the crowd.
fn wide(database: &postgres::TestDatabase) -> Database {
    Database::connect(database.options(), PoolSizes { app: 1, gate: 1, worker: CROWD, owner: 1 })
}

async fn open(db: &Database, new: &NewCall<'_>) -> Result<Opening, LedgerError> {
    let mut transaction = db.worker().begin().await.unwrap();
    let opening = ledger::open(&mut transaction, new).await?;
    transaction.commit().await.unwrap();
    Ok(opening)
}

/// 200 calls of 7 cents at once, over four orders of one project; `(opened, refused)`.
async fn rush(db: &Database, orders: &[Ground; 4], funding: Funding, caps: Caps) -> (usize, usize) {
    let calls = (0..CROWD as usize).map(|number| {
        let (db, ground) = (db.clone(), orders[number % 4]);
        tokio::spawn(async move {
            let step = format!("{}-{number}", funding.word());
            let new = NewCall { funding, caps, estimate: usd(0.07), ..ground.call(&step) };
            match open(&db, &new).await {
                Ok(_) => true,
                Err(LedgerError::OverBudget { .. } | LedgerError::TooFewCredits { .. }) => false,
                Err(error) => panic!("{error:?}"),
            }
        })
    });
    let calls: Vec<_> = calls.collect();
    let mut opened = 0;
    for call in calls {
        opened += usize::from(call.await.unwrap());
    }
    (opened, CROWD as usize - opened)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_hundred_at_once_overrun_nothing() {
    let database = postgres::database().await;
    let db = &wide(&database);
    let ana = Ground::new(db, "ana").await;
    let orders = [ana, ana.another_order(db).await, ana.another_order(db).await, ana.another_order(db).await];
    ana.grant(db, usd(1.0)).await;
    // 14 times 7 cents are 98.
    let by_credits = rush(db, &orders, Funding::Credits, Caps::default()).await;
    assert_eq!((by_credits, ana.credits(db).await), ((14, 186), (20_000, 980_000)));

    // 98 cents of the project's 3.00 are set aside: 28 more, and no order has more than 50 cents of its own.
    let caps = Caps { job: None, project: Some(usd(3.0)) };
    assert_eq!(rush(db, &orders, Funding::Own, caps).await, (28, 172));
    let mut connection = db.worker().acquire().await.unwrap();
    assert_eq!(ledger::committed_by_project(&mut connection, ana.project).await.unwrap(), usd(2.94));
    let mut room = 0;
    for order in &orders {
        room += (1_500_000 - ledger::committed(&mut connection, order.job).await.unwrap().0) / 70_000;
    }
    let caps = Caps { job: Some(usd(1.5)), project: None };
    assert_eq!(rush(db, &orders, Funding::House, caps).await.0 as i64, room);
    for order in &orders {
        assert!(ledger::committed(&mut connection, order.job).await.unwrap() <= usd(1.5));
    }
    drop(connection);
    db.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_call_that_many_open_is_one() {
    let database = postgres::database().await;
    let db = &wide(&database);
    let ana = Ground::new(db, "ana").await;
    ana.grant(db, usd(1.0)).await;
    for (step, funding, caps) in [
        ("credits", Funding::Credits, Caps { job: Some(usd(1.0)), project: Some(usd(1.0)) }),
        ("own", Funding::Own, Caps::default()),
    ] {
        let openings = (0..50).map(|number| {
            let db = db.clone();
            tokio::spawn(async move {
                let holder = format!("worker-{number}");
                let new = NewCall { funding, caps, holder: &holder, ..ana.call(step) };
                open(&db, &new).await.unwrap()
            })
        });
        let openings: Vec<_> = openings.collect();
        let mut held = 0;
        for opening in openings {
            match opening.await.unwrap() {
                Opening::Held(call) => held += usize::from(call.fence == 1),
                Opening::Busy { until } => assert_eq!(until, at(60)),
            }
        }
        assert_eq!(held, 1, "{step}");
    }
    assert_eq!(ana.credits(db).await, (0, 1_000_000));
    db.close().await;
}

/// Does what a worker with this number might do to one of a few calls; dies now and then before it commits.
async fn meddle(db: &Database, orders: &[Ground; 4], dice: u64) {
    let die = |sides: u64, shift: u32| (dice >> shift) % sides;
    let (ground, step) = (orders[die(4, 0) as usize], format!("step-{}", die(16, 4)));
    let (holder, now) = (format!("worker-{}", die(9, 8)), at(die(40, 12) as i64));
    let caps = Caps { job: Some(usd(6.0)), project: Some(usd(16.0)) };
    let funding = [Funding::Credits, Funding::Credits, Funding::Own][die(3, 20) as usize];
    let ordinal = die(4, 24) as u32;
    let estimate = MicroUsd(die(300_000, 28) as i64);
    // Most are given up before long.
    let lease = std::time::Duration::from_secs(die(20, 40));
    let new = NewCall { ordinal, lease, holder: &holder, now, caps, funding, estimate, ..ground.call(&step) };
    let mut transaction = db.worker().begin().await.unwrap();
    let done = match ledger::open(&mut transaction, &new).await {
        Ok(Opening::Held(call)) => {
            let (held, cost) = (call.held(), Some(MicroUsd(die(400_000, 16) as i64)));
            match (call.state, die(4, 50)) {
                (CallState::Reserved, 0 | 1) => ledger::submitting(&mut transaction, &held).await,
                (CallState::Submitting, 0) => ledger::submitted(&mut transaction, &held, &step).await,
                (CallState::Submitting, 1) => ledger::unknown(&mut transaction, &held, "lost").await,
                (CallState::Submitted | CallState::Submitting | CallState::Unknown, 2) => {
                    ledger::succeeded(&mut transaction, &held, cost, &json!({})).await
                }
                (state, 3) if state.is_open() => {
                    ledger::failed(&mut transaction, &held, &json!({}), cost).await
                }
                _ => Ok(()),
            }
        }
        Ok(Opening::Busy { .. }) => Ok(()),
        Err(error) => Err(error),
    };
    match done {
        Ok(())
        | Err(
            LedgerError::OverBudget { .. }
            | LedgerError::TooFewCredits { .. }
            | LedgerError::Unfinished { .. },
        ) => {}
        Err(error) => panic!("{error:?}"),
    }
    if die(8, 56) > 0 {
        transaction.commit().await.unwrap();
    }
}

/// Changes a project and its scene, as people do, who leave both as if they were being filmed.
async fn edit(db: &Database, ground: &Ground) {
    let mut transaction = db.worker().begin().await.unwrap();
    projects::raise_version(&mut transaction, ground.project, None).await.unwrap();
    for change in [
        "UPDATE projects SET status = 'generating' WHERE id = $1",
        "UPDATE scenes SET status = 'generating_video', description = description || '.' WHERE project_id = $1",
    ] {
        sqlx::query(change).bind(ground.project.0).execute(&mut *transaction).await.unwrap();
    }
    transaction.commit().await.unwrap();
}

async fn give_up(db: &Database, ground: &Ground) {
    let mut transaction = db.worker().begin().await.unwrap();
    orders::lock(&mut transaction, ground.job).await.unwrap();
    orders::give_up(&mut transaction, ground.job, Some("stopped")).await.unwrap();
    transaction.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn workers_that_meddle_and_die_leave_the_books_right() {
    let database = postgres::database().await;
    let db = &Database::connect(database.options(), PoolSizes { app: 1, gate: 1, worker: 24, owner: 1 });
    let ana = Ground::new(db, "ana").await;
    let bo = Ground::new(db, "bo").await;
    // Two people order for one project.
    let orders = [ana, ana.another_order(db).await, Ground { user: bo.user, ..ana }, bo];
    for ground in [ana, bo] {
        ground.grant(db, usd(20.0)).await;
    }
    // Over, so that giving one up concerns its scenes whatever the others do.
    for order in &orders {
        order.order_becomes(db, "failed").await;
    }
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[11; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let dice =
        proptest::collection::vec(proptest::num::u64::ANY, 1800).new_tree(&mut runner).unwrap().current();
    let workers = dice.chunks(75).map(|dice| {
        let (db, dice) = (db.clone(), dice.to_vec());
        tokio::spawn(async move {
            for roll in dice {
                meddle(&db, &orders, roll).await;
            }
        })
    });
    let mut workers: Vec<_> = workers.collect();
    // Meanwhile somebody edits, and orders are given up.
    for order in orders {
        let db = db.clone();
        workers.push(tokio::spawn(async move {
            for _ in 0..40 {
                edit(&db, &order).await;
                give_up(&db, &order).await;
            }
        }));
    }
    for worker in workers {
        worker.await.unwrap();
    }
    let mut connection = db.worker().acquire().await.unwrap();
    let mut count = async |sql: &str| number(&mut connection, sql.to_owned()).await;
    assert_eq!(count("SELECT coalesce(sum(amount), 0)::bigint FROM credit_entries").await, 0);
    let ended = count("SELECT count(*) FROM paid_calls WHERE cost_micros IS NOT NULL").await;
    assert!(ended > 50, "only {ended} calls ended");
    for (account, calls) in [
        ("reserved", "SELECT sum(estimate_micros)::bigint FROM paid_calls WHERE cost_micros IS NULL AND"),
        ("spent", "SELECT sum(cost_micros)::bigint FROM paid_calls WHERE"),
    ] {
        for ground in [ana, bo] {
            let user = ground.user;
            let journal = format!(
                "SELECT coalesce(sum(amount), 0)::bigint FROM credit_entries
                 WHERE account = '{account}' AND user_id = '{user}'"
            );
            let booked = format!("SELECT coalesce(({calls} funding = 'credits' AND user_id = '{user}'), 0)");
            assert_eq!(count(&journal).await, count(&booked).await, "{account}");
        }
    }
    // Past a cap goes only what a service charged above its price, never what was set aside.
    for (of, cap) in [("job_id", 6_000_000), ("project_id", 16_000_000)] {
        let past = format!(
            "SELECT count(*) FROM (SELECT FROM paid_calls GROUP BY {of}
               HAVING sum(committed_micros) > {cap} + sum(greatest(cost_micros - estimate_micros, 0))) s"
        );
        assert_eq!(count(&past).await, 0, "{of}");
    }
    let below = "SELECT count(*) FROM (SELECT sum(amount) FROM credit_entries WHERE account IN ('balance', 'reserved')
                   GROUP BY user_id, account HAVING sum(amount) < 0) s";
    assert_eq!(count(below).await, 0);
    for (what, column) in [
        ("project", "SELECT sum(total_cost_usd * 1000000)::bigint FROM projects"),
        ("scene", "SELECT sum((image_cost_usd + video_cost_usd) * 1000000)::bigint FROM scenes"),
        ("order", "SELECT sum((costs ->> 'total')::numeric * 1000000)::bigint FROM video_jobs"),
    ] {
        let booked = count("SELECT sum(cost_micros)::bigint FROM paid_calls").await;
        assert_eq!(count(column).await, booked, "{what}");
    }
    let two_open = "SELECT count(*) FROM (SELECT FROM paid_calls WHERE cost_micros IS NULL
                      GROUP BY user_id, step_key HAVING count(*) > 1) s";
    assert_eq!(count(two_open).await, 0);
    drop(connection);
    opened(db, &NewCall { now: at(99_999), lease: LEASE, ..ana.call("afterwards") }).await;
    db.close().await;
}
