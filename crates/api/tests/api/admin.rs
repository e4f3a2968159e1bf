//! Running the server.

use crate::app::{PASSWORD, TestApp};
use serde_json::json;

#[tokio::test]
async fn the_first_admin_comes_by_a_link_that_works_once() {
    let app = TestApp::start().await;
    let link = mv_api::auth::first_admin::link(&app.state).await.unwrap().unwrap();
    assert!(link.as_str().starts_with("http://localhost:8080/setup?token="), "{link}");
    let admin = |token: &str| json!({"token": token, "email": "root@example.com", "password": PASSWORD});
    app.client().post("/api/auth/first-admin", admin("guess")).await.refused(400, "link_expired");
    let token = link.query_pairs().next().unwrap().1.into_owned();
    let mut root = app.client();
    let made = root.post("/api/auth/first-admin", admin(&token)).await.expect(201);
    assert_eq!(made["user"]["role"], "admin");
    root.get("/api/admin/users").await.expect(200);
    app.client().post("/api/auth/first-admin", admin(&token)).await.refused(400, "link_expired");
    assert!(mv_api::auth::first_admin::token(&app.state).await.unwrap().is_none());
}

#[tokio::test]
async fn to_others_these_addresses_do_not_exist() {
    let app = TestApp::start().await;
    let mut root = app.admin().await;
    let mut ana = app.person("ana@example.com").await;
    let id = ana.id().await;
    for path in ["/api/admin/users", "/api/admin/audit", "/api/admin/queues", "/api/admin/queues/mail"] {
        ana.get(path).await.refused(404, "not_found");
        app.client().get(path).await.refused(401, "sign_in_needed");
        root.get(path).await.expect(200);
    }
    let path = format!("/api/admin/users/{id}");
    ana.get(&path).await.refused(404, "not_found");
    ana.patch(&path, json!({"role": "admin"})).await.refused(404, "not_found");
    let mails = root.get("/api/admin/queues/mail").await.expect(200);
    assert!(!mails.to_string().contains("\"token\""), "links are for their readers: {mails}");
    root.get("/api/admin/queues/nonsense").await.refused(404, "not_found");
}

#[tokio::test]
async fn refusals_are_noted_once_a_minute() {
    let app = TestApp::start().await;
    let mut root = app.admin().await;
    let mut ana = app.person("ana@example.com").await;
    let make = json!({"name": "Script", "scopes": ["read"]});
    let made = ana.post("/api/keys", make).await.expect(201);
    let mut program = app.program(made["secret"].as_str().unwrap());
    let mut forger = app.program("mv_forged");
    for _ in 0..3 {
        program.patch("/api/users/me", json!({"name": "Eve"})).await.refused(403, "scope_missing");
        forger.get("/api/users/me").await.refused(401, "invalid_credentials");
    }
    let denied = ana.get("/api/audit?event_type=permission_denied").await.expect(200);
    assert_eq!(denied["total"], 1, "{denied}");
    assert_eq!(denied["data"][0]["metadata"]["route"], "/api/users/me");
    assert_eq!(denied["data"][0]["metadata"]["code"], "scope_missing");
    let forged = root.get("/api/admin/audit?event_type=unauthorized_access").await.expect(200);
    assert_eq!(forged["total"], 1, "{forged}");
}

#[tokio::test]
async fn plans_roles_and_standing_are_changed() {
    let app = TestApp::start().await;
    let mut root = app.admin().await;
    let mut ana = app.person("ana@example.com").await;
    let path = format!("/api/admin/users/{}", ana.id().await);
    root.patch(&path, json!({"plan": "gold"})).await.refused(422, "invalid");
    assert_eq!(root.patch(&path, json!({"plan": "pro"})).await.expect(200)["subscription_plan"], "pro");
    assert_eq!(ana.get("/api/users/me").await.expect(200)["subscription_plan"], "pro");

    let suspended = root.patch(&path, json!({"suspended": true})).await.expect(200);
    assert_eq!(suspended["suspended"], true);
    ana.get("/api/users/me").await.refused(401, "session_ended");
    let login = json!({"email": "ana@example.com", "password": PASSWORD});
    ana.post("/api/auth/login", login.clone()).await.refused(403, "suspended");
    root.patch(&path, json!({"suspended": false})).await.expect(200);
    ana.post("/api/auth/login", login).await.expect(200);
    let log = root.get("/api/admin/audit?event_type=user_changed_by_admin").await.expect(200);
    assert_eq!(log["total"], 3, "{log}");
    assert_eq!(ana.get("/api/audit?event_type=user_changed_by_admin").await.expect(200)["total"], 3);

    let found = root.get("/api/admin/users?q=ANA%40&limit=1").await.expect(200);
    assert_eq!((&found["total"], &found["data"][0]["email"]), (&json!(1), &json!("ana@example.com")));
    let own = format!("/api/admin/users/{}", root.id().await);
    root.patch(&own, json!({"role": "user"})).await.refused(409, "own_account");
}

#[tokio::test]
async fn jobs_are_taken_off_the_queue_and_put_on_again() {
    let app = TestApp::start().await;
    let mut root = app.admin().await;
    let mut ana = app.person("ana@example.com").await;
    ana.post("/api/users/me/export", json!({})).await.expect(202);
    let queued = root.get("/api/admin/queues/cleaning").await.expect(200);
    let job = format!("/api/admin/queues/jobs/{}", queued["data"][0]["id"]);
    ana.delete(&job).await.refused(404, "not_found");
    root.delete(&job).await.expect(204);
    root.delete(&job).await.refused(404, "not_found");
    assert_eq!(root.get("/api/admin/queues/cleaning").await.expect(200)["data"], json!([]));

    // As if it had failed.
    let mut connection = app.state.db.worker().acquire().await.unwrap();
    let task = &queued["data"][0]["payload"]["task_id"];
    let link =
        json!({"job": "email", "user_id": ana.id().await, "mail": {"type": "verify_email", "token": "…"}});
    for payload in [&queued["data"][0]["payload"], &link] {
        let task = if payload == &link { "email-notification" } else { "export-data" };
        sqlx::query(
            "INSERT INTO job_history (task, payload, outcome, attempts, enqueued_at, started_at)
             VALUES ($1, $2, 'failed', 4, now(), now())",
        )
        .bind(task)
        .bind(payload)
        .execute(&mut *connection)
        .await
        .unwrap();
    }
    drop(connection);
    let failed = root.get("/api/admin/queues/cleaning/failed").await.expect(200);
    assert_eq!((&failed["total"], &failed["data"][0]["attempts"]), (&json!(1), &json!(4)));
    let retry = format!("/api/admin/queues/failed/{}/retry", failed["data"][0]["id"]);
    ana.post(&retry, json!({})).await.refused(404, "not_found");
    root.post(&retry, json!({})).await.expect(204);
    root.post(&retry, json!({})).await.refused(404, "not_found");
    let again = root.get("/api/admin/queues/cleaning").await.expect(200);
    assert_eq!(&again["data"][0]["payload"]["task_id"], task);
    let mails = root.get("/api/admin/queues/mail/failed").await.expect(200);
    let mail = format!("/api/admin/queues/failed/{}/retry", mails["data"][0]["id"]);
    root.post(&mail, json!({})).await.refused(409, "cannot_retry");
    let mails = root.get("/api/admin/queues/mail/failed").await.expect(200);
    assert_eq!(mails["total"], 1, "what was refused stays");
    let log = root.get("/api/admin/audit?event_type=queue_changed_by_admin").await.expect(200);
    assert_eq!(log["total"], 2, "{log}");
}
