//! Files being sent, part by part (tus 1.0), and those that have arrived.

use crate::error::StoreError;
use chrono::{DateTime, Utc};
use mv_core::ids::{UploadId, UserId};
use sqlx::PgConnection;

#[derive(Clone, Debug, PartialEq)]
pub struct Upload {
    pub id: UploadId,
    pub purpose: String,
    pub filename: String,
    pub declared_bytes: i64,
    pub received_bytes: i64,
    /// Keys of the parts received so far, in order.
    pub parts: Vec<String>,
    /// Set once the whole file was received and found to be what it should be.
    pub object_key: Option<String>,
    pub media_type: Option<String>,
    /// BLAKE3 of the whole file, hex.
    pub content_hash: Option<String>,
    pub created_at: DateTime<Utc>,
    pub completed_at: Option<DateTime<Utc>>,
    pub expires_at: DateTime<Utc>,
}

/// Opens an upload. Gives `None` when the person has too many open already.
pub async fn open(
    connection: &mut PgConnection,
    user: UserId,
    purpose: &str,
    filename: &str,
    declared_bytes: i64,
    expires_at: DateTime<Utc>,
    most_open: i64,
) -> Result<Option<UploadId>, StoreError> {
    let id = sqlx::query_scalar!(
        "INSERT INTO uploads (user_id, purpose, filename, declared_bytes, expires_at)
         SELECT $1, $2, $3, $4, $5
         WHERE (SELECT count(*) FROM uploads WHERE user_id = $1 AND completed_at IS NULL AND expires_at > now()) < $6
         RETURNING id",
        user.0,
        purpose,
        filename,
        declared_bytes,
        expires_at,
        most_open
    )
    .fetch_optional(connection)
    .await?;
    Ok(id.map(UploadId))
}

/// # Errors
/// [`StoreError::NotFound`].
pub async fn get(connection: &mut PgConnection, id: UploadId) -> Result<Upload, StoreError> {
    let upload = sqlx::query_as!(
        Upload,
        r#"SELECT id, purpose, filename, declared_bytes, received_bytes, parts, object_key, media_type,
             content_hash, created_at, completed_at, expires_at
           FROM uploads WHERE id = $1"#,
        id.0
    )
    .fetch_one(connection)
    .await?;
    Ok(upload)
}

/// Notes a part that was received at `offset`; `false` when another part got there first.
pub async fn append(
    connection: &mut PgConnection,
    id: UploadId,
    offset: i64,
    part: &str,
    bytes: i64,
) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "UPDATE uploads SET received_bytes = received_bytes + $3, parts = array_append(parts, $4)
         WHERE id = $1 AND received_bytes = $2 AND completed_at IS NULL",
        id.0,
        offset,
        bytes,
        part
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The file is whole: where it lies, what it is, and its hash. `false` when it was completed already.
pub async fn complete(
    connection: &mut PgConnection,
    id: UploadId,
    object_key: &str,
    media_type: &str,
    content_hash: &str,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "UPDATE uploads SET object_key = $2, media_type = $3, content_hash = $4, completed_at = $5, parts = '{}'
         WHERE id = $1 AND completed_at IS NULL",
        id.0,
        object_key,
        media_type,
        content_hash,
        now
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Ends an upload; its parts are the caller's to remove.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn remove(connection: &mut PgConnection, id: UploadId) -> Result<Vec<String>, StoreError> {
    let parts = sqlx::query_scalar!("DELETE FROM uploads WHERE id = $1 RETURNING parts", id.0)
        .fetch_one(connection)
        .await?;
    Ok(parts)
}
