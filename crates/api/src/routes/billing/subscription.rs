//! What somebody has, what they have used of it, and where that leads.

use super::plans::LimitsBody;
use crate::error::ApiResult;
use crate::extract::SignedIn;
use crate::routes::projects::month_start;
use crate::state::ApiState;
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Months, Utc};
use mv_core::plan::Plan;
use mv_core::units::MicroUsd;
use mv_store::db::subscriptions::{self, PeriodUsage, Subscription};
use mv_store::ledger;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(own))
}

/// A subscription; one's plan without one, too.
#[derive(Serialize, ToSchema)]
#[schema(as = Subscription)]
struct SubscriptionBody {
    /// What one has now: `free`, `indie`, `pro` or `team`.
    #[schema(example = "pro")]
    plan: String,
    /// What is paid for; `null` where nothing is.
    paid_plan: Option<String>,
    /// `active`, `trialing`, `past_due`, `canceled` or `incomplete`.
    #[schema(example = "active")]
    status: String,
    /// `monthly` or `yearly`.
    billing_cycle: Option<String>,
    /// Without a subscription, the calendar month.
    current_period_start: DateTime<Utc>,
    current_period_end: DateTime<Utc>,
    cancel_at_period_end: bool,
    canceled_at: Option<DateTime<Utc>>,
    trial_start: Option<DateTime<Utc>>,
    trial_end: Option<DateTime<Utc>>,
    /// With `past_due`: until when the plan stays.
    grace_ends_at: Option<DateTime<Utc>>,
    limits: LimitsBody,
}

/// Of this period.
#[derive(Serialize, ToSchema)]
#[schema(as = PeriodUsage)]
struct UsageBody {
    #[schema(example = 3)]
    videos_created_this_period: i64,
    #[schema(example = 150.5)]
    credits_used_this_period: f64,
    /// What the period comes to if it goes on like this; `null` on its first day.
    #[schema(example = 310.0)]
    credits_forecast_this_period: Option<f64>,
    #[schema(example = 849.5)]
    credits_remaining: f64,
    #[schema(example = 45)]
    total_videos_created: i64,
    last_video_created_at: Option<DateTime<Utc>>,
}

#[derive(Serialize, ToSchema)]
struct SubscriptionAnswer {
    subscription: SubscriptionBody,
    usage: UsageBody,
}

/// One's plan, and what was used of it
#[utoipa::path(
    get, path = "/api/billing/subscription", tag = "billing", security(("session" = []), ("api_key" = [])),
    responses((status = 200, body = SubscriptionAnswer))
)]
async fn own(State(state): State<ApiState>, who: SignedIn) -> ApiResult<Json<SubscriptionAnswer>> {
    let now = state.clock.now();
    let mut transaction = state.db.person(who.user()).await?;
    let found = subscriptions::get(&mut transaction, who.user()).await?;
    let (start, end) = match &found {
        Some(found) if found.period_start <= now && now < found.period_end => {
            (found.period_start, found.period_end)
        }
        _ => {
            let start = month_start(now);
            (start, start.checked_add_months(Months::new(1)).unwrap_or(now))
        }
    };
    let used = subscriptions::usage(&mut transaction, who.user(), start).await?;
    let balance = ledger::balance(&mut transaction, who.user()).await?;
    transaction.commit().await?;
    let subscription = describe(&state, who.actor.plan, found.as_ref(), (start, end));
    let usage = usage(&used, balance.available, (start, end), now);
    Ok(Json(SubscriptionAnswer { subscription, usage }))
}

fn describe(
    state: &ApiState,
    plan: Plan,
    found: Option<&Subscription>,
    (start, end): (DateTime<Utc>, DateTime<Utc>),
) -> SubscriptionBody {
    let cycle = found.and_then(|found| state.billing.offers.plan_of(found.price.as_deref()?));
    let paid = found.filter(|found| super::is_live(found));
    SubscriptionBody {
        plan: plan.to_string(),
        paid_plan: paid.map(|paid| paid.plan.to_string()),
        status: found.map_or("active", |found| found.status.word()).to_owned(),
        billing_cycle: cycle.map(|(_, cycle)| cycle.word().to_owned()),
        current_period_start: start,
        current_period_end: end,
        cancel_at_period_end: paid.is_some_and(|paid| paid.cancel_at_period_end),
        canceled_at: found.and_then(|found| found.canceled_at),
        trial_start: found.and_then(|found| found.trial_start),
        trial_end: found.and_then(|found| found.trial_end),
        grace_ends_at: found.and_then(|found| Some(found.past_due_since? + state.billing.grace())),
        limits: state.plans.of(plan).into(),
    }
}

fn usage(
    used: &PeriodUsage,
    available: MicroUsd,
    (start, end): (DateTime<Utc>, DateTime<Utc>),
    now: DateTime<Utc>,
) -> UsageBody {
    let credits = |amount: MicroUsd| amount.0 as f64 / 10_000.0;
    let (passed, whole) = ((now - start).num_seconds() as f64, (end - start).num_seconds() as f64);
    let forecast = (passed >= 86_400.0).then(|| (credits(used.spent) * whole / passed).round());
    UsageBody {
        videos_created_this_period: used.videos,
        credits_used_this_period: credits(used.spent),
        credits_forecast_this_period: forecast,
        credits_remaining: credits(available),
        total_videos_created: used.videos_ever,
        last_video_created_at: used.last_video_at,
    }
}
