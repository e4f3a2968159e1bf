//! The price list.

use crate::error::ApiResult;
use crate::routes::credits::credits;
use crate::routes::quotes::{self, TypicalFilm};
use crate::state::ApiState;
use axum::Json;
use axum::extract::State;
use mv_billing::{BillingCycle, Offers};
use mv_core::plan::{Plan, PlanLimits};
use mv_core::units::{Credits, MicroUsd};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(list))
}

/// What a plan allows; `null` is no limit.
#[derive(Serialize, ToSchema)]
#[schema(as = PlanLimits)]
pub(super) struct LimitsBody {
    #[schema(example = 180)]
    max_video_length_seconds: Option<u32>,
    max_videos_per_day: Option<u32>,
    max_videos_per_month: Option<u32>,
    max_images_per_day: Option<u32>,
    max_projects_per_month: Option<u32>,
    /// Projects that are neither finished nor archived.
    #[schema(example = 5)]
    max_concurrent_projects: Option<u32>,
    #[schema(example = 3)]
    max_character_profiles: Option<u32>,
    #[schema(example = "4k")]
    max_resolution: String,
    #[schema(example = 1000)]
    api_requests_per_hour: u32,
    priority_queue: bool,
    collaboration: bool,
}

impl From<&PlanLimits> for LimitsBody {
    fn from(limits: &PlanLimits) -> Self {
        Self {
            max_video_length_seconds: limits.video_seconds,
            max_videos_per_day: limits.videos_per_day,
            max_videos_per_month: limits.videos_per_month,
            max_images_per_day: limits.images_per_day,
            max_projects_per_month: limits.projects_per_month,
            max_concurrent_projects: limits.projects_at_once,
            max_character_profiles: limits.characters,
            max_resolution: limits.largest.to_string(),
            api_requests_per_hour: limits.api_requests_per_hour,
            priority_queue: limits.priority_queue,
            collaboration: limits.collaboration,
        }
    }
}

#[derive(Serialize, ToSchema)]
#[schema(as = PlanPrice)]
struct PriceBody {
    /// In whole minor units of the currency, before tax.
    #[schema(example = 1900)]
    amount: i64,
    /// Whether it can be bought here now.
    available: bool,
}

#[derive(Serialize, ToSchema)]
#[schema(as = PlanOffer)]
struct OfferBody {
    #[schema(example = "indie")]
    id: String,
    monthly: Option<PriceBody>,
    yearly: Option<PriceBody>,
    /// Credits that come with a month of it; a year brings twelve times as many.
    #[schema(example = 1000)]
    credits_per_month: i64,
    /// How many typical films a month's credits make, rounded down to a tenth; absent where `typical_film` is, and of
    /// plans without credits.
    #[schema(example = 1.6)]
    films_per_month: Option<f64>,
    limits: LimitsBody,
}

/// A film that credits are counted in: of a song of three minutes in the form of a pop song, with a still and a clip
/// bought for every scene, priced as a quote of today would be.
#[derive(Serialize, ToSchema)]
#[schema(as = TypicalFilm)]
struct FilmBody {
    #[schema(example = 180.0)]
    seconds: f64,
    #[schema(example = 48)]
    scenes: usize,
    #[schema(example = "nano-banana")]
    image_model: String,
    #[schema(example = "kling-standard")]
    clip_model: String,
    /// Credits that it takes.
    #[schema(example = 620.0)]
    credits: f64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = CreditPack)]
struct PackBody {
    #[schema(example = 500)]
    credits: i64,
    #[schema(example = 600)]
    amount: i64,
    available: bool,
}

#[derive(Serialize, ToSchema)]
struct PriceList {
    /// Whether anything is paid for on this server.
    payments: bool,
    /// Of all amounts, three lower-case letters.
    #[schema(example = "usd")]
    currency: String,
    /// Days that a plan may be tried before its first payment.
    trial_days: u32,
    /// The plan that everybody has at the least.
    #[schema(example = "free")]
    least_plan: String,
    /// What plans' credits are counted in; absent where films take no credits here.
    typical_film: Option<FilmBody>,
    plans: Vec<OfferBody>,
    packs: Vec<PackBody>,
}

/// What plans cost and allow, and what credits can be bought beside
#[utoipa::path(
    get, path = "/api/billing/plans", tag = "billing", responses((status = 200, body = PriceList))
)]
async fn list(State(state): State<ApiState>) -> ApiResult<Json<PriceList>> {
    let film = quotes::typical(&state).await?;
    let billing = &state.billing;
    let sells = billing.payments.is_some();
    let pack = |pack: &mv_billing::Pack| PackBody {
        credits: pack.credits,
        amount: pack.amount,
        available: sells && pack.id.is_some(),
    };
    Ok(Json(PriceList {
        payments: sells,
        currency: billing.offers.currency.clone(),
        trial_days: if sells { billing.offers.trial_days } else { 0 },
        least_plan: billing.least.to_string(),
        plans: Plan::ALL.into_iter().map(|plan| offer(&billing.offers, plan, sells, film.as_ref())).collect(),
        packs: billing.offers.packs.iter().map(pack).collect(),
        typical_film: film.map(FilmBody::from),
    }))
}

impl From<TypicalFilm> for FilmBody {
    fn from(film: TypicalFilm) -> Self {
        Self {
            seconds: film.seconds,
            scenes: film.scenes,
            image_model: film.image_model,
            clip_model: film.clip_model,
            credits: credits(film.by_credits),
        }
    }
}

/// No more than there are.
fn films(month: Credits, film: &TypicalFilm) -> f64 {
    let tenths = i128::from(MicroUsd::from(month).0) * 10 / i128::from(film.by_credits.0.max(1));
    tenths as f64 / 10.0
}

fn offer(offers: &Offers, plan: Plan, sells: bool, film: Option<&TypicalFilm>) -> OfferBody {
    let month = offers.credits(plan, BillingCycle::Monthly);
    let price = |cycle| {
        let price = offers.offer(plan)?.price(cycle)?;
        Some(PriceBody { amount: price.amount, available: sells && price.id.is_some() })
    };
    OfferBody {
        id: plan.to_string(),
        monthly: price(BillingCycle::Monthly),
        yearly: price(BillingCycle::Yearly),
        credits_per_month: month,
        films_per_month: film.filter(|_| month > 0).map(|film| films(Credits(month), film)),
        limits: (&offers.limits(plan)).into(),
    }
}
