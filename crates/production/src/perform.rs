//! Performing one step: from its input and the artefacts it reads to a file.

use crate::artifacts::FolderArtifacts;
use crate::budget::Budget;
use crate::clips::ClipCache;
use crate::error::ProductionError;
use crate::materials::Materials;
use crate::recipe::{
    AnalyzeInput, CaptionInput, ClipInput, DrawnClip, FilmInput, Finish, PosterInput, ReportInput, SeamInput,
    SegmentInput, SoundtrackInput, StillInput,
};
use crate::step::{StepInput, StepKey, StepKind};
use mv_core::CancelToken;
use mv_media::segment::{ClipSource, SegmentSpec};
use mv_media::{CaptionOverlay, Tools, join, report, seam, segment, sound, thumbnail};
use mv_providers::{Casting, ClipAnswer, ClipModel, ClipRequest, ImageModel, StillRequest, Submission};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Everyone who takes part in making a film.
pub struct Studio {
    tools: Tools,
    materials: Materials,
    images: Arc<dyn ImageModel>,
    clips: Arc<dyn ClipModel>,
    budget: Budget,
    /// Where libass finds the fonts that captions name.
    fonts: PathBuf,
    cache: ClipCache,
    runtime: tokio::runtime::Runtime,
}

/// What the analysis step leaves: everything heard, for the plan and for the studio's waveform.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct HeardFile {
    pub analysis: mv_core::SongAnalysis,
    pub peaks: mv_core::WaveformPeaks,
    /// The file broke off before its end.
    pub early_end: bool,
}
