//! Short-time magnitude spectra of a streamed signal, and filter banks over them.

use crate::signal::dot;
use realfft::num_complex::Complex;
use realfft::{RealFftPlanner, RealToComplex};
use std::sync::Arc;

/// Cuts a stream into overlapping Hann windows and hands out the magnitude spectrum of each.
///
/// Window `n` is centred on sample `n × hop`; before the first and after the last sample there is silence.
pub struct Stft {
    fft: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
    hop: usize,
    pending: Vec<f32>,
    windowed: Vec<f32>,
    spectrum: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
    magnitudes: Vec<f32>,
    frames: u64,
    taken: u64,
}

impl Stft {
    /// `size` samples a window (even), `hop` samples from one window to the next.
    pub fn new(size: usize, hop: usize) -> Self {
        let fft = RealFftPlanner::<f32>::new().plan_fft_forward(size);
        let window = hann(size);
        let spectrum = fft.make_output_vec();
        let scratch = fft.make_scratch_vec();
        let magnitudes = vec![0.0; spectrum.len()];
        let pending = vec![0.0; size / 2];
        let windowed = vec![0.0; size];
        Self { fft, window, hop, pending, windowed, spectrum, scratch, magnitudes, frames: 0, taken: 0 }
    }

    /// Takes samples in and calls `each` with the magnitudes (`size / 2 + 1` bins, a full-scale sine reads 0.5)
    /// of every window that is complete.
    pub fn push(&mut self, samples: &[f32], mut each: impl FnMut(&[f32])) {
        self.taken += samples.len() as u64;
        self.pending.extend_from_slice(samples);
        self.run(u64::MAX, &mut each);
    }

    /// Hands out the last windows: `ceil(samples / hop)` in all.
    pub fn finish(&mut self, mut each: impl FnMut(&[f32])) {
        let total = self.taken.div_ceil(self.hop as u64);
        self.pending.resize(self.pending.len() + self.window.len(), 0.0);
        self.run(total, &mut each);
    }

    fn run(&mut self, total: u64, each: &mut impl FnMut(&[f32])) {
        let mut start = 0;
        while self.frames < total {
            let Some(samples) = self.pending.get(start..start + self.window.len()) else { break };
            for ((target, sample), weight) in self.windowed.iter_mut().zip(samples).zip(&self.window) {
                *target = sample * weight;
            }
            // The lengths are this struct's own, so the transform cannot refuse them.
            let done = self
                .fft
                .process_with_scratch(&mut self.windowed, &mut self.spectrum, &mut self.scratch)
                .is_ok();
            debug_assert!(done, "the buffers were made by the transform itself");
            for (magnitude, bin) in self.magnitudes.iter_mut().zip(&self.spectrum) {
                *magnitude = (bin.re * bin.re + bin.im * bin.im).sqrt();
            }
            each(&self.magnitudes);
            self.frames += 1;
            start += self.hop;
        }
        self.pending.drain(..start.min(self.pending.len()));
    }
}

/// A Hann window that sums to 1.
fn hann(size: usize) -> Vec<f32> {
    let step = std::f64::consts::TAU / size as f64;
    let scale = 2.0 / size as f64;
    (0..size).map(|n| (scale * (0.5 - 0.5 * libm::cos(step * n as f64))) as f32).collect()
}

/// Overlapping triangular bands over the bins of a spectrum.
pub struct FilterBank {
    /// First bin and weights of each band.
    bands: Vec<(usize, Vec<f32>)>,
}

impl FilterBank {
    /// Bands with the given centres in Hz, ascending; each reaches from the centre before to the centre after it, so
    /// the first and the last centre are only edges. Weights of a band sum to 1.
    pub fn triangular(centres: &[f64], size: usize, rate: u32) -> Self {
        let bin_hz = f64::from(rate) / size as f64;
        let bands = centres
            .windows(3)
            .map(|edges| {
                let (low, centre, high) = (edges[0] / bin_hz, edges[1] / bin_hz, edges[2] / bin_hz);
                let first = (low.ceil() as usize).min(size / 2);
                let last = (high.floor() as usize).clamp(first, size / 2);
                let weights: Vec<f64> = (first..=last)
                    .map(|bin| {
                        let bin = bin as f64;
                        if bin <= centre {
                            (bin - low) / (centre - low)
                        } else {
                            (high - bin) / (high - centre)
                        }
                    })
                    .map(|weight| weight.clamp(0.0, 1.0))
                    .collect();
                let sum: f64 = weights.iter().sum();
                if sum <= 1e-9 {
                    // Narrower than a bin: the nearest bin stands for it.
                    return ((centre.round() as usize).min(size / 2), vec![1.0]);
                }
                (first, weights.iter().map(|weight| (*weight / sum) as f32).collect())
            })
            .collect();
        Self { bands }
    }

    pub fn len(&self) -> usize {
        self.bands.len()
    }

    pub fn is_empty(&self) -> bool {
        self.bands.is_empty()
    }

    /// Appends the level of every band to `levels`.
    pub fn apply(&self, magnitudes: &[f32], levels: &mut Vec<f32>) {
        levels.extend(self.bands.iter().map(|(first, weights)| {
            let bins = magnitudes.get(*first..first + weights.len()).unwrap_or_default();
            dot(bins, weights)
        }));
    }
}

/// `count` centres from `low` to `high` Hz, equally spaced on the mel scale (O'Shaughnessy 1987).
pub fn mel_centres(count: usize, low: f64, high: f64) -> Vec<f64> {
    let mel = |hz: f64| 2595.0 * libm::log10(1.0 + hz / 700.0);
    let hz = |mel: f64| 700.0 * (libm::exp10(mel / 2595.0) - 1.0);
    let step = (mel(high) - mel(low)) / (count.max(2) - 1) as f64;
    (0..count).map(|n| hz(mel(low) + step * n as f64)).collect()
}

/// Centres of the semitones from MIDI note `low` to `high`, both included, at a concert pitch in Hz.
pub fn semitone_centres(low: u8, high: u8, concert_pitch: f64) -> Vec<f64> {
    (low..=high).map(|note| concert_pitch * libm::exp2((f64::from(note) - 69.0) / 12.0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sine_stands_in_its_bin_at_half_its_level() {
        let size = 1024;
        let samples: Vec<f32> = (0..8 * size)
            .map(|n| (std::f64::consts::TAU * 32.0 * n as f64 / size as f64).sin() as f32)
            .collect();
        let mut stft = Stft::new(size, 256);
        let mut frames = Vec::new();
        for block in samples.chunks(777) {
            stft.push(block, |magnitudes| frames.push(magnitudes.to_vec()));
        }
        stft.finish(|magnitudes| frames.push(magnitudes.to_vec()));
        assert_eq!(frames.len(), 32);
        assert!((frames[10][32] - 0.5).abs() < 1e-3, "{}", frames[10][32]);
        assert!(frames[10][40] < 1e-3);
    }

    #[test]
    fn each_band_of_a_flat_spectrum_reads_its_level() {
        let bank = FilterBank::triangular(&mel_centres(42, 30.0, 10_000.0), 1024, 22_050);
        let mut levels = Vec::new();
        bank.apply(&vec![0.25; 513], &mut levels);
        assert_eq!(levels.len(), 40);
        assert!(levels.iter().all(|level| (level - 0.25).abs() < 1e-5), "{levels:?}");
    }
}
