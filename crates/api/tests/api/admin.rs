//! Running the server.

use crate::app::{PASSWORD, TestApp};
use mv_core::ids::{StepId, UserId, VideoJobId};
use mv_core::jobs::{Class, Job};
use mv_core::order::VideoConfig;
use mv_store::db::projects::{self, NewProject};
use mv_store::db::video_jobs;
use mv_store::queue::{self, Enqueue, Envelope};
use serde_json::{Value, json};

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

/// A film that this person ordered.
async fn ordered(app: &TestApp, who: UserId) -> VideoJobId {
    let mut person = app.state.db.person(who).await.unwrap();
    let new = NewProject {
        character: None,
        title: "Film",
        artist: "",
        description: None,
        audio_key: "songs/a/b.wav",
        audio_hash: "b",
        audio_filename: "song.wav",
        audio_size_bytes: 1,
        template_id: None,
        template_config: &json!({}),
    };
    let project = projects::insert(&mut person, who, &new).await.unwrap();
    let config = VideoConfig::default();
    let order = video_jobs::insert(&mut person, project, who, "full_video", &config, 0).await.unwrap();
    queue::enqueue(&mut person, &Job::VideoGeneration { job_id: order }, Enqueue::by(who)).await.unwrap();
    person.commit().await.unwrap();
    order
}

#[tokio::test]
async fn films_are_stopped_and_tried_again_by_their_jobs() {
    let app = TestApp::start().await;
    let mut root = app.admin().await;
    let mut ana = app.person("ana@example.com").await;
    let who: UserId = ana.id().await.parse().unwrap();
    let order = ordered(&app, who).await;
    let film = format!("/api/video/jobs/{order}");
    let as_if = |sql: &'static str| sqlx::query(sql).bind(order.0).execute(app.state.db.owner());

    // Before anybody began with it, the order ends at once.
    let queued = root.get("/api/admin/queues/video").await.expect(200);
    let job = format!("/api/admin/queues/jobs/{}", queued["data"][0]["id"]);
    root.delete(&job).await.expect(204);
    assert_eq!(ana.get(&film).await.expect(200)["job"]["status"], "canceled");
    root.delete(&job).await.refused(409, "job_finished");

    // By a job of one of its steps, an order that is being made is asked to end.
    as_if("UPDATE video_jobs SET status = 'processing', canceled_at = NULL, cancel_requested_at = NULL WHERE id = $1")
        .await
        .unwrap();
    let step = Job::Step { job_id: order, step_id: StepId(uuid::Uuid::nil()), class: Class::Render };
    let mut connection = app.state.db.worker().acquire().await.unwrap();
    queue::enqueue(&mut connection, &step, Enqueue::by(who)).await.unwrap();
    drop(connection);
    let queued = root.get("/api/admin/queues/render").await.expect(200);
    root.delete(&format!("/api/admin/queues/jobs/{}", queued["data"][0]["id"])).await.expect(204);
    let asked: bool = sqlx::query_scalar(
        "SELECT cancel_requested_at IS NOT NULL FROM video_jobs WHERE status = 'processing'",
    )
    .fetch_one(app.state.db.owner())
    .await
    .unwrap();
    assert!(asked);

    // It failed, and so did two of its jobs: trying one of them again tries the order, once.
    as_if("UPDATE video_jobs SET status = 'failed', failed_at = now() WHERE id = $1").await.unwrap();
    for job in [step, Job::VideoGeneration { job_id: order }] {
        sqlx::query(
            "INSERT INTO job_history (task, payload, outcome, attempts, enqueued_at, started_at)
             VALUES ($1, $2, 'failed', 4, now(), now())",
        )
        .bind(job.task())
        .bind(
            serde_json::to_value(Envelope { job, asked_by: Some(who), attempt: 4, first_job: None }).unwrap(),
        )
        .execute(app.state.db.owner())
        .await
        .unwrap();
    }
    let retry = |failed: Value| format!("/api/admin/queues/failed/{}/retry", failed["data"][0]["id"]);
    let of_step = retry(root.get("/api/admin/queues/render/failed").await.expect(200));
    let of_order = retry(root.get("/api/admin/queues/video/failed").await.expect(200));
    root.post(&of_step, json!({})).await.expect(204);
    assert_eq!(ana.get(&film).await.expect(200)["job"]["status"], "queued");
    root.post(&of_step, json!({})).await.refused(404, "not_found");
    root.post(&of_order, json!({})).await.refused(409, "cannot_retry");
    let failed = root.get("/api/admin/queues/video/failed").await.expect(200);
    assert_eq!(failed["total"], 1, "what was refused stays");
    let log = root.get("/api/admin/audit?event_type=queue_changed_by_admin").await.expect(200);
    assert_eq!(log["total"], 3, "{log}");
}

#[tokio::test]
async fn queues_are_paused_and_jobs_put_before_others() {
    let app = TestApp::start().await;
    let mut root = app.admin().await;
    let mut ana = app.person("ana@example.com").await;
    let who: UserId = ana.id().await.parse().unwrap();
    for action in ["/api/admin/queues/video/pause", "/api/admin/queues/video/resume"] {
        ana.post(action, json!({})).await.refused(404, "not_found");
    }
    ana.get("/api/admin/nodes").await.refused(404, "not_found");
    root.post("/api/admin/queues/nonsense/pause", json!({})).await.refused(404, "not_found");
    for _ in 0..2 {
        root.post("/api/admin/queues/video/pause", json!({})).await.expect(204);
    }
    let queues = root.get("/api/admin/queues").await.expect(200);
    assert!(queues["queues"]["video"]["paused_at"].is_string(), "{queues}");
    assert!(queues["queues"]["mail"]["paused_at"].is_null());
    root.post("/api/admin/queues/video/resume", json!({})).await.expect(204);
    let queues = root.get("/api/admin/queues").await.expect(200);
    assert!(queues["queues"]["video"]["paused_at"].is_null());

    // Two wait; the later one goes first, though the other has the head start of those who pay.
    let mut connection = app.state.db.worker().acquire().await.unwrap();
    let mut put = async |task: u128, priority| {
        let task_id = mv_core::ids::TaskId(uuid::Uuid::from_u128(task));
        let how = Enqueue { priority, ..Enqueue::by(who) };
        queue::enqueue(&mut connection, &Job::ExportData { user_id: who, task_id }, how).await.unwrap()
    };
    let (early, late) = (put(1, queue::Priority::High).await, put(2, queue::Priority::Normal).await);
    root.post(&format!("/api/admin/queues/jobs/{late}/front"), json!({})).await.expect(204);
    root.post("/api/admin/queues/jobs/999999/front", json!({})).await.refused(404, "not_found");
    let listed = root.get("/api/admin/queues/cleaning").await.expect(200);
    let run_at = |id: i64| {
        let job = listed["data"].as_array().unwrap().iter().find(|job| job["id"] == id).unwrap();
        job["run_at"].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap()
    };
    assert!(run_at(late) < run_at(early), "{listed}");
    let detail = root.get(&format!("/api/admin/queues/jobs/{late}")).await.expect(200);
    assert_eq!((&detail["task"], &detail["attempts"]), (&json!("export-data"), &json!([])));
    assert_eq!(detail["queued"]["state"], "waiting");
    root.get("/api/admin/queues/jobs/999999").await.refused(404, "not_found");

    let node = uuid::Uuid::from_u128(7);
    assert!(!queue::halts::beat(&mut connection, node, "render-1", &[Class::Render], 2).await.unwrap());
    for _ in 0..2 {
        root.post(&format!("/api/admin/nodes/{node}/drain"), json!({})).await.expect(204);
    }
    assert!(queue::halts::beat(&mut connection, node, "render-1", &[Class::Render], 1).await.unwrap());
    let nodes = root.get("/api/admin/nodes").await.expect(200);
    let shown = &nodes["data"][0];
    assert_eq!(
        (&shown["name"], &shown["in_hand"], &shown["is_alive"]),
        (&json!("render-1"), &json!(1), &json!(true))
    );
    assert!(shown["draining_at"].is_string());
    root.post(&format!("/api/admin/nodes/{node}/resume"), json!({})).await.expect(204);
    assert!(!queue::halts::beat(&mut connection, node, "render-1", &[Class::Render], 0).await.unwrap());
    let nobody = uuid::Uuid::from_u128(8);
    root.post(&format!("/api/admin/nodes/{nobody}/drain"), json!({})).await.refused(404, "not_found");
    let log = root.get("/api/admin/audit?event_type=queue_changed_by_admin").await.expect(200);
    assert_eq!(log["total"], 5, "what changed nothing is not noted: {log}");
}

#[tokio::test]
async fn what_is_kept_is_told_by_kind_and_person() {
    let app = TestApp::start().await;
    let mut root = app.admin().await;
    let mut ana = app.person("ana@example.com").await;
    let who = ana.id().await;
    for path in ["/api/admin/storage", "/api/admin/storage/people", "/api/admin/audit/csv"] {
        ana.get(path).await.refused(404, "not_found");
    }
    for (key, bytes, hours) in
        [("songs/a/b", 1000_i64, 48), ("artifacts/segment/c.mp4", 300, 0), ("artifacts/still/d.png", 20, 48)]
    {
        sqlx::query(
            "INSERT INTO objects (key, user_id, bytes, media_type, created_at)
             VALUES ($1, $2::uuid, $3, 'x/y', now() - make_interval(hours => $4))",
        )
        .bind(key)
        .bind(&who)
        .bind(bytes)
        .bind(hours)
        .execute(app.state.db.owner())
        .await
        .unwrap();
    }
    sqlx::query(
        "INSERT INTO artifacts (key, kind, object_key, bytes, content_hash, last_used_at)
         VALUES ('d', 'still', 'artifacts/still/d.png', 20, 'd', now() - interval '40 days')",
    )
    .execute(app.state.db.owner())
    .await
    .unwrap();
    let storage = root.get("/api/admin/storage").await.expect(200);
    assert_eq!(storage["total"], json!({"objects": 3, "bytes": 1320}));
    assert_eq!(storage["kinds"][1], json!({"kind": "artifacts/segment", "objects": 1, "bytes": 300}));
    assert_eq!(storage["next_sweep"]["orphans"], json!({"objects": 1, "bytes": 1000}), "{storage}");
    assert_eq!(storage["next_sweep"]["unused_artifacts"], json!({"objects": 1, "bytes": 20}));
    assert_eq!(storage["next_sweep"]["is_whole"], true);
    assert!(
        storage["disk"]["free_bytes"].as_u64().unwrap() <= storage["disk"]["total_bytes"].as_u64().unwrap()
    );
    let people = root.get("/api/admin/storage/people").await.expect(200);
    assert_eq!(
        (&people["total"], &people["data"][0]["email"], &people["data"][0]["bytes"]),
        (&json!(1), &json!("ana@example.com"), &json!(1320))
    );
    root.post("/api/admin/storage/sweep", json!({})).await.expect(202);
    let queued = root.get("/api/admin/queues/cleaning").await.expect(200);
    assert_eq!(queued["data"][0]["task"], "cleanup");

    let change = json!({"plan": "pro"});
    root.patch(&format!("/api/admin/users/{who}"), change).await.expect(200);
    let log = root.get("/api/admin/audit?event_type=user_changed_by_admin").await.expect(200);
    let entry = &log["data"][0];
    assert_eq!(
        (&entry["user_email"], &entry["by_email"]),
        (&json!("ana@example.com"), &json!("admin@example.com"))
    );
    let table = root.get("/api/admin/audit/csv?event_type=user_changed_by_admin").await;
    assert_eq!(table.header("content-type"), "text/csv; charset=utf-8");
    let text = table.expect(200);
    let text = text.as_str().unwrap();
    assert_eq!(text.lines().count(), 2, "{text}");
    assert!(text.contains("user_changed_by_admin,ana@example.com,Ana,admin@example.com,"), "{text}");
    let later = root.get("/api/admin/audit?since=2999-01-01T00:00:00Z").await.expect(200);
    assert_eq!(later["total"], 0);
    for wrong in ["yesterday", "%2B262142-01-01T00:00:00Z"] {
        root.get(&format!("/api/admin/audit?since={wrong}")).await.refused(422, "invalid");
    }
}
