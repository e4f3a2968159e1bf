//! What the tests stand on: a database, a folder of objects, a person with a song, and workers.

use mv_core::clock::SystemClock;
use mv_core::ids::{ProjectId, TaskId, UserId, VideoJobId};
use mv_core::jobs::Job;
use mv_core::order::{QualityTier, VideoConfig};
use mv_core::units::Resolution;
use mv_jobs::{ServiceDesk, Settings, Shop, Supplies, Workers};
use mv_media::{ToolSearch, Tools};
use mv_store::db::progress::{self, Snapshot, Subject};
use mv_store::db::{PoolSizes, ordered_tasks, projects, video_jobs};
use mv_store::objects::{ObjectKey, Objects};
use mv_store::queue::{self, Enqueue};
use mv_store::{Database, Keyring};
use mv_testing::postgres::{self, TestDatabase};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

/// Longest that anything here takes on a slow machine.
const PATIENCE: Duration = Duration::from_mins(4);

pub(crate) struct Ground {
    /// Goes with the test.
    _database: TestDatabase,
    db: Database,
    pub(crate) objects: Objects,
    pub(crate) folder: TempDir,
    pub(crate) user: UserId,
}

impl Ground {
    pub(crate) async fn new() -> Self {
        let database = postgres::database().await;
        // Workers and listeners hold more connections than the usual tests.
        let db = Database::connect(database.options(), PoolSizes { owner: 36, ..PoolSizes::default() });
        let folder = tempfile::tempdir().unwrap();
        let base = "http://localhost/".parse().unwrap();
        let objects =
            Objects::local(&folder.path().join("objects"), &[7; 32], &base, Arc::new(SystemClock)).unwrap();
        let user = sqlx::query_scalar(
            "INSERT INTO users (email, name) VALUES ('a@example.com', 'Harin') RETURNING id",
        )
        .fetch_one(db.owner())
        .await
        .unwrap();
        Self { _database: database, db, objects, folder, user: UserId(user) }
    }

    pub(crate) fn db(&self) -> &Database {
        &self.db
    }

    pub(crate) fn keyring() -> Arc<Keyring> {
        Arc::new(Keyring::new([("k1".to_owned(), [9; 32])]).unwrap())
    }

    pub(crate) fn settings(&self) -> Settings {
        Settings {
            pauses: vec![Duration::from_millis(50); 3],
            drain: Duration::from_millis(200),
            ..Settings::new(self.folder.path().join("work"))
        }
    }

    pub(crate) fn work(&self, settings: Settings) -> Workers {
        self.work_with(settings, ServiceDesk::built_in(Arc::new(SystemClock)).unwrap())
    }

    /// Workers that may use these services.
    pub(crate) fn work_with(&self, settings: Settings, services: ServiceDesk) -> Workers {
        let supplies = Supplies {
            db: self.db().clone(),
            objects: self.objects.clone(),
            tools: Tools::locate(&ToolSearch::default()).unwrap(),
            services,
            keyring: Self::keyring(),
            billing: mv_billing::Billing::default(),
            clock: Arc::new(SystemClock),
        };
        Workers::start(&Shop::open(supplies, settings).unwrap())
    }

    /// A project with a song of so many seconds.
    pub(crate) async fn project(&self, seconds: f64) -> ProjectId {
        let song = mv_testing::wav::song(seconds, 120.0);
        let hash = blake3::hash(&song).to_hex().to_string();
        let key = ObjectKey::song(self.user, &hash).unwrap();
        let put = self.objects.put(&key, song.into(), "audio/wav").await;
        assert!(matches!(put, Ok(()) | Err(mv_store::objects::ObjectError::Exists(_))), "{put:?}");
        let mut person = self.db().person(self.user).await.unwrap();
        let new = projects::NewProject {
            character: None,
            title: "A song",
            artist: "Somebody",
            description: None,
            audio_key: key.as_str(),
            audio_hash: &hash,
            audio_filename: "song.wav",
            audio_size_bytes: 1,
            template_id: None,
            template_config: &serde_json::json!({}),
        };
        let id = projects::insert(&mut person, self.user, &new).await.unwrap();
        person.commit().await.unwrap();
        id
    }

    pub(crate) async fn analyze(&self, project: ProjectId) -> TaskId {
        self.analyze_with(project, serde_json::json!({})).await
    }

    /// The same with what was asked for besides, such as another storyboard.
    pub(crate) async fn analyze_with(&self, project: ProjectId, payload: serde_json::Value) -> TaskId {
        let mut person = self.db().person(self.user).await.unwrap();
        let task_id = ordered_tasks::insert(&mut person, self.user, Some(project), "analyze_audio", &payload)
            .await
            .unwrap();
        let job = Job::AnalyzeAudio { project_id: project, task_id };
        queue::enqueue(&mut person, &job, Enqueue::by(self.user)).await.unwrap();
        person.commit().await.unwrap();
        task_id
    }

    pub(crate) async fn order(&self, project: ProjectId, config: &VideoConfig) -> VideoJobId {
        let mut person = self.db().person(self.user).await.unwrap();
        let kind = match config {
            VideoConfig { scene: Some(_), .. } => "single_scene",
            VideoConfig { reframe_of: Some(_), .. } => "reframe",
            _ => "full_video",
        };
        let id = video_jobs::insert(&mut person, project, self.user, kind, config, 0).await.unwrap();
        let job = Job::VideoGeneration { job_id: id };
        queue::enqueue(&mut person, &job, Enqueue::by(self.user)).await.unwrap();
        person.commit().await.unwrap();
        id
    }

    /// Waits until a subject has ended; every change before that must have raised the sequence.
    pub(crate) async fn ended(&self, subject: Subject) -> Snapshot {
        self.until(subject, Snapshot::has_ended).await
    }

    pub(crate) async fn until(&self, subject: Subject, is_it: impl Fn(&Snapshot) -> bool) -> Snapshot {
        let watch = async {
            let mut listener = progress::listen(self.db().owner(), &[progress::CHANNEL]).await.unwrap();
            let mut seq = -1;
            loop {
                let mut connection = self.db().worker().acquire().await.unwrap();
                let now = progress::snapshot(&mut connection, subject).await.unwrap().unwrap();
                drop(connection);
                assert!(now.seq >= seq, "the sequence fell from {seq} to {}", now.seq);
                seq = now.seq;
                if is_it(&now) {
                    return now;
                }
                listener.recv().await.unwrap();
            }
        };
        tokio::time::timeout(PATIENCE, watch).await.unwrap()
    }

    /// The kinds of what the person was told, in order.
    pub(crate) async fn told(&self) -> Vec<String> {
        sqlx::query_scalar("SELECT kind FROM notifications ORDER BY seq")
            .fetch_all(self.db().owner())
            .await
            .unwrap()
    }

    pub(crate) async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(self.db().owner()).await.unwrap()
    }

    /// Waits until a count is what it should be: for what nobody is told of.
    pub(crate) async fn until_count(&self, sql: &'static str, wanted: i64) {
        let reach = async {
            let mut ticker = tokio::time::interval(Duration::from_millis(20));
            while self.count(sql).await != wanted {
                ticker.tick().await;
            }
        };
        let reached = tokio::time::timeout(PATIENCE, reach).await;
        assert!(reached.is_ok(), "`{sql}` is {} and not {wanted}", self.count(sql).await);
    }
}

pub(crate) fn small() -> VideoConfig {
    VideoConfig { quality_tier: QualityTier::Draft, resolution: Resolution::P480, ..VideoConfig::default() }
}
