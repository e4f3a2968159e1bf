//! A finished film in another shape: for a phone, a square, a larger screen, with or without captions.
//!
//! It is the film as it was made, not the storyboard of now: nothing is bought for it, and the project goes on showing the
//! film that it is of.

use crate::error::{ApiError, ApiResult, permit};
use crate::extract::{ApiPath, SignedIn, ValidJson};
use crate::routes::projects::allowed;
use crate::routes::quotes::{Price, making_seconds};
use crate::routes::video::{RemakeAnswer, accepted, enqueue};
use crate::state::ApiState;
use axum::extract::State;
use axum::response::Response;
use garde::Validate;
use mv_core::film::CaptionStyle;
use mv_core::ids::{ProjectId, VideoJobId};
use mv_core::order::{QualityTier, VideoConfig};
use mv_core::policy::{Action, Decision, Resource, can};
use mv_core::units::{Aspect, MicroUsd, Resolution};
use mv_store::db::{projects, video_jobs};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(order))
}

/// A shape; whatever is left out is as in the film.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reframe {
    /// The order that made the film; the project's newest film when left out.
    #[garde(skip)]
    job_id: Option<Uuid>,
    /// `16:9`, `9:16` or `1:1`.
    #[garde(skip)]
    #[schema(value_type = Option<String>, example = "9:16")]
    aspect: Option<Aspect>,
    /// `480p`, `720p`, `1080p` or `4k`.
    #[garde(skip)]
    #[schema(value_type = Option<String>, example = "1080p")]
    resolution: Option<Resolution>,
    /// `none`, `line` or `karaoke`.
    #[garde(skip)]
    #[schema(value_type = Option<String>, example = "karaoke")]
    captions: Option<CaptionStyle>,
    /// `draft`, `standard`, `pro` or `premium`.
    #[garde(skip)]
    #[schema(value_type = Option<String>, example = "standard")]
    quality_tier: Option<QualityTier>,
}

impl Reframe {
    /// How a film is ordered in this shape.
    fn of(&self, film: &video_jobs::Film) -> VideoConfig {
        let now = &film.config;
        VideoConfig {
            aspect: self.aspect.unwrap_or(now.aspect),
            resolution: self.resolution.unwrap_or(now.resolution),
            captions: self.captions.or(now.captions),
            quality_tier: self.quality_tier.unwrap_or(now.quality_tier),
            reframe_of: Some(film.id),
            budget_usd: Some(0.0),
            ..now.clone()
        }
    }
}

/// What people see of an order.
fn look(config: &VideoConfig) -> (Aspect, Resolution, Option<CaptionStyle>, QualityTier) {
    (config.aspect, config.resolution, config.captions, config.quality_tier)
}

/// Orders a finished film in another shape. What was bought for it is cut to the shape around whoever it shows, what was
/// drawn is drawn anew; nothing is paid for.
#[utoipa::path(
    post, path = "/api/projects/{id}/exports", operation_id = "order_export", tag = "sharing",
    security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path)),
    request_body = Reframe,
    responses(
        (status = 202, body = RemakeAnswer, headers(("Location" = String))),
        (status = 409, body = crate::error::Problem, content_type = "application/problem+json", description = "There is no film yet, it is in this shape, or its song was replaced"),
    )
)]
async fn order(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
    ValidJson(body): ValidJson<Reframe>,
) -> ApiResult<Response> {
    let id = ProjectId(id);
    let mut transaction = state.db.person(who.user()).await?;
    allowed(&mut transaction, &who, id, Action::Update).await?;
    // Two who press at once order once.
    projects::lock(&mut transaction, id).await?;
    let project = projects::get(&mut transaction, id).await?;
    let film = video_jobs::film(&mut transaction, id, body.job_id.map(VideoJobId)).await?;
    let film = film.ok_or_else(|| {
        ApiError::conflict("no_film", "the project has no finished film to show in another shape")
            .with_hint("make the film first")
    })?;
    if film.song_hash.as_deref() != Some(project.audio_hash.as_str()) {
        return Err(ApiError::conflict("song_changed", "the film is of a song that was replaced since")
            .with_hint("make the film anew in the shape that you want"));
    }
    let config = body.of(&film);
    let mut same = (look(&film.config) == look(&config)).then_some(film.id);
    for (other, made) in video_jobs::reframes(&mut transaction, film.id).await? {
        same = same.or((look(&made) == look(&config)).then_some(other));
    }
    if let Some(same) = same {
        return Err(ApiError::conflict("already_there", "the film is there in this shape, or on its way")
            .with("job_id", json!(same.0)));
    }
    let seconds = project.audio_duration_seconds.unwrap_or_default();
    let resource = Resource::NewFilm { this_month: 0, seconds: 0, resolution: config.resolution };
    match can(&who.actor, Action::Create, &resource) {
        Decision::Forbidden => {
            return Err(ApiError::forbidden(
                "plan_limit",
                format!("no plan here allows a film of {}", config.resolution),
            )
            .with_hint("choose a lower resolution"));
        }
        decision => permit(decision, who.actor.plan, "film")?,
    }
    state.limits.order(&who.actor, 1, 0).await?;
    let priority = i32::from(who.actor.limits().priority_queue);
    let job = video_jobs::insert(&mut transaction, id, who.user(), "reframe", &config, priority).await?;
    enqueue(&mut transaction, &who, job).await?;
    transaction.commit().await?;
    let estimated_seconds = making_seconds(seconds, &config).ceil() as i32;
    let price =
        Price { lines: Vec::new(), total: MicroUsd::ZERO, by_credits: MicroUsd::ZERO, estimated_seconds };
    Ok(accepted(job, &price, None))
}
