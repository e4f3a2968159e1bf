//! What is there already costs nothing again; what a change makes stale is said before it is made; one's own pictures.

use crate::app::{Client, TestApp};
use image::{ImageFormat, RgbImage};
use mv_core::Clock;
use mv_core::clock::SystemClock;
use mv_core::ids::UserId;
use mv_core::paid_call::{Capability, Funding};
use mv_core::units::MicroUsd;
use mv_store::db::service_checks::{self, Check};
use mv_store::ledger::{self, Caps, NewCall, Opening};
use serde_json::{Value, json};
use std::io::Cursor;
use std::time::Duration;

/// A person's call that made what has this key.
async fn bought(app: &TestApp, who: &Client, key: &str) {
    let new = NewCall {
        user: UserId(who.id),
        project: None,
        job: None,
        task: None,
        scene: None,
        character: None,
        step_key: key,
        ordinal: 0,
        capability: Capability::Clip,
        provider: "test",
        model: "kling-standard",
        because: None,
        request_hash: key,
        estimate: MicroUsd(840_000),
        funding: Funding::House,
        caps: Caps::default(),
        holder: "worker",
        lease: Duration::from_mins(1),
        now: mv_core::Clock::now(&*app.clock),
    };
    let mut transaction = app.db.database().worker().begin().await.unwrap();
    let Opening::Held(call) = ledger::open(&mut transaction, &new).await.unwrap() else {
        panic!("somebody has it")
    };
    let held = call.held();
    ledger::submitting(&mut transaction, &held).await.unwrap();
    ledger::succeeded(&mut transaction, &held, Some(MicroUsd(840_000)), &json!({})).await.unwrap();
    transaction.commit().await.unwrap();
}

/// As if the scenes of a project had been filmed.
pub(crate) async fn filmed(app: &TestApp, project: &str) {
    sqlx::query(
        "UPDATE scenes SET status = 'video_ready', image_key = 'artifacts/still/a.png',
           video_key = 'artifacts/segment/a.mp4', image_likeness = 0.75 WHERE project_id = $1::uuid",
    )
    .bind(project)
    .execute(app.db.database().worker())
    .await
    .unwrap();
}

/// As if the project's film had been ordered with bought clips and was done.
pub(crate) async fn ordered(app: &TestApp, who: &Client, project: &str) {
    sqlx::query(
        "INSERT INTO video_jobs (project_id, user_id, job_type, status, config)
         VALUES ($1::uuid, $2, 'full_video', 'complete', $3)",
    )
    .bind(project)
    .bind(who.id)
    .bind(json!({"video_model": "kling-standard"}))
    .execute(app.db.database().worker())
    .await
    .unwrap();
}

fn cents(value: &Value) -> i64 {
    (value.as_f64().unwrap() * 100.0).round() as i64
}

#[tokio::test]
async fn what_was_bought_is_taken_off_and_own_keys_open_models() {
    let app = TestApp::start().await;
    let ana = app.person("ana", "pro").await;
    let id = ana.project("Film").await;
    app.heard(&ana, &id, &[0.0, 4.0, 12.0], 21.0).await;
    let quotes = format!("/api/projects/{id}/quotes");
    let config = json!({"config": {"video_model": "kling-standard"}});
    let whole = ana.post(&quotes, &config).await.expect(201).value()["quote"].clone();
    assert_eq!(cents(&whole["total_usd"]), 42 + 84 + 84);

    bought(&app, &ana, "clip-1-0-clear").await;
    let rest = ana.post(&quotes, &config).await.expect(201).value()["quote"].clone();
    assert_eq!(cents(&rest["total_usd"]), 42 + 84);
    let clips = rest["lines"].as_array().unwrap().iter().find(|line| line["item"] == "clip").unwrap();
    assert_eq!((&clips["count"], &clips["made_already"]), (&json!(2), &json!(1)), "{rest}");
    let bo = app.person("bo", "pro").await;
    let other = bo.project("Film").await;
    app.heard(&bo, &other, &[0.0, 4.0, 12.0], 21.0).await;
    let other = bo.post(&format!("/api/projects/{other}/quotes"), &config).await.expect(201).value();
    assert_eq!(cents(&other["quote"]["total_usd"]), 42 + 84 + 84, "another's money");

    let closed = json!({"config": {"video_model": "runway"}});
    ana.post(&quotes, &closed).await.expect(422);
    sqlx::query("INSERT INTO provider_keys (user_id, provider, sealed, hint) VALUES ($1, 'test', $2, '')")
        .bind(ana.id)
        .bind(b"sealed".as_slice())
        .execute(app.db.database().worker())
        .await
        .unwrap();
    ana.post(&quotes, &closed).await.expect(201);
}

#[tokio::test]
async fn a_model_that_its_service_no_longer_lists_is_not_sold() {
    let app = TestApp::start().await;
    let ana = app.person("ana", "pro").await;
    let id = ana.project("Film").await;
    app.heard(&ana, &id, &[0.0, 4.0, 12.0], 21.0).await;
    let quotes = format!("/api/projects/{id}/quotes");
    let wish = |config: Value| json!({ "config": config });
    let fallback = wish(json!({"video_model": "animatic", "video_fallbacks": ["kling-standard"]}));
    let chosen = wish(json!({"video_model": "kling-standard"}));
    ana.post(&quotes, &chosen).await.expect(201);
    ana.post(&quotes, &fallback).await.expect(201);
    let unknown = wish(json!({"image_fallbacks": ["kling-standard"]}));
    let refused = ana.post(&quotes, &unknown).await.expect(422).value();
    assert_eq!(refused["errors"][0]["field"], "config.image_fallbacks[0]", "{refused}");

    let check = Check {
        provider: "test".into(),
        checked_at: SystemClock.now(),
        works: Some(true),
        error: None,
        lists_models: true,
        missing: vec!["kling-standard".into()],
    };
    let mut connection = app.db.database().worker().acquire().await.unwrap();
    service_checks::put(&mut connection, &check).await.unwrap();
    let refused = ana.post(&quotes, &chosen).await.expect(422).value();
    assert!(refused["detail"].as_str().unwrap().contains("no longer lists"), "{refused}");
    ana.post(&quotes, &fallback).await.expect(422);
    sqlx::query(
        "INSERT INTO provider_keys (user_id, provider, sealed, hint) VALUES ($1, 'test', '\\x00', '')",
    )
    .bind(ana.id)
    .execute(&mut *connection)
    .await
    .unwrap();
    ana.post(&quotes, &chosen).await.expect(201);
}

#[tokio::test]
async fn what_a_change_makes_stale_is_said_before_it_is_made() {
    let app = TestApp::start().await;
    let ana = app.person("ana", "pro").await;
    let id = ana.project("Film").await;
    app.heard(&ana, &id, &[0.0, 4.0, 12.0], 21.0).await;
    ordered(&app, &ana, &id).await;
    filmed(&app, &id).await;
    let before = ana.get(&format!("/api/projects/{id}/scenes")).await.value();
    assert_eq!(before["scenes"][0]["image_likeness"], 0.75);
    let scene = |index: usize| before["scenes"][index]["id"].as_str().unwrap().to_owned();

    let rain = json!({"config": {"weather": "rain"}});
    let effect = ana.post(&format!("/api/scenes/{}/effect", scene(1)), &rain).await.expect(200).value();
    let stale = effect["stale"].as_array().unwrap();
    assert_eq!((stale.len(), &stale[0]["scene_number"]), (1, &json!(2)));
    assert_eq!(cents(&effect["total_usd"]), 84, "{effect}");
    assert!(effect["estimated_time_seconds"].as_i64().unwrap() > 0);

    // A boundary has two sides.
    let moved = json!({"timestamp_start": 5.0});
    let effect = ana.post(&format!("/api/scenes/{}/effect", scene(1)), &moved).await.expect(200).value();
    assert_eq!(effect["stale"].as_array().unwrap().len(), 2);

    let several = json!({"changes": [
        {"scene_id": scene(0), "change": rain}, {"scene_id": scene(2), "change": rain},
    ]});
    let effect = ana.post(&format!("/api/projects/{id}/effect"), &several).await.expect(200).value();
    assert_eq!(cents(&effect["total_usd"]), 42 + 84);
    let same = json!({"locked": true});
    let effect = ana.post(&format!("/api/scenes/{}/effect", scene(1)), &same).await.expect(200).value();
    assert_eq!((effect["stale"].as_array().unwrap().len(), &effect["total_usd"]), (0, &json!(0.0)));
    ana.post(&format!("/api/projects/{id}/effect"), &json!({"changes": []})).await.expect(422);
    let nothing = json!({"timestamp_start": 13.0});
    ana.post(&format!("/api/scenes/{}/effect", scene(1)), &nothing).await.expect(422);

    assert_eq!(ana.get(&format!("/api/projects/{id}/scenes")).await.value(), before, "nothing was changed");
    app.person("mallory", "pro")
        .await
        .post(&format!("/api/scenes/{}/effect", scene(1)), &rain)
        .await
        .expect(404);
}

#[tokio::test]
async fn another_take_of_a_clip_keeps_the_still() {
    let app = TestApp::start().await;
    let ana = app.person("ana", "pro").await;
    let id = ana.project("Film").await;
    app.heard(&ana, &id, &[0.0, 4.0], 12.0).await;
    ordered(&app, &ana, &id).await;
    let scenes = ana.get(&format!("/api/projects/{id}/scenes")).await.value();
    let scene = format!("/api/scenes/{}", scenes["scenes"][1]["id"].as_str().unwrap());
    bought(&app, &ana, "clip-1-0-clear").await;

    let stop = async |answer: &Value| {
        let job = answer["job_id"].as_str().unwrap();
        ana.post(&format!("/api/video/jobs/{job}/cancel"), &json!({})).await.expect(200);
    };
    let again = format!("{scene}/regenerate");
    let same = ana.post(&again, &json!({"type": "video", "keep_seed": true})).await.expect(202).value();
    assert_eq!(same["estimated_cost_usd"], 0.0, "it is there");
    stop(&same).await;
    let other = ana.post(&again, &json!({"type": "video"})).await.expect(202).value();
    assert_eq!(cents(&other["estimated_cost_usd"]), 84);
    stop(&other).await;
    let config = ana.get(&scene).await.value()["scene"]["config"].clone();
    assert_eq!((&config["clip_take"], &config["seed"]), (&json!(1), &json!(1)));
    let both = ana.post(&again, &json!({"type": "both", "keep_seed": true})).await.expect(202).value();
    stop(&both).await;
    assert_eq!(ana.get(&scene).await.value()["scene"]["config"]["seed"], 1);
}

#[tokio::test]
async fn a_still_of_ones_own_is_a_version_and_nobody_elses_can_be_named() {
    let app = TestApp::start().await;
    let ana = app.person("ana", "pro").await;
    let id = ana.project("Film").await;
    let mut plan = app.heard(&ana, &id, &[0.0, 4.0], 12.0).await;
    filmed(&app, &id).await;
    let scenes = ana.get(&format!("/api/projects/{id}/scenes")).await.value();
    let scene = format!("/api/scenes/{}", scenes["scenes"][0]["id"].as_str().unwrap());

    let mut png = Cursor::new(Vec::new());
    RgbImage::from_pixel(320, 180, image::Rgb([200, 40, 90])).write_to(&mut png, ImageFormat::Png).unwrap();
    let upload = ana.upload("still", "mine.png", png.get_ref()).await.expect(201).id_in_location();
    let photo = ana.upload("photo", "me.png", png.get_ref()).await.expect(201).id_in_location();
    let versions = format!("{scene}/versions");
    ana.post(&versions, &json!({"upload_id": photo})).await.expect(422);
    let shown = ana.post(&versions, &json!({"upload_id": upload})).await.expect(200).value()["scene"].clone();
    assert_eq!((&shown["status"], &shown["video_url"]), (&json!("image_ready"), &json!(null)));
    assert_eq!((&shown["config"]["own_still"], &shown["image_likeness"]), (&json!(true), &json!(null)));
    ana.get(shown["image_url"].as_str().unwrap()).await.expect(200);
    let kept = ana.get(&versions).await.value()["versions"].clone();
    assert_eq!((&kept[0]["source"], &kept[1]["likeness"]), (&json!("uploaded"), &json!(0.75)), "{kept}");

    // Making the picture anew puts it away, going back brings it back.
    let made = ana.post(&format!("{scene}/regenerate"), &json!({"type": "image"})).await.expect(202).value();
    ana.post(&format!("/api/video/jobs/{}/cancel", made["job_id"].as_str().unwrap()), &json!({})).await;
    assert_eq!(ana.get(&scene).await.value()["scene"]["config"]["own_still"], false);
    let back = format!("{versions}/{}/restore", kept[0]["id"].as_str().unwrap());
    let back = ana.post(&back, &json!({})).await.expect(200).value();
    assert_eq!(back["scene"]["config"]["own_still"], true);

    // A plan may keep what its scenes were given, and name nothing else.
    let path = format!("/api/projects/{id}/plan");
    let own = ana.get(&path).await.value();
    ana.put(&path, &own).await.expect(200);
    plan["scenes"][1]["still"] = json!("photos/00000000-0000-0000-0000-000000000000/ab.jpg");
    let refused = ana.put(&path, &plan).await.expect(422).value();
    assert!(refused.to_string().contains("scenes[1].still"), "{refused}");
}
