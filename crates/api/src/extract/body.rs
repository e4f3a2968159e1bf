//! JSON bodies: read, then checked against the rules of their type.

use crate::error::{ApiError, FieldError};
use axum::body::Bytes;
use axum::extract::{FromRequest, OptionalFromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use garde::Validate;
use serde::de::DeserializeOwned;

/// A JSON body that keeps the rules of its type.
///
/// 400 when it is not JSON, 413 when it is too large, 415 when it does not say that it is JSON, 422 with the fields'
/// paths when something in it is wrong.
#[derive(Clone, Copy, Debug)]
pub struct ValidJson<T>(pub T);

impl<S, T> FromRequest<S> for ValidJson<T>
where
    S: Send + Sync,
    T: DeserializeOwned + Validate<Context = ()>,
{
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        if !is_json(request.headers()) {
            return Err(ApiError::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_media_type",
                "the body must be JSON",
            )
            .with_hint("send it with `Content-Type: application/json`"));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection| {
            if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
                ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "the body is too large")
            } else {
                ApiError::bad_request("cut_off", "the body ended too early")
            }
        })?;
        let mut json = serde_json::Deserializer::from_slice(&bytes);
        let value: T = serde_path_to_error::deserialize(&mut json).map_err(|error| {
            let (path, cause) = (error.path().to_string(), error.into_inner());
            if cause.is_data() {
                ApiError::invalid(named(&path), told(&cause))
            } else {
                ApiError::bad_request("not_json", format!("the body is not JSON: {cause}"))
            }
        })?;
        json.end().map_err(|cause| {
            ApiError::bad_request("not_json", format!("something follows the JSON: {cause}"))
        })?;
        value.validate().map_err(|report| ApiError::invalid_fields(field_errors(&report)))?;
        Ok(Self(value))
    }
}

/// A body that need not be there: without a `Content-Type` there is none.
impl<S, T> OptionalFromRequest<S> for ValidJson<T>
where
    S: Send + Sync,
    T: DeserializeOwned + Validate<Context = ()>,
{
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Option<Self>, ApiError> {
        if !request.headers().contains_key(header::CONTENT_TYPE) {
            return Ok(None);
        }
        <Self as FromRequest<S>>::from_request(request, state).await.map(Some)
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(essence) = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .map(|value| value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
    else {
        return false;
    };
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

/// The field's path, or a word for the whole body.
fn named(path: &str) -> &str {
    if path == "." { "body" } else { path }
}

/// serde's message without the line and column, which are of no use beside the path.
fn told(cause: &serde_json::Error) -> String {
    let text = cause.to_string();
    text.rsplit_once(" at line ").map_or(text.clone(), |(message, _)| message.to_owned())
}

pub(crate) fn field_errors(report: &garde::Report) -> Vec<FieldError> {
    report
        .iter()
        .map(|(path, error)| {
            let path = path.to_string();
            let field = if path.is_empty() { "body".to_owned() } else { path };
            FieldError { field, message: error.message().to_owned() }
        })
        .collect()
}
