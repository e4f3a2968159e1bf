//! Credits that were paid for: booked once, spent soonest first, run out, taken back and given again.

use crate::ground::{Ground, at, number, opened, usd};
use mv_core::units::MicroUsd;
use mv_store::Database;
use mv_store::ledger::{self, Expiry, GrantKind, NewCall, NewGrant, PaidBack, Remainder, TakenBack};
use mv_testing::postgres;
use serde_json::json;

/// A period of a plan for 1900 cents, or a pack that never runs out.
fn paid<'a>(ground: &Ground, source: &'a str, dollars: f64, until: Option<i64>) -> NewGrant<'a> {
    NewGrant {
        user: ground.user,
        kind: if until.is_some() { GrantKind::Plan } else { GrantKind::Pack },
        source,
        payment_intent: Some(source),
        amount: usd(dollars),
        paid_minor: 1900,
        currency: Some("usd"),
        expires_at: until.map(at),
        now: at(0),
    }
}

async fn grant(db: &Database, new: &NewGrant<'_>) -> bool {
    let mut transaction = db.worker().begin().await.unwrap();
    let done = ledger::grant_once(&mut transaction, new).await.unwrap();
    transaction.commit().await.unwrap();
    done
}

async fn pay_back(db: &Database, source: &str, what: PaidBack) -> Option<TakenBack> {
    let mut transaction = db.worker().begin().await.unwrap();
    let taken = ledger::pay_back(&mut transaction, source, what).await.unwrap();
    transaction.commit().await.unwrap();
    taken
}

async fn expire(db: &Database, ground: &Ground, now: i64) -> Expiry {
    let mut transaction = db.worker().begin().await.unwrap();
    let expiry = ledger::expire(&mut transaction, ground.user, at(now)).await.unwrap();
    transaction.commit().await.unwrap();
    expiry
}

/// A call of so much that is set aside.
async fn reserve(db: &Database, ground: &Ground, step: &str, dollars: f64) -> ledger::Held {
    opened(db, &NewCall { estimate: usd(dollars), ..ground.call_with_credits(step) }).await.held()
}

async fn spend(db: &Database, ground: &Ground, step: &str, dollars: f64) {
    let held = reserve(db, ground, step, dollars).await;
    let mut transaction = db.worker().begin().await.unwrap();
    ledger::submitting(&mut transaction, &held).await.unwrap();
    ledger::succeeded(&mut transaction, &held, None, &json!({})).await.unwrap();
    transaction.commit().await.unwrap();
}

async fn available(db: &Database, ground: &Ground) -> MicroUsd {
    let mut connection = db.worker().acquire().await.unwrap();
    let unbalanced =
        "SELECT count(*) FROM (SELECT FROM credit_entries GROUP BY transfer_id HAVING sum(amount) <> 0) t";
    assert_eq!(number(&mut connection, unbalanced.to_owned()).await, 0);
    ledger::balance(&mut connection, ground.user).await.unwrap().available
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_payment_brings_its_credits_once() {
    let database = postgres::database().await;
    let db = database.database();
    let ana = Ground::new(db, "ana").await;
    let tries = (0..20).map(|_| {
        let db = db.clone();
        tokio::spawn(async move { grant(&db, &paid(&ana, "in_1", 10.0, Some(100))).await })
    });
    let mut done = 0;
    for one in tries.collect::<Vec<_>>() {
        done += usize::from(one.await.unwrap());
    }
    assert_eq!((done, available(db, &ana).await), (1, usd(10.0)));
    assert!(!grant(db, &paid(&ana, "in_2", 0.0, None)).await, "of no credits");
}

#[tokio::test]
async fn what_is_left_is_told_by_where_it_came_from() {
    let database = postgres::database().await;
    let db = database.database();
    let ana = Ground::new(db, "ana").await;
    let left = async || {
        let mut connection = db.worker().acquire().await.unwrap();
        ledger::remainders(&mut connection, ana.user).await.unwrap()
    };
    assert_eq!(left().await, []);
    grant(db, &paid(&ana, "cs_1", 5.0, None)).await;
    grant(db, &paid(&ana, "in_1", 10.0, Some(100))).await;
    ana.grant(db, usd(2.0)).await;
    spend(db, &ana, "a", 4.0).await;
    // What is set aside is not spent yet.
    let held = reserve(db, &ana, "b", 7.0).await;
    let of = |kind, dollars: f64, granted: Option<f64>, until: Option<i64>| Remainder {
        kind,
        left: usd(dollars),
        granted: granted.map(usd),
        granted_at: kind.map(|_| at(0)),
        expires_at: until.map(at),
    };
    let (plan, pack) = (Some(GrantKind::Plan), Some(GrantKind::Pack));
    let all =
        [of(plan, 6.0, Some(10.0), Some(100)), of(pack, 5.0, Some(5.0), None), of(None, 2.0, None, None)];
    assert_eq!(left().await, all);
    let mut transaction = db.worker().begin().await.unwrap();
    ledger::submitting(&mut transaction, &held).await.unwrap();
    ledger::succeeded(&mut transaction, &held, None, &json!({})).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(left().await, [of(pack, 4.0, Some(5.0), None), of(None, 2.0, None, None)]);
}

#[tokio::test]
async fn what_runs_out_is_spent_first() {
    let database = postgres::database().await;
    let db = database.database();
    let ana = Ground::new(db, "ana").await;
    grant(db, &paid(&ana, "cs_1", 5.0, None)).await;
    grant(db, &paid(&ana, "in_1", 10.0, Some(100))).await;
    grant(db, &paid(&ana, "in_2", 10.0, Some(200))).await;
    spend(db, &ana, "a", 4.0).await;
    // Set aside when the time is over: neither taken nor lost.
    let held = reserve(db, &ana, "b", 18.0).await;
    assert_eq!(expire(db, &ana, 99).await, Expiry::default());
    let expiry = expire(db, &ana, 150).await;
    assert_eq!((expiry.expired, expiry.waiting), (usd(3.0), usd(3.0)));
    let mut transaction = db.worker().begin().await.unwrap();
    ledger::failed(&mut transaction, &held, &json!({}), None).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(expire(db, &ana, 151).await, Expiry { expired: usd(3.0), waiting: MicroUsd::ZERO });
    assert_eq!(available(db, &ana).await, usd(15.0));
    assert_eq!(expire(db, &ana, 250).await.expired, usd(10.0));
    assert_eq!(expire(db, &ana, 1_000_000).await, Expiry::default());
    assert_eq!(available(db, &ana).await, usd(5.0), "a pack stays");
    let mut connection = db.worker().acquire().await.unwrap();
    assert!(ledger::with_due_grants(&mut connection, at(1_000_000)).await.unwrap().is_empty());
}

#[tokio::test]
async fn money_that_goes_back_takes_its_credits_along() {
    let database = postgres::database().await;
    let db = database.database();
    let ana = Ground::new(db, "ana").await;
    assert_eq!(pay_back(db, "in_1", PaidBack::Refunded(950)).await, None, "it brought nothing");
    grant(db, &paid(&ana, "in_1", 10.0, Some(100))).await;
    let half = pay_back(db, "in_1", PaidBack::Refunded(950)).await.unwrap();
    assert_eq!((half.taken, half.owed), (usd(5.0), MicroUsd::ZERO));
    // Told again, and told what is older.
    for refunded in [950, 100, 0] {
        assert_eq!(pay_back(db, "in_1", PaidBack::Refunded(refunded)).await.unwrap().taken, MicroUsd::ZERO);
    }
    spend(db, &ana, "a", 2.0).await;
    let all = pay_back(db, "in_1", PaidBack::Disputed(true)).await.unwrap();
    assert_eq!((all.taken, all.owed), (usd(3.0), usd(2.0)), "as far as they are there");
    assert_eq!(available(db, &ana).await, MicroUsd::ZERO);
    // New credits do not pay for it behind the person's back, until it is told again.
    let won = pay_back(db, "in_1", PaidBack::Disputed(false)).await.unwrap();
    assert_eq!((won.taken, won.owed), (usd(-3.0), MicroUsd::ZERO), "what the refund took stays taken");
    assert_eq!(available(db, &ana).await, usd(3.0));
}

/// Whether a call of so much was the one after which little is left.
async fn runs_low(db: &Database, ground: &Ground, step: &str, dollars: f64) -> Option<ledger::Low> {
    let held = reserve(db, ground, step, dollars).await;
    let mut transaction = db.worker().begin().await.unwrap();
    ledger::submitting(&mut transaction, &held).await.unwrap();
    ledger::succeeded(&mut transaction, &held, None, &json!({})).await.unwrap();
    let low = ledger::ran_low(&mut transaction, ground.user, held.id).await.unwrap();
    transaction.commit().await.unwrap();
    low
}

#[tokio::test]
async fn the_call_that_leaves_less_than_a_fifth_is_one_alone_until_more_comes() {
    let database = postgres::database().await;
    let db = database.database();
    let ground = Ground::new(db, "ana").await;
    grant(db, &paid(&ground, "in_1", 10.0, Some(100))).await;
    assert_eq!(runs_low(db, &ground, "a", 7.9).await, None);
    assert_eq!(runs_low(db, &ground, "b", 0.1).await, None, "two of ten are a fifth");
    let low = runs_low(db, &ground, "c", 0.1).await.unwrap();
    assert_eq!(low.left, usd(1.9));
    assert_eq!(runs_low(db, &ground, "d", 0.1).await, None, "it was low before");
    // What is only set aside may come back: it counts as there.
    grant(db, &paid(&ground, "cs_2", 5.0, None)).await;
    let held = reserve(db, &ground, "e", 6.5).await;
    assert_eq!(runs_low(db, &ground, "f", 0.1).await, None);
    let mut transaction = db.worker().begin().await.unwrap();
    ledger::submitting(&mut transaction, &held).await.unwrap();
    ledger::failed(&mut transaction, &held, &json!({}), None).await.unwrap();
    assert_eq!(ledger::ran_low(&mut transaction, ground.user, held.id).await.unwrap(), None);
    transaction.commit().await.unwrap();
    let again = runs_low(db, &ground, "g", 6.0).await.unwrap();
    assert_ne!(again.since, low.since, "other credits came in between");
}
