//! Clips: `POST /v2/videos`, polled until done.

use super::Together;
use crate::capability::{Answer, ClipAnswer, ClipModel, ClipRequest};
use crate::card::ModelCard;
use crate::error::ProviderError;
use crate::http::Effect;
use crate::http::line::Wanted;
use crate::jobs::{JobId, JobState, Jobs, Submission, Ticket};
use crate::path::segment;
use crate::picture::{self, PictureLimits};
use crate::policy::tells_of_policy;
use crate::prompt::{self, InWords};
use crate::wire::together::{CreateVideo, FrameImage, Media, VideoJob};
use async_trait::async_trait;
use mv_core::units::{Aspect, MicroUsd, Resolution};
use reqwest::Method;
use serde::Deserialize;
use serde_json::Value;

/// `options` of a model that makes clips.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ClipOptions {
    sizing: Sizing,
    negative_prompt: bool,
}

/// How a model is told its size.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Sizing {
    /// `resolution` and `ratio`: Wan 2.7 and newer.
    Resolution,
    /// `width` and `height`.
    #[default]
    Pixels,
}

#[derive(Debug)]
pub(crate) struct TogetherClips {
    together: Together,
    card: ModelCard,
    options: ClipOptions,
}

impl TogetherClips {
    pub(crate) fn new(together: Together, card: ModelCard, options: ClipOptions) -> Self {
        Self { together, card, options }
    }

    async fn job(&self, job: &JobId) -> Result<VideoJob, ProviderError> {
        let line = &self.together.line;
        let call = self.together.call(Method::GET, &format!("v2/videos/{}", segment(&job.0)));
        let reply = line.send(call, Effect::Asks).await?;
        match reply.status.as_u16() {
            200..=299 => line.read(&reply, Effect::Asks),
            404 => Err(line.lost(&job.0)),
            _ => Err(self.together.error(&reply, Effect::Asks)),
        }
    }
}

/// The answer's error, in one of the shapes it had over time.
fn words(job: &VideoJob) -> String {
    let of = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        other => other["message"].as_str().map(str::to_owned),
    };
    let older = || {
        job.info.as_ref().and_then(|info| info.errors.as_ref()).map(|errors| match errors.as_array() {
            Some(errors) => errors.iter().filter_map(of).collect::<Vec<_>>().join("; "),
            None => of(errors).unwrap_or_default(),
        })
    };
    job.error.as_ref().and_then(of).or_else(older).unwrap_or_default()
}

#[async_trait]
impl Jobs for TogetherClips {
    fn provider(&self) -> &str {
        self.together.line.provider()
    }

    async fn poll(&self, job: &JobId) -> Result<JobState, ProviderError> {
        let line = &self.together.line;
        let state = self.job(job).await?;
        let cost = state.outputs.as_ref().and_then(|outputs| outputs.cost).map(MicroUsd::from_dollars);
        Ok(match state.status.as_str() {
            "queued" => JobState::Waiting,
            "in_progress" => JobState::Running { progress: None },
            "completed" => JobState::Done,
            "failed" => {
                let words = words(&state);
                let error = if tells_of_policy(&words) { line.refused(&words) } else { line.failed(&words) };
                JobState::Failed { error, cost }
            }
            "cancelled" => JobState::Failed { error: ProviderError::Cancelled, cost },
            other => return Err(line.bad(&format!("`{other}` is no state that we know"))),
        })
    }

    async fn cancel(&self, _job: &JobId) -> Result<(), ProviderError> {
        Err(self.together.line.invalid("its jobs cannot be cancelled"))
    }
}

#[async_trait]
impl ClipModel for TogetherClips {
    fn card(&self) -> &ModelCard {
        &self.card
    }

    async fn submit(
        &self,
        request: &ClipRequest,
        ticket: &Ticket<'_>,
    ) -> Result<Submission<ClipAnswer>, ProviderError> {
        ticket.check()?;
        let line = &self.together.line;
        let seconds = self.card.length(request.seconds()).map_err(|detail| line.invalid(&detail))?;
        let media = match &request.first_frame {
            Some(frame) => {
                let fitted = picture::fit(frame, PictureLimits::default());
                let fitted = fitted.map_err(|error| line.invalid(&error.to_string()))?;
                Some(Media {
                    frame_images: vec![FrameImage { input_image: fitted.data_uri(), frame: "first" }],
                })
            }
            None => None,
        };
        let aspect = self.card.aspect(request.still.canvas).map_err(|detail| line.invalid(&detail))?;
        let by_name = self.options.sizing == Sizing::Resolution;
        let (width, height) = pixels(aspect, self.card.largest);
        let body = CreateVideo {
            model: self.card.model.clone(),
            prompt: prompt::clip(request, InWords::Yes, InWords::Yes),
            seconds: format!("{seconds}"),
            resolution: by_name.then(|| self.card.largest.to_string()),
            ratio: by_name.then(|| aspect.to_string()),
            width: (!by_name).then_some(width),
            height: (!by_name).then_some(height),
            seed: (request.still.scene.seed & 0x7fff_ffff) as u32,
            negative_prompt: self.options.negative_prompt.then_some(prompt::NEGATIVE),
            output_format: "MP4",
            media,
        };
        let reply =
            line.send(self.together.call(Method::POST, "v2/videos").json(&body), Effect::Buys).await?;
        if !reply.status.is_success() {
            return Err(self.together.error(&reply, Effect::Buys));
        }
        let job: VideoJob = line.read(&reply, Effect::Buys)?;
        if job.id.is_empty() {
            return Err(line.unconfirmed("the job has no id"));
        }
        Ok(Submission::Queued(JobId(job.id)))
    }

    async fn fetch(&self, job: &JobId) -> Result<Answer<ClipAnswer>, ProviderError> {
        let line = &self.together.line;
        // The link is short-lived, so it is asked for each time.
        let state = self.job(job).await?;
        let outputs = state.outputs.filter(|_| state.status == "completed");
        let outputs = outputs.ok_or_else(|| line.bad("the job is not done"))?;
        let url = outputs.video_url.as_deref().ok_or_else(|| line.bad("the finished job has no video"))?;
        let bytes = line.download(url, Wanted::Clip).await?;
        Ok(Answer { made: ClipAnswer::File(bytes), cost: outputs.cost.map(MicroUsd::from_dollars) })
    }
}

fn pixels(aspect: Aspect, resolution: Resolution) -> (u32, u32) {
    let canvas = mv_core::Canvas::of(aspect, resolution);
    // 480p is 854 wide, which no model takes.
    (canvas.width / 8 * 8, canvas.height / 8 * 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_read_in_all_its_shapes() {
        let read = |json: &str| words(&serde_json::from_str::<VideoJob>(json).unwrap());
        assert_eq!(
            read(r#"{"id":"1","status":"failed","error":{"message":"no frames","code":"x"}}"#),
            "no frames"
        );
        assert_eq!(read(r#"{"id":"1","status":"failed","error":"no frames"}"#), "no frames");
        assert_eq!(read(r#"{"id":"1","status":"failed","info":{"errors":[{"message":"a"},"b"]}}"#), "a; b");
        assert_eq!(read(r#"{"id":"1","status":"failed"}"#), "");
    }
}
