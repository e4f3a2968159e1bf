//! Charges, refunds and disputes: money that came, and went back.

use super::segment;
use crate::client::Stripe;
use crate::error::StripeError;
use crate::form::Form;
use crate::objects::{Charge, Dispute, Refund};

impl Stripe {
    /// # Errors
    /// [`StripeError::Missing`].
    pub async fn charge(&self, id: &str) -> Result<Charge, StripeError> {
        self.get(&format!("/v1/charges/{}", segment(id)?), &Form::new()).await
    }

    /// # Errors
    /// [`StripeError::Missing`].
    pub async fn dispute(&self, id: &str) -> Result<Dispute, StripeError> {
        self.get(&format!("/v1/disputes/{}", segment(id)?), &Form::new()).await
    }

    /// Pays a payment back: all of it, or so much.
    ///
    /// # Errors
    /// [`StripeError::Invalid`] when it was paid back already.
    pub async fn refund(
        &self,
        payment_intent: &str,
        amount: Option<i64>,
        key: &str,
    ) -> Result<Refund, StripeError> {
        let form = Form::new().with("payment_intent", payment_intent).with_some("amount", amount);
        self.post("/v1/refunds", &form, key).await
    }
}
