//! Keys that programs sign in with. Only hashes are kept.

use crate::error::StoreError;
use chrono::{DateTime, Utc};
use mv_core::ids::{ApiKeyId, UserId};
use mv_core::plan::{Plan, Role};
use sqlx::PgConnection;

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
