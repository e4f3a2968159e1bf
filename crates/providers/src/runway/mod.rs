//! Runway: clips of a still, and stills with tagged references. It takes no key of ours, lists no tasks and sends no
//! webhooks: what was lost, only the account's page shows.

mod clip;
mod image;

pub(crate) use clip::RunwayClips;
pub(crate) use image::RunwayImages;

use crate::error::ProviderError;
use crate::http::line::secret_header;
use crate::http::{Effect, Line, Reply};
use crate::jobs::{JobId, JobState, Service};
use crate::path::segment;
use crate::policy::tells_of_policy;
use crate::wire::runway::{Cost, Created, ErrorBody, Task};
use async_trait::async_trait;
use mv_core::units::MicroUsd;
use reqwest::header::AUTHORIZATION;
use reqwest::{Method, RequestBuilder};
use secrecy::SecretString;
use serde::Serialize;

/// The one version of its contract that this speaks.
const VERSION: &str = "2024-11-06";
/// A credit is a cent.
const MICROS_A_CREDIT: f64 = 10_000.0;

#[derive(Clone, Debug)]
pub(crate) struct Runway {
    line: Line,
    key: SecretString,
}

impl Runway {
    pub(crate) fn new(line: Line, key: SecretString) -> Self {
        Self { line, key }
    }

    fn call(&self, method: Method, path: &str) -> RequestBuilder {
        let call = self.line.call(method, path).header("X-Runway-Version", VERSION);
        match secret_header("Bearer ", &self.key) {
            Some(value) => call.header(AUTHORIZATION, value),
            None => call,
        }
    }

    fn error(&self, reply: &Reply, effect: Effect) -> ProviderError {
        let line = &self.line;
        let body: ErrorBody = reply.json().unwrap_or_default();
        let mut words = body.error;
        for issue in body.issues {
            let path: Vec<String> = issue
                .path
                .iter()
                .map(|part| part.as_str().map_or_else(|| part.to_string(), str::to_owned))
                .collect();
            words = format!("{words}; {}: {}", path.join("."), issue.message);
        }
        let lower = words.to_ascii_lowercase();
        match reply.status.as_u16() {
            400 if lower.contains("credit") => line.quota(&words),
            400 if tells_of_policy(&words) => line.refused(&words),
            // The day's generations are used up, which no waiting of ours outlasts; unless it says how long.
            429 if reply.headers.get("retry-after").is_none() && lower.contains("daily") => {
                line.quota(&words)
            }
            _ => line.by_status(reply, &words, effect),
        }
    }

    async fn create<T: Serialize + Sync>(&self, path: &str, body: &T) -> Result<JobId, ProviderError> {
        let reply = self.line.send(self.call(Method::POST, path).json(body), Effect::Buys).await?;
        if !reply.status.is_success() {
            return Err(self.error(&reply, Effect::Buys));
        }
        let created: Created = self.line.read(&reply, Effect::Buys)?;
        if created.id.is_empty() {
            return Err(self.line.unconfirmed("it took the work in without naming it"));
        }
        Ok(JobId(created.id))
    }

    async fn task(&self, job: &JobId) -> Result<Task, ProviderError> {
        let call = self.call(Method::GET, &format!("v1/tasks/{}", segment(&job.0)));
        let reply = self.line.send(call, Effect::Asks).await?;
        match reply.status.as_u16() {
            200..=299 => self.line.read(&reply, Effect::Asks),
            404 => Err(self.line.lost(&job.0)),
            _ => Err(self.error(&reply, Effect::Asks)),
        }
    }

    async fn state(&self, job: &JobId) -> Result<JobState, ProviderError> {
        let task = self.task(job).await?;
        let cost = task.cost.as_ref().map(cost);
        Ok(match task.status.as_str() {
            // Throttled is queued behind our own other tasks.
            "PENDING" | "THROTTLED" => JobState::Waiting,
            "RUNNING" => {
                JobState::Running { progress: task.progress.filter(|part| (0.0..=1.0).contains(part)) }
            }
            "SUCCEEDED" => JobState::Done,
            "FAILED" => JobState::Failed { error: self.failure(&task), cost },
            "CANCELLED" => JobState::Failed { error: ProviderError::Cancelled, cost },
            other => return Err(self.line.bad(&format!("`{other}` is no state that we know"))),
        })
    }

    fn failure(&self, task: &Task) -> ProviderError {
        let line = &self.line;
        let code = task.failure_code.as_deref().unwrap_or_default();
        let words = task.failure.as_deref().unwrap_or_default();
        let detail = if code.is_empty() { words.to_owned() } else { format!("{code}: {words}") };
        match code {
            code if code.starts_with("SAFETY") || code.starts_with("INPUT_PREPROCESSING.SAFETY") => {
                line.refused(&detail)
            }
            code if code.starts_with("ASSET.INVALID") => line.invalid(&detail),
            // Bad output, a partner's fault, its own: another try may do.
            _ => line.failed(&detail),
        }
    }

    /// The address of what a finished task made; fresh ones are given each time.
    async fn output(&self, job: &JobId) -> Result<(String, Option<MicroUsd>), ProviderError> {
        let task = self.task(job).await?;
        if task.status != "SUCCEEDED" {
            return Err(self.line.bad("the job is not done"));
        }
        let cost = task.cost.as_ref().map(cost);
        let url = task.output.into_iter().next();
        Ok((url.ok_or_else(|| self.line.bad("the finished job has no output"))?, cost))
    }

    /// Gives credits back only for what has not begun.
    async fn stop(&self, job: &JobId) -> Result<(), ProviderError> {
        let call = self.call(Method::DELETE, &format!("v1/tasks/{}", segment(&job.0)));
        let reply = self.line.send(call, Effect::Asks).await?;
        match reply.status.as_u16() {
            200..=299 => Ok(()),
            404 => Err(self.line.lost(&job.0)),
            _ => Err(self.error(&reply, Effect::Asks)),
        }
    }
}

fn cost(cost: &Cost) -> MicroUsd {
    MicroUsd((cost.credits * MICROS_A_CREDIT).round() as i64)
}

#[async_trait]
impl Service for Runway {
    fn provider(&self) -> &str {
        self.line.provider()
    }

    async fn check_key(&self) -> Result<(), ProviderError> {
        let reply = self.line.send(self.call(Method::GET, "v1/organization"), Effect::Asks).await?;
        if reply.status.is_success() { Ok(()) } else { Err(self.error(&reply, Effect::Asks)) }
    }

    /// It tells the limits of models this account has, which are not all it may use.
    async fn models(&self) -> Result<Option<Vec<String>>, ProviderError> {
        Ok(None)
    }
}
