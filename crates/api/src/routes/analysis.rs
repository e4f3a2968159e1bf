//! Having a song heard: the analysis and the storyboard it suggests, the waveform, and tasks to wait for.

use crate::error::{ApiError, ApiResult};
use crate::extract::{ApiPath, ApiQuery, SignedIn};
use crate::routes::failure::Failure;
use crate::routes::projects::allowed;
use crate::routes::scenes::SceneConfig;
use crate::state::ApiState;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use garde::Validate;
use mv_core::ids::{ProjectId, TaskId};
use mv_core::jobs::Job;
use mv_core::policy::Action;
use mv_core::{Storyboard, WaveformPeaks};
use mv_store::db::ordered_tasks::{self as tasks, Task};
use mv_store::db::{plans, projects};
use mv_store::objects::ObjectKey;
use mv_store::queue::{self, Enqueue};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::time::Duration;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(analyze)).routes(routes!(task)).routes(routes!(peaks))
}

/// The largest file of peaks that is read: that of a song of some hours.
const LARGEST_PEAKS: u64 = 16 << 20;

/// A scene that the song suggests.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SceneSuggestion {
    scene_number: usize,
    #[schema(example = 0.0)]
    timestamp_start: f64,
    #[schema(example = 4.12)]
    timestamp_end: f64,
    #[schema(example = "intro")]
    section_type: String,
    description: String,
    config: SceneConfig,
}

fn suggestions(plan: &Storyboard) -> Vec<SceneSuggestion> {
    let one = |(index, scene): (usize, &mv_core::Scene)| {
        let (start, end) = plan.span(index);
        SceneSuggestion {
            scene_number: index + 1,
            timestamp_start: start.0,
            timestamp_end: end.0,
            section_type: scene.section.word().to_owned(),
            description: scene.description.clone(),
            config: SceneConfig::of(scene),
        }
    };
    plan.scenes.iter().enumerate().map(one).collect()
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AnalysisAnswer {
    /// Tempo, key, time signature, beats, downbeats, sections, energy, valence, and how sure each of them is.
    #[schema(value_type = Object)]
    analysis: Value,
    suggested_scenes: Vec<SceneSuggestion>,
}

#[derive(Debug, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
struct AnalyzeQuery {
    /// Plan the storyboard anew, as after choosing another template; edited scenes are kept as versions.
    #[garde(skip)]
    #[serde(default)]
    again: bool,
    /// How long to wait for the answer, in seconds.
    #[garde(range(max = 20))]
    #[serde(default = "some_seconds")]
    #[param(minimum = 0, maximum = 20, default = 8)]
    wait_seconds: u64,
}

/// Long enough for most songs, on a server that has nothing else to do.
fn some_seconds() -> u64 {
    8
}

/// Has the song heard and a storyboard planned. Waits some seconds for it; then says where to look.
#[utoipa::path(
    post, path = "/api/projects/{id}/analyze-audio", tag = "projects", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path), AnalyzeQuery),
    responses(
        (status = 200, body = AnalysisAnswer),
        (status = 202, body = TaskView, description = "Not ready yet: watch the task", headers(("Location" = String))),
    )
)]
async fn analyze(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
    ApiQuery(query): ApiQuery<AnalyzeQuery>,
) -> ApiResult<Response> {
    let id = ProjectId(id);
    let mut transaction = state.db.person(who.user()).await?;
    allowed(&mut transaction, &who, id, Action::Read).await?;
    if !query.again
        && let Some(answer) = ready(&mut transaction, id).await?
    {
        transaction.commit().await?;
        return Ok(Json(answer).into_response());
    }
    allowed(&mut transaction, &who, id, Action::Update).await?;
    // Holds others off until this is committed, so that two who ask at once order once.
    projects::lock(&mut transaction, id).await?;
    let unfinished = tasks::unfinished(&mut transaction, id, "analyze_audio").await?;
    let task_id = if let Some(task) = unfinished {
        task
    } else {
        let payload = json!({ "again": query.again });
        let task_id =
            tasks::insert(&mut transaction, who.user(), Some(id), "analyze_audio", &payload).await?;
        let how = Enqueue { priority: who.actor.limits().into(), ..Enqueue::by(who.user()) };
        queue::enqueue(&mut transaction, &Job::AnalyzeAudio { project_id: id, task_id }, how).await?;
        task_id
    };
    transaction.commit().await?;
    state.watch.ended(&state.db, task_id, Duration::from_secs(query.wait_seconds)).await?;
    let mut transaction = state.db.person(who.user()).await?;
    let task = tasks::get(&mut transaction, task_id).await?;
    if task.status == "complete"
        && let Some(answer) = ready(&mut transaction, id).await?
    {
        transaction.commit().await?;
        return Ok(Json(answer).into_response());
    }
    transaction.commit().await?;
    if task.status == "failed" {
        return Err(failed(
            &task,
            "analysis_failed",
            "the song could not be analysed",
            "try another file of the song, such as a WAV or an MP3",
        ));
    }
    let location = format!("/api/tasks/{task_id}");
    Ok((StatusCode::ACCEPTED, [(header::LOCATION, location)], Json(TaskView::from(task))).into_response())
}

async fn ready(connection: &mut sqlx::PgConnection, id: ProjectId) -> ApiResult<Option<AnalysisAnswer>> {
    let analysis = projects::get(connection, id).await?.audio_analysis;
    let board = plans::load(connection, id).await?;
    let heard = analysis.as_object().is_some_and(|fields| !fields.is_empty());
    Ok(board
        .filter(|_| heard)
        .map(|board| AnalysisAnswer { analysis, suggested_scenes: suggestions(&board.plan) }))
}

/// A task failed while somebody waited: what the worker says of it is meant for people.
pub(crate) fn failed(task: &Task, code: &'static str, detail: &str, hint: &str) -> ApiError {
    let told = task.error.as_ref().map(Failure::of).unwrap_or_default();
    ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, code, told.message.as_deref().unwrap_or(detail))
        .with_hint(told.hint.as_deref().unwrap_or(hint))
        .with("failure", json!(told.code))
}

/// Work that was ordered outside a film.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TaskView {
    task_id: Uuid,
    project_id: Option<Uuid>,
    /// What an edit, or a proposal, is about.
    scene_id: Option<Uuid>,
    /// `analyze_audio`, `character`, `edit_image`, `transcribe`, `write_scenes`, `export_data` or `delete_account`.
    #[schema(example = "analyze_audio")]
    kind: String,
    /// `queued`, `processing`, `complete`, `failed` or `canceled`.
    #[schema(example = "processing")]
    status: String,
    /// Rises with every change.
    progress_seq: i64,
    /// `current_stage` and `fraction`, 0–1.
    #[schema(value_type = Option<Object>)]
    progress: Option<Value>,
    #[schema(value_type = Option<Object>)]
    result: Option<Value>,
    /// Why it failed.
    error: Option<Failure>,
    created_at: DateTime<Utc>,
    finished_at: Option<DateTime<Utc>>,
}

impl From<Task> for TaskView {
    fn from(task: Task) -> Self {
        Self {
            task_id: task.id.0,
            project_id: task.project_id,
            scene_id: task.scene_id,
            progress: task.payload.get("progress").cloned(),
            kind: task.kind,
            status: task.status,
            progress_seq: task.progress_seq,
            result: task.result,
            error: task.error.as_ref().map(Failure::of),
            created_at: task.created_at,
            finished_at: task.finished_at,
        }
    }
}

/// How far a task is.
#[utoipa::path(
    get, path = "/api/tasks/{id}", tag = "projects", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path)),
    responses((status = 200, body = TaskView))
)]
async fn task(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
) -> ApiResult<Json<TaskView>> {
    let mut transaction = state.db.person(who.user()).await?;
    let task = tasks::get(&mut transaction, TaskId(id)).await.map_err(ApiError::missing("task"))?;
    transaction.commit().await?;
    Ok(Json(task.into()))
}

#[derive(Debug, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
struct PeaksQuery {
    /// 0 is the finest, 100 entries a second; each further level has half as many.
    #[garde(range(max = 7))]
    #[serde(default)]
    #[param(minimum = 0, maximum = 7, default = 0)]
    level: usize,
}

/// The song's waveform, for drawing.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PeaksAnswer {
    level: usize,
    /// Entries a second.
    #[schema(example = 100.0)]
    rate_hz: f64,
    /// The largest magnitude of each entry's span, 0–255.
    peaks: Vec<u8>,
}

/// The song's waveform at one zoom.
#[utoipa::path(
    get, path = "/api/projects/{id}/peaks", tag = "projects", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path), PeaksQuery),
    responses(
        (status = 200, body = PeaksAnswer),
        (status = 409, body = crate::error::Problem, content_type = "application/problem+json", description = "The song was not heard yet"),
    )
)]
async fn peaks(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
    ApiQuery(query): ApiQuery<PeaksQuery>,
) -> ApiResult<Response> {
    let id = ProjectId(id);
    let mut transaction = state.db.person(who.user()).await?;
    allowed(&mut transaction, &who, id, Action::Read).await?;
    let key = projects::get(&mut transaction, id).await?.peaks_key;
    transaction.commit().await?;
    let key: ObjectKey = key.ok_or_else(not_heard)?.parse().map_err(ApiError::internal)?;
    let bytes = state.objects.read(&key, LARGEST_PEAKS).await?;
    let mut peaks: WaveformPeaks = serde_json::from_slice(&bytes).map_err(ApiError::internal)?;
    if query.level >= peaks.levels.len() {
        return Err(ApiError::not_found("level"));
    }
    let rate_hz = f64::from(peaks.rate_hz) / f64::from(1u32 << query.level.min(31));
    let answer = PeaksAnswer { level: query.level, rate_hz, peaks: peaks.levels.swap_remove(query.level) };
    let caching = HeaderValue::from_static("private, max-age=3600");
    Ok(([(header::CACHE_CONTROL, caching)], Json(answer)).into_response())
}

pub(crate) fn not_heard() -> ApiError {
    ApiError::conflict("not_analysed", "the song was not heard yet")
        .with_hint("have it analysed first: POST /api/projects/{id}/analyze-audio")
}
