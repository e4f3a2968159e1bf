//! People's own keys for services.

use crate::app::TestApp;
use axum::http::Method;
use mv_core::ids::UserId;
use mv_core::jobs::{Class, Job};
use mv_store::db::provider_keys;
use mv_store::queue::{self, Envelope};
use serde_json::json;

const SECRET: &str = "fal-0123456789abcdef";
const PATH: &str = "/api/users/me/provider-keys/fal";

#[tokio::test]
async fn a_key_is_set_checked_and_never_shown_again() {
    let app = TestApp::start().await;
    let (mut ana, mut bo) = (app.person("ana@example.com").await, app.person("bo@example.com").await);
    let user: UserId = ana.id().await.parse().unwrap();
    ana.get(PATH).await.refused(404, "not_found");
    ana.delete(PATH).await.refused(404, "not_found");
    let set = ana.send(Method::PUT, PATH, Some(json!({"key": SECRET}))).await.expect(200);
    assert_eq!((&set["hint"], &set["status"]), (&json!("cdef"), &json!("unchecked")));

    // Its check is on the queue, once however often it is set, and does not carry it.
    ana.send(Method::PUT, PATH, Some(json!({"key": SECRET}))).await.expect(200);
    let mut connection = app.state.db.worker().acquire().await.unwrap();
    let jobs = queue::admin::list(&mut connection, Some(Class::Image), 10, 0).await.unwrap();
    assert_eq!(jobs.len(), 1);
    assert!(!jobs[0].payload.to_string().contains(SECRET));
    let envelope: Envelope = serde_json::from_value(jobs[0].payload.clone()).unwrap();
    assert_eq!(envelope.job, Job::CheckKey { user_id: user, provider: "fal".into() });

    let open = provider_keys::open(&mut connection, &app.state.keyring, user).await.unwrap();
    assert_eq!(open[0].secret, SECRET);
    provider_keys::checked(&mut connection, user, &open[0], Some("the key was revoked"), app.now())
        .await
        .unwrap();
    let told = ana.get(PATH).await.expect(200);
    assert_eq!((&told["status"], &told["error"]), (&json!("refused"), &json!("the key was revoked")));
    provider_keys::checked(&mut connection, user, &open[0], None, app.now()).await.unwrap();
    let listed = ana.get("/api/users/me/provider-keys").await.expect(200);
    assert_eq!(
        (&listed["data"][0]["provider"], &listed["data"][0]["status"]),
        (&json!("fal"), &json!("good"))
    );
    let noted = ana.get("/api/audit?event_type=provider_key_changed").await.expect(200);
    assert_eq!(noted["total"], 2);
    for answer in [&set, &told, &listed, &noted] {
        assert!(!answer.to_string().contains("0123456789"), "{answer}");
    }

    assert_eq!(bo.get("/api/users/me/provider-keys").await.expect(200), json!({"data": []}));
    bo.delete(PATH).await.refused(404, "not_found");
    assert_eq!(ana.delete(PATH).await.status, 204);
    assert_eq!(ana.get("/api/users/me/provider-keys").await.expect(200), json!({"data": []}));
}

#[tokio::test]
async fn what_is_no_key_is_refused() {
    let app = TestApp::start().await;
    let mut ana = app.person("ana@example.com").await;
    for wrong in ["short", "with a blank", "wrapped\nhere", "열쇠가아니다아니다", &"x".repeat(4097)]
    {
        let refusal = ana.send(Method::PUT, PATH, Some(json!({"key": wrong}))).await.refused(422, "invalid");
        assert!(!refusal.to_string().contains(wrong), "{refusal}");
    }
    // Nobody needs a key for the built-in maker, nor for what is not there.
    for service in ["local", "nobody", "%00"] {
        let path = format!("/api/users/me/provider-keys/{service}");
        ana.send(Method::PUT, &path, Some(json!({"key": SECRET}))).await.refused(404, "not_found");
    }
    let make = json!({"name": "Script", "scopes": ["read", "write"]});
    let key = ana.post("/api/keys", make).await.expect(201);
    let mut program = app.program(key["secret"].as_str().unwrap());
    program.send(Method::PUT, PATH, Some(json!({"key": SECRET}))).await.refused(403, "session_needed");
    program.get(PATH).await.refused(403, "session_needed");
    app.client().get(PATH).await.refused(401, "sign_in_needed");
}

#[tokio::test]
async fn a_service_is_refused_and_let_in_again() {
    let app = TestApp::start().await;
    let mut ana = app.person("ana@example.com").await;
    let path = "/api/users/me/services/fal";
    for _ in 0..2 {
        let refused = ana.send(Method::PUT, path, Some(json!({"refused": true}))).await.expect(200);
        assert_eq!((&refused["refused"], &refused["provider"]), (&json!(true), &json!("fal")));
    }
    let listed = ana.get("/api/users/me/services").await.expect(200);
    assert_eq!(listed["data"].as_array().unwrap().len(), 1, "the built-in maker is no service");
    assert!(listed["data"][0]["refused_at"].is_string());
    let let_in = ana.send(Method::PUT, path, Some(json!({"refused": false}))).await.expect(200);
    assert_eq!(let_in["refused_at"], json!(null));
    ana.send(Method::PUT, "/api/users/me/services/local", Some(json!({"refused": true})))
        .await
        .refused(404, "not_found");
    ana.send(Method::PUT, path, Some(json!({}))).await.refused(422, "invalid");
    let log = ana.get("/api/audit?event_type=privacy_changed").await.expect(200);
    assert_eq!(log["total"], 2, "what changed nothing is not noted");
}
