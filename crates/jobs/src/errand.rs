//! Errands: what is bought beside a film, with a bill, a cap and progress of its own.

use crate::error::{JobError, Verdict};
use crate::film::studio::own_keys;
use crate::film::till::{Bill, Till};
use crate::progress;
use crate::running::Running;
use mv_core::errand::Bid;
use mv_core::ids::{ProjectId, SceneId};
use mv_core::units::MicroUsd;
use mv_production::ProductionError;
use mv_production::purchase::{Desk, Keeping};
use mv_store::StoreError;
use mv_store::db::task_runs::Task;
use mv_store::ledger::{self, Caps};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::runtime::Handle;

const TELL_EVERY: Duration = Duration::from_millis(500);

/// An errand's bill.
#[derive(Clone, Debug)]
pub(crate) struct Errand<'a> {
    pub(crate) task: &'a Task,
    pub(crate) project: ProjectId,
    /// The most that the project may spend.
    pub(crate) budget: Option<MicroUsd>,
    /// The scenes, in order: calls name them by number.
    pub(crate) scenes: Vec<Option<SceneId>>,
    /// What people read that it is doing.
    pub(crate) stage: &'static str,
}

/// What was ordered, as it is kept with its task.
pub(crate) fn ordered<T: DeserializeOwned>(payload: &Value) -> Result<T, JobError> {
    serde_json::from_value(payload.clone()).map_err(JobError::Kept)
}

/// Buys on a thread of its own: what is bought there may not be handed from thread to thread. `purchase` gets the desk, the
/// runtime to wait on, and an ear for how far it is, 0–1, and is stopped with the job.
pub(crate) async fn buy<T: Send + 'static>(
    running: &Running,
    errand: &Errand<'_>,
    bid: &Bid,
    purchase: impl FnOnce(&Desk<'_>, &Handle, &mut (dyn FnMut(f64) + Send)) -> Result<T, ProductionError>
    + Send
    + 'static,
) -> Result<T, JobError> {
    let shop = &running.shop;
    let user = errand.task.user;
    let own = own_keys(shop, user).await?;
    let registry = shop.services.registry(&own)?;
    let bill = Bill {
        user,
        project: Some(errand.project),
        job: None,
        task: Some(errand.task.id),
        character: None,
        caps: Caps { job: Some(bid.cap), project: errand.budget },
        own: own.keys().cloned().collect(),
        house: shop.services.funding,
        scenes: errand.scenes.clone(),
    };
    let till = Till::open(shop, bill).await?;
    let (at_hand, runtime, cancel) = (shop.clone(), Handle::current(), running.cancel.clone());
    let so_far = Arc::new(Mutex::new(0.0));
    let noted = so_far.clone();
    let mut buying = tokio::task::spawn_blocking(move || {
        let keeping = Keeping { ledger: &*till, clock: &*at_hand.clock, pace: &at_hand.services.pace };
        let desk = Desk { keeping, registry: &registry, cancel: &cancel };
        let mut note = |part: f64| *noted.lock().unwrap_or_else(PoisonError::into_inner) = part;
        purchase(&desk, &runtime, &mut note)
    });
    let mut ticker = tokio::time::interval(TELL_EVERY);
    loop {
        tokio::select! {
            bought = &mut buying => {
                return Ok(bought.map_err(|error| JobError::Panicked(error.to_string()))??);
            }
            _ = ticker.tick() => {
                let fraction = *so_far.lock().unwrap_or_else(PoisonError::into_inner);
                progress::note_task(shop, errand.task.id, errand.stage, fraction).await;
            }
        }
    }
}

/// What the errand has cost so far, in US dollars.
pub(crate) async fn cost_usd(running: &Running, task: &Task) -> Result<f64, JobError> {
    let mut connection = running.shop.db.worker().acquire().await.map_err(StoreError::from)?;
    Ok(ledger::spent_by_task(&mut connection, task.id).await?.0 as f64 / 1e6)
}

/// Whether an error ends the errand, rather than sending it round again.
pub(crate) fn is_final(running: &Running, error: &JobError) -> bool {
    match error.verdict() {
        Verdict::Fail | Verdict::Stop => true,
        Verdict::Retry => running.attempt as usize >= running.shop.settings.pauses.len(),
        Verdict::LeaveIt => false,
    }
}
