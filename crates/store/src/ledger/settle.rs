//! The end of a call: its cost is booked, and what is left of its money goes back, all in one transaction.

use super::call::{Held, refusal, sources, word};
use super::costs;
use super::error::LedgerError;
use super::hold::{self, Concerned};
use super::journal;
use super::text::storable_json;
use mv_core::ids::{ProjectId, SceneId, VideoJobId};
use mv_core::paid_call::{CallState, Capability};
use mv_core::units::MicroUsd;
use serde_json::Value;
use sqlx::PgConnection;

/// The result is ours. Books the cost, or the estimate where the service does not say. A cost above the estimate is
/// booked in full, whatever the caps say; credits pay for it as far as they go, and for the rest the house does.
///
/// # Errors
/// [`LedgerError::WrongState`], `Superseded`; [`crate::StoreError::Constraint`] with `paid_calls_cost_is_positive`.
pub async fn succeeded(
    connection: &mut PgConnection,
    held: &Held,
    cost: Option<MicroUsd>,
    result: &Value,
) -> Result<(), LedgerError> {
    let end = End { state: CallState::Succeeded, cost, result: Some(result), error: None };
    settle(connection, held, &end).await
}

/// Nothing came of it. Gives back what was set aside, less what the service charged all the same.
///
/// # Errors
/// As [`succeeded`].
pub async fn failed(
    connection: &mut PgConnection,
    held: &Held,
    error: &Value,
    cost: Option<MicroUsd>,
) -> Result<(), LedgerError> {
    let cost = Some(cost.unwrap_or(MicroUsd::ZERO));
    let end = End { state: CallState::Failed, cost, result: None, error: Some(error) };
    settle(connection, held, &end).await
}

struct End<'a> {
    state: CallState,
    /// The estimate, when `None`.
    cost: Option<MicroUsd>,
    result: Option<&'a Value>,
    error: Option<&'a Value>,
}

async fn settle(connection: &mut PgConnection, held: &Held, end: &End<'_>) -> Result<(), LedgerError> {
    let Some(Concerned { user, credits, estimate }) = hold::call(connection, held.id).await? else {
        return Err(LedgerError::SUPERSEDED);
    };
    let ended = sqlx::query!(
        r#"UPDATE paid_calls SET state = $4, cost_micros = coalesce($5, estimate_micros), result = $6, error = $7,
             holder = NULL, lease_until = NULL, finished_at = now()
           WHERE id = $1 AND fence = $2 AND state = ANY ($3)
           RETURNING project_id, job_id, scene_id, capability, cost_micros AS "cost_micros!""#,
        held.id.0,
        held.fence,
        &sources(end.state),
        end.state.word(),
        end.cost.map(|cost| cost.0),
        end.result.map(storable_json),
        end.error.map(storable_json),
    )
    .fetch_optional(&mut *connection)
    .await?;
    let Some(ended) = ended else { return Err(refusal(connection, held, end.state).await) };
    let cost = MicroUsd(ended.cost_micros);
    if credits {
        journal::settle(connection, user, held.id, estimate, cost).await?;
    }
    let bill = costs::Bill {
        project: ended.project_id.map(ProjectId),
        job: ended.job_id.map(VideoJobId),
        scene: ended.scene_id.map(SceneId),
        capability: word::<Capability>(&ended.capability)?,
    };
    costs::add(connection, &bill, cost).await?;
    Ok(())
}
