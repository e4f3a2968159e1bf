//! Stills with reference pictures, and edits.

use super::{Gemini, cost, nothing, refusal};
use crate::capability::{Answer, ImageModel, StillAnswer, StillRequest};
use crate::card::ModelCard;
use crate::edit::{EditModel, EditRequest};
use crate::error::ProviderError;
use crate::http::Effect;
use crate::http::line::Wanted;
use crate::jobs::{Jobs, Submission, Ticket};
use crate::picture::{self, Picture, PictureLimits};
use crate::prompt;
use crate::references::references;
use crate::wire::gemini::{Content, GenerateRequest, GenerateResponse, GenerationConfig, ImageConfig, Part};
use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use mv_core::Canvas;
use serde::Deserialize;

/// `options` of a model that draws.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct PictureOptions {
    /// `1K`, `2K` or `4K`; models of one size take none.
    size: Option<String>,
    /// Dollars a million.
    image_tokens_usd: Option<f64>,
    text_tokens_usd: f64,
}

#[derive(Debug)]
pub(crate) struct GeminiPictures {
    gemini: Gemini,
    card: ModelCard,
    options: PictureOptions,
}

impl GeminiPictures {
    pub(crate) fn new(gemini: Gemini, card: ModelCard, options: PictureOptions) -> Self {
        Self { gemini, card, options }
    }

    async fn draw(
        &self,
        prompt: String,
        pictures: &[Picture],
        canvas: Option<Canvas>,
        seed: u64,
    ) -> Result<Submission<StillAnswer>, ProviderError> {
        let mut parts = vec![Part::text(prompt)];
        parts.extend(pictures.iter().map(|picture| Part::data(picture.kind.mime(), picture.base64())));
        let image_config = ImageConfig {
            // Unsaid, an edit keeps the shape of its picture.
            aspect_ratio: canvas.map(nearest_ratio),
            image_size: self.options.size.clone(),
        };
        let request = GenerateRequest {
            contents: vec![Content { role: Some("user".into()), parts }],
            system_instruction: None,
            generation_config: GenerationConfig {
                response_modalities: vec!["IMAGE"],
                image_config: Some(image_config),
                seed: Some((seed & 0x7fff_ffff) as i32),
                ..GenerationConfig::default()
            },
        };
        let response = self.gemini.generate(&self.card.model, &request).await?;
        let cost = cost(
            &self.card,
            response.usage_metadata.as_ref(),
            self.options.image_tokens_usd,
            self.options.text_tokens_usd,
        );
        Ok(Submission::Ready(Answer { made: StillAnswer { bytes: self.picture(&response)? }, cost }))
    }

    /// The last picture that is not a thought.
    fn picture(&self, response: &GenerateResponse) -> Result<Vec<u8>, ProviderError> {
        let line = &self.gemini.line;
        if let Some(refused) = refusal(line, response) {
            return Err(refused);
        }
        let parts = response.candidates.first().and_then(|candidate| candidate.content.as_ref());
        let pictures = parts.into_iter().flat_map(|content| &content.parts).filter(|part| !part.thought);
        let mut data = pictures.filter_map(|part| part.inline_data.as_ref());
        let Some(blob) = data.rfind(|blob| blob.mime_type.starts_with("image/")) else {
            return Err(nothing(line, response));
        };
        let bytes = STANDARD.decode(blob.data.as_bytes());
        let bytes = bytes.map_err(|_| line.unusable("its picture is not Base64", Effect::Buys))?;
        line.check_file(&bytes, Wanted::Picture)
            .map_err(|_| line.unusable("its picture is no picture", Effect::Buys))?;
        Ok(bytes)
    }
}

/// Of the shapes that every model takes, the one nearest to the canvas.
fn nearest_ratio(canvas: Canvas) -> &'static str {
    const KNOWN: [(&str, f64); 10] = [
        ("1:1", 1.0),
        ("2:3", 2.0 / 3.0),
        ("3:2", 1.5),
        ("3:4", 0.75),
        ("4:3", 4.0 / 3.0),
        ("4:5", 0.8),
        ("5:4", 1.25),
        ("9:16", 9.0 / 16.0),
        ("16:9", 16.0 / 9.0),
        ("21:9", 21.0 / 9.0),
    ];
    let off = |ratio: f64| (ratio / canvas.ratio()).ln().abs();
    KNOWN.iter().min_by(|a, b| off(a.1).total_cmp(&off(b.1))).map_or("16:9", |known| known.0)
}

#[async_trait]
impl Jobs for GeminiPictures {
    fn provider(&self) -> &str {
        self.gemini.line.provider()
    }
}

#[async_trait]
impl ImageModel for GeminiPictures {
    fn card(&self) -> &ModelCard {
        &self.card
    }

    async fn submit(
        &self,
        request: &StillRequest,
        ticket: &Ticket<'_>,
    ) -> Result<Submission<StillAnswer>, ProviderError> {
        ticket.check()?;
        let line = &self.gemini.line;
        let (shown, pictures) =
            references(line, &request.cast, self.card.reference_images, PictureLimits::default())?;
        self.draw(prompt::still(request, &shown), &pictures, Some(request.canvas), request.scene.seed).await
    }
}

#[async_trait]
impl EditModel for GeminiPictures {
    fn card(&self) -> &ModelCard {
        &self.card
    }

    async fn submit(
        &self,
        request: &EditRequest,
        ticket: &Ticket<'_>,
    ) -> Result<Submission<StillAnswer>, ProviderError> {
        ticket.check()?;
        let line = &self.gemini.line;
        request.check().map_err(|error| line.invalid(&error.to_string()))?;
        let limits = PictureLimits::default();
        let base =
            picture::fit(&request.picture, limits).map_err(|error| line.invalid(&error.to_string()))?;
        let places = self.card.reference_images.saturating_sub(1);
        let (shown, mut pictures) = references(line, &request.cast, places, limits)?;
        pictures.insert(0, base);
        self.draw(prompt::edit(request, &shown), &pictures, None, request.seed).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_canvas_is_given_the_nearest_shape() {
        assert_eq!(nearest_ratio(Canvas::new(1920, 1080)), "16:9");
        assert_eq!(nearest_ratio(Canvas::new(854, 480)), "16:9");
        assert_eq!(nearest_ratio(Canvas::new(1080, 1920)), "9:16");
        assert_eq!(nearest_ratio(Canvas::new(1080, 1080)), "1:1");
    }
}
