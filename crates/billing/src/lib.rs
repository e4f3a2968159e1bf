//! Plans and their prices, and a thin client of Stripe: typed calls, lenient answers, webhooks that are checked. Nothing
//! here keeps state; what was bought is the store's to remember.

pub mod calls;
pub mod client;
mod desk;
pub mod error;
mod form;
pub mod objects;
pub mod offers;
pub mod webhook;

pub use client::{API_VERSION, Retry, Stripe, StripeSettings};
pub use desk::{Billing, Payments};
pub use error::StripeError;
pub use form::Form;
pub use offers::{BillingCycle, Offers, OffersError, Pack, Price};
pub use webhook::{Event, WebhookError};
