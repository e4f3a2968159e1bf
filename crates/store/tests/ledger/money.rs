//! What is set aside, booked and given back, for one call after another.

use crate::ground::{Ground, LEASE, at, number, open, opened, usd};
use mv_core::paid_call::{Capability, Funding};
use mv_core::units::MicroUsd;
use mv_store::ledger::{self, Cap, Caps, Held, LedgerError, NewCall, Source};
use mv_store::{Database, StoreError};
use mv_testing::postgres;
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;

async fn succeed(db: &Database, held: &Held, cost: Option<MicroUsd>) {
    let mut transaction = db.worker().begin().await.unwrap();
    ledger::submitting(&mut transaction, held).await.unwrap();
    ledger::succeeded(&mut transaction, held, cost, &json!({"object_key": "clips/1"})).await.unwrap();
    transaction.commit().await.unwrap();
}

async fn account(db: &Database, name: &str) -> i64 {
    let mut connection = db.worker().acquire().await.unwrap();
    let sql = format!("SELECT coalesce(sum(amount), 0)::bigint FROM credit_entries WHERE account = '{name}'");
    number(&mut connection, sql).await
}

#[tokio::test]
async fn credits_are_set_aside_then_settled_or_given_back() {
    let database = postgres::database().await;
    let db = database.database();
    let ana = Ground::new(db, "ana").await;
    let refused = open(db, &ana.call_with_credits("first")).await;
    let Err(LedgerError::TooFewCredits { balance, needed }) = refused else { panic!("{refused:?}") };
    assert_eq!((balance, needed), (usd(0.0), usd(1.0)));
    ana.grant(db, usd(3.0)).await;

    let mut connection = db.worker().acquire().await.unwrap();
    for (step, cost, left) in [
        ("cheaper", Some(usd(0.4)), 2_600_000),
        ("free after all", Some(usd(0.0)), 2_600_000),
        ("as estimated", None, 1_600_000),
        ("dearer", Some(usd(1.25)), 350_000),
    ] {
        let call = opened(db, &ana.call_with_credits(step)).await;
        assert_eq!(ana.credits(db).await.1, 1_000_000, "{step}");
        assert_eq!(ledger::spent(&mut connection, ana.job).await.unwrap() + usd(1.0), {
            ledger::committed(&mut connection, ana.job).await.unwrap()
        });
        succeed(db, &call.held(), cost).await;
        assert_eq!(ana.credits(db).await, (left, 0), "{step}");
    }
    assert_eq!(ledger::spent(&mut connection, ana.job).await.unwrap(), usd(2.65));

    let cheap = NewCall { estimate: usd(0.3), ..ana.call_with_credits("fails") };
    let call = opened(db, &cheap).await;
    assert_eq!(ana.credits(db).await, (50_000, 300_000));
    ledger::failed(&mut connection, &call.held(), &json!({"code": "refused"}), None).await.unwrap();
    assert_eq!(ana.credits(db).await, (350_000, 0));
    let call = opened(db, &NewCall { ordinal: 1, ..cheap }).await;
    ledger::submitting(&mut connection, &call.held()).await.unwrap();
    ledger::failed(&mut connection, &call.held(), &json!({}), Some(usd(0.1))).await.unwrap();
    assert_eq!(ana.credits(db).await, (250_000, 0), "a service may charge for what it refuses");

    let (entries, total) = ledger::entries(&mut connection, ana.user, 3, 0).await.unwrap();
    let lines: Vec<_> = entries.iter().map(|entry| (entry.amount.0, entry.reason.as_str())).collect();
    assert_eq!(lines, [(200_000, "settle"), (-300_000, "reserve"), (300_000, "settle")]);
    assert_eq!((total, entries[0].call), (12, Some(call.id)));
}

#[tokio::test]
async fn the_house_bears_what_credits_cannot() {
    let database = postgres::database().await;
    let db = database.database();
    let ana = Ground::new(db, "ana").await;
    ana.grant(db, usd(1.2)).await;
    let caps = Caps { job: Some(usd(1.1)), project: None };
    let new = NewCall { caps, ..ana.call_with_credits("dear") };
    let call = opened(db, &new).await;
    succeed(db, &call.held(), Some(usd(1.5))).await;
    // 0.20 of the missing 0.50 were there.
    assert_eq!(ana.credits(db).await, (0, 0));
    assert_eq!((account(db, "spent").await, account(db, "overrun").await), (1_500_000, -300_000));

    // All of it counts against the cap, which lets nothing more through but what is free.
    ana.grant(db, usd(5.0)).await;
    let cent = NewCall { estimate: usd(0.01), step_key: "more", ..new };
    let refused = open(db, &cent).await;
    let Err(LedgerError::OverBudget { which: Cap::Job, cap, committed, needed }) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!((cap, committed, needed), (usd(1.1), usd(1.5), usd(0.01)));
    opened(db, &NewCall { estimate: usd(0.0), ..cent }).await;
    assert_eq!(ana.credits(db).await, (5_000_000, 0), "the house's loss is not taken later");
}

#[tokio::test]
async fn no_cap_is_passed_whoever_pays() {
    let database = postgres::database().await;
    let db = database.database();
    let ana = Ground::new(db, "ana").await;
    let other = ana.another_order(db).await;
    for funding in [Funding::Own, Funding::House] {
        let caps = Caps { job: Some(usd(2.5)), project: None };
        let new = NewCall { funding, caps, ..ana.call("x") };
        let steps: Vec<String> = (0..3).map(|step| format!("{}-{step}", funding.word())).collect();
        for step in &steps[..2] {
            let call = opened(db, &NewCall { step_key: step, ..new }).await;
            if funding == Funding::Own {
                let mut connection = db.worker().acquire().await.unwrap();
                ledger::failed(&mut connection, &call.held(), &json!({}), None).await.unwrap();
            }
        }
        let third = open(db, &NewCall { step_key: &steps[2], ..new }).await;
        assert_eq!(third.is_ok(), funding == Funding::Own, "what failed takes no room: {third:?}");
        if let Ok(ledger::Opening::Held(call)) = third {
            let mut connection = db.worker().acquire().await.unwrap();
            ledger::failed(&mut connection, &call.held(), &json!({}), None).await.unwrap();
        }
    }
    // 2.00 are set aside for one order of the project; the other may have what the project has left.
    let caps = Caps { job: Some(usd(100.0)), project: Some(usd(3.0)) };
    let fits = NewCall { caps, ..other.call("fits") };
    opened(db, &fits).await;
    let refused = open(db, &NewCall { step_key: "does not", estimate: MicroUsd(1), ..fits }).await;
    let Err(LedgerError::OverBudget { which: Cap::Project, committed, .. }) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(committed, usd(3.0));
    assert_eq!((account(db, "reserved").await, account(db, "balance").await), (0, 0), "no credits moved");

    let gone = NewCall { job: Some(sqlx::types::Uuid::nil().into()), step_key: "gone", ..fits };
    let refused = open(db, &gone).await;
    assert!(matches!(refused, Err(LedgerError::Store(StoreError::NotFound))), "{refused:?}");
    let (budget, credits) = (
        LedgerError::OverBudget { which: Cap::Job, cap: usd(1.0), committed: usd(0.5), needed: usd(2.0) },
        LedgerError::TooFewCredits { balance: usd(0.5), needed: usd(2.0) },
    );
    for (error, text) in [(&budget, "the order may spend $1.00: $0.50"), (&credits, "$0.50 are left")] {
        assert!(error.to_string().starts_with(text) && error.to_string().contains("`$2.00`"), "{error}");
        assert!(error.hint().is_some());
    }
}

#[tokio::test]
async fn costs_follow_to_scene_order_and_project() {
    let database = postgres::database().await;
    let db = database.database();
    let ana = Ground::new(db, "ana").await;
    for (step, capability, cost) in [
        ("still", Capability::Image, 39_001),
        ("edit", Capability::Edit, 9),
        ("clip", Capability::Clip, 420_000),
        ("look", Capability::Vision, 1),
    ] {
        let scene = (capability != Capability::Vision).then_some(ana.scene);
        let call = opened(db, &NewCall { capability, scene, ..ana.call(step) }).await;
        succeed(db, &call.held(), Some(MicroUsd(cost))).await;
    }
    // A try that was charged for and failed is part of the bill.
    let call = opened(db, &ana.call("clip-2")).await;
    let mut connection = db.worker().acquire().await.unwrap();
    ledger::submitting(&mut connection, &call.held()).await.unwrap();
    ledger::failed(&mut connection, &call.held(), &json!({}), Some(MicroUsd(80_000))).await.unwrap();

    let bill = json!({"images": 0.03901, "videos": 0.5, "processing": 0.000_001, "total": 0.539_011});
    let (costs, breakdown): (Value, Value) = sqlx::query_as(
        "SELECT j.costs, p.cost_breakdown FROM video_jobs j JOIN projects p ON p.id = j.project_id WHERE j.id = $1",
    )
    .bind(ana.job.0)
    .fetch_one(&mut *connection)
    .await
    .unwrap();
    assert_eq!((&costs, &breakdown), (&bill, &bill));
    let columns: (String, String, String) = sqlx::query_as(
        "SELECT s.image_cost_usd::text, s.video_cost_usd::text, p.total_cost_usd::text
         FROM scenes s JOIN projects p ON p.id = s.project_id WHERE s.id = $1",
    )
    .bind(ana.scene.0)
    .fetch_one(&mut *connection)
    .await
    .unwrap();
    assert_eq!(columns, ("0.039010".into(), "0.500000".into(), "0.539011".into()));
    assert_eq!(ledger::spent_on_scene(&mut connection, ana.job, ana.scene).await.unwrap(), MicroUsd(539_010));
    assert_eq!(ledger::spent_by_project(&mut connection, ana.project).await.unwrap(), MicroUsd(539_011));

    // The end of the order keeps what was booked.
    let order = mv_store::db::orders::lock(&mut connection, ana.job).await.unwrap();
    let nothing = json!({"images": 0, "videos": 0, "processing": 0, "total": 0});
    mv_store::db::orders::complete(&mut connection, &order, None, &json!({}), &nothing).await.unwrap();
    let costs: Value =
        sqlx::query_scalar("SELECT costs FROM video_jobs").fetch_one(&mut *connection).await.unwrap();
    assert_eq!(costs, bill);

    let now = number(&mut connection, "SELECT extract(epoch FROM now())::bigint".into()).await;
    let now = chrono::DateTime::from_timestamp(now, 0).unwrap();
    let day = chrono::TimeDelta::days(1);
    let usage = ledger::usage(&mut connection, ana.user, now - day, now + day).await.unwrap();
    let clips = usage.iter().find(|line| line.capability == Capability::Clip).unwrap();
    assert_eq!((clips.calls, clips.cost, clips.project), (2, MicroUsd(500_000), Some(ana.project)));
    assert_eq!(usage.iter().map(|line| line.cost).sum::<MicroUsd>(), MicroUsd(539_011));
    assert_eq!(ledger::usage(&mut connection, ana.user, now + day, now + day * 2).await.unwrap(), []);

    // What is gone is left out; the call settles all the same.
    let call = opened(db, &ana.call("late")).await;
    sqlx::query("DELETE FROM projects").execute(db.owner()).await.unwrap();
    succeed(db, &call.held(), None).await;
    let kept = ledger::get(&mut connection, ana.user, call.id).await.unwrap();
    assert_eq!((kept.cost, kept.project, kept.scene), (Some(usd(1.0)), None, None));
}

#[tokio::test]
async fn credits_come_and_go_with_a_reason() {
    let database = postgres::database().await;
    let db = database.database();
    let ana = Ground::new(db, "ana").await;
    ana.grant(db, usd(2.0)).await;
    opened(db, &ana.call_with_credits("clip")).await;
    let mut connection = db.worker().acquire().await.unwrap();
    let take = usd(-0.6);
    ledger::adjust(&mut connection, ana.user, take, Source::Refunded, "refund", Some("asked\0for"))
        .await
        .unwrap();
    let refused = ledger::adjust(&mut connection, ana.user, take, Source::Expired, "expiry", None).await;
    let Err(LedgerError::TooFewCredits { balance, needed }) = refused else { panic!("{refused:?}") };
    assert_eq!((balance, needed), (usd(0.4), usd(0.6)), "what is set aside is not taken");
    ledger::adjust(&mut connection, ana.user, usd(0.0), Source::Granted, "nothing", None).await.unwrap();
    let (entries, _) = ledger::entries(&mut connection, ana.user, 1, 0).await.unwrap();
    assert_eq!((entries[0].amount, entries[0].note.as_deref()), (take, Some("asked\u{fffd}for")));
    let nobody =
        ledger::grant(&mut connection, sqlx::types::Uuid::nil().into(), usd(1.0), "gift", None).await;
    let told =
        matches!(&nobody, Err(LedgerError::Store(error)) if error.broke("credit_entries_user_id_fkey"));
    assert!(told, "{nobody:?}");
    // A credit is a cent.
    let mut transaction = db.person(ana.user).await.unwrap();
    assert_eq!(mv_store::db::users::get(&mut transaction, ana.user).await.unwrap().credits, 40);
    assert_eq!(ledger::balance(&mut transaction, ana.user).await.unwrap().available, usd(0.4));
}

#[tokio::test]
async fn the_database_keeps_the_books_itself() {
    let database = postgres::database().await;
    let db = database.database();
    let ana = Ground::new(db, "ana").await;
    ana.grant(db, usd(1.0)).await;
    let call = opened(db, &ana.call_with_credits("clip")).await;
    let (user, id) = (ana.user, call.id);
    let entry = |account: &str, amount: i64, call: &str| {
        format!(
            "INSERT INTO credit_entries (transfer_id, user_id, account, amount, reason, paid_call_id)
             SELECT t, '{user}', account, amount, 'reserve', {call}
             FROM (SELECT gen_random_uuid() AS t OFFSET 0) t, (VALUES ('{account}', {amount}::bigint), ('spent', 5)) AS e (account, amount)"
        )
    };
    for (broken, rule) in [
        (entry("granted", -4, "NULL"), "transfers_balance"),
        (entry("balance", -5, "NULL"), "credits_never_negative"),
        (entry("reserved", -5, &format!("'{id}'")), "credit_entries_once"),
        (format!("UPDATE paid_calls SET fence = 0 WHERE id = '{id}'"), "paid_calls_stay"),
        (format!("UPDATE paid_calls SET estimate_micros = 1 WHERE id = '{id}'"), "paid_calls_stay"),
        (format!("UPDATE paid_calls SET cost_micros = 1 WHERE id = '{id}'"), "paid_calls_settled"),
    ] {
        let error = sqlx::query(AssertSqlSafe(broken.clone())).execute(db.worker()).await.unwrap_err();
        let error = StoreError::from(error);
        assert!(error.broke(rule), "{broken}: {error}");
    }
    for forbidden in
        ["UPDATE credit_entries SET amount = 1", "DELETE FROM credit_entries", "DELETE FROM paid_calls"]
    {
        let error = sqlx::query(forbidden).execute(db.worker()).await.unwrap_err();
        assert_eq!(
            error.as_database_error().unwrap().code().as_deref(),
            Some("42501"),
            "{forbidden}: {error}"
        );
    }
    sqlx::query("UPDATE credit_entries SET amount = 1").execute(db.owner()).await.unwrap_err();
    let mut connection = db.worker().acquire().await.unwrap();
    ledger::submitting(&mut connection, &call.held()).await.unwrap();
    let negative = ledger::succeeded(&mut connection, &call.held(), Some(MicroUsd(-1)), &json!({})).await;
    let told =
        matches!(&negative, Err(LedgerError::Store(error)) if error.broke("paid_calls_cost_is_positive"));
    assert!(told, "{negative:?}");
    assert_eq!(ana.credits(db).await, (0, 1_000_000));

    // A person who goes for good takes the books along.
    sqlx::query("UPDATE users SET deleted_at = now() - interval '31 days'")
        .execute(db.worker())
        .await
        .unwrap();
    mv_store::db::retention::purge_person(&mut connection, user).await.unwrap();
    let left = "SELECT (SELECT count(*) FROM credit_entries) + (SELECT count(*) FROM paid_calls)";
    assert_eq!(number(&mut connection, left.into()).await, 0);
    let gone = ledger::renew_lease(&mut connection, &call.held(), LEASE, at(1)).await;
    assert!(matches!(gone, Err(LedgerError::Store(StoreError::Superseded))), "{gone:?}");
}

#[tokio::test]
async fn an_errand_has_a_cap_of_its_own_and_is_looked_after_until_it_is_over() {
    let database = postgres::database().await;
    let db = database.database();
    let ana = Ground::new(db, "ana").await;
    let mut connection = db.worker().acquire().await.unwrap();
    let task: sqlx::types::Uuid = sqlx::query_scalar(
        "INSERT INTO tasks (user_id, project_id, kind, status) VALUES ($1, $2, 'edit_image', 'processing') RETURNING id",
    )
    .bind(ana.user.0)
    .bind(ana.project.0)
    .fetch_one(db.owner())
    .await
    .unwrap();
    let caps = Caps { job: Some(usd(2.5)), project: None };
    let errand = NewCall { job: None, task: Some(task.into()), caps, ..ana.call("link-1") };
    let call = opened(db, &errand).await;
    assert_eq!(call.task, Some(task.into()));
    succeed(db, &call.held(), Some(usd(1.5))).await;
    opened(db, &NewCall { step_key: "link-2", ..errand }).await;
    let refused = open(db, &NewCall { step_key: "link-3", ..errand }).await;
    assert!(matches!(refused, Err(LedgerError::OverBudget { which: Cap::Job, .. })), "{refused:?}");
    // The order's own calls, and another errand's, do not count.
    opened(db, &NewCall { caps, ..ana.call("film") }).await;
    assert_eq!(ledger::spent_by_task(&mut connection, task.into()).await.unwrap(), usd(1.5));
    assert_eq!(
        ledger::maker_for(&mut connection, task.into()).await.unwrap().as_deref(),
        Some("kling-standard")
    );
    let orphans = ledger::orphans(&mut connection, at(99_999), 10).await.unwrap();
    assert!(orphans.iter().all(|call| call.task.is_none()), "its worker comes back");
    sqlx::query("UPDATE tasks SET status = 'canceled'").execute(db.owner()).await.unwrap();
    let orphans = ledger::orphans(&mut connection, at(99_999), 10).await.unwrap();
    assert_eq!(orphans.iter().filter(|call| call.task.is_some()).count(), 1);
}
