//! Work ordered outside a film: an analysis, a character's test pictures, an edit of a picture, an export of one's data.

use crate::error::StoreError;
use chrono::{DateTime, Utc};
use mv_core::ids::{ProjectId, SceneId, TaskId, UserId};
use serde_json::Value;
use sqlx::PgConnection;
use sqlx::types::Uuid;

#[derive(Clone, Debug, PartialEq)]
pub struct Task {
    pub id: TaskId,
    pub project_id: Option<Uuid>,
    pub scene_id: Option<Uuid>,
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

/// Notes which scene a task is about.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn insert_for_scene(
    connection: &mut PgConnection,
    user: UserId,
    project: ProjectId,
    scene: SceneId,
    kind: &str,
    payload: &Value,
) -> Result<TaskId, StoreError> {
    let id = sqlx::query_scalar!(
        "INSERT INTO tasks (user_id, project_id, scene_id, kind, payload) VALUES ($1, $2, $3, $4, $5) RETURNING id",
        user.0,
        project.0,
        scene.0,
        kind,
        payload
    )
    .fetch_one(connection)
    .await?;
    Ok(TaskId(id))
}

/// Which tasks to list.
#[derive(Clone, Copy, Debug, Default)]
pub struct TaskFilter<'a> {
    pub project: Option<ProjectId>,
    pub scene: Option<SceneId>,
    pub kind: Option<&'a str>,
}

/// A page of the tasks that the person sees, newest first, and how many there are.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn list(
    connection: &mut PgConnection,
    filter: TaskFilter<'_>,
    limit: i64,
    offset: i64,
) -> Result<(Vec<Task>, i64), StoreError> {
    let (project, scene) = (filter.project.map(|id| id.0), filter.scene.map(|id| id.0));
    let total = sqlx::query_scalar!(
        r#"SELECT count(*) AS "total!" FROM tasks
           WHERE ($1::uuid IS NULL OR project_id = $1) AND ($2::uuid IS NULL OR scene_id = $2)
             AND ($3::text IS NULL OR kind = $3)"#,
        project,
        scene,
        filter.kind
    )
    .fetch_one(&mut *connection)
    .await?;
    let rows = sqlx::query_as!(
        Task,
        "SELECT id, project_id, scene_id, kind, status, payload, result, error, progress_seq, created_at, finished_at
         FROM tasks
         WHERE ($1::uuid IS NULL OR project_id = $1) AND ($2::uuid IS NULL OR scene_id = $2)
           AND ($3::text IS NULL OR kind = $3)
         ORDER BY created_at DESC, id LIMIT $4 OFFSET $5",
        project,
        scene,
        filter.kind,
        limit,
        offset
    )
    .fetch_all(connection)
    .await?;
    Ok((rows, total))
}

/// The unfinished task of this kind for a scene.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn unfinished_for_scene(
    connection: &mut PgConnection,
    scene: SceneId,
    kind: &str,
) -> Result<Option<TaskId>, StoreError> {
    let id = sqlx::query_scalar!(
        "SELECT id FROM tasks WHERE scene_id = $1 AND kind = $2 AND status IN ('queued', 'processing')
         ORDER BY created_at DESC LIMIT 1",
        scene.0,
        kind
    )
    .fetch_optional(connection)
    .await?;
    Ok(id.map(TaskId))
}

/// # Errors
/// [`StoreError::NotFound`].
pub async fn get(connection: &mut PgConnection, id: TaskId) -> Result<Task, StoreError> {
    let row = sqlx::query_as!(
        Task,
        r#"SELECT id, project_id, scene_id, kind, status, payload, result, error,
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
