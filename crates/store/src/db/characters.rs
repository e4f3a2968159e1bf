//! Characters: a name, how they look, and one to five photos.

use crate::error::StoreError;
use chrono::{DateTime, Utc};
use mv_core::ids::{CharacterId, UserId};
use serde_json::Value;
use sqlx::PgConnection;

#[derive(Clone, Debug, PartialEq)]
pub struct Character {
    pub id: CharacterId,
    pub user_id: UserId,
    pub name: String,
    pub description: Option<String>,
    /// Object keys of the photos.
    pub reference_images: Vec<String>,
    pub analysis_data: Value,
    pub test_images: Vec<String>,
    pub status: String,
    pub error_message: Option<String>,
    pub projects_count: i64,
    pub images_generated: i32,
    pub consent_at: Option<DateTime<Utc>>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub approved_at: Option<DateTime<Utc>>,
}

/// What an edit changes; `None` leaves it as it is.
#[derive(Clone, Debug, Default)]
pub struct CharacterPatch {
    pub name: Option<String>,
    pub description: Option<String>,
    pub status: Option<String>,
    pub reference_images: Option<Vec<String>>,
}

/// A page of the person's characters, newest first, and how many there are.
pub async fn list(
    connection: &mut PgConnection,
    user: UserId,
    status: Option<&str>,
    limit: i64,
    offset: i64,
) -> Result<(Vec<Character>, i64), StoreError> {
    let total = sqlx::query_scalar!(
        r#"SELECT count(*) AS "total!" FROM character_profiles
           WHERE user_id = $1 AND deleted_at IS NULL AND ($2::text IS NULL OR status = $2)"#,
        user.0,
        status
    )
    .fetch_one(&mut *connection)
    .await?;
    let rows = sqlx::query_as!(
        Character,
        r#"SELECT c.id, c.user_id, c.name, c.description, c.reference_images,
             c.analysis_data, c.test_images, c.status, c.error_message,
             (SELECT count(*) FROM projects p
              WHERE p.user_id = c.user_id AND p.character_profile_id = c.id AND p.deleted_at IS NULL)
               AS "projects_count!",
             c.images_generated, c.consent_at, c.version, c.created_at, c.updated_at, c.approved_at
           FROM character_profiles c
           WHERE c.user_id = $1 AND c.deleted_at IS NULL AND ($2::text IS NULL OR c.status = $2)
           ORDER BY c.created_at DESC, c.id LIMIT $3 OFFSET $4"#,
        user.0,
        status,
        limit,
        offset
    )
    .fetch_all(connection)
    .await?;
    Ok((rows, total))
}

/// How many characters the person has. Others of theirs wait until this transaction ends, so that two requests at once
/// cannot both take the last place.
pub async fn count_for_creation(connection: &mut PgConnection, user: UserId) -> Result<u32, StoreError> {
    sqlx::query!(
        "SELECT pg_advisory_xact_lock(hashtextextended('characters:' || $1::text, 0))",
        user.0.to_string()
    )
    .fetch_one(&mut *connection)
    .await?;
    let count = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM character_profiles WHERE user_id = $1 AND deleted_at IS NULL"#,
        user.0
    )
    .fetch_one(connection)
    .await?;
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

pub async fn insert(
    connection: &mut PgConnection,
    user: UserId,
    name: &str,
    description: Option<&str>,
    reference_images: &[String],
    consent_at: DateTime<Utc>,
) -> Result<CharacterId, StoreError> {
    let id = sqlx::query_scalar!(
        "INSERT INTO character_profiles (user_id, name, description, reference_images, consent_at)
         VALUES ($1, $2, $3, $4, $5) RETURNING id",
        user.0,
        name,
        description,
        reference_images,
        consent_at
    )
    .fetch_one(connection)
    .await?;
    Ok(CharacterId(id))
}

/// # Errors
/// [`StoreError::NotFound`].
pub async fn get(connection: &mut PgConnection, id: CharacterId) -> Result<Character, StoreError> {
    let row = sqlx::query_as!(
        Character,
        r#"SELECT c.id, c.user_id, c.name, c.description, c.reference_images,
             c.analysis_data, c.test_images, c.status, c.error_message,
             (SELECT count(*) FROM projects p
              WHERE p.user_id = c.user_id AND p.character_profile_id = c.id AND p.deleted_at IS NULL)
               AS "projects_count!",
             c.images_generated, c.consent_at, c.version, c.created_at, c.updated_at, c.approved_at
           FROM character_profiles c WHERE c.id = $1 AND c.deleted_at IS NULL"#,
        id.0
    )
    .fetch_one(connection)
    .await?;
    Ok(row)
}

/// Changes a character.
///
/// # Errors
/// [`StoreError::Changed`] when it is of another version than `expected`, [`StoreError::NotFound`].
pub async fn update(
    connection: &mut PgConnection,
    id: CharacterId,
    expected: Option<i32>,
    patch: &CharacterPatch,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let done = sqlx::query!(
        "UPDATE character_profiles SET version = version + 1, name = coalesce($3, name),
           description = coalesce($4, description), status = coalesce($5, status),
           reference_images = coalesce($6, reference_images),
           approved_at = CASE WHEN $5 = 'approved' THEN $7 WHEN $5 IS NULL THEN approved_at END
         WHERE id = $1 AND deleted_at IS NULL AND version = coalesce($2, version)",
        id.0,
        expected,
        patch.name.as_deref(),
        patch.description.as_deref(),
        patch.status.as_deref(),
        patch.reference_images.as_deref(),
        now
    )
    .execute(&mut *connection)
    .await?;
    if done.rows_affected() == 1 {
        return Ok(());
    }
    let found = get(connection, id).await?.version;
    Err(StoreError::Changed { expected: expected.unwrap_or(found), found })
}

/// Test pictures of a character are to be drawn. Says whether that is new: `false` when they are being drawn already.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn begin_test(connection: &mut PgConnection, id: CharacterId) -> Result<bool, StoreError> {
    let was = sqlx::query_scalar!(
        "UPDATE character_profiles c SET status = 'processing', error_message = NULL
         FROM (SELECT id, status FROM character_profiles WHERE id = $1 AND deleted_at IS NULL FOR UPDATE) was
         WHERE c.id = was.id RETURNING was.status",
        id.0
    )
    .fetch_one(connection)
    .await?;
    Ok(was != "processing")
}

/// What was seen in the photos, and the test pictures: the person decides now.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn keep_test(
    connection: &mut PgConnection,
    id: CharacterId,
    seen: &Value,
    test_images: &[String],
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE character_profiles SET analysis_data = $2, test_images = $3::text[],
           images_generated = images_generated + cardinality($3::text[]) - (
             SELECT count(*)::int FROM unnest(test_images) AS kept WHERE kept = ANY ($3::text[])),
           status = CASE WHEN status = 'processing' THEN 'pending' ELSE status END, error_message = NULL
         WHERE id = $1",
        id.0,
        seen,
        test_images
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The test pictures could not be drawn. `message` is for the person.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn fail_test(
    connection: &mut PgConnection,
    id: CharacterId,
    message: &str,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE character_profiles SET status = 'failed', error_message = $2
         WHERE id = $1 AND status = 'processing'",
        id.0,
        message
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Puts a character away; what is left of it goes for good with the clean-up.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn soft_delete(
    connection: &mut PgConnection,
    id: CharacterId,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let done = sqlx::query!(
        "UPDATE character_profiles SET deleted_at = $2 WHERE id = $1 AND deleted_at IS NULL",
        id.0,
        now
    )
    .execute(connection)
    .await?;
    if done.rows_affected() == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}
