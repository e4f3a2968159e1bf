//! Where the finished film really changes from one scene to the next, and how far that is from the plan and the beat.

use super::picture::{FrameFacts, Look, TinyFrame, correlation};
use mv_core::timeline::{SeamSpan, Timeline};
use mv_core::vocabulary::TransitionKind;
use mv_core::{FrameRate, Seconds};
use serde::Serialize;
use std::ops::Range;

/// How far around its place a change is looked for, at most.
const REACH: Seconds = Seconds(1.25);
/// A cut changes at least this much, and this many times as much as the frames around it usually do.
const LEAST_CHANGE: f64 = 0.05;
const LEAST_PROMINENCE: f64 = 3.0;
/// Two scenes whose pictures are more alike than this cannot be told apart.
const MOST_ALIKE: f64 = 0.90;

/// One boundary between two scenes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CutReport {
    /// The scene that comes in, counted from 1 as a person counts.
    pub scene: usize,
    pub kind: TransitionKind,
    /// Frames that both scenes share; 0 for a cut.
    pub transition_frames: u64,
    /// The frame where the plan has it (the centre of a transition).
    pub planned_frame: u64,
    pub planned_time: Seconds,
    /// The nearest beat in song time, and whether it is a downbeat; `None` when the song has no beats.
    pub beat: Option<Seconds>,
    pub downbeat: bool,
    /// From that beat to the planned frame.
    pub planned_offset_frames: Option<f64>,
    pub planned_offset_ms: Option<f64>,
    /// When the film really changes, by its own clock; `None` when no change could be seen.
    pub measured_time: Option<Seconds>,
    /// From the plan to what was measured.
    pub from_plan_frames: Option<f64>,
    /// From the beat to what was measured.
    pub measured_offset_frames: Option<f64>,
    pub measured_offset_ms: Option<f64>,
}

/// The frames around each seam that must be kept to judge it, in the order of the timeline's seams.
pub(super) fn windows(timeline: &Timeline) -> Vec<Range<u64>> {
    let reach = REACH.to_frame(timeline.rate).0;
    let window = |seam: &SeamSpan| {
        let (before, after) = (&timeline.scenes[seam.scene - 1], &timeline.scenes[seam.scene]);
        seam.start.saturating_sub(reach).max(before.body().start)..(seam.end + reach).min(after.body().end)
    };
    timeline.seams.iter().map(window).collect()
}

/// Measures every boundary. `times` is when each frame of the film is shown.
pub(super) fn measure(
    timeline: &Timeline,
    beats: &[Seconds],
    downbeats: &[Seconds],
    look: &Look,
    times: &[f64],
) -> Vec<CutReport> {
    let windows = windows(timeline);
    let rate = f64::from(timeline.rate.get());
    (1..timeline.scenes.len())
        .map(|scene| {
            let planned = timeline.scenes[scene].start;
            let seam = timeline.seams.iter().position(|seam| seam.scene == scene);
            let found = match seam {
                Some(index) => {
                    let (seam, window) = (&timeline.seams[index], &windows[index]);
                    seam_centre(seam.kind, seam.start..seam.end, window.start, &look.kept[index])
                }
                None => cut_frame(&look.frames, planned, reach(timeline, scene)).map(|frame| frame as f64),
            };
            let kind = seam.map_or(TransitionKind::Cut, |index| timeline.seams[index].kind);
            let planned_time = Seconds(planned as f64 / rate);
            let beat = nearest(beats, planned_time);
            let measured = found.and_then(|frame| shown_at(times, frame, timeline.rate));
            let frames = |time: f64| round(time * rate);
            let from_beat = |time: f64| beat.map(|beat| time - beat.0);
            CutReport {
                scene: scene + 1,
                kind,
                transition_frames: seam
                    .map_or(0, |index| timeline.seams[index].end - timeline.seams[index].start),
                planned_frame: planned,
                planned_time,
                beat,
                downbeat: beat.is_some_and(|b| downbeats.iter().any(|d| (d.0 - b.0).abs() < 1e-6)),
                planned_offset_frames: from_beat(planned_time.0).map(frames),
                planned_offset_ms: from_beat(planned_time.0).map(|t| round(t * 1000.0)),
                measured_time: measured.map(|time| Seconds(round(time * 1000.0) / 1000.0)),
                from_plan_frames: measured.map(|time| frames(time - planned_time.0)),
                measured_offset_frames: measured.and_then(from_beat).map(frames),
                measured_offset_ms: measured.and_then(from_beat).map(|t| round(t * 1000.0)),
            }
        })
        .collect()
}

/// Frames a minute by which the cuts run away from the plan: the median slope between pairs of cuts (Theil–Sen), which
/// one wrongly seen cut does not turn. `None` with fewer than three cuts.
pub(super) fn drift(cuts: &[CutReport]) -> Option<f64> {
    let points: Vec<(f64, f64)> =
        cuts.iter().filter_map(|cut| Some((cut.planned_time.0 / 60.0, cut.from_plan_frames?))).collect();
    if points.len() < 3 {
        return None;
    }
    let mut slopes = Vec::new();
    for (index, (time, offset)) in points.iter().enumerate() {
        for (later, moved) in &points[index + 1..] {
            if later > time {
                slopes.push((moved - offset) / (later - time));
            }
        }
    }
    median(&mut slopes).map(|slope| (slope * 1000.0).round() / 1000.0)
}

/// Frames that a cut is looked for around its place: not as far as the next one's.
fn reach(timeline: &Timeline, scene: usize) -> (u64, u64) {
    let most = REACH.to_frame(timeline.rate).0;
    let (before, after) = (timeline.scenes[scene - 1].body(), timeline.scenes[scene].body());
    let room = |body: &Range<u64>| (body.end - body.start).saturating_sub(2).min(most);
    (room(&before), room(&after))
}

/// The first frame of the new scene.
fn cut_frame(frames: &[FrameFacts], planned: u64, (before, after): (u64, u64)) -> Option<u64> {
    let last = (frames.len() as u64).checked_sub(1)?;
    let window = planned.saturating_sub(before).max(1)..=(planned + after).min(last);
    let change = |frame: u64| frames.get(frame as usize).map_or(0.0, |f| f.change);
    let mut changes: Vec<f64> = window.clone().map(change).collect();
    let strongest = window.max_by(|a, b| change(*a).total_cmp(&change(*b)))?;
    let usual = median(&mut changes)?;
    let enough = LEAST_CHANGE.max(LEAST_PROMINENCE * usual);
    // Where the plan's own frame changes about as much as any other, it is the cut: the other may be a flash or a fast move.
    let frame = if change(planned) >= enough.max(0.5 * change(strongest)) { planned } else { strongest };
    (change(frame) >= enough).then_some(frame)
}

/// Where the incoming picture becomes more present than the outgoing one, as a fraction of frames; a boundary at frame
/// `n` is `n`, as for a cut. `kept[0]` is the film's frame `first`.
fn seam_centre(kind: TransitionKind, seam: Range<u64>, first: u64, kept: &[TinyFrame]) -> Option<f64> {
    let (start, end) = ((seam.start - first) as usize, (seam.end - first) as usize);
    if kept.len() <= end {
        return None;
    }
    // The nearest pure frames resemble the seam's best; when the seam is not where it was planned they are not pure.
    let margins =
        [1, 6, 12, 24, 30].into_iter().filter(|margin| *margin <= start && end - 1 + margin < kept.len());
    let references: Vec<(f64, usize)> =
        margins.map(|margin| (correlation(&kept[start - margin], &kept[end - 1 + margin]), margin)).collect();
    let least = references.iter().map(|(alike, _)| *alike).fold(f64::INFINITY, f64::min);
    let margin = references.iter().find(|(alike, _)| *alike <= f64::midpoint(least, MOST_ALIKE))?.1;
    if least > MOST_ALIKE {
        return None;
    }
    let (old, new) = (&kept[start - margin], &kept[end - 1 + margin]);
    let balance: Vec<f64> = kept[start - margin..end + margin]
        .iter()
        .map(|frame| match kind {
            // A sum of both: how much of each, whichever has the stronger contrast.
            TransitionKind::Crossfade | TransitionKind::Dissolve => share(frame, old, new) - 0.5,
            // Through a plain colour, or in pieces: whichever it resembles, however bright.
            TransitionKind::Cut
            | TransitionKind::Flash
            | TransitionKind::Dip
            | TransitionKind::Wipe
            | TransitionKind::Zoom => correlation(frame, new) - correlation(frame, old),
        })
        .collect();
    let after = balance.iter().position(|balance| *balance >= 0.0).filter(|at| *at > 0)?;
    let (low, high) = (balance[after - 1], balance[after]);
    let crossing = (after - 1) as f64 + low / (low - high);
    // Frames `n - 1` and `n` in equal measure old and new put the boundary at `n`.
    Some(first as f64 + (start - margin) as f64 + crossing + 0.5)
}

/// The share of `new` in a blend of two pictures, by least squares: 0 for `old`, 1 for `new`.
fn share(frame: &[u8], old: &[u8], new: &[u8]) -> f64 {
    let (mut along, mut length) = (0.0, 0.0);
    for ((frame, old), new) in frame.iter().zip(old).zip(new) {
        let (frame, old, new) = (f64::from(*frame), f64::from(*old), f64::from(*new));
        along += (frame - old) * (new - old);
        length += (new - old) * (new - old);
    }
    along / length.max(1.0)
}

/// When a (fractional) frame is shown.
fn shown_at(times: &[f64], frame: f64, rate: FrameRate) -> Option<f64> {
    let whole = frame.floor();
    let time = times.get(whole as usize)?;
    Some(time + (frame - whole) / f64::from(rate.get()))
}

fn nearest(beats: &[Seconds], time: Seconds) -> Option<Seconds> {
    beats.iter().copied().min_by(|a, b| (a.0 - time.0).abs().total_cmp(&(b.0 - time.0).abs()))
}

fn median(values: &mut [f64]) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

/// To a hundredth.
fn round(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
