//! The song cut into bars, and what each bar holds: notes, timbre and the pattern of its onsets.

use super::mel::{BANDS, MelSpectrogram};
use crate::harmony::notes::NoteActivity;
use crate::harmony::pitch::PitchSpectrogram;

/// Equal parts that a bar's notes are read in.
pub const SLOTS: usize = 8;
/// Equal parts that a bar's onsets are read in.
const STEPS: usize = 16;
/// Mel bands of the onset groups: kick, bass and low toms, body, snare, cymbals.
const GROUPS: [std::ops::Range<usize>; GROUP_COUNT] = [0..4, 4..10, 10..20, 20..30, 30..40];
const GROUP_COUNT: usize = 5;
/// Values of a bar's onset pattern.
pub(crate) const PATTERN: usize = STEPS * GROUP_COUNT;

/// Bar length in seconds where no bars were heard.
const ASSUMED_BAR: f64 = 2.0;
/// Bars shorter than this many seconds are quick.
const QUICK_BAR: f64 = 1.5;
/// More bars than this and bars are taken in pairs (fours, …), so that the similarity matrices stay small.
const MOST_BARS: usize = 800;
/// A gap at either end of the song shorter than this share of a bar is part of the bar beside it.
const STUB: f64 = 0.3;

/// Contiguous bars over the whole song, from the downbeats, carried on at the bar's length to both ends.
///
/// Returns the bars' boundaries in seconds: at least two, ascending, all within 0–`duration`. The first may lie after
/// 0 by less than a third of a bar (a pickup), the last is `duration` or less than that before it.
pub fn bar_edges(downbeats: &[f64], duration: f64) -> Vec<f64> {
    let mut edges: Vec<f64> =
        downbeats.iter().copied().filter(|time| (0.0..duration).contains(time)).collect();
    edges.sort_by(f64::total_cmp);
    edges.dedup_by(|later, earlier| *later - *earlier < 0.1);
    let mut lengths: Vec<f64> = edges.windows(2).map(|bar| bar[1] - bar[0]).collect();
    lengths.sort_by(f64::total_cmp);
    let bar = lengths.get(lengths.len() / 2).copied().unwrap_or(ASSUMED_BAR);
    // Where nothing marks the beat there may be no downbeats: the bars go on as they were.
    edges = edges
        .iter()
        .zip(edges.iter().skip(1).map(Some).chain([None]))
        .flat_map(|(start, end)| {
            let length = end.map_or(0.0, |end| end - start);
            let parts = (length / bar).round().max(1.0) as usize;
            (0..parts).map(move |part| start + length * part as f64 / parts as f64)
        })
        .collect();
    if edges.is_empty() {
        edges.push(0.0);
    }
    let mut before = Vec::new();
    let mut first = edges[0];
    while first > STUB * bar {
        first = (first - bar).max(0.0);
        before.push(first);
    }
    before.reverse();
    before.extend(edges);
    let mut edges = before;
    while edges[edges.len() - 1] + bar < duration {
        edges.push(edges[edges.len() - 1] + bar);
    }
    if edges.len() < 2 || duration - edges[edges.len() - 1] > STUB * bar {
        edges.push(duration.max(edges[edges.len() - 1] + 0.1));
    }
    while edges.len() > MOST_BARS + 1 {
        let last = edges[edges.len() - 1];
        edges = edges.iter().copied().step_by(2).filter(|edge| *edge < last).collect();
        edges.push(last);
    }
    edges
}

/// The boundaries of `parts` equal parts of every bar.
pub fn subdivide(edges: &[f64], parts: usize) -> Vec<f64> {
    let mut out: Vec<f64> = edges
        .windows(2)
        .flat_map(|bar| (0..parts).map(move |part| bar[0] + (bar[1] - bar[0]) * part as f64 / parts as f64))
        .collect();
    out.extend(edges.last());
    out
}

/// What the bars hold, bar after bar.
pub struct Bars {
    /// Boundaries in seconds; one more than there are bars.
    pub edges: Vec<f64>,
    /// [`SLOTS`] rows a bar.
    pub notes: NoteActivity,
    /// Mean compressed level of each mel band.
    pub timbre: Vec<[f32; BANDS]>,
    /// Onset strength of each group at each step.
    pub(crate) patterns: Vec<[f32; PATTERN]>,
}

impl Bars {
    pub fn read(edges: Vec<f64>, pitch: &PitchSpectrogram, tuning: f64, mel: &MelSpectrogram) -> Self {
        let notes = NoteActivity::read(pitch, &subdivide(&edges, SLOTS), tuning);
        let levels: Vec<[f32; BANDS]> = mel.frames().iter().map(compressed).collect();
        let timbre = edges.windows(2).map(|bar| mean_level(&levels, bar[0], bar[1])).collect();
        let patterns = onset_patterns(&levels, &edges);
        Self { edges, notes, timbre, patterns }
    }

    /// How many bars there are.
    pub fn count(&self) -> usize {
        self.timbre.len()
    }

    /// Bars to a step of the song's form, 1 or 2: quick bars (waltzes, or half bars heard as bars) count in pairs.
    pub fn stride(&self) -> usize {
        let mut lengths: Vec<f64> = self.edges.windows(2).map(|bar| bar[1] - bar[0]).collect();
        lengths.sort_by(f64::total_cmp);
        if lengths.get(lengths.len() / 2).is_some_and(|bar| *bar < QUICK_BAR) { 2 } else { 1 }
    }

    /// Bars up to the end of the music: what follows is the last sounds dying away.
    pub fn sounding(&self) -> usize {
        let activity: Vec<f32> = self.patterns.iter().map(|pattern| pattern.iter().sum()).collect();
        let level: Vec<f32> = self.timbre.iter().map(|bands| bands.iter().sum()).collect();
        let (busy, loud) = (0.25 * middle(&activity), 0.45 * middle(&level));
        let last = (0..self.count()).rev().find(|bar| activity[*bar] >= busy || level[*bar] >= loud);
        last.map_or(self.count(), |last| last + 1).max(2).min(self.count())
    }
}

/// The median of the values (the upper one of two), 0 of none.
fn middle(values: &[f32]) -> f32 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f32::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(0.0)
}

/// Loudness-like compression: linear near −80 dB, logarithmic above.
fn compressed(frame: &[f32; BANDS]) -> [f32; BANDS] {
    frame.map(|level| libm::logf(1.0 + 1e4 * level))
}

fn frame_range(frames: usize, start: f64, end: f64) -> std::ops::Range<usize> {
    let index = |seconds: f64| ((seconds * MelSpectrogram::RATE_HZ).ceil().max(0.0) as usize).min(frames);
    let first = index(start).min(frames.saturating_sub(1));
    first..index(end).max((first + 1).min(frames))
}

fn mean_level(levels: &[[f32; BANDS]], start: f64, end: f64) -> [f32; BANDS] {
    let mut mean = [0.0; BANDS];
    let span = &levels[frame_range(levels.len(), start, end)];
    for frame in span {
        mean.iter_mut().zip(frame).for_each(|(sum, level)| *sum += level / span.len() as f32);
    }
    mean
}

/// The largest rise of each group's level within each step of each bar.
fn onset_patterns(levels: &[[f32; BANDS]], edges: &[f64]) -> Vec<[f32; PATTERN]> {
    let silence = [0.0; BANDS];
    let rises: Vec<[f32; GROUP_COUNT]> = levels
        .iter()
        .enumerate()
        .map(|(index, frame)| {
            let before = if index == 0 { &silence } else { &levels[index - 1] };
            GROUPS.map(|group| {
                let width = group.len() as f32;
                group.map(|band| (frame[band] - before[band]).max(0.0)).sum::<f32>() / width
            })
        })
        .collect();
    // An onset's rise is seen by the frames just before its time, whose windows reach over it.
    let lead = 0.025;
    let steps = subdivide(edges, STEPS);
    let mut patterns = Vec::with_capacity(edges.len().saturating_sub(1));
    for bar in steps[..steps.len() - 1].chunks(STEPS).zip(0..) {
        let mut pattern = [0.0_f32; PATTERN];
        for (step, start) in bar.0.iter().enumerate() {
            let end = steps[bar.1 * STEPS + step + 1];
            for frame in &rises[frame_range(rises.len(), start - lead, end - lead)] {
                for (strongest, rise) in pattern[step * GROUP_COUNT..].iter_mut().zip(frame) {
                    *strongest = strongest.max(*rise);
                }
            }
        }
        patterns.push(pattern);
    }
    patterns
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bars_reach_both_ends() {
        let edges = bar_edges(&[5.0, 7.0, 9.0, 11.0], 16.5);
        assert_eq!(edges, [0.0, 1.0, 3.0, 5.0, 7.0, 9.0, 11.0, 13.0, 15.0, 16.5]);
        assert_eq!(bar_edges(&[0.2, 2.2], 4.3), [0.2, 2.2, 4.2]);
        assert_eq!(bar_edges(&[0.0, 2.0, 4.0, 8.1, 10.1], 12.0), [0.0, 2.0, 4.0, 6.05, 8.1, 10.1, 12.0]);
        assert_eq!(bar_edges(&[], 3.0), [0.0, 2.0, 3.0]);
        assert_eq!(bar_edges(&[], 0.0).len(), 2);
    }

    #[test]
    fn a_bar_is_cut_into_equal_parts() {
        assert_eq!(subdivide(&[0.0, 2.0, 3.0], 2), [0.0, 1.0, 2.0, 2.5, 3.0]);
    }

    proptest! {
        #[test]
        fn edges_ascend_whatever_the_downbeats(
            downbeats in proptest::collection::vec(-1.0..2000.0_f64, 0..60), duration in 0.0..1200.0_f64,
        ) {
            let edges = bar_edges(&downbeats, duration);
            prop_assert!(edges.len() >= 2 && edges.len() <= MOST_BARS + 1);
            prop_assert!(edges.windows(2).all(|pair| pair[0] < pair[1]));
            prop_assert!(edges[0] >= 0.0);
        }
    }
}
