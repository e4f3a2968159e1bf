//! The second factor: a sealed TOTP secret and recovery codes, of which only hashes are kept.

use crate::error::StoreError;
use chrono::{DateTime, Utc};
use mv_core::ids::UserId;
use sqlx::PgConnection;

/// Keeps a secret that does not count until it is confirmed. Does nothing while a confirmed one is there.
pub async fn set_up(
    connection: &mut PgConnection,
    id: UserId,
    sealed_secret: &[u8],
) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "UPDATE users SET mfa_secret = $2, mfa_last_step = NULL WHERE id = $1 AND mfa_enabled_at IS NULL",
        id.0,
        sealed_secret
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// From now on signing in takes the second factor; `step` is the one whose code confirmed it.
pub async fn enable(
    connection: &mut PgConnection,
    id: UserId,
    step: i64,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!("UPDATE users SET mfa_enabled_at = $2, mfa_last_step = $3 WHERE id = $1", id.0, now, step)
        .execute(connection)
        .await?;
    Ok(())
}

pub async fn disable(connection: &mut PgConnection, id: UserId) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE users SET mfa_secret = NULL, mfa_enabled_at = NULL, mfa_last_step = NULL WHERE id = $1",
        id.0
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!("DELETE FROM mfa_recovery_codes WHERE user_id = $1", id.0).execute(connection).await?;
    Ok(())
}

/// Notes that the code of this time step was used; `false` when it, or a later one, was used before.
pub async fn use_step(connection: &mut PgConnection, id: UserId, step: i64) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "UPDATE users SET mfa_last_step = $2 WHERE id = $1 AND coalesce(mfa_last_step, -1) < $2",
        id.0,
        step
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Replaces the recovery codes.
pub async fn set_recovery_codes(
    connection: &mut PgConnection,
    id: UserId,
    hashes: &[Vec<u8>],
) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM mfa_recovery_codes WHERE user_id = $1", id.0).execute(&mut *connection).await?;
    sqlx::query!(
        "INSERT INTO mfa_recovery_codes (user_id, code_hash) SELECT $1, unnest($2::bytea[])",
        id.0,
        hashes
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Uses up a recovery code; `false` when there is no such unused one.
pub async fn use_recovery_code(
    connection: &mut PgConnection,
    id: UserId,
    hash: &[u8],
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "UPDATE mfa_recovery_codes SET used_at = $3 WHERE user_id = $1 AND code_hash = $2 AND used_at IS NULL",
        id.0,
        hash,
        now
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}

pub async fn recovery_codes_left(connection: &mut PgConnection, id: UserId) -> Result<i64, StoreError> {
    let left = sqlx::query_scalar!(
        r#"SELECT count(*) AS "left!" FROM mfa_recovery_codes WHERE user_id = $1 AND used_at IS NULL"#,
        id.0
    )
    .fetch_one(connection)
    .await?;
    Ok(left)
}
