//! What became of jobs that left the queue: kept for a day when they went well, for a week when they did not.

use crate::error::StoreError;
use chrono::{DateTime, Utc};
use mv_core::ids::UserId;
use serde_json::Value;
use sqlx::PgConnection;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Complete,
    Failed,
    Canceled,
    /// This try failed, and another follows.
    Retried,
}

impl Outcome {
    fn word(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
            Self::Retried => "retried",
        }
    }
}

/// A job that ended.
#[derive(Clone, Debug)]
pub struct Ended<'a> {
    pub task: &'a str,
    pub queue_job_id: i64,
    /// The number that its first try had.
    pub first_job_id: i64,
    pub user: Option<UserId>,
    pub payload: &'a Value,
    pub outcome: Outcome,
    /// Tries that it took, this one included.
    pub attempts: u32,
    pub error: Option<Value>,
    pub enqueued_at: DateTime<Utc>,
    pub started_at: DateTime<Utc>,
}

/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn record(connection: &mut PgConnection, job: &Ended<'_>) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO job_history (task, queue_job_id, user_id, payload, outcome, attempts, error, enqueued_at, started_at,
           first_job_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        job.task,
        job.queue_job_id,
        job.user.map(|user| user.0),
        job.payload,
        job.outcome.word(),
        job.attempts.cast_signed(),
        job.error,
        job.enqueued_at,
        job.started_at,
        job.first_job_id,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Forgets what is too old: what went well after a day, and beyond the newest thousand of a task; the rest after a week.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn prune(connection: &mut PgConnection) -> Result<u64, StoreError> {
    let done = sqlx::query!(
        "DELETE FROM job_history WHERE id IN (
           SELECT id FROM (
             SELECT id, outcome, finished_at,
               row_number() OVER (PARTITION BY task, outcome = 'complete' ORDER BY finished_at DESC, id DESC) AS place
             FROM job_history
           ) h
           WHERE (outcome = 'complete' AND (finished_at < now() - interval '24 hours' OR place > 1000))
              OR finished_at < now() - interval '7 days')"
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}
