//! Orders as the worker sees them: what is to be made, of what, and what became of it.

use crate::error::StoreError;
use crate::queue::Priority;
use chrono::{DateTime, Utc};
use mv_core::VideoConfig;
use mv_core::character::Seen;
use mv_core::ids::{CharacterId, ProjectId, UserId, VideoJobId};
use mv_core::units::MicroUsd;
use serde_json::Value;
use sqlx::PgConnection;
use sqlx::types::Json;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderStatus {
    Queued,
    Processing,
    Complete,
    Failed,
    Canceled,
}

impl OrderStatus {
    fn of(word: &str) -> Self {
        match word {
            "processing" => Self::Processing,
            "complete" => Self::Complete,
            "failed" => Self::Failed,
            "canceled" => Self::Canceled,
            // The table's check leaves nothing else.
            _ => Self::Queued,
        }
    }

    /// Work may still be done for it.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Queued | Self::Processing)
    }
}

/// An order for a film, for one scene of it, or for it in another shape.
#[derive(Clone, Debug)]
pub struct Order {
    pub id: VideoJobId,
    pub project: ProjectId,
    pub user: UserId,
    pub config: VideoConfig,
    pub status: OrderStatus,
    pub cancel_requested: bool,
    pub created_at: DateTime<Utc>,
    pub priority: Priority,
    /// How often it was tried again after it had failed or was stopped.
    pub retries: i32,
}

impl Order {
    /// Where its steps stand in line: an order's steps go together, the order that came first before the next.
    pub fn rank(&self) -> DateTime<Utc> {
        self.priority.rank(self.created_at)
    }
}

/// Reads an order and holds its row until the transaction ends, so that its steps are changed by one at a time.
///
/// # Errors
/// [`StoreError::NotFound`] when it was removed with its project.
pub async fn lock(connection: &mut PgConnection, id: VideoJobId) -> Result<Order, StoreError> {
    let row = sqlx::query!(
        r#"SELECT j.project_id, j.user_id, j.config AS "config: Json<VideoConfig>", j.status, j.cancel_requested_at,
             j.created_at, j.priority, j.retry_count
           FROM video_jobs j WHERE j.id = $1 FOR UPDATE OF j"#,
        id.0
    )
    .fetch_one(connection)
    .await?;
    Ok(Order {
        id,
        project: ProjectId(row.project_id),
        user: UserId(row.user_id),
        config: row.config.0,
        status: OrderStatus::of(&row.status),
        cancel_requested: row.cancel_requested_at.is_some(),
        created_at: row.created_at,
        priority: Priority::of_order(row.priority),
        retries: row.retry_count,
    })
}

/// What an order's film is made from, besides its storyboard.
#[derive(Clone, Debug)]
pub struct Source {
    /// Whose project it is: their files are named by their id.
    pub owner: UserId,
    pub title: String,
    pub artist: String,
    pub audio_key: String,
    /// BLAKE3 of the song's file, hex.
    pub audio_hash: String,
    /// A `SongAnalysis`; `None` until the song was heard.
    pub analysis: Option<Value>,
    pub template_id: Option<String>,
    pub lyrics: Option<Value>,
    /// The most that the project may spend.
    pub budget: Option<MicroUsd>,
    pub character: Option<Character>,
}

/// The project's character.
#[derive(Clone, Debug)]
pub struct Character {
    pub id: CharacterId,
    pub name: String,
    /// Looks, for prompts: the person's own words, else what was seen in the photos.
    pub description: String,
    /// Object keys.
    pub photos: Vec<String>,
}

/// # Errors
/// [`StoreError::NotFound`] when the project is gone.
pub async fn source(connection: &mut PgConnection, project: ProjectId) -> Result<Source, StoreError> {
    let row = sqlx::query!(
        r#"SELECT p.user_id, p.title, p.artist, p.audio_key, p.audio_hash, nullif(p.audio_analysis, '{}'::jsonb) AS analysis,
             p.template_id, nullif(p.lyrics, '{}'::jsonb) AS lyrics,
             (p.budget_usd * 1000000)::bigint AS budget_micros,
             c.id AS "character_id?", c.name AS "character_name?", c.description AS character_description,
             c.analysis_data AS "seen?: Json<Seen>", c.reference_images AS "photos?"
           FROM projects p
           LEFT JOIN character_profiles c ON c.id = p.character_profile_id AND c.deleted_at IS NULL
           WHERE p.id = $1 AND p.deleted_at IS NULL"#,
        project.0
    )
    .fetch_one(connection)
    .await?;
    let seen = row.seen.unwrap_or_default();
    let character = row.character_id.zip(row.character_name).map(|(id, name)| Character {
        id: CharacterId(id),
        name,
        description: seen.looks(row.character_description.as_deref().unwrap_or_default()),
        photos: row.photos.unwrap_or_default(),
    });
    Ok(Source {
        owner: UserId(row.user_id),
        title: row.title,
        artist: row.artist,
        audio_key: row.audio_key,
        audio_hash: row.audio_hash,
        analysis: row.analysis,
        template_id: row.template_id,
        lyrics: row.lyrics,
        budget: row.budget_micros.map(MicroUsd),
        character,
    })
}

/// Work on the order begins.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn start(connection: &mut PgConnection, order: &Order) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE video_jobs SET status = 'processing', started_at = coalesce(started_at, now()),
           progress_seq = progress_seq + 1
         WHERE id = $1",
        order.id.0
    )
    .execute(&mut *connection)
    .await?;
    if order.config.is_film() {
        sqlx::query!("UPDATE projects SET status = 'generating' WHERE id = $1", order.project.0)
            .execute(connection)
            .await?;
    }
    Ok(())
}

/// What a finished film order leaves on its rows.
#[derive(Clone, Debug)]
pub struct Finished {
    pub film_key: String,
    pub poster_key: Option<String>,
    pub duration_seconds: f64,
    pub resolution: String,
    pub metadata: Value,
    pub costs: Value,
}

/// A film is finished: the order is complete and the project shows it.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn complete_film(
    connection: &mut PgConnection,
    order: &Order,
    made: &Finished,
) -> Result<(), StoreError> {
    complete(&mut *connection, order, Some(&made.film_key), &made.metadata, &made.costs).await?;
    sqlx::query!(
        "UPDATE projects SET status = 'complete', final_video_key = $2, poster_key = coalesce($3, poster_key),
           final_video_duration_seconds = $4, final_video_resolution = $5, completed_at = now()
         WHERE id = $1",
        order.project.0,
        made.film_key,
        made.poster_key,
        made.duration_seconds,
        made.resolution,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The order is complete. What the ledger has booked for it stays; `costs` says the rest.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn complete(
    connection: &mut PgConnection,
    order: &Order,
    output_key: Option<&str>,
    metadata: &Value,
    costs: &Value,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE video_jobs SET status = 'complete', output_key = $2, output_metadata = $3, costs = $4 || costs,
           completed_at = now(), progress_seq = progress_seq + 1,
           progress = progress || jsonb_build_object('fraction', 1, 'current_stage', 'complete',
             'completed_scenes', coalesce(progress -> 'total_scenes', '0'), 'estimated_time_remaining', 0)
         WHERE id = $1",
        order.id.0,
        output_key,
        metadata,
        costs,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The order cannot be fulfilled. `message` is for the person who ordered.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn fail(
    connection: &mut PgConnection,
    order: &Order,
    message: &str,
    details: &Value,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE video_jobs SET status = 'failed', error_message = $2, error_details = $3, failed_at = now(),
           progress_seq = progress_seq + 1
         WHERE id = $1",
        order.id.0,
        message,
        details,
    )
    .execute(&mut *connection)
    .await?;
    give_up(connection, order.id, Some(message)).await
}

/// The order was stopped on request.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn cancel(connection: &mut PgConnection, order: &Order) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE video_jobs SET status = 'canceled', canceled_at = now(), progress_seq = progress_seq + 1
         WHERE id = $1",
        order.id.0
    )
    .execute(&mut *connection)
    .await?;
    give_up(connection, order.id, None).await
}

/// Nothing more is made for this order: its project and scenes show what they have. A scene that was ordered alone says
/// what went wrong, if anything did; of a film, the order does. Whoever may not change the project leaves it as it is.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn give_up(
    connection: &mut PgConnection,
    id: VideoJobId,
    error: Option<&str>,
) -> Result<(), StoreError> {
    // The project goes first, as everywhere: whoever edits or pays holds it before its scenes.
    // One that has a film from before still shows it.
    sqlx::query!(
        "UPDATE projects p SET status = CASE WHEN p.final_video_key IS NOT NULL THEN 'complete'
             WHEN $2::text IS NOT NULL THEN 'failed' ELSE 'editing' END
         FROM video_jobs o
         WHERE o.id = $1 AND p.id = o.project_id AND p.status = 'generating' AND o.job_type = 'full_video'
           AND NOT EXISTS (SELECT FROM video_jobs j
             WHERE j.project_id = p.id AND j.id <> o.id AND j.status IN ('queued', 'processing')
               AND j.job_type = 'full_video')",
        id.0,
        error,
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "UPDATE scenes s SET error_message = CASE WHEN o.job_type = 'single_scene' THEN $2 END,
           status = CASE WHEN o.job_type = 'single_scene' AND $2::text IS NOT NULL THEN 'error'
             WHEN s.video_key IS NOT NULL THEN 'video_ready' WHEN s.image_key IS NOT NULL THEN 'image_ready'
             ELSE 'pending' END
         FROM video_jobs o
         WHERE o.id = $1 AND s.project_id = o.project_id AND s.status LIKE 'generating%'
           AND (o.job_type = 'full_video' OR o.config -> 'scene' ->> 'scene_id' = s.id::text)
           AND NOT EXISTS (SELECT FROM video_jobs j
             WHERE j.project_id = s.project_id AND j.id <> o.id AND j.status IN ('queued', 'processing')
               AND (j.job_type = 'full_video' OR j.config -> 'scene' ->> 'scene_id' = s.id::text))",
        id.0,
        error,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Open orders that somebody asked to be stopped.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn to_be_canceled(connection: &mut PgConnection) -> Result<Vec<VideoJobId>, StoreError> {
    let ids = sqlx::query_scalar!(
        "SELECT id FROM video_jobs WHERE status IN ('queued', 'processing') AND cancel_requested_at IS NOT NULL"
    )
    .fetch_all(connection)
    .await?;
    Ok(ids.into_iter().map(VideoJobId).collect())
}

/// Which of these orders are no longer to be worked on: stopped, failed, ended, or gone with their project.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn ended(connection: &mut PgConnection, ids: &[VideoJobId]) -> Result<Vec<VideoJobId>, StoreError> {
    let ids: Vec<_> = ids.iter().map(|id| id.0).collect();
    let ended = sqlx::query_scalar!(
        r#"SELECT wanted AS "id!" FROM unnest($1::uuid[]) AS wanted
           WHERE NOT EXISTS (SELECT FROM video_jobs
             WHERE id = wanted AND status IN ('queued', 'processing') AND cancel_requested_at IS NULL)"#,
        &ids
    )
    .fetch_all(connection)
    .await?;
    Ok(ended.into_iter().map(VideoJobId).collect())
}

/// Makes a finished file known to whoever may see the project.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn add_export(
    connection: &mut PgConnection,
    order: &Order,
    kind: &str,
    object_key: &str,
    media_type: &str,
    bytes: u64,
) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO exports (project_id, job_id, kind, object_key, media_type, bytes, settings)
         SELECT $1, $2, $3::text, $4, $5, $6, $7
         WHERE NOT EXISTS (SELECT FROM exports WHERE job_id = $2 AND kind = $3::text)",
        order.project.0,
        order.id.0,
        kind,
        object_key,
        media_type,
        bytes.cast_signed(),
        Json(&order.config) as _,
    )
    .execute(connection)
    .await?;
    Ok(())
}
