//! What a film will cost, line by line, before anything is made. A quote holds for a quarter of an hour, for the
//! storyboard that it was made for.

use crate::error::{ApiError, ApiResult};
use crate::extract::{ApiPath, SignedIn, ValidJson};
use crate::routes::funding::{CreditTerms, PaidBy, by_credits};
use crate::routes::projects::allowed;
use crate::routes::scenes::board;
use crate::routes::shelf::{BUILT_IN, Shelf};
use crate::routes::video::VideoConfigBody;
use crate::state::ApiState;
use crate::studio::{ModelCard, ModelKind};
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, TimeDelta, Utc};
use garde::Validate;
use mv_core::ids::{ProjectId, QuoteId, UserId};
use mv_core::order::{QualityTier, Remake, VideoConfig};
use mv_core::paid_call::Funding;
use mv_core::policy::Action;
use mv_core::units::MicroUsd;
use mv_core::{Storyboard, Timeline};
use mv_store::StoreError;
use mv_store::db::projects;
use mv_store::db::quotes::{self, NewQuote};
use mv_store::ledger;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sqlx::PgConnection;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(create)).routes(routes!(show))
}

const VALID: TimeDelta = TimeDelta::minutes(15);

/// What is bought of one model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub(crate) struct QuoteLine {
    /// `image` or `clip`.
    #[schema(example = "clip")]
    item: String,
    #[schema(example = "kling-standard")]
    model: String,
    /// How many are made.
    count: u32,
    /// Of the scenes, how many have theirs already, or share another scene's: nothing is paid for them.
    #[serde(default)]
    made_already: u32,
    /// Seconds of film that they cover.
    seconds: f64,
    /// US dollars.
    amount_usd: f64,
    /// Who pays for it; nobody where it costs nothing.
    #[serde(default)]
    paid_by: Option<PaidBy>,
}

/// A price and a time.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Price {
    pub(crate) lines: Vec<QuoteLine>,
    pub(crate) total: MicroUsd,
    /// What of it is paid with credits.
    pub(crate) by_credits: MicroUsd,
    pub(crate) estimated_seconds: i32,
}

impl Price {
    pub(crate) fn total_usd(&self) -> f64 {
        self.total.0 as f64 / 1e6
    }

    /// Both, made one after the other.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.lines.extend(other.lines);
        Self {
            lines: self.lines,
            total: self.total + other.total,
            by_credits: self.by_credits + other.by_credits,
            estimated_seconds: self.estimated_seconds + other.estimated_seconds,
        }
    }
}

/// A storyboard that is to be filmed, and on whose bill.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Filming<'a> {
    pub(crate) user: UserId,
    pub(crate) project: ProjectId,
    pub(crate) plan: &'a Storyboard,
    pub(crate) config: &'a VideoConfig,
}

impl Filming<'_> {
    /// The price of a whole film: of what is not there yet.
    ///
    /// # Errors
    /// 422 when the order names a model that is not here, or a scene that is not there.
    pub(crate) async fn price(&self, state: &ApiState, connection: &mut PgConnection) -> ApiResult<Price> {
        let last = self.plan.scenes.len() as u32;
        let selections = &self.config.model_selections;
        if let Some(number) = selections.keys().find(|number| !(1..=last).contains(*number)) {
            return Err(ApiError::invalid(
                format!("config.model_selections.{number}"),
                format!("names a scene that is not there: the film has {last}"),
            ));
        }
        self.price_of(state, connection, &(1..=last).collect::<Vec<_>>(), Remake::Both).await
    }

    /// The price of making some scenes.
    ///
    /// # Errors
    /// As for [`Self::price`].
    pub(crate) async fn price_of(
        &self,
        state: &ApiState,
        connection: &mut PgConnection,
        numbers: &[u32],
        remake: Remake,
    ) -> ApiResult<Price> {
        let shelf = Shelf::of(state, connection, self.user, Some(self.project)).await?;
        let fallbacks = [
            ("config.image_fallbacks", ModelKind::Image, &self.config.image_fallbacks),
            ("config.video_fallbacks", ModelKind::Clip, &self.config.video_fallbacks),
        ];
        for (field, kind, models) in fallbacks {
            for (place, id) in models.iter().enumerate() {
                shelf.find(id, kind, &format!("{field}[{place}]"))?;
            }
        }
        let mut bill = Bill { shelf: &shelf, plan: self.plan, config: self.config, items: Vec::new() };
        for &number in numbers {
            bill.add_scene(number, remake)?;
        }
        if bill.items.iter().any(|item| item.card.needs_network) {
            let song = projects::analysis(connection, self.project).await?;
            let song =
                song.ok_or_else(|| ApiError::conflict("not_analyzed", "the song is not analysed yet"))?;
            let bought = state.studio.purchases(self.plan, &song, self.config);
            let bought = bought.map_err(|detail| ApiError::invalid("config", detail))?;
            let keys: Vec<String> = bought.iter().map(|one| one.key.clone()).collect();
            let made = ledger::made(connection, self.user, &keys).await?;
            let wanted = bought.into_iter().filter(|one| !made.contains(&one.key));
            bill.strike_all_but(&wanted.map(|one| (one.scene, one.kind)).collect());
        }
        Ok(bill.sum())
    }
}

/// The typical film is laid out and priced with every model that makes clips: too much to do for every visitor.
const KEPT: TimeDelta = TimeDelta::minutes(5);

/// What a film like many others costs on this server, as a quote would say it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TypicalFilm {
    pub(crate) seconds: f64,
    pub(crate) scenes: usize,
    pub(crate) image_model: String,
    pub(crate) clip_model: String,
    /// What of its price is paid with credits.
    pub(crate) by_credits: MicroUsd,
}

/// The price of a song of three minutes with a still and a clip for every scene, by the usual model for stills where the
/// operator chose one, else the cheapest, and the cheapest for clips. Nothing where such models cannot be ordered here, or
/// credits do not pay for them.
///
/// # Errors
/// The database's.
pub(crate) async fn typical(state: &ApiState) -> ApiResult<Option<TypicalFilm>> {
    let mut kept = state.typical.lock().await;
    let now = state.clock.now();
    if let Some((film, _)) = kept.as_ref().filter(|(_, at)| now - *at < KEPT) {
        return Ok(film.clone());
    }
    let mut connection = state.db.gate().acquire().await?;
    let film = work_out(state, &mut connection).await?;
    *kept = Some((film.clone(), now));
    Ok(film)
}

async fn work_out(state: &ApiState, connection: &mut PgConnection) -> ApiResult<Option<TypicalFilm>> {
    let counts = state.house == Funding::Credits;
    let Some((plan, song)) = state.studio.typical_film().filter(|_| counts) else { return Ok(None) };
    let shelf = Shelf::of_nobody(state, connection).await?;
    let usual = state.studio.usual_models().image;
    let sold =
        |kind| shelf.of_kind(kind).filter(|card: &&ModelCard| card.needs_network && card.price_usd > 0.0);
    let image = sold(ModelKind::Image)
        .find(|card| Some(&card.id) == usual.as_ref())
        .or_else(|| sold(ModelKind::Image).min_by_key(|card| card.price(0.0)));
    let Some(image) = image else { return Ok(None) };
    let numbers = || 1..=plan.scenes.len() as u32;
    let film = |clip: &ModelCard| -> Option<(MicroUsd, TypicalFilm)> {
        let (image_model, video_model) = (Some(image.id.clone()), Some(clip.id.clone()));
        let config = VideoConfig { image_model, video_model, ..VideoConfig::default() };
        let mut bill = Bill { shelf: &shelf, plan, config: &config, items: Vec::new() };
        // One that makes no clip as long as a scene cannot make this film.
        numbers().try_for_each(|number| bill.add_scene(number, Remake::Both)).ok()?;
        let bought = state.studio.purchases(plan, song, &config).ok()?;
        bill.strike_all_but(&bought.into_iter().map(|one| (one.scene, one.kind)).collect());
        let price = bill.sum();
        let film = TypicalFilm {
            seconds: plan.song.duration.0,
            scenes: plan.scenes.len(),
            image_model: image.id.clone(),
            clip_model: clip.id.clone(),
            by_credits: price.by_credits,
        };
        (price.by_credits.0 > 0).then_some((price.total, film))
    };
    let films = sold(ModelKind::Clip).filter_map(film);
    Ok(films.min_by_key(|(total, film)| (*total, film.clip_model.clone())).map(|(_, film)| film))
}

/// A still or a clip of one scene.
struct Item<'a> {
    scene: u32,
    kind: ModelKind,
    card: &'a ModelCard,
    seconds: f64,
    /// It is not there yet.
    made_now: bool,
}

struct Bill<'a> {
    shelf: &'a Shelf<'a>,
    plan: &'a Storyboard,
    config: &'a VideoConfig,
    items: Vec<Item<'a>>,
}

impl Bill<'_> {
    fn add_scene(&mut self, number: u32, remake: Remake) -> ApiResult<()> {
        let Self { plan, config, .. } = *self;
        let index = number as usize - 1;
        let scene = &plan.scenes[index];
        if scene.footage.is_some() {
            return Ok(());
        }
        // With the frames that its transitions take of it: a clip must cover them too.
        let clip = Timeline::of(plan, config.fps).scenes[index].clip();
        let seconds = (clip.end - clip.start) as f64 / f64::from(config.fps.get());
        let item = |kind, card| Item { scene: number, kind, card, seconds, made_now: true };
        let id = config.image_model.as_deref().unwrap_or(BUILT_IN);
        // A clip alone may need its still bought first.
        if (remake != Remake::Video || id != BUILT_IN) && scene.still.is_none() {
            let card = self.shelf.find(id, ModelKind::Image, "config.image_model")?;
            self.items.push(item(ModelKind::Image, card));
        }
        if remake == Remake::Image {
            return Ok(());
        }
        let id = config.clip_model(number).unwrap_or(BUILT_IN);
        let field = if config.model_selections.contains_key(&number) {
            format!("config.model_selections.{number}")
        } else {
            "config.video_model".to_owned()
        };
        let card = self.shelf.find(id, ModelKind::Clip, &field)?;
        if let Some(longest) = card.longest_clip().filter(|longest| *longest < seconds) {
            let detail = format!(
                "scene {number} takes {seconds:.1} s with its transitions, and `{id}` makes at most {longest} s"
            );
            return Err(ApiError::invalid(field, detail)
                .with_hint("split the scene in two, or choose a model that makes longer clips"));
        }
        self.items.push(item(ModelKind::Clip, card));
        Ok(())
    }

    /// Only these are bought: the others are there already, or are another scene's too.
    fn strike_all_but(&mut self, wanted: &BTreeSet<(u32, ModelKind)>) {
        for item in self.items.iter_mut().filter(|item| item.card.needs_network) {
            item.made_now = wanted.contains(&(item.scene, item.kind));
        }
    }

    fn sum(&self) -> Price {
        let mut lines: BTreeMap<(&str, &str), (QuoteLine, MicroUsd)> = BTreeMap::new();
        let (mut bought, mut drawn) = (0.0, 0.0);
        for item in &self.items {
            let word = if item.kind == ModelKind::Image { "image" } else { "clip" };
            let (line, amount) = lines.entry((word, &item.card.id)).or_insert_with(|| {
                let line = QuoteLine {
                    item: word.to_owned(),
                    model: item.card.id.clone(),
                    count: 0,
                    made_already: 0,
                    seconds: 0.0,
                    amount_usd: 0.0,
                    paid_by: None,
                };
                (line, MicroUsd::ZERO)
            });
            if item.kind == ModelKind::Clip {
                drawn += item.seconds;
            }
            if !item.made_now {
                line.made_already += 1;
                continue;
            }
            line.count += 1;
            line.seconds += item.seconds;
            *amount = *amount + item.card.price(item.seconds);
            line.paid_by = (amount.0 > 0).then(|| self.shelf.paid_by(item.card));
            if item.card.needs_network {
                bought += if item.kind == ModelKind::Clip { SECONDS_A_CLIP } else { SECONDS_A_STILL };
            }
        }
        let total = lines.values().map(|(_, amount)| *amount).sum();
        let paid = |line: &QuoteLine| line.paid_by == Some(PaidBy::Credits);
        let by_credits = lines.values().filter(|(line, _)| paid(line)).map(|(_, amount)| *amount).sum();
        let seconds = bought + making_seconds(drawn, self.config);
        let estimated_seconds = if self.items.is_empty() { 0 } else { seconds.ceil() as i32 };
        let rounded = |(line, amount): (QuoteLine, MicroUsd)| QuoteLine {
            seconds: (line.seconds * 1000.0).round() / 1000.0,
            amount_usd: amount.0 as f64 / 1e6,
            ..line
        };
        Price { lines: lines.into_values().map(rounded).collect(), total, by_credits, estimated_seconds }
    }
}

/// What vendors take for one, several of them at a time.
const SECONDS_A_STILL: f64 = 3.0;
const SECONDS_A_CLIP: f64 = 40.0;
/// Pixels that are drawn and encoded in a second on two cores, by effort.
const PIXELS_A_SECOND: f64 = 60e6;

/// Drawing, encoding and joining so many seconds of film on a small machine.
pub(crate) fn making_seconds(seconds: f64, config: &VideoConfig) -> f64 {
    let canvas = config.canvas();
    let pixels = f64::from(canvas.width) * f64::from(canvas.height) * f64::from(config.fps.get()) * seconds;
    let effort = match config.quality_tier {
        QualityTier::Draft => 0.6,
        QualityTier::Standard => 1.0,
        QualityTier::Pro | QualityTier::Premium => 2.0,
    };
    5.0 + effort * pixels / PIXELS_A_SECOND
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
    #[serde(flatten)]
    credits: CreditTerms,
    #[schema(example = 96)]
    estimated_time_seconds: i32,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct QuoteAnswer {
    quote: QuoteView,
}

impl QuoteAnswer {
    /// As it stands now, with the credits that there are.
    async fn of(connection: &mut PgConnection, user: UserId, quote: quotes::Quote) -> ApiResult<Self> {
        let credits = CreditTerms::of(connection, user, by_credits(&quote.lines)).await?;
        let quote = QuoteView {
            id: quote.id.0,
            project_id: quote.project_id.0,
            config: quote.config.0,
            lines: quote.lines,
            total_usd: quote.total_usd,
            credits,
            estimated_time_seconds: quote.estimated_seconds,
            created_at: quote.created_at,
            expires_at: quote.expires_at,
        };
        Ok(Self { quote })
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
    let filming = Filming { user: who.user(), project: id, plan: &plan, config: &config };
    let price = filming.price(&state, &mut transaction).await?;
    let quote = write(&state, &mut transaction, &who, id, version, &config, &price).await?;
    let written = quotes::get(&mut transaction, quote).await?;
    let answer = QuoteAnswer::of(&mut transaction, who.user(), written).await?;
    transaction.commit().await?;
    let location = format!("/api/quotes/{quote}");
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(answer)).into_response())
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
    let answer = QuoteAnswer::of(&mut transaction, who.user(), quote).await?;
    transaction.commit().await?;
    Ok(Json(answer))
}
