//! What people do, for the funnel. Most of it the tables count themselves (`migrations/0063_analytics.sql`); here is the
//! rest, and how events are forgotten and passed on.

use crate::error::StoreError;
use chrono::{DateTime, Utc};
use mv_core::ids::{ProjectId, UserId};
use serde_json::Value;
use sqlx::PgConnection;
use sqlx::types::Uuid;

/// Says for the whole installation whether anything is counted.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn switch(connection: &mut PgConnection, on: bool) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO installation (name, value) VALUES ('analytics', to_jsonb($1::boolean))
         ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_at = now()
           WHERE installation.value <> excluded.value",
        on
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Somebody fetches a finished film: counted once for each and film.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn exported(
    connection: &mut PgConnection,
    user: UserId,
    project: ProjectId,
) -> Result<(), StoreError> {
    sqlx::query!("SELECT count_event('exported', $1, '{}', $2)", user.0, format!("export:{user}:{project}"))
        .execute(connection)
        .await?;
    Ok(())
}

/// Forgets single events of so many months ago; what was counted of them by day stays.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn forget_old(connection: &mut PgConnection, months: u32) -> Result<u64, StoreError> {
    let months = i32::try_from(months).unwrap_or(i32::MAX);
    let done =
        sqlx::query!("DELETE FROM events WHERE created_at < now() - make_interval(months => $1)", months)
            .execute(connection)
            .await?;
    Ok(done.rows_affected())
}

/// An event that is to be passed on.
#[derive(Clone, Debug)]
pub struct Event {
    pub id: i64,
    pub name: String,
    pub user_id: Option<Uuid>,
    pub properties: Value,
    pub created_at: DateTime<Utc>,
}

/// Events that were not passed on yet, the oldest first; none of the last minute, since one that came before may still be
/// on its way in, and none of people who want nothing passed on.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn to_forward(connection: &mut PgConnection, most: i64) -> Result<Vec<Event>, StoreError> {
    let events = sqlx::query_as!(
        Event,
        r#"SELECT e.id, e.name, e.user_id, e.properties, e.created_at
           FROM events e LEFT JOIN users u ON u.id = e.user_id
           WHERE e.id > coalesce((SELECT (value ->> 'id')::bigint FROM installation WHERE name = 'analytics_forwarded'), 0)
             AND e.created_at < now() - interval '1 minute' AND NOT coalesce(u.analytics_opt_out, false)
           ORDER BY e.id LIMIT $1"#,
        most
    )
    .fetch_all(connection)
    .await?;
    Ok(events)
}

/// Notes up to which event they were passed on.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn forwarded(connection: &mut PgConnection, id: i64) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO installation (name, value) VALUES ('analytics_forwarded', jsonb_build_object('id', $1::bigint))
         ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_at = now()",
        id
    )
    .execute(connection)
    .await?;
    Ok(())
}
