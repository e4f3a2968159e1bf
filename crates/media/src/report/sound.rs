//! Listens to a film once: loudness, peaks, clipping, and how far its sound lies from the sound track it was given.

use crate::sound::{CHANNELS, Loudness, Meter, PcmReader, SAMPLE_RATE};
use crate::{MediaError, Tools};
use mv_core::CancelToken;
use realfft::RealFftPlanner;
use serde::Serialize;
use std::collections::VecDeque;
use std::path::Path;

/// Samples this near to full scale, on both sides of one another, are clipped.
const CLIPPED: f32 = 0.9999;
/// The comparison runs at 8 kHz over the first and the last seconds, and finds offsets up to this.
const DECIMATION: usize = SAMPLE_RATE as usize / COMPARED_HZ;
const COMPARED_HZ: usize = 8000;
const COMPARED_SECONDS: usize = 20;
const FARTHEST_SECONDS: usize = 2;
/// Correlation below which the two are not the same sound.
const LEAST_LIKENESS: f64 = 0.35;

/// What is heard in a film.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SoundFacts {
    pub loudness: Loudness,
    /// Runs of at least two samples at full scale.
    pub clipped_runs: u64,
    /// Later (+) or earlier (−) than the sound track, in ms, near the start and near the end; `None` when the two sounds
    /// have nothing in common within two seconds, or there was nothing to compare with.
    pub offset_start_ms: Option<f64>,
    pub offset_end_ms: Option<f64>,
    /// Loudness in LUFS of each 100 ms, for the plot.
    #[serde(skip)]
    pub curve: Vec<f64>,
}

pub(super) fn listen(
    tools: &Tools,
    film: &Path,
    soundtrack: Option<&Path>,
    cancel: &CancelToken,
) -> Result<SoundFacts, MediaError> {
    let heard = Heard::of(PcmReader::timed(tools, film, cancel)?)?;
    let (mut offset_start_ms, mut offset_end_ms) = (None, None);
    if let Some(path) = soundtrack {
        let wished = Heard::of(PcmReader::timed(tools, path, cancel)?)?;
        offset_start_ms = offset(&heard.first, &wished.first).map(|lag| milliseconds(lag as f64));
        // The last seconds of both, by the same clock.
        let apart = heard.count as f64 - wished.count as f64;
        let (a, b): (Vec<f32>, Vec<f32>) = (heard.last.into(), wished.last.into());
        let ends = (heard.count - a.len() as u64) as f64 - (wished.count - b.len() as u64) as f64;
        if apart.abs() < (FARTHEST_SECONDS * COMPARED_HZ) as f64 {
            offset_end_ms = offset(&a, &b).map(|lag| milliseconds(lag as f64 + ends));
        }
    }
    let curve = heard.meter.curve();
    let loudness = heard.meter.finish();
    Ok(SoundFacts { loudness, clipped_runs: heard.clipped_runs, offset_start_ms, offset_end_ms, curve })
}

fn milliseconds(samples: f64) -> f64 {
    (samples * 1000.0 / COMPARED_HZ as f64 * 1000.0).round() / 1000.0
}

/// A sound that was played through.
struct Heard {
    meter: Meter,
    clipped_runs: u64,
    /// Mono at 8 kHz: the first and the last seconds, and how many samples in all.
    first: Vec<f32>,
    last: VecDeque<f32>,
    count: u64,
}

impl Heard {
    fn of(mut reader: PcmReader) -> Result<Self, MediaError> {
        let kept = COMPARED_SECONDS * COMPARED_HZ;
        let mut heard = Self {
            meter: Meter::new(),
            clipped_runs: 0,
            first: Vec::with_capacity(kept),
            last: VecDeque::with_capacity(kept + 1),
            count: 0,
        };
        let mut runs = [0u32; CHANNELS];
        let (mut sum, mut summed) = (0.0f32, 0);
        let mut frames = Vec::new();
        loop {
            reader.read(&mut frames)?;
            if frames.is_empty() {
                return Ok(heard);
            }
            heard.meter.push(&frames);
            for frame in frames.chunks_exact(CHANNELS) {
                for (run, sample) in runs.iter_mut().zip(frame) {
                    *run = if sample.abs() >= CLIPPED { *run + 1 } else { 0 };
                    heard.clipped_runs += u64::from(*run == 2);
                }
                sum += frame[0] + frame[1];
                summed += 1;
                if summed == DECIMATION {
                    heard.keep(sum / (DECIMATION * CHANNELS) as f32, kept);
                    (sum, summed) = (0.0, 0);
                }
            }
        }
    }

    fn keep(&mut self, sample: f32, most: usize) {
        self.count += 1;
        if self.first.len() < most {
            self.first.push(sample);
        }
        if self.last.len() == most {
            self.last.pop_front();
        }
        self.last.push_back(sample);
    }
}

/// Samples by which `a` lies behind `b`, by the highest cross-correlation, when they are alike at all.
fn offset(a: &[f32], b: &[f32]) -> Option<i64> {
    let energy = |samples: &[f32]| samples.iter().map(|s| f64::from(*s).powi(2)).sum::<f64>();
    let scale = (energy(a) * energy(b)).sqrt();
    if scale <= 1e-9 {
        return None;
    }
    let size = (a.len() + b.len()).next_power_of_two();
    let mut planner = RealFftPlanner::<f64>::new();
    let (forward, backward) = (planner.plan_fft_forward(size), planner.plan_fft_inverse(size));
    let spectrum = |samples: &[f32]| {
        let mut padded: Vec<f64> = samples.iter().map(|s| f64::from(*s)).collect();
        padded.resize(size, 0.0);
        let mut spectrum = forward.make_output_vec();
        forward.process(&mut padded, &mut spectrum).ok().map(|()| spectrum)
    };
    let (of_a, of_b) = (spectrum(a)?, spectrum(b)?);
    let mut product: Vec<_> = of_a.iter().zip(&of_b).map(|(a, b)| a * b.conj()).collect();
    let mut correlation = backward.make_output_vec();
    backward.process(&mut product, &mut correlation).ok()?;
    let farthest = ((FARTHEST_SECONDS * COMPARED_HZ) as i64).min(size as i64 / 2 - 1);
    let at = |lag: i64| correlation[lag.rem_euclid(size as i64) as usize] / size as f64;
    // Of equal ones the nearest: silence and steady tones match everywhere.
    let best = (-farthest..=farthest).max_by(|a, b| {
        let quantised = |lag: i64| (at(lag) / scale * 1e6).round();
        quantised(*a).total_cmp(&quantised(*b)).then(b.abs().cmp(&a.abs()))
    })?;
    (at(best) / scale >= LEAST_LIKENESS).then_some(best)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(count: usize) -> Vec<f32> {
        let mut state = 1u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / 8_388_608.0 - 1.0
        };
        (0..count).map(|_| next()).collect()
    }

    #[test]
    fn an_offset_is_found_to_the_sample_in_both_directions() {
        let sound = noise(40_000);
        assert_eq!(offset(&sound, &sound), Some(0));
        assert_eq!(offset(&sound[..39_000], &sound[313..]), Some(313));
        assert_eq!(offset(&sound[777..], &sound), Some(-777));
        let quiet: Vec<f32> = sound.iter().map(|s| s * 0.01).collect();
        assert_eq!(offset(&quiet[100..], &sound), Some(-100));
        assert_eq!(offset(&vec![0.0; 1000], &sound), None);
        let other: Vec<f32> = noise(80_000).split_off(40_000);
        assert_eq!(offset(&sound, &other), None);
    }
}
