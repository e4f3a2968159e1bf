//! The capabilities a film needs from outside, as traits. One adapter may have several.

use crate::card::ModelCard;
use crate::error::ProviderError;
use crate::jobs::{JobId, Jobs, Submission, Ticket};
use async_trait::async_trait;
use mv_animatic::shot::LightTrack;
use mv_core::lyrics::Lyrics;
use mv_core::units::MicroUsd;
use mv_core::{Canvas, CastMember, FrameRate, FrameSource, Look, Scene};
use serde::{Deserialize, Serialize};
use std::ops::Range;
use std::sync::Arc;

/// A cast member with their photos, as bytes of image files.
#[derive(Clone, Debug)]
pub struct Casting {
    pub member: CastMember,
    pub photos: Vec<Arc<[u8]>>,
}

/// Everything about a scene that any maker could use; each takes what it understands.
#[derive(Clone, Debug)]
pub struct StillRequest {
    pub scene: Scene,
    pub look: Look,
    /// Only those in the scene.
    pub cast: Vec<Casting>,
    pub canvas: Canvas,
}

#[derive(Clone, Debug)]
pub struct ClipRequest {
    pub still: StillRequest,
    /// The picture the clip starts from, as bytes of an image file; the local maker draws its own where there is none.
    pub first_frame: Option<Arc<[u8]>>,
    pub rate: FrameRate,
    /// Film frames the clip must cover, handles included; frame 0 of the clip is `frames.start`.
    pub frames: Range<u64>,
    /// Beats and energy in those frames.
    pub light: LightTrack,
    /// How much the people and things in the picture move, 0–1; [`ClipRequest::USUAL_MOTION`] when nobody chose.
    pub motion: f32,
}

impl ClipRequest {
    pub const USUAL_MOTION: f32 = 0.7;

    /// The time the clip must cover.
    pub fn seconds(&self) -> f64 {
        (self.frames.end - self.frames.start) as f64 / f64::from(self.rate.get())
    }
}

/// What was made and what it cost; `None` when the service does not say.
#[derive(Debug)]
pub struct Answer<T> {
    pub made: T,
    pub cost: Option<MicroUsd>,
}

/// Bytes of an image file.
#[derive(Clone, Debug)]
pub struct StillAnswer {
    pub bytes: Vec<u8>,
}

/// A clip: drawn here frame by frame, or the bytes of a video file.
#[derive(Clone)]
pub enum ClipAnswer {
    Drawn(Arc<dyn FrameSource>),
    File(Vec<u8>),
}

impl std::fmt::Debug for ClipAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Drawn(source) => f.debug_tuple("Drawn").field(&source.frames()).finish(),
            Self::File(bytes) => f.debug_tuple("File").field(&bytes.len()).finish(),
        }
    }
}

/// Makes a still of a scene.
#[async_trait]
pub trait ImageModel: Jobs {
    fn card(&self) -> &ModelCard;

    /// # Errors
    /// [`ProviderError::Unconfirmed`] alone means that the work may have been taken in; after any other nothing was.
    async fn submit(
        &self,
        request: &StillRequest,
        ticket: &Ticket<'_>,
    ) -> Result<Submission<StillAnswer>, ProviderError>;

    /// What a finished job made. Not charged for: it may be asked again.
    async fn fetch(&self, job: &JobId) -> Result<Answer<StillAnswer>, ProviderError> {
        Err(self.unknown_job(job))
    }
}

/// Makes a moving clip of a scene.
#[async_trait]
pub trait ClipModel: Jobs {
    fn card(&self) -> &ModelCard;

    /// # Errors
    /// [`ProviderError::Unconfirmed`] alone means that the work may have been taken in; after any other nothing was.
    async fn submit(
        &self,
        request: &ClipRequest,
        ticket: &Ticket<'_>,
    ) -> Result<Submission<ClipAnswer>, ProviderError>;

    /// What a finished job made. Not charged for: it may be asked again.
    async fn fetch(&self, job: &JobId) -> Result<Answer<ClipAnswer>, ProviderError> {
        Err(self.unknown_job(job))
    }
}

/// What a photo shows of a person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PhotoFacts {
    /// Looks in words, for prompts.
    pub description: String,
    pub key_features: Vec<String>,
    /// Wardrobe and manner in a few words; empty when the service did not say.
    #[serde(default)]
    pub style: String,
    /// 0–1.
    pub confidence: f64,
}

/// Describes the person in photos.
#[async_trait]
pub trait VisionModel: Send + Sync {
    fn card(&self) -> &ModelCard;
    async fn describe(&self, photos: &[Arc<[u8]>]) -> Result<Answer<PhotoFacts>, ProviderError>;
}

/// What a text model is asked: instructions, material, and the JSON schema of its answer.
#[derive(Clone, Debug)]
pub struct TextRequest {
    pub instructions: String,
    pub material: String,
    pub schema: serde_json::Value,
}

/// Writes text in a given shape. Whether the answer keeps to the schema is for the caller to check.
#[async_trait]
pub trait TextModel: Send + Sync {
    fn card(&self) -> &ModelCard;
    async fn write(&self, request: &TextRequest) -> Result<Answer<serde_json::Value>, ProviderError>;
}

/// Writes down what is sung, with times.
#[async_trait]
pub trait TranscriptionModel: Send + Sync {
    fn card(&self) -> &ModelCard;
    /// `song` is the bytes of a sound file; `language` a BCP 47 tag where known.
    async fn transcribe(&self, song: &[u8], language: Option<&str>) -> Result<Answer<Lyrics>, ProviderError>;
}
