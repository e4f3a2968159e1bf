//! What `serve`, `worker` and `migrate` stand on: the database, ours or another; the files; the keys.

use crate::args::ServerArgs;
use crate::config;
use crate::config::server::{ConfigError, ServerConfig};
use crate::failure::{Class, Failure};
use mv_billing::Billing;
use mv_core::Clock;
use mv_core::clock::SystemClock;
use mv_jobs::{ServiceDesk, SetUpError, Settings, Shop, Supplies};
use mv_media::Tools;
use mv_store::cluster::{self, Cluster, ClusterError};
use mv_store::db::{PoolSizes, migrate};
use mv_store::objects::{Objects, S3Settings};
use mv_store::secrets::Keyring;
use mv_store::{Database, StoreError};
use sqlx::postgres::PgConnectOptions;
use std::path::Path;
use std::sync::Arc;

/// A server's parts, open.
pub(crate) struct Ground {
    /// The private database, while it is ours to stop.
    cluster: Option<Cluster>,
    pub(crate) db: Database,
    pub(crate) objects: Objects,
    pub(crate) keyring: Arc<Keyring>,
    pub(crate) clock: Arc<dyn Clock>,
}

/// Who opens the ground.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Guest {
    /// Starts the private database when there is one.
    Host,
    /// Uses one that runs.
    Helper,
}

pub(crate) fn configuration(args: &ServerArgs) -> Result<ServerConfig, Failure> {
    let file = config::server::file(args.config.as_deref());
    let mut config = config::server::load(file.as_deref())?;
    if let Some(data) = &args.data {
        config.data.clone_from(data);
    }
    // Children and the database's socket need a path that does not depend on where we are.
    std::fs::create_dir_all(&config.data).map_err(|error| Failure::writing(&config.data, &error))?;
    config.data = config.data.canonicalize().map_err(|error| Failure::reading(&config.data, &error))?;
    Ok(config)
}

/// Starts or finds the database.
pub(crate) async fn database(
    config: &ServerConfig,
    guest: Guest,
) -> Result<(Option<Cluster>, PgConnectOptions), Failure> {
    if let Some(address) = &config.database_url {
        let options = address.expose().parse::<PgConnectOptions>().map_err(|_| {
            Failure::new(Class::Usage, "`database_url` is not the address of a PostgreSQL")
                .hint("write it as postgres://USER:PASSWORD@HOST:5432/DATABASE")
        })?;
        return Ok((None, options));
    }
    let folder = config.data.join("postgres");
    if guest == Guest::Helper {
        return cluster::running(&folder).map(|options| (None, options)).ok_or_else(|| {
            Failure::new(Class::Usage, format!("no server runs in `{}`", config.data.display()))
                .hint("start `melodyvision serve` there first, or set `database_url`")
        });
    }
    let options =
        cluster::Options { programs: config.postgres_programs.clone(), ..cluster::Options::default() };
    let cluster = Cluster::start(&folder, options).await?;
    let address = cluster.address();
    Ok((Some(cluster), address))
}

impl Ground {
    pub(crate) async fn open(
        config: &ServerConfig,
        guest: Guest,
        settings: &Settings,
    ) -> Result<Self, Failure> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let (cluster, options) = database(config, guest).await?;
        migrate::run(&options).await?;
        let sizes = PoolSizes { owner: settings.queue_connections() + 4, ..PoolSizes::default() };
        let db = Database::connect(&options, sizes);
        {
            let mut connection = db.worker().acquire().await.map_err(StoreError::from)?;
            mv_store::db::partitions::make_ahead(&mut connection, clock.now()).await?;
            mv_store::db::events::switch(&mut connection, config.analytics.enabled.0).await?;
        }
        let keyring = Arc::new(keyring(config)?);
        let objects = objects(config, &keyring, &clock)?;
        Ok(Self { cluster, db, objects, keyring, clock })
    }

    /// The worker of this process.
    pub(crate) fn shop(
        &self,
        tools: Tools,
        services: ServiceDesk,
        billing: Billing,
        settings: Settings,
    ) -> Result<Arc<Shop>, Failure> {
        let supplies = Supplies {
            db: self.db.clone(),
            objects: self.objects.clone(),
            tools,
            services,
            keyring: self.keyring.clone(),
            billing,
            clock: self.clock.clone(),
        };
        Ok(Shop::open(supplies, settings)?)
    }

    /// Lets go of the database, and stops it when it is ours.
    pub(crate) async fn close(self) {
        self.db.close().await;
        if let Some(cluster) = self.cluster {
            cluster.stop().await;
        }
    }
}

/// The keys that seal secrets and sign addresses; a file in the data folder, made when it is first asked for.
pub(crate) fn keyring(config: &ServerConfig) -> Result<Keyring, Failure> {
    let keyring = match &config.keys {
        Some(keys) => Keyring::parse(keys.expose()),
        None => Keyring::of_file(&config.data.join("keys"), SystemClock.now()),
    };
    keyring.map_err(Failure::unusable)
}

pub(crate) fn objects(
    config: &ServerConfig,
    keyring: &Keyring,
    clock: &Arc<dyn Clock>,
) -> Result<Objects, Failure> {
    let opened = if let Some(s3) = &config.s3 {
        let settings = S3Settings {
            bucket: s3.bucket.clone(),
            region: s3.region.clone(),
            endpoint: s3.endpoint.clone(),
            public_endpoint: s3.public_endpoint.clone(),
            path_style: s3.path_style,
            access_key: s3.access_key.clone(),
            secret_key: s3.secret_key.expose().to_owned(),
        };
        Objects::s3(&settings, clock.clone())
    } else {
        let secret = keyring.derive("objects").map_err(Failure::unusable)?;
        let folder = config.data.join("objects");
        Objects::local(&folder, &secret, &config.api.public_url, clock.clone())
    };
    opened.map_err(Failure::unusable)
}

/// Runs a server's command on threads of its own.
pub(crate) fn block_on<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(Failure::unexpected)?;
    let done = runtime.block_on(work);
    // Work that was cancelled has ended its children; nothing is left to wait for.
    runtime.shutdown_background();
    done
}

impl Failure {
    /// Something a server stands on that cannot be used as it is.
    pub(crate) fn unusable(error: impl std::fmt::Display) -> Self {
        Self::new(Class::Usage, error.to_string())
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::new(Class::Usage, error.to_string()).hint("see docs/configuration.md for every setting")
    }
}

impl From<ClusterError> for Failure {
    fn from(error: ClusterError) -> Self {
        let failure = Self::new(Class::Tool, error.to_string());
        match error.hint() {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Newer(_) => Self::new(Class::Usage, error.to_string())
                .hint("use the program that made it, or a newer one"),
            StoreError::Unavailable(_) => Self::new(Class::Tool, error.to_string())
                .hint("check that PostgreSQL runs and that `database_url` is right"),
            other => Self::unexpected(other),
        }
    }
}

impl From<SetUpError> for Failure {
    fn from(error: SetUpError) -> Self {
        Self::new(Class::Usage, error.to_string())
    }
}

/// Waits until the command is to end: Ctrl-C or SIGTERM.
pub(crate) async fn until(cancel: &mv_core::CancelToken) {
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let _guard = cancel.on_cancel(move || drop(stop));
    // An error is the sender being dropped, which is how a cancel arrives.
    stopped.await.ok();
}

/// Where the sample song is: beside the program's sources, or where it was installed.
pub(crate) fn sample(name: &str) -> std::path::PathBuf {
    let here = Path::new("samples").join(name);
    if here.is_file() { here } else { Path::new("/usr/share/melodyvision/samples").join(name) }
}
