//! Projects: a song, what was heard in it, and the film that becomes of it.

use crate::error::StoreError;
use chrono::{DateTime, Utc};
use mv_core::ids::{CharacterId, ProjectId, UserId};
use mv_core::{Lyrics, SongAnalysis};
use serde_json::Value;
use sqlx::PgConnection;
use sqlx::types::{Json, Uuid};

#[derive(Clone, Debug, PartialEq)]
pub struct Project {
    pub id: ProjectId,
    pub user_id: UserId,
    pub character_profile_id: Option<Uuid>,
    pub title: String,
    pub artist: String,
    pub description: Option<String>,
    /// Object key of the song.
    pub audio_key: String,
    /// BLAKE3 of the song's file, hex.
    pub audio_hash: String,
    pub audio_filename: Option<String>,
    pub audio_size_bytes: Option<i64>,
    pub audio_duration_seconds: Option<f64>,
    /// A [`SongAnalysis`]; `{}` until the song was heard.
    pub audio_analysis: Value,
    pub peaks_key: Option<String>,
    pub template_id: Option<String>,
    pub template_config: Value,
    pub status: String,
    pub final_video_key: Option<String>,
    pub final_video_duration_seconds: Option<f64>,
    pub final_video_resolution: Option<String>,
    pub poster_key: Option<String>,
    pub total_cost_usd: f64,
    pub cost_breakdown: Value,
    pub budget_usd: Option<f64>,
    pub is_public: bool,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub completed_at: Option<DateTime<Utc>>,
    pub archived_at: Option<DateTime<Utc>>,
    pub deleted_at: Option<DateTime<Utc>>,
}

#[derive(Clone, Debug)]
pub struct NewProject<'a> {
    pub character: Option<CharacterId>,
    pub title: &'a str,
    pub artist: &'a str,
    pub description: Option<&'a str>,
    pub audio_key: &'a str,
    pub audio_hash: &'a str,
    pub audio_filename: &'a str,
    pub audio_size_bytes: i64,
    pub template_id: Option<&'a str>,
    pub template_config: &'a Value,
}

/// What an edit changes; `None` leaves it as it is.
#[derive(Clone, Debug, Default)]
pub struct ProjectPatch {
    pub title: Option<String>,
    pub artist: Option<String>,
    pub description: Option<String>,
    pub status: Option<String>,
    pub template_id: Option<String>,
    pub template_config: Option<Value>,
    /// `Some(None)` takes it away.
    pub character: Option<Option<CharacterId>>,
    pub budget_usd: Option<f64>,
}

/// How many projects the person has started since a moment, deleted ones too. Others of theirs wait until this
/// transaction ends, so that two requests at once cannot both take the last place.
pub async fn count_for_creation(
    connection: &mut PgConnection,
    user: UserId,
    since: DateTime<Utc>,
) -> Result<u32, StoreError> {
    sqlx::query!(
        "SELECT pg_advisory_xact_lock(hashtextextended('projects:' || $1::text, 0))",
        user.0.to_string()
    )
    .fetch_one(&mut *connection)
    .await?;
    let count = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM projects WHERE user_id = $1 AND created_at >= $2"#,
        user.0,
        since
    )
    .fetch_one(connection)
    .await?;
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

/// Projects of a person that are neither finished nor archived.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn count_in_works(connection: &mut PgConnection, user: UserId) -> Result<u32, StoreError> {
    let count = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM projects
           WHERE user_id = $1 AND deleted_at IS NULL AND status NOT IN ('complete', 'archived')"#,
        user.0
    )
    .fetch_one(connection)
    .await?;
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

pub async fn insert(
    connection: &mut PgConnection,
    user: UserId,
    new: &NewProject<'_>,
) -> Result<ProjectId, StoreError> {
    let id = sqlx::query_scalar!(
        "INSERT INTO projects (user_id, character_profile_id, title, artist, description, audio_key, audio_hash,
           audio_filename, audio_size_bytes, template_id, template_config)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id",
        user.0,
        new.character.map(|id| id.0),
        new.title,
        new.artist,
        new.description,
        new.audio_key,
        new.audio_hash,
        new.audio_filename,
        new.audio_size_bytes,
        new.template_id,
        new.template_config
    )
    .fetch_one(connection)
    .await?;
    Ok(ProjectId(id))
}

/// A project that was not put away.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn get(connection: &mut PgConnection, id: ProjectId) -> Result<Project, StoreError> {
    let row = sqlx::query_as!(
        Project,
        r#"SELECT id, user_id,
             character_profile_id, title, artist, description, audio_key, audio_hash,
             audio_filename, audio_size_bytes, audio_duration_seconds, audio_analysis, peaks_key, template_id,
             template_config, status, final_video_key, final_video_duration_seconds, final_video_resolution, poster_key,
             total_cost_usd::float8 AS "total_cost_usd!", cost_breakdown, budget_usd::float8, is_public, version,
             created_at, updated_at, completed_at, archived_at, deleted_at
           FROM projects WHERE id = $1 AND deleted_at IS NULL"#,
        id.0
    )
    .fetch_one(connection)
    .await?;
    Ok(row)
}

/// Raises a project's version: the start of every edit of it or of its scenes. Others wait until this one is committed.
///
/// # Errors
/// [`StoreError::Changed`] when it is of another version than `expected`; [`StoreError::NotFound`] when it is not there
/// or not this person's to edit.
pub async fn raise_version(
    connection: &mut PgConnection,
    id: ProjectId,
    expected: Option<i32>,
) -> Result<i32, StoreError> {
    let version = sqlx::query_scalar!(
        "UPDATE projects SET version = version + 1 WHERE id = $1 AND deleted_at IS NULL RETURNING version",
        id.0
    )
    .fetch_one(connection)
    .await?;
    match expected {
        Some(expected) if expected != version - 1 => {
            Err(StoreError::Changed { expected, found: version - 1 })
        }
        _ => Ok(version),
    }
}

/// Makes others wait who edit this project, or order something for it, until this transaction ends. Gives its version.
///
/// # Errors
/// [`StoreError::NotFound`] when it is not there or not this person's to edit.
pub async fn lock(connection: &mut PgConnection, id: ProjectId) -> Result<i32, StoreError> {
    let version = sqlx::query_scalar!(
        "SELECT version FROM projects WHERE id = $1 AND deleted_at IS NULL FOR UPDATE",
        id.0
    )
    .fetch_one(connection)
    .await?;
    Ok(version)
}

/// Changes what a person says of a project; [`raise_version`] goes before it.
pub async fn update(
    connection: &mut PgConnection,
    id: ProjectId,
    patch: &ProjectPatch,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE projects SET title = coalesce($2, title), artist = coalesce($3, artist),
           description = coalesce($4, description), status = coalesce($5, status),
           template_id = coalesce($6, template_id), template_config = coalesce($7, template_config),
           character_profile_id = CASE WHEN $11 THEN $8 ELSE character_profile_id END,
           budget_usd = coalesce($9::float8::numeric, budget_usd),
           archived_at = CASE WHEN $5 = 'archived' THEN $10 WHEN $5 IS NULL THEN archived_at END
         WHERE id = $1",
        id.0,
        patch.title.as_deref(),
        patch.artist.as_deref(),
        patch.description.as_deref(),
        patch.status.as_deref(),
        patch.template_id.as_deref(),
        patch.template_config.as_ref(),
        patch.character.flatten().map(|id| id.0),
        patch.budget_usd,
        now,
        patch.character.is_some()
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Makes another project of one's own: the same song, what was heard and said of it, lyrics, storyboard and pictures.
/// Versions, comments, links, orders and files stay with the first; what it cost does too.
///
/// # Errors
/// [`StoreError::NotFound`] when it is not there, or another's.
pub async fn duplicate(
    connection: &mut PgConnection,
    id: ProjectId,
    title: Option<&str>,
) -> Result<ProjectId, StoreError> {
    let copy = sqlx::query_scalar!(
        "INSERT INTO projects (user_id, character_profile_id, title, artist, description, audio_key, audio_hash,
           audio_filename, audio_size_bytes, audio_duration_seconds, audio_analysis, analysis_correction, heard_analysis,
           peaks_key, lyrics, template_id, template_config, storyboard, budget_usd, status)
         SELECT user_id, character_profile_id, coalesce($2, title), artist, description, audio_key, audio_hash,
           audio_filename, audio_size_bytes, audio_duration_seconds, audio_analysis, analysis_correction, heard_analysis,
           peaks_key, lyrics, template_id, template_config, storyboard, budget_usd,
           CASE WHEN storyboard = '{}' THEN 'draft' ELSE 'editing' END
         FROM projects WHERE id = $1 AND user_id = app_user_id() AND deleted_at IS NULL
         RETURNING id",
        id.0,
        title
    )
    .fetch_one(&mut *connection)
    .await?;
    sqlx::query!(
        "INSERT INTO scenes (project_id, scene_number, timestamp_start, timestamp_end, section_type, description, config,
           image_key, image_generation_model, image_generation_time_ms, image_likeness, video_key,
           video_generation_model, video_generation_time_ms, video_resolution, video_duration_seconds, locked, status)
         SELECT $2, scene_number, timestamp_start, timestamp_end, section_type, description, config,
           image_key, image_generation_model, image_generation_time_ms, image_likeness, video_key,
           video_generation_model, video_generation_time_ms, video_resolution, video_duration_seconds, locked,
           CASE WHEN status IN ('image_ready', 'video_ready') THEN status ELSE 'pending' END
         FROM scenes WHERE project_id = $1",
        id.0,
        copy
    )
    .execute(connection)
    .await?;
    Ok(ProjectId(copy))
}

/// Another file of the song, or another song. It has to be heard anew: what was heard of the one before, and said of that,
/// goes. [`raise_version`] goes before it.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn replace_song(
    connection: &mut PgConnection,
    id: ProjectId,
    key: &str,
    hash: &str,
    filename: &str,
    bytes: i64,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE projects SET audio_key = $2, audio_hash = $3, audio_filename = $4, audio_size_bytes = $5,
           audio_duration_seconds = NULL, audio_analysis = '{}', analysis_correction = NULL, heard_analysis = NULL,
           peaks_key = NULL
         WHERE id = $1",
        id.0,
        key,
        hash,
        filename,
        bytes
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// What hangs on a project's song.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "they are facts about a song, each true or not by itself")]
pub struct SongHangsOn {
    pub heard: bool,
    pub corrected: bool,
    pub lyric_lines: i64,
    pub scenes: i64,
    pub scenes_with_image: i64,
    pub scenes_with_video: i64,
    pub film: bool,
    /// An order or an analysis is at it now.
    pub busy: bool,
}

/// # Errors
/// [`StoreError::NotFound`].
pub async fn hangs_on_song(connection: &mut PgConnection, id: ProjectId) -> Result<SongHangsOn, StoreError> {
    let row = sqlx::query_as!(
        SongHangsOn,
        r#"SELECT audio_analysis <> '{}' AS "heard!", analysis_correction IS NOT NULL AS "corrected!",
             coalesce(jsonb_array_length(lyrics -> 'lines'), 0)::bigint AS "lyric_lines!",
             (SELECT count(*) FROM scenes s WHERE s.project_id = p.id) AS "scenes!",
             (SELECT count(image_key) FROM scenes s WHERE s.project_id = p.id) AS "scenes_with_image!",
             (SELECT count(video_key) FROM scenes s WHERE s.project_id = p.id) AS "scenes_with_video!",
             final_video_key IS NOT NULL AS "film!",
             EXISTS (SELECT FROM video_jobs j WHERE j.project_id = p.id AND j.status IN ('queued', 'processing'))
               OR EXISTS (SELECT FROM tasks t WHERE t.project_id = p.id AND t.kind IN ('analyze_audio', 'transcribe')
                 AND t.status IN ('queued', 'processing')) AS "busy!"
           FROM projects p WHERE id = $1 AND deleted_at IS NULL"#,
        id.0
    )
    .fetch_one(connection)
    .await?;
    Ok(row)
}

/// Puts a project away; it can be brought back until the clean-up takes it.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn soft_delete(
    connection: &mut PgConnection,
    id: ProjectId,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let done = sqlx::query!(
        "UPDATE projects SET deleted_at = $2, version = version + 1 WHERE id = $1 AND deleted_at IS NULL",
        id.0,
        now
    )
    .execute(connection)
    .await?;
    if done.rows_affected() == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}

/// Brings a project back that was put away.
///
/// # Errors
/// [`StoreError::NotFound`] when it was not, or is gone for good.
pub async fn restore(connection: &mut PgConnection, id: ProjectId) -> Result<(), StoreError> {
    let done = sqlx::query!(
        "UPDATE projects SET deleted_at = NULL, version = version + 1
         WHERE id = $1 AND user_id = app_user_id() AND deleted_at IS NOT NULL",
        id.0
    )
    .execute(connection)
    .await?;
    if done.rows_affected() == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}

/// What was heard in the song; `None` until it was.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn analysis(
    connection: &mut PgConnection,
    id: ProjectId,
) -> Result<Option<SongAnalysis>, StoreError> {
    let row = sqlx::query_scalar!(
        r#"SELECT nullif(audio_analysis, '{}'::jsonb) AS "analysis: Json<SongAnalysis>"
           FROM projects WHERE id = $1 AND deleted_at IS NULL"#,
        id.0
    )
    .fetch_one(connection)
    .await?;
    Ok(row.map(|analysis| analysis.0))
}

/// # Errors
/// [`StoreError::NotFound`].
pub async fn lyrics(connection: &mut PgConnection, id: ProjectId) -> Result<Lyrics, StoreError> {
    let row = sqlx::query_scalar!(
        r#"SELECT nullif(lyrics, '{}'::jsonb) AS "lyrics: Json<Lyrics>"
           FROM projects WHERE id = $1 AND deleted_at IS NULL"#,
        id.0
    )
    .fetch_one(connection)
    .await?;
    Ok(row.map(|lyrics| lyrics.0).unwrap_or_default())
}

/// Keeps the lyrics; [`raise_version`] goes before it.
pub async fn set_lyrics(
    connection: &mut PgConnection,
    id: ProjectId,
    lyrics: &Lyrics,
) -> Result<(), StoreError> {
    sqlx::query!("UPDATE projects SET lyrics = $2 WHERE id = $1", id.0, Json(lyrics) as _)
        .execute(connection)
        .await?;
    Ok(())
}

/// Films are being made of it, or no longer.
pub async fn set_status(
    connection: &mut PgConnection,
    id: ProjectId,
    status: &str,
) -> Result<(), StoreError> {
    sqlx::query!("UPDATE projects SET status = $2 WHERE id = $1", id.0, status).execute(connection).await?;
    Ok(())
}
