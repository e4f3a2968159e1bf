//! Every state of a scene that is worth going back to. None is thrown away by making another.

use crate::error::StoreError;
use chrono::{DateTime, Utc};
use mv_core::Scene;
use mv_core::ids::{ProjectId, SceneId, SceneVersionId, UserId};
use sqlx::PgConnection;
use sqlx::types::{Json, Uuid};

#[derive(Clone, Debug, PartialEq)]
pub struct SceneVersion {
    pub id: SceneVersionId,
    pub project_id: ProjectId,
    pub scene_id: SceneId,
    pub number: i32,
    pub config: Json<Scene>,
    pub description: String,
    pub image_key: Option<String>,
    pub video_key: Option<String>,
    pub model: Option<String>,
    pub cost_usd: f64,
    pub likeness: Option<f32>,
    pub source: String,
    pub created_by: Option<Uuid>,
    pub created_at: DateTime<Utc>,
    /// Whether the scene is just so now.
    pub is_current: bool,
}

/// A scene's versions, newest first.
pub async fn list(connection: &mut PgConnection, scene: SceneId) -> Result<Vec<SceneVersion>, StoreError> {
    let rows = sqlx::query_as!(
        SceneVersion,
        r#"SELECT v.id, v.project_id, v.scene_id,
             v.number, v.config AS "config: Json<Scene>", v.description, v.image_key, v.video_key, v.model,
             v.cost_usd::float8 AS "cost_usd!", v.likeness, v.source, v.created_by, v.created_at,
             (v.description = s.description
               AND v.config - '{start,rhymes_with}'::text[] = s.config - '{start,rhymes_with}'::text[]
               AND v.image_key IS NOT DISTINCT FROM s.image_key AND v.video_key IS NOT DISTINCT FROM s.video_key)
               AS "is_current!"
           FROM scene_versions v JOIN scenes s ON s.id = v.scene_id
           WHERE v.scene_id = $1 ORDER BY v.number DESC"#,
        scene.0
    )
    .fetch_all(connection)
    .await?;
    Ok(rows)
}

/// # Errors
/// [`StoreError::NotFound`].
pub async fn get(
    connection: &mut PgConnection,
    scene: SceneId,
    id: SceneVersionId,
) -> Result<SceneVersion, StoreError> {
    let row = sqlx::query_as!(
        SceneVersion,
        r#"SELECT v.id, v.project_id, v.scene_id,
             v.number, v.config AS "config: Json<Scene>", v.description, v.image_key, v.video_key, v.model,
             v.cost_usd::float8 AS "cost_usd!", v.likeness, v.source, v.created_by, v.created_at,
             (v.description = s.description
               AND v.config - '{start,rhymes_with}'::text[] = s.config - '{start,rhymes_with}'::text[]
               AND v.image_key IS NOT DISTINCT FROM s.image_key AND v.video_key IS NOT DISTINCT FROM s.video_key)
               AS "is_current!"
           FROM scene_versions v JOIN scenes s ON s.id = v.scene_id
           WHERE v.scene_id = $1 AND v.id = $2"#,
        scene.0,
        id.0
    )
    .fetch_one(connection)
    .await?;
    Ok(row)
}

/// Keeps the scene's present state as a version, unless it is one already. With `unless_since`, a version that the same
/// person's typing left after that moment is enough: one sitting, one version.
pub async fn keep(
    connection: &mut PgConnection,
    scene: SceneId,
    source: &str,
    by: Option<UserId>,
    unless_since: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO scene_versions (project_id, scene_id, number, config, description, image_key, video_key, model,
           cost_usd, likeness, source, created_by, created_at)
         SELECT s.project_id, s.id,
           (SELECT coalesce(max(number), 0) + 1 FROM scene_versions WHERE scene_id = s.id),
           s.config, s.description, s.image_key, s.video_key,
           coalesce(s.video_generation_model, s.image_generation_model), s.image_cost_usd + s.video_cost_usd,
           s.image_likeness, $2, $3, $5
         FROM scenes s
         WHERE s.id = $1
           AND NOT EXISTS (
             SELECT FROM scene_versions v WHERE v.scene_id = s.id AND v.description = s.description
               AND v.config - '{start,rhymes_with}'::text[] = s.config - '{start,rhymes_with}'::text[]
               AND v.image_key IS NOT DISTINCT FROM s.image_key AND v.video_key IS NOT DISTINCT FROM s.video_key)
           AND ($4::timestamptz IS NULL OR NOT EXISTS (
             SELECT FROM scene_versions v WHERE v.scene_id = s.id AND v.source = 'edited' AND v.created_by = $3
               AND v.created_at > $4
               AND v.image_key IS NOT DISTINCT FROM s.image_key AND v.video_key IS NOT DISTINCT FROM s.video_key))",
        scene.0,
        source,
        by.map(|id| id.0),
        unless_since,
        now
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A version that the scene never showed.
#[derive(Clone, Copy, Debug)]
pub struct NewVersion<'a> {
    pub config: &'a Scene,
    pub image_key: &'a str,
    pub model: Option<&'a str>,
    /// Of the picture to its characters' photos, 0–1.
    pub likeness: Option<f32>,
    pub by: UserId,
    pub now: DateTime<Utc>,
}

/// Adds a version beside what the scene shows, unless it is one already. A scene that is gone gets none.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn add(
    connection: &mut PgConnection,
    scene: SceneId,
    new: &NewVersion<'_>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO scene_versions (project_id, scene_id, number, config, description, image_key, model, source,
           created_by, created_at, likeness)
         SELECT s.project_id, s.id, (SELECT coalesce(max(number), 0) + 1 FROM scene_versions WHERE scene_id = s.id),
           $2, $3, $4, $5, 'generated', $6, $7, $8
         FROM scenes s
         WHERE s.id = $1
           AND NOT EXISTS (SELECT FROM scene_versions v WHERE v.scene_id = s.id AND v.image_key = $4)",
        scene.0,
        Json(new.config) as _,
        new.config.description,
        new.image_key,
        new.model,
        new.by.0,
        new.now,
        new.likeness
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Shows these pictures in the scene: those of a version that is restored, or a file of the person's own.
pub async fn show(
    connection: &mut PgConnection,
    scene: SceneId,
    image_key: Option<&str>,
    video_key: Option<&str>,
    model: Option<&str>,
    likeness: Option<f32>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE scenes SET image_key = $2, video_key = $3, image_generation_model = $4, video_generation_model = $4,
           image_likeness = $5,
           version = version + 1, error_message = NULL,
           status = CASE WHEN $3::text IS NOT NULL THEN 'video_ready' WHEN $2::text IS NOT NULL THEN 'image_ready'
             ELSE 'pending' END
         WHERE id = $1",
        scene.0,
        image_key,
        video_key,
        model,
        likeness,
    )
    .execute(connection)
    .await?;
    Ok(())
}
