//! Where syllables may begin: rises of the bands in which words are told apart, while somebody sings.
//!
//! Spectral flux against the loudest of three neighbouring bands a moment before, which swaying pitch does not set off:
//! Böck and Widmer, "Maximum filter vibrato suppression for onset detection" (`DAFx` 2013).

use crate::structure::mel::{BANDS, MelSpectrogram};
use mv_core::Seconds;
use mv_core::analysis::VoiceOnset;

/// Mel bands from about 250 Hz to 6 kHz: above it are cymbals, below it drums and bass.
const VOICE_BANDS: std::ops::Range<usize> = 4..34;
/// Frames between the two spectra that are compared.
const APART: usize = 2;
/// Frames each way that an onset is the highest of, and over which the level is taken that it must stand out from.
const ALONE: usize = 2;
const AROUND: usize = 16;
/// How far above its surroundings an onset stands, as a share of the song's strong ones.
const STANDS_OUT: f32 = 0.08;
/// The flux is highest this many seconds after the sound begins: half of what the spectra lie apart.
const LATE: f64 = 0.023;

/// Onsets in order of time. `active` is the chance of a voice in each frame.
pub(super) fn onsets(mel: &MelSpectrogram, active: &[f32], seconds: f64) -> Vec<VoiceOnset> {
    let frames = mel.frames();
    let logs: Vec<[f32; BANDS]> =
        frames.iter().map(|frame| frame.map(|level| libm::logf(1.0 + 2e3 * level))).collect();
    let flux: Vec<f32> = (0..frames.len())
        .map(|index| {
            let Some(before) = index.checked_sub(APART).map(|earlier| &logs[earlier]) else { return 0.0 };
            let rise = VOICE_BANDS.map(|band| {
                let loudest = before[band - 1..=band + 1].iter().copied().fold(0.0, f32::max);
                (logs[index][band] - loudest).max(0.0)
            });
            // A voice that goes on being there: what begins and is no voice counts less.
            let end = (index + 20).min(active.len());
            let sung = active[index..end].iter().sum::<f32>() / (end - index).max(1) as f32;
            rise.sum::<f32>() * (0.15 + sung)
        })
        .collect();
    let mut sorted = flux.clone();
    sorted.sort_by(f32::total_cmp);
    let strong = sorted.get(sorted.len() * 97 / 100).copied().unwrap_or(0.0).max(1e-6);
    let mut onsets = Vec::new();
    for index in 1..flux.len().saturating_sub(1) {
        let value = flux[index];
        let near = &flux[index.saturating_sub(ALONE)..(index + ALONE + 1).min(flux.len())];
        let around = &flux[index.saturating_sub(AROUND)..(index + AROUND).min(flux.len())];
        let mean = around.iter().sum::<f32>() / around.len() as f32;
        let highest = near.iter().all(|other| *other <= value) && flux[index - 1] < value;
        if !highest || value - mean < STANDS_OUT * strong {
            continue;
        }
        // The top of the parabola through three frames.
        let (left, right) = (flux[index - 1], flux[index + 1]);
        let bend = left - 2.0 * value + right;
        let aside = if bend < -1e-9 { 0.5 * (left - right) / bend } else { 0.0 };
        let time = (index as f64 + f64::from(aside)) / MelSpectrogram::RATE_HZ - LATE;
        if !(0.0..seconds).contains(&time) {
            continue;
        }
        let strength = f64::from(((value - mean) / strong).clamp(0.0, 1.0));
        onsets.push(VoiceOnset {
            time: Seconds((time * 1e3).round() / 1e3),
            strength: (strength * 1e2).round() / 1e2,
        });
    }
    onsets
}
