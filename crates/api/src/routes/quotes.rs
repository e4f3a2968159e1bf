//! What a film will cost, line by line, before anything is made. A quote holds for a quarter of an hour, for the
//! storyboard that it was made for.

use crate::error::{ApiError, ApiResult};
use crate::extract::{ApiPath, SignedIn, ValidJson};
use crate::routes::projects::allowed;
use crate::routes::scenes::board;
use crate::routes::video::VideoConfigBody;
use crate::state::ApiState;
use crate::studio::{ModelCard, ModelKind};
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, TimeDelta, Utc};
use garde::Validate;
use mv_core::ids::{ProjectId, QuoteId};
use mv_core::order::{QualityTier, Remake, VideoConfig};
use mv_core::policy::Action;
use mv_core::units::MicroUsd;
use mv_core::{Storyboard, Timeline};
use mv_store::StoreError;
use mv_store::db::projects;
use mv_store::db::quotes::{self, NewQuote};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sqlx::PgConnection;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(create)).routes(routes!(show))
}

const VALID: TimeDelta = TimeDelta::minutes(15);
/// The model that is built in: it costs nothing and is always there.
pub(crate) const BUILT_IN: &str = "animatic";

/// What is bought of one model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub(crate) struct QuoteLine {
    /// `image` or `clip`.
    #[schema(example = "clip")]
    item: String,
    #[schema(example = "kling-standard")]
    model: String,
    /// How many scenes.
    count: u32,
    /// Seconds of film that they cover.
    seconds: f64,
    /// US dollars.
    amount_usd: f64,
}

/// A price and a time.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Price {
    pub(crate) lines: Vec<QuoteLine>,
    pub(crate) total: MicroUsd,
    pub(crate) estimated_seconds: i32,
}

impl Price {
    pub(crate) fn total_usd(&self) -> f64 {
        self.total.0 as f64 / 1e6
    }
}

/// The price of a whole film.
///
/// # Errors
/// 422 when the order names a model that is not here, or a scene that is not there.
pub(crate) fn price(state: &ApiState, plan: &Storyboard, config: &VideoConfig) -> ApiResult<Price> {
    let last = plan.scenes.len() as u32;
    if let Some(number) = config.model_selections.keys().find(|number| !(1..=last).contains(*number)) {
        return Err(ApiError::invalid(
            format!("config.model_selections.{number}"),
            format!("names a scene that is not there: the film has {last}"),
        ));
    }
    price_of(state, plan, config, &(1..=last).collect::<Vec<_>>(), Remake::Both)
}

/// The price of making one scene anew.
pub(crate) fn price_of_scene(
    state: &ApiState,
    plan: &Storyboard,
    config: &VideoConfig,
    number: u32,
    remake: Remake,
) -> ApiResult<Price> {
    price_of(state, plan, config, &[number], remake)
}

fn price_of(
    state: &ApiState,
    plan: &Storyboard,
    config: &VideoConfig,
    numbers: &[u32],
    remake: Remake,
) -> ApiResult<Price> {
    let models = state.studio.models();
    let timeline = Timeline::of(plan, config.fps);
    let mut sums: BTreeMap<(&str, String), (u32, f64, MicroUsd)> = BTreeMap::new();
    let mut bought = 0.0;
    let mut drawn = 0.0;
    for &number in numbers {
        let index = number as usize - 1;
        if plan.scenes[index].footage.is_some() {
            continue;
        }
        // With the frames that its transitions take of it: a clip must cover them too.
        let clip = timeline.scenes[index].clip();
        let seconds = (clip.end - clip.start) as f64 / f64::from(config.fps.get());
        let mut add = |item: &'static str, card: &ModelCard| {
            let sum = sums.entry((item, card.id.clone())).or_default();
            sum.0 += 1;
            sum.1 += seconds;
            sum.2 = sum.2 + card.price(seconds);
            if card.needs_network {
                bought += if item == "clip" { SECONDS_A_CLIP } else { SECONDS_A_STILL };
            }
        };
        let id = config.image_model.as_deref().unwrap_or(BUILT_IN);
        // A clip alone may need its still bought first.
        if (remake != Remake::Video || id != BUILT_IN) && plan.scenes[index].still.is_none() {
            add("image", model(models, id, ModelKind::Image, "config.image_model")?);
        }
        if remake != Remake::Image {
            let id = config.clip_model(number).unwrap_or(BUILT_IN);
            let field = if config.model_selections.contains_key(&number) {
                format!("config.model_selections.{number}")
            } else {
                "config.video_model".to_owned()
            };
            let card = model(models, id, ModelKind::Clip, &field)?;
            if let Some(longest) = card.longest_clip().filter(|longest| *longest < seconds) {
                let detail = format!(
                    "scene {number} takes {seconds:.1} s with its transitions, and `{id}` makes at most {longest} s"
                );
                return Err(ApiError::invalid(field, detail)
                    .with_hint("split the scene in two, or choose a model that makes longer clips"));
            }
            add("clip", card);
        }
        drawn += seconds;
    }
    let total = sums.values().map(|sum| sum.2).sum();
    let line =
        |((item, model), (count, seconds, amount)): ((&str, String), (u32, f64, MicroUsd))| QuoteLine {
            item: item.to_owned(),
            model,
            count,
            seconds: (seconds * 1000.0).round() / 1000.0,
            amount_usd: amount.0 as f64 / 1e6,
        };
    let estimated_seconds = (bought + making_seconds(drawn, config)).ceil() as i32;
    Ok(Price { lines: sums.into_iter().map(line).collect(), total, estimated_seconds })
}

/// What vendors take for one, several of them at a time.
const SECONDS_A_STILL: f64 = 3.0;
const SECONDS_A_CLIP: f64 = 40.0;
/// Pixels that are drawn and encoded in a second on two cores, by effort.
const PIXELS_A_SECOND: f64 = 60e6;

/// Drawing, encoding and joining so many seconds of film on a small machine.
fn making_seconds(seconds: f64, config: &VideoConfig) -> f64 {
    let canvas = config.canvas();
    let pixels = f64::from(canvas.width) * f64::from(canvas.height) * f64::from(config.fps.get()) * seconds;
    let effort = match config.quality_tier {
        QualityTier::Draft => 0.6,
        QualityTier::Standard => 1.0,
        QualityTier::Pro | QualityTier::Premium => 2.0,
    };
    5.0 + effort * pixels / PIXELS_A_SECOND
}

/// A model that can be ordered here. The built-in maker makes stills and clips alike.
fn model<'a>(models: &'a [ModelCard], id: &str, kind: ModelKind, field: &str) -> ApiResult<&'a ModelCard> {
    let found = models.iter().find(|model| model.id == id && (model.kind == kind || id == BUILT_IN));
    let card = found.ok_or_else(|| {
        let what = if kind == ModelKind::Image { "stills" } else { "clips" };
        ApiError::invalid(field, format!("`{id}` is not a model that makes {what}"))
            .with_hint("see /api/models")
    })?;
    if !card.available {
        return Err(ApiError::invalid(field, format!("`{id}` cannot be used here yet"))
            .with_hint("give a key for its provider in the settings, or choose another model"));
    }
    Ok(card)
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct QuoteRequest {
    #[garde(dive)]
    #[serde(default)]
    config: VideoConfigBody,
}

/// A price that holds for a while.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct QuoteView {
    id: Uuid,
    project_id: Uuid,
    #[schema(value_type = Object)]
    config: VideoConfig,
    #[schema(value_type = Vec<QuoteLine>)]
    lines: Value,
    #[schema(example = 0.0)]
    total_usd: f64,
    #[schema(example = 96)]
    estimated_time_seconds: i32,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct QuoteAnswer {
    quote: QuoteView,
}

impl From<quotes::Quote> for QuoteAnswer {
    fn from(quote: quotes::Quote) -> Self {
        let quote = QuoteView {
            id: quote.id.0,
            project_id: quote.project_id.0,
            config: quote.config.0,
            lines: quote.lines,
            total_usd: quote.total_usd,
            estimated_time_seconds: quote.estimated_seconds,
            created_at: quote.created_at,
            expires_at: quote.expires_at,
        };
        Self { quote }
    }
}

/// Asks what a project's film would cost, and how long it would take.
#[utoipa::path(
    post, path = "/api/projects/{id}/quotes", tag = "video", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path)),
    request_body = QuoteRequest,
    responses((status = 201, body = QuoteAnswer, headers(("Location" = String))))
)]
async fn create(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
    ValidJson(request): ValidJson<QuoteRequest>,
) -> ApiResult<Response> {
    let id = ProjectId(id);
    let config = request.config.into();
    let mut transaction = state.db.person(who.user()).await?;
    allowed(&mut transaction, &who, id, Action::Update).await?;
    let version = projects::get(&mut transaction, id).await?.version;
    let plan = board(&mut transaction, id).await?.plan;
    let price = price(&state, &plan, &config)?;
    let quote = write(&state, &mut transaction, &who, id, version, &config, &price).await?;
    let written = quotes::get(&mut transaction, quote).await?;
    transaction.commit().await?;
    let location = format!("/api/quotes/{quote}");
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(QuoteAnswer::from(written)))
        .into_response())
}

/// Writes a price down.
pub(crate) async fn write(
    state: &ApiState,
    connection: &mut PgConnection,
    who: &SignedIn,
    project: ProjectId,
    version: i32,
    config: &VideoConfig,
    price: &Price,
) -> ApiResult<QuoteId> {
    let now = state.clock.now();
    let new = NewQuote {
        project,
        project_version: version,
        config,
        lines: &json!(price.lines),
        total: price.total,
        estimated_seconds: price.estimated_seconds,
        now,
        expires_at: now + VALID,
    };
    Ok(quotes::insert(connection, who.user(), &new).await?)
}

/// Checks that what is ordered is what was quoted, and that the price still holds.
///
/// # Errors
/// 409 when it does not: nothing is spent then.
pub(crate) async fn agreed(
    state: &ApiState,
    connection: &mut PgConnection,
    id: QuoteId,
    project: ProjectId,
    version: i32,
    config: &VideoConfig,
    price: &Price,
) -> ApiResult<QuoteId> {
    let missing = || ApiError::invalid("quote_id", "is not a quote of yours for this project");
    let quote = match quotes::get(connection, id).await {
        Err(StoreError::NotFound) => return Err(missing()),
        other => other?,
    };
    if quote.project_id != project {
        return Err(missing());
    }
    let outdated = |code: &'static str, detail: &str| {
        Err(ApiError::conflict(code, detail)
            .with_hint("ask for a new quote, and look at it before you order"))
    };
    if quote.expires_at <= state.clock.now() {
        return outdated("quote_expired", "the quote has expired");
    }
    if quote.config.0 != *config {
        return outdated("quote_differs", "the quote was made for other settings");
    }
    if quote.project_version != version {
        return outdated("quote_outdated", "the project was changed since it was quoted");
    }
    if price.total_usd() > quote.total_usd + 1e-4 {
        return outdated("price_changed", "the price has changed since it was quoted");
    }
    Ok(id)
}

/// A quote of one's own.
#[utoipa::path(
    get, path = "/api/quotes/{id}", tag = "video", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path)),
    responses((status = 200, body = QuoteAnswer))
)]
async fn show(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
) -> ApiResult<Json<QuoteAnswer>> {
    let mut transaction = state.db.person(who.user()).await?;
    let quote = quotes::get(&mut transaction, QuoteId(id)).await.map_err(ApiError::missing("quote"))?;
    transaction.commit().await?;
    Ok(Json(quote.into()))
}
