//! Projects: a song with what is to become of it.

mod copy;
mod create;
mod view;

pub(crate) use create::month_start;

use crate::auth::session::note_on;
use crate::error::{ApiError, ApiResult, permit};
use crate::extract::{ApiPath, ApiQuery, Client, IfMatch, Listing, Page, SignedIn, ValidJson, etag};
use crate::routes::characters::for_project;
use crate::routes::scenes::SceneView;
use crate::state::ApiState;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use garde::Validate;
use mv_core::audit::Event;
use mv_core::ids::{CharacterId, ProjectId};
use mv_core::policy::{Action, ProjectRole, Resource, can};
use mv_store::db::projects::{self, Project, ProjectPatch};
use mv_store::db::search::{self, ProjectFilter, ProjectOrder};
use mv_store::db::{collaborators, scenes};
use serde::{Deserialize, Deserializer, Serialize};
use sqlx::PgConnection;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;
use view::{ProjectAnswer, ProjectSummary, ProjectView};

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .merge(create::routes())
        .routes(routes!(show, update, remove))
        .routes(routes!(restore))
        .merge(copy::routes())
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

/// Tells `null` from nothing.
#[expect(clippy::option_option, reason = "`null` takes away, and nothing leaves")]
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<Uuid>>, D::Error> {
    Option::<Uuid>::deserialize(deserializer).map(Some)
}

/// What to change; whatever is left out stays.
#[expect(clippy::option_option, reason = "`null` takes away, and nothing leaves")]
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
    /// `null` takes it away.
    #[garde(skip)]
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Uuid>)]
    character_profile_id: Option<Option<Uuid>>,
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
    client: Client,
    ValidJson(change): ValidJson<ProjectChange>,
) -> ApiResult<Response> {
    let id = ProjectId(id);
    let mut transaction = state.db.person(who.user()).await?;
    let action = if change.budget_usd.is_some() { Action::Delete } else { Action::Update };
    let role = allowed(&mut transaction, &who, id, action).await?;
    if let Some(template) = &change.template_id {
        known_template(&state, template)?;
    }
    if let Some(Some(character)) = change.character_profile_id {
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
        character: change.character_profile_id.map(|id| id.map(CharacterId)),
        budget_usd: change.budget_usd,
    };
    projects::update(&mut transaction, id, &patch, state.clock.now()).await?;
    note_on(&mut transaction, &client, Event::ProjectUpdated, who.user(), ("project", id)).await?;
    let project = projects::get(&mut transaction, id).await?;
    transaction.commit().await?;
    answer(&state, project, role).await
}

async fn answer(state: &ApiState, project: Project, role: ProjectRole) -> ApiResult<Response> {
    let version = project.version;
    let project = ProjectView::of(state, project, role).await?;
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
    client: Client,
    ApiPath(id): ApiPath<Uuid>,
) -> ApiResult<StatusCode> {
    let id = ProjectId(id);
    let mut transaction = state.db.person(who.user()).await?;
    allowed(&mut transaction, &who, id, Action::Delete).await?;
    projects::soft_delete(&mut transaction, id, state.clock.now()).await?;
    note_on(&mut transaction, &client, Event::ProjectDeleted, who.user(), ("project", id)).await?;
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
    projects::restore(&mut transaction, id).await.map_err(ApiError::missing("project"))?;
    let project = projects::get(&mut transaction, id).await?;
    transaction.commit().await?;
    answer(&state, project, ProjectRole::Owner).await
}

fn known_template(state: &ApiState, id: &str) -> ApiResult<()> {
    if state.studio.templates().iter().any(|template| template.id == id) {
        return Ok(());
    }
    Err(ApiError::invalid("template_id", format!("`{id}` is not a template")).with_hint("see /api/templates"))
}
