//! How likely a section begins at each bar: changes of sound, of rhythm and of what is being repeated.

use super::bars::Bars;
use super::similarity::{Matrix, Similarity};

/// Bars looked at on either side of a boundary, times the song's stride.
const REACH: usize = 4;

/// Log-odds of a section beginning at each bar; element 0 and the one past the last bar are the song's ends.
pub fn boundary_scores(bars: &Bars, similarity: &Similarity) -> Vec<f32> {
    let reach = REACH * bars.stride();
    let timbre = standardised(checkerboard(&similarity.timbre, reach));
    let quick_timbre = standardised(checkerboard(&similarity.timbre, reach / 2));
    let rhythm = standardised(checkerboard(&similarity.rhythm, reach));
    let repetition = standardised(repetition_change(&similarity.melody, reach));
    let fill = standardised(fills(&similarity.rhythm));
    let step = standardised(level_steps(bars, reach / 2));
    let (timbre_peak, rhythm_peak, repetition_peak) =
        (peakness(&timbre), peakness(&rhythm), peakness(&repetition));
    let pairing = pairing(&similarity.harmony, bars.stride());
    // Weights found by hand, guided by a logistic regression that left each song out in turn.
    (0..=bars.count())
        .map(|b| {
            0.2 * timbre[b]
                + 0.25 * quick_timbre[b]
                + 0.35 * rhythm[b]
                + repetition[b]
                + 0.5 * fill[b]
                + 0.35 * step[b]
                + 0.35 * timbre_peak[b]
                + 0.2 * rhythm_peak[b]
                + 0.7 * repetition_peak[b]
                + pairing[b % 2]
                - 0.25
        })
        .collect()
}

/// Novelty by a checkerboard kernel (Foote 2000): how much further apart bars are across the boundary than on either
/// side of it.
fn checkerboard(distance: &Matrix, reach: usize) -> Vec<f32> {
    let count = distance.size();
    let within = |from: usize, to: usize| {
        let pairs = (to - from) * (to - from).saturating_sub(1);
        let sum: f32 = (from..to).flat_map(|a| (from..to).map(move |b| distance.at(a, b))).sum();
        (pairs > 0).then(|| sum / pairs as f32)
    };
    let mut novelty = vec![0.0; count + 1];
    for (boundary, value) in novelty.iter_mut().enumerate().take(count).skip(1) {
        let (from, to) = (boundary.saturating_sub(reach), (boundary + reach).min(count));
        let across: f32 = (from..boundary).flat_map(|a| (boundary..to).map(move |b| distance.at(a, b))).sum();
        let across = across / ((boundary - from) * (to - boundary)) as f32;
        let sides: Vec<f32> = [within(from, boundary), within(boundary, to)].into_iter().flatten().collect();
        if !sides.is_empty() {
            *value = across - sides.iter().sum::<f32>() / sides.len() as f32;
        }
    }
    novelty
}

/// Change of the time lags at which the song repeats itself (the structure features of Serrà et al. 2014).
fn repetition_change(melody: &Matrix, reach: usize) -> Vec<f32> {
    let count = melody.size();
    let mut novelty = vec![0.0; count + 1];
    for (boundary, value) in novelty.iter_mut().enumerate().take(count).skip(1) {
        let before = boundary.saturating_sub(reach)..boundary;
        let after = boundary..(boundary + reach).min(count);
        // Mean likeness at a lag over a few bars; bars whose partner lies outside the song count as unlike.
        let mean = |bars: &std::ops::Range<usize>, lag: isize| {
            let sum: f32 = bars
                .clone()
                .filter_map(|bar| {
                    bar.checked_add_signed(lag).filter(|other| *other < count).map(|other| (bar, other))
                })
                .map(|(bar, other)| melody.at(bar, other).clamp(0.0, 1.0))
                .sum();
            sum / bars.len() as f32
        };
        let lags = -(count as isize)..count as isize;
        let sum: f32 = lags
            .map(|lag| {
                let change = ((mean(&before, lag) - mean(&after, lag)).abs() - 0.1).max(0.0);
                change * change
            })
            .sum();
        *value = sum.sqrt();
    }
    novelty
}

/// For quick bars, whether the even or the odd ones begin a pair, as log-odds for each: chords change with the pair.
fn pairing(harmony: &Matrix, stride: usize) -> [f32; 2] {
    let count = harmony.size();
    if stride != 2 || count < 8 {
        return [0.0; 2];
    }
    let change = |parity: usize| {
        let bars: Vec<f32> =
            (1..count).filter(|bar| bar % 2 == parity).map(|bar| 1.0 - harmony.at(bar - 1, bar)).collect();
        bars.iter().sum::<f32>() / bars.len() as f32
    };
    let odds = (4.0 * (change(0) - change(1))).clamp(-1.5, 1.5);
    [odds, -odds]
}

/// How unlike the bars before it the bar before a boundary is: drummers fill there.
fn fills(rhythm: &Matrix) -> Vec<f32> {
    let count = rhythm.size();
    let mut novelty = vec![0.0; count + 1];
    for (boundary, value) in novelty.iter_mut().enumerate().take(count).skip(2) {
        let fill = boundary - 1;
        let others = fill.saturating_sub(3)..fill;
        *value = others.clone().map(|bar| rhythm.at(fill, bar)).sum::<f32>() / others.len() as f32;
    }
    novelty
}

/// Size of the level's step from a few bars before to a few bars after.
fn level_steps(bars: &Bars, reach: usize) -> Vec<f32> {
    let count = bars.count();
    let levels: Vec<f32> =
        bars.timbre.iter().map(|bands| bands.iter().sum::<f32>() / bands.len() as f32).collect();
    let mean = |from: usize, to: usize| levels[from..to].iter().sum::<f32>() / (to - from) as f32;
    let mut steps = vec![0.0; count + 1];
    for (boundary, step) in steps.iter_mut().enumerate().take(count).skip(1) {
        *step = (mean(boundary, (boundary + reach).min(count))
            - mean(boundary.saturating_sub(reach), boundary))
        .abs();
    }
    steps
}

/// In deviations above the median of all inner boundaries; the two ends are 0.
fn standardised(mut values: Vec<f32>) -> Vec<f32> {
    let past = values.len() - 1;
    if past < 2 {
        return vec![0.0; values.len()];
    }
    let inner = &values[1..past];
    let mut sorted = inner.to_vec();
    sorted.sort_by(f32::total_cmp);
    let median = f32::midpoint(sorted[(sorted.len() - 1) / 2], sorted[sorted.len() / 2]);
    let mean = inner.iter().sum::<f32>() / inner.len() as f32;
    let deviation = (inner.iter().map(|v| (v - mean) * (v - mean)).sum::<f32>() / inner.len() as f32).sqrt();
    for value in &mut values[1..past] {
        *value = if deviation > 1e-6 { (*value - median) / deviation } else { 0.0 };
    }
    (values[0], values[past]) = (0.0, 0.0);
    values
}

/// How far a value stands above its two neighbours on either side.
fn peakness(values: &[f32]) -> Vec<f32> {
    let last = values.len() - 1;
    (0..values.len())
        .map(|b| {
            let near = [b.saturating_sub(2), b.saturating_sub(1), (b + 1).min(last), (b + 2).min(last)];
            values[b] - near.iter().map(|n| values[*n]).fold(f32::NEG_INFINITY, f32::max)
        })
        .collect()
}
