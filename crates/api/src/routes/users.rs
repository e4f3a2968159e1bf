//! One's own account: profile, devices, the copy of everything, and the end.

use crate::auth::session::{GRACE, cleared, note, send};
use crate::error::{ApiError, ApiResult};
use crate::extract::{ApiPath, Client, Person, SignedIn, ValidJson};
use crate::routes::auth::password::confirm;
use crate::state::ApiState;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use chrono::{DateTime, Utc};
use garde::Validate;
use mv_core::audit::Event;
use mv_core::ids::{SessionId, TaskId};
use mv_core::jobs::{Job, Mail};
use mv_store::db::ordered_tasks;
use mv_store::db::sessions;
use mv_store::db::users::{self, ProfileChange, User};
use mv_store::objects::{Method, ObjectKey, Use};
use mv_store::queue::{self, Enqueue};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::json;
use std::time::Duration;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// How long the link to one's archive counts.
const ARCHIVE_LINK: Duration = Duration::from_hours(1);

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(me, change, delete))
        .routes(routes!(devices, end_other_devices))
        .routes(routes!(end_device))
        .routes(routes!(order_archive))
        .routes(routes!(archive))
}

/// A person, as they see themselves.
#[derive(Debug, Serialize, ToSchema)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "they are facts about a person, each true or not by itself"
)]
pub(crate) struct UserBody {
    id: Uuid,
    #[schema(example = "ana@example.com")]
    email: String,
    email_verified: bool,
    #[schema(example = "Ana")]
    name: Option<String>,
    avatar_url: Option<String>,
    #[schema(example = "user")]
    role: String,
    /// `free`, `indie`, `pro` or `team`.
    #[schema(example = "free")]
    subscription_plan: String,
    #[schema(example = "active")]
    subscription_status: String,
    credits_remaining: i64,
    #[schema(example = "ko")]
    locale: String,
    #[schema(example = "Asia/Seoul")]
    timezone: String,
    onboarding_completed: bool,
    /// Whether what they do may be counted.
    analytics: bool,
    /// False for people who only ever signed in with Google or GitHub.
    has_password: bool,
    mfa_enabled: bool,
    created_at: DateTime<Utc>,
    last_login_at: Option<DateTime<Utc>>,
}

impl From<&User> for UserBody {
    fn from(user: &User) -> Self {
        let user = user.clone();
        Self {
            id: user.id,
            email: user.email,
            email_verified: user.email_verified,
            name: user.name,
            avatar_url: user.avatar_url,
            role: user.role,
            subscription_plan: user.subscription_plan,
            subscription_status: user.subscription_status,
            credits_remaining: user.credits,
            locale: user.locale,
            timezone: user.timezone,
            onboarding_completed: user.onboarding_completed,
            analytics: !user.analytics_opt_out,
            has_password: user.has_password,
            mfa_enabled: user.mfa_enabled,
            created_at: user.created_at,
            last_login_at: user.last_login_at,
        }
    }
}

/// One's own account
#[utoipa::path(
    get, path = "/api/users/me", tag = "users", security(("session" = []), ("api_key" = [])),
    responses((status = 200, body = UserBody))
)]
async fn me(State(state): State<ApiState>, signed_in: SignedIn) -> ApiResult<Json<UserBody>> {
    let mut transaction = state.db.person(signed_in.user()).await?;
    let user = users::get(&mut transaction, signed_in.user()).await?;
    transaction.commit().await?;
    Ok(Json(UserBody::from(&user)))
}

/// What may be changed; what is not sent stays.
#[expect(clippy::option_option, reason = "`null` takes away, and nothing leaves")]
#[derive(Deserialize, Validate, ToSchema)]
#[schema(as = ProfileChange)]
struct Change {
    #[garde(inner(length(chars, min = 2, max = 100)))]
    #[schema(min_length = 2, max_length = 100, example = "Ana")]
    name: Option<String>,
    /// `null` takes the picture away.
    #[garde(inner(inner(custom(check_picture))))]
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 2048, example = "https://example.com/ana.jpg")]
    avatar_url: Option<Option<String>>,
    #[garde(inner(custom(check_locale)))]
    #[schema(max_length = 10, example = "en")]
    locale: Option<String>,
    #[garde(inner(custom(check_timezone)))]
    #[schema(max_length = 50, example = "Europe/Lisbon")]
    timezone: Option<String>,
    #[garde(skip)]
    onboarding_completed: Option<bool>,
    /// Whether what one does may be counted. With `false`, what was counted of one goes, too.
    #[garde(skip)]
    analytics: Option<bool>,
}

/// Tells `null` from nothing.
#[expect(clippy::option_option, reason = "`null` takes away, and nothing leaves")]
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::<String>::deserialize(deserializer).map(Some)
}

fn check_picture<C>(url: &str, _: &C) -> garde::Result {
    let is_web = url::Url::parse(url).is_ok_and(|url| url.scheme() == "https" && url.has_host());
    if url.len() <= 2048 && is_web { Ok(()) } else { Err(garde::Error::new("must be an https:// address")) }
}

/// A language tag such as `ko` or `pt-BR`.
pub(crate) fn check_locale<C>(locale: &str, _: &C) -> garde::Result {
    let mut parts = locale.split('-');
    let language = parts.next().unwrap_or_default();
    let fits = (2..=3).contains(&language.len())
        && language.bytes().all(|b| b.is_ascii_lowercase())
        && parts.all(|part| (2..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()))
        && locale.len() <= 10;
    if fits { Ok(()) } else { Err(garde::Error::new("must be a language, such as `ko` or `en`")) }
}

/// A name of the time zone database, such as `Asia/Seoul`.
fn check_timezone<C>(zone: &str, _: &C) -> garde::Result {
    let fits = (1..=50).contains(&zone.len())
        && zone.starts_with(|c: char| c.is_ascii_alphabetic())
        && zone.bytes().all(|b| b.is_ascii_alphanumeric() || b"/_+-".contains(&b));
    if fits { Ok(()) } else { Err(garde::Error::new("must be a time zone, such as `Asia/Seoul`")) }
}

#[derive(Serialize, ToSchema)]
struct Changed {
    user: UserBody,
}

/// Change one's account
#[utoipa::path(
    patch, path = "/api/users/me", tag = "users", request_body = Change,
    security(("session" = []), ("api_key" = [])), responses((status = 200, body = Changed))
)]
async fn change(
    State(state): State<ApiState>,
    signed_in: SignedIn,
    ValidJson(body): ValidJson<Change>,
) -> ApiResult<Json<Changed>> {
    let change = ProfileChange {
        name: body.name.map(|name| name.trim().to_owned()),
        avatar_url: body.avatar_url,
        locale: body.locale,
        timezone: body.timezone,
        onboarding_completed: body.onboarding_completed,
        analytics_opt_out: body.analytics.map(|wanted| !wanted),
    };
    let mut transaction = state.db.person(signed_in.user()).await?;
    users::change_profile(&mut transaction, signed_in.user(), &change).await?;
    let user = users::get(&mut transaction, signed_in.user()).await?;
    transaction.commit().await?;
    Ok(Json(Changed { user: UserBody::from(&user) }))
}

/// A studio that asks for the password again before the end sends it along.
#[derive(Default, Deserialize, Validate, ToSchema)]
struct Delete {
    #[garde(inner(length(max = 256)))]
    #[schema(format = Password, max_length = 256)]
    password: Option<String>,
}

/// Delete one's account
///
/// Signs out everywhere. Everything is deleted for good after 30 days; signing in before that keeps it.
#[utoipa::path(
    delete, path = "/api/users/me", tag = "users", request_body = Option<Delete>, security(("session" = [])),
    responses((status = 204))
)]
async fn delete(
    State(state): State<ApiState>,
    client: Client,
    person: Person,
    body: Option<ValidJson<Delete>>,
) -> ApiResult<(StatusCode, HeaderMap)> {
    let password = body.and_then(|ValidJson(body)| body.password);
    if let Some(password) = password {
        confirm(&state, &client, &person, Some(&password), "password").await?;
    }
    let now = state.clock.now();
    let user = person.user();
    let mut transaction = state.db.gate().begin().await?;
    users::schedule_deletion(&mut transaction, user, now).await?;
    sessions::revoke_all(&mut transaction, user, None, "account deleted", now).await?;
    let about = json!({"until": now + GRACE});
    note(&mut transaction, &client, Event::DeletionScheduled, user, about).await?;
    send(&mut transaction, user, Mail::DeletionScheduled).await?;
    transaction.commit().await?;
    state.auth.live.forget(user);
    Ok((StatusCode::NO_CONTENT, cleared(&state)))
}

/// A device that is signed in.
#[derive(Serialize, ToSchema)]
struct Device {
    id: Uuid,
    /// The one that asks.
    current: bool,
    #[schema(example = "203.0.113.9")]
    ip_address: Option<String>,
    user_agent: Option<String>,
    created_at: DateTime<Utc>,
    last_seen_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
}

#[derive(Serialize, ToSchema)]
struct Devices {
    data: Vec<Device>,
}

/// Where one is signed in
#[utoipa::path(
    get, path = "/api/users/me/sessions", tag = "users", security(("session" = [])),
    responses((status = 200, body = Devices))
)]
async fn devices(State(state): State<ApiState>, person: Person) -> ApiResult<Json<Devices>> {
    let mut transaction = state.db.person(person.user()).await?;
    let all = sessions::list(&mut transaction, person.user(), state.clock.now()).await?;
    transaction.commit().await?;
    let data = all.into_iter().map(|session| Device {
        id: session.id.0,
        current: session.id == person.session,
        ip_address: session.ip_address.map(|address| address.to_string()),
        user_agent: session.user_agent,
        created_at: session.created_at,
        last_seen_at: session.last_seen_at,
        expires_at: session.expires_at,
    });
    Ok(Json(Devices { data: data.collect() }))
}

/// Sign out one device
#[utoipa::path(
    delete, path = "/api/users/me/sessions/{id}", tag = "users", params(("id" = Uuid, Path)),
    security(("session" = [])), responses((status = 204))
)]
async fn end_device(
    State(state): State<ApiState>,
    client: Client,
    person: Person,
    ApiPath(id): ApiPath<SessionId>,
) -> ApiResult<StatusCode> {
    let now = state.clock.now();
    let mut transaction = state.db.gate().begin().await?;
    if !sessions::revoke(&mut transaction, person.user(), id, "signed out from another device", now).await? {
        return Err(ApiError::not_found("session"));
    }
    note(&mut transaction, &client, Event::SessionRevoked, person.user(), json!({"session_id": id})).await?;
    transaction.commit().await?;
    state.auth.live.forget(person.user());
    Ok(StatusCode::NO_CONTENT)
}

/// Sign out every other device
#[utoipa::path(
    delete, path = "/api/users/me/sessions", tag = "users", security(("session" = [])),
    responses((status = 204))
)]
async fn end_other_devices(
    State(state): State<ApiState>,
    client: Client,
    person: Person,
) -> ApiResult<StatusCode> {
    let now = state.clock.now();
    let user = person.user();
    let mut transaction = state.db.gate().begin().await?;
    let but = Some(person.session);
    let ended =
        sessions::revoke_all(&mut transaction, user, but, "signed out from another device", now).await?;
    note(&mut transaction, &client, Event::SessionRevoked, user, json!({"sessions": ended})).await?;
    transaction.commit().await?;
    state.auth.live.forget(user);
    Ok(StatusCode::NO_CONTENT)
}

/// The copy of everything one has here.
#[derive(Serialize, ToSchema)]
struct Archive {
    id: Uuid,
    /// `queued`, `processing`, `complete` or `failed`.
    #[schema(example = "complete")]
    status: String,
    /// When it is complete: where to download it, for an hour.
    #[schema(example = "https://films.example/files/archives/…")]
    download_url: Option<String>,
    created_at: DateTime<Utc>,
}

/// Order a copy of everything
///
/// Rows as JSON and every file, as one archive. A mail says when it is ready.
#[utoipa::path(
    post, path = "/api/users/me/export", tag = "users", security(("session" = [])),
    responses((status = 202, body = Archive))
)]
async fn order_archive(
    State(state): State<ApiState>,
    client: Client,
    person: Person,
) -> ApiResult<(StatusCode, Json<Archive>)> {
    let user = person.user();
    let mut transaction = state.db.person(user).await?;
    let task_id = ordered_tasks::insert(&mut transaction, user, None, "export_data", &json!({})).await?;
    let job = Job::ExportData { user_id: user, task_id };
    queue::enqueue(&mut transaction, &job, Enqueue::by(user)).await?;
    note(&mut transaction, &client, Event::DataExportRequested, user, json!({})).await?;
    let task = ordered_tasks::get(&mut transaction, task_id).await?;
    transaction.commit().await?;
    let body =
        Archive { id: task_id.0, status: task.status, download_url: None, created_at: task.created_at };
    Ok((StatusCode::ACCEPTED, Json(body)))
}

/// Fetch the copy of everything
#[utoipa::path(
    get, path = "/api/users/me/export/{id}", tag = "users", params(("id" = Uuid, Path)),
    security(("session" = [])), responses((status = 200, body = Archive))
)]
async fn archive(
    State(state): State<ApiState>,
    person: Person,
    ApiPath(id): ApiPath<TaskId>,
) -> ApiResult<Json<Archive>> {
    let mut transaction = state.db.person(person.user()).await?;
    let task = ordered_tasks::get(&mut transaction, id).await?;
    transaction.commit().await?;
    if task.kind != "export_data" {
        return Err(ApiError::not_found("archive"));
    }
    let download_url = if task.status == "complete" {
        let allowed = Use {
            method: Method::Get,
            media_type: "application/zip",
            save_as: Some("melodyvision.zip"),
            valid: ARCHIVE_LINK,
        };
        let key = ObjectKey::archive(person.user(), id);
        Some(state.objects.sign(&key, &allowed).await.map_err(ApiError::unavailable)?.to_string())
    } else {
        None
    };
    Ok(Json(Archive { id: id.0, status: task.status, download_url, created_at: task.created_at }))
}
