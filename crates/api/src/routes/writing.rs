//! Having scenes put into words by a text model: the whole storyboard, or a proposal for one scene.

use crate::error::{ApiError, ApiResult};
use crate::extract::{ApiPath, ApiQuery, SignedIn, ValidJson};
use crate::routes::analysis::{TaskView, failed};
use crate::routes::errands::{self, ErrandAnswer, ErrandQuoteAnswer, Priced, Wish};
use crate::routes::projects::allowed;
use crate::routes::scenes::{board, own};
use crate::state::ApiState;
use crate::studio::ModelKind;
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use garde::Validate;
use mv_core::errand::Writing;
use mv_core::ids::{ProjectId, SceneId};
use mv_core::jobs::Job;
use mv_core::policy::Action;
use mv_store::board::Board;
use mv_store::db::{ordered_tasks as tasks, projects};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::PgConnection;
use std::time::Duration;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(write))
        .routes(routes!(quote_writing))
        .routes(routes!(polish))
        .routes(routes!(quote_polish))
}

const KIND: &str = "write_scenes";

/// Who is to write, and which scenes.
#[derive(Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct WritingOrder {
    /// A model of kind `text`; the server's usual one when left out.
    #[garde(length(chars, min = 1, max = 100))]
    #[schema(max_length = 100, example = "gemini-flash")]
    model: Option<String>,
    /// Models to ask when it cannot, in order.
    #[garde(length(max = 5), inner(length(max = 100)))]
    #[schema(max_items = 5)]
    fallbacks: Vec<String>,
    /// The scenes to write; all that are not locked, when left out.
    #[garde(length(max = 1000))]
    #[schema(max_items = 1000)]
    scene_ids: Vec<Uuid>,
    /// The most that it may cost, in US dollars; what it is quoted at, when left out.
    #[garde(range(min = 0.0, max = 100_000.0))]
    #[schema(minimum = 0, maximum = 100_000)]
    max_cost_usd: Option<f64>,
}

/// Who is to write.
#[derive(Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct PolishOrder {
    /// A model of kind `text`; the server's usual one when left out.
    #[garde(length(chars, min = 1, max = 100))]
    #[schema(max_length = 100, example = "gemini-flash")]
    model: Option<String>,
    /// Models to ask when it cannot, in order.
    #[garde(length(max = 5), inner(length(max = 100)))]
    #[schema(max_items = 5)]
    fallbacks: Vec<String>,
    /// The most that it may cost, in US dollars; what it is quoted at, when left out.
    #[garde(range(min = 0.0, max = 100_000.0))]
    #[schema(minimum = 0, maximum = 100_000)]
    max_cost_usd: Option<f64>,
}

/// Calls are about so many scenes each; see `price_of_writing` of the studio, which knows the very requests.
async fn price(
    state: &ApiState,
    connection: &mut PgConnection,
    who: &SignedIn,
    wish: &Wish<'_>,
    board: &Board,
    scenes: &[SceneId],
) -> ApiResult<Priced> {
    let wanted: Vec<usize> = if scenes.is_empty() {
        (0..board.ids.len()).collect()
    } else {
        let place = |(field, id): (usize, &SceneId)| {
            board.index_of(*id).ok_or_else(|| {
                ApiError::invalid(format!("scene_ids[{field}]"), "is not a scene of this project")
            })
        };
        scenes.iter().enumerate().map(place).collect::<ApiResult<_>>()?
    };
    let calls = state.studio.writing_calls(wanted.len());
    errands::priced(state, connection, who, wish, calls, |card| {
        state.studio.price_of_writing(&card.id, &board.plan, &wanted).map_err(|told| {
            ApiError::conflict("cannot_write", told).with_hint("choose another template for the project")
        })
    })
    .await
}

impl WritingOrder {
    fn wish(&self, project: ProjectId) -> Wish<'_> {
        Wish {
            project,
            kind: ModelKind::Text,
            model: self.model.as_deref(),
            fallbacks: &self.fallbacks,
            max_cost_usd: self.max_cost_usd,
        }
    }

    fn scenes(&self) -> Vec<SceneId> {
        self.scene_ids.iter().map(|id| SceneId(*id)).collect()
    }
}

impl PolishOrder {
    fn wish(&self, project: ProjectId) -> Wish<'_> {
        Wish {
            project,
            kind: ModelKind::Text,
            model: self.model.as_deref(),
            fallbacks: &self.fallbacks,
            max_cost_usd: self.max_cost_usd,
        }
    }
}

/// What it would cost to have the scenes written.
#[utoipa::path(
    post, path = "/api/projects/{id}/storyboard/write/quote", tag = "projects",
    security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path)),
    request_body = WritingOrder,
    responses((status = 200, body = ErrandQuoteAnswer))
)]
async fn quote_writing(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
    ValidJson(body): ValidJson<WritingOrder>,
) -> ApiResult<Response> {
    let id = ProjectId(id);
    let mut transaction = state.db.person(who.user()).await?;
    allowed(&mut transaction, &who, id, Action::Update).await?;
    let board = board(&mut transaction, id).await?;
    let priced = price(&state, &mut transaction, &who, &body.wish(id), &board, &body.scenes()).await?;
    let quote = priced.quote(&mut transaction, &who).await?;
    transaction.commit().await?;
    Ok(quote)
}

/// Has the scenes put into words from the lyrics, the song's form and the template. Every line keeps the rules of the
/// storyboard, or its scene stays as it was, and the task's result says why. The lyrics stay as they are; locked scenes
/// do, too; what a scene was is kept as a version.
#[utoipa::path(
    post, path = "/api/projects/{id}/storyboard/write", tag = "projects",
    security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path)),
    request_body = WritingOrder,
    responses(
        (status = 202, body = ErrandAnswer, headers(("Location" = String))),
        (status = 402, body = crate::error::Problem, content_type = "application/problem+json", description = "It would cost more than it may, or take more credits than there are"),
        (status = 409, body = crate::error::Problem, content_type = "application/problem+json", description = "There is no storyboard yet, or it is being written"),
    )
)]
async fn write(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
    ValidJson(body): ValidJson<WritingOrder>,
) -> ApiResult<Response> {
    let id = ProjectId(id);
    let mut transaction = state.db.person(who.user()).await?;
    allowed(&mut transaction, &who, id, Action::Update).await?;
    // Holds others off until this is committed, so that two who press at once order once.
    projects::lock(&mut transaction, id).await?;
    if let Some(task) = tasks::unfinished(&mut transaction, id, KIND).await? {
        return Err(errands::under_way(task));
    }
    let board = board(&mut transaction, id).await?;
    let scenes = body.scenes();
    let priced = price(&state, &mut transaction, &who, &body.wish(id), &board, &scenes).await?;
    priced.afford(&mut transaction, &who, id).await?;
    let order = Writing { bid: priced.bid.clone(), scenes, propose: false };
    let payload = serde_json::to_value(&order).map_err(ApiError::internal)?;
    let task = tasks::insert(&mut transaction, who.user(), Some(id), KIND, &payload).await?;
    priced.enqueue(&mut transaction, &who, &Job::WriteScenes { project_id: id, task_id: task }).await?;
    transaction.commit().await?;
    Ok(priced.accepted(task))
}

/// What it would cost to have one scene written.
#[utoipa::path(
    post, path = "/api/scenes/{id}/polish/quote", tag = "scenes", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path)),
    request_body = PolishOrder,
    responses((status = 200, body = ErrandQuoteAnswer))
)]
async fn quote_polish(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
    ValidJson(body): ValidJson<PolishOrder>,
) -> ApiResult<Response> {
    let id = SceneId(id);
    let mut transaction = state.db.person(who.user()).await?;
    let project = own(&mut transaction, &who, id, Action::Update).await?.project_id;
    let board = board(&mut transaction, project).await?;
    let priced = price(&state, &mut transaction, &who, &body.wish(project), &board, &[id]).await?;
    let quote = priced.quote(&mut transaction, &who).await?;
    transaction.commit().await?;
    Ok(quote)
}

#[derive(Debug, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
struct Patience {
    /// How long to wait for the answer, in seconds.
    #[garde(range(max = 20))]
    #[serde(default = "some_seconds")]
    #[param(minimum = 0, maximum = 20, default = 12)]
    wait_seconds: u64,
}

fn some_seconds() -> u64 {
    12
}

/// What a scene would become. To accept it, send `new` as it is with `PATCH /api/scenes/{id}`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Proposal {
    task_id: Uuid,
    scene_id: Uuid,
    /// Whether anything would change.
    changed: bool,
    /// `description` and `config` of the scene as it was when it was asked for.
    #[schema(value_type = Object)]
    old: Value,
    /// The same as the model would have it.
    #[schema(value_type = Object)]
    new: Value,
    /// Why nothing would change, where what the model wrote broke a rule.
    reason: Option<String>,
    cost_usd: f64,
}

/// Has one scene polished: says what it was and what it would become, and changes nothing. Waits some seconds for it; then
/// says where to look.
#[utoipa::path(
    post, path = "/api/scenes/{id}/polish", tag = "scenes", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path), Patience),
    request_body = PolishOrder,
    responses(
        (status = 200, body = Proposal),
        (status = 202, body = TaskView, description = "Not ready yet: the task's result will say it", headers(("Location" = String))),
        (status = 402, body = crate::error::Problem, content_type = "application/problem+json", description = "It would cost more than it may, or take more credits than there are"),
    )
)]
async fn polish(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
    ApiQuery(patience): ApiQuery<Patience>,
    ValidJson(body): ValidJson<PolishOrder>,
) -> ApiResult<Response> {
    let id = SceneId(id);
    let mut transaction = state.db.person(who.user()).await?;
    let project = own(&mut transaction, &who, id, Action::Update).await?.project_id;
    projects::lock(&mut transaction, project).await?;
    if let Some(task) = tasks::unfinished_for_scene(&mut transaction, id, KIND).await? {
        return Err(errands::under_way(task));
    }
    let board = board(&mut transaction, project).await?;
    let priced = price(&state, &mut transaction, &who, &body.wish(project), &board, &[id]).await?;
    priced.afford(&mut transaction, &who, project).await?;
    let order = Writing { bid: priced.bid.clone(), scenes: vec![id], propose: true };
    let payload = serde_json::to_value(&order).map_err(ApiError::internal)?;
    let task_id = tasks::insert_for_scene(&mut transaction, who.user(), project, id, KIND, &payload).await?;
    priced.enqueue(&mut transaction, &who, &Job::WriteScenes { project_id: project, task_id }).await?;
    transaction.commit().await?;
    state.watch.ended(&state.db, task_id, Duration::from_secs(patience.wait_seconds)).await?;
    let mut transaction = state.db.person(who.user()).await?;
    let task = tasks::get(&mut transaction, task_id).await?;
    transaction.commit().await?;
    if task.status == "failed" {
        return Err(failed(
            &task,
            "polish_failed",
            "the scene could not be written",
            "try again, or another model",
        ));
    }
    if let Some(proposal) = task.result.as_ref().and_then(|result| proposal(task_id.0, result)) {
        return Ok(Json(proposal).into_response());
    }
    let location = [(header::LOCATION, format!("/api/tasks/{task_id}"))];
    Ok((StatusCode::ACCEPTED, location, Json(TaskView::from(task))).into_response())
}

fn proposal(task_id: Uuid, result: &Value) -> Option<Proposal> {
    let scene = result.get("scenes")?.get(0)?;
    Some(Proposal {
        task_id,
        scene_id: scene.get("scene_id")?.as_str()?.parse().ok()?,
        changed: scene.get("changed")?.as_bool()?,
        old: scene.get("old")?.clone(),
        new: scene.get("new")?.clone(),
        reason: result.pointer("/kept/0/reason").and_then(Value::as_str).map(str::to_owned),
        cost_usd: result.get("cost_usd").and_then(Value::as_f64).unwrap_or(0.0),
    })
}
