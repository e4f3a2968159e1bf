//! Pictures by fal: Qwen-Image-Edit by instruction, in a masked part, and its text; any app that makes or edits stills.

use super::Fal;
use crate::capability::{Answer, ImageModel, StillAnswer, StillRequest};
use crate::card::ModelCard;
use crate::edit::{Change, EditModel, EditRequest, Focus};
use crate::error::ProviderError;
use crate::http::line::Wanted;
use crate::jobs::{JobId, JobState, Jobs, Notice, Submission, Ticket, Webhook, WebhookError};
use crate::picture::{self, Picture, PictureLimits};
use crate::prompt;
use crate::references::references;
use crate::wire::fal::ImagesResult;
use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use mv_core::Canvas;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// `options` of a model that makes stills.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct EditOptions {
    /// The field of the pictures: a list when its name ends in `s`.
    pictures: String,
    /// The app for pictures with a mask, which takes `image_url` and `mask_url`.
    inpaint: Option<String>,
    /// The app for stills that start from no picture, where it is another.
    from_nothing: Option<String>,
    extra: Map<String, Value>,
}

impl Default for EditOptions {
    fn default() -> Self {
        Self { pictures: "image_urls".to_owned(), inpaint: None, from_nothing: None, extra: Map::new() }
    }
}

#[derive(Debug)]
pub(crate) struct FalEdits {
    fal: Fal,
    card: ModelCard,
    options: EditOptions,
}

impl FalEdits {
    pub(crate) fn new(fal: Fal, card: ModelCard, options: EditOptions) -> Self {
        Self { fal, card, options }
    }

    fn input(&self, prompt: String, pictures: &[Picture], canvas: Canvas, seed: u64) -> Map<String, Value> {
        let mut input = self.options.extra.clone();
        input.insert("prompt".into(), prompt.into());
        input.insert("negative_prompt".into(), prompt::NEGATIVE.into());
        input.insert("seed".into(), (seed & 0x7fff_ffff).into());
        input.insert("num_images".into(), 1.into());
        input.insert("output_format".into(), "png".into());
        input.insert("image_size".into(), json!({"width": canvas.width, "height": canvas.height}));
        let uris: Vec<String> = pictures.iter().map(Picture::data_uri).collect();
        if self.options.pictures.ends_with('s') {
            input.insert(self.options.pictures.clone(), uris.into());
        } else if let Some(first) = uris.into_iter().next() {
            input.insert(self.options.pictures.clone(), first.into());
        }
        input
    }
}

/// Within what Qwen draws well: at most two megapixels, sides in steps of 8.
fn drawn_size(width: u32, height: u32) -> Canvas {
    let shrink = (2_097_152.0 / (f64::from(width) * f64::from(height))).sqrt().min(1.0);
    let side = |side: u32| (((f64::from(side) * shrink) / 8.0).round() * 8.0).max(64.0) as u32;
    Canvas::new(side(width), side(height))
}

#[async_trait]
impl Jobs for FalEdits {
    fn provider(&self) -> &str {
        self.fal.line.provider()
    }

    async fn poll(&self, job: &JobId) -> Result<JobState, ProviderError> {
        self.fal.state(job).await
    }

    async fn cancel(&self, job: &JobId) -> Result<(), ProviderError> {
        self.fal.stop(job).await
    }

    async fn hear(&self, webhook: &Webhook<'_>) -> Result<Notice, WebhookError> {
        let notice = self.fal.notice(&self.card.model, webhook).await?;
        // A webhook names the request and not the app: work with a mask went to another one.
        let Some(inpaint) = &self.options.inpaint else { return Ok(notice) };
        if matches!(self.fal.state(&notice.job).await, Err(ProviderError::JobLost { .. })) {
            return Ok(Notice { job: Fal::moved(inpaint, &notice.job), ..notice });
        }
        Ok(notice)
    }
}

impl FalEdits {
    async fn picture(&self, job: &JobId) -> Result<Answer<StillAnswer>, ProviderError> {
        let line = &self.fal.line;
        let result: ImagesResult = self.fal.result(job).await?;
        if result.has_nsfw_concepts.first() == Some(&true) {
            return Err(line.refused("what came of it was blacked out by its safety check"));
        }
        let file = result.images.into_iter().next().or(result.image);
        let file = file.ok_or_else(|| line.bad("the finished job has no picture"))?;
        let bytes = line.download(&file.url, Wanted::Picture).await?;
        Ok(Answer { made: StillAnswer { bytes }, cost: None })
    }
}

#[async_trait]
impl ImageModel for FalEdits {
    fn card(&self) -> &ModelCard {
        &self.card
    }

    async fn submit(
        &self,
        request: &StillRequest,
        ticket: &Ticket<'_>,
    ) -> Result<Submission<StillAnswer>, ProviderError> {
        let limits = PictureLimits::default();
        let (shown, pictures) =
            references(&self.fal.line, &request.cast, self.card.reference_images, limits)?;
        let canvas = drawn_size(request.canvas.width, request.canvas.height);
        let mut input = self.input(prompt::still(request, &shown), &pictures, canvas, request.scene.seed);
        let mut app = &self.card.model;
        if pictures.is_empty() {
            input.remove(&self.options.pictures);
            app = self.options.from_nothing.as_ref().unwrap_or(app);
        }
        Ok(Submission::Queued(self.fal.queue(app, &input, ticket).await?))
    }

    async fn fetch(&self, job: &JobId) -> Result<Answer<StillAnswer>, ProviderError> {
        self.picture(job).await
    }
}

#[async_trait]
impl EditModel for FalEdits {
    fn card(&self) -> &ModelCard {
        &self.card
    }

    async fn submit(
        &self,
        request: &EditRequest,
        ticket: &Ticket<'_>,
    ) -> Result<Submission<StillAnswer>, ProviderError> {
        let line = &self.fal.line;
        let invalid = |error: &dyn std::error::Error| line.invalid(&error.to_string());
        let limits = PictureLimits::default();
        let mask = request.mask_picture().map_err(|error| invalid(&error))?;
        let base = picture::fit(&request.picture, limits).map_err(|error| invalid(&error))?;
        let (width, height) = picture::dimensions(&request.picture).map_err(|error| invalid(&error))?;
        let canvas = drawn_size(width, height);
        let (app, input) = if let (Some(inpaint), Some(mask)) = (&self.options.inpaint, mask) {
            let mut input = self.input(prompt::edit(request, &[]), &[], canvas, request.seed);
            input.remove(&self.options.pictures);
            input.insert("image_url".into(), base.data_uri().into());
            input
                .insert("mask_url".into(), format!("data:image/png;base64,{}", STANDARD.encode(mask)).into());
            input.insert("strength".into(), strength(&request.change).into());
            (inpaint, input)
        } else {
            let places = self.card.reference_images.saturating_sub(1);
            let (shown, mut pictures) = references(line, &request.cast, places, limits)?;
            pictures.insert(0, base);
            (&self.card.model, self.input(prompt::edit(request, &shown), &pictures, canvas, request.seed))
        };
        Ok(Submission::Queued(self.fal.queue(app, &input, ticket).await?))
    }

    async fn fetch(&self, job: &JobId) -> Result<Answer<StillAnswer>, ProviderError> {
        self.picture(job).await
    }
}

/// How far the masked part may go from what it was.
fn strength(change: &Change) -> f64 {
    match change {
        Change::Instruction { focus: Focus::Semantic, .. } => 1.0,
        Change::Instruction { focus: Focus::Dual, .. } => 0.95,
        Change::Instruction { focus: Focus::Appearance, .. } | Change::Text(_) => 0.9,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_pictures_are_drawn_at_two_megapixels() {
        assert_eq!(drawn_size(640, 360), Canvas::new(640, 360));
        let large = drawn_size(3840, 2160);
        assert!(large.width * large.height <= 2_110_000 && large.width.is_multiple_of(8));
        assert!((large.ratio() - 16.0 / 9.0).abs() < 0.02);
    }
}
