//! A log-frequency spectrogram gathered while the song streams by, and the tuning it stands in.

use crate::signal::RATE;
use crate::spectrum::Stft;

const SIZE: usize = 8192;
const HOP: usize = 2048;
/// Bins a semitone: the middle one of three is in tune.
pub(crate) const PER_SEMITONE: usize = 3;
/// The lowest note, C1, as a MIDI number.
pub(crate) const LOWEST_NOTE: usize = 24;
/// Semitones covered: C1 to C8.
pub(crate) const SEMITONES: usize = 85;
pub const PITCH_BINS: usize = SEMITONES * PER_SEMITONE;

/// Gathers a [`PitchSpectrogram`] from mono blocks at [`RATE`].
pub struct PitchMeter {
    stft: Stft,
    kernel: Vec<(usize, Vec<f32>)>,
    frames: Vec<[f32; PITCH_BINS]>,
}

/// Magnitudes over log-frequency and time; frame `i` is centred at `i / PitchSpectrogram::RATE_HZ` seconds.
pub struct PitchSpectrogram {
    pub frames: Vec<[f32; PITCH_BINS]>,
}

pub(crate) fn hz_of_bin(bin: f64) -> f64 {
    let note = LOWEST_NOTE as f64 + (bin - 1.0) / PER_SEMITONE as f64;
    440.0 * libm::exp2((note - 69.0) / 12.0)
}

/// For each pitch bin, the first FFT bin it reads and the weights of those that follow.
fn kernel() -> Vec<(usize, Vec<f32>)> {
    let bin_hz = f64::from(RATE) / SIZE as f64;
    (0..PITCH_BINS)
        .map(|bin| {
            let centre = hz_of_bin(bin as f64);
            // Triangles over neighbouring pitches; in the bass, where a pitch is less than an FFT bin wide,
            // they become linear interpolation.
            let rise = (centre - hz_of_bin(bin as f64 - 1.0)).max(bin_hz);
            let fall = (hz_of_bin(bin as f64 + 1.0) - centre).max(bin_hz);
            let first = ((centre - rise) / bin_hz).ceil().max(1.0) as usize;
            let last = (((centre + fall) / bin_hz).floor() as usize).min(SIZE / 2);
            let mut weights: Vec<f32> = (first..=last)
                .map(|n| {
                    let offset = n as f64 * bin_hz - centre;
                    (1.0 - if offset < 0.0 { -offset / rise } else { offset / fall }).max(0.0) as f32
                })
                .collect();
            let sum: f32 = weights.iter().sum();
            for weight in &mut weights {
                *weight /= sum.max(f32::MIN_POSITIVE);
            }
            (first, weights)
        })
        .collect()
}

/// The log-frequency spectrum of a steady sound with the given partials (Hz, magnitude).
pub(crate) fn spectrum_of(partials: &[(f64, f64)]) -> [f32; PITCH_BINS] {
    let bin_hz = f64::from(RATE) / SIZE as f64;
    let mut magnitudes = vec![0.0_f32; SIZE / 2 + 1];
    for (hz, magnitude) in partials {
        let position = hz / bin_hz;
        let lobe = (position - 3.0).ceil().max(0.0) as usize..=(position + 3.0).floor() as usize;
        for bin in lobe.filter(|bin| *bin <= SIZE / 2) {
            magnitudes[bin] += (magnitude * hann_lobe(bin as f64 - position)) as f32;
        }
    }
    pitches(&kernel(), &magnitudes)
}

/// Magnitude of the Hann window's transform, relative to its peak, `distance` FFT bins away.
fn hann_lobe(distance: f64) -> f64 {
    let d = distance.abs();
    if d < 1e-6 {
        return 1.0;
    }
    if (d - 1.0).abs() < 1e-6 {
        return 0.5;
    }
    let angle = std::f64::consts::PI * d;
    (libm::sin(angle) / (angle * (1.0 - d * d))).abs()
}

impl Default for PitchMeter {
    fn default() -> Self {
        Self::new()
    }
}

impl PitchMeter {
    pub fn new() -> Self {
        Self { stft: Stft::new(SIZE, HOP), kernel: kernel(), frames: Vec::new() }
    }

    /// Takes the next mono samples.
    pub fn push(&mut self, mono: &[f32]) {
        let Self { stft, kernel, frames } = self;
        stft.push(mono, |power| frames.push(pitches(kernel, power)));
    }

    pub fn finish(self) -> PitchSpectrogram {
        let Self { mut stft, kernel, mut frames } = self;
        stft.finish(|power| frames.push(pitches(&kernel, power)));
        PitchSpectrogram { frames }
    }
}

/// Concert pitch in Hz, to a tenth, of a song tuned `tuning` semitones above 440 Hz.
pub fn tuning_hz(tuning: f64) -> f64 {
    (440.0 * libm::exp2(tuning / 12.0) * 10.0).round() / 10.0
}

fn pitches(kernel: &[(usize, Vec<f32>)], power: &[f32]) -> [f32; PITCH_BINS] {
    let mut out = [0.0; PITCH_BINS];
    for (magnitude, (first, weights)) in out.iter_mut().zip(kernel) {
        *magnitude = power[*first..].iter().zip(weights).map(|(bin, weight)| bin * weight).sum();
    }
    out
}

impl PitchSpectrogram {
    /// Frames a second.
    pub const RATE_HZ: f64 = RATE as f64 / HOP as f64;

    /// How far the song is tuned above A4 = 440 Hz, in semitones (−0.5 to 0.5), from the phase of the energy within
    /// the semitones (Mauch & Dixon 2010). 0 when nothing sounds.
    pub fn tuning(&self) -> f64 {
        let mut sums = [0.0_f64; PER_SEMITONE];
        for frame in &self.frames {
            // Peaks only: the floor between them has no tuning.
            for (bin, triple) in frame.windows(3).enumerate() {
                if triple[1] >= triple[0] && triple[1] > triple[2] {
                    for (offset, magnitude) in triple.iter().enumerate() {
                        sums[(bin + offset) % PER_SEMITONE] += f64::from(*magnitude);
                    }
                }
            }
        }
        let (mut re, mut im) = (0.0, 0.0);
        for (phase, sum) in sums.iter().enumerate() {
            let angle = std::f64::consts::TAU * (phase as f64 - 1.0) / PER_SEMITONE as f64;
            re += sum * libm::cos(angle);
            im += sum * libm::sin(angle);
        }
        let total: f64 = sums.iter().sum();
        if libm::hypot(re, im) <= 0.01 * total {
            return 0.0;
        }
        // A hundredth of a semitone is finer than an ear, and keeps the last bits of the arithmetic out.
        (libm::atan2(im, re) / std::f64::consts::TAU * 100.0).round() / 100.0 + 0.0
    }

    /// Mean spectrum over a span of seconds, the nearest frame's where the span holds none.
    pub(crate) fn mean(&self, start: f64, end: f64) -> [f32; PITCH_BINS] {
        let mut mean = [0.0; PITCH_BINS];
        let Some(last) = self.frames.len().checked_sub(1) else { return mean };
        let first = ((start * Self::RATE_HZ).ceil().max(0.0) as usize).min(self.frames.len());
        let past = ((end * Self::RATE_HZ).ceil().max(0.0) as usize).min(self.frames.len());
        let span = if first < past {
            first..past
        } else {
            let nearest = ((f64::midpoint(start, end) * Self::RATE_HZ).round().max(0.0) as usize).min(last);
            nearest..nearest + 1
        };
        let count = span.len() as f32;
        for frame in &self.frames[span] {
            for (sum, value) in mean.iter_mut().zip(frame) {
                *sum += value / count;
            }
        }
        mean
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chord(cents: f64) -> PitchSpectrogram {
        let mut meter = PitchMeter::new();
        let samples: Vec<f32> = (0..44_100)
            .map(|n| {
                let time = f64::from(n) / f64::from(RATE);
                let notes = [48.0, 60.0, 64.0, 67.0, 72.0];
                notes
                    .iter()
                    .map(|note| {
                        let hz = 440.0 * ((note - 69.0 + cents / 100.0) / 12.0).exp2();
                        (std::f64::consts::TAU * hz * time).sin() as f32 * 0.1
                    })
                    .sum()
            })
            .collect();
        samples.chunks(999).for_each(|block| meter.push(block));
        meter.finish()
    }

    #[test]
    fn tuning_is_found_within_a_few_cents() {
        for cents in [-40.0, -20.0, 0.0, 15.0, 45.0] {
            let tuning = chord(cents).tuning();
            assert!((tuning * 100.0 - cents).abs() <= 6.0, "{cents} cents read as {}", tuning * 100.0);
        }
    }

    #[test]
    fn silence_is_in_tune() {
        let mut meter = PitchMeter::new();
        meter.push(&vec![0.0; 10_000]);
        assert!(meter.finish().tuning().abs() < 1e-9);
    }
}
