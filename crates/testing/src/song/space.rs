//! The room and the echo the band plays in, and the last stage of the mix.

use super::score::beat;
use super::tone::{Filter, RATE, Track, decay, samples};

/// A hall after Freeverb (Jezar, 2000): eight damped combs side by side, four all-passes in a row, for each ear.
pub(super) fn reverb(dry: &Track, size: f64, damping: f64) -> Track {
    const COMBS: [usize; 8] = [1116, 1188, 1277, 1356, 1422, 1491, 1557, 1617];
    const ALL_PASSES: [usize; 4] = [556, 441, 341, 225];
    // The right ear's lines are a little longer.
    const SPREAD: usize = 23;
    let pre_delay = samples(0.022);
    let total = dry.left.len();
    let mut wet = Track::silent(total);
    let mono: Vec<f64> = dry.left.iter().zip(&dry.right).map(|(l, r)| (l + r) * 0.5).collect();
    for (offset, channel, own) in [(0, &mut wet.left, &dry.left), (SPREAD, &mut wet.right, &dry.right)] {
        let mut combs: Vec<(Vec<f64>, usize, f64)> =
            COMBS.iter().map(|length| (vec![0.0; length + offset], 0, 0.0)).collect();
        let mut passes: Vec<(Vec<f64>, usize)> =
            ALL_PASSES.iter().map(|length| (vec![0.0; length + offset], 0)).collect();
        for index in pre_delay..total {
            // Mostly the middle, with some of its own side: a wide hall keeps left left.
            let input = (mono[index - pre_delay] * 0.6 + own[index - pre_delay] * 0.4) * 0.03;
            let mut sum = 0.0;
            for (line, at, low) in &mut combs {
                let out = line[*at];
                *low = out * (1.0 - damping) + *low * damping;
                line[*at] = input + *low * size + 1e-20;
                *at = (*at + 1) % line.len();
                sum += out;
            }
            for (line, at) in &mut passes {
                let held = line[*at];
                line[*at] = sum + held * 0.5;
                sum = held - sum;
                *at = (*at + 1) % line.len();
            }
            channel[index] = sum;
        }
    }
    wet.high_pass(220.0);
    wet
}

/// An echo a dotted eighth later that crosses from side to side and darkens.
pub(super) fn echo(dry: &Track, feedback: f64) -> Track {
    let length = samples(beat() * 0.75);
    let total = dry.left.len();
    let mut wet = Track::silent(total);
    let (mut low_left, mut low_right) = (Filter::new(3200.0, 0.7), Filter::new(3200.0, 0.7));
    for index in length..total {
        let before = index - length;
        let from_right = wet.right[before] * feedback;
        let from_left = wet.left[before] * feedback;
        let input = (dry.left[before] + dry.right[before]) * 0.5;
        wet.left[index] = low_left.run(input + from_right).low;
        wet.right[index] = low_right.run(from_left).low;
    }
    wet.high_pass(300.0);
    wet
}

/// Glue, warmth and a ceiling: a slow compressor, a soft bend, a limiter that looks ahead. `drive` is the gain into
/// it; the result stays below `ceiling`.
pub(super) fn master(mix: &mut Track, drive: f64, ceiling: f64) {
    mix.high_pass(27.0);
    for channel in [&mut mix.left, &mut mix.right] {
        // A shelf of 4 dB from 2 kHz up: air for the words and the cymbals.
        let mut shelf = Filter::new(2000.0, 0.5);
        for value in channel.iter_mut() {
            *value += 0.58 * shelf.run(*value).high;
        }
    }
    let total = mix.left.len();
    let mut level: f64 = 0.0;
    for index in 0..total {
        let (left, right) = (mix.left[index] * drive, mix.right[index] * drive);
        let power = f64::midpoint(left * left, right * right);
        let speed = if power > level { 0.03 } else { 0.25 };
        level += (power - level) * (1.0 - decay(1.0 / RATE, speed));
        // Two to one above the threshold, with the make-up built in.
        let over = level.sqrt() / 0.3;
        let gain = if over > 1.0 { 1.0 / over.sqrt() } else { 1.0 };
        mix.left[index] = soft(left * gain);
        mix.right[index] = soft(right * gain);
    }
    limit(mix, ceiling);
    // The last ring fades into silence instead of being cut.
    let fade = samples(0.9);
    for channel in [&mut mix.left, &mut mix.right] {
        for (index, value) in channel.iter_mut().rev().take(fade).enumerate() {
            *value *= index as f64 / fade as f64;
        }
    }
}

/// Straight up to half, then bending towards 1.
fn soft(value: f64) -> f64 {
    let size = value.abs();
    if size <= 0.5 { value } else { value.signum() * (0.5 + 0.5 * libm::tanh((size - 0.5) / 0.5)) }
}

/// Keeps every sample below the ceiling: the gain falls over 4 ms before a peak and recovers over 80 ms.
fn limit(mix: &mut Track, ceiling: f64) {
    let ahead = samples(0.004);
    let total = mix.left.len();
    let wanted: Vec<f64> = (0..total)
        .map(|index| {
            let peak = mix.left[index].abs().max(mix.right[index].abs());
            if peak > ceiling { ceiling / peak } else { 1.0 }
        })
        .collect();
    // The least gain within reach, by walking back from each peak in a straight line.
    let mut gain = wanted.clone();
    for index in (0..total.saturating_sub(1)).rev() {
        let rise = (1.0 - gain[index + 1]) / ahead as f64;
        gain[index] = gain[index].min(gain[index + 1] + rise.max(1e-5));
    }
    let mut current: f64 = 1.0;
    let release = 1.0 - decay(1.0 / RATE, 0.08);
    for (wanted, (left, right)) in gain.iter().zip(mix.left.iter_mut().zip(&mut mix.right)) {
        current = wanted.min(current + (1.0 - current) * release);
        *left *= current;
        *right *= current;
    }
}
