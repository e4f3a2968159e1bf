//! Shared counters of how often somebody did something: a sliding window of two buckets, as Upstash's
//! `slidingWindow` counts. What was counted in the window before weighs in by the part of it that still overlaps.

use crate::error::StoreError;
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;

/// What the counter says after asking for permits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// How many permits were given, at most as many as asked for.
    pub granted: i64,
    /// Permits counted in this window, these included.
    pub hits: i64,
    /// Permits counted in the window before.
    pub previous: i64,
}

/// A request for permits.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    pub bucket: &'a str,
    pub subject: &'a str,
    pub window: TimeDelta,
    pub window_start: DateTime<Utc>,
    /// How much of the window has gone by, from 0 to 1.
    pub passed: f64,
    /// Permits a window.
    pub limit: i64,
    /// How many are asked for; fewer may be given.
    pub wanted: i64,
}

pub async fn take(connection: &mut PgConnection, ask: Ask<'_>) -> Result<Count, StoreError> {
    let Ask { bucket, subject, window, window_start, passed, limit, wanted } = ask;
    let row = sqlx::query!(
        r#"SELECT granted AS "granted!", hits AS "hits!", previous AS "previous!"
           FROM take_permits($1, $2, $3, $4, $5, $6, $7)"#,
        bucket,
        subject,
        window_start,
        window_start - window,
        passed,
        limit,
        wanted
    )
    .fetch_one(connection)
    .await?;
    Ok(Count { granted: row.granted, hits: row.hits, previous: row.previous })
}

/// Gives back permits that were taken in the window that began at `window_start` and were not used.
pub async fn give_back(
    connection: &mut PgConnection,
    bucket: &str,
    subject: &str,
    window_start: DateTime<Utc>,
    window: TimeDelta,
    permits: i64,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE rate_limits SET
           hits = CASE WHEN window_start = $3 THEN greatest(hits - $5, 0) ELSE hits END,
           previous_hits = CASE WHEN window_start = $4 THEN greatest(previous_hits - $5, 0) ELSE previous_hits END
         WHERE bucket = $1 AND subject = $2 AND window_start IN ($3, $4)",
        bucket,
        subject,
        window_start,
        window_start + window,
        permits
    )
    .execute(connection)
    .await?;
    Ok(())
}
