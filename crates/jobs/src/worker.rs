//! One queue worker a class, kept running: each fetches its jobs, tells others that it lives, and takes over from the dead.

use crate::dispatch;
use crate::keeper::Keeper;
use crate::progress::ProgressBook;
use crate::service_check;
use crate::shop::Shop;
use graphile_worker::{IntoTaskHandlerResult, JobDefinition, TaskHandler, WorkerContext, WorkerOptions};
use mv_core::jobs::Class;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// A worker that was not heard of for this long is dead; with the sweep every second its jobs go on within five.
const DEAD_AFTER: Duration = Duration::from_secs(4);
const BEAT: Duration = Duration::from_secs(1);
/// Longest pause before a worker that broke down, because the database is away, comes back.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// What runs by the clock, in UTC: tidying every hour, counting a little later, services looked at once a day, payments
/// put right every hour and compared with Stripe's every night.
const TIMETABLE: &str = "17 * * * * cleanup ?jobKey=cleanup {\"job\":\"cleanup\"}\n\
     37 4 * * * check-services ?jobKey=check-services {\"job\":\"check_services\"}\n\
     7 * * * * reconcile-billing ?jobKey=reconcile-billing:false {\"job\":\"reconcile_billing\",\"whole\":false}\n\
     47 2 * * * reconcile-billing ?jobKey=reconcile-billing:true {\"job\":\"reconcile_billing\",\"whole\":true}\n\
     * * * * * settle-calls ?jobKey=settle-calls {\"job\":\"settle_calls\"}\n\
     27 * * * * analytics-processing ?jobKey=analytics-processing {\"job\":\"analytics\"}";

/// The workers of this process.
#[derive(Debug)]
pub struct Workers {
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

impl Workers {
    /// Starts them; they run until they are drained.
    pub fn start(shop: &Arc<Shop>) -> Self {
        let (stop, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        for (place, class) in shop.settings.at_once.keys().enumerate() {
            // One of them sweeps for all, since the dead are dead to everybody; the others seldom, as it may be paused.
            tasks.spawn(keep_running(shop.clone(), *class, place == 0, stopped.clone()));
        }
        tasks.spawn(Keeper::run(shop.clone(), stopped.clone()));
        tasks.spawn(Keeper::listen(shop.clone(), stopped.clone()));
        tasks.spawn(ProgressBook::run(shop.clone(), stopped));
        tasks.spawn(service_check::order(shop.clone()));
        Self { stop, tasks }
    }

    /// Takes no more jobs, lets those in hand end, and gives back what has not ended in time.
    pub async fn drain(mut self) {
        // Nobody listens any more when all have ended by themselves.
        self.stop.send(true).ok();
        while self.tasks.join_next().await.is_some() {}
    }
}

/// Runs a class's worker again and again: the queue's own loop ends when the database goes away.
async fn keep_running(shop: Arc<Shop>, class: Class, sweeps: bool, mut stop: watch::Receiver<bool>) {
    let mut pause = BEAT / 4;
    let mut halts = shop.node.halts();
    while !*stop.borrow() {
        tokio::select! {
            // An error is the node gone, which does not happen before this ends.
            _ = halts.wait_for(|halts| !halts.hold(class)) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
        let began = Instant::now();
        if let Err(error) = run(&shop, class, sweeps, stop.clone()).await {
            tracing::warn!(queue.class = class.word(), %error, "the worker stopped; it comes back");
        }
        if began.elapsed() > DEAD_AFTER {
            pause = BEAT / 4;
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => pause = (pause * 2).min(LONGEST_PAUSE),
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}

async fn run(
    shop: &Arc<Shop>,
    class: Class,
    sweeps: bool,
    mut stop: watch::Receiver<bool>,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let mut halts = shop.node.halts();
    let at_once = shop.settings.at_once.get(&class).copied().unwrap_or(1).max(1);
    let mut options = WorkerOptions::default()
        .pg_pool(shop.db.owner().clone())
        .schema("graphile_worker")
        .concurrency(at_once)
        .poll_interval(poll(class))
        // Hearing of jobs at once costs a connection: only where somebody waits for them.
        .use_notification_delivery(hears(class))
        .define_jobs(definitions(class))
        .add_extension(shop.clone())
        .heartbeat_interval(BEAT)
        .sweep_interval(if sweeps { BEAT } else { BEAT * 10 })
        .sweep_threshold(DEAD_AFTER)
        .recovery_delay(Duration::ZERO)
        .listen_os_shutdown_signals(false)
        .shutdown_grace_period(shop.settings.drain)
        .shutdown_interrupted_job_retry_delay(Duration::ZERO)
        .shutdown_signal(async move {
            // An error is the sender gone, which is a stop too.
            tokio::select! {
                _ = stop.wait_for(|stop| *stop) => {}
                _ = halts.wait_for(|halts| halts.hold(class)) => {}
            }
        });
    if class == Class::Cleaning {
        options = options.with_cron(TIMETABLE)?;
    }
    options.init().await?.run().await?;
    Ok(())
}

fn poll(class: Class) -> Duration {
    match class {
        Class::Video
        | Class::Clip
        | Class::Image
        | Class::Render
        | Class::Analysis
        | Class::Mail
        | Class::Webhook => Duration::from_millis(500),
        Class::Cleaning | Class::Analytics => Duration::from_secs(5),
    }
}

fn hears(class: Class) -> bool {
    match class {
        Class::Video | Class::Render | Class::Analysis => true,
        Class::Clip | Class::Image | Class::Mail | Class::Webhook | Class::Cleaning | Class::Analytics => {
            false
        }
    }
}

fn definitions(class: Class) -> Vec<JobDefinition> {
    match class {
        Class::Video => vec![VideoGeneration::definition()],
        Class::Clip => vec![ClipGeneration::definition()],
        Class::Image => vec![
            ImageGeneration::definition(),
            ScreenTest::definition(),
            EditImage::definition(),
            Transcribe::definition(),
            WriteScenes::definition(),
            CheckKey::definition(),
        ],
        Class::Render => vec![RenderStep::definition()],
        Class::Analysis => vec![AnalyzeAudio::definition()],
        Class::Mail => vec![
            EmailNotification::definition(),
            HearService::definition(),
            ProcessBillingEvent::definition(),
        ],
        Class::Webhook => vec![DeliverWebhook::definition()],
        Class::Cleaning => vec![
            ExportData::definition(),
            ForgetCharacter::definition(),
            Cleanup::definition(),
            SettleCalls::definition(),
            CheckServices::definition(),
            ReconcileBilling::definition(),
        ],
        Class::Analytics => vec![AnalyticsProcessing::definition()],
    }
}

macro_rules! handlers {
    ($($name:ident = $task:literal),+ $(,)?) => {$(
        /// Takes any payload: one that is no job must fail at once, not be tried again.
        #[derive(Serialize, Deserialize)]
        #[serde(transparent)]
        struct $name(Value);

        impl TaskHandler for $name {
            const IDENTIFIER: &'static str = $task;

            async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
                dispatch::run(self.0, $task, context).await
            }
        }
    )+};
}

handlers! {
    VideoGeneration = "video-generation",
    ClipGeneration = "clip-generation",
    ImageGeneration = "image-generation",
    ScreenTest = "screen-test",
    EditImage = "edit-image",
    Transcribe = "transcribe",
    WriteScenes = "write-scenes",
    CheckKey = "check-key",
    RenderStep = "render-step",
    AnalyzeAudio = "analyze-audio",
    EmailNotification = "email-notification",
    HearService = "hear-service",
    DeliverWebhook = "deliver-webhook",
    ExportData = "export-data",
    ForgetCharacter = "forget-character",
    Cleanup = "cleanup",
    SettleCalls = "settle-calls",
    CheckServices = "check-services",
    ProcessBillingEvent = "process-billing-event",
    ReconcileBilling = "reconcile-billing",
    AnalyticsProcessing = "analytics-processing",
}

#[cfg(test)]
mod tests {
    use super::*;
    use mv_core::jobs::Job;

    #[test]
    fn every_task_of_a_class_has_a_handler() {
        for class in Class::ALL {
            let handled: Vec<_> = definitions(class).iter().map(JobDefinition::identifier).collect();
            assert_eq!(handled, Job::tasks(class));
        }
    }

    #[test]
    fn the_timetable_can_be_read() {
        assert!(WorkerOptions::default().with_cron(TIMETABLE).is_ok());
    }
}
