//! fal: Kling, Pika and Qwen-Image-Edit behind one queue, with signed webhooks. It takes no key of ours: after a lost
//! answer only a webhook tells that the work was taken in.

mod clip;
mod edit;
mod queue;
mod webhook;

pub(crate) use clip::FalClips;
pub(crate) use edit::FalEdits;

use crate::error::ProviderError;
use crate::http::line::secret_header;
use crate::http::{Effect, Line, Reply};
use crate::jobs::Service;
use crate::policy::tells_of_policy;
use crate::wire::fal::{Complaint, ErrorBody};
use crate::wire::openai::detail;
use async_trait::async_trait;
use reqwest::header::AUTHORIZATION;
use reqwest::{Method, RequestBuilder};
use secrecy::SecretString;
use serde::Deserialize;
use std::sync::Arc;
use webhook::KeyRing;

#[derive(Clone, Debug)]
pub(crate) struct Fal {
    line: Line,
    key: SecretString,
    keys: Arc<KeyRing>,
}

/// `providers.fal.options`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct FalOptions {
    /// Where the public keys are that webhooks are signed with.
    keys: String,
}

impl Default for FalOptions {
    fn default() -> Self {
        Self { keys: "https://rest.fal.ai/.well-known/jwks.json".to_owned() }
    }
}

impl Fal {
    pub(crate) fn new(line: Line, key: SecretString, options: FalOptions) -> Self {
        Self { line, key, keys: Arc::new(KeyRing::new(options.keys)) }
    }

    fn call(&self, method: Method, path: &str) -> RequestBuilder {
        let call = self.line.call(method, path);
        // The word is `Key`.
        match secret_header("Key ", &self.key) {
            Some(value) => call.header(AUTHORIZATION, value),
            None => call,
        }
    }

    fn error(&self, reply: &Reply, effect: Effect) -> ProviderError {
        let line = &self.line;
        let body: ErrorBody = reply.json().unwrap_or_default();
        let words = body.detail.as_ref().map(detail).unwrap_or_default();
        let complaints: Vec<Complaint> =
            body.detail.and_then(|detail| serde_json::from_value(detail).ok()).unwrap_or_default();
        let told = |kind: &str| complaints.iter().any(|complaint| complaint.kind == kind);
        let header = reply.headers.get("x-fal-error-type").and_then(|value| value.to_str().ok());
        let kind = body.error_type.as_deref().or(header).unwrap_or_default();
        let lower = words.to_ascii_lowercase();
        match reply.status.as_u16() {
            _ if told("content_policy_violation") => line.refused(&words),
            403 if lower.contains("balance") || lower.contains("locked") => line.quota(&words),
            422 if tells_of_policy(&words) => line.refused(&words),
            // The model ran and gave up.
            504 if told("generation_timeout") => line.failed(&words),
            _ if told("downstream_service_error") || told("downstream_service_unavailable") => {
                line.failed(&words)
            }
            // fal's own word for it: the work ended without a result.
            500..=504 if !kind.is_empty() || told("internal_server_error") => line.unavailable(&words),
            _ => line.by_status(reply, &words, effect),
        }
    }
}

#[async_trait]
impl Service for Fal {
    fn provider(&self) -> &str {
        self.line.provider()
    }

    /// Asks after a job that nobody has: a good key is told so, a bad one is not.
    async fn check_key(&self) -> Result<(), ProviderError> {
        let path = "fal-ai/pika/requests/00000000-0000-0000-0000-000000000000/status";
        let reply = self.line.send(self.call(Method::GET, path), Effect::Asks).await?;
        match reply.status.as_u16() {
            200..=299 | 400 | 404 | 422 => Ok(()),
            _ => Err(self.error(&reply, Effect::Asks)),
        }
    }

    async fn models(&self) -> Result<Option<Vec<String>>, ProviderError> {
        Ok(None)
    }
}
