//! Links that show one film to whoever holds them. Only a link's hash is kept.

use crate::error::StoreError;
use chrono::{DateTime, Utc};
use mv_core::ids::{ProjectId, ShareLinkId, UserId};
use serde_json::Value;
use sqlx::PgConnection;

#[derive(Clone, Debug, PartialEq)]
pub struct ShareLink {
    pub id: ShareLinkId,
    pub project_id: ProjectId,
    pub token_hint: String,
    pub allow_download: bool,
    pub allow_comments: bool,
    pub has_password: bool,
    pub views: i32,
    pub created_at: DateTime<Utc>,
    pub expires_at: Option<DateTime<Utc>>,
    pub revoked_at: Option<DateTime<Utc>>,
}

#[derive(Clone, Debug)]
pub struct NewShareLink<'a> {
    pub project: ProjectId,
    pub token_hash: &'a [u8],
    pub token_hint: &'a str,
    pub allow_download: bool,
    pub allow_comments: bool,
    pub password_hash: Option<&'a str>,
    pub expires_at: Option<DateTime<Utc>>,
}

/// What the holder of a link may see.
#[derive(Clone, Debug, PartialEq)]
pub struct SharedFilm {
    pub project_id: ProjectId,
    pub title: String,
    pub artist: String,
    pub final_video_key: Option<String>,
    pub poster_key: Option<String>,
    pub duration_seconds: Option<f64>,
    /// Sections of the song: the film's chapters.
    pub sections: Value,
    /// Lines of the lyrics: its captions.
    pub lyrics: Value,
    pub allow_download: bool,
    pub allow_comments: bool,
    pub password_hash: Option<String>,
}

pub async fn insert(
    connection: &mut PgConnection,
    user: UserId,
    new: &NewShareLink<'_>,
) -> Result<ShareLink, StoreError> {
    let row = sqlx::query_as!(
        ShareLink,
        r#"INSERT INTO share_links (project_id, user_id, token_hash, token_hint, allow_download, allow_comments,
             password_hash, expires_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
           RETURNING id, project_id, token_hint, allow_download,
             allow_comments, password_hash IS NOT NULL AS "has_password!", views, created_at, expires_at, revoked_at"#,
        new.project.0,
        user.0,
        new.token_hash,
        new.token_hint,
        new.allow_download,
        new.allow_comments,
        new.password_hash,
        new.expires_at
    )
    .fetch_one(connection)
    .await?;
    Ok(row)
}

/// A project's links, newest first.
pub async fn list(connection: &mut PgConnection, project: ProjectId) -> Result<Vec<ShareLink>, StoreError> {
    let rows = sqlx::query_as!(
        ShareLink,
        r#"SELECT id, project_id, token_hint, allow_download,
             allow_comments, password_hash IS NOT NULL AS "has_password!", views, created_at, expires_at, revoked_at
           FROM share_links WHERE project_id = $1 ORDER BY created_at DESC, id LIMIT 200"#,
        project.0
    )
    .fetch_all(connection)
    .await?;
    Ok(rows)
}

/// Shuts a link for good.
///
/// # Errors
/// [`StoreError::NotFound`] when it is not there, or shut already.
pub async fn revoke(
    connection: &mut PgConnection,
    project: ProjectId,
    id: ShareLinkId,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let done = sqlx::query!(
        "UPDATE share_links SET revoked_at = $3 WHERE project_id = $1 AND id = $2 AND revoked_at IS NULL",
        project.0,
        id.0,
        now
    )
    .execute(connection)
    .await?;
    if done.rows_affected() == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}

/// What a link shows, by its hash. Asks no right of whoever calls: the link is the right.
///
/// # Errors
/// [`StoreError::NotFound`] when there is no such link, or it was shut, or its time is over.
pub async fn find(connection: &mut PgConnection, token_hash: &[u8]) -> Result<SharedFilm, StoreError> {
    let row = sqlx::query_as!(
        SharedFilm,
        r#"SELECT project_id AS "project_id!", title AS "title!", artist AS "artist!", final_video_key,
             poster_key, duration_seconds, sections AS "sections!", lyrics AS "lyrics!", allow_download AS "allow_download!",
             allow_comments AS "allow_comments!", password_hash
           FROM find_share_link($1)"#,
        token_hash
    )
    .fetch_one(connection)
    .await?;
    Ok(row)
}

/// Counts that the film was shown.
pub async fn count_view(connection: &mut PgConnection, token_hash: &[u8]) -> Result<(), StoreError> {
    sqlx::query!("SELECT count_share_view($1)", token_hash).execute(connection).await?;
    Ok(())
}
