//! Films whose stills and clips are bought, on the queue: paid for once, stopped whenever, every cent accounted for.

use crate::ground::{Ground, small};
use mv_core::Clock;
use mv_core::clock::SystemClock;
use mv_core::jobs::Job;
use mv_core::order::VideoConfig;
use mv_core::paid_call::Funding;
use mv_core::units::{Aspect, MicroUsd};
use mv_jobs::{ServiceDesk, Settings};
use mv_media::{ToolSearch, Tools, probe};
use mv_production::purchase::Pace;
use mv_providers::{Catalogue, Door, DoorSettings, Keys};
use mv_store::db::progress::Subject;
use mv_store::db::{plans, projects, provider_keys, service_checks};
use mv_store::ledger;
use mv_store::queue::{self, Enqueue, cancel};
use mv_testing::vendor::{FakeVendor, Language, Plot};
use std::collections::BTreeMap;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

/// Two services, as the workers know them.
struct Town {
    stills: FakeVendor,
    clips: FakeVendor,
    desk: ServiceDesk,
}

impl Town {
    async fn new(ground: &Ground, funding: Funding) -> Self {
        let stills = FakeVendor::start(Language::Gemini).await;
        let clips = FakeVendor::start(Language::Kling).await;
        let path = ground.folder.path().join("clip.mp4");
        ffmpeg(&format!(
            "-y -v error -f lavfi -i testsrc2=size=640x360:rate=30 -t 10.05 -pix_fmt yuv420p -c:v libx264 {}",
            path.display()
        ));
        clips.make(vec![std::fs::read(path).unwrap()]);
        let service = |name: &str, home: String| {
            format!("[providers.{name}]\nbase = \"{home}\"\nown = true\ncalls_per_minute = 60000\n")
        };
        let text = service("gemini", stills.home()) + &service("kling", clips.home());
        let desk = ServiceDesk {
            catalogue: Catalogue::with(&text).unwrap(),
            door: Door::new(DoorSettings::default(), Arc::new(SystemClock)).unwrap(),
            keys: ["gemini", "kling"]
                .map(|name| (name.to_owned(), "key".into()))
                .into_iter()
                .collect::<Keys>(),
            funding,
            pace: Pace { poll: (Duration::from_millis(100), Duration::from_millis(200)), ..Pace::default() },
        };
        Self { stills, clips, desk }
    }
}

#[expect(clippy::disallowed_methods, reason = "clips of services are made here")]
pub(crate) fn ffmpeg(words: &str) {
    assert!(Command::new("ffmpeg").args(words.split_ascii_whitespace()).status().unwrap().success());
}

fn bought() -> VideoConfig {
    VideoConfig {
        image_model: Some("nano-banana".into()),
        video_model: Some("kling-standard".into()),
        budget_usd: Some(50.0),
        ..small()
    }
}

/// Nothing is set aside, and the books add up.
async fn settled(ground: &Ground) {
    let open = "SELECT count(*) FROM paid_calls WHERE state NOT IN ('succeeded', 'failed')";
    assert_eq!(ground.count(open).await, 0);
    let sum = "SELECT coalesce(sum(amount), 0)::bigint FROM credit_entries";
    assert_eq!(ground.count(sum).await, 0);
    let reserved = "SELECT coalesce(sum(amount), 0)::bigint FROM credit_entries WHERE account = 'reserved'";
    assert_eq!(ground.count(reserved).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_film_of_twenty_scenes_is_bought_out_of_credits_to_the_cent() {
    let ground = Ground::new().await;
    let town = Town::new(&ground, Funding::Credits).await;
    {
        let mut worker = ground.db().worker().begin().await.unwrap();
        let grant = MicroUsd::from_dollars(100.0);
        ledger::grant(&mut worker, ground.user, grant, "gift", None).await.unwrap();
        // A little above the fifth of it below which people are told.
        let taken = MicroUsd::from_dollars(-79.95);
        ledger::adjust(&mut worker, ground.user, taken, ledger::Source::Refunded, "refund", None)
            .await
            .unwrap();
        worker.commit().await.unwrap();
    }
    let project = ground.project(64.0).await;
    // Not for a minute's ten clips at a time.
    let settings = Settings { per_minute: BTreeMap::new(), ..ground.settings() };
    let _workers = ground.work_with(settings, town.desk.clone());
    let task = ground.analyze(project).await;
    assert_eq!(ground.ended(Subject::Task(task)).await.status, "complete");
    let scenes = ground.count("SELECT count(*) FROM scenes").await;
    assert!(scenes >= 18, "{scenes} scenes");
    let order = ground.order(project, &bought()).await;
    let made = ground.ended(Subject::VideoJob(order)).await;
    assert_eq!(made.status, "complete", "{:?}", made.error);
    settled(&ground).await;
    ground
        .until_count("SELECT count(*) FROM mails WHERE kind = 'credits_low' AND state = 'printed'", 1)
        .await;
    assert_eq!(ground.count("SELECT count(*) FROM notifications WHERE kind = 'credits_low'").await, 1);
    let succeeded = ground.count("SELECT count(*) FROM paid_calls WHERE state = 'succeeded'").await;
    assert_eq!(town.stills.taken_in() + town.clips.taken_in(), succeeded as usize);
    let cost = ground.count("SELECT sum(cost_micros)::bigint FROM paid_calls").await;
    let spent = ground.count("SELECT sum(amount)::bigint FROM credit_entries WHERE account = 'spent'").await;
    assert_eq!(spent, cost);
    let billed = "SELECT (total_cost_usd * 1000000)::bigint FROM projects";
    assert_eq!(ground.count(billed).await, cost);
    let shown = "SELECT (sum(image_cost_usd + video_cost_usd) * 1000000)::bigint FROM scenes";
    assert_eq!(ground.count(shown).await, cost);
    let named = "SELECT count(*) FROM scenes WHERE video_generation_model = 'kling-standard'
                 AND image_generation_model = 'nano-banana' AND image_key IS NOT NULL AND video_key IS NOT NULL";
    assert_eq!(ground.count(named).await, scenes);

    // What a quote asks for by name is what was bought: nothing of it is left to pay for.
    {
        let mut worker = ground.db().worker().acquire().await.unwrap();
        let plan = plans::load(&mut worker, project).await.unwrap().unwrap().plan;
        let song = projects::analysis(&mut worker, project).await.unwrap().unwrap();
        let quoted = mv_jobs::purchases(&town.desk.catalogue, &plan, &song, &bought()).unwrap();
        let keys: Vec<String> = quoted.iter().map(|one| one.key.to_string()).collect();
        assert_eq!(keys.len(), succeeded as usize);
        let made = ledger::made(&mut worker, ground.user, &keys).await.unwrap();
        assert_eq!(made, keys.into_iter().collect());
    }

    // The same film again buys nothing.
    let taken = town.stills.taken_in() + town.clips.taken_in();
    let again = ground.order(project, &bought()).await;
    assert_eq!(ground.ended(Subject::VideoJob(again)).await.status, "complete");
    assert_eq!(town.stills.taken_in() + town.clips.taken_in(), taken);

    // Nor does it in another shape, whatever became of the storyboard and of the models: the clips are cut as they are.
    let shown = "SELECT final_video_key FROM projects";
    let film: String = sqlx::query_scalar(shown).fetch_one(ground.db().owner()).await.unwrap();
    sqlx::query("DELETE FROM scenes WHERE scene_number > 2").execute(ground.db().owner()).await.unwrap();
    let tall = VideoConfig {
        aspect: Aspect::Tall,
        video_model: Some("of-last-year".into()),
        budget_usd: Some(0.0),
        reframe_of: Some(order),
        ..bought()
    };
    let tall = ground.order(project, &tall).await;
    let made = ground.ended(Subject::VideoJob(tall)).await;
    assert_eq!(made.status, "complete", "{:?}", made.error);
    assert_eq!(town.stills.taken_in() + town.clips.taken_in(), taken);
    let key = "SELECT output_key FROM video_jobs WHERE job_type = 'reframe'";
    let key: String = sqlx::query_scalar(key).fetch_one(ground.db().owner()).await.unwrap();
    let bytes = ground.objects.read(&key.parse().unwrap(), 1 << 30).await.unwrap();
    let path = ground.folder.path().join("tall.mp4");
    std::fs::write(&path, bytes).unwrap();
    let facts = probe::probe(&Tools::locate(&ToolSearch::default()).unwrap(), &path).unwrap();
    let canvas = VideoConfig { aspect: Aspect::Tall, ..bought() }.canvas();
    assert_eq!((facts.width, facts.height), (canvas.width, canvas.height));
    assert!((facts.duration.0 - 64.0).abs() < 0.1, "{:?}", facts.duration);
    let still: String = sqlx::query_scalar(shown).fetch_one(ground.db().owner()).await.unwrap();
    assert_eq!(still, film, "the project goes on showing its film");
    settled(&ground).await;

    // What is no longer kept is not bought again either.
    sqlx::query("DELETE FROM artifacts WHERE kind = 'clip'").execute(ground.db().owner()).await.unwrap();
    let square =
        VideoConfig { aspect: Aspect::Square, budget_usd: Some(0.0), reframe_of: Some(order), ..bought() };
    let square = ground.order(project, &square).await;
    let ended = ground.ended(Subject::VideoJob(square)).await;
    assert_eq!(ended.status, "failed");
    assert!(ended.error.unwrap().contains("no longer kept"));
    assert_eq!(town.stills.taken_in() + town.clips.taken_in(), taken);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_film_leaves_no_job_running_and_gives_back_what_was_not_spent() {
    let ground = Ground::new().await;
    let town = Town::new(&ground, Funding::House).await;
    let project = ground.project(24.0).await;
    let _workers = ground.work_with(ground.settings(), town.desk.clone());
    let task = ground.analyze(project).await;
    assert_eq!(ground.ended(Subject::Task(task)).await.status, "complete");
    town.clips.play(Plot::Slow);
    let order = ground.order(project, &bought()).await;
    while town.clips.taken_in() == 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    {
        let mut person = ground.db().person(ground.user).await.unwrap();
        cancel::request(&mut person, order).await.unwrap();
        person.commit().await.unwrap();
    }
    assert_eq!(ground.ended(Subject::VideoJob(order)).await.status, "canceled");
    settled(&ground).await;
    let paid = ground.count("SELECT coalesce(sum(cost_micros), 0)::bigint FROM paid_calls").await;
    let billed = ground.count("SELECT (total_cost_usd * 1000000)::bigint FROM projects").await;
    assert_eq!(billed, paid);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_stops_before_its_budget_and_keeps_what_it_has() {
    let ground = Ground::new().await;
    let town = Town::new(&ground, Funding::House).await;
    let project = ground.project(24.0).await;
    let _workers = ground.work_with(ground.settings(), town.desk.clone());
    let task = ground.analyze(project).await;
    assert_eq!(ground.ended(Subject::Task(task)).await.status, "complete");
    let order = ground.order(project, &VideoConfig { budget_usd: Some(0.5), ..bought() }).await;
    let ended = ground.ended(Subject::VideoJob(order)).await;
    assert_eq!(ended.status, "failed");
    assert!(ended.error.unwrap().contains("$0.50"));
    assert_eq!(ended.error_code.as_deref(), Some("over_budget"));
    let cost = ground.count("SELECT coalesce(sum(cost_micros), 0)::bigint FROM paid_calls").await;
    assert!((1..=500_000).contains(&cost), "{cost}");
    let taken = town.stills.taken_in() + town.clips.taken_in();
    assert!(taken > 0);
    // With more money it goes on from there.
    let order = ground.order(project, &bought()).await;
    assert_eq!(ground.ended(Subject::VideoJob(order)).await.status, "complete");
    let succeeded = ground.count("SELECT count(*) FROM paid_calls WHERE state = 'succeeded'").await;
    assert_eq!(town.stills.taken_in() + town.clips.taken_in(), succeeded as usize);
    assert_eq!(ground.told().await, ["budget_reached", "film_complete"]);
    settled(&ground).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_ones_own_is_tried_and_used() {
    let ground = Ground::new().await;
    let town = Town::new(&ground, Funding::Credits).await;
    let desk = ServiceDesk { keys: Keys::new(), ..town.desk.clone() };
    let _workers = ground.work_with(ground.settings(), desk);
    for (plot, takes) in [(Plot::Unauthorized, false), (Plot::Success, true)] {
        town.stills.play(plot);
        {
            let mut person = ground.db().person(ground.user).await.unwrap();
            let now = SystemClock.now();
            provider_keys::put(&mut person, &Ground::keyring(), ground.user, "gemini", "own-key", now)
                .await
                .unwrap();
            let job = Job::CheckKey { user_id: ground.user, provider: "gemini".into() };
            queue::enqueue(&mut person, &job, Enqueue::by(ground.user)).await.unwrap();
            person.commit().await.unwrap();
        }
        let said = loop {
            let mut connection = ground.db().person(ground.user).await.unwrap();
            let key = provider_keys::get(&mut connection, ground.user, "gemini").await.unwrap();
            connection.commit().await.unwrap();
            if key.checked_at.is_some() {
                break key.error;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        };
        assert_eq!(said.is_none(), takes, "{said:?}");
    }
    // What a person's own key buys moves no credits: there are none.
    let project = ground.project(12.0).await;
    let task = ground.analyze(project).await;
    assert_eq!(ground.ended(Subject::Task(task)).await.status, "complete");
    let order = ground.order(project, &VideoConfig { video_model: None, ..bought() }).await;
    let made = ground.ended(Subject::VideoJob(order)).await;
    assert_eq!(made.status, "complete", "{:?}", made.error);
    assert!(ground.count("SELECT count(*) FROM paid_calls WHERE funding = 'own'").await > 0);
    assert_eq!(ground.count("SELECT count(*) FROM credit_entries").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn services_are_looked_at_when_workers_start() {
    let ground = Ground::new().await;
    let mut town = Town::new(&ground, Funding::House).await;
    let gone = "[providers.gemini]\nbase = \"HOME\"\nown = true\n[providers.kling]\nbase = \"CLIPS\"\nown = true\n\
        [[models]]\nid = \"of-last-year\"\nkinds = [\"image\", \"edit\"]\nprovider = \"gemini\"\n\
        model = \"gemini-of-last-year\"\nname = \"Gone\"\nprice = { usd = 0.1, per = \"image\", checked = \"2026-11-22\" }\n";
    let gone = gone.replace("HOME", &town.stills.home()).replace("CLIPS", &town.clips.home());
    town.desk.catalogue = Catalogue::with(&gone).unwrap();
    for (plot, works) in [(Plot::Success, true), (Plot::Unauthorized, false)] {
        town.stills.play(plot);
        let _workers = ground.work_with(ground.settings(), town.desk.clone());
        let check = loop {
            let mut connection = ground.db().worker().acquire().await.unwrap();
            let checks = service_checks::all(&mut connection).await.unwrap();
            let of = |name: &str| checks.iter().find(|check| check.provider == name).cloned();
            if let (Some(gemini), Some(kling)) = (of("gemini"), of("kling"))
                && gemini.works == Some(works)
            {
                assert_eq!((kling.works, kling.lists_models, kling.missing.len()), (Some(true), false, 0));
                break gemini;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        };
        assert!(check.lists_models, "{check:?}");
        assert!(check.missing.contains(&"of-last-year".to_owned()), "{check:?}");
        assert!(!check.missing.contains(&"nano-banana".to_owned()), "{check:?}");
        assert_eq!(check.error.is_some(), !works);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_whose_order_is_gone_is_seen_to_its_end() {
    let ground = Ground::new().await;
    let town = Town::new(&ground, Funding::House).await;
    let project = ground.project(12.0).await;
    // Nobody follows the clips: the workers are gone before they are done.
    town.clips.play(Plot::Slow);
    {
        let workers = ground.work_with(ground.settings(), town.desk.clone());
        let task = ground.analyze(project).await;
        assert_eq!(ground.ended(Subject::Task(task)).await.status, "complete");
        let order = ground.order(project, &bought()).await;
        let submitted = "SELECT count(*) FROM paid_calls WHERE state = 'submitted' AND capability = 'clip'";
        while ground.count(submitted).await == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        drop(workers);
        sqlx::query("UPDATE video_jobs SET status = 'failed', failed_at = now() WHERE id = $1")
            .bind(order.0)
            .execute(ground.db().owner())
            .await
            .unwrap();
        sqlx::query("UPDATE paid_calls SET lease_until = now() - interval '1 hour', fence = fence + 1")
            .execute(ground.db().owner())
            .await
            .unwrap();
    }
    let _workers = ground.work_with(ground.settings(), town.desk.clone());
    let mut worker = ground.db().worker().begin().await.unwrap();
    queue::enqueue(&mut worker, &Job::SettleCalls, Enqueue::default()).await.unwrap();
    worker.commit().await.unwrap();
    let open = "SELECT count(*) FROM paid_calls WHERE state NOT IN ('succeeded', 'failed')";
    ground.until_count(open, 0).await;
    let kept = "SELECT count(*) FROM paid_calls WHERE state = 'succeeded' AND NOT EXISTS
                (SELECT FROM objects WHERE key = result ->> 'object')";
    assert_eq!(ground.count(kept).await, 0, "what is paid for is kept");
}
