//! Buying: a plan, or a pack of credits. What was paid is handed over by Stripe's events, never by whoever comes back.

use super::{Cycle, PaidPlan, customer, is_live, language, not_sold, own, page, payer, payments, price};
use crate::error::{ApiError, ApiResult};
use crate::extract::{ApiPath, Person, ValidJson};
use crate::state::ApiState;
use axum::Json;
use axum::extract::State;
use garde::Validate;
use mv_billing::StripeError;
use mv_billing::calls::checkout::{NewCheckout, Purchase};
use mv_billing::objects::CheckoutSession;
use mv_core::ids::UserId;
use mv_core::plan::Plan;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(plan)).routes(routes!(credits)).routes(routes!(read))
}

#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewSubscription {
    #[garde(skip)]
    plan_id: PaidPlan,
    #[garde(skip)]
    billing_cycle: Cycle,
}

/// Where to pay.
#[derive(Serialize, ToSchema)]
struct Checkout {
    #[schema(example = "https://checkout.stripe.com/c/pay/cs_test_1")]
    checkout_url: String,
    #[schema(example = "cs_test_1")]
    session_id: String,
}

/// Begin to pay for a plan
///
/// Lead the person to `checkout_url`. They come back to `/billing/done?session_id=…` or to `/billing`; the plan is theirs
/// when Stripe says that it was paid.
#[utoipa::path(
    post, path = "/api/billing/create-checkout-session", tag = "billing", request_body = NewSubscription,
    security(("session" = [])),
    responses(
        (status = 200, body = Checkout),
        (status = 409, description = "Nothing is paid for here, this is not sold, or there is a subscription already",
         body = crate::error::Problem, content_type = "application/problem+json")
    )
)]
async fn plan(
    State(state): State<ApiState>,
    person: Person,
    ValidJson(body): ValidJson<NewSubscription>,
) -> ApiResult<Json<Checkout>> {
    payments(&state)?;
    let before = own(&state, person.user()).await?;
    if let Some(subscription) = before.as_ref().filter(|subscription| is_live(subscription)) {
        return Err(ApiError::conflict(
            "already_subscribed",
            format!("you have the plan `{}` already", subscription.plan),
        )
        .with_hint("change it with `POST /api/billing/subscription/change`")
        .with("current_plan", json!(subscription.plan)));
    }
    let plan = Plan::from(body.plan_id);
    // A plan is tried once.
    let trial_days = Some(state.billing.offers.trial_days).filter(|days| *days > 0 && before.is_none());
    let price = price(&state, plan, body.billing_cycle)?;
    begin(&state, person.user(), Purchase::Plan { price, plan: plan.word(), trial_days }).await
}

#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewCredits {
    /// How many: one of the packs of `/api/billing/plans`.
    #[garde(range(min = 1, max = 1_000_000_000))]
    #[schema(minimum = 1, maximum = 1_000_000_000, example = 500)]
    amount: i64,
}

/// Begin to pay for credits
#[utoipa::path(
    post, path = "/api/billing/credits/purchase", tag = "billing", request_body = NewCredits,
    security(("session" = [])),
    responses(
        (status = 200, body = Checkout),
        (status = 409, description = "Nothing is paid for here, or this is not sold", body = crate::error::Problem,
         content_type = "application/problem+json")
    )
)]
async fn credits(
    State(state): State<ApiState>,
    person: Person,
    ValidJson(body): ValidJson<NewCredits>,
) -> ApiResult<Json<Checkout>> {
    payments(&state)?;
    let offers = &state.billing.offers;
    let Some(pack) = offers.pack(body.amount) else {
        let sizes: Vec<String> = offers.packs.iter().map(|pack| pack.credits.to_string()).collect();
        return Err(ApiError::invalid("amount", format!("is no pack: choose {}", sizes.join(", "))));
    };
    let unsold = || not_sold(format!("the pack of {} credits is not sold here", pack.credits));
    let price = pack.id.as_deref().ok_or_else(unsold)?;
    let purchase = Purchase::Pack { price, pack: &pack.name(), credits: pack.credits };
    begin(&state, person.user(), purchase).await
}

async fn begin(state: &ApiState, user: UserId, purchase: Purchase<'_>) -> ApiResult<Json<Checkout>> {
    let payer = payer(state, user).await?;
    let customer = customer(state, user, &payer).await?;
    let payments = payments(state)?;
    let (done, back) = (page(state, "/billing/done")?, page(state, "/billing")?);
    let new = NewCheckout {
        customer: &customer,
        user_id: &user.to_string(),
        purchase,
        success_url: done.as_str(),
        cancel_url: back.as_str(),
        automatic_tax: payments.automatic_tax,
        locale: language(&payer.locale),
    };
    let session = payments.stripe.create_checkout(&new, &format!("checkout-{}", Uuid::new_v4())).await?;
    let missing = || StripeError::BadAnswer { detail: "a checkout without an address".to_owned() };
    let checkout_url = session.url.ok_or_else(missing)?;
    Ok(Json(Checkout { checkout_url, session_id: session.id }))
}

/// How a checkout stands.
#[derive(Serialize, ToSchema)]
struct CheckoutState {
    /// `open`, `complete` or `expired`.
    #[schema(example = "complete")]
    status: String,
    /// Whether it was paid; some ways of paying take days.
    paid: bool,
    /// What was bought: `plan` or `credits`.
    #[schema(example = "plan")]
    purchase: String,
}

impl From<CheckoutSession> for CheckoutState {
    fn from(session: CheckoutSession) -> Self {
        let purchase = if session.mode.as_deref() == Some("subscription") { "plan" } else { "credits" };
        Self {
            paid: session.is_paid(),
            status: session.status.unwrap_or_else(|| "open".to_owned()),
            purchase: purchase.to_owned(),
        }
    }
}

/// How a checkout stands, for the page that the buyer comes back to
#[utoipa::path(
    get, path = "/api/billing/checkout-sessions/{id}", tag = "billing",
    params(("id" = String, Path, description = "From the address that the buyer came back to")),
    security(("session" = [])),
    responses(
        (status = 200, body = CheckoutState),
        (status = 409, description = "Nothing is paid for here", body = crate::error::Problem,
         content_type = "application/problem+json")
    )
)]
async fn read(
    State(state): State<ApiState>,
    person: Person,
    ApiPath(id): ApiPath<String>,
) -> ApiResult<Json<CheckoutState>> {
    let payments = payments(&state)?;
    let payer = payer(&state, person.user()).await?;
    let none = || ApiError::not_found("checkout");
    let is_ours =
        id.starts_with("cs_") && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let customer = payer.customer.filter(|_| is_ours).ok_or_else(none)?;
    let session = match payments.stripe.checkout(&id).await {
        Err(StripeError::Missing(_)) => return Err(none()),
        session => session?,
    };
    if session.customer.as_deref() != Some(customer.as_str()) {
        return Err(none());
    }
    Ok(Json(session.into()))
}
