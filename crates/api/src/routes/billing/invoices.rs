//! What was billed.

use super::payer;
use crate::error::ApiResult;
use crate::extract::{ApiQuery, Person};
use crate::state::ApiState;
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use garde::Validate;
use mv_billing::objects::Invoice;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Invoices of more than a year.
const USUAL: u32 = 20;

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(list))
}

#[derive(Debug, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct HowMany {
    /// The newest so many, up to 100.
    #[garde(inner(range(min = 1, max = 100)))]
    #[param(minimum = 1, maximum = 100, example = 20)]
    limit: Option<u32>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Invoice)]
struct InvoiceBody {
    #[schema(example = "in_1")]
    id: String,
    #[schema(example = "MV-0001")]
    number: Option<String>,
    /// `draft`, `open`, `paid`, `uncollectible` or `void`.
    #[schema(example = "paid")]
    status: String,
    /// In whole minor units of the currency, with tax.
    #[schema(example = 1900)]
    total: i64,
    #[schema(example = "usd")]
    currency: Option<String>,
    created_at: DateTime<Utc>,
    /// Stripe's page of it, where an open one can be paid.
    hosted_invoice_url: Option<String>,
    invoice_pdf: Option<String>,
}

impl From<Invoice> for InvoiceBody {
    fn from(invoice: Invoice) -> Self {
        Self {
            id: invoice.id,
            number: invoice.number,
            status: invoice.status.unwrap_or_else(|| "draft".to_owned()),
            total: invoice.total,
            currency: invoice.currency,
            created_at: DateTime::from_timestamp(invoice.created, 0).unwrap_or_default(),
            hosted_invoice_url: invoice.hosted_invoice_url,
            invoice_pdf: invoice.invoice_pdf,
        }
    }
}

#[derive(Serialize, ToSchema)]
struct Invoices {
    invoices: Vec<InvoiceBody>,
}

/// One's invoices, the newest first
#[utoipa::path(
    get, path = "/api/billing/invoices", tag = "billing", params(HowMany), security(("session" = [])),
    responses((status = 200, body = Invoices))
)]
async fn list(
    State(state): State<ApiState>,
    person: Person,
    ApiQuery(how_many): ApiQuery<HowMany>,
) -> ApiResult<Json<Invoices>> {
    let limit = how_many.limit.unwrap_or(USUAL);
    let customer = payer(&state, person.user()).await?.customer;
    let (Some(payments), Some(customer)) = (&state.billing.payments, customer) else {
        // Nobody paid for anything.
        return Ok(Json(Invoices { invoices: Vec::new() }));
    };
    let found = payments.stripe.invoices(&customer, limit).await?;
    Ok(Json(Invoices { invoices: found.data.into_iter().map(InvoiceBody::from).collect() }))
}
