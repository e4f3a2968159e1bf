//! What was billed.

use super::payer;
use crate::error::{ApiError, ApiResult};
use crate::extract::{ApiQuery, Person};
use crate::state::ApiState;
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use garde::Validate;
use mv_billing::StripeError;
use mv_billing::objects::Invoice;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// A page: invoices of more than a year.
const USUAL: u32 = 20;

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(list))
}

#[derive(Debug, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Part {
    /// How many at most.
    #[garde(inner(range(min = 1, max = 100)))]
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
    /// Those that are older than this one: what `next` of the page before said.
    #[garde(inner(length(min = 1, max = 255), custom(an_id)))]
    #[param(min_length = 1, max_length = 255, example = "in_1")]
    before: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature of a rule")]
fn an_id(id: &str, _: &()) -> garde::Result {
    let fits = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if fits { Ok(()) } else { Err(garde::Error::new("is no invoice's id")) }
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
    /// For `before` of the page after this; nothing on the last.
    #[schema(example = "in_1")]
    next: Option<String>,
}

/// One's invoices, the newest first
#[utoipa::path(
    get, path = "/api/billing/invoices", tag = "billing", params(Part), security(("session" = [])),
    responses((status = 200, body = Invoices))
)]
async fn list(
    State(state): State<ApiState>,
    person: Person,
    ApiQuery(part): ApiQuery<Part>,
) -> ApiResult<Json<Invoices>> {
    let limit = part.limit.unwrap_or(USUAL);
    let customer = payer(&state, person.user()).await?.customer;
    let (Some(payments), Some(customer)) = (&state.billing.payments, customer) else {
        // Nobody paid for anything.
        return Ok(Json(Invoices { invoices: Vec::new(), next: None }));
    };
    let before = part.before.as_deref();
    let found = payments.stripe.invoices(&customer, before, limit).await.map_err(|error| match error {
        StripeError::Missing(_) | StripeError::Invalid(_) if before.is_some() => {
            ApiError::invalid("before", "is no invoice of yours").with_hint("begin at the first page again")
        }
        other => other.into(),
    })?;
    let next = found.data.last().filter(|_| found.has_more).map(|invoice| invoice.id.clone());
    Ok(Json(Invoices { invoices: found.data.into_iter().map(InvoiceBody::from).collect(), next }))
}
