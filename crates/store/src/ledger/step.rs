//! The calls of one step, as whoever makes the step finds them.

use super::call::{self, Call, Held};
use super::error::LedgerError;
use crate::error::StoreError;
use mv_core::ids::{TaskId, UserId};
use sqlx::PgConnection;
use std::collections::BTreeSet;

/// All calls that a person has for a step, the first one first.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn of_step(
    connection: &mut PgConnection,
    user: UserId,
    step_key: &str,
) -> Result<Vec<Call>, StoreError> {
    let ids = sqlx::query_scalar!(
        "SELECT id FROM paid_calls WHERE user_id = $1 AND step_key = $2 ORDER BY ordinal",
        user.0,
        step_key
    )
    .fetch_all(&mut *connection)
    .await?;
    call::read_all(connection, &ids).await
}

/// Those of these steps whose pictures a person has paid for: they are not bought again.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn made(
    connection: &mut PgConnection,
    user: UserId,
    step_keys: &[String],
) -> Result<BTreeSet<String>, StoreError> {
    let keys = sqlx::query_scalar!(
        "SELECT DISTINCT step_key FROM paid_calls
         WHERE user_id = $1 AND step_key = ANY ($2) AND state = 'succeeded' AND NOT coalesce(result ? 'removed', false)",
        user.0,
        step_keys
    )
    .fetch_all(connection)
    .await?;
    Ok(keys.into_iter().collect())
}

/// The model that made what an errand bought last; `None` when it bought nothing itself.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn maker_for(connection: &mut PgConnection, task: TaskId) -> Result<Option<String>, StoreError> {
    let model = sqlx::query_scalar!(
        "SELECT model FROM paid_calls WHERE task_id = $1 AND state = 'succeeded' ORDER BY created_at DESC LIMIT 1",
        task.0
    )
    .fetch_optional(connection)
    .await?;
    Ok(model)
}

/// How like its characters the picture is that a call made, 0–1.
///
/// # Errors
/// `Superseded` when the call did not succeed, or is not ours any more.
pub async fn scored(connection: &mut PgConnection, held: &Held, likeness: f32) -> Result<(), LedgerError> {
    let done = sqlx::query!(
        "UPDATE paid_calls SET result = result || jsonb_build_object('likeness', $3::real)
         WHERE id = $1 AND fence = $2 AND state = 'succeeded'",
        held.id.0,
        held.fence,
        likeness,
    )
    .execute(connection)
    .await?;
    if done.rows_affected() == 0 { Err(LedgerError::SUPERSEDED) } else { Ok(()) }
}
