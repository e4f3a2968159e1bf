//! A model of ComfyUI: one graph, filled for each scene.

use super::graph::{Graph, Slots};
use super::{Comfyui, prompt_id};
use crate::capability::{
    Answer, Casting, ClipAnswer, ClipModel, ClipRequest, ImageModel, StillAnswer, StillRequest,
};
use crate::card::ModelCard;
use crate::edit::{EditModel, EditRequest};
use crate::error::ProviderError;
use crate::http::Effect;
use crate::http::line::Wanted;
use crate::jobs::{Found, JobId, JobState, Jobs, Submission, Ticket};
use crate::picture::{self, Picture, PictureLimits};
use crate::prompt::{self, InWords};
use crate::references::references;
use crate::wire::comfyui::{OutputFile, Queue, Queued, Uploaded};
use async_trait::async_trait;
use mv_core::Canvas;
use mv_core::units::MicroUsd;
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde::Deserialize;
use serde_json::{Value, json};
use std::path::PathBuf;

/// `options` of a model.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct GraphOptions {
    /// A file of one's own; the built-in graph of the model's name otherwise.
    graph: Option<PathBuf>,
    /// Values for the graph's own slots.
    values: toml::Table,
    /// Pixels that the graph draws well at: the canvas is brought to about as many.
    pixels: u64,
    /// Sides are multiples of it.
    step: u32,
    /// Frames a second that a clip is made at.
    rate: u32,
}

impl Default for GraphOptions {
    fn default() -> Self {
        Self { graph: None, values: toml::Table::new(), pixels: 1024 * 1024, step: 16, rate: 24 }
    }
}

impl GraphOptions {
    /// The graph, read from its file or built in.
    pub(crate) fn read(&self, model: &str) -> Result<Graph, String> {
        match &self.graph {
            Some(path) => {
                let text = std::fs::read_to_string(path);
                Graph::parse(&text.map_err(|error| format!("`{}`: {error}", path.display()))?)
            }
            None => Graph::parse(Graph::built_in(model).ok_or_else(|| {
                format!(
                    "`{model}` is none of the built-in graphs still, clip and edit: name a file as `graph`"
                )
            })?),
        }
    }
}

#[derive(Debug)]
pub(crate) struct ComfyuiMaker {
    comfyui: Comfyui,
    card: ModelCard,
    graph: Graph,
    options: GraphOptions,
}

impl ComfyuiMaker {
    pub(crate) fn new(comfyui: Comfyui, card: ModelCard, graph: Graph, options: GraphOptions) -> Self {
        comfyui.add_graph(&card.model, graph.classes());
        Self { comfyui, card, graph, options }
    }

    /// About as many pixels as the graph draws well, in the shape of the canvas.
    fn size(&self, canvas: Canvas) -> (u32, u32) {
        let step = f64::from(self.options.step.max(1));
        let root = (self.options.pixels as f64).sqrt();
        let side = |part: f64| ((root * part / step).round() * step).clamp(step, 8192.0) as u32;
        let shape = canvas.ratio().sqrt();
        (side(shape), side(1.0 / shape))
    }

    async fn upload(&self, picture: &Picture, name: &str) -> Result<String, ProviderError> {
        let line = &self.comfyui.line;
        let part = Part::bytes(picture.bytes.clone()).file_name(picture.file_name(name));
        let part = part.mime_str(picture.kind.mime()).map_err(|error| line.invalid(&error.to_string()))?;
        let form = Form::new().part("image", part).text("type", "input").text("overwrite", "true");
        let call = self.comfyui.call(Method::POST, "upload/image").multipart(form);
        let reply = line.send(call, Effect::Makes).await?;
        if !reply.status.is_success() {
            return Err(self.comfyui.error(&reply, Effect::Makes));
        }
        // A name that was taken comes back as another.
        let uploaded: Uploaded = line.read(&reply, Effect::Makes)?;
        Ok(match uploaded.subfolder.as_str() {
            "" => uploaded.name,
            folder => format!("{folder}/{}", uploaded.name),
        })
    }

    fn fitted(&self, bytes: &[u8]) -> Result<Picture, ProviderError> {
        let fitted =
            picture::fit(bytes, PictureLimits { bytes: 32 * 1024 * 1024, ..PictureLimits::default() });
        fitted.map_err(|error| self.comfyui.line.invalid(&error.to_string()))
    }

    /// Uploads only what the graph asks for.
    async fn add_references(
        &self,
        slots: &mut Slots,
        cast: &[Casting],
        id: &str,
    ) -> Result<(), ProviderError> {
        const NAMES: [&str; 3] = ["reference1", "reference2", "reference3"];
        let asked = self.graph.slots();
        let wanted = NAMES.iter().filter(|name| asked.contains(**name)).count();
        let (_, pictures) = references(&self.comfyui.line, cast, wanted as u32, PictureLimits::default())?;
        for (name, picture) in NAMES.iter().zip(&pictures) {
            slots.insert(name, self.upload(picture, &format!("mv-{id}-{name}")).await?.into());
        }
        Ok(())
    }

    async fn queue(&self, id: &str, slots: &Slots) -> Result<JobId, ProviderError> {
        let line = &self.comfyui.line;
        let prompt =
            self.graph.filled(slots, &self.options.values).map_err(|detail| line.invalid(&detail))?;
        let body = Queue { client_id: id, prompt_id: id, prompt };
        let call = self.comfyui.call(Method::POST, "prompt").json(&body);
        let reply = line.send(call, Effect::Makes).await?;
        if !reply.status.is_success() {
            return Err(self.comfyui.error(&reply, Effect::Makes));
        }
        // Old servers choose an id of their own.
        Ok(JobId(line.read::<Queued>(&reply, Effect::Makes)?.prompt_id))
    }

    /// The id of new work; `Err` holds what was taken in already.
    async fn fresh(&self, ticket: &Ticket<'_>) -> Result<Result<String, JobId>, ProviderError> {
        ticket.check()?;
        let id = prompt_id(ticket.key);
        Ok(match self.comfyui.look_for(&id).await? {
            Found::TakenIn(job) => Err(job),
            Found::NotTakenIn | Found::CannotTell => Ok(id),
        })
    }

    fn slots(&self, prompt: String, canvas: Canvas, seed: u64, id: &str) -> Slots {
        let (width, height) = self.size(canvas);
        Slots::from([
            ("prompt", Value::String(prompt)),
            ("negative", prompt::NEGATIVE.into()),
            // ComfyUI is JavaScript at its other end.
            ("seed", (seed & 0x1f_ffff_ffff_ffff).into()),
            ("width", width.into()),
            ("height", height.into()),
            ("name", format!("mv-{id}").into()),
        ])
    }

    async fn made(&self, job: &JobId, wanted: Wanted) -> Result<Vec<u8>, ProviderError> {
        let line = &self.comfyui.line;
        let past = self.comfyui.past(&job.0).await?.ok_or_else(|| line.lost(&job.0))?;
        let mut files = Vec::new();
        past.outputs.values().for_each(|output| collect_files(output, &mut files));
        let extensions: &[&str] = if wanted == Wanted::Clip {
            &["mp4", "webm", "mov", "mkv"]
        } else {
            &["png", "jpg", "jpeg", "webp"]
        };
        let fits = |file: &&OutputFile| {
            let extension = file.filename.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
            file.kind != "temp" && extensions.contains(&extension.as_str())
        };
        let file = files.iter().find(fits).ok_or_else(|| line.bad("the finished graph left no such file"))?;
        let mut url = line.base().clone();
        let path = format!("{}/view", url.path().trim_end_matches('/'));
        url.set_path(&path);
        url.query_pairs_mut()
            .append_pair("filename", &file.filename)
            .append_pair("subfolder", &file.subfolder)
            .append_pair("type", if file.kind.is_empty() { "output" } else { &file.kind });
        let bytes = line.download_with(url.as_str(), wanted, |call| self.comfyui.signed(call)).await?;
        Ok(bytes)
    }
}

/// Every list of objects with a file name, whatever the node calls it.
fn collect_files(value: &Value, found: &mut Vec<OutputFile>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect_files(item, found)),
        Value::Object(fields) => match serde_json::from_value(value.clone()) {
            Ok(file) => found.push(file),
            Err(_) => fields.values().for_each(|field| collect_files(field, found)),
        },
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[async_trait]
impl Jobs for ComfyuiMaker {
    fn provider(&self) -> &str {
        self.comfyui.line.provider()
    }

    async fn poll(&self, job: &JobId) -> Result<JobState, ProviderError> {
        self.comfyui.state(job).await
    }

    async fn cancel(&self, job: &JobId) -> Result<(), ProviderError> {
        self.comfyui.stop(job).await
    }

    async fn find(&self, key: &str) -> Result<Found, ProviderError> {
        self.comfyui.look_for(&prompt_id(key)).await
    }
}

#[async_trait]
impl ImageModel for ComfyuiMaker {
    fn card(&self) -> &ModelCard {
        &self.card
    }

    async fn submit(
        &self,
        request: &StillRequest,
        ticket: &Ticket<'_>,
    ) -> Result<Submission<StillAnswer>, ProviderError> {
        let id = match self.fresh(ticket).await? {
            Ok(id) => id,
            Err(job) => return Ok(Submission::Queued(job)),
        };
        let prompt = prompt::still(request, &[]);
        let mut slots = self.slots(prompt, request.canvas, request.scene.seed, &id);
        self.add_references(&mut slots, &request.cast, &id).await?;
        Ok(Submission::Queued(self.queue(&id, &slots).await?))
    }

    async fn fetch(&self, job: &JobId) -> Result<Answer<StillAnswer>, ProviderError> {
        let bytes = self.made(job, Wanted::Picture).await?;
        Ok(Answer { made: StillAnswer { bytes }, cost: Some(MicroUsd::ZERO) })
    }
}

#[async_trait]
impl ClipModel for ComfyuiMaker {
    fn card(&self) -> &ModelCard {
        &self.card
    }

    async fn submit(
        &self,
        request: &ClipRequest,
        ticket: &Ticket<'_>,
    ) -> Result<Submission<ClipAnswer>, ProviderError> {
        let line = &self.comfyui.line;
        let seconds = self.card.length(request.seconds()).map_err(|detail| line.invalid(&detail))?;
        let id = match self.fresh(ticket).await? {
            Ok(id) => id,
            Err(job) => return Ok(Submission::Queued(job)),
        };
        let still = &request.still;
        let prompt = prompt::clip(request, InWords::Yes, InWords::Yes);
        let mut slots = self.slots(prompt, still.canvas, still.scene.seed, &id);
        let frames = (seconds * f64::from(self.options.rate)).ceil() as u64;
        // Video models draw frames by fours, and one more.
        slots.insert("frames", (frames.div_ceil(4) * 4 + 1).into());
        slots.insert("rate", self.options.rate.into());
        slots.insert("seconds", json!(seconds));
        slots.insert("motion", json!(request.motion));
        if self.graph.slots().contains("picture") {
            let frame = request.first_frame.as_ref();
            let frame =
                frame.ok_or_else(|| line.invalid("the graph starts from a still, and there is none"))?;
            slots.insert("picture", self.upload(&self.fitted(frame)?, &format!("mv-{id}")).await?.into());
        }
        self.add_references(&mut slots, &still.cast, &id).await?;
        Ok(Submission::Queued(self.queue(&id, &slots).await?))
    }

    async fn fetch(&self, job: &JobId) -> Result<Answer<ClipAnswer>, ProviderError> {
        let bytes = self.made(job, Wanted::Clip).await?;
        Ok(Answer { made: ClipAnswer::File(bytes), cost: Some(MicroUsd::ZERO) })
    }
}

#[async_trait]
impl EditModel for ComfyuiMaker {
    fn card(&self) -> &ModelCard {
        &self.card
    }

    async fn submit(
        &self,
        request: &EditRequest,
        ticket: &Ticket<'_>,
    ) -> Result<Submission<StillAnswer>, ProviderError> {
        let line = &self.comfyui.line;
        let invalid = |error: &dyn std::error::Error| line.invalid(&error.to_string());
        let mask = request.mask_picture().map_err(|error| invalid(&error))?;
        let (width, height) = picture::dimensions(&request.picture).map_err(|error| invalid(&error))?;
        let id = match self.fresh(ticket).await? {
            Ok(id) => id,
            Err(job) => return Ok(Submission::Queued(job)),
        };
        let prompt = prompt::edit(request, &[]);
        let mut slots = self.slots(prompt, Canvas::new(width, height), request.seed, &id);
        let base = self.fitted(&request.picture)?;
        slots.insert("picture", self.upload(&base, &format!("mv-{id}")).await?.into());
        if let Some(mask) = mask.filter(|_| self.graph.slots().contains("mask")) {
            slots.insert("mask", self.upload(&self.fitted(&mask)?, &format!("mv-{id}-mask")).await?.into());
        }
        self.add_references(&mut slots, &request.cast, &id).await?;
        Ok(Submission::Queued(self.queue(&id, &slots).await?))
    }

    async fn fetch(&self, job: &JobId) -> Result<Answer<StillAnswer>, ProviderError> {
        let bytes = self.made(job, Wanted::Picture).await?;
        Ok(Answer { made: StillAnswer { bytes }, cost: Some(MicroUsd::ZERO) })
    }
}
