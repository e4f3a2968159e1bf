//! Taking a file in: its bytes go to the object store as they come, and stay only if they are what they should be.

use super::sniff::{self, LOOK};
use super::{LARGEST, Purpose, photo};
use crate::error::{ApiError, ApiResult};
use crate::state::ApiState;
use axum::http::StatusCode;
use bytes::Bytes;
use futures_util::stream::{BoxStream, StreamExt};
use mv_core::ids::{UploadId, UserId};
use mv_store::objects::{ObjectError, ObjectKey};
use std::io;
use tokio::sync::Semaphore;
use uuid::Uuid;

/// Photos opened at once: each may take half a gigabyte.
static OPEN_PHOTOS: Semaphore = Semaphore::const_new(2);

/// A file that was taken in and lies where it stays.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    pub(crate) key: ObjectKey,
    pub(crate) media_type: &'static str,
    /// BLAKE3 of what is kept, hex.
    pub(crate) hash: String,
    pub(crate) bytes: u64,
}

/// Takes a file in for a person. The caller notes in the database whose it is.
///
/// # Errors
/// 413 when it is too large, 415 when it is not what the purpose allows, 422 for a photo that cannot be opened.
pub(crate) async fn keep(
    state: &ApiState,
    user: UserId,
    purpose: Purpose,
    stream: BoxStream<'_, io::Result<Bytes>>,
) -> ApiResult<Kept> {
    if purpose.is_picture() {
        keep_picture(state, user, purpose, stream).await
    } else {
        keep_as_it_came(state, user, purpose, stream).await
    }
}

async fn keep_as_it_came(
    state: &ApiState,
    user: UserId,
    purpose: Purpose,
    stream: BoxStream<'_, io::Result<Bytes>>,
) -> ApiResult<Kept> {
    let mut hasher = blake3::Hasher::new();
    let mut start = Vec::with_capacity(LOOK);
    let watched = stream
        .inspect(|bytes| {
            if let Ok(bytes) = bytes {
                hasher.update(bytes);
                let wanted = LOOK.saturating_sub(start.len()).min(bytes.len());
                start.extend_from_slice(&bytes[..wanted]);
            }
        })
        .boxed();
    let arriving = ObjectKey::upload_part(UploadId(Uuid::new_v4()), 0);
    let bytes = state.objects.put_stream(&arriving, watched, "application/octet-stream", LARGEST).await?;
    let kept = async {
        let media_type = sniff::media_type(purpose, &start).ok_or_else(|| not_what_it_should_be(purpose))?;
        let hash = hasher.finalize().to_hex().to_string();
        let key = match purpose {
            Purpose::Clip => format!("clips/{user}/{hash}.{}", sniff::extension(media_type))
                .parse()
                .map_err(ApiError::internal)?,
            _ => ObjectKey::song(user, &hash).map_err(ApiError::internal)?,
        };
        match state.objects.copy(&arriving, &key).await {
            // The same file, sent before.
            Ok(()) | Err(ObjectError::Exists(_)) => {}
            Err(error) => return Err(error.into()),
        }
        Ok(Kept { key, media_type, hash, bytes })
    };
    let kept = kept.await;
    forget(state, &arriving).await;
    kept
}

async fn keep_picture(
    state: &ApiState,
    user: UserId,
    purpose: Purpose,
    stream: BoxStream<'_, io::Result<Bytes>>,
) -> ApiResult<Kept> {
    let mut stream = stream;
    let mut bytes = Vec::new();
    while let Some(part) = stream.next().await {
        bytes.extend_from_slice(&part.map_err(ObjectError::Cut)?);
        if bytes.len() as u64 > LARGEST {
            return Err(ObjectError::TooLarge { limit: LARGEST }.into());
        }
    }
    if sniff::media_type(purpose, &bytes).is_none() {
        return Err(not_what_it_should_be(purpose));
    }
    let place = OPEN_PHOTOS.acquire().await.map_err(ApiError::internal)?;
    let remade =
        tokio::task::spawn_blocking(move || photo::remake(&bytes)).await.map_err(ApiError::internal)?;
    drop(place);
    let ours = remade.map_err(|error| {
        ApiError::invalid("file", error.to_string())
            .with_hint("choose a JPEG, PNG or WebP photo of at most 60 megapixels")
    })?;
    let hash = blake3::hash(&ours).to_hex().to_string();
    let key = ObjectKey::photo(user, &hash).map_err(ApiError::internal)?;
    let size = ours.len() as u64;
    match state.objects.put(&key, ours.into(), "image/jpeg").await {
        Ok(()) | Err(ObjectError::Exists(_)) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(Kept { key, media_type: "image/jpeg", hash, bytes: size })
}

fn not_what_it_should_be(purpose: Purpose) -> ApiError {
    let (what, hint) = match purpose {
        Purpose::Song => ("a song", "send it as MP3, WAV, FLAC, AAC, M4A or Ogg"),
        Purpose::Clip => ("a video", "send it as MP4, MOV or WebM"),
        Purpose::Photo | Purpose::Avatar | Purpose::Still => ("a picture", "send it as JPEG, PNG or WebP"),
    };
    ApiError::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "unsupported_media_type",
        format!("by its bytes, the file is not {what} of a kind that is taken here"),
    )
    .with_hint(hint)
}

/// Removes what is not needed any more; the sweep takes what could not be removed.
pub(crate) async fn forget(state: &ApiState, key: &ObjectKey) {
    if let Err(error) = state.objects.delete(key).await {
        tracing::warn!(object.key = %key, %error, "a part of an upload was left behind");
    }
}
