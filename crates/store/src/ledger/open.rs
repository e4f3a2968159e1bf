//! Opening a call: its money is set aside, or it is taken over as somebody left it.

use super::budget::{self, Caps};
use super::call::{self, Call};
use super::error::LedgerError;
use super::hold;
use super::journal;
use super::text::storable;
use crate::error::StoreError;
use chrono::{DateTime, TimeDelta, Utc};
use mv_core::ids::{CallId, CharacterId, ProjectId, SceneId, TaskId, UserId, VideoJobId};
use mv_core::paid_call::{Capability, Funding};
use mv_core::units::MicroUsd;
use sqlx::PgConnection;
use std::time::Duration;

/// A call to be made. `step_key` and `ordinal` say which: the same again is the same call, whatever else is said.
#[derive(Clone, Copy, Debug)]
pub struct NewCall<'a> {
    pub user: UserId,
    pub project: Option<ProjectId>,
    pub job: Option<VideoJobId>,
    /// The errand that it is for, when it is for no film. Its cap is the order's.
    pub task: Option<TaskId>,
    pub scene: Option<SceneId>,
    /// Whose test pictures it is for.
    pub character: Option<CharacterId>,
    /// Up to 64 characters.
    pub step_key: &'a str,
    /// 0 for the first try of a step, then 1, 2 …
    pub ordinal: u32,
    pub capability: Capability,
    pub provider: &'a str,
    /// Our id of it.
    pub model: &'a str,
    /// Why it is this model's turn, when it was not the first choice.
    pub because: Option<&'a str>,
    pub request_hash: &'a str,
    pub estimate: MicroUsd,
    pub funding: Funding,
    pub caps: Caps,
    /// Who asks: a worker's name. The same holder need not wait for its own lease.
    pub holder: &'a str,
    /// How long nobody else may take it over.
    pub lease: Duration,
    pub now: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Opening {
    /// It is ours, new or as it was left: its state, provider, model and request are those it was opened with. One that
    /// has ended is as it is for everybody.
    Held(Box<Call>),
    /// Somebody else works on it.
    Busy { until: DateTime<Utc> },
}

/// The name that a service knows this try of this step by: 45 to 64 letters, digits and hyphens.
pub fn idem_key(user: UserId, step_key: &str, ordinal: u32) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(user.0.as_bytes());
    hasher.update(step_key.as_bytes());
    let hash = hasher.finalize().to_hex();
    format!("mv-{}-{ordinal}", &hash[..40])
}

/// Sets the estimate aside and begins a call, or takes over the one that is there.
///
/// # Errors
/// [`LedgerError::OverBudget`] and [`LedgerError::TooFewCredits`] when the money is not there;
/// [`LedgerError::Unfinished`] when another try may still be paid for; [`StoreError::NotFound`] when the order or the
/// project is gone.
pub async fn open(connection: &mut PgConnection, new: &NewCall<'_>) -> Result<Opening, LedgerError> {
    let key = idem_key(new.user, new.step_key, new.ordinal);
    if let Some(id) = existing(connection, &key).await? {
        return take_over(connection, id, new.holder, new.lease, new.now).await;
    }
    if !hold::bill(connection, new.job, new.task, new.project).await? {
        return Err(StoreError::NotFound.into());
    }
    let credits = new.funding == Funding::Credits;
    if credits {
        journal::hold(connection, new.user).await?;
    }
    // Whoever had those rows until now may have opened this very call.
    if let Some(id) = existing(connection, &key).await? {
        return just_opened(connection, id, new.now).await;
    }
    no_other_try(connection, new).await?;
    budget::check(connection, new.job, new.task, new.project, new.caps, new.estimate).await?;
    if credits {
        let balance = journal::balance(connection, new.user).await?.available;
        if balance < new.estimate {
            return Err(LedgerError::TooFewCredits { balance, needed: new.estimate });
        }
    }
    let id = sqlx::query_scalar!(
        "INSERT INTO paid_calls (user_id, project_id, job_id, scene_id, step_key, ordinal, idem_key, capability, provider,
           model, because, request_hash, funding, estimate_micros, holder, lease_until, created_at, task_id, character_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
         ON CONFLICT DO NOTHING RETURNING id",
        new.user.0,
        new.project.map(|id| id.0),
        new.job.map(|id| id.0),
        new.scene.map(|id| id.0),
        new.step_key,
        new.ordinal.cast_signed(),
        key,
        new.capability.word(),
        new.provider,
        new.model,
        new.because.map(storable),
        new.request_hash,
        new.funding.word(),
        new.estimate.0,
        new.holder,
        until(new.now, new.lease),
        new.now,
        new.task.map(|id| id.0),
        new.character.map(|id| id.0),
    )
    .fetch_optional(&mut *connection)
    .await?
    .map(CallId);
    let Some(id) = id else {
        // Opened this moment, it or another try, for another order of another project.
        no_other_try(connection, new).await?;
        let id = existing(connection, &key).await?.ok_or(LedgerError::SUPERSEDED)?;
        return just_opened(connection, id, new.now).await;
    };
    if credits {
        journal::reserve(connection, new.user, id, new.estimate).await?;
    }
    Ok(Opening::Held(Box::new(call::read(connection, id).await?)))
}

/// Takes over a call that nobody holds any more: what [`open`] does for one that is there, by its id.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn take_over(
    connection: &mut PgConnection,
    id: CallId,
    holder: &str,
    lease: Duration,
    now: DateTime<Utc>,
) -> Result<Opening, LedgerError> {
    let before = call::read(connection, id).await?;
    if let Some(opening) = settled_or_busy(before, holder, now) {
        return Ok(opening);
    }
    hold::call(connection, id).await?;
    // Somebody may have had it until now.
    let call = call::read(connection, id).await?;
    if let Some(opening) = settled_or_busy(call, holder, now) {
        return Ok(opening);
    }
    sqlx::query!(
        "UPDATE paid_calls SET fence = fence + 1, holder = $2, lease_until = $3 WHERE id = $1",
        id.0,
        holder,
        until(now, lease),
    )
    .execute(&mut *connection)
    .await?;
    Ok(Opening::Held(Box::new(call::read(connection, id).await?)))
}

/// Somebody opened the call while we waited. It may be for another order, whose row is not to be waited for with ours in
/// hand: it is theirs for now.
async fn just_opened(
    connection: &mut PgConnection,
    id: CallId,
    now: DateTime<Utc>,
) -> Result<Opening, LedgerError> {
    let call = call::read(connection, id).await?;
    if call.state.is_open() {
        return Ok(Opening::Busy { until: call.lease_until.unwrap_or(now) });
    }
    Ok(Opening::Held(Box::new(call)))
}

/// What is to be said of a call that cannot be taken over: it has ended, or somebody else works on it.
fn settled_or_busy(call: Call, holder: &str, now: DateTime<Utc>) -> Option<Opening> {
    if !call.state.is_open() {
        return Some(Opening::Held(Box::new(call)));
    }
    let until = call.lease_until.filter(|until| *until > now)?;
    (call.holder.as_deref() != Some(holder)).then_some(Opening::Busy { until })
}

/// The end of a lease.
pub(super) fn until(now: DateTime<Utc>, lease: Duration) -> DateTime<Utc> {
    let lease = TimeDelta::from_std(lease).unwrap_or(TimeDelta::MAX);
    now.checked_add_signed(lease).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

async fn existing(connection: &mut PgConnection, key: &str) -> Result<Option<CallId>, StoreError> {
    let id = sqlx::query_scalar!("SELECT id FROM paid_calls WHERE idem_key = $1", key)
        .fetch_optional(connection)
        .await?;
    Ok(id.map(CallId))
}

/// Two tries of one step are never open at once: both might be paid for. An index sees to it; this says it in time.
async fn no_other_try(connection: &mut PgConnection, new: &NewCall<'_>) -> Result<(), LedgerError> {
    let row = sqlx::query!(
        "SELECT ordinal, state FROM paid_calls
         WHERE user_id = $1 AND step_key = $2 AND ordinal <> $3 AND state NOT IN ('succeeded', 'failed')",
        new.user.0,
        new.step_key,
        new.ordinal.cast_signed(),
    )
    .fetch_optional(connection)
    .await?;
    match row {
        None => Ok(()),
        Some(row) => {
            let state = call::word(&row.state)?;
            Err(LedgerError::Unfinished { ordinal: row.ordinal.cast_unsigned(), state })
        }
    }
}
