//! Errands: what is bought beside a film. Whom to ask, what it costs, how it is stopped, and what was ordered before.

use crate::error::{ApiError, ApiResult};
use crate::extract::{ApiPath, ApiQuery, Listing, Page, SignedIn};
use crate::routes::analysis::TaskView;
use crate::routes::funding::{self, CreditTerms, PaidBy};
use crate::routes::projects::allowed;
use crate::routes::shelf::Shelf;
use crate::state::ApiState;
use crate::studio::{ModelCard, ModelKind};
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use garde::Validate;
use mv_core::errand::Bid;
use mv_core::ids::{ProjectId, SceneId, TaskId};
use mv_core::jobs::Job;
use mv_core::policy::Action;
use mv_core::units::MicroUsd;
use mv_store::db::ordered_tasks::{self as tasks, TaskFilter};
use mv_store::db::progress::{self, Change, Subject};
use mv_store::db::projects;
use mv_store::queue::{self, Enqueue};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::PgConnection;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(cancel))
}

/// The models to ask before any other where nobody chose, by what they do.
const PREFERRED: [(ModelKind, &str); 2] = [(ModelKind::Edit, "qwen"), (ModelKind::Text, "gemini-flash")];

/// What somebody wishes to be done, and by whom.
pub(crate) struct Wish<'a> {
    /// What it is for.
    pub(crate) project: ProjectId,
    pub(crate) kind: ModelKind,
    pub(crate) model: Option<&'a str>,
    pub(crate) fallbacks: &'a [String],
    pub(crate) max_cost_usd: Option<f64>,
}

/// What an errand costs at most.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct ErrandQuote {
    #[schema(example = "qwen")]
    model: String,
    /// Calls of the service.
    #[schema(example = 2)]
    calls: usize,
    /// US dollars, all calls together.
    #[schema(example = 0.12)]
    total_usd: f64,
    /// Who pays for it; nobody where it costs nothing.
    paid_by: Option<PaidBy>,
    #[serde(flatten)]
    credits: CreditTerms,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ErrandQuoteAnswer {
    quote: ErrandQuote,
}

/// An errand that was ordered: its task tells how far it is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ErrandAnswer {
    task_id: Uuid,
    #[schema(example = "qwen")]
    model: String,
    #[schema(example = 0.12)]
    estimated_cost_usd: f64,
}

/// An errand with its price.
pub(crate) struct Priced {
    pub(crate) bid: Bid,
    total: MicroUsd,
    paid_by: PaidBy,
    calls: usize,
}

impl Priced {
    /// What is paid with credits.
    fn by_credits(&self) -> MicroUsd {
        if self.paid_by == PaidBy::Credits { self.total } else { MicroUsd::ZERO }
    }

    pub(crate) async fn quote(&self, connection: &mut PgConnection, who: &SignedIn) -> ApiResult<Response> {
        let quote = ErrandQuote {
            model: self.bid.models.first().cloned().unwrap_or_default(),
            calls: self.calls,
            total_usd: usd(self.total),
            paid_by: (self.total.0 > 0).then_some(self.paid_by),
            credits: CreditTerms::of(connection, who.user(), self.by_credits()).await?,
        };
        Ok(Json(ErrandQuoteAnswer { quote }).into_response())
    }

    /// Puts the errand's job on the queue.
    pub(crate) async fn enqueue(
        &self,
        connection: &mut PgConnection,
        who: &SignedIn,
        job: &Job,
    ) -> ApiResult<()> {
        let how = Enqueue { priority: who.actor.limits().into(), ..Enqueue::by(who.user()) };
        queue::enqueue(connection, job, how).await?;
        Ok(())
    }

    pub(crate) fn accepted(&self, task: TaskId) -> Response {
        let answer = ErrandAnswer {
            task_id: task.0,
            model: self.bid.models.first().cloned().unwrap_or_default(),
            estimated_cost_usd: usd(self.total),
        };
        let location = [(header::LOCATION, format!("/api/tasks/{task}"))];
        (StatusCode::ACCEPTED, location, Json(answer)).into_response()
    }

    /// Whether the errand's own cap, the project's budget and the person's credits cover it.
    ///
    /// # Errors
    /// 402 when they do not: nothing was bought.
    pub(crate) async fn afford(
        &self,
        connection: &mut PgConnection,
        who: &SignedIn,
        project: ProjectId,
    ) -> ApiResult<()> {
        let refuse = |of: &str, left: f64| {
            let cost = usd(self.total);
            let detail = format!("it would cost ${cost:.4}, and ${:.4} of {of} are left", left.max(0.0));
            Err(ApiError::new(StatusCode::PAYMENT_REQUIRED, "over_budget", detail)
                .with_hint("choose a cheaper model, or allow it to cost more")
                .with("cost_usd", json!(cost))
                .with("left_usd", json!(left.max(0.0))))
        };
        if self.total > self.bid.cap {
            return refuse("what you allow", usd(self.bid.cap));
        }
        let project = projects::get(&mut *connection, project).await?;
        match project.budget_usd.map(|budget| budget - project.total_cost_usd) {
            Some(left) if usd(self.total) > left => refuse("the project's budget", left),
            _ => funding::afford(connection, who.user(), self.by_credits()).await,
        }
    }
}

pub(crate) fn usd(amount: MicroUsd) -> f64 {
    amount.0 as f64 / 1e6
}

/// Finds the models that are wished for, and what the first of them charges for so many calls at `price` each.
///
/// # Errors
/// 422 when a model is not there, is of another kind or cannot be used by this person.
pub(crate) async fn priced(
    state: &ApiState,
    connection: &mut PgConnection,
    who: &SignedIn,
    wish: &Wish<'_>,
    calls: usize,
    total: impl FnOnce(&ModelCard) -> ApiResult<MicroUsd>,
) -> ApiResult<Priced> {
    let shelf = Shelf::of(state, connection, who.user(), Some(wish.project)).await?;
    let first = if let Some(id) = wish.model {
        shelf.find(id, wish.kind, "model")?
    } else {
        let preferred = PREFERRED.iter().find(|(kind, _)| *kind == wish.kind).map(|(_, id)| *id);
        let mut usual = shelf.of_kind(wish.kind);
        usual
            .find(|card| Some(card.id.as_str()) == preferred)
            .or_else(|| shelf.of_kind(wish.kind).next())
            .ok_or_else(|| {
                ApiError::invalid("model", format!("there is no model here that {}", wish.kind.does()))
                    .with_hint("give a key for a service in the settings: see /api/models")
            })?
    };
    let mut models = vec![first.id.clone()];
    for (place, id) in wish.fallbacks.iter().enumerate() {
        let card = shelf.find(id, wish.kind, &format!("fallbacks[{place}]"))?;
        if !models.contains(&card.id) {
            models.push(card.id.clone());
        }
    }
    let total = total(first)?;
    // Nothing beyond what was quoted is ever spent, unless the person said how much.
    let cap = wish.max_cost_usd.map_or(total, MicroUsd::from_dollars);
    Ok(Priced { bid: Bid { models, cap }, total, paid_by: shelf.paid_by(first), calls })
}

/// The same errand is under way already.
pub(crate) fn under_way(task: TaskId) -> ApiError {
    ApiError::conflict("already_running", "the same is being done already")
        .with_hint("wait for it, or cancel it first: POST /api/tasks/{id}/cancel")
        .with("task_id", json!(task.0))
}

#[derive(Debug, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
struct Which {
    /// `edit_image`, `transcribe`, `write_scenes` or `analyze_audio`; all, when left out.
    #[garde(length(max = 40))]
    #[param(example = "edit_image")]
    kind: Option<String>,
    #[garde(skip)]
    scene_id: Option<Uuid>,
}

/// What was ordered for a project beside its films, newest first.
#[utoipa::path(
    get, path = "/api/projects/{id}/tasks", tag = "projects", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path), Page, Which),
    responses((status = 200, body = Listing<TaskView>))
)]
async fn list(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
    page: Page,
    ApiQuery(which): ApiQuery<Which>,
) -> ApiResult<Json<Listing<TaskView>>> {
    let id = ProjectId(id);
    let mut transaction = state.db.person(who.user()).await?;
    allowed(&mut transaction, &who, id, Action::Read).await?;
    let filter =
        TaskFilter { project: Some(id), scene: which.scene_id.map(SceneId), kind: which.kind.as_deref() };
    let (rows, total) = tasks::list(&mut transaction, filter, page.limit, page.offset).await?;
    transaction.commit().await?;
    Ok(Json(Listing::new(rows.into_iter().map(TaskView::from).collect(), total, page)))
}

/// Kinds of tasks that stop where they are without leaving anything half done.
const STOPPABLE: [&str; 4] = ["analyze_audio", "edit_image", "transcribe", "write_scenes"];

/// Stops a task. What was paid for until then is kept; what was not is given back.
#[utoipa::path(
    post, path = "/api/tasks/{id}/cancel", tag = "projects", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path)),
    responses(
        (status = 202, body = TaskView),
        (status = 409, body = crate::error::Problem, content_type = "application/problem+json", description = "It has ended, or is of a kind that does not stop"),
    )
)]
async fn cancel(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
) -> ApiResult<(StatusCode, Json<TaskView>)> {
    let id = TaskId(id);
    let mut transaction = state.db.person(who.user()).await?;
    let task = tasks::get(&mut transaction, id).await.map_err(ApiError::missing("task"))?;
    if !STOPPABLE.contains(&task.kind.as_str()) {
        return Err(ApiError::conflict(
            "task_goes_on",
            format!("a task of kind `{}` does not stop", task.kind),
        ));
    }
    let seq = queue::cancel::request_errand(&mut transaction, id).await.map_err(|error| {
        if error.broke("tasks_is_open") {
            ApiError::conflict("task_finished", format!("the task is `{}` already", task.status))
        } else {
            ApiError::missing("task")(error)
        }
    })?;
    let task = tasks::get(&mut transaction, id).await?;
    transaction.commit().await?;
    let mut connection = state.db.worker().acquire().await.map_err(mv_store::StoreError::from)?;
    progress::tell(&mut connection, Change { subject: Subject::Task(id), seq }).await?;
    Ok((StatusCode::ACCEPTED, Json(task.into())))
}
