//! People's own keys for outside services, sealed. They are written by their person and opened by the worker; what a
//! person sees of them again is a hint.

use crate::error::StoreError;
use crate::secrets::{Keyring, SecretError};
use chrono::{DateTime, Utc};
use mv_core::ids::UserId;
use sqlx::PgConnection;
use std::fmt;
use thiserror::Error;

/// A hint shows so many of a key's last characters, and only of keys four times as long.
const HINT: usize = 4;

#[derive(Debug, Error)]
pub enum ProviderKeyError {
    /// The key cannot be sealed or opened.
    #[error("the key of `{provider}` is closed: {source}")]
    Secret {
        provider: String,
        #[source]
        source: SecretError,
    },
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for ProviderKeyError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// A key, as its person sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderKey {
    pub provider: String,
    /// Its last characters, to tell keys apart; empty for a short one.
    pub hint: String,
    pub set_at: DateTime<Utc>,
    /// When the service was last asked whether it takes the key.
    pub checked_at: Option<DateTime<Utc>>,
    /// Why the service does not take it, as of then.
    pub error: Option<String>,
}

/// A key that is open: never shown, never logged.
#[derive(Clone, PartialEq, Eq)]
pub struct OpenKey {
    pub provider: String,
    pub secret: String,
    /// Which key it is, for [`checked`]: the person may replace it meanwhile.
    pub set_at: DateTime<Utc>,
}

impl fmt::Debug for OpenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenKey").field("provider", &self.provider).finish_non_exhaustive()
    }
}

/// Binds a sealed key to whose it is, and for what.
fn place(user: UserId, provider: &str) -> String {
    format!("provider_keys.sealed/{user}/{provider}")
}

fn hint(secret: &str) -> &str {
    // From the fourth character before the end.
    let shown = secret.char_indices().rev().nth(HINT - 1).map_or(secret, |(at, _)| &secret[at..]);
    if secret.chars().count() < HINT * 4 { "" } else { shown }
}

/// Keeps a person's key for a service in place of the one that was there. It counts as unchecked.
///
/// # Errors
/// [`ProviderKeyError::Secret`] when it cannot be sealed.
pub async fn put(
    connection: &mut PgConnection,
    keyring: &Keyring,
    user: UserId,
    provider: &str,
    secret: &str,
    now: DateTime<Utc>,
) -> Result<ProviderKey, ProviderKeyError> {
    let sealed = keyring.seal(secret.as_bytes(), &place(user, provider)).map_err(closed(provider))?;
    let key = sqlx::query_as!(
        ProviderKey,
        "INSERT INTO provider_keys (user_id, provider, sealed, hint, set_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (user_id, provider)
           DO UPDATE SET sealed = $3, hint = $4, set_at = $5, checked_at = NULL, error = NULL
         RETURNING provider, hint, set_at, checked_at, error",
        user.0,
        provider,
        sealed,
        hint(secret),
        now
    )
    .fetch_one(connection)
    .await?;
    Ok(key)
}

/// # Errors
/// [`StoreError::NotFound`] when the person has no key for the service.
pub async fn remove(connection: &mut PgConnection, user: UserId, provider: &str) -> Result<(), StoreError> {
    let done =
        sqlx::query!("DELETE FROM provider_keys WHERE user_id = $1 AND provider = $2", user.0, provider)
            .execute(connection)
            .await?;
    if done.rows_affected() == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}

/// A person's keys, by service.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn list(connection: &mut PgConnection, user: UserId) -> Result<Vec<ProviderKey>, StoreError> {
    let keys = sqlx::query_as!(
        ProviderKey,
        "SELECT provider, hint, set_at, checked_at, error FROM provider_keys WHERE user_id = $1 ORDER BY provider",
        user.0
    )
    .fetch_all(connection)
    .await?;
    Ok(keys)
}

/// # Errors
/// [`StoreError::NotFound`] when the person has no key for the service.
pub async fn get(
    connection: &mut PgConnection,
    user: UserId,
    provider: &str,
) -> Result<ProviderKey, StoreError> {
    let key = sqlx::query_as!(
        ProviderKey,
        "SELECT provider, hint, set_at, checked_at, error FROM provider_keys WHERE user_id = $1 AND provider = $2",
        user.0,
        provider
    )
    .fetch_one(connection)
    .await?;
    Ok(key)
}

/// A person's keys, open; asked as the worker, since no other role reads what is sealed. One that was sealed with a key
/// on its way out is sealed anew.
///
/// # Errors
/// [`ProviderKeyError::Secret`] when one does not open.
pub async fn open(
    connection: &mut PgConnection,
    keyring: &Keyring,
    user: UserId,
) -> Result<Vec<OpenKey>, ProviderKeyError> {
    let rows = sqlx::query!(
        "SELECT provider, sealed, set_at FROM provider_keys WHERE user_id = $1 ORDER BY provider",
        user.0
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut keys = Vec::with_capacity(rows.len());
    for row in rows {
        let place = place(user, &row.provider);
        let secret = keyring.open(&row.sealed, &place).map_err(closed(&row.provider))?;
        if keyring.needs_reseal(&row.sealed) {
            let sealed = keyring.seal(&secret, &place).map_err(closed(&row.provider))?;
            sqlx::query!(
                "UPDATE provider_keys SET sealed = $4 WHERE user_id = $1 AND provider = $2 AND sealed = $3",
                user.0,
                row.provider,
                row.sealed,
                sealed
            )
            .execute(&mut *connection)
            .await?;
        }
        // What was sealed was a text.
        let secret = String::from_utf8(secret).map_err(|_| ProviderKeyError::Secret {
            provider: row.provider.clone(),
            source: SecretError::NotSealed,
        })?;
        keys.push(OpenKey { provider: row.provider, secret, set_at: row.set_at });
    }
    Ok(keys)
}

/// Notes what the service said to a key, unless the person replaced it meanwhile; says whether it was noted.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn checked(
    connection: &mut PgConnection,
    user: UserId,
    key: &OpenKey,
    error: Option<&str>,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "UPDATE provider_keys SET checked_at = $4, error = $5 WHERE user_id = $1 AND provider = $2 AND set_at = $3",
        user.0,
        key.provider,
        key.set_at,
        now,
        error
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}

fn closed(provider: &str) -> impl Fn(SecretError) -> ProviderKeyError {
    move |source| ProviderKeyError::Secret { provider: provider.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hint_never_shows_much() {
        assert_eq!(hint("sk-0123456789abcdef"), "cdef");
        assert_eq!(hint("0123456789abcde"), "");
        assert_eq!(hint(""), "");
        assert_eq!(hint("가나다라마바사아자차카타파하거너"), "파하거너");
    }

    #[test]
    fn an_open_key_is_not_printed() {
        let key =
            OpenKey { provider: "fal".into(), secret: "sk-secret".into(), set_at: DateTime::UNIX_EPOCH };
        assert!(!format!("{key:?}").contains("secret"));
    }
}
