//! Moving to another address: the new one proves itself, the old one is told.

use super::MessageBody;
use super::password::confirm;
use super::sign_up::{Link, dead_link, taken};
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
use mv_store::db::{mails, users};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

const LINK_LIFE: TimeDelta = TimeDelta::hours(24);

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(ask)).routes(routes!(follow))
}

#[derive(Deserialize, Validate, ToSchema)]
struct Move {
    #[garde(email, length(chars, max = 255))]
    #[schema(format = Email, max_length = 255, example = "ana@new.example")]
    new_email: String,
    #[garde(inner(length(max = 256)))]
    #[schema(format = Password, max_length = 256)]
    password: Option<String>,
}

/// Move to another address
///
/// Sends a link to the new address. Nothing changes until it is followed.
#[utoipa::path(
    post, path = "/api/users/me/email", tag = "users", request_body = Move, security(("session" = [])),
    responses((status = 202, body = MessageBody))
)]
async fn ask(
    State(state): State<ApiState>,
    client: Client,
    person: Person,
    ValidJson(body): ValidJson<Move>,
) -> ApiResult<(StatusCode, Json<MessageBody>)> {
    confirm(&state, &client, &person, body.password.as_deref(), "password").await?;
    let user = person.user();
    let mut transaction = state.db.gate().begin().await?;
    if users::credentials_by_email(&mut transaction, &body.new_email).await?.is_some() {
        return Err(ApiError::conflict("email_taken", "there is an account with this address already"));
    }
    let token = random::secret()?;
    let new = NewToken {
        hash: &random::hash(&token),
        purpose: Purpose::ChangeEmail,
        user: Some(user),
        new_email: Some(&body.new_email),
        expires_at: state.clock.now() + LINK_LIFE,
    };
    tokens::insert(&mut transaction, new).await?;
    send(&mut transaction, user, Mail::ChangeEmail { to: body.new_email.to_lowercase(), token }).await?;
    transaction.commit().await?;
    let message = "A link was sent to the new address. It becomes yours when you follow it.";
    Ok((StatusCode::ACCEPTED, Json(MessageBody { message })))
}

/// Prove the new address
#[utoipa::path(
    post, path = "/api/auth/change-email", tag = "auth", request_body = Link,
    responses((status = 200, body = MessageBody))
)]
async fn follow(
    State(state): State<ApiState>,
    client: Client,
    ValidJson(body): ValidJson<Link>,
) -> ApiResult<Json<MessageBody>> {
    state.limits.attempt(client.address, None).await?;
    let now = state.clock.now();
    let mut transaction = state.db.gate().begin().await?;
    let link = tokens::take(&mut transaction, &random::hash(&body.token), Purpose::ChangeEmail, now).await?;
    let (Some(user), Some(new_email)) = link.map(|link| (link.user, link.new_email)).unwrap_or_default()
    else {
        return Err(dead_link());
    };
    let old_email = users::get(&mut transaction, user).await?.email;
    users::change_email(&mut transaction, user, &new_email, now).await.map_err(taken)?;
    mails::arrives(&mut transaction, user).await?;
    note(&mut transaction, &client, Event::EmailChanged, user, json!({"from": old_email, "to": new_email}))
        .await?;
    send(&mut transaction, user, Mail::EmailChanged { to: old_email }).await?;
    transaction.commit().await?;
    state.auth.live.forget(user);
    Ok(Json(MessageBody { message: "The address was changed." }))
}
