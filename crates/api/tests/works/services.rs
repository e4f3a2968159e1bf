//! Privacy: a service that was refused is sent nothing, whoever orders and whatever was ordered before.

use crate::app::TestApp;
use axum::http::Method;
use serde_json::json;

#[tokio::test]
async fn a_refused_service_gets_nothing() {
    let app = TestApp::start().await;
    let ana = app.person("ana", "team").await;
    let listed = ana.get("/api/users/me/services").await.expect(200).value();
    let test = listed["data"].as_array().unwrap().iter().find(|one| one["provider"] == "test").unwrap();
    assert_eq!((&test["refused"], &test["uses"][0]), (&json!(false), &json!("image")));
    ana.put("/api/users/me/services/test", &json!({"refused": true})).await.expect(403);
    refuse(&app, ana.id).await;
    let listed = ana.get("/api/users/me/services").await.expect(200).value();
    assert!(listed["data"].to_string().contains("\"refused\":true"), "{listed}");

    let id = ana.project("Film").await;
    app.heard(&ana, &id, &[0.0, 4.0, 12.0], 21.0).await;
    let quotes = format!("/api/projects/{id}/quotes");
    ana.post(&quotes, &json!({})).await.expect(201);
    let scenes = ana.get(&format!("/api/projects/{id}/scenes")).await.value();
    let scene = scenes["scenes"][0]["id"].as_str().unwrap().to_owned();
    for (path, body, field) in [
        (quotes.clone(), json!({"config": {"video_model": "kling-standard"}}), "config.video_model"),
        (
            quotes.clone(),
            json!({"config": {"video_fallbacks": ["kling-standard"]}}),
            "config.video_fallbacks[0]",
        ),
        (format!("/api/projects/{id}/lyrics/transcribe/quote"), json!({"model": "whisper"}), "model"),
        (format!("/api/scenes/{scene}/polish/quote"), json!({"model": "flash"}), "model"),
        (format!("/api/projects/{id}/storyboard/write/quote"), json!({}), "model"),
    ] {
        let refused = ana.post(&path, &body).await.expect(422).value();
        assert_eq!(refused["errors"][0]["field"], field, "{path}: {refused}");
    }
    let placed = json!({"config": {"video_model": "kling-standard"}});
    let refused = ana.post(&format!("/api/projects/{id}/generate-video"), &placed).await.expect(422).value();
    assert_eq!(refused["refused_service"], "test");

    // Whoever works on it is bound by the owner's word.
    let bo = app.person("bo", "pro").await;
    let invited = json!({"email": "bo@example.org", "role": "editor"});
    ana.json(Method::POST, &format!("/api/projects/{id}/collaborators"), &invited, &[]).await.expect(201);
    bo.post(&quotes, &json!({"config": {"video_model": "kling-standard"}})).await.expect(422);
    let own = bo.project("Own").await;
    app.heard(&bo, &own, &[0.0, 4.0], 8.0).await;
    let free = format!("/api/projects/{own}/quotes");
    bo.post(&free, &json!({"config": {"video_model": "kling-standard"}})).await.expect(201);

    // What was ordered before stops short of it.
    let opened = sqlx::query(
        "INSERT INTO paid_calls (user_id, project_id, step_key, ordinal, idem_key, capability, provider, model,
           request_hash, funding, estimate_micros)
         VALUES ($1, $2::uuid, 'k', 0, 'mv-0123456789', 'clip', 'test', 'kling-standard', 'r', 'house', 1)",
    )
    .bind(bo.id)
    .bind(&id)
    .execute(app.db.database().worker())
    .await
    .unwrap_err();
    assert_eq!(opened.as_database_error().unwrap().constraint(), Some("paid_calls_ask_first"));
}

async fn refuse(app: &TestApp, who: uuid::Uuid) {
    sqlx::query("INSERT INTO refused_services (user_id, provider) VALUES ($1, 'test')")
        .bind(who)
        .execute(app.db.database().worker())
        .await
        .unwrap();
}
