//! Signing up, and proving that the address is one's own.

use super::{MessageBody, SignedInBody, signed_in};
use crate::auth::password::check_strength;
use crate::auth::random;
use crate::auth::session::{self, note, send};
use crate::error::{ApiError, ApiResult};
use crate::extract::{Client, ValidJson};
use crate::routes::users::UserBody;
use crate::state::ApiState;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use chrono::TimeDelta;
use garde::Validate;
use mv_core::audit::Event;
use mv_core::ids::UserId;
use mv_core::jobs::Mail;
use mv_core::plan::Role;
use mv_store::db::mails;
use mv_store::db::tokens::{self, NewToken, Purpose};
use mv_store::db::users::{self, NewUser};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::PgConnection;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// How long the link of a verification mail counts.
const LINK_LIFE: TimeDelta = TimeDelta::hours(24);

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(sign_up))
        .routes(routes!(verify_email))
        .routes(routes!(send_again))
        .routes(routes!(first_admin))
}

#[derive(Deserialize, Validate, ToSchema)]
struct SignUp {
    #[garde(email, length(chars, max = 255))]
    #[schema(format = Email, max_length = 255, example = "ana@example.com")]
    email: String,
    /// At least 8 characters with an upper-case letter, a lower-case letter and a number.
    #[garde(custom(check_strength))]
    #[schema(format = Password, min_length = 8, max_length = 256, example = "Correct7horse")]
    password: String,
    #[garde(inner(length(chars, min = 2, max = 100)))]
    #[schema(min_length = 2, max_length = 100, example = "Ana")]
    name: Option<String>,
    /// The language of mails and of the studio.
    #[garde(inner(custom(crate::routes::users::check_locale)))]
    #[schema(example = "ko")]
    locale: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct SignedUp {
    user: UserBody,
    /// There is none until the address is verified.
    #[schema(nullable)]
    session: Option<super::SessionBody>,
    message: &'static str,
}

/// Sign up
///
/// Makes an account and sends a link that proves the address.
#[utoipa::path(
    post, path = "/api/auth/signup", tag = "auth", request_body = SignUp,
    responses(
        (status = 201, body = SignedUp),
        (status = 409, body = crate::error::Problem, content_type = "application/problem+json",
            description = "The address has an account"),
    )
)]
async fn sign_up(
    State(state): State<ApiState>,
    client: Client,
    ValidJson(body): ValidJson<SignUp>,
) -> ApiResult<(StatusCode, Json<SignedUp>)> {
    if !state.config.open_sign_up {
        return Err(ApiError::forbidden("sign_up_closed", "this server takes no new accounts"));
    }
    state.limits.attempt(client.address, Some(&body.email)).await?;
    let hash = state.auth.passwords.hash(&body.password).await?;
    let mut transaction = state.db.gate().begin().await?;
    let new = NewUser {
        email: &body.email,
        password_hash: Some(&hash),
        name: body.name.as_deref().map(str::trim),
        avatar_url: None,
        locale: body.locale.as_deref().unwrap_or("ko"),
        role: Role::User,
        verified_at: None,
    };
    let user = users::insert(&mut transaction, new).await.map_err(taken)?;
    send_link(&state, &mut transaction, user).await?;
    note(&mut transaction, &client, Event::SignUp, user, json!({"provider": "password"})).await?;
    let user = users::get(&mut transaction, user).await?;
    transaction.commit().await?;
    let message = "Account created. Check your mail to verify your address.";
    let body = SignedUp { user: UserBody::from(&user), session: None, message };
    Ok((StatusCode::CREATED, Json(body)))
}

/// Says that an address has an account, and leaves other errors as they are.
pub(super) fn taken(error: mv_store::StoreError) -> ApiError {
    if error.broke("users_email_key") {
        return ApiError::conflict("email_taken", "there is an account with this address already")
            .with_hint("sign in, or have your password reset");
    }
    error.into()
}

async fn send_link(state: &ApiState, connection: &mut PgConnection, user: UserId) -> ApiResult<()> {
    let token = random::secret()?;
    let new = NewToken {
        hash: &random::hash(&token),
        purpose: Purpose::VerifyEmail,
        user: Some(user),
        new_email: None,
        expires_at: state.clock.now() + LINK_LIFE,
    };
    tokens::insert(connection, new).await?;
    send(connection, user, Mail::VerifyEmail { token }).await
}

/// The secret of a link that came by mail.
#[derive(Deserialize, Validate, ToSchema)]
pub(super) struct Link {
    #[garde(length(max = 100))]
    #[schema(max_length = 100, example = "Vv8aQm1cWJ2xQ0yqz8o1l1v2w3Kk9Zr7gq0f4o5N6aE")]
    pub token: String,
}

pub(super) fn dead_link() -> ApiError {
    ApiError::bad_request("link_expired", "the link was used before, or has expired")
        .with_hint("have a new one sent")
}

/// Verify an address
///
/// Follows the link of the mail and signs in.
#[utoipa::path(
    post, path = "/api/auth/verify-email", tag = "auth", request_body = Link,
    responses((status = 200, body = SignedInBody))
)]
async fn verify_email(
    State(state): State<ApiState>,
    client: Client,
    ValidJson(body): ValidJson<Link>,
) -> ApiResult<(HeaderMap, Json<SignedInBody>)> {
    state.limits.attempt(client.address, None).await?;
    let now = state.clock.now();
    let mut transaction = state.db.gate().begin().await?;
    let taken = tokens::take(&mut transaction, &random::hash(&body.token), Purpose::VerifyEmail, now).await?;
    let user = taken.and_then(|taken| taken.user).ok_or_else(dead_link)?;
    let credentials = users::credentials(&mut transaction, user).await?;
    if credentials.suspended || credentials.mfa_enabled {
        return Err(dead_link());
    }
    mails::arrives(&mut transaction, user).await?;
    if users::verify_email(&mut transaction, user, now).await? {
        note(&mut transaction, &client, Event::EmailVerified, user, json!({})).await?;
        send(&mut transaction, user, Mail::Welcome).await?;
    }
    let issued = session::open(&state, &mut transaction, user, &client, "email").await?;
    transaction.commit().await?;
    Ok(signed_in(&state, &issued))
}

/// An address that mail should go to.
#[derive(Deserialize, Validate, ToSchema)]
pub(super) struct Address {
    #[garde(email, length(chars, max = 255))]
    #[schema(format = Email, max_length = 255, example = "ana@example.com")]
    pub email: String,
}

/// Send the verification link again
///
/// Answers the same whether or not the address is waiting for one.
#[utoipa::path(
    post, path = "/api/auth/verify-email/resend", tag = "auth", request_body = Address,
    responses((status = 200, body = MessageBody))
)]
async fn send_again(
    State(state): State<ApiState>,
    client: Client,
    ValidJson(body): ValidJson<Address>,
) -> ApiResult<Json<MessageBody>> {
    state.limits.attempt(client.address, Some(&body.email)).await?;
    let mut transaction = state.db.gate().begin().await?;
    let found = users::credentials_by_email(&mut transaction, &body.email).await?;
    if let Some(found) = found.filter(|found| !found.email_verified && !found.suspended) {
        send_link(&state, &mut transaction, found.id()).await?;
    }
    transaction.commit().await?;
    Ok(Json(MessageBody { message: "If the address is waiting to be verified, a new link is on its way." }))
}

#[derive(Deserialize, Validate, ToSchema)]
struct FirstAdmin {
    /// From the link that the server printed when it first started.
    #[garde(length(max = 100))]
    #[schema(max_length = 100)]
    token: String,
    #[garde(email, length(chars, max = 255))]
    #[schema(format = Email, max_length = 255, example = "admin@example.com")]
    email: String,
    #[garde(custom(check_strength))]
    #[schema(format = Password, min_length = 8, max_length = 256)]
    password: String,
    #[garde(inner(length(chars, min = 2, max = 100)))]
    #[schema(min_length = 2, max_length = 100)]
    name: Option<String>,
}

/// Make the first admin
///
/// With the one-time link that the server prints when it has no admin yet.
#[utoipa::path(
    post, path = "/api/auth/first-admin", tag = "auth", request_body = FirstAdmin,
    responses((status = 201, body = SignedInBody))
)]
async fn first_admin(
    State(state): State<ApiState>,
    client: Client,
    ValidJson(body): ValidJson<FirstAdmin>,
) -> ApiResult<(StatusCode, HeaderMap, Json<SignedInBody>)> {
    state.limits.attempt(client.address, None).await?;
    let now = state.clock.now();
    let hash = state.auth.passwords.hash(&body.password).await?;
    let mut transaction = state.db.gate().begin().await?;
    let has_admin = mv_store::db::installation::has_admin(&mut transaction).await?;
    let link = tokens::take(&mut transaction, &random::hash(&body.token), Purpose::FirstAdmin, now).await?;
    if has_admin || link.is_none() {
        return Err(
            dead_link().with_hint("start the server again: it prints a new link while there is no admin")
        );
    }
    let new = NewUser {
        email: &body.email,
        password_hash: Some(&hash),
        name: body.name.as_deref().map(str::trim),
        avatar_url: None,
        locale: "ko",
        role: Role::Admin,
        verified_at: Some(now),
    };
    let user = users::insert(&mut transaction, new).await.map_err(taken)?;
    note(&mut transaction, &client, Event::SignUp, user, json!({"provider": "first_admin"})).await?;
    let issued = session::open(&state, &mut transaction, user, &client, "first_admin").await?;
    transaction.commit().await?;
    let (cookies, body) = signed_in(&state, &issued);
    Ok((StatusCode::CREATED, cookies, body))
}
