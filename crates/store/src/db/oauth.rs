//! Accounts at other sites that a person signs in with, and attempts that are on their way.

use crate::error::StoreError;
use chrono::{DateTime, Utc};
use mv_core::ids::UserId;
use sqlx::PgConnection;

/// Where a browser that went to a provider picks up again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    pub provider: String,
    pub pkce_verifier: String,
    pub nonce: Option<String>,
    pub return_to: String,
    /// Set when a signed-in person links another account.
    pub user: Option<UserId>,
}

pub async fn begin(
    connection: &mut PgConnection,
    state_hash: &[u8],
    attempt: &Attempt,
    expires_at: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO oauth_attempts (state_hash, provider, pkce_verifier, nonce, return_to, user_id, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        state_hash,
        attempt.provider,
        attempt.pkce_verifier,
        attempt.nonce,
        attempt.return_to,
        attempt.user.map(|id| id.0),
        expires_at
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Takes an attempt up again; it can be taken once.
pub async fn take(
    connection: &mut PgConnection,
    state_hash: &[u8],
    provider: &str,
    now: DateTime<Utc>,
) -> Result<Option<Attempt>, StoreError> {
    let row = sqlx::query!(
        "DELETE FROM oauth_attempts WHERE state_hash = $1 AND provider = $2 AND expires_at > $3
         RETURNING provider, pkce_verifier, nonce, return_to, user_id",
        state_hash,
        provider,
        now
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| Attempt {
        provider: row.provider,
        pkce_verifier: row.pkce_verifier,
        nonce: row.nonce,
        return_to: row.return_to,
        user: row.user_id.map(UserId),
    }))
}

/// Who signs in with this account of a provider.
pub async fn owner(
    connection: &mut PgConnection,
    provider: &str,
    subject: &str,
) -> Result<Option<UserId>, StoreError> {
    let owner = sqlx::query_scalar!(
        "SELECT user_id FROM oauth_accounts WHERE provider = $1 AND subject = $2",
        provider,
        subject
    )
    .fetch_optional(connection)
    .await?;
    Ok(owner.map(UserId))
}

/// Links an account of a provider, or notes that it was used again.
///
/// # Errors
/// [`StoreError::Constraint`] with `oauth_accounts_subject_key` when it is another person's, with
/// `oauth_accounts_one_each` when the person has another account of that provider.
pub async fn link(
    connection: &mut PgConnection,
    user: UserId,
    provider: &str,
    subject: &str,
    email: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let known = sqlx::query!(
        "UPDATE oauth_accounts SET last_used_at = $5, email = coalesce($4, email)
         WHERE user_id = $1 AND provider = $2 AND subject = $3",
        user.0,
        provider,
        subject,
        email,
        now
    )
    .execute(&mut *connection)
    .await?;
    if known.rows_affected() == 0 {
        sqlx::query!(
            "INSERT INTO oauth_accounts (user_id, provider, subject, email, created_at, last_used_at)
             VALUES ($1, $2, $3, $4, $5, $5)",
            user.0,
            provider,
            subject,
            email,
            now
        )
        .execute(connection)
        .await?;
    }
    Ok(())
}

/// An account at another site, as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Linked {
    pub provider: String,
    pub email: Option<String>,
    pub created_at: DateTime<Utc>,
    pub last_used_at: Option<DateTime<Utc>>,
}

pub async fn list(connection: &mut PgConnection, user: UserId) -> Result<Vec<Linked>, StoreError> {
    let linked = sqlx::query_as!(
        Linked,
        "SELECT provider, email, created_at, last_used_at FROM oauth_accounts WHERE user_id = $1 ORDER BY provider",
        user.0
    )
    .fetch_all(connection)
    .await?;
    Ok(linked)
}

/// # Errors
/// [`StoreError::NotFound`] when none is linked.
pub async fn unlink(connection: &mut PgConnection, user: UserId, provider: &str) -> Result<(), StoreError> {
    let done =
        sqlx::query!("DELETE FROM oauth_accounts WHERE user_id = $1 AND provider = $2", user.0, provider)
            .execute(connection)
            .await?;
    if done.rows_affected() == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}
