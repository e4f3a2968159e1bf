//! What Stripe says no to, one variant for each thing that is done about it.

use serde::Deserialize;
use thiserror::Error;

/// What an answer that is a refusal says; all of it may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Refusal {
    #[serde(rename = "type")]
    pub kind: Option<String>,
    pub code: Option<String>,
    pub message: Option<String>,
    pub param: Option<String>,
    pub decline_code: Option<String>,
    /// Stripe's name of the request, for its own log.
    #[serde(skip)]
    pub request_id: Option<String>,
    #[serde(skip)]
    pub status: u16,
}

impl Refusal {
    fn text(&self) -> String {
        let said = self.message.as_deref().unwrap_or("no reason given");
        match (&self.param, &self.request_id) {
            (Some(param), Some(id)) => format!("{said} (`{param}`, request `{id}`)"),
            (Some(param), None) => format!("{said} (`{param}`)"),
            (None, Some(id)) => format!("{said} (request `{id}`)"),
            (None, None) => said.to_owned(),
        }
    }
}

#[derive(Debug, Error)]
pub enum StripeError {
    /// The key is wrong, was withdrawn, or may not do this.
    #[error("Stripe does not take the key: {}", .0.text())]
    Key(Box<Refusal>),
    #[error("Stripe knows no such thing: {}", .0.text())]
    Missing(Box<Refusal>),
    /// The card was declined.
    #[error("the payment was declined: {}", .0.text())]
    Declined(Box<Refusal>),
    /// We asked for something that Stripe does not do.
    #[error("Stripe refused the request: {}", .0.text())]
    Invalid(Box<Refusal>),
    /// Another request was made with the same idempotency key.
    #[error("Stripe has another request under this idempotency key: {}", .0.text())]
    OtherRequest(Box<Refusal>),
    /// It was tried again as often as is decent.
    #[error("Stripe is busy: {}", .0.text())]
    Busy(Box<Refusal>),
    /// It may have done what was asked, or not: the same request under the same idempotency key is safe.
    #[error("Stripe does not answer: {detail}")]
    Unavailable { detail: String },
    #[error("Stripe's answer cannot be read: {detail}")]
    BadAnswer { detail: String },
    #[error("the client of Stripe cannot be set up: {0}")]
    SetUp(String),
}

impl StripeError {
    pub(crate) fn of(refusal: Refusal) -> Self {
        let kind = refusal.kind.clone().unwrap_or_default();
        let code = refusal.code.clone().unwrap_or_default();
        let boxed = Box::new(refusal);
        match boxed.status {
            401 | 403 => Self::Key(boxed),
            404 => Self::Missing(boxed),
            402 => Self::Declined(boxed),
            400 if kind == "idempotency_error" => Self::OtherRequest(boxed),
            400 if code == "resource_missing" => Self::Missing(boxed),
            409 | 424 | 429 => Self::Busy(boxed),
            500.. => Self::Unavailable { detail: format!("status {}, {}", boxed.status, boxed.text()) },
            _ => Self::Invalid(boxed),
        }
    }

    /// Whether the same call may go well another time.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Busy(_) | Self::Unavailable { .. } => true,
            Self::Key(_)
            | Self::Missing(_)
            | Self::Declined(_)
            | Self::Invalid(_)
            | Self::OtherRequest(_)
            | Self::BadAnswer { .. }
            | Self::SetUp(_) => false,
        }
    }

    /// What whoever runs the server can do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Key(_) => Some("check `billing.stripe.secret_key` with `melodyvision admin billing check`"),
            Self::Invalid(_) | Self::Missing(_) => {
                Some("check the prices of the plans with `melodyvision admin billing check`")
            }
            Self::Busy(_) | Self::Unavailable { .. } => Some("try again in a minute"),
            Self::Declined(_) => Some("use another card"),
            Self::OtherRequest(_) | Self::BadAnswer { .. } | Self::SetUp(_) => None,
        }
    }
}
