//! The portal: Stripe's page at which somebody changes their card, their plan, or ends it.

use crate::client::Stripe;
use crate::error::StripeError;
use crate::form::Form;
use crate::objects::PortalSession;

/// Where in the portal somebody arrives; `Home` is its first page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PortalFlow<'a> {
    Home,
    PaymentMethod,
    Cancel { subscription: &'a str },
    ChangePlan { subscription: &'a str },
}

impl PortalFlow<'_> {
    pub(crate) fn form(self, customer: &str, return_url: &str) -> Form {
        let form = Form::new().with("customer", customer).with("return_url", return_url);
        match self {
            Self::Home => form,
            Self::PaymentMethod => form.with("flow_data[type]", "payment_method_update"),
            Self::Cancel { subscription } => form
                .with("flow_data[type]", "subscription_cancel")
                .with("flow_data[subscription_cancel][subscription]", subscription),
            Self::ChangePlan { subscription } => form
                .with("flow_data[type]", "subscription_update")
                .with("flow_data[subscription_update][subscription]", subscription),
        }
    }
}

impl Stripe {
    /// A way in that lasts a few minutes: one a click.
    ///
    /// # Errors
    /// [`StripeError::Invalid`] when the portal was never set up in Stripe's dashboard.
    pub async fn create_portal(
        &self,
        customer: &str,
        return_url: &str,
        flow: PortalFlow<'_>,
        key: &str,
    ) -> Result<PortalSession, StripeError> {
        self.post("/v1/billing_portal/sessions", &flow.form(customer, return_url), key).await
    }
}
