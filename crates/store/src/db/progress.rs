//! Live progress: the newest state of an order or a task in its row, a sequence that rises, and word to who listens. What
//! a person is told in the studio comes the same way.
//!
//! Nothing is lost for good when a crash takes the last half second of it, so these commits do not wait for the disk.

use crate::error::StoreError;
use mv_core::ids::{StepId, TaskId, UserId, VideoJobId};
use serde::Deserialize;
use serde_json::Value;
use sqlx::postgres::PgListener;
use sqlx::{Acquire, Executor, PgConnection, PgPool};

/// Channel on which every change is told.
pub const CHANNEL: &str = "mv_progress";

/// What progress is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "id")]
pub enum Subject {
    VideoJob(VideoJobId),
    Task(TaskId),
    /// What a person is told in the studio.
    Notifications(UserId),
}

/// That something changed, and up to which sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct Change {
    #[serde(flatten)]
    pub subject: Subject,
    pub seq: i64,
}

/// The newest state of a subject.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    pub seq: i64,
    pub status: String,
    pub progress: Value,
    /// What was made, once it is complete.
    pub result: Option<Value>,
    /// What a person may read, when it failed.
    pub error: Option<String>,
    /// Why, for programs: a word of [`mv_core::failure::FailureCode`].
    pub error_code: Option<String>,
}

impl Snapshot {
    /// Nothing more will come, unless it is tried again.
    pub fn has_ended(&self) -> bool {
        matches!(self.status.as_str(), "complete" | "failed" | "canceled")
    }
}

/// Notes how far steps of an order are and writes the order's progress; at most twice a second an order, however many
/// nodes work on it, unless `force`. Tells listeners.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn note(
    connection: &mut PgConnection,
    order: VideoJobId,
    steps: &[(StepId, f64)],
    force: bool,
) -> Result<(), StoreError> {
    let (ids, fractions): (Vec<_>, Vec<f64>) = steps.iter().map(|(id, part)| (id.0, *part)).unzip();
    let mut transaction = connection.begin().await?;
    transaction.execute("SET LOCAL synchronous_commit = off").await?;
    // The order first, as whoever ends a step of it does: the other way round the two could wait for each other.
    sqlx::query!("SELECT id FROM video_jobs WHERE id = $1 FOR NO KEY UPDATE", order.0)
        .fetch_optional(&mut *transaction)
        .await?;
    sqlx::query!(
        "UPDATE steps s SET fraction = n.fraction FROM unnest($1::uuid[], $2::float8[]) AS n (id, fraction)
         WHERE s.id = n.id AND s.state = 'running' AND s.fraction < n.fraction",
        &ids,
        &fractions,
    )
    .execute(&mut *transaction)
    .await?;
    let seq = sqlx::query_scalar!(
        r#"WITH part AS (
             SELECT weight, scene, kind, state,
               weight * CASE state WHEN 'done' THEN 1 ELSE fraction END AS done,
               CASE WHEN state = 'done' AND successes = 0 THEN weight ELSE 0 END AS reused
             FROM steps WHERE job_id = $1
           ), scene AS (
             SELECT bool_and(state = 'done') AS done FROM part WHERE scene IS NOT NULL GROUP BY scene
           ), sum AS (
             SELECT sum(weight) AS total, sum(done) AS done, sum(reused) AS reused, count(*) AS steps,
               count(*) FILTER (WHERE state = 'done') AS steps_done,
               bool_and(state = 'done') FILTER (WHERE scene IS NOT NULL) AS scenes_done,
               (SELECT count(*) FROM scene) AS scenes, (SELECT count(*) FROM scene WHERE done) AS scenes_done_count
             FROM part
           )
           UPDATE video_jobs j SET progress_seq = progress_seq + 1, progress = jsonb_build_object(
             'current_stage', CASE WHEN coalesce(sum.scenes_done, true) THEN 'postprocessing' ELSE 'video_generation' END,
             'completed_scenes', sum.scenes_done_count, 'total_scenes', sum.scenes,
             'completed_steps', sum.steps_done, 'total_steps', sum.steps,
             'fraction', round((sum.done / nullif(sum.total, 0))::numeric, 4),
             'estimated_time_remaining', CASE WHEN sum.done > sum.reused THEN
               ceil((sum.total - sum.done) * extract(epoch FROM now() - j.started_at) / (sum.done - sum.reused)) END,
             'updated_at', now())
           FROM sum
           WHERE j.id = $1 AND j.status = 'processing' AND sum.steps > 0 AND ($2
             OR coalesce((j.progress ->> 'updated_at')::timestamptz < now() - interval '450 milliseconds', true))
           RETURNING j.progress_seq"#,
        order.0,
        force,
    )
    .fetch_optional(&mut *transaction)
    .await?;
    transaction.commit().await?;
    if let Some(seq) = seq {
        tell(connection, Change { subject: Subject::VideoJob(order), seq }).await?;
    }
    Ok(())
}

/// Tells listeners where an order stands, after a transaction that raised its sequence.
///
/// # Errors
/// [`StoreError::NotFound`], [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn tell_order(connection: &mut PgConnection, order: VideoJobId) -> Result<(), StoreError> {
    let seq = sqlx::query_scalar!("SELECT progress_seq FROM video_jobs WHERE id = $1", order.0)
        .fetch_one(&mut *connection)
        .await?;
    tell(connection, Change { subject: Subject::VideoJob(order), seq }).await
}

/// Writes how far a task is (0–1) and what it is doing, and tells listeners.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn note_task(
    connection: &mut PgConnection,
    task: TaskId,
    stage: &str,
    fraction: f64,
) -> Result<(), StoreError> {
    let mut transaction = connection.begin().await?;
    transaction.execute("SET LOCAL synchronous_commit = off").await?;
    let seq = sqlx::query_scalar!(
        "UPDATE tasks SET progress_seq = progress_seq + 1,
           payload = payload || jsonb_build_object('progress',
             jsonb_build_object('current_stage', $2::text, 'fraction', $3::float8))
         WHERE id = $1 AND status = 'processing' RETURNING progress_seq",
        task.0,
        stage,
        fraction,
    )
    .fetch_optional(&mut *transaction)
    .await?;
    transaction.commit().await?;
    match seq {
        Some(seq) => tell(connection, Change { subject: Subject::Task(task), seq }).await,
        None => Ok(()),
    }
}

/// Tells every node's listener of a change. In a transaction of its own: a notification in a larger one would make all
/// of those that notify wait for each other.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn tell(connection: &mut PgConnection, change: Change) -> Result<(), StoreError> {
    let (kind, id) = match change.subject {
        Subject::VideoJob(id) => ("video_job", id.0),
        Subject::Task(id) => ("task", id.0),
        Subject::Notifications(id) => ("notifications", id.0),
    };
    sqlx::query!("SELECT tell_progress($1, $2, $3)", kind, id, change.seq).execute(connection).await?;
    Ok(())
}

/// A connection on which changes arrive; it comes back by itself when it breaks, and says so by an empty answer.
///
/// # Errors
/// [`StoreError::Unavailable`].
pub async fn listen(pool: &PgPool, channels: &[&str]) -> Result<PgListener, StoreError> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen_all(channels.iter().copied()).await?;
    Ok(listener)
}

/// Reads a notification of [`CHANNEL`]; `None` for one that is not ours.
pub fn read(payload: &str) -> Option<Change> {
    serde_json::from_str(payload).ok()
}

/// The newest state, if the connection's person sees it.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn snapshot(
    connection: &mut PgConnection,
    subject: Subject,
) -> Result<Option<Snapshot>, StoreError> {
    let found = match subject {
        Subject::VideoJob(id) => {
            sqlx::query_as!(
                Snapshot,
                r#"SELECT progress_seq AS seq, status, progress,
                     CASE WHEN status = 'complete' THEN output_metadata END AS result, error_message AS error,
                     CASE WHEN status = 'failed' THEN error_details ->> 'code' END AS error_code
                   FROM video_jobs WHERE id = $1"#,
                id.0
            )
            .fetch_optional(connection)
            .await?
        }
        Subject::Task(id) => {
            sqlx::query_as!(
                Snapshot,
                r#"SELECT progress_seq AS seq, status, coalesce(payload -> 'progress', '{}'::jsonb) AS "progress!",
                     CASE WHEN status = 'complete' THEN result END AS result, error ->> 'message' AS error,
                     CASE WHEN status = 'failed' THEN error ->> 'code' END AS error_code
                   FROM tasks WHERE id = $1"#,
                id.0
            )
            .fetch_optional(connection)
            .await?
        }
        // Its sequence is the moment of reading, so that whatever is told of is newer than what was shown before,
        // in whichever order transactions end.
        Subject::Notifications(id) => {
            sqlx::query_as!(
                Snapshot,
                r#"SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS "seq!", 'current' AS "status!",
                     jsonb_build_object(
                       'unread', (SELECT count(*) FROM notifications WHERE user_id = $1 AND read_at IS NULL),
                       'latest', (SELECT to_jsonb(n) FROM (
                         SELECT id, seq, kind, data, project_id, job_id, task_id, created_at, read_at
                         FROM notifications WHERE user_id = $1 ORDER BY seq DESC LIMIT 1) n)) AS "progress!",
                     NULL::jsonb AS result, NULL::text AS error, NULL::text AS error_code"#,
                id.0
            )
            .fetch_optional(connection)
            .await?
        }
    };
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn notifications_are_read_back() {
        let id = Uuid::from_u128(5);
        let text = format!(r#"{{"kind":"video_job","id":"{id}","seq":12}}"#);
        assert_eq!(read(&text), Some(Change { subject: Subject::VideoJob(VideoJobId(id)), seq: 12 }));
        assert_eq!(read("{}"), None);
    }
}
