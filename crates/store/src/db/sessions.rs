//! Signed-in devices and their rotating refresh tokens.

use crate::error::StoreError;
use chrono::{DateTime, Utc};
use mv_core::ids::{SessionId, UserId};
use mv_core::plan::{Plan, Role};
use sqlx::PgConnection;
use sqlx::types::ipnetwork::IpNetwork;
use std::net::IpAddr;

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

/// A device that somebody signs in on.
#[derive(Clone, Copy, Debug)]
pub struct NewSession<'a> {
    pub user: UserId,
    pub refresh_hash: &'a [u8],
    pub ip_address: IpAddr,
    pub user_agent: Option<&'a str>,
    pub now: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

pub async fn insert(connection: &mut PgConnection, new: NewSession<'_>) -> Result<SessionId, StoreError> {
    let id = sqlx::query_scalar!(
        "INSERT INTO sessions (user_id, refresh_hash, ip_address, user_agent, rotated_at, created_at, last_seen_at,
           expires_at)
         VALUES ($1, $2, $3, $4, $5, $5, $5, $6) RETURNING id",
        new.user.0,
        new.refresh_hash,
        IpNetwork::from(new.ip_address),
        new.user_agent,
        new.now,
        new.expires_at
    )
    .fetch_one(connection)
    .await?;
    Ok(SessionId(id))
}

/// Which of a session's refresh tokens was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    Current,
    /// The one before, rotated away at this moment.
    Previous {
        rotated_at: DateTime<Utc>,
    },
    /// An older one.
    Spent,
}

/// The session that a refresh token belongs, or once belonged, to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShownToken {
    pub session: SessionId,
    pub user: UserId,
    pub shown: Shown,
    pub expires_at: DateTime<Utc>,
    pub revoked: bool,
}

/// Finds the session of a refresh token and takes its row until the transaction ends.
pub async fn by_refresh_token(
    connection: &mut PgConnection,
    hash: &[u8],
) -> Result<Option<ShownToken>, StoreError> {
    let row = sqlx::query!(
        r#"SELECT s.id, s.user_id, s.refresh_hash = $1 AS "current!",
             coalesce(s.previous_hash = $1, false) AS "previous!", s.rotated_at, s.expires_at,
             s.revoked_at IS NOT NULL AS "revoked!"
           FROM sessions s
           WHERE s.refresh_hash = $1 OR s.previous_hash = $1
             OR s.id = (SELECT t.session_id FROM spent_refresh_tokens t WHERE t.refresh_hash = $1)
           FOR UPDATE"#,
        hash
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| ShownToken {
        session: SessionId(row.id),
        user: UserId(row.user_id),
        shown: match (row.current, row.previous) {
            (true, _) => Shown::Current,
            (_, true) => Shown::Previous { rotated_at: row.rotated_at },
            _ => Shown::Spent,
        },
        expires_at: row.expires_at,
        revoked: row.revoked,
    }))
}

/// Gives the session its next refresh token; the one before counts as spent.
pub async fn rotate(
    connection: &mut PgConnection,
    id: SessionId,
    next_hash: &[u8],
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO spent_refresh_tokens (refresh_hash, session_id, spent_at)
         SELECT refresh_hash, id, $2 FROM sessions WHERE id = $1",
        id.0,
        now
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "UPDATE sessions SET previous_hash = refresh_hash, refresh_hash = $2, rotated_at = $3, last_seen_at = $3,
           expires_at = $4
         WHERE id = $1",
        id.0,
        next_hash,
        now,
        expires_at
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Ends a session of this person; `false` when there was none to end.
pub async fn revoke(
    connection: &mut PgConnection,
    user: UserId,
    id: SessionId,
    why: &str,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "UPDATE sessions SET revoked_at = $4, revoked_why = $3
         WHERE id = $2 AND user_id = $1 AND revoked_at IS NULL AND expires_at > $4",
        user.0,
        id.0,
        why,
        now
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Ends every session of this person but one; says how many.
pub async fn revoke_all(
    connection: &mut PgConnection,
    user: UserId,
    but: Option<SessionId>,
    why: &str,
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let done = sqlx::query!(
        "UPDATE sessions SET revoked_at = $4, revoked_why = $3
         WHERE user_id = $1 AND revoked_at IS NULL AND id IS DISTINCT FROM $2",
        user.0,
        but.map(|id| id.0),
        why,
        now
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

/// A device that is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub id: SessionId,
    pub ip_address: Option<IpAddr>,
    pub user_agent: Option<String>,
    pub created_at: DateTime<Utc>,
    pub last_seen_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// The devices that a person is signed in on, the last seen first.
pub async fn list(
    connection: &mut PgConnection,
    user: UserId,
    now: DateTime<Utc>,
) -> Result<Vec<Session>, StoreError> {
    let rows = sqlx::query!(
        "SELECT id, ip_address, user_agent, created_at, last_seen_at, expires_at FROM sessions
         WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > $2 ORDER BY last_seen_at DESC, id LIMIT 200",
        user.0,
        now
    )
    .fetch_all(connection)
    .await?;
    let sessions = rows.into_iter().map(|row| Session {
        id: SessionId(row.id),
        ip_address: row.ip_address.map(|network| network.ip()),
        user_agent: row.user_agent,
        created_at: row.created_at,
        last_seen_at: row.last_seen_at,
        expires_at: row.expires_at,
    });
    Ok(sessions.collect())
}

/// Whether this person signed in with this program from this address before: if not, they are told by mail.
pub async fn is_known_device(
    connection: &mut PgConnection,
    user: UserId,
    ip_address: IpAddr,
    user_agent: Option<&str>,
) -> Result<bool, StoreError> {
    let known = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM sessions WHERE user_id = $1
             AND (ip_address = $2 OR user_agent IS NOT DISTINCT FROM $3))
           OR NOT EXISTS (SELECT 1 FROM sessions WHERE user_id = $1) AS "known!""#,
        user.0,
        IpNetwork::from(ip_address),
        user_agent
    )
    .fetch_one(connection)
    .await?;
    Ok(known)
}
