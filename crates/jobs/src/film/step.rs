//! Making one step: its artefact is found, or made and put into the object store, and then what waited for it may go on.

use crate::cache::kind_of;
use crate::error::JobError;
use crate::film::{order, scenes};
use crate::making::{self, media_type};
use crate::progress;
use crate::running::Running;
use mv_core::ids::{StepId, VideoJobId};
use mv_production::StepInput;
use mv_production::step::StepKey;
use mv_store::StoreError;
use mv_store::db::artifacts::{self, Artifact};
use mv_store::db::object_owners;
use mv_store::db::orders::{self, Order};
use mv_store::db::steps::{self, StepRow};
use std::path::PathBuf;
use std::time::Duration;

/// How long a step that is made waits for a database that is away.
const PATIENCE: Duration = Duration::from_secs(30);
const LOOK_AGAIN: Duration = Duration::from_millis(250);

pub(crate) async fn run(running: &Running, id: VideoJobId, step_id: StepId) -> Result<(), JobError> {
    let Some((order, step)) = begin(running, id, step_id).await? else {
        return running.complete(running.finish().await?).await;
    };
    // Two orders may need the same artefact at the same moment: the second finds what the first made.
    let only_me = running.shop.cache.hold(&step.key).await;
    let (artifact, worked) = match making::found(&running.shop, &step.key).await? {
        Some(artifact) => (artifact, false),
        None => (make(running, &order, &step).await?, true),
    };
    drop(only_me);
    let mut waited = Duration::ZERO;
    loop {
        match succeed(running, &step, &artifact, worked).await {
            Err(JobError::Store(StoreError::Unavailable(_))) if waited < PATIENCE => {
                tokio::time::sleep(LOOK_AGAIN).await;
                waited += LOOK_AGAIN;
            }
            done => return done,
        }
    }
}

/// Takes the step up; `None` when there is nothing to do for it any more.
async fn begin(
    running: &Running,
    id: VideoJobId,
    step_id: StepId,
) -> Result<Option<(Order, StepRow)>, JobError> {
    let mut transaction = running.shop.db.worker().begin().await.map_err(StoreError::from)?;
    let order = match orders::lock(&mut transaction, id).await {
        Ok(order) => order,
        Err(StoreError::NotFound) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let step = match steps::load(&mut transaction, step_id).await {
        Ok(step) if matches!(step.state.as_str(), "ready" | "running") => step,
        Ok(_) | Err(StoreError::NotFound) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    if !order.status.is_open() || order.cancel_requested {
        return Err(JobError::Stopped);
    }
    steps::begin(&mut transaction, step_id).await?;
    transaction.commit().await.map_err(StoreError::from)?;
    Ok(Some((order, step)))
}

async fn make(running: &Running, order: &Order, step: &StepRow) -> Result<Artifact, JobError> {
    let shop = &running.shop;
    let input: StepInput = serde_json::from_value(step.input.clone()).map_err(JobError::Kept)?;
    let key: StepKey = step.key.parse().map_err(|_| JobError::NoArtifact(step.key.clone()))?;
    let studio = shop.studios.of(shop, order).await?;
    fetch_needs(running, step).await?;
    let (order_id, step_id, at_hand) = (order.id, step.id, shop.clone());
    let report = move |fraction: f64| at_hand.progress.note(order_id, step_id, fraction);
    let scene = step.scene.and_then(|scene| usize::try_from(scene).ok());
    making::make(shop, studio, key, input, scene, &running.cancel, report).await
}

/// Brings the artefacts that a step reads to this node.
async fn fetch_needs(running: &Running, step: &StepRow) -> Result<Vec<PathBuf>, JobError> {
    let shop = &running.shop;
    let found = {
        let mut connection = shop.db.worker().acquire().await.map_err(StoreError::from)?;
        let needs = steps::needs(&mut connection, step.id).await?;
        let keys: Vec<String> = needs.into_iter().map(|(_, key)| key).collect();
        let found = artifacts::find(&mut connection, &keys).await?;
        if let Some(missing) = keys.iter().find(|key| found.iter().all(|found| found.key != **key)) {
            return Err(JobError::NoArtifact(missing.clone()));
        }
        found
    };
    let mut paths = Vec::with_capacity(found.len());
    for artifact in &found {
        paths.push(shop.cache.artifact(&shop.objects, artifact).await?);
    }
    Ok(paths)
}

async fn succeed(
    running: &Running,
    step: &StepRow,
    artifact: &Artifact,
    worked: bool,
) -> Result<(), JobError> {
    let id = order_of(running);
    let mut transaction = running.finish().await?;
    let order = orders::lock(&mut transaction, id).await?;
    artifacts::add(&mut transaction, artifact).await?;
    let media_type = kind_of(&artifact.kind).map_or("application/octet-stream", media_type);
    object_owners::note(&mut transaction, &artifact.object_key, order.user, artifact.bytes, media_type)
        .await?;
    let ready = steps::succeed(&mut transaction, id, step, worked).await?;
    scenes::made(&mut transaction, &order, step, artifact).await?;
    if order.status.is_open() && !order.cancel_requested {
        order::go_on(&mut transaction, &order, ready).await?;
    }
    running.complete(transaction).await?;
    if let Err(error) = progress::write(&running.shop, id, &[], true).await {
        tracing::debug!(%error, "progress was not written; the next one will be");
    }
    Ok(())
}

fn order_of(running: &Running) -> VideoJobId {
    match &running.job {
        mv_core::jobs::Job::Step { job_id, .. } => *job_id,
        // Only steps are made here.
        _ => VideoJobId(uuid::Uuid::nil()),
    }
}
