//! A backup is made of an installation that runs, and restored somewhere else.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it is")]

use bytes::Bytes;
use futures_util::TryStreamExt;
use mv_core::clock::{Clock, SystemClock};
use mv_core::ids::UserId;
use mv_store::Database;
use mv_store::backup::{self, BackupError, Manifest, Target};
use mv_store::cluster::{Cluster, Options, Tools};
use mv_store::db::{PoolSizes, migrate};
use mv_store::objects::{ObjectKey, Objects};
use mv_store::secrets::Keyring;
use sqlx::{AssertSqlSafe, ConnectOptions, PgConnection};
use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// An installation's folder: a database, objects, keys.
struct Home {
    root: PathBuf,
    objects: Objects,
}

impl Home {
    fn at(root: &Path) -> Self {
        std::fs::create_dir(root).unwrap();
        let base = "http://localhost:8080/".parse().unwrap();
        let objects = Objects::local(&root.join("objects"), &[1; 32], &base, Arc::new(SystemClock)).unwrap();
        Self { root: root.to_owned(), objects }
    }

    fn cluster(&self) -> PathBuf {
        self.root.join("postgres")
    }

    fn keys(&self) -> PathBuf {
        self.root.join("keys")
    }

    fn keyring(&self) -> Keyring {
        Keyring::of_file(&self.keys(), SystemClock.now()).unwrap()
    }

    async fn start(&self) -> Cluster {
        Cluster::start(&self.cluster(), options()).await.unwrap()
    }
}

#[expect(clippy::disallowed_methods, reason = "tests have no configuration but this")]
fn options() -> Options {
    let programs = std::env::var_os("MV_PG_BIN").map(PathBuf::from);
    Options { programs, scratch: true, ..Options::default() }
}

fn key(text: &str) -> ObjectKey {
    text.parse().unwrap()
}

/// The rows of every table, counted.
async fn counts(cluster: &Cluster) -> BTreeMap<String, i64> {
    let mut connection: PgConnection = cluster.superuser("melodyvision").connect().await.unwrap();
    let names = "SELECT format('%I.%I', table_schema, table_name) FROM information_schema.tables
                 WHERE table_schema IN ('public', 'graphile_worker') AND table_type = 'BASE TABLE'";
    let names: Vec<String> = sqlx::query_scalar(names).fetch_all(&mut connection).await.unwrap();
    let mut counts = BTreeMap::new();
    for name in names {
        let count = format!("SELECT count(*) FROM {name}");
        let count = sqlx::query_scalar(AssertSqlSafe(count)).fetch_one(&mut connection).await.unwrap();
        counts.insert(name, count);
    }
    counts
}

async fn contents(objects: &Objects) -> BTreeMap<String, Bytes> {
    let found: Vec<_> = objects.list(None).try_collect().await.unwrap();
    let mut contents = BTreeMap::new();
    for meta in found {
        contents.insert(meta.key.to_string(), objects.read(&meta.key, u64::MAX).await.unwrap());
    }
    contents
}

const SONG: &str = "songs/a/song";
const FILM: &str = "exports/p/j/film.mp4";
const PLACE: &str = "provider_keys.sealed/1";

/// An installation where two people work, with a secret and objects small and large.
async fn fill(home: &Home, cluster: &Cluster) {
    migrate::run(&cluster.address()).await.unwrap();
    let mut connection = cluster.address().connect().await.unwrap();
    sqlx::raw_sql(
        "INSERT INTO users (email) VALUES ('mine@example.org'), ('other@example.org');
         INSERT INTO projects (user_id, title, audio_key, audio_hash)
           SELECT id, '여름밤', 'songs/a/song', 'h' FROM users, generate_series(1, 50);
         INSERT INTO audit_logs (event_type, user_id) SELECT 'login', id FROM users;",
    )
    .execute(&mut connection)
    .await
    .unwrap();
    let sealed = home.keyring().seal(b"sk-secret", PLACE).unwrap();
    sqlx::query(
        "INSERT INTO provider_keys (user_id, provider, sealed, hint) SELECT id, 'gemini', $1, '…cret' FROM users LIMIT 1",
    )
    .bind(sealed)
    .execute(&mut connection)
    .await
    .unwrap();
    home.objects.put(&key(SONG), Bytes::from_static(b"la la la"), "audio/mpeg").await.unwrap();
    let film: Vec<u8> = (0..10_u32 << 20).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let film = futures_util::stream::iter([Ok(Bytes::from(film))]);
    home.objects.put_stream(&key(FILM), film, "video/mp4", u64::MAX).await.unwrap();
}

async fn back_up(home: &Home, into: &Path) -> Result<Manifest, BackupError> {
    let tools = Tools::of(&home.cluster(), options().programs.as_deref()).unwrap();
    backup::make(into, &tools, &home.objects, Some(&home.keys()), SystemClock.now()).await
}

async fn restore(from: &Path, home: &Home) -> Result<Manifest, BackupError> {
    let (cluster, keys) = (home.cluster(), home.keys());
    let target = Target { cluster: &cluster, options: options(), objects: &home.objects, keys: Some(&keys) };
    backup::restore(from, &target).await
}

fn place() -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    std::fs::set_permissions(place.path(), std::fs::Permissions::from_mode(0o711)).unwrap();
    place
}

/// Changes one bit in the middle of a file.
fn damage(path: &Path) {
    let mut bytes = std::fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(path, bytes).unwrap();
}

#[tokio::test]
async fn everything_comes_back() {
    let place = place();
    let old = Home::at(&place.path().join("old"));
    let cluster = old.start().await;
    fill(&old, &cluster).await;
    let saved = place.path().join("saved/monday");
    let made = back_up(&old, &saved).await.unwrap();
    assert_eq!(made.objects.count, 2);
    assert_eq!(std::fs::metadata(&saved).unwrap().permissions().mode() & 0o777, 0o700);
    assert!(matches!(back_up(&old, &saved).await, Err(BackupError::NotEmpty(_))));
    assert_eq!(backup::check(&saved).await.unwrap(), made);

    let new = Home::at(&place.path().join("new"));
    assert_eq!(restore(&saved, &new).await.unwrap(), made);
    let restored = new.start().await;
    assert_eq!(counts(&restored).await, counts(&cluster).await);
    assert_eq!(contents(&new.objects).await, contents(&old.objects).await);

    // It goes on from there: the schema is whole, rights hold, secrets open.
    migrate::run(&restored.address()).await.unwrap();
    let database = Database::connect(&restored.address(), PoolSizes::default());
    let (mine, sealed): (uuid::Uuid, Vec<u8>) = sqlx::query_as("SELECT user_id, sealed FROM provider_keys")
        .fetch_one(database.worker())
        .await
        .unwrap();
    assert_eq!(new.keyring().open(&sealed, PLACE).unwrap(), b"sk-secret");
    let mut person = database.person(UserId(mine)).await.unwrap();
    let seen: i64 =
        sqlx::query_scalar("SELECT count(*) FROM projects").fetch_one(&mut *person).await.unwrap();
    assert_eq!(seen, 50, "one's own, of both people's hundred");
}

#[tokio::test]
async fn a_damaged_backup_is_refused_and_nothing_is_touched() {
    let place = place();
    let old = Home::at(&place.path().join("old"));
    let cluster = old.start().await;
    fill(&old, &cluster).await;
    let new = Home::at(&place.path().join("new"));
    let film = format!("objects/{FILM}");
    for (round, name) in ["database.dump", "keys", "objects.jsonl", &film].into_iter().enumerate() {
        let saved = place.path().join(format!("saved{round}"));
        back_up(&old, &saved).await.unwrap();
        damage(&saved.join(name));
        let error = restore(&saved, &new).await.unwrap_err();
        assert!(matches!(&error, BackupError::Damaged(path) if path.ends_with(name)), "{name}: {error}");
        std::fs::remove_file(saved.join(name)).unwrap();
        let error = restore(&saved, &new).await.unwrap_err();
        assert!(matches!(&error, BackupError::Damaged(path) if path.ends_with(name)), "{name}: {error}");
        std::fs::remove_file(saved.join("manifest.json")).unwrap();
        let error = restore(&saved, &new).await.unwrap_err();
        assert!(matches!(&error, BackupError::NotABackup(_)), "{error}");
        assert!(!new.cluster().exists() && !new.keys().exists());
        assert!(contents(&new.objects).await.is_empty());
    }
}

#[tokio::test]
async fn nothing_that_is_there_is_overwritten() {
    let place = place();
    let old = Home::at(&place.path().join("old"));
    let cluster = old.start().await;
    fill(&old, &cluster).await;
    let saved = place.path().join("saved");
    back_up(&old, &saved).await.unwrap();
    assert!(matches!(restore(&saved, &old).await, Err(BackupError::NotEmpty(_))));
    let used = Home::at(&place.path().join("used"));
    used.objects.put(&key("songs/b/mine"), Bytes::from_static(b"x"), "audio/mpeg").await.unwrap();
    let error = restore(&saved, &used).await.unwrap_err();
    assert!(matches!(&error, BackupError::ObjectsNotEmpty(found) if found == "songs/b/mine"), "{error}");
    used.objects.delete(&key("songs/b/mine")).await.unwrap();
    // What a restore that was killed left does not stand in the way.
    std::fs::create_dir(used.root.join("postgres.restoring")).unwrap();
    restore(&saved, &used).await.unwrap();
    assert!(!used.root.join("postgres.restoring").exists());
}
