//! Objects on the local disk, for whoever holds a signed address. Objects in S3 are read from there.

use crate::error::{ApiError, ApiResult};
use crate::state::ApiState;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::TryStreamExt;
use mv_store::objects::{BadAddress, ObjectError, Part, save_as};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(read))
}

/// Reads a file, or a range of it. Addresses are made by the calls that name a file.
#[utoipa::path(
    get, path = "/files/{*key}", tag = "files",
    params(
        ("key" = String, Path),
        ("expires" = Option<String>, Query),
        ("type" = Option<String>, Query),
        ("name" = Option<String>, Query),
        ("signature" = Option<String>, Query),
        ("Range" = Option<String>, Header, example = "bytes=0-1023"),
    ),
    responses(
        (status = 200, description = "The file", body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 206, description = "A range of it", body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 304, description = "The file that the client has"),
        (status = 403, body = crate::error::Problem, content_type = "application/problem+json", description = "The address is not valid, or not any more"),
        (status = 416, body = crate::error::Problem, content_type = "application/problem+json", description = "The file has no such range"),
    )
)]
async fn read(
    State(state): State<ApiState>,
    Path(key): Path<String>,
    headers: HeaderMap,
    request: Request,
) -> ApiResult<Response> {
    let query = request.uri().query().unwrap_or_default();
    // An address signed for reading lets its size be asked for too.
    let permit = state.objects.verify("GET", &key, query).map_err(|error| match error {
        BadAddress::Expired => ApiError::forbidden("link_expired", "this link has expired")
            .with_hint("open the page again: it gives a fresh one"),
        BadAddress::Forged => ApiError::forbidden("link_invalid", "this link is not valid"),
    })?;
    // Objects never change, so a key names its bytes.
    let tag =
        HeaderValue::from_str(&format!("\"{}\"", blake3::hash(permit.key.as_str().as_bytes()).to_hex()))
            .map_err(ApiError::internal)?;
    let seconds = (permit.until - state.clock.now()).num_seconds().max(0);
    let caching = HeaderValue::from_str(&format!("private, max-age={seconds}, immutable"))
        .map_err(ApiError::internal)?;
    if headers.get(header::IF_NONE_MATCH) == Some(&tag) {
        let head = [(header::ETAG, tag), (header::CACHE_CONTROL, caching)];
        return Ok((StatusCode::NOT_MODIFIED, head).into_response());
    }
    let total = state.objects.head(&permit.key).await?.bytes;
    let wanted = headers.get(header::RANGE).and_then(|range| range.to_str().ok()).and_then(one_range);
    let (status, part) = match wanted {
        Some(part) => (StatusCode::PARTIAL_CONTENT, part),
        None => (StatusCode::OK, Part::All),
    };
    let reading = match state.objects.get(&permit.key, part).await {
        Err(ObjectError::Range { bytes, .. }) => {
            let range = HeaderValue::from_str(&format!("bytes */{bytes}")).map_err(ApiError::internal)?;
            return Err(ApiError::new(
                StatusCode::RANGE_NOT_SATISFIABLE,
                "range",
                format!("the file has {bytes} bytes"),
            )
            .with_header(header::CONTENT_RANGE, range));
        }
        other => other?,
    };
    let range = reading.range.clone();
    let body = if request.method() == Method::HEAD {
        Body::empty()
    } else {
        Body::from_stream(reading.bytes.map_err(std::io::Error::other))
    };
    let mut response = (status, body).into_response();
    let answer = response.headers_mut();
    let text = |text: &str| HeaderValue::from_str(text).map_err(ApiError::internal);
    answer.insert(header::CONTENT_TYPE, text(&permit.media_type)?);
    answer.insert(header::CONTENT_LENGTH, HeaderValue::from(range.end - range.start));
    answer.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    answer.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    answer.insert(header::ETAG, tag);
    answer.insert(header::CACHE_CONTROL, caching);
    if status == StatusCode::PARTIAL_CONTENT {
        answer.insert(
            header::CONTENT_RANGE,
            text(&format!("bytes {}-{}/{total}", range.start, range.end.saturating_sub(1)))?,
        );
    }
    if let Some(name) = &permit.save_as {
        answer.insert(header::CONTENT_DISPOSITION, text(&save_as(name))?);
    }
    Ok(response)
}

/// A single range of bytes (RFC 9110). Several at once, and what cannot be read, are answered with the whole file.
fn one_range(text: &str) -> Option<Part> {
    let (first, last) = text.strip_prefix("bytes=")?.trim().split_once('-')?;
    match (first.is_empty(), last.is_empty()) {
        (false, true) => Some(Part::From(first.parse().ok()?)),
        (true, false) => Some(Part::Last(last.parse().ok()?)),
        (false, false) => {
            let (first, last): (u64, u64) = (first.parse().ok()?, last.parse().ok()?);
            (first <= last).then(|| Part::Between(first, last.saturating_add(1)))
        }
        (true, true) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_browsers_write_them() {
        assert_eq!(one_range("bytes=0-99"), Some(Part::Between(0, 100)));
        assert_eq!(one_range("bytes=100-"), Some(Part::From(100)));
        assert_eq!(one_range("bytes=-5"), Some(Part::Last(5)));
        for whole in ["bytes=-", "bytes=5-2", "bytes=0-1,4-5", "items=0-1", "bytes=a-b", ""] {
            assert_eq!(one_range(whole), None, "{whole}");
        }
    }
}
