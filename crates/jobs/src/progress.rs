//! Progress of the steps in hand, gathered and written twice a second, however often FFmpeg reports, and of tasks.

use crate::shop::Shop;
use mv_core::ids::{StepId, TaskId, VideoJobId};
use mv_store::StoreError;
use mv_store::db::progress::{self, Change, Subject};
use mv_store::db::task_runs;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

const EVERY: Duration = Duration::from_millis(500);

/// For each order, how far its steps in hand are, as far as that was not written yet.
type Notes = BTreeMap<VideoJobId, BTreeMap<StepId, f64>>;

#[derive(Debug, Default)]
pub(crate) struct ProgressBook(Mutex<Notes>);

impl ProgressBook {
    /// Called from working threads.
    pub(crate) fn note(&self, order: VideoJobId, step: StepId, fraction: f64) {
        let mut notes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        notes.entry(order).or_default().insert(step, fraction.clamp(0.0, 1.0));
    }

    fn take(&self) -> Notes {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Writes what was noted until told to stop.
    pub(crate) async fn run(shop: Arc<Shop>, mut stop: watch::Receiver<bool>) {
        let mut ticker = tokio::time::interval(EVERY);
        ticker.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = ticker.tick() => {}
                _ = stop.wait_for(|stop| *stop) => return,
            }
            for (order, steps) in shop.progress.take() {
                let steps: Vec<_> = steps.into_iter().collect();
                if let Err(error) = write(&shop, order, &steps, false).await {
                    tracing::debug!(%error, order.id = %order, "progress was not written; the next one will be");
                }
            }
        }
    }
}

/// Writes an order's progress and tells who watches.
pub(crate) async fn write(
    shop: &Shop,
    order: VideoJobId,
    steps: &[(StepId, f64)],
    force: bool,
) -> Result<(), StoreError> {
    let mut connection = shop.db.worker().acquire().await?;
    progress::note(&mut connection, order, steps, force).await
}

/// Tells who watches an order that its row changed. Nothing depends on it: watchers catch up.
pub(crate) async fn tell(shop: &Shop, order: VideoJobId) {
    let told = async {
        let mut connection = shop.db.worker().acquire().await.map_err(StoreError::from)?;
        progress::tell_order(&mut connection, order).await
    };
    if let Err(error) = told.await {
        tracing::debug!(%error, order.id = %order, "watchers were not told");
    }
}

/// Writes what a task is doing and how far it is, 0–1, and tells who watches it.
pub(crate) async fn note_task(shop: &Shop, task: TaskId, stage: &str, fraction: f64) {
    let noted = async {
        let mut connection = shop.db.worker().acquire().await.map_err(StoreError::from)?;
        progress::note_task(&mut connection, task, stage, fraction).await
    };
    if let Err(error) = noted.await {
        tracing::debug!(%error, task.id = %task, "progress was not written; the next one will be");
    }
}

/// Tells who watches a task that it changed. Nothing depends on it: watchers catch up.
pub(crate) async fn tell_task(shop: &Shop, task: TaskId) {
    let told = async {
        let mut connection = shop.db.worker().acquire().await.map_err(StoreError::from)?;
        let seq = task_runs::seq(&mut connection, task).await?;
        progress::tell(&mut connection, Change { subject: Subject::Task(task), seq }).await
    };
    if let Err(error) = told.await {
        tracing::debug!(%error, task.id = %task, "watchers were not told");
    }
}
