//! Links that show a film to whoever holds them, without signing in; with a password, if the owner wants one.

use crate::auth::password::Verdict;
use crate::auth::random;
use crate::error::{ApiError, ApiResult};
use crate::extract::{ApiPath, SignedIn, ValidJson};
use crate::links;
use crate::routes::exports::file_name;
use crate::routes::projects::allowed;
use crate::state::ApiState;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, TimeDelta, Utc};
use garde::Validate;
use mv_core::ids::{ProjectId, ShareLinkId};
use mv_core::policy::Action;
use mv_store::db::shares::{self, NewShareLink, ShareLink, SharedFilm};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(revoke)).routes(routes!(open))
}

/// Where the holder of a link gives its password.
pub(crate) const PASSWORD_HEADER: &str = "x-share-password";

/// A link, as its owner sees it. The link itself is shown once, when it is made.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShareView {
    id: Uuid,
    project_id: Uuid,
    /// The link's first letters, to tell links apart.
    #[schema(example = "q7Xw2f")]
    token_hint: String,
    allow_download: bool,
    allow_comments: bool,
    has_password: bool,
    views: i32,
    created_at: DateTime<Utc>,
    expires_at: Option<DateTime<Utc>>,
    revoked_at: Option<DateTime<Utc>>,
}

impl From<ShareLink> for ShareView {
    fn from(link: ShareLink) -> Self {
        Self {
            id: link.id.0,
            project_id: link.project_id.0,
            token_hint: link.token_hint,
            allow_download: link.allow_download,
            allow_comments: link.allow_comments,
            has_password: link.has_password,
            views: link.views,
            created_at: link.created_at,
            expires_at: link.expires_at,
            revoked_at: link.revoked_at,
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Shares {
    shares: Vec<ShareView>,
}

/// A project's links, newest first.
#[utoipa::path(
    get, path = "/api/projects/{id}/shares", tag = "sharing", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path)),
    responses((status = 200, body = Shares))
)]
async fn list(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
) -> ApiResult<Json<Shares>> {
    let id = ProjectId(id);
    let mut transaction = state.db.person(who.user()).await?;
    allowed(&mut transaction, &who, id, Action::Read).await?;
    let rows = shares::list(&mut transaction, id).await?;
    transaction.commit().await?;
    Ok(Json(Shares { shares: rows.into_iter().map(Into::into).collect() }))
}

#[derive(Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct NewShare {
    #[garde(skip)]
    allow_download: bool,
    #[garde(skip)]
    allow_comments: bool,
    #[garde(length(chars, min = 4, max = 128))]
    #[schema(format = Password, min_length = 4, max_length = 128)]
    password: Option<String>,
    /// How long it works; for good when left out.
    #[garde(range(min = 1, max = 3650))]
    #[schema(minimum = 1, maximum = 3650, example = 30)]
    expires_in_days: Option<i64>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShareAnswer {
    share: ShareView,
    /// The secret part of the link. It is shown this once: only its hash is kept.
    token: String,
    /// The page to send to people.
    #[schema(example = "http://localhost:8080/watch/q7Xw2f…")]
    url: String,
}

/// Makes a link to a project's film.
#[utoipa::path(
    post, path = "/api/projects/{id}/shares", tag = "sharing", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path)),
    request_body = NewShare,
    responses((status = 201, body = ShareAnswer))
)]
async fn create(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
    ValidJson(new): ValidJson<NewShare>,
) -> ApiResult<(StatusCode, Json<ShareAnswer>)> {
    let id = ProjectId(id);
    let mut transaction = state.db.person(who.user()).await?;
    allowed(&mut transaction, &who, id, Action::Share).await?;
    transaction.rollback().await?;
    // Hashing takes its time: no transaction waits for it.
    let password_hash = match &new.password {
        Some(password) => Some(state.auth.passwords.hash(password).await?),
        None => None,
    };
    let token = random::secret()?;
    let mut transaction = state.db.person(who.user()).await?;
    let link = shares::insert(
        &mut transaction,
        who.user(),
        &NewShareLink {
            project: id,
            token_hash: &random::hash(&token),
            token_hint: &token[..6],
            allow_download: new.allow_download,
            allow_comments: new.allow_comments,
            password_hash: password_hash.as_deref(),
            expires_at: new.expires_in_days.map(|days| state.clock.now() + TimeDelta::days(days)),
        },
    )
    .await?;
    transaction.commit().await?;
    let url = state.config.public_url.join(&format!("/watch/{token}")).map_err(ApiError::internal)?;
    Ok((StatusCode::CREATED, Json(ShareAnswer { share: link.into(), token, url: url.into() })))
}

/// Shuts a link for good.
#[utoipa::path(
    delete, path = "/api/projects/{id}/shares/{share_id}", tag = "sharing",
    security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path), ("share_id" = Uuid, Path)),
    responses((status = 204, description = "Shut"))
)]
async fn revoke(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath((id, share)): ApiPath<(Uuid, Uuid)>,
) -> ApiResult<StatusCode> {
    let id = ProjectId(id);
    let mut transaction = state.db.person(who.user()).await?;
    allowed(&mut transaction, &who, id, Action::Share).await?;
    shares::revoke(&mut transaction, id, ShareLinkId(share), state.clock.now())
        .await
        .map_err(ApiError::missing("link"))?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A chapter of a film: a section of its song.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Chapter {
    #[schema(example = "chorus")]
    kind: String,
    start: f64,
    end: f64,
}

/// A film, for the holder of its link.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SharedView {
    title: String,
    artist: String,
    /// Plays the film, for two hours; none while there is no film.
    video_url: Option<String>,
    /// Saves it, where the owner allows that.
    download_url: Option<String>,
    poster_url: Option<String>,
    duration_seconds: Option<f64>,
    chapters: Vec<Chapter>,
    /// What is sung, for captions.
    lyrics: Vec<SharedLine>,
    allow_comments: bool,
}

/// A line of the lyrics, in song time.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SharedLine {
    #[schema(example = 12.4)]
    start: f64,
    #[schema(example = 15.1)]
    end: f64,
    #[schema(example = "여름밤의 주파수를 맞춰")]
    text: String,
}

/// Opens a link. Nobody needs to sign in.
#[utoipa::path(
    get, path = "/api/shared/{token}", tag = "sharing",
    params(("token" = String, Path), ("X-Share-Password" = Option<String>, Header)),
    responses(
        (status = 200, body = SharedView),
        (status = 401, body = crate::error::Problem, content_type = "application/problem+json", description = "It has a password, and this is not it"),
    )
)]
async fn open(
    State(state): State<ApiState>,
    ApiPath(token): ApiPath<String>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    let film = find(&state, &token, &headers).await?;
    let mut transaction = state.db.nobody().await?;
    shares::count_view(&mut transaction, &random::hash(&token)).await?;
    transaction.commit().await?;
    let download_url = match &film.final_video_key {
        Some(key) if film.allow_download => {
            Some(links::sign(&state, key, "video/mp4", Some(&file_name(&film.title, "film", "mp4"))).await?)
        }
        _ => None,
    };
    let view = SharedView {
        video_url: links::show(&state, film.final_video_key.as_deref()).await?,
        download_url,
        poster_url: links::show(&state, film.poster_key.as_deref()).await?,
        chapters: chapters(&film.sections),
        lyrics: lines(&film.lyrics),
        title: film.title,
        artist: film.artist,
        duration_seconds: film.duration_seconds,
        allow_comments: film.allow_comments,
    };
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(view)).into_response())
}

fn chapters(sections: &Value) -> Vec<Chapter> {
    let one = |section: &Value| {
        Some(Chapter {
            kind: section.get("type")?.as_str()?.to_owned(),
            start: section.get("start")?.as_f64()?,
            end: section.get("end")?.as_f64()?,
        })
    };
    sections.as_array().into_iter().flatten().filter_map(one).collect()
}

fn lines(lyrics: &Value) -> Vec<SharedLine> {
    let one = |line: &Value| {
        Some(SharedLine {
            start: line.get("start")?.as_f64()?,
            end: line.get("end")?.as_f64()?,
            text: line.get("text")?.as_str()?.to_owned(),
        })
    };
    lyrics.as_array().into_iter().flatten().filter_map(one).collect()
}

/// What a link shows, once its password was given.
///
/// # Errors
/// 404 when there is no such link any more, 401 when its password is missing or wrong.
pub(crate) async fn find(state: &ApiState, token: &str, headers: &HeaderMap) -> ApiResult<SharedFilm> {
    let mut transaction = state.db.nobody().await?;
    let film =
        shares::find(&mut transaction, &random::hash(token)).await.map_err(ApiError::missing("link"))?;
    transaction.commit().await?;
    let Some(hash) = &film.password_hash else { return Ok(film) };
    // Header values are bytes: browsers write other alphabets percent-encoded, so that any password can be sent.
    let given = headers.get(PASSWORD_HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if given.is_empty() {
        return Err(ApiError::unauthorized("password_needed", "this link has a password")
            .with_hint("send it as `X-Share-Password`, percent-encoded"));
    }
    let given = percent_encoding::percent_decode_str(given).decode_utf8_lossy().into_owned();
    // 128 characters are the most that a password has: longer ones cost no hash.
    if given.chars().count() > 128 || state.auth.passwords.check(&given, Some(hash)).await? == Verdict::Wrong
    {
        return Err(ApiError::unauthorized("password_wrong", "this is not the link's password"));
    }
    Ok(film)
}
