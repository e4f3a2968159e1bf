//! What can stop a production.

use crate::purchase::LedgerError;
use mv_core::storyboard::StoryboardError;
use mv_director::TemplateError;
use mv_providers::ProviderError;
use std::io;
use std::path::{Path, PathBuf};

#[derive(Debug, thiserror::Error)]
pub enum ProductionError {
    #[error("cancelled")]
    Cancelled,
    #[error("the work folder `{}` is in use by another run", folder.display())]
    FolderInUse { folder: PathBuf },
    #[error("no space left on the disk of `{}`", path.display())]
    DiskFull { path: PathBuf },
    #[error("`{}` cannot be written: {source}", path.display())]
    Folder { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// It may have been taken in and paid for; nothing is sent again before somebody has looked.
    #[error("`{provider}` may have taken work in, but nobody here can tell: {why} (call {call})")]
    Unsettled { call: String, provider: String, why: String },
    #[error("the model `{model}` is not set up here")]
    NoMaker { model: String },
    #[error(
        "scene {scene} takes {seconds:.1} s with its transitions, and `{model}` makes at most {longest} s"
    )]
    TooLong { scene: usize, seconds: f64, model: String, longest: f64 },
    #[error("the file with hash `{hash}` that the plan needs was not given")]
    MissingMaterial { hash: String },
    #[error(transparent)]
    Plan(#[from] StoryboardError),
    #[error(transparent)]
    Template(#[from] TemplateError),
    #[error(transparent)]
    Hearing(#[from] mv_audio::HearError),
    #[error(transparent)]
    Media(#[from] mv_media::MediaError),
    #[error(transparent)]
    Provision(#[from] ProviderError),
    #[error("internal: {0}")]
    Encoding(#[from] serde_json::Error),
    #[error("internal: a worker stopped unexpectedly")]
    Worker,
}

impl ProductionError {
    /// A failed write, told apart when the disk is full.
    pub(crate) fn folder(path: &Path, source: io::Error) -> Self {
        if source.kind() == io::ErrorKind::StorageFull {
            Self::DiskFull { path: path.to_owned() }
        } else {
            Self::Folder { path: path.to_owned(), source }
        }
    }
}
