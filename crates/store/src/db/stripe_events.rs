//! Stripe's events: written down as they came, once each; what is kept of them goes after three months.

use crate::error::StoreError;
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::PgConnection;

/// An event that nobody has dealt with yet.
#[derive(Clone, Debug, PartialEq)]
pub struct Waiting {
    pub kind: String,
    pub payload: Value,
}

/// Writes an event down; says whether it is new. `payload` is all of it.
///
/// # Errors
/// [`StoreError::Unfit`] when it holds what PostgreSQL cannot.
pub async fn write_down(
    connection: &mut PgConnection,
    id: &str,
    kind: &str,
    payload: &Value,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "INSERT INTO stripe_events (id, type, payload, received_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (id) DO NOTHING",
        id,
        kind,
        payload,
        now
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// An event to be dealt with; `None` when somebody did, or it never came.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn waiting(connection: &mut PgConnection, id: &str) -> Result<Option<Waiting>, StoreError> {
    let found = sqlx::query_as!(
        Waiting,
        "SELECT type AS kind, payload FROM stripe_events WHERE id = $1 AND processed_at IS NULL",
        id
    )
    .fetch_optional(connection)
    .await?;
    Ok(found)
}

/// It was dealt with; `error` says why nothing came of it. What it said of people is kept no longer.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn processed(
    connection: &mut PgConnection,
    id: &str,
    error: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE stripe_events SET processed_at = $2, error = $3,
           payload = jsonb_build_object('object', payload #> '{data,object,id}', 'created', payload -> 'created')
         WHERE id = $1 AND processed_at IS NULL",
        id,
        now,
        error
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Why it could not be dealt with yet.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn note_failure(connection: &mut PgConnection, id: &str, error: &str) -> Result<(), StoreError> {
    sqlx::query!("UPDATE stripe_events SET error = $2 WHERE id = $1 AND processed_at IS NULL", id, error)
        .execute(connection)
        .await?;
    Ok(())
}

/// Events that came before then and were not dealt with, the oldest first.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn left_over(
    connection: &mut PgConnection,
    before: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<String>, StoreError> {
    let ids = sqlx::query_scalar!(
        "SELECT id FROM stripe_events WHERE processed_at IS NULL AND received_at < $1
         ORDER BY received_at, id LIMIT $2",
        before,
        limit
    )
    .fetch_all(connection)
    .await?;
    Ok(ids)
}

/// Forgets events that were dealt with before then: Stripe sends none again after three days.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn forget(connection: &mut PgConnection, before: DateTime<Utc>) -> Result<u64, StoreError> {
    let done =
        sqlx::query!("DELETE FROM stripe_events WHERE processed_at < $1", before).execute(connection).await?;
    Ok(done.rows_affected())
}
