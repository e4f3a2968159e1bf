//! A job in hand: what it is, whether it is still ours, and how it ends.

use crate::error::JobError;
use crate::shop::Shop;
use chrono::{DateTime, Utc};
use mv_core::CancelToken;
use mv_core::ids::UserId;
use mv_core::jobs::Job;
use mv_store::StoreError;
use mv_store::db::PgTransaction;
use mv_store::db::job_history::{self, Ended, Outcome};
use mv_store::queue::{self, Enqueue, QueueJobId};
use serde_json::Value;
use sqlx::PgConnection;
use std::sync::Arc;
use std::time::Duration;

#[derive(Debug)]
pub(crate) struct Running {
    pub(crate) shop: Arc<Shop>,
    pub(crate) id: QueueJobId,
    /// The queue's name of the worker that holds it.
    pub(crate) worker: String,
    pub(crate) task: String,
    pub(crate) payload: Value,
    pub(crate) job: Job,
    pub(crate) user: Option<UserId>,
    /// Failed tries before this one.
    pub(crate) attempt: u32,
    /// The number that its first try had, unless this is that.
    pub(crate) first_job: Option<QueueJobId>,
    pub(crate) enqueued_at: DateTime<Utc>,
    pub(crate) started_at: DateTime<Utc>,
    pub(crate) cancel: CancelToken,
}

impl Running {
    /// Opens the transaction that ends the job. Nothing else may end it from here on.
    ///
    /// # Errors
    /// [`StoreError::Superseded`] when somebody else has it now.
    pub(crate) async fn finish(&self) -> Result<PgTransaction, JobError> {
        let mut transaction = self.shop.db.worker().begin().await.map_err(StoreError::from)?;
        queue::finish(&mut transaction, self.id, &self.worker).await?;
        Ok(transaction)
    }

    /// Notes that the job went well, and makes what it did count.
    pub(crate) async fn complete(&self, mut transaction: PgTransaction) -> Result<(), JobError> {
        self.record(&mut transaction, Outcome::Complete, None).await?;
        transaction.commit().await.map_err(StoreError::from)?;
        Ok(())
    }

    pub(crate) async fn record(
        &self,
        connection: &mut PgConnection,
        outcome: Outcome,
        error: Option<Value>,
    ) -> Result<(), StoreError> {
        let ended = Ended {
            task: &self.task,
            queue_job_id: self.id,
            first_job_id: self.first_job.unwrap_or(self.id),
            user: self.user,
            payload: &redacted(&self.job, &self.payload),
            outcome,
            attempts: self.attempt + 1,
            error,
            enqueued_at: self.enqueued_at,
            started_at: self.started_at,
        };
        job_history::record(connection, &ended).await
    }

    /// Puts the same job on the queue again, after a pause.
    pub(crate) async fn again(
        &self,
        connection: &mut PgConnection,
        pause: Duration,
        attempt: u32,
    ) -> Result<(), StoreError> {
        let how = Enqueue {
            user: self.user,
            run_at: Some(self.shop.clock.now() + pause),
            attempt,
            first_job: Some(self.first_job.unwrap_or(self.id)),
            ..Enqueue::default()
        };
        queue::enqueue(connection, &self.job, how).await.map(drop)
    }
}

/// A payload without what opens doors: the tokens of links stay out of the history.
fn redacted(job: &Job, payload: &Value) -> Value {
    let mut payload = payload.clone();
    if matches!(job, Job::Email { .. })
        && let Some(token) = payload.pointer_mut("/mail/token")
    {
        *token = Value::from("…");
    }
    payload
}
