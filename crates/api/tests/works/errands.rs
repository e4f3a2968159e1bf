//! Errands as people order them: a price first, a cap, one at a time, stopped on request.

use crate::app::{Client, TestApp};
use serde_json::{Value, json};

/// As if the worker had made the scenes' pictures.
async fn pictured(app: &TestApp, project: &str) {
    sqlx::query("UPDATE scenes SET image_key = 'artifacts/still/1.png' WHERE project_id = $1::uuid")
        .bind(project)
        .execute(app.db.database().worker())
        .await
        .unwrap();
}

async fn first_scene(who: &Client, project: &str) -> String {
    let scenes = who.get(&format!("/api/projects/{project}/scenes")).await.expect(200).value();
    scenes["scenes"][0]["id"].as_str().unwrap().to_owned()
}

async fn waiting(app: &TestApp) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM graphile_worker.jobs")
        .fetch_one(app.db.database().owner())
        .await
        .unwrap()
}

#[tokio::test]
async fn an_edit_is_priced_ordered_once_listed_and_stopped() {
    let app = TestApp::start().await;
    let (ana, bo) = (app.person("ana", "pro").await, app.person("bo", "pro").await);
    let id = ana.project("Film").await;
    app.planned(&ana, &id, &[0.0, 4.0], 12.0).await;
    let scene = first_scene(&ana, &id).await;
    let path = format!("/api/scenes/{scene}/edit-image");
    let rain = json!({"instruction": "Make it rain", "mode": "appearance", "region": {"x": 0.0, "y": 0.0, "width": 1.0, "height": 0.5}});
    let sign = json!({"text_edits": [{"original_text": "OPEN", "new_text": "여름밤"}]});
    let order = json!({"changes": [rain, sign]});
    assert_eq!(ana.post(&path, &order).await.expect(409).code(), "no_picture");
    pictured(&app, &id).await;

    let quote = ana.post(&format!("{path}/quote"), &order).await.expect(200).value();
    assert_eq!(
        quote["quote"],
        json!({"model": "qwen", "calls": 2, "total_usd": 0.12, "paid_by": "house", "credits_needed": 0.0,
            "credits_available": 0.0, "credits_suffice": true})
    );
    for wrong in [
        json!({}),
        json!({"changes": []}),
        json!({"changes": [{}]}),
        json!({"changes": [{"instruction": "  "}]}),
        json!({"changes": [{"instruction": "x", "text_edits": [{"original_text": "a", "new_text": "b"}]}]}),
        json!({"changes": [{"text_edits": [{"original_text": " ", "new_text": "b"}]}]}),
        json!({"changes": [{"instruction": "x", "mode": "wild"}]}),
        json!({"changes": [{"instruction": "x", "region": {"x": 0.8, "y": 0.0, "width": 0.5, "height": 1.0}}]}),
        json!({"changes": [{"instruction": "x", "mask_upload_id": "00000000-0000-0000-0000-000000000000"}]}),
        json!({"changes": [{"instruction": "x"}], "model": "kling-standard"}),
        json!({"changes": [{"instruction": "x"}], "model": "nano-banana"}),
        json!({"changes": [{"instruction": "x"}], "fallbacks": ["none-such"]}),
    ] {
        ana.post(&path, &wrong).await.expect(422);
    }
    let mut capped = order.clone();
    capped["max_cost_usd"] = json!(0.1);
    let refused = ana.post(&path, &capped).await.expect(402);
    assert_eq!((refused.code().as_str(), &refused.value()["cost_usd"]), ("over_budget", &json!(0.12)));
    ana.patch(&format!("/api/projects/{id}"), &json!({"budget_usd": 0.1})).await.expect(200);
    assert_eq!(ana.post(&path, &order).await.expect(402).code(), "over_budget");
    ana.patch(&format!("/api/projects/{id}"), &json!({"budget_usd": 5.0})).await.expect(200);
    ana.patch(&format!("/api/scenes/{scene}"), &json!({"locked": true})).await.expect(200);
    assert_eq!(ana.post(&path, &order).await.expect(409).code(), "scene_locked");
    ana.patch(&format!("/api/scenes/{scene}"), &json!({"locked": false})).await.expect(200);
    bo.post(&path, &order).await.expect(404);
    assert_eq!(waiting(&app).await, 0);

    let accepted = ana.post(&path, &order).await.expect(202);
    let task = accepted.header("location").to_owned();
    assert_eq!(accepted.value()["estimated_cost_usd"], 0.12);
    assert_eq!(accepted.value()["task_id"], json!(accepted.id_in_location()));
    assert_eq!(ana.post(&path, &order).await.expect(409).code(), "already_running");
    assert_eq!(waiting(&app).await, 1, "the job is on the queue, once");
    let history = ana
        .get(&format!("/api/projects/{id}/tasks?kind=edit_image&scene_id={scene}"))
        .await
        .expect(200)
        .value();
    assert_eq!((&history["total"], &history["data"][0]["scene_id"]), (&json!(1), &json!(scene)));
    assert_eq!(
        ana.get(&format!("/api/projects/{id}/tasks?kind=transcribe")).await.expect(200).value()["total"],
        0
    );
    bo.get(&format!("/api/projects/{id}/tasks")).await.expect(404);

    bo.post(&format!("{task}/cancel"), &json!({})).await.expect(404);
    let stopped = ana.post(&format!("{task}/cancel"), &json!({})).await.expect(202).value();
    assert_eq!(stopped["status"], "canceled");
    assert_eq!(ana.post(&format!("{task}/cancel"), &json!({})).await.expect(409).code(), "task_finished");
    // A key of one's own opens what the operator has none for.
    sqlx::query(
        "INSERT INTO provider_keys (user_id, provider, sealed, hint) VALUES ($1, 'far', '\\x00', '')",
    )
    .bind(ana.id)
    .execute(app.db.database().owner())
    .await
    .unwrap();
    let own = json!({"changes": [{"instruction": "x"}], "model": "nano-banana", "fallbacks": ["qwen"]});
    let accepted = ana.post(&path, &own).await.expect(202).value();
    assert_eq!((&accepted["model"], &accepted["estimated_cost_usd"]), (&json!("nano-banana"), &json!(0.09)));
}

#[tokio::test]
async fn a_song_is_listened_to_and_scenes_are_written_at_a_price() {
    let app = TestApp::start().await;
    let ana = app.person("ana", "pro").await;
    let id = ana.project("Film").await;
    let listen = format!("/api/projects/{id}/lyrics/transcribe");
    assert_eq!(ana.post(&listen, &json!({})).await.expect(409).code(), "not_analysed");
    app.heard(&ana, &id, &[0.0, 4.0, 8.0], 12.5).await;
    let quote = ana.post(&format!("{listen}/quote"), &json!({"language": "ko"})).await.expect(200).value();
    assert_eq!(quote["quote"]["model"], "whisper");
    assert!((quote["quote"]["total_usd"].as_f64().unwrap() - 0.0013).abs() < 1e-9, "{quote}");
    ana.post(&listen, &json!({"model": "qwen"})).await.expect(422);
    assert_eq!(ana.post(&listen, &json!({"max_cost_usd": 0.001})).await.expect(402).code(), "over_budget");
    let align = format!("/api/projects/{id}/lyrics/align");
    ana.post(&align, &json!({})).await.expect(200);
    let accepted = ana.post(&format!("{align}?model=whisper&all=true"), &json!({})).await.expect(202);
    assert_eq!(accepted.value()["model"], "whisper");
    assert_eq!(ana.post(&listen, &json!({})).await.expect(409).code(), "already_running");
    let payload: Value = sqlx::query_scalar("SELECT payload FROM tasks WHERE kind = 'transcribe'")
        .fetch_one(app.db.database().owner())
        .await
        .unwrap();
    assert_eq!((&payload["all"], &payload["cap"]), (&json!(true), &json!(1300)));

    let write = format!("/api/projects/{id}/storyboard/write");
    let quote = ana.post(&format!("{write}/quote"), &json!({})).await.expect(200).value();
    let told = &quote["quote"];
    assert_eq!(
        (&told["model"], &told["calls"], &told["total_usd"]),
        (&json!("flash"), &json!(2), &json!(0.03))
    );
    ana.post(&write, &json!({"scene_ids": ["00000000-0000-0000-0000-000000000000"]})).await.expect(422);
    assert_eq!(ana.post(&write, &json!({"max_cost_usd": 0.02})).await.expect(402).code(), "over_budget");
    let scene = first_scene(&ana, &id).await;
    let accepted = ana.post(&write, &json!({"scene_ids": [scene]})).await.expect(202).value();
    assert_eq!(accepted["estimated_cost_usd"], 0.01);
    assert_eq!(ana.post(&write, &json!({})).await.expect(409).code(), "already_running");

    let polish = format!("/api/scenes/{scene}/polish");
    assert_eq!(
        ana.post(&format!("{polish}/quote"), &json!({})).await.expect(200).value()["quote"]["total_usd"],
        0.01
    );
    // Nobody works here: it says where to look.
    let later = ana.post(&format!("{polish}?wait_seconds=0"), &json!({})).await.expect(202);
    assert_eq!(
        (later.value()["kind"].as_str(), later.value()["scene_id"].as_str()),
        (Some("write_scenes"), Some(scene.as_str()))
    );
    assert_eq!(later.id_in_location(), later.value()["task_id"]);
    app.stranger().post(&polish, &json!({})).await.expect(401);
}
