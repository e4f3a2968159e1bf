//! Servers that speak the language of OpenAI, most of them one's own: images, words, transcription. They answer at once
//! and know no keys of ours; where they cost nothing, asking twice does no harm.

mod chat;
mod image;
mod transcription;

pub(crate) use chat::OpenaiChat;
pub(crate) use image::OpenaiImages;
pub(crate) use transcription::OpenaiTranscription;

use crate::card::ModelCard;
use crate::error::ProviderError;
use crate::http::line::secret_header;
use crate::http::{Effect, Line, Reply};
use crate::jobs::Service;
use crate::policy::tells_of_policy;
use crate::wire::openai::{ErrorBody, Models};
use async_trait::async_trait;
use reqwest::header::AUTHORIZATION;
use reqwest::{Method, RequestBuilder};
use secrecy::{ExposeSecret, SecretString};

#[derive(Clone, Debug)]
pub(crate) struct Openai {
    line: Line,
    key: SecretString,
}

impl Openai {
    pub(crate) fn new(line: Line, key: SecretString) -> Self {
        Self { line, key }
    }

    fn call(&self, method: Method, path: &str) -> RequestBuilder {
        let call = self.line.call(method, path);
        // Local servers want no key, and some mind an empty one.
        if self.key.expose_secret().is_empty() {
            return call;
        }
        match secret_header("Bearer ", &self.key) {
            Some(value) => call.header(AUTHORIZATION, value),
            None => call,
        }
    }

    fn error(&self, reply: &Reply, effect: Effect) -> ProviderError {
        let line = &self.line;
        let body: ErrorBody = reply.json().unwrap_or_default();
        let (code, message) = (body.code(), body.message());
        match (reply.status.as_u16(), code) {
            (_, "content_policy_violation" | "moderation_blocked") => line.refused(&message),
            (400, _) if tells_of_policy(&message) => line.refused(&message),
            (_, "insufficient_quota") => line.quota(&message),
            (404 | 405, _) if message.is_empty() => line.invalid("the server has nothing at this path"),
            _ => line.by_status(reply, &message, effect),
        }
    }

    async fn answer(&self, call: RequestBuilder, effect: Effect) -> Result<Reply, ProviderError> {
        let reply = self.line.send(call, effect).await?;
        if reply.status.is_success() { Ok(reply) } else { Err(self.error(&reply, effect)) }
    }
}

/// What asking twice would do.
fn effect(card: &ModelCard) -> Effect {
    if card.price.is_free() { Effect::Makes } else { Effect::Buys }
}

#[async_trait]
impl Service for Openai {
    fn provider(&self) -> &str {
        self.line.provider()
    }

    async fn check_key(&self) -> Result<(), ProviderError> {
        self.models().await.map(drop)
    }

    async fn models(&self) -> Result<Option<Vec<String>>, ProviderError> {
        let reply = self.answer(self.call(Method::GET, "models"), Effect::Asks).await?;
        let list: Models = self.line.read(&reply, Effect::Asks)?;
        Ok(Some(list.data.into_iter().map(|model| model.id).collect()))
    }
}
