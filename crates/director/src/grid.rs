//! The points in time where a cut may fall: the song's beats, with gaps filled, or a regular grid where it has none.

use mv_core::{Seconds, SongAnalysis};

/// Below this confidence beats are guesses: a regular grid cuts better than guesses do.
const TRUSTED: f64 = 0.3;
/// Spacing of the grid of a song without beats, and how many of its points make a "bar".
const FREE_SPACING: f64 = 1.0;
const FREE_BAR: usize = 2;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Point {
    pub(crate) time: f64,
    pub(crate) downbeat: bool,
}

/// Where cuts may fall, from time 0 to before the song's end. Point 0 is the song's start, on a beat or not.
#[derive(Clone, Debug)]
pub(crate) struct Grid {
    pub(crate) points: Vec<Point>,
    /// Usual distance between points, in seconds.
    pub(crate) beat: f64,
    pub(crate) beats_per_bar: usize,
    pub(crate) duration: f64,
    /// The points are the song's own beats.
    pub(crate) heard: bool,
}

impl Grid {
    /// Builds the grid of a song; `edges` are the section boundaries, which a free grid is laid between.
    pub(crate) fn of(analysis: &SongAnalysis, edges: &[f64]) -> Self {
        let duration = analysis.duration.0;
        let inside = |time: &f64| time.is_finite() && (0.0..duration).contains(time);
        let mut beats: Vec<f64> = analysis.beats.iter().map(|beat| beat.0).filter(inside).collect();
        beats.sort_by(f64::total_cmp);
        // Two beats within 1/20 s are one: no music is that fast.
        beats.dedup_by(|later, earlier| *later - *earlier < 0.05);
        let sure = analysis.confidence.beats >= TRUSTED;
        match median_gap(&beats) {
            Some(beat) if sure && beats.len() >= 4 => Self::heard(analysis, &beats, beat),
            _ => Self::free(duration, edges),
        }
    }

    fn heard(analysis: &SongAnalysis, beats: &[f64], beat: f64) -> Self {
        let duration = analysis.duration.0;
        let beats_per_bar = usize::from(analysis.time_signature.beats_per_bar()).max(1);
        let downbeats: Vec<f64> = analysis.downbeats.iter().map(|downbeat| downbeat.0).collect();
        let is_downbeat = |time: f64| {
            nearest(&downbeats, time).is_some_and(|at| (downbeats[at] - time).abs() < beat * 0.25)
        };
        // With no usable downbeats, bars are counted from the first beat.
        let counted = !beats.iter().any(|time| is_downbeat(*time));
        let mut points: Vec<Point> = Vec::with_capacity(beats.len() + 8);
        let filled = fill_gaps(beats, beat, duration);
        let mut since_downbeat = 0;
        for (time, real) in filled {
            let bar_is_full = since_downbeat + 1 >= beats_per_bar;
            let downbeat =
                if real && !counted { is_downbeat(time) } else { points.is_empty() || bar_is_full };
            since_downbeat = if downbeat { 0 } else { since_downbeat + 1 };
            points.push(Point { time, downbeat });
        }
        // Bars before the first heard downbeat are counted backwards from it.
        if let (false, Some(first)) = (counted, points.iter().position(|point| is_downbeat(point.time))) {
            for (index, point) in points[..first].iter_mut().enumerate() {
                point.downbeat = (first - index).is_multiple_of(beats_per_bar);
            }
        }
        // The film begins at 0 whether or not a beat does; a beat right after it, or right before the end, leaves
        // no room for a scene.
        points.retain(|point| point.time >= beat * 0.5 && point.time <= duration - beat * 0.5);
        let starts_on_bar = beats.first().is_some_and(|first| *first < beat * 0.5 && is_downbeat(*first));
        let first_is_downbeat = points.first().is_none_or(|point| !point.downbeat) || starts_on_bar;
        points.insert(0, Point { time: 0.0, downbeat: first_is_downbeat });
        Self { points, beat, beats_per_bar, duration, heard: true }
    }

    fn free(duration: f64, edges: &[f64]) -> Self {
        let mut points = Vec::new();
        let inner = edges.iter().copied().filter(|edge| *edge > 0.0 && *edge < duration);
        let mut from = 0.0;
        for to in inner.chain([duration]) {
            // Every stretch holds whole steps, so that its end is a point of the next one.
            let steps = ((to - from) / FREE_SPACING).round().max(1.0);
            for step in 0..steps as usize {
                let time = from + (to - from) * step as f64 / steps;
                points.push(Point { time, downbeat: step.is_multiple_of(FREE_BAR) });
            }
            from = to;
        }
        Self { points, beat: FREE_SPACING, beats_per_bar: FREE_BAR, duration, heard: false }
    }

    /// Time of a point; the song's end for the index past the last.
    pub(crate) fn time(&self, point: usize) -> f64 {
        self.points.get(point).map_or(self.duration, |point| point.time)
    }

    pub(crate) fn seconds(&self, point: usize) -> Seconds {
        Seconds(self.time(point))
    }

    pub(crate) fn is_downbeat(&self, point: usize) -> bool {
        self.points.get(point).is_some_and(|point| point.downbeat)
    }

    /// The point a section boundary belongs to: the nearest downbeat within half a bar, else the nearest point.
    pub(crate) fn snap(&self, time: f64) -> usize {
        let reach = self.beat * (self.beats_per_bar as f64 * 0.5).min(2.0);
        let close = |(_, point): &(usize, &Point)| (point.time - time).abs() <= reach;
        let by_distance = |a: &(usize, &Point), b: &(usize, &Point)| {
            (a.1.time - time).abs().total_cmp(&(b.1.time - time).abs())
        };
        let points = || self.points.iter().enumerate();
        let on_bar = points().filter(|(_, point)| point.downbeat).filter(close).min_by(by_distance);
        // A boundary that is itself on a beat stays there, whatever the bars say.
        let exact =
            points().filter(|(_, point)| (point.time - time).abs() < self.beat * 0.1).min_by(by_distance);
        exact.or(on_bar).or_else(|| points().min_by(by_distance)).map_or(0, |(index, _)| index)
    }
}

/// Index of the entry of a sorted list nearest to a time.
fn nearest(sorted: &[f64], time: f64) -> Option<usize> {
    let after = sorted.partition_point(|entry| *entry < time);
    let before = after.checked_sub(1);
    match (before, sorted.get(after)) {
        (Some(before), Some(next)) if time - sorted[before] <= *next - time => Some(before),
        (_, Some(_)) => Some(after),
        (before, None) => before,
    }
}

fn median_gap(beats: &[f64]) -> Option<f64> {
    let mut gaps: Vec<f64> = beats.windows(2).map(|pair| pair[1] - pair[0]).collect();
    gaps.sort_by(f64::total_cmp);
    gaps.get(gaps.len() / 2).copied()
}

/// The beats with silence between them filled evenly, and carried on to both ends; `true` marks the real ones.
fn fill_gaps(beats: &[f64], beat: f64, duration: f64) -> Vec<(f64, bool)> {
    let mut filled = Vec::with_capacity(beats.len());
    let lead_in = (beats[0] / beat).floor() as usize;
    filled.extend((1..=lead_in).rev().map(|step| (beats[0] - beat * step as f64, false)));
    for pair in beats.windows(2) {
        filled.push((pair[0], true));
        let gap = pair[1] - pair[0];
        if gap > beat * 1.6 {
            let steps = (gap / beat).round() as usize;
            filled.extend((1..steps).map(|step| (pair[0] + gap * step as f64 / steps as f64, false)));
        }
    }
    let last = beats[beats.len() - 1];
    filled.push((last, true));
    let lead_out = ((duration - last) / beat).floor() as usize;
    filled.extend((1..=lead_out).map(|step| (last + beat * step as f64, false)));
    filled
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::analysis;

    #[test]
    fn beats_are_kept_and_silence_is_filled() {
        let mut song = analysis(120.0, 16);
        song.beats.drain(20..28);
        let grid = Grid::of(&song, &[]);
        assert!(grid.heard);
        assert!((grid.beat - 0.5).abs() < 1e-9);
        let gaps = grid.points.windows(2).map(|pair| pair[1].time - pair[0].time);
        assert!(gaps.fold(0.0, f64::max) < 0.51);
        assert!(
            song.beats.iter().skip(1).all(|beat| grid.points.iter().any(|p| (p.time - beat.0).abs() < 1e-12))
        );
        let bars = grid.points.iter().filter(|point| point.downbeat).count();
        assert_eq!(bars, 16);
    }

    #[test]
    fn a_song_without_sure_beats_gets_a_grid_that_meets_its_sections() {
        let mut song = analysis(120.0, 16);
        song.confidence.beats = 0.1;
        let grid = Grid::of(&song, &[0.0, 7.3, 20.1]);
        assert!(!grid.heard);
        for edge in [0.0, 7.3, 20.1] {
            assert!((grid.time(grid.snap(edge)) - edge).abs() < 1e-9);
        }
    }

    #[test]
    fn the_nearest_of_a_sorted_list() {
        assert_eq!(nearest(&[], 1.0), None);
        assert_eq!(nearest(&[1.0, 2.0], 0.0), Some(0));
        assert_eq!(nearest(&[1.0, 2.0], 1.4), Some(0));
        assert_eq!(nearest(&[1.0, 2.0], 1.6), Some(1));
        assert_eq!(nearest(&[1.0, 2.0], 9.0), Some(1));
    }
}
