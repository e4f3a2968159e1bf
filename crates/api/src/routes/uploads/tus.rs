//! The headers of tus 1.0.0: what a request says in them, and what an answer says back.

use crate::error::{ApiError, ApiResult};
use crate::intake::{FileName, LARGEST, Purpose};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use garde::Validate;
use ring::digest;

pub(super) const VERSION: HeaderValue = HeaderValue::from_static("1.0.0");
pub(super) const RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
pub(super) const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
pub(super) const LENGTH: HeaderName = HeaderName::from_static("upload-length");
const EXPIRES: HeaderName = HeaderName::from_static("upload-expires");

/// What of tus is spoken here, told to whoever asks with OPTIONS; pages of other origins ask the same way what they may.
pub(crate) async fn discover(request: Request, next: Next) -> Response {
    let asks = request.method() == Method::OPTIONS && request.uri().path().starts_with("/api/uploads");
    let mut response = next.run(request).await;
    if asks {
        let headers = response.headers_mut();
        headers.insert(RESUMABLE, VERSION);
        for (name, value) in [
            ("tus-version", "1.0.0"),
            ("tus-extension", "creation,creation-with-upload,expiration,termination,checksum"),
            ("tus-checksum-algorithm", "sha1,sha256"),
        ] {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        headers.insert(HeaderName::from_static("tus-max-size"), HeaderValue::from(LARGEST));
    }
    response
}

pub(super) struct Metadata {
    pub(super) filename: String,
    pub(super) purpose: Purpose,
}

impl Metadata {
    /// `Upload-Metadata`: pairs of a word and a base64 value, divided by commas.
    pub(super) fn read(headers: &HeaderMap) -> ApiResult<Self> {
        let text = headers.get("upload-metadata").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let (mut filename, mut purpose) = (None, Purpose::Song);
        for pair in text.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
            let (name, encoded) = pair.split_once(' ').unwrap_or((pair, ""));
            let decoded =
                STANDARD.decode(encoded.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            let Some(decoded) = decoded else {
                return Err(ApiError::bad_request(
                    "upload_metadata",
                    format!("`{name}` is not UTF-8 in base64"),
                ));
            };
            match name {
                "filename" => filename = Some(decoded),
                "purpose" => {
                    purpose = Purpose::from_word(&decoded).ok_or_else(|| {
                        ApiError::invalid("purpose", "must be song, photo, avatar, still or clip")
                    })?;
                }
                _ => {}
            }
        }
        let filename = FileName(filename.unwrap_or_default());
        filename.validate().map_err(|report| {
            ApiError::invalid(
                "filename",
                report.iter().map(|(_, error)| error.message().to_owned()).collect::<Vec<_>>().join("; "),
            )
        })?;
        Ok(Self { filename: filename.0, purpose })
    }
}

pub(super) struct Checksum {
    algorithm: &'static digest::Algorithm,
    wanted: Vec<u8>,
}

impl Checksum {
    pub(super) fn read(headers: &HeaderMap) -> ApiResult<Option<Self>> {
        let Some(value) = headers.get("upload-checksum") else { return Ok(None) };
        let wrong = || {
            ApiError::bad_request(
                "upload_checksum",
                "`Upload-Checksum` must be `sha1` or `sha256` and a digest in base64",
            )
        };
        let (name, encoded) = value.to_str().ok().and_then(|text| text.split_once(' ')).ok_or_else(wrong)?;
        let algorithm = match name {
            "sha1" => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            "sha256" => &digest::SHA256,
            _ => return Err(wrong()),
        };
        let wanted = STANDARD.decode(encoded.trim()).map_err(|_| wrong())?;
        Ok(Some(Self { algorithm, wanted }))
    }

    pub(super) fn check(&self, bytes: &[u8]) -> ApiResult<()> {
        if digest::digest(self.algorithm, bytes).as_ref() == self.wanted {
            return Ok(());
        }
        let mismatch = StatusCode::from_u16(460).unwrap_or(StatusCode::BAD_REQUEST);
        Err(ApiError::new(mismatch, "checksum_mismatch", "the bytes were changed on their way")
            .with_hint("send them again"))
    }
}

pub(super) fn speaks_tus(headers: &HeaderMap) -> ApiResult<()> {
    if headers.get(&RESUMABLE).is_some_and(|version| *version == VERSION) {
        return Ok(());
    }
    Err(ApiError::new(StatusCode::PRECONDITION_FAILED, "tus_version", "`Tus-Resumable` must be `1.0.0`")
        .with_header(HeaderName::from_static("tus-version"), VERSION))
}

pub(super) fn number(headers: &HeaderMap, name: &HeaderName) -> ApiResult<Option<i64>> {
    let Some(value) = headers.get(name) else { return Ok(None) };
    let number = value.to_str().ok().and_then(|text| text.parse().ok()).filter(|number| *number >= 0);
    number
        .map(Some)
        .ok_or_else(|| ApiError::bad_request("bad_number", format!("`{name}` is not a number of bytes")))
}

pub(super) fn elsewhere(offset: i64) -> ApiError {
    ApiError::conflict("upload_offset", format!("{offset} bytes have arrived: go on from there"))
        .with("offset", offset.into())
        .with_header(OFFSET, HeaderValue::from(offset))
}

pub(super) fn too_many_bytes() -> ApiError {
    ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "more bytes came than `Upload-Length` said")
}

pub(super) fn answer(
    status: StatusCode,
    offset: i64,
    length: Option<i64>,
    expires: Option<DateTime<Utc>>,
) -> Response {
    let mut response = (status, [(RESUMABLE, VERSION), (OFFSET, HeaderValue::from(offset))]).into_response();
    let headers = response.headers_mut();
    if let Some(length) = length {
        headers.insert(LENGTH, HeaderValue::from(length));
    }
    if let Some(expires) = expires {
        headers.insert(EXPIRES, value(&expires.format("%a, %d %b %Y %H:%M:%S GMT").to_string()));
    }
    response
}

pub(super) fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static(""))
}
