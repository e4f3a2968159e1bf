//! Putting right what events left over: days of grace and credits that ran out, events that failed; every night, all that
//! Stripe knows is compared with what we know.

use super::{connection, fulfil, payments, sync, write_to};
use crate::error::{JobError, Verdict};
use crate::running::Running;
use chrono::TimeDelta;
use futures_util::future::join_all;
use mv_core::ids::UserId;
use mv_core::jobs::{Job, Mail};
use mv_store::StoreError;
use mv_store::db::{stripe_events, subscriptions};
use mv_store::ledger;
use mv_store::queue::{self, Enqueue};
use std::collections::BTreeSet;

/// People read from our rows at a time.
const PAGE: i64 = 200;
/// Reads of Stripe at once: well below what it allows a second.
const AT_ONCE: usize = 8;
/// How long an event may be on the queue before it counts as left over.
const WAIT: TimeDelta = TimeDelta::minutes(15);
/// Events tried again in one run.
const EVENTS: i64 = 500;
/// Payments are looked for so far back: Stripe gives an event up after three days.
const BACK: TimeDelta = TimeDelta::days(8);
/// How long the ids of events are known.
const KEEP: TimeDelta = TimeDelta::days(90);

pub(crate) async fn run(running: &Running, whole: bool) -> Result<(), JobError> {
    end_grace(running).await?;
    expire_credits(running).await?;
    if running.shop.billing.payments.is_some() {
        again(running).await?;
        if whole {
            compare(running).await?;
        }
    }
    let before = running.shop.clock.now() - KEEP;
    stripe_events::forget(&mut *connection(running).await?, before).await?;
    running.complete(running.finish().await?).await
}

async fn end_grace(running: &Running) -> Result<(), JobError> {
    let shop = &running.shop;
    let mut transaction = shop.db.worker().begin().await.map_err(StoreError::from)?;
    let over = subscriptions::end_grace(&mut transaction, shop.billing.grace(), shop.clock.now()).await?;
    for (user, since) in over {
        tracing::info!(user.id = %user, "the days of grace are over");
        let cause = format!("not paid since {}", since.timestamp());
        write_to(&mut transaction, user, Mail::PlanEnded, &cause).await?;
    }
    transaction.commit().await.map_err(StoreError::from)?;
    Ok(())
}

async fn expire_credits(running: &Running) -> Result<(), JobError> {
    let shop = &running.shop;
    let now = shop.clock.now();
    let due = ledger::with_due_grants(&mut *connection(running).await?, now).await?;
    for user in due {
        let mut transaction = shop.db.worker().begin().await.map_err(StoreError::from)?;
        let expiry = match ledger::expire(&mut transaction, user, now).await {
            Err(ledger::LedgerError::Store(StoreError::NotFound)) => continue,
            expired => expired?,
        };
        transaction.commit().await.map_err(StoreError::from)?;
        if expiry.expired.0 > 0 {
            tracing::info!(user.id = %user, expired = %expiry.expired, "credits ran out");
        }
    }
    Ok(())
}

/// Puts events that failed on the queue again.
async fn again(running: &Running) -> Result<(), JobError> {
    let mut connection = connection(running).await?;
    let before = running.shop.clock.now() - WAIT;
    for event_id in stripe_events::left_over(&mut connection, before, EVENTS).await? {
        queue::enqueue(&mut connection, &Job::ProcessBillingEvent { event_id }, Enqueue::default()).await?;
    }
    Ok(())
}

/// Reads every payment of the last days, and the subscriptions of those who paid, and of everybody whose is not over.
async fn compare(running: &Running) -> Result<(), JobError> {
    let stripe = &payments(running)?.stripe;
    let since = (running.shop.clock.now() - BACK).timestamp();
    for session in stripe.checkouts_since(since).await? {
        passing(running, fulfil::pack(running, &session).await)?;
    }
    let mut paid = BTreeSet::new();
    for invoice in stripe.paid_invoices_since(since).await? {
        paid.extend(passing(running, fulfil::invoice(running, &invoice).await)?);
    }
    read(running, &paid.into_iter().collect::<Vec<_>>()).await?;
    let mut after: Option<UserId> = None;
    loop {
        let page = subscriptions::subscribers(&mut *connection(running).await?, after, PAGE).await?;
        read(running, &page).await?;
        match page.last() {
            Some(last) => after = Some(*last),
            None => return Ok(()),
        }
    }
}

/// Reads the subscriptions of these, a few at once.
async fn read(running: &Running, users: &[UserId]) -> Result<(), JobError> {
    for some in users.chunks(AT_ONCE) {
        for outcome in join_all(some.iter().map(|user| sync::run(running, *user))).await {
            passing(running, outcome)?;
        }
    }
    Ok(())
}

/// What is wrong with one does not keep the others from being read; what is wrong with Stripe, or a stop, does.
fn passing<T: Default>(running: &Running, outcome: Result<T, JobError>) -> Result<T, JobError> {
    if running.cancel.is_cancelled() {
        return Err(JobError::Stopped);
    }
    match outcome {
        Err(error) if error.verdict() == Verdict::Fail => {
            tracing::error!(%error, "a payment cannot be put right");
            Ok(T::default())
        }
        outcome => outcome,
    }
}
