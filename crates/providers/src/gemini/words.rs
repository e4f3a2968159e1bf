//! Photos described, and words in a given shape.

use super::{Gemini, cost, nothing, refusal};
use crate::capability::{Answer, PhotoFacts, TextModel, TextRequest, VisionModel};
use crate::card::ModelCard;
use crate::error::ProviderError;
use crate::picture::{self, PictureLimits};
use crate::portrait;
use crate::wire::gemini::{Content, GenerateRequest, GenerationConfig, Part};
use async_trait::async_trait;
use serde_json::Value;
use std::sync::Arc;

#[derive(Debug)]
pub(crate) struct GeminiWords {
    gemini: Gemini,
    card: ModelCard,
}

impl GeminiWords {
    pub(crate) fn new(gemini: Gemini, card: ModelCard) -> Self {
        Self { gemini, card }
    }

    async fn ask(
        &self,
        instructions: &str,
        parts: Vec<Part>,
        schema: Value,
    ) -> Result<Answer<Value>, ProviderError> {
        let request = GenerateRequest {
            contents: vec![Content { role: Some("user".into()), parts }],
            system_instruction: Some(Content { role: None, parts: vec![Part::text(instructions)] }),
            generation_config: GenerationConfig {
                response_mime_type: Some("application/json"),
                response_json_schema: Some(schema),
                ..GenerationConfig::default()
            },
        };
        let response = self.gemini.generate(&self.card.model, &request).await?;
        let line = &self.gemini.line;
        if let Some(refused) = refusal(line, &response) {
            return Err(refused);
        }
        let content = response.candidates.first().and_then(|candidate| candidate.content.as_ref());
        let parts = content.into_iter().flat_map(|content| &content.parts).filter(|part| !part.thought);
        let text: String = parts.filter_map(|part| part.text.as_deref()).collect();
        if text.trim().is_empty() {
            return Err(nothing(line, &response));
        }
        let made = serde_json::from_str(&text).map_err(|_| nothing(line, &response))?;
        let text_usd = self.card.price.per_unit.0 as f64 / 1e6;
        Ok(Answer { made, cost: cost(&self.card, response.usage_metadata.as_ref(), None, text_usd) })
    }
}

#[async_trait]
impl VisionModel for GeminiWords {
    fn card(&self) -> &ModelCard {
        &self.card
    }

    async fn describe(&self, photos: &[Arc<[u8]>]) -> Result<Answer<PhotoFacts>, ProviderError> {
        let line = &self.gemini.line;
        let mut parts = Vec::new();
        for photo in photos {
            let limits = PictureLimits { longest: 2048, ..PictureLimits::default() };
            let fitted = picture::fit(photo, limits).map_err(|error| line.invalid(&error.to_string()))?;
            parts.push(Part::data(fitted.kind.mime(), fitted.base64()));
        }
        parts.push(Part::text(portrait::QUESTION));
        let answer = self.ask(portrait::INSTRUCTIONS, parts, portrait::schema()).await?;
        let made = portrait::read(answer.made).map_err(|detail| line.failed(&detail))?;
        Ok(Answer { made, cost: answer.cost })
    }
}

#[async_trait]
impl TextModel for GeminiWords {
    fn card(&self) -> &ModelCard {
        &self.card
    }

    async fn write(&self, request: &TextRequest) -> Result<Answer<Value>, ProviderError> {
        self.ask(&request.instructions, vec![Part::text(&request.material)], request.schema.clone()).await
    }
}
