//! Work ordered outside a film: an analysis, a character's test pictures, an export of one's data.

use crate::error::StoreError;
use chrono::{DateTime, Utc};
use mv_core::ids::{ProjectId, TaskId, UserId};
use serde_json::Value;
use sqlx::PgConnection;
use sqlx::types::Uuid;

#[derive(Clone, Debug, PartialEq)]
pub struct Task {
    pub id: TaskId,
    pub project_id: Option<Uuid>,
    pub kind: String,
    pub status: String,
    pub payload: Value,
    pub result: Option<Value>,
    pub error: Option<Value>,
    pub progress_seq: i64,
    pub created_at: DateTime<Utc>,
    pub finished_at: Option<DateTime<Utc>>,
}

pub async fn insert(
    connection: &mut PgConnection,
    user: UserId,
    project: Option<ProjectId>,
    kind: &str,
    payload: &Value,
) -> Result<TaskId, StoreError> {
    let id = sqlx::query_scalar!(
        "INSERT INTO tasks (user_id, project_id, kind, payload) VALUES ($1, $2, $3, $4) RETURNING id",
        user.0,
        project.map(|id| id.0),
        kind,
        payload
    )
    .fetch_one(connection)
    .await?;
    Ok(TaskId(id))
}

/// # Errors
/// [`StoreError::NotFound`].
pub async fn get(connection: &mut PgConnection, id: TaskId) -> Result<Task, StoreError> {
    let row = sqlx::query_as!(
        Task,
        r#"SELECT id, project_id, kind, status, payload, result, error,
             progress_seq, created_at, finished_at
           FROM tasks WHERE id = $1"#,
        id.0
    )
    .fetch_one(connection)
    .await?;
    Ok(row)
}

/// The unfinished task of this kind for a project, so that asking twice orders once.
pub async fn unfinished(
    connection: &mut PgConnection,
    project: ProjectId,
    kind: &str,
) -> Result<Option<TaskId>, StoreError> {
    let id = sqlx::query_scalar!(
        "SELECT id FROM tasks WHERE project_id = $1 AND kind = $2 AND status IN ('queued', 'processing')
         ORDER BY created_at DESC LIMIT 1",
        project.0,
        kind
    )
    .fetch_optional(connection)
    .await?;
    Ok(id.map(TaskId))
}
