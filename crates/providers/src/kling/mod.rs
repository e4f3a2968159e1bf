//! Kling itself. Our key goes along as `external_task_id`, unique for an account: a second submission with it is refused,
//! and work whose answer was lost is asked for by it.

mod task;
mod token;

use crate::capability::{Answer, ClipAnswer, ClipModel, ClipRequest};
use crate::card::ModelCard;
use crate::error::ProviderError;
use crate::http::line::{Wanted, secret_header};
use crate::http::{Effect, Line, Reply};
use crate::jobs::{Found, JobId, JobState, Jobs, Notice, Service, Submission, Ticket, Webhook, WebhookError};
use crate::path::segment;
use crate::picture::{self, PictureLimits};
use crate::policy::tells_of_policy;
use crate::prompt::{self, InWords, Speed};
use crate::wire::kling::{
    CameraConfig, CameraControl, Content2, Create2, Envelope, ImageToVideo, Options2, Settings2, Task1,
    Task2, WatermarkInfo,
};
use async_trait::async_trait;
use mv_core::units::MicroUsd;
use mv_core::vocabulary::CameraMove;
use reqwest::header::AUTHORIZATION;
use reqwest::{Method, RequestBuilder};
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::Value;
use task::{State, Task};

/// The longest prompt it takes.
const PROMPT: usize = 2500;

#[derive(Clone, Debug)]
pub(crate) struct Kling {
    line: Line,
    /// An API key, or `ACCESS:SECRET`.
    key: SecretString,
}

impl Kling {
    pub(crate) fn new(line: Line, key: SecretString) -> Self {
        Self { line, key }
    }

    fn call(&self, method: Method, path: &str) -> RequestBuilder {
        let call = self.line.call(method, path);
        let bearer = token::bearer(&self.key, self.line.door().clock().now());
        match secret_header("Bearer ", &bearer) {
            Some(value) => call.header(AUTHORIZATION, value),
            None => call,
        }
    }

    /// The status alone says little here: running out of money is a 429.
    fn error(&self, reply: &Reply, effect: Effect) -> ProviderError {
        let line = &self.line;
        let Some(Envelope { code, message, .. }) = reply.json::<Envelope<Value>>() else {
            return line.by_status(reply, "", effect);
        };
        match code {
            1000..=1004 | 1100 | 1103 | 1304 => line.auth(&message),
            1101 | 1102 => line.quota(&message),
            1200..=1203 => line.invalid(&message),
            1300 | 1301 => line.refused(&message),
            1302 | 1303 => line.slow_down(reply),
            // Something behind it gave up waiting: the work may be there.
            5002 if effect == Effect::Buys => line.unconfirmed(&message),
            5000..=5002 => line.unavailable(&message),
            0 => line.by_status(reply, &message, effect),
            other => line.by_status(reply, &format!("code {other}: {message}"), effect),
        }
    }
}

#[async_trait]
impl Service for Kling {
    fn provider(&self) -> &str {
        self.line.provider()
    }

    /// Asks what was spent in the last minute.
    async fn check_key(&self) -> Result<(), ProviderError> {
        let now = self.line.door().clock().now().timestamp_millis();
        let path = format!("account/costs?start_time={}&end_time={now}", now - 60_000);
        let reply = self.line.send(self.call(Method::GET, &path), Effect::Asks).await?;
        match reply.json::<Envelope<Value>>() {
            Some(Envelope { code: 0, .. }) if reply.status.is_success() => Ok(()),
            _ => Err(self.error(&reply, Effect::Asks)),
        }
    }

    async fn models(&self) -> Result<Option<Vec<String>>, ProviderError> {
        Ok(None)
    }
}

/// Which of its two APIs a model is at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "u8")]
enum Api {
    #[default]
    First,
    Second,
}

impl TryFrom<u8> for Api {
    type Error = String;

    fn try_from(number: u8) -> Result<Self, String> {
        match number {
            1 => Ok(Self::First),
            2 => Ok(Self::Second),
            _ => Err(format!("`{number}` is no API of Kling: choose 1 or 2")),
        }
    }
}

/// `options` of a model.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct KlingOptions {
    api: Api,
    /// `std` or `pro`, for models that have both.
    mode: Option<String>,
    /// It takes the camera as a field: the first family alone.
    camera_control: bool,
    cfg_scale: bool,
    /// What a unit of a resource pack costs in dollars.
    unit_usd: f64,
}

impl Default for KlingOptions {
    fn default() -> Self {
        Self { api: Api::First, mode: None, camera_control: false, cfg_scale: false, unit_usd: 0.14 }
    }
}

#[derive(Debug)]
pub(crate) struct KlingClips {
    kling: Kling,
    card: ModelCard,
    options: KlingOptions,
}

impl KlingClips {
    pub(crate) fn new(kling: Kling, card: ModelCard, options: KlingOptions) -> Self {
        Self { kling, card, options }
    }

    /// A task by its own id or by ours; `None` when Kling knows none.
    async fn task(&self, id: &str, ours: bool) -> Result<Option<Task>, ProviderError> {
        let line = &self.kling.line;
        let id = segment(id);
        let path = match (self.options.api, ours) {
            // Either id may stand in the path.
            (Api::First, _) => format!("v1/videos/image2video/{id}"),
            (Api::Second, false) => format!("tasks?task_ids={id}"),
            (Api::Second, true) => format!("tasks?external_task_ids={id}"),
        };
        let reply = line.send(self.kling.call(Method::GET, &path), Effect::Asks).await?;
        let code = reply.json::<Envelope<Value>>().map(|envelope| envelope.code);
        match (code, reply.status.as_u16()) {
            // Whoever says this, it is no proof that work may be submitted again.
            (None, 404) if ours => return Err(line.bad("it answers 404 without a code of its own")),
            (Some(1203), _) | (None, 404) => return Ok(None),
            _ => {}
        }
        if !reply.status.is_success() || code.is_some_and(|code| code != 0) {
            return Err(self.kling.error(&reply, Effect::Asks));
        }
        Ok(match self.options.api {
            Api::First => line.read::<Envelope<Task1>>(&reply, Effect::Asks)?.data.map(Task::from),
            Api::Second => {
                let tasks = line.read::<Envelope<Vec<Task2>>>(&reply, Effect::Asks)?.data.unwrap_or_default();
                tasks.into_iter().next().map(Task::from)
            }
        })
    }

    async fn known(&self, job: &JobId) -> Result<Task, ProviderError> {
        self.task(&job.0, false).await?.ok_or_else(|| self.kling.line.lost(&job.0))
    }

    fn cost(&self, task: &Task) -> Option<MicroUsd> {
        let units = task.units.map(|units| units * self.options.unit_usd);
        units.or(task.dollars).map(MicroUsd::from_dollars)
    }

    fn body(&self, request: &ClipRequest, ticket: &Ticket<'_>) -> Result<Value, ProviderError> {
        let line = &self.kling.line;
        let seconds = self.card.length(request.seconds()).map_err(|detail| line.invalid(&detail))?;
        let frame = request.first_frame.as_ref();
        let frame = frame.ok_or_else(|| line.invalid("it makes clips of a still, and there is none"))?;
        let limits = PictureLimits { bytes: 7 * 1024 * 1024, longest: 4096, shortest: 300, ratio: 2.5 };
        let frame = picture::fit(frame, limits).map_err(|error| line.invalid(&error.to_string()))?;
        let scene = &request.still.scene;
        let camera = if self.options.camera_control {
            camera_control(scene.camera, Speed::of(scene.intensity))
        } else {
            None
        };
        let in_words = if camera.is_some() { InWords::No } else { InWords::Yes };
        let prompt = prompt::within(&prompt::clip(request, in_words, InWords::Yes), PROMPT);
        let body = match self.options.api {
            Api::First => serde_json::to_value(ImageToVideo {
                model_name: &self.card.model,
                mode: self.options.mode.as_deref(),
                duration: format!("{seconds}"),
                image: frame.base64(),
                prompt,
                negative_prompt: prompt::NEGATIVE,
                cfg_scale: self.options.cfg_scale.then(|| prompt::adherence(request.motion)),
                camera_control: camera,
                callback_url: ticket.callback,
                external_task_id: ticket.key,
            }),
            Api::Second => serde_json::to_value(Create2 {
                contents: vec![
                    Content2::Prompt { text: prompt },
                    Content2::FirstFrame { url: frame.base64() },
                ],
                settings: Settings2 {
                    resolution: self.card.largest.to_string(),
                    duration: seconds.ceil() as u32,
                },
                options: Options2 {
                    callback_url: ticket.callback,
                    external_task_id: ticket.key,
                    watermark_info: WatermarkInfo { enabled: false },
                },
            }),
        };
        body.map_err(|error| line.invalid(&error.to_string()))
    }
}

/// The camera as Kling's first family takes it; `None` for what it has no word for.
fn camera_control(camera: CameraMove, speed: Speed) -> Option<CameraControl> {
    let much = match speed {
        Speed::Slow => 3.0,
        Speed::Medium => 5.0,
        Speed::Fast => 8.0,
    };
    let config = match camera {
        CameraMove::PushIn => CameraConfig::Zoom(much),
        CameraMove::PullOut => CameraConfig::Zoom(-much),
        CameraMove::PanLeft => CameraConfig::Pan(-much),
        CameraMove::PanRight => CameraConfig::Pan(much),
        CameraMove::TiltUp => CameraConfig::Tilt(much),
        CameraMove::TiltDown => CameraConfig::Tilt(-much),
        CameraMove::TrackLeft => CameraConfig::Horizontal(-much),
        CameraMove::TrackRight => CameraConfig::Horizontal(much),
        CameraMove::CraneUp => CameraConfig::Vertical(much),
        CameraMove::Static | CameraMove::Orbit | CameraMove::Handheld => return None,
    };
    Some(CameraControl { kind: "simple", config: Some(config) })
}

#[async_trait]
impl Jobs for KlingClips {
    fn provider(&self) -> &str {
        self.kling.line.provider()
    }

    async fn poll(&self, job: &JobId) -> Result<JobState, ProviderError> {
        let line = &self.kling.line;
        let task = self.known(job).await?;
        let cost = self.cost(&task);
        Ok(match task.state {
            State::Submitted => JobState::Waiting,
            State::Processing => JobState::Running { progress: None },
            State::Done => JobState::Done,
            State::Failed => {
                let words = &task.message;
                let error = if tells_of_policy(words) { line.refused(words) } else { line.failed(words) };
                // What failed is not charged, whatever the answer leaves out.
                JobState::Failed { error, cost: cost.or(Some(MicroUsd::ZERO)) }
            }
            State::Unknown(word) => return Err(line.bad(&format!("`{word}` is no state that we know"))),
        })
    }

    async fn cancel(&self, _job: &JobId) -> Result<(), ProviderError> {
        Err(self.kling.line.invalid("its jobs cannot be cancelled"))
    }

    async fn find(&self, key: &str) -> Result<Found, ProviderError> {
        Ok(match self.task(key, true).await? {
            Some(task) => Found::TakenIn(JobId(task.id)),
            None => Found::NotTakenIn,
        })
    }

    /// Kling signs nothing: a webhook is a reason to ask, and what is asked for is what is believed.
    async fn hear(&self, webhook: &Webhook<'_>) -> Result<Notice, WebhookError> {
        let said: Value = serde_json::from_slice(webhook.body)
            .map_err(|error| WebhookError::Malformed(error.to_string()))?;
        let told = if said["data"].is_object() { &said["data"] } else { &said };
        let id = told["task_id"].as_str().or(told["id"].as_str()).unwrap_or_default();
        if id.is_empty() || id.len() > 128 {
            return Err(WebhookError::Malformed("it names no task".to_owned()));
        }
        let task = self.task(id, false).await?.ok_or_else(|| WebhookError::Forged {
            provider: self.card.provider.clone(),
            detail: "there is no such task".to_owned(),
        })?;
        let delivery = format!("{}:{}", task.id, task.state.word());
        Ok(Notice { job: JobId(task.id), key: task.key, delivery })
    }
}

#[async_trait]
impl ClipModel for KlingClips {
    fn card(&self) -> &ModelCard {
        &self.card
    }

    async fn submit(
        &self,
        request: &ClipRequest,
        ticket: &Ticket<'_>,
    ) -> Result<Submission<ClipAnswer>, ProviderError> {
        ticket.check()?;
        let line = &self.kling.line;
        let path = match self.options.api {
            Api::First => "v1/videos/image2video".to_owned(),
            Api::Second => format!("image-to-video/{}", segment(&self.card.model)),
        };
        let call = self.kling.call(Method::POST, &path).json(&self.body(request, ticket)?);
        let reply = line.send(call, Effect::Buys).await?;
        let envelope = reply.json::<Envelope<Value>>();
        let Some(Envelope { code: 0, data: Some(data), .. }) = envelope.filter(|_| reply.status.is_success())
        else {
            if reply.status.is_success()
                && reply.json::<Envelope<Value>>().is_none_or(|envelope| envelope.code == 0)
            {
                return Err(line.unconfirmed("it took the work in without naming it"));
            }
            let error = self.kling.error(&reply, Effect::Buys);
            // "external_task_id already exists": an earlier submission came through.
            if matches!(error, ProviderError::InvalidRequest { .. }) {
                match self.find(ticket.key).await {
                    Ok(Found::TakenIn(job)) => return Ok(Submission::Queued(job)),
                    Ok(Found::NotTakenIn | Found::CannotTell) => {}
                    Err(unasked) => return Err(line.unconfirmed(&unasked.to_string())),
                }
            }
            return Err(error);
        };
        match data["task_id"].as_str().or(data["id"].as_str()) {
            Some(id) if !id.is_empty() => Ok(Submission::Queued(JobId(id.to_owned()))),
            _ => Err(line.unconfirmed("it took the work in without naming it")),
        }
    }

    async fn fetch(&self, job: &JobId) -> Result<Answer<ClipAnswer>, ProviderError> {
        let line = &self.kling.line;
        let task = self.known(job).await?;
        if task.state != State::Done {
            return Err(line.bad("the job is not done"));
        }
        let url = task.video.as_deref().ok_or_else(|| line.bad("the finished job has no video"))?;
        let bytes = line.download(url, Wanted::Clip).await?;
        Ok(Answer { made: ClipAnswer::File(bytes), cost: self.cost(&task) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_camera_is_a_field_where_kling_has_one() {
        let control = |camera| camera_control(camera, Speed::Fast).map(|control| control.config.unwrap());
        assert_eq!(control(CameraMove::PushIn), Some(CameraConfig::Zoom(8.0)));
        assert_eq!(control(CameraMove::TrackLeft), Some(CameraConfig::Horizontal(-8.0)));
        assert_eq!(control(CameraMove::Orbit), None);
        let json = serde_json::to_value(camera_control(CameraMove::TiltDown, Speed::Slow)).unwrap();
        assert_eq!(json, serde_json::json!({"type": "simple", "config": {"tilt": -3.0}}));
    }
}
