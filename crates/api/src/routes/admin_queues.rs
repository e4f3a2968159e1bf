//! The queues, for whoever runs the server: what lies on them, what failed, taking a job off and putting one on again.

mod control;

use crate::auth::session::note_on;
use crate::error::{ApiError, ApiResult};
use crate::extract::{ApiPath, Client, Listing, Page};
use crate::routes::admin::Admin;
use crate::state::ApiState;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use mv_core::audit::Event;
use mv_core::failure::FailureCode;
use mv_core::jobs::{Class, Job};
use mv_store::StoreError;
use mv_store::db::{characters, task_runs};
use mv_store::queue::admin::{self as queues, FailedJob, QueuedJob};
use mv_store::queue::{self, Enqueue, Envelope, Priority, cancel, halts};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(queue_numbers))
        .routes(routes!(queued_jobs))
        .routes(routes!(failed_jobs))
        .routes(routes!(remove))
        .routes(routes!(retry))
        .merge(control::routes())
}

/// What lies on one class's queue.
#[derive(Serialize, ToSchema)]
struct QueueBody {
    waiting: i64,
    active: i64,
    /// Put off until later.
    delayed: i64,
    /// Failed within 7 days.
    failed: i64,
    /// Completed within 24 hours.
    completed: i64,
    oldest_wait_seconds: Option<f64>,
    /// Since when nobody takes jobs of this class, while that is so.
    paused_at: Option<DateTime<Utc>>,
}

#[derive(Serialize, ToSchema)]
struct Queues {
    /// By class: `video`, `clip`, `image`, `render`, `analysis`, `mail`, `cleaning`, `analytics`.
    queues: BTreeMap<&'static str, QueueBody>,
}

/// Numbers of the queues
#[utoipa::path(
    get, path = "/api/admin/queues", tag = "admin", security(("session" = [])),
    responses((status = 200, body = Queues))
)]
async fn queue_numbers(State(state): State<ApiState>, _: Admin) -> ApiResult<Json<Queues>> {
    let mut connection = state.db.worker().acquire().await?;
    let metrics = queues::metrics(&mut connection).await?;
    let paused = halts::paused(&mut connection).await?;
    let queues = metrics.into_iter().map(|(class, metrics)| {
        let body = QueueBody {
            waiting: metrics.waiting,
            active: metrics.active,
            delayed: metrics.delayed,
            failed: metrics.failed,
            completed: metrics.completed,
            oldest_wait_seconds: metrics.oldest_wait_seconds,
            paused_at: paused.get(&class).copied(),
        };
        (class.word(), body)
    });
    Ok(Json(Queues { queues: queues.collect() }))
}

/// A job on the queue. What mails carry is not shown: links are for their readers.
#[derive(Serialize, ToSchema)]
struct QueuedJobBody {
    id: i64,
    #[schema(example = "video-generation")]
    task: String,
    /// `waiting`, `active` or `delayed`.
    state: String,
    #[schema(value_type = Object)]
    payload: Value,
    created_at: DateTime<Utc>,
    run_at: DateTime<Utc>,
    locked_at: Option<DateTime<Utc>>,
    locked_by: Option<String>,
    last_error: Option<String>,
}

impl From<QueuedJob> for QueuedJobBody {
    fn from(job: QueuedJob) -> Self {
        Self {
            id: job.id,
            task: job.task,
            state: job.state,
            payload: without_links(job.payload),
            created_at: job.created_at,
            run_at: job.run_at,
            locked_at: job.locked_at,
            locked_by: job.locked_by,
            last_error: job.last_error,
        }
    }
}

#[derive(Serialize, ToSchema)]
struct QueuedJobs {
    data: Vec<QueuedJobBody>,
}

/// Jobs of one queue
#[utoipa::path(
    get, path = "/api/admin/queues/{class}", tag = "admin", params(("class" = String, Path), Page),
    security(("session" = [])), responses((status = 200, body = QueuedJobs))
)]
async fn queued_jobs(
    State(state): State<ApiState>,
    _: Admin,
    ApiPath(class): ApiPath<Class>,
    page: Page,
) -> ApiResult<Json<QueuedJobs>> {
    let mut connection = state.db.worker().acquire().await?;
    let jobs = queues::list(&mut connection, Some(class), page.limit, page.offset).await?;
    Ok(Json(QueuedJobs { data: jobs.into_iter().map(QueuedJobBody::from).collect() }))
}

/// A job that failed for good.
#[derive(Serialize, ToSchema)]
struct FailedJobBody {
    id: i64,
    /// The number that its tries are found by: `/api/admin/queues/jobs/{id}`.
    queue_job_id: Option<i64>,
    #[schema(example = "email-notification")]
    task: String,
    #[schema(value_type = Object)]
    payload: Value,
    attempts: i32,
    #[schema(value_type = Option<Object>)]
    error: Option<Value>,
    enqueued_at: DateTime<Utc>,
    finished_at: DateTime<Utc>,
}

impl From<FailedJob> for FailedJobBody {
    fn from(job: FailedJob) -> Self {
        Self {
            id: job.id,
            queue_job_id: job.queue_job_id,
            task: job.task,
            // Its history holds no links any more.
            payload: job.payload,
            attempts: job.attempts,
            error: job.error,
            enqueued_at: job.enqueued_at,
            finished_at: job.finished_at,
        }
    }
}

/// Jobs of one queue that failed within seven days, the newest first
#[utoipa::path(
    get, path = "/api/admin/queues/{class}/failed", tag = "admin", params(("class" = String, Path), Page),
    security(("session" = [])), responses((status = 200, body = Listing<FailedJobBody>))
)]
async fn failed_jobs(
    State(state): State<ApiState>,
    _: Admin,
    ApiPath(class): ApiPath<Class>,
    page: Page,
) -> ApiResult<Json<Listing<FailedJobBody>>> {
    let mut connection = state.db.worker().acquire().await?;
    let (jobs, total) = queues::failed(&mut connection, class, page.limit, page.offset).await?;
    Ok(Json(Listing::new(jobs.into_iter().map(FailedJobBody::from).collect(), total, page)))
}

/// Takes a job off the queue
///
/// One that belongs to a film stops the film's order, whether it runs or not; any other must not have begun.
#[utoipa::path(
    delete, path = "/api/admin/queues/jobs/{id}", tag = "admin", params(("id" = i64, Path)),
    security(("session" = [])),
    responses(
        (status = 204, description = "It will not be done"),
        (status = 409, body = crate::error::Problem, content_type = "application/problem+json",
            description = "It is running, or its order has ended"),
    )
)]
async fn remove(
    State(state): State<ApiState>,
    Admin(admin): Admin,
    client: Client,
    ApiPath(id): ApiPath<i64>,
) -> ApiResult<StatusCode> {
    let mut transaction = state.db.worker().begin().await?;
    let job = queues::get(&mut transaction, id).await.map_err(ApiError::missing("job"))?;
    match serde_json::from_value::<Envelope>(job.payload).map(|envelope| envelope.job) {
        Ok(Job::VideoGeneration { job_id } | Job::Step { job_id, .. }) => {
            cancel::request(&mut transaction, job_id).await.map_err(|error| {
                if error.broke("video_jobs_is_open") {
                    ApiError::conflict("job_finished", "its order has ended already")
                } else {
                    ApiError::missing("job")(error)
                }
            })?;
        }
        // One that cannot be read would fail at once: better that it goes.
        job => {
            if !queues::remove(&mut transaction, id).await? {
                return Err(ApiError::conflict("job_running", "the job is running")
                    .with_hint("it ends by itself; what it makes is kept"));
            }
            if let Ok(Job::ScreenTest { character_id, task_id }) = &job {
                let message = "the test pictures were not drawn: an admin stopped it";
                characters::fail_test(
                    &mut transaction,
                    *character_id,
                    *task_id,
                    FailureCode::Canceled,
                    message,
                )
                .await?;
            }
            if let Some(task) = job.ok().as_ref().and_then(Job::errand) {
                task_runs::cancel(&mut transaction, task).await?;
            }
        }
    }
    note_on(&mut transaction, &client, Event::QueueChangedByAdmin, admin.user(), ("job", id)).await?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Puts a job that failed on the queue again
#[utoipa::path(
    post, path = "/api/admin/queues/failed/{id}/retry", tag = "admin", params(("id" = i64, Path)),
    security(("session" = [])),
    responses(
        (status = 204, description = "It is on the queue"),
        (status = 409, body = crate::error::Problem, content_type = "application/problem+json",
            description = "It cannot be done again"),
    )
)]
async fn retry(
    State(state): State<ApiState>,
    Admin(admin): Admin,
    client: Client,
    ApiPath(id): ApiPath<i64>,
) -> ApiResult<StatusCode> {
    let cannot = |detail: &str| ApiError::conflict("cannot_retry", detail);
    let mut transaction = state.db.worker().begin().await?;
    let failed = queues::take_failed(&mut transaction, id).await.map_err(ApiError::missing("job"))?;
    let envelope: Envelope =
        serde_json::from_value(failed.payload).map_err(|_| cannot("its payload cannot be read"))?;
    let how = || Enqueue {
        user: envelope.asked_by,
        first_job: failed.first_job_id.or(failed.queue_job_id),
        ..Enqueue::default()
    };
    match &envelope.job {
        Job::VideoGeneration { job_id } | Job::Step { job_id, .. } => {
            let by = envelope.asked_by.unwrap_or(admin.user());
            cancel::retry(&mut transaction, by, *job_id, Priority::Normal).await.map_err(|error| {
                if error.broke("video_jobs_has_failed") {
                    cannot("its order has not failed, or was tried again since")
                } else {
                    ApiError::missing("job")(error)
                }
            })?;
        }
        Job::Email { mail, .. } if mail.has_link() => {
            return Err(cannot("the link that the mail carried is not kept")
                .with_hint("let the person ask for another one"));
        }
        job => {
            if let Some(task) = job.errand() {
                task_runs::requeue(&mut transaction, task).await.map_err(|error| match error {
                    StoreError::NotFound => cannot("it was done since, or is gone"),
                    other => other.into(),
                })?;
            }
            if let Job::ScreenTest { character_id, task_id } = job {
                characters::begin_test(&mut transaction, *character_id, *task_id, true)
                    .await
                    .map_err(ApiError::missing("character"))?;
            }
            queue::enqueue(&mut transaction, job, how()).await?;
        }
    }
    note_on(&mut transaction, &client, Event::QueueChangedByAdmin, admin.user(), ("job", id)).await?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

fn without_links(mut payload: Value) -> Value {
    if let Some(mail) = payload.get_mut("mail").and_then(Value::as_object_mut) {
        mail.remove("token");
    }
    payload
}
