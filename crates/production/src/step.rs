//! Steps and their keys: `key = BLAKE3(kind ‖ version ‖ canonical inputs)`.

use crate::error::ProductionError;
use crate::inputs::{
    AnalyzeInput, BoughtClip, FilmInput, PosterInput, ReportInput, SeamInput, SegmentInput, SoundtrackInput,
    SpritesInput, StillInput,
};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What a step makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepKind {
    Analyze,
    Still,
    /// A clip that a service makes.
    Clip,
    Segment,
    Seam,
    Soundtrack,
    Film,
    Report,
    Poster,
    Sprites,
}

impl StepKind {
    pub const ALL: [Self; 10] = [
        Self::Analyze,
        Self::Still,
        Self::Clip,
        Self::Segment,
        Self::Seam,
        Self::Soundtrack,
        Self::Film,
        Self::Report,
        Self::Poster,
        Self::Sprites,
    ];

    pub fn word(self) -> &'static str {
        match self {
            Self::Analyze => "analyze",
            Self::Still => "still",
            Self::Clip => "clip",
            Self::Segment => "segment",
            Self::Seam => "seam",
            Self::Soundtrack => "soundtrack",
            Self::Film => "film",
            Self::Report => "report",
            Self::Poster => "poster",
            Self::Sprites => "sprites",
        }
    }

    /// Suffix of the artefact's file.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Analyze | Self::Report => "json",
            Self::Still => "png",
            Self::Clip | Self::Segment | Self::Seam | Self::Film => "mp4",
            Self::Soundtrack => "m4a",
            Self::Poster | Self::Sprites => "jpg",
        }
    }

    /// Raised when the way of making changes what comes out for the same inputs.
    fn version(self) -> u32 {
        match self {
            Self::Analyze
            | Self::Still
            | Self::Clip
            | Self::Segment
            | Self::Seam
            | Self::Soundtrack
            | Self::Film
            | Self::Report
            | Self::Poster
            | Self::Sprites => 1,
        }
    }
}

/// Names a step by everything its artefact depends on: 32 hex digits of a BLAKE3 hash.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StepKey([u8; 16]);

impl StepKey {
    /// Hashes a kind, its version and its inputs. Inputs are canonical JSON: sorted keys, shortest numbers.
    pub(crate) fn of<T: Serialize>(
        kind: StepKind,
        version: u32,
        inputs: &T,
    ) -> Result<Self, ProductionError> {
        Self::named(kind.word(), version, inputs)
    }

    /// As [`Self::of`], for what is no step of a film.
    pub(crate) fn named<T: Serialize>(word: &str, version: u32, inputs: &T) -> Result<Self, ProductionError> {
        let canonical = serde_json::to_value(inputs)?.to_string();
        let mut hasher = blake3::Hasher::new();
        hasher.update(format!("{word}\0{version}\0").as_bytes());
        hasher.update(canonical.as_bytes());
        let mut key = [0; 16];
        key.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
        Ok(Self(key))
    }
}

impl fmt::Display for StepKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for StepKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StepKey({self})")
    }
}

impl FromStr for StepKey {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let unknown = || format!("`{text}` is not a step key");
        if text.len() != 32 || !text.is_ascii() {
            return Err(unknown());
        }
        let mut key = [0; 16];
        for (at, byte) in key.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[at * 2..at * 2 + 2], 16).map_err(|_| unknown())?;
        }
        Ok(Self(key))
    }
}

impl Serialize for StepKey {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for StepKey {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// All that a step needs to be performed, here or on another machine; files are named by their hashes.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepInput {
    Analyze(AnalyzeInput),
    Still(Box<StillInput>),
    Clip(Box<BoughtClip>),
    Segment(Box<SegmentInput>),
    Seam(Box<SeamInput>),
    Soundtrack(SoundtrackInput),
    Film(FilmInput),
    Report(Box<ReportInput>),
    Poster(PosterInput),
    Sprites(SpritesInput),
}

impl StepInput {
    pub fn kind(&self) -> StepKind {
        match self {
            Self::Analyze(_) => StepKind::Analyze,
            Self::Still(_) => StepKind::Still,
            Self::Clip(_) => StepKind::Clip,
            Self::Segment(_) => StepKind::Segment,
            Self::Seam(_) => StepKind::Seam,
            Self::Soundtrack(_) => StepKind::Soundtrack,
            Self::Film(_) => StepKind::Film,
            Self::Report(_) => StepKind::Report,
            Self::Poster(_) => StepKind::Poster,
            Self::Sprites(_) => StepKind::Sprites,
        }
    }

    /// Whether an outside service makes it: such steps wait more than they work.
    pub fn is_bought(&self) -> bool {
        match self {
            Self::Still(still) => matches!(**still, StillInput::Bought(_)),
            Self::Clip(_) => true,
            _ => false,
        }
    }
}

/// One artefact to make.
#[derive(Clone, Debug)]
pub struct Step {
    pub key: StepKey,
    pub input: StepInput,
    /// What a person sees: `scene 7 of 24`.
    pub label: String,
    /// Number of the scene it belongs to, from 1; for a seam the one that comes in.
    pub scene: Option<usize>,
    /// Steps whose artefacts this one reads, as indices into the graph: each is smaller than this step's own.
    pub needs: Vec<usize>,
    /// Expected work, in frames to draw and encode.
    pub weight: f64,
}

/// Steps in an order in which they could be performed.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    steps: Vec<Step>,
}

impl Graph {
    /// Adds a step and returns its index; an equal step that is already there is used instead.
    pub fn add(
        &mut self,
        input: StepInput,
        label: impl Into<String>,
        needs: &[usize],
        weight: f64,
    ) -> Result<usize, ProductionError> {
        let key = StepKey::of(input.kind(), input.kind().version(), &input)?;
        if let Some(index) = self.steps.iter().position(|step| step.key == key) {
            return Ok(index);
        }
        debug_assert!(needs.iter().all(|need| *need < self.steps.len()));
        let step = Step { key, input, label: label.into(), scene: None, needs: needs.to_vec(), weight };
        self.steps.push(step);
        Ok(self.steps.len() - 1)
    }

    /// Adds a step that was done before, under the key that it had then: nothing is asked of it but its artefact.
    pub fn add_made(&mut self, key: StepKey, input: StepInput, label: impl Into<String>) -> usize {
        if let Some(index) = self.steps.iter().position(|step| step.key == key) {
            return index;
        }
        self.steps.push(Step {
            key,
            input,
            label: label.into(),
            scene: None,
            needs: Vec::new(),
            weight: 0.0,
        });
        self.steps.len() - 1
    }

    /// Says which scene a step belongs to, counted from 1.
    pub fn set_scene(&mut self, index: usize, number: usize) {
        self.steps[index].scene = Some(number);
    }

    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    pub fn key(&self, index: usize) -> StepKey {
        self.steps[index].key
    }
}
