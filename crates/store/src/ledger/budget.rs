//! Caps: what an order and a project have spent and set aside, and what they may.

use super::error::{Cap, LedgerError};
use crate::error::StoreError;
use mv_core::ids::{ProjectId, SceneId, TaskId, VideoJobId};
use mv_core::units::MicroUsd;
use sqlx::PgConnection;

/// The most that an order (of a film, or an errand) and its project may spend, all calls together; `None` is no cap.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Caps {
    pub job: Option<MicroUsd>,
    pub project: Option<MicroUsd>,
}

/// Whether so much more may be set aside. What costs nothing always may.
pub(super) async fn check(
    connection: &mut PgConnection,
    job: Option<VideoJobId>,
    task: Option<TaskId>,
    project: Option<ProjectId>,
    caps: Caps,
    needed: MicroUsd,
) -> Result<(), LedgerError> {
    if needed.0 <= 0 {
        return Ok(());
    }
    let refuse_past = |which, cap: MicroUsd, committed: MicroUsd| {
        let fits = committed + needed <= cap;
        if fits { Ok(()) } else { Err(LedgerError::OverBudget { which, cap, committed, needed }) }
    };
    if let (Some(job), Some(cap)) = (job, caps.job) {
        refuse_past(Cap::Job, cap, committed(connection, job).await?)?;
    }
    if let (Some(task), Some(cap)) = (task, caps.job) {
        refuse_past(Cap::Job, cap, committed_by_task(connection, task).await?)?;
    }
    if let (Some(project), Some(cap)) = (project, caps.project) {
        refuse_past(Cap::Project, cap, committed_by_project(connection, project).await?)?;
    }
    Ok(())
}

/// What an order's calls have cost.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn spent(connection: &mut PgConnection, job: VideoJobId) -> Result<MicroUsd, StoreError> {
    let micros = sqlx::query_scalar!(
        r#"SELECT coalesce(sum(cost_micros), 0)::bigint AS "micros!" FROM paid_calls WHERE job_id = $1"#,
        job.0
    )
    .fetch_one(connection)
    .await?;
    Ok(MicroUsd(micros))
}

/// What a project's calls have cost.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn spent_by_project(
    connection: &mut PgConnection,
    project: ProjectId,
) -> Result<MicroUsd, StoreError> {
    let micros = sqlx::query_scalar!(
        r#"SELECT coalesce(sum(cost_micros), 0)::bigint AS "micros!" FROM paid_calls WHERE project_id = $1"#,
        project.0
    )
    .fetch_one(connection)
    .await?;
    Ok(MicroUsd(micros))
}

/// What an order's calls for one scene have cost: the price of the take that they made.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn spent_on_scene(
    connection: &mut PgConnection,
    job: VideoJobId,
    scene: SceneId,
) -> Result<MicroUsd, StoreError> {
    let micros = sqlx::query_scalar!(
        r#"SELECT coalesce(sum(cost_micros), 0)::bigint AS "micros!" FROM paid_calls
           WHERE job_id = $1 AND scene_id = $2"#,
        job.0,
        scene.0
    )
    .fetch_one(connection)
    .await?;
    Ok(MicroUsd(micros))
}

/// What an order has spent and set aside.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn committed(connection: &mut PgConnection, job: VideoJobId) -> Result<MicroUsd, StoreError> {
    let micros = sqlx::query_scalar!(
        r#"SELECT coalesce(sum(committed_micros), 0)::bigint AS "micros!" FROM paid_calls WHERE job_id = $1"#,
        job.0
    )
    .fetch_one(connection)
    .await?;
    Ok(MicroUsd(micros))
}

/// What an errand has spent and set aside.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn committed_by_task(connection: &mut PgConnection, task: TaskId) -> Result<MicroUsd, StoreError> {
    let micros = sqlx::query_scalar!(
        r#"SELECT coalesce(sum(committed_micros), 0)::bigint AS "micros!" FROM paid_calls WHERE task_id = $1"#,
        task.0
    )
    .fetch_one(connection)
    .await?;
    Ok(MicroUsd(micros))
}

/// What an errand's calls have cost.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn spent_by_task(connection: &mut PgConnection, task: TaskId) -> Result<MicroUsd, StoreError> {
    let micros = sqlx::query_scalar!(
        r#"SELECT coalesce(sum(cost_micros), 0)::bigint AS "micros!" FROM paid_calls WHERE task_id = $1"#,
        task.0
    )
    .fetch_one(connection)
    .await?;
    Ok(MicroUsd(micros))
}

/// What a project has spent and set aside.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn committed_by_project(
    connection: &mut PgConnection,
    project: ProjectId,
) -> Result<MicroUsd, StoreError> {
    let micros = sqlx::query_scalar!(
        r#"SELECT coalesce(sum(committed_micros), 0)::bigint AS "micros!" FROM paid_calls WHERE project_id = $1"#,
        project.0
    )
    .fetch_one(connection)
    .await?;
    Ok(MicroUsd(micros))
}
