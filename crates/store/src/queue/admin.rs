//! Looking at the queue: how much waits, how long, and what failed.

use crate::error::StoreError;
use chrono::{DateTime, Utc};
use mv_core::jobs::{Class, Job};
use serde::Serialize;
use serde_json::Value;
use sqlx::PgConnection;
use std::collections::BTreeMap;

/// What lies on one class's queue.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct QueueMetrics {
    /// May run now, and does not yet.
    pub waiting: i64,
    pub active: i64,
    /// Put off until later: retries, and what was asked for a later time.
    pub delayed: i64,
    /// Ended in failure within the last 7 days.
    pub failed: i64,
    /// Ended well within the last 24 hours.
    pub completed: i64,
    /// Since when the oldest of those that wait has been there, in seconds.
    pub oldest_wait_seconds: Option<f64>,
}

/// A job that lies on the queue.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct QueuedJob {
    pub id: i64,
    pub task: String,
    pub key: Option<String>,
    pub payload: Value,
    /// `waiting`, `active` or `delayed`.
    pub state: String,
    pub created_at: DateTime<Utc>,
    pub run_at: DateTime<Utc>,
    pub locked_at: Option<DateTime<Utc>>,
    pub locked_by: Option<String>,
    pub last_error: Option<String>,
}

/// Metrics of every class; asked as the worker role.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn metrics(connection: &mut PgConnection) -> Result<BTreeMap<Class, QueueMetrics>, StoreError> {
    let mut classes: BTreeMap<Class, QueueMetrics> =
        Class::ALL.into_iter().map(|class| (class, QueueMetrics::default())).collect();
    let queued = sqlx::query!(
        r#"SELECT task AS "task!", state AS "state!", count(*) AS "count!",
             extract(epoch FROM now() - min(created_at))::float8 AS "oldest!"
           FROM queue_jobs() GROUP BY task, state"#
    )
    .fetch_all(&mut *connection)
    .await?;
    for row in queued {
        let Some(metrics) = class_of(&row.task).and_then(|class| classes.get_mut(&class)) else { continue };
        match row.state.as_str() {
            "active" => metrics.active += row.count,
            "delayed" => metrics.delayed += row.count,
            _ => {
                metrics.waiting += row.count;
                let oldest = metrics.oldest_wait_seconds.unwrap_or(0.0).max(row.oldest);
                metrics.oldest_wait_seconds = Some(oldest);
            }
        }
    }
    let ended = sqlx::query!(
        r#"SELECT task, outcome, count(*) AS "count!" FROM job_history
           WHERE (outcome = 'failed' AND finished_at > now() - interval '7 days')
              OR (outcome = 'complete' AND finished_at > now() - interval '24 hours')
           GROUP BY task, outcome"#
    )
    .fetch_all(connection)
    .await?;
    for row in ended {
        let Some(metrics) = class_of(&row.task).and_then(|class| classes.get_mut(&class)) else { continue };
        if row.outcome == "failed" {
            metrics.failed += row.count;
        } else {
            metrics.completed += row.count;
        }
    }
    Ok(classes)
}

/// The jobs on the queue, the oldest first; asked as the worker role.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn list(
    connection: &mut PgConnection,
    class: Option<Class>,
    limit: i64,
    offset: i64,
) -> Result<Vec<QueuedJob>, StoreError> {
    let tasks: Option<Vec<String>> =
        class.map(|class| Job::tasks(class).iter().map(|task| (*task).to_owned()).collect());
    let jobs = sqlx::query_as!(
        QueuedJob,
        r#"SELECT id AS "id!", task AS "task!", job_key AS key, payload AS "payload!", state AS "state!",
             created_at AS "created_at!", run_at AS "run_at!", locked_at, locked_by, last_error
           FROM queue_jobs() WHERE $1::text[] IS NULL OR task = ANY ($1)
           ORDER BY created_at, id LIMIT $2 OFFSET $3"#,
        tasks.as_deref(),
        limit,
        offset,
    )
    .fetch_all(connection)
    .await?;
    Ok(jobs)
}

/// A job that left the queue in failure within the last seven days.
#[derive(Clone, Debug, PartialEq)]
pub struct FailedJob {
    pub id: i64,
    /// The number that it had on the queue, and the one of its first try.
    pub queue_job_id: Option<i64>,
    pub first_job_id: Option<i64>,
    pub task: String,
    pub payload: Value,
    pub attempts: i32,
    pub error: Option<Value>,
    pub enqueued_at: DateTime<Utc>,
    pub finished_at: DateTime<Utc>,
}

/// Jobs that failed, the newest first, and how many there are; asked as the worker role.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn failed(
    connection: &mut PgConnection,
    class: Class,
    limit: i64,
    offset: i64,
) -> Result<(Vec<FailedJob>, i64), StoreError> {
    let tasks: Vec<String> = Job::tasks(class).iter().map(|task| (*task).to_owned()).collect();
    let total = sqlx::query_scalar!(
        r#"SELECT count(*) AS "total!" FROM job_history WHERE outcome = 'failed' AND task = ANY ($1)"#,
        &tasks
    )
    .fetch_one(&mut *connection)
    .await?;
    let jobs = sqlx::query_as!(
        FailedJob,
        "SELECT id, queue_job_id, first_job_id, task, payload, attempts, error, enqueued_at, finished_at FROM job_history
         WHERE outcome = 'failed' AND task = ANY ($1) ORDER BY finished_at DESC, id DESC LIMIT $2 OFFSET $3",
        &tasks,
        limit,
        offset,
    )
    .fetch_all(connection)
    .await?;
    Ok((jobs, total))
}

/// Takes a job out of the history of failed ones, to be put on the queue again.
///
/// # Errors
/// [`StoreError::NotFound`] when it is not there, or somebody else has just taken it.
pub async fn take_failed(connection: &mut PgConnection, id: i64) -> Result<FailedJob, StoreError> {
    let job = sqlx::query_as!(
        FailedJob,
        "DELETE FROM job_history WHERE id = $1 AND outcome = 'failed'
         RETURNING id, queue_job_id, first_job_id, task, payload, attempts, error, enqueued_at, finished_at",
        id
    )
    .fetch_one(connection)
    .await?;
    Ok(job)
}

/// A job that lies on the queue.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn get(connection: &mut PgConnection, id: i64) -> Result<QueuedJob, StoreError> {
    let job = sqlx::query_as!(
        QueuedJob,
        r#"SELECT id AS "id!", task AS "task!", job_key AS key, payload AS "payload!", state AS "state!",
             created_at AS "created_at!", run_at AS "run_at!", locked_at, locked_by, last_error
           FROM queue_jobs() WHERE id = $1"#,
        id
    )
    .fetch_one(connection)
    .await?;
    Ok(job)
}

/// One try of a job that has ended.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Attempt {
    pub queue_job_id: Option<i64>,
    pub task: String,
    pub payload: Value,
    /// Counted from 1.
    pub number: i32,
    /// `complete`, `failed`, `canceled`, or `retried` when it failed and another try followed.
    pub outcome: String,
    pub error: Option<Value>,
    pub enqueued_at: DateTime<Utc>,
    pub started_at: DateTime<Utc>,
    pub finished_at: DateTime<Utc>,
}

/// The tries of a job that have ended, the first one first, by the number of any of them; asked as the worker role.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn attempts(connection: &mut PgConnection, id: i64) -> Result<Vec<Attempt>, StoreError> {
    let attempts = sqlx::query_as!(
        Attempt,
        r#"SELECT queue_job_id, task, payload, attempts AS number, outcome, error, enqueued_at, started_at, finished_at
           FROM job_history
           WHERE first_job_id = coalesce(
             (SELECT max(first_job_id) FROM job_history WHERE queue_job_id = $1),
             (SELECT (payload ->> 'first_job')::bigint FROM queue_jobs() WHERE id = $1), $1)
           ORDER BY finished_at, id LIMIT 100"#,
        id
    )
    .fetch_all(connection)
    .await?;
    Ok(attempts)
}

/// Takes a job off the queue, unless it is running. Says whether it did.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn remove(connection: &mut PgConnection, id: i64) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar!(r#"SELECT remove_job($1) AS "removed!""#, id).fetch_one(connection).await?)
}

/// Takes jobs off the queue that are never run again; says how many there were.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn forget_spent(connection: &mut PgConnection) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar!(r#"SELECT forget_spent_jobs() AS "removed!""#).fetch_one(connection).await?)
}

fn class_of(task: &str) -> Option<Class> {
    Class::ALL.into_iter().find(|class| Job::tasks(*class).contains(&task))
}
