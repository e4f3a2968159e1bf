//! `Idempotency-Key`: an unsafe call that is sent again with the same key gets the same answer and does nothing twice.

use crate::auth::identity::Caller;
use crate::error::{ApiError, ApiResult};
use crate::state::ApiState;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use chrono::TimeDelta;
use http_body_util::BodyExt;
use mv_core::ids::UserId;
use mv_store::db::idempotency::{self, Claim};
use ring::digest::{Context, SHA256};
use serde_json::{Map, Value, json};
use tracing::Instrument;

const KEY: &str = "idempotency-key";
/// Bodies up to this size count in what makes two requests the same, and answers up to it are kept.
const MOST_BYTES: usize = 1024 * 1024;
/// After that long nobody is doing it any more, and what came of it is unknown.
const PATIENCE: TimeDelta = TimeDelta::minutes(16);

pub(super) async fn once(State(state): State<ApiState>, request: Request, next: Next) -> Response {
    if request.method().is_safe() || !request.headers().contains_key(KEY) {
        return next.run(request).await;
    }
    // Strangers have no keys: nothing that they may do is kept for them.
    let user = match request.extensions().get::<Caller>() {
        Some(Caller::Known(identity)) => identity.actor.id,
        _ => return next.run(request).await,
    };
    // A task of its own: where the client goes away meanwhile, what it began is brought to its end, and its answer kept.
    let work = async move { answer(&state, user, request, next).await };
    match tokio::spawn(work.in_current_span()).await {
        Ok(Ok(response)) => response,
        Ok(Err(error)) => error.into_response(),
        Err(stopped) => match stopped.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(stopped) => ApiError::internal(stopped).into_response(),
        },
    }
}

async fn answer(state: &ApiState, user: UserId, request: Request, next: Next) -> ApiResult<Response> {
    let key = read_key(request.headers())?;
    let (request, hash) = hashed(request).await?;
    let mut transaction = state.db.person(user).await?;
    let claim = idempotency::claim(&mut transaction, user, &key, &hash, state.clock.now(), PATIENCE).await?;
    transaction.commit().await?;
    match claim {
        Claim::New => {}
        Claim::Done { status, headers, body } => return Ok(replay(status, &headers, body)),
        Claim::Running => {
            return Err(ApiError::conflict(
                "still_running",
                "the first call with this key has not ended yet",
            )
            .with_hint("wait a moment and send it again")
            .with_header(header::RETRY_AFTER, HeaderValue::from_static("1")));
        }
        Claim::Unknown => {
            return Err(ApiError::conflict(
                "outcome_unknown",
                "the server stopped during the first call with this key: it may have been done",
            )
            .with_hint("look whether it was done; if not, send it with a new key"));
        }
        Claim::Other => {
            return Err(ApiError::invalid("Idempotency-Key", "was used for another request")
                .with_hint("make a new key for every new request"));
        }
    }
    let response = next.run(request).await;
    keep(state, user, &key, response).await
}

fn read_key(headers: &HeaderMap) -> ApiResult<String> {
    let key = headers.get(KEY).and_then(|value| value.to_str().ok()).unwrap_or_default().trim();
    if key.is_empty() || key.len() > 255 {
        return Err(ApiError::bad_request("bad_idempotency_key", "the key must have 1 to 255 characters"));
    }
    Ok(key.to_owned())
}

/// What makes two requests the same: method, address, type, and the body unless it is a large file.
async fn hashed(request: Request) -> ApiResult<(Request, Vec<u8>)> {
    let mut context = Context::new(&SHA256);
    context.update(request.method().as_str().as_bytes());
    context.update(b" ");
    context.update(request.uri().to_string().as_bytes());
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    let length: Option<usize> = length.and_then(|text| text.parse().ok());
    let is_form = request
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/"));
    if is_form || length.is_some_and(|length| length > MOST_BYTES) {
        // A form's boundary differs each time it is sent, so its length must do.
        context.update(&length.unwrap_or_default().to_le_bytes());
        return Ok((request, context.finish().as_ref().to_vec()));
    }
    let (parts, body) = request.into_parts();
    let bytes = http_body_util::Limited::new(body, MOST_BYTES)
        .collect()
        .await
        .map_err(|_| ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "the body is too large"))?;
    let bytes = bytes.to_bytes();
    context.update(&bytes);
    Ok((Request::from_parts(parts, Body::from(bytes)), context.finish().as_ref().to_vec()))
}

/// Answers that say what was done are kept; those after which it should be tried again are not.
async fn keep(state: &ApiState, user: UserId, key: &str, response: Response) -> ApiResult<Response> {
    let status = response.status();
    let is_final = !status.is_server_error()
        && !matches!(
            status,
            StatusCode::UNAUTHORIZED | StatusCode::TOO_MANY_REQUESTS | StatusCode::PAYMENT_REQUIRED
        );
    // A refusal's body is written by the outermost layer: those are simply made again.
    let is_refusal = response.extensions().get::<crate::error::Problem>().is_some();
    let mut transaction = state.db.person(user).await?;
    if !is_final || is_refusal {
        idempotency::release(&mut transaction, user, key).await?;
        transaction.commit().await?;
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let bytes: Bytes = body.collect().await.map_err(ApiError::internal)?.to_bytes();
    if bytes.len() <= MOST_BYTES {
        let kept = [header::CONTENT_TYPE, header::LOCATION, header::ETAG];
        let headers: Map<String, Value> = kept
            .iter()
            .filter_map(|name| Some((name.to_string(), json!(parts.headers.get(name)?.to_str().ok()?))))
            .collect();
        let status = i32::from(status.as_u16());
        idempotency::finish(&mut transaction, user, key, status, &Value::Object(headers), &bytes).await?;
    } else {
        idempotency::release(&mut transaction, user, key).await?;
    }
    transaction.commit().await?;
    Ok(Response::from_parts(parts, Body::from(bytes)))
}

fn replay(status: i32, headers: &Value, body: Vec<u8>) -> Response {
    let status = u16::try_from(status).ok().and_then(|status| StatusCode::from_u16(status).ok());
    let mut response = (status.unwrap_or(StatusCode::OK), body).into_response();
    response.headers_mut().remove(header::CONTENT_TYPE);
    for (name, value) in headers.as_object().into_iter().flatten() {
        let value = value.as_str().and_then(|text| HeaderValue::from_str(text).ok());
        if let (Ok(name), Some(value)) = (HeaderName::try_from(name.as_str()), value) {
            response.headers_mut().insert(name, value);
        }
    }
    response.headers_mut().insert("idempotency-replayed", HeaderValue::from_static("true"));
    response
}
