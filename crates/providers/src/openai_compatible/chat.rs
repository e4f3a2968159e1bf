//! Words and described photos by `chat/completions`.

use super::{Openai, effect};
use crate::capability::{Answer, PhotoFacts, TextModel, TextRequest, VisionModel};
use crate::card::ModelCard;
use crate::error::ProviderError;
use crate::picture::{self, PictureLimits};
use crate::portrait;
use crate::wire::openai::{Chat, ChatAnswer, ImageUrl, Message, NamedSchema, Piece, ResponseFormat};
use async_trait::async_trait;
use reqwest::Method;
use serde::Deserialize;
use serde_json::Value;
use std::sync::Arc;

/// `options` of a model that writes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ChatOptions {
    /// The server holds the model to a schema. Others get the schema as words.
    schema: bool,
}

impl Default for ChatOptions {
    fn default() -> Self {
        Self { schema: true }
    }
}

#[derive(Debug)]
pub(crate) struct OpenaiChat {
    openai: Openai,
    card: ModelCard,
    options: ChatOptions,
}

impl OpenaiChat {
    pub(crate) fn new(openai: Openai, card: ModelCard, options: ChatOptions) -> Self {
        Self { openai, card, options }
    }

    async fn ask(
        &self,
        instructions: &str,
        pieces: Vec<Piece>,
        schema: Value,
    ) -> Result<Answer<Value>, ProviderError> {
        let line = &self.openai.line;
        let mut instructions = instructions.to_owned();
        let response_format = if self.options.schema {
            ResponseFormat::JsonSchema { json_schema: NamedSchema { name: "answer", strict: true, schema } }
        } else {
            instructions = format!("{instructions}\n\nAnswer with JSON alone, of this schema: {schema}");
            ResponseFormat::JsonObject
        };
        let body = Chat {
            model: self.card.model.clone(),
            messages: vec![
                Message { role: "system", content: vec![Piece::Text { text: instructions }] },
                Message { role: "user", content: pieces },
            ],
            response_format,
        };
        let effect = effect(&self.card);
        let call = self.openai.call(Method::POST, "chat/completions").json(&body);
        let reply = self.openai.answer(call, effect).await?;
        let answer: ChatAnswer = line.read(&reply, effect)?;
        let choice = answer.choices.into_iter().next().ok_or_else(|| line.failed("the answer is empty"))?;
        if let Some(refusal) = choice.message.refusal.filter(|refusal| !refusal.is_empty()) {
            return Err(line.refused(&refusal));
        }
        let made =
            choice.message.content.as_deref().and_then(|text| serde_json::from_str(unfenced(text)).ok());
        let made = made.ok_or_else(|| match choice.finish_reason.as_deref() {
            Some("content_filter") => line.refused("its content filter"),
            Some("length") => line.failed("the answer was cut off"),
            _ => line.failed("it answered in other words than asked for"),
        })?;
        let cost =
            answer.usage.map(|usage| self.card.estimate_tokens(usage.prompt_tokens, usage.completion_tokens));
        Ok(Answer { made, cost })
    }
}

/// Small models wrap JSON the way they saw it in documents.
fn unfenced(text: &str) -> &str {
    let text = text.trim();
    let inner = text.strip_prefix("```json").or_else(|| text.strip_prefix("```"));
    inner.and_then(|inner| inner.strip_suffix("```")).map_or(text, str::trim)
}

#[async_trait]
impl VisionModel for OpenaiChat {
    fn card(&self) -> &ModelCard {
        &self.card
    }

    async fn describe(&self, photos: &[Arc<[u8]>]) -> Result<Answer<PhotoFacts>, ProviderError> {
        let line = &self.openai.line;
        let mut pieces = vec![Piece::Text { text: portrait::QUESTION.to_owned() }];
        for photo in photos {
            let limits = PictureLimits { longest: 1536, ..PictureLimits::default() };
            let fitted = picture::fit(photo, limits).map_err(|error| line.invalid(&error.to_string()))?;
            pieces.push(Piece::ImageUrl { image_url: ImageUrl { url: fitted.data_uri() } });
        }
        let answer = self.ask(portrait::INSTRUCTIONS, pieces, portrait::schema()).await?;
        let made = portrait::read(answer.made).map_err(|detail| line.failed(&detail))?;
        Ok(Answer { made, cost: answer.cost })
    }
}

#[async_trait]
impl TextModel for OpenaiChat {
    fn card(&self) -> &ModelCard {
        &self.card
    }

    async fn write(&self, request: &TextRequest) -> Result<Answer<Value>, ProviderError> {
        let pieces = vec![Piece::Text { text: request.material.clone() }];
        self.ask(&request.instructions, pieces, request.schema.clone()).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fences_are_taken_off() {
        assert_eq!(unfenced("```json\n{\"a\": 1}\n```"), "{\"a\": 1}");
        assert_eq!(unfenced(" {\"a\": 1} "), "{\"a\": 1}");
        assert_eq!(unfenced("``` {} ```"), "{}");
    }
}
