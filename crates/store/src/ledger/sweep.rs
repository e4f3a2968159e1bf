//! Calls that nobody comes back to.

use super::call::{self, Call};
use crate::error::StoreError;
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;

/// How long after its lease a call that belongs to no order is taken for left: whatever it belongs to tries again sooner.
const ORDERLESS_GRACE: TimeDelta = TimeDelta::minutes(10);

/// Open calls that nobody holds any more and whose order or errand is over, or gone; the oldest first. What is `reserved` was never
/// sent, what is `submitting` may have been, what is `submitted` can be asked after. Take one over with
/// [`super::take_over`]. Unknown ones wait for a person.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn orphans(
    connection: &mut PgConnection,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Call>, StoreError> {
    let ids = sqlx::query_scalar!(
        "SELECT id FROM paid_calls c
         WHERE state IN ('reserved', 'submitting', 'submitted') AND coalesce(lease_until <= $1, true)
           AND CASE WHEN task_id IS NOT NULL THEN NOT EXISTS (
               SELECT FROM tasks t WHERE t.id = c.task_id AND t.status IN ('queued', 'processing'))
             WHEN job_id IS NULL THEN coalesce(lease_until, created_at) <= $2
             ELSE NOT EXISTS (SELECT FROM video_jobs j WHERE j.id = c.job_id AND j.status IN ('queued', 'processing'))
             END
         ORDER BY created_at, id LIMIT $3",
        now,
        now - ORDERLESS_GRACE,
        limit
    )
    .fetch_all(&mut *connection)
    .await?;
    call::read_all(connection, &ids).await
}
