//! Signed addresses of objects, for whoever may see what they belong to.

use crate::error::{ApiError, ApiResult};
use crate::state::ApiState;
use mv_store::objects::{Method, ObjectError, ObjectKey, Use};
use std::time::Duration;

/// How long a page may go on using an address that it was given.
const VALID: Duration = Duration::from_hours(2);

/// An address that shows the object; `None` when there is none.
pub(crate) async fn show(state: &ApiState, key: Option<&str>) -> ApiResult<Option<String>> {
    match key {
        Some(key) => sign(state, key, media_type_of(key), None).await.map(Some),
        None => Ok(None),
    }
}

/// An address of the object, saved under a name when one is given.
pub(crate) async fn sign(
    state: &ApiState,
    key: &str,
    media_type: &str,
    save_as: Option<&str>,
) -> ApiResult<String> {
    let key: ObjectKey = key.parse().map_err(ApiError::internal)?;
    let allowed = Use { method: Method::Get, media_type, save_as, valid: VALID };
    Ok(state.objects.sign(&key, &allowed).await?.into())
}

/// By the name: the keys are of our own making.
fn media_type_of(key: &str) -> &'static str {
    match key.rsplit_once('.').map(|(_, ending)| ending) {
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("png") => "image/png",
        Some("webp") => "image/webp",
        Some("mp4") => "video/mp4",
        Some("webm") => "video/webm",
        Some("mov") => "video/quicktime",
        Some("json") => "application/json",
        Some("vtt") => "text/vtt",
        _ => "application/octet-stream",
    }
}

impl From<ObjectError> for ApiError {
    fn from(error: ObjectError) -> Self {
        use axum::http::StatusCode;
        match error {
            ObjectError::NotFound(_) => Self::not_found("file"),
            ObjectError::TooLarge { limit } => Self::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "too_large",
                format!("the file has more than {} MiB", limit >> 20),
            ),
            ObjectError::Range { bytes, .. } => {
                Self::new(StatusCode::RANGE_NOT_SATISFIABLE, "range", format!("the file has {bytes} bytes"))
            }
            ObjectError::Cut(_) => {
                Self::bad_request("cut_off", "the file did not arrive whole").with_hint("send the rest again")
            }
            ObjectError::DiskFull | ObjectError::Unavailable(_) => Self::unavailable(error),
            ObjectError::Exists(_) => Self::conflict("conflict", "it is there already").caused_by(error),
            ObjectError::Denied(_) | ObjectError::Settings(_) => Self::internal(error),
        }
    }
}
