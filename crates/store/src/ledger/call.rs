//! A call as it is kept, and the proof of holding it.

use super::error::LedgerError;
use crate::error::StoreError;
use chrono::{DateTime, Utc};
use mv_core::ids::{CallId, CharacterId, ProjectId, SceneId, TaskId, UserId, VideoJobId};
use mv_core::paid_call::{CallState, Capability, Funding};
use mv_core::units::MicroUsd;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sqlx::PgConnection;
use sqlx::types::Uuid;

/// Proof of holding a call: it counts until somebody takes the call over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Held {
    pub id: CallId,
    pub fence: i64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    pub id: CallId,
    pub user: UserId,
    pub project: Option<ProjectId>,
    /// The order that it was first opened for, on whose bill it is.
    pub job: Option<VideoJobId>,
    /// The errand that it was first opened for.
    pub task: Option<TaskId>,
    pub scene: Option<SceneId>,
    pub character: Option<CharacterId>,
    pub step_key: String,
    pub ordinal: u32,
    /// What is sent to the service so that it takes the call once.
    pub idem_key: String,
    pub capability: Capability,
    pub provider: String,
    pub model: String,
    /// Why it is this model's turn, when it was not the first choice.
    pub because: Option<String>,
    pub request_hash: String,
    pub funding: Funding,
    pub estimate: MicroUsd,
    /// What it cost, once it has ended.
    pub cost: Option<MicroUsd>,
    pub state: CallState,
    pub provider_job_id: Option<String>,
    /// What the service calls it in a webhook that was checked.
    pub heard_job_id: Option<String>,
    /// How often it was sent, or was about to be.
    pub attempts: u32,
    /// When it was last sent, or was about to be.
    pub sent_at: Option<DateTime<Utc>>,
    pub holder: Option<String>,
    pub lease_until: Option<DateTime<Utc>>,
    pub fence: i64,
    pub result: Option<Value>,
    pub error: Option<Value>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub finished_at: Option<DateTime<Utc>>,
}

impl Call {
    pub fn held(&self) -> Held {
        Held { id: self.id, fence: self.fence }
    }
}

/// A call of this person's.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn get(connection: &mut PgConnection, user: UserId, id: CallId) -> Result<Call, StoreError> {
    let call = read(connection, id).await?;
    if call.user == user { Ok(call) } else { Err(StoreError::NotFound) }
}

/// Anybody's call.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn one(connection: &mut PgConnection, id: CallId) -> Result<Call, StoreError> {
    read(connection, id).await
}

/// The call that a service knows by this name.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn find(
    connection: &mut PgConnection,
    provider: &str,
    provider_job_id: &str,
) -> Result<Option<Call>, StoreError> {
    let ids = sqlx::query_scalar!(
        "SELECT id FROM paid_calls WHERE provider = $1 AND provider_job_id = $2 ORDER BY created_at DESC LIMIT 1",
        provider,
        provider_job_id
    )
    .fetch_all(&mut *connection)
    .await?;
    Ok(read_all(connection, &ids).await?.pop())
}

pub(super) async fn read(connection: &mut PgConnection, id: CallId) -> Result<Call, StoreError> {
    read_all(connection, &[id.0]).await?.pop().ok_or(StoreError::NotFound)
}

/// These calls, in this order; those that are not there are left out.
pub(super) async fn read_all(connection: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Call>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT c.id, user_id, project_id, job_id, scene_id, task_id, character_id, step_key, ordinal, idem_key, capability, provider, model,
             because, request_hash, funding, estimate_micros, cost_micros, state, provider_job_id, heard_job_id,
             attempts, sent_at, holder, lease_until, fence, result, error, created_at, updated_at, finished_at
           FROM unnest($1::uuid[]) WITH ORDINALITY AS wanted (id, place) JOIN paid_calls c ON c.id = wanted.id
           ORDER BY wanted.place"#,
        ids
    )
    .fetch_all(connection)
    .await?;
    let mut calls = Vec::with_capacity(rows.len());
    for row in rows {
        calls.push(Call {
            id: CallId(row.id),
            user: UserId(row.user_id),
            project: row.project_id.map(ProjectId),
            job: row.job_id.map(VideoJobId),
            task: row.task_id.map(TaskId),
            scene: row.scene_id.map(SceneId),
            character: row.character_id.map(CharacterId),
            step_key: row.step_key,
            ordinal: row.ordinal.cast_unsigned(),
            idem_key: row.idem_key,
            capability: word(&row.capability)?,
            provider: row.provider,
            model: row.model,
            because: row.because,
            request_hash: row.request_hash,
            funding: word(&row.funding)?,
            estimate: MicroUsd(row.estimate_micros),
            cost: row.cost_micros.map(MicroUsd),
            state: word(&row.state)?,
            provider_job_id: row.provider_job_id,
            heard_job_id: row.heard_job_id,
            attempts: row.attempts.cast_unsigned(),
            sent_at: row.sent_at,
            holder: row.holder,
            lease_until: row.lease_until,
            fence: row.fence,
            result: row.result,
            error: row.error,
            created_at: row.created_at,
            updated_at: row.updated_at,
            finished_at: row.finished_at,
        });
    }
    Ok(calls)
}

/// One of the words that the table's checks allow.
pub(super) fn word<T: DeserializeOwned>(word: &str) -> Result<T, StoreError> {
    serde_json::from_value(Value::String(word.to_owned())).map_err(StoreError::json)
}

/// Why a write of whoever holds this reached no row.
pub(super) async fn refusal(connection: &mut PgConnection, held: &Held, wanted: CallState) -> LedgerError {
    let row = sqlx::query!("SELECT state, fence FROM paid_calls WHERE id = $1", held.id.0)
        .fetch_optional(connection)
        .await;
    match row {
        Err(error) => error.into(),
        Ok(Some(row)) if row.fence == held.fence => match word(&row.state) {
            Ok(found) => LedgerError::WrongState { found, wanted },
            Err(error) => error.into(),
        },
        Ok(_) => LedgerError::SUPERSEDED,
    }
}

/// The words of the states that a call may come to this one from.
pub(super) fn sources(wanted: CallState) -> Vec<String> {
    wanted.comes_from().iter().map(|state| state.word().to_owned()).collect()
}
