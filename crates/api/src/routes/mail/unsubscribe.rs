//! Stopping mails of a topic by the link in one of them, signed in or not. Only a `POST` stops anything: programs that look
//! at links before their readers do must not (RFC 8058).

use crate::error::{ApiError, ApiResult};
use crate::extract::{ApiQuery, Client};
use crate::limits::{Rule, Subject};
use crate::state::ApiState;
use axum::Json;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use chrono::TimeDelta;
use garde::Validate;
use mv_core::ids::UserId;
use mv_core::mail::Topic;
use mv_store::StoreError;
use mv_store::db::mails;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// What a program posts is a line: it is not read.
const MOST_BYTES: usize = 16 * 1024;
/// Tokens that we never gave out, from one network address.
const FORGED: Rule = Rule { bucket: "unsubscribe-forged", limit: 60, window: TimeDelta::hours(1) };

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(ask, stop)).layer(DefaultBodyLimit::max(MOST_BYTES))
}

#[derive(Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
struct Link {
    /// From the link in the mail.
    #[garde(length(max = 200))]
    #[param(max_length = 200)]
    token: String,
}

/// What the link stops.
#[derive(Debug, Serialize, ToSchema)]
struct Unsubscription {
    /// `films`: a film is ready, or could not be made. `reminders`: what is good to know in time.
    #[schema(example = "films")]
    topic: &'static str,
    /// Whether mails of this topic are sent.
    wanted: bool,
}

async fn whose(state: &ApiState, client: &Client, link: &Link) -> ApiResult<(UserId, Topic)> {
    if let Some(found) = state.mail_choices.read(&link.token) {
        return Ok(found);
    }
    state.limits.must(FORGED, &Subject::address(client.address), 1).await?;
    Err(ApiError::new(StatusCode::NOT_FOUND, "link_unknown", "this link was not given out here")
        .with_hint("open the link from the mail again, or choose in the settings what you are written about"))
}

/// What a link would stop
///
/// Stops nothing. A browser is led to the studio's page, which asks.
#[utoipa::path(
    get, path = "/api/mail/unsubscribe", tag = "users", params(Link),
    responses(
        (status = 200, body = Unsubscription),
        (status = 303, description = "For browsers: the studio's page"),
        (status = 404, body = crate::error::Problem, content_type = "application/problem+json",
            description = "No such link was given out")
    )
)]
async fn ask(
    State(state): State<ApiState>,
    client: Client,
    headers: HeaderMap,
    ApiQuery(link): ApiQuery<Link>,
) -> ApiResult<Response> {
    let (user, topic) = whose(&state, &client, &link).await?;
    let accepts = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if accepts.contains("text/html") {
        return Ok(Redirect::to(&format!("/unsubscribe/{}", link.token)).into_response());
    }
    let mut transaction = state.db.person(user).await?;
    let wanted = !mails::refused(&mut transaction, user).await?.contains(&topic);
    Ok(Json(Unsubscription { topic: topic.word(), wanted }).into_response())
}

/// Stop mails of a topic
///
/// For the studio's page, and for mail programs with a button of their own, which post a form (RFC 8058). The token alone
/// counts; nobody need be signed in. Stopped is stopped, however often.
#[utoipa::path(
    post, path = "/api/mail/unsubscribe", tag = "users", params(Link),
    request_body(content = inline(Option<String>), content_type = "application/x-www-form-urlencoded",
        description = "`List-Unsubscribe=One-Click`, or nothing"),
    responses(
        (status = 200, body = Unsubscription),
        (status = 404, body = crate::error::Problem, content_type = "application/problem+json",
            description = "No such link was given out")
    )
)]
async fn stop(
    State(state): State<ApiState>,
    client: Client,
    ApiQuery(link): ApiQuery<Link>,
) -> ApiResult<Json<Unsubscription>> {
    let (user, topic) = whose(&state, &client, &link).await?;
    let mut transaction = state.db.person(user).await?;
    match mails::choose(&mut transaction, user, topic, false).await {
        Ok(()) => transaction.commit().await?,
        // They are gone, and so are their mails.
        Err(StoreError::Constraint { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(Json(Unsubscription { topic: topic.word(), wanted: false }))
}
