//! A forgotten password, and a new one.

use super::MessageBody;
use super::sign_up::{Address, dead_link};
use crate::auth::password::{Verdict, check_strength};
use crate::auth::random;
use crate::auth::session::{note, send};
use crate::error::{ApiError, ApiResult};
use crate::extract::{Client, Person, ValidJson};
use crate::state::ApiState;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::TimeDelta;
use garde::Validate;
use mv_core::audit::Event;
use mv_core::jobs::Mail;
use mv_store::db::tokens::{self, NewToken, Purpose};
use mv_store::db::{mails, sessions, users};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// How long the link of a reset mail counts.
const LINK_LIFE: TimeDelta = TimeDelta::hours(1);

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(forgot)).routes(routes!(reset)).routes(routes!(change))
}

/// Ask for a reset link
///
/// Answers the same whether or not the address has an account.
#[utoipa::path(
    post, path = "/api/auth/forgot-password", tag = "auth", request_body = Address,
    responses((status = 200, body = MessageBody))
)]
async fn forgot(
    State(state): State<ApiState>,
    client: Client,
    ValidJson(body): ValidJson<Address>,
) -> ApiResult<Json<MessageBody>> {
    state.limits.attempt(client.address, Some(&body.email)).await?;
    let token = random::secret()?;
    let mut transaction = state.db.gate().begin().await?;
    let found = users::credentials_by_email(&mut transaction, &body.email).await?;
    if let Some(found) = found.filter(|found| !found.suspended) {
        let new = NewToken {
            hash: &random::hash(&token),
            purpose: Purpose::ResetPassword,
            user: Some(found.id()),
            new_email: None,
            expires_at: state.clock.now() + LINK_LIFE,
        };
        tokens::insert(&mut transaction, new).await?;
        send(&mut transaction, found.id(), Mail::ResetPassword { token }).await?;
        note(&mut transaction, &client, Event::PasswordResetRequested, found.id(), json!({})).await?;
    }
    transaction.commit().await?;
    Ok(Json(MessageBody { message: "Password reset email sent" }))
}

#[derive(Deserialize, Validate, ToSchema)]
struct Reset {
    #[garde(length(max = 100))]
    #[schema(max_length = 100)]
    token: String,
    #[garde(custom(check_strength))]
    #[schema(format = Password, min_length = 8, max_length = 256, example = "Better8horse")]
    password: String,
}

/// Set a new password by the link
///
/// Ends every session. Whoever has the link has the address, so that counts as verified.
#[utoipa::path(
    post, path = "/api/auth/reset-password", tag = "auth", request_body = Reset,
    responses((status = 200, body = MessageBody))
)]
async fn reset(
    State(state): State<ApiState>,
    client: Client,
    ValidJson(body): ValidJson<Reset>,
) -> ApiResult<Json<MessageBody>> {
    state.limits.attempt(client.address, None).await?;
    let now = state.clock.now();
    let hash = state.auth.passwords.hash(&body.password).await?;
    let mut transaction = state.db.gate().begin().await?;
    let taken =
        tokens::take(&mut transaction, &random::hash(&body.token), Purpose::ResetPassword, now).await?;
    let user = taken.and_then(|taken| taken.user).ok_or_else(dead_link)?;
    users::set_password(&mut transaction, user, Some(&hash)).await?;
    mails::arrives(&mut transaction, user).await?;
    if users::verify_email(&mut transaction, user, now).await? {
        note(&mut transaction, &client, Event::EmailVerified, user, json!({})).await?;
    }
    sessions::revoke_all(&mut transaction, user, None, "password reset", now).await?;
    note(&mut transaction, &client, Event::PasswordChanged, user, json!({"by": "reset"})).await?;
    send(&mut transaction, user, Mail::PasswordChanged).await?;
    transaction.commit().await?;
    state.auth.live.forget(user);
    Ok(Json(MessageBody { message: "The password was changed. Sign in with it." }))
}

#[derive(Deserialize, Validate, ToSchema)]
#[schema(as = PasswordChange)]
struct Change {
    /// Not needed by people who only ever signed in with Google or GitHub.
    #[garde(inner(length(max = 256)))]
    #[schema(format = Password, max_length = 256)]
    current_password: Option<String>,
    #[garde(custom(check_strength))]
    #[schema(format = Password, min_length = 8, max_length = 256)]
    new_password: String,
}

/// Change the password
///
/// Ends every other session.
#[utoipa::path(
    post, path = "/api/users/me/password", tag = "users", request_body = Change, security(("session" = [])),
    responses((status = 204))
)]
async fn change(
    State(state): State<ApiState>,
    client: Client,
    person: Person,
    ValidJson(body): ValidJson<Change>,
) -> ApiResult<StatusCode> {
    let now = state.clock.now();
    let user = person.user();
    confirm(&state, &client, &person, body.current_password.as_deref(), "current_password").await?;
    let hash = state.auth.passwords.hash(&body.new_password).await?;
    let mut transaction = state.db.gate().begin().await?;
    users::set_password(&mut transaction, user, Some(&hash)).await?;
    sessions::revoke_all(&mut transaction, user, Some(person.session), "password changed", now).await?;
    note(&mut transaction, &client, Event::PasswordChanged, user, json!({"by": "person"})).await?;
    send(&mut transaction, user, Mail::PasswordChanged).await?;
    transaction.commit().await?;
    state.auth.live.forget(user);
    Ok(StatusCode::NO_CONTENT)
}

/// Makes sure that it is the person who sits at the open session: their password must be right, if they have one.
pub(crate) async fn confirm(
    state: &ApiState,
    client: &Client,
    person: &Person,
    password: Option<&str>,
    field: &str,
) -> ApiResult<()> {
    let hash = {
        let mut connection = state.db.gate().acquire().await?;
        users::credentials(&mut connection, person.user()).await?.password_hash
    };
    let Some(hash) = hash else { return Ok(()) };
    state.limits.attempt(client.address, Some(&person.email)).await?;
    match state.auth.passwords.check(password.unwrap_or_default(), Some(&hash)).await? {
        Verdict::Wrong => Err(ApiError::invalid(field, "is not your password")),
        Verdict::Right | Verdict::RightButOld => Ok(()),
    }
}
