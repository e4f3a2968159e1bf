//! Scenes: a project's storyboard, one at a time. They are contiguous always: a new one is carved out of another, one that
//! goes is merged into its neighbour, and moving a boundary moves it for both sides.

pub(crate) mod casting;
mod effect;
mod view;

use crate::error::{ApiError, ApiResult};
use crate::extract::{ApiPath, IfMatch, SignedIn, ValidJson, etag};
use crate::routes::projects::allowed;
use crate::state::ApiState;
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::TimeDelta;
use garde::Validate;
use mv_core::ids::{ProjectId, SceneId};
use mv_core::order::Remake;
use mv_core::policy::Action;
use mv_core::storyboard::Transition;
use mv_core::{Scene, Seconds};
use mv_store::board::{Board, EditError};
use mv_store::db::scenes::{self, SceneRow};
use mv_store::db::{plans, projects, scene_versions};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(crate) use effect::{Before, Effect};
pub(crate) use view::{SceneConfig, SceneConfigChange, SceneView};

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(show, update, remove))
        .merge(effect::routes())
}

/// More scenes than any film needs.
pub(crate) const MOST_SCENES: usize = 1000;
/// Edits within this time by one person are one version.
const SITTING: TimeDelta = TimeDelta::minutes(10);

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Scenes {
    scenes: Vec<SceneView>,
}

/// A project's scenes in order.
#[utoipa::path(
    get, path = "/api/projects/{id}/scenes", tag = "scenes", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path)),
    responses((status = 200, body = Scenes))
)]
async fn list(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
) -> ApiResult<Json<Scenes>> {
    let id = ProjectId(id);
    let mut transaction = state.db.person(who.user()).await?;
    allowed(&mut transaction, &who, id, Action::Read).await?;
    let rows = scenes::list(&mut transaction, id).await?;
    transaction.commit().await?;
    Ok(Json(Scenes { scenes: SceneView::all(&state, rows).await? }))
}

/// A new scene, carved out of the one that plays there.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewScene {
    /// The number it is to have; left out, it is what its time makes it.
    #[garde(range(min = 1))]
    #[schema(minimum = 1)]
    scene_number: Option<u32>,
    #[garde(range(min = 0.0, max = 7200.0))]
    #[schema(minimum = 0, maximum = 7200)]
    timestamp_start: f64,
    #[garde(range(min = 0.0, max = 7200.0), custom(after(&self.timestamp_start)))]
    #[schema(minimum = 0, maximum = 7200)]
    timestamp_end: f64,
    #[garde(length(chars, min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    description: String,
    /// What is not said is as in the scene that it is carved out of.
    #[garde(dive)]
    config: Option<SceneConfigChange>,
}

fn after(start: &f64) -> impl FnOnce(&f64, &()) -> garde::Result + '_ {
    move |end, ()| if end > start { Ok(()) } else { Err(garde::Error::new("must be after the start")) }
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SceneAnswer {
    pub(crate) scene: SceneView,
}

/// Carves a new scene out of another. What plays before and after it stays a scene of its own.
#[utoipa::path(
    post, path = "/api/projects/{id}/scenes", tag = "scenes", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path), ("If-Match" = Option<String>, Header, description = "The project's ETag")),
    request_body = NewScene,
    responses(
        (status = 201, body = SceneAnswer, headers(("ETag" = String))),
        (status = 412, body = crate::error::Problem, content_type = "application/problem+json", description = "The project was changed meanwhile"),
    )
)]
async fn create(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
    if_match: IfMatch,
    ValidJson(new): ValidJson<NewScene>,
) -> ApiResult<Response> {
    let id = ProjectId(id);
    let mut transaction = state.db.person(who.user()).await?;
    allowed(&mut transaction, &who, id, Action::Update).await?;
    projects::raise_version(&mut transaction, id, if_match.0).await?;
    let before = board(&mut transaction, id).await?;
    if before.ids.len() >= MOST_SCENES {
        return Err(ApiError::conflict(
            "too_many_scenes",
            format!("a film has at most {MOST_SCENES} scenes"),
        ));
    }
    let start = Seconds(new.timestamp_start);
    let mut after = before.clone();
    let host = before.plan.scenes.iter().rposition(|scene| scene.start <= start).unwrap_or(0);
    let mut scene = before.plan.scenes[host].clone();
    scene.transition = Transition::CUT;
    scene.description = new.description;
    let config = new.config.unwrap_or_default();
    let listed = config.lists_people();
    config.apply(&mut scene);
    let pool = casting::pool(&mut transaction, &who, id, &before.plan.cast).await?;
    if listed {
        pool.call(&mut scene.cast, "config.cast")?;
    }
    let known = &before.plan.scenes[host..=host];
    pool.settle(&mut scene, &mut after.plan.cast, known, listed, casting::field_of_scene)?;
    let index = after.insert(start, Seconds(new.timestamp_end), scene).map_err(refused)?;
    if new.scene_number.is_some_and(|number| number as usize != index + 1) {
        return Err(ApiError::invalid(
            "scene_number",
            format!("must be {}: scenes are numbered by time", index + 1),
        ));
    }
    let after = plans::save(&mut transaction, id, Some(&before), after).await?;
    let scene = after.ids[index].ok_or_else(|| ApiError::not_found("scene"))?;
    let row = scenes::get(&mut transaction, scene).await?;
    transaction.commit().await?;
    let version = row.version;
    let location = format!("/api/scenes/{scene}");
    let scene = SceneView::of(&state, row).await?;
    Ok((StatusCode::CREATED, [etag(version)], [(header::LOCATION, location)], Json(SceneAnswer { scene }))
        .into_response())
}

/// A project's storyboard.
///
/// # Errors
/// 409 when there is none yet.
pub(crate) async fn board(connection: &mut PgConnection, id: ProjectId) -> ApiResult<Board> {
    plans::load(connection, id).await?.ok_or_else(|| {
        ApiError::conflict("not_planned", "the project has no storyboard yet")
            .with_hint("have its song analysed first: POST /api/projects/{id}/analyze-audio")
    })
}

/// An edit that breaks a rule.
#[expect(clippy::needless_pass_by_value, reason = "taken by `map_err`")]
pub(crate) fn refused(error: EditError) -> ApiError {
    match &error {
        EditError::LastScene => ApiError::conflict("last_scene", error.to_string()),
        EditError::FirstBoundary => ApiError::invalid("timestamp_start", error.to_string()),
        EditError::PastTheEnd(_) | EditError::OverBoundaries { .. } | EditError::Taken(_) => {
            ApiError::invalid("timestamp_end", error.to_string())
        }
        EditError::Invalid(rule) => ApiError::invalid("scene", rule.to_string()),
    }
    .with_hint(error.hint())
}

/// A scene of a project that this person may do this with.
pub(crate) async fn own(
    connection: &mut PgConnection,
    who: &SignedIn,
    id: SceneId,
    action: Action,
) -> ApiResult<SceneRow> {
    let row = scenes::get(connection, id).await.map_err(ApiError::missing("scene"))?;
    allowed(connection, who, row.project_id, action).await.map_err(|error| {
        if error.status() == StatusCode::NOT_FOUND { ApiError::not_found("scene") } else { error }
    })?;
    Ok(row)
}

/// A scene.
#[utoipa::path(
    get, path = "/api/scenes/{id}", tag = "scenes", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path)),
    responses((status = 200, body = SceneAnswer, headers(("ETag" = String))))
)]
async fn show(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
) -> ApiResult<Response> {
    let mut transaction = state.db.person(who.user()).await?;
    let row = own(&mut transaction, &who, SceneId(id), Action::Read).await?;
    transaction.commit().await?;
    answer(&state, row).await
}

pub(crate) async fn answer(state: &ApiState, row: SceneRow) -> ApiResult<Response> {
    let version = row.version;
    let scene = SceneView::of(state, row).await?;
    Ok(([etag(version)], Json(SceneAnswer { scene })).into_response())
}

/// What to change; whatever is left out stays.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SceneChange {
    #[garde(length(chars, min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    description: Option<String>,
    #[garde(dive)]
    config: Option<SceneConfigChange>,
    /// Moves the boundary to the scene before.
    #[garde(range(min = 0.0, max = 7200.0))]
    #[schema(minimum = 0, maximum = 7200)]
    timestamp_start: Option<f64>,
    /// Moves the boundary to the scene after.
    #[garde(range(min = 0.0, max = 7200.0))]
    #[schema(minimum = 0, maximum = 7200)]
    timestamp_end: Option<f64>,
    #[garde(skip)]
    locked: Option<bool>,
}

/// Changes a scene. What it was before is kept as a version.
#[utoipa::path(
    patch, path = "/api/scenes/{id}", tag = "scenes", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path), ("If-Match" = Option<String>, Header, description = "The scene's ETag")),
    request_body = SceneChange,
    responses(
        (status = 200, body = SceneAnswer, headers(("ETag" = String))),
        (status = 412, body = crate::error::Problem, content_type = "application/problem+json", description = "It was changed meanwhile"),
    )
)]
async fn update(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
    if_match: IfMatch,
    ValidJson(change): ValidJson<SceneChange>,
) -> ApiResult<Response> {
    let id = SceneId(id);
    let mut transaction = state.db.person(who.user()).await?;
    let row = own(&mut transaction, &who, id, Action::Update).await?;
    let locked = change.locked;
    edit_scene(&state, &mut transaction, &who, row.project_id, id, if_match.0, change.into()).await?;
    if let Some(locked) = locked {
        scenes::set_locked(&mut transaction, id, locked).await?;
    }
    let row = scenes::get(&mut transaction, id).await?;
    transaction.commit().await?;
    answer(&state, row).await
}

impl From<SceneChange> for Edit {
    fn from(change: SceneChange) -> Self {
        Self {
            description: change.description,
            config: change.config,
            start: change.timestamp_start.map(Seconds),
            end: change.timestamp_end.map(Seconds),
            afresh: None,
        }
    }
}

/// An edit of one scene.
#[derive(Debug, Default)]
pub(crate) struct Edit {
    pub(crate) description: Option<String>,
    pub(crate) config: Option<SceneConfigChange>,
    pub(crate) start: Option<Seconds>,
    pub(crate) end: Option<Seconds>,
    pub(crate) afresh: Option<Afresh>,
}

/// Which of a scene's pictures is to be made once more.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Afresh {
    pub(crate) remake: Remake,
    /// The clip is to be the one that it is.
    pub(crate) keep_take: bool,
}

impl Afresh {
    /// What the person gave makes way, and the next take of a clip is another one.
    fn apply(self, scene: &mut Scene) {
        if self.remake != Remake::Video {
            scene.still = None;
        }
        if self.remake != Remake::Image {
            scene.footage = None;
            if self.remake == Remake::Video && !self.keep_take {
                scene.clip_take = scene.clip_take.wrapping_add(1);
            }
        }
    }
}

/// Edits a scene in the caller's transaction; what it was is kept as a version.
pub(crate) async fn edit_scene(
    state: &ApiState,
    connection: &mut PgConnection,
    who: &SignedIn,
    project: ProjectId,
    id: SceneId,
    expected: Option<i32>,
    edit: Edit,
) -> ApiResult<()> {
    projects::raise_version(connection, project, None).await?;
    scenes::expect_version(connection, id, expected).await.map_err(ApiError::missing("scene"))?;
    let before = board(connection, project).await?;
    let index = before.index_of(id).ok_or_else(|| ApiError::not_found("scene"))?;
    let mut after = before.clone();
    if edit.description.is_some() || edit.config.is_some() {
        let now = state.clock.now();
        scene_versions::keep(connection, id, "edited", Some(who.user()), Some(now - SITTING), now).await?;
        let config = edit.config.unwrap_or_default();
        let (listed, speaks) = (config.lists_people(), edit.description.is_some() || config.speaks());
        let scene = &mut after.plan.scenes[index];
        if let Some(description) = edit.description {
            scene.description = description;
        }
        config.apply(scene);
        if listed || speaks {
            let pool = casting::pool(connection, who, project, &before.plan.cast).await?;
            if listed {
                pool.call(&mut scene.cast, "config.cast")?;
            }
            let known = &before.plan.scenes[index..=index];
            pool.settle(scene, &mut after.plan.cast, known, listed, casting::field_of_scene)?;
        }
        if let Some(afresh) = edit.afresh {
            afresh.apply(scene);
        }
    }
    if let Some(end) = edit.end {
        after.move_end(index, end).map_err(refused)?;
    }
    if let Some(start) = edit.start {
        after.move_start(index, start).map_err(refused)?;
    }
    plans::save(connection, project, Some(&before), after).await?;
    Ok(())
}

/// Merges a scene into the one before it, the first into the one after. Its versions go on there.
#[utoipa::path(
    delete, path = "/api/scenes/{id}", tag = "scenes", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path), ("If-Match" = Option<String>, Header, description = "The scene's ETag")),
    responses(
        (status = 204, description = "Merged"),
        (status = 412, body = crate::error::Problem, content_type = "application/problem+json", description = "It was changed meanwhile"),
    )
)]
async fn remove(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
    if_match: IfMatch,
) -> ApiResult<StatusCode> {
    let id = SceneId(id);
    let mut transaction = state.db.person(who.user()).await?;
    let row = own(&mut transaction, &who, id, Action::Update).await?;
    projects::raise_version(&mut transaction, row.project_id, None).await?;
    scenes::expect_version(&mut transaction, id, if_match.0).await.map_err(ApiError::missing("scene"))?;
    let before = board(&mut transaction, row.project_id).await?;
    let index = before.index_of(id).ok_or_else(|| ApiError::not_found("scene"))?;
    let mut after = before.clone();
    after.merge(index).map_err(refused)?;
    plans::save(&mut transaction, row.project_id, Some(&before), after).await?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
