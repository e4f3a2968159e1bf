//! What services said when they were last looked at, and which of them are left alone for a moment.

use crate::error::StoreError;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// One look at a service, with the operator's key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    pub provider: String,
    pub checked_at: DateTime<Utc>,
    /// Whether it takes the key; `None` when it could not be asked.
    pub works: Option<bool>,
    /// Why it does not, or could not be asked.
    pub error: Option<String>,
    /// Whether it says which models it has.
    pub lists_models: bool,
    /// Our ids of models that it does not list.
    pub missing: Vec<String>,
}

/// The last look at each service.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn all(connection: &mut PgConnection) -> Result<Vec<Check>, StoreError> {
    let checks = sqlx::query_as!(
        Check,
        "SELECT provider, checked_at, works, error, lists_models, missing FROM service_checks ORDER BY provider"
    )
    .fetch_all(connection)
    .await?;
    Ok(checks)
}

/// The services and our ids of the models that they no longer list. Anybody may know.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn gone(connection: &mut PgConnection) -> Result<Vec<(String, String)>, StoreError> {
    let rows = sqlx::query!(r#"SELECT provider AS "provider!", model AS "model!" FROM models_gone()"#)
        .fetch_all(connection)
        .await?;
    Ok(rows.into_iter().map(|row| (row.provider, row.model)).collect())
}

/// Keeps what was seen. A service that could not be asked has the models that it had.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn put(connection: &mut PgConnection, check: &Check) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO service_checks AS known (provider, checked_at, works, error, lists_models, missing)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (provider) DO UPDATE SET checked_at = excluded.checked_at, works = excluded.works,
           error = excluded.error,
           lists_models = CASE WHEN excluded.works THEN excluded.lists_models ELSE known.lists_models END,
           missing = CASE WHEN excluded.works THEN excluded.missing ELSE known.missing END",
        check.provider,
        check.checked_at,
        check.works,
        check.error,
        check.lists_models,
        &check.missing,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Forgets services that are not set up any more.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn keep_only(connection: &mut PgConnection, providers: &[String]) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM service_checks WHERE provider <> ALL ($1)", providers)
        .execute(connection)
        .await?;
    Ok(())
}

/// A service that is left alone until then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pause {
    pub provider: String,
    /// Failures in a row.
    pub failures: i32,
    pub until: DateTime<Utc>,
}

/// Services that are left alone now.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn pauses(connection: &mut PgConnection, now: DateTime<Utc>) -> Result<Vec<Pause>, StoreError> {
    let pauses = sqlx::query_as!(
        Pause,
        "SELECT provider, failures, until FROM service_pauses WHERE until > $1 ORDER BY provider",
        now
    )
    .fetch_all(connection)
    .await?;
    Ok(pauses)
}

/// A node leaves a service alone.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn pause(connection: &mut PgConnection, pause: &Pause) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO service_pauses AS known (provider, failures, until) VALUES ($1, $2, $3)
         ON CONFLICT (provider) DO UPDATE SET failures = excluded.failures, until = excluded.until
           WHERE known.until < excluded.until",
        pause.provider,
        pause.failures,
        pause.until,
    )
    .execute(connection)
    .await?;
    Ok(())
}
