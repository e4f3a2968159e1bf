//! Jobs that go wrong, wait, or are taken over.

use crate::ground::{Ground, small};
use mv_core::jobs::{Class, Job, Mail};
use mv_store::db::progress::Subject;
use mv_store::db::slots;
use mv_store::objects::ObjectKey;
use mv_store::queue::{self, Enqueue, Priority, admin, cancel, halts};
use std::time::Duration;

#[tokio::test(flavor = "multi_thread")]
async fn a_payload_that_is_no_job_fails_at_once() {
    let ground = Ground::new().await;
    sqlx::query("SELECT enqueue_job('cleanup', '{\"job\":\"nonsense\"}', NULL, now(), 0)")
        .execute(ground.db().owner())
        .await
        .unwrap();
    let workers = ground.work(ground.settings());
    ground.until_count("SELECT count(*) FROM job_history WHERE outcome = 'failed' AND attempts = 1", 1).await;
    ground.until_count("SELECT count(*) FROM queue_jobs()", 0).await;
    workers.drain().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_cannot_be_fulfilled_fails_and_can_be_tried_again() {
    let ground = Ground::new().await;
    let project = ground.project(12.0).await;
    let workers = ground.work(ground.settings());
    // Nobody heard the song.
    let order = ground.order(project, &small()).await;
    let subject = Subject::VideoJob(order);
    let failed = ground.ended(subject).await;
    assert_eq!(failed.status, "failed");
    assert!(failed.error.unwrap().contains("storyboard"));
    ground.until_count("SELECT count(*) FROM job_history WHERE task = 'email-notification'", 1).await;
    let task = ground.analyze(project).await;
    assert_eq!(ground.ended(Subject::Task(task)).await.status, "complete");

    // A song that went missing fails the steps that need it, and with them the order.
    let song: String =
        sqlx::query_scalar("SELECT audio_key FROM projects").fetch_one(ground.db().owner()).await.unwrap();
    let song: ObjectKey = song.parse().unwrap();
    let bytes = ground.objects.read(&song, 1 << 30).await.unwrap();
    ground.objects.delete(&song).await.unwrap();
    std::fs::remove_dir_all(ground.folder.path().join("work/0/materials")).unwrap();
    std::fs::create_dir(ground.folder.path().join("work/0/materials")).unwrap();
    let again = async || {
        let mut person = ground.db().person(ground.user).await.unwrap();
        cancel::retry(&mut person, ground.user, order, Priority::Normal).await.unwrap();
        person.commit().await.unwrap();
        ground.ended(subject).await
    };
    assert_eq!(again().await.status, "failed");
    assert_eq!(ground.count("SELECT count(*) FROM steps WHERE state IN ('waiting', 'ready')").await, 0);
    ground.objects.put(&song, bytes, "audio/wav").await.unwrap();
    let made = again().await;
    assert_eq!(made.status, "complete", "{:?}", made.error);
    workers.drain().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn places_and_rates_are_shared_by_all() {
    let ground = Ground::new().await;
    let mut one = ground.db().worker().acquire().await.unwrap();
    let mut two = ground.db().worker().acquire().await.unwrap();
    let first = slots::acquire(&mut one, "video", 2, "a").await.unwrap().unwrap();
    let second = slots::acquire(&mut two, "video", 2, "b").await.unwrap().unwrap();
    assert_ne!(first.place, second.place);
    assert_eq!(slots::acquire(&mut one, "video", 2, "c").await.unwrap(), None);
    slots::release(&mut two, "a").await.unwrap();
    assert_eq!(slots::acquire(&mut one, "video", 2, "c").await.unwrap().unwrap().place, first.place);

    assert_eq!(slots::take_token(&mut one, "image", 2.0).await.unwrap(), None);
    assert_eq!(slots::take_token(&mut two, "image", 2.0).await.unwrap(), None);
    let wait = slots::take_token(&mut one, "image", 2.0).await.unwrap().unwrap();
    assert!(wait > Duration::from_secs(20) && wait <= Duration::from_secs(30), "{wait:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_pays_goes_first_but_nobody_waits_for_ever() {
    let ground = Ground::new().await;
    let mut connection = ground.db().worker().acquire().await.unwrap();
    let mail = |n: u32| queue::mail(ground.user, Mail::ResetPassword { token: n.to_string() });
    let now = chrono::DateTime::UNIX_EPOCH + chrono::TimeDelta::days(20_000);
    let at = |minutes: i64, priority| Enqueue {
        priority,
        came_at: Some(now + chrono::TimeDelta::minutes(minutes)),
        ..Enqueue::default()
    };
    let jobs = vec![
        (mail(1), at(0, Priority::Normal)),
        (mail(2), at(5, Priority::Normal)),
        (mail(3), at(9, Priority::High)),
        (mail(4), at(14, Priority::High)),
    ];
    assert_eq!(queue::enqueue_all(&mut connection, jobs).await.unwrap(), 4);
    let order: Vec<String> =
        sqlx::query_scalar("SELECT payload -> 'mail' ->> 'token' FROM queue_jobs() ORDER BY run_at")
            .fetch_all(ground.db().owner())
            .await
            .unwrap();
    assert_eq!(order, ["3", "1", "4", "2"]);

    let metrics = &admin::metrics(&mut connection).await.unwrap()[&Class::Mail];
    assert_eq!((metrics.waiting, metrics.active, metrics.delayed), (4, 0, 0));
    let later = Enqueue {
        run_at: Some(chrono::DateTime::<chrono::Utc>::MAX_UTC - chrono::TimeDelta::days(300_000)),
        ..Enqueue::default()
    };
    queue::enqueue(&mut connection, &Job::Cleanup, later).await.unwrap();
    assert_eq!(admin::metrics(&mut connection).await.unwrap()[&Class::Cleaning].delayed, 1);
    assert_eq!(admin::list(&mut connection, Some(Class::Mail), 2, 1).await.unwrap().len(), 2);
    assert_eq!(queue::dequeue(&mut connection, &["cleanup".into()]).await.unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_work_of_whoever_lost_a_job_does_not_count() {
    let ground = Ground::new().await;
    let mut connection = ground.db().worker().acquire().await.unwrap();
    let id = queue::enqueue(&mut connection, &Job::Cleanup, Enqueue::default()).await.unwrap();
    let take =
        "UPDATE graphile_worker._private_jobs SET locked_by = $1, locked_at = now(), attempts = attempts + 1";
    for worker in ["first", "second"] {
        sqlx::query(take).bind(worker).execute(ground.db().owner()).await.unwrap();
    }
    let held = queue::held(&mut connection, &[(id, "first".into()), (id, "second".into())]).await.unwrap();
    assert_eq!(held, [id]);
    assert!(matches!(
        queue::finish(&mut connection, id, "first").await,
        Err(mv_store::StoreError::Superseded)
    ));
    queue::finish(&mut connection, id, "second").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn tidying_leaves_what_is_used_and_takes_what_is_not() {
    let ground = Ground::new().await;
    let project = ground.project(12.0).await;
    let stray: ObjectKey = "exports/stray/file.mp4".parse().unwrap();
    ground.objects.put(&stray, "x".into(), "video/mp4").await.unwrap();
    let owner = ground.db().owner();
    sqlx::query("INSERT INTO objects (key, user_id, bytes, media_type, created_at) VALUES ($1, $2, 1, 'video/mp4', now() - interval '2 days')")
        .bind(stray.as_str())
        .bind(ground.user.0)
        .execute(owner)
        .await
        .unwrap();
    sqlx::query("INSERT INTO objects (key, user_id, bytes, media_type, created_at) SELECT audio_key, user_id, 1, 'audio/wav', now() - interval '2 days' FROM projects")
        .execute(owner)
        .await
        .unwrap();
    let mut connection = ground.db().worker().acquire().await.unwrap();
    for job in [Job::Cleanup, Job::Analytics] {
        queue::enqueue(&mut connection, &job, Enqueue::default()).await.unwrap();
    }
    let workers = ground.work(ground.settings());
    ground.until_count("SELECT count(*) FROM job_history WHERE outcome = 'complete'", 2).await;
    assert!(!ground.objects.exists(&stray).await.unwrap());
    assert_eq!(ground.count("SELECT count(*) FROM objects").await, 1);
    assert_eq!(ground.count("SELECT count FROM daily_counts WHERE name = 'projects'").await, 1);

    // Deleted long ago: gone, with its file.
    sqlx::query("UPDATE projects SET deleted_at = now() - interval '31 days'").execute(owner).await.unwrap();
    queue::enqueue(&mut connection, &Job::Cleanup, Enqueue::default()).await.unwrap();
    ground.until_count("SELECT count(*) FROM job_history WHERE task = 'cleanup'", 2).await;
    assert_eq!(ground.count("SELECT count(*) FROM projects").await, 0);
    assert_eq!(ground.count("SELECT count(*) FROM objects").await, 0, "{project}");
    workers.drain().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_gets_everything_in_one_archive() {
    let ground = Ground::new().await;
    ground.project(5.0).await;
    let owner = ground.db().owner();
    sqlx::query("INSERT INTO objects (key, user_id, bytes, media_type) SELECT audio_key, user_id, 1, 'audio/wav' FROM projects")
        .execute(owner)
        .await
        .unwrap();
    sqlx::query("UPDATE users SET password_hash = 'secret-hash'").execute(owner).await.unwrap();
    let task: uuid::Uuid = sqlx::query_scalar(
        "INSERT INTO tasks (user_id, kind) SELECT id, 'export_data' FROM users RETURNING id",
    )
    .fetch_one(owner)
    .await
    .unwrap();
    let task = mv_core::ids::TaskId(task);
    let mut connection = ground.db().worker().acquire().await.unwrap();
    let job = Job::ExportData { user_id: ground.user, task_id: task };
    queue::enqueue(&mut connection, &job, Enqueue::by(ground.user)).await.unwrap();
    let workers = ground.work(ground.settings());
    let done = ground.ended(Subject::Task(task)).await;
    let key: ObjectKey = done.result.unwrap()["object_key"].as_str().unwrap().parse().unwrap();
    let bytes = ground.objects.read(&key, 1 << 30).await.unwrap();
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let names: Vec<String> = archive.file_names().map(str::to_owned).collect();
    assert!(names.iter().any(|name| name.starts_with("files/songs/")), "{names:?}");
    let users = std::io::read_to_string(archive.by_name("users.json").unwrap()).unwrap();
    assert!(users.contains("a@example.com") && !users.contains("secret-hash"));
    assert_eq!(ground.told().await, ["export_ready"]);
    workers.drain().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_class_and_a_drained_node_take_nothing() {
    let ground = Ground::new().await;
    let project = ground.project(4.0).await;
    let mut connection = ground.db().worker().acquire().await.unwrap();
    halts::pause(&mut connection, Class::Analysis, None).await.unwrap();
    let workers = ground.work(ground.settings());
    // The node has told of itself, so it has heard of the pause too.
    ground.until_count("SELECT count(*) FROM nodes", 1).await;
    let task = ground.analyze(project).await;
    // Others are at work meanwhile: a mail goes out, and nothing of the class that is paused begins.
    let welcome = queue::mail(ground.user, Mail::Welcome);
    queue::enqueue(&mut connection, &welcome, Enqueue::by(ground.user)).await.unwrap();
    ground.until_count("SELECT count(*) FROM job_history WHERE task = 'email-notification'", 1).await;
    assert_eq!(
        ground
            .count("SELECT count(*) FROM queue_jobs() WHERE task = 'analyze-audio' AND state = 'waiting'")
            .await,
        1
    );

    let node = halts::nodes(&mut connection).await.unwrap().remove(0);
    assert!(node.is_alive && node.classes.contains(&"analysis".to_owned()) && !node.name.is_empty());
    assert!(halts::drain(&mut connection, node.id, true).await.unwrap());
    assert!(halts::resume(&mut connection, Class::Analysis).await.unwrap());
    assert!(halts::drain(&mut connection, node.id, false).await.unwrap());
    assert_eq!(ground.ended(Subject::Task(task)).await.status, "complete");
    workers.drain().await;
    assert_eq!(ground.count("SELECT count(*) FROM nodes").await, 0, "it said that it stops");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_try_of_a_job_is_kept_with_its_times() {
    let ground = Ground::new().await;
    let project = ground.project(4.0).await;
    // The song is gone: it cannot be read, however often that is tried.
    sqlx::query("UPDATE projects SET audio_key = 'songs/gone/away'")
        .execute(ground.db().owner())
        .await
        .unwrap();
    let workers = ground.work(ground.settings());
    let task = ground.analyze(project).await;
    assert_eq!(ground.ended(Subject::Task(task)).await.status, "failed");
    workers.drain().await;
    let mut connection = ground.db().worker().acquire().await.unwrap();
    let (failed, _) = admin::failed(&mut connection, Class::Analysis, 1, 0).await.unwrap();
    let tries = admin::attempts(&mut connection, failed[0].queue_job_id.unwrap()).await.unwrap();
    assert_eq!(tries.len(), failed[0].attempts as usize, "{tries:?}");
    let (last, before) = tries.split_last().unwrap();
    assert_eq!((last.outcome.as_str(), last.number), ("failed", failed[0].attempts));
    assert!(before.iter().all(|one| one.outcome == "retried" && one.error.is_some()));
    assert!(tries.iter().all(|one| one.enqueued_at <= one.started_at && one.started_at <= one.finished_at));
    let by_first = admin::attempts(&mut connection, tries[0].queue_job_id.unwrap()).await.unwrap();
    assert_eq!(by_first, tries, "found by any of their numbers");
}
