//! Finished artefacts: which steps' results lie in the object store, made once for everybody with the same inputs.

use crate::db::storage::Amount;
use crate::error::StoreError;
use sqlx::PgConnection;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifact {
    pub key: String,
    pub kind: String,
    pub object_key: String,
    pub bytes: i64,
    /// BLAKE3 of the file, hex.
    pub content_hash: String,
}

/// Those of these keys that are made; noted as used, so that they are not cleaned away.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn find(connection: &mut PgConnection, keys: &[String]) -> Result<Vec<Artifact>, StoreError> {
    sqlx::query!(
        "UPDATE artifacts SET last_used_at = now() WHERE key = ANY ($1) AND last_used_at < now() - interval '1 hour'",
        keys
    )
    .execute(&mut *connection)
    .await?;
    let found = sqlx::query_as!(
        Artifact,
        "SELECT key, kind, object_key, bytes, content_hash FROM artifacts WHERE key = ANY ($1)",
        keys
    )
    .fetch_all(connection)
    .await?;
    Ok(found)
}

/// Notes an artefact whose object is whole. One that is known already stays as it is.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn add(connection: &mut PgConnection, artifact: &Artifact) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO artifacts (key, kind, object_key, bytes, content_hash) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (key) DO UPDATE SET last_used_at = now()",
        artifact.key,
        artifact.kind,
        artifact.object_key,
        artifact.bytes,
        artifact.content_hash,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Forgets artefacts at once, by the keys of their objects, where nothing shows them any more.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn forget(connection: &mut PgConnection, object_keys: &[String]) -> Result<(), StoreError> {
    sqlx::query!(
        "DELETE FROM artifacts a WHERE object_key = ANY ($1)
           AND NOT EXISTS (SELECT FROM steps s WHERE s.key = a.key)
           AND NOT EXISTS (SELECT FROM scenes WHERE image_key = a.object_key OR video_key = a.object_key)
           AND NOT EXISTS (SELECT FROM scene_versions WHERE image_key = a.object_key OR video_key = a.object_key)
           AND NOT EXISTS (SELECT FROM character_profiles WHERE a.object_key = ANY (test_images))",
        object_keys
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// What [`forget_unused`] would forget.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn unused(connection: &mut PgConnection, days: i32) -> Result<Amount, StoreError> {
    let row = sqlx::query!(
        r#"SELECT count(*) AS "objects!", coalesce(sum(bytes), 0)::bigint AS "bytes!" FROM artifacts a
         WHERE last_used_at < now() - make_interval(days => $1)
           AND NOT EXISTS (SELECT FROM steps s JOIN video_jobs j ON j.id = s.job_id
             WHERE s.key = a.key AND j.status IN ('queued', 'processing'))
           AND NOT EXISTS (SELECT FROM scenes WHERE image_key = a.object_key OR video_key = a.object_key)
           AND NOT EXISTS (SELECT FROM scene_versions WHERE image_key = a.object_key OR video_key = a.object_key)
           AND NOT EXISTS (SELECT FROM character_profiles WHERE a.object_key = ANY (test_images))
           AND NOT EXISTS (SELECT FROM projects WHERE peaks_key = a.object_key)"#,
        days
    )
    .fetch_one(connection)
    .await?;
    Ok(Amount { objects: row.objects, bytes: row.bytes })
}

/// Forgets artefacts that nobody used for so many days and that no open order, project or scene refers to; returns the
/// keys of their objects, which may go now.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn forget_unused(connection: &mut PgConnection, days: i32) -> Result<Vec<String>, StoreError> {
    let keys = sqlx::query_scalar!(
        "DELETE FROM artifacts a
         WHERE last_used_at < now() - make_interval(days => $1)
           AND NOT EXISTS (SELECT FROM steps s JOIN video_jobs j ON j.id = s.job_id
             WHERE s.key = a.key AND j.status IN ('queued', 'processing'))
           AND NOT EXISTS (SELECT FROM scenes WHERE image_key = a.object_key OR video_key = a.object_key)
           AND NOT EXISTS (SELECT FROM scene_versions WHERE image_key = a.object_key OR video_key = a.object_key)
           AND NOT EXISTS (SELECT FROM character_profiles WHERE a.object_key = ANY (test_images))
           AND NOT EXISTS (SELECT FROM projects WHERE peaks_key = a.object_key)
         RETURNING object_key",
        days
    )
    .fetch_all(connection)
    .await?;
    Ok(keys)
}
