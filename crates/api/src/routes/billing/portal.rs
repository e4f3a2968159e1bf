//! The way into Stripe's portal.

use super::{customer, live, page, payer, payments};
use crate::error::ApiResult;
use crate::extract::{ApiQuery, Person};
use crate::state::ApiState;
use axum::Json;
use axum::extract::State;
use garde::Validate;
use mv_billing::calls::portal::PortalFlow;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(open))
}

/// Where in the portal to arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum PortalPage {
    PaymentMethod,
    Cancel,
    ChangePlan,
}

#[derive(Debug, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Where {
    /// Its first page, when left out.
    #[garde(skip)]
    #[param(inline)]
    flow: Option<PortalPage>,
}

#[derive(Serialize, ToSchema)]
struct Portal {
    /// Lasts a few minutes: ask for one a click.
    #[schema(example = "https://billing.stripe.com/p/session/x")]
    portal_url: String,
}

/// A way into Stripe's portal: card, plan, invoices, the end of a subscription
#[utoipa::path(
    post, path = "/api/billing/create-portal-session", tag = "billing", params(Where), security(("session" = [])),
    responses(
        (status = 200, body = Portal),
        (status = 409, description = "Nothing is paid for here, or there is no subscription to change",
         body = crate::error::Problem, content_type = "application/problem+json")
    )
)]
async fn open(
    State(state): State<ApiState>,
    person: Person,
    ApiQuery(to): ApiQuery<Where>,
) -> ApiResult<Json<Portal>> {
    let payments = payments(&state)?;
    let user = person.user();
    let subscription = match to.flow {
        Some(PortalPage::Cancel | PortalPage::ChangePlan) => live(&state, user).await?.1,
        Some(PortalPage::PaymentMethod) | None => String::new(),
    };
    let flow = match to.flow {
        None => PortalFlow::Home,
        Some(PortalPage::PaymentMethod) => PortalFlow::PaymentMethod,
        Some(PortalPage::Cancel) => PortalFlow::Cancel { subscription: &subscription },
        Some(PortalPage::ChangePlan) => PortalFlow::ChangePlan { subscription: &subscription },
    };
    let customer = customer(&state, user, &payer(&state, user).await?).await?;
    let back = page(&state, "/billing")?;
    let key = format!("portal-{}", Uuid::new_v4());
    let session = payments.stripe.create_portal(&customer, back.as_str(), flow, &key).await?;
    Ok(Json(Portal { portal_url: session.url }))
}
