//! Where somebody sings, and where syllables may begin.
//!
//! Cues of every frame ([`cues`]) go through a very small network; what it says is smoothed a little. All cues are
//! relative to the song itself: in music without a voice, what sounds most like one is found.

mod cues;
mod network;
mod onsets;
mod sway;

use crate::structure::mel::MelSpectrogram;
use mv_core::analysis::{Curve, Voice};
use sway::SwayMeter;

/// Samples a second of the activity curve.
pub const CURVE_RATE_HZ: f64 = 20.0;
/// Frames each way that the network's word is averaged over: 0.1 s.
const SMOOTH: usize = 4;

/// Listens for a voice in the spectra that the mel spectrogram is made of.
pub struct VoiceMeter {
    sway: SwayMeter,
}

impl Default for VoiceMeter {
    fn default() -> Self {
        Self::new()
    }
}

impl VoiceMeter {
    pub fn new() -> Self {
        Self { sway: SwayMeter::new() }
    }

    /// Takes the next spectrum.
    pub fn hear(&mut self, spectrum: &[f32]) {
        self.sway.hear(spectrum);
    }

    /// What the network sees of each frame, for its training.
    pub fn inputs(self, mel: &MelSpectrogram) -> Vec<f32> {
        cues::cues(mel, &self.sway.finish()).into_iter().flatten().collect()
    }

    /// The voice in a song of so many seconds.
    pub fn finish(self, mel: &MelSpectrogram, seconds: f64) -> Voice {
        let active = smooth(&network::listen(&cues::cues(mel, &self.sway.finish())));
        let onsets = onsets::onsets(mel, &active, seconds);
        let count = (seconds * CURVE_RATE_HZ).ceil().max(0.0) as usize;
        let frame = |time: f64| ((time * MelSpectrogram::RATE_HZ).round() as usize).min(active.len());
        let values = (0..count)
            .map(|index| {
                let (first, last) =
                    (frame(index as f64 / CURVE_RATE_HZ), frame((index + 1) as f64 / CURVE_RATE_HZ));
                let span = &active[first..last.max(first)];
                let level = span.iter().sum::<f32>() / span.len().max(1) as f32;
                (level * 1e3).round() / 1e3
            })
            .collect();
        // Sure where the curve is near 0 or 1.
        let sure = active.iter().map(|chance| f64::from((2.0 * chance - 1.0).abs())).sum::<f64>();
        let confidence = (sure / active.len().max(1) as f64 * 1e3).round() / 1e3;
        Voice { activity: Curve { rate_hz: CURVE_RATE_HZ, values }, onsets, confidence }
    }
}

fn smooth(chances: &[f32]) -> Vec<f32> {
    (0..chances.len())
        .map(|index| {
            let near = &chances[index.saturating_sub(SMOOTH)..(index + SMOOTH + 1).min(chances.len())];
            near.iter().sum::<f32>() / near.len() as f32
        })
        .collect()
}
