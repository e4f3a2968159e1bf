//! Another project like the first, another song under it, and a project that is about nobody any more.

use crate::app::{TestApp, song};
use axum::http::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn a_project_is_duplicated_with_what_was_made_for_it() {
    let app = TestApp::start().await;
    let ana = app.person("ana", "pro").await;
    let id = ana.project("Film").await;
    app.heard(&ana, &id, &[0.0, 4.0, 12.0], 21.0).await;
    crate::takes::filmed(&app, &id).await;
    ana.put(&format!("/api/projects/{id}/analysis/correction"), &json!({"octaves": -1})).await.expect(200);
    let lines = json!({"lines": [{"start": 1.0, "end": 2.0, "text": "라라라"}]});
    ana.put(&format!("/api/projects/{id}/lyrics"), &lines).await.expect(200);
    let first = ana.get(&format!("/api/projects/{id}")).await.value();

    let duplicate = format!("/api/projects/{id}/duplicate");
    let made = ana.post(&duplicate, &json!({"title": "Film 2"})).await.expect(201);
    assert!(made.header("location").starts_with("/api/projects/"));
    let copy = made.value()["project"]["id"].as_str().unwrap().to_owned();
    let second = ana.get(&format!("/api/projects/{copy}")).await.expect(200).value();
    assert_eq!(
        (&second["project"]["title"], &second["project"]["status"]),
        (&json!("Film 2"), &json!("editing"))
    );
    for same in ["audio_analysis", "audio_filename", "template_id"] {
        assert_eq!(second["project"][same], first["project"][same], "{same}");
    }
    assert_eq!(
        (&second["project"]["total_cost_usd"], &second["project"]["final_video_url"]),
        (&json!(0.0), &Value::Null)
    );
    assert_eq!(ana.get(&format!("/api/projects/{copy}/lyrics")).await.value(), lines);
    let corrected = ana.get(&format!("/api/projects/{copy}/analysis")).await.value();
    assert_eq!(corrected["correction"]["octaves"], -1);
    let scenes = |project: &Value| project["scenes"].as_array().unwrap().clone();
    assert_eq!(scenes(&second).len(), 3);
    for (one, other) in scenes(&second).iter().zip(scenes(&first)) {
        assert_ne!(one["id"], other["id"]);
        assert_eq!(
            (&one["config"], &one["status"], &one["image_likeness"]),
            (&other["config"], &other["status"], &other["image_likeness"])
        );
    }
    // They go their own ways.
    let scene = scenes(&second)[0]["id"].as_str().unwrap().to_owned();
    ana.patch(&format!("/api/scenes/{scene}"), &json!({"description": "Another"})).await.expect(200);
    let again = ana.get(&format!("/api/projects/{id}")).await.value();
    assert_eq!(scenes(&again)[0]["description"], scenes(&first)[0]["description"]);
    assert_eq!(ana.post(&duplicate, &json!({})).await.expect(201).value()["project"]["title"], "Film");

    ana.post(&duplicate, &json!({"title": ""})).await.expect(422);
    app.person("mallory", "team").await.post(&duplicate, &json!({})).await.expect(404);
    let bo = app.person("bo", "free").await;
    let own = bo.project("One").await;
    bo.post(&format!("/api/projects/{own}/duplicate"), &json!({})).await.expect(201);
    let third = bo.post(&format!("/api/projects/{own}/duplicate"), &json!({})).await.expect(402);
    assert_eq!(third.code(), "plan_required", "it counts as one that was started");
}

#[tokio::test]
async fn a_song_is_replaced_after_it_was_said_what_goes() {
    let app = TestApp::start().await;
    let ana = app.person("ana", "pro").await;
    let id = ana.project("Film").await;
    app.heard(&ana, &id, &[0.0, 4.0, 12.0], 21.0).await;
    crate::takes::filmed(&app, &id).await;
    ana.put(&format!("/api/projects/{id}/analysis/correction"), &json!({"octaves": -1})).await.expect(200);
    let path = format!("/api/projects/{id}/song");
    let said = ana.get(&format!("{path}/effect")).await.expect(200).value();
    assert_eq!(
        said,
        json!({"heard": true, "corrected": true, "lyric_lines": 0, "scenes": 3, "scenes_with_image": 3,
        "scenes_with_video": 3, "film": false, "busy": false})
    );

    let etag = ana.get(&format!("/api/projects/{id}")).await.header("etag").to_owned();
    let upload = ana.upload("song", "master.wav", &song(6000)).await.expect(201).id_in_location();
    let body = json!({"upload_id": upload});
    let done = ana.json(Method::PUT, &path, &body, &[("if-match", &etag)]).await.expect(200).value();
    assert_eq!(
        (&done["project"]["audio_filename"], &done["project"]["audio_analysis"]),
        (&json!("master.wav"), &json!({}))
    );
    assert_eq!(done["project"]["audio_duration_seconds"], Value::Null);
    ana.json(Method::PUT, &path, &body, &[("if-match", &etag)]).await.expect(412);
    let after = ana.get(&format!("{path}/effect")).await.expect(200).value();
    assert_eq!(
        (&after["heard"], &after["corrected"], &after["scenes"]),
        (&json!(false), &json!(false), &json!(3))
    );

    // While it is listened to, it is not taken away.
    ana.post(&format!("/api/projects/{id}/analyze-audio?wait_seconds=0"), &json!({})).await.expect(202);
    assert_eq!(ana.put(&path, &body).await.expect(409).code(), "song_in_use");
    let photo = json!({"upload_id": uuid::Uuid::nil()});
    let other = ana.project("Other").await;
    ana.put(&format!("/api/projects/{other}/song"), &photo).await.expect(422);
    let mallory = app.person("mallory", "team").await;
    mallory.put(&path, &body).await.expect(404);
    mallory.get(&format!("{path}/effect")).await.expect(404);
}

#[tokio::test]
async fn whoever_a_project_or_a_scene_was_about_is_taken_out_again() {
    let app = TestApp::start().await;
    let ana = app.person("ana", "pro").await;
    let id = ana.project("Film").await;
    app.heard(&ana, &id, &[0.0, 4.0], 12.0).await;
    let character: uuid::Uuid = sqlx::query_scalar(
        "INSERT INTO character_profiles (user_id, name, status) VALUES ($1, 'Harin', 'approved') RETURNING id",
    )
    .bind(ana.id)
    .fetch_one(app.db.database().worker())
    .await
    .unwrap();
    let path = format!("/api/projects/{id}");
    let set = ana.patch(&path, &json!({"character_profile_id": character})).await.expect(200).value();
    assert_eq!(set["project"]["character_profile_id"], character.to_string());
    let kept = ana.patch(&path, &json!({"title": "Film 2"})).await.expect(200).value();
    assert_eq!(kept["project"]["character_profile_id"], character.to_string(), "what is left out stays");
    let unset = ana.patch(&path, &json!({"character_profile_id": null})).await.expect(200).value();
    assert_eq!(unset["project"]["character_profile_id"], Value::Null);

    let scenes = ana.get(&format!("{path}/scenes")).await.value();
    let scene = format!("/api/scenes/{}", scenes["scenes"][0]["id"].as_str().unwrap());
    let cast = json!({"config": {"cast": [format!("character:{character}")]}});
    let with = ana.patch(&scene, &cast).await;
    // However people are called into a scene, an empty list sends them away.
    assert!(with.status == 200 || with.status == 422, "{}", String::from_utf8_lossy(&with.bytes));
    let without = ana.patch(&scene, &json!({"config": {"cast": []}})).await.expect(200).value();
    assert_eq!(without["scene"]["config"]["cast"], json!([]));
}
