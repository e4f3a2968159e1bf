//! What an order makes of a storyboard: the storyboard as it was when the order was laid out, and the stills and clips
//! that its scenes get from it. Scenes that were edited meanwhile keep waiting for theirs.

use crate::board::Board;
use crate::db::orders::Order;
use crate::error::StoreError;
use mv_core::Scene;
use mv_core::ids::{SceneId, VideoJobId};
use sqlx::PgConnection;
use sqlx::types::{Json, Uuid};

/// Keeps the storyboard that the order is made from: whatever is edited from now on is for the next one.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn plan(connection: &mut PgConnection, order: VideoJobId, board: &Board) -> Result<(), StoreError> {
    sqlx::query!("UPDATE video_jobs SET board = $2 WHERE id = $1", order.0, Json(board) as _)
        .execute(connection)
        .await?;
    Ok(())
}

/// The storyboard that the order is made from; `None` before it is laid out.
///
/// # Errors
/// [`StoreError::NotFound`] when the order was removed with its project.
pub async fn planned(connection: &mut PgConnection, order: VideoJobId) -> Result<Option<Board>, StoreError> {
    let board =
        sqlx::query_scalar!(r#"SELECT board AS "board: Json<Board>" FROM video_jobs WHERE id = $1"#, order.0)
            .fetch_one(connection)
            .await?;
    Ok(board.map(|board| board.0))
}

/// Clips of these scenes are being made.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn begin(connection: &mut PgConnection, scenes: &[SceneId]) -> Result<(), StoreError> {
    let ids: Vec<Uuid> = scenes.iter().map(|id| id.0).collect();
    sqlx::query!(
        "UPDATE scenes SET status = 'generating_video', error_message = NULL,
           generation_attempts = generation_attempts + 1
         WHERE id = ANY ($1) AND status NOT LIKE 'generating%'",
        &ids
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Something that was made for a scene.
#[derive(Clone, Debug, Default)]
pub struct Take {
    pub image_key: Option<String>,
    pub video_key: Option<String>,
    /// Of the clip, as `1920x1080`.
    pub resolution: String,
    /// Of the clip.
    pub seconds: f64,
    pub model: String,
    /// Of the still to its characters' photos, 0–1.
    pub likeness: Option<f32>,
}

/// Puts a still or a clip in its place on the storyboard, if the scene is still the one that it was made for. Says whether
/// it is.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn put(
    connection: &mut PgConnection,
    scene: SceneId,
    planned: &Scene,
    length: f64,
    take: &Take,
) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "UPDATE scenes SET image_key = coalesce($5, image_key), video_key = coalesce($6, video_key),
           status = CASE WHEN coalesce($6, video_key) IS NULL THEN 'image_ready' ELSE 'video_ready' END,
           image_likeness = CASE WHEN $5::text IS NULL THEN image_likeness ELSE $10 END,
           image_generation_model = CASE WHEN $5::text IS NULL THEN image_generation_model ELSE $7 END,
           video_generation_model = CASE WHEN $6::text IS NULL THEN video_generation_model ELSE $7 END,
           video_resolution = CASE WHEN $6::text IS NULL THEN video_resolution ELSE $8 END,
           video_duration_seconds = CASE WHEN $6::text IS NULL THEN video_duration_seconds ELSE $9 END,
           error_message = NULL
         WHERE id = $1 AND description = $3 AND abs(timestamp_end - timestamp_start - $4) < 1e-6
           AND config - '{start,rhymes_with}'::text[] = $2::jsonb - '{start,rhymes_with}'::text[]",
        scene.0,
        Json(planned) as _,
        planned.description,
        length,
        take.image_key,
        take.video_key,
        take.model,
        take.resolution,
        take.seconds,
        take.likeness,
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Keeps a take as the scene's newest version, of what was planned when it was ordered.
///
/// # Errors
/// [`StoreError::NotFound`] when the scene is gone.
pub async fn keep(
    connection: &mut PgConnection,
    order: &Order,
    scene: SceneId,
    planned: &Scene,
    take: &Take,
) -> Result<(), StoreError> {
    let done = sqlx::query!(
        "INSERT INTO scene_versions (project_id, scene_id, number, config, description, image_key, video_key, model,
           likeness, created_by)
         SELECT project_id, id, 1 + coalesce((SELECT max(number) FROM scene_versions WHERE scene_id = s.id), 0), $2,
           $3, coalesce($4, image_key), coalesce($5, video_key), $6, $8, $7
         FROM scenes s WHERE id = $1",
        scene.0,
        Json(planned) as _,
        planned.description,
        take.image_key,
        take.video_key,
        take.model,
        order.user.0,
        take.likeness,
    )
    .execute(connection)
    .await?;
    if done.rows_affected() == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}
