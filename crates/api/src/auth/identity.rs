//! Finding out who is asking: a session's access token in a cookie, or an API key.

use crate::auth::cookies::Cookie;
use crate::auth::random;
use crate::auth::token::{AccessClaims, Purpose, TokenError};
use crate::error::{ApiError, ApiResult};
use crate::state::ApiState;
use axum::http::{HeaderMap, header};
use mv_core::ids::{ApiKeyId, SessionId};
use mv_core::policy::Actor;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// What an API key may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// See what the person has.
    Read,
    /// Change it.
    Write,
    /// Order images and films, which may cost money.
    Generate,
}

impl Scope {
    pub const ALL: [Self; 3] = [Self::Read, Self::Write, Self::Generate];

    pub fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Generate => "generate",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credential {
    Session(SessionId),
    ApiKey { id: ApiKeyId, scopes: Vec<Scope> },
}

/// Somebody we know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    pub actor: Actor,
    pub email: String,
    pub credential: Credential,
}

impl Identity {
    /// # Errors
    /// 403 when an API key was shown that lacks the scope.
    pub fn require_scope(&self, scope: Scope) -> ApiResult<()> {
        match &self.credential {
            Credential::ApiKey { scopes, .. } if !scopes.contains(&scope) => Err(ApiError::forbidden(
                "scope_missing",
                format!("this API key lacks the scope `{}`", scope.word()),
            )
            .with_hint("make a key with that scope")),
            _ => Ok(()),
        }
    }
}

/// What the credentials of a request came to.
#[derive(Clone, Debug, Default)]
pub enum Caller {
    #[default]
    Nobody,
    Known(Arc<Identity>),
    /// Credentials that do not count, and why.
    Refused(Refused),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    Expired,
    Invalid,
    Ended,
    Suspended,
}

impl Caller {
    /// # Errors
    /// 401 or 403 with the reason when nobody is known.
    pub fn known(self) -> ApiResult<Arc<Identity>> {
        let refused = match self {
            Self::Known(identity) => return Ok(identity),
            Self::Nobody => {
                return Err(ApiError::unauthorized("sign_in_needed", "nobody is signed in")
                    .with_hint("sign in, or send an API key as `Authorization: Bearer …`"));
            }
            Self::Refused(refused) => refused,
        };
        Err(match refused {
            Refused::Expired => ApiError::unauthorized("session_expired", "the session's token has expired")
                .with_hint("get a new one with `POST /api/auth/refresh`"),
            Refused::Invalid => {
                ApiError::unauthorized("invalid_credentials", "the credentials are not valid")
                    .with_hint("sign in again")
            }
            Refused::Ended => {
                ApiError::unauthorized("session_ended", "the session has ended").with_hint("sign in again")
            }
            Refused::Suspended => ApiError::forbidden("suspended", "this account is suspended")
                .with_hint("write to whoever runs this server"),
        })
    }
}

/// Who sent these headers.
///
/// # Errors
/// 503 when the database does not answer.
pub async fn identify(state: &ApiState, headers: &HeaderMap) -> ApiResult<Caller> {
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let key = value.to_str().ok().and_then(|text| {
            let (scheme, key) = text.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
        });
        return match key {
            Some(key) => by_key(state, key).await,
            None => Ok(Caller::Refused(Refused::Invalid)),
        };
    }
    match Cookie::Access.read(&state.config, headers) {
        Some(token) if !token.is_empty() => by_session(state, token).await,
        _ => Ok(Caller::Nobody),
    }
}

async fn by_session(state: &ApiState, token: &str) -> ApiResult<Caller> {
    let now = state.clock.now();
    let checked = match state.auth.signer.check::<AccessClaims>(Purpose::Access, token, now) {
        Ok(checked) => checked,
        Err(TokenError::Expired) => return Ok(Caller::Refused(Refused::Expired)),
        Err(TokenError::Forged) => return Ok(Caller::Refused(Refused::Invalid)),
    };
    let session = SessionId(checked.claims.sid);
    let Some(facts) = state.auth.live.session(&state.db, session, now).await? else {
        return Ok(Caller::Refused(Refused::Ended));
    };
    if facts.actor.id.0 != checked.claims.sub {
        return Ok(Caller::Refused(Refused::Invalid));
    }
    if facts.suspended {
        return Ok(Caller::Refused(Refused::Suspended));
    }
    Ok(Caller::Known(facts.identity.clone()))
}

async fn by_key(state: &ApiState, key: &str) -> ApiResult<Caller> {
    let now = state.clock.now();
    let Some(facts) = state.auth.live.api_key(&state.db, random::hash(key), now).await? else {
        return Ok(Caller::Refused(Refused::Invalid));
    };
    if facts.expires_at.is_some_and(|expires_at| now >= expires_at) {
        return Ok(Caller::Refused(Refused::Expired));
    }
    if facts.suspended {
        return Ok(Caller::Refused(Refused::Suspended));
    }
    Ok(Caller::Known(facts.identity.clone()))
}
