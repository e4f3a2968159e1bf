//! Services that a person lets nothing of theirs be sent to.

use crate::error::StoreError;
use chrono::{DateTime, Utc};
use mv_core::ids::{ProjectId, UserId};
use sqlx::PgConnection;
use std::collections::{BTreeMap, BTreeSet};

/// Since when each of them is refused.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn list(
    connection: &mut PgConnection,
    user: UserId,
) -> Result<BTreeMap<String, DateTime<Utc>>, StoreError> {
    let rows = sqlx::query!("SELECT provider, refused_at FROM refused_services WHERE user_id = $1", user.0)
        .fetch_all(connection)
        .await?;
    Ok(rows.into_iter().map(|row| (row.provider, row.refused_at)).collect())
}

/// Those that whoever asks has refused, and the owner of the project that something is ordered for.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn in_force(
    connection: &mut PgConnection,
    project: Option<ProjectId>,
) -> Result<BTreeSet<String>, StoreError> {
    let providers =
        sqlx::query_scalar!(r#"SELECT services_refused($1) AS "provider!""#, project.map(|id| id.0) as _)
            .fetch_all(connection)
            .await?;
    Ok(providers.into_iter().collect())
}

/// Says whether that is new.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn set(
    connection: &mut PgConnection,
    user: UserId,
    provider: &str,
    refused: bool,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let done = if refused {
        sqlx::query!(
            "INSERT INTO refused_services (user_id, provider, refused_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            user.0,
            provider,
            now
        )
        .execute(connection)
        .await?
    } else {
        sqlx::query!("DELETE FROM refused_services WHERE user_id = $1 AND provider = $2", user.0, provider)
            .execute(connection)
            .await?
    };
    Ok(done.rows_affected() > 0)
}
