//! A real PostgreSQL: one private server a test process, one fresh database a test.
//!
//! The server starts with the first test that asks, takes about two seconds for that, and ends with the process however
//! that ends. Each database is a copy of one whose schema is up to date.

#![expect(clippy::panic, reason = "a test that gets no database should stop there and say why")]

use mv_store::cluster::{self, Cluster, ClusterError};
use mv_store::db::{PoolSizes, migrate};
use mv_store::{Database, StoreError};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Executor, PgConnection};
use std::fs::File;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use tokio::sync::{mpsc, oneshot};

/// The database that the others are copies of.
const TEMPLATE: &str = "model";
/// Start of the names of the servers' folders; the process id follows.
const FOLDERS: &str = "melodyvision-tests-";

/// A database for one test, with the schema of today and nothing in it. It goes when this is dropped.
#[derive(Debug)]
pub struct TestDatabase {
    name: String,
    options: PgConnectOptions,
    sockets: PathBuf,
    database: Database,
}

/// A fresh database.
pub async fn database() -> TestDatabase {
    ask(Wish::Make, "make").await
}

/// A fresh database without any schema: for testing migrations.
pub async fn empty_database() -> TestDatabase {
    ask(Wish::MakeEmpty, "make").await
}

async fn ask<T>(wish: impl FnOnce(oneshot::Sender<Result<T, String>>) -> Wish, what: &str) -> T {
    let (sender, receiver) = oneshot::channel();
    // A keeper that ended drops the wish, and with it the sender.
    keeper().send(wish(sender)).ok();
    let answer = receiver.await.unwrap_or_else(|_| Err("their keeper ended".into()));
    answer.unwrap_or_else(|error| panic!("cannot {what} a test database: {error}"))
}

impl TestDatabase {
    /// The name in its server.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The pools of our program.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// How to connect as the owner of the schema.
    pub fn options(&self) -> &PgConnectOptions {
        &self.options
    }

    /// The same as an address, as `DATABASE_URL` takes it.
    pub fn url(&self) -> String {
        let folder =
            self.sockets.to_string_lossy().replace('%', "%25").replace('/', "%2F").replace(' ', "%20");
        format!("postgres://melodyvision@localhost/{}?host={folder}", self.name)
    }

    /// Ends every connection of the database, as a restart of the server would.
    pub async fn cut_connections(&self) {
        let name = self.name.clone();
        ask(move |done| Wish::Cut(name, done), "cut the connections of").await;
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        // When the keeper is gone the server is too.
        keeper().send(Wish::Drop(self.name.clone())).ok();
    }
}

enum Wish {
    Make(oneshot::Sender<Result<TestDatabase, String>>),
    MakeEmpty(oneshot::Sender<Result<TestDatabase, String>>),
    Cut(String, oneshot::Sender<Result<(), String>>),
    Drop(String),
}

/// Tests have runtimes of their own, which end with them; the server is kept by a thread that outlives them all.
fn keeper() -> &'static mpsc::UnboundedSender<Wish> {
    static KEEPER: OnceLock<mpsc::UnboundedSender<Wish>> = OnceLock::new();
    KEEPER.get_or_init(|| {
        let (sender, wishes) = mpsc::unbounded_channel();
        let keep = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let runtime =
                runtime.unwrap_or_else(|error| panic!("no runtime for the test databases: {error}"));
            runtime.block_on(keep(wishes));
        };
        let thread = std::thread::Builder::new().name("test databases".into()).spawn(keep);
        thread.unwrap_or_else(|error| panic!("no thread for the test databases: {error}"));
        sender
    })
}

async fn keep(mut wishes: mpsc::UnboundedReceiver<Wish>) {
    let mut server = Server::start().await.map_err(|error| error.to_string());
    let mut count = 0;
    while let Some(wish) = wishes.recv().await {
        let server = match &mut server {
            Ok(server) => server,
            Err(why) => {
                refuse(wish, why);
                continue;
            }
        };
        count += 1;
        let name = format!("test_{count}");
        // Whoever asked may be gone: a test that timed out.
        match wish {
            Wish::Make(answer) => drop(answer.send(server.make(name, TEMPLATE).await)),
            Wish::MakeEmpty(answer) => drop(answer.send(server.make(name, "template0").await)),
            Wish::Cut(name, answer) => drop(answer.send(server.cut(&name).await)),
            Wish::Drop(name) => {
                server.run(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await.ok();
            }
        }
    }
}

fn refuse(wish: Wish, why: &str) {
    match wish {
        Wish::Make(answer) | Wish::MakeEmpty(answer) => drop(answer.send(Err(why.to_owned()))),
        Wish::Cut(_, answer) => drop(answer.send(Err(why.to_owned()))),
        Wish::Drop(_) => {}
    }
}

#[derive(Debug, thiserror::Error)]
enum StartError {
    #[error("{error}{}", .error.hint().map(|hint| format!("\n{hint}")).unwrap_or_default())]
    Cluster {
        #[from]
        error: ClusterError,
    },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Sql(#[from] sqlx::Error),
    #[error(transparent)]
    Folder(#[from] std::io::Error),
}

struct Server {
    cluster: Cluster,
    superuser: PgConnection,
    /// Removes the folder when our process ends.
    _remover: Child,
}

impl Server {
    async fn start() -> Result<Self, StartError> {
        let folder = folder()?;
        let remover = remover(&folder)?;
        #[expect(clippy::disallowed_methods, reason = "tests have no configuration but this")]
        let programs = std::env::var_os("MV_PG_BIN").map(PathBuf::from);
        let options = cluster::Options { programs, max_connections: 400, scratch: true };
        let cluster = Cluster::start(&folder.join("database"), options).await?;
        let mut superuser = cluster.superuser("postgres").connect().await?;
        superuser.execute(AssertSqlSafe(format!("CREATE DATABASE {TEMPLATE} OWNER melodyvision"))).await?;
        migrate::run(&cluster.address_of(TEMPLATE)).await?;
        Ok(Self { cluster, superuser, _remover: remover })
    }

    async fn run(&mut self, sql: String) -> Result<(), String> {
        self.superuser.execute(AssertSqlSafe(sql)).await.map(|_| ()).map_err(|error| error.to_string())
    }

    async fn make(&mut self, name: String, template: &str) -> Result<TestDatabase, String> {
        self.run(format!("CREATE DATABASE {name} TEMPLATE {template} OWNER melodyvision")).await?;
        let options = self.cluster.address_of(&name);
        let sizes = PoolSizes { app: 8, gate: 4, worker: 8, owner: 4 };
        let database = Database::connect(&options, sizes);
        Ok(TestDatabase { name, options, sockets: self.cluster.sockets().to_owned(), database })
    }

    async fn cut(&mut self, name: &str) -> Result<(), String> {
        let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname";
        self.run(format!("{sql} = '{name}'")).await
    }
}

/// A folder for this process's server. Those of processes that are gone are removed.
fn folder() -> std::io::Result<PathBuf> {
    let place = std::env::temp_dir();
    for entry in std::fs::read_dir(&place)?.flatten() {
        if is_left_over(&entry.path()) {
            // Another test process may be sweeping too.
            std::fs::remove_dir_all(entry.path()).ok();
        }
    }
    let folder = place.join(format!("{FOLDERS}{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    // As root the server runs as somebody else, who must be able to pass.
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o711))?;
    Ok(folder)
}

/// Waits until our end of its pipe is closed, which is when we end, however we end. Should the server on its last legs
/// write something more, the next run's sweep takes it.
fn remover(folder: &Path) -> std::io::Result<Child> {
    #[expect(clippy::disallowed_methods, reason = "tests start what they need")]
    let mut shell = Command::new("sh");
    let script = "cat; rm -rf \"$0\" || rm -rf \"$0\"";
    shell.args(["-c", script]).arg(folder).process_group(0);
    shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()
}

fn is_left_over(folder: &Path) -> bool {
    let name = folder.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_prefix(FOLDERS));
    let Some(process) = name.and_then(|number| number.parse().ok()).and_then(rustix::process::Pid::from_raw)
    else {
        return false;
    };
    let gone = matches!(rustix::process::test_kill_process(process), Err(rustix::io::Errno::SRCH));
    // A process that this one cannot see, in another container, still holds its lock.
    let held = File::open(folder.join("database/lock")).is_ok_and(|lock| lock.try_lock().is_err());
    gone && !held && cluster::running(&folder.join("database")).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn databases_are_fresh_migrated_and_apart() {
        let (one, two) = (database().await, database().await);
        assert_ne!(one.name(), two.name());
        let worker = one.database().worker();
        worker.execute("INSERT INTO users (email) VALUES ('someone@example.org')").await.unwrap();
        for (test, expected) in [(&one, 1_i64), (&two, 0)] {
            let worker = test.database().worker();
            let users: i64 =
                sqlx::query_scalar("SELECT count(*) FROM users").fetch_one(worker).await.unwrap();
            assert_eq!(users, expected);
        }
    }

    #[tokio::test]
    async fn an_address_leads_to_the_same_database() {
        let test = database().await;
        let options: PgConnectOptions = test.url().parse().unwrap();
        let mut connection = options.connect().await.unwrap();
        let name: String =
            sqlx::query_scalar("SELECT current_database()").fetch_one(&mut connection).await.unwrap();
        assert_eq!(name, test.name());
    }

    #[tokio::test]
    async fn a_database_outlives_cut_connections() {
        let test = database().await;
        test.database().ping().await.unwrap();
        test.cut_connections().await;
        test.database().ping().await.unwrap();
    }

    #[tokio::test]
    async fn the_schema_can_be_made_twice() {
        let test = empty_database().await;
        let (first, second) = tokio::join!(migrate::run(test.options()), migrate::run(test.options()));
        first.unwrap();
        second.unwrap();
    }

    #[tokio::test]
    async fn a_dropped_database_is_gone() {
        let test = database().await;
        let (name, other) = (test.name().to_owned(), database().await);
        drop(test);
        // Wishes are granted in turn: once the next is, the one before was too.
        let _next = database().await;
        let mut connection = other.options().connect().await.unwrap();
        let left = sqlx::query_scalar::<_, i64>("SELECT count(*) FROM pg_database WHERE datname = $1");
        assert_eq!(left.bind(name).fetch_one(&mut connection).await.unwrap(), 0);
    }
}
