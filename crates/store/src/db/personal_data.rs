//! Everything that is kept about one person, for the archive they may ask for.

use crate::error::StoreError;
use mv_core::ids::UserId;
use sqlx::{AssertSqlSafe, PgConnection};

/// Each table, the rows of it that are the person's, and what of a row stays here: hashes, seals, the queue's own.
const TABLES: &[(&str, &str, &[&str])] = &[
    ("users", "id = $1", &["password_hash", "mfa_secret", "mfa_last_step"]),
    ("oauth_accounts", "user_id = $1", &[]),
    ("sessions", "user_id = $1", &["refresh_hash", "previous_hash"]),
    ("api_keys", "user_id = $1", &["key_hash"]),
    ("provider_keys", "user_id = $1", &["sealed"]),
    ("refused_services", "user_id = $1", &[]),
    ("uploads", "user_id = $1", &["parts"]),
    ("character_profiles", "user_id = $1", &[]),
    ("projects", "user_id = $1", &[]),
    (
        "project_collaborators",
        "user_id = $1 OR project_id IN (SELECT id FROM projects WHERE user_id = $1)",
        &[],
    ),
    ("scenes", "project_id IN (SELECT id FROM projects WHERE user_id = $1)", &[]),
    ("scene_versions", "project_id IN (SELECT id FROM projects WHERE user_id = $1)", &[]),
    ("video_jobs", "user_id = $1", &[]),
    ("exports", "project_id IN (SELECT id FROM projects WHERE user_id = $1)", &[]),
    ("share_links", "user_id = $1", &["token_hash", "password_hash"]),
    ("comments", "user_id = $1", &[]),
    ("tasks", "user_id = $1", &[]),
    ("quotes", "user_id = $1", &[]),
    ("character_quotes", "user_id = $1", &[]),
    ("subscriptions", "user_id = $1", &[]),
    ("credit_grants", "user_id = $1", &[]),
    ("credit_entries", "user_id = $1", &[]),
    ("paid_calls", "user_id = $1", &["idem_key", "holder", "lease_until", "fence"]),
    ("webhook_endpoints", "user_id = $1", &["sealed", "old_sealed"]),
    ("webhook_deliveries", "user_id = $1", &["cause"]),
    ("notifications", "user_id = $1", &["seq", "cause"]),
    ("audit_logs", "user_id = $1", &[]),
    ("events", "user_id = $1", &["cause"]),
    ("mails", "user_id = $1", &["link", "job"]),
    ("mail_refusals", "user_id = $1", &[]),
    ("mail_blocks", "address = (SELECT lower(email) FROM users WHERE id = $1)", &[]),
];

/// The person's rows, a JSON array a table; asked as the worker role.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn rows(
    connection: &mut PgConnection,
    user: UserId,
) -> Result<Vec<(&'static str, String)>, StoreError> {
    let mut found = Vec::with_capacity(TABLES.len());
    for (table, whose, kept_back) in TABLES {
        // Nothing in it comes from outside this file.
        let sql = format!(
            "SELECT coalesce(jsonb_pretty(jsonb_agg(to_jsonb(t) - $2)), '[]') FROM {table} t WHERE {whose}"
        );
        let kept_back: Vec<&str> = kept_back.to_vec();
        let rows: String = sqlx::query_scalar(AssertSqlSafe(sql))
            .bind(user.0)
            .bind(kept_back)
            .fetch_one(&mut *connection)
            .await?;
        found.push((*table, rows));
    }
    Ok(found)
}

/// Keys of the person's files, but not of earlier archives.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn objects(connection: &mut PgConnection, user: UserId) -> Result<Vec<String>, StoreError> {
    let keys = sqlx::query_scalar!(
        "SELECT key FROM objects WHERE user_id = $1 AND key !~ '^(archives|artifacts)/' ORDER BY key",
        user.0
    )
    .fetch_all(connection)
    .await?;
    Ok(keys)
}

/// Forgets objects that nobody refers to any more and returns their keys: their bytes may go.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn forget_objects(connection: &mut PgConnection, keys: &[String]) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM objects WHERE key = ANY ($1)", keys).execute(connection).await?;
    Ok(())
}

/// Objects noted long ago, a page after this key: candidates for the sweep.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn old_objects(
    connection: &mut PgConnection,
    after: &str,
    hours: i32,
) -> Result<Vec<String>, StoreError> {
    let keys = sqlx::query_scalar!(
        "SELECT key FROM objects WHERE key > $1 AND created_at < now() - make_interval(hours => $2)
         ORDER BY key LIMIT 500",
        after,
        hours,
    )
    .fetch_all(connection)
    .await?;
    Ok(keys)
}
