//! Calls as pages show them: lists, and what was spent by day, service and project.

use super::call::{self, Call, word};
use crate::error::StoreError;
use chrono::{DateTime, NaiveDate, Utc};
use mv_core::ids::{ProjectId, UserId, VideoJobId};
use mv_core::paid_call::{CallState, Capability, Funding};
use mv_core::units::MicroUsd;
use sqlx::PgConnection;

/// Which calls; what is unsaid is any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallFilter {
    /// Whose; everybody's, for operators.
    pub user: Option<UserId>,
    pub project: Option<ProjectId>,
    pub job: Option<VideoJobId>,
    pub states: Vec<CallState>,
}

/// A page of calls, the newest first, and how many there are.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn list(
    connection: &mut PgConnection,
    filter: &CallFilter,
    limit: i64,
    offset: i64,
) -> Result<(Vec<Call>, i64), StoreError> {
    let states = if filter.states.is_empty() { &CallState::ALL[..] } else { &filter.states };
    let states: Vec<String> = states.iter().map(|state| state.word().to_owned()).collect();
    let (user, project) = (filter.user.map(|id| id.0), filter.project.map(|id| id.0));
    let job = filter.job.map(|id| id.0);
    let ids = sqlx::query_scalar!(
        "SELECT id FROM paid_calls
         WHERE ($1::uuid IS NULL OR user_id = $1) AND ($2::uuid IS NULL OR project_id = $2)
           AND ($3::uuid IS NULL OR job_id = $3) AND state = ANY ($4)
         ORDER BY created_at DESC, id LIMIT $5 OFFSET $6",
        user,
        project,
        job,
        &states,
        limit,
        offset
    )
    .fetch_all(&mut *connection)
    .await?;
    let total = sqlx::query_scalar!(
        r#"SELECT count(*) AS "total!" FROM paid_calls
           WHERE ($1::uuid IS NULL OR user_id = $1) AND ($2::uuid IS NULL OR project_id = $2)
             AND ($3::uuid IS NULL OR job_id = $3) AND state = ANY ($4)"#,
        user,
        project,
        job,
        &states
    )
    .fetch_one(&mut *connection)
    .await?;
    Ok((call::read_all(connection, &ids).await?, total))
}

/// What was spent on a day (UTC) with one service, for one project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usage {
    pub day: NaiveDate,
    pub provider: String,
    pub capability: Capability,
    pub funding: Funding,
    pub project: Option<ProjectId>,
    pub calls: i64,
    pub cost: MicroUsd,
}

/// What a person's calls that ended in a span of time have cost, the oldest day first.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn usage(
    connection: &mut PgConnection,
    user: UserId,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Vec<Usage>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT (finished_at AT TIME ZONE 'UTC')::date AS "day!", provider, capability, funding, project_id,
             count(*) AS "calls!", sum(cost_micros)::bigint AS "cost!"
           FROM paid_calls WHERE user_id = $1 AND finished_at >= $2 AND finished_at < $3
           GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5"#,
        user.0,
        from,
        until
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Usage {
                day: row.day,
                provider: row.provider,
                capability: word(&row.capability)?,
                funding: word(&row.funding)?,
                project: row.project_id.map(ProjectId),
                calls: row.calls,
                cost: MicroUsd(row.cost),
            })
        })
        .collect()
}
