//! Ordering films, and single scenes anew.

mod job;

use crate::error::{ApiError, ApiResult, permit};
use crate::extract::{ApiPath, SignedIn, ValidJson};
use crate::routes::funding;
use crate::routes::projects::{allowed, month_start};
use crate::routes::quotes::{self, Filming, Price};
use crate::routes::scenes::{self, Afresh, Edit, SceneConfigChange, board};
use crate::state::ApiState;
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use garde::Validate;
use mv_core::film::CaptionStyle;
use mv_core::ids::{ProjectId, QuoteId, SceneId, VideoJobId};
use mv_core::jobs::Job;
use mv_core::order::{QualityTier, Remake, SceneOrder, VideoConfig};
use mv_core::policy::{Action, Decision, Resource, can};
use mv_core::storyboard::Storyboard;
use mv_core::units::{Aspect, FrameRate, Resolution};
use mv_core::vocabulary::Grade;
use mv_store::db::{projects, scene_versions, scenes as scene_rows, subscriptions, video_jobs};
use mv_store::queue::{self, Enqueue, Priority};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::PgConnection;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(generate))
        .routes(routes!(generate_project))
        .routes(routes!(regenerate))
        .merge(job::routes())
}

/// How the film is to be made; whatever is left out is as usual.
#[derive(Clone, Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct VideoConfigBody {
    /// `draft`, `standard`, `pro` or `premium`.
    #[garde(skip)]
    #[schema(value_type = String, example = "standard", default = "standard")]
    quality_tier: QualityTier,
    /// `480p`, `720p`, `1080p` or `4k`.
    #[garde(skip)]
    #[schema(value_type = String, example = "1080p", default = "1080p")]
    resolution: Resolution,
    /// 24, 30 or 60.
    #[garde(skip)]
    #[schema(value_type = u32, example = 24, default = 24)]
    fps: FrameRate,
    /// `16:9`, `9:16` or `1:1`.
    #[garde(skip)]
    #[schema(value_type = String, example = "16:9", default = "16:9")]
    aspect: Aspect,
    /// `none`, `warm`, `cool`, `vintage` or `vibrant`; the template's when left out.
    #[garde(skip)]
    #[schema(value_type = Option<String>)]
    grade: Option<Grade>,
    /// `none`, `line` or `karaoke`; the template's when left out.
    #[garde(skip)]
    #[schema(value_type = Option<String>)]
    captions: Option<CaptionStyle>,
    /// Models for every scene that names none of its own; the built-in maker when left out.
    #[garde(length(max = 100))]
    #[schema(example = "animatic", max_length = 100)]
    image_model: Option<String>,
    #[garde(length(max = 100))]
    #[schema(example = "animatic", max_length = 100)]
    video_model: Option<String>,
    /// Clip model by scene number.
    #[garde(length(max = 1000))]
    #[schema(example = json!({"3": "animatic"}))]
    model_selections: BTreeMap<u32, String>,
    /// Models to ask when the chosen one cannot make a still, in order.
    #[garde(length(max = 5), inner(length(max = 100)))]
    #[schema(example = json!(["flux-2-pro"]), max_items = 5)]
    image_fallbacks: Vec<String>,
    /// The same for clips; `animatic` moves the still.
    #[garde(length(max = 5), inner(length(max = 100)))]
    #[schema(example = json!(["animatic"]), max_items = 5)]
    video_fallbacks: Vec<String>,
    /// How often a still that is not like its characters is made once more.
    #[garde(range(max = 5))]
    #[schema(example = 0, maximum = 5)]
    retakes: u32,
    /// The likeness below which that is done; the usual one when left out.
    #[garde(range(min = 0.0, max = 1.0))]
    #[schema(minimum = 0, maximum = 1)]
    likeness: Option<f32>,
    /// The most that the order may spend, in US dollars; what it was quoted at, when left out.
    #[garde(range(min = 0.0, max = 100_000.0))]
    #[schema(example = 10.0, minimum = 0, maximum = 100_000)]
    budget_usd: Option<f64>,
}

impl From<VideoConfigBody> for VideoConfig {
    fn from(body: VideoConfigBody) -> Self {
        Self {
            quality_tier: body.quality_tier,
            resolution: body.resolution,
            fps: body.fps,
            aspect: body.aspect,
            grade: body.grade,
            captions: body.captions,
            image_model: body.image_model,
            video_model: body.video_model,
            model_selections: body.model_selections,
            image_fallbacks: body.image_fallbacks,
            video_fallbacks: body.video_fallbacks,
            retakes: body.retakes,
            likeness: body.likeness,
            budget_usd: body.budget_usd,
            scene: None,
            reframe_of: None,
        }
    }
}

/// An order for a project's film.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Order {
    #[garde(skip)]
    project_id: Uuid,
    #[garde(dive)]
    #[serde(default)]
    config: VideoConfigBody,
    /// The quote that the person agreed to. Without it, the order is taken at today's price.
    #[garde(skip)]
    quote_id: Option<Uuid>,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProjectOrder {
    #[garde(dive)]
    #[serde(default)]
    config: VideoConfigBody,
    /// The quote that the person agreed to. Without it, the order is taken at today's price.
    #[garde(skip)]
    quote_id: Option<Uuid>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OrderAnswer {
    job_id: Uuid,
    #[schema(example = 96)]
    estimated_time_seconds: i32,
    #[schema(example = 0.0)]
    estimated_cost_usd: f64,
    quote_id: Uuid,
}

/// Orders a project's film.
#[utoipa::path(
    post, path = "/api/video/generate", tag = "video", security(("session" = []), ("api_key" = [])),
    request_body = Order,
    responses(
        (status = 202, body = OrderAnswer, headers(("Location" = String))),
        (status = 402, body = crate::error::Problem, content_type = "application/problem+json", description = "It would cost more than the project's budget, or take more credits than there are"),
        (status = 404, body = crate::error::Problem, content_type = "application/problem+json", description = "There is no such project"),
    )
)]
async fn generate(
    State(state): State<ApiState>,
    who: SignedIn,
    ValidJson(order): ValidJson<Order>,
) -> ApiResult<Response> {
    place(&state, &who, ProjectId(order.project_id), order.config.into(), order.quote_id).await
}

/// Orders the project's film.
#[utoipa::path(
    post, path = "/api/projects/{id}/generate-video", tag = "video", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path)),
    request_body = ProjectOrder,
    responses(
        (status = 202, body = OrderAnswer, headers(("Location" = String))),
        (status = 402, body = crate::error::Problem, content_type = "application/problem+json", description = "It would cost more than the project's budget, or take more credits than there are"),
    )
)]
async fn generate_project(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
    ValidJson(order): ValidJson<ProjectOrder>,
) -> ApiResult<Response> {
    place(&state, &who, ProjectId(id), order.config.into(), order.quote_id).await
}

async fn place(
    state: &ApiState,
    who: &SignedIn,
    id: ProjectId,
    config: VideoConfig,
    quote: Option<Uuid>,
) -> ApiResult<Response> {
    let mut transaction = state.db.person(who.user()).await?;
    allowed(&mut transaction, who, id, Action::Update).await?;
    // Holds others off until this is committed, so that two who press at once order once.
    let version = projects::lock(&mut transaction, id).await?;
    let project = projects::get(&mut transaction, id).await?;
    let plan = board(&mut transaction, id).await?.plan;
    if let Some(open) = video_jobs::unfinished(&mut transaction, id).await? {
        return Err(ApiError::conflict("already_generating", "a film of this project is being made")
            .with_hint("wait for it, or cancel it first")
            .with("job_id", json!(open.0)));
    }
    let filming = Filming { user: who.user(), project: id, plan: &plan, config: &config };
    let price = filming.price(state, &mut transaction).await?;
    let quote_id = match quote {
        Some(quote) => {
            quotes::agreed(state, &mut transaction, QuoteId(quote), id, version, &config, &price).await?
        }
        None => quotes::write(state, &mut transaction, who, id, version, &config, &price).await?,
    };
    within_budget(config.budget_usd, 0.0, &price)?;
    within_budget(project.budget_usd, project.total_cost_usd, &price)?;
    funding::afford(&mut transaction, who.user(), price.by_credits).await?;
    // Nothing beyond what was agreed to is ever spent, unless the person said how much.
    let config = VideoConfig { budget_usd: config.budget_usd.or(Some(price.total_usd())), ..config };
    within_plan(state, &mut transaction, who, &plan, &config).await?;
    state.limits.order(&who.actor, 1, 0).await?;
    let priority = i32::from(who.actor.limits().priority_queue);
    let job = video_jobs::insert(&mut transaction, id, who.user(), "full_video", &config, priority).await?;
    enqueue(&mut transaction, who, job).await?;
    projects::set_status(&mut transaction, id, "generating").await?;
    transaction.commit().await?;
    Ok(accepted(job, &price, Some(quote_id)))
}

/// Whether the plan of whoever orders allows a film of this length and size, and one more this month.
async fn within_plan(
    state: &ApiState,
    connection: &mut PgConnection,
    who: &SignedIn,
    plan: &Storyboard,
    config: &VideoConfig,
) -> ApiResult<()> {
    let this_month =
        subscriptions::films_since(connection, who.user(), month_start(state.clock.now())).await?;
    let seconds = plan.song.duration.0.ceil().max(0.0) as u32;
    let film = Resource::NewFilm { this_month, seconds, resolution: config.resolution };
    match can(&who.actor, Action::Create, &film) {
        // It is long, large, or one too many for every plan of this server.
        Decision::Forbidden => Err(ApiError::forbidden(
            "plan_limit",
            format!("no plan here allows a film of {seconds} s at {} now", config.resolution),
        )
        .with_hint("choose a lower resolution or a shorter song, or wait until next month")),
        decision => permit(decision, who.actor.plan, "film"),
    }
}

pub(crate) async fn enqueue(connection: &mut PgConnection, who: &SignedIn, job: VideoJobId) -> ApiResult<()> {
    let how = Enqueue { priority: Priority::from(who.actor.limits()), ..Enqueue::by(who.user()) };
    queue::enqueue(connection, &Job::VideoGeneration { job_id: job }, how).await?;
    Ok(())
}

pub(crate) fn accepted(job: VideoJobId, price: &Price, quote: Option<QuoteId>) -> Response {
    let location = [(header::LOCATION, format!("/api/video/jobs/{job}"))];
    let (time, cost) = (price.estimated_seconds, price.total_usd());
    if let Some(quote) = quote {
        let answer = OrderAnswer {
            job_id: job.0,
            estimated_time_seconds: time,
            estimated_cost_usd: cost,
            quote_id: quote.0,
        };
        return (StatusCode::ACCEPTED, location, Json(answer)).into_response();
    }
    let answer = RemakeAnswer { job_id: job.0, estimated_time_seconds: time, estimated_cost_usd: cost };
    (StatusCode::ACCEPTED, location, Json(answer)).into_response()
}

fn within_budget(budget: Option<f64>, spent: f64, price: &Price) -> ApiResult<()> {
    let Some(budget) = budget else { return Ok(()) };
    let left = budget - spent;
    if price.total_usd() <= left {
        return Ok(());
    }
    Err(ApiError::new(
        StatusCode::PAYMENT_REQUIRED,
        "over_budget",
        format!(
            "it would cost ${:.2}, and ${:.2} of the project's budget are left",
            price.total_usd(),
            left.max(0.0)
        ),
    )
    .with_hint("choose a cheaper model or quality, or raise the budget")
    .with("cost_usd", json!(price.total_usd()))
    .with("left_usd", json!(left.max(0.0))))
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RemakeOrder {
    /// `image`, `video` or `both`.
    #[garde(skip)]
    #[serde(rename = "type")]
    #[schema(value_type = String, example = "both")]
    remake: Remake,
    /// What to change of the scene first.
    #[garde(dive)]
    config: Option<SceneConfigChange>,
    /// Another take of the same picture is made unless its seed is kept; with nothing changed, what is there already is
    /// found and nothing is made.
    #[garde(skip)]
    #[serde(default)]
    keep_seed: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RemakeAnswer {
    job_id: Uuid,
    #[schema(example = 12)]
    estimated_time_seconds: i32,
    #[schema(example = 0.0)]
    estimated_cost_usd: f64,
}

/// Makes one scene anew: another take with a new seed, or what the change asks for. What it was stays as a version. A still
/// or a clip of the person's own makes way for what is made.
#[utoipa::path(
    post, path = "/api/scenes/{id}/regenerate", tag = "scenes", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path)),
    request_body = RemakeOrder,
    responses(
        (status = 202, body = RemakeAnswer, headers(("Location" = String))),
        (status = 402, body = crate::error::Problem, content_type = "application/problem+json", description = "It would cost more than the project's budget, or take more credits than there are"),
    )
)]
async fn regenerate(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
    ValidJson(order): ValidJson<RemakeOrder>,
) -> ApiResult<Response> {
    let id = SceneId(id);
    let mut transaction = state.db.person(who.user()).await?;
    let row = scenes::own(&mut transaction, &who, id, Action::Update).await?;
    if row.locked {
        return Err(ApiError::conflict("scene_locked", "the scene is locked").with_hint("unlock it first"));
    }
    let mut change = order.config.unwrap_or_default();
    if matches!(order.remake, Remake::Image | Remake::Both) && !change.sets_seed() && !order.keep_seed {
        let seed = u64::from_le_bytes(crate::auth::random::bytes::<8>()?);
        change = change.with_seed(seed >> 11);
    }
    let afresh = Afresh { remake: order.remake, keep_take: order.keep_seed };
    let now = state.clock.now();
    // The pictures of now are worth keeping whoever asks for others, and however often.
    scene_versions::keep(&mut transaction, id, "edited", Some(who.user()), None, now).await?;
    let edit = Edit { config: Some(change), afresh: Some(afresh), ..Edit::default() };
    scenes::edit_scene(&state, &mut transaction, &who, row.project_id, id, None, edit).await?;
    let row = scene_rows::get(&mut transaction, id).await?;
    let plan = board(&mut transaction, row.project_id).await?.plan;
    let project = projects::get(&mut transaction, row.project_id).await?;
    let last = video_jobs::last_config(&mut transaction, row.project_id).await?.unwrap_or_default();
    let scene = Some(SceneOrder { scene_id: id, remake: order.remake });
    let config = VideoConfig { scene, budget_usd: None, ..last };
    let filming = Filming { user: who.user(), project: row.project_id, plan: &plan, config: &config };
    let number = row.scene_number as u32;
    let price = filming.price_of(&state, &mut transaction, &[number], order.remake).await?;
    let config = VideoConfig { budget_usd: Some(price.total_usd()), ..config };
    within_budget(project.budget_usd, project.total_cost_usd, &price)?;
    funding::afford(&mut transaction, who.user(), price.by_credits).await?;
    let images = u32::from(order.remake != Remake::Video);
    state.limits.order(&who.actor, 0, images).await?;
    let priority = i32::from(who.actor.limits().priority_queue);
    let job =
        video_jobs::insert(&mut transaction, row.project_id, who.user(), "single_scene", &config, priority)
            .await?;
    enqueue(&mut transaction, &who, job).await?;
    let status = if order.remake == Remake::Video { "generating_video" } else { "generating_image" };
    scene_rows::begin_remake(&mut transaction, id, status).await?;
    transaction.commit().await?;
    Ok(accepted(job, &price, None))
}
