//! Exact times for the beats that the decoder chose, and their tempo.

use super::FRAME_RATE;
use super::bars::Bars;
use super::network::Heard;

/// Frames on each side of a beat over which its exact place is sought.
const REACH: usize = 2;
/// Beats on each side that a beat's time is smoothed over.
const NEIGHBOURS: usize = 4;
/// How far a beat may keep away from its neighbours' line, in seconds.
const LOOSENESS: f64 = 0.012;
/// Times are rounded to this many to the second, so that no floating-point noise is left in them.
const RESOLUTION: f64 = 10_000.0;

/// Time and place in the bar of each beat of a song of this many seconds.
pub(super) fn beat_times(bars: &Bars, heard: &Heard, seconds: f64) -> Vec<(f64, u8)> {
    let found: Vec<(f64, f64)> = bars.beats.iter().map(|(step, _)| locate(bars, *step, heard)).collect();
    let smooth: Vec<f64> = (0..found.len()).map(|index| settle(&found, index)).collect();
    let mut last = f64::NEG_INFINITY;
    let mut times = Vec::with_capacity(smooth.len());
    for (time, (_, place)) in smooth.into_iter().zip(&bars.beats) {
        let time = (time.max(0.0) * RESOLUTION).round() / RESOLUTION;
        if time > last && time < seconds {
            times.push((time, *place));
            last = time;
        }
    }
    times
}

/// The centre of the chance of a beat around a step, in seconds, and how much chance there is.
fn locate(bars: &Bars, step: usize, heard: &Heard) -> (f64, f64) {
    let centre = bars.frame(step);
    let (mut sum, mut weight) = (0.0, 0.0);
    for frame in centre.saturating_sub(REACH)..(centre + REACH + 1).min(heard.beat.len()) {
        let chance = f64::from(heard.beat[frame] + heard.downbeat[frame]);
        sum += chance * frame as f64;
        weight += chance;
    }
    let coarse = bars.seconds(step);
    // Where the network hears nothing, the decoder's own step is as good as any.
    let fine = if weight > 0.05 { sum / weight / FRAME_RATE } else { coarse };
    (fine.clamp(coarse - 0.03, coarse + 0.03), weight)
}

/// A beat's own time, held near the line through it and its neighbours (weighted least squares).
fn settle(found: &[(f64, f64)], index: usize) -> f64 {
    let first = index.saturating_sub(NEIGHBOURS);
    let last = (index + NEIGHBOURS + 1).min(found.len());
    let own = found[index].0;
    if last - first < 4 {
        return own;
    }
    let (mut w, mut wx, mut wy, mut wxx, mut wxy) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for (other, (time, chance)) in found.iter().enumerate().take(last).skip(first) {
        let x = other as f64 - index as f64;
        let weight = (chance + 0.05) / (1.0 + 0.3 * x.abs());
        (w, wx, wy) = (w + weight, wx + weight * x, wy + weight * time);
        (wxx, wxy) = (wxx + weight * x * x, wxy + weight * x * time);
    }
    let determinant = w * wxx - wx * wx;
    if determinant < 1e-9 {
        return own;
    }
    let line = (wy * wxx - wx * wxy) / determinant;
    // Half way where they nearly agree; a beat far off the line is a change of tempo and keeps its own time.
    let away = own - line;
    if away.abs() <= LOOSENESS { line + 0.25 * away } else { own - away.signum() * LOOSENESS * 0.75 }
}

/// Beats a minute from the median distance between beats; 120 where there are fewer than two.
pub(super) fn median_tempo(beats: &[f64]) -> f64 {
    let intervals = intervals(beats);
    let tempo = intervals.get(intervals.len() / 2).map_or(120.0, |interval| 60.0 / interval);
    (tempo * 1000.0).round() / 1000.0
}

/// The share of distances between beats that lie within 8 % of their median.
pub(super) fn steadiness(beats: &[f64]) -> f64 {
    let intervals = intervals(beats);
    let Some(median) = intervals.get(intervals.len() / 2) else { return 0.0 };
    let near = intervals.iter().filter(|interval| (*interval - median).abs() <= 0.08 * median).count();
    near as f64 / intervals.len() as f64
}

/// Whether the beats are divided into three rather than into two or four: onsets on both thirds outweigh those on the
/// half. Swing has no onsets on the first third and does not count.
pub(super) fn counts_in_thirds(bars: &Bars, onsets: &[f32]) -> bool {
    let mut sums = [0.0f64; 3];
    for pair in bars.beats.windows(2) {
        let start = bars.seconds(pair[0].0);
        let length = bars.seconds(pair[1].0) - start;
        for (sum, place) in sums.iter_mut().zip([1.0 / 3.0, 0.5, 2.0 / 3.0]) {
            let frame = ((start + place * length) * FRAME_RATE).round() as usize;
            let around = &onsets[(frame.max(1) - 1).min(onsets.len())..(frame + 2).min(onsets.len())];
            *sum += f64::from(around.iter().copied().fold(0.0, f32::max));
        }
    }
    sums[0].min(sums[2]) > sums[1]
}

fn intervals(beats: &[f64]) -> Vec<f64> {
    let mut intervals: Vec<f64> = beats.windows(2).map(|pair| pair[1] - pair[0]).collect();
    intervals.sort_by(f64::total_cmp);
    intervals
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn triplets_are_told_from_eighths_and_from_swing() {
        let bars =
            Bars { beats: (0..50).map(|n| (n * 60, (n % 2) as u8)).collect(), score: 0.0, step_rate: 100.0 };
        let onsets = |places: &[usize]| {
            let on = |frame: usize| places.contains(&(frame % 30));
            (0..1_500).map(|frame| if on(frame) { 1.0 } else { 0.01 }).collect::<Vec<f32>>()
        };
        assert!(counts_in_thirds(&bars, &onsets(&[0, 10, 20])));
        assert!(!counts_in_thirds(&bars, &onsets(&[0, 15])));
        assert!(!counts_in_thirds(&bars, &onsets(&[0, 20])));
        assert!(!counts_in_thirds(&bars, &[]));
    }

    #[test]
    fn beats_are_placed_between_frames() {
        let period = 26.37;
        let count = 40;
        let mut beat = vec![0.0f32; 1_200];
        let mut bars = Bars { step_rate: 100.0, ..Bars::default() };
        for n in 0..count {
            let exact = 10.0 + period * f64::from(n);
            for (frame, chance) in beat.iter_mut().enumerate() {
                *chance += (1.0 - (frame as f64 - exact).abs() / 1.6).max(0.0) as f32;
            }
            bars.beats.push(((exact * 2.0).round() as usize, (n % 4) as u8));
        }
        let heard = Heard { downbeat: vec![0.0; beat.len()], beat, metres: [0.0; 7] };
        let times = beat_times(&bars, &heard, 100.0);
        for (n, (time, _)) in times.iter().enumerate() {
            let wanted = (10.0 + period * n as f64) / FRAME_RATE;
            assert!((time - wanted).abs() < 0.003, "beat {n} at {time}, not {wanted}");
        }
        let tempo = median_tempo(&times.iter().map(|(time, _)| *time).collect::<Vec<_>>());
        assert!((tempo - 60.0 * FRAME_RATE / period).abs() < 0.3, "{tempo}");
    }
}
