//! Films while everything is killed: the server, a worker, PostgreSQL, at moments that a seed chooses. Every film
//! finishes, each step ran to success once, nothing is left over.

use crate::process::Process;
use mv_core::clock::SystemClock;
use mv_core::ids::{ProjectId, UserId, VideoJobId};
use mv_core::jobs::Job;
use mv_core::order::{QualityTier, VideoConfig};
use mv_core::units::Resolution;
use mv_store::db::{PoolSizes, ordered_tasks, projects, video_jobs};
use mv_store::objects::{ObjectKey, Objects};
use mv_store::queue::{self, Enqueue};
use mv_store::secrets::Keyring;
use mv_store::{Database, StoreError, cluster};
use rustix::process::{Pid, Signal, kill_process};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Longest that a film may take, kills and all.
const PATIENCE: Duration = Duration::from_mins(4);

/// Films and kills: few in the usual run, more by `MV_CHAOS=20`.
#[expect(clippy::disallowed_methods, reason = "how hard a test is run is not the program's configuration")]
fn films() -> usize {
    std::env::var("MV_CHAOS").ok().and_then(|count| count.parse().ok()).unwrap_or(3)
}

pub(crate) struct Chaos {
    data: PathBuf,
    settings: Vec<(String, String)>,
    port: String,
    server: Process,
    worker: Process,
    random: u64,
}

/// What the worker of its own takes; the server's own workers take everything.
const WORKER: [&str; 7] = ["worker", "--class", "render", "--class", "video", "--class", "clip"];

impl Chaos {
    /// `port` 0 is any.
    pub(crate) fn start(data: &Path, port: u16, settings: Vec<(String, String)>, seed: u64) -> Self {
        let port = port.to_string();
        let server = Process::start_with(data, &["serve", "--port", &port], &settings);
        let worker = Process::start_with(data, &WORKER, &settings);
        // A generator of this kind never leaves zero.
        let random = 0x2545_f491_4f6c_dd1d ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Self { data: data.to_owned(), settings, port, server, worker, random: random.max(1) }
    }

    fn serve(&self) -> Process {
        Process::start_with(&self.data, &["serve", "--port", &self.port], &self.settings)
    }

    fn work(&self) -> Process {
        Process::start_with(&self.data, &WORKER, &self.settings)
    }

    pub(crate) fn roll(&mut self, sides: u64) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random % sides
    }

    /// Kills one of the three, and starts again what does not come back by itself.
    pub(crate) fn strike(&mut self) {
        match self.roll(3) {
            0 => {
                self.worker.kill();
                self.worker = self.work();
            }
            1 => {
                let pid = std::fs::read_to_string(self.data.join("postgres/data/postmaster.pid"));
                let pid = pid.ok().and_then(|text| text.lines().next()?.trim().parse().ok());
                if let Some(pid) = pid.and_then(Pid::from_raw) {
                    kill_process(pid, Signal::KILL).ok();
                }
            }
            _ => {
                self.server.kill();
                self.server = self.serve();
            }
        }
        self.revive();
    }

    /// Starts again what ended because it was started into a dead database, as a service manager would.
    pub(crate) fn revive(&mut self) {
        if self.server.has_ended() {
            self.server = self.serve();
        }
        if self.worker.has_ended() {
            self.worker = self.work();
        }
    }
}

/// The server's own database and files, as they are at this moment.
pub(crate) fn connect(data: &Path) -> Option<(Database, Objects)> {
    let options = cluster::running(&data.join("postgres"))?;
    let db = Database::connect(&options, PoolSizes::default());
    let clock = Arc::new(SystemClock);
    let keys = Keyring::of_file(&data.join("keys"), mv_core::Clock::now(&SystemClock)).ok()?;
    let base = "http://localhost/".parse().unwrap();
    let objects = Objects::local(&data.join("objects"), &keys.derive("objects").ok()?, &base, clock).ok()?;
    Some((db, objects))
}

pub(crate) async fn person(db: &Database) -> UserId {
    let id = sqlx::query_scalar("INSERT INTO users (email) VALUES ('chaos@example.com') RETURNING id");
    UserId(id.fetch_one(db.worker()).await.unwrap())
}

pub(crate) async fn project(db: &Database, objects: &Objects, user: UserId, seconds: f64) -> ProjectId {
    let song = mv_testing::wav::song(seconds, 120.0);
    let hash = blake3::hash(&song).to_hex().to_string();
    let key = ObjectKey::song(user, &hash).unwrap();
    objects.put(&key, song.into(), "audio/wav").await.unwrap();
    let mut transaction = db.person(user).await.unwrap();
    let new = projects::NewProject {
        character: None,
        title: "Chaos",
        artist: "",
        description: None,
        audio_key: key.as_str(),
        audio_hash: &hash,
        audio_filename: "song.wav",
        audio_size_bytes: 1,
        template_id: None,
        template_config: &serde_json::json!({}),
    };
    let project = projects::insert(&mut transaction, user, &new).await.unwrap();
    let payload = serde_json::json!({});
    let task_id = ordered_tasks::insert(&mut transaction, user, Some(project), "analyze_audio", &payload)
        .await
        .unwrap();
    let job = Job::AnalyzeAudio { project_id: project, task_id };
    queue::enqueue(&mut transaction, &job, Enqueue::by(user)).await.unwrap();
    transaction.commit().await.unwrap();
    project
}

async fn order(db: &Database, user: UserId, project: ProjectId) -> VideoJobId {
    let config = VideoConfig {
        quality_tier: QualityTier::Draft,
        resolution: Resolution::P480,
        ..VideoConfig::default()
    };
    let mut transaction = db.person(user).await.unwrap();
    let id = video_jobs::insert(&mut transaction, project, user, "full_video", &config, 0).await.unwrap();
    queue::enqueue(&mut transaction, &Job::VideoGeneration { job_id: id }, Enqueue::by(user)).await.unwrap();
    transaction.commit().await.unwrap();
    id
}

/// Counts; `None` while the database is away.
pub(crate) async fn count(data: &Path, sql: &'static str) -> Option<i64> {
    let (db, _) = connect(data)?;
    let counted = async {
        let count: i64 = sqlx::query_scalar(sql).fetch_one(db.worker()).await.map_err(StoreError::from)?;
        Ok::<_, StoreError>(count)
    };
    let counted = tokio::time::timeout(Duration::from_secs(5), counted).await;
    db.close().await;
    counted.ok()?.ok()
}

pub(crate) async fn until(data: &Path, sql: &'static str, wanted: i64, limit: Duration) {
    let deadline = Instant::now() + limit;
    let mut ticker = tokio::time::interval(Duration::from_millis(250));
    loop {
        ticker.tick().await;
        let found = count(data, sql).await;
        if found == Some(wanted) {
            return;
        }
        assert!(Instant::now() < deadline, "`{sql}` is {found:?} and not {wanted}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_film_is_finished_whatever_is_killed() {
    let films = films();
    let folder = tempfile::tempdir().unwrap();
    // The database's own user must reach its folder.
    std::fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let data = folder.path().join("data");
    let mut chaos = Chaos::start(&data, 0, Vec::new(), 0);
    let (db, objects) = connect(&data).unwrap();
    let user = person(&db).await;
    let mut projects = Vec::new();
    for index in 0..films {
        // Every song another length, so that no film is found in another's parts.
        projects.push(project(&db, &objects, user, 6.0 + index as f64 * 0.25).await);
    }
    until(&data, "SELECT count(*) FROM tasks WHERE status = 'complete'", films as i64, PATIENCE).await;
    for project in projects {
        order(&db, user, project).await;
    }
    db.close().await;

    let mut ticker = tokio::time::interval(Duration::from_secs(1));
    ticker.tick().await;
    for _ in 0..films * 2 {
        for _ in 0..=chaos.roll(3) {
            ticker.tick().await;
        }
        chaos.strike();
    }
    let patience = PATIENCE * u32::try_from(films).unwrap();
    let deadline = Instant::now() + patience;
    let finished = "SELECT count(*) FROM video_jobs WHERE status = 'complete'";
    while count(&data, finished).await != Some(films as i64) {
        assert!(Instant::now() < deadline, "the films are not finished in time");
        chaos.revive();
        ticker.tick().await;
    }
    for nothing in [
        "SELECT count(*) FROM steps WHERE state <> 'done' OR successes <> 1",
        "SELECT count(*) FROM video_jobs WHERE status <> 'complete' OR output_key IS NULL",
        "SELECT count(*) FROM projects WHERE status <> 'complete'",
        "SELECT count(*) FROM job_history WHERE outcome <> 'complete'",
    ] {
        assert_eq!(count(&data, nothing).await, Some(0), "{nothing}");
    }
    until(&data, "SELECT count(*) FROM queue_jobs()", 0, PATIENCE).await;
    let (db, objects) = connect(&data).unwrap();
    let keys: Vec<String> =
        sqlx::query_scalar("SELECT output_key FROM video_jobs").fetch_all(db.worker()).await.unwrap();
    for key in keys {
        assert!(objects.head(&key.parse().unwrap()).await.unwrap().bytes > 10_000);
    }
    db.close().await;
    drop(chaos);
}
