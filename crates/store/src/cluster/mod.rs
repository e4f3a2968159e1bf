//! A PostgreSQL of our own in the data folder: made at the first start, kept running, stopped with us.
//!
//! Nobody reaches it over the network. Its socket lies in a folder that is closed to others, and whoever comes through
//! it is known by their user id. It runs as long as its [`Cluster`] is held; when our process is killed it stops by
//! itself where the system can arrange that, and is ended by the next start where not.

mod account;
mod child;
mod error;
mod folder;
mod postmaster;
mod programs;
mod settings;
mod supervisor;
mod tools;

pub use error::ClusterError;
pub use programs::OLDEST;
pub use tools::Tools;

use folder::Folder;
use programs::Programs;
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread::JoinHandle;
use supervisor::{Event, Supervisor};
use tokio::sync::{oneshot, watch};

/// Makes roles and databases, takes backups.
const SUPERUSER: &str = "postgres";
/// Owns our database. No superuser, so that row level security holds for it as it does on a managed server.
const ROLE: &str = "melodyvision";
const DATABASE: &str = "melodyvision";

#[derive(Clone, Debug)]
pub struct Options {
    /// The folder of PostgreSQL's programs; `None` looks where systems install them.
    pub programs: Option<PathBuf>,
    pub max_connections: u32,
    /// For tests: nothing survives a power cut, everything is faster.
    pub scratch: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { programs: None, max_connections: 100, scratch: false }
    }
}

/// How the server is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Health {
    Starting,
    /// It takes connections, after so many restarts.
    Ready {
        restarts: u32,
    },
    /// It died and is being started again; `reason` is the last it said.
    Down {
        restarts: u32,
        reason: String,
    },
    Stopped,
}

/// A server that runs. Dropping it stops the server and waits for that.
#[derive(Debug)]
pub struct Cluster {
    folder: Folder,
    events: mpsc::Sender<Event>,
    health: watch::Receiver<Health>,
    thread: Option<JoinHandle<()>>,
}

impl Cluster {
    /// Starts the server of `folder`, making both when they are not there, with our role and our empty database.
    ///
    /// # Errors
    /// All of [`ClusterError`]; [`ClusterError::hint`] says what to do.
    pub async fn start(folder: &Path, options: Options) -> Result<Self, ClusterError> {
        let (events, inbox) = mpsc::channel();
        let (report, health) = watch::channel(Health::Starting);
        let (started, first) = oneshot::channel();
        let root = folder.to_owned();
        let both = (events.clone(), inbox);
        let thread = std::thread::Builder::new().name("postgres".into()).spawn(move || {
            match Supervisor::prepare(&root, options, report, both) {
                // Whoever started us may have given up waiting.
                Ok(supervisor) => supervisor.run(|outcome| started.send(outcome).is_ok()),
                Err(error) => drop(started.send(Err(error))),
            }
        });
        let thread = thread.map_err(ClusterError::file(folder))?;
        let ended = || ClusterError::DoesNotStart { detail: "its supervisor ended".into() };
        if let Err(error) = first.await.unwrap_or_else(|_| Err(ended())) {
            // When this returns the folder is free again.
            drop(tokio::task::spawn_blocking(move || thread.join()).await);
            return Err(error);
        }
        let folder = Folder::locate(folder)?;
        let cluster = Self { folder, events, health, thread: Some(thread) };
        cluster.provision().await?;
        Ok(cluster)
    }

    /// Our role and database, as on a managed server: the role may make the others and owns its database.
    async fn provision(&self) -> Result<(), ClusterError> {
        let mut connection = self.superuser("postgres").connect().await.map_err(ClusterError::Refused)?;
        let has = |sql: &'static str| sqlx::query_scalar::<_, bool>(sql);
        let run = async {
            let role = has("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = 'melodyvision')");
            if !role.fetch_one(&mut connection).await? {
                let make = format!("CREATE ROLE {ROLE} LOGIN CREATEROLE");
                connection.execute(AssertSqlSafe(make)).await?;
            }
            let database = has("SELECT EXISTS (SELECT FROM pg_database WHERE datname = 'melodyvision')");
            if !database.fetch_one(&mut connection).await? {
                let make = format!("CREATE DATABASE {DATABASE} OWNER {ROLE}");
                connection.execute(AssertSqlSafe(make)).await?;
            }
            connection.close().await
        };
        run.await.map_err(ClusterError::Refused)
    }

    /// How to connect to our database.
    pub fn address(&self) -> PgConnectOptions {
        address(&self.folder, ROLE, DATABASE)
    }

    /// How to connect to any database with every right: for making databases, and for backups.
    pub fn superuser(&self, database: &str) -> PgConnectOptions {
        address(&self.folder, SUPERUSER, database)
    }

    /// How to connect to any database of the cluster as its usual role.
    pub fn address_of(&self, database: &str) -> PgConnectOptions {
        address(&self.folder, ROLE, database)
    }

    /// The folder of its socket.
    pub fn sockets(&self) -> &Path {
        &self.folder.sockets
    }

    /// Follows how the server is.
    pub fn health(&self) -> watch::Receiver<Health> {
        self.health.clone()
    }

    /// The process id of the server, while there is one.
    pub fn process(&self) -> Option<u32> {
        postmaster::running(&self.folder.data())
    }

    /// Stops the server; what was committed is on disk when this returns.
    pub async fn stop(mut self) {
        self.events.send(Event::Stop).ok();
        if let Some(thread) = self.thread.take() {
            // A panic of the supervisor has nothing more to tell.
            drop(tokio::task::spawn_blocking(move || thread.join()).await);
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.events.send(Event::Stop).ok();
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

/// The major version that a server in this folder has, or would have: of the programs that made it, else the newest.
///
/// # Errors
/// When there are no programs, or none that fit; [`ClusterError::hint`] says what to do.
pub fn version(folder: &Path, programs: Option<&Path>) -> Result<u32, ClusterError> {
    Programs::find(programs, &folder.join("data")).map(|found| found.major)
}

/// How to connect to the server of `folder` that another process of ours runs; `None` when none does.
pub fn running(folder: &Path) -> Option<PgConnectOptions> {
    let folder = Folder::locate(folder).ok()?;
    postmaster::running(&folder.data())?;
    Some(address(&folder, ROLE, DATABASE))
}

fn address(folder: &Folder, role: &str, database: &str) -> PgConnectOptions {
    PgConnectOptions::new_without_pgpass()
        .socket(&folder.sockets)
        .port(5432)
        .username(role)
        .database(database)
        .ssl_mode(PgSslMode::Disable)
}
