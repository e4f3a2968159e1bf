//! Credits for what was paid, once for each invoice and each checkout.

use super::{BillingError, connection, payments};
use crate::error::JobError;
use crate::running::Running;
use mv_billing::objects::{CheckoutSession, Invoice};
use mv_core::ids::UserId;
use mv_core::units::{Credits, MicroUsd};
use mv_store::StoreError;
use mv_store::db::subscriptions;
use mv_store::ledger::{self, GrantKind, NewGrant};
use sqlx::PgConnection;

/// The person whose customer it is; else the one that we named when it was bought, whose customer it becomes.
pub(super) async fn buyer(
    connection: &mut PgConnection,
    customer: Option<&str>,
    named: Option<&str>,
) -> Result<Option<UserId>, JobError> {
    let Some(customer) = customer else { return Ok(None) };
    if let Some(user) = subscriptions::user_of(connection, customer).await? {
        return Ok(Some(user));
    }
    let Some(user) = named.and_then(|id| id.parse::<UserId>().ok()) else { return Ok(None) };
    match subscriptions::keep_customer(connection, user, customer).await {
        Ok(kept) if kept == customer => Ok(Some(user)),
        Ok(kept) => {
            tracing::warn!(user.id = %user, stripe.customer = customer, kept, "the person has another customer");
            Ok(Some(user))
        }
        // They are gone.
        Err(StoreError::NotFound) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Hands over a pack that was paid for.
pub(super) async fn pack(running: &Running, session: &CheckoutSession) -> Result<(), JobError> {
    let credits = session.metadata.get("credits").and_then(|credits| credits.parse().ok());
    let (Some(credits), true) = (credits, session.is_paid() && session.mode.as_deref() == Some("payment"))
    else {
        return Ok(());
    };
    let mut transaction = running.shop.db.worker().begin().await.map_err(StoreError::from)?;
    let named = session.metadata.get("user_id").or(session.client_reference_id.as_ref());
    let Some(user) = buyer(&mut transaction, session.customer.as_deref(), named.map(String::as_str)).await?
    else {
        tracing::warn!(stripe.session = session.id, "somebody paid whom we do not know");
        return Ok(());
    };
    let grant = NewGrant {
        user,
        kind: GrantKind::Pack,
        source: &session.id,
        payment_intent: session.payment_intent.as_deref(),
        amount: MicroUsd::from(Credits(credits)),
        paid_minor: session.amount_total.unwrap_or_default(),
        currency: session.currency.as_deref(),
        expires_at: None,
        now: running.shop.clock.now(),
    };
    if ledger::grant_once(&mut transaction, &grant).await? {
        tracing::info!(user.id = %user, stripe.session = session.id, credits, "a pack was bought");
    }
    transaction.commit().await.map_err(StoreError::from)?;
    Ok(())
}

/// Hands over the credits of a period that was paid for; says for whom.
pub(super) async fn invoice(running: &Running, invoice: &Invoice) -> Result<Option<UserId>, JobError> {
    if !invoice.is_paid() || invoice.subscription().is_none() {
        return Ok(None);
    }
    let shop = &running.shop;
    let mut transaction = shop.db.worker().begin().await.map_err(StoreError::from)?;
    let Some(user) = buyer(&mut transaction, invoice.customer.as_deref(), None).await? else {
        return Ok(None);
    };
    let Some(brought) = shop.billing.offers.credits_of(invoice) else {
        let price = invoice.lines.data.iter().find_map(|line| line.price()).unwrap_or_default().to_owned();
        return Err(BillingError::UnknownPrice { thing: invoice.id.clone(), price }.into());
    };
    let grant = NewGrant {
        user,
        kind: GrantKind::Plan,
        source: &invoice.id,
        payment_intent: invoice.payment_intent(),
        amount: brought.credits.into(),
        paid_minor: invoice.amount_paid,
        currency: invoice.currency.as_deref(),
        expires_at: Some(brought.until),
        now: shop.clock.now(),
    };
    if ledger::grant_once(&mut transaction, &grant).await? {
        tracing::info!(
            user.id = %user, stripe.invoice = invoice.id, credits = brought.credits.0, "a period was paid for"
        );
    }
    transaction.commit().await.map_err(StoreError::from)?;
    Ok(Some(user))
}

/// Hands over whatever a customer has paid for and did not get yet.
pub(super) async fn everything_of(running: &Running, customer: &str) -> Result<(), JobError> {
    let stripe = &payments(running)?.stripe;
    for session in stripe.checkouts_of(customer).await? {
        pack(running, &session).await?;
    }
    for paid in stripe.paid_invoices_of(customer).await? {
        invoice(running, &paid).await?;
    }
    Ok(())
}

/// Whether a customer is one of ours.
pub(super) async fn user_of(running: &Running, customer: Option<&str>) -> Result<Option<UserId>, JobError> {
    let mut connection = connection(running).await?;
    buyer(&mut connection, customer, None).await
}
