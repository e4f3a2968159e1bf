//! Making API keys: a secret that is shown once, and what is kept of it.

use crate::auth::identity::Scope;
use crate::auth::random;
use crate::error::ApiResult;
use chrono::{DateTime, Utc};
use mv_core::ids::UserId;
use mv_store::db::api_keys::{self, ApiKey, NewApiKey};
use sqlx::PgConnection;

/// Letters by which keys are told apart at sight.
const PREFIX: usize = 9;

/// Makes a key for somebody; gives it with its secret.
pub async fn make(
    connection: &mut PgConnection,
    user: UserId,
    name: &str,
    scopes: &[Scope],
    expires_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> ApiResult<(ApiKey, String)> {
    let secret = format!("mv_{}", random::secret()?);
    let scopes: Vec<String> = Scope::ALL
        .into_iter()
        .filter(|scope| scopes.contains(scope))
        .map(|scope| scope.word().to_owned())
        .collect();
    let new = NewApiKey {
        user,
        name: name.trim(),
        prefix: &secret[..PREFIX],
        hash: &random::hash(&secret),
        scopes: &scopes,
        expires_at,
        now,
    };
    Ok((api_keys::insert(connection, new).await?, secret))
}
