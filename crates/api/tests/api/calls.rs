//! Paid calls as people see them, and saying what became of a lost one.

use crate::app::TestApp;
use chrono::{DateTime, Utc};
use mv_core::ids::UserId;
use mv_core::paid_call::{Capability, Funding};
use mv_core::units::MicroUsd;
use mv_store::ledger::{self, Caps, NewCall, Opening};
use serde_json::json;
use std::time::Duration;

fn call(user: UserId, step_key: &str, funding: Funding, now: DateTime<Utc>) -> NewCall<'_> {
    NewCall {
        user,
        project: None,
        job: None,
        task: None,
        scene: None,
        character: None,
        step_key,
        ordinal: 0,
        capability: Capability::Clip,
        provider: "kling",
        model: "kling-standard",
        because: None,
        request_hash: "00",
        estimate: MicroUsd(420_000),
        funding,
        caps: Caps::default(),
        holder: "worker",
        lease: Duration::from_mins(1),
        now,
    }
}

/// A call whose answer was lost; its id.
async fn lost(app: &TestApp, new: &NewCall<'_>) -> String {
    let mut transaction = app.state.db.worker().begin().await.unwrap();
    let Opening::Held(call) = ledger::open(&mut transaction, new).await.unwrap() else {
        panic!("somebody has it")
    };
    ledger::submitting(&mut transaction, &call.held()).await.unwrap();
    ledger::unknown(&mut transaction, &call.held(), "the connection was cut").await.unwrap();
    transaction.commit().await.unwrap();
    call.id.to_string()
}

#[tokio::test]
async fn a_lost_call_says_what_to_do_and_is_resolved() {
    let app = TestApp::start().await;
    let (mut ana, mut bo) = (app.person("ana@example.com").await, app.person("bo@example.com").await);
    let user: UserId = ana.id().await.parse().unwrap();
    let id = lost(&app, &call(user, "clip-1", Funding::Own, app.now())).await;
    let path = format!("/api/calls/{id}");

    let page = ana.get("/api/calls?state=unknown").await.expect(200);
    assert_eq!((&page["total"], &page["data"][0]["id"]), (&json!(1), &json!(id)));
    assert_eq!(ana.get("/api/calls?state=submitted,failed").await.expect(200)["total"], 0);
    ana.get("/api/calls?state=lost").await.refused(422, "invalid");
    assert_eq!(bo.get("/api/calls").await.expect(200)["total"], 0);
    bo.get(&path).await.refused(404, "not_found");

    let told = ana.get(&path).await.expect(200);
    assert_eq!(
        (&told["state"], &told["estimate_usd"], &told["cost_usd"]),
        (&json!("unknown"), &json!(0.42), &json!(null))
    );
    assert_eq!(told["error"], json!({"code": "unknown", "message": "the connection was cut"}));
    let advice = told["advice"]["message"].as_str().unwrap();
    assert!(advice.contains("`kling`") && advice.contains("$0.42"), "{advice}");
    assert_eq!(told["advice"]["outcomes"].as_array().unwrap().len(), 4);

    let resolve = format!("{path}/resolve");
    for wrong in [
        json!({"outcome": "lost"}),
        json!({"outcome": "taken"}),
        json!({"outcome": "refunded", "cost_usd": 1.0}),
        json!({"outcome": "not_taken", "provider_job_id": "x"}),
        json!({"outcome": "charged", "cost_usd": -1.0}),
        json!({"outcome": "charged", "cost_usd": 1e9}),
    ] {
        ana.post(&resolve, wrong).await.refused(422, "invalid");
    }
    bo.post(&resolve, json!({"outcome": "not_taken"})).await.refused(404, "not_found");
    let done = ana.post(&resolve, json!({"outcome": "charged", "cost_usd": 0.21})).await.expect(200);
    assert_eq!(
        (&done["state"], &done["cost_usd"], &done["advice"]),
        (&json!("failed"), &json!(0.21), &json!(null))
    );
    ana.post(&resolve, json!({"outcome": "not_taken"})).await.refused(409, "wrong_state");
    let noted = ana.get("/api/audit?event_type=call_resolved").await.expect(200);
    assert_eq!((&noted["total"], &noted["data"][0]["resource_id"]), (&json!(1), &json!(id)));

    let id = lost(&app, &call(user, "clip-2", Funding::Own, app.now())).await;
    let taken = json!({"outcome": "taken", "provider_job_id": "task-7"});
    let done = ana.post(&format!("/api/calls/{id}/resolve"), taken).await.expect(200);
    assert_eq!((&done["state"], &done["provider_job_id"]), (&json!("submitted"), &json!("task-7")));
}

#[tokio::test]
async fn whoever_spends_the_operators_money_does_not_say_that_it_came_back() {
    let app = TestApp::start().await;
    let (mut root, mut ana) = (app.admin().await, app.person("ana@example.com").await);
    let user: UserId = ana.id().await.parse().unwrap();
    let mut connection = app.state.db.worker().acquire().await.unwrap();
    ledger::grant(&mut connection, user, MicroUsd(500_000), "gift", None).await.unwrap();
    let id = lost(&app, &call(user, "clip-1", Funding::Credits, app.now())).await;
    let path = format!("/api/calls/{id}/resolve");
    let told = ana.get(&format!("/api/calls/{id}")).await.expect(200);
    assert_eq!(told["advice"]["yours_to_resolve"], false);
    assert_eq!(told["advice"]["outcomes"], json!([]));
    assert_eq!(ana.get("/api/users/me").await.expect(200)["credits_remaining"], 8);
    ana.post(&path, json!({"outcome": "refunded"})).await.refused(403, "operator_decides");
    ana.get("/api/admin/calls").await.refused(404, "not_found");

    let all = root.get("/api/admin/calls?state=unknown").await.expect(200);
    assert_eq!((&all["total"], &all["data"][0]["user_id"]), (&json!(1), &json!(user.to_string())));
    assert_eq!(all["data"][0]["advice"]["yours_to_resolve"], true);
    root.post(&path, json!({"outcome": "refunded"})).await.expect(200);
    assert_eq!(ana.get("/api/users/me").await.expect(200)["credits_remaining"], 50);
}

#[tokio::test]
async fn programs_look_but_do_not_resolve() {
    let app = TestApp::start().await;
    let mut ana = app.person("ana@example.com").await;
    let user: UserId = ana.id().await.parse().unwrap();
    let id = lost(&app, &call(user, "clip-1", Funding::Own, app.now())).await;
    let make = json!({"name": "Script", "scopes": ["read", "write"]});
    let key = ana.post("/api/keys", make).await.expect(201);
    let mut program = app.program(key["secret"].as_str().unwrap());
    assert_eq!(program.get("/api/calls").await.expect(200)["total"], 1);
    let path = format!("/api/calls/{id}/resolve");
    program.post(&path, json!({"outcome": "not_taken"})).await.refused(403, "session_needed");
    app.client().get("/api/calls").await.refused(401, "sign_in_needed");
}
