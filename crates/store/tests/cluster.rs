//! The private PostgreSQL: made, kept running, stopped, and found again after anything was killed.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it is")]
#![expect(clippy::disallowed_methods, reason = "the test starts itself again, to be killed")]

use mv_store::cluster::{Cluster, ClusterError, Health, Options, running};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Executor, PgConnection};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Tells the second run of this program which folder to hold.
const HELD: &str = "MV_TEST_HELD_FOLDER";

/// A folder that the user who runs the server for root may pass through.
struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o711)).unwrap();
        Self(folder)
    }

    fn folder(&self) -> PathBuf {
        self.0.path().join("postgres")
    }
}

fn options() -> Options {
    Options { programs: std::env::var_os("MV_PG_BIN").map(PathBuf::from), ..Options::default() }
}

async fn start(folder: &Path) -> Cluster {
    Cluster::start(folder, options()).await.unwrap()
}

/// The same but for power cuts, and sooner there.
async fn start_scratch(folder: &Path) -> Cluster {
    Cluster::start(folder, Options { scratch: true, ..options() }).await.unwrap()
}

async fn connect(address: &PgConnectOptions) -> PgConnection {
    address.connect().await.unwrap()
}

async fn note(connection: &mut PgConnection, text: &str) {
    connection.execute("CREATE TABLE IF NOT EXISTS notes (text text)").await.unwrap();
    sqlx::query("INSERT INTO notes VALUES ($1)").bind(text).execute(connection).await.unwrap();
}

async fn notes(connection: &mut PgConnection) -> Vec<String> {
    sqlx::query_scalar("SELECT text FROM notes ORDER BY text").fetch_all(connection).await.unwrap()
}

fn is_running(process: u32) -> bool {
    // One that ended, but that nobody has asked after yet, has no command line any more.
    std::fs::read(format!("/proc/{process}/cmdline")).is_ok_and(|line| !line.is_empty())
}

fn kill(process: u32) {
    let process = rustix::process::Pid::from_raw(process as i32).unwrap();
    rustix::process::kill_process(process, rustix::process::Signal::KILL).unwrap();
}

#[tokio::test]
async fn what_was_written_is_there_after_a_restart() {
    let place = Place::new();
    let cluster = start(&place.folder()).await;
    let process = cluster.process().unwrap();
    let mut connection = connect(&cluster.address()).await;
    note(&mut connection, "first").await;
    for (asked, answer) in [
        ("SHOW listen_addresses", ""),
        ("SHOW fsync", "on"),
        ("SHOW data_checksums", "on"),
        ("SHOW server_encoding", "UTF8"),
        ("SELECT current_user", "melodyvision"),
        ("SELECT datcollate FROM pg_database WHERE datname = current_database()", "C.UTF-8"),
        ("SELECT rolsuper::text FROM pg_roles WHERE rolname = current_user", "false"),
    ] {
        let said: String = sqlx::query_scalar(asked).fetch_one(&mut connection).await.unwrap();
        assert_eq!(said, answer, "{asked}");
    }
    let mode = std::fs::metadata(cluster.sockets()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700, "nobody else reaches the socket");
    // A client that stays does not hold up the end.
    cluster.stop().await;
    assert!(!is_running(process));
    assert!(running(&place.folder()).is_none());
    drop(connection);
    let cluster = start(&place.folder()).await;
    assert_eq!(notes(&mut connect(&cluster.address()).await).await, ["first"]);
}

#[tokio::test]
async fn a_folder_has_one_server_and_others_find_it() {
    let place = Place::new();
    let cluster = start_scratch(&place.folder()).await;
    let error = Cluster::start(&place.folder(), options()).await.unwrap_err();
    assert!(matches!(error, ClusterError::InUse(_)), "{error}");
    let mut connection = connect(&running(&place.folder()).unwrap()).await;
    note(&mut connection, "from outside").await;
    assert_eq!(notes(&mut connect(&cluster.address()).await).await, ["from outside"]);
}

#[tokio::test]
async fn a_killed_server_comes_back_with_everything_committed() {
    let place = Place::new();
    let cluster = start(&place.folder()).await;
    let mut health = cluster.health();
    for restart in 1..=3 {
        let text = format!("before kill {restart}");
        note(&mut connect(&cluster.address()).await, &text).await;
        let process = cluster.process().unwrap();
        kill(process);
        health.wait_for(|health| *health == Health::Ready { restarts: restart }).await.unwrap();
        assert_ne!(cluster.process().unwrap(), process);
        let notes = notes(&mut connect(&cluster.address()).await).await;
        assert_eq!(notes.len() as u32, restart, "{notes:?}");
    }
    cluster.stop().await;
    assert_eq!(*health.borrow(), Health::Stopped);
}

#[tokio::test]
async fn a_deep_folder_works() {
    let place = Place::new();
    let deep = place.0.path().join("a folder, \"deep\" and 긴".repeat(5));
    let cluster = start_scratch(&deep.join("postgres")).await;
    assert!(!cluster.sockets().starts_with(place.0.path()));
    note(&mut connect(&cluster.address()).await, "deep").await;
    let sockets = cluster.sockets().to_owned();
    cluster.stop().await;
    std::fs::remove_dir_all(sockets).unwrap();
}

#[tokio::test]
async fn a_half_made_folder_is_made_anew() {
    let place = Place::new();
    let half = place.folder().join("data.new");
    std::fs::create_dir_all(&half).unwrap();
    std::fs::write(half.join("PG_VERSION"), "15\n").unwrap();
    note(&mut connect(&start_scratch(&place.folder()).await.address()).await, "whole").await;
    assert!(!half.exists());
}

#[tokio::test]
async fn a_server_that_cannot_start_says_why() {
    let place = Place::new();
    start_scratch(&place.folder()).await.stop().await;
    std::fs::remove_file(place.folder().join("data/global/pg_control")).unwrap();
    let error = Cluster::start(&place.folder(), options()).await.unwrap_err();
    assert!(
        matches!(&error, ClusterError::DoesNotStart { detail } if detail.contains("pg_control")),
        "{error}"
    );
    // The lock was given back with the failure.
    let again = Cluster::start(&place.folder(), options()).await.unwrap_err();
    assert!(matches!(again, ClusterError::DoesNotStart { .. }), "{again}");
}

/// Runs in the second process: holds the folder's server until it is killed.
async fn hold(folder: &Path) {
    let cluster = start(folder).await;
    note(&mut connect(&cluster.address()).await, "written by the killed").await;
    let mut out = std::io::stdout().lock();
    writeln!(out, "\nserver {}", cluster.process().unwrap()).unwrap();
    out.flush().unwrap();
    std::future::pending::<()>().await;
}

/// Both sides of it: started with a folder, this is the process that gets killed.
#[tokio::test]
async fn after_we_are_killed_the_next_start_works() {
    if let Some(folder) = std::env::var_os(HELD) {
        hold(Path::new(&folder)).await;
    }
    let place = Place::new();
    for round in 0..3 {
        let mut holder = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "after_we_are_killed_the_next_start_works", "--nocapture"])
            .env(HELD, place.folder())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(holder.stdout.take().unwrap()).lines();
        let said =
            lines.map_while(Result::ok).find_map(|line| line.strip_prefix("server ").map(str::to_owned));
        let server: u32 = said.expect("the holder starts the server").parse().unwrap();
        assert!(is_running(server));
        holder.kill().unwrap();
        // In one round the next start meets the server that is left behind, in another it may be gone.
        if round > 0 {
            holder.wait().unwrap();
        }
        let cluster = loop {
            // Until the kernel has taken the killed process away its lock holds.
            match Cluster::start(&place.folder(), options()).await {
                Err(ClusterError::InUse(_)) => drop(holder.wait().unwrap()),
                other => break other.unwrap(),
            }
        };
        assert!(!is_running(server), "the server of the killed is gone");
        let notes = notes(&mut connect(&cluster.address()).await).await;
        assert_eq!(notes.len(), round + 1);
        holder.wait().unwrap();
    }
}
