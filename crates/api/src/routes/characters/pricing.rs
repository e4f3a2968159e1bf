//! What it costs to have a character's photos described and its test pictures made: said before anything is bought, and
//! held for a quarter of an hour.

use super::own;
use crate::error::{ApiError, ApiResult};
use crate::extract::{SignedIn, ValidJson};
use crate::routes::funding::{CreditTerms, PaidBy};
use crate::routes::shelf::{BUILT_IN, Shelf};
use crate::state::ApiState;
use crate::studio::{ModelCard, ModelKind};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, TimeDelta, Utc};
use garde::Validate;
use mv_core::character::{TestOrder, WantedPicture};
use mv_core::ids::{CharacterId, QuoteId, UserId};
use mv_core::policy::Action;
use mv_core::units::MicroUsd;
use mv_store::StoreError;
use mv_store::db::character_quotes::{self, NewCharacterQuote};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sqlx::PgConnection;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(create))
}

const VALID: TimeDelta = TimeDelta::minutes(15);
/// Pictures that are drawn here: they cost nothing.
const DRAWN: [&str; 2] = [BUILT_IN, "animatic-still"];
/// Named as the one who describes the photos, where they are not to be described.
const NOBODY: &str = "none";
/// Seconds that a picture and a description take.
const A_DRAWING: i32 = 2;
const A_PICTURE: i32 = 12;
const A_DESCRIPTION: i32 = 8;

/// Who does it, and for how much at most; a part of every request that has pictures made.
#[derive(Clone, Debug, Default)]
pub(super) struct Terms {
    pub(super) image_model: Option<String>,
    pub(super) vision_model: Option<String>,
    pub(super) budget_usd: Option<f64>,
    pub(super) quote_id: Option<Uuid>,
}

/// What is bought of one model.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct CharacterQuoteLine {
    /// `image` or `description`.
    #[schema(example = "image")]
    item: &'static str,
    #[schema(example = "nano-banana")]
    model: String,
    #[schema(example = 4)]
    count: u32,
    /// US dollars.
    #[schema(example = 0.16)]
    amount_usd: f64,
    /// Who pays for it; nobody where it costs nothing.
    paid_by: Option<PaidBy>,
}

/// An order with its price.
#[derive(Clone, Debug)]
pub(super) struct Priced {
    pub(super) order: TestOrder,
    pub(super) total: MicroUsd,
    /// What of it is paid with credits.
    pub(super) by_credits: MicroUsd,
    pub(super) seconds: i32,
    lines: Vec<CharacterQuoteLine>,
}

impl Priced {
    pub(super) fn total_usd(&self) -> f64 {
        self.total.0 as f64 / 1e6
    }
}

/// Settles who does it and what that costs at most: the models that are named, else the server's usual ones where they
/// can be used, else the built-in maker and no description.
///
/// # Errors
/// 422 when a model that is named cannot be used here, 402 when it would cost more than the budget.
pub(super) async fn price(
    state: &ApiState,
    connection: &mut PgConnection,
    user: UserId,
    terms: &Terms,
    pictures: Vec<WantedPicture>,
    photos: usize,
) -> ApiResult<Priced> {
    let shelf = Shelf::of(state, connection, user, None).await?;
    let usual = state.studio.usual_models();
    let chosen = |named: &Option<String>, usual: &Option<String>, kind, field| match named.as_deref() {
        Some(id) if DRAWN.contains(&id) || id == NOBODY => Ok(None),
        Some(id) => shelf.find(id, kind, field).map(Some),
        None => Ok(shelf.of_kind(kind).find(|card| Some(&card.id) == usual.as_ref())),
    };
    let image = chosen(&terms.image_model, &usual.image, ModelKind::Image, "image_model")?;
    let vision = chosen(&terms.vision_model, &usual.vision, ModelKind::Vision, "vision_model")?;
    let count = pictures.len() as u32;
    let mut lines = Vec::new();
    let (mut total, mut by_credits) = (MicroUsd::ZERO, MicroUsd::ZERO);
    let mut add = |item, model: &ModelCard, count, amount: MicroUsd| {
        total = total + amount;
        let paid_by = (amount.0 > 0).then(|| shelf.paid_by(model));
        if paid_by == Some(PaidBy::Credits) {
            by_credits = by_credits + amount;
        }
        let amount_usd = amount.0 as f64 / 1e6;
        lines.push(CharacterQuoteLine { item, model: model.id.clone(), count, amount_usd, paid_by });
    };
    if let Some(card) = image {
        add("image", card, count, MicroUsd(card.price(0.0).0 * i64::from(count)));
    }
    if let Some(card) = vision {
        add("description", card, 1, state.studio.price_of_describing(&card.id, photos));
    }
    let made = if image.is_some() { A_PICTURE } else { A_DRAWING } * count.cast_signed();
    let seconds = made + if vision.is_some() { A_DESCRIPTION } else { 0 };
    let order = TestOrder {
        pictures,
        image_model: image.map(|card| card.id.clone()),
        vision_model: vision.map(|card| card.id.clone()),
        budget_usd: None,
    };
    let priced = Priced { order, total, by_credits, seconds, lines };
    match terms.budget_usd {
        Some(budget) if priced.total_usd() > budget => Err(ApiError::new(
            StatusCode::PAYMENT_REQUIRED,
            "over_budget",
            format!("it would cost ${:.2}, and the budget is ${budget:.2}", priced.total_usd()),
        )
        .with_hint("choose a cheaper model or fewer pictures, or raise the budget")
        .with("cost_usd", json!(priced.total_usd()))
        .with("left_usd", json!(budget))),
        _ => Ok(priced),
    }
}

/// Checks that what is ordered is what was quoted, and that the price still holds.
///
/// # Errors
/// 422 when there is no such quote, 409 when it does not hold: nothing is spent then.
pub(super) async fn agreed(
    state: &ApiState,
    connection: &mut PgConnection,
    id: Uuid,
    character: Option<CharacterId>,
    priced: &Priced,
) -> ApiResult<()> {
    let missing = || ApiError::invalid("quote_id", "is not a quote of yours for this character");
    let quote = match character_quotes::get(connection, QuoteId(id)).await {
        Err(StoreError::NotFound) => return Err(missing()),
        other => other?,
    };
    if quote.character_id != character.map(|id| id.0) {
        return Err(missing());
    }
    let outdated = |code: &'static str, detail: &str| {
        Err(ApiError::conflict(code, detail)
            .with_hint("ask for a new quote, and look at it before you order"))
    };
    let (quoted, order) = (&quote.config.0, &priced.order);
    if quote.expires_at <= state.clock.now() {
        return outdated("quote_expired", "the quote has expired");
    }
    if (&quoted.image_model, &quoted.vision_model) != (&order.image_model, &order.vision_model) {
        return outdated("quote_differs", "the quote was made for other models");
    }
    if quoted.pictures != order.pictures {
        return outdated("quote_outdated", "the quote was made for other pictures");
    }
    if priced.total_usd() > quote.total_usd + 1e-4 {
        return outdated("price_changed", "the price has changed since it was quoted");
    }
    Ok(())
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CharacterQuoteRequest {
    /// Whose test pictures are to be made anew; left out, it is a new character.
    #[garde(skip)]
    character_id: Option<Uuid>,
    /// How many photos a new one has; left out, as many as it may.
    #[garde(range(min = 1, max = 5))]
    #[schema(minimum = 1, maximum = 5)]
    photos: Option<u32>,
    /// As in the order.
    #[garde(length(max = 4), inner(range(max = 3)))]
    #[serde(default)]
    #[schema(max_items = 4)]
    only: Vec<u32>,
    #[garde(length(max = 100))]
    #[schema(example = "nano-banana", max_length = 100)]
    image_model: Option<String>,
    #[garde(length(max = 100))]
    #[schema(example = "gemini-flash", max_length = 100)]
    vision_model: Option<String>,
}

/// A price that holds for a while.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CharacterQuoteView {
    id: Uuid,
    character_id: Option<Uuid>,
    /// The models that it was made for, and the pictures: which, in which take, and what they are told to do better.
    #[schema(value_type = Object)]
    config: TestOrder,
    #[schema(value_type = Vec<CharacterQuoteLine>)]
    lines: Value,
    #[schema(example = 0.17)]
    total_usd: f64,
    #[serde(flatten)]
    credits: CreditTerms,
    #[schema(example = 56)]
    estimated_time_seconds: i32,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CharacterQuoteAnswer {
    quote: CharacterQuoteView,
}

/// Asks what it would cost to have a character's photos described and its test pictures made: of a new one, or anew.
#[utoipa::path(
    post, path = "/api/characters/quotes", tag = "characters", security(("session" = []), ("api_key" = [])),
    request_body = CharacterQuoteRequest,
    responses(
        (status = 201, body = CharacterQuoteAnswer),
        (status = 404, body = crate::error::Problem, content_type = "application/problem+json", description = "There is no such character"),
    )
)]
async fn create(
    State(state): State<ApiState>,
    who: SignedIn,
    ValidJson(request): ValidJson<CharacterQuoteRequest>,
) -> ApiResult<(StatusCode, Json<CharacterQuoteAnswer>)> {
    let mut transaction = state.db.person(who.user()).await?;
    let only: Vec<usize> = request.only.iter().map(|number| *number as usize).collect();
    let id = request.character_id.map(CharacterId);
    let (tests, photos) = match id {
        Some(id) => {
            let character = own(&mut transaction, &who, id, Action::Update).await?;
            (character.tests.0, character.reference_images.len())
        }
        None => (Vec::new(), request.photos.unwrap_or(5) as usize),
    };
    let pictures = TestOrder::pictures(&tests, &only);
    let (image_model, vision_model) = (request.image_model, request.vision_model);
    let terms = Terms { image_model, vision_model, ..Terms::default() };
    let priced = price(&state, &mut transaction, who.user(), &terms, pictures, photos).await?;
    let now = state.clock.now();
    let new = NewCharacterQuote {
        character: id,
        config: &priced.order,
        lines: &json!(priced.lines),
        total: priced.total,
        estimated_seconds: priced.seconds,
        now,
        expires_at: now + VALID,
    };
    let quote = character_quotes::insert(&mut transaction, who.user(), &new).await?;
    let quote = character_quotes::get(&mut transaction, quote).await?;
    let credits = CreditTerms::of(&mut transaction, who.user(), priced.by_credits).await?;
    transaction.commit().await?;
    let quote = CharacterQuoteView {
        id: quote.id.0,
        character_id: quote.character_id,
        config: quote.config.0,
        lines: quote.lines,
        total_usd: quote.total_usd,
        credits,
        estimated_time_seconds: quote.estimated_seconds,
        created_at: quote.created_at,
        expires_at: quote.expires_at,
    };
    Ok((StatusCode::CREATED, Json(CharacterQuoteAnswer { quote })))
}
