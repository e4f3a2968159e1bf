//! `admin backup` and `admin restore`: the private database, the files and the keys, in one folder.

use super::now;
use crate::args::admin::FolderArgs;
use crate::config::server::ServerConfig;
use crate::failure::{Class, Failure};
use crate::output::Output;
use crate::server;
use mv_core::Clock;
use mv_core::clock::SystemClock;
use mv_store::Keyring;
use mv_store::backup::{self, BackupError, Manifest, Target};
use mv_store::cluster::{Options, Tools};
use std::path::PathBuf;
use std::sync::Arc;

pub(super) async fn make(args: &FolderArgs, config: &ServerConfig, output: Output) -> Result<(), Failure> {
    own_database(config)?;
    let keyring = server::keyring(config)?;
    let objects = server::objects(config, &keyring, &clock())?;
    let tools = Tools::of(&config.data.join("postgres"), config.postgres_programs.as_deref())?;
    let keys = keys_file(config);
    let made = backup::make(&args.folder, &tools, &objects, keys.as_deref(), now()).await?;
    tell(&made, output);
    Ok(())
}

pub(super) async fn restore(args: &FolderArgs, config: &ServerConfig, output: Output) -> Result<(), Failure> {
    own_database(config)?;
    // Addresses are signed with keys that only come back with the restore; none is signed here.
    let passing = Keyring::new([("restore".to_owned(), [0; 32])]).map_err(Failure::unusable)?;
    let objects = server::objects(config, &passing, &clock())?;
    let keys = keys_file(config);
    let target = Target {
        cluster: &config.data.join("postgres"),
        options: Options { programs: config.postgres_programs.clone(), ..Options::default() },
        objects: &objects,
        keys: keys.as_deref(),
    };
    let restored = backup::restore(&args.folder, &target).await?;
    tell(&restored, output);
    Ok(())
}

fn clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock)
}

/// The file of the keyring, when keys do not come from the configuration.
fn keys_file(config: &ServerConfig) -> Option<PathBuf> {
    config.keys.is_none().then(|| config.data.join("keys"))
}

fn own_database(config: &ServerConfig) -> Result<(), Failure> {
    if config.database_url.is_none() {
        return Ok(());
    }
    Err(Failure::new(Class::Usage, "this backs up the private database, and `database_url` names another")
        .hint("use what that database's provider offers, or pg_dump"))
}

fn tell(manifest: &Manifest, output: Output) {
    output.answer(manifest, || {
        format!(
            "database: {} MiB, files: {} ({} MiB), made {}",
            manifest.database.bytes >> 20,
            manifest.objects.count,
            manifest.objects.bytes >> 20,
            manifest.made_at.format("%Y-%m-%d %H:%M UTC")
        )
    });
}

impl From<BackupError> for Failure {
    fn from(error: BackupError) -> Self {
        let failure = Self::new(Class::Write, error.to_string());
        match error.hint() {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }
}
