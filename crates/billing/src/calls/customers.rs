//! Customers: a person, as Stripe knows them.

use super::segment;
use crate::client::Stripe;
use crate::error::StripeError;
use crate::form::Form;
use crate::objects::Customer;

#[derive(Clone, Copy, Debug)]
pub struct NewCustomer<'a> {
    pub email: &'a str,
    pub name: Option<&'a str>,
    pub user_id: &'a str,
    /// `ko` or `en`: the language of Stripe's own mails and pages.
    pub locale: &'a str,
}

impl Stripe {
    /// One customer a person, however often it is asked for within a day.
    ///
    /// # Errors
    /// [`StripeError`].
    pub async fn create_customer(&self, new: &NewCustomer<'_>) -> Result<Customer, StripeError> {
        let form = Form::new()
            .with("email", new.email)
            .with_some("name", new.name)
            .with("preferred_locales[]", new.locale)
            .with("metadata[user_id]", new.user_id);
        // The address is part of it: after a change, the same key would be another request.
        let mark = blake3::hash(format!("{}\n{:?}\n{}", new.email, new.name, new.locale).as_bytes()).to_hex();
        self.post("/v1/customers", &form, &format!("customer-{}-{}", new.user_id, &mark[..16])).await
    }

    /// # Errors
    /// [`StripeError::Missing`] when there never was such a customer.
    pub async fn customer(&self, id: &str) -> Result<Customer, StripeError> {
        self.get(&format!("/v1/customers/{}", segment(id)?), &Form::new()).await
    }
}
