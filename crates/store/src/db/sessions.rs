//! Signed-in devices and their rotating refresh tokens.

use crate::error::StoreError;
use chrono::{DateTime, Utc};
use mv_core::ids::{SessionId, UserId};
use mv_core::plan::{Plan, Role};
use sqlx::PgConnection;

/// What a session says about who is asking, as of now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    pub user_id: UserId,
    pub email: String,
    pub role: Role,
    pub plan: Plan,
    pub suspended: bool,
}

/// Whose session this is, unless it has ended.
pub async fn standing(
    connection: &mut PgConnection,
    id: SessionId,
    now: DateTime<Utc>,
) -> Result<Option<Standing>, StoreError> {
    let row = sqlx::query!(
        r#"SELECT u.id, u.email, u.role, u.subscription_plan, u.suspended_at IS NOT NULL AS "suspended!"
           FROM sessions s JOIN users u ON u.id = s.user_id
           WHERE s.id = $1 AND s.revoked_at IS NULL AND s.expires_at > $2 AND u.deleted_at IS NULL"#,
        id.0,
        now
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| Standing {
        user_id: UserId(row.id),
        email: row.email,
        // The table's checks allow no other words.
        role: row.role.parse().unwrap_or_default(),
        plan: row.subscription_plan.parse().unwrap_or_default(),
        suspended: row.suspended,
    }))
}
