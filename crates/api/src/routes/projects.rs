//! Projects: a song with what is to become of it.

use crate::error::{ApiError, ApiResult, permit};
use crate::extract::{ApiPath, ApiQuery, IfMatch, Listing, Page, SignedIn, etag};
use crate::intake::receive::{self, Kept};
use crate::intake::{FileName, LARGEST, Purpose};
use crate::links;
use crate::routes::characters::for_project;
use crate::routes::scenes::SceneView;
use crate::routes::uploads::finished;
use crate::state::ApiState;
use axum::Json;
use axum::extract::multipart::{Field, Multipart, MultipartError};
use axum::extract::{DefaultBodyLimit, FromRequest, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use futures_util::{StreamExt, TryStreamExt};
use garde::Validate;
use mv_core::ids::{CharacterId, ProjectId};
use mv_core::policy::{Action, ProjectRole, Resource, can};
use mv_store::db::projects::{self, NewProject, Project, ProjectPatch};
use mv_store::db::search::{self, ProjectCard, ProjectFilter, ProjectOrder};
use mv_store::db::{collaborators, object_owners, scenes};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sqlx::PgConnection;
use std::io;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .merge(
            OpenApiRouter::new()
                .routes(routes!(create))
                // The song and a little for the other fields.
                .layer(DefaultBodyLimit::max(LARGEST as usize + (64 << 10))),
        )
        .routes(routes!(show, update, remove))
        .routes(routes!(restore))
}

/// A project.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProjectView {
    id: Uuid,
    user_id: Uuid,
    /// What the person asking is to it: `owner`, `editor` or `viewer`.
    #[schema(value_type = String, example = "owner")]
    role: ProjectRole,
    character_profile_id: Option<Uuid>,
    #[schema(example = "여름밤의 주파수")]
    title: String,
    artist: String,
    description: Option<String>,
    /// Plays the song, for two hours.
    audio_url: Option<String>,
    #[schema(example = "summer-night.mp3")]
    audio_filename: Option<String>,
    audio_size_bytes: Option<i64>,
    #[schema(example = 83.5)]
    audio_duration_seconds: Option<f64>,
    /// What was heard in the song; `{}` until then.
    #[schema(value_type = Object)]
    audio_analysis: Value,
    #[schema(example = "urban-night")]
    template_id: Option<String>,
    #[schema(value_type = Object)]
    template_config: Value,
    /// `draft`, `editing`, `generating`, `complete`, `failed` or `archived`.
    #[schema(example = "editing")]
    status: String,
    final_video_url: Option<String>,
    final_video_duration_seconds: Option<f64>,
    final_video_resolution: Option<String>,
    poster_url: Option<String>,
    total_cost_usd: f64,
    #[schema(value_type = Object)]
    cost_breakdown: Value,
    budget_usd: Option<f64>,
    is_public: bool,
    /// Raised by every edit: the ETag.
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    completed_at: Option<DateTime<Utc>>,
    archived_at: Option<DateTime<Utc>>,
}

impl ProjectView {
    pub(crate) async fn of(state: &ApiState, project: Project, role: ProjectRole) -> ApiResult<Self> {
        Ok(Self {
            id: project.id.0,
            user_id: project.user_id.0,
            role,
            character_profile_id: project.character_profile_id,
            title: project.title,
            artist: project.artist,
            description: project.description,
            audio_url: Some(links::sign(state, &project.audio_key, "application/octet-stream", None).await?),
            audio_filename: project.audio_filename,
            audio_size_bytes: project.audio_size_bytes,
            audio_duration_seconds: project.audio_duration_seconds,
            audio_analysis: project.audio_analysis,
            template_id: project.template_id,
            template_config: project.template_config,
            status: project.status,
            final_video_url: links::show(state, project.final_video_key.as_deref()).await?,
            final_video_duration_seconds: project.final_video_duration_seconds,
            final_video_resolution: project.final_video_resolution,
            poster_url: links::show(state, project.poster_key.as_deref()).await?,
            total_cost_usd: project.total_cost_usd,
            cost_breakdown: project.cost_breakdown,
            budget_usd: project.budget_usd,
            is_public: project.is_public,
            version: project.version,
            created_at: project.created_at,
            updated_at: project.updated_at,
            completed_at: project.completed_at,
            archived_at: project.archived_at,
        })
    }
}

/// A project on a card.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProjectSummary {
    id: Uuid,
    user_id: Uuid,
    character_profile_id: Option<Uuid>,
    #[schema(example = "여름밤의 주파수")]
    title: String,
    artist: String,
    description: Option<String>,
    audio_filename: Option<String>,
    audio_duration_seconds: Option<f64>,
    template_id: Option<String>,
    #[schema(example = "complete")]
    status: String,
    final_video_url: Option<String>,
    final_video_resolution: Option<String>,
    poster_url: Option<String>,
    total_cost_usd: f64,
    is_public: bool,
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    completed_at: Option<DateTime<Utc>>,
    /// When it was put away; it can be brought back for 30 days.
    deleted_at: Option<DateTime<Utc>>,
}

impl ProjectSummary {
    async fn of(state: &ApiState, card: ProjectCard) -> ApiResult<Self> {
        Ok(Self {
            id: card.id.0,
            user_id: card.user_id.0,
            character_profile_id: card.character_profile_id,
            title: card.title,
            artist: card.artist,
            description: card.description,
            audio_filename: card.audio_filename,
            audio_duration_seconds: card.audio_duration_seconds,
            template_id: card.template_id,
            status: card.status,
            final_video_url: links::show(state, card.final_video_key.as_deref()).await?,
            final_video_resolution: card.final_video_resolution,
            poster_url: links::show(state, card.poster_key.as_deref()).await?,
            total_cost_usd: card.total_cost_usd,
            is_public: card.is_public,
            version: card.version,
            created_at: card.created_at,
            updated_at: card.updated_at,
            completed_at: card.completed_at,
            deleted_at: card.deleted_at,
        })
    }
}

#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum StatusFilter {
    Draft,
    Editing,
    Generating,
    Complete,
    Failed,
    Archived,
    /// Put away, and not yet gone for good.
    Deleted,
}

impl StatusFilter {
    fn word(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Editing => "editing",
            Self::Generating => "generating",
            Self::Complete => "complete",
            Self::Failed => "failed",
            Self::Archived => "archived",
            Self::Deleted => "deleted",
        }
    }
}

#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Sort {
    #[default]
    UpdatedDesc,
    CreatedDesc,
    TitleAsc,
}

#[derive(Debug, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Everything but archived and deleted ones when unsaid.
    #[garde(skip)]
    #[param(inline)]
    status: Option<StatusFilter>,
    #[garde(skip)]
    character_id: Option<Uuid>,
    #[garde(skip)]
    #[serde(default)]
    #[param(inline, default = "updated_desc")]
    sort: Sort,
    /// Words to find in title, artist and description, in any language.
    #[garde(length(chars, max = 200))]
    #[param(max_length = 200, example = "여름밤")]
    q: Option<String>,
}

/// The projects of the person asking, and those shared with them.
#[utoipa::path(
    get, path = "/api/projects", tag = "projects", security(("session" = []), ("api_key" = [])),
    params(ListQuery, Page),
    responses((status = 200, body = Listing<ProjectSummary>))
)]
async fn list(
    State(state): State<ApiState>,
    who: SignedIn,
    page: Page,
    ApiQuery(query): ApiQuery<ListQuery>,
) -> ApiResult<Json<Listing<ProjectSummary>>> {
    let filter = ProjectFilter {
        status: query.status.map(StatusFilter::word),
        character: query.character_id.map(CharacterId),
        words: query.q.as_deref(),
        order: match query.sort {
            Sort::UpdatedDesc => ProjectOrder::UpdatedDesc,
            Sort::CreatedDesc => ProjectOrder::CreatedDesc,
            Sort::TitleAsc => ProjectOrder::TitleAsc,
        },
        limit: page.limit,
        offset: page.offset,
    };
    let mut transaction = state.db.person(who.user()).await?;
    let (cards, total) = search::projects(&mut transaction, who.user(), &filter).await?;
    transaction.commit().await?;
    let mut data = Vec::with_capacity(cards.len());
    for card in cards {
        data.push(ProjectSummary::of(&state, card).await?);
    }
    Ok(Json(Listing::new(data, total, page)))
}

/// A new project. As a form, it brings the song along; as JSON, it names an upload that is finished.
#[derive(Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewProjectForm {
    #[garde(length(chars, min = 1, max = 255))]
    #[schema(min_length = 1, max_length = 255, example = "여름밤의 주파수")]
    title: String,
    #[garde(length(chars, max = 255))]
    #[schema(max_length = 255)]
    #[serde(default)]
    artist: String,
    #[garde(length(chars, max = 1000))]
    #[schema(max_length = 1000)]
    description: Option<String>,
    #[garde(skip)]
    character_profile_id: Option<Uuid>,
    #[garde(length(chars, max = 100))]
    #[schema(max_length = 100, example = "urban-night")]
    template_id: Option<String>,
    /// The song, when it was sent before: see `/api/uploads`.
    #[garde(skip)]
    upload_id: Option<Uuid>,
}

/// The same with the song's file.
#[derive(ToSchema)]
#[expect(dead_code, reason = "says in the API's document what the form holds")]
struct NewProjectWithSong {
    #[schema(min_length = 1, max_length = 255)]
    title: String,
    #[schema(max_length = 255)]
    artist: Option<String>,
    #[schema(max_length = 1000)]
    description: Option<String>,
    character_profile_id: Option<Uuid>,
    #[schema(max_length = 100)]
    template_id: Option<String>,
    upload_id: Option<Uuid>,
    /// MP3, WAV, FLAC, AAC, M4A or Ogg, at most 50 MiB.
    #[schema(value_type = Option<String>, format = Binary)]
    audio_file: Option<Vec<u8>>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProjectAnswer {
    project: ProjectView,
}

/// Starts a project with a song.
#[utoipa::path(
    post, path = "/api/projects", tag = "projects", security(("session" = []), ("api_key" = [])),
    request_body(content(
        (NewProjectWithSong = "multipart/form-data"),
        (NewProjectForm = "application/json"),
    )),
    responses(
        (status = 201, body = ProjectAnswer),
        (status = 402, body = crate::error::Problem, content_type = "application/problem+json", description = "The plan allows no more projects this month"),
    )
)]
async fn create(State(state): State<ApiState>, who: SignedIn, request: Request) -> ApiResult<Response> {
    // Before the song comes in: most refusals need not wait for it.
    let mut transaction = state.db.person(who.user()).await?;
    may_start(&state, &who, &mut transaction).await?;
    transaction.rollback().await?;
    let (form, song) = read_new(&state, &who, request).await?;
    form.validate().map_err(|report| ApiError::invalid_fields(crate::extract::field_errors(&report)))?;
    if let Some(template) = &form.template_id {
        known_template(&state, template)?;
    }
    let mut transaction = state.db.person(who.user()).await?;
    may_start(&state, &who, &mut transaction).await?;
    if let Some(character) = form.character_profile_id {
        for_project(&mut transaction, &who, CharacterId(character)).await?;
    }
    let (filename, key, hash, bytes) = match (song, form.upload_id) {
        (Some((filename, Kept { key, media_type, hash, bytes })), _) => {
            object_owners::note(&mut transaction, key.as_str(), who.user(), bytes as i64, media_type).await?;
            (filename, key.to_string(), hash, bytes as i64)
        }
        (None, Some(upload)) => {
            let (upload, key, hash) = finished(&mut transaction, upload, Purpose::Song, "upload_id").await?;
            (upload.filename, key, hash, upload.declared_bytes)
        }
        (None, None) => {
            return Err(ApiError::invalid("audio_file", "is missing")
                .with_hint("send the song as `audio_file`, or name a finished upload as `upload_id`"));
        }
    };
    let new = NewProject {
        character: form.character_profile_id.map(CharacterId),
        title: &form.title,
        artist: &form.artist,
        description: form.description.as_deref(),
        audio_key: &key,
        audio_hash: &hash,
        audio_filename: &filename,
        audio_size_bytes: bytes,
        template_id: form.template_id.as_deref(),
        template_config: &json!({}),
    };
    let id = projects::insert(&mut transaction, who.user(), &new).await?;
    let project = projects::get(&mut transaction, id).await?;
    transaction.commit().await?;
    let version = project.version;
    let project = ProjectView::of(&state, project, ProjectRole::Owner).await?;
    let location = format!("/api/projects/{id}");
    Ok((
        StatusCode::CREATED,
        [etag(version)],
        [(header::LOCATION, location)],
        Json(ProjectAnswer { project }),
    )
        .into_response())
}

/// Whether this person may start another project now.
async fn may_start(state: &ApiState, who: &SignedIn, connection: &mut PgConnection) -> ApiResult<()> {
    let now = state.clock.now();
    let month = NaiveDate::from_ymd_opt(now.year(), now.month(), 1).and_then(|day| day.and_hms_opt(0, 0, 0));
    let since = month.map_or(now, |start| start.and_utc());
    let this_month = projects::count_for_creation(connection, who.user(), since).await?;
    permit(can(&who.actor, Action::Create, &Resource::NewProject { this_month }), who.actor.plan, "project")
}

fn known_template(state: &ApiState, id: &str) -> ApiResult<()> {
    if state.studio.templates().iter().any(|template| template.id == id) {
        return Ok(());
    }
    Err(ApiError::invalid("template_id", format!("`{id}` is not a template")).with_hint("see /api/templates"))
}

/// Reads a form or JSON. A song that comes along is kept before the other fields are judged.
async fn read_new(
    state: &ApiState,
    who: &SignedIn,
    request: Request,
) -> ApiResult<(NewProjectForm, Option<(String, Kept)>)> {
    let is_form = request
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/form-data"));
    if !is_form {
        let crate::extract::ValidJson(form) = crate::extract::ValidJson::from_request(request, state).await?;
        return Ok((form, None));
    }
    let mut form = Multipart::from_request(request, state)
        .await
        .map_err(|error| ApiError::bad_request("not_a_form", error.body_text()))?;
    let (mut new, mut song) = (NewProjectForm::default(), None);
    while let Some(field) = form.next_field().await.map_err(broken)? {
        let name = field.name().unwrap_or_default().to_owned();
        match name.as_str() {
            "audio_file" => {
                let filename = FileName(field.file_name().unwrap_or("song").to_owned());
                filename
                    .validate()
                    .map_err(|_| ApiError::invalid("audio_file", "has a name that no file has"))?;
                let bytes = field.map_err(io::Error::other).boxed();
                song = Some((filename.0, receive::keep(state, who.user(), Purpose::Song, bytes).await?));
            }
            "title" => new.title = text(field).await?,
            "artist" => new.artist = text(field).await?,
            "description" => new.description = Some(text(field).await?),
            "template_id" => new.template_id = Some(text(field).await?).filter(|text| !text.is_empty()),
            "character_profile_id" => new.character_profile_id = id(&name, &text(field).await?)?,
            "upload_id" => new.upload_id = id(&name, &text(field).await?)?,
            other => return Err(ApiError::invalid(other, "is not a field of this form")),
        }
    }
    Ok((new, song))
}

async fn text(field: Field<'_>) -> ApiResult<String> {
    field.text().await.map_err(broken)
}

fn id(field: &str, text: &str) -> ApiResult<Option<Uuid>> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| ApiError::invalid(field, "is not an id"))
}

#[expect(clippy::needless_pass_by_value, reason = "taken by `map_err`")]
fn broken(error: MultipartError) -> ApiError {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "the form is too large");
    }
    ApiError::bad_request("not_a_form", error.body_text())
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProjectWithScenes {
    project: ProjectView,
    scenes: Vec<SceneView>,
}

/// A project with its scenes.
#[utoipa::path(
    get, path = "/api/projects/{id}", tag = "projects", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path)),
    responses((status = 200, body = ProjectWithScenes, headers(("ETag" = String))))
)]
async fn show(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
) -> ApiResult<Response> {
    let id = ProjectId(id);
    let mut transaction = state.db.person(who.user()).await?;
    let role = allowed(&mut transaction, &who, id, Action::Read).await?;
    let project = projects::get(&mut transaction, id).await?;
    let rows = scenes::list(&mut transaction, id).await?;
    transaction.commit().await?;
    let version = project.version;
    let project = ProjectView::of(&state, project, role).await?;
    let scenes = SceneView::all(&state, rows).await?;
    Ok(([etag(version)], Json(ProjectWithScenes { project, scenes })).into_response())
}

/// What the person asking is to a project, if that lets them do this.
///
/// # Errors
/// 404 when it is not theirs to see, 403 or 402 when it may be seen but not this.
pub(crate) async fn allowed(
    connection: &mut PgConnection,
    who: &SignedIn,
    id: ProjectId,
    action: Action,
) -> ApiResult<ProjectRole> {
    let role = collaborators::role(connection, id).await?;
    permit(can(&who.actor, action, &Resource::Project { role }), who.actor.plan, "project")?;
    role.ok_or_else(|| ApiError::not_found("project"))
}

#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum StatusChange {
    Draft,
    Editing,
    Archived,
}

/// What to change; whatever is left out stays.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProjectChange {
    #[garde(length(chars, min = 1, max = 255))]
    #[schema(min_length = 1, max_length = 255)]
    title: Option<String>,
    #[garde(length(chars, max = 255))]
    #[schema(max_length = 255)]
    artist: Option<String>,
    #[garde(length(chars, max = 1000))]
    #[schema(max_length = 1000)]
    description: Option<String>,
    /// `archived` puts it aside; `editing` takes it up again.
    #[garde(skip)]
    status: Option<StatusChange>,
    #[garde(length(chars, min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    template_id: Option<String>,
    #[garde(skip)]
    character_profile_id: Option<Uuid>,
    /// Nothing is spent beyond this. US dollars; only the owner may set it.
    #[garde(range(min = 0.0, max = 1_000_000.0))]
    #[schema(minimum = 0, maximum = 1_000_000)]
    budget_usd: Option<f64>,
}

/// Changes what is said of a project.
#[utoipa::path(
    patch, path = "/api/projects/{id}", tag = "projects", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path), ("If-Match" = Option<String>, Header, description = "The ETag that the change was made on")),
    request_body = ProjectChange,
    responses(
        (status = 200, body = ProjectAnswer, headers(("ETag" = String))),
        (status = 412, body = crate::error::Problem, content_type = "application/problem+json", description = "It was changed meanwhile"),
    )
)]
async fn update(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
    if_match: IfMatch,
    crate::extract::ValidJson(change): crate::extract::ValidJson<ProjectChange>,
) -> ApiResult<Response> {
    let id = ProjectId(id);
    let mut transaction = state.db.person(who.user()).await?;
    let action = if change.budget_usd.is_some() { Action::Delete } else { Action::Update };
    let role = allowed(&mut transaction, &who, id, action).await?;
    if let Some(template) = &change.template_id {
        known_template(&state, template)?;
    }
    if let Some(character) = change.character_profile_id {
        for_project(&mut transaction, &who, CharacterId(character)).await?;
    }
    projects::raise_version(&mut transaction, id, if_match.0).await?;
    let patch = ProjectPatch {
        title: change.title,
        artist: change.artist,
        description: change.description,
        status: change.status.map(|status| {
            match status {
                StatusChange::Draft => "draft",
                StatusChange::Editing => "editing",
                StatusChange::Archived => "archived",
            }
            .to_owned()
        }),
        template_id: change.template_id,
        template_config: None,
        character: change.character_profile_id.map(CharacterId),
        budget_usd: change.budget_usd,
    };
    projects::update(&mut transaction, id, &patch, state.clock.now()).await?;
    let project = projects::get(&mut transaction, id).await?;
    transaction.commit().await?;
    let version = project.version;
    let project = ProjectView::of(&state, project, role).await?;
    Ok(([etag(version)], Json(ProjectAnswer { project })).into_response())
}

/// Puts a project away. It can be brought back for 30 days.
#[utoipa::path(
    delete, path = "/api/projects/{id}", tag = "projects", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path)),
    responses((status = 204, description = "Put away"))
)]
async fn remove(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
) -> ApiResult<StatusCode> {
    let id = ProjectId(id);
    let mut transaction = state.db.person(who.user()).await?;
    allowed(&mut transaction, &who, id, Action::Delete).await?;
    projects::soft_delete(&mut transaction, id, state.clock.now()).await?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Brings back a project that was put away.
#[utoipa::path(
    post, path = "/api/projects/{id}/restore", tag = "projects", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path)),
    responses((status = 200, body = ProjectAnswer))
)]
async fn restore(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
) -> ApiResult<Response> {
    let id = ProjectId(id);
    let mut transaction = state.db.person(who.user()).await?;
    projects::restore(&mut transaction, id).await.map_err(|error| match error {
        mv_store::StoreError::NotFound => ApiError::not_found("project"),
        other => other.into(),
    })?;
    let project = projects::get(&mut transaction, id).await?;
    transaction.commit().await?;
    let version = project.version;
    let project = ProjectView::of(&state, project, ProjectRole::Owner).await?;
    Ok(([etag(version)], Json(ProjectAnswer { project })).into_response())
}
