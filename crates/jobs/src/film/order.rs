//! An order from its first job to its last: laid out, watched over, finished, stopped or failed.
//!
//! Everything that changes an order holds its row, so that a step that ends, another that fails and a person who stops it
//! all find it as the one before left it.

use crate::error::JobError;
use crate::film::{deliver, layout};
use crate::news;
use crate::progress;
use crate::running::Running;
use crate::shop::Shop;
use chrono::{DateTime, Utc};
use mv_core::ids::{StepId, VideoJobId};
use mv_core::jobs::{Class, Job, Mail};
use mv_production::StepKind;
use mv_store::StoreError;
use mv_store::db::orders::{self, Order, OrderStatus};
use mv_store::db::steps;
use mv_store::queue::{self, Enqueue, order_key, step_key};
use sqlx::PgConnection;

/// Brings an order forward: lays it out when it is new, delivers when all its steps are done.
pub(crate) async fn run(running: &Running, id: VideoJobId) -> Result<(), JobError> {
    let shop = &running.shop;
    let (order, tally) = {
        let mut transaction = shop.db.worker().begin().await.map_err(StoreError::from)?;
        let order = orders::lock(&mut transaction, id).await?;
        let tally = steps::tally(&mut transaction, id).await?;
        (order, tally)
    };
    let all_done = tally.steps > 0 && tally.done == tally.steps;
    match order.status {
        status if status.is_open() && order.cancel_requested => stop_now(running, id).await,
        OrderStatus::Queued => layout::run(running, &order).await,
        OrderStatus::Processing if all_done => deliver::run(running, &order).await,
        // Whoever stopped it before it began may not have been allowed to change the project.
        OrderStatus::Canceled => {
            let mut transaction = running.finish().await?;
            orders::give_up(&mut transaction, id, None).await?;
            running.complete(transaction).await
        }
        OrderStatus::Processing | OrderStatus::Complete | OrderStatus::Failed => {
            running.complete(running.finish().await?).await
        }
    }
}

/// Whether the order's next job is its first.
pub(crate) async fn begins(connection: &mut PgConnection, id: VideoJobId) -> Result<bool, StoreError> {
    let mut transaction = sqlx::Acquire::begin(connection).await?;
    match orders::lock(&mut transaction, id).await {
        Ok(order) => Ok(order.status == OrderStatus::Queued),
        Err(StoreError::NotFound) => Ok(false),
        Err(error) => Err(error),
    }
}

async fn stop_now(running: &Running, id: VideoJobId) -> Result<(), JobError> {
    running.complete(running.finish().await?).await?;
    Ok(stop(&running.shop, id).await?)
}

/// Stops what has not begun, and the order itself when nothing of it runs any more.
pub(crate) async fn stop(shop: &Shop, id: VideoJobId) -> Result<(), StoreError> {
    let mut transaction = shop.db.worker().begin().await?;
    let order = orders::lock(&mut transaction, id).await?;
    if !order.status.is_open() || !order.cancel_requested {
        return Ok(());
    }
    abandon_waiting(&mut transaction, id).await?;
    queue::dequeue(&mut transaction, &[order_key(id)]).await?;
    let stopped = steps::tally(&mut transaction, id).await?.running == 0;
    if stopped {
        orders::cancel(&mut transaction, &order).await?;
    }
    transaction.commit().await?;
    if stopped {
        tracing::info!(order.id = %id, "order stopped on request");
        progress::tell(shop, id).await;
    }
    Ok(())
}

async fn abandon_waiting(connection: &mut PgConnection, id: VideoJobId) -> Result<(), StoreError> {
    let waiting = steps::cancel_waiting(&mut *connection, id).await?;
    let keys: Vec<String> = waiting.into_iter().map(step_key).collect();
    queue::dequeue(connection, &keys).await.map(drop)
}

/// A step of an order that is being stopped, or that failed meanwhile, has ended.
pub(crate) async fn step_canceled(
    connection: &mut PgConnection,
    id: VideoJobId,
    step: StepId,
) -> Result<(), StoreError> {
    let order = match orders::lock(&mut *connection, id).await {
        Ok(order) => order,
        // Gone with its project, and the step with it.
        Err(StoreError::NotFound) => return Ok(()),
        Err(error) => return Err(error),
    };
    steps::cancel(&mut *connection, step).await?;
    if order.cancel_requested && order.status.is_open() {
        abandon_waiting(&mut *connection, id).await?;
        if steps::tally(&mut *connection, id).await?.running == 0 {
            orders::cancel(connection, &order).await?;
        }
    }
    Ok(())
}

/// The order cannot be fulfilled: what waits for it is taken off the queue, what runs for it is stopped by the keeper,
/// and whoever ordered is told.
pub(crate) async fn failed(
    connection: &mut PgConnection,
    id: VideoJobId,
    step: Option<StepId>,
    error: &JobError,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let order = match orders::lock(&mut *connection, id).await {
        Ok(order) => order,
        Err(StoreError::NotFound) => return Ok(()),
        Err(error) => return Err(error),
    };
    let details = error.details();
    if let Some(step) = step {
        steps::fail(&mut *connection, step, &details).await?;
    }
    if !order.status.is_open() {
        return Ok(());
    }
    abandon_waiting(&mut *connection, id).await?;
    let message = match error.hint() {
        Some(hint) => format!("{}\n{hint}", error.message()),
        None => error.message(),
    };
    orders::fail(&mut *connection, &order, &message, &details).await?;
    if order.config.is_film() {
        let mail = queue::mail_about(order.user, Mail::VideoFailed { job_id: id }, &news::cause_of(&order));
        queue::enqueue(&mut *connection, &mail, Enqueue::by(order.user)).await?;
    }
    news::order_failed(connection, &order, error, now).await
}

/// Puts steps that may be made on the queue, in line with their order; when there are none left to make, the order's own
/// job, which delivers.
pub(crate) async fn go_on(
    connection: &mut PgConnection,
    order: &Order,
    ready: Vec<(StepId, String)>,
) -> Result<(), StoreError> {
    let how =
        || Enqueue { priority: order.priority, came_at: Some(order.created_at), ..Enqueue::by(order.user) };
    let jobs = ready
        .into_iter()
        .map(|(step_id, kind)| (Job::Step { job_id: order.id, step_id, class: class_of(&kind) }, how()));
    queue::enqueue_all(&mut *connection, jobs).await?;
    let tally = steps::tally(&mut *connection, order.id).await?;
    if tally.open == 0 && tally.failed == 0 {
        queue::enqueue(connection, &Job::VideoGeneration { job_id: order.id }, how()).await?;
    }
    Ok(())
}

/// Which workers make a kind of step.
fn class_of(kind: &str) -> Class {
    match kind {
        kind if kind == StepKind::Still.word() => Class::Image,
        kind if kind == StepKind::Clip.word() => Class::Clip,
        _ => Class::Render,
    }
}
