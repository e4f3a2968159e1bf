//! Bytes as they arrive: kept part by part, and looked at when the last of them is there.

use super::load;
use super::tus::{Checksum, elsewhere, too_many_bytes};
use crate::error::{ApiError, ApiResult};
use crate::intake::Purpose;
use crate::intake::receive::{self, Kept};
use crate::state::ApiState;
use axum::body::{Body, BodyDataStream};
use axum::http::{HeaderMap, StatusCode};
use bytes::{Bytes, BytesMut};
use futures_util::stream::{self, StreamExt, TryStreamExt};
use mv_core::ids::UserId;
use mv_store::db::object_owners;
use mv_store::db::uploads::{self, Upload};
use mv_store::objects::{ObjectKey, Part};
use std::io;
use uuid::Uuid;

/// The size of a part: what a broken connection can lose, and what a request holds in memory.
const PART: usize = 4 << 20;
/// A request with a checksum is held whole until the checksum is known to be right.
const MOST_CHECKED: usize = 16 << 20;

/// Takes bytes until they end, part by part. Gives how many have arrived in all.
pub(super) async fn take(
    state: &ApiState,
    user: UserId,
    mut upload: Upload,
    headers: &HeaderMap,
    body: Body,
) -> ApiResult<i64> {
    let checksum = Checksum::read(headers)?;
    let mut stream = body.into_data_stream();
    if let Some(checksum) = checksum {
        let bytes = whole(&mut stream, upload.declared_bytes - upload.received_bytes).await?;
        checksum.check(&bytes)?;
        add(state, user, &mut upload, bytes).await?;
    } else {
        let mut part = BytesMut::new();
        let mut broken = None;
        while broken.is_none()
            && let Some(bytes) = stream.next().await
        {
            match bytes {
                Ok(bytes) => part.extend_from_slice(&bytes),
                Err(error) => broken = Some(error),
            }
            let arrived = upload.received_bytes + part.len() as i64;
            if arrived > upload.declared_bytes {
                return Err(too_many_bytes());
            }
            if part.len() >= PART {
                add(state, user, &mut upload, part.split().freeze()).await?;
            }
        }
        // What came before the line went dead need not come again.
        if !part.is_empty() {
            add(state, user, &mut upload, part.freeze()).await?;
        }
        if let Some(error) = broken {
            return Err(ApiError::bad_request("cut_off", "the connection broke off")
                .with_hint("ask how much has arrived, and send the rest")
                .caused_by(error));
        }
    }
    if upload.received_bytes == upload.declared_bytes && upload.completed_at.is_none() {
        finish(state, user, &upload).await?;
    }
    Ok(upload.received_bytes)
}

async fn whole(stream: &mut BodyDataStream, room: i64) -> ApiResult<Bytes> {
    let mut all = BytesMut::new();
    while let Some(bytes) = stream.next().await {
        let bytes = bytes
            .map_err(|error| ApiError::bad_request("cut_off", "the connection broke off").caused_by(error))?;
        all.extend_from_slice(&bytes);
        if all.len() as i64 > room {
            return Err(too_many_bytes());
        }
        if all.len() > MOST_CHECKED {
            return Err(ApiError::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "too_large",
                format!("a request with a checksum carries at most {} MiB", MOST_CHECKED >> 20),
            )
            .with_hint("send the file in smaller pieces"));
        }
    }
    Ok(all.freeze())
}

/// Keeps one part. Its row makes it count; a part whose row was never written is swept.
async fn add(state: &ApiState, user: UserId, upload: &mut Upload, bytes: Bytes) -> ApiResult<()> {
    let count = bytes.len() as i64;
    if count == 0 {
        return Ok(());
    }
    // Parts are ordered by the row, not by name: a fresh name is never taken.
    let name = Uuid::new_v4().as_u64_pair().0 as u32;
    let key = ObjectKey::upload_part(upload.id, name);
    state.objects.put(&key, bytes, "application/octet-stream").await?;
    let mut transaction = state.db.person(user).await?;
    let came =
        uploads::append(&mut transaction, upload.id, upload.received_bytes, key.as_str(), count).await?;
    transaction.commit().await?;
    if !came {
        receive::forget(state, &key).await;
        let found = load(state, user, upload.id.0).await?;
        return Err(elsewhere(found.received_bytes));
    }
    upload.received_bytes += count;
    upload.parts.push(key.into());
    Ok(())
}

/// Looks at the whole file and keeps it. One that is not what it should be is removed.
async fn finish(state: &ApiState, user: UserId, upload: &Upload) -> ApiResult<()> {
    let purpose = Purpose::from_word(&upload.purpose).unwrap_or(Purpose::Song);
    let keys: Vec<ObjectKey> =
        upload.parts.iter().map(|key| key.parse()).collect::<Result<_, _>>().map_err(ApiError::internal)?;
    let objects = state.objects.clone();
    let parts = stream::iter(keys)
        .then(move |key| {
            let objects = objects.clone();
            async move { objects.get(&key, Part::All).await.map(|reading| reading.bytes) }
        })
        .try_flatten()
        .map_err(io::Error::other)
        .boxed();
    let kept = receive::keep(state, user, purpose, parts).await;
    let mut transaction = state.db.person(user).await?;
    match &kept {
        Ok(Kept { key, media_type, hash, bytes }) => {
            object_owners::note(&mut transaction, key.as_str(), user, *bytes as i64, media_type).await?;
            uploads::complete(&mut transaction, upload.id, key.as_str(), media_type, hash, state.clock.now())
                .await?;
        }
        Err(error) if error.status().is_client_error() => {
            uploads::remove(&mut transaction, upload.id).await?;
        }
        // Ours to mend: the parts stay, and the client's next try finishes.
        Err(_) => return kept.map(drop),
    }
    transaction.commit().await?;
    remove_parts(state, &upload.parts).await;
    kept.map(drop)
}

pub(super) async fn remove_parts(state: &ApiState, parts: &[String]) {
    for part in parts {
        if let Ok(key) = part.parse() {
            receive::forget(state, &key).await;
        }
    }
}
