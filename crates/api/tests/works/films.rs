//! Quotes and orders.

use crate::app::TestApp;
use chrono::TimeDelta;
use serde_json::json;

#[tokio::test]
async fn the_price_comes_before_the_work() {
    let app = TestApp::start().await;
    let ana = app.person("ana", "pro").await;
    let id = ana.project("Film").await;
    let (quotes, order) =
        (format!("/api/projects/{id}/quotes"), format!("/api/projects/{id}/generate-video"));
    ana.post(&order, &json!({})).await.expect(409);
    app.heard(&ana, &id, &[0.0, 4.0, 12.0], 21.0).await;

    let free = ana.post(&quotes, &json!({})).await.expect(201).value()["quote"].clone();
    assert_eq!(free["total_usd"], 0.0);
    assert!(free["estimated_time_seconds"].as_i64().unwrap() > 0);
    let config =
        json!({"video_model": "kling-standard", "model_selections": {"1": "animatic"}, "resolution": "720p"});
    let quote = ana.post(&quotes, &json!({"config": config})).await.expect(201).value()["quote"].clone();
    // 8 s and 9 s are bought as 10 s each, at 0.084 a second.
    assert!((quote["total_usd"].as_f64().unwrap() - 1.68).abs() < 1e-9, "{quote}");
    for wrong in [
        json!({"video_model": "none-such"}),
        json!({"video_model": "runway"}),
        json!({"model_selections": {"9": "animatic"}}),
        json!({"resolution": "8k"}),
        json!({"fps": 25}),
        json!({"quality_tier": "best"}),
    ] {
        ana.post(&quotes, &json!({"config": wrong})).await.expect(422);
    }

    // What no clip covers is said before anything is made.
    let long = ana.project("Long").await;
    app.planned(&ana, &long, &[0.0, 4.0], 16.0).await;
    let refused = ana.post(&format!("/api/projects/{long}/quotes"), &json!({"config": config})).await;
    assert!(refused.expect(422).value()["detail"].as_str().unwrap().contains("scene 2 takes 12.0 s"));

    // A quote binds what it was made for, for a while.
    let differs = ana.post(&order, &json!({"quote_id": quote["id"]})).await.expect(409);
    assert_eq!(differs.code(), "quote_differs");
    ana.patch(&format!("/api/projects/{id}"), &json!({"budget_usd": 1.0})).await.expect(200);
    let outdated = ana.post(&order, &json!({"config": config, "quote_id": quote["id"]})).await.expect(409);
    assert_eq!(outdated.code(), "quote_outdated");
    assert_eq!(ana.post(&order, &json!({"config": config})).await.expect(402).code(), "over_budget");
    let free = ana.post(&quotes, &json!({})).await.expect(201).value()["quote"].clone();
    app.clock.advance(TimeDelta::minutes(16));
    assert_eq!(ana.post(&order, &json!({"quote_id": free["id"]})).await.expect(409).code(), "quote_expired");
}

#[tokio::test]
async fn an_order_is_placed_once_stopped_and_tried_again() {
    let app = TestApp::start().await;
    let ana = app.person("ana", "free").await;
    let id = ana.project("Film").await;
    app.planned(&ana, &id, &[0.0, 4.0], 12.0).await;
    let body = json!({"project_id": id, "config": {"quality_tier": "draft"}});
    let answer = ana.post("/api/video/generate", &body).await.expect(202).value();
    let job = format!("/api/video/jobs/{}", answer["job_id"].as_str().unwrap());
    assert_eq!(answer["estimated_cost_usd"], 0.0);
    let twice = ana.post("/api/video/generate", &body).await.expect(409).value();
    assert_eq!(twice["job_id"], answer["job_id"]);
    let waiting: i64 = sqlx::query_scalar("SELECT count(*) FROM graphile_worker.jobs")
        .fetch_one(app.db.database().owner())
        .await
        .unwrap();
    assert_eq!(waiting, 1, "the job is on the queue, once");
    assert_eq!(ana.get(&format!("/api/projects/{id}")).await.value()["project"]["status"], "generating");
    let progress = ana.get(&format!("{job}/progress")).await.expect(200).value();
    assert_eq!((&progress["status"], &progress["current_cost"]), (&json!("queued"), &json!(0.0)));

    let canceled = ana.post(&format!("{job}/cancel"), &json!({})).await.expect(200).value();
    assert_eq!(canceled["message"], "Job canceled successfully");
    assert_eq!(ana.get(&job).await.value()["job"]["status"], "canceled");
    assert_eq!(ana.get(&format!("/api/projects/{id}")).await.value()["project"]["status"], "editing");
    ana.post(&format!("{job}/cancel"), &json!({})).await.expect(409);
    assert_eq!(
        ana.post(&format!("{job}/retry"), &json!({})).await.expect(202).value()["job"]["status"],
        "queued"
    );
    ana.post(&format!("{job}/retry"), &json!({})).await.expect(409);
    ana.post(&format!("{job}/cancel"), &json!({})).await.expect(200);

    // Two films a day on the free plan.
    let second = ana.post("/api/video/generate", &body).await.expect(202).value();
    let second = format!("/api/video/jobs/{}", second["job_id"].as_str().unwrap());
    ana.post(&format!("{second}/cancel"), &json!({})).await.expect(200);
    let refused = ana.post("/api/video/generate", &body).await.expect(429);
    assert!(refused.header("retry-after").parse::<i64>().unwrap() > 0);
    let list = ana.get(&format!("/api/projects/{id}/jobs")).await.expect(200).value();
    assert_eq!(list["total"], 2);
}

#[tokio::test]
async fn one_scene_is_made_anew() {
    let app = TestApp::start().await;
    let ana = app.person("ana", "pro").await;
    let id = ana.project("Film").await;
    app.planned(&ana, &id, &[0.0, 4.0], 12.0).await;
    let scenes = ana.get(&format!("/api/projects/{id}/scenes")).await.value();
    let scene = format!("/api/scenes/{}", scenes["scenes"][1]["id"].as_str().unwrap());
    let body = json!({"type": "both", "config": {"weather": "rain"}});
    let answer = ana.post(&format!("{scene}/regenerate"), &body).await.expect(202).value();
    let after = ana.get(&scene).await.value()["scene"].clone();
    assert_eq!((&after["status"], &after["generation_attempts"]), (&json!("generating_image"), &json!(1)));
    assert_eq!(after["config"]["weather"], "rain");
    assert_ne!(after["config"]["seed"], scenes["scenes"][1]["config"]["seed"], "another take");
    let versions = ana.get(&format!("{scene}/versions")).await.value();
    assert_eq!(versions["versions"][0]["config"]["weather"], "clear");
    let job =
        ana.get(&format!("/api/video/jobs/{}", answer["job_id"].as_str().unwrap())).await.expect(200).value();
    assert_eq!(job["job"]["job_type"], "single_scene");

    // Stopped before it began, the scene waits as before.
    let stop = format!("/api/video/jobs/{}/cancel", answer["job_id"].as_str().unwrap());
    ana.post(&stop, &json!({})).await.expect(200);
    assert_eq!(ana.get(&scene).await.value()["scene"]["status"], "pending");
    assert_eq!(ana.get(&format!("/api/projects/{id}")).await.value()["project"]["status"], "editing");
    ana.patch(&scene, &json!({"locked": true})).await.expect(200);
    assert_eq!(ana.post(&format!("{scene}/regenerate"), &body).await.expect(409).code(), "scene_locked");
    ana.post(&format!("{scene}/regenerate"), &json!({"type": "sound"})).await.expect(422);
}

#[tokio::test]
async fn a_finished_film_is_ordered_in_another_shape() {
    let app = TestApp::start().await;
    let ana = app.person("ana", "free").await;
    let id = ana.project("Film").await;
    let path = format!("/api/projects/{id}/exports");
    app.heard(&ana, &id, &[0.0, 4.0], 12.0).await;
    assert_eq!(ana.post(&path, &json!({})).await.expect(409).code(), "no_film");
    let film: uuid::Uuid = sqlx::query_scalar(
        "INSERT INTO video_jobs (project_id, user_id, status, config, board, completed_at)
         SELECT id, user_id, 'complete', '{\"video_model\": \"kling-standard\"}',
           jsonb_build_object('plan', jsonb_build_object('song', jsonb_build_object('hash', audio_hash))), now()
         FROM projects WHERE id = $1::uuid RETURNING id",
    )
    .bind(&id)
    .fetch_one(app.db.database().worker())
    .await
    .unwrap();

    let same = ana.post(&path, &json!({"aspect": "16:9"})).await.expect(409).value();
    assert_eq!((&same["code"], &same["job_id"]), (&json!("already_there"), &json!(film)));
    let tall = json!({"aspect": "9:16", "captions": "karaoke", "job_id": film});
    let answer = ana.post(&path, &tall).await.expect(202).value();
    assert_eq!(answer["estimated_cost_usd"], 0.0);
    assert!(answer["estimated_time_seconds"].as_i64().unwrap() > 0);
    let job = format!("/api/video/jobs/{}", answer["job_id"].as_str().unwrap());
    let placed = ana.get(&job).await.expect(200).value()["job"].clone();
    assert_eq!(placed["job_type"], "reframe");
    let config = &placed["config"];
    assert_eq!((&config["aspect"], &config["reframe_of"]), (&json!("9:16"), &json!(film)));
    assert_eq!((&config["video_model"], &config["budget_usd"]), (&json!("kling-standard"), &json!(0.0)));
    let twice = ana.post(&path, &tall).await.expect(409).value();
    assert_eq!(twice["job_id"], answer["job_id"]);
    let shown = ana.get(&format!("/api/projects/{id}")).await.value()["project"]["status"].clone();
    assert_ne!(shown, "generating", "the film is not made anew");
    // One that was stopped may be ordered again.
    ana.post(&format!("{job}/cancel"), &json!({})).await.expect(200);
    ana.post(&path, &tall).await.expect(202);

    assert_eq!(ana.post(&path, &json!({"resolution": "4k"})).await.expect(402).code(), "plan_required");
    ana.post(&path, &json!({"resolution": "8k"})).await.expect(422);
    let other = json!({"job_id": uuid::Uuid::nil(), "aspect": "1:1"});
    assert_eq!(ana.post(&path, &other).await.expect(409).code(), "no_film");
    let ben = app.person("ben", "pro").await;
    ben.post(&path, &json!({"aspect": "1:1"})).await.expect(404);
    sqlx::query("UPDATE projects SET audio_hash = repeat('f', 64)")
        .execute(app.db.database().worker())
        .await
        .unwrap();
    assert_eq!(ana.post(&path, &json!({"aspect": "1:1"})).await.expect(409).code(), "song_changed");
}
