//! Resumable uploads by tus 1.0 (creation, creation-with-upload, expiration, termination, checksum). What has arrived is
//! kept part by part, so that after a broken connection, or a restart of ours, the rest is enough.

use crate::error::{ApiError, ApiResult};
use crate::extract::{ApiPath, SignedIn};
use crate::intake::receive::{self, Kept};
use crate::intake::{FileName, LARGEST, Purpose};
use crate::state::ApiState;
use axum::Json;
use axum::body::{Body, BodyDataStream};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::{Bytes, BytesMut};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::stream::{self, StreamExt, TryStreamExt};
use garde::Validate;
use mv_core::ids::{UploadId, UserId};
use mv_store::db::object_owners;
use mv_store::db::uploads::{self, Upload};
use mv_store::objects::{ObjectError, ObjectKey, Part};
use ring::digest;
use serde::Serialize;
use std::io;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(create)).routes(routes!(offset, append, show, terminate))
}

/// Unfinished uploads a person may have at once.
const MOST_OPEN: i64 = 20;
/// How long an unfinished upload waits for its rest.
const PATIENCE: TimeDelta = TimeDelta::hours(24);
/// The size of a part: what a broken connection can lose, and what a request holds in memory.
const PART: usize = 4 << 20;
/// A request with a checksum is held whole until the checksum is known to be right.
const MOST_CHECKED: usize = 16 << 20;

const VERSION: HeaderValue = HeaderValue::from_static("1.0.0");
const RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const LENGTH: HeaderName = HeaderName::from_static("upload-length");
const EXPIRES: HeaderName = HeaderName::from_static("upload-expires");

/// A file that arrives, or has arrived.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UploadInfo {
    id: Uuid,
    purpose: Purpose,
    #[schema(example = "summer-night.mp3")]
    filename: String,
    #[schema(example = 4_194_304)]
    size_bytes: i64,
    received_bytes: i64,
    /// Whole, and found to be what it should be.
    complete: bool,
    /// By its bytes.
    #[schema(example = "audio/mpeg")]
    media_type: Option<String>,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
}

impl From<Upload> for UploadInfo {
    fn from(upload: Upload) -> Self {
        Self {
            id: upload.id.0,
            purpose: Purpose::from_word(&upload.purpose).unwrap_or(Purpose::Song),
            filename: upload.filename,
            size_bytes: upload.declared_bytes,
            received_bytes: upload.received_bytes,
            complete: upload.completed_at.is_some(),
            media_type: upload.media_type,
            created_at: upload.created_at,
            expires_at: upload.expires_at,
        }
    }
}

/// Opens an upload, and takes its first bytes when they come along.
#[utoipa::path(
    post, path = "/api/uploads", tag = "uploads", security(("session" = []), ("api_key" = [])),
    params(
        ("Tus-Resumable" = String, Header, example = "1.0.0"),
        ("Upload-Length" = i64, Header, description = "Bytes of the whole file, at most 52 428 800"),
        ("Upload-Metadata" = String, Header, description = "`filename` and `purpose` (song, photo, avatar, still, clip), in base64",
            example = "filename c29uZy5tcDM=,purpose c29uZw=="),
    ),
    responses(
        (status = 201, description = "Opened", headers(
            ("Location" = String, description = "Where to send the bytes"), ("Upload-Expires" = String))),
        (status = 412, body = crate::error::Problem, content_type = "application/problem+json", description = "Not tus 1.0.0"),
        (status = 413, body = crate::error::Problem, content_type = "application/problem+json", description = "Too large"),
        (status = 415, body = crate::error::Problem, content_type = "application/problem+json", description = "Not what it should be"),
        (status = 460, body = crate::error::Problem, content_type = "application/problem+json", description = "The checksum does not match"),
    )
)]
async fn create(
    State(state): State<ApiState>,
    who: SignedIn,
    headers: HeaderMap,
    body: Body,
) -> ApiResult<Response> {
    speaks_tus(&headers)?;
    let length = number(&headers, &LENGTH)?.filter(|length| *length > 0).ok_or_else(|| {
        ApiError::bad_request("upload_length", "`Upload-Length` must say how many bytes will come")
    })?;
    if length as u64 > LARGEST {
        return Err(ObjectError::TooLarge { limit: LARGEST }.into());
    }
    let metadata = Metadata::read(&headers)?;
    let expires_at = state.clock.now() + PATIENCE;
    let mut transaction = state.db.person(who.user()).await?;
    let opened = uploads::open(
        &mut transaction,
        who.user(),
        metadata.purpose.word(),
        &metadata.filename,
        length,
        expires_at,
        MOST_OPEN,
    )
    .await?;
    let id = opened.ok_or_else(|| {
        ApiError::conflict("too_many_uploads", format!("{MOST_OPEN} uploads of yours are unfinished"))
            .with_hint("finish them, or end those that you do not need")
    })?;
    let upload = uploads::get(&mut transaction, id).await?;
    transaction.commit().await?;
    let received =
        if headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/offset+octet-stream") {
            take(&state, who.user(), upload, &headers, body).await?
        } else {
            0
        };
    let location = state.config.public_url.join(&format!("/api/uploads/{id}")).map_err(ApiError::internal)?;
    let mut response = answer(StatusCode::CREATED, received, None, Some(expires_at));
    response.headers_mut().insert(header::LOCATION, value(location.as_str()));
    Ok(response)
}

/// How much of the file has arrived.
#[utoipa::path(
    head, path = "/api/uploads/{id}", tag = "uploads", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path), ("Tus-Resumable" = String, Header, example = "1.0.0")),
    responses(
        (status = 200, description = "Where to go on", headers(("Upload-Offset" = i64), ("Upload-Length" = i64))),
        (status = 410, body = crate::error::Problem, content_type = "application/problem+json", description = "Its time is over"),
        (status = 412, body = crate::error::Problem, content_type = "application/problem+json", description = "Not tus 1.0.0"),
    )
)]
async fn offset(
    State(state): State<ApiState>,
    who: SignedIn,
    headers: HeaderMap,
    ApiPath(id): ApiPath<Uuid>,
) -> ApiResult<Response> {
    speaks_tus(&headers)?;
    let upload = load(&state, who.user(), id).await?;
    let expires = upload.completed_at.is_none().then_some(upload.expires_at);
    let mut response = answer(StatusCode::OK, upload.received_bytes, Some(upload.declared_bytes), expires);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// What is known of the file.
#[utoipa::path(
    get, path = "/api/uploads/{id}", tag = "uploads", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path)),
    responses(
        (status = 200, body = UploadInfo),
        (status = 410, body = crate::error::Problem, content_type = "application/problem+json", description = "Its time is over"),
    )
)]
async fn show(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
) -> ApiResult<Json<UploadInfo>> {
    Ok(Json(load(&state, who.user(), id).await?.into()))
}

/// Takes the next bytes. With the last of them the file is looked at and kept, or refused.
#[utoipa::path(
    patch, path = "/api/uploads/{id}", tag = "uploads", security(("session" = []), ("api_key" = [])),
    params(
        ("id" = Uuid, Path),
        ("Tus-Resumable" = String, Header, example = "1.0.0"),
        ("Upload-Offset" = i64, Header),
        ("Upload-Checksum" = Option<String>, Header, description = "`sha1` or `sha256` and the digest in base64"),
    ),
    request_body(content = Vec<u8>, content_type = "application/offset+octet-stream"),
    responses(
        (status = 204, description = "Taken", headers(("Upload-Offset" = i64))),
        (status = 410, body = crate::error::Problem, content_type = "application/problem+json", description = "Its time is over"),
        (status = 412, body = crate::error::Problem, content_type = "application/problem+json", description = "Not tus 1.0.0"),
        (status = 460, body = crate::error::Problem, content_type = "application/problem+json", description = "The checksum does not match"),
    )
)]
async fn append(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
    headers: HeaderMap,
    body: Body,
) -> ApiResult<Response> {
    speaks_tus(&headers)?;
    if headers.get(header::CONTENT_TYPE).is_none_or(|kind| kind != "application/offset+octet-stream") {
        return Err(ApiError::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            "the bytes must come as `application/offset+octet-stream`",
        ));
    }
    let upload = load(&state, who.user(), id).await?;
    let offset = number(&headers, &OFFSET)?.ok_or_else(|| {
        ApiError::bad_request("upload_offset", "`Upload-Offset` must say where these bytes belong")
    })?;
    if offset != upload.received_bytes {
        return Err(elsewhere(upload.received_bytes));
    }
    let expires = upload.expires_at;
    let received = take(&state, who.user(), upload, &headers, body).await?;
    Ok(answer(StatusCode::NO_CONTENT, received, None, Some(expires)))
}

/// Ends an upload and forgets what has arrived. A file that a project or a character uses stays theirs.
#[utoipa::path(
    delete, path = "/api/uploads/{id}", tag = "uploads", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path)),
    responses((status = 204, description = "Ended"))
)]
async fn terminate(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
) -> ApiResult<Response> {
    let mut transaction = state.db.person(who.user()).await?;
    let parts = uploads::remove(&mut transaction, UploadId(id)).await.map_err(missing)?;
    transaction.commit().await?;
    remove_parts(&state, &parts).await;
    Ok((StatusCode::NO_CONTENT, [(RESUMABLE, VERSION)]).into_response())
}

/// A whole file that this person has sent for this purpose.
///
/// # Errors
/// 422 when there is none; `field` names where the request spoke of it.
pub(crate) async fn finished(
    connection: &mut sqlx::PgConnection,
    id: Uuid,
    purpose: Purpose,
    field: &str,
) -> ApiResult<(Upload, String, String)> {
    let missing =
        || ApiError::invalid(field, format!("there is no finished upload `{id}` of a {}", purpose.word()));
    let upload = match uploads::get(connection, UploadId(id)).await {
        Err(mv_store::StoreError::NotFound) => return Err(missing()),
        other => other?,
    };
    match (upload.object_key.clone(), upload.content_hash.clone()) {
        (Some(key), Some(hash)) if upload.purpose == purpose.word() => Ok((upload, key, hash)),
        _ => Err(missing()),
    }
}

async fn load(state: &ApiState, user: UserId, id: Uuid) -> ApiResult<Upload> {
    let mut transaction = state.db.person(user).await?;
    let upload = uploads::get(&mut transaction, UploadId(id)).await.map_err(missing)?;
    transaction.commit().await?;
    if upload.completed_at.is_none() && upload.expires_at <= state.clock.now() {
        return Err(ApiError::new(StatusCode::GONE, "upload_expired", "the upload was not finished in time")
            .with_hint("begin it again"));
    }
    Ok(upload)
}

/// Takes bytes until they end, part by part. Gives how many have arrived in all.
async fn take(
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

async fn remove_parts(state: &ApiState, parts: &[String]) {
    for part in parts {
        if let Ok(key) = part.parse() {
            receive::forget(state, &key).await;
        }
    }
}

struct Metadata {
    filename: String,
    purpose: Purpose,
}

impl Metadata {
    /// `Upload-Metadata`: pairs of a word and a base64 value, divided by commas.
    fn read(headers: &HeaderMap) -> ApiResult<Self> {
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

struct Checksum {
    algorithm: &'static digest::Algorithm,
    wanted: Vec<u8>,
}

impl Checksum {
    fn read(headers: &HeaderMap) -> ApiResult<Option<Self>> {
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

    fn check(&self, bytes: &[u8]) -> ApiResult<()> {
        if digest::digest(self.algorithm, bytes).as_ref() == self.wanted {
            return Ok(());
        }
        let mismatch = StatusCode::from_u16(460).unwrap_or(StatusCode::BAD_REQUEST);
        Err(ApiError::new(mismatch, "checksum_mismatch", "the bytes were changed on their way")
            .with_hint("send them again"))
    }
}

fn speaks_tus(headers: &HeaderMap) -> ApiResult<()> {
    if headers.get(&RESUMABLE).is_some_and(|version| *version == VERSION) {
        return Ok(());
    }
    Err(ApiError::new(StatusCode::PRECONDITION_FAILED, "tus_version", "`Tus-Resumable` must be `1.0.0`")
        .with_header(HeaderName::from_static("tus-version"), VERSION))
}

fn number(headers: &HeaderMap, name: &HeaderName) -> ApiResult<Option<i64>> {
    let Some(value) = headers.get(name) else { return Ok(None) };
    let number = value.to_str().ok().and_then(|text| text.parse().ok()).filter(|number| *number >= 0);
    number
        .map(Some)
        .ok_or_else(|| ApiError::bad_request("bad_number", format!("`{name}` is not a number of bytes")))
}

fn elsewhere(offset: i64) -> ApiError {
    ApiError::conflict("upload_offset", format!("{offset} bytes have arrived: go on from there"))
        .with("offset", offset.into())
        .with_header(OFFSET, HeaderValue::from(offset))
}

fn too_many_bytes() -> ApiError {
    ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "more bytes came than `Upload-Length` said")
}

fn missing(error: mv_store::StoreError) -> ApiError {
    match error {
        mv_store::StoreError::NotFound => ApiError::not_found("upload"),
        other => other.into(),
    }
}

fn answer(status: StatusCode, offset: i64, length: Option<i64>, expires: Option<DateTime<Utc>>) -> Response {
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

fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static(""))
}
