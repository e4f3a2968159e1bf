//! Bringing a backup back: checked whole before anything is touched, then into a place where there is nothing yet.

use super::error::BackupError;
use super::manifest::{FileFacts, Manifest, ObjectFacts};
use super::{Layout, facts, settle};
use crate::cluster::{Cluster, Options, Tools};
use crate::db::migrate;
use crate::objects::Objects;
use futures_util::TryStreamExt;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

/// What a restored object is called where the store keeps media types of its own; ours are in the database.
const ANY: &str = "application/octet-stream";

/// Where a backup is restored to.
#[derive(Clone, Debug)]
pub struct Target<'a> {
    /// The private server's folder, which must not exist.
    pub cluster: &'a Path,
    pub options: Options,
    /// Must be empty.
    pub objects: &'a Objects,
    /// The file of the keyring, which must not exist. `None`: keys come from the configuration.
    pub keys: Option<&'a Path>,
}

/// Reads all of a backup and compares it with what was written.
///
/// # Errors
/// [`BackupError::NotABackup`], [`BackupError::Newer`]; [`BackupError::Damaged`] names the first file that differs.
pub async fn check(backup: &Path) -> Result<Manifest, BackupError> {
    let layout = Layout { root: backup.to_owned() };
    let manifest = Manifest::read(&layout)?;
    expect(layout.database(), &manifest.database).await?;
    if let Some(keys) = &manifest.keys {
        expect(layout.keys(), keys).await?;
    }
    expect(layout.list(), &manifest.objects.list).await?;
    for object in listed(&layout)? {
        let object = object?;
        let told = FileFacts { bytes: object.bytes, blake3: object.blake3 };
        expect(layout.objects().join(object.key.as_str()), &told).await?;
    }
    Ok(manifest)
}

/// Checks a backup and restores it.
///
/// The database takes its place as the last thing: a restore that broke off leaves none, and objects that are to be
/// removed before the next try.
///
/// # Errors
/// Those of [`check`]; [`BackupError::NotEmpty`] and [`BackupError::ObjectsNotEmpty`] before anything is changed.
pub async fn restore(backup: &Path, target: &Target<'_>) -> Result<Manifest, BackupError> {
    let layout = Layout { root: backup.canonicalize().map_err(BackupError::file(backup))? };
    let keys = target.keys.filter(|_| layout.keys().exists());
    for taken in [Some(target.cluster), keys].into_iter().flatten() {
        if taken.exists() {
            return Err(BackupError::NotEmpty(taken.to_owned()));
        }
    }
    if let Some(found) = target.objects.list(None).try_next().await? {
        return Err(BackupError::ObjectsNotEmpty(found.key.to_string()));
    }
    let manifest = check(&layout.root).await?;
    let half = half_restored(target.cluster);
    if half.exists() {
        std::fs::remove_dir_all(&half).map_err(BackupError::file(&half))?;
    }
    load(&layout, &half, &target.options).await?;
    for object in listed(&layout)? {
        let object = object?;
        target.objects.put_file(&object.key, &layout.objects().join(object.key.as_str()), ANY).await?;
    }
    if let Some(keys) = keys {
        std::fs::copy(layout.keys(), keys).map_err(BackupError::file(keys))?;
        settle(keys.to_owned()).await?;
    }
    std::fs::rename(&half, target.cluster).map_err(BackupError::file(target.cluster))?;
    Ok(manifest)
}

/// Makes a server in `folder`, fills it, and stops it.
async fn load(layout: &Layout, folder: &Path, options: &Options) -> Result<(), BackupError> {
    let cluster = Cluster::start(folder, options.clone()).await?;
    let filled = async {
        migrate::roles(&cluster.address()).await?;
        Tools::of(folder, options.programs.as_deref())?.load(&layout.database()).await?;
        Ok(())
    };
    let filled = filled.await;
    cluster.stop().await;
    filled
}

fn half_restored(cluster: &Path) -> PathBuf {
    let mut name = cluster.as_os_str().to_owned();
    name.push(".restoring");
    PathBuf::from(name)
}

async fn expect(path: PathBuf, told: &FileFacts) -> Result<(), BackupError> {
    let found = match facts(path.clone()).await {
        Err(BackupError::File { path, source }) if source.kind() == std::io::ErrorKind::NotFound => {
            return Err(BackupError::Damaged(path));
        }
        found => found?,
    };
    if found == *told { Ok(()) } else { Err(BackupError::Damaged(path)) }
}

/// The objects that the backup says it has.
fn listed(layout: &Layout) -> Result<impl Iterator<Item = Result<ObjectFacts, BackupError>>, BackupError> {
    let path = layout.list();
    let lines = BufReader::new(File::open(&path).map_err(BackupError::file(&path))?).lines();
    Ok(lines.map(move |line| {
        let line = line.map_err(BackupError::file(&path))?;
        serde_json::from_str(&line).map_err(|_| BackupError::Damaged(path.clone()))
    }))
}
