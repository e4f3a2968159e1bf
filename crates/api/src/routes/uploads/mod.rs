//! Resumable uploads by tus 1.0 (creation, creation-with-upload, expiration, termination, checksum). What has arrived is
//! kept part by part, so that after a broken connection, or a restart of ours, the rest is enough.

mod arrival;
pub(crate) mod tus;

use crate::error::{ApiError, ApiResult};
use crate::extract::{ApiPath, SignedIn};
use crate::intake::{LARGEST, Purpose};
use crate::state::ApiState;
use arrival::{remove_parts, take};
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, TimeDelta, Utc};
use mv_core::ids::{UploadId, UserId};
use mv_store::db::uploads::{self, Upload};
use mv_store::objects::ObjectError;
use serde::Serialize;
use tus::{LENGTH, Metadata, OFFSET, RESUMABLE, VERSION, answer, elsewhere, number, speaks_tus, value};
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
    let parts = uploads::remove(&mut transaction, UploadId(id)).await.map_err(ApiError::missing("upload"))?;
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
    let upload = uploads::get(&mut transaction, UploadId(id)).await.map_err(ApiError::missing("upload"))?;
    transaction.commit().await?;
    if upload.completed_at.is_none() && upload.expires_at <= state.clock.now() {
        return Err(ApiError::new(StatusCode::GONE, "upload_expired", "the upload was not finished in time")
            .with_hint("begin it again"));
    }
    Ok(upload)
}
