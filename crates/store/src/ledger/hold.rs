//! The rows that money is counted by, held in the one order that everybody takes them in.

use super::call::word;
use super::journal;
use crate::error::StoreError;
use mv_core::ids::{CallId, ProjectId, TaskId, UserId, VideoJobId};
use mv_core::paid_call::Funding;
use mv_core::units::MicroUsd;
use sqlx::PgConnection;

/// Whose money a call moves.
pub(super) struct Concerned {
    pub(super) user: UserId,
    /// Whether it moves credits.
    pub(super) credits: bool,
    pub(super) estimate: MicroUsd,
}

/// Keeps the rows of an order, an errand and a project, in this order, until the transaction ends: whoever else sets money
/// aside for them waits. Says whether they are there.
pub(super) async fn bill(
    connection: &mut PgConnection,
    job: Option<VideoJobId>,
    task: Option<TaskId>,
    project: Option<ProjectId>,
) -> Result<bool, StoreError> {
    let mut there = true;
    if let Some(job) = job {
        let found = sqlx::query_scalar!("SELECT id FROM video_jobs WHERE id = $1 FOR NO KEY UPDATE", job.0)
            .fetch_optional(&mut *connection)
            .await?;
        there &= found.is_some();
    }
    if let Some(task) = task {
        let found = sqlx::query_scalar!("SELECT id FROM tasks WHERE id = $1 FOR NO KEY UPDATE", task.0)
            .fetch_optional(&mut *connection)
            .await?;
        there &= found.is_some();
    }
    if let Some(project) = project {
        let found = sqlx::query_scalar!("SELECT id FROM projects WHERE id = $1 FOR NO KEY UPDATE", project.0)
            .fetch_optional(&mut *connection)
            .await?;
        there &= found.is_some();
    }
    Ok(there)
}

/// Keeps the rows of what a call concerns, and then its own. Its order and its project may be gone; without the call
/// there is nothing.
pub(super) async fn call(connection: &mut PgConnection, id: CallId) -> Result<Option<Concerned>, StoreError> {
    let row = sqlx::query!(
        "SELECT user_id, project_id, job_id, task_id, funding, estimate_micros FROM paid_calls WHERE id = $1",
        id.0
    )
    .fetch_optional(&mut *connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let user = UserId(row.user_id);
    let credits = word::<Funding>(&row.funding)? == Funding::Credits;
    bill(connection, row.job_id.map(VideoJobId), row.task_id.map(TaskId), row.project_id.map(ProjectId))
        .await?;
    if credits {
        journal::hold(connection, user).await?;
    }
    sqlx::query!("SELECT id FROM paid_calls WHERE id = $1 FOR NO KEY UPDATE", id.0)
        .fetch_optional(connection)
        .await?;
    Ok(Some(Concerned { user, credits, estimate: MicroUsd(row.estimate_micros) }))
}
