//! Links sent by mail: each for one purpose, used once, kept as a hash.

use crate::error::StoreError;
use chrono::{DateTime, Utc};
use mv_core::ids::UserId;
use sqlx::PgConnection;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    VerifyEmail,
    ResetPassword,
    ChangeEmail,
    /// Makes the first admin of an installation.
    FirstAdmin,
}

impl Purpose {
    fn word(self) -> &'static str {
        match self {
            Self::VerifyEmail => "verify_email",
            Self::ResetPassword => "reset_password",
            Self::ChangeEmail => "change_email",
            Self::FirstAdmin => "first_admin",
        }
    }
}

/// A link to be sent.
#[derive(Clone, Copy, Debug)]
pub struct NewToken<'a> {
    pub hash: &'a [u8],
    pub purpose: Purpose,
    /// Everybody but the first admin.
    pub user: Option<UserId>,
    /// With [`Purpose::ChangeEmail`].
    pub new_email: Option<&'a str>,
    pub expires_at: DateTime<Utc>,
}

/// Keeps a new link; earlier ones of the same purpose no longer count.
pub async fn insert(connection: &mut PgConnection, new: NewToken<'_>) -> Result<(), StoreError> {
    sqlx::query!(
        "DELETE FROM verification_tokens WHERE user_id IS NOT DISTINCT FROM $1 AND purpose = $2 AND used_at IS NULL",
        new.user.map(|id| id.0),
        new.purpose.word()
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "INSERT INTO verification_tokens (token_hash, user_id, purpose, new_email, expires_at)
         VALUES ($1, $2, $3, lower($4), $5)",
        new.hash,
        new.user.map(|id| id.0),
        new.purpose.word(),
        new.new_email,
        new.expires_at
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// What a link that was followed stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    pub user: Option<UserId>,
    pub new_email: Option<String>,
}

/// Uses a link up; `None` when it was used, has expired or never was.
pub async fn take(
    connection: &mut PgConnection,
    hash: &[u8],
    purpose: Purpose,
    now: DateTime<Utc>,
) -> Result<Option<Taken>, StoreError> {
    let row = sqlx::query!(
        "UPDATE verification_tokens SET used_at = $3
         WHERE token_hash = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > $3
         RETURNING user_id, new_email",
        hash,
        purpose.word(),
        now
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| Taken { user: row.user_id.map(UserId), new_email: row.new_email }))
}
