//! Answers to unsafe calls, kept a day, so that the same call again does nothing twice.

use crate::error::StoreError;
use chrono::{DateTime, TimeDelta, Utc};
use mv_core::ids::UserId;
use serde_json::Value;
use sqlx::PgConnection;

/// What a key stands for.
#[derive(Clone, Debug, PartialEq)]
pub enum Claim {
    /// It is new: do it, then [`finish`] or [`release`].
    New,
    /// It was done: here is the answer.
    Done { status: i32, headers: Value, body: Vec<u8> },
    /// Somebody is doing it.
    Running,
    /// Whoever did it went away before saying what came of it: it may have been done.
    Unknown,
    /// It was used for another request.
    Other,
}

/// Claims a key for a request. A claim that is not finished by `locked_for` says nothing of what was done: it is never
/// taken over, so that nothing is done twice.
pub async fn claim(
    connection: &mut PgConnection,
    user: UserId,
    key: &str,
    request_hash: &[u8],
    now: DateTime<Utc>,
    locked_for: TimeDelta,
) -> Result<Claim, StoreError> {
    let claimed = sqlx::query_scalar!(
        r#"INSERT INTO idempotency_keys AS k (user_id, key, request_hash, created_at, locked_until)
           VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT (user_id, key) DO UPDATE
             SET request_hash = $3, status = NULL, headers = NULL, body = NULL, created_at = $4, locked_until = $5
             WHERE k.created_at < $6
           RETURNING true AS "claimed!""#,
        user.0,
        key,
        request_hash,
        now,
        now + locked_for,
        now - TimeDelta::days(1)
    )
    .fetch_optional(&mut *connection)
    .await?;
    if claimed.is_some() {
        return Ok(Claim::New);
    }
    let row = sqlx::query!(
        r#"SELECT request_hash, status, headers, body, locked_until < $3 AS "given_up!"
           FROM idempotency_keys WHERE user_id = $1 AND key = $2"#,
        user.0,
        key,
        now
    )
    .fetch_optional(connection)
    .await?;
    Ok(match row {
        Some(row) if row.request_hash != request_hash => Claim::Other,
        Some(row) => match row.status {
            Some(status) => Claim::Done {
                status,
                headers: row.headers.unwrap_or(Value::Null),
                body: row.body.unwrap_or_default(),
            },
            None if row.given_up => Claim::Unknown,
            None => Claim::Running,
        },
        // Released between the two statements: whoever did it may be asked again.
        None => Claim::Running,
    })
}

/// Keeps the answer.
pub async fn finish(
    connection: &mut PgConnection,
    user: UserId,
    key: &str,
    status: i32,
    headers: &Value,
    body: &[u8],
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE idempotency_keys SET status = $3, headers = $4, body = $5 WHERE user_id = $1 AND key = $2",
        user.0,
        key,
        status,
        headers,
        body
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Gives the key up: nothing was done.
pub async fn release(connection: &mut PgConnection, user: UserId, key: &str) -> Result<(), StoreError> {
    sqlx::query!(
        "DELETE FROM idempotency_keys WHERE user_id = $1 AND key = $2 AND status IS NULL",
        user.0,
        key
    )
    .execute(connection)
    .await?;
    Ok(())
}
