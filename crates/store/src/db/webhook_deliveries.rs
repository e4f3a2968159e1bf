//! What is to be told to webhook endpoints, each thing once, and how that went.

use crate::error::StoreError;
use crate::queue::{self, Enqueue};
use chrono::{DateTime, Utc};
use mv_core::ids::{UserId, WebhookDeliveryId, WebhookEndpointId};
use mv_core::jobs::Job;
use mv_core::webhook::{Event, TEST};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sqlx::PgConnection;
use sqlx::types::{Json, Uuid};

/// Days that they are kept.
pub const KEPT_DAYS: i32 = 30;
/// Tries of one that are kept.
const TRIES_KEPT: i32 = 20;

/// One try.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    pub at: DateTime<Utc>,
    /// Of the answer, when one came.
    pub status: Option<u16>,
    /// Why it does not count, when it does not.
    pub error: Option<String>,
    pub milliseconds: u64,
    /// How the answer begins.
    pub answer: String,
}

/// A delivery, as its person sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    pub id: Uuid,
    pub endpoint_id: Uuid,
    pub event: String,
    pub body: String,
    /// `pending`, `delivered`, `failed` or `dropped`.
    pub state: String,
    pub attempts: Json<Vec<Attempt>>,
    pub created_at: DateTime<Utc>,
    pub next_at: Option<DateTime<Utc>>,
    pub finished_at: Option<DateTime<Utc>>,
}

fn body(event: &str, data: &Value, now: DateTime<Utc>) -> String {
    json!({ "type": event, "timestamp": now, "data": data }).to_string()
}

/// Tells of something to every endpoint of a person that wants to know, in the transaction in which it happens. What was
/// told of this cause before is not told again.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn announce(
    connection: &mut PgConnection,
    user: UserId,
    event: Event,
    data: &Value,
    cause: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let told = sqlx::query_scalar!(
        "INSERT INTO webhook_deliveries (endpoint_id, user_id, event, cause, body, created_at, next_at)
         SELECT e.id, e.user_id, $2::text, $3, $4, $5, $5 FROM webhook_endpoints e
         WHERE e.user_id = $1 AND e.enabled AND $2::text = ANY (e.events)
         ON CONFLICT (endpoint_id, event, cause) DO NOTHING RETURNING id",
        user.0,
        event.word(),
        cause,
        body(event.word(), data, now),
        now,
    )
    .fetch_all(&mut *connection)
    .await?;
    let jobs = told
        .into_iter()
        .map(|id| (Job::DeliverWebhook { delivery_id: WebhookDeliveryId(id) }, Enqueue::by(user)));
    queue::enqueue_all(connection, jobs).await.map(drop)
}

/// Sends a message to one endpoint that says nothing but that it can be reached.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn test(
    connection: &mut PgConnection,
    user: UserId,
    endpoint: WebhookEndpointId,
    now: DateTime<Utc>,
) -> Result<Delivery, StoreError> {
    let id = sqlx::query_scalar!(
        "INSERT INTO webhook_deliveries (endpoint_id, user_id, event, cause, body, created_at, next_at)
         VALUES ($1, $2, $3, gen_random_uuid()::text, $4, $5, $5) RETURNING id",
        endpoint.0,
        user.0,
        TEST,
        body(TEST, &json!({ "endpoint_id": endpoint }), now),
        now,
    )
    .fetch_one(&mut *connection)
    .await?;
    let id = WebhookDeliveryId(id);
    queue::enqueue(&mut *connection, &Job::DeliverWebhook { delivery_id: id }, Enqueue::by(user)).await?;
    get(connection, endpoint, id).await
}

/// What was told to an endpoint, the newest first, and how much there is.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn list(
    connection: &mut PgConnection,
    endpoint: WebhookEndpointId,
    limit: i64,
    offset: i64,
) -> Result<(Vec<Delivery>, i64), StoreError> {
    let found = sqlx::query_as!(
        Delivery,
        r#"SELECT id, endpoint_id, event, body, state, attempts AS "attempts: Json<Vec<Attempt>>", created_at, next_at,
             finished_at
           FROM webhook_deliveries WHERE endpoint_id = $1 ORDER BY created_at DESC, id LIMIT $2 OFFSET $3"#,
        endpoint.0,
        limit,
        offset
    )
    .fetch_all(&mut *connection)
    .await?;
    let total = sqlx::query_scalar!(
        r#"SELECT count(*) AS "total!" FROM webhook_deliveries WHERE endpoint_id = $1"#,
        endpoint.0
    )
    .fetch_one(connection)
    .await?;
    Ok((found, total))
}

/// # Errors
/// [`StoreError::NotFound`] when nothing of the kind was told to this endpoint.
pub async fn get(
    connection: &mut PgConnection,
    endpoint: WebhookEndpointId,
    id: WebhookDeliveryId,
) -> Result<Delivery, StoreError> {
    let found = sqlx::query_as!(
        Delivery,
        r#"SELECT id, endpoint_id, event, body, state, attempts AS "attempts: Json<Vec<Attempt>>", created_at, next_at,
             finished_at
           FROM webhook_deliveries WHERE endpoint_id = $1 AND id = $2"#,
        endpoint.0,
        id.0
    )
    .fetch_one(connection)
    .await?;
    Ok(found)
}

/// Has the same message sent again, whatever became of it.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn replay(
    connection: &mut PgConnection,
    user: UserId,
    endpoint: WebhookEndpointId,
    id: WebhookDeliveryId,
    now: DateTime<Utc>,
) -> Result<Delivery, StoreError> {
    sqlx::query!(
        "UPDATE webhook_deliveries SET state = 'pending', tries = 0, next_at = $3, finished_at = NULL
         WHERE endpoint_id = $1 AND id = $2",
        endpoint.0,
        id.0,
        now
    )
    .execute(&mut *connection)
    .await?;
    let delivery = get(&mut *connection, endpoint, id).await?;
    queue::enqueue(connection, &Job::DeliverWebhook { delivery_id: id }, Enqueue::by(user)).await?;
    Ok(delivery)
}

/// A message that is to be sent, as the worker needs it.
#[derive(Clone, Debug)]
pub struct Outgoing {
    pub endpoint: WebhookEndpointId,
    pub user: UserId,
    pub event: String,
    pub body: String,
    pub tries: i32,
    pub url: String,
    pub enabled: bool,
    pub sealed: Vec<u8>,
    /// The secret before, while it signs, too.
    pub old_sealed: Option<Vec<u8>>,
}

/// What is to be sent; nothing when it was, or was removed.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn outgoing(
    connection: &mut PgConnection,
    id: WebhookDeliveryId,
    now: DateTime<Utc>,
) -> Result<Option<Outgoing>, StoreError> {
    let row = sqlx::query!(
        r#"SELECT d.endpoint_id, d.user_id, d.event, d.body, d.tries, e.url, e.enabled, e.sealed,
             CASE WHEN e.old_until > $2 THEN e.old_sealed END AS old_sealed
           FROM webhook_deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id
           WHERE d.id = $1 AND d.state = 'pending'"#,
        id.0,
        now
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| Outgoing {
        endpoint: WebhookEndpointId(row.endpoint_id),
        user: UserId(row.user_id),
        event: row.event,
        body: row.body,
        tries: row.tries,
        url: row.url,
        enabled: row.enabled,
        sealed: row.sealed,
        old_sealed: row.old_sealed,
    }))
}

/// What follows from a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    Delivered,
    /// It is tried again then.
    Again(DateTime<Utc>),
    Failed,
}

/// Writes a try down.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn attempted(
    connection: &mut PgConnection,
    id: WebhookDeliveryId,
    attempt: &Attempt,
    next: Next,
) -> Result<(), StoreError> {
    let (state, next_at) = match next {
        Next::Delivered => ("delivered", None),
        Next::Again(at) => ("pending", Some(at)),
        Next::Failed => ("failed", None),
    };
    sqlx::query!(
        "UPDATE webhook_deliveries SET state = $2::text, next_at = $3, tries = tries + 1,
           finished_at = CASE WHEN $2::text <> 'pending' THEN $4::timestamptz END,
           attempts = CASE WHEN jsonb_array_length(attempts) >= $6 THEN attempts - 0 ELSE attempts END
             || jsonb_build_array($5::jsonb)
         WHERE id = $1",
        id.0,
        state,
        next_at,
        attempt.at,
        Json(attempt) as _,
        TRIES_KEPT,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// It is not sent: its endpoint is off, or it cannot be.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn give_up(
    connection: &mut PgConnection,
    id: WebhookDeliveryId,
    state: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE webhook_deliveries SET state = $2, next_at = NULL, finished_at = $3
         WHERE id = $1 AND state = 'pending'",
        id.0,
        state,
        now
    )
    .execute(connection)
    .await?;
    Ok(())
}
