//! Each step of a call, and each that is refused.

use crate::ground::{Ground, LEASE, at, open, opened, usd};
use mv_core::ids::CallId;
use mv_core::paid_call::CallState;
use mv_store::ledger::{self, CallFilter, Heard, Held, LedgerError, NewCall, Opening, Outcome, Resolver};
use mv_store::{Database, StoreError};
use mv_testing::postgres;
use serde_json::{Value, json};
use std::time::Duration;

async fn state(db: &Database, id: CallId) -> CallState {
    let mut connection = db.worker().acquire().await.unwrap();
    let (calls, _) = ledger::list(&mut connection, &CallFilter::default(), 1000, 0).await.unwrap();
    calls.iter().find(|call| call.id == id).unwrap().state
}

/// Everything that whoever holds a call may try to make of it.
async fn attempt(db: &Database, held: &Held, wanted: CallState) -> Result<(), LedgerError> {
    let mut transaction = db.worker().begin().await.unwrap();
    let done = match wanted {
        CallState::Reserved => ledger::back_to_reserved(&mut transaction, held).await,
        CallState::Submitting => ledger::submitting(&mut transaction, held).await,
        CallState::Submitted => ledger::submitted(&mut transaction, held, "task-1").await,
        CallState::Succeeded => ledger::succeeded(&mut transaction, held, None, &json!({})).await,
        CallState::Failed => ledger::failed(&mut transaction, held, &json!({}), None).await,
        CallState::Unknown => ledger::unknown(&mut transaction, held, "no answer").await,
    };
    if done.is_ok() {
        transaction.commit().await.unwrap();
    }
    done
}

/// A fresh call, brought to this state.
async fn call_in(db: &Database, new: &NewCall<'_>, wanted: CallState) -> Held {
    let held = opened(db, new).await.held();
    let way: &[CallState] = match wanted {
        CallState::Reserved => &[],
        CallState::Submitting => &[CallState::Submitting],
        CallState::Submitted | CallState::Succeeded | CallState::Unknown => &[CallState::Submitting, wanted],
        CallState::Failed => &[CallState::Failed],
    };
    for step in way {
        attempt(db, &held, *step).await.unwrap();
    }
    held
}

#[tokio::test]
async fn a_call_goes_where_it_may_and_nowhere_else() {
    let database = postgres::database().await;
    let db = database.database();
    let ground = Ground::new(db, "ana").await;
    let mut allowed = 0;
    for from in CallState::ALL {
        for to in CallState::ALL {
            let step = format!("{from}-{to}");
            let held = call_in(db, &ground.call(&step), from).await;
            let done = attempt(db, &held, to).await;
            if to.comes_from().contains(&from) {
                done.unwrap();
                assert_eq!(state(db, held.id).await, to, "{step}");
                allowed += 1;
            } else {
                let told = matches!(done, Err(LedgerError::WrongState { found, wanted }) if (found, wanted) == (from, to));
                assert!(told, "{step}: {done:?}");
                assert_eq!(state(db, held.id).await, from, "{step}");
            }
            // The database itself agrees, whatever a program forgets.
            let held = call_in(db, &ground.call(&format!("{step}-sql")), from).await;
            let changed = sqlx::query(
                "UPDATE paid_calls SET state = $2, provider_job_id = 'task-1',
                   cost_micros = CASE WHEN $2 IN ('succeeded', 'failed') THEN coalesce(cost_micros, 0) END,
                   finished_at = CASE WHEN $2 IN ('succeeded', 'failed') THEN coalesce(finished_at, now()) END
                 WHERE id = $1",
            )
            .bind(held.id.0)
            .bind(to.word())
            .execute(db.worker())
            .await;
            assert_eq!(changed.is_ok(), from == to || to.comes_from().contains(&from), "{step}: {changed:?}");
        }
    }
    assert_eq!(allowed, 14);
}

#[tokio::test]
async fn the_same_call_is_opened_once_and_taken_over_as_it_was_left() {
    let database = postgres::database().await;
    let db = database.database();
    let ground = Ground::new(db, "ana").await;
    let new = ground.call("clip-1");
    let first = opened(db, &new).await;
    assert_eq!((first.state, first.fence, first.attempts), (CallState::Reserved, 1, 0));
    assert_eq!(first.idem_key, ledger::idem_key(ground.user, "clip-1", 0));
    assert!((8..=64).contains(&first.idem_key.len()));
    assert!(first.idem_key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'));

    // Somebody else waits for the lease; the same holder need not, and is not two.
    let other = NewCall { holder: "worker-2", now: at(59), ..new };
    assert_eq!(open(db, &other).await.unwrap(), Opening::Busy { until: at(60) });
    let again = opened(db, &NewCall { now: at(1), ..new }).await;
    assert_eq!((again.id, again.fence), (first.id, 2));
    attempt(db, &again.held(), CallState::Submitting).await.unwrap();
    let late = attempt(db, &first.held(), CallState::Submitted).await;
    assert!(matches!(late, Err(LedgerError::Store(StoreError::Superseded))), "{late:?}");

    // The lease is renewed by its holder alone.
    let mut connection = db.worker().acquire().await.unwrap();
    ledger::renew_lease(&mut connection, &again.held(), LEASE, at(50)).await.unwrap();
    let stolen = ledger::renew_lease(&mut connection, &first.held(), LEASE, at(500)).await;
    assert!(matches!(stolen, Err(LedgerError::Store(StoreError::Superseded))), "{stolen:?}");
    assert_eq!(open(db, &other).await.unwrap(), Opening::Busy { until: at(110) });

    // It dies. Whoever comes next finds what it left, under the words of the first opening.
    let next = NewCall { holder: "worker-2", now: at(110), model: "another", estimate: usd(9.0), ..new };
    let left = opened(db, &next).await;
    assert_eq!((left.id, left.state, left.fence), (first.id, CallState::Submitting, 3));
    assert_eq!((left.model.as_str(), left.estimate, left.attempts), ("kling-standard", usd(1.0), 1));
    for wanted in CallState::ALL {
        let zombie = attempt(db, &again.held(), wanted).await;
        assert!(matches!(zombie, Err(LedgerError::Store(StoreError::Superseded))), "{wanted}: {zombie:?}");
    }
    let released = ledger::release(&mut connection, &again.held()).await;
    assert!(matches!(released, Err(LedgerError::Store(StoreError::Superseded))));

    // Released, it is free at once.
    ledger::release(&mut connection, &left.held()).await.unwrap();
    let third = opened(db, &NewCall { holder: "worker-3", now: at(110), ..new }).await;
    attempt(db, &third.held(), CallState::Submitted).await.unwrap();
    let found = ledger::find(&mut connection, "kling", "task-1").await.unwrap().unwrap();
    assert_eq!((found.id, found.state), (first.id, CallState::Submitted));
    assert_eq!(ledger::find(&mut connection, "fal", "task-1").await.unwrap(), None);

    // What has ended is shown to everybody, held by nobody.
    attempt(db, &third.held(), CallState::Succeeded).await.unwrap();
    let done = opened(db, &NewCall { holder: "worker-4", now: at(111), ..new }).await;
    assert_eq!((done.state, done.fence, done.holder), (CallState::Succeeded, third.fence, None));
}

#[tokio::test]
async fn a_dropped_transaction_leaves_nothing() {
    let database = postgres::database().await;
    let db = database.database();
    let ground = Ground::new(db, "ana").await;
    ground.grant(db, usd(1.0)).await;
    let new = ground.call_with_credits("clip-1");
    let mut transaction = db.worker().begin().await.unwrap();
    let Opening::Held(lost) = ledger::open(&mut transaction, &new).await.unwrap() else {
        panic!("held by nobody")
    };
    drop(transaction);
    assert_eq!(ground.credits(db).await, (1_000_000, 0));
    let call = opened(db, &new).await;
    assert_ne!(call.id, lost.id);
    assert_eq!(call.idem_key, lost.idem_key, "a service that heard of it knows it again");
    assert_eq!(ground.credits(db).await, (0, 1_000_000));
    let mut transaction = db.worker().begin().await.unwrap();
    ledger::submitting(&mut transaction, &call.held()).await.unwrap();
    ledger::succeeded(&mut transaction, &call.held(), None, &json!({})).await.unwrap();
    drop(transaction);
    assert_eq!(state(db, call.id).await, CallState::Reserved);
    assert_eq!(ground.credits(db).await, (0, 1_000_000));
}

#[tokio::test]
async fn a_step_has_one_open_try() {
    let database = postgres::database().await;
    let db = database.database();
    let ground = Ground::new(db, "ana").await;
    let second = NewCall { ordinal: 1, because: Some("kling: refused\0"), ..ground.call("clip-1") };
    for left in [CallState::Reserved, CallState::Submitting, CallState::Submitted, CallState::Unknown] {
        let step = left.word();
        let held = call_in(db, &ground.call(step), left).await;
        let refused = open(db, &NewCall { step_key: step, ..second }).await;
        let told = matches!(&refused, Err(LedgerError::Unfinished { ordinal: 0, state }) if *state == left);
        assert!(told, "{left}: {refused:?}");
        attempt(db, &held, CallState::Failed).await.unwrap_or_else(|error| panic!("{left}: {error}"));
        let call = opened(db, &NewCall { step_key: step, ..second }).await;
        assert_eq!((call.ordinal, call.because.as_deref()), (1, Some("kling: refused\u{fffd}")));
        assert_ne!(call.idem_key, ledger::idem_key(ground.user, step, 0));
    }
    // Another person's step of the same key is theirs.
    let bo = Ground::new(db, "bo").await;
    let (hers, his) = (opened(db, &ground.call("same")).await, opened(db, &bo.call("same")).await);
    assert_ne!(hers.idem_key, his.idem_key);
}

#[tokio::test]
async fn unknown_calls_are_resolved_by_whoever_pays() {
    let database = postgres::database().await;
    let db = database.database();
    let (ana, bo) = (Ground::new(db, "ana").await, Ground::new(db, "bo").await);
    ana.grant(db, usd(10.0)).await;
    let resolve = async |by, id, outcome| {
        let mut transaction = db.worker().begin().await.unwrap();
        let call = ledger::resolve_unknown(&mut transaction, by, id, &outcome).await;
        transaction.commit().await.unwrap();
        call
    };
    let own = call_in(db, &ana.call("own"), CallState::Unknown).await;
    let strange = resolve(Resolver::Owner(bo.user), own.id, Outcome::NotTaken).await;
    assert!(matches!(strange, Err(LedgerError::Store(StoreError::NotFound))), "{strange:?}");
    let call = resolve(Resolver::Owner(ana.user), own.id, Outcome::NotTaken).await.unwrap();
    assert_eq!((call.state, call.cost), (CallState::Failed, Some(usd(0.0))));
    assert_eq!(call.error.unwrap()["code"], "not_taken");
    let twice = resolve(Resolver::Owner(ana.user), own.id, Outcome::NotTaken).await;
    assert!(matches!(twice, Err(LedgerError::WrongState { found: CallState::Failed, .. })), "{twice:?}");

    // Whoever spends the operator's money does not say that it came back.
    for (step, outcome, cost, left) in [
        ("a", Outcome::NotTaken, Some(0.0), (10_000_000, 0)),
        ("b", Outcome::Refunded, Some(0.0), (10_000_000, 0)),
        ("c", Outcome::Charged { cost: Some(usd(0.25)) }, Some(0.25), (9_750_000, 0)),
        ("d", Outcome::Charged { cost: None }, Some(1.0), (8_750_000, 0)),
        ("e", Outcome::Taken { provider_job_id: "task-9".into() }, None, (7_750_000, 1_000_000)),
    ] {
        let held = call_in(db, &ana.call_with_credits(step), CallState::Unknown).await;
        let claimed = resolve(Resolver::Owner(ana.user), held.id, outcome.clone()).await;
        assert!(matches!(claimed, Err(LedgerError::OperatorDecides)), "{claimed:?}");
        let call = resolve(Resolver::Operator(bo.user), held.id, outcome).await.unwrap();
        assert_eq!((call.cost, ana.credits(db).await), (cost.map(usd), left), "{step}");
        let zombie = attempt(db, &held, CallState::Succeeded).await;
        assert!(zombie.is_err(), "{step}");
    }
    let taken = opened(db, &ana.call_with_credits("e")).await;
    assert_eq!((taken.state, taken.provider_job_id.as_deref()), (CallState::Submitted, Some("task-9")));
    attempt(db, &taken.held(), CallState::Succeeded).await.unwrap();
    assert_eq!(ana.credits(db).await, (7_750_000, 0));
}

#[tokio::test]
async fn calls_that_nobody_comes_back_to_are_found() {
    let database = postgres::database().await;
    let db = database.database();
    let ana = Ground::new(db, "ana").await;
    let mut connection = db.worker().acquire().await.unwrap();
    for wanted in CallState::ALL {
        call_in(db, &ana.call(wanted.word()), wanted).await;
    }
    let orderless = NewCall { job: None, project: None, scene: None, ..ana.call("portrait") };
    opened(db, &orderless).await;
    let mut steps = async |seconds| -> Vec<String> {
        let calls = ledger::orphans(&mut connection, at(seconds), 10).await.unwrap();
        calls.into_iter().map(|call| call.step_key).collect()
    };
    assert_eq!(steps(100).await, Vec::<String>::new(), "their order goes on");
    ana.order_becomes(db, "canceled").await;
    assert_eq!(steps(59).await, Vec::<String>::new(), "they are held");
    let mut left = steps(60).await;
    left.sort();
    assert_eq!(left, ["reserved", "submitted", "submitting"]);
    assert_eq!(steps(660).await.len(), 4, "what belongs to no order is left after a while");
    sqlx::query("DELETE FROM video_jobs").execute(db.owner()).await.unwrap();
    assert_eq!(steps(60).await.len(), 3, "the order is gone");
    let mut connection = db.worker().acquire().await.unwrap();
    for call in ledger::orphans(&mut connection, at(660), 10).await.unwrap() {
        let opening = ledger::take_over(&mut connection, call.id, "sweep", LEASE, at(660)).await.unwrap();
        let Opening::Held(call) = opening else { panic!("{opening:?}") };
        let again = ledger::take_over(&mut connection, call.id, "sweep-2", LEASE, at(661)).await.unwrap();
        assert_eq!(again, Opening::Busy { until: at(720) });
        ledger::failed(&mut connection, &call.held(), &json!({"code": "abandoned"}), None).await.unwrap();
    }
    assert_eq!(ledger::orphans(&mut connection, at(9999), 10).await.unwrap(), []);
}

#[tokio::test]
async fn what_a_service_tells_by_itself_moves_only_what_was_given_up() {
    let database = postgres::database().await;
    let db = database.database();
    let ana = Ground::new(db, "ana").await;
    for state in CallState::ALL {
        let held = call_in(db, &ana.call(state.word()), state).await;
        let mut connection = db.worker().begin().await.unwrap();
        let mut told = async |job: &str| ledger::heard(&mut connection, held.id, job).await.unwrap();
        // `attempt` submits under this name.
        let (first, again) = (told("task-1").await, told("task-1").await);
        let other = told("task-2").await;
        let expected = match state {
            CallState::Reserved | CallState::Submitting => (Heard::Proven, Heard::Proven, Heard::OtherJob),
            CallState::Submitted => (Heard::Known, Heard::Known, Heard::OtherJob),
            CallState::Unknown => (Heard::Recovered, Heard::Known, Heard::OtherJob),
            CallState::Succeeded | CallState::Failed => (Heard::Over, Heard::Over, Heard::Over),
        };
        assert_eq!((first, again, other), expected, "{state}");
        let now = ledger::get(&mut connection, ana.user, held.id).await.unwrap();
        let heard = ledger::heard_of(&mut connection, held.id).await.unwrap();
        match state {
            CallState::Reserved | CallState::Submitting => {
                // Its holder goes on as if nothing had been said, and asks when it needs to know.
                assert_eq!((now.state, now.held()), (state, held));
                assert_eq!(heard.as_deref(), Some("task-1"));
            }
            CallState::Unknown => {
                assert_eq!((now.state, now.holder), (CallState::Submitted, None));
                assert!(now.fence > held.fence);
            }
            _ => assert_eq!((now.state, heard), (state, None)),
        }
        connection.commit().await.unwrap();
    }
}

#[tokio::test]
async fn whatever_a_service_says_is_kept() {
    let database = postgres::database().await;
    let db = database.database();
    let ana = Ground::new(db, "ana").await;
    let mut connection = db.worker().acquire().await.unwrap();
    let call = opened(db, &NewCall { lease: Duration::MAX, ..ana.call("clip-1") }).await;
    ledger::submitting(&mut connection, &call.held()).await.unwrap();
    ledger::submitted(&mut connection, &call.held(), &"x\0".repeat(500)).await.unwrap();
    ledger::unknown(&mut connection, &call.held(), "cut\0off").await.unwrap();
    let result = json!({"text": "a\0b", "deep": [{"\0": null}]});
    ledger::succeeded(&mut connection, &call.held(), None, &result).await.unwrap();
    let kept = ledger::get(&mut connection, ana.user, call.id).await.unwrap();
    assert_eq!(kept.result, Some(json!({"text": "a\u{fffd}b", "deep": [{"\u{fffd}": null}]})));
    assert_eq!((kept.error, kept.provider_job_id.map(|id| id.len())), (None::<Value>, Some(500 + 1500)));
}

#[tokio::test]
async fn a_call_is_seen_by_its_person_and_written_by_the_worker() {
    let database = postgres::database().await;
    let db = database.database();
    let (ana, bo) = (Ground::new(db, "ana").await, Ground::new(db, "bo").await);
    let call = opened(db, &ana.call("clip-1")).await;
    opened(db, &bo.call("clip-1")).await;
    let mut transaction = db.person(ana.user).await.unwrap();
    let (calls, total) = ledger::list(&mut transaction, &CallFilter::default(), 10, 0).await.unwrap();
    assert_eq!((calls.as_slice(), total), (&[call.clone()][..], 1));
    for filter in [
        CallFilter { user: Some(bo.user), ..CallFilter::default() },
        CallFilter { project: Some(bo.project), ..CallFilter::default() },
        CallFilter { job: Some(bo.job), ..CallFilter::default() },
        CallFilter { states: vec![CallState::Unknown], ..CallFilter::default() },
    ] {
        assert_eq!(ledger::list(&mut transaction, &filter, 10, 0).await.unwrap(), (vec![], 0), "{filter:?}");
    }
    let written = ledger::submitting(&mut transaction, &call.held()).await;
    assert!(matches!(written, Err(LedgerError::Store(StoreError::Database(_)))), "{written:?}");
    let mut transaction = db.person(bo.user).await.unwrap();
    let stranger = ledger::get(&mut transaction, ana.user, call.id).await;
    assert!(matches!(stranger, Err(StoreError::NotFound)), "{stranger:?}");
    let mut connection = db.worker().acquire().await.unwrap();
    let stranger = ledger::get(&mut connection, bo.user, call.id).await;
    assert!(matches!(stranger, Err(StoreError::NotFound)), "{stranger:?}");
    let all = CallFilter::default();
    assert_eq!(ledger::list(&mut connection, &all, 1, 1).await.unwrap().1, 2, "operators see everybody's");
}
