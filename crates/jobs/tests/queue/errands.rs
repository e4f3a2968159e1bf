//! Errands on the queue: pictures changed in chains, songs transcribed, scenes written; paid for once, stopped whenever.

use crate::ground::Ground;
use mv_core::clock::SystemClock;
use mv_core::edit::{Change, Focus, Region, TextEdit};
use mv_core::errand::{Bid, EditLink, ImageEdit, Transcribing, Writing};
use mv_core::ids::{ProjectId, SceneId, TaskId};
use mv_core::jobs::Job;
use mv_core::lyrics::{LyricLine, LyricWord};
use mv_core::paid_call::Funding;
use mv_core::units::MicroUsd;
use mv_core::{CastMember, Lyrics, Seconds};
use mv_jobs::ServiceDesk;
use mv_production::purchase::Pace;
use mv_providers::{Catalogue, Door, DoorSettings, Keys};
use mv_store::db::progress::Subject;
use mv_store::db::{ordered_tasks, plans, projects, scene_versions, scenes};
use mv_store::objects::ObjectKey;
use mv_store::queue::{self, Enqueue, cancel};
use mv_testing::vendor::{FakeVendor, Language, Plot, material};
use serde::Serialize;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

/// The services that errands go to.
pub(crate) struct Street {
    pub(crate) edits: FakeVendor,
    words: FakeVendor,
    ears: FakeVendor,
    pub(crate) desk: ServiceDesk,
}

impl Street {
    pub(crate) async fn new() -> Self {
        let edits = FakeVendor::start(Language::Fal).await;
        let words = FakeVendor::start(Language::Gemini).await;
        let ears = FakeVendor::start(Language::Openai).await;
        let service = |name: &str, home: String| {
            format!(
                "[providers.{name}]\nbase = \"{home}\"\nown = true\nenabled = true\ncalls_per_minute = 60000\n"
            )
        };
        let text = service("fal", edits.home())
            + &service("gemini", words.home())
            + &service("local", format!("{}/v1", ears.home()))
            + "[[models]]\nid = \"ears\"\nkinds = [\"transcription\"]\nprovider = \"local\"\nmodel = \"whisper\"\n\
               name = \"Ears\"\n\
               price = { usd = 0.0001, per = \"second\", checked = \"2026-11-22\", source = \"a test\" }\n";
        let desk = ServiceDesk {
            catalogue: Catalogue::with(&text).unwrap(),
            door: Door::new(DoorSettings::default(), Arc::new(SystemClock)).unwrap(),
            keys: ["fal", "gemini"].map(|name| (name.to_owned(), "key".into())).into_iter().collect::<Keys>(),
            funding: Funding::House,
            pace: Pace {
                poll: (Duration::from_millis(100), Duration::from_millis(200)),
                pauses: vec![],
                ..Pace::default()
            },
        };
        Self { edits, words, ears, desk }
    }

    /// What the writing service says from now on.
    fn says(&self, answer: &Value) {
        let candidate = json!({
            "content": { "role": "model", "parts": [{ "text": answer.to_string() }] },
            "finishReason": "STOP", "index": 0,
        });
        let usage = json!({ "promptTokenCount": 900, "candidatesTokenCount": 100, "totalTokenCount": 1000 });
        let body = json!({
            "candidates": [candidate], "usageMetadata": usage, "modelVersion": "x", "responseId": "x",
        });
        self.words.play(Plot::Says(200, body));
    }
}

pub(crate) fn bid(models: &[&str], cap: f64) -> Bid {
    Bid { models: models.iter().map(|id| (*id).to_owned()).collect(), cap: MicroUsd::from_dollars(cap) }
}

fn sign(from: &str, to: &str) -> EditLink {
    let edit = TextEdit { from: from.into(), to: to.into(), keep_font: true };
    EditLink { change: Change::Text(vec![edit]), mask: None, region: None }
}

pub(crate) fn rain() -> EditLink {
    let change =
        Change::Instruction { text: "Make it rain".into(), focus: Focus::Appearance, keep_layout: true };
    EditLink { change, mask: None, region: Some(Region { x: 0.0, y: 0.0, width: 1.0, height: 0.5 }) }
}

/// A heard song with a storyboard, whose first scene shows a picture with somebody in it.
pub(crate) async fn pictured(ground: &Ground) -> (ProjectId, SceneId) {
    let project = heard(ground, 12.0).await;
    let put = async |key: &ObjectKey, bytes: Vec<u8>| {
        ground.objects.put(key, bytes.into(), "image/png").await.unwrap();
    };
    put(&"artifacts/still/base.png".parse().unwrap(), material::png(640, 360)).await;
    let photo = material::png(64, 64);
    let hash = blake3::hash(&photo).to_hex().to_string();
    put(&ObjectKey::photo(ground.user, &hash).unwrap(), photo).await;
    let mut person = ground.db().person(ground.user).await.unwrap();
    let before = plans::load(&mut person, project).await.unwrap().unwrap();
    let mut after = before.clone();
    after.plan.cast = vec![CastMember {
        id: "harin".into(),
        name: "Harin".into(),
        description: String::new(),
        photos: vec![hash],
        character: None,
    }];
    for scene in &mut after.plan.scenes {
        scene.cast = vec!["harin".into()];
    }
    let board = plans::save(&mut person, project, Some(&before), after).await.unwrap();
    let scene = board.ids[0].unwrap();
    let key = Some("artifacts/still/base.png");
    scene_versions::show(&mut person, scene, key, Some("artifacts/clip/old.mp4"), Some("nano-banana"), None)
        .await
        .unwrap();
    person.commit().await.unwrap();
    (project, scene)
}

async fn heard(ground: &Ground, seconds: f64) -> ProjectId {
    let project = ground.project(seconds).await;
    let task = ground.analyze(project).await;
    assert_eq!(ground.ended(Subject::Task(task)).await.status, "complete");
    project
}

async fn order(
    ground: &Ground,
    project: ProjectId,
    kind: &str,
    what: &impl Serialize,
    job: impl FnOnce(TaskId) -> Job,
) -> TaskId {
    let mut person = ground.db().person(ground.user).await.unwrap();
    let payload = serde_json::to_value(what).unwrap();
    let id = ordered_tasks::insert(&mut person, ground.user, Some(project), kind, &payload).await.unwrap();
    queue::enqueue(&mut person, &job(id), Enqueue::by(ground.user)).await.unwrap();
    person.commit().await.unwrap();
    id
}

pub(crate) async fn edit(
    ground: &Ground,
    at: (ProjectId, SceneId),
    bid: Bid,
    links: Vec<EditLink>,
) -> TaskId {
    let (project, scene) = at;
    let edit = ImageEdit { scene, bid, picture: "artifacts/still/base.png".into(), links, seed: 5 };
    order(ground, project, "edit_image", &edit, |task_id| Job::EditImage { scene_id: scene, task_id }).await
}

async fn row(ground: &Ground, scene: SceneId) -> scenes::SceneRow {
    let mut connection = ground.db().worker().acquire().await.unwrap();
    scenes::get(&mut connection, scene).await.unwrap()
}

async fn nothing_is_open(ground: &Ground) {
    let open = "SELECT count(*) FROM paid_calls WHERE state NOT IN ('succeeded', 'failed')";
    assert_eq!(ground.count(open).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chain_of_changes_that_breaks_goes_on_from_its_last_picture() {
    let ground = Ground::new().await;
    let street = Street::new().await;
    let _workers = ground.work_with(ground.settings(), street.desk.clone());
    let at = pictured(&ground).await;
    let links = vec![sign("OPEN", "여름밤"), rain()];
    street.edits.play(Plot::Slow);
    let first = edit(&ground, at, bid(&["qwen"], 0.12), links.clone()).await;
    while street.edits.taken_in() == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    // The first change is under way; the second will be refused.
    street.edits.play(Plot::RefusedLate);
    let broken = ground.ended(Subject::Task(first)).await;
    assert_eq!((broken.status.as_str(), street.edits.taken_in()), ("failed", 2));
    assert!(broken.error.as_ref().unwrap().contains("policy"), "{broken:?}");
    nothing_is_open(&ground).await;
    let scene = row(&ground, at.1).await;
    assert_eq!(scene.image_key.as_deref(), Some("artifacts/still/base.png"), "what is shown stays");
    let kept = "SELECT count(*) FROM scene_versions WHERE image_key LIKE 'edits/%'";
    assert_eq!(ground.count(kept).await, 1, "the picture that was paid for is a version");

    street.edits.play(Plot::Success);
    let again = edit(&ground, at, bid(&["qwen"], 0.12), links).await;
    let made = ground.ended(Subject::Task(again)).await;
    assert_eq!(made.status, "complete", "{:?}", made.error);
    assert_eq!(street.edits.taken_in(), 3, "the first change was in the books");
    let result = made.result.unwrap();
    assert_eq!((&result["shown"], &result["cost_usd"]), (&json!(true), &json!(0.06)));
    let scene = row(&ground, at.1).await;
    let shown = scene.image_key.clone().unwrap();
    assert!(shown.starts_with("edits/"), "{shown}");
    assert_eq!((scene.config.0.still.as_deref(), scene.video_key), (Some(shown.as_str()), None));
    assert_eq!(
        (scene.status.as_str(), scene.image_generation_model.as_deref()),
        ("image_ready", Some("qwen"))
    );
    assert!((scene.image_cost_usd - 0.12).abs() < 1e-9);
    let billed = "SELECT (total_cost_usd * 1000000)::bigint FROM projects";
    assert_eq!(ground.count(billed).await, 120_000);
    let before = "SELECT count(*) FROM scene_versions WHERE video_key = 'artifacts/clip/old.mp4'";
    assert_eq!(ground.count(before).await, 1, "what the scene was can be gone back to");
    // Whoever is in the scene went along with the change of the whole picture.
    let asked = street.edits.seen().into_iter().find(|seen| seen.method == "POST").unwrap().json();
    assert_eq!(asked["image_urls"].as_array().unwrap().len(), 2);
    assert!(asked["prompt"].as_str().unwrap().contains("OPEN"), "{}", asked["prompt"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_is_stopped_kept_within_its_cap_and_handed_to_the_next_model() {
    let ground = Ground::new().await;
    let street = Street::new().await;
    let _workers = ground.work_with(ground.settings(), street.desk.clone());
    let at = pictured(&ground).await;

    let capped = edit(&ground, at, bid(&["qwen"], 0.05), vec![rain()]).await;
    let refused = ground.ended(Subject::Task(capped)).await;
    assert_eq!((refused.status.as_str(), street.edits.taken_in()), ("failed", 0));
    assert!(refused.error.as_ref().unwrap().contains("$0.05"), "{refused:?}");

    street.edits.play(Plot::Slow);
    let stopped = edit(&ground, at, bid(&["qwen"], 1.0), vec![rain()]).await;
    while street.edits.taken_in() == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    {
        let mut person = ground.db().person(ground.user).await.unwrap();
        cancel::request_errand(&mut person, stopped).await.unwrap();
        person.commit().await.unwrap();
    }
    assert_eq!(ground.ended(Subject::Task(stopped)).await.status, "canceled");
    nothing_is_open(&ground).await;
    assert_eq!(row(&ground, at.1).await.image_key.as_deref(), Some("artifacts/still/base.png"));

    street.edits.play(Plot::Success);
    street.words.play(Plot::OutOfMoney);
    let chain = bid(&["nano-banana", "qwen"], 1.0);
    let handed = edit(&ground, at, chain, vec![sign("OPEN", "CLOSED")]).await;
    let made = ground.ended(Subject::Task(handed)).await;
    assert_eq!(made.status, "complete", "{:?}", made.error);
    let why = "SELECT count(*) FROM paid_calls WHERE model = 'qwen' AND state = 'succeeded' AND because IS NOT NULL";
    assert_eq!(ground.count(why).await, 1, "the reason is written down");
    assert_eq!(row(&ground, at.1).await.image_generation_model.as_deref(), Some("qwen"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_whose_worker_dies_is_followed_by_the_next_and_bought_once() {
    let ground = Ground::new().await;
    let street = Street::new().await;
    let workers = ground.work_with(ground.settings(), street.desk.clone());
    let at = pictured(&ground).await;
    street.edits.play(Plot::Held);
    let task = edit(&ground, at, bid(&["qwen"], 0.12), vec![sign("OPEN", "여름밤"), rain()]).await;
    ground.until_count("SELECT count(*) FROM paid_calls WHERE state = 'submitted'", 1).await;
    drop(workers);
    street.edits.finish();
    street.edits.play(Plot::Success);
    // As if the time had passed for which the dead one holds its call.
    sqlx::query("UPDATE paid_calls SET lease_until = now() - interval '1 hour'")
        .execute(ground.db().owner())
        .await
        .unwrap();
    let _workers = ground.work_with(ground.settings(), street.desk.clone());
    let made = ground.ended(Subject::Task(task)).await;
    assert_eq!((made.status.as_str(), street.edits.taken_in()), ("complete", 2), "{:?}", made.error);
    nothing_is_open(&ground).await;
    assert_eq!(ground.count("SELECT sum(committed_micros)::bigint FROM paid_calls").await, 120_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn lyrics_get_the_times_that_were_heard_and_keep_their_words() {
    let ground = Ground::new().await;
    let street = Street::new().await;
    let _workers = ground.work_with(ground.settings(), street.desk.clone());
    let project = heard(&ground, 20.0).await;
    let transcribe = async || {
        let what = Transcribing { bid: bid(&["ears"], 0.01), language: Some("en".into()), all: false };
        let job = |task_id| Job::Transcribe { project_id: project, task_id };
        let task = order(&ground, project, "transcribe", &what, job).await;
        ground.ended(Subject::Task(task)).await
    };
    let lyrics = async || {
        let mut connection = ground.db().worker().acquire().await.unwrap();
        projects::lyrics(&mut connection, project).await.unwrap()
    };
    let set = async |lyrics: Lyrics| {
        let mut person = ground.db().person(ground.user).await.unwrap();
        let before = plans::load(&mut person, project).await.unwrap().unwrap();
        let mut after = before.clone();
        after.plan.set_lyrics(lyrics);
        plans::save(&mut person, project, Some(&before), after).await.unwrap();
        person.commit().await.unwrap();
    };
    let word = |text: &str| LyricWord { text: text.into(), confidence: Some(0.1), ..LyricWord::default() };
    let line = |start: f64, text: &str| LyricLine {
        start: Seconds(start),
        end: Seconds(start + 3.0),
        text: text.into(),
        words: text.split(' ').map(word).collect(),
        confidence: Some(0.1),
        ..LyricLine::default()
    };
    // The machine writes other capitals and marks: the person's stay.
    let given = Lyrics { lines: vec![line(1.0, "CITY lights, are"), line(5.0, "Calling!")] };
    set(given.clone()).await;
    street.ears.play(Plot::OutOfMoney);
    let failed = transcribe().await;
    assert_eq!(failed.status, "failed");
    assert_eq!(lyrics().await, given, "nothing changes when it fails");

    street.ears.play(Plot::Success);
    let done = transcribe().await;
    assert_eq!(done.status, "complete", "{:?}", done.error);
    let timed = lyrics().await;
    let texts: Vec<_> = timed.lines.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(texts, ["CITY lights, are", "Calling!"]);
    assert!((timed.lines[0].start.0 - 12.34).abs() < 0.2, "{:?}", timed.lines[0]);
    assert!((timed.lines[1].start.0 - 14.9).abs() < 0.2, "{:?}", timed.lines[1]);
    let sung = "SELECT count(*) FROM scenes WHERE config ->> 'lyric' LIKE '%Calling!%'";
    assert!(ground.count(sung).await >= 1, "scenes know their line");

    // Nobody gave any: what was heard is taken, and was bought before.
    let bought = street.ears.taken_in();
    set(Lyrics::default()).await;
    assert_eq!(transcribe().await.status, "complete");
    let heard = lyrics().await;
    assert!(!heard.lines.is_empty() && heard.lines.iter().all(|line| line.heard), "{heard:?}");
    assert_eq!(street.ears.taken_in(), bought);
    assert_eq!(
        ground
            .count(
                "SELECT count(*) FROM paid_calls WHERE capability = 'transcription' AND state = 'succeeded'"
            )
            .await,
        1
    );
    nothing_is_open(&ground).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn scenes_are_written_line_by_line_and_proposals_change_nothing() {
    let ground = Ground::new().await;
    let street = Street::new().await;
    let _workers = ground.work_with(ground.settings(), street.desk.clone());
    let project = heard(&ground, 12.0).await;
    let board = async || {
        let mut connection = ground.db().worker().acquire().await.unwrap();
        plans::load(&mut connection, project).await.unwrap().unwrap()
    };
    let write = async |scenes: Vec<SceneId>, propose: bool| {
        let what = Writing { bid: bid(&["gemini-flash"], 1.0), scenes, propose };
        let job = |task_id| Job::WriteScenes { project_id: project, task_id };
        let task = order(&ground, project, "write_scenes", &what, job).await;
        ground.ended(Subject::Task(task)).await
    };
    let before = board().await;
    let line = |scene: usize, title: &str| json!({ "scene": scene, "title": title, "description": "Rain on glass." });
    street.says(&json!({ "lines": [line(1, "The call"), line(2, "{subject}")] }));
    let proposed = write(vec![before.ids[0].unwrap()], true).await;
    assert_eq!(proposed.status, "complete", "{:?}", proposed.error);
    let proposal = &proposed.result.unwrap()["scenes"][0];
    assert_eq!(
        (&proposal["changed"], &proposal["new"]["config"]["title"]),
        (&json!(true), &json!("The call"))
    );
    assert_eq!(proposal["old"]["description"], json!(before.plan.scenes[0].description));
    assert_eq!(board().await, before, "nothing is changed before somebody accepts it");

    let written = write(vec![], false).await;
    assert_eq!(written.status, "complete", "{:?}", written.error);
    let result = written.result.unwrap();
    assert_eq!(result["written"], 1);
    let kept: Vec<_> = result["kept"].as_array().unwrap().iter().map(|line| &line["scene_number"]).collect();
    assert_eq!(kept, (2..=before.plan.scenes.len()).collect::<Vec<_>>());
    let after = board().await;
    assert_eq!(
        (after.plan.scenes[0].title.as_str(), after.plan.scenes[0].description.as_str()),
        ("The call", "Rain on glass.")
    );
    assert_eq!(after.plan.scenes[1..], before.plan.scenes[1..]);
    assert_eq!(after.plan.lyrics, before.plan.lyrics);
    assert_eq!(ground.count("SELECT count(*) FROM scene_versions").await, 1);
    nothing_is_open(&ground).await;
}
