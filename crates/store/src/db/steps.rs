//! The steps of an order: which may be made, which are, and what waits for them.
//!
//! Whoever changes an order's steps holds the order's row ([`crate::db::orders::lock`]), so that two steps that finish at
//! once agree on who enqueues what waited for both.

use crate::error::StoreError;
use mv_core::ids::{ProjectId, StepId, VideoJobId};
use serde_json::Value;
use sqlx::PgConnection;
use sqlx::types::Uuid;

/// A step to be laid out.
#[derive(Clone, Debug)]
pub struct NewStep {
    pub key: String,
    pub kind: String,
    pub input: Value,
    pub label: String,
    pub scene: Option<i32>,
    pub weight: f64,
    /// Positions of the steps whose artefacts it reads; each is smaller than its own.
    pub needs: Vec<i32>,
    /// Its artefact is there, or nobody needs it.
    pub settled: bool,
}

/// A step that a worker took up.
#[derive(Clone, Debug)]
pub struct StepRow {
    pub id: StepId,
    pub position: i32,
    pub key: String,
    pub kind: String,
    pub input: Value,
    /// Number of the scene it is for, from 1.
    pub scene: Option<i32>,
    pub state: String,
    pub attempts: i32,
}

/// How an order stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub steps: i64,
    pub done: i64,
    /// Waiting, ready or running.
    pub open: i64,
    pub running: i64,
    pub failed: i64,
}

/// Writes an order's steps; those that wait for nothing are ready.
///
/// # Errors
/// [`StoreError::Constraint`] when the order has steps already.
pub async fn lay_out(
    connection: &mut PgConnection,
    order: VideoJobId,
    project: ProjectId,
    steps: &[NewStep],
) -> Result<(), StoreError> {
    for (position, step) in steps.iter().enumerate() {
        let unsettled = |need: &&i32| steps.get(**need as usize).is_none_or(|need| !need.settled);
        let deps_left = step.needs.iter().filter(unsettled).count();
        let state = match (step.settled, deps_left) {
            (true, _) => "done",
            (false, 0) => "ready",
            (false, _) => "waiting",
        };
        sqlx::query!(
            "INSERT INTO steps (job_id, project_id, position, key, kind, input, label, scene, weight, needs, deps_left,
               state, fraction, finished_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::text, $13,
               CASE WHEN $12::text = 'done' THEN now() END)",
            order.0,
            project.0,
            position as i32,
            step.key,
            step.kind,
            step.input,
            step.label,
            step.scene,
            step.weight,
            &step.needs,
            deps_left as i32,
            state,
            if step.settled { 1.0 } else { 0.0 },
        )
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// Removes the steps of an order that is to be laid out anew.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn clear(connection: &mut PgConnection, order: VideoJobId) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM steps WHERE job_id = $1", order.0).execute(connection).await?;
    Ok(())
}

/// Steps that may be made, with their kinds.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn ready(
    connection: &mut PgConnection,
    order: VideoJobId,
) -> Result<Vec<(StepId, String)>, StoreError> {
    let rows = sqlx::query!(
        "SELECT id, kind FROM steps WHERE job_id = $1 AND state IN ('ready', 'running') ORDER BY position",
        order.0
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| (StepId(row.id), row.kind)).collect())
}

/// # Errors
/// [`StoreError::NotFound`] when the order was laid out anew or removed.
pub async fn load(connection: &mut PgConnection, step: StepId) -> Result<StepRow, StoreError> {
    let row = sqlx::query_as!(
        StepRow,
        r#"SELECT id AS "id: Uuid", position, key, kind, input, scene, state, attempts FROM steps WHERE id = $1"#,
        step.0
    )
    .fetch_one(connection)
    .await?;
    Ok(row)
}

/// The step of an order by its kind: a film's join, its report.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn of_order(connection: &mut PgConnection, order: VideoJobId) -> Result<Vec<StepRow>, StoreError> {
    let rows = sqlx::query_as!(
        StepRow,
        r#"SELECT id AS "id: Uuid", position, key, kind, input, scene, state, attempts
           FROM steps WHERE job_id = $1 ORDER BY position"#,
        order.0
    )
    .fetch_all(connection)
    .await?;
    Ok(rows)
}

/// Keys and kinds of the artefacts that a step reads.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn needs(connection: &mut PgConnection, step: StepId) -> Result<Vec<(String, String)>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT n.kind, n.key FROM steps s JOIN steps n ON n.job_id = s.job_id AND n.position = ANY (s.needs)
           WHERE s.id = $1 ORDER BY n.position"#,
        step.0
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| (row.kind, row.key)).collect())
}

/// A worker begins, or takes over what a dead one began.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn begin(connection: &mut PgConnection, step: StepId) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE steps SET state = 'running', started_at = now(), fraction = 0
         WHERE id = $1 AND state IN ('ready', 'running')",
        step.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A step is done. Whatever waited for nothing else is ready now, and returned with its kind.
///
/// # Errors
/// [`StoreError::Superseded`] when the step is not open: it was done before.
pub async fn succeed(
    connection: &mut PgConnection,
    order: VideoJobId,
    step: &StepRow,
    worked: bool,
) -> Result<Vec<(StepId, String)>, StoreError> {
    let done = sqlx::query!(
        "UPDATE steps SET state = 'done', fraction = 1, finished_at = now(), error = NULL,
           successes = successes + CASE WHEN $2 THEN 1 ELSE 0 END
         WHERE id = $1 AND state IN ('ready', 'running')",
        step.id.0,
        worked,
    )
    .execute(&mut *connection)
    .await?;
    if done.rows_affected() == 0 {
        return Err(StoreError::Superseded);
    }
    let rows = sqlx::query!(
        r#"UPDATE steps SET deps_left = deps_left - 1, state = CASE WHEN deps_left = 1 THEN 'ready' ELSE state END
           WHERE job_id = $1 AND state = 'waiting' AND $2 = ANY (needs)
           RETURNING id, kind, state"#,
        order.0,
        step.position,
    )
    .fetch_all(connection)
    .await?;
    let ready = rows.into_iter().filter(|row| row.state == "ready");
    Ok(ready.map(|row| (StepId(row.id), row.kind)).collect())
}

/// A try failed; the step will be tried again.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn note_failure(
    connection: &mut PgConnection,
    step: StepId,
    error: &Value,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE steps SET state = 'ready', attempts = attempts + 1, error = $2, fraction = 0
         WHERE id = $1 AND state IN ('ready', 'running')",
        step.0,
        error,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A step cannot be made.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn fail(connection: &mut PgConnection, step: StepId, error: &Value) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE steps SET state = 'failed', attempts = attempts + 1, error = $2, finished_at = now()
         WHERE id = $1 AND state IN ('ready', 'running')",
        step.0,
        error,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A step whose order was stopped ends.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn cancel(connection: &mut PgConnection, step: StepId) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE steps SET state = 'canceled', finished_at = now()
         WHERE id = $1 AND state IN ('waiting', 'ready', 'running')",
        step.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Stops what has not begun; returns those steps, whose jobs may still lie on the queue.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn cancel_waiting(
    connection: &mut PgConnection,
    order: VideoJobId,
) -> Result<Vec<StepId>, StoreError> {
    let rows = sqlx::query_scalar!(
        "UPDATE steps SET state = 'canceled', finished_at = now()
         WHERE job_id = $1 AND state IN ('waiting', 'ready') RETURNING id",
        order.0
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(StepId).collect())
}

/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn tally(connection: &mut PgConnection, order: VideoJobId) -> Result<Tally, StoreError> {
    let tally = sqlx::query_as!(
        Tally,
        r#"SELECT count(*) AS "steps!", count(*) FILTER (WHERE state = 'done') AS "done!",
             count(*) FILTER (WHERE state IN ('waiting', 'ready', 'running')) AS "open!",
             count(*) FILTER (WHERE state = 'running') AS "running!",
             count(*) FILTER (WHERE state IN ('failed', 'canceled')) AS "failed!"
           FROM steps WHERE job_id = $1"#,
        order.0
    )
    .fetch_one(connection)
    .await?;
    Ok(tally)
}
