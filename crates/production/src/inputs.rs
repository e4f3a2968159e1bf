//! What each step is made from: data alone, with files named by their hashes, so that it can be hashed and sent anywhere.
//!
//! An input holds exactly what its artefact depends on. A drawn clip's holds no words and nothing of other scenes, so an
//! edit elsewhere leaves its key as it was.

use crate::step::{StepKey, StepKind};
use mv_core::film::{Corner, LoudnessTarget, Quality};
use mv_core::vocabulary::{Grade, TransitionKind};
use mv_core::{Canvas, CastMember, FrameIndex, FrameRate, Look, Scene, Seconds, Timeline};
use mv_media::{Direction, Versions};
use mv_providers::ModelCard;
use mv_providers::animatic::LightTrack;
use serde::{Deserialize, Serialize};
use std::ops::Range;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AnalyzeInput {
    /// Hash of the song's file.
    pub song: String,
    /// Version of the analysis method.
    pub method: u32,
}

/// A clip and where its picture comes from.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClipInput {
    Drawn(Box<DrawnClip>),
    Footage(FootageClip),
    Bought(ClipPart),
}

/// Everything a drawn clip's pixels depend on.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DrawnClip {
    /// Version of the drawing.
    pub maker: u32,
    /// The scene without its words and its place in the film.
    pub scene: Scene,
    pub look: Look,
    pub cast: Vec<CastMember>,
    pub canvas: Canvas,
    pub rate: FrameRate,
    /// Film frames of the clip, handles included, and of the scene itself.
    pub frames: Range<u64>,
    pub body: Range<u64>,
    pub light: LightTrack,
    /// A picture that is moved instead of one that is drawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub still: Option<StillSource>,
}

/// A picture that a clip begins with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StillSource {
    /// The artefact of this step.
    Made(StepKey),
    /// The person's own: hash of the file.
    Given(String),
}

/// A model as a key knows it: another model behind the same name makes another picture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Maker {
    /// The product's name for it.
    pub id: String,
    pub provider: String,
    /// The service's own name for it.
    pub model: String,
}

impl From<&ModelCard> for Maker {
    fn from(card: &ModelCard) -> Self {
        Self { id: card.id.clone(), provider: card.provider.clone(), model: card.model.clone() }
    }
}

/// A clip that is bought, as a film shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClipPart {
    /// The step that buys it.
    pub clip: StepKey,
    /// Frames of the film that it must cover.
    pub frames: u64,
}

/// The person's own footage.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FootageClip {
    /// Hash of the file.
    pub file: String,
    pub from: Seconds,
    /// Film frames it must cover.
    pub frames: Range<u64>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StillInput {
    Drawn(DrawnClip),
    Bought(BoughtStill),
}

/// Everything that a service is told of a still.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BoughtStill {
    pub maker: Maker,
    /// The scene without its place in the film and what only moves.
    pub scene: Scene,
    pub look: Look,
    pub cast: Vec<CastMember>,
    pub canvas: Canvas,
}

/// Everything that a service is told of a clip.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BoughtClip {
    pub maker: Maker,
    pub still: StillSource,
    /// The scene without its place in the film.
    pub scene: Scene,
    pub look: Look,
    pub cast: Vec<CastMember>,
    pub canvas: Canvas,
    pub rate: FrameRate,
    /// As long as the service makes it: a boundary that moves a little buys nothing anew.
    pub frames: u64,
}

/// What is done to every picture on its way into the encoder.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Finish {
    pub canvas: Canvas,
    pub rate: FrameRate,
    pub quality: Quality,
    pub grade: Grade,
    pub captions: Option<CaptionInput>,
    pub watermark: Option<WatermarkInput>,
    /// Versions of FFmpeg and of its H.264 encoder.
    pub tools: ToolVersions,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolVersions {
    pub ffmpeg: String,
    pub x264: String,
    /// Version of our own filters and blends.
    pub graph: u32,
}

impl From<&Versions> for ToolVersions {
    fn from(versions: &Versions) -> Self {
        Self { ffmpeg: versions.ffmpeg.clone(), x264: versions.x264.clone(), graph: mv_media::GRAPH_VERSION }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CaptionInput {
    /// An ASS script in the film's time.
    pub ass: String,
    /// The film's frame that is the stretch's first; 0 where the script shows nothing that moves with it.
    pub first_frame: u64,
    pub fonts_hash: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct WatermarkInput {
    /// Hash of the picture's file.
    pub file: String,
    pub corner: Corner,
    pub opacity: f64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SegmentInput {
    pub clip: ClipInput,
    /// Frames of the clip that are shown.
    pub frames: Range<u64>,
    pub finish: Finish,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SeamInput {
    pub outgoing: ClipInput,
    /// First frame of the outgoing clip that is shared.
    pub outgoing_from: u64,
    pub incoming: ClipInput,
    pub incoming_from: u64,
    pub kind: TransitionKind,
    /// Which way a wipe travels: with the incoming camera.
    pub direction: Direction,
    /// Frames shared.
    pub frames: u64,
    pub finish: Finish,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SoundtrackInput {
    pub song: String,
    pub frames: FrameIndex,
    pub rate: FrameRate,
    pub loudness: LoudnessTarget,
    pub tools: ToolVersions,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FilmInput {
    pub segments: Vec<FilmPart>,
    pub soundtrack: StepKey,
    pub rate: FrameRate,
    pub chapters: Vec<ChapterInput>,
    pub title: String,
    pub artist: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FilmPart {
    pub kind: StepKind,
    pub key: StepKey,
    pub frames: u64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ChapterInput {
    pub start: FrameIndex,
    pub end: FrameIndex,
    pub title: String,
}

/// What the finished film is held against.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ReportInput {
    pub film: StepKey,
    pub soundtrack: StepKey,
    pub title: String,
    pub artist: String,
    pub canvas: Canvas,
    pub timeline: Timeline,
    pub beats: Vec<Seconds>,
    pub downbeats: Vec<Seconds>,
    pub chapters: Vec<ChapterInput>,
    pub loudness: LoudnessTarget,
    /// Frames that show the person's own footage, which may well be still or dark.
    pub footage: Vec<Range<u64>>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PosterInput {
    pub film: StepKey,
    pub frame: FrameIndex,
    pub rate: FrameRate,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SpritesInput {
    pub film: StepKey,
    pub frames: FrameIndex,
    pub rate: FrameRate,
    pub canvas: Canvas,
}
