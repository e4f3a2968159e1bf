//! API keys: for programs that act for a person.

use crate::auth::api_key;
use crate::auth::identity::Scope;

use crate::auth::session::note;
use crate::error::{ApiError, ApiResult};
use crate::extract::{ApiPath, Client, Listing, Page, Person, ValidJson};
use crate::state::ApiState;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, TimeDelta, Utc};
use garde::Validate;
use mv_core::audit::Event;
use mv_core::ids::ApiKeyId;
use mv_store::db::api_keys::{self, ApiKey};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// A person has at most this many.
const MOST_KEYS: i64 = 50;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(revoke))
}

#[derive(Serialize, ToSchema)]
struct KeyBody {
    id: Uuid,
    #[schema(example = "Upload script")]
    name: String,
    /// The first characters, to tell keys apart.
    #[schema(example = "mv_Ab3dEf")]
    prefix: String,
    #[schema(example = json!(["read", "write"]))]
    scopes: Vec<String>,
    created_at: DateTime<Utc>,
    last_used_at: Option<DateTime<Utc>>,
    expires_at: Option<DateTime<Utc>>,
}

impl From<ApiKey> for KeyBody {
    fn from(key: ApiKey) -> Self {
        Self {
            id: key.id,
            name: key.name,
            prefix: key.prefix,
            scopes: key.scopes,
            created_at: key.created_at,
            last_used_at: key.last_used_at,
            expires_at: key.expires_at,
        }
    }
}

/// One's API keys
#[utoipa::path(
    get, path = "/api/keys", tag = "keys", params(Page), security(("session" = [])),
    responses((status = 200, body = Listing<KeyBody>))
)]
async fn list(
    State(state): State<ApiState>,
    person: Person,
    page: Page,
) -> ApiResult<Json<Listing<KeyBody>>> {
    let mut transaction = state.db.person(person.user()).await?;
    let (keys, total) = api_keys::list(&mut transaction, person.user(), page.limit, page.offset).await?;
    transaction.commit().await?;
    Ok(Json(Listing::new(keys.into_iter().map(KeyBody::from).collect(), total, page)))
}

#[derive(Deserialize, Validate, ToSchema)]
struct NewKey {
    #[garde(length(chars, min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = "Upload script")]
    name: String,
    #[garde(length(min = 1, max = 3))]
    #[schema(min_items = 1, max_items = 3)]
    scopes: Vec<Scope>,
    /// Days until it no longer counts; never, when left out.
    #[garde(inner(range(min = 1, max = 3650)))]
    #[schema(minimum = 1, maximum = 3650, example = 90)]
    expires_in_days: Option<i64>,
}

#[derive(Serialize, ToSchema)]
struct MadeKey {
    #[serde(flatten)]
    key: KeyBody,
    /// The key itself; it is shown this once.
    #[schema(example = "mv_Ab3dEf…")]
    secret: String,
}

/// Make an API key
#[utoipa::path(
    post, path = "/api/keys", tag = "keys", request_body = NewKey, security(("session" = [])),
    responses((status = 201, body = MadeKey))
)]
async fn create(
    State(state): State<ApiState>,
    client: Client,
    person: Person,
    ValidJson(body): ValidJson<NewKey>,
) -> ApiResult<(StatusCode, Json<MadeKey>)> {
    let now = state.clock.now();
    let user = person.user();
    let mut transaction = state.db.person(user).await?;
    let (_, total) = api_keys::list(&mut transaction, user, 1, 0).await?;
    if total >= MOST_KEYS {
        return Err(ApiError::conflict("too_many_keys", format!("you have {MOST_KEYS} keys already"))
            .with_hint("revoke those that you no longer use"));
    }
    let expires_at = body.expires_in_days.map(|days| now + TimeDelta::days(days));
    let (key, secret) =
        api_key::make(&mut transaction, user, &body.name, &body.scopes, expires_at, now).await?;
    let about = json!({"key_id": key.id, "scopes": key.scopes});
    note(&mut transaction, &client, Event::ApiKeyCreated, user, about).await?;
    transaction.commit().await?;
    Ok((StatusCode::CREATED, Json(MadeKey { key: key.into(), secret })))
}

/// Revoke an API key
#[utoipa::path(
    delete, path = "/api/keys/{id}", tag = "keys", params(("id" = Uuid, Path)), security(("session" = [])),
    responses((status = 204))
)]
async fn revoke(
    State(state): State<ApiState>,
    client: Client,
    person: Person,
    ApiPath(id): ApiPath<ApiKeyId>,
) -> ApiResult<StatusCode> {
    let user = person.user();
    let mut transaction = state.db.person(user).await?;
    api_keys::revoke(&mut transaction, user, id, state.clock.now()).await?;
    note(&mut transaction, &client, Event::ApiKeyRevoked, user, json!({"key_id": id})).await?;
    transaction.commit().await?;
    state.auth.live.forget(user);
    Ok(StatusCode::NO_CONTENT)
}
