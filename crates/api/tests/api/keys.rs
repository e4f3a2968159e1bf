//! API keys.

use crate::app::TestApp;
use chrono::TimeDelta;
use serde_json::{Value, json};

#[tokio::test]
async fn keys_do_what_their_scopes_say() {
    let app = TestApp::start().await;
    let mut ana = app.person("ana@example.com").await;
    let make = |scopes: Value| json!({"name": "Script", "scopes": scopes});
    let reads = ana.post("/api/keys", make(json!(["read"]))).await.expect(201);
    let writes = ana.post("/api/keys", make(json!(["write", "read"]))).await.expect(201);
    let secret = |made: &Value| made["secret"].as_str().unwrap().to_owned();
    assert!(secret(&reads).starts_with(reads["prefix"].as_str().unwrap()));
    let mut reader = app.program(&secret(&reads));
    let mut writer = app.program(&secret(&writes));
    assert_eq!(reader.get("/api/users/me").await.expect(200)["email"], "ana@example.com");
    reader.patch("/api/users/me", json!({"name": "Eve"})).await.refused(403, "scope_missing");
    writer.patch("/api/users/me", json!({"name": "Ana B"})).await.expect(200);
    for mut program in [reader.clone(), writer.clone()] {
        program.get("/api/keys").await.refused(403, "session_needed");
        program.post("/api/keys", make(json!(["write"]))).await.refused(403, "session_needed");
        program.delete("/api/users/me").await.refused(403, "session_needed");
        program.get("/api/users/me/sessions").await.refused(403, "session_needed");
    }
    ana.post("/api/keys", make(json!([]))).await.refused(422, "invalid");
    ana.post("/api/keys", make(json!(["everything"]))).await.refused(422, "invalid");

    let listed = ana.get("/api/keys").await.expect(200);
    assert_eq!(listed["total"], 2);
    assert!(!listed.to_string().contains(&secret(&reads)), "the key itself is shown once");
    let path = format!("/api/keys/{}", reads["id"].as_str().unwrap());
    app.person("bo@example.com").await.delete(&path).await.refused(404, "not_found");
    assert_eq!(ana.delete(&path).await.status, 204);
    reader.get("/api/users/me").await.refused(401, "invalid_credentials");
    assert_eq!(ana.get("/api/keys").await.expect(200)["total"], 1);
}

#[tokio::test]
async fn keys_expire_and_strangers_have_none() {
    let app = TestApp::start().await;
    let mut ana = app.person("ana@example.com").await;
    let make = json!({"name": "Script", "scopes": ["read"], "expires_in_days": 1});
    let made = ana.post("/api/keys", make).await.expect(201);
    let mut program = app.program(made["secret"].as_str().unwrap());
    program.get("/api/users/me").await.expect(200);
    app.advance(TimeDelta::days(1));
    program.get("/api/users/me").await.refused(401, "session_expired");
    for wrong in ["mv_nonsense", "", "x y z"] {
        app.program(wrong).get("/api/users/me").await.refused(401, "invalid_credentials");
    }
}
