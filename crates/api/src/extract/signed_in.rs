//! Who is signed in. The layer that looks at credentials runs first; here a handler says that it needs somebody.

use crate::auth::identity::{Caller, Credential, Identity, Scope};
use crate::error::{ApiError, ApiResult};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use mv_core::ids::{SessionId, UserId};
use mv_core::policy::Actor;
use std::sync::Arc;

/// A person, signed in by cookie or by an API key that may do this: reading takes `read`, everything else `write`.
#[derive(Clone, Debug)]
pub struct SignedIn {
    pub actor: Actor,
    identity: Arc<Identity>,
}

impl<S: Send + Sync> FromRequestParts<S> for SignedIn {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let identity = parts.extensions.get::<Caller>().cloned().unwrap_or_default().known()?;
        let signed_in = Self { actor: identity.actor, identity };
        signed_in.require_scope(if parts.method.is_safe() { Scope::Read } else { Scope::Write })?;
        Ok(signed_in)
    }
}

impl SignedIn {
    pub fn user(&self) -> UserId {
        self.actor.id
    }

    pub fn email(&self) -> &str {
        &self.identity.email
    }

    /// The session, unless an API key was shown.
    pub fn session(&self) -> Option<SessionId> {
        match self.identity.credential {
            Credential::Session(id) => Some(id),
            Credential::ApiKey { .. } => None,
        }
    }

    /// # Errors
    /// 403 when an API key was shown that lacks the scope.
    pub fn require_scope(&self, scope: Scope) -> ApiResult<()> {
        self.identity.require_scope(scope)
    }
}

/// A person in their own session. What is done to accounts and credentials is never done by an API key.
#[derive(Clone, Debug)]
pub struct Person {
    pub actor: Actor,
    pub session: SessionId,
    pub email: String,
}

impl<S: Send + Sync> FromRequestParts<S> for Person {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let identity = parts.extensions.get::<Caller>().cloned().unwrap_or_default().known()?;
        match identity.credential {
            Credential::Session(session) => {
                Ok(Self { actor: identity.actor, session, email: identity.email.clone() })
            }
            Credential::ApiKey { .. } => {
                Err(ApiError::forbidden("session_needed", "an API key cannot do this; sign in"))
            }
        }
    }
}

impl Person {
    pub fn user(&self) -> UserId {
        self.actor.id
    }
}
