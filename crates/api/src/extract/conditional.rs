//! `ETag` and `If-Match`: an edit says which version it was made on.

use crate::error::ApiError;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, header};

/// The version that an edit was made on, from `If-Match`; `None` when the client did not say, or said `*`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IfMatch(pub Option<i32>);

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let Some(value) = parts.headers.get(header::IF_MATCH) else { return Ok(Self(None)) };
        let text = value.to_str().unwrap_or_default().trim();
        if text == "*" {
            return Ok(Self(None));
        }
        let version = text
            .trim_start_matches("W/")
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'))
            .and_then(|digits| digits.parse().ok());
        match version {
            Some(version) => Ok(Self(Some(version))),
            None => Err(ApiError::bad_request("bad_if_match", format!("`{text}` is not an ETag of ours"))
                .with_hint("send the `ETag` header's value as it came")),
        }
    }
}

impl IfMatch {
    /// Whether the edit was made on this version.
    ///
    /// # Errors
    /// 412 when it was made on another one.
    pub fn check(self, found: i32) -> Result<(), ApiError> {
        match self.0 {
            Some(expected) if expected != found => Err(ApiError::changed(expected, found)),
            _ => Ok(()),
        }
    }
}

/// The `ETag` header of this version.
pub fn etag(version: i32) -> (HeaderName, HeaderValue) {
    let value = HeaderValue::try_from(format!("\"{version}\""));
    (header::ETAG, value.unwrap_or(HeaderValue::from_static("\"0\"")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Request;

    async fn read(value: &str) -> Result<Option<i32>, u16> {
        let (mut parts, ()) = Request::builder().header("if-match", value).body(()).unwrap().into_parts();
        IfMatch::from_request_parts(&mut parts, &()).await.map(|m| m.0).map_err(|e| e.status().as_u16())
    }

    #[tokio::test]
    async fn versions_are_read_as_they_were_written() {
        assert_eq!(read(etag(7).1.to_str().unwrap()).await, Ok(Some(7)));
        assert_eq!(read("W/\"12\"").await, Ok(Some(12)));
        assert_eq!(read("*").await, Ok(None));
        for wrong in ["7", "\"x\"", "\"1\", \"2\"", "\"99999999999\""] {
            assert_eq!(read(wrong).await, Err(400), "{wrong}");
        }
    }
}
