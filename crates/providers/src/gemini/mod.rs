//! Gemini: stills and edits that keep a character, photos described, words. It answers at once, takes no key that makes a
//! repeat harmless and lists no past work: a lost answer stays lost.

mod picture;
mod words;

pub(crate) use picture::GeminiPictures;
pub(crate) use words::GeminiWords;

use crate::card::ModelCard;
use crate::error::ProviderError;
use crate::http::{Effect, Line, Reply, line::secret_header};
use crate::jobs::Service;
use crate::wire::gemini::{ErrorBody, GenerateRequest, GenerateResponse, ModelList, Status, Usage};
use async_trait::async_trait;
use mv_core::units::MicroUsd;
use reqwest::{Method, RequestBuilder};
use secrecy::SecretString;
use serde::Deserialize;

/// A Google account's way to Gemini.
#[derive(Clone, Debug)]
pub(crate) struct Gemini {
    line: Line,
    key: SecretString,
    version: String,
}

/// `providers.gemini.options`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct GeminiOptions {
    /// The prefix of every path.
    version: String,
}

impl Default for GeminiOptions {
    fn default() -> Self {
        Self { version: "v1beta".to_owned() }
    }
}

impl Gemini {
    pub(crate) fn new(line: Line, key: SecretString, options: GeminiOptions) -> Self {
        Self { line, key, version: options.version }
    }

    fn call(&self, method: Method, path: &str) -> RequestBuilder {
        let call = self.line.call(method, &format!("{}/{path}", self.version));
        // In a header, because addresses end up in logs.
        match secret_header("", &self.key) {
            Some(value) => call.header("x-goog-api-key", value),
            None => call,
        }
    }

    async fn generate(
        &self,
        model: &str,
        request: &GenerateRequest,
    ) -> Result<GenerateResponse, ProviderError> {
        let call = self.call(Method::POST, &format!("models/{model}:generateContent")).json(request);
        let reply = self.line.send(call, Effect::Buys).await?;
        if !reply.status.is_success() {
            return Err(self.error(&reply, Effect::Buys));
        }
        self.line.read(&reply, Effect::Buys)
    }

    /// Google's words first, the HTTP status where there are none.
    fn error(&self, reply: &Reply, effect: Effect) -> ProviderError {
        let line = &self.line;
        let status = match reply.json::<ErrorBody>() {
            Some(ErrorBody::One(holder)) => holder.error,
            Some(ErrorBody::Several(holders)) => match holders.into_iter().next() {
                Some(holder) => holder.error,
                None => return line.by_status(reply, "", effect),
            },
            None => return line.by_status(reply, "", effect),
        };
        let Status { message, word, details } = &status;
        let key_is_bad = details.iter().any(|detail| detail.reason.as_deref() == Some("API_KEY_INVALID"));
        match word.as_str() {
            _ if key_is_bad => line.auth(message),
            _ if reply.status.as_u16() == 402 => line.quota(message),
            // Billing is not set up, or the region is not served: another service may do.
            "FAILED_PRECONDITION" | "UNAUTHENTICATED" | "PERMISSION_DENIED" => line.auth(message),
            "INVALID_ARGUMENT" | "NOT_FOUND" | "OUT_OF_RANGE" => line.invalid(message),
            "RESOURCE_EXHAUSTED" => {
                let mut quotas = details.iter().flat_map(|detail| &detail.violations);
                if quotas.any(|violation| violation.quota_id.contains("PerDay")) {
                    return line.quota(message);
                }
                let delay = details.iter().find_map(|detail| detail.retry_delay.as_deref());
                match delay.and_then(crate::http::retry_after::span) {
                    Some(delay) => line.rate_limited(Some(delay)),
                    None => line.by_status(reply, message, effect),
                }
            }
            // Its own word for it: what it gave up on is not charged.
            "INTERNAL" | "UNAVAILABLE" | "DEADLINE_EXCEEDED" | "ABORTED" | "CANCELLED" => {
                line.unavailable(message)
            }
            _ => line.by_status(reply, message, effect),
        }
    }
}

/// What a call cost by the tokens it used: `per_token` of pictures and of words in dollars a million.
fn cost(card: &ModelCard, usage: Option<&Usage>, image_usd: Option<f64>, text_usd: f64) -> Option<MicroUsd> {
    let usage = usage?;
    let pictures: u64 = usage
        .candidates_tokens_details
        .iter()
        .filter(|count| count.modality == "IMAGE")
        .map(|count| count.token_count)
        .sum();
    if pictures > 0 && image_usd.is_none() {
        return None;
    }
    let words = usage.candidates_token_count.saturating_sub(pictures) + usage.thoughts_token_count;
    let micros = card.price.reading.0 as f64 / 1e6 * usage.prompt_token_count as f64
        + image_usd.unwrap_or_default() * pictures as f64
        + text_usd * words as f64;
    Some(MicroUsd(micros.ceil() as i64))
}

/// Why an answer holds nothing; `None` where its words do not forbid it.
fn refusal(line: &Line, response: &GenerateResponse) -> Option<ProviderError> {
    if let Some(feedback) = &response.prompt_feedback
        && let Some(reason) = &feedback.block_reason
    {
        let message = feedback.block_reason_message.as_deref().unwrap_or_default();
        return Some(line.refused(&format!("what was asked for: {reason} {message}")));
    }
    let candidate = response.candidates.first()?;
    let message = candidate.finish_message.as_deref().unwrap_or_default();
    let reason = candidate.finish_reason.as_deref()?;
    match reason {
        "IMAGE_SAFETY"
        | "IMAGE_PROHIBITED_CONTENT"
        | "PROHIBITED_CONTENT"
        | "SAFETY"
        | "BLOCKLIST"
        | "SPII"
        | "IMAGE_RECITATION"
        | "RECITATION" => Some(line.refused(&format!("what came of it: {reason} {message}"))),
        _ => None,
    }
}

/// An answer that ended without what was asked for.
fn nothing(line: &Line, response: &GenerateResponse) -> ProviderError {
    let candidate = response.candidates.first();
    let reason = candidate.and_then(|candidate| candidate.finish_reason.as_deref());
    match reason {
        Some("NO_IMAGE" | "IMAGE_OTHER" | "OTHER" | "MALFORMED_RESPONSE" | "MISSING_THOUGHT_SIGNATURE")
        | None => line.failed(reason.unwrap_or("the answer is empty")),
        Some("STOP") => line.failed("it answered in other words than asked for"),
        Some("MAX_TOKENS") => line.failed("the answer was cut off"),
        Some(other) => line.bad(&format!("`{other}` is no way to end that we know")),
    }
}

#[async_trait]
impl Service for Gemini {
    fn provider(&self) -> &str {
        self.line.provider()
    }

    async fn check_key(&self) -> Result<(), ProviderError> {
        self.models().await.map(drop)
    }

    async fn models(&self) -> Result<Option<Vec<String>>, ProviderError> {
        let reply = self.line.send(self.call(Method::GET, "models?pageSize=1000"), Effect::Asks).await?;
        if !reply.status.is_success() {
            return Err(self.error(&reply, Effect::Asks));
        }
        let list: ModelList = self.line.read(&reply, Effect::Asks)?;
        let id = |name: String| name.strip_prefix("models/").map_or(name.clone(), str::to_owned);
        Ok(Some(list.models.into_iter().map(|model| id(model.name)).collect()))
    }
}
