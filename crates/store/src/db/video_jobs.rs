//! Orders as the person who placed them sees them. How they are fulfilled is the worker's side; stopping them and trying
//! again is [`crate::queue::cancel`]'s.

use crate::error::StoreError;
use chrono::{DateTime, Utc};
use mv_core::ids::{ProjectId, UserId, VideoJobId};
use mv_core::order::VideoConfig;
use serde_json::Value;
use sqlx::PgConnection;
use sqlx::types::Json;

#[derive(Clone, Debug, PartialEq)]
pub struct VideoJob {
    pub id: VideoJobId,
    pub project_id: ProjectId,
    pub user_id: UserId,
    pub job_type: String,
    pub config: Json<VideoConfig>,
    pub status: String,
    pub progress: Value,
    pub progress_seq: i64,
    pub cancel_requested_at: Option<DateTime<Utc>>,
    pub output_key: Option<String>,
    pub output_metadata: Option<Value>,
    pub costs: Value,
    pub error_message: Option<String>,
    pub error_details: Option<Value>,
    pub retry_count: i32,
    pub priority: i32,
    pub created_at: DateTime<Utc>,
    pub started_at: Option<DateTime<Utc>>,
    pub completed_at: Option<DateTime<Utc>>,
    pub failed_at: Option<DateTime<Utc>>,
    pub canceled_at: Option<DateTime<Utc>>,
}

/// Places an order; the job that fulfils it is enqueued in the same transaction.
pub async fn insert(
    connection: &mut PgConnection,
    project: ProjectId,
    user: UserId,
    job_type: &str,
    config: &VideoConfig,
    priority: i32,
) -> Result<VideoJobId, StoreError> {
    let id = sqlx::query_scalar!(
        r#"INSERT INTO video_jobs (project_id, user_id, job_type, config, priority)
           VALUES ($1, $2, $3, $4, $5) RETURNING id"#,
        project.0,
        user.0,
        job_type,
        Json(config) as _,
        priority
    )
    .fetch_one(connection)
    .await?;
    Ok(VideoJobId(id))
}

/// # Errors
/// [`StoreError::NotFound`].
pub async fn get(connection: &mut PgConnection, id: VideoJobId) -> Result<VideoJob, StoreError> {
    let row = sqlx::query_as!(
        VideoJob,
        r#"SELECT id, project_id, user_id, job_type,
             config AS "config: Json<VideoConfig>", status, progress, progress_seq, cancel_requested_at, output_key,
             output_metadata, costs, error_message, error_details, retry_count, priority, created_at, started_at,
             completed_at, failed_at, canceled_at
           FROM video_jobs WHERE id = $1"#,
        id.0
    )
    .fetch_one(connection)
    .await?;
    Ok(row)
}

/// A page of a project's orders, newest first, and how many there are.
pub async fn list(
    connection: &mut PgConnection,
    project: ProjectId,
    limit: i64,
    offset: i64,
) -> Result<(Vec<VideoJob>, i64), StoreError> {
    let total = sqlx::query_scalar!(
        r#"SELECT count(*) AS "total!" FROM video_jobs WHERE project_id = $1"#,
        project.0
    )
    .fetch_one(&mut *connection)
    .await?;
    let rows = sqlx::query_as!(
        VideoJob,
        r#"SELECT id, project_id, user_id, job_type,
             config AS "config: Json<VideoConfig>", status, progress, progress_seq, cancel_requested_at, output_key,
             output_metadata, costs, error_message, error_details, retry_count, priority, created_at, started_at,
             completed_at, failed_at, canceled_at
           FROM video_jobs WHERE project_id = $1 ORDER BY created_at DESC, id LIMIT $2 OFFSET $3"#,
        project.0,
        limit,
        offset
    )
    .fetch_all(connection)
    .await?;
    Ok((rows, total))
}

/// The order for this project's whole film that is not finished, if there is one.
pub async fn unfinished(
    connection: &mut PgConnection,
    project: ProjectId,
) -> Result<Option<VideoJobId>, StoreError> {
    let id = sqlx::query_scalar!(
        "SELECT id FROM video_jobs
         WHERE project_id = $1 AND job_type = 'full_video' AND status IN ('queued', 'processing')
         ORDER BY created_at LIMIT 1",
        project.0
    )
    .fetch_optional(connection)
    .await?;
    Ok(id.map(VideoJobId))
}

/// A finished film, as it was ordered.
#[derive(Clone, Debug)]
pub struct Film {
    pub id: VideoJobId,
    pub config: VideoConfig,
    /// BLAKE3 of the song that it was made to, hex.
    pub song_hash: Option<String>,
}

/// A project's finished film: the one that this order made, else the newest.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn film(
    connection: &mut PgConnection,
    project: ProjectId,
    order: Option<VideoJobId>,
) -> Result<Option<Film>, StoreError> {
    let row = sqlx::query!(
        r#"SELECT id, config AS "config: Json<VideoConfig>", board #>> '{plan,song,hash}' AS song_hash
           FROM video_jobs
           WHERE project_id = $1 AND ($2::uuid IS NULL OR id = $2) AND job_type = 'full_video' AND status = 'complete'
           ORDER BY completed_at DESC LIMIT 1"#,
        project.0,
        order.map(|order| order.0)
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| Film { id: VideoJobId(row.id), config: row.config.0, song_hash: row.song_hash }))
}

/// The other shapes of a film that are there or on their way.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn reframes(
    connection: &mut PgConnection,
    film: VideoJobId,
) -> Result<Vec<(VideoJobId, VideoConfig)>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT id, config AS "config: Json<VideoConfig>" FROM video_jobs
           WHERE job_type = 'reframe' AND config ->> 'reframe_of' = $1::uuid::text
             AND status IN ('queued', 'processing', 'complete')"#,
        film.0
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| (VideoJobId(row.id), row.config.0)).collect())
}

/// How the project's newest film was ordered.
pub async fn last_config(
    connection: &mut PgConnection,
    project: ProjectId,
) -> Result<Option<VideoConfig>, StoreError> {
    let config = sqlx::query_scalar!(
        r#"SELECT config AS "config: Json<VideoConfig>" FROM video_jobs
           WHERE project_id = $1 AND job_type = 'full_video' ORDER BY created_at DESC LIMIT 1"#,
        project.0
    )
    .fetch_optional(connection)
    .await?;
    Ok(config.map(|config| config.0))
}
