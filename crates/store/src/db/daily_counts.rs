//! What happened, by day: the funnel from signing up to films, without anybody's name.

use crate::error::StoreError;
use chrono::NaiveDate;
use sqlx::PgConnection;

/// How often something happened on a day (UTC).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DailyCount {
    pub day: NaiveDate,
    pub name: String,
    pub count: i64,
}

/// Counts the last days anew.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn count(connection: &mut PgConnection, days: i32) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO daily_counts (day, name, count)
         SELECT day, name, count(*) FROM (
           SELECT (created_at AT TIME ZONE 'UTC')::date AS day, 'users' AS name FROM users
           UNION ALL SELECT (created_at AT TIME ZONE 'UTC')::date, 'projects' FROM projects
           UNION ALL SELECT (created_at AT TIME ZONE 'UTC')::date, 'orders' FROM video_jobs
           UNION ALL SELECT (completed_at AT TIME ZONE 'UTC')::date, 'films' FROM video_jobs
             WHERE status = 'complete' AND job_type = 'full_video'
           UNION ALL SELECT (failed_at AT TIME ZONE 'UTC')::date, 'failures' FROM video_jobs WHERE status = 'failed'
           UNION ALL SELECT (created_at AT TIME ZONE 'UTC')::date, 'event.' || name FROM events
         ) happened
         WHERE day > (now() AT TIME ZONE 'UTC')::date - $1::int
         GROUP BY day, name
         ON CONFLICT (day, name) DO UPDATE SET count = excluded.count",
        days
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The counts of the last days, newest first.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn since(connection: &mut PgConnection, day: NaiveDate) -> Result<Vec<DailyCount>, StoreError> {
    let counts = sqlx::query_as!(
        DailyCount,
        "SELECT day, name, count FROM daily_counts WHERE day >= $1 ORDER BY day DESC, name",
        day
    )
    .fetch_all(connection)
    .await?;
    Ok(counts)
}
