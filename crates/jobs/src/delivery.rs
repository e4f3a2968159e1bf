//! Sends a webhook to an endpoint of a person's own: signed, tried again over a day, each try written down.
//!
//! At least once: a worker that dies between sending and writing down leaves the message to another, who sends it again
//! under the same id.

use crate::error::JobError;
use crate::news;
use crate::running::Running;
use chrono::{DateTime, TimeDelta, Utc};
use mv_core::ids::WebhookDeliveryId;
use mv_core::jobs::Job;
use mv_core::notice::EndpointOff;
use mv_core::webhook::TEST;
use mv_providers::http::message::{Message, Reach, Unanswered};
use mv_store::StoreError;
use mv_store::db::webhook_deliveries::{self, Attempt, Next, Outgoing};
use mv_store::db::webhook_endpoints;
use mv_store::queue::{self, Enqueue};
use mv_store::secrets::SecretError;
use mv_store::webhook_secret::WebhookSecret;
use std::time::Instant;

/// Bytes of an answer that are kept.
const KEPT: usize = 1024;
/// How long nothing may get through before an endpoint is switched off.
const HOPELESS: TimeDelta = TimeDelta::days(5);

pub(crate) async fn run(running: &Running, id: WebhookDeliveryId) -> Result<(), JobError> {
    let (shop, begun) = (&running.shop, running.shop.clock.now());
    let outgoing = {
        let mut connection = shop.db.worker().acquire().await.map_err(StoreError::from)?;
        webhook_deliveries::outgoing(&mut connection, id, begun).await?
    };
    let Some(outgoing) = outgoing else {
        return running.complete(running.finish().await?).await;
    };
    if !outgoing.enabled && outgoing.event != TEST {
        let mut transaction = running.finish().await?;
        webhook_deliveries::give_up(&mut transaction, id, "dropped", begun).await?;
        return running.complete(transaction).await;
    }
    let attempt = attempt(running, id, &outgoing, begun).await?;
    let next = next(running, &outgoing, &attempt);

    let mut transaction = running.finish().await?;
    webhook_deliveries::attempted(&mut transaction, id, &attempt, next).await?;
    if let Next::Again(at) = next {
        let how = Enqueue { run_at: Some(at), ..Enqueue::by(outgoing.user) };
        queue::enqueue(&mut transaction, &Job::DeliverWebhook { delivery_id: id }, how).await?;
    }
    let error = attempt.error.as_deref();
    match webhook_endpoints::note(&mut transaction, outgoing.endpoint, attempt.status, error, begun).await {
        Ok(since) => {
            let why = match since {
                _ if attempt.status == Some(410) => Some(EndpointOff::Gone),
                Some(since) if begun - since > HOPELESS => Some(EndpointOff::Failing),
                _ => None,
            };
            if let Some(why) = why
                && webhook_endpoints::switch_off(&mut transaction, outgoing.endpoint, why).await?
            {
                news::webhook_disabled(&mut transaction, &outgoing, why, begun).await?;
            }
        }
        // Removed meanwhile, and what was to be told to it as well.
        Err(StoreError::NotFound) => {}
        Err(error) => return Err(error.into()),
    }
    running.complete(transaction).await
}

/// Sends it once.
async fn attempt(
    running: &Running,
    id: WebhookDeliveryId,
    outgoing: &Outgoing,
    now: DateTime<Utc>,
) -> Result<Attempt, JobError> {
    let shop = &running.shop;
    let name = format!("msg_{}", id.0.simple());
    let signatures = signatures(running, outgoing, &name, now)?;
    let message = Message {
        url: &outgoing.url,
        headers: &[
            ("webhook-id", name),
            ("webhook-timestamp", now.timestamp().to_string()),
            ("webhook-signature", signatures),
        ],
        body: outgoing.body.clone(),
        patience: shop.settings.webhooks.patience,
        keep: KEPT,
        reach: if shop.settings.webhooks.to_loopback { Reach::Loopback } else { Reach::Public },
    };
    let started = Instant::now();
    let answered = shop.services.door.post(&message).await;
    let milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let (status, answer, error) = match answered {
        Ok(answered) if (200..300).contains(&answered.status) => {
            (Some(answered.status), answered.beginning, None)
        }
        Ok(answered) => {
            let error = match answered.status {
                300..400 => "it answered with a redirect, which is not followed".to_owned(),
                410 => "it answered that it is gone".to_owned(),
                status => format!("it answered with status {status}"),
            };
            (Some(answered.status), answered.beginning, Some(error))
        }
        Err(error @ (Unanswered::Forbidden(_) | Unanswered::Late(_) | Unanswered::Broken(_))) => {
            (None, String::new(), Some(error.to_string()))
        }
    };
    tracing::debug!(webhook.endpoint = %outgoing.endpoint, http.status = status, error, "sent a webhook");
    Ok(Attempt { at: now, status, error, milliseconds, answer })
}

/// One a secret: while one is on its way out, two.
fn signatures(
    running: &Running,
    outgoing: &Outgoing,
    name: &str,
    now: DateTime<Utc>,
) -> Result<String, SecretError> {
    let mut signatures = Vec::new();
    for sealed in [Some(&outgoing.sealed), outgoing.old_sealed.as_ref()].into_iter().flatten() {
        let secret = WebhookSecret::open(&running.shop.keyring, sealed, outgoing.endpoint)?;
        signatures.push(secret.sign(name, now.timestamp(), &outgoing.body));
    }
    Ok(signatures.join(" "))
}

/// A test is tried once: whoever asked for it sits before it. What says 410 wants nothing more.
fn next(running: &Running, outgoing: &Outgoing, attempt: &Attempt) -> Next {
    if attempt.error.is_none() {
        return Next::Delivered;
    }
    let pauses = &running.shop.settings.webhooks.pauses;
    match pauses.get(usize::try_from(outgoing.tries).unwrap_or(usize::MAX)) {
        Some(pause) if outgoing.event != TEST && attempt.status != Some(410) => {
            Next::Again(attempt.at + *pause)
        }
        _ => Next::Failed,
    }
}
