//! One event of Stripe's: what it is about is read again, and what follows from that is done.

use super::{BillingError, connection, fulfil, money, note, payments, sync, write_to};
use crate::error::JobError;
use crate::running::Running;
use chrono::DateTime;
use mv_billing::Event;
use mv_billing::objects::Invoice;
use mv_core::audit;
use mv_core::ids::UserId;
use mv_core::jobs::Mail;
use mv_store::db::stripe_events;
use mv_store::ledger::{self, PaidBack};
use serde_json::{Value, json};
use sqlx::PgConnection;

/// What is noted and written when an event was dealt with: in one transaction with that, so that it is once.
#[derive(Default)]
struct News {
    noted: Vec<(UserId, audit::Event, Value)>,
    /// Each with what it is about: one mail for that, whichever event tells of it.
    mails: Vec<(UserId, Mail, String)>,
    /// Why nothing came of it.
    passed_over: Option<&'static str>,
}

impl News {
    fn passed_over(why: &'static str) -> Self {
        Self { passed_over: Some(why), ..Self::default() }
    }

    async fn tell(self, connection: &mut PgConnection) -> Result<(), JobError> {
        for (user, event, about) in self.noted {
            note(connection, event, user, about).await?;
        }
        for (user, mail, cause) in self.mails {
            write_to(connection, user, mail, &cause).await?;
        }
        Ok(())
    }
}

pub(crate) async fn run(running: &Running, id: &str) -> Result<(), JobError> {
    let shop = &running.shop;
    let waiting = stripe_events::waiting(&mut *connection(running).await?, id).await?;
    let Some(waiting) = waiting else { return running.complete(running.finish().await?).await };
    let event: Event =
        serde_json::from_value(waiting.payload).map_err(|error| BillingError::Event(error.to_string()))?;
    tracing::debug!(stripe.event = id, stripe.kind = event.kind, "an event is dealt with");
    let news = act(running, &event).await?;
    let mut transaction = running.finish().await?;
    let passed_over = news.passed_over;
    news.tell(&mut transaction).await?;
    stripe_events::processed(&mut transaction, id, passed_over, shop.clock.now()).await?;
    running.complete(transaction).await
}

async fn act(running: &Running, event: &Event) -> Result<News, JobError> {
    let Some(about) = event.about() else { return Ok(News::passed_over("it is about nothing")) };
    match event.kind.as_str() {
        "checkout.session.completed" | "checkout.session.async_payment_succeeded" => {
            checked_out(running, about).await
        }
        "checkout.session.async_payment_failed" => payment_failed_late(running, about).await,
        "customer.subscription.trial_will_end" => trial_ends(running, event, about).await,
        kind if kind.starts_with("customer.subscription.") => {
            let Some(user) = fulfil::user_of(running, event.reference("customer")).await? else {
                return Ok(News::passed_over("nobody here is that customer"));
            };
            sync::run(running, user).await?;
            Ok(News::default())
        }
        "invoice.paid" => paid(running, about).await,
        "invoice.payment_failed" | "invoice.payment_action_required" => not_paid(running, about).await,
        "invoice.finalization_failed" => {
            tracing::error!(stripe.invoice = about, "Stripe cannot finish an invoice: look at it there");
            Ok(News::passed_over("an operator has to look at it"))
        }
        "charge.refunded" => refunded(running, about).await,
        "charge.dispute.created" | "charge.dispute.closed" => disputed(running, about).await,
        _ => Ok(News::passed_over("nothing follows from it")),
    }
}

async fn checked_out(running: &Running, id: &str) -> Result<News, JobError> {
    let session = payments(running)?.stripe.checkout(id).await?;
    let named = session.metadata.get("user_id").or(session.client_reference_id.as_ref());
    let user = {
        let mut connection = connection(running).await?;
        fulfil::buyer(&mut connection, session.customer.as_deref(), named.map(String::as_str)).await?
    };
    let Some(user) = user else { return Ok(News::passed_over("nobody here bought it")) };
    if session.mode.as_deref() == Some("subscription") {
        sync::run(running, user).await?;
        return Ok(News::default());
    }
    fulfil::pack(running, &session).await?;
    let mut news = News::default();
    if session.is_paid() {
        let about =
            json!({ "session": session.id, "amount": session.amount_total, "currency": session.currency });
        news.noted.push((user, audit::Event::PaymentSucceeded, about));
        let amount = money(session.amount_total.unwrap_or_default(), session.currency.as_deref());
        news.mails.push((user, Mail::PaymentReceived { amount, link: None }, session.id));
    }
    Ok(news)
}

async fn payment_failed_late(running: &Running, id: &str) -> Result<News, JobError> {
    let session = payments(running)?.stripe.checkout(id).await?;
    let Some(user) = fulfil::user_of(running, session.customer.as_deref()).await? else {
        return Ok(News::passed_over("nobody here bought it"));
    };
    if session.is_paid() {
        return Ok(News::passed_over("it was paid after all"));
    }
    let amount = money(session.amount_total.unwrap_or_default(), session.currency.as_deref());
    Ok(News {
        noted: vec![(user, audit::Event::PaymentFailed, json!({ "session": session.id }))],
        mails: vec![(user, Mail::PaymentFailed { amount, link: None }, session.id)],
        passed_over: None,
    })
}

async fn trial_ends(running: &Running, event: &Event, id: &str) -> Result<News, JobError> {
    let Some(user) = fulfil::user_of(running, event.reference("customer")).await? else {
        return Ok(News::passed_over("nobody here is that customer"));
    };
    let subscription = payments(running)?.stripe.subscription(id).await?;
    sync::run(running, user).await?;
    let ends_at = subscription.trial_end.and_then(|end| DateTime::from_timestamp(end, 0));
    match ends_at.filter(|end| *end > running.shop.clock.now() && !subscription.cancel_at_period_end) {
        Some(ends_at) => {
            let cause = format!("{id} {}", ends_at.timestamp());
            Ok(News { mails: vec![(user, Mail::TrialEnding { ends_at }, cause)], ..News::default() })
        }
        None => Ok(News::passed_over("the trial is over")),
    }
}

async fn paid(running: &Running, id: &str) -> Result<News, JobError> {
    let invoice = payments(running)?.stripe.invoice(id).await?;
    let Some(user) = fulfil::invoice(running, &invoice).await? else {
        return Ok(News::passed_over("it is of no subscription of anybody here, or not paid"));
    };
    sync::run(running, user).await?;
    if invoice.amount_paid == 0 {
        return Ok(News::default());
    }
    let mail = Mail::PaymentReceived {
        amount: money(invoice.amount_paid, invoice.currency.as_deref()),
        link: invoice.hosted_invoice_url.clone(),
    };
    Ok(News {
        noted: vec![(user, audit::Event::PaymentSucceeded, about_invoice(&invoice))],
        mails: vec![(user, mail, invoice.id)],
        passed_over: None,
    })
}

async fn not_paid(running: &Running, id: &str) -> Result<News, JobError> {
    let invoice = payments(running)?.stripe.invoice(id).await?;
    let Some(user) = fulfil::user_of(running, invoice.customer.as_deref()).await? else {
        return Ok(News::passed_over("nobody here is that customer"));
    };
    sync::run(running, user).await?;
    if invoice.status.as_deref() != Some("open") {
        return Ok(News::passed_over("it was paid or given up since"));
    }
    let mail = Mail::PaymentFailed {
        amount: money(invoice.amount_due, invoice.currency.as_deref()),
        link: invoice.hosted_invoice_url.clone(),
    };
    // Two kinds of event tell of one try; the next try is another.
    let cause = format!("{} {}", invoice.id, invoice.attempt_count);
    Ok(News {
        noted: vec![(user, audit::Event::PaymentFailed, about_invoice(&invoice))],
        mails: vec![(user, mail, cause)],
        passed_over: None,
    })
}

fn about_invoice(invoice: &Invoice) -> Value {
    json!({
        "invoice": invoice.id, "number": invoice.number, "amount": invoice.total, "currency": invoice.currency,
    })
}

async fn refunded(running: &Running, id: &str) -> Result<News, JobError> {
    let charge = payments(running)?.stripe.charge(id).await?;
    let what = PaidBack::Refunded(charge.amount_refunded);
    take_back(running, charge.customer.as_deref(), charge.payment_intent.as_deref(), what).await
}

async fn disputed(running: &Running, id: &str) -> Result<News, JobError> {
    let stripe = &payments(running)?.stripe;
    let dispute = stripe.dispute(id).await?;
    let customer = match &dispute.charge {
        Some(charge) => stripe.charge(charge).await?.customer,
        None => None,
    };
    let what = PaidBack::Disputed(!dispute.is_ours());
    take_back(running, customer.as_deref(), dispute.payment_intent.as_deref(), what).await
}

/// Takes back, or gives again, the credits of a payment.
async fn take_back(
    running: &Running,
    customer: Option<&str>,
    payment_intent: Option<&str>,
    what: PaidBack,
) -> Result<News, JobError> {
    let Some(payment_intent) = payment_intent else {
        return Ok(News::passed_over("it was no payment of ours"));
    };
    // Its own event may be on the way yet: nothing is taken back that was not given.
    if let (Some(_), Some(customer)) = (fulfil::user_of(running, customer).await?, customer) {
        fulfil::everything_of(running, customer).await?;
    }
    let mut transaction = running.shop.db.worker().begin().await.map_err(mv_store::StoreError::from)?;
    let taken = ledger::pay_back(&mut transaction, payment_intent, what).await?;
    transaction.commit().await.map_err(mv_store::StoreError::from)?;
    let Some(taken) = taken else { return Ok(News::passed_over("it brought nobody credits")) };
    if taken.owed.0 > 0 {
        tracing::warn!(
            user.id = %taken.user, stripe.payment = payment_intent, owed = %taken.owed,
            "credits of a payment that went back were spent before"
        );
    }
    let about = json!({
        "payment": payment_intent, "credits_micros": -taken.taken.0, "owed_micros": taken.owed.0,
        "why": match what { PaidBack::Refunded(_) => "refund", PaidBack::Disputed(_) => "dispute" },
    });
    Ok(News { noted: vec![(taken.user, audit::Event::CreditsTakenBack, about)], ..News::default() })
}
