//! Invoices: what was billed, and what a change of plan would cost.

use super::{all, segment};
use crate::client::Stripe;
use crate::error::StripeError;
use crate::form::Form;
use crate::objects::{Invoice, List};

impl Stripe {
    /// A page of a customer's invoices, the newest first: those that are older than `before`, an invoice's id.
    ///
    /// # Errors
    /// [`StripeError`]; [`StripeError::Missing`] or [`StripeError::Invalid`] when `before` is no invoice of theirs.
    pub async fn invoices(
        &self,
        customer: &str,
        before: Option<&str>,
        limit: u32,
    ) -> Result<List<Invoice>, StripeError> {
        let query = Form::new()
            .with("customer", customer)
            .with("limit", limit.clamp(1, 100))
            .with_some("starting_after", before);
        self.get("/v1/invoices", &query).await
    }

    /// An invoice with what paid it.
    ///
    /// # Errors
    /// [`StripeError::Missing`].
    pub async fn invoice(&self, id: &str) -> Result<Invoice, StripeError> {
        let query = Form::new().with("expand[]", "payments");
        self.get(&format!("/v1/invoices/{}", segment(id)?), &query).await
    }

    /// Every invoice that a customer has paid, with what paid it.
    ///
    /// # Errors
    /// [`StripeError`].
    pub async fn paid_invoices_of(&self, customer: &str) -> Result<Vec<Invoice>, StripeError> {
        let query =
            Form::new().with("customer", customer).with("status", "paid").with("expand[]", "data.payments");
        all(self, "/v1/invoices", &query, |invoice: &Invoice| &invoice.id).await
    }

    /// Every invoice that was made since then and is paid.
    ///
    /// # Errors
    /// [`StripeError`].
    pub async fn paid_invoices_since(&self, since: i64) -> Result<Vec<Invoice>, StripeError> {
        let query =
            Form::new().with("status", "paid").with("created[gte]", since).with("expand[]", "data.payments");
        all(self, "/v1/invoices", &query, |invoice: &Invoice| &invoice.id).await
    }

    /// What changing a subscription's price now would be billed as. Nothing is changed.
    ///
    /// # Errors
    /// [`StripeError::Invalid`] when the price does not fit the subscription.
    pub async fn preview_change(
        &self,
        subscription: &str,
        item: &str,
        price: &str,
        key: &str,
    ) -> Result<Invoice, StripeError> {
        let form = Form::new()
            .with("subscription", subscription)
            .with("subscription_details[items][0][id]", item)
            .with("subscription_details[items][0][price]", price)
            .with("subscription_details[proration_behavior]", "always_invoice");
        self.post("/v1/invoices/create_preview", &form, key).await
    }
}
