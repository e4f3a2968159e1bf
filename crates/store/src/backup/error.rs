//! What can go wrong with a backup.

use crate::cluster::ClusterError;
use crate::error::StoreError;
use crate::objects::ObjectError;
use std::io;
use std::path::PathBuf;
use thiserror::Error;

#[derive(Debug, Error)]
pub enum BackupError {
    /// A backup goes into a new folder; it is restored where there is nothing yet.
    #[error("there is something in `{}` already", .0.display())]
    NotEmpty(PathBuf),
    #[error("the object store is not empty: it has `{0}`")]
    ObjectsNotEmpty(String),
    #[error("`{}` is no whole backup: it has no manifest", .0.display())]
    NotABackup(PathBuf),
    #[error("this backup has format `{0}`, made by a newer program")]
    Newer(u32),
    /// Not what was written when the backup was made.
    #[error("`{}` is damaged", .0.display())]
    Damaged(PathBuf),
    #[error("`{}` cannot be used: {source}", .path.display())]
    File {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error(transparent)]
    Cluster(#[from] ClusterError),
    #[error(transparent)]
    Objects(#[from] ObjectError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl BackupError {
    pub(super) fn file(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { path, source }
    }

    /// What the person can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NotEmpty(_) => Some("choose a folder that does not exist yet".to_owned()),
            Self::ObjectsNotEmpty(_) => Some("restore into an empty data folder or bucket".to_owned()),
            Self::NotABackup(_) => Some("it broke off while it was made; use an earlier one".to_owned()),
            Self::Damaged(_) => {
                Some("copy the backup again from where it came from, or use an earlier one".to_owned())
            }
            Self::Newer(_) => Some("restore it with the program that made it, or a newer one".to_owned()),
            Self::Cluster(error) => error.hint(),
            Self::File { .. } | Self::Objects(_) | Self::Store(_) => None,
        }
    }
}
