//! Clips of a still: `POST /v1/image_to_video`.

use super::Runway;
use crate::capability::{Answer, ClipAnswer, ClipModel, ClipRequest};
use crate::card::ModelCard;
use crate::error::ProviderError;
use crate::http::line::Wanted;
use crate::jobs::{JobId, JobState, Jobs, Submission, Ticket};
use crate::picture::{self, PictureLimits};
use crate::prompt::{self, InWords};
use crate::wire::runway::ImageToVideo;
use async_trait::async_trait;
use mv_core::units::Aspect;
use serde::Deserialize;

/// The longest prompt, in UTF-16 units.
pub(super) const PROMPT: usize = 1000;
/// What fits into a data URI of 5 MB.
pub(super) const PICTURE: PictureLimits =
    PictureLimits { bytes: 3_600_000, longest: 4096, shortest: 64, ratio: 2.4 };

/// `options` of a model.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ClipOptions {
    /// It takes a ratio; others follow their picture.
    ratio: bool,
    seed: bool,
}

impl Default for ClipOptions {
    fn default() -> Self {
        Self { ratio: true, seed: true }
    }
}

#[derive(Debug)]
pub(crate) struct RunwayClips {
    runway: Runway,
    card: ModelCard,
    options: ClipOptions,
}

impl RunwayClips {
    pub(crate) fn new(runway: Runway, mut card: ModelCard, options: ClipOptions) -> Self {
        card.seed = options.seed;
        Self { runway, card, options }
    }
}

/// A prompt that Runway counts as short enough: characters beyond the first plane count twice.
pub(super) fn short(text: &str) -> String {
    let wide = text.chars().filter(|c| c.len_utf16() == 2).count();
    prompt::within(text, PROMPT.saturating_sub(wide))
}

/// Ratios are pairs of pixels.
fn ratio(aspect: Aspect) -> &'static str {
    match aspect {
        Aspect::Wide => "1280:720",
        Aspect::Tall => "720:1280",
        Aspect::Square => "960:960",
    }
}

#[async_trait]
impl Jobs for RunwayClips {
    fn provider(&self) -> &str {
        self.runway.line.provider()
    }

    async fn poll(&self, job: &JobId) -> Result<JobState, ProviderError> {
        self.runway.state(job).await
    }

    async fn cancel(&self, job: &JobId) -> Result<(), ProviderError> {
        self.runway.stop(job).await
    }
}

#[async_trait]
impl ClipModel for RunwayClips {
    fn card(&self) -> &ModelCard {
        &self.card
    }

    async fn submit(
        &self,
        request: &ClipRequest,
        ticket: &Ticket<'_>,
    ) -> Result<Submission<ClipAnswer>, ProviderError> {
        ticket.check()?;
        let line = &self.runway.line;
        let seconds = self.card.length(request.seconds()).map_err(|detail| line.invalid(&detail))?;
        let aspect = self.card.aspect(request.still.canvas).map_err(|detail| line.invalid(&detail))?;
        let frame = request.first_frame.as_ref();
        let frame = frame.ok_or_else(|| line.invalid("it makes clips of a still, and there is none"))?;
        let frame = picture::fit(frame, PICTURE).map_err(|error| line.invalid(&error.to_string()))?;
        let body = ImageToVideo {
            model: &self.card.model,
            prompt_image: frame.data_uri(),
            prompt_text: short(&prompt::clip(request, InWords::Yes, InWords::Yes)),
            ratio: self.options.ratio.then(|| ratio(aspect)),
            duration: seconds.ceil() as u32,
            seed: self.options.seed.then_some((request.still.scene.seed & 0xffff_ffff) as u32),
        };
        Ok(Submission::Queued(self.runway.create("v1/image_to_video", &body).await?))
    }

    async fn fetch(&self, job: &JobId) -> Result<Answer<ClipAnswer>, ProviderError> {
        let (url, cost) = self.runway.output(job).await?;
        let bytes = self.runway.line.download(&url, Wanted::Clip).await?;
        Ok(Answer { made: ClipAnswer::File(bytes), cost })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prompt_is_counted_as_runway_counts() {
        let units = |text: &str| text.encode_utf16().count();
        assert_eq!(short("neon rain"), "neon rain");
        assert!(units(&short(&"비 내리는 옥상 ".repeat(200))) <= PROMPT);
        assert!(units(&short(&"🌧 rain ".repeat(300))) <= PROMPT);
    }
}
