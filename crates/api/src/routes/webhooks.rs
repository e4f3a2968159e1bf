//! Where outside services call back when a job is done. What comes is written down and a worker looks at it: nothing here
//! reads what it says, and nothing is believed for coming here.

use crate::error::{ApiError, ApiResult};
use crate::extract::Client;
use crate::limits::{Rule, Subject};
use crate::state::ApiState;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use chrono::TimeDelta;
use mv_core::ids::{CallId, WebhookId};
use mv_core::jobs::Job;
use mv_store::StoreError;
use mv_store::db::service_webhooks::{self, Arrived};
use mv_store::queue::{self, Enqueue};
use ring::digest::{SHA256, digest};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// A job's news is a page of JSON at most.
const MOST_BYTES: usize = 256 * 1024;
/// Addresses that we never gave out, from one network address.
const FORGED: Rule = Rule { bucket: "webhooks-forged", limit: 60, window: TimeDelta::hours(1) };
/// About one call: a service tells each state once, and again when it was not heard.
const GENUINE: Rule = Rule { bucket: "webhooks", limit: 120, window: TimeDelta::hours(1) };

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(receive)).layer(DefaultBodyLimit::max(MOST_BYTES))
}

/// The call that an address of ours names. Read before the body, so that nobody else's body is.
struct Named(CallId);

impl FromRequestParts<ApiState> for Named {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, ApiError> {
        let token = Path::<String>::from_request_parts(parts, state).await;
        let call = token.ok().and_then(|Path(token)| state.callbacks.call(&token));
        if let Some(call) = call {
            state.limits.must(GENUINE, &Subject::Call(call), 1).await?;
            return Ok(Self(call));
        }
        let Ok(client) = Client::from_request_parts(parts, state).await;
        state.limits.must(FORGED, &Subject::address(client.address), 1).await?;
        Err(ApiError::new(StatusCode::UNAUTHORIZED, "unknown_webhook", "this address was never given out"))
    }
}

/// A service's word that a job is done
///
/// For the services themselves: each call that they take in names an address of its own, which nobody else knows. The
/// body and the headers that it is signed with are kept as they came, and a worker asks the service's own API.
#[utoipa::path(
    post, path = "/api/webhooks/services/{token}", tag = "webhooks",
    params(("token" = String, Path, description = "From the address that the service was given")),
    request_body(content = serde_json::Value, description = "Whatever the service sends, up to 256 KiB"),
    responses(
        (status = 202, description = "Written down, or known already"),
        (status = 401, description = "This address was never given out", body = crate::error::Problem,
         content_type = "application/problem+json")
    )
)]
async fn receive(
    State(state): State<ApiState>,
    Named(call): Named,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> ApiResult<StatusCode> {
    let body = body.map_err(|rejection| {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "the body is too large")
        } else {
            ApiError::bad_request("cut_off", "the body ended too early")
        }
    })?;
    let id = WebhookId(Uuid::new_v4());
    let digest = digest(&SHA256, &body);
    let arrived = Arrived {
        id,
        call,
        digest: digest.as_ref(),
        headers: &kept(&headers),
        body: &body,
        at: state.clock.now(),
    };
    let mut transaction = state.db.gate().begin().await?;
    match service_webhooks::write_down(&mut transaction, &arrived).await {
        Ok(true) => {
            queue::enqueue(&mut transaction, &Job::HearService { webhook_id: id }, Enqueue::default())
                .await?;
            transaction.commit().await?;
        }
        // Known already, or about a call whose person is gone: there is nothing to send it again for.
        Ok(false) => {}
        Err(StoreError::Constraint { constraint }) if constraint == "service_webhooks_call_id_fkey" => {}
        Err(error) => return Err(error.into()),
    }
    Ok(StatusCode::ACCEPTED)
}

/// What a service may have signed with: headers of its own. Cookies and passwords of whoever else are not kept.
fn kept(headers: &HeaderMap) -> Vec<(String, String)> {
    let own = |name: &str| {
        (name.starts_with("x-") && !name.starts_with("x-forwarded-")) || name.starts_with("webhook-")
    };
    let pairs = headers.iter().filter(|(name, _)| own(name.as_str()));
    pairs.filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_service_signs_with_is_kept_and_nothing_else() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("x-fal-webhook-signature", "00"),
            ("x-fal-webhook-signature", "01"),
            ("webhook-id", "1"),
            ("cookie", "secret"),
            ("authorization", "Bearer secret"),
            ("x-forwarded-for", "10.0.0.1"),
        ] {
            headers.append(name, value.parse().unwrap());
        }
        let names: Vec<String> = kept(&headers).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["x-fal-webhook-signature", "x-fal-webhook-signature", "webhook-id"]);
    }
}
