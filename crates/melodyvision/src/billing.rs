//! Plans and payments as the configuration has them.

use crate::config::server::ServerConfig;
use crate::failure::{Class, Failure};
use mv_billing::client::API_BASE;
use mv_billing::{Billing, Offers, OffersError, Payments, Retry, Stripe, StripeError, StripeSettings};
use mv_core::plan::Plan;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// How long Stripe may take for one try of a request.
const PATIENCE: Duration = Duration::from_secs(30);

/// What the server knows of plans and payments. Connects to nothing.
pub(crate) fn open(config: &ServerConfig) -> Result<Billing, Failure> {
    let billing = &config.billing;
    let offers = match &billing.plans {
        Some(path) => {
            let text = std::fs::read_to_string(path).map_err(|error| Failure::reading(path, &error))?;
            Offers::parse(&text)?
        }
        None => Offers::default(),
    };
    let offers = Arc::new(offers.with_prices(&billing.prices)?);
    let Some(stripe) = &billing.stripe else {
        return Ok(Billing { offers, least: billing.least_plan.unwrap_or(Plan::Team), payments: None });
    };
    let api_base = match &stripe.api_base {
        Some(base) => base.clone(),
        None => API_BASE.parse::<Url>().map_err(Failure::unexpected)?,
    };
    let settings = StripeSettings {
        secret_key: stripe.secret_key.expose().into(),
        api_base,
        timeout: PATIENCE,
        retry: Retry::default(),
    };
    let payments = Payments {
        stripe: Stripe::new(&settings)?,
        webhook_secrets: stripe.webhook_secrets.iter().map(|secret| secret.expose().into()).collect(),
        automatic_tax: stripe.automatic_tax.0,
    };
    let least = billing.least_plan.unwrap_or(Plan::Free);
    Ok(Billing { offers, least, payments: Some(payments) })
}

impl From<OffersError> for Failure {
    fn from(error: OffersError) -> Self {
        Self::new(Class::Usage, error.to_string()).hint("see `billing.plans` in docs/configuration.md")
    }
}

impl From<StripeError> for Failure {
    fn from(error: StripeError) -> Self {
        let failure = Self::new(Class::Tool, error.to_string());
        match error.hint() {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }
}
