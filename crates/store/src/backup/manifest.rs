//! What a backup says about itself.

use super::Layout;
use super::error::BackupError;
use crate::objects::ObjectKey;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{ErrorKind, Write};

/// Raised when a program of before could not restore it any more.
pub(super) const FORMAT: u32 = 1;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    pub format: u32,
    pub made_at: DateTime<Utc>,
    /// The major version of the server that was copied; a newer one restores it too.
    pub postgres: u32,
    pub database: FileFacts,
    pub objects: ObjectsFacts,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keys: Option<FileFacts>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileFacts {
    pub bytes: u64,
    /// 64 hex digits.
    pub blake3: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectsFacts {
    pub count: u64,
    pub bytes: u64,
    /// Of the list of objects, which in turn has their hashes.
    pub list: FileFacts,
}

/// A line of the list of objects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectFacts {
    pub key: ObjectKey,
    pub bytes: u64,
    pub blake3: String,
}

impl ObjectFacts {
    pub(super) fn line(&self) -> String {
        // Nothing in it needs to be escaped: a key's letters are plain, a hash is hex.
        format!("{{\"key\":\"{}\",\"bytes\":{},\"blake3\":\"{}\"}}\n", self.key, self.bytes, self.blake3)
    }
}

impl Manifest {
    /// Puts the manifest in its place, whole, as the last thing.
    pub(super) fn write(&self, layout: &Layout) -> Result<(), BackupError> {
        let path = layout.manifest();
        let new = path.with_extension("new");
        let written = || {
            let mut text = serde_json::to_string_pretty(self)?;
            text.push('\n');
            let mut file = File::create(&new)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            std::fs::rename(&new, &path)?;
            File::open(&layout.root)?.sync_all()
        };
        written().map_err(BackupError::file(&path))
    }

    pub(super) fn read(layout: &Layout) -> Result<Self, BackupError> {
        #[derive(Deserialize)]
        struct Format {
            format: u32,
        }
        let path = layout.manifest();
        let text = std::fs::read(&path).map_err(|error| match error.kind() {
            ErrorKind::NotFound => BackupError::NotABackup(layout.root.clone()),
            _ => BackupError::file(&path)(error),
        })?;
        let damaged = |_| BackupError::Damaged(path.clone());
        let Format { format } = serde_json::from_slice(&text).map_err(damaged)?;
        if format > FORMAT {
            return Err(BackupError::Newer(format));
        }
        serde_json::from_slice(&text).map_err(damaged)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_back() {
        let facts = ObjectFacts {
            key: "photos/a=b/c-d_e.jpg".parse().unwrap(),
            bytes: 7,
            blake3: blake3::hash(b"x").to_hex().to_string(),
        };
        assert_eq!(serde_json::from_str::<ObjectFacts>(&facts.line()).unwrap(), facts);
    }

    #[test]
    fn a_list_cannot_lead_out_of_the_backup() {
        let sly = r#"{"key":"../../etc/passwd","bytes":1,"blake3":""}"#;
        assert!(serde_json::from_str::<ObjectFacts>(sly).is_err());
    }
}
