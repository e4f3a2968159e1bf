//! The months of the partitioned tables: made ahead, dropped when they are too old.

use crate::error::StoreError;
use chrono::{DateTime, Months, Utc};
use sqlx::PgConnection;

/// Months made ahead, this one included.
const AHEAD: i32 = 3;

/// Makes this month's partitions and the next two; says how many were missing.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn make_ahead(connection: &mut PgConnection, now: DateTime<Utc>) -> Result<i32, StoreError> {
    let made = sqlx::query_scalar!(r#"SELECT make_partitions($1, $2) AS "made!""#, now.date_naive(), AHEAD)
        .fetch_one(connection)
        .await?;
    Ok(made)
}

/// Drops the months of a table that ended so many months ago; says how many.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn drop_old(
    connection: &mut PgConnection,
    table: &str,
    now: DateTime<Utc>,
    keep: Months,
) -> Result<i32, StoreError> {
    let Some(before) = now.date_naive().checked_sub_months(keep) else { return Ok(0) };
    let dropped = sqlx::query_scalar!(r#"SELECT drop_partitions($1, $2) AS "dropped!""#, table, before)
        .fetch_one(connection)
        .await?;
    Ok(dropped)
}
