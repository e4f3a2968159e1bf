//! What we ask of Stripe, a file a thing.

pub mod checkout;
pub mod customers;
pub mod invoices;
pub mod payments;
pub mod portal;
pub mod prices;
pub mod subscriptions;
pub mod webhook_endpoints;

use crate::client::Stripe;
use crate::error::StripeError;
use crate::form::Form;
use crate::objects::List;
use serde::de::DeserializeOwned;

/// Things on one page of a list: Stripe's most.
const PAGE: usize = 100;
/// Pages that are read at most: a list that never ends is Stripe's mistake, not our memory's.
const PAGES: usize = 100;

/// An id as part of an address: ours come from Stripe, but a wrong one must not lead elsewhere.
fn segment(id: &str) -> Result<&str, StripeError> {
    let fits = !id.is_empty()
        && id.len() <= 255
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    if fits { Ok(id) } else { Err(StripeError::BadAnswer { detail: format!("`{id}` is no id") }) }
}

/// Reads a list to its end.
async fn all<T: DeserializeOwned>(
    stripe: &Stripe,
    path: &str,
    query: &Form,
    id_of: impl Fn(&T) -> &str,
) -> Result<Vec<T>, StripeError> {
    let mut all = Vec::new();
    for _ in 0..PAGES {
        let after = all.last().map(|last| id_of(last).to_owned());
        let page = query.clone().with("limit", PAGE).with_some("starting_after", after);
        let List { data, has_more } = stripe.get::<List<T>>(path, &page).await?;
        let is_empty = data.is_empty();
        all.extend(data);
        if !has_more || is_empty {
            return Ok(all);
        }
    }
    tracing::warn!(stripe.path = path, "the list did not end; what was read is used");
    Ok(all)
}
