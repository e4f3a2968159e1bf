//! A mel spectrogram gathered while the song streams by: what timbre, energy and onsets are read from.

use crate::signal::RATE;
use crate::spectrum::{FilterBank, Stft, mel_centres};

pub(crate) const SIZE: usize = 2048;
pub(crate) const HOP: usize = 512;
/// Bands, spaced evenly on the mel scale between [`LOWEST_HZ`] and [`HIGHEST_HZ`].
pub const BANDS: usize = 40;
const LOWEST_HZ: f64 = 40.0;
const HIGHEST_HZ: f64 = 10_000.0;

/// Gathers a [`MelSpectrogram`] from mono blocks at [`RATE`].
pub struct MelMeter {
    stft: Stft,
    filters: FilterBank,
    levels: Vec<f32>,
}

/// Mean magnitude of each band over time; frame `i` is centred at `i / MelSpectrogram::RATE_HZ` seconds.
///
/// A full-scale sine reads 0.5 in its bin, and so less in its band, by the number of bins that the band holds.
pub struct MelSpectrogram {
    /// Frame after frame, [`BANDS`] levels each.
    levels: Vec<f32>,
}

impl MelSpectrogram {
    /// Frames a second.
    pub const RATE_HZ: f64 = RATE as f64 / HOP as f64;

    /// The frames in order of time.
    pub fn frames(&self) -> &[[f32; BANDS]] {
        self.levels.as_chunks().0
    }

    /// The frames centred within a span of seconds.
    pub fn span(&self, start: f64, end: f64) -> &[[f32; BANDS]] {
        let frames = self.frames();
        let index = |seconds: f64| ((seconds * Self::RATE_HZ).ceil().max(0.0) as usize).min(frames.len());
        let first = index(start);
        &frames[first..index(end).max(first)]
    }

    /// Centre frequencies of the bands in Hz.
    pub fn band_centres() -> Vec<f64> {
        mel_centres(BANDS + 2, LOWEST_HZ, HIGHEST_HZ)[1..=BANDS].to_vec()
    }
}

impl Default for MelMeter {
    fn default() -> Self {
        Self::new()
    }
}

impl MelMeter {
    pub fn new() -> Self {
        let filters = FilterBank::triangular(&mel_centres(BANDS + 2, LOWEST_HZ, HIGHEST_HZ), SIZE, RATE);
        Self { stft: Stft::new(SIZE, HOP), filters, levels: Vec::new() }
    }

    /// Takes the next mono samples.
    pub fn push(&mut self, mono: &[f32]) {
        self.push_with(mono, |_| {});
    }

    /// Takes the next mono samples and lets another listener have every spectrum too.
    pub fn push_with(&mut self, mono: &[f32], mut also: impl FnMut(&[f32])) {
        self.stft.push(mono, |spectrum| {
            self.filters.apply(spectrum, &mut self.levels);
            also(spectrum);
        });
    }

    pub fn finish(self) -> MelSpectrogram {
        self.finish_with(|_| {})
    }

    /// Makes the last frames, which the other listener has too.
    pub fn finish_with(mut self, mut also: impl FnMut(&[f32])) -> MelSpectrogram {
        self.stft.finish(|spectrum| {
            self.filters.apply(spectrum, &mut self.levels);
            also(spectrum);
        });
        MelSpectrogram { levels: self.levels }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sine_fills_its_band() {
        for (band, hz) in MelSpectrogram::band_centres().into_iter().enumerate().skip(2).step_by(9) {
            let sine: Vec<f32> = (0..RATE)
                .map(|n| (std::f64::consts::TAU * hz * f64::from(n) / f64::from(RATE)).sin() as f32)
                .collect();
            let mut meter = MelMeter::new();
            sine.chunks(1000).for_each(|block| meter.push(block));
            let mel = meter.finish();
            assert_eq!(mel.frames().len(), 44);
            assert_eq!(mel.span(0.5, 9.0).len(), 22);
            assert!(mel.span(2.0, 1.0).is_empty());
            let frame = mel.frames()[20];
            let loudest = (0..BANDS).max_by(|a, b| frame[*a].total_cmp(&frame[*b])).unwrap();
            assert_eq!(loudest, band);
        }
    }
}
