//! Scenes as people see them: where they lie, what they show, what was made for them. Edits of their times and contents
//! go through [`crate::board::Board`] and [`super::plans`].

use super::plans;
use crate::error::StoreError;
use chrono::{DateTime, Utc};
use mv_core::Scene;
use mv_core::ids::{ProjectId, SceneId};
use mv_core::mention::{self, Named};
use sqlx::PgConnection;
use sqlx::types::Json;

#[derive(Clone, Debug, PartialEq)]
pub struct SceneRow {
    pub id: SceneId,
    pub project_id: ProjectId,
    pub scene_number: i32,
    pub timestamp_start: f64,
    pub timestamp_end: f64,
    pub section_type: Option<String>,
    pub description: String,
    pub config: Json<Scene>,
    pub image_key: Option<String>,
    pub image_generation_model: Option<String>,
    pub image_generation_time_ms: Option<i32>,
    pub video_key: Option<String>,
    pub video_generation_model: Option<String>,
    pub video_generation_time_ms: Option<i32>,
    pub video_resolution: Option<String>,
    pub video_duration_seconds: Option<f64>,
    pub image_likeness: Option<f32>,
    pub image_cost_usd: f64,
    pub video_cost_usd: f64,
    pub status: String,
    pub error_message: Option<String>,
    pub generation_attempts: i32,
    pub locked: bool,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// All scenes of a project in order, their people called by the names of now.
pub async fn list(connection: &mut PgConnection, project: ProjectId) -> Result<Vec<SceneRow>, StoreError> {
    let rows = sqlx::query_as!(
        SceneRow,
        r#"SELECT id, project_id, scene_number, timestamp_start, timestamp_end,
             section_type, description, config AS "config: Json<Scene>", image_key, image_generation_model,
             image_generation_time_ms, video_key, video_generation_model, video_generation_time_ms, video_resolution,
             video_duration_seconds, image_likeness, image_cost_usd::float8 AS "image_cost_usd!",
             video_cost_usd::float8 AS "video_cost_usd!", status, error_message, generation_attempts, locked, version,
             created_at, updated_at
           FROM scenes WHERE project_id = $1 ORDER BY scene_number"#,
        project.0
    )
    .fetch_all(&mut *connection)
    .await?;
    let people = plans::people(connection, project).await?;
    Ok(rows.into_iter().map(|row| shown(row, &people)).collect())
}

/// A scene, its people called by the names of now.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn get(connection: &mut PgConnection, id: SceneId) -> Result<SceneRow, StoreError> {
    let row = sqlx::query_as!(
        SceneRow,
        r#"SELECT id, project_id, scene_number, timestamp_start, timestamp_end,
             section_type, description, config AS "config: Json<Scene>", image_key, image_generation_model,
             image_generation_time_ms, video_key, video_generation_model, video_generation_time_ms, video_resolution,
             video_duration_seconds, image_likeness, image_cost_usd::float8 AS "image_cost_usd!",
             video_cost_usd::float8 AS "video_cost_usd!", status, error_message, generation_attempts, locked, version,
             created_at, updated_at
           FROM scenes WHERE id = $1"#,
        id.0
    )
    .fetch_one(&mut *connection)
    .await?;
    let people = plans::people(connection, row.project_id).await?;
    Ok(shown(row, &people))
}

fn shown(mut row: SceneRow, people: &[Named]) -> SceneRow {
    mention::show_scene(&mut row.config.0, people);
    row.description = mention::show(&row.description, people);
    row
}

/// Refuses an edit of a scene that was changed since it was read. Its project is locked by
/// [`super::projects::raise_version`] before.
///
/// # Errors
/// [`StoreError::Changed`], [`StoreError::NotFound`].
pub async fn expect_version(
    connection: &mut PgConnection,
    id: SceneId,
    expected: Option<i32>,
) -> Result<(), StoreError> {
    let found =
        sqlx::query_scalar!("SELECT version FROM scenes WHERE id = $1", id.0).fetch_one(connection).await?;
    match expected {
        Some(expected) if expected != found => Err(StoreError::Changed { expected, found }),
        _ => Ok(()),
    }
}

/// Locks a scene against being made anew, or unlocks it.
pub async fn set_locked(connection: &mut PgConnection, id: SceneId, locked: bool) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE scenes SET locked = $2, version = version + 1 WHERE id = $1 AND locked <> $2",
        id.0,
        locked
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The scene is being made anew.
pub async fn begin_remake(
    connection: &mut PgConnection,
    id: SceneId,
    status: &str,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE scenes SET status = $2, error_message = NULL, generation_attempts = generation_attempts + 1 WHERE id = $1",
        id.0,
        status
    )
    .execute(connection)
    .await?;
    Ok(())
}
