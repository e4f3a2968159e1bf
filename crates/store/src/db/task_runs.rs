//! Tasks as their worker sees them: taken up, ended, and what they leave behind. How they are ordered is in [`super::ordered_tasks`].

use crate::db::corrections;
use crate::error::StoreError;
use mv_core::ids::{ProjectId, TaskId, UserId};
use mv_core::{Correction, SongAnalysis};
use serde_json::Value;
use sqlx::PgConnection;
use sqlx::types::Json;

#[derive(Clone, Debug)]
pub struct Task {
    pub id: TaskId,
    pub user: UserId,
    pub project: Option<ProjectId>,
    pub payload: Value,
    /// `queued`, `processing`, `complete`, `failed` or `canceled`.
    pub status: String,
}

/// Whose task it is, and the project that it is about.
#[derive(Clone, Debug)]
pub struct Concern {
    pub user: UserId,
    /// `edit_image`, `transcribe` …
    pub kind: String,
    pub project: Option<ProjectId>,
    /// The project's.
    pub title: Option<String>,
    /// Rises with every change of the task.
    pub seq: i64,
}

/// # Errors
/// [`StoreError::NotFound`] when it was removed.
pub async fn concern(connection: &mut PgConnection, id: TaskId) -> Result<Concern, StoreError> {
    let row = sqlx::query!(
        r#"SELECT t.user_id, t.kind, t.project_id, p.title AS "title?", t.progress_seq
           FROM tasks t LEFT JOIN projects p ON p.id = t.project_id WHERE t.id = $1"#,
        id.0
    )
    .fetch_one(connection)
    .await?;
    Ok(Concern {
        user: UserId(row.user_id),
        kind: row.kind,
        project: row.project_id.map(ProjectId),
        title: row.title,
        seq: row.progress_seq,
    })
}

/// Takes a task up; `None` when it has ended.
///
/// # Errors
/// [`StoreError::NotFound`] when it was removed.
pub async fn begin(connection: &mut PgConnection, id: TaskId) -> Result<Option<Task>, StoreError> {
    let row = sqlx::query!(
        "UPDATE tasks SET status = CASE WHEN status = 'queued' THEN 'processing' ELSE status END,
           progress_seq = progress_seq + 1
         WHERE id = $1 RETURNING user_id, project_id, payload, status",
        id.0
    )
    .fetch_one(connection)
    .await?;
    let task = Task {
        id,
        user: UserId(row.user_id),
        project: row.project_id.map(ProjectId),
        payload: row.payload,
        status: row.status,
    };
    Ok((task.status == "processing").then_some(task))
}

/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn complete(connection: &mut PgConnection, id: TaskId, result: &Value) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE tasks SET status = 'complete', result = $2, error = NULL, finished_at = now(),
           progress_seq = progress_seq + 1
         WHERE id = $1",
        id.0,
        result,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn fail(connection: &mut PgConnection, id: TaskId, error: &Value) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE tasks SET status = 'failed', error = $2, finished_at = now(), progress_seq = progress_seq + 1
         WHERE id = $1",
        id.0,
        error,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Those of these tasks that have ended, or are to.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn ended(connection: &mut PgConnection, ids: &[TaskId]) -> Result<Vec<TaskId>, StoreError> {
    let ids: Vec<_> = ids.iter().map(|id| id.0).collect();
    let ended = sqlx::query_scalar!(
        r#"SELECT wanted AS "id!" FROM unnest($1::uuid[]) AS wanted
           WHERE NOT EXISTS (SELECT FROM tasks
             WHERE id = wanted AND status IN ('queued', 'processing') AND cancel_requested_at IS NULL)"#,
        &ids
    )
    .fetch_all(connection)
    .await?;
    Ok(ended.into_iter().map(TaskId).collect())
}

/// The task is given up.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn cancel(connection: &mut PgConnection, id: TaskId) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE tasks SET status = 'canceled', finished_at = now(), progress_seq = progress_seq + 1
         WHERE id = $1 AND status IN ('queued', 'processing')",
        id.0,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The task is to be done after all.
///
/// # Errors
/// [`StoreError::NotFound`] when it was removed.
pub async fn requeue(connection: &mut PgConnection, id: TaskId) -> Result<(), StoreError> {
    let done = sqlx::query!(
        "UPDATE tasks SET status = 'queued', error = NULL, finished_at = NULL, cancel_requested_at = NULL,
           progress_seq = progress_seq + 1
         WHERE id = $1 AND status IN ('failed', 'canceled')",
        id.0,
    )
    .execute(connection)
    .await?;
    if done.rows_affected() == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}

/// Where a task stands.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn seq(connection: &mut PgConnection, id: TaskId) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar!("SELECT progress_seq FROM tasks WHERE id = $1", id.0)
        .fetch_one(connection)
        .await?)
}

/// What was heard of a project's song. What a person corrected of it before is laid over it again. Gives what holds.
///
/// # Errors
/// [`StoreError::NotFound`] when the project is gone.
pub async fn keep_analysis(
    connection: &mut PgConnection,
    project: ProjectId,
    heard: &SongAnalysis,
    peaks_key: &str,
) -> Result<SongAnalysis, StoreError> {
    let correction = sqlx::query_scalar!(
        r#"UPDATE projects SET audio_duration_seconds = $2, peaks_key = $3
           WHERE id = $1 AND deleted_at IS NULL RETURNING analysis_correction AS "correction: Json<Correction>""#,
        project.0,
        heard.duration.0,
        peaks_key,
    )
    .fetch_one(&mut *connection)
    .await?;
    Ok(corrections::set(connection, project, heard, correction.map(|one| one.0).as_ref()).await?.analysis)
}
