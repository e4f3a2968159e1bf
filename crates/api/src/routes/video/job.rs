//! Orders that were placed: looking at them, stopping them, trying them again.

use crate::error::{ApiError, ApiResult};
use crate::extract::{ApiPath, Listing, Page, SignedIn};
use crate::links;
use crate::routes::failure::Failure;
use crate::routes::funding;
use crate::routes::projects::allowed;
use crate::routes::quotes::Filming;
use crate::routes::scenes::board;
use crate::state::ApiState;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use mv_core::ids::{ProjectId, VideoJobId};
use mv_core::order::{SceneOrder, VideoConfig};
use mv_core::policy::Action;
use mv_store::db::projects;
use mv_store::db::video_jobs::{self, VideoJob};
use mv_store::queue::{self, Priority};
use serde::Serialize;
use serde_json::Value;
use sqlx::PgConnection;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(jobs))
        .routes(routes!(show))
        .routes(routes!(progress))
        .routes(routes!(cancel))
        .routes(routes!(retry))
}

/// An order.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VideoJobView {
    id: Uuid,
    project_id: Uuid,
    user_id: Uuid,
    /// `full_video` or `single_scene`.
    #[schema(example = "full_video")]
    job_type: String,
    #[schema(value_type = Object)]
    config: VideoConfig,
    /// `queued`, `processing`, `complete`, `failed` or `canceled`.
    #[schema(example = "processing")]
    status: String,
    /// Somebody asked for it to be stopped.
    cancel_requested: bool,
    #[schema(value_type = Object)]
    progress: Value,
    /// Rises with every change.
    progress_seq: i64,
    output_url: Option<String>,
    #[schema(value_type = Option<Object>)]
    output_metadata: Option<Value>,
    #[schema(value_type = Object)]
    costs: Value,
    error_message: Option<String>,
    /// Why it failed.
    error_details: Option<Failure>,
    retry_count: i32,
    priority: i32,
    created_at: DateTime<Utc>,
    started_at: Option<DateTime<Utc>>,
    completed_at: Option<DateTime<Utc>>,
    failed_at: Option<DateTime<Utc>>,
    canceled_at: Option<DateTime<Utc>>,
}

impl VideoJobView {
    async fn of(state: &ApiState, job: VideoJob) -> ApiResult<Self> {
        Ok(Self {
            id: job.id.0,
            project_id: job.project_id.0,
            user_id: job.user_id.0,
            job_type: job.job_type,
            config: job.config.0,
            status: job.status,
            cancel_requested: job.cancel_requested_at.is_some(),
            progress: job.progress,
            progress_seq: job.progress_seq,
            output_url: links::show(state, job.output_key.as_deref()).await?,
            output_metadata: job.output_metadata,
            costs: job.costs,
            error_message: job.error_message,
            error_details: job.error_details.as_ref().map(Failure::of),
            retry_count: job.retry_count,
            priority: job.priority,
            created_at: job.created_at,
            started_at: job.started_at,
            completed_at: job.completed_at,
            failed_at: job.failed_at,
            canceled_at: job.canceled_at,
        })
    }
}

/// A project's orders, newest first.
#[utoipa::path(
    get, path = "/api/projects/{id}/jobs", tag = "video", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path), Page),
    responses((status = 200, body = Listing<VideoJobView>))
)]
async fn jobs(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
    page: Page,
) -> ApiResult<Json<Listing<VideoJobView>>> {
    let id = ProjectId(id);
    let mut transaction = state.db.person(who.user()).await?;
    allowed(&mut transaction, &who, id, Action::Read).await?;
    let (rows, total) = video_jobs::list(&mut transaction, id, page.limit, page.offset).await?;
    transaction.commit().await?;
    let mut data = Vec::with_capacity(rows.len());
    for row in rows {
        data.push(VideoJobView::of(&state, row).await?);
    }
    Ok(Json(Listing::new(data, total, page)))
}

/// An order that this person may do this with.
async fn own(
    connection: &mut PgConnection,
    who: &SignedIn,
    id: VideoJobId,
    action: Action,
) -> ApiResult<VideoJob> {
    let job = video_jobs::get(connection, id).await.map_err(ApiError::missing("job"))?;
    // Whoever placed it may always look at it and stop it, even after leaving the project.
    if job.user_id != who.user() {
        allowed(connection, who, job.project_id, action).await.map_err(|error| {
            if error.status() == StatusCode::NOT_FOUND { ApiError::not_found("job") } else { error }
        })?;
    }
    Ok(job)
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct JobAnswer {
    job: VideoJobView,
}

/// An order.
#[utoipa::path(
    get, path = "/api/video/jobs/{id}", tag = "video", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path)),
    responses((status = 200, body = JobAnswer))
)]
async fn show(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
) -> ApiResult<Json<JobAnswer>> {
    let mut transaction = state.db.person(who.user()).await?;
    let job = own(&mut transaction, &who, VideoJobId(id), Action::Read).await?;
    transaction.commit().await?;
    Ok(Json(JobAnswer { job: VideoJobView::of(&state, job).await? }))
}

/// How far an order is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Progress {
    #[schema(example = "video_generation")]
    current_stage: String,
    completed_scenes: i64,
    total_scenes: i64,
    /// Seconds; unknown at first.
    estimated_time_remaining: Option<f64>,
    /// 0 to 1.
    fraction: f64,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProgressAnswer {
    job_id: Uuid,
    #[schema(example = "processing")]
    status: String,
    progress: Progress,
    /// US dollars so far.
    current_cost: f64,
    /// Rises with every change.
    seq: i64,
}

/// How far an order is. The WebSocket tells the same as it changes.
#[utoipa::path(
    get, path = "/api/video/jobs/{id}/progress", tag = "video", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path)),
    responses((status = 200, body = ProgressAnswer))
)]
async fn progress(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
) -> ApiResult<Json<ProgressAnswer>> {
    let mut transaction = state.db.person(who.user()).await?;
    let job = own(&mut transaction, &who, VideoJobId(id), Action::Read).await?;
    transaction.commit().await?;
    let number = |name: &str| job.progress.get(name).and_then(Value::as_f64);
    let done = job.status == "complete";
    let progress = Progress {
        current_stage: job
            .progress
            .get("current_stage")
            .and_then(Value::as_str)
            .unwrap_or(&job.status)
            .to_owned(),
        completed_scenes: number("completed_scenes").unwrap_or(0.0) as i64,
        total_scenes: number("total_scenes").unwrap_or(0.0) as i64,
        estimated_time_remaining: number("estimated_time_remaining").filter(|_| !done),
        fraction: if done { 1.0 } else { number("fraction").unwrap_or(0.0) },
    };
    let current_cost = job.costs.get("total").and_then(Value::as_f64).unwrap_or(0.0);
    let answer = ProgressAnswer {
        job_id: id,
        status: job.status.clone(),
        progress,
        current_cost,
        seq: job.progress_seq,
    };
    Ok(Json(answer))
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Message {
    #[schema(example = "Job canceled successfully")]
    message: &'static str,
}

/// Stops an order. What was finished is kept, and used if it is tried again.
#[utoipa::path(
    post, path = "/api/video/jobs/{id}/cancel", tag = "video", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path)),
    responses((status = 200, body = Message))
)]
async fn cancel(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
) -> ApiResult<Json<Message>> {
    let id = VideoJobId(id);
    let mut transaction = state.db.person(who.user()).await?;
    let job = own(&mut transaction, &who, id, Action::Delete).await?;
    queue::cancel::request(&mut transaction, id).await.map_err(|error| {
        if error.broke("video_jobs_is_open") {
            ApiError::conflict("job_finished", format!("the job is `{}` already", job.status))
        } else {
            ApiError::missing("job")(error)
        }
    })?;
    transaction.commit().await?;
    Ok(Json(Message { message: "Job canceled successfully" }))
}

/// Whether whoever placed an order has the credits for what is still to be bought for it. Of others' credits only the
/// ledger may know: it stops the work where they do not suffice.
async fn can_be_paid(
    state: &ApiState,
    connection: &mut PgConnection,
    who: &SignedIn,
    job: &VideoJob,
) -> ApiResult<()> {
    let config = &job.config.0;
    if job.user_id != who.user() || config.reframe_of.is_some() {
        return Ok(());
    }
    let board = board(connection, job.project_id).await?;
    let filming = Filming { user: who.user(), project: job.project_id, plan: &board.plan, config };
    let price = match config.scene {
        None => filming.price(state, connection).await?,
        Some(SceneOrder { scene_id, remake }) => match board.index_of(scene_id) {
            Some(index) => filming.price_of(state, connection, &[index as u32 + 1], remake).await?,
            // The worker says that it is gone.
            None => return Ok(()),
        },
    };
    funding::afford(connection, who.user(), price.by_credits).await
}

/// Tries an order again that failed or was stopped; what was finished is not made twice.
#[utoipa::path(
    post, path = "/api/video/jobs/{id}/retry", tag = "video", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path)),
    responses(
        (status = 202, body = JobAnswer),
        (status = 402, body = crate::error::Problem, content_type = "application/problem+json", description = "What is left to buy takes more credits than there are"),
    )
)]
async fn retry(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
) -> ApiResult<(StatusCode, Json<JobAnswer>)> {
    let id = VideoJobId(id);
    let mut transaction = state.db.person(who.user()).await?;
    let job = own(&mut transaction, &who, id, Action::Delete).await?;
    // Placing it anew needs the right to order, whoever placed it first.
    allowed(&mut transaction, &who, job.project_id, Action::Update).await?;
    projects::lock(&mut transaction, job.project_id).await?;
    if job.job_type == "full_video"
        && video_jobs::unfinished(&mut transaction, job.project_id).await?.is_some()
    {
        return Err(ApiError::conflict("already_generating", "another film of this project is being made"));
    }
    can_be_paid(&state, &mut transaction, &who, &job).await?;
    queue::cancel::retry(&mut transaction, who.user(), id, Priority::from(who.actor.limits()))
        .await
        .map_err(|error| {
            if error.broke("video_jobs_has_failed") {
                ApiError::conflict(
                    "job_not_failed",
                    format!("the job is `{}`: there is nothing to try again", job.status),
                )
            } else {
                ApiError::missing("job")(error)
            }
        })?;
    let job = video_jobs::get(&mut transaction, id).await?;
    transaction.commit().await?;
    Ok((StatusCode::ACCEPTED, Json(JobAnswer { job: VideoJobView::of(&state, job).await? })))
}
