//! From a row of the queue to work done: waits for a place, does the work, decides what follows from an error.

use crate::error::{JobError, Verdict};
use crate::keeper::{Care, Concern, Keeper};
use crate::running::Running;
use crate::shop::Shop;
use crate::{
    analysis, analytics, archive, billing, character, cleanup, delivery, edit, film, forgetting, key_check,
    mail, news, service_check, settling, transcribe, webhook, write,
};
use futures_util::FutureExt;
use graphile_worker::WorkerContext;
use mv_core::CancelToken;
use mv_core::ids::VideoJobId;
use mv_core::jobs::{Class, Job};
use mv_store::StoreError;
use mv_store::db::job_history::{self, Ended, Outcome};
use mv_store::db::{characters, mails, service_webhooks, slots, stripe_events, webhook_deliveries};
use mv_store::queue::{self, Envelope};
use serde_json::{Value, json};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use tracing::Instrument;

/// How often a job that found no place looks for one.
const LOOK_AGAIN: Duration = Duration::from_millis(250);
/// How long a finished job waits for a database that is away, before it leaves its end to whoever takes it over.
const PATIENCE: Duration = Duration::from_secs(20);

/// Runs one job. `Ok` means that its row is gone; an error leaves the row to the queue, which gives it out again.
pub(crate) async fn run(payload: Value, task: &'static str, context: WorkerContext) -> Result<(), String> {
    let Some(shop) = context.get_ext::<Arc<Shop>>().cloned() else {
        return Err("the worker was set up without its shop".into());
    };
    let envelope = match serde_json::from_value::<Envelope>(payload.clone()) {
        Ok(envelope) => envelope,
        Err(error) => {
            return refuse(&shop, &context, task, &payload, error).await.map_err(|error| error.to_string());
        }
    };
    let job = context.job();
    let running = Running {
        id: *job.id(),
        worker: context.worker_id().to_owned(),
        task: task.to_owned(),
        payload,
        job: envelope.job,
        user: envelope.asked_by,
        attempt: envelope.attempt,
        first_job: envelope.first_job,
        enqueued_at: *job.created_at(),
        started_at: shop.clock.now(),
        cancel: CancelToken::new(),
        shop,
    };
    let span =
        tracing::info_span!("job", job.task = task, job.id = running.id, job.attempt = running.attempt);
    let care = Keeper::take_care(
        &running.shop,
        running.id,
        &running.worker,
        concern_of(&running.job),
        &running.cancel,
    );
    one(&running, &care).instrument(span).await.map_err(|error| error.to_string())
}

/// The order or the errand whose end ends the job too. The job that lays an order out ends it itself.
fn concern_of(job: &Job) -> Concern {
    match job {
        Job::Step { job_id, .. } => Concern::Order(*job_id),
        other => other.errand().map_or(Concern::Nothing, Concern::Errand),
    }
}

async fn one(running: &Running, care: &Care) -> Result<(), JobError> {
    if let Some(pause) = rate(running).await? {
        let mut transaction = running.finish().await?;
        running.again(&mut transaction, pause, running.attempt).await?;
        transaction.commit().await.map_err(StoreError::from)?;
        return Ok(());
    }
    place(running, care).await?;
    let worked = AssertUnwindSafe(work(running)).catch_unwind().await;
    let error = match worked {
        Ok(Ok(())) => return Ok(()),
        Ok(Err(error)) => error,
        Err(panic) => JobError::Panicked(panic_text(panic.as_ref())),
    };
    if care.is_lost() {
        return Err(StoreError::Superseded.into());
    }
    let mut waited = Duration::ZERO;
    loop {
        match settle(running, &error).await {
            Err(JobError::Store(StoreError::Unavailable(_))) if waited < PATIENCE => {
                tokio::time::sleep(LOOK_AGAIN).await;
                waited += LOOK_AGAIN;
            }
            settled => return settled,
        }
    }
}

async fn work(running: &Running) -> Result<(), JobError> {
    match &running.job {
        Job::VideoGeneration { job_id } => film::order::run(running, *job_id).await,
        Job::Step { job_id, step_id, .. } => film::step::run(running, *job_id, *step_id).await,
        Job::AnalyzeAudio { project_id, task_id } => analysis::run(running, *project_id, *task_id).await,
        Job::ScreenTest { character_id, task_id } => character::run(running, *character_id, *task_id).await,
        Job::EditImage { scene_id, task_id } => edit::run(running, *scene_id, *task_id).await,
        Job::Transcribe { project_id, task_id } => transcribe::run(running, *project_id, *task_id).await,
        Job::WriteScenes { project_id, task_id } => write::run(running, *project_id, *task_id).await,
        Job::ForgetCharacter { character_id, photos, pictures } => {
            forgetting::run(running, *character_id, photos, pictures).await
        }
        Job::CheckKey { user_id, provider } => key_check::run(running, *user_id, provider).await,
        Job::Email { user_id, mail_id, mail } => mail::run(running, *user_id, *mail_id, mail).await,
        Job::ExportData { user_id, task_id } => archive::run(running, *user_id, *task_id).await,
        Job::HearService { webhook_id } => webhook::run(running, *webhook_id).await,
        Job::DeliverWebhook { delivery_id } => delivery::run(running, *delivery_id).await,
        Job::ProcessBillingEvent { event_id } => billing::event::run(running, event_id).await,
        Job::ReconcileBilling { whole } => billing::reconcile::run(running, *whole).await,
        Job::CheckServices => service_check::run(running).await,
        Job::SettleCalls => settling::run(running).await,
        Job::Analytics => analytics::run(running).await,
        Job::Cleanup => cleanup::run(running).await,
    }
}

/// How long to wait when too many of this class began lately. Only what begins counts: an order that is laid out, not
/// the same order being finished.
async fn rate(running: &Running) -> Result<Option<Duration>, JobError> {
    let class = running.job.class();
    let Some(per_minute) = running.shop.settings.per_minute.get(&class) else { return Ok(None) };
    let mut connection = running.shop.db.worker().acquire().await.map_err(StoreError::from)?;
    if let Job::VideoGeneration { job_id } = &running.job
        && !film::order::begins(&mut connection, *job_id).await?
    {
        return Ok(None);
    }
    Ok(slots::take_token(&mut connection, class.word(), *per_minute).await?)
}

/// Waits for one of the places that all nodes share, where its class has a limit.
async fn place(running: &Running, care: &Care) -> Result<(), JobError> {
    let class: Class = running.job.class();
    let Some(places) = running.shop.settings.at_once_everywhere.get(&class) else { return Ok(()) };
    let holder = format!("{}/{}", running.worker, running.id);
    loop {
        {
            let mut connection = running.shop.db.worker().acquire().await.map_err(StoreError::from)?;
            if slots::acquire(&mut connection, class.word(), *places, &holder).await?.is_some() {
                care.holds(holder);
                return Ok(());
            }
        }
        if running.cancel.is_cancelled() {
            return Err(JobError::Stopped);
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

/// Does what follows from an error, in one transaction with the end of the job.
async fn settle(running: &Running, error: &JobError) -> Result<(), JobError> {
    let pause = pause(running, error);
    match (error.verdict(), pause) {
        (Verdict::LeaveIt, _) => {
            tracing::info!(%error, "left to whoever takes it over");
            return Err(StoreError::Superseded.into());
        }
        (Verdict::Stop, _) => {
            let mut transaction = running.finish().await?;
            let order = canceled(running, &mut transaction).await?;
            running.record(&mut transaction, Outcome::Canceled, None).await?;
            transaction.commit().await.map_err(StoreError::from)?;
            tell(running, order).await;
        }
        (Verdict::Retry, Some(pause)) => {
            tracing::warn!(%error, pause = pause.as_secs_f64(), "failed; it is tried again");
            let mut transaction = running.finish().await?;
            if let Job::Step { step_id, .. } = &running.job {
                mv_store::db::steps::note_failure(&mut transaction, *step_id, &error.details()).await?;
            }
            running.record(&mut transaction, Outcome::Retried, Some(error.details())).await?;
            running.again(&mut transaction, pause, running.attempt + 1).await?;
            transaction.commit().await.map_err(StoreError::from)?;
        }
        (Verdict::Retry | Verdict::Fail, _) => {
            tracing::error!(%error, "failed");
            let mut transaction = running.finish().await?;
            let order = failed(running, &mut transaction, error).await?;
            running.record(&mut transaction, Outcome::Failed, Some(error.details())).await?;
            transaction.commit().await.map_err(StoreError::from)?;
            tell(running, order).await;
        }
    }
    Ok(())
}

/// How long to wait before the next try, where there is one left.
fn pause(running: &Running, error: &JobError) -> Option<Duration> {
    let settings = &running.shop.settings;
    let later: &[Duration] = match error {
        JobError::MailLater(_) => &settings.mail_pauses,
        _ => &[],
    };
    let pause = settings.pauses.iter().chain(later).nth(running.attempt as usize)?;
    Some(jitter(*pause, running.id))
}

/// Whom the end of a job concerns besides itself.
enum Told {
    Order(VideoJobId),
    Task(mv_core::ids::TaskId),
    Nobody,
}

async fn canceled(running: &Running, connection: &mut sqlx::PgConnection) -> Result<Told, JobError> {
    match &running.job {
        Job::Step { job_id, step_id, .. } => {
            film::order::step_canceled(connection, *job_id, *step_id).await?;
            Ok(Told::Order(*job_id))
        }
        other => match other.errand() {
            Some(errand) => {
                mv_store::db::task_runs::cancel(connection, errand).await?;
                Ok(Told::Task(errand))
            }
            None => Ok(Told::Nobody),
        },
    }
}

async fn failed(
    running: &Running,
    connection: &mut sqlx::PgConnection,
    error: &JobError,
) -> Result<Told, JobError> {
    let now = running.shop.clock.now();
    match &running.job {
        Job::Step { job_id, step_id, .. } => {
            film::order::failed(connection, *job_id, Some(*step_id), error, now).await?;
            Ok(Told::Order(*job_id))
        }
        Job::VideoGeneration { job_id } => {
            film::order::failed(connection, *job_id, None, error, now).await?;
            Ok(Told::Order(*job_id))
        }
        Job::ScreenTest { character_id, task_id } => {
            characters::fail_test(&mut *connection, *character_id, *task_id, error.code(), &error.message())
                .await?;
            mv_store::db::task_runs::fail(&mut *connection, *task_id, &error.details()).await?;
            news::errand_failed(connection, &running.job, *task_id, error, now).await?;
            Ok(Told::Task(*task_id))
        }
        Job::AnalyzeAudio { task_id, .. }
        | Job::ExportData { task_id, .. }
        | Job::EditImage { task_id, .. }
        | Job::Transcribe { task_id, .. }
        | Job::WriteScenes { task_id, .. } => {
            mv_store::db::task_runs::fail(&mut *connection, *task_id, &error.details()).await?;
            news::errand_failed(connection, &running.job, *task_id, error, now).await?;
            Ok(Told::Task(*task_id))
        }
        Job::HearService { webhook_id } => {
            let outcome = service_webhooks::Outcome::Unchecked;
            service_webhooks::looked_at(connection, *webhook_id, outcome, now).await?;
            Ok(Told::Nobody)
        }
        Job::DeliverWebhook { delivery_id } => {
            webhook_deliveries::give_up(connection, *delivery_id, "failed", now).await?;
            Ok(Told::Nobody)
        }
        Job::ProcessBillingEvent { event_id } => {
            stripe_events::note_failure(connection, event_id, &error.to_string()).await?;
            Ok(Told::Nobody)
        }
        Job::Email { mail_id, .. } => {
            mails::give_up(connection, *mail_id, &error.to_string(), now).await?;
            Ok(Told::Nobody)
        }
        Job::ForgetCharacter { .. }
        | Job::CheckKey { .. }
        | Job::ReconcileBilling { .. }
        | Job::CheckServices
        | Job::SettleCalls
        | Job::Analytics
        | Job::Cleanup => Ok(Told::Nobody),
    }
}

async fn tell(running: &Running, whom: Told) {
    match whom {
        Told::Order(order) => crate::progress::tell(&running.shop, order).await,
        Told::Task(task) => crate::progress::tell_task(&running.shop, task).await,
        Told::Nobody => {}
    }
}

/// A payload that is no job: its row goes, its history stays.
async fn refuse(
    shop: &Shop,
    context: &WorkerContext,
    task: &str,
    payload: &Value,
    error: serde_json::Error,
) -> Result<(), JobError> {
    let job = context.job();
    let error = JobError::Payload(error);
    tracing::error!(job.task = task, job.id = job.id(), %error, "failed");
    let mut transaction = shop.db.worker().begin().await.map_err(StoreError::from)?;
    queue::finish(&mut transaction, *job.id(), context.worker_id()).await?;
    let ended = Ended {
        task,
        queue_job_id: *job.id(),
        first_job_id: *job.id(),
        user: None,
        payload,
        outcome: Outcome::Failed,
        attempts: 1,
        error: Some(json!({ "detail": error.to_string() })),
        enqueued_at: *job.created_at(),
        started_at: shop.clock.now(),
    };
    job_history::record(&mut transaction, &ended).await?;
    transaction.commit().await.map_err(StoreError::from)?;
    Ok(())
}

/// A quarter more or less by the job's number, so that jobs that failed together do not come back together.
fn jitter(pause: Duration, job: i64) -> Duration {
    let spread = blake3::hash(&job.to_le_bytes()).as_bytes()[0];
    pause.mul_f64(0.75 + 0.5 * f64::from(spread) / 255.0)
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "it did not say why".to_owned())
}
