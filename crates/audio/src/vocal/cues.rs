//! What a singing voice is told by, frame by frame: the shape of the spectrum and how it moves, and the pitch's sway.
//!
//! Mel-frequency cepstral coefficients with their mean and spread in a neighbourhood are, of what has been compared,
//! the best descriptors (Rocamora and Herrera, "Comparing audio descriptors for singing voice detection in music audio
//! files", 2007).

use super::sway::{OCTAVES, Sway};
use crate::structure::mel::{BANDS, MelSpectrogram};

/// Cepstral coefficients, from the second on: the first is loudness.
const COEFFICIENTS: usize = 12;
/// Cues of a frame alone: coefficients, their changes, sway, clearness, the voice's share of the sound.
const ALONE: usize = COEFFICIENTS + COEFFICIENTS / 2 + 2 * OCTAVES + 2;
/// Cues of a frame among its neighbours: the means of all, the spreads of the coefficients and of the share.
pub(crate) const CUES: usize = ALONE + COEFFICIENTS + 1;
/// Frames each way that means and spreads are taken over: a syllable, and some of them.
const NEAR: usize = 6;
const WIDE: usize = 24;
/// Mel bands between about 300 Hz and 3.4 kHz: where words are told apart.
const VOICE_BANDS: std::ops::Range<usize> = 6..26;
const FLOOR: f64 = 1e-4;

/// The cues of every frame, each of them with mean 0 and spread 1 over the song.
pub(crate) fn cues(mel: &MelSpectrogram, sway: &[Sway]) -> Vec<[f32; CUES]> {
    let alone = alone(mel, sway);
    let mut cues = vec![[0.0; CUES]; alone.len()];
    for cue in 0..ALONE {
        let sums = Sums::of(alone.iter().map(|frame| frame[cue]));
        for (index, target) in cues.iter_mut().enumerate() {
            target[cue] = sums.mean(index, NEAR) as f32;
            let spread = if cue < COEFFICIENTS { Some(ALONE + cue) } else { None };
            let spread = if cue == ALONE - 2 { Some(CUES - 1) } else { spread };
            if let Some(place) = spread {
                target[place] = sums.spread(index, WIDE) as f32;
            }
        }
    }
    normalise(&mut cues);
    cues
}

fn alone(mel: &MelSpectrogram, sway: &[Sway]) -> Vec<[f64; ALONE]> {
    let cosines: Vec<[f64; BANDS]> = (1..=COEFFICIENTS)
        .map(|order| {
            let step = std::f64::consts::PI * order as f64 / BANDS as f64;
            std::array::from_fn(|band| libm::cos(step * (band as f64 + 0.5)))
        })
        .collect();
    let mut before = [[0.0; COEFFICIENTS]; 2];
    let frames = mel.frames().iter().zip(sway);
    frames
        .enumerate()
        .map(|(index, (levels, sway))| {
            let logs = levels.map(|level| libm::log(f64::from(level) + FLOOR));
            let mut cues = [0.0; ALONE];
            let mut cepstrum = [0.0; COEFFICIENTS];
            for (value, cosine) in cepstrum.iter_mut().zip(&cosines) {
                *value =
                    logs.iter().zip(cosine).map(|(log, cosine)| log * cosine).sum::<f64>() / BANDS as f64;
            }
            cues[..COEFFICIENTS].copy_from_slice(&cepstrum);
            for order in 0..COEFFICIENTS / 2 {
                cues[COEFFICIENTS + order] = (cepstrum[order] - before[index % 2][order]).abs();
            }
            let rest = &mut cues[COEFFICIENTS + COEFFICIENTS / 2..];
            for octave in 0..OCTAVES {
                rest[octave] = f64::from(sway.moved[octave]);
                rest[OCTAVES + octave] = f64::from(sway.clear[octave]);
            }
            let voiced = logs[VOICE_BANDS].iter().sum::<f64>() / VOICE_BANDS.len() as f64;
            let all = logs.iter().sum::<f64>() / BANDS as f64;
            rest[2 * OCTAVES] = voiced;
            rest[2 * OCTAVES + 1] = voiced - all;
            before[index % 2] = cepstrum;
            cues
        })
        .collect()
}

/// Running sums, for means and spreads over any neighbourhood.
struct Sums(Vec<(f64, f64)>);

impl Sums {
    fn of(values: impl Iterator<Item = f64>) -> Self {
        let mut sums = vec![(0.0, 0.0)];
        let (mut sum, mut squares) = (0.0, 0.0);
        for value in values {
            sum += value;
            squares += value * value;
            sums.push((sum, squares));
        }
        Self(sums)
    }

    fn window(&self, index: usize, reach: usize) -> (f64, f64, f64) {
        let (first, last) = (index.saturating_sub(reach), (index + reach + 1).min(self.0.len() - 1));
        let count = (last - first).max(1) as f64;
        (self.0[last].0 - self.0[first].0, self.0[last].1 - self.0[first].1, count)
    }

    fn mean(&self, index: usize, reach: usize) -> f64 {
        let (sum, _, count) = self.window(index, reach);
        sum / count
    }

    fn spread(&self, index: usize, reach: usize) -> f64 {
        let (sum, squares, count) = self.window(index, reach);
        (squares / count - (sum / count) * (sum / count)).max(0.0).sqrt()
    }
}

fn normalise(frames: &mut [[f32; CUES]]) {
    let count = frames.len().max(1) as f64;
    for cue in 0..CUES {
        let (mut sum, mut squares) = (0.0, 0.0);
        for frame in frames.iter() {
            let value = f64::from(frame[cue]);
            sum += value;
            squares += value * value;
        }
        let mean = sum / count;
        let spread = (squares / count - mean * mean).max(0.0).sqrt().max(1e-6);
        for frame in frames.iter_mut() {
            frame[cue] = ((f64::from(frame[cue]) - mean) / spread) as f32;
        }
    }
}
