//! The object store's behaviour, the same on the local disk and on a real S3 server that checks signatures.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it is")]

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::{StreamExt, TryStreamExt};
use mv_core::clock::{Clock, SetClock, SystemClock};
use mv_store::objects::{
    BadAddress, Method, ObjectError, ObjectKey, Objects, Part, S3Settings, Use, orphans,
};
use mv_testing::s3::S3Server;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

const SECRET: [u8; 32] = [9; 32];

/// A store of each kind, and what it stands on.
struct Stores {
    _folder: tempfile::TempDir,
    _server: S3Server,
    all: Vec<(&'static str, Objects)>,
}

async fn stores() -> Stores {
    let folder = tempfile::tempdir().unwrap();
    let server = S3Server::start().await;
    let local = local(folder.path(), Arc::new(SystemClock));
    let s3 = Objects::s3(&server.settings(), Arc::new(SystemClock)).unwrap();
    Stores { _folder: folder, _server: server, all: vec![("local", local), ("s3", s3)] }
}

fn local(folder: &Path, clock: Arc<dyn Clock>) -> Objects {
    let base: Url = "http://localhost:8080/".parse().unwrap();
    Objects::local(&folder.join("objects"), &SECRET, &base, clock).unwrap()
}

fn key(text: &str) -> ObjectKey {
    text.parse().unwrap()
}

/// Bytes that differ everywhere, so that a part at the wrong place shows.
fn noise(bytes: usize, seed: u64) -> Bytes {
    let mut state = seed | 1;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as u8
    };
    (0..bytes).map(|_| next()).collect::<Vec<u8>>().into()
}

async fn whole(store: &Objects, key: &ObjectKey, part: Part) -> Bytes {
    let reading = store.get(key, part).await.unwrap();
    let range = reading.range.clone();
    let bytes: Vec<Bytes> = reading.bytes.try_collect().await.unwrap();
    let bytes = bytes.concat();
    assert_eq!(bytes.len() as u64, range.end - range.start);
    bytes.into()
}

async fn keys(store: &Objects, prefix: Option<&str>) -> Vec<String> {
    let prefix = prefix.map(key);
    let found: Vec<_> = store.list(prefix.as_ref()).try_collect().await.unwrap();
    let mut keys: Vec<String> = found.into_iter().map(|meta| meta.key.to_string()).collect();
    keys.sort();
    keys
}

#[tokio::test]
async fn what_was_put_is_read_back() {
    for (name, store) in stores().await.all {
        store.ping().await.unwrap();
        let song = noise(100_000, 1);
        let at = key("songs/a/song");
        store.put(&at, song.clone(), "audio/mpeg").await.unwrap();
        assert_eq!(whole(&store, &at, Part::All).await, song, "{name}");
        assert_eq!(store.head(&at).await.unwrap().bytes, 100_000, "{name}");
        assert_eq!(store.read(&at, 100_000).await.unwrap(), song, "{name}");
        let error = store.read(&at, 99_999).await.unwrap_err();
        assert!(matches!(error, ObjectError::TooLarge { limit: 99_999 }), "{name}: {error}");
        let empty = key("songs/a/empty");
        store.put(&empty, Bytes::new(), "audio/mpeg").await.unwrap();
        assert_eq!(whole(&store, &empty, Part::All).await, Bytes::new(), "{name}");
        assert_eq!(whole(&store, &empty, Part::From(0)).await, Bytes::new(), "{name}");
    }
}

#[tokio::test]
async fn an_object_is_never_changed() {
    for (name, store) in stores().await.all {
        let at = key("photos/a/one.jpg");
        store.put(&at, noise(1000, 1), "image/jpeg").await.unwrap();
        let again = store.put(&at, noise(1000, 2), "image/jpeg").await.unwrap_err();
        assert!(matches!(&again, ObjectError::Exists(found) if *found == at), "{name}: {again}");
        let large = futures_util::stream::iter([Ok(noise(9 << 20, 3))]);
        let again = store.put_stream(&at, large, "image/jpeg", u64::MAX).await.unwrap_err();
        assert!(matches!(&again, ObjectError::Exists(_)), "{name}: {again}");
        assert_eq!(whole(&store, &at, Part::All).await, noise(1000, 1), "{name}");
    }
}

#[tokio::test]
async fn of_many_who_put_at_once_one_wins() {
    for (name, store) in stores().await.all {
        let at = key("artifacts/still/k.png");
        let put = |seed| {
            let (store, at) = (store.clone(), at.clone());
            async move { store.put(&at, noise(50_000, seed), "image/png").await.map(|()| seed) }
        };
        let done = futures_util::future::join_all((0..8).map(put)).await;
        let won: Vec<u64> = done.iter().filter_map(|outcome| outcome.as_ref().ok().copied()).collect();
        // The test server looks and then writes; the disk, S3 and R2 do both as one.
        assert!(if name == "local" { won.len() == 1 } else { !won.is_empty() }, "{name}: {done:?}");
        let found = whole(&store, &at, Part::All).await;
        assert!(won.iter().any(|seed| found == noise(50_000, *seed)), "{name}: a mixture");
    }
}

#[tokio::test]
async fn large_objects_arrive_in_parts() {
    let folder = tempfile::tempdir().unwrap();
    let film = noise((20 << 20) + 12_345, 4);
    let file = folder.path().join("film.mp4");
    std::fs::write(&file, &film).unwrap();
    for (name, store) in stores().await.all {
        let at = key("exports/p/j/film.mp4");
        let bytes = store.put_file(&at, &file, "video/mp4").await.unwrap();
        assert_eq!(bytes, film.len() as u64, "{name}");
        assert_eq!(whole(&store, &at, Part::All).await, film, "{name}");
        let back = folder.path().join(name);
        assert_eq!(store.fetch(&at, &back).await.unwrap().bytes, bytes, "{name}");
        assert_eq!(Bytes::from(std::fs::read(&back).unwrap()), film, "{name}");
        assert_eq!(keys(&store, None).await, [at.to_string()], "{name}: only the whole object is there");
    }
}

#[tokio::test]
async fn what_breaks_off_or_is_too_large_leaves_nothing() {
    for (name, store) in stores().await.all {
        let at = key("uploads/u/000000");
        for parts in [1, 5] {
            let broken = (0..parts)
                .map(|seed| Ok(noise(4 << 20, seed)))
                .chain([Err(io::Error::from(io::ErrorKind::ConnectionReset))]);
            let error =
                store.put_stream(&at, futures_util::stream::iter(broken), "audio/wav", u64::MAX).await;
            assert!(matches!(error, Err(ObjectError::Cut(_))), "{name}: {error:?}");
            let whole = futures_util::stream::iter((0..parts).map(|seed| Ok(noise(4 << 20, seed))));
            let limit = (parts << 22) - 1;
            let error = store.put_stream(&at, whole, "audio/wav", limit).await;
            assert!(matches!(error, Err(ObjectError::TooLarge { .. })), "{name}: {error:?}");
        }
        assert!(keys(&store, None).await.is_empty(), "{name}");
        assert!(!store.exists(&at).await.unwrap(), "{name}");
        let exact = futures_util::stream::iter((0..5).map(|seed| Ok(noise(4 << 20, seed))));
        assert_eq!(store.put_stream(&at, exact, "audio/wav", 20 << 20).await.unwrap(), 20 << 20, "{name}");
    }
}

#[tokio::test]
async fn parts_of_an_object_are_read() {
    for (name, store) in stores().await.all {
        let at = key("songs/a/song");
        let song = noise(10_000, 5);
        store.put(&at, song.clone(), "audio/mpeg").await.unwrap();
        for (part, expected) in [
            (Part::From(0), 0..10_000),
            (Part::From(9_999), 9_999..10_000),
            (Part::Between(100, 200), 100..200),
            (Part::Between(9_000, 99_000), 9_000..10_000),
            (Part::Last(1), 9_999..10_000),
            (Part::Last(50_000), 0..10_000),
        ] {
            let range = store.get(&at, part).await.unwrap().range;
            assert_eq!(range, expected.start as u64..expected.end as u64, "{name} {part:?}");
            assert_eq!(whole(&store, &at, part).await, song.slice(expected), "{name} {part:?}");
        }
        for part in [Part::From(10_000), Part::Between(10_000, 10_001), Part::Between(5, 4), Part::Last(0)] {
            let error = store.get(&at, part).await.unwrap_err();
            assert!(matches!(error, ObjectError::Range { bytes: 10_000, .. }), "{name} {part:?}: {error}");
        }
    }
}

#[tokio::test]
async fn what_is_not_there_is_said_so() {
    for (name, store) in stores().await.all {
        let at = key("songs/a/none");
        for part in [Part::All, Part::From(3)] {
            let error = store.get(&at, part).await.unwrap_err();
            assert!(matches!(&error, ObjectError::NotFound(found) if *found == at), "{name}: {error}");
        }
        assert!(matches!(store.head(&at).await, Err(ObjectError::NotFound(_))), "{name}");
        assert!(!store.exists(&at).await.unwrap(), "{name}");
        let error = store.copy(&at, &key("songs/b/none")).await.unwrap_err();
        assert!(matches!(&error, ObjectError::NotFound(found) if *found == at), "{name}: {error}");
        store.delete(&at).await.unwrap();
    }
}

#[tokio::test]
async fn objects_are_listed_copied_and_deleted() {
    for (name, store) in stores().await.all {
        for at in ["songs/a/1", "songs/a/2", "songs/ab/3", "photos/a/4.jpg"] {
            store.put(&key(at), Bytes::from_static(b"x"), "audio/mpeg").await.unwrap();
        }
        assert_eq!(keys(&store, Some("songs/a")).await, ["songs/a/1", "songs/a/2"], "{name}");
        assert_eq!(keys(&store, Some("songs/none")).await, [""; 0], "{name}");
        assert_eq!(keys(&store, None).await.len(), 4, "{name}");
        store.copy(&key("songs/a/1"), &key("songs/c/1")).await.unwrap();
        let taken = store.copy(&key("songs/a/2"), &key("songs/c/1")).await.unwrap_err();
        assert!(matches!(taken, ObjectError::Exists(_)), "{name}: {taken}");
        store.delete(&key("songs/a/1")).await.unwrap();
        assert_eq!(keys(&store, Some("songs")).await, ["songs/a/2", "songs/ab/3", "songs/c/1"], "{name}");
        assert_eq!(whole(&store, &key("songs/c/1"), Part::All).await, Bytes::from_static(b"x"), "{name}");
    }
}

fn download(method: Method, save_as: Option<&str>, valid: Duration) -> Use<'_> {
    Use { method, media_type: "video/mp4", save_as, valid }
}

/// What the API's route does with a signed address of the local store.
async fn follow_local(store: &Objects, method: &str, url: &Url) -> Result<(Bytes, String), BadAddress> {
    let at = url.path().strip_prefix("/files/").unwrap();
    let permit = store.verify(method, at, url.query().unwrap_or_default())?;
    Ok((whole(store, &permit.key, Part::All).await, permit.media_type))
}

#[tokio::test]
async fn signed_addresses_open_one_object_by_one_method() {
    let stores = stores().await;
    let client = reqwest::Client::new();
    for (name, store) in &stores.all {
        let at = key("exports/p/j/film.mp4");
        store.put(&at, noise(1000, 6), "video/mp4").await.unwrap();
        let allowed = download(Method::Get, Some("여름밤 \"주파수\".mp4"), Duration::from_mins(5));
        let url = store.sign(&at, &allowed).await.unwrap();
        let head = store.sign(&at, &download(Method::Head, None, Duration::from_mins(5))).await.unwrap();
        let mut other = url.clone();
        other.set_path(&url.path().replace("film", "other"));
        let mut changed = url.clone();
        changed.set_query(Some(&url.query().unwrap().replace("video%2Fmp4", "text%2Fhtml")));
        assert_ne!(changed, url, "{name}");
        if *name == "local" {
            let (bytes, media_type) = follow_local(store, "GET", &url).await.unwrap();
            assert_eq!((bytes, media_type.as_str()), (noise(1000, 6), "video/mp4"));
            assert!(follow_local(store, "HEAD", &head).await.is_ok());
            for (method, wrong) in
                [("HEAD", &url), ("GET", &head), ("GET", &other), ("GET", &changed), ("PUT", &url)]
            {
                assert_eq!(
                    follow_local(store, method, wrong).await,
                    Err(BadAddress::Forged),
                    "{method} {wrong}"
                );
            }
        } else {
            let answer = client.get(url.clone()).send().await.unwrap();
            assert_eq!(answer.status(), 200);
            assert_eq!(answer.headers()["content-type"], "video/mp4");
            let saved = answer.headers()["content-disposition"].to_str().unwrap().to_owned();
            assert!(saved.contains("filename*=UTF-8''%EC%97%AC"), "{saved}");
            assert_eq!(answer.bytes().await.unwrap(), noise(1000, 6));
            assert_eq!(client.head(head.clone()).send().await.unwrap().status(), 200);
            for refused in [
                client.head(url.clone()),
                client.get(head),
                client.get(other),
                client.get(changed),
                client.delete(url),
            ] {
                assert_eq!(refused.send().await.unwrap().status(), 403);
            }
        }
    }
}

#[tokio::test]
async fn addresses_are_signed_for_the_host_that_people_reach() {
    let settings = S3Settings {
        bucket: "films".into(),
        region: "auto".into(),
        endpoint: Some("http://objects.internal:9000".parse().unwrap()),
        public_endpoint: Some("https://media.example.org".parse().unwrap()),
        path_style: true,
        access_key: "a".into(),
        secret_key: "s".into(),
    };
    for (path_style, expected) in [
        (true, "https://media.example.org/films/songs/a?"),
        (false, "https://films.media.example.org/songs/a?"),
    ] {
        let settings = S3Settings { path_style, ..settings.clone() };
        let store = Objects::s3(&settings, Arc::new(SystemClock)).unwrap();
        let allowed = download(Method::Get, None, Duration::from_mins(1));
        let url = store.sign(&key("songs/a"), &allowed).await.unwrap();
        assert!(url.as_str().starts_with(expected), "{url}");
        assert!(!format!("{settings:?}").contains("secret_key"));
    }
}

#[tokio::test]
async fn a_signed_address_of_the_disk_expires() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(SetClock::at(DateTime::<Utc>::UNIX_EPOCH));
    let store = local(folder.path(), clock.clone());
    let at = key("exports/p/j/film.mp4");
    store.put(&at, noise(10, 7), "video/mp4").await.unwrap();
    let url = store.sign(&at, &download(Method::Get, None, Duration::from_mins(1))).await.unwrap();
    clock.advance(TimeDelta::seconds(59));
    assert!(follow_local(&store, "GET", &url).await.is_ok());
    clock.advance(TimeDelta::seconds(1));
    assert_eq!(follow_local(&store, "GET", &url).await, Err(BadAddress::Expired));
}

#[tokio::test]
async fn wrong_keys_are_refused_and_no_server_is_unavailable() {
    let server = S3Server::start().await;
    let wrong = S3Settings { secret_key: "guessed".into(), ..server.settings() };
    let store = Objects::s3(&wrong, Arc::new(SystemClock)).unwrap();
    let error = store.put(&key("songs/a/1"), Bytes::new(), "audio/mpeg").await.unwrap_err();
    assert!(matches!(error, ObjectError::Denied(_)), "{error}");
    let nowhere = S3Settings { endpoint: Some("http://127.0.0.1:1".parse().unwrap()), ..server.settings() };
    let store = Objects::s3(&nowhere, Arc::new(SystemClock)).unwrap();
    let error = store.ping().await.unwrap_err();
    assert!(matches!(error, ObjectError::Unavailable(_)), "{error}");
}

#[tokio::test]
async fn a_full_disk_is_said_so() {
    // A file that is always full stands in for the disk.
    let folder = tempfile::tempdir().unwrap();
    let store = local(folder.path(), Arc::new(SystemClock));
    let error = store.fetch(&key("songs/a/none"), Path::new("/dev/full")).await.unwrap_err();
    assert!(matches!(error, ObjectError::NotFound(_)), "{error}");
    store.put(&key("songs/a/1"), noise(1 << 20, 8), "audio/mpeg").await.unwrap();
    let error = store.fetch(&key("songs/a/1"), Path::new("/dev/full")).await.unwrap_err();
    assert!(matches!(error, ObjectError::DiskFull), "{error}");
}

#[tokio::test]
async fn what_a_killed_put_left_is_swept() {
    let folder = tempfile::tempdir().unwrap();
    let store = local(folder.path(), Arc::new(SystemClock));
    store.put(&key("songs/a/1"), Bytes::from_static(b"x"), "audio/mpeg").await.unwrap();
    let root = store.folder().unwrap().to_owned();
    std::fs::create_dir(root.join("staging")).unwrap();
    for left in ["songs/a/2#1", "staging/3", "staging/4#1"] {
        std::fs::write(root.join(left), b"half").unwrap();
    }
    let later = SystemClock.now() + TimeDelta::hours(1);
    assert_eq!(store.sweep_unfinished(later - TimeDelta::hours(2)).await.unwrap(), 0);
    assert_eq!(store.sweep_unfinished(later).await.unwrap(), 3);
    assert_eq!(keys(&store, None).await, ["songs/a/1"]);
}

#[tokio::test]
async fn objects_without_a_row_are_found() {
    let test = mv_testing::postgres::database().await;
    let mut connection = test.database().worker().acquire().await.unwrap();
    for (name, store) in stores().await.all {
        for at in ["songs/a/known", "songs/a/lost", "artifacts/clip/known.mp4", "uploads/u/000000"] {
            store.put(&key(at), Bytes::from_static(b"x"), "audio/mpeg").await.unwrap();
        }
        if name == "local" {
            sqlx::raw_sql(
                "INSERT INTO objects (key, bytes, media_type) VALUES ('songs/a/known', 1, 'audio/mpeg');
                 INSERT INTO artifacts (key, kind, object_key, bytes, content_hash)
                   VALUES ('k', 'clip', 'artifacts/clip/known.mp4', 1, 'h');
                 INSERT INTO users (email) VALUES ('a@example.org');
                 INSERT INTO uploads (user_id, purpose, filename, declared_bytes, parts, expires_at)
                   SELECT id, 'song', 'a.mp3', 1, '{uploads/u/000000}', now() FROM users;",
            )
            .execute(&mut *connection)
            .await
            .unwrap();
        }
        let later = SystemClock.now() + TimeDelta::hours(1);
        let lost = orphans(&store, &mut connection, later, 100).await.unwrap();
        assert_eq!(lost, [key("songs/a/lost")], "{name}");
        let young = orphans(&store, &mut connection, later - TimeDelta::hours(2), 100).await.unwrap();
        assert_eq!(young, [], "{name}");
    }
}

#[tokio::test]
async fn a_reading_can_be_given_up() {
    for (name, store) in stores().await.all {
        let at = key("exports/p/j/film.mp4");
        store.put(&at, noise(1 << 20, 9), "video/mp4").await.unwrap();
        let mut reading = store.get(&at, Part::All).await.unwrap();
        assert!(reading.bytes.next().await.unwrap().is_ok(), "{name}");
        drop(reading);
        store.delete(&at).await.unwrap();
        assert!(!store.exists(&at).await.unwrap(), "{name}");
    }
}
