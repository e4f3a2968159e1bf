//! Clips by fal: each app names its fields its own way.

use super::Fal;
use crate::capability::{Answer, ClipAnswer, ClipModel, ClipRequest};
use crate::card::ModelCard;
use crate::error::ProviderError;
use crate::http::line::Wanted;
use crate::jobs::{JobId, JobState, Jobs, Notice, Submission, Ticket, Webhook, WebhookError};
use crate::picture::{self, PictureLimits};
use crate::prompt::{self, InWords};
use crate::wire::fal::VideoResult;
use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Map, Value};

/// `options` of a model that makes clips: how its app names things.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ClipOptions {
    /// The field of the first picture: `image_url`, or `start_image_url` in newer apps.
    picture: String,
    resolution: Option<String>,
    /// It takes `cfg_scale`.
    guidance: bool,
    seed: bool,
    negative_prompt: bool,
    /// Fields that are always sent.
    extra: Map<String, Value>,
}

impl Default for ClipOptions {
    fn default() -> Self {
        Self {
            picture: "image_url".to_owned(),
            resolution: None,
            guidance: false,
            seed: true,
            negative_prompt: true,
            extra: Map::new(),
        }
    }
}

#[derive(Debug)]
pub(crate) struct FalClips {
    fal: Fal,
    card: ModelCard,
    options: ClipOptions,
}

impl FalClips {
    pub(crate) fn new(fal: Fal, mut card: ModelCard, options: ClipOptions) -> Self {
        card.seed = options.seed;
        Self { fal, card, options }
    }

    fn input(&self, request: &ClipRequest) -> Result<Map<String, Value>, ProviderError> {
        let line = &self.fal.line;
        let seconds = self.card.length(request.seconds()).map_err(|detail| line.invalid(&detail))?;
        let frame = request.first_frame.as_ref();
        let frame = frame.ok_or_else(|| line.invalid("it makes clips of a still, and there is none"))?;
        let limits = PictureLimits { shortest: 300, ratio: 2.5, ..PictureLimits::default() };
        let frame = picture::fit(frame, limits).map_err(|error| line.invalid(&error.to_string()))?;
        let mut input = self.options.extra.clone();
        input.insert(self.options.picture.clone(), frame.data_uri().into());
        input.insert("prompt".into(), prompt::clip(request, InWords::Yes, InWords::Yes).into());
        input.insert("duration".into(), format!("{seconds}").into());
        if self.options.negative_prompt {
            input.insert("negative_prompt".into(), prompt::NEGATIVE.into());
        }
        if self.options.seed {
            input.insert("seed".into(), (request.still.scene.seed & 0x7fff_ffff).into());
        }
        if self.options.guidance {
            input.insert("cfg_scale".into(), prompt::adherence(request.motion).into());
        }
        if let Some(resolution) = &self.options.resolution {
            input.insert("resolution".into(), resolution.clone().into());
        }
        Ok(input)
    }
}

#[async_trait]
impl Jobs for FalClips {
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
        self.fal.notice(&self.card.model, webhook).await
    }
}

#[async_trait]
impl ClipModel for FalClips {
    fn card(&self) -> &ModelCard {
        &self.card
    }

    async fn submit(
        &self,
        request: &ClipRequest,
        ticket: &Ticket<'_>,
    ) -> Result<Submission<ClipAnswer>, ProviderError> {
        let input = self.input(request)?;
        Ok(Submission::Queued(self.fal.queue(&self.card.model, &input, ticket).await?))
    }

    async fn fetch(&self, job: &JobId) -> Result<Answer<ClipAnswer>, ProviderError> {
        let result: VideoResult = self.fal.result(job).await?;
        let bytes = self.fal.line.download(&result.video.url, Wanted::Clip).await?;
        Ok(Answer { made: ClipAnswer::File(bytes), cost: None })
    }
}
