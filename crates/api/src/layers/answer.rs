//! The outermost layer: gives each request an id and a span, counts it, and writes refusals as problem documents.

use crate::error::{ApiError, Cause, Problem};
use axum::Json;
use axum::body::Body;
use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::any::Any;
use std::time::Instant;
use tracing::Instrument;
use uuid::Uuid;

const REQUEST_ID: &str = "x-request-id";

pub(super) async fn finish(request: Request, next: Next) -> Response {
    let began = Instant::now();
    let id = request_id(&request);
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let route = route.unwrap_or_else(|| "unmatched".to_owned());
    let span = tracing::info_span!(
        "request",
        request.id = %id,
        http.method = %method,
        http.route = %route,
        http.status = tracing::field::Empty,
        user.id = tracing::field::Empty,
    );
    let mut response = async {
        let response = next.run(request).await;
        told(response, &method, &id)
    }
    .instrument(span.clone())
    .await;
    if let Ok(value) = HeaderValue::try_from(id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    let status = response.status().as_u16();
    span.record("http.status", status);
    count(&method, route, status, began);
    response
}

fn count(method: &Method, route: String, status: u16, began: Instant) {
    // Strangers may send any method: only the known ones become labels.
    let method = match method.as_str() {
        word @ ("GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS") => word.to_owned(),
        _ => "OTHER".to_owned(),
    };
    let labels = [("method", method), ("route", route), ("status", format!("{}xx", status / 100))];
    metrics::counter!("http_requests_total", &labels).increment(1);
    metrics::histogram!("http_request_duration_seconds", &labels).record(began.elapsed().as_secs_f64());
}

/// The client's own id when it is a sensible one, so that its log and ours can be laid side by side.
fn request_id(request: &Request) -> String {
    let sensible = |text: &&str| {
        (8..=64).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
    };
    let given = request.headers().get(REQUEST_ID).and_then(|value| value.to_str().ok()).filter(sensible);
    given.map_or_else(|| Uuid::new_v4().to_string(), str::to_owned)
}

/// Writes a refusal's document, also for those that the web framework made.
fn told(mut response: Response, method: &Method, id: &str) -> Response {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    let cause = response.extensions_mut().remove::<Cause>();
    let problem = match response.extensions_mut().remove::<Problem>() {
        Some(problem) => problem,
        None if is_unwritten(&response) => {
            let (parts, _) = response.into_parts();
            let mut plain = framework_refusal(status).into_response();
            plain.headers_mut().extend(parts.headers.into_iter().filter_map(|(name, value)| {
                let name = name?;
                (name != header::CONTENT_TYPE && name != header::CONTENT_LENGTH).then_some((name, value))
            }));
            response = plain;
            match response.extensions_mut().remove::<Problem>() {
                Some(problem) => problem,
                None => return response,
            }
        }
        None => return response,
    };
    if let Some(Cause(cause)) = cause {
        if status.is_server_error() {
            tracing::error!(error = %cause, error.code = problem.code, "the request failed");
        } else {
            tracing::debug!(error = %cause, error.code = problem.code, "the request was refused");
        }
    }
    let problem = Problem { request_id: Some(id.to_owned()), ..problem };
    let (mut parts, _) = response.into_parts();
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    parts.headers.remove(header::CONTENT_LENGTH);
    let body = if method == Method::HEAD { Body::empty() } else { Json(problem).into_response().into_body() };
    Response::from_parts(parts, body)
}

/// Whether the framework made this refusal: it says nothing, or a line of text.
fn is_unwritten(response: &Response) -> bool {
    response.headers().get(header::CONTENT_TYPE).is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"))
}

fn framework_refusal(status: StatusCode) -> ApiError {
    match status {
        StatusCode::NOT_FOUND => ApiError::not_found("address"),
        StatusCode::METHOD_NOT_ALLOWED => {
            ApiError::new(status, "method_not_allowed", "this address does not take that method")
        }
        StatusCode::PAYLOAD_TOO_LARGE => ApiError::new(status, "too_large", "the body is too large"),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            ApiError::new(status, "unsupported_media_type", "the body is of a type that is not taken here")
        }
        _ if status.is_server_error() => {
            ApiError::new(status, "internal", "something went wrong on our side")
        }
        _ => ApiError::new(status, "bad_request", "the request cannot be read"),
    }
}

/// A panic in a handler is a defect, but not the end of the server.
#[expect(clippy::needless_pass_by_value, reason = "the layer that catches it hands it over")]
pub(super) fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    let told = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no message");
    ApiError::internal(Panicked(told.to_owned())).into_response()
}

#[derive(Debug, thiserror::Error)]
#[error("a handler panicked: {0}")]
struct Panicked(String);
