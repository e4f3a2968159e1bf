//! Plans, payments and what was used. Money is Stripe's: here people are sent to its pages, and its events are written down.

mod change;
mod checkout;
mod invoices;
mod plans;
mod portal;
mod subscription;
mod webhook;

use crate::error::{ApiError, ApiResult};
use crate::state::ApiState;
use axum::http::StatusCode;
use mv_billing::calls::customers::NewCustomer;
use mv_billing::{Payments, StripeError};
use mv_core::ids::UserId;
use mv_core::plan::Plan;
use mv_store::db::subscriptions::{self, Payer, Status, Subscription};
use serde::Deserialize;
use url::Url;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .merge(plans::routes())
        .merge(checkout::routes())
        .merge(portal::routes())
        .merge(subscription::routes())
        .merge(change::routes())
        .merge(invoices::routes())
        .merge(webhook::routes())
}

/// A plan that is paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum PaidPlan {
    Indie,
    Pro,
    Team,
}

impl From<PaidPlan> for Plan {
    fn from(plan: PaidPlan) -> Self {
        match plan {
            PaidPlan::Indie => Self::Indie,
            PaidPlan::Pro => Self::Pro,
            PaidPlan::Team => Self::Team,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[schema(as = BillingCycle)]
#[serde(rename_all = "lowercase")]
enum Cycle {
    Monthly,
    Yearly,
}

impl From<Cycle> for mv_billing::BillingCycle {
    fn from(cycle: Cycle) -> Self {
        match cycle {
            Cycle::Monthly => Self::Monthly,
            Cycle::Yearly => Self::Yearly,
        }
    }
}

/// How people pay here.
///
/// # Errors
/// 409 where nobody does.
fn payments(state: &ApiState) -> ApiResult<&Payments> {
    state.billing.payments.as_ref().ok_or_else(|| {
        ApiError::conflict("payments_off", "nothing is paid for on this server")
            .with_hint("plans and credits are given by whoever runs it")
    })
}

/// Stripe's id of the price of a plan.
///
/// # Errors
/// 409 when it is not sold here.
fn price(state: &ApiState, plan: Plan, cycle: Cycle) -> ApiResult<&str> {
    let offer = state.billing.offers.offer(plan);
    let id = offer.and_then(|offer| offer.price(cycle.into())?.id.as_deref());
    id.ok_or_else(|| not_sold(format!("the plan `{plan}` is not sold here for this cycle")))
}

fn not_sold(detail: String) -> ApiError {
    ApiError::conflict("not_sold", detail).with_hint("choose another: `/api/billing/plans` says what is sold")
}

async fn payer(state: &ApiState, user: UserId) -> ApiResult<Payer> {
    let mut connection = state.db.gate().acquire().await?;
    Ok(subscriptions::payer(&mut connection, user).await?)
}

/// The person's customer at Stripe, made when there is none yet.
async fn customer(state: &ApiState, user: UserId, payer: &Payer) -> ApiResult<String> {
    if let Some(customer) = &payer.customer {
        return Ok(customer.clone());
    }
    let new = NewCustomer {
        email: &payer.email,
        name: payer.name.as_deref(),
        user_id: &user.to_string(),
        locale: language(&payer.locale),
    };
    let made = payments(state)?.stripe.create_customer(&new).await?;
    let mut connection = state.db.gate().acquire().await?;
    // Whoever was first at another click: theirs counts.
    Ok(subscriptions::keep_customer(&mut connection, user, &made.id).await?)
}

/// The person's subscription, live or over.
async fn own(state: &ApiState, user: UserId) -> ApiResult<Option<Subscription>> {
    let mut transaction = state.db.person(user).await?;
    let found = subscriptions::get(&mut transaction, user).await?;
    transaction.commit().await?;
    Ok(found)
}

/// The name of a person's live subscription at Stripe.
///
/// # Errors
/// 409 when they have none.
async fn live(state: &ApiState, user: UserId) -> ApiResult<(Subscription, String)> {
    let found = own(state, user).await?.filter(is_live);
    let named = found.and_then(|found| Some((found.clone(), found.subscription?)));
    named.ok_or_else(|| {
        ApiError::conflict("no_subscription", "you have no subscription now")
            .with_hint("choose a plan with `POST /api/billing/create-checkout-session`")
    })
}

fn is_live(subscription: &Subscription) -> bool {
    matches!(subscription.status, Status::Active | Status::Trialing | Status::PastDue)
}

/// Of Stripe's pages and mails.
fn language(locale: &str) -> &'static str {
    if locale.starts_with("ko") { "ko" } else { "en" }
}

/// A page of the studio.
fn page(state: &ApiState, path: &str) -> ApiResult<Url> {
    state.config.public_url.join(path).map_err(ApiError::internal)
}

impl From<StripeError> for ApiError {
    fn from(error: StripeError) -> Self {
        match &error {
            StripeError::Declined(_) => {
                Self::new(StatusCode::PAYMENT_REQUIRED, "payment_declined", "the payment was declined")
                    .with_hint("use another card: `POST /api/billing/create-portal-session` leads there")
                    .caused_by(error)
            }
            StripeError::Busy(_) | StripeError::Unavailable { .. } => Self::unavailable(error),
            StripeError::Key(_)
            | StripeError::Missing(_)
            | StripeError::Invalid(_)
            | StripeError::OtherRequest(_)
            | StripeError::BadAnswer { .. }
            | StripeError::SetUp(_) => {
                // A person cannot mend it; the log says what it is.
                tracing::error!(%error, hint = error.hint(), "a payment cannot be begun");
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "payments_broken", "payments do not work just now")
                    .with_hint("nothing was charged; write to whoever runs this server")
                    .caused_by(error)
            }
        }
    }
}
