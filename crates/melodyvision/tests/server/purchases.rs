//! Films whose clips are bought out of credits while everything is killed, from services that lose answers, tell twice,
//! fail, and bill more than they quoted: nothing is submitted twice, no success is lost, every cent is accounted for.

use crate::chaos::{Chaos, connect, count, person, project, until};
use mv_core::ids::{CallId, ProjectId, UserId, VideoJobId};
use mv_core::jobs::Job;
use mv_core::order::{QualityTier, VideoConfig};
use mv_core::paid_call::CallState;
use mv_core::units::{MicroUsd, Resolution};
use mv_store::Database;
use mv_store::db::video_jobs;
use mv_store::ledger::{self, CallFilter, Outcome, Resolver};
use mv_store::queue::{self, Enqueue};
use mv_testing::vendor::{FakeVendor, Language, Plot};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_mins(5);
/// Of one order, in dollars: room for a few scenes and one more model's try at each.
const BUDGET: f64 = 6.0;
const GRANTED: i64 = 1_000_000_000;

/// Films, and the first seed: few in the usual run. `bench/purchases` runs more, by `MV_PURCHASES` and
/// `MV_PURCHASES_SEED`.
#[expect(clippy::disallowed_methods, reason = "how hard a test is run is not the program's configuration")]
fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Two services that sell clips, and how the program finds them.
struct Town {
    kling: FakeVendor,
    fal: FakeVendor,
    settings: Vec<(String, String)>,
    port: u16,
    /// Jobs whose webhook was taken.
    told: BTreeSet<String>,
}

impl Town {
    async fn new(folder: &Path) -> Self {
        let kling = FakeVendor::start(Language::Kling).await;
        let fal = FakeVendor::start(Language::Fal).await;
        let path = folder.join("clip.mp4");
        ffmpeg(&format!(
            "-y -v error -f lavfi -i testsrc2=size=320x180:rate=24 -t 10.05 -pix_fmt yuv420p -c:v libx264 {}",
            path.display()
        ));
        let clip = std::fs::read(path).unwrap();
        kling.make(vec![clip.clone()]);
        fal.make(vec![clip]);
        let service = |name: &str, home: String| {
            // A service that fails is not left alone for long: there is no other.
            format!(
                "[providers.{name}]\nbase = \"{home}\"\nown = true\ncalls_per_minute = 60000\npause_seconds = 1\n"
            )
        };
        let models = service("kling", kling.home())
            + &service("fal", fal.home())
            + &format!("options = {{ keys = \"{}/.well-known/jwks.json\" }}\n", fal.home());
        let file = folder.join("models.toml");
        std::fs::write(&file, models).unwrap();
        // Free a moment ago: services are told where the server will be before it is there.
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let settings = [
            ("MV_MODELS", file.display().to_string()),
            ("MV_KEY_KLING", "a-key-of-klings".into()),
            ("MV_KEY_FAL", "a-key-for-fal".into()),
            ("MV_SERVICES__PAID_BY", "credits".into()),
            ("MV_SERVICES__WEBHOOK_URL", format!("http://127.0.0.1:{port}")),
            ("MV_SERVICES__WEBHOOK_PATIENCE_SECONDS", "20".into()),
            ("MV_WORKER__PER_MINUTE__CLIP", "0".into()),
        ];
        let settings = settings.map(|(name, value)| (name.to_owned(), value)).into();
        Self { kling, fal, settings, port, told: BTreeSet::new() }
    }

    /// What both do with work from now on.
    fn play(&self, dice: u64) {
        let plot = |dice: u64| match dice % 9 {
            0 => Plot::Cut,
            1 => Plot::TellsTwice,
            2 => Plot::Dearer,
            3 => Plot::Fails,
            4 => Plot::BreaksOnce,
            5 => Plot::TooFast(Some("1".into())),
            6 => Plot::Slow,
            _ => Plot::Success,
        };
        self.kling.play(plot(dice));
        self.fal.play(plot(dice / 9));
    }

    fn taken_in(&self) -> usize {
        self.kling.taken_in() + self.fal.taken_in()
    }

    /// Services call back about every job until somebody takes it.
    async fn call_back(&mut self) {
        for (service, name) in [(&self.kling, "kling"), (&self.fal, "fal")] {
            for job in service.jobs() {
                let key = format!("{name}/{job}");
                if !self.told.contains(&key)
                    && let Some(told) = service.webhook(&job)
                    && told.deliver().await == Some(202)
                {
                    self.told.insert(key);
                }
            }
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "clips of services are made here")]
fn ffmpeg(words: &str) {
    assert!(Command::new("ffmpeg").args(words.split_ascii_whitespace()).status().unwrap().success());
}

async fn order(db: &Database, user: UserId, project: ProjectId, seed: u64) -> VideoJobId {
    let (first, second) =
        if seed.is_multiple_of(2) { ("kling-standard", "pika") } else { ("pika", "kling-standard") };
    let config = VideoConfig {
        quality_tier: QualityTier::Draft,
        resolution: Resolution::P480,
        video_model: Some(first.into()),
        video_fallbacks: vec![second.into()],
        budget_usd: Some(BUDGET),
        ..VideoConfig::default()
    };
    let mut transaction = db.person(user).await.unwrap();
    let id = video_jobs::insert(&mut transaction, project, user, "full_video", &config, 0).await.unwrap();
    queue::enqueue(&mut transaction, &Job::VideoGeneration { job_id: id }, Enqueue::by(user)).await.unwrap();
    transaction.commit().await.unwrap();
    id
}

/// What a person does about a call that nobody can tell about: looks at the service's own page.
async fn look_up(db: &Database, town: &Town, user: UserId) {
    let unknown = CallFilter { states: vec![CallState::Unknown], ..CallFilter::default() };
    let mut connection = db.worker().acquire().await.unwrap();
    let (calls, _) = ledger::list(&mut connection, &unknown, 100, 0).await.unwrap();
    for call in calls {
        let token = name_of(call.id);
        let service = if call.provider == "kling" { &town.kling } else { &town.fal };
        let taken = service
            .jobs()
            .into_iter()
            .find(|job| service.webhook(job).is_some_and(|told| told.token().starts_with(&token)));
        let outcome = match taken {
            Some(job) if call.provider == "fal" => {
                Outcome::Taken { provider_job_id: format!("fal-ai/pika/requests/{job}") }
            }
            Some(provider_job_id) => Outcome::Taken { provider_job_id },
            None => Outcome::NotTaken,
        };
        let mut transaction = db.worker().begin().await.unwrap();
        // A webhook may have been faster.
        if ledger::resolve_unknown(&mut transaction, Resolver::Operator(user), call.id, &outcome)
            .await
            .is_ok()
        {
            transaction.commit().await.unwrap();
        }
    }
}

/// A token begins with its call.
fn name_of(call: CallId) -> String {
    call.0.simple().to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_bought_twice_and_no_cent_is_lost_whatever_is_killed() {
    let films = number("MV_PURCHASES").unwrap_or(2);
    let seed = number("MV_PURCHASES_SEED").unwrap_or(1);
    let folder = tempfile::tempdir().unwrap();
    // The database's own user must reach its folder.
    std::fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let data = folder.path().join("data");
    let mut town = Town::new(folder.path()).await;
    let mut chaos = Chaos::start(&data, town.port, town.settings.clone(), seed);
    let (db, objects) = connect(&data).unwrap();
    let user = person(&db).await;
    let mut worker = db.worker().begin().await.unwrap();
    ledger::grant(&mut worker, user, MicroUsd(GRANTED), "gift", None).await.unwrap();
    worker.commit().await.unwrap();
    let mut projects = Vec::new();
    for index in 0..films {
        // Every song another length, so that nothing is found that was bought for another; none too long for its budget.
        let seconds = 6.0 + (index % 24) as f64 * 0.25 + (index / 24) as f64 * 0.01;
        projects.push(project(&db, &objects, user, seconds).await);
    }
    until(&data, "SELECT count(*) FROM tasks WHERE status = 'complete'", films as i64, PATIENCE).await;
    for (index, project) in projects.iter().enumerate() {
        order(&db, user, *project, seed + index as u64).await;
    }
    db.close().await;

    let mut ticker = tokio::time::interval(Duration::from_millis(400));
    let deadline = Instant::now() + PATIENCE + Duration::from_secs(40) * u32::try_from(films).unwrap();
    let (mut strikes, mut failed) = (films * 2, 0);
    let finished = "SELECT count(*) FROM projects p WHERE EXISTS
      (SELECT FROM video_jobs j WHERE j.project_id = p.id AND j.status = 'complete')";
    while count(&data, finished).await != Some(films as i64) {
        assert!(Instant::now() < deadline, "seed {seed}: the films are not finished in time");
        ticker.tick().await;
        town.play(chaos.roll(81));
        if chaos.roll(3) == 0 {
            town.call_back().await;
        }
        if strikes > 0 && chaos.roll(4) == 0 {
            strikes -= 1;
            // Services wait for nobody while the program is started again.
            chaos = tokio::task::spawn_blocking(move || {
                chaos.strike();
                chaos
            })
            .await
            .unwrap();
        } else if strikes == 0 {
            // The rest is not to be luck's: whoever was refused orders again.
            town.kling.play(Plot::Success);
            town.fal.play(Plot::Success);
        }
        chaos.revive();
        let Some((db, _)) = connect(&data) else { continue };
        // The database may go away in the middle of any of it.
        let again = tokio::time::timeout(Duration::from_secs(10), async {
            look_up(&db, &town, user).await;
            let over = "SELECT p.id FROM projects p WHERE NOT EXISTS
              (SELECT FROM video_jobs j WHERE j.project_id = p.id AND j.status IN ('complete', 'queued', 'processing'))";
            let projects: Vec<uuid::Uuid> = sqlx::query_scalar(over).fetch_all(db.worker()).await.unwrap();
            for project in &projects {
                order(&db, user, ProjectId(*project), chaos.roll(2)).await;
            }
            projects.len()
        });
        if strikes == 0 {
            failed += again.await.unwrap_or(0);
        }
        db.close().await;
    }
    town.call_back().await;
    until(&data, "SELECT count(*) FROM paid_calls WHERE state NOT IN ('succeeded', 'failed')", 0, PATIENCE)
        .await;
    accounts_are_right(&data, &town, seed).await;
    eprintln!(
        "seed {seed}: {films} films, {} kills, {failed} orders made again, {} clips taken in",
        films * 2,
        town.taken_in()
    );
    drop(chaos);
}

async fn accounts_are_right(data: &Path, town: &Town, seed: u64) {
    for nothing in [
        // Double entry, and nothing set aside.
        "SELECT count(*) FROM (SELECT FROM credit_entries GROUP BY transfer_id HAVING sum(amount) <> 0) AS uneven",
        "SELECT abs(coalesce(sum(amount), 0))::bigint FROM credit_entries WHERE account = 'reserved'",
        // What calls cost is what was spent, and what projects and orders show.
        "SELECT abs((SELECT coalesce(sum(cost_micros), 0) FROM paid_calls)
           - (SELECT coalesce(sum(amount), 0) FROM credit_entries WHERE account = 'spent'))::bigint",
        "SELECT abs((SELECT coalesce(sum(cost_micros), 0) FROM paid_calls)
           - (SELECT coalesce(sum(total_cost_usd * 1000000), 0) FROM projects))::bigint",
        // No order was let past its cap by what it was quoted, whatever was billed later.
        "SELECT count(*) FROM (SELECT FROM paid_calls WHERE state = 'succeeded' GROUP BY job_id
           HAVING sum(estimate_micros) > 6000000) AS past",
        // What is paid for is kept, and what is kept was paid for once.
        "SELECT count(*) FROM paid_calls WHERE state = 'succeeded' AND NOT EXISTS
           (SELECT FROM objects WHERE key = result ->> 'object')",
        "SELECT count(*) FROM (SELECT FROM paid_calls WHERE state = 'succeeded'
           GROUP BY user_id, step_key HAVING count(*) > 1) AS twice",
        "SELECT count(*) FROM (SELECT FROM paid_calls WHERE provider_job_id IS NOT NULL
           GROUP BY provider, provider_job_id HAVING count(*) > 1) AS shared",
    ] {
        assert_eq!(count(data, nothing).await, Some(0), "seed {seed}: {nothing}");
    }
    let (db, _) = connect(data).unwrap();
    let mut connection = db.worker().acquire().await.unwrap();
    let (calls, _) = ledger::list(&mut connection, &CallFilter::default(), 100_000, 0).await.unwrap();
    // Every job that a service took in is of one call, and no call has two.
    let mut jobs = BTreeMap::new();
    for (service, name) in [(&town.kling, "kling"), (&town.fal, "fal")] {
        for job in service.jobs() {
            let token = service.webhook(&job).unwrap().token()[..32].to_owned();
            let before = jobs.insert(token, (name, job));
            assert_eq!(before, None, "seed {seed}: one call was submitted twice");
        }
    }
    for call in &calls {
        let job = jobs.remove(&name_of(call.id));
        let known = call.provider_job_id.as_deref().and_then(|id| id.rsplit('/').next());
        assert!(call.state != CallState::Succeeded || job.is_some(), "seed {seed}: {call:?}");
        if let (Some(known), Some((_, job))) = (known, &job) {
            assert_eq!(known, job, "seed {seed}: {call:?}");
        }
    }
    assert!(jobs.is_empty(), "seed {seed}: jobs of no call: {jobs:?}");
    drop(connection);
    db.close().await;
}
