//! A folder of finished artefacts, named by their step's key. An artefact is whole or absent.
//!
//! A step writes to a draft beside the artefacts; committing it flushes the file, notes its size and renames it. A
//! draft that is dropped, or left behind by a killed process, is removed. One process at a time may own a folder.

use crate::error::ProductionError;
use crate::step::{StepKey, StepKind};
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Finished artefacts in a folder of this process alone.
#[derive(Debug)]
pub struct FolderArtifacts {
    root: PathBuf,
    /// Holds the lock for as long as the folder is in use.
    _lock: File,
}

/// What is noted beside each artefact when it is finished.
#[derive(Debug, Serialize, Deserialize)]
struct Receipt {
    kind: StepKind,
    bytes: u64,
}

impl FolderArtifacts {
    /// Opens or makes the folder, takes its lock and removes drafts that a killed process left.
    pub fn open(root: &Path) -> Result<Self, ProductionError> {
        let at = |error| ProductionError::folder(root, error);
        fs::create_dir_all(root.join("drafts")).map_err(at)?;
        let lock = File::create(root.join("lock")).map_err(at)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => {
                return Err(ProductionError::FolderInUse { folder: root.to_owned() });
            }
            Err(fs::TryLockError::Error(error)) => return Err(at(error)),
        }
        for entry in fs::read_dir(root.join("drafts")).map_err(at)? {
            let path = entry.map_err(at)?.path();
            let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
            removed.map_err(at)?;
        }
        Ok(Self { root: root.to_owned(), _lock: lock })
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where a step's artefact is, or will be.
    pub fn path(&self, kind: StepKind, key: &StepKey) -> PathBuf {
        self.root.join(kind.word()).join(format!("{key}.{}", kind.extension()))
    }

    /// The finished artefact of a step. One whose size is not the noted one is not finished.
    pub fn find(&self, kind: StepKind, key: &StepKey) -> Option<PathBuf> {
        let path = self.path(kind, key);
        let receipt: Receipt = serde_json::from_slice(&fs::read(receipt_path(&path)).ok()?).ok()?;
        let found = fs::metadata(&path).ok()?;
        (found.is_file() && found.len() == receipt.bytes).then_some(path)
    }

    /// A place to write a step's artefact; its folder may hold other scratch files and goes with the draft.
    pub fn draft(&self, kind: StepKind, key: &StepKey) -> Result<Draft, ProductionError> {
        let folder = self.root.join("drafts").join(key.to_string());
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(|error| ProductionError::folder(&folder, error))?;
        }
        fs::create_dir_all(&folder).map_err(|error| ProductionError::folder(&folder, error))?;
        Ok(Draft { folder, kind, target: self.path(kind, key) })
    }

    /// Removes every artefact whose key is not in `keep`; returns the bytes that were freed.
    pub fn prune(&self, keep: &std::collections::BTreeSet<StepKey>) -> Result<u64, ProductionError> {
        let mut freed = 0;
        for kind in StepKind::ALL {
            let folder = self.root.join(kind.word());
            let Ok(entries) = fs::read_dir(&folder) else { continue };
            for entry in entries {
                let entry = entry.map_err(|error| ProductionError::folder(&folder, error))?;
                let name = entry.file_name();
                let stem = name.to_str().and_then(|name| name.split('.').next()).unwrap_or_default();
                if stem.parse::<StepKey>().is_ok_and(|key| keep.contains(&key)) {
                    continue;
                }
                freed += entry.metadata().map_or(0, |found| found.len());
                fs::remove_file(entry.path()).map_err(|error| ProductionError::folder(&folder, error))?;
            }
        }
        Ok(freed)
    }
}

fn receipt_path(artifact: &Path) -> PathBuf {
    artifact.with_extension("receipt.json")
}

/// An artefact being made. Dropping it without [`Draft::commit`] removes it.
#[derive(Debug)]
pub struct Draft {
    folder: PathBuf,
    kind: StepKind,
    target: PathBuf,
}

impl Draft {
    /// The file to write.
    pub fn path(&self) -> PathBuf {
        self.folder.join(format!("artifact.{}", self.kind.extension()))
    }

    /// Makes the file the step's finished artefact.
    pub fn commit(self) -> Result<PathBuf, ProductionError> {
        let at = |error| ProductionError::folder(&self.target, error);
        let written = self.path();
        let file = File::open(&written).map_err(at)?;
        file.sync_all().map_err(at)?;
        let bytes = file.metadata().map_err(at)?.len();
        if let Some(folder) = self.target.parent() {
            fs::create_dir_all(folder).map_err(at)?;
        }
        let receipt = serde_json::to_vec(&Receipt { kind: self.kind, bytes })?;
        let draft_receipt = self.folder.join("receipt.json");
        let mut note = File::create(&draft_receipt).map_err(at)?;
        note.write_all(&receipt).and_then(|()| note.sync_all()).map_err(at)?;
        fs::rename(&written, &self.target).map_err(at)?;
        fs::rename(&draft_receipt, receipt_path(&self.target)).map_err(at)?;
        Ok(self.target.clone())
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.folder) {
            tracing::debug!(folder = %self.folder.display(), %error, "a draft was already gone");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn key(n: u8) -> StepKey {
        StepKey::of(StepKind::Still, 1, &n).unwrap()
    }

    #[test]
    fn an_artefact_is_whole_or_absent() {
        let folder = tempfile::tempdir().unwrap();
        let artifacts = FolderArtifacts::open(folder.path()).unwrap();
        assert!(artifacts.find(StepKind::Still, &key(1)).is_none());

        let draft = artifacts.draft(StepKind::Still, &key(1)).unwrap();
        fs::write(draft.path(), b"half").unwrap();
        drop(draft);
        assert!(artifacts.find(StepKind::Still, &key(1)).is_none());

        let draft = artifacts.draft(StepKind::Still, &key(1)).unwrap();
        fs::write(draft.path(), b"whole").unwrap();
        let path = draft.commit().unwrap();
        assert_eq!(artifacts.find(StepKind::Still, &key(1)), Some(path.clone()));

        fs::write(&path, b"cut").unwrap();
        assert!(artifacts.find(StepKind::Still, &key(1)).is_none(), "a damaged artefact is made again");
    }

    #[test]
    fn a_second_process_is_told_that_the_folder_is_in_use() {
        let folder = tempfile::tempdir().unwrap();
        let _first = FolderArtifacts::open(folder.path()).unwrap();
        let second = FolderArtifacts::open(folder.path());
        assert!(matches!(second, Err(ProductionError::FolderInUse { .. })));
    }

    #[test]
    fn drafts_of_a_killed_process_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("drafts/x")).unwrap();
        fs::write(folder.path().join("drafts/x/artifact.mp4"), b"half").unwrap();
        let _artifacts = FolderArtifacts::open(folder.path()).unwrap();
        assert_eq!(fs::read_dir(folder.path().join("drafts")).unwrap().count(), 0);
    }

    #[test]
    fn pruning_keeps_what_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let artifacts = FolderArtifacts::open(folder.path()).unwrap();
        for n in [1, 2] {
            let draft = artifacts.draft(StepKind::Still, &key(n)).unwrap();
            fs::write(draft.path(), b"x").unwrap();
            draft.commit().unwrap();
        }
        assert!(artifacts.prune(&BTreeSet::from([key(2)])).unwrap() > 0);
        assert!(artifacts.find(StepKind::Still, &key(1)).is_none());
        assert!(artifacts.find(StepKind::Still, &key(2)).is_some());
    }
}
