//! The session of this browser: looking at it, keeping it going, ending it.

use super::{SessionBody, SignedInBody, signed_in};
use crate::auth::cookies::Cookie;
use crate::auth::random;
use crate::auth::session::{self, ACCESS_LIFE, SESSION_LIFE, note};
use crate::auth::token::{AccessClaims, Purpose};
use crate::error::{ApiError, ApiResult};
use crate::extract::{Client, Person};
use crate::routes::users::UserBody;
use crate::state::ApiState;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use mv_core::audit::Event;
use mv_store::db::{sessions, users};
use serde_json::json;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(current)).routes(routes!(refresh)).routes(routes!(sign_out))
}

/// Who is signed in
#[utoipa::path(
    get, path = "/api/auth/session", tag = "auth", security(("session" = [])),
    responses((status = 200, body = SignedInBody))
)]
async fn current(
    State(state): State<ApiState>,
    person: Person,
    headers: HeaderMap,
) -> ApiResult<Json<SignedInBody>> {
    let now = state.clock.now();
    let token = Cookie::Access.read(&state.config, &headers).unwrap_or_default();
    let token = state.auth.signer.check::<AccessClaims>(Purpose::Access, token, now);
    let expires_at = token.map_or(now + ACCESS_LIFE, |token| token.expires_at);
    let mut transaction = state.db.person(person.user()).await?;
    let user = users::get(&mut transaction, person.user()).await?;
    let all = sessions::list(&mut transaction, person.user(), now).await?;
    transaction.commit().await?;
    let own = all.iter().find(|session| session.id == person.session);
    let session = SessionBody {
        id: person.session.0,
        expires_at,
        refresh_expires_at: own.map_or(now + SESSION_LIFE, |session| session.expires_at),
    };
    Ok(Json(SignedInBody { user: UserBody::from(&user), session }))
}

/// Keep the session going
///
/// Takes the refresh cookie and sets both cookies anew. A refresh token counts once: one that comes back later ends the
/// session, since somebody else has it. Within ten seconds it is answered again, as its first answer may have been lost.
#[utoipa::path(
    post, path = "/api/auth/refresh", tag = "auth",
    responses(
        (status = 200, body = SignedInBody),
        (status = 401, body = crate::error::Problem, content_type = "application/problem+json", description = "The session has ended"),
    )
)]
async fn refresh(State(state): State<ApiState>, client: Client, headers: HeaderMap) -> ApiResult<Response> {
    let Some(token) = Cookie::Refresh.read(&state.config, &headers).filter(|token| !token.is_empty()) else {
        return Err(ApiError::unauthorized("sign_in_needed", "nobody is signed in").with_hint("sign in"));
    };
    match session::refresh(&state, token, &client).await {
        Ok(issued) => Ok(signed_in(&state, &issued).into_response()),
        Err(error) if error.status() == StatusCode::UNAUTHORIZED => {
            let mut response = error.into_response();
            response.headers_mut().extend(session::cleared(&state));
            Ok(response)
        }
        Err(error) => Err(error),
    }
}

/// Sign out
///
/// Ends the session and takes the cookies away; does no harm when there is none.
#[utoipa::path(post, path = "/api/auth/logout", tag = "auth", responses((status = 204)))]
async fn sign_out(
    State(state): State<ApiState>,
    client: Client,
    headers: HeaderMap,
) -> ApiResult<(StatusCode, HeaderMap)> {
    let now = state.clock.now();
    if let Some(token) = Cookie::Refresh.read(&state.config, &headers).filter(|token| !token.is_empty()) {
        let mut transaction = state.db.gate().begin().await?;
        let shown = sessions::by_refresh_token(&mut transaction, &random::hash(token)).await?;
        if let Some(shown) = shown
            && sessions::revoke(&mut transaction, shown.user, shown.session, "signed out", now).await?
        {
            note(&mut transaction, &client, Event::SignOut, shown.user, json!({})).await?;
            transaction.commit().await?;
            state.auth.live.forget(shown.user);
        }
    }
    Ok((StatusCode::NO_CONTENT, session::cleared(&state)))
}
