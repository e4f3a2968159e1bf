//! What the counted events say: the funnel, days, services, how long a first film takes, who comes back. Asked as the
//! worker; who wants nothing counted is in none of it.

use crate::error::StoreError;
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;

/// From a moment up to before another.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    pub from: DateTime<Utc>,
    pub to: DateTime<Utc>,
}

/// What the funnel leads through, in order.
pub const STEPS: &[&str] = &[
    "signed_up",
    "verified",
    "song_uploaded",
    "song_heard",
    "storyboard_made",
    "ordered",
    "film_finished",
    "exported",
    "upgraded",
];

/// Of those who signed up in the span, how many have come to each step since; in the order of [`STEPS`].
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn funnel(connection: &mut PgConnection, span: Span) -> Result<Vec<(String, i64)>, StoreError> {
    let steps: Vec<String> = STEPS.iter().map(|step| (*step).to_owned()).collect();
    let rows = sqlx::query!(
        r#"WITH cohort AS (
             SELECT user_id FROM events
             WHERE name = 'signed_up' AND created_at >= $1 AND created_at < $2 AND user_id IS NOT NULL
           ), reached AS (
             SELECT e.name, count(DISTINCT e.user_id) AS people
             FROM events e JOIN cohort c ON c.user_id = e.user_id GROUP BY e.name
           )
           SELECT step AS "step!", coalesce(r.people, 0) AS "people!"
           FROM unnest($3::text[]) WITH ORDINALITY AS s (step, place) LEFT JOIN reached r ON r.name = s.step
           ORDER BY place"#,
        span.from,
        span.to,
        &steps
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| (row.step, row.people)).collect())
}

/// How often something happened on a day (UTC), and to how many people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfDay {
    pub day: NaiveDate,
    pub name: String,
    pub count: i64,
    pub people: i64,
}

/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn by_day(connection: &mut PgConnection, span: Span) -> Result<Vec<OfDay>, StoreError> {
    let days = sqlx::query_as!(
        OfDay,
        r#"SELECT (created_at AT TIME ZONE 'UTC')::date AS "day!", name, count(*) AS "count!",
             count(DISTINCT user_id) AS "people!"
           FROM events WHERE created_at >= $1 AND created_at < $2 GROUP BY 1, 2 ORDER BY 1, 2"#,
        span.from,
        span.to
    )
    .fetch_all(connection)
    .await?;
    Ok(days)
}

/// Films that were finished in the span, by the services that made something of them; `drawn` for those that no service
/// was paid for. A film of two services counts for both.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn films_by_service(
    connection: &mut PgConnection,
    span: Span,
) -> Result<Vec<(String, i64)>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT coalesce(c.provider, 'drawn') AS "service!", count(DISTINCT e.id) AS "films!"
           FROM events e LEFT JOIN paid_calls c
             ON c.job_id = (e.properties ->> 'job_id')::uuid AND c.state = 'succeeded'
           WHERE e.name = 'film_finished' AND e.created_at >= $1 AND e.created_at < $2
           GROUP BY 1 ORDER BY 2 DESC, 1"#,
        span.from,
        span.to
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| (row.service, row.films)).collect())
}

/// The middle of the minutes between signing up and the first film, of those who signed up in the span and have one.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn minutes_to_first_film(
    connection: &mut PgConnection,
    span: Span,
) -> Result<Option<f64>, StoreError> {
    let minutes = sqlx::query_scalar!(
        r#"SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM first.at - s.created_at)::float8 / 60)
             AS "minutes"
           FROM events s
           CROSS JOIN LATERAL (SELECT min(f.created_at) AS at FROM events f
             WHERE f.user_id = s.user_id AND f.name = 'film_finished') first
           WHERE s.name = 'signed_up' AND s.created_at >= $1 AND s.created_at < $2 AND first.at IS NOT NULL"#,
        span.from,
        span.to
    )
    .fetch_one(connection)
    .await?;
    Ok(minutes)
}

/// Those who signed up in a week (from Monday, UTC), and how many of them did something so many weeks later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Returned {
    pub week: NaiveDate,
    pub size: i64,
    /// From 0, the week of signing up.
    pub after: i32,
    pub people: i64,
}

/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn retention(connection: &mut PgConnection, span: Span) -> Result<Vec<Returned>, StoreError> {
    let rows = sqlx::query_as!(
        Returned,
        r#"WITH cohort AS (
             SELECT user_id, date_trunc('week', created_at AT TIME ZONE 'UTC')::date AS week FROM events
             WHERE name = 'signed_up' AND created_at >= $1 AND created_at < $2 AND user_id IS NOT NULL
           ), size AS (
             SELECT week, count(*) AS size FROM cohort GROUP BY week
           )
           SELECT c.week AS "week!", s.size AS "size!",
             ((date_trunc('week', e.created_at AT TIME ZONE 'UTC')::date - c.week) / 7) AS "after!",
             count(DISTINCT c.user_id) AS "people!"
           FROM cohort c JOIN size s ON s.week = c.week JOIN events e ON e.user_id = c.user_id
           GROUP BY 1, 2, 3 ORDER BY 1, 3"#,
        span.from,
        span.to
    )
    .fetch_all(connection)
    .await?;
    Ok(rows)
}
