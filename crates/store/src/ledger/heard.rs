//! What services tell by themselves: that a job of a call is worth a look, and, where the answer to the call was lost, that
//! they took it in. Nothing is booked on such word: the job is looked at before anything is.

use super::call;
use super::error::LedgerError;
use super::hold;
use super::resolve;
use super::text::storable;
use crate::error::StoreError;
use mv_core::ids::CallId;
use mv_core::paid_call::CallState;
use sqlx::PgConnection;

/// Channel on which whoever holds a call hears at once that there is news of it.
pub const CHANNEL: &str = "mv_calls";

/// What news of a job meant for its call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// The service has it, and may be done.
    Known,
    /// Nobody here knew yet that the service has it. Whoever is sending it, or looking for it, may go on.
    Proven,
    /// It was given up as unknown: from now on it is asked after.
    Recovered,
    /// It has ended.
    Over,
    /// The call is another job, or another one was heard of before.
    OtherJob,
}

/// A service says, and proved, that it has a call under this name.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn heard(
    connection: &mut PgConnection,
    id: CallId,
    provider_job_id: &str,
) -> Result<Heard, LedgerError> {
    hold::call(connection, id).await?;
    let call = call::read(connection, id).await?;
    let job = storable(provider_job_id);
    let known = call.provider_job_id.as_deref().or(call.heard_job_id.as_deref());
    match call.state {
        CallState::Succeeded | CallState::Failed => Ok(Heard::Over),
        CallState::Submitted => Ok(if known == Some(&*job) { Heard::Known } else { Heard::OtherJob }),
        CallState::Unknown if call.provider_job_id.as_ref().is_some_and(|known| *known != job) => {
            Ok(Heard::OtherJob)
        }
        CallState::Unknown => {
            resolve::taken(connection, &call.held(), &job).await?;
            Ok(Heard::Recovered)
        }
        CallState::Reserved | CallState::Submitting if known.is_some_and(|known| known != job) => {
            Ok(Heard::OtherJob)
        }
        CallState::Reserved | CallState::Submitting => {
            // Not ours to move: its holder may be writing the answer down at this moment.
            sqlx::query!("UPDATE paid_calls SET heard_job_id = $2 WHERE id = $1", id.0, job)
                .execute(connection)
                .await?;
            Ok(Heard::Proven)
        }
    }
}

/// What a service called it in a webhook, if there was one.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn heard_of(connection: &mut PgConnection, id: CallId) -> Result<Option<String>, StoreError> {
    let heard = sqlx::query_scalar!("SELECT heard_job_id FROM paid_calls WHERE id = $1", id.0)
        .fetch_one(connection)
        .await?;
    Ok(heard)
}

/// Wakes whoever holds a call. To be said on its own, after what it is about was committed.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn tell(connection: &mut PgConnection, id: CallId) -> Result<(), StoreError> {
    sqlx::query!("SELECT pg_notify($1, $2)", CHANNEL, id.to_string()).execute(connection).await?;
    Ok(())
}
