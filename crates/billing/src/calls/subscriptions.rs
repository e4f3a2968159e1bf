//! Subscriptions: reading them as they are now, changing the plan, ending and going on.

use super::{all, segment};
use crate::client::Stripe;
use crate::error::StripeError;
use crate::form::Form;
use crate::objects::Subscription;

impl Stripe {
    /// # Errors
    /// [`StripeError::Missing`].
    pub async fn subscription(&self, id: &str) -> Result<Subscription, StripeError> {
        self.get(&format!("/v1/subscriptions/{}", segment(id)?), &Form::new()).await
    }

    /// Every subscription that a customer ever had, also those that ended.
    ///
    /// # Errors
    /// [`StripeError`].
    pub async fn subscriptions_of(&self, customer: &str) -> Result<Vec<Subscription>, StripeError> {
        let query = Form::new().with("customer", customer).with("status", "all");
        all(self, "/v1/subscriptions", &query, |subscription: &Subscription| &subscription.id).await
    }

    /// Ends it when its period does, or goes on after all.
    ///
    /// # Errors
    /// [`StripeError::Invalid`] when it has ended already.
    pub async fn cancel_at_period_end(
        &self,
        id: &str,
        cancel: bool,
        key: &str,
    ) -> Result<Subscription, StripeError> {
        let form = Form::new().with("cancel_at_period_end", cancel);
        self.post(&format!("/v1/subscriptions/{}", segment(id)?), &form, key).await
    }

    /// Moves it to another price now: what is left of the old one is credited, and the difference is billed at once.
    ///
    /// # Errors
    /// [`StripeError::Declined`] when the difference cannot be paid: nothing has changed then.
    pub async fn change_price(
        &self,
        id: &str,
        item: &str,
        price: &str,
        key: &str,
    ) -> Result<Subscription, StripeError> {
        let form = Form::new()
            .with("items[0][id]", item)
            .with("items[0][price]", price)
            .with("proration_behavior", "always_invoice")
            .with("payment_behavior", "error_if_incomplete")
            .with("cancel_at_period_end", false);
        self.post(&format!("/v1/subscriptions/{}", segment(id)?), &form, key).await
    }

    /// Ends it now.
    ///
    /// # Errors
    /// [`StripeError::Missing`] when it has ended already.
    pub async fn cancel_now(&self, id: &str) -> Result<Subscription, StripeError> {
        self.delete(&format!("/v1/subscriptions/{}", segment(id)?)).await
    }
}
