//! An unknown call, resolved by a person who looked at the service's own page.

use super::call::{self, Call, Held, refusal};
use super::error::LedgerError;
use super::settle;
use super::text::storable;
use crate::error::StoreError;
use mv_core::ids::{CallId, UserId};
use mv_core::paid_call::{CallState, Funding};
use mv_core::units::MicroUsd;
use serde_json::json;
use sqlx::PgConnection;

/// Who says what became of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolver {
    /// The person whose call it is, where their own key paid for it.
    Owner(UserId),
    /// An operator, for anybody's.
    Operator(UserId),
}

/// What became of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The service never got it. The money goes back; the step may be tried again.
    NotTaken,
    /// The service has it under this name: it is asked after from now on.
    Taken { provider_job_id: String },
    /// The service got it, but charged nothing, or gave the money back.
    Refunded,
    /// The service charged for it and there is nothing to fetch; without a cost, the estimate is booked.
    Charged { cost: Option<MicroUsd> },
}

/// Says what became of an unknown call, and returns it as it is then.
///
/// # Errors
/// [`StoreError::NotFound`] when it is not theirs, [`LedgerError::OperatorDecides`], [`LedgerError::WrongState`] when it
/// is not unknown.
pub async fn resolve_unknown(
    connection: &mut PgConnection,
    by: Resolver,
    id: CallId,
    outcome: &Outcome,
) -> Result<Call, LedgerError> {
    let call = call::read(connection, id).await?;
    let person = match by {
        Resolver::Owner(user) if call.user != user => return Err(StoreError::NotFound.into()),
        Resolver::Owner(_) if call.funding != Funding::Own => return Err(LedgerError::OperatorDecides),
        Resolver::Owner(user) | Resolver::Operator(user) => user,
    };
    let wanted = match outcome {
        Outcome::Taken { .. } => CallState::Submitted,
        Outcome::NotTaken | Outcome::Refunded | Outcome::Charged { .. } => CallState::Failed,
    };
    if call.state != CallState::Unknown {
        return Err(LedgerError::WrongState { found: call.state, wanted });
    }
    let held = call.held();
    let why = |code: &str| json!({ "code": code, "resolved_by": person });
    match outcome {
        Outcome::NotTaken => settle::failed(connection, &held, &why("not_taken"), None).await?,
        Outcome::Refunded => settle::failed(connection, &held, &why("refunded"), None).await?,
        Outcome::Charged { cost } => {
            let cost = cost.unwrap_or(call.estimate);
            settle::failed(connection, &held, &why("charged"), Some(cost)).await?;
        }
        Outcome::Taken { provider_job_id } => taken(connection, &held, provider_job_id).await?,
    }
    Ok(call::read(connection, id).await?)
}

/// Nobody holds it from now on, so that whoever asks after it next need not wait.
pub(super) async fn taken(
    connection: &mut PgConnection,
    held: &Held,
    provider_job_id: &str,
) -> Result<(), LedgerError> {
    let done = sqlx::query!(
        "UPDATE paid_calls SET state = 'submitted', provider_job_id = $3, error = NULL, fence = fence + 1,
           holder = NULL, lease_until = NULL
         WHERE id = $1 AND fence = $2 AND state = 'unknown'",
        held.id.0,
        held.fence,
        storable(provider_job_id),
    )
    .execute(&mut *connection)
    .await?;
    if done.rows_affected() == 0 {
        return Err(refusal(connection, held, CallState::Submitted).await);
    }
    Ok(())
}
