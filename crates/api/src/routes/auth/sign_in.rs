//! Signing in with a password and, when it is on, a second factor.

use super::{SignedInBody, signed_in};
use crate::auth::password::Verdict;
use crate::auth::second_factor;
use crate::auth::session::{self, GRACE};
use crate::auth::token::{Purpose, TokenError};
use crate::error::{ApiError, ApiResult};
use crate::extract::{Client, ValidJson};
use crate::state::ApiState;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, TimeDelta, Utc};
use garde::Validate;
use mv_core::audit::Event;
use mv_core::ids::UserId;
use mv_store::db::audit::{self, NewEntry};
use mv_store::db::users;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// How long one may take to find the phone.
const CHALLENGE_LIFE: TimeDelta = TimeDelta::minutes(5);

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(sign_in)).routes(routes!(second_step))
}

#[derive(Deserialize, Validate, ToSchema)]
struct SignIn {
    #[garde(length(chars, max = 255))]
    #[schema(format = Email, max_length = 255, example = "ana@example.com")]
    email: String,
    #[garde(length(max = 256))]
    #[schema(format = Password, max_length = 256, example = "Correct7horse")]
    password: String,
}

/// Signing in is not finished: the second factor is missing.
#[derive(Serialize, ToSchema)]
struct SecondFactorNeeded {
    #[schema(example = true)]
    mfa_required: bool,
    /// Send it with the code to `/api/auth/mfa`.
    challenge: String,
    expires_at: DateTime<Utc>,
}

/// What the two answers of signing in look like.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, clippy::large_enum_variant, reason = "it is only described")]
enum SignInAnswer {
    SignedIn(SignedInBody),
    SecondFactorNeeded(SecondFactorNeeded),
}

/// Who may go on to the second step.
#[derive(Serialize, Deserialize)]
struct Challenge {
    sub: Uuid,
}

/// Sign in
///
/// Sets the session's cookies. When a second factor is on, answers with a challenge for `/api/auth/mfa` instead.
#[utoipa::path(
    post, path = "/api/auth/login", tag = "auth", request_body = SignIn,
    responses(
        (status = 200, body = SignInAnswer),
        (status = 401, body = crate::error::Problem, content_type = "application/problem+json", description = "The address or the password is wrong"),
    )
)]
async fn sign_in(
    State(state): State<ApiState>,
    client: Client,
    ValidJson(body): ValidJson<SignIn>,
) -> ApiResult<Response> {
    state.limits.attempt(client.address, Some(&body.email)).await?;
    let now = state.clock.now();
    let found = {
        let mut connection = state.db.gate().acquire().await?;
        users::credentials_by_email(&mut connection, body.email.trim()).await?
    };
    // An account whose grace period is over only waits for the cleaner.
    let found = found.filter(|found| found.deleted_at.is_none_or(|at| now - at < GRACE));
    let hash = found.as_ref().and_then(|found| found.password_hash.as_deref());
    let verdict = state.auth.passwords.check(&body.password, hash).await?;
    let Some(found) = found.as_ref().filter(|_| verdict != Verdict::Wrong) else {
        failed(&state, &client, found.map(|found| found.id()), "password").await?;
        return Err(ApiError::unauthorized("wrong_login", "the address or the password is wrong")
            .with_hint("try again, or have your password reset"));
    };
    let user = found.id();
    if found.suspended {
        return Err(ApiError::forbidden("suspended", "this account is suspended")
            .with_hint("write to whoever runs this server"));
    }
    if !found.email_verified {
        return Err(ApiError::forbidden("email_not_verified", "this address is not verified yet").with_hint(
            "follow the link in the mail, or get a new one with `POST /api/auth/verify-email/resend`",
        ));
    }
    let mut transaction = state.db.gate().begin().await?;
    if verdict == Verdict::RightButOld {
        let hash = state.auth.passwords.hash(&body.password).await?;
        users::set_password(&mut transaction, user, Some(&hash)).await?;
    }
    if found.mfa_enabled {
        transaction.commit().await?;
        let (challenge, expires_at) = challenge(&state, user)?;
        return Ok(Json(SecondFactorNeeded { mfa_required: true, challenge, expires_at }).into_response());
    }
    let issued = session::open(&state, &mut transaction, user, &client, "password").await?;
    transaction.commit().await?;
    Ok(signed_in(&state, &issued).into_response())
}

/// Lets whoever proved who they are go on to the second factor, until then.
pub(super) fn challenge(state: &ApiState, user: UserId) -> ApiResult<(String, DateTime<Utc>)> {
    let now = state.clock.now();
    let expires_at = now + CHALLENGE_LIFE;
    let claims = Challenge { sub: user.0 };
    let challenge = state.auth.signer.sign(Purpose::SecondFactor, &claims, now, expires_at);
    Ok((challenge.map_err(ApiError::internal)?, expires_at))
}

#[derive(Deserialize, Validate, ToSchema)]
struct SecondStep {
    #[garde(length(max = 1000))]
    #[schema(max_length = 1000)]
    challenge: String,
    /// Six digits of the authenticator, or a recovery code.
    #[garde(length(max = 32))]
    #[schema(max_length = 32, example = "287082")]
    code: String,
}

/// Show the second factor
#[utoipa::path(
    post, path = "/api/auth/mfa", tag = "auth", request_body = SecondStep,
    responses(
        (status = 200, body = SignedInBody),
        (status = 401, body = crate::error::Problem, content_type = "application/problem+json",
            description = "The code is wrong, or the challenge has expired"),
    )
)]
async fn second_step(
    State(state): State<ApiState>,
    client: Client,
    ValidJson(body): ValidJson<SecondStep>,
) -> ApiResult<(HeaderMap, Json<SignedInBody>)> {
    let now = state.clock.now();
    let challenge = state.auth.signer.check::<Challenge>(Purpose::SecondFactor, &body.challenge, now);
    let challenge = challenge.map_err(|error| {
        let code = match error {
            TokenError::Expired => "challenge_expired",
            TokenError::Forged => "challenge_invalid",
        };
        ApiError::unauthorized(code, "the challenge does not count any more").with_hint("sign in again")
    })?;
    let user = UserId(challenge.claims.sub);
    state.limits.attempt(client.address, Some(&user.to_string())).await?;
    let mut transaction = state.db.gate().begin().await?;
    let credentials = users::credentials(&mut transaction, user).await?;
    if credentials.suspended || !credentials.mfa_enabled {
        return Err(ApiError::unauthorized("challenge_invalid", "the challenge does not count any more"));
    }
    if !second_factor::check(&state, &mut transaction, &client, &credentials, &body.code).await? {
        drop(transaction);
        failed(&state, &client, Some(user), "second_factor").await?;
        return Err(ApiError::unauthorized("wrong_code", "the code is wrong, or was used before")
            .with_hint("wait for the next code, or use a recovery code"));
    }
    let issued = session::open(&state, &mut transaction, user, &client, "password").await?;
    transaction.commit().await?;
    Ok(signed_in(&state, &issued))
}

async fn failed(state: &ApiState, client: &Client, user: Option<UserId>, what: &str) -> ApiResult<()> {
    metrics::counter!("sign_in_failed_total").increment(1);
    let mut connection = state.db.gate().acquire().await?;
    let entry = NewEntry {
        event: Event::SignInFailed,
        user,
        resource: None,
        metadata: json!({"wrong": what}),
        ip_address: Some(client.address),
        user_agent: client.user_agent.as_deref(),
    };
    Ok(audit::write(&mut connection, entry).await?)
}
