//! Backups of an installation of its own: the private database and all objects, in one folder, and back.
//!
//! ```text
//! BACKUP/manifest.json   what is here, written last: without it the backup is not whole
//! BACKUP/database.dump   pg_dump's custom format, as the database was at one moment
//! BACKUP/objects.jsonl   a line an object: its key, size and BLAKE3
//! BACKUP/objects/…       the objects under their keys
//! BACKUP/keys            the keys that sealed secrets open with: keep the backup as you keep them
//! ```
//!
//! The database is copied first. An object is put before its row and never changes, so every object that a row of the
//! copy speaks of was there then; only one that was deleted while the backup ran is missed.

mod error;
mod manifest;
mod restore;

pub use error::BackupError;
pub use manifest::{FileFacts, Manifest, ObjectFacts, ObjectsFacts};
pub use restore::{Target, check, restore};

use crate::cluster::Tools;
use crate::objects::Objects;
use chrono::{DateTime, Utc};
use futures_util::TryStreamExt;
use std::fs::{DirBuilder, File};
use std::io::{BufWriter, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

/// The names of what is in a backup.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    root: PathBuf,
}

impl Layout {
    fn manifest(&self) -> PathBuf {
        self.root.join("manifest.json")
    }

    fn database(&self) -> PathBuf {
        self.root.join("database.dump")
    }

    fn list(&self) -> PathBuf {
        self.root.join("objects.jsonl")
    }

    fn objects(&self) -> PathBuf {
        self.root.join("objects")
    }

    fn keys(&self) -> PathBuf {
        self.root.join("keys")
    }
}

/// Copies everything into a new folder `into`, which only its owner may read. People may go on working.
///
/// `keys` is the file of the keyring, when there is one; a ring from the configuration is not ours to copy.
///
/// # Errors
/// [`BackupError::NotEmpty`] when there is something at `into`; a backup that failed has no manifest and is refused by
/// [`check`].
pub async fn make(
    into: &Path,
    tools: &Tools,
    objects: &Objects,
    keys: Option<&Path>,
    now: DateTime<Utc>,
) -> Result<Manifest, BackupError> {
    let layout = Layout { root: new_folder(into)? };
    tools.dump(&layout.database()).await?;
    let database = settle(layout.database()).await?;
    let objects = copy_objects(&layout, objects).await?;
    let keys = match keys {
        Some(file) => {
            // The copy keeps the file's mode: its owner's alone.
            std::fs::copy(file, layout.keys()).map_err(BackupError::file(file))?;
            Some(settle(layout.keys()).await?)
        }
        None => None,
    };
    let manifest = Manifest {
        format: manifest::FORMAT,
        made_at: now,
        postgres: tools.version(),
        database,
        objects,
        keys,
    };
    manifest.write(&layout)?;
    Ok(manifest)
}

fn new_folder(path: &Path) -> Result<PathBuf, BackupError> {
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        std::fs::create_dir_all(parent).map_err(BackupError::file(parent))?;
    }
    let mut builder = DirBuilder::new();
    match builder.mode(0o700).create(path) {
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            return Err(BackupError::NotEmpty(path.to_owned()));
        }
        Err(error) => return Err(BackupError::file(path)(error)),
    }
    // PostgreSQL's tools work in a folder of their own.
    path.canonicalize().map_err(BackupError::file(path))
}

async fn copy_objects(layout: &Layout, objects: &Objects) -> Result<ObjectsFacts, BackupError> {
    let list = layout.list();
    let mut lines = BufWriter::new(File::create(&list).map_err(BackupError::file(&list))?);
    let (mut count, mut bytes) = (0, 0);
    let mut found = objects.list(None);
    while let Some(meta) = found.try_next().await? {
        let path = layout.objects().join(meta.key.as_str());
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(BackupError::file(folder))?;
        }
        match objects.fetch(&meta.key, &path).await {
            // Deleted while we were at it.
            Err(crate::objects::ObjectError::NotFound(_)) => continue,
            other => other?,
        };
        let FileFacts { bytes: size, blake3 } = facts(path).await?;
        count += 1;
        bytes += size;
        let line = ObjectFacts { key: meta.key, bytes: size, blake3 }.line();
        lines.write_all(line.as_bytes()).map_err(BackupError::file(&list))?;
    }
    lines.flush().map_err(BackupError::file(&list))?;
    Ok(ObjectsFacts { count, bytes, list: settle(list).await? })
}

/// Sees a file that was just written onto the disk and says what lies there.
async fn settle(path: PathBuf) -> Result<FileFacts, BackupError> {
    let found = facts(path.clone()).await?;
    File::open(&path).and_then(|file| file.sync_all()).map_err(BackupError::file(path))?;
    Ok(found)
}

/// Reads a whole file.
async fn facts(path: PathBuf) -> Result<FileFacts, BackupError> {
    let read = tokio::task::spawn_blocking(move || {
        let file = File::open(&path).map_err(BackupError::file(&path))?;
        let mut hasher = blake3::Hasher::new();
        hasher.update_reader(&file).map_err(BackupError::file(&path))?;
        Ok(FileFacts { bytes: hasher.count(), blake3: hasher.finalize().to_hex().to_string() })
    });
    read.await.unwrap_or_else(|error| Err(BackupError::file("backup")(std::io::Error::other(error))))
}
