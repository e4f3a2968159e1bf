//! Events that are counted, and passed on to a `PostHog` where there is one.

use crate::ground::Ground;
use crate::receiver::{Receiver, Says};
use mv_core::jobs::Job;
use mv_jobs::{AnalyticsSettings, PostHog, Settings};
use mv_store::db::events;
use mv_store::queue::{self, Enqueue};
use serde_json::Value;

async fn run(sql: &'static str, ground: &Ground) {
    sqlx::query(sql).execute(ground.db().owner()).await.unwrap();
}

async fn names(ground: &Ground) -> Vec<String> {
    sqlx::query_scalar("SELECT name FROM events ORDER BY id").fetch_all(ground.db().owner()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_is_counted_where_it_happens() {
    let ground = Ground::new().await;
    let project = ground.project(4.0).await;
    let owner = ground.db().owner();
    for change in [
        "UPDATE users SET email_verified = true",
        "UPDATE users SET email_verified = true",
        "UPDATE projects SET audio_analysis = '{\"version\": 1}'",
        "UPDATE projects SET storyboard = '{\"version\": 1}'",
        "UPDATE users SET subscription_plan = 'pro'",
        "UPDATE users SET subscription_plan = 'indie'",
        "UPDATE users SET subscription_plan = 'free'",
        "INSERT INTO video_jobs (project_id, user_id, config) SELECT id, user_id, '{}' FROM projects",
        "UPDATE video_jobs SET status = 'complete'",
        "UPDATE video_jobs SET progress_seq = 9",
        "INSERT INTO share_links (project_id, user_id, token_hash, token_hint) SELECT id, user_id, 'h', 'h' FROM projects",
        "SELECT count_share_view('h')",
    ] {
        sqlx::query(change).execute(owner).await.unwrap_or_else(|error| panic!("{change}: {error}"));
    }
    let mut person = ground.db().person(ground.user).await.unwrap();
    for _ in 0..2 {
        events::exported(&mut person, ground.user, project).await.unwrap();
    }
    person.commit().await.unwrap();
    let counted = [
        "signed_up",
        "song_uploaded",
        "verified",
        "song_heard",
        "storyboard_made",
        "upgraded",
        "cancelled",
        "ordered",
        "film_finished",
        "shared",
        "watched",
        "exported",
    ];
    assert_eq!(names(&ground).await, counted);
    assert_eq!(ground.count("SELECT count(*) FROM events WHERE user_id IS NULL").await, 1, "who watched");

    // Nobody counts in another's name.
    let mut stranger = ground.db().person(uuid::Uuid::from_u128(1).into()).await.unwrap();
    events::exported(&mut stranger, ground.user, uuid::Uuid::from_u128(2).into()).await.unwrap();
    stranger.commit().await.unwrap();
    assert_eq!(names(&ground).await.len(), counted.len());

    // Who wants nothing counted is forgotten, and not counted again.
    run("UPDATE users SET analytics_opt_out = true", &ground).await;
    ground.project(5.0).await;
    assert_eq!(names(&ground).await, ["watched"]);
    run("UPDATE users SET analytics_opt_out = false", &ground).await;
    let mut connection = ground.db().worker().acquire().await.unwrap();
    events::switch(&mut connection, false).await.unwrap();
    ground.project(6.0).await;
    assert_eq!(names(&ground).await, ["watched"], "the operator wants nothing counted");
    events::switch(&mut connection, true).await.unwrap();
    ground.project(7.0).await;
    assert_eq!(names(&ground).await, ["watched", "song_uploaded"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_passed_on_once_under_pseudonyms() {
    let (ground, mut receiver) = (Ground::new().await, Receiver::start().await);
    ground.project(4.0).await;
    run("INSERT INTO users (email, analytics_opt_out) VALUES ('b@example.com', true)", &ground).await;
    // As if it had been counted just before they said no.
    run(
        "INSERT INTO events (name, user_id) SELECT 'ordered', id FROM users WHERE analytics_opt_out",
        &ground,
    )
    .await;
    run("UPDATE events SET created_at = now() - interval '1 hour'", &ground).await;
    let posthog = PostHog { host: format!("{}/", receiver.home), key: "phc_test".into() };
    let analytics = AnalyticsSettings { posthog: Some(posthog), ..AnalyticsSettings::default() };
    let workers = ground.work(Settings { analytics, ..ground.settings() });
    let process = async || {
        let mut connection = ground.db().worker().acquire().await.unwrap();
        queue::enqueue(&mut connection, &Job::Analytics, Enqueue::default()).await.unwrap();
    };
    receiver.says([Says::status(503)]);
    process().await;
    let (first, got) = (receiver.next().await, receiver.next().await);
    assert_eq!(first.body, got.body, "a batch that was refused comes again");
    assert_eq!(got.path, "/batch/");
    let told = got.json();
    assert_eq!(told["api_key"], "phc_test");
    let batch = told["batch"].as_array().unwrap();
    let names: Vec<_> = batch.iter().map(|event| event["event"].as_str().unwrap()).collect();
    assert_eq!(names, ["signed_up", "song_uploaded"]);
    assert_eq!(batch[0]["distinct_id"], batch[1]["distinct_id"]);
    assert!(
        !got.body.contains(&ground.user.to_string()) && !got.body.contains("example.com"),
        "{}",
        got.body
    );

    ground.until_count("SELECT count(*) FROM job_history WHERE outcome = 'complete'", 1).await;
    process().await;
    ground.until_count("SELECT count(*) FROM job_history WHERE outcome = 'complete'", 2).await;
    assert!(receiver.is_quiet(), "nothing is passed on twice");
    let at: Value = sqlx::query_scalar("SELECT value FROM installation WHERE name = 'analytics_forwarded'")
        .fetch_one(ground.db().owner())
        .await
        .unwrap();
    assert!(at["id"].as_i64().unwrap() >= 2, "{at}");
    workers.drain().await;
}
