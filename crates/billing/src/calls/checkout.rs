//! Checkout: Stripe's page at which somebody pays for a plan or for a pack of credits.

use super::segment;
use crate::client::Stripe;
use crate::error::StripeError;
use crate::form::Form;
use crate::objects::CheckoutSession;

/// What Stripe puts the session's id in place of.
const SESSION: &str = "{CHECKOUT_SESSION_ID}";

#[derive(Clone, Copy, Debug)]
pub enum Purchase<'a> {
    Plan {
        price: &'a str,
        plan: &'a str,
        trial_days: Option<u32>,
    },
    /// `credits` is what the buyer was shown, and what they get.
    Pack {
        price: &'a str,
        pack: &'a str,
        credits: i64,
    },
}

#[derive(Clone, Copy, Debug)]
pub struct NewCheckout<'a> {
    pub customer: &'a str,
    pub user_id: &'a str,
    pub purchase: Purchase<'a>,
    /// Where the buyer comes back to; the session's id is added.
    pub success_url: &'a str,
    pub cancel_url: &'a str,
    /// Whether Stripe works out and collects taxes.
    pub automatic_tax: bool,
    /// The language of the page: `ko`, `en`, `auto`.
    pub locale: &'a str,
}

impl NewCheckout<'_> {
    pub(crate) fn form(&self) -> Form {
        let joint = if self.success_url.contains('?') { '&' } else { '?' };
        let user = || vec![("user_id", self.user_id.to_owned())];
        let (mode, price) = match self.purchase {
            Purchase::Plan { price, .. } => ("subscription", price),
            Purchase::Pack { price, .. } => ("payment", price),
        };
        let mut form = Form::new()
            .with("mode", mode)
            .with("ui_mode", "hosted_page")
            .with("customer", self.customer)
            .with("client_reference_id", self.user_id)
            .with("line_items[0][price]", price)
            .with("line_items[0][quantity]", 1)
            .with("success_url", format!("{}{joint}session_id={SESSION}", self.success_url))
            .with("cancel_url", self.cancel_url)
            .with("locale", self.locale);
        if self.automatic_tax {
            form = form
                .with("automatic_tax[enabled]", true)
                .with("customer_update[address]", "auto")
                .with("customer_update[name]", "auto")
                .with("tax_id_collection[enabled]", true);
        }
        match self.purchase {
            Purchase::Plan { plan, trial_days, .. } => {
                let about = [user(), vec![("plan", plan.to_owned())]].concat();
                form.with_metadata("subscription_data[metadata]", &about)
                    .with_some("subscription_data[trial_period_days]", trial_days)
                    .with_metadata("metadata", &about)
            }
            Purchase::Pack { pack, credits, .. } => {
                let about =
                    [user(), vec![("pack", pack.to_owned()), ("credits", credits.to_string())]].concat();
                // Without it there would be no invoice.
                form.with("invoice_creation[enabled]", true)
                    .with_metadata("payment_intent_data[metadata]", &about)
                    .with_metadata("metadata", &about)
            }
        }
    }
}

impl Stripe {
    /// # Errors
    /// [`StripeError::Invalid`] when the price is not one of this account's.
    pub async fn create_checkout(
        &self,
        new: &NewCheckout<'_>,
        key: &str,
    ) -> Result<CheckoutSession, StripeError> {
        self.post("/v1/checkout/sessions", &new.form(), key).await
    }

    /// # Errors
    /// [`StripeError::Missing`].
    pub async fn checkout(&self, id: &str) -> Result<CheckoutSession, StripeError> {
        self.get(&format!("/v1/checkout/sessions/{}", segment(id)?), &Form::new()).await
    }

    /// Whatever a customer has bought.
    ///
    /// # Errors
    /// [`StripeError`].
    pub async fn checkouts_of(&self, customer: &str) -> Result<Vec<CheckoutSession>, StripeError> {
        let query = Form::new().with("customer", customer).with("status", "complete");
        super::all(self, "/v1/checkout/sessions", &query, |session: &CheckoutSession| &session.id).await
    }

    /// Whatever anybody has bought at sessions that were begun since then.
    ///
    /// # Errors
    /// [`StripeError`].
    pub async fn checkouts_since(&self, since: i64) -> Result<Vec<CheckoutSession>, StripeError> {
        let query = Form::new().with("created[gte]", since).with("status", "complete");
        super::all(self, "/v1/checkout/sessions", &query, |session: &CheckoutSession| &session.id).await
    }

    /// Ends a session that nobody has paid at yet.
    ///
    /// # Errors
    /// [`StripeError::Invalid`] when it is over already.
    pub async fn expire_checkout(&self, id: &str) -> Result<CheckoutSession, StripeError> {
        let path = format!("/v1/checkout/sessions/{}/expire", segment(id)?);
        self.post(&path, &Form::new(), &format!("expire-{id}")).await
    }
}
