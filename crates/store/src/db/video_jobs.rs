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
