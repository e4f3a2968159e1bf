//! How much the partials move between semitones from moment to moment: what sung pitch does and struck or held notes
//! of instruments do not.
//!
//! After the fluctogram of Lehner, Widmer and Sonnleitner, "On the reduction of false positives in singing voice
//! detection" (ICASSP 2014): spectra on a logarithmic frequency axis are shifted against earlier ones, band by band;
//! where a shift by a fraction of a semitone fits better than none, the pitch sways.

use crate::signal::RATE;
use crate::structure::mel;

/// Octaves looked at one by one, from [`LOWEST_HZ`] up.
pub(crate) const OCTAVES: usize = 4;
const LOWEST_HZ: f64 = 350.0;
/// Bins an octave: 20 cents each.
const PER_OCTAVE: usize = 60;
const BINS: usize = OCTAVES * PER_OCTAVE;
/// Largest shift tried either way, in bins: 80 cents.
const REACH: usize = 4;
/// Frames between the two spectra: 46 ms.
const APART: usize = 2;

/// What is measured of a frame.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Sway {
    /// How much better a shift fits than none, 0–1, for each octave.
    pub(crate) moved: [f32; OCTAVES],
    /// How much of each octave stands out of its floor: high for clear partials, low for noise.
    pub(crate) clear: [f32; OCTAVES],
}

/// Gathers a [`Sway`] for every spectrum of the mel spectrogram's transform.
pub(crate) struct SwayMeter {
    /// For each bin, the first of two FFT bins and the weight of the second.
    axis: Vec<(usize, f32)>,
    before: [[f32; BINS]; APART],
    heard: usize,
    frames: Vec<Sway>,
}

impl SwayMeter {
    pub(crate) fn new() -> Self {
        let bin_hz = f64::from(RATE) / mel::SIZE as f64;
        let axis = (0..BINS)
            .map(|bin| {
                let position = LOWEST_HZ * libm::exp2(bin as f64 / PER_OCTAVE as f64) / bin_hz;
                (position as usize, position.fract() as f32)
            })
            .collect();
        Self { axis, before: [[0.0; BINS]; APART], heard: 0, frames: Vec::new() }
    }

    pub(crate) fn hear(&mut self, spectrum: &[f32]) {
        let mut now = [0.0; BINS];
        for (value, (bin, share)) in now.iter_mut().zip(&self.axis) {
            let (left, right) = (spectrum[*bin], spectrum[bin + 1]);
            *value = (left + (right - left) * share).sqrt();
        }
        let then = &self.before[self.heard % APART];
        let mut sway = Sway::default();
        for octave in 0..OCTAVES {
            let span = octave * PER_OCTAVE..(octave + 1) * PER_OCTAVE;
            let own = &now[span.clone()];
            let mean = own.iter().sum::<f32>() / PER_OCTAVE as f32;
            let power = own.iter().map(|value| (value - mean) * (value - mean)).sum::<f32>();
            sway.clear[octave] = (power / PER_OCTAVE as f32).sqrt() / (mean + 1e-4);
            sway.moved[octave] = shift(own, mean, power, then, span.start);
        }
        self.frames.push(sway);
        self.before[self.heard % APART] = now;
        self.heard += 1;
    }

    pub(crate) fn finish(self) -> Vec<Sway> {
        self.frames
    }
}

/// How much better the best shift of `then` fits `own` than no shift does, as a share of a perfect fit.
fn shift(own: &[f32], mean: f32, power: f32, then: &[f32; BINS], start: usize) -> f32 {
    let fit = |offset: usize| {
        // `offset` counts from the lowest shift; spectra end at the axis' ends.
        let first = (start + offset).wrapping_sub(REACH);
        let (mut sum, mut squares, mut total) = (0.0f32, 0.0f32, 0.0f32);
        for (index, value) in own.iter().enumerate() {
            let other = then.get(first.wrapping_add(index)).copied().unwrap_or(0.0);
            sum += (value - mean) * other;
            squares += other * other;
            total += other;
        }
        let spread = squares - total * total / own.len() as f32;
        if spread <= 1e-9 || power <= 1e-9 { 0.0 } else { sum / (spread * power).sqrt() }
    };
    let still = fit(REACH);
    let best = (0..=2 * REACH).map(fit).fold(still, f32::max);
    (best - still).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spectrum::Stft;

    fn heard(cents: f64) -> f32 {
        let (mut meter, mut stft) = (SwayMeter::new(), Stft::new(mel::SIZE, mel::HOP));
        let mut phase = 0.0;
        let samples: Vec<f32> = (0..RATE)
            .map(|n| {
                let time = f64::from(n) / f64::from(RATE);
                let pitch = cents / 100.0 * libm::sin(std::f64::consts::TAU * 5.5 * time);
                phase += 220.0 * libm::exp2(pitch / 12.0) / f64::from(RATE);
                let partials = (1..=20).map(|n| libm::sin(std::f64::consts::TAU * phase * f64::from(n)));
                (partials.sum::<f64>() * 0.03) as f32
            })
            .collect();
        stft.push(&samples, |spectrum| meter.hear(spectrum));
        let frames = meter.finish();
        frames[5..].iter().map(|frame| frame.moved[2]).sum::<f32>() / (frames.len() - 5) as f32
    }

    #[test]
    fn a_swaying_tone_moves_and_a_steady_one_does_not() {
        let (steady, swaying) = (heard(0.0), heard(50.0));
        assert!(steady < 0.02 && swaying > 0.1, "{steady} {swaying}");
    }
}
