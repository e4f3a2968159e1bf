//! How long a request may take: half a minute, or longer while a file is coming in.

use crate::error::ApiError;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::time::Duration;

const USUAL: Duration = Duration::from_secs(30);
const UPLOAD: Duration = Duration::from_mins(15);

pub(super) async fn limit(request: Request, next: Next) -> Response {
    let brings_file = request
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| !kind.as_bytes().starts_with(b"application/json"));
    let patience = if brings_file { UPLOAD } else { USUAL };
    match tokio::time::timeout(patience, next.run(request)).await {
        Ok(response) => response,
        Err(_) => ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "too_slow", "the answer took too long")
            .with_hint("try again in a few seconds")
            .into_response(),
    }
}
