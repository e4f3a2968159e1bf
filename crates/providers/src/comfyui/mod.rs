//! ComfyUI on a machine of one's own: stills, clips and edits by graphs that can be replaced. Its ids are ours to choose, so
//! nothing is lost with an answer.

mod graph;
mod maker;
mod socket;

pub(crate) use maker::{ComfyuiMaker, GraphOptions};

use crate::error::ProviderError;
use crate::http::line::secret_header;
use crate::http::{Effect, Line, Reply};
use crate::jobs::{Found, JobId, JobState, Service};
use crate::path::segment;
use crate::wire::comfyui::{ErrorBody, History, Past, QueueState};
use async_trait::async_trait;
use reqwest::header::AUTHORIZATION;
use reqwest::{Method, RequestBuilder};
use ring::digest;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};
use socket::Heard;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// What a graph's slots may stand for.
pub(crate) const SLOTS: &[&str] = &[
    "prompt",
    "negative",
    "seed",
    "width",
    "height",
    "frames",
    "rate",
    "seconds",
    "motion",
    "picture",
    "mask",
    "reference1",
    "reference2",
    "reference3",
    "name",
];

#[derive(Clone, Debug)]
pub(crate) struct Comfyui {
    line: Line,
    key: SecretString,
    listen: Duration,
    /// The kinds of nodes that each model's graph needs.
    graphs: Arc<Mutex<BTreeMap<String, BTreeSet<String>>>>,
}

/// `providers.comfyui.options`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ComfyuiOptions {
    /// How long a poll listens for progress.
    listen_ms: u64,
}

impl Default for ComfyuiOptions {
    fn default() -> Self {
        Self { listen_ms: 1500 }
    }
}

/// The id that work with a key gets there: a UUID made of the key alone.
pub(crate) fn prompt_id(key: &str) -> String {
    let hash = digest::digest(&digest::SHA256, key.as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.as_ref()[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid().hyphenated().to_string()
}

impl Comfyui {
    pub(crate) fn new(line: Line, key: SecretString, options: &ComfyuiOptions) -> Self {
        Self { line, key, listen: Duration::from_millis(options.listen_ms), graphs: Arc::default() }
    }

    pub(crate) fn add_graph(&self, model: &str, classes: BTreeSet<String>) {
        self.graphs.lock().unwrap_or_else(PoisonError::into_inner).insert(model.to_owned(), classes);
    }

    /// It has no keys itself; a proxy before it may want one.
    fn call(&self, method: Method, path: &str) -> RequestBuilder {
        self.signed(self.line.call(method, path))
    }

    fn signed(&self, call: RequestBuilder) -> RequestBuilder {
        if self.key.expose_secret().is_empty() {
            return call;
        }
        match secret_header("Bearer ", &self.key) {
            Some(value) => call.header(AUTHORIZATION, value),
            None => call,
        }
    }

    fn error(&self, reply: &Reply, effect: Effect) -> ProviderError {
        let body: ErrorBody = reply.json().unwrap_or_default();
        let mut words: Vec<String> = Vec::new();
        if let Some(error) = &body.error {
            let text = error["message"].as_str().or(error.as_str()).unwrap_or_default();
            words.push(text.to_owned());
        }
        for (node, errors) in body.node_errors.iter().filter_map(Value::as_object).flatten() {
            let class = errors["class_type"].as_str().unwrap_or_default();
            for error in errors["errors"].as_array().into_iter().flatten() {
                let (message, details) = (error["message"].as_str(), error["details"].as_str());
                words.push(format!(
                    "node {node} ({class}): {} {}",
                    message.unwrap_or_default(),
                    details.unwrap_or_default()
                ));
            }
        }
        self.line.by_status(reply, &words.join("; "), effect)
    }

    async fn ask<T: serde::de::DeserializeOwned>(&self, path: &str) -> Result<T, ProviderError> {
        let reply = self.line.send(self.call(Method::GET, path), Effect::Asks).await?;
        if !reply.status.is_success() {
            return Err(self.error(&reply, Effect::Asks));
        }
        self.line.read(&reply, Effect::Asks)
    }

    async fn tell(&self, path: &str, body: &Value) -> Result<(), ProviderError> {
        let reply = self.line.send(self.call(Method::POST, path).json(body), Effect::Asks).await?;
        if reply.status.is_success() { Ok(()) } else { Err(self.error(&reply, Effect::Asks)) }
    }

    /// Finished work; `None` while it waits or runs, or when nobody knows it.
    async fn past(&self, id: &str) -> Result<Option<Past>, ProviderError> {
        let mut history: History = self.ask(&format!("history/{}", segment(id))).await?;
        Ok(history.remove(id))
    }

    async fn state(&self, job: &JobId) -> Result<JobState, ProviderError> {
        let id = &job.0;
        if let Some(past) = self.past(id).await? {
            return self.ending(&past);
        }
        let queue: QueueState = self.ask("queue").await?;
        if queue.waits(id) {
            return Ok(JobState::Waiting);
        }
        if queue.runs(id) {
            // Progress is a courtesy: a server without events is polled all the same.
            return match self.listen(id, self.listen).await.unwrap_or(Heard::Nothing) {
                Heard::Progress(part) => Ok(JobState::Running { progress: Some(part) }),
                Heard::Nothing => Ok(JobState::Running { progress: None }),
                Heard::Ended => match self.past(id).await? {
                    Some(past) => self.ending(&past),
                    None => Ok(JobState::Running { progress: None }),
                },
            };
        }
        // It may have ended between the two questions.
        match self.past(id).await? {
            Some(past) => self.ending(&past),
            None => Err(self.line.lost(id)),
        }
    }

    fn ending(&self, past: &Past) -> Result<JobState, ProviderError> {
        let failed = |error| Ok(JobState::Failed { error, cost: Some(mv_core::units::MicroUsd::ZERO) });
        let Some(status) = &past.status else { return Ok(JobState::Done) };
        let message =
            |kind: &str| status.messages.iter().find(|(name, _)| name == kind).map(|(_, data)| data);
        if message("execution_interrupted").is_some() {
            return failed(ProviderError::Cancelled);
        }
        match status.status_str.as_str() {
            "success" => Ok(JobState::Done),
            "error" => {
                let error = message("execution_error");
                let of =
                    |field: &str| error.and_then(|data| data[field].as_str()).unwrap_or_default().to_owned();
                failed(self.line.failed(&format!("{}: {}", of("node_type"), of("exception_message"))))
            }
            other if status.completed => {
                Err(self.line.bad(&format!("`{other}` is no way to end that we know")))
            }
            _ => Ok(JobState::Running { progress: None }),
        }
    }

    async fn look_for(&self, id: &str) -> Result<Found, ProviderError> {
        let queue: QueueState = self.ask("queue").await?;
        let known = queue.runs(id) || queue.waits(id) || self.past(id).await?.is_some();
        Ok(if known { Found::TakenIn(JobId(id.to_owned())) } else { Found::NotTakenIn })
    }

    /// Older servers stop whatever runs, so only what does run is stopped.
    async fn stop(&self, job: &JobId) -> Result<(), ProviderError> {
        self.tell("queue", &json!({"delete": [job.0]})).await?;
        let queue: QueueState = self.ask("queue").await?;
        if queue.runs(&job.0) {
            self.tell("interrupt", &json!({"prompt_id": job.0})).await?;
        }
        Ok(())
    }
}

#[async_trait]
impl Service for Comfyui {
    fn provider(&self) -> &str {
        self.line.provider()
    }

    async fn check_key(&self) -> Result<(), ProviderError> {
        self.ask::<Value>("system_stats").await.map(drop)
    }

    /// The models whose graphs the server has all nodes for.
    async fn models(&self) -> Result<Option<Vec<String>>, ProviderError> {
        let nodes: BTreeMap<String, serde::de::IgnoredAny> = self.ask("object_info").await?;
        let graphs = self.graphs.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut listed = Vec::new();
        for (model, classes) in graphs {
            let missing: Vec<&String> = classes.iter().filter(|class| !nodes.contains_key(*class)).collect();
            if missing.is_empty() {
                listed.push(model);
            } else {
                tracing::warn!(
                    provider = self.line.provider(),
                    model,
                    ?missing,
                    "a graph needs nodes that are missing"
                );
            }
        }
        Ok(Some(listed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_always_has_the_same_id() {
        let id = prompt_id("still-7");
        assert_eq!(id, prompt_id("still-7"));
        assert_ne!(id, prompt_id("still-8"));
        assert_eq!(uuid::Uuid::parse_str(&id).unwrap().hyphenated().to_string(), id);
    }
}
