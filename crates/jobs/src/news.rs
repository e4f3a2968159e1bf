//! What people are told when something of theirs has come to its end, written in the transaction that ends it: either both
//! happened or neither.

use crate::error::JobError;
use chrono::{DateTime, Utc};
use mv_core::ids::{TaskId, UserId};
use mv_core::jobs::Job;
use mv_core::notice::{EndpointOff, Notice};
use mv_core::units::Credits;
use mv_core::webhook::Event;
use mv_store::StoreError;
use mv_store::db::characters::{self, Character};
use mv_store::db::notifications::{self, About};
use mv_store::db::orders::{Finished, Order};
use mv_store::db::recipients;
use mv_store::db::webhook_deliveries::{self, Outgoing};
use mv_store::db::{task_runs, webhook_endpoints};
use mv_store::ledger::Low;
use serde_json::json;
use sqlx::PgConnection;

/// An order names each of its tries: one that is tried again may fail again, and that is news.
pub(crate) fn cause_of(order: &Order) -> String {
    format!("order:{}:{}", order.id, order.retries)
}

fn about(order: &Order) -> About {
    About { project: Some(order.project), job: Some(order.id), task: None }
}

pub(crate) async fn film_complete(
    connection: &mut PgConnection,
    order: &Order,
    made: &Finished,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let notice = Notice::FilmComplete {
        title: recipients::film(&mut *connection, order.id).await?.title,
        seconds: made.duration_seconds,
        resolution: made.resolution.clone(),
    };
    notifications::add(&mut *connection, order.user, &notice, &cause_of(order), about(order), now).await?;
    job_completed(connection, order, now).await
}

/// Programs hear of scenes that are made alone, too: they do not sit before them.
pub(crate) async fn job_completed(
    connection: &mut PgConnection,
    order: &Order,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let data = json!({ "job": webhook_endpoints::job(&mut *connection, order.id).await? });
    webhook_deliveries::announce(connection, order.user, Event::JobCompleted, &data, &cause_of(order), now)
        .await
}

/// Of scenes that are made alone only what the person can do something about is told: they sit before it.
pub(crate) async fn order_failed(
    connection: &mut PgConnection,
    order: &Order,
    error: &JobError,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let job = webhook_endpoints::job(&mut *connection, order.id).await?;
    let (user, cause) = (order.user, cause_of(order));
    if let Some((of, cap)) = error.budget() {
        let data = json!({ "job": job, "of": of, "cap_usd": cap.0 as f64 / 1e6 });
        let event = Event::JobBudgetReached;
        webhook_deliveries::announce(&mut *connection, user, event, &data, &cause, now).await?;
    }
    let data = json!({ "job": job });
    webhook_deliveries::announce(&mut *connection, user, Event::JobFailed, &data, &cause, now).await?;
    let title = recipients::film(&mut *connection, order.id).await?.title;
    let notice = match error.budget() {
        Some((of, cap)) => Notice::BudgetReached { title: Some(title), of, cap_usd: cap.0 as f64 / 1e6 },
        None if order.config.scene.is_some() => return Ok(()),
        None => Notice::FilmFailed { title, message: error.message(), hint: error.hint() },
    };
    notifications::add(connection, user, &notice, &cause, about(order), now).await.map(drop)
}

/// Work beside a film could not be done.
pub(crate) async fn errand_failed(
    connection: &mut PgConnection,
    job: &Job,
    task: TaskId,
    error: &JobError,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let concern = match task_runs::concern(&mut *connection, task).await {
        Ok(concern) => concern,
        // Removed with its project.
        Err(StoreError::NotFound) => return Ok(()),
        Err(error) => return Err(error),
    };
    // A task may be tried again, too, and fail again.
    let cause = format!("task:{task}:{}", concern.seq);
    if let Some((of, cap)) = error.budget() {
        let told = json!({
            "id": task, "kind": concern.kind, "project_id": concern.project, "status": "failed",
            "error_message": error.message(), "error_code": error.code(),
        });
        let data = json!({ "task": told, "of": of, "cap_usd": cap.0 as f64 / 1e6 });
        let event = Event::JobBudgetReached;
        webhook_deliveries::announce(&mut *connection, concern.user, event, &data, &cause, now).await?;
    }
    let (message, hint) = (error.message(), error.hint());
    let notice = match (job, error.budget()) {
        (_, Some((of, cap))) => {
            Notice::BudgetReached { title: concern.title, of, cap_usd: cap.0 as f64 / 1e6 }
        }
        (Job::ScreenTest { character_id, .. }, None) => {
            match characters::get(&mut *connection, *character_id).await {
                Ok(character) => Notice::CharacterFailed {
                    character_id: *character_id,
                    name: character.name,
                    message,
                    hint,
                },
                Err(StoreError::NotFound) => return Ok(()),
                Err(error) => return Err(error),
            }
        }
        (Job::AnalyzeAudio { .. }, None) => {
            Notice::SongFailed { title: concern.title.unwrap_or_default(), message, hint }
        }
        (Job::ExportData { .. }, None) => Notice::ExportFailed { message },
        // Whoever ordered it sits before the scene, or has other scenes by now.
        _ => return Ok(()),
    };
    let about = About { project: concern.project, job: None, task: Some(task) };
    notifications::add(connection, concern.user, &notice, &cause, about, now).await.map(drop)
}

pub(crate) async fn export_ready(
    connection: &mut PgConnection,
    user: UserId,
    task: TaskId,
    bytes: u64,
    expires_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let notice = Notice::ExportReady { bytes, expires_at };
    let (about, cause) = (About { task: Some(task), ..About::default() }, format!("task:{task}"));
    notifications::add(&mut *connection, user, &notice, &cause, about, now).await?;
    let data =
        json!({ "task": { "id": task, "status": "complete", "bytes": bytes, "expires_at": expires_at } });
    webhook_deliveries::announce(connection, user, Event::ExportCompleted, &data, &cause, now).await
}

/// An endpoint gets nothing any more.
pub(crate) async fn webhook_disabled(
    connection: &mut PgConnection,
    outgoing: &Outgoing,
    why: EndpointOff,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let host = outgoing.url.split('/').nth(2).unwrap_or_default().to_owned();
    let notice = Notice::WebhookDisabled { endpoint_id: outgoing.endpoint.0, host, why };
    let cause = format!("endpoint:{}:{}", outgoing.endpoint, now.timestamp_micros());
    notifications::add(connection, outgoing.user, &notice, &cause, About::default(), now).await.map(drop)
}

/// Little is left of what a person has, until others come with another transfer.
pub(crate) async fn credits_low(
    connection: &mut PgConnection,
    user: UserId,
    low: &Low,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let left = Credits::whole(low.left);
    let cause = format!("credits:{}", low.since);
    let notice = Notice::CreditsLow { left };
    notifications::add(&mut *connection, user, &notice, &cause, About::default(), now).await?;
    let data = json!({ "credits_remaining": left });
    webhook_deliveries::announce(connection, user, Event::CreditsLow, &data, &cause, now).await
}

pub(crate) async fn character_ready(
    connection: &mut PgConnection,
    character: &Character,
    task: TaskId,
    pictures: usize,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let notice =
        Notice::CharacterReady { character_id: character.id, name: character.name.clone(), pictures };
    let about = About { task: Some(task), ..About::default() };
    notifications::add(connection, character.user_id, &notice, &format!("task:{task}"), about, now)
        .await
        .map(drop)
}
