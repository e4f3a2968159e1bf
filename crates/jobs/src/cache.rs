//! Files at hand: artefacts and materials that steps read, fetched from the object store once a node.
//!
//! Each process has a folder of its own under the given one; what a killed process left is taken over by the next.

use crate::error::JobError;
use mv_production::step::StepKey;
use mv_production::{FolderArtifacts, ProductionError, StepKind};
use mv_store::db::artifacts::Artifact;
use mv_store::objects::{ObjectKey, Objects};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;
use tokio::sync::OwnedMutexGuard;

/// More processes of one data folder than anybody starts on one machine.
const PROCESSES: usize = 256;

#[derive(Debug)]
pub(crate) struct NodeCache {
    artifacts: FolderArtifacts,
    materials: PathBuf,
    limit: u64,
    /// What is being made or fetched, so that nobody does it twice at once.
    busy: Mutex<BTreeMap<String, Arc<tokio::sync::Mutex<()>>>>,
}

impl NodeCache {
    /// Takes the first folder under `root` that no other process has.
    pub(crate) fn open(root: &Path, limit: u64) -> Result<Self, JobError> {
        let mut last = None;
        for place in 0..PROCESSES {
            let folder = root.join(place.to_string());
            fs::create_dir_all(&folder).map_err(JobError::file(&folder))?;
            match FolderArtifacts::open(&folder.join("artifacts")) {
                Ok(artifacts) => {
                    let materials = folder.join("materials");
                    fs::create_dir_all(&materials).map_err(JobError::file(&materials))?;
                    return Ok(Self { artifacts, materials, limit, busy: Mutex::default() });
                }
                Err(error @ ProductionError::FolderInUse { .. }) => last = Some(error),
                Err(error) => return Err(error.into()),
            }
        }
        Err(last.map_or(JobError::Stopped, JobError::from))
    }

    pub(crate) fn artifacts(&self) -> &FolderArtifacts {
        &self.artifacts
    }

    /// Where fonts and other files of this node go.
    pub(crate) fn fonts(&self) -> PathBuf {
        self.artifacts.root().join("fonts")
    }

    /// Waits until nobody here makes or fetches what has this name.
    pub(crate) async fn hold(&self, name: &str) -> OwnedMutexGuard<()> {
        let lock = {
            let mut busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
            busy.retain(|_, lock| Arc::strong_count(lock) > 1);
            busy.entry(name.to_owned()).or_default().clone()
        };
        lock.lock_owned().await
    }

    /// An artefact's file, fetched when it is not at hand.
    pub(crate) async fn artifact(&self, objects: &Objects, found: &Artifact) -> Result<PathBuf, JobError> {
        let gone = || JobError::NoArtifact(found.key.clone());
        let key: StepKey = found.key.parse().map_err(|_| gone())?;
        let kind = kind_of(&found.kind).ok_or_else(gone)?;
        let _only_me = self.hold(&format!("fetch {key}")).await;
        if let Some(path) = self.artifacts.find(kind, &key) {
            return Ok(path);
        }
        let draft = self.artifacts.draft(kind, &key)?;
        objects.fetch(&found.object_key.parse()?, &draft.path()).await?;
        Ok(draft.commit()?)
    }

    /// A material's file, fetched when it is not at hand.
    pub(crate) async fn material(&self, objects: &Objects, key: &ObjectKey) -> Result<PathBuf, JobError> {
        let name = blake3::hash(key.as_str().as_bytes()).to_hex().to_string();
        // Some readers go by the suffix.
        let suffix = Path::new(key.name()).extension().map(|end| format!(".{}", end.to_string_lossy()));
        let path = self.materials.join(format!("{name}{}", suffix.unwrap_or_default()));
        let _only_me = self.hold(&name).await;
        if path.is_file() {
            return Ok(path);
        }
        let draft = self.materials.join(format!("{name}.part"));
        objects.fetch(key, &draft).await?;
        fs::rename(&draft, &path).map_err(JobError::file(&path))?;
        Ok(path)
    }

    /// Removes the oldest files beyond the limit, but none of those that `in_use` names.
    pub(crate) fn sweep(&self, in_use: impl Fn(&Path) -> bool) -> Result<u64, JobError> {
        let mut files = Vec::new();
        for folder in StepKind::ALL.map(|kind| self.artifacts.root().join(kind.word())) {
            collect(&folder, &mut files)?;
        }
        collect(&self.materials, &mut files)?;
        files.sort();
        let mut total: u64 = files.iter().map(|(_, _, bytes)| bytes).sum();
        let mut freed = 0;
        for (_, path, bytes) in files {
            if total <= self.limit {
                break;
            }
            if in_use(&path) {
                continue;
            }
            fs::remove_file(&path).map_err(JobError::file(&path))?;
            total -= bytes;
            freed += bytes;
        }
        Ok(freed)
    }
}

fn collect(folder: &Path, files: &mut Vec<(SystemTime, PathBuf, u64)>) -> Result<(), JobError> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    for entry in entries {
        let entry = entry.map_err(JobError::file(folder))?;
        let Ok(found) = entry.metadata() else { continue };
        if found.is_file() {
            files.push((found.modified().unwrap_or(SystemTime::UNIX_EPOCH), entry.path(), found.len()));
        }
    }
    Ok(())
}

/// The kind of step that a row names.
pub(crate) fn kind_of(word: &str) -> Option<StepKind> {
    StepKind::ALL.into_iter().find(|kind| kind.word() == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_process_has_a_folder_and_the_oldest_files_go_first() {
        let folder = tempfile::tempdir().unwrap();
        let first = NodeCache::open(folder.path(), 10).unwrap();
        let second = NodeCache::open(folder.path(), 10).unwrap();
        assert_ne!(first.materials, second.materials);
        let taken = second.materials.clone();
        drop(second);
        assert_eq!(NodeCache::open(folder.path(), 10).unwrap().materials, taken);

        let put = |name: &str, age: u64| {
            let path = first.materials.join(name);
            fs::write(&path, [0; 6]).unwrap();
            let at = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000 - age);
            fs::File::options().write(true).open(&path).unwrap().set_modified(at).unwrap();
            path
        };
        let (old, older, new) = (put("old", 10), put("older", 20), put("new", 0));
        assert_eq!(first.sweep(|path| path == older).unwrap(), 12);
        assert!(older.exists() && !old.exists() && !new.exists());
    }
}
