//! Prices: whether those that the plans name are there.

use super::segment;
use crate::client::Stripe;
use crate::error::StripeError;
use crate::form::Form;
use crate::objects::Price;

impl Stripe {
    /// # Errors
    /// [`StripeError::Missing`].
    pub async fn price(&self, id: &str) -> Result<Price, StripeError> {
        self.get(&format!("/v1/prices/{}", segment(id)?), &Form::new()).await
    }
}
