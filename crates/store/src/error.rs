//! What can go wrong with what is kept.

use thiserror::Error;

#[derive(Debug, Error)]
pub enum StoreError {
    /// The row is not there, or not this person's.
    #[error("not found")]
    NotFound,
    /// It was changed since it was read: `expected` is the version that the change was made against.
    #[error("it was changed meanwhile: version {found}, not {expected}")]
    Changed { expected: i32, found: i32 },
    /// A rule of the database, by its name, said no.
    #[error("`{constraint}` does not hold")]
    Constraint { constraint: String },
    /// A storyboard that cannot be filmed.
    #[error(transparent)]
    Plan(#[from] mv_core::storyboard::StoryboardError),
    /// A value that PostgreSQL's types cannot hold: a NUL in a text, a number out of range, a text too long.
    #[error("a value cannot be stored: {0}")]
    Unfit(#[source] sqlx::Error),
    #[error("the database was changed by a newer program: it knows migration `{0}`")]
    Newer(i64),
    #[error("the schema cannot be brought up to date: {0}")]
    Migration(#[source] sqlx::migrate::MigrateError),
    #[error("the queue's schema cannot be brought up to date: {0}")]
    Queue(String),
    /// The job was taken over by another worker, or taken off the queue: what was done for it does not count.
    #[error("the job is no longer held by this worker")]
    Superseded,
    #[error("the database does not answer: {0}")]
    Unavailable(#[source] sqlx::Error),
    /// A row holds what this program does not understand.
    #[error("a row cannot be read: {0}")]
    Json(#[source] serde_json::Error),
    #[error(transparent)]
    Objects(#[from] crate::objects::ObjectError),
    #[error("{0}")]
    Database(#[source] sqlx::Error),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::Error as E;
        if let E::Database(told) = &error
            && let Some(constraint) = told.constraint()
        {
            return Self::Constraint { constraint: constraint.to_owned() };
        }
        if let E::Database(told) = &error
            && told
                .code()
                .is_some_and(|code| matches!(&*code, "22001" | "22003" | "22008" | "22021" | "22P05"))
        {
            return Self::Unfit(error);
        }
        match error {
            E::RowNotFound => Self::NotFound,
            E::Io(_) | E::Tls(_) | E::PoolTimedOut | E::PoolClosed | E::WorkerCrashed => {
                Self::Unavailable(error)
            }
            other => Self::Database(other),
        }
    }
}

impl StoreError {
    pub(crate) fn json(error: serde_json::Error) -> Self {
        Self::Json(error)
    }

    /// Whether this is the rule of the database with this name.
    pub fn broke(&self, name: &str) -> bool {
        matches!(self, Self::Constraint { constraint } if constraint == name)
    }
}
