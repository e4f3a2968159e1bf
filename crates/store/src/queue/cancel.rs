//! Asking for an order or an errand to be stopped, or to be tried again, on behalf of a person.

use crate::db::orders;
use crate::error::StoreError;
use crate::queue::{self, Enqueue, Priority};
use mv_core::ids::{TaskId, UserId, VideoJobId};
use mv_core::jobs::Job;
use sqlx::PgConnection;

/// Channel on which workers hear at once that an order or an errand is to be stopped.
pub const CHANNEL: &str = "mv_cancel";

/// Asks for an order to be stopped. One that nobody has begun is stopped at once; of others workers hear when the
/// transaction commits, whatever runs for it ends within two seconds, and then it becomes `canceled`. Asking twice is as
/// good as once.
///
/// # Errors
/// [`StoreError::NotFound`] when the person asking does not see it, [`StoreError::Constraint`] with
/// `video_jobs_is_open` when it has ended.
pub async fn request(connection: &mut PgConnection, order: VideoJobId) -> Result<(), StoreError> {
    let status = sqlx::query_scalar!("SELECT status FROM video_jobs WHERE id = $1", order.0)
        .fetch_one(&mut *connection)
        .await?;
    if !matches!(status.as_str(), "queued" | "processing") {
        return Err(StoreError::Constraint { constraint: "video_jobs_is_open".into() });
    }
    let changed = sqlx::query!(
        "UPDATE video_jobs SET cancel_requested_at = coalesce(cancel_requested_at, now()),
           progress_seq = progress_seq + 1,
           canceled_at = CASE WHEN status = 'queued' THEN now() ELSE canceled_at END,
           status = CASE WHEN status = 'queued' THEN 'canceled' ELSE status END
         WHERE id = $1 AND status IN ('queued', 'processing')",
        order.0
    )
    .execute(&mut *connection)
    .await?;
    if changed.rows_affected() == 0 {
        return Err(StoreError::NotFound);
    }
    if status == "queued" {
        orders::give_up(&mut *connection, order, None).await?;
    }
    sqlx::query!("SELECT pg_notify($1, $2)", CHANNEL, order.to_string()).execute(connection).await?;
    Ok(())
}

/// Asks for an errand to be stopped. One that nobody has begun is stopped at once; of others workers hear when the
/// transaction commits, and then it becomes `canceled`. Gives its sequence, for whoever watches.
///
/// # Errors
/// [`StoreError::NotFound`] when the person asking does not see it or may not stop it, [`StoreError::Constraint`] with
/// `tasks_is_open` when it has ended.
pub async fn request_errand(connection: &mut PgConnection, errand: TaskId) -> Result<i64, StoreError> {
    let status = sqlx::query_scalar!("SELECT status FROM tasks WHERE id = $1", errand.0)
        .fetch_one(&mut *connection)
        .await?;
    if !matches!(status.as_str(), "queued" | "processing") {
        return Err(StoreError::Constraint { constraint: "tasks_is_open".into() });
    }
    let seq = sqlx::query_scalar!(
        "UPDATE tasks SET cancel_requested_at = coalesce(cancel_requested_at, now()),
           progress_seq = progress_seq + 1,
           finished_at = CASE WHEN status = 'queued' THEN now() ELSE finished_at END,
           status = CASE WHEN status = 'queued' THEN 'canceled' ELSE status END
         WHERE id = $1 AND status IN ('queued', 'processing') RETURNING progress_seq",
        errand.0
    )
    .fetch_optional(&mut *connection)
    .await?
    .ok_or(StoreError::NotFound)?;
    sqlx::query!("SELECT pg_notify($1, $2)", CHANNEL, errand.to_string()).execute(connection).await?;
    Ok(seq)
}

/// Puts an order that failed or was stopped on the queue again; what was finished is kept.
///
/// # Errors
/// [`StoreError::NotFound`], [`StoreError::Constraint`] with `video_jobs_has_failed` when it did not fail.
pub async fn retry(
    connection: &mut PgConnection,
    user: UserId,
    order: VideoJobId,
    priority: Priority,
) -> Result<(), StoreError> {
    let status = sqlx::query_scalar!("SELECT status FROM video_jobs WHERE id = $1", order.0)
        .fetch_one(&mut *connection)
        .await?;
    if !matches!(status.as_str(), "failed" | "canceled") {
        return Err(StoreError::Constraint { constraint: "video_jobs_has_failed".into() });
    }
    let changed = sqlx::query!(
        "UPDATE video_jobs SET status = 'queued', cancel_requested_at = NULL, canceled_at = NULL, failed_at = NULL,
           error_message = NULL, error_details = NULL, retry_count = retry_count + 1,
           progress_seq = progress_seq + 1
         WHERE id = $1 AND status IN ('failed', 'canceled')",
        order.0
    )
    .execute(&mut *connection)
    .await?;
    if changed.rows_affected() == 0 {
        return Err(StoreError::NotFound);
    }
    let how = Enqueue { priority, ..Enqueue::by(user) };
    queue::enqueue(connection, &Job::VideoGeneration { job_id: order }, how).await?;
    Ok(())
}
