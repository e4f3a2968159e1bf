//! Services that call back: whoever waits is woken, what was lost is found, and nobody is believed who cannot prove it.

use crate::ground::{Ground, small};
use crate::services::ffmpeg;
use mv_core::Clock;
use mv_core::clock::SystemClock;
use mv_core::ids::{ProjectId, WebhookId};
use mv_core::jobs::{Class, Job};
use mv_core::order::VideoConfig;
use mv_core::paid_call::Funding;
use mv_core::units::MicroUsd;
use mv_jobs::{ServiceDesk, Settings, Workers};
use mv_production::purchase::Pace;
use mv_providers::{Catalogue, Door, DoorSettings, Keys};
use mv_store::callbacks::Callbacks;
use mv_store::db::progress::Subject;
use mv_store::db::service_webhooks::{self, Arrived};
use mv_store::ledger;
use mv_store::queue::{self, Enqueue};
use mv_testing::vendor::{FakeVendor, Language, Plot, Told, sign_fal_webhook};
use std::sync::Arc;
use std::time::Duration;

/// Nobody looks by himself while a test runs.
const NEVER: Duration = Duration::from_hours(10);

/// Stills by a service that answers at once, clips by one that calls back.
struct Town {
    stills: FakeVendor,
    clips: FakeVendor,
    desk: ServiceDesk,
    model: &'static str,
}

impl Town {
    async fn new(ground: &Ground, language: Language, pace: Pace) -> Self {
        let stills = FakeVendor::start(Language::Gemini).await;
        let clips = FakeVendor::start(language).await;
        let path = ground.folder.path().join("clip.mp4");
        ffmpeg(&format!(
            "-y -v error -f lavfi -i testsrc2=size=640x360:rate=30 -t 10.05 -pix_fmt yuv420p -c:v libx264 {}",
            path.display()
        ));
        clips.make(vec![std::fs::read(path).unwrap()]);
        let (name, model) = match language {
            Language::Kling => ("kling", "kling-standard"),
            _ => ("fal", "pika"),
        };
        let service = |name: &str, home: String, more: String| {
            format!("[providers.{name}]\nbase = \"{home}\"\nown = true\ncalls_per_minute = 60000\n{more}\n")
        };
        let keys = match name {
            "fal" => format!("options = {{ keys = \"{}/.well-known/jwks.json\" }}", clips.home()),
            _ => String::new(),
        };
        let text = service("gemini", stills.home(), String::new()) + &service(name, clips.home(), keys);
        // A call that nobody answers is given up soon.
        let door = DoorSettings { making: Duration::from_secs(3), ..DoorSettings::default() };
        let keys = ["gemini", name].map(|name| (name.to_owned(), "a-good-key".into()));
        let desk = ServiceDesk {
            catalogue: Catalogue::with(&text).unwrap(),
            door: Door::new(door, Arc::new(SystemClock)).unwrap(),
            keys: keys.into_iter().collect::<Keys>(),
            funding: Funding::House,
            pace,
        };
        Self { stills, clips, desk, model }
    }

    /// Workers that make so many clips at once.
    fn work(&self, ground: &Ground, clips: usize) -> Workers {
        let webhook_url = Some("https://studio.example".to_owned());
        let mut settings = Settings { webhook_url, ..ground.settings() };
        settings.at_once.insert(Class::Clip, clips);
        ground.work_with(settings, self.desk.clone())
    }

    fn order(&self) -> VideoConfig {
        VideoConfig {
            image_model: Some("nano-banana".into()),
            video_model: Some(self.model.into()),
            budget_usd: Some(50.0),
            ..small()
        }
    }
}

fn waiting() -> Pace {
    Pace { poll: (NEVER, NEVER), ..Pace::default() }
}

async fn heard_song(ground: &Ground) -> ProjectId {
    let project = ground.project(8.0).await;
    let task = ground.analyze(project).await;
    assert_eq!(ground.ended(Subject::Task(task)).await.status, "complete");
    project
}

/// What the server does when a service calls; whether it was new.
async fn deliver(ground: &Ground, told: &Told) -> bool {
    let (base, _) = told.to.rsplit_once('/').unwrap();
    assert_eq!(base, "https://studio.example/api/webhooks/services");
    let call = Callbacks::new(&Ground::keyring()).unwrap().call(told.token()).unwrap();
    let id = WebhookId(uuid::Uuid::new_v4());
    let digest = blake3::hash(told.body.as_bytes());
    let arrived = Arrived {
        id,
        call,
        digest: digest.as_bytes(),
        headers: &told.headers,
        body: told.body.as_bytes(),
        at: SystemClock.now(),
    };
    let mut gate = ground.db().gate().begin().await.unwrap();
    let new = service_webhooks::write_down(&mut gate, &arrived).await.unwrap();
    if new {
        let job = Job::HearService { webhook_id: id };
        queue::enqueue(&mut gate, &job, Enqueue::default()).await.unwrap();
        gate.commit().await.unwrap();
    }
    new
}

const OPEN: &str = "SELECT count(*) FROM paid_calls WHERE state NOT IN ('succeeded', 'failed')";

async fn settled(ground: &Ground, town: &Town) {
    ground.until_count(OPEN, 0).await;
    let succeeded = ground.count("SELECT count(*) FROM paid_calls WHERE state = 'succeeded'").await;
    assert_eq!(town.stills.taken_in() + town.clips.taken_in(), succeeded as usize, "bought twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_waits_is_woken_and_nobody_is_believed_who_cannot_prove_it() {
    let ground = Ground::new().await;
    let town = Town::new(&ground, Language::Fal, waiting()).await;
    town.clips.play(Plot::Held);
    let _workers = town.work(&ground, 10);
    let project = heard_song(&ground).await;
    let order = ground.order(project, &town.order()).await;
    let submitted = "SELECT count(*) FROM paid_calls WHERE state = 'submitted'";
    let clips = ground.count("SELECT count(*) FROM scenes").await;
    ground.until_count(submitted, clips).await;
    let jobs = town.clips.jobs();
    // Each is looked at once; from then on nobody looks by himself.
    for job in &jobs {
        let status = format!("/{job}/status");
        while !town.clips.seen().iter().any(|seen| seen.path.ends_with(&status)) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    town.clips.finish();
    let genuine = town.clips.webhook(&jobs[0]).unwrap();

    // Signed by nobody; signed by the service, but long ago; about somebody else's job.
    let forged = Told { headers: vec![], ..genuine.clone() };
    assert!(deliver(&ground, &forged).await);
    let forged = "SELECT count(*) FROM service_webhooks WHERE outcome = 'forged'";
    ground.until_count(forged, 1).await;
    let old = SystemClock.now().timestamp() - 3600;
    let stale = Told { headers: sign_fal_webhook(&jobs[0], genuine.body.as_bytes(), old), ..genuine.clone() };
    assert!(deliver(&ground, &stale).await);
    ground.until_count(forged, 2).await;
    let body = r#"{"request_id":"elsewhere","status":"OK"}"#.to_owned();
    let now = SystemClock.now().timestamp();
    let headers = sign_fal_webhook("elsewhere", body.as_bytes(), now);
    assert!(deliver(&ground, &Told { headers, body, ..genuine.clone() }).await);
    ground.until_count("SELECT count(*) FROM service_webhooks WHERE outcome = 'other_job'", 1).await;
    assert_eq!(ground.count(submitted).await, clips, "nobody was woken");

    for job in &jobs {
        let told = town.clips.webhook(job).unwrap();
        assert!(deliver(&ground, &told).await);
        assert!(!deliver(&ground, &told).await, "the same again");
    }
    let made = ground.ended(Subject::VideoJob(order)).await;
    assert_eq!(made.status, "complete", "{:?}", made.error);
    settled(&ground, &town).await;
    ground.until_count("SELECT count(*) FROM service_webhooks WHERE outcome = 'heard'", clips).await;
    let kept = "SELECT count(*) FROM service_webhooks WHERE body IS NOT NULL OR headers <> '[]'";
    assert_eq!(ground.count(kept).await, 0, "what was looked at is not kept");

    let body = format!(r#"{{"request_id":"{}","status":"OK"}}"#, jobs[0]);
    let late = Told { headers: sign_fal_webhook(&jobs[0], body.as_bytes(), now), body, ..genuine };
    assert!(deliver(&ground, &late).await);
    ground.until_count("SELECT count(*) FROM service_webhooks WHERE outcome = 'late'", 1).await;
    let fetched = town.clips.seen().iter().filter(|seen| seen.path.ends_with("jwks.json")).count();
    assert_eq!(fetched, 1, "the service's keys are kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_proves_that_work_was_taken_in_whose_answer_was_lost() {
    let ground = Ground::new().await;
    // Where services cannot be asked, looking again is only looking for a webhook.
    let pace = Pace { hear: NEVER, ..waiting() };
    let town = Town::new(&ground, Language::Fal, pace).await;
    town.clips.play(Plot::Cut);
    let _workers = town.work(&ground, 1);
    let project = heard_song(&ground).await;
    let order = ground.order(project, &town.order()).await;
    let clips = ground.count("SELECT count(*) FROM scenes").await;
    for told in 0..clips as usize {
        while town.clips.taken_in() == told {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        // The first answer breaks off; of the others the webhook comes before anybody has given the answer up.
        town.clips.play(Plot::Hang);
        let job = town.clips.last_job().unwrap();
        assert!(deliver(&ground, &town.clips.webhook(&job).unwrap()).await);
    }
    let made = ground.ended(Subject::VideoJob(order)).await;
    assert_eq!(made.status, "complete", "{:?}", made.error);
    settled(&ground, &town).await;
    ground.until_count("SELECT count(*) FROM service_webhooks WHERE outcome = 'recovered'", clips).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_could_tell_about_is_kept_when_its_webhook_comes_late() {
    let ground = Ground::new().await;
    let pace = Pace { hear: Duration::ZERO, ..Pace::default() };
    let town = Town::new(&ground, Language::Fal, pace).await;
    town.clips.play(Plot::Cut);
    let _workers = town.work(&ground, 10);
    let project = heard_song(&ground).await;
    let order = ground.order(project, &town.order()).await;
    let ended = ground.ended(Subject::VideoJob(order)).await;
    assert_eq!(ended.status, "failed");
    let unknown = "SELECT count(*) FROM paid_calls WHERE state = 'unknown'";
    let clips = ground.count(unknown).await;
    assert!(clips > 0, "{:?}", ended.error);
    // What was being sent when the order failed is given up a moment later.
    let busy = "SELECT count(*) FROM paid_calls WHERE state IN ('reserved', 'submitting', 'submitted')";
    ground.until_count(busy, 0).await;
    for job in town.clips.jobs() {
        deliver(&ground, &town.clips.webhook(&job).unwrap()).await;
    }
    settled(&ground, &town).await;
    let kept = "SELECT count(*) FROM paid_calls c JOIN objects o ON o.key = c.result ->> 'object'
                WHERE c.state = 'succeeded' AND c.capability = 'clip'";
    assert_eq!(ground.count(kept).await, town.clips.taken_in() as i64, "what is paid for is kept");
    // The next order finds it.
    town.clips.play(Plot::Success);
    let order = ground.order(project, &town.order()).await;
    assert_eq!(ground.ended(Subject::VideoJob(order)).await.status, "complete");
    settled(&ground, &town).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn kling_signs_nothing_so_what_it_says_is_asked_for() {
    let ground = Ground::new().await;
    let town = Town::new(&ground, Language::Kling, waiting()).await;
    town.clips.play(Plot::Held);
    let _workers = town.work(&ground, 10);
    let project = heard_song(&ground).await;
    let order = ground.order(project, &town.order()).await;
    let clips = ground.count("SELECT count(*) FROM scenes").await;
    ground.until_count("SELECT count(*) FROM paid_calls WHERE state = 'submitted'", clips).await;
    town.clips.finish();
    let jobs = town.clips.jobs();
    let first = town.clips.webhook(&jobs[0]).unwrap();
    let nowhere = Told { body: r#"{"task_id":"999","task_status":"succeed"}"#.into(), ..first.clone() };
    let nonsense = Told { body: "thank you for using our service".into(), ..first.clone() };
    let other = Told { body: town.clips.webhook(&jobs[1]).unwrap().body, ..first };
    for (told, outcome) in [
        (nowhere, "SELECT count(*) FROM service_webhooks WHERE outcome = 'forged'"),
        (nonsense, "SELECT count(*) FROM service_webhooks WHERE outcome = 'unreadable'"),
        (other, "SELECT count(*) FROM service_webhooks WHERE outcome = 'other_job'"),
    ] {
        assert!(deliver(&ground, &told).await);
        ground.until_count(outcome, 1).await;
    }
    for job in &jobs {
        assert!(deliver(&ground, &town.clips.webhook(job).unwrap()).await);
    }
    let made = ground.ended(Subject::VideoJob(order)).await;
    assert_eq!(made.status, "complete", "{:?}", made.error);
    settled(&ground, &town).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bill_above_the_quote_is_booked_in_full_and_stops_what_the_cap_does_not_cover() {
    let ground = Ground::new().await;
    let mut town = Town::new(&ground, Language::Kling, Pace::default()).await;
    town.desk.funding = Funding::Credits;
    town.clips.play(Plot::Dearer);
    {
        let mut worker = ground.db().worker().begin().await.unwrap();
        ledger::grant(&mut worker, ground.user, MicroUsd(1_000_000), "gift", None).await.unwrap();
        worker.commit().await.unwrap();
    }
    let _workers = town.work(&ground, 1);
    let project = heard_song(&ground).await;
    // Stills are the built-in maker's. A clip is quoted at 0.28 and billed at 0.84: there is room for one.
    let order = VideoConfig { image_model: None, budget_usd: Some(0.9), ..town.order() };
    let order = ground.order(project, &order).await;
    let ended = ground.ended(Subject::VideoJob(order)).await;
    assert_eq!(ended.status, "failed");
    assert!(ended.error.unwrap().contains("$0.90"));
    settled(&ground, &town).await;
    assert_eq!(town.clips.taken_in(), 1, "what the cap does not cover is not asked for");
    for (what, micros) in [
        ("SELECT sum(estimate_micros)::bigint FROM paid_calls WHERE state = 'succeeded'", 280_000),
        ("SELECT sum(cost_micros)::bigint FROM paid_calls", 840_000),
        ("SELECT sum(amount)::bigint FROM credit_entries WHERE account = 'spent'", 840_000),
        ("SELECT sum(amount)::bigint FROM credit_entries WHERE account = 'balance'", 160_000),
        ("SELECT coalesce(sum(amount), 0)::bigint FROM credit_entries WHERE account = 'reserved'", 0),
        ("SELECT (total_cost_usd * 1000000)::bigint FROM projects", 840_000),
    ] {
        assert_eq!(ground.count(what).await, micros, "{what}");
    }
}
