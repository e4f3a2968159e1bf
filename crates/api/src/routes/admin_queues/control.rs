//! Taking the queues in hand: pausing a class, draining a node, a job before all others, and how its tries went.

use super::QueuedJobBody;
use crate::auth::session::note_on;
use crate::error::{ApiError, ApiResult};
use crate::extract::{ApiPath, Client};
use crate::routes::admin::Admin;
use crate::state::ApiState;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use mv_core::audit::Event;
use mv_core::jobs::Class;
use mv_store::StoreError;
use mv_store::queue::admin::{self as queues, Attempt};
use mv_store::queue::halts::{self, Node};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(pause))
        .routes(routes!(resume))
        .routes(routes!(job))
        .routes(routes!(to_front))
        .routes(routes!(nodes))
        .routes(routes!(drain))
        .routes(routes!(undrain))
}

/// Pauses a queue
///
/// Within a second or two nobody takes jobs of this class any more. Those that run may end; what has not within the time
/// that a stopping worker waits goes on when the queue does. Nothing that was paid for is lost.
#[utoipa::path(
    post, path = "/api/admin/queues/{class}/pause", tag = "admin", params(("class" = String, Path)),
    security(("session" = [])), responses((status = 204, description = "It is paused"))
)]
async fn pause(
    State(state): State<ApiState>,
    Admin(admin): Admin,
    client: Client,
    ApiPath(class): ApiPath<Class>,
) -> ApiResult<StatusCode> {
    let mut transaction = state.db.worker().begin().await?;
    if halts::pause(&mut transaction, class, Some(admin.user())).await? {
        let about = ("queue_paused", class.word());
        note_on(&mut transaction, &client, Event::QueueChangedByAdmin, admin.user(), about).await?;
    }
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Has a paused queue go on
#[utoipa::path(
    post, path = "/api/admin/queues/{class}/resume", tag = "admin", params(("class" = String, Path)),
    security(("session" = [])), responses((status = 204, description = "It goes on"))
)]
async fn resume(
    State(state): State<ApiState>,
    Admin(admin): Admin,
    client: Client,
    ApiPath(class): ApiPath<Class>,
) -> ApiResult<StatusCode> {
    let mut transaction = state.db.worker().begin().await?;
    if halts::resume(&mut transaction, class).await? {
        let about = ("queue_resumed", class.word());
        note_on(&mut transaction, &client, Event::QueueChangedByAdmin, admin.user(), about).await?;
    }
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A try of a job that has ended.
#[derive(Serialize, ToSchema)]
#[schema(as = JobAttempt)]
struct AttemptBody {
    #[schema(example = 1)]
    number: i32,
    /// `complete`, `failed`, `canceled`, or `retried` when it failed and another try followed.
    #[schema(example = "retried")]
    outcome: String,
    #[schema(value_type = Option<Object>)]
    error: Option<Value>,
    enqueued_at: DateTime<Utc>,
    started_at: DateTime<Utc>,
    finished_at: DateTime<Utc>,
    /// From when it was put on the queue until somebody took it.
    #[schema(example = 0.4)]
    waited_seconds: f64,
    #[schema(example = 12.7)]
    took_seconds: f64,
}

impl From<Attempt> for AttemptBody {
    fn from(attempt: Attempt) -> Self {
        let seconds =
            |from: DateTime<Utc>, to: DateTime<Utc>| (to - from).num_milliseconds().max(0) as f64 / 1000.0;
        Self {
            number: attempt.number,
            outcome: attempt.outcome,
            error: attempt.error,
            waited_seconds: seconds(attempt.enqueued_at, attempt.started_at),
            took_seconds: seconds(attempt.started_at, attempt.finished_at),
            enqueued_at: attempt.enqueued_at,
            started_at: attempt.started_at,
            finished_at: attempt.finished_at,
        }
    }
}

#[derive(Serialize, ToSchema)]
struct JobDetail {
    #[schema(example = "render-step")]
    task: String,
    /// Without the links that mails carry.
    #[schema(value_type = Object)]
    payload: Value,
    /// As it lies on the queue; nothing when it does not any more.
    queued: Option<QueuedJobBody>,
    /// Tries that have ended, the first one first; kept for a week, those that went well for a day.
    attempts: Vec<AttemptBody>,
}

/// A job and how its tries went
///
/// Found by the number that any of its tries had on the queue.
#[utoipa::path(
    get, path = "/api/admin/queues/jobs/{id}", tag = "admin", params(("id" = i64, Path)),
    security(("session" = [])), responses((status = 200, body = JobDetail))
)]
async fn job(
    State(state): State<ApiState>,
    _: Admin,
    ApiPath(id): ApiPath<i64>,
) -> ApiResult<Json<JobDetail>> {
    let mut connection = state.db.worker().acquire().await?;
    let queued = match queues::get(&mut connection, id).await {
        Ok(job) => Some(QueuedJobBody::from(job)),
        Err(StoreError::NotFound) => None,
        Err(error) => return Err(error.into()),
    };
    let attempts = queues::attempts(&mut connection, id).await?;
    let about = queued.as_ref().map(|job| (job.task.clone(), job.payload.clone()));
    let about = about.or_else(|| attempts.last().map(|last| (last.task.clone(), last.payload.clone())));
    let (task, payload) = about.ok_or_else(|| ApiError::not_found("job"))?;
    let attempts = attempts.into_iter().map(AttemptBody::from).collect();
    Ok(Json(JobDetail { task, payload, queued, attempts }))
}

/// Puts a job before all others that wait
///
/// One that was put off is no longer.
#[utoipa::path(
    post, path = "/api/admin/queues/jobs/{id}/front", tag = "admin", params(("id" = i64, Path)),
    security(("session" = [])),
    responses(
        (status = 204, description = "It is the next"),
        (status = 409, body = crate::error::Problem, content_type = "application/problem+json",
            description = "It is running"),
    )
)]
async fn to_front(
    State(state): State<ApiState>,
    Admin(admin): Admin,
    client: Client,
    ApiPath(id): ApiPath<i64>,
) -> ApiResult<StatusCode> {
    let mut transaction = state.db.worker().begin().await?;
    queues::get(&mut transaction, id).await.map_err(ApiError::missing("job"))?;
    if !halts::to_front(&mut transaction, id).await? {
        return Err(ApiError::conflict("job_running", "the job is running"));
    }
    note_on(&mut transaction, &client, Event::QueueChangedByAdmin, admin.user(), ("job_to_front", id))
        .await?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A process that takes jobs.
#[derive(Serialize, ToSchema)]
#[schema(as = Node)]
struct NodeBody {
    id: Uuid,
    /// Of its machine.
    #[schema(example = "render-2")]
    name: String,
    /// Whose jobs it takes.
    #[schema(example = json!(["render", "analysis"]))]
    classes: Vec<String>,
    /// Jobs that it runs now.
    #[schema(example = 2)]
    in_hand: i32,
    started_at: DateTime<Utc>,
    seen_at: DateTime<Utc>,
    /// Since when it takes no more.
    draining_at: Option<DateTime<Utc>>,
    /// It was heard of within ten seconds.
    is_alive: bool,
}

impl From<Node> for NodeBody {
    fn from(node: Node) -> Self {
        let Node { id, name, classes, in_hand, started_at, seen_at, draining_at, is_alive } = node;
        Self { id, name, classes, in_hand, started_at, seen_at, draining_at, is_alive }
    }
}

#[derive(Serialize, ToSchema)]
struct Nodes {
    data: Vec<NodeBody>,
}

/// Processes that take jobs
#[utoipa::path(
    get, path = "/api/admin/nodes", tag = "admin", security(("session" = [])),
    responses((status = 200, body = Nodes))
)]
async fn nodes(State(state): State<ApiState>, _: Admin) -> ApiResult<Json<Nodes>> {
    let mut connection = state.db.worker().acquire().await?;
    let nodes = halts::nodes(&mut connection).await?;
    Ok(Json(Nodes { data: nodes.into_iter().map(NodeBody::from).collect() }))
}

/// Has a node take no more jobs, as before it is taken down
///
/// Its API goes on. Jobs in its hands may end; what has not in time goes to other nodes.
#[utoipa::path(
    post, path = "/api/admin/nodes/{id}/drain", tag = "admin", params(("id" = Uuid, Path)),
    security(("session" = [])), responses((status = 204, description = "It takes no more"))
)]
async fn drain(
    State(state): State<ApiState>,
    Admin(admin): Admin,
    client: Client,
    ApiPath(id): ApiPath<Uuid>,
) -> ApiResult<StatusCode> {
    set_draining(&state, &admin, &client, id, true).await
}

/// Has a drained node take jobs again
#[utoipa::path(
    post, path = "/api/admin/nodes/{id}/resume", tag = "admin", params(("id" = Uuid, Path)),
    security(("session" = [])), responses((status = 204, description = "It takes jobs"))
)]
async fn undrain(
    State(state): State<ApiState>,
    Admin(admin): Admin,
    client: Client,
    ApiPath(id): ApiPath<Uuid>,
) -> ApiResult<StatusCode> {
    set_draining(&state, &admin, &client, id, false).await
}

async fn set_draining(
    state: &ApiState,
    admin: &crate::extract::Person,
    client: &Client,
    id: Uuid,
    drains: bool,
) -> ApiResult<StatusCode> {
    let mut transaction = state.db.worker().begin().await?;
    if halts::drain(&mut transaction, id, drains).await.map_err(ApiError::missing("node"))? {
        let about = (if drains { "node_drained" } else { "node_resumed" }, id);
        note_on(&mut transaction, client, Event::QueueChangedByAdmin, admin.user(), about).await?;
    }
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
