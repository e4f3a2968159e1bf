//! What people are told in the studio, each thing once.

use crate::error::StoreError;
use chrono::{DateTime, Utc};
use mv_core::ids::{ProjectId, TaskId, UserId, VideoJobId};
use mv_core::notice::Notice;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

/// Days that they are kept.
pub const KEPT_DAYS: i32 = 90;

/// What a notice belongs to, and where it leads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct About {
    pub project: Option<ProjectId>,
    pub job: Option<VideoJobId>,
    pub task: Option<TaskId>,
}

/// One of a person's notifications.
#[derive(Clone, Debug, PartialEq)]
pub struct Notification {
    pub id: Uuid,
    /// Rises from one to the next.
    pub seq: i64,
    pub kind: String,
    /// The data of a [`Notice`] of this kind.
    pub data: Value,
    /// `None` when it was deleted.
    pub project_id: Option<Uuid>,
    pub job_id: Option<Uuid>,
    pub task_id: Option<Uuid>,
    pub created_at: DateTime<Utc>,
    pub read_at: Option<DateTime<Utc>>,
}

/// Tells somebody something, in the transaction in which it happens; what was told of this cause before is not told
/// again: says whether it was news.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn add(
    connection: &mut PgConnection,
    user: UserId,
    notice: &Notice,
    cause: &str,
    about: About,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let told = serde_json::to_value(notice).map_err(StoreError::json)?;
    let done = sqlx::query!(
        "INSERT INTO notifications (user_id, kind, data, cause, project_id, job_id, task_id, created_at)
         SELECT $1, $2::jsonb ->> 'kind', coalesce($2::jsonb -> 'data', '{}'), $3, $4, $5, $6, $7
         WHERE EXISTS (SELECT FROM users WHERE id = $1)
         ON CONFLICT (user_id, kind, cause) DO NOTHING",
        user.0,
        told,
        cause,
        about.project.map(|id| id.0),
        about.job.map(|id| id.0),
        about.task.map(|id| id.0),
        now,
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// A person's notifications, newest first: those before a number of theirs, of all or of the unread.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn list(
    connection: &mut PgConnection,
    user: UserId,
    before: Option<i64>,
    unread: bool,
    limit: i64,
) -> Result<Vec<Notification>, StoreError> {
    let found = sqlx::query_as!(
        Notification,
        r#"SELECT n.id, n.seq, n.kind, n.data, p.id AS "project_id?", n.job_id, n.task_id, n.created_at, n.read_at
           FROM notifications n LEFT JOIN projects p ON p.id = n.project_id AND p.deleted_at IS NULL
           WHERE n.user_id = $1 AND n.seq < coalesce($2, 9223372036854775807) AND (NOT $3 OR n.read_at IS NULL)
           ORDER BY n.seq DESC LIMIT $4"#,
        user.0,
        before,
        unread,
        limit,
    )
    .fetch_all(connection)
    .await?;
    Ok(found)
}

/// How many a person has not read.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn unread(connection: &mut PgConnection, user: UserId) -> Result<i64, StoreError> {
    let count = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM notifications WHERE user_id = $1 AND read_at IS NULL"#,
        user.0
    )
    .fetch_one(connection)
    .await?;
    Ok(count)
}

/// Which notifications were read.
#[derive(Clone, Copy, Debug)]
pub enum Read<'a> {
    These(&'a [Uuid]),
    /// All up to this number, itself among them.
    UpTo(i64),
}

/// Notes that a person has read some of theirs; says how many were unread.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn mark_read(
    connection: &mut PgConnection,
    user: UserId,
    which: Read<'_>,
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let (ids, up_to) = match which {
        Read::These(ids) => (ids, None),
        Read::UpTo(seq) => (&[][..], Some(seq)),
    };
    let done = sqlx::query!(
        "UPDATE notifications SET read_at = $4
         WHERE user_id = $1 AND read_at IS NULL AND (id = ANY ($2) OR seq <= $3)",
        user.0,
        ids,
        up_to,
        now,
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}
