//! Where Stripe's events come in: checked, written down once, dealt with by a worker.

use super::payments;
use crate::error::{ApiError, ApiResult};
use crate::extract::Client;
use crate::limits::{Rule, Subject};
use crate::state::ApiState;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use chrono::TimeDelta;
use mv_billing::{API_VERSION, WebhookError, webhook};
use mv_core::jobs::Job;
use mv_store::db::stripe_events;
use mv_store::queue::{self, Enqueue};
use serde_json::Value;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// An invoice of many lines is some tens of kilobytes.
const MOST_BYTES: usize = 1024 * 1024;
/// What was not signed by Stripe, from one network address.
const FORGED: Rule = Rule { bucket: "billing-forged", limit: 60, window: TimeDelta::hours(1) };

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(receive)).layer(DefaultBodyLimit::max(MOST_BYTES))
}

/// An event of Stripe's
///
/// For Stripe alone: the body must be signed with the secret of the endpoint. It is written down and dealt with later; the
/// same event again does nothing.
#[utoipa::path(
    post, path = "/api/billing/webhook", tag = "webhooks",
    request_body(content = serde_json::Value, description = "A Stripe event, up to 1 MiB"),
    responses(
        (status = 200, description = "Written down, or known already"),
        (status = 400, description = "It is not signed by Stripe, or is no event", body = crate::error::Problem,
         content_type = "application/problem+json")
    )
)]
async fn receive(
    State(state): State<ApiState>,
    client: Client,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> ApiResult<StatusCode> {
    let payments = payments(&state)?;
    let body = body.map_err(|rejection| {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "the body is too large")
        } else {
            ApiError::bad_request("cut_off", "the body ended too early")
        }
    })?;
    let signature = headers.get("stripe-signature").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let now = state.clock.now();
    let event = match webhook::receive(&body, signature, &payments.webhook_secrets, now) {
        Ok(event) => event,
        Err(error) => {
            state.limits.must(FORGED, &Subject::address(client.address), 1).await?;
            return Err(refused(&error));
        }
    };
    if event.livemode != payments.stripe.is_live() {
        return Err(ApiError::bad_request("other_mode", "the event is of Stripe's other mode")
            .with_hint("the endpoint and the key must both be live, or both be for tests"));
    }
    if event.api_version.as_deref().is_some_and(|version| version != API_VERSION) {
        tracing::warn!(
            stripe.version = event.api_version,
            "the endpoint of webhooks was made for another version than `{API_VERSION}`"
        );
    }
    let payload: Value = serde_json::from_slice(&body)
        .map_err(|error| refused(&WebhookError::Malformed(error.to_string())))?;
    let mut transaction = state.db.gate().begin().await?;
    if stripe_events::write_down(&mut transaction, &event.id, &event.kind, &payload, now).await? {
        let job = Job::ProcessBillingEvent { event_id: event.id };
        queue::enqueue(&mut transaction, &job, Enqueue::default()).await?;
    }
    transaction.commit().await?;
    Ok(StatusCode::OK)
}

fn refused(error: &WebhookError) -> ApiError {
    let code = match error {
        WebhookError::NoSignature | WebhookError::Forged => "not_signed",
        WebhookError::OutOfTime(_) => "out_of_time",
        WebhookError::Malformed(_) => "no_event",
    };
    ApiError::bad_request(code, error.to_string())
        .with_hint("check `billing.stripe.webhook_secrets`, and the clock of this server")
}
