//! Why the private PostgreSQL does not run, and what to do about it.

use std::io;
use std::path::PathBuf;
use thiserror::Error;

#[derive(Debug, Error)]
pub enum ClusterError {
    #[error("PostgreSQL was not found{}", in_folder(.looked.as_ref()))]
    NotInstalled { looked: Option<PathBuf> },
    #[error("PostgreSQL `{found}` is too old: `{oldest}` or newer is needed")]
    TooOld { found: u32, oldest: u32 },
    #[error(
        "the database in `{folder}` was made by PostgreSQL `{made_by}`, which is not installed; found: `{found}`"
    )]
    OtherVersion { folder: PathBuf, made_by: u32, found: u32 },
    #[error("another MelodyVision is using `{0}`")]
    InUse(PathBuf),
    #[error(
        "the user `{account}`, who runs PostgreSQL for root, cannot reach `{folder}`: `{barred}` is closed to it"
    )]
    Unreachable { folder: PathBuf, barred: PathBuf, account: String },
    #[error("`{folder}` belongs to someone else")]
    NotOurs { folder: PathBuf },
    #[error("root may not run PostgreSQL, and there is neither a user `postgres` nor `nobody`")]
    NoAccount,
    #[error("`{path}` cannot be used: {source}")]
    File {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("`{program}` failed: {detail}")]
    Program { program: String, detail: String },
    #[error("PostgreSQL does not start: {detail}")]
    DoesNotStart { detail: String },
    #[error("PostgreSQL runs but does not let us in: {0}")]
    Refused(#[source] sqlx::Error),
}

fn in_folder(looked: Option<&PathBuf>) -> String {
    looked.map_or_else(String::new, |folder| format!(" in `{}`", folder.display()))
}

impl ClusterError {
    pub(super) fn file(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { path, source }
    }

    /// What the person can do about it.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::NotInstalled { .. } | Self::TooOld { .. } => {
                "install PostgreSQL 15 or newer (Debian, Ubuntu: \
                `apt-get install postgresql`; macOS: `brew install postgresql@17`), say where it is with \
                `MV_PG_BIN`, or use a server of your own with `DATABASE_URL`"
                    .to_owned()
            }
            Self::OtherVersion { made_by, found, .. } => format!(
                "install PostgreSQL {made_by} (Debian, Ubuntu: `apt-get install postgresql-{made_by}`) and start \
                 again; to move to {found}, make a backup with {made_by} and restore it into an empty data folder"
            ),
            Self::InUse(_) => "stop the other one, or give this one a data folder of its own".to_owned(),
            Self::Unreachable { .. } => "choose a data folder that every user may pass through, such as \
                `/var/lib/melodyvision`, or do not run as root"
                .to_owned(),
            Self::NotOurs { folder } => {
                format!("run as the user who owns `{}`, or choose another data folder", folder.display())
            }
            Self::NoAccount => "do not run as root, or add a user: `useradd --system postgres`".to_owned(),
            Self::File { .. } | Self::Program { .. } | Self::DoesNotStart { .. } | Self::Refused(_) => {
                return None;
            }
        };
        Some(hint)
    }
}
