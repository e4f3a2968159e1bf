//! Signing up, in and out.

pub(crate) mod email;
mod oauth;
pub(crate) mod password;
mod session;
mod sign_in;
mod sign_up;

use crate::auth::session::Issued;
use crate::routes::users::UserBody;
use crate::state::ApiState;
use axum::Json;
use axum::http::HeaderMap;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use uuid::Uuid;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .merge(sign_up::routes())
        .merge(sign_in::routes())
        .merge(session::routes())
        .merge(password::routes())
        .merge(email::routes())
        .merge(oauth::routes())
}

/// A session; its tokens are in cookies that scripts cannot read.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SessionBody {
    pub id: Uuid,
    /// When the access token must be refreshed.
    pub expires_at: DateTime<Utc>,
    /// When the session ends if it is not used.
    pub refresh_expires_at: DateTime<Utc>,
}

/// Somebody who is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SignedInBody {
    pub user: UserBody,
    pub session: SessionBody,
}

impl From<&Issued> for SignedInBody {
    fn from(issued: &Issued) -> Self {
        Self {
            user: UserBody::from(&issued.user),
            session: SessionBody {
                id: issued.session.0,
                expires_at: issued.access_expires_at,
                refresh_expires_at: issued.refresh_expires_at,
            },
        }
    }
}

/// The answer to whoever just signed in: cookies and body.
fn signed_in(state: &ApiState, issued: &Issued) -> (HeaderMap, Json<SignedInBody>) {
    (issued.cookies(state), Json(SignedInBody::from(issued)))
}

/// A sentence for the person.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MessageBody {
    pub message: &'static str,
}
