//! Whom a mail goes to, and what it speaks of, looked up when it is sent.

use crate::error::StoreError;
use mv_core::ids::{ProjectId, UserId, VideoJobId};
use sqlx::PgConnection;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    pub email: String,
    pub name: Option<String>,
    /// `ko`, `en` or another language's tag.
    pub locale: String,
}

/// # Errors
/// [`StoreError::NotFound`] when the person is gone.
pub async fn find(connection: &mut PgConnection, user: UserId) -> Result<Recipient, StoreError> {
    let found = sqlx::query_as!(Recipient, "SELECT email, name, locale FROM users WHERE id = $1", user.0)
        .fetch_one(connection)
        .await?;
    Ok(found)
}

/// The film that a mail speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Film {
    pub project: ProjectId,
    pub title: String,
    pub error: Option<String>,
}

/// # Errors
/// [`StoreError::NotFound`] when the order is gone.
pub async fn film(connection: &mut PgConnection, order: VideoJobId) -> Result<Film, StoreError> {
    let row = sqlx::query!(
        "SELECT j.project_id, p.title, j.error_message FROM video_jobs j JOIN projects p ON p.id = j.project_id
         WHERE j.id = $1",
        order.0
    )
    .fetch_one(connection)
    .await?;
    Ok(Film { project: ProjectId(row.project_id), title: row.title, error: row.error_message })
}
