//! Counts requests to the API and says in each answer how many are left.

use crate::auth::identity::Caller;
use crate::extract::Client;
use crate::limits::{self, Rule, Standing};
use crate::state::ApiState;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use chrono::{SecondsFormat, TimeDelta};

pub(super) async fn count(
    State(state): State<ApiState>,
    client: Client,
    request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path();
    // Services call back from few addresses for everybody's films: their route has limits of its own.
    let is_page = path.starts_with("/api/docs") || path == "/api/openapi.json";
    if !path.starts_with("/api/") || is_page || path.starts_with("/api/webhooks/") {
        return next.run(request).await;
    }
    let actor = match request.extensions().get::<Caller>() {
        Some(Caller::Known(identity)) => Some(identity.actor),
        _ => None,
    };
    let standing = match state.limits.request(actor.as_ref(), client.address).await {
        Ok(standing) => standing,
        Err(error) => return error.into_response(),
    };
    let mut response = if standing.allowed {
        next.run(request).await
    } else {
        let rule = Rule { bucket: "requests", limit: standing.limit, window: TimeDelta::hours(1) };
        limits::refusal(rule, standing.reset, state.clock.now()).into_response()
    };
    tell(&mut response, standing);
    response
}

fn tell(response: &mut Response, standing: Standing) {
    let headers = response.headers_mut();
    headers.insert(HeaderName::from_static("x-ratelimit-limit"), HeaderValue::from(standing.limit));
    headers.insert(HeaderName::from_static("x-ratelimit-remaining"), HeaderValue::from(standing.remaining));
    let reset = standing.reset.to_rfc3339_opts(SecondsFormat::Millis, true);
    if let Ok(reset) = HeaderValue::try_from(reset) {
        headers.insert(HeaderName::from_static("x-ratelimit-reset"), reset);
    }
}
