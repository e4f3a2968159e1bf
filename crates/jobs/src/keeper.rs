//! Watches over the jobs in hand: stops those that somebody asked to be stopped or that others took over, and keeps the
//! places they occupy.

use crate::film;
use crate::shop::Shop;
use mv_core::CancelToken;
use mv_core::ids::{TaskId, VideoJobId};
use mv_providers::http::Pause;
use mv_store::StoreError;
use mv_store::db::{orders, progress, service_checks, slots, task_runs};
use mv_store::ledger;
use mv_store::queue::{self, QueueJobId, cancel};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, watch};

/// How often the jobs in hand are looked after.
const EVERY: Duration = Duration::from_secs(1);

#[derive(Debug, Default)]
pub(crate) struct Keeper {
    jobs: Mutex<BTreeMap<QueueJobId, Kept>>,
    wake: Notify,
}

#[derive(Clone, Debug)]
struct Kept {
    worker: String,
    concern: Concern,
    cancel: CancelToken,
    /// Name under which it holds a place that all nodes share.
    holder: Option<String>,
    lost: bool,
}

/// What a job ends with.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Concern {
    Order(VideoJobId),
    Errand(TaskId),
    Nothing,
}

impl Concern {
    fn order(self) -> Option<VideoJobId> {
        if let Self::Order(order) = self { Some(order) } else { None }
    }

    fn errand(self) -> Option<TaskId> {
        if let Self::Errand(errand) = self { Some(errand) } else { None }
    }
}

/// A job is looked after for as long as this is held; then its work is cancelled, whatever it was at.
#[derive(Debug)]
pub(crate) struct Care {
    shop: Arc<Shop>,
    id: QueueJobId,
    cancel: CancelToken,
}

impl Care {
    /// Another worker has the job now.
    pub(crate) fn is_lost(&self) -> bool {
        self.shop.keeper.lock().get(&self.id).is_some_and(|kept| kept.lost)
    }

    /// The job holds a place under this name.
    pub(crate) fn holds(&self, holder: String) {
        if let Some(kept) = self.shop.keeper.lock().get_mut(&self.id) {
            kept.holder = Some(holder);
        }
    }
}

impl Drop for Care {
    fn drop(&mut self) {
        // A process that stops drops jobs in the middle: their FFmpeg must not outlive them.
        self.cancel.cancel();
        let kept = self.shop.keeper.lock().remove(&self.id);
        if let (Some(holder), Ok(handle)) =
            (kept.and_then(|kept| kept.holder), tokio::runtime::Handle::try_current())
        {
            let shop = self.shop.clone();
            handle.spawn(async move {
                let released = async {
                    let mut connection = shop.db.worker().acquire().await.map_err(StoreError::from)?;
                    slots::release(&mut connection, &holder).await
                };
                if let Err(error) = released.await {
                    tracing::debug!(%error, "a place is given back when its lease runs out");
                }
            });
        }
    }
}

impl Keeper {
    pub(crate) fn take_care(
        shop: &Arc<Shop>,
        id: QueueJobId,
        worker: &str,
        concern: Concern,
        cancel: &CancelToken,
    ) -> Care {
        let kept =
            Kept { worker: worker.to_owned(), concern, cancel: cancel.clone(), holder: None, lost: false };
        shop.keeper.lock().insert(id, kept);
        Care { shop: shop.clone(), id, cancel: cancel.clone() }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<QueueJobId, Kept>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks after the jobs until told to stop.
    pub(crate) async fn run(shop: Arc<Shop>, mut stop: watch::Receiver<bool>) {
        let mut ticker = tokio::time::interval(EVERY);
        ticker.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut told = Vec::new();
        loop {
            tokio::select! {
                _ = ticker.tick() => {}
                () = shop.keeper.wake.notified() => {}
                _ = stop.wait_for(|stop| *stop) => break,
            }
            let in_hand = shop.keeper.lock().len();
            if let Err(error) = shop.node.beat(&shop, in_hand).await {
                tracing::debug!(%error, "this node tells of itself another time");
            }
            if let Err(error) = tell_pauses(&shop, &mut told).await {
                tracing::debug!(%error, "the pauses of services are told another time");
            }
            if let Err(error) = look_after(&shop).await {
                tracing::warn!(%error, "the jobs in hand could not be looked after; trying again");
            }
        }
        shop.node.leave(&shop).await;
    }

    /// Hears at once when somebody asks for an order to be stopped, or a service has news of a call.
    pub(crate) async fn listen(shop: Arc<Shop>, mut stop: watch::Receiver<bool>) {
        loop {
            let heard = async {
                let channels = [cancel::CHANNEL, ledger::CHANNEL];
                let mut listener = progress::listen(shop.db.owner(), &channels).await?;
                loop {
                    let told = listener.recv().await?;
                    if told.channel() == cancel::CHANNEL {
                        shop.keeper.wake.notify_one();
                    } else if let Ok(call) = told.payload().parse() {
                        shop.bells.ring(call);
                    }
                }
                #[expect(unreachable_code, reason = "says what the block's errors are")]
                Ok::<(), StoreError>(())
            };
            tokio::select! {
                broken = heard => {
                    tracing::debug!(?broken, "not listening for a moment; the keeper's rounds go on");
                }
                _ = stop.wait_for(|stop| *stop) => return,
            }
            tokio::select! {
                () = tokio::time::sleep(EVERY) => {}
                _ = stop.wait_for(|stop| *stop) => return,
            }
        }
    }
}

/// Lets operators see which services this node leaves alone.
async fn tell_pauses(shop: &Shop, told: &mut Vec<Pause>) -> Result<(), StoreError> {
    let pauses = shop.services.door.pauses();
    let new: Vec<&Pause> = pauses.iter().filter(|pause| !told.contains(pause)).collect();
    if !new.is_empty() {
        let mut connection = shop.db.worker().acquire().await?;
        for Pause { provider, failures, until } in new {
            let failures = i32::try_from(*failures).unwrap_or(i32::MAX);
            let pause = service_checks::Pause { provider: provider.clone(), failures, until: *until };
            service_checks::pause(&mut connection, &pause).await?;
        }
    }
    *told = pauses;
    Ok(())
}

async fn look_after(shop: &Arc<Shop>) -> Result<(), StoreError> {
    let mut connection = shop.db.worker().acquire().await?;
    let kept = shop.keeper.lock().clone();
    if !kept.is_empty() {
        let running: Vec<_> = kept.iter().map(|(id, kept)| (*id, kept.worker.clone())).collect();
        let held = queue::held(&mut connection, &running).await?;
        let of: Vec<VideoJobId> = kept.values().filter_map(|kept| kept.concern.order()).collect();
        let ended = orders::ended(&mut connection, &of).await?;
        let of: Vec<TaskId> = kept.values().filter_map(|kept| kept.concern.errand()).collect();
        let given_up = if of.is_empty() { of } else { task_runs::ended(&mut connection, &of).await? };
        let holders: Vec<String> = kept.values().filter_map(|kept| kept.holder.clone()).collect();
        if !holders.is_empty() {
            slots::renew(&mut connection, &holders).await?;
        }
        for (id, job) in kept {
            if !held.contains(&id) {
                // Either somebody else took it over, or it is just being finished: then nobody listens any more.
                if let Some(kept) = shop.keeper.lock().get_mut(&id) {
                    kept.lost = true;
                }
                job.cancel.cancel();
            } else if job.concern.order().is_some_and(|order| ended.contains(&order))
                || job.concern.errand().is_some_and(|errand| given_up.contains(&errand))
            {
                job.cancel.cancel();
            }
        }
    }
    for order in orders::to_be_canceled(&mut connection).await? {
        if let Err(error) = film::order::stop(shop, order).await {
            tracing::warn!(%error, order.id = %order, "an order could not be stopped; trying again");
        }
    }
    Ok(())
}
