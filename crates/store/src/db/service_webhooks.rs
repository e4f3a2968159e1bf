//! Webhooks of outside services: written down as they came, looked at by a worker, forgotten after a week.

use crate::error::StoreError;
use chrono::{DateTime, Utc};
use mv_core::ids::{CallId, WebhookId};
use sqlx::PgConnection;

/// What came to the address of a call.
#[derive(Clone, Copy, Debug)]
pub struct Arrived<'a> {
    pub id: WebhookId,
    pub call: CallId,
    /// Of the body.
    pub digest: &'a [u8],
    /// Names and values, in pairs.
    pub headers: &'a [(String, String)],
    pub body: &'a [u8],
    pub at: DateTime<Utc>,
}

/// A webhook that nobody has looked at yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    pub call: CallId,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    pub received_at: DateTime<Utc>,
}

/// What became of a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Genuine: whoever waits for its call was woken.
    Heard,
    /// Genuine, and the proof that a call whose answer was lost was taken in.
    Recovered,
    /// Its call had ended.
    Late,
    /// It is about a job that is not its call's.
    OtherJob,
    Forged,
    Unreadable,
    /// The service could not be asked whether it is genuine.
    Unchecked,
}

impl Outcome {
    pub fn word(self) -> &'static str {
        match self {
            Self::Heard => "heard",
            Self::Recovered => "recovered",
            Self::Late => "late",
            Self::OtherJob => "other_job",
            Self::Forged => "forged",
            Self::Unreadable => "unreadable",
            Self::Unchecked => "unchecked",
        }
    }
}

/// Writes down what came; says whether it is new. What comes for a call that is gone is forgotten at once.
///
/// # Errors
/// [`StoreError::Constraint`] with `service_webhooks_call_id_fkey` when the call is gone.
pub async fn write_down(connection: &mut PgConnection, arrived: &Arrived<'_>) -> Result<bool, StoreError> {
    let headers = serde_json::to_value(arrived.headers).map_err(StoreError::json)?;
    let done = sqlx::query!(
        "INSERT INTO service_webhooks (id, call_id, digest, headers, body, received_at)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
        arrived.id.0,
        arrived.call.0,
        arrived.digest,
        headers,
        arrived.body,
        arrived.at,
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// A webhook to be looked at; `None` when somebody did, or it is gone.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn unread(connection: &mut PgConnection, id: WebhookId) -> Result<Option<Unread>, StoreError> {
    let row = sqlx::query!(
        r#"SELECT call_id, headers, body AS "body!", received_at FROM service_webhooks
           WHERE id = $1 AND outcome IS NULL AND body IS NOT NULL"#,
        id.0
    )
    .fetch_optional(connection)
    .await?;
    row.map(|row| {
        let headers = serde_json::from_value(row.headers).map_err(StoreError::json)?;
        Ok(Unread { call: CallId(row.call_id), headers, body: row.body, received_at: row.received_at })
    })
    .transpose()
}

/// Somebody looked at it: what became of it stays, what it said goes.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn looked_at(
    connection: &mut PgConnection,
    id: WebhookId,
    outcome: Outcome,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE service_webhooks SET outcome = $2, looked_at = $3, body = NULL, headers = '[]'
         WHERE id = $1 AND outcome IS NULL",
        id.0,
        outcome.word(),
        at,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// How many webhooks of a service had an outcome; `waiting` is that of those nobody has looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    pub provider: String,
    pub outcome: String,
    pub count: i64,
}

/// What came in the last week, for metrics.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn counts(connection: &mut PgConnection) -> Result<Vec<Count>, StoreError> {
    let counts = sqlx::query_as!(
        Count,
        r#"SELECT c.provider, coalesce(w.outcome, 'waiting') AS "outcome!", count(*) AS "count!"
           FROM service_webhooks w JOIN paid_calls c ON c.id = w.call_id GROUP BY 1, 2 ORDER BY 1, 2"#
    )
    .fetch_all(connection)
    .await?;
    Ok(counts)
}
