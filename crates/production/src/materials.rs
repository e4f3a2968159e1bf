//! The files a person gave, named by the BLAKE3 hash of their bytes.

use crate::error::ProductionError;
use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where each given file is. Steps name files by hash, so a moved or renamed file changes nothing.
#[derive(Clone, Debug, Default)]
pub struct Materials {
    files: BTreeMap<String, PathBuf>,
}

impl Materials {
    /// Hashes a file and remembers where it is; returns the hash, hex.
    pub fn add(&mut self, path: &Path) -> std::io::Result<String> {
        let mut hasher = blake3::Hasher::new();
        hasher.update_reader(File::open(path)?)?;
        let hash = hasher.finalize().to_hex().to_string();
        self.files.insert(hash.clone(), path.to_owned());
        Ok(hash)
    }

    pub fn path(&self, hash: &str) -> Result<&Path, ProductionError> {
        self.files
            .get(hash)
            .map(PathBuf::as_path)
            .ok_or_else(|| ProductionError::MissingMaterial { hash: hash.to_owned() })
    }

    pub fn read(&self, hash: &str) -> Result<Arc<[u8]>, ProductionError> {
        let path = self.path(hash)?;
        std::fs::read(path).map(Arc::from).map_err(|error| ProductionError::folder(path, error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_what_is_in_them() {
        let folder = tempfile::tempdir().unwrap();
        let (first, second) = (folder.path().join("a"), folder.path().join("b"));
        std::fs::write(&first, b"same").unwrap();
        std::fs::write(&second, b"same").unwrap();
        let mut materials = Materials::default();
        let hash = materials.add(&first).unwrap();
        assert_eq!(materials.add(&second).unwrap(), hash);
        assert_eq!(&*materials.read(&hash).unwrap(), b"same");
        assert!(matches!(materials.path("00"), Err(ProductionError::MissingMaterial { .. })));
    }
}
