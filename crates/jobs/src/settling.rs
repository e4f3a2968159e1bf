//! Calls that nobody comes back to: their order is over, but the service may still be at work on them. What is not sent is
//! given up, what was taken in is stopped where the service can, and what was made all the same is kept and paid for.

use crate::error::JobError;
use crate::film::studio::own_keys;
use crate::film::till::{Bill, Till};
use crate::running::Running;
use mv_core::CancelToken;
use mv_core::paid_call::Capability;
use mv_production::purchase::{self, Keeping};
use mv_production::step::StepKey;
use mv_providers::ModelKind;
use mv_store::StoreError;
use mv_store::ledger::{self, Call, Caps};
use tokio::runtime::Handle;

/// Calls that one job sees to; the next one is a minute away.
const MOST: i64 = 50;

pub(crate) async fn run(running: &Running) -> Result<(), JobError> {
    let shop = &running.shop;
    let orphans = {
        let mut connection = shop.db.worker().acquire().await.map_err(StoreError::from)?;
        ledger::orphans(&mut connection, shop.clock.now(), MOST).await?
    };
    for orphan in orphans {
        if running.cancel.is_cancelled() {
            return Err(JobError::Stopped);
        }
        let id = orphan.id;
        if let Err(error) = settle(running, orphan).await {
            tracing::warn!(call = %id, %error, "a call is still open");
        }
    }
    running.complete(running.finish().await?).await
}

async fn settle(running: &Running, orphan: Call) -> Result<(), JobError> {
    let shop = &running.shop;
    let own = own_keys(shop, orphan.user).await?;
    let registry = shop.services.registry(&own)?;
    let bill = Bill {
        user: orphan.user,
        project: orphan.project,
        job: orphan.job,
        task: orphan.task,
        character: orphan.character,
        caps: Caps::default(),
        own: own.keys().cloned().collect(),
        house: shop.services.funding,
        scenes: Vec::new(),
    };
    let till = Till::open(shop, bill).await?;
    let step: StepKey = orphan.step_key.parse().map_err(|_| JobError::NoArtifact(orphan.step_key.clone()))?;
    let kind = match orphan.capability {
        Capability::Image => ModelKind::Image,
        Capability::Edit => ModelKind::Edit,
        Capability::Clip => ModelKind::Clip,
        Capability::Vision => ModelKind::Vision,
        Capability::Text => ModelKind::Text,
        Capability::Transcription => ModelKind::Transcription,
    };
    let (at_hand, runtime) = (shop.clone(), Handle::current());
    let settled = tokio::task::spawn_blocking(move || {
        // Whatever is found running is to be stopped.
        let stop = CancelToken::new();
        stop.cancel();
        let keeping = Keeping { ledger: &*till, clock: &*at_hand.clock, pace: &at_hand.services.pace };
        runtime.block_on(purchase::settle(&keeping, &registry, kind, step, &stop))
    });
    Ok(settled.await.map_err(|error| JobError::Panicked(error.to_string()))??)
}
