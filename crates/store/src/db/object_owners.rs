//! Whose object is what: a row for every object we put, so that nothing is kept without an owner.

use crate::error::StoreError;
use mv_core::ids::UserId;
use sqlx::PgConnection;

/// Notes an object. The same object again is no error: its key says what is in it.
pub async fn note(
    connection: &mut PgConnection,
    key: &str,
    user: UserId,
    bytes: i64,
    media_type: &str,
) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO objects (key, user_id, bytes, media_type) VALUES ($1, $2, $3, $4) ON CONFLICT (key) DO NOTHING",
        key,
        user.0,
        bytes,
        media_type
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Forgets an object that was removed.
pub async fn forget(connection: &mut PgConnection, key: &str) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM objects WHERE key = $1", key).execute(connection).await?;
    Ok(())
}
