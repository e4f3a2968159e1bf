//! Changing a subscription without leaving the studio: another plan, its end, and going on after all. What it becomes is
//! written down when Stripe's event comes, which takes a moment.

use super::{Cycle, PaidPlan, live, payments, price};
use crate::error::{ApiError, ApiResult};
use crate::extract::{Person, ValidJson};
use crate::state::ApiState;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use garde::Validate;
use mv_billing::Payments;
use mv_billing::objects::SubscriptionItem;
use mv_core::ids::UserId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(preview))
        .routes(routes!(change))
        .routes(routes!(cancel))
        .routes(routes!(resume))
}

#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct PlanChange {
    #[garde(skip)]
    plan_id: PaidPlan,
    #[garde(skip)]
    billing_cycle: Cycle,
}

#[derive(Serialize, ToSchema)]
struct ChangePreview {
    /// What is due at once, in whole minor units, with tax; what is left of the old plan is taken off.
    #[schema(example = 1500)]
    amount_due: i64,
    #[schema(example = "usd")]
    currency: Option<String>,
}

/// A change that Stripe can be asked for.
struct Asked<'a> {
    payments: &'a Payments,
    subscription: String,
    item: String,
    price: &'a str,
}

async fn asked<'a>(state: &'a ApiState, user: UserId, change: &PlanChange) -> ApiResult<Asked<'a>> {
    let payments = payments(state)?;
    let (_, subscription) = live(state, user).await?;
    let price = price(state, change.plan_id.into(), change.billing_cycle)?;
    let now = payments.stripe.subscription(&subscription).await?;
    let ours = |item: &&SubscriptionItem| state.billing.offers.plan_of(&item.price.id).is_some();
    let item = now.items.data.iter().find(ours).or(now.items.data.first());
    let Some(item) = item.filter(|item| item.price.id != price) else {
        return Err(ApiError::conflict("same_plan", "that is the plan that you have")
            .with_hint("choose another plan or cycle"));
    };
    Ok(Asked { payments, subscription, item: item.id.clone(), price })
}

/// What changing to another plan would cost now
#[utoipa::path(
    post, path = "/api/billing/subscription/preview", tag = "billing", request_body = PlanChange,
    security(("session" = [])),
    responses(
        (status = 200, body = ChangePreview),
        (status = 409, description = "There is no subscription, it is that plan already, or it is not sold",
         body = crate::error::Problem, content_type = "application/problem+json")
    )
)]
async fn preview(
    State(state): State<ApiState>,
    person: Person,
    ValidJson(body): ValidJson<PlanChange>,
) -> ApiResult<Json<ChangePreview>> {
    let Asked { payments, subscription, item, price } = asked(&state, person.user(), &body).await?;
    let key = format!("preview-{}", Uuid::new_v4());
    let invoice = payments.stripe.preview_change(&subscription, &item, price, &key).await?;
    Ok(Json(ChangePreview { amount_due: invoice.amount_due, currency: invoice.currency }))
}

/// Change to another plan now
///
/// The difference is paid at once, by the card that is known; its credits come with the payment.
#[utoipa::path(
    post, path = "/api/billing/subscription/change", tag = "billing", request_body = PlanChange,
    security(("session" = [])),
    responses(
        (status = 202, description = "Changed; the plan follows in a moment"),
        (status = 402, description = "The difference could not be paid: nothing has changed",
         body = crate::error::Problem, content_type = "application/problem+json"),
        (status = 409, description = "There is no subscription, it is that plan already, or it is not sold",
         body = crate::error::Problem, content_type = "application/problem+json")
    )
)]
async fn change(
    State(state): State<ApiState>,
    person: Person,
    ValidJson(body): ValidJson<PlanChange>,
) -> ApiResult<StatusCode> {
    let Asked { payments, subscription, item, price } = asked(&state, person.user(), &body).await?;
    let key = format!("change-{}", Uuid::new_v4());
    payments.stripe.change_price(&subscription, &item, price, &key).await?;
    Ok(StatusCode::ACCEPTED)
}

/// End the subscription when its period does
#[utoipa::path(
    post, path = "/api/billing/subscription/cancel", tag = "billing", security(("session" = [])),
    responses(
        (status = 202, description = "It ends with its period"),
        (status = 409, description = "There is no subscription", body = crate::error::Problem,
         content_type = "application/problem+json")
    )
)]
async fn cancel(State(state): State<ApiState>, person: Person) -> ApiResult<StatusCode> {
    let payments = payments(&state)?;
    let (_, subscription) = live(&state, person.user()).await?;
    let key = format!("cancel-{}", Uuid::new_v4());
    payments.stripe.cancel_at_period_end(&subscription, true, &key).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Go on with a subscription that was to end
#[utoipa::path(
    post, path = "/api/billing/subscription/resume", tag = "billing", security(("session" = [])),
    responses(
        (status = 202, description = "It goes on"),
        (status = 409, description = "There is no subscription", body = crate::error::Problem,
         content_type = "application/problem+json")
    )
)]
async fn resume(State(state): State<ApiState>, person: Person) -> ApiResult<StatusCode> {
    let payments = payments(&state)?;
    let (_, subscription) = live(&state, person.user()).await?;
    let key = format!("resume-{}", Uuid::new_v4());
    payments.stripe.cancel_at_period_end(&subscription, false, &key).await?;
    Ok(StatusCode::ACCEPTED)
}
