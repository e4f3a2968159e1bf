//! Pictures in the sizes that pages show them in: stills for cards, and people's faces.

use crate::auth::session::note;
use crate::error::{ApiError, ApiResult};
use crate::extract::{ApiPath, ApiQuery, Client, Person, SignedIn, ValidJson};
use crate::intake::Purpose;
use crate::intake::shrink::{self, Fit};
use crate::routes::scenes::own;
use crate::routes::uploads::finished;
use crate::state::ApiState;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use garde::Validate;
use mv_core::audit::Event;
use mv_core::ids::{SceneId, UserId};
use mv_core::policy::Action;
use mv_store::db::{object_owners, users};
use mv_store::objects::{ObjectError, ObjectKey};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(still))
        .routes(routes!(set_avatar, remove_avatar))
        .routes(routes!(avatar))
}

/// The widths that stills are shown in.
pub(crate) const WIDTHS: [u32; 3] = [160, 480, 960];
/// Sides of a face.
const FACE: u32 = 256;
/// The largest picture that is read.
const LARGEST: u64 = 64 << 20;

/// Names a picture by its object's key, for addresses that never show another one.
pub(crate) fn mark(key: &str) -> String {
    blake3::hash(key.as_bytes()).to_hex()[..16].to_owned()
}

#[derive(Debug, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
struct Size {
    /// 160, 480 or 960 pixels.
    #[garde(custom(known))]
    #[serde(default = "usual")]
    #[param(minimum = 160, maximum = 960, default = 480, example = 480)]
    width: u32,
    /// The picture that is meant, as `image_sizes` of the scene name it: with it, the answer may be kept for good.
    #[garde(length(max = 64))]
    #[param(max_length = 64)]
    v: Option<String>,
}

fn usual() -> u32 {
    480
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature of a rule")]
fn known(width: &u32, _: &()) -> garde::Result {
    if WIDTHS.contains(width) { Ok(()) } else { Err(garde::Error::new("must be 160, 480 or 960")) }
}

/// A JPEG; kept for good where the address names this very picture.
fn jpeg(bytes: Bytes, asked: Option<&str>, key: &str) -> Response {
    let caching = if asked == Some(mark(key).as_str()) {
        HeaderValue::from_static("private, max-age=31536000, immutable")
    } else {
        HeaderValue::from_static("private, no-cache")
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("image/jpeg")),
        (header::CACHE_CONTROL, caching),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    (headers, bytes).into_response()
}

/// A scene's still, made smaller
///
/// `image_sizes` of a scene list the addresses; they change with the picture.
#[utoipa::path(
    get, path = "/api/scenes/{id}/still", tag = "scenes", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path), Size),
    responses((status = 200, description = "The picture", body = Vec<u8>, content_type = "image/jpeg"))
)]
async fn still(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
    ApiQuery(size): ApiQuery<Size>,
) -> ApiResult<Response> {
    let mut transaction = state.db.person(who.user()).await?;
    let row = own(&mut transaction, &who, SceneId(id), Action::Read).await?;
    transaction.commit().await?;
    let key = row.image_key.ok_or_else(|| ApiError::not_found("still"))?;
    let small = ObjectKey::small(&mark(&key), size.width).map_err(ApiError::internal)?;
    let bytes = match state.objects.read(&small, LARGEST).await {
        Ok(bytes) => bytes,
        Err(ObjectError::NotFound(_)) => make(&state, who.user(), &key, &small, size.width).await?,
        Err(error) => return Err(error.into()),
    };
    Ok(jpeg(bytes, size.v.as_deref(), &key))
}

/// Makes the smaller picture and keeps it; whoever comes second finds it.
async fn make(state: &ApiState, user: UserId, key: &str, small: &ObjectKey, width: u32) -> ApiResult<Bytes> {
    let key: ObjectKey = key.parse().map_err(ApiError::internal)?;
    let large = state.objects.read(&key, LARGEST).await?;
    let made = shrink::shrink(large.to_vec(), Fit::Width(width)).await.map_err(ApiError::internal)?;
    let bytes = Bytes::from(made);
    match state.objects.put(small, bytes.clone(), "image/jpeg").await {
        Ok(()) => {
            let mut transaction = state.db.person(user).await?;
            let size = bytes.len() as i64;
            object_owners::note(&mut transaction, small.as_str(), user, size, "image/jpeg").await?;
            transaction.commit().await?;
        }
        Err(ObjectError::Exists(_)) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(bytes)
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewAvatar {
    /// A finished upload for `avatar`.
    #[garde(skip)]
    upload_id: Uuid,
}

#[derive(Debug, Serialize, ToSchema)]
struct AvatarAnswer {
    #[schema(example = "/api/users/7f3d6f60-5d0e-4d53-8a3f-0d1b2f7a9c11/avatar?v=4be1a2c09d3f5e67")]
    avatar_url: String,
}

/// Show oneself by a picture that was sent
///
/// The middle of it, 256 pixels a side.
#[utoipa::path(
    put, path = "/api/users/me/avatar", tag = "users", request_body = NewAvatar, security(("session" = [])),
    responses((status = 200, body = AvatarAnswer))
)]
async fn set_avatar(
    State(state): State<ApiState>,
    person: Person,
    client: Client,
    ValidJson(body): ValidJson<NewAvatar>,
) -> ApiResult<Json<AvatarAnswer>> {
    let user = person.user();
    let mut transaction = state.db.person(user).await?;
    let (_, sent, _) = finished(&mut transaction, body.upload_id, Purpose::Avatar, "upload_id").await?;
    transaction.commit().await?;
    let sent: ObjectKey = sent.parse().map_err(ApiError::internal)?;
    let bytes = state.objects.read(&sent, LARGEST).await?;
    let face = shrink::shrink(bytes.to_vec(), Fit::Square(FACE)).await.map_err(ApiError::internal)?;
    let hash = blake3::hash(&face).to_hex().to_string();
    let key = ObjectKey::avatar(user, &hash).map_err(ApiError::internal)?;
    let size = face.len() as i64;
    match state.objects.put(&key, face.into(), "image/jpeg").await {
        Ok(()) | Err(ObjectError::Exists(_)) => {}
        Err(error) => return Err(error.into()),
    }
    let avatar_url = format!("/api/users/{user}/avatar?v={}", mark(key.as_str()));
    let mut transaction = state.db.person(user).await?;
    object_owners::note(&mut transaction, key.as_str(), user, size, "image/jpeg").await?;
    users::set_avatar(&mut transaction, user, Some((key.as_str(), &avatar_url))).await?;
    note(&mut transaction, &client, Event::ProfileChanged, user, json!({"avatar": "set"})).await?;
    transaction.commit().await?;
    Ok(Json(AvatarAnswer { avatar_url }))
}

/// Take one's picture away
#[utoipa::path(
    delete, path = "/api/users/me/avatar", tag = "users", security(("session" = [])),
    responses((status = 204, description = "There is none"))
)]
async fn remove_avatar(
    State(state): State<ApiState>,
    person: Person,
    client: Client,
) -> ApiResult<StatusCode> {
    let mut transaction = state.db.person(person.user()).await?;
    users::set_avatar(&mut transaction, person.user(), None).await?;
    note(&mut transaction, &client, Event::ProfileChanged, person.user(), json!({"avatar": "removed"}))
        .await?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Debug, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
struct Which {
    /// The picture that is meant, as `avatar_url` names it.
    #[garde(length(max = 64))]
    #[param(max_length = 64)]
    v: Option<String>,
}

/// Somebody's picture, for whoever is signed in
#[utoipa::path(
    get, path = "/api/users/{id}/avatar", tag = "users", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path), Which),
    responses((status = 200, description = "The picture", body = Vec<u8>, content_type = "image/jpeg"))
)]
async fn avatar(
    State(state): State<ApiState>,
    _: SignedIn,
    ApiPath(id): ApiPath<UserId>,
    ApiQuery(which): ApiQuery<Which>,
) -> ApiResult<Response> {
    let mut connection = state.db.gate().acquire().await?;
    let key = users::avatar(&mut connection, id).await.map_err(ApiError::missing("picture"))?;
    drop(connection);
    let key = key.ok_or_else(|| ApiError::not_found("picture"))?;
    let bytes = state.objects.read(&key.parse().map_err(ApiError::internal)?, LARGEST).await?;
    Ok(jpeg(bytes, which.v.as_deref(), &key))
}
