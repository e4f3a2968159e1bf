//! Keys that programs sign in with. Only hashes are kept.

use crate::error::StoreError;
use chrono::{DateTime, Utc};
use mv_core::ids::{ApiKeyId, UserId};
use mv_core::plan::{Plan, Role};
use sqlx::PgConnection;
use sqlx::types::Uuid;

/// What a key says about who is asking, as of now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    pub id: ApiKeyId,
    pub user_id: UserId,
    pub email: String,
    pub role: Role,
    pub plan: Plan,
    pub suspended: bool,
    pub scopes: Vec<String>,
    pub expires_at: Option<DateTime<Utc>>,
}

/// Whose key this is, unless it was revoked; notes that it was used.
pub async fn standing(
    connection: &mut PgConnection,
    hash: &[u8],
    now: DateTime<Utc>,
) -> Result<Option<Standing>, StoreError> {
    let row = sqlx::query!(
        r#"UPDATE api_keys k SET last_used_at = $2 FROM users u
           WHERE k.key_hash = $1 AND k.revoked_at IS NULL AND u.id = k.user_id AND u.deleted_at IS NULL
           RETURNING k.id, u.id AS user_id, u.email, u.role, u.subscription_plan,
             u.suspended_at IS NOT NULL AS "suspended!", k.scopes, k.expires_at"#,
        hash,
        now
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| Standing {
        id: ApiKeyId(row.id),
        user_id: UserId(row.user_id),
        email: row.email,
        // The table's checks allow no other words.
        role: row.role.parse().unwrap_or_default(),
        plan: row.subscription_plan.parse().unwrap_or_default(),
        suspended: row.suspended,
        scopes: row.scopes,
        expires_at: row.expires_at,
    }))
}

/// A key, as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    pub id: Uuid,
    pub name: String,
    pub prefix: String,
    pub scopes: Vec<String>,
    pub created_at: DateTime<Utc>,
    pub last_used_at: Option<DateTime<Utc>>,
    pub expires_at: Option<DateTime<Utc>>,
}

/// A key to be made.
#[derive(Clone, Copy, Debug)]
pub struct NewApiKey<'a> {
    pub user: UserId,
    pub name: &'a str,
    pub prefix: &'a str,
    pub hash: &'a [u8],
    pub scopes: &'a [String],
    pub expires_at: Option<DateTime<Utc>>,
    pub now: DateTime<Utc>,
}

pub async fn insert(connection: &mut PgConnection, new: NewApiKey<'_>) -> Result<ApiKey, StoreError> {
    let key = sqlx::query_as!(
        ApiKey,
        "INSERT INTO api_keys (user_id, name, prefix, key_hash, scopes, expires_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         RETURNING id, name, prefix, scopes, created_at, last_used_at, expires_at",
        new.user.0,
        new.name,
        new.prefix,
        new.hash,
        new.scopes,
        new.expires_at,
        new.now
    )
    .fetch_one(connection)
    .await?;
    Ok(key)
}

/// A person's keys that were not revoked, the newest first, and how many there are.
pub async fn list(
    connection: &mut PgConnection,
    user: UserId,
    limit: i64,
    offset: i64,
) -> Result<(Vec<ApiKey>, i64), StoreError> {
    let keys = sqlx::query_as!(
        ApiKey,
        "SELECT id, name, prefix, scopes, created_at, last_used_at, expires_at FROM api_keys
         WHERE user_id = $1 AND revoked_at IS NULL ORDER BY created_at DESC, id LIMIT $2 OFFSET $3",
        user.0,
        limit,
        offset
    )
    .fetch_all(&mut *connection)
    .await?;
    let total = sqlx::query_scalar!(
        r#"SELECT count(*) AS "total!" FROM api_keys WHERE user_id = $1 AND revoked_at IS NULL"#,
        user.0
    )
    .fetch_one(connection)
    .await?;
    Ok((keys, total))
}

/// # Errors
/// [`StoreError::NotFound`] when the person has no such key.
pub async fn revoke(
    connection: &mut PgConnection,
    user: UserId,
    id: ApiKeyId,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let done = sqlx::query!(
        "UPDATE api_keys SET revoked_at = $3 WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL",
        id.0,
        user.0,
        now
    )
    .execute(connection)
    .await?;
    if done.rows_affected() == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}
