//! Looking at a webhook: whether it comes from the service whose call its address names, and what it means for the call.
//! Nothing is booked on its word; it says when to look, and proves that a call whose answer was lost was taken in.

use crate::error::JobError;
use crate::film::studio::own_keys;
use crate::film::till::refused;
use crate::running::Running;
use mv_core::ids::WebhookId;
use mv_core::jobs::Job;
use mv_core::paid_call::Capability;
use mv_production::ProductionError;
use mv_providers::{ModelKind, Notice, ProviderError, Verdict, Webhook, WebhookError};
use mv_store::StoreError;
use mv_store::db::service_webhooks::{self, Outcome, Unread};
use mv_store::ledger::{self, Call, Heard};
use mv_store::queue::{self, Enqueue};

pub(crate) async fn run(running: &Running, id: WebhookId) -> Result<(), JobError> {
    let shop = &running.shop;
    let (unread, call) = {
        let mut connection = shop.db.worker().acquire().await.map_err(StoreError::from)?;
        let Some(unread) = service_webhooks::unread(&mut connection, id).await? else {
            return running.complete(running.finish().await?).await;
        };
        let call = ledger::one(&mut connection, unread.call).await?;
        (unread, call)
    };
    let outcome = match ask(running, &unread, &call).await? {
        Ok(notice) => believe(running, &call, &notice).await?,
        Err(outcome) => outcome,
    };
    let mut transaction = running.finish().await?;
    service_webhooks::looked_at(&mut transaction, id, outcome, shop.clock.now()).await?;
    if matches!(outcome, Outcome::Heard | Outcome::Recovered) && is_nobodys(running, &call) {
        queue::enqueue(&mut transaction, &Job::SettleCalls, Enqueue::default()).await?;
    }
    running.complete(transaction).await?;
    if matches!(outcome, Outcome::Heard | Outcome::Recovered) {
        let mut connection = shop.db.worker().acquire().await.map_err(StoreError::from)?;
        ledger::tell(&mut connection, call.id).await?;
    }
    Ok(())
}

/// Nobody held it when we looked: if its order is over, whoever settles such calls can do so now.
fn is_nobodys(running: &Running, call: &Call) -> bool {
    call.lease_until.is_none_or(|until| until <= running.shop.clock.now())
}

/// Has the service's adapter check it; an outcome where there is nothing to believe.
async fn ask(running: &Running, unread: &Unread, call: &Call) -> Result<Result<Notice, Outcome>, JobError> {
    let shop = &running.shop;
    let kind = match call.capability {
        Capability::Clip => ModelKind::Clip,
        Capability::Edit => ModelKind::Edit,
        _ => ModelKind::Image,
    };
    let registry = shop.services.registry(&own_keys(shop, call.user).await?)?;
    let Some(jobs) = registry.jobs(kind, &call.model) else {
        tracing::warn!(call.id = %call.id, call.model, "a webhook came for a model that is not set up here");
        return Ok(Err(Outcome::Unchecked));
    };
    let webhook = Webhook { headers: &unread.headers, body: &unread.body, received_at: unread.received_at };
    let outcome = match jobs.hear(&webhook).await {
        Ok(notice) => return Ok(Ok(notice)),
        Err(WebhookError::Unchecked(error)) if matches!(error.verdict(), Verdict::Retry { .. }) => {
            return Err(later(error));
        }
        Err(error) => {
            // What it says is not ours to repeat: anybody may have written it.
            tracing::warn!(call.id = %call.id, call.provider, %error, "a webhook is not believed");
            match error {
                WebhookError::Forged { .. } => Outcome::Forged,
                WebhookError::Malformed(_) | WebhookError::NotOffered(_) => Outcome::Unreadable,
                WebhookError::Unchecked(_) => Outcome::Unchecked,
            }
        }
    };
    Ok(Err(outcome))
}

fn later(error: ProviderError) -> JobError {
    JobError::Production(ProductionError::Provision(error))
}

/// The service did say so: writes down what it means for the call.
async fn believe(running: &Running, call: &Call, notice: &Notice) -> Result<Outcome, JobError> {
    if notice.key.as_ref().is_some_and(|key| *key != call.idem_key) {
        tracing::warn!(call.id = %call.id, call.provider, "a webhook is about another call");
        return Ok(Outcome::OtherJob);
    }
    let mut transaction = running.shop.db.worker().begin().await.map_err(StoreError::from)?;
    let heard = match ledger::heard(&mut transaction, call.id, &notice.job.0).await {
        Ok(heard) => heard,
        Err(ledger::LedgerError::Store(error)) => return Err(error.into()),
        Err(other) => return Err(ProductionError::Ledger(refused(other)).into()),
    };
    transaction.commit().await.map_err(StoreError::from)?;
    Ok(match heard {
        Heard::Known => Outcome::Heard,
        Heard::Proven | Heard::Recovered => Outcome::Recovered,
        Heard::Over => {
            tracing::debug!(call.id = %call.id, call.provider, "a webhook came after its call had ended");
            Outcome::Late
        }
        Heard::OtherJob => Outcome::OtherJob,
    })
}
