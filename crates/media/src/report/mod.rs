//! The sync report: the finished film against its plan. Every cut's distance from its beat, drift, loudness, black, frozen
//! and doubled frames, lengths, tags; each with a bound and a verdict.
//!
//! The film is decoded once at a small size and its sound once; nothing is taken from what the makers of it said.

mod container;
mod cuts;
mod defects;
mod page;
mod picture;
mod sound;
mod summary;
mod verdicts;

pub use container::{AudioStream, ContainerReport, VideoStream};
pub use cuts::CutReport;
pub use sound::SoundFacts;
pub use verdicts::{Metric, Verdict, bounds};

use crate::{Chapter, MediaError, Tools};
use mv_core::film::LoudnessTarget;
use mv_core::vocabulary::TransitionKind;
use mv_core::{CancelToken, Canvas, FrameRate, Seconds, Timeline};
use serde::Serialize;
use std::ops::Range;
use std::path::Path;

/// What the film was meant to be.
#[derive(Clone, Debug)]
pub struct SyncPlan<'a> {
    pub title: &'a str,
    pub artist: &'a str,
    pub canvas: Canvas,
    pub timeline: &'a Timeline,
    /// Song time; empty when the song has no beats.
    pub beats: &'a [Seconds],
    pub downbeats: &'a [Seconds],
    pub chapters: &'a [Chapter],
    /// `None` for a film without sound.
    pub sound: Option<SoundPlan<'a>>,
    /// Frames that the plan holds still on purpose.
    pub still: &'a [Range<u64>],
    /// Frames that the plan leaves black on purpose. Dips to black are known from the timeline.
    pub dark: &'a [Range<u64>],
}

/// What the film was meant to sound like.
#[derive(Clone, Copy, Debug)]
pub struct SoundPlan<'a> {
    /// The sound track that was joined in: what the film's own sound is compared with.
    pub track: &'a Path,
    pub target: LoudnessTarget,
    /// Loudness at which the sound track was delivered, when its dynamics kept it from the target.
    pub delivered_lufs: Option<f64>,
}

/// A film, examined.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SyncReport {
    /// Version of this format.
    pub version: u32,
    pub title: String,
    pub artist: String,
    pub rate: FrameRate,
    pub frames_planned: u64,
    pub frames_found: u64,
    pub video_seconds: f64,
    pub audio_seconds: Option<f64>,
    pub cuts: Vec<CutReport>,
    /// Frames a minute by which the cuts run away from the plan; `None` with fewer than three measured cuts.
    pub drift_frames_per_minute: Option<f64>,
    /// Runs of frames: all black ones, and those of them that nobody planned.
    pub black: Vec<Range<u64>>,
    pub black_unplanned: Vec<Range<u64>>,
    pub frozen: Vec<Range<u64>>,
    pub duplicates: Vec<u64>,
    /// Frames after which the film's clock does not advance by exactly one frame.
    pub uneven: Vec<u64>,
    pub sound: Option<SoundFacts>,
    pub container: ContainerReport,
    pub metrics: Vec<Metric>,
    /// What the page draws.
    #[serde(skip)]
    plot: Plot,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Plot {
    beats: Vec<Seconds>,
    downbeats: Vec<Seconds>,
    chapters: Vec<(f64, String)>,
}

impl SyncReport {
    pub const VERSION: u32 = 1;

    /// The metrics whose bound is broken: `--strict` fails on them.
    pub fn violations(&self) -> impl Iterator<Item = &Metric> {
        self.metrics.iter().filter(|metric| metric.verdict == Verdict::Fail)
    }

    /// The report as JSON, indented.
    pub fn to_json(&self) -> String {
        // Every field is a plain value under a string key: this cannot fail.
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// The report as one HTML page that needs nothing else.
    pub fn to_html(&self) -> String {
        page::html(self)
    }
}

/// Examines a film. `progress` hears shares of the whole, 0–1.
///
/// # Errors
/// [`MediaError::Read`], [`MediaError::NoPicture`] and [`MediaError::Undecodable`] when there is no film to examine; a film
/// that is merely wrong is a report.
pub fn examine(
    tools: &Tools,
    film: &Path,
    plan: &SyncPlan<'_>,
    cancel: &CancelToken,
    progress: &mut dyn FnMut(f64),
) -> Result<SyncReport, MediaError> {
    let timeline = plan.timeline;
    let (container, clock) = container::read(tools, film, cancel)?;
    let planned = timeline.total().0;
    let expected = planned.max(1) as f64;
    let mut seen_so_far = |frames: u64| progress((frames as f64 / expected).min(1.0) * 0.85);
    let look = picture::look(tools, film, &cuts::windows(timeline), cancel, &mut seen_so_far)?;
    let sound = match container.audio {
        Some(_) => Some(sound::listen(tools, film, plan.sound.map(|sound| sound.track), cancel)?),
        None => None,
    };
    progress(1.0);
    let cuts = cuts::measure(timeline, plan.beats, plan.downbeats, &look, &clock.shown);
    let black = defects::black(&look.frames);
    let meant_dark =
        |run: &Range<u64>| dark_ranges(plan).any(|dark| dark.start <= run.start && run.end <= dark.end);
    let black_unplanned = black.iter().filter(|run| !meant_dark(run)).cloned().collect();
    let still = |frame: u64| plan.still.iter().any(|still| still.contains(&frame));
    // Two frames on either side of a dip's darkest, or a flash's brightest, may well be alike.
    let in_transition =
        |frame: u64| timeline.seams.iter().any(|seam| (seam.start..=seam.end).contains(&frame));
    let frozen = defects::frozen(&look.frames, timeline.rate);
    let mut report = SyncReport {
        version: SyncReport::VERSION,
        title: plan.title.to_owned(),
        artist: plan.artist.to_owned(),
        rate: timeline.rate,
        frames_planned: planned,
        frames_found: look.frames.len() as u64,
        video_seconds: clock.video_length,
        audio_seconds: clock.audio_length,
        drift_frames_per_minute: cuts::drift(&cuts),
        cuts,
        black,
        black_unplanned,
        frozen: frozen.into_iter().filter(|run| !(run.clone().all(still))).collect(),
        duplicates: defects::duplicates(&look.frames)
            .into_iter()
            .filter(|frame| !still(*frame) && !in_transition(*frame))
            .collect(),
        uneven: defects::uneven(&clock.shown, timeline.rate),
        sound,
        container,
        metrics: Vec::new(),
        plot: Plot {
            beats: plan.beats.to_vec(),
            downbeats: plan.downbeats.to_vec(),
            chapters: plan
                .chapters
                .iter()
                .map(|chapter| {
                    (chapter.frames.start as f64 / f64::from(timeline.rate.get()), chapter.title.clone())
                })
                .collect(),
        },
    };
    report.metrics = verdicts::judge(&report, plan);
    Ok(report)
}

/// Frames that may be black: the plan's, and what a dip goes through.
fn dark_ranges<'a>(plan: &'a SyncPlan<'_>) -> impl Iterator<Item = Range<u64>> + 'a {
    let dips = plan.timeline.seams.iter().filter(|seam| seam.kind == TransitionKind::Dip);
    dips.map(|seam| seam.start..seam.end).chain(plan.dark.iter().cloned())
}

#[cfg(test)]
mod tests;
