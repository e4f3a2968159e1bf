//! The steps of a call between its opening and its end. Each counts only for whoever holds the call.

use super::call::{Held, refusal, sources};
use super::error::LedgerError;
use super::open::until;
use super::text::storable;
use chrono::{DateTime, Utc};
use mv_core::paid_call::CallState;
use serde_json::json;
use sqlx::PgConnection;
use std::time::Duration;

/// The call is about to be sent. Commit this before sending: from here on the service may have it.
///
/// # Errors
/// [`LedgerError::WrongState`], `Superseded`.
pub async fn submitting(connection: &mut PgConnection, held: &Held) -> Result<(), LedgerError> {
    let done = sqlx::query!(
        "UPDATE paid_calls SET state = 'submitting', attempts = attempts + 1, sent_at = now()
         WHERE id = $1 AND fence = $2 AND state = ANY ($3)",
        held.id.0,
        held.fence,
        &sources(CallState::Submitting),
    )
    .execute(&mut *connection)
    .await?;
    reached(connection, held, CallState::Submitting, done.rows_affected()).await
}

/// The service took it in under this name.
///
/// # Errors
/// [`LedgerError::WrongState`], `Superseded`.
pub async fn submitted(
    connection: &mut PgConnection,
    held: &Held,
    provider_job_id: &str,
) -> Result<(), LedgerError> {
    let done = sqlx::query!(
        "UPDATE paid_calls SET state = 'submitted', provider_job_id = $4, error = NULL
         WHERE id = $1 AND fence = $2 AND state = ANY ($3)",
        held.id.0,
        held.fence,
        &sources(CallState::Submitted),
        storable(provider_job_id),
    )
    .execute(&mut *connection)
    .await?;
    reached(connection, held, CallState::Submitted, done.rows_affected()).await
}

/// Nobody can tell whether the service has it, or what became of it. The money stays set aside.
///
/// # Errors
/// [`LedgerError::WrongState`], `Superseded`.
pub async fn unknown(connection: &mut PgConnection, held: &Held, why: &str) -> Result<(), LedgerError> {
    let done = sqlx::query!(
        "UPDATE paid_calls SET state = 'unknown', error = $4, holder = NULL, lease_until = NULL
         WHERE id = $1 AND fence = $2 AND state = ANY ($3)",
        held.id.0,
        held.fence,
        &sources(CallState::Unknown),
        json!({ "code": "unknown", "message": storable(why) }),
    )
    .execute(&mut *connection)
    .await?;
    reached(connection, held, CallState::Unknown, done.rows_affected()).await
}

/// It is proven that the service never got it: it may be sent again, and is still paid for by what was set aside.
///
/// # Errors
/// [`LedgerError::WrongState`], `Superseded`.
pub async fn back_to_reserved(connection: &mut PgConnection, held: &Held) -> Result<(), LedgerError> {
    let done = sqlx::query!(
        "UPDATE paid_calls SET state = 'reserved', error = NULL, provider_job_id = NULL
         WHERE id = $1 AND fence = $2 AND state = ANY ($3)",
        held.id.0,
        held.fence,
        &sources(CallState::Reserved),
    )
    .execute(&mut *connection)
    .await?;
    reached(connection, held, CallState::Reserved, done.rows_affected()).await
}

/// We are still at it.
///
/// # Errors
/// `Superseded`, when somebody took it over or it has ended.
pub async fn renew_lease(
    connection: &mut PgConnection,
    held: &Held,
    lease: Duration,
    now: DateTime<Utc>,
) -> Result<(), LedgerError> {
    let done = sqlx::query!(
        "UPDATE paid_calls SET lease_until = $3
         WHERE id = $1 AND fence = $2 AND state NOT IN ('succeeded', 'failed')",
        held.id.0,
        held.fence,
        until(now, lease),
    )
    .execute(connection)
    .await?;
    if done.rows_affected() == 0 { Err(LedgerError::SUPERSEDED) } else { Ok(()) }
}

/// We leave it as it is for whoever comes next, who need not wait for the lease to run out.
///
/// # Errors
/// `Superseded`.
pub async fn release(connection: &mut PgConnection, held: &Held) -> Result<(), LedgerError> {
    let done = sqlx::query!(
        "UPDATE paid_calls SET holder = NULL, lease_until = NULL WHERE id = $1 AND fence = $2",
        held.id.0,
        held.fence,
    )
    .execute(connection)
    .await?;
    if done.rows_affected() == 0 { Err(LedgerError::SUPERSEDED) } else { Ok(()) }
}

async fn reached(
    connection: &mut PgConnection,
    held: &Held,
    wanted: CallState,
    rows: u64,
) -> Result<(), LedgerError> {
    if rows == 0 { Err(refusal(connection, held, wanted).await) } else { Ok(()) }
}
