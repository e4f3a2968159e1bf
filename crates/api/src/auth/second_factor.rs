//! The second factor: six digits of an authenticator app, or a recovery code. Each counts once.

use crate::auth::session::note;
use crate::auth::totp::{TotpSecret, recovery_hash};
use crate::error::{ApiError, ApiResult};
use crate::extract::Client;
use crate::state::ApiState;
use mv_core::audit::Event;
use mv_core::ids::UserId;
use mv_store::db::mfa;
use mv_store::db::users::Credentials;
use serde_json::json;
use sqlx::PgConnection;

/// Binds a sealed secret to its owner's row.
fn place(user: UserId) -> String {
    format!("users.mfa_secret/{user}")
}

pub fn seal(state: &ApiState, user: UserId, secret: &TotpSecret) -> ApiResult<Vec<u8>> {
    state.keyring.seal(secret.as_bytes(), &place(user)).map_err(ApiError::internal)
}

pub fn open(state: &ApiState, user: UserId, sealed: &[u8]) -> ApiResult<TotpSecret> {
    let bytes = state.keyring.open(sealed, &place(user)).map_err(ApiError::internal)?;
    TotpSecret::from_bytes(&bytes).ok_or_else(|| ApiError::internal(BadSecret))
}

#[derive(Debug, thiserror::Error)]
#[error("a second factor's secret has the wrong length")]
struct BadSecret;

/// Whether this is the person's second factor; uses it up. The caller holds the person's row.
pub async fn check(
    state: &ApiState,
    connection: &mut PgConnection,
    client: &Client,
    credentials: &Credentials,
    code: &str,
) -> ApiResult<bool> {
    let now = state.clock.now();
    let user = credentials.id();
    let Some(sealed) = &credentials.mfa_secret else { return Ok(false) };
    if let Some(step) = open(state, user, sealed)?.matching_step(code, now) {
        return Ok(mfa::use_step(connection, user, step).await?);
    }
    if !mfa::use_recovery_code(connection, user, &recovery_hash(code), now).await? {
        return Ok(false);
    }
    let left = mfa::recovery_codes_left(connection, user).await?;
    note(connection, client, Event::RecoveryCodeUsed, user, json!({"left": left})).await?;
    Ok(true)
}
