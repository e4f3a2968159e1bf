//! Counts requests to the API and says in each answer how many are left.

use crate::auth::identity::{Caller, Credential};
use crate::extract::Client;
use crate::limits::{self, Asker, Standing};
use crate::routes::shares::PASSWORD_HEADER;
use crate::state::ApiState;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use chrono::SecondsFormat;
use std::net::IpAddr;

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
    let (rule, standing) = match state.limits.request(asker(&request, client.address)).await {
        Ok(counted) => counted,
        Err(error) => return error.into_response(),
    };
    let mut response = if standing.allowed {
        next.run(request).await
    } else {
        limits::refusal(rule, standing.reset, state.clock.now()).into_response()
    };
    tell(&mut response, standing);
    response
}

fn asker(request: &Request, address: IpAddr) -> Asker {
    if let Some(Caller::Known(identity)) = request.extensions().get::<Caller>() {
        return match identity.credential {
            Credential::Session(_) => Asker::Person(identity.actor),
            Credential::ApiKey { .. } => Asker::Program(identity.actor),
        };
    }
    let path = request.uri().path();
    // A refresh token cannot be guessed, and many people may sit behind one address; the password of a link can.
    let guesses = request.headers().contains_key(PASSWORD_HEADER);
    let is_page = path == "/api/auth/refresh"
        || (request.method().is_safe() && !path.starts_with("/api/auth/") && !guesses)
        || (request.method() == Method::GET && path == "/api/auth/oauth");
    if is_page { Asker::Page(address) } else { Asker::Stranger(address) }
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
