//! Where a person's own programs want to be told, by webhook.

use crate::error::StoreError;
use chrono::{DateTime, Utc};
use mv_core::ids::{UserId, WebhookEndpointId};
use mv_core::notice::EndpointOff;
use mv_core::webhook::Event;
use serde_json::Value;
use sqlx::PgConnection;
use sqlx::types::Uuid;

/// An endpoint, as its person sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    pub id: Uuid,
    pub url: String,
    pub description: String,
    /// Words of [`Event`].
    pub events: Vec<String>,
    pub enabled: bool,
    /// A word of [`EndpointOff`], where its person did not switch it off.
    pub disabled_why: Option<String>,
    /// Until when the secret before this one signs, too.
    pub old_until: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    /// When it was last tried, and what came of it.
    pub last_at: Option<DateTime<Utc>>,
    pub last_status: Option<i32>,
    pub last_error: Option<String>,
    /// Since when nothing got through.
    pub failing_since: Option<DateTime<Utc>>,
}

/// A new one.
#[derive(Clone, Copy, Debug)]
pub struct NewEndpoint<'a> {
    pub id: WebhookEndpointId,
    pub url: &'a str,
    pub description: &'a str,
    pub events: &'a [Event],
    /// Its secret.
    pub sealed: &'a [u8],
}

fn words(events: &[Event]) -> Vec<String> {
    events.iter().map(|event| event.word().to_owned()).collect()
}

/// Adds an endpoint; nothing when the person has `most` of them already.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn insert(
    connection: &mut PgConnection,
    user: UserId,
    new: &NewEndpoint<'_>,
    most: i64,
    now: DateTime<Utc>,
) -> Result<Option<Endpoint>, StoreError> {
    // Two that come at once are counted one after the other.
    sqlx::query!(
        "SELECT pg_advisory_xact_lock(hashtext('webhook_endpoints'), hashtext($1::text))",
        user.to_string()
    )
    .execute(&mut *connection)
    .await?;
    let done = sqlx::query!(
        "INSERT INTO webhook_endpoints (id, user_id, url, description, events, sealed, created_at)
         SELECT $1, $2, $3, $4, $5, $6, $7
         WHERE (SELECT count(*) FROM webhook_endpoints WHERE user_id = $2) < $8",
        new.id.0,
        user.0,
        new.url,
        new.description,
        &words(new.events),
        new.sealed,
        now,
        most,
    )
    .execute(&mut *connection)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(None);
    }
    get(connection, user, new.id).await.map(Some)
}

/// A person's endpoints, the oldest first.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn list(connection: &mut PgConnection, user: UserId) -> Result<Vec<Endpoint>, StoreError> {
    let found = sqlx::query_as!(
        Endpoint,
        "SELECT id, url, description, events, enabled, disabled_why, old_until, created_at, last_at, last_status,
           last_error, failing_since
         FROM webhook_endpoints WHERE user_id = $1 ORDER BY created_at, id",
        user.0
    )
    .fetch_all(connection)
    .await?;
    Ok(found)
}

/// # Errors
/// [`StoreError::NotFound`] when the person has no such endpoint.
pub async fn get(
    connection: &mut PgConnection,
    user: UserId,
    id: WebhookEndpointId,
) -> Result<Endpoint, StoreError> {
    let found = sqlx::query_as!(
        Endpoint,
        "SELECT id, url, description, events, enabled, disabled_why, old_until, created_at, last_at, last_status,
           last_error, failing_since
         FROM webhook_endpoints WHERE user_id = $1 AND id = $2",
        user.0,
        id.0
    )
    .fetch_one(connection)
    .await?;
    Ok(found)
}

/// What a person changes; `None` leaves it.
#[derive(Clone, Debug, Default)]
pub struct Change {
    pub url: Option<String>,
    pub description: Option<String>,
    pub events: Option<Vec<Event>>,
    pub enabled: Option<bool>,
}

/// Changes an endpoint. One that is switched on again begins anew.
///
/// # Errors
/// [`StoreError::NotFound`] when the person has no such endpoint.
pub async fn update(
    connection: &mut PgConnection,
    user: UserId,
    id: WebhookEndpointId,
    change: &Change,
) -> Result<Endpoint, StoreError> {
    sqlx::query!(
        "UPDATE webhook_endpoints SET url = coalesce($3, url), description = coalesce($4, description),
           events = coalesce($5, events), enabled = coalesce($6, enabled),
           disabled_why = CASE WHEN $6 THEN NULL ELSE disabled_why END,
           failing_since = CASE WHEN $6 THEN NULL ELSE failing_since END
         WHERE user_id = $1 AND id = $2",
        user.0,
        id.0,
        change.url,
        change.description,
        change.events.as_deref().map(words) as Option<Vec<String>>,
        change.enabled,
    )
    .execute(&mut *connection)
    .await?;
    get(connection, user, id).await
}

/// Gives an endpoint another secret; the one before signs beside it until then. Asked as the person.
///
/// # Errors
/// [`StoreError::NotFound`] when the person has no such endpoint.
pub async fn rotate(
    connection: &mut PgConnection,
    user: UserId,
    id: WebhookEndpointId,
    sealed: &[u8],
    until: DateTime<Utc>,
) -> Result<Endpoint, StoreError> {
    let rotated =
        sqlx::query_scalar!(r#"SELECT rotate_webhook_secret($1, $2, $3) AS "rotated!""#, id.0, sealed, until)
            .fetch_one(&mut *connection)
            .await?;
    if !rotated {
        return Err(StoreError::NotFound);
    }
    get(connection, user, id).await
}

/// Removes an endpoint, and what was told to it.
///
/// # Errors
/// [`StoreError::NotFound`] when the person has no such endpoint.
pub async fn remove(
    connection: &mut PgConnection,
    user: UserId,
    id: WebhookEndpointId,
) -> Result<(), StoreError> {
    let done = sqlx::query!("DELETE FROM webhook_endpoints WHERE user_id = $1 AND id = $2", user.0, id.0)
        .execute(connection)
        .await?;
    if done.rows_affected() == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}

/// Notes what came of a try; asked as the worker. Says since when nothing gets through.
///
/// # Errors
/// [`StoreError::NotFound`] when the endpoint was removed.
pub async fn note(
    connection: &mut PgConnection,
    id: WebhookEndpointId,
    status: Option<u16>,
    error: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    let since = sqlx::query_scalar!(
        "UPDATE webhook_endpoints SET last_at = $2, last_status = $3, last_error = $4,
           failing_since = CASE WHEN $4::text IS NOT NULL THEN coalesce(failing_since, $2) END
         WHERE id = $1 RETURNING failing_since",
        id.0,
        now,
        status.map(i32::from),
        error,
    )
    .fetch_one(connection)
    .await?;
    Ok(since)
}

/// Switches an endpoint off that wants no more, or that nothing reaches; says whether it was on. Asked as the worker.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn switch_off(
    connection: &mut PgConnection,
    id: WebhookEndpointId,
    why: EndpointOff,
) -> Result<bool, StoreError> {
    let why = serde_json::to_value(why).map_err(StoreError::json)?;
    let done = sqlx::query!(
        "UPDATE webhook_endpoints SET enabled = false, disabled_why = $2 WHERE id = $1 AND enabled",
        id.0,
        why.as_str().unwrap_or_default(),
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// An order, as the API shows it, less what runs out: the data of a job's webhooks. Read in the transaction that changes
/// it.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn job(connection: &mut PgConnection, id: mv_core::ids::VideoJobId) -> Result<Value, StoreError> {
    let shape = sqlx::query_scalar!(
        r#"SELECT to_jsonb(j) AS "job!" FROM (
             SELECT id, project_id, user_id, job_type, status, output_metadata, costs, error_message,
               error_details ->> 'code' AS error_code, retry_count,
               created_at, started_at, completed_at, failed_at
             FROM video_jobs WHERE id = $1) j"#,
        id.0
    )
    .fetch_one(connection)
    .await?;
    Ok(shape)
}
