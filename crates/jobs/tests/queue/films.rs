//! Films made from the queue.

use crate::ground::{Ground, small};
use mv_core::clock::SystemClock;
use mv_core::correction::Grid;
use mv_core::order::{Remake, SceneOrder, VideoConfig};
use mv_core::storyboard::Footage;
use mv_core::units::Resolution;
use mv_core::vocabulary::Grade;
use mv_core::{CancelToken, Clock, Correction, Seconds};
use mv_media::captions::CaptionLook;
use mv_media::{ToolSearch, Tools};
use mv_production::film::{hear, make_film};
use mv_production::perform::{Services, StudioSetup};
use mv_production::recipe::caption_settings;
use mv_production::{FolderArtifacts, Materials, Progress, Recipe, Studio};
use mv_store::db::progress::Subject;
use mv_store::db::{corrections, plans, projects};
use mv_store::queue::cancel;
use std::num::NonZeroUsize;
use std::path::Path;

/// The film that the command line makes of a song and a plan.
fn by_hand(folder: &Path, song: &[u8], plan: &mv_core::Storyboard, config: &VideoConfig) -> Vec<u8> {
    std::fs::create_dir_all(folder).unwrap();
    let path = folder.join("song.wav");
    std::fs::write(&path, song).unwrap();
    let mut materials = Materials::default();
    let hash = materials.add(&path).unwrap();
    let artifacts = FolderArtifacts::open(&folder.join("parts")).unwrap();
    let studio = Studio::new(StudioSetup {
        tools: Tools::locate(&ToolSearch::default()).unwrap(),
        materials,
        services: Services::built_in(artifacts.root()).unwrap(),
        fonts: folder.join("fonts"),
        clips_in_hand: 2,
        runtime: None,
    })
    .unwrap();
    let (quiet, cancel) = (Progress::silent(), CancelToken::new());
    let heard = hear(&studio, &artifacts, &hash, &quiet, &cancel).unwrap();
    let template = mv_director::template::builtin(&plan.template).unwrap();
    let settings = config.settings(template.grade, template.captions);
    assert_ne!(settings.grade, Grade::Cool, "the test needs no special grade");
    let recipe = Recipe {
        analysis: &heard.analysis,
        storyboard: plan,
        settings: &settings,
        watermark: None,
        captions: &caption_settings(plan, &settings, CaptionLook::named("clean").unwrap(), true),
        scenes: &[],
        tools: studio.tools().versions().into(),
    };
    let made = make_film(&studio, &artifacts, &recipe, NonZeroUsize::MIN, &quiet, &cancel).unwrap();
    std::fs::read(made.film).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_film_from_the_queue_is_the_command_lines_byte_for_byte() {
    let ground = Ground::new().await;
    let project = ground.project(12.0).await;
    let workers = ground.work(ground.settings());
    let task = ground.analyze(project).await;
    let heard = ground.ended(Subject::Task(task)).await;
    assert_eq!(heard.status, "complete", "{:?}", heard.error);
    let order = ground.order(project, &small()).await;
    let made = ground.ended(Subject::VideoJob(order)).await;
    assert_eq!(made.status, "complete", "{:?}", made.error);
    assert_eq!(made.progress["fraction"], 1);
    assert_eq!(made.progress["completed_scenes"], made.progress["total_scenes"]);

    // Every step ran to success once, and nothing is left over.
    assert_eq!(ground.count("SELECT count(*) FROM steps WHERE successes <> 1 OR state <> 'done'").await, 0);
    ground.until_count("SELECT count(*) FROM queue_jobs()", 0).await;
    assert_eq!(ground.count("SELECT count(*) FROM job_history WHERE outcome <> 'complete'").await, 0);
    let exports = "SELECT count(DISTINCT kind) FROM exports";
    assert_eq!(ground.count(exports).await, 7, "film, poster, sprites, their track, report, page, plan");
    let film_key: String =
        sqlx::query_scalar("SELECT final_video_key FROM projects WHERE status = 'complete'")
            .fetch_one(ground.db().owner())
            .await
            .unwrap();
    let film = ground.objects.read(&film_key.parse().unwrap(), 1 << 30).await.unwrap();

    let mut connection = ground.db().worker().acquire().await.unwrap();
    let plan = plans::load(&mut connection, project).await.unwrap().unwrap().plan;
    drop(connection);
    let folder = ground.folder.path().join("by hand");
    let by_hand = tokio::task::spawn_blocking(move || {
        by_hand(&folder, &mv_testing::wav::song(12.0, 120.0), &plan, &small())
    });
    assert!(film == by_hand.await.unwrap(), "the films differ");

    // Each scene shows its clip.
    let shown =
        "SELECT count(*) FROM scenes WHERE status = 'video_ready' AND video_key LIKE 'artifacts/segment/%'";
    assert_eq!(ground.count(shown).await, ground.count("SELECT count(*) FROM scenes").await);

    // The same again costs nothing: everything is there.
    let again = ground.order(project, &small()).await;
    assert_eq!(ground.ended(Subject::VideoJob(again)).await.status, "complete");
    assert_eq!(
        ground.count("SELECT count(*) FROM steps WHERE successes = 1").await * 2,
        ground.count("SELECT count(*) FROM steps").await
    );

    // One scene anew: a still and a clip, and a version that remembers them.
    let scene = sqlx::query_scalar("SELECT id FROM scenes WHERE scene_number = 1")
        .fetch_one(ground.db().owner())
        .await
        .unwrap();
    let scene = SceneOrder { scene_id: mv_core::ids::SceneId(scene), remake: Remake::Both };
    let one = ground.order(project, &VideoConfig { scene: Some(scene), ..small() }).await;
    let made = ground.ended(Subject::VideoJob(one)).await;
    assert_eq!(made.status, "complete", "{:?}", made.error);
    assert_eq!(
        ground
            .count(
                "SELECT count(*) FROM scene_versions WHERE image_key IS NOT NULL AND video_key IS NOT NULL"
            )
            .await,
        1
    );

    // Of a scene with the person's own footage, the still is drawn and the clip is theirs.
    let mut person = ground.db().person(ground.user).await.unwrap();
    let before = plans::load(&mut person, project).await.unwrap().unwrap();
    let mut after = before.clone();
    after.plan.scenes[0].footage = Some(Footage { file: film_key, from: Seconds::ZERO });
    plans::save(&mut person, project, Some(&before), after).await.unwrap();
    person.commit().await.unwrap();
    let own = ground.order(project, &VideoConfig { scene: Some(scene), ..small() }).await;
    let made = ground.ended(Subject::VideoJob(own)).await;
    assert_eq!(made.status, "complete", "{:?}", made.error);
    let models = "SELECT count(*) FROM scenes WHERE scene_number = 1 AND image_generation_model = 'animatic'
                  AND video_generation_model = 'footage'";
    assert_eq!(ground.count(models).await, 1);
    assert_eq!(ground.count("SELECT count(*) FROM scene_versions WHERE model = 'footage'").await, 1);
    // Of the two films, and not of scenes: whoever orders one sits before it.
    assert_eq!(ground.told().await, ["film_complete", "film_complete"]);
    let told = "SELECT count(*) FROM notifications n JOIN video_jobs j ON j.id = n.job_id AND j.project_id = n.project_id
                WHERE n.data ->> 'title' = 'A song' AND (n.data ->> 'seconds')::float8 = 12 AND read_at IS NULL";
    assert_eq!(ground.count(told).await, 2);
    workers.drain().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_edited_while_a_film_is_made_is_for_the_next_one() {
    let ground = Ground::new().await;
    let project = ground.project(12.0).await;
    let workers = ground.work(ground.settings());
    let task = ground.analyze(project).await;
    assert_eq!(ground.ended(Subject::Task(task)).await.status, "complete");
    let order = ground.order(project, &small()).await;
    let subject = Subject::VideoJob(order);
    ground.until(subject, |now| now.progress["total_steps"].as_i64().is_some_and(|steps| steps > 0)).await;
    let (planned, edited) = {
        let mut person = ground.db().person(ground.user).await.unwrap();
        let before = plans::load(&mut person, project).await.unwrap().unwrap();
        let mut after = before.clone();
        after.plan.scenes[0].description = "Somebody else entirely.".to_owned();
        after.plan.scenes[0].seed += 1;
        let edited = before.ids[0].unwrap();
        let planned = before.plan.clone();
        plans::save(&mut person, project, Some(&before), after).await.unwrap();
        person.commit().await.unwrap();
        (planned, edited)
    };
    assert_eq!(ground.ended(subject).await.status, "complete");
    let plan: String = sqlx::query_scalar("SELECT object_key FROM exports WHERE kind = 'plan'")
        .fetch_one(ground.db().owner())
        .await
        .unwrap();
    let plan = ground.objects.read(&plan.parse().unwrap(), 1 << 30).await.unwrap();
    assert_eq!(mv_director::planfile::to_json(&planned).as_bytes(), &plan[..], "the plan that the film has");
    let waiting: (uuid::Uuid, Option<String>, String) =
        sqlx::query_as("SELECT id, video_key, status FROM scenes WHERE status <> 'video_ready'")
            .fetch_one(ground.db().owner())
            .await
            .unwrap();
    assert_eq!(waiting, (edited.0, None, "pending".to_owned()), "its clip is of what it was");
    workers.drain().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storyboard_asked_for_again_follows_the_template_and_what_was_corrected() {
    let ground = Ground::new().await;
    let project = ground.project(12.0).await;
    let workers = ground.work(ground.settings());
    let task = ground.analyze(project).await;
    assert_eq!(ground.ended(Subject::Task(task)).await.status, "complete");
    let planned = async || {
        let mut person = ground.db().person(ground.user).await.unwrap();
        plans::load(&mut person, project).await.unwrap().unwrap().plan
    };
    let first = planned().await;
    {
        let mut person = ground.db().person(ground.user).await.unwrap();
        let song = corrections::get(&mut person, project).await.unwrap().unwrap();
        let halved = Some(Grid::Octaves { octaves: -1, from_beat: 0 });
        let said = Correction { grid: halved, ..Correction::default() };
        corrections::set(&mut person, project, song.heard(), Some(&said)).await.unwrap();
        let patch =
            projects::ProjectPatch { template_id: Some("nature-journey".into()), ..Default::default() };
        projects::update(&mut person, project, &patch, SystemClock.now()).await.unwrap();
        person.commit().await.unwrap();
    }
    let task = ground.analyze(project).await;
    assert_eq!(ground.ended(Subject::Task(task)).await.status, "complete");
    assert_eq!(planned().await, first, "nobody asked for another one");
    let task = ground.analyze_with(project, serde_json::json!({"again": true})).await;
    assert_eq!(ground.ended(Subject::Task(task)).await.status, "complete");
    let second = planned().await;
    assert_eq!(second.template, "nature-journey");
    assert!((second.song.tempo - first.song.tempo / 2.0).abs() < 1e-3, "{}", second.song.tempo);
    let kept =
        ground.count("SELECT count(DISTINCT scene_id) FROM scene_versions WHERE source = 'edited'").await;
    assert!(kept > 0, "what the scenes showed is kept");
    workers.drain().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storyboard_goes_on_over_another_song() {
    let ground = Ground::new().await;
    let (project, shorter) = (ground.project(24.0).await, ground.project(12.0).await);
    let workers = ground.work(ground.settings());
    let task = ground.analyze(project).await;
    assert_eq!(ground.ended(Subject::Task(task)).await.status, "complete");
    let mut person = ground.db().person(ground.user).await.unwrap();
    let before = plans::load(&mut person, project).await.unwrap().unwrap();
    let other = projects::get(&mut person, shorter).await.unwrap();
    let (key, hash) = (&other.audio_key, &other.audio_hash);
    projects::replace_song(&mut person, project, key, hash, "master.wav", 1).await.unwrap();
    person.commit().await.unwrap();
    let task = ground.analyze(project).await;
    assert_eq!(ground.ended(Subject::Task(task)).await.status, "complete");
    let mut person = ground.db().person(ground.user).await.unwrap();
    let after = plans::load(&mut person, project).await.unwrap().unwrap();
    assert_eq!((&after.plan.song.hash, after.plan.validate()), (hash, Ok(())));
    assert!((after.plan.song.duration.0 - 12.0).abs() < 0.1, "{:?}", after.plan.song);
    assert!(
        after.ids.len() < before.ids.len() && after.ids == before.ids[..after.ids.len()],
        "the same scenes"
    );
    drop(person);
    workers.drain().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_film_that_is_stopped_leaves_nothing_running() {
    let ground = Ground::new().await;
    let project = ground.project(20.0).await;
    let workers = ground.work(ground.settings());
    let task = ground.analyze(project).await;
    ground.ended(Subject::Task(task)).await;
    // Large and slow, so that it is at work for long.
    let config = VideoConfig { resolution: Resolution::K4, ..VideoConfig::default() };
    let order = ground.order(project, &config).await;
    let subject = Subject::VideoJob(order);
    ground.until(subject, |now| now.progress["fraction"].as_f64().is_some_and(|part| part > 0.0)).await;
    let mut person = ground.db().person(ground.user).await.unwrap();
    cancel::request(&mut person, order).await.unwrap();
    person.commit().await.unwrap();
    let ended = ground.ended(subject).await;
    assert_eq!(ended.status, "canceled");
    assert_eq!(ground.count("SELECT count(*) FROM scenes WHERE status LIKE 'generating%'").await, 0);
    ground.until_count("SELECT count(*) FROM queue_jobs()", 0).await;
    // It was stopped at its work, and not let go on to the end.
    assert_ne!(ground.count("SELECT count(*) FROM steps WHERE state = 'canceled'").await, 0);
    assert_eq!(
        ground.count("SELECT count(*) FROM steps WHERE state IN ('waiting', 'ready', 'running')").await,
        0
    );
    assert_eq!(ground.count("SELECT count(*) FROM projects WHERE status = 'generating'").await, 0);
    let mut person = ground.db().person(ground.user).await.unwrap();
    assert!(cancel::request(&mut person, order).await.unwrap_err().broke("video_jobs_is_open"));
    drop(person);
    workers.drain().await;
}
