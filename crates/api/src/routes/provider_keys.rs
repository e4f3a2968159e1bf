//! People's own keys for outside services. A key is checked with a cheap call after it is set, and never shown again.

use crate::auth::session::note;
use crate::error::{ApiError, ApiResult};
use crate::extract::{ApiPath, Client, Person, ValidJson};
use crate::state::ApiState;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use garde::Validate;
use mv_core::audit::Event;
use mv_core::jobs::Job;
use mv_store::db::provider_keys::{self, ProviderKey, ProviderKeyError};
use mv_store::queue::{self, Enqueue};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(one, put, remove))
}

/// A key of one's own, without the key.
#[derive(Serialize, ToSchema)]
#[schema(as = ProviderKey)]
struct KeyBody {
    #[schema(example = "kling")]
    provider: String,
    /// The key's last characters; empty for a short one.
    #[schema(example = "9f3c")]
    hint: String,
    /// `unchecked` until the service was asked, then `good` or `refused`.
    #[schema(example = "good")]
    status: &'static str,
    /// With `refused`: why.
    error: Option<String>,
    set_at: DateTime<Utc>,
    checked_at: Option<DateTime<Utc>>,
}

impl From<ProviderKey> for KeyBody {
    fn from(key: ProviderKey) -> Self {
        let status = match (key.checked_at, &key.error) {
            (None, _) => "unchecked",
            (Some(_), None) => "good",
            (Some(_), Some(_)) => "refused",
        };
        Self {
            provider: key.provider,
            hint: key.hint,
            status,
            error: key.error,
            set_at: key.set_at,
            checked_at: key.checked_at,
        }
    }
}

#[derive(Serialize, ToSchema)]
#[schema(as = ProviderKeys)]
struct Keys {
    data: Vec<KeyBody>,
}

/// One's own keys for outside services
#[utoipa::path(
    get, path = "/api/users/me/provider-keys", tag = "users", security(("session" = [])),
    responses((status = 200, body = Keys))
)]
async fn list(State(state): State<ApiState>, person: Person) -> ApiResult<Json<Keys>> {
    let mut transaction = state.db.person(person.user()).await?;
    let keys = provider_keys::list(&mut transaction, person.user()).await?;
    transaction.commit().await?;
    Ok(Json(Keys { data: keys.into_iter().map(KeyBody::from).collect() }))
}

/// One's own key for a service
#[utoipa::path(
    get, path = "/api/users/me/provider-keys/{provider}", tag = "users",
    params(("provider" = String, Path, example = "kling")), security(("session" = [])),
    responses((status = 200, body = KeyBody))
)]
async fn one(
    State(state): State<ApiState>,
    person: Person,
    ApiPath(provider): ApiPath<String>,
) -> ApiResult<Json<KeyBody>> {
    let mut transaction = state.db.person(person.user()).await?;
    let key = provider_keys::get(&mut transaction, person.user(), &provider).await;
    let key = key.map_err(ApiError::missing("key"))?;
    transaction.commit().await?;
    Ok(Json(key.into()))
}

#[derive(Deserialize, Validate, ToSchema)]
#[schema(as = NewProviderKey)]
struct NewKey {
    /// The key as the service gave it; `ACCESS:SECRET` where it gives a pair.
    #[garde(length(chars, min = 8, max = 4096), custom(check_key))]
    #[schema(min_length = 8, max_length = 4096, pattern = "^[!-~]+$", write_only)]
    key: String,
}

fn check_key<C>(key: &str, _: &C) -> garde::Result {
    if key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(());
    }
    Err(garde::Error::new(
        "has characters that no key has: it may have been cut or wrapped when it was copied",
    ))
}

/// Set one's own key for a service
///
/// It takes the place of the one before, and is checked at the service at once.
#[utoipa::path(
    put, path = "/api/users/me/provider-keys/{provider}", tag = "users",
    params(("provider" = String, Path, example = "kling")), request_body = NewKey, security(("session" = [])),
    responses((status = 200, body = KeyBody))
)]
async fn put(
    State(state): State<ApiState>,
    client: Client,
    person: Person,
    ApiPath(provider): ApiPath<String>,
    ValidJson(body): ValidJson<NewKey>,
) -> ApiResult<Json<KeyBody>> {
    let known = state.studio.models().iter().any(|model| model.needs_key && model.provider == provider);
    if !known {
        return Err(
            ApiError::not_found("service").with_hint("`/api/models` lists the services that take a key")
        );
    }
    let (user, now) = (person.user(), state.clock.now());
    let mut transaction = state.db.person(user).await?;
    let key = provider_keys::put(&mut transaction, &state.keyring, user, &provider, &body.key, now).await;
    let key = key.map_err(|error| match error {
        ProviderKeyError::Store(error) => error.into(),
        sealing @ ProviderKeyError::Secret { .. } => ApiError::internal(sealing),
    })?;
    let about = json!({"provider": provider, "change": "set"});
    note(&mut transaction, &client, Event::ProviderKeyChanged, user, about).await?;
    queue::enqueue(&mut transaction, &Job::CheckKey { user_id: user, provider }, Enqueue::by(user)).await?;
    transaction.commit().await?;
    Ok(Json(key.into()))
}

/// Remove one's own key for a service
#[utoipa::path(
    delete, path = "/api/users/me/provider-keys/{provider}", tag = "users",
    params(("provider" = String, Path, example = "kling")), security(("session" = [])),
    responses((status = 204))
)]
async fn remove(
    State(state): State<ApiState>,
    client: Client,
    person: Person,
    ApiPath(provider): ApiPath<String>,
) -> ApiResult<StatusCode> {
    let user = person.user();
    let mut transaction = state.db.person(user).await?;
    let removed = provider_keys::remove(&mut transaction, user, &provider).await;
    removed.map_err(ApiError::missing("key"))?;
    let about = json!({"provider": provider, "change": "removed"});
    note(&mut transaction, &client, Event::ProviderKeyChanged, user, about).await?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
