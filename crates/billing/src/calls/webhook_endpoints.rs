//! Endpoints of webhooks: where Stripe sends events, and in which version.

use super::all;
use crate::client::{API_VERSION, Stripe};
use crate::error::StripeError;
use crate::form::Form;
use crate::objects::WebhookEndpoint;
use crate::webhook::EVENTS;

impl Stripe {
    /// # Errors
    /// [`StripeError::Key`] when the key may not see them.
    pub async fn webhook_endpoints(&self) -> Result<Vec<WebhookEndpoint>, StripeError> {
        all(self, "/v1/webhook_endpoints", &Form::new(), |endpoint: &WebhookEndpoint| &endpoint.id).await
    }

    /// An endpoint for every event that we act on, in our version.
    ///
    /// # Errors
    /// [`StripeError::Invalid`] when Stripe cannot send anything to that address.
    pub async fn create_webhook_endpoint(
        &self,
        url: &str,
        key: &str,
    ) -> Result<WebhookEndpoint, StripeError> {
        let mut form = Form::new().with("url", url).with("api_version", API_VERSION);
        for event in EVENTS {
            form = form.with("enabled_events[]", event);
        }
        self.post("/v1/webhook_endpoints", &form, key).await
    }
}
