//! What a person's calls of outside services cost: by day, project and service. Days are those of the person's clock.

use crate::error::StoreError;
use chrono::{DateTime, NaiveDate, Utc};
use mv_core::ids::UserId;
use mv_core::units::MicroUsd;
use sqlx::PgConnection;
use sqlx::types::Uuid;

/// Calls that ended on one day, for one project, by one model, paid for in one way.
#[derive(Clone, Debug, PartialEq)]
pub struct Used {
    pub day: NaiveDate,
    pub project: Option<Uuid>,
    pub title: Option<String>,
    pub provider: String,
    pub model: String,
    /// `images`, `videos` or `processing`, as on a bill.
    pub line: String,
    /// `own`, `house` or `credits`.
    pub funding: String,
    pub calls: i64,
    pub cost: MicroUsd,
}

/// What ended from `from` to `to`, both included, the earliest first. What cost nothing is counted as well.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn by_day(
    connection: &mut PgConnection,
    user: UserId,
    timezone: &str,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Vec<Used>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT (c.finished_at AT TIME ZONE $2)::date AS "day!", c.project_id, p.title AS "title?", c.provider,
             c.model,
             CASE WHEN c.capability IN ('image', 'edit') THEN 'images' WHEN c.capability = 'clip' THEN 'videos'
               ELSE 'processing' END AS "line!",
             c.funding, count(*) AS "calls!", sum(c.cost_micros)::bigint AS "cost!"
           FROM paid_calls c LEFT JOIN projects p ON p.id = c.project_id
           WHERE c.user_id = $1 AND c.finished_at >= $3::date::timestamp AT TIME ZONE $2
             AND c.finished_at < ($4::date + 1)::timestamp AT TIME ZONE $2
           GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1, 3, 4, 5, 6, 7"#,
        user.0,
        timezone,
        from,
        to
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Used {
            day: row.day,
            project: row.project_id,
            title: row.title,
            provider: row.provider,
            model: row.model,
            line: row.line,
            funding: row.funding,
            calls: row.calls,
            cost: MicroUsd(row.cost),
        })
        .collect())
}

/// The person's time zone, and when what they pay for begins and ends: their subscription's period, where they have one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    pub timezone: String,
    /// Today, there.
    pub today: NaiveDate,
    /// First day and day after the last.
    pub period: Option<(NaiveDate, NaiveDate)>,
}

/// # Errors
/// [`StoreError::NotFound`].
pub async fn calendar(
    connection: &mut PgConnection,
    user: UserId,
    now: DateTime<Utc>,
) -> Result<Calendar, StoreError> {
    let row = sqlx::query!(
        r#"SELECT zone AS "zone!", ($2::timestamptz AT TIME ZONE zone)::date AS "today!",
             (s.current_period_start AT TIME ZONE zone)::date AS "first?",
             (s.current_period_end AT TIME ZONE zone)::date AS "end?"
           FROM users u CROSS JOIN LATERAL known_zone(u.timezone) AS zone
           LEFT JOIN subscriptions s ON s.user_id = u.id AND s.current_period_start <= $2 AND s.current_period_end > $2
           WHERE u.id = $1"#,
        user.0,
        now
    )
    .fetch_one(connection)
    .await?;
    let period = row.first.zip(row.end).filter(|(first, end)| first < end);
    Ok(Calendar { timezone: row.zone, today: row.today, period })
}

/// What calls that have not ended may still cost.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn open(connection: &mut PgConnection, user: UserId) -> Result<MicroUsd, StoreError> {
    let sum = sqlx::query_scalar!(
        r#"SELECT coalesce(sum(committed_micros), 0)::bigint AS "sum!" FROM paid_calls
           WHERE user_id = $1 AND state NOT IN ('succeeded', 'failed')"#,
        user.0
    )
    .fetch_one(connection)
    .await?;
    Ok(MicroUsd(sum))
}
