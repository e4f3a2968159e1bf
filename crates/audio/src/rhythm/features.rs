//! What the rhythm listens to: how loud each band is, how it rises, and how the harmony changes.

use super::harmony_change::{NOTES, note_inputs};
use crate::signal::RATE;
use crate::spectrum::{FilterBank, Stft, mel_centres, semitone_centres};

/// 20 ms from frame to frame.
const HOP: usize = 441;
/// Short windows tell when, long ones tell which notes.
const SHORT: usize = 1024;
const LONG: usize = 4096;
const BANDS: usize = 36;
/// Bands reach from 30 Hz to what every resampled song still holds.
const BAND_RANGE: (f64, f64) = (30.0, 9_500.0);
/// MIDI notes below and above the bank: E♭1 and B6.
const NOTE_EDGES: (u8, u8) = (27, 95);
/// Compression: levels are `ln(1 + COMPRESSION × level / loud level of the song)`.
const COMPRESSION: f32 = 300.0;
/// Numbers a frame that the network sees: band levels, band rises, changes of the notes.
pub const INPUTS: usize = 2 * BANDS + super::harmony_change::INPUTS;

/// Collects the features while the song streams by.
pub struct Listener {
    short: Stft,
    long: Stft,
    bands: FilterBank,
    notes: FilterBank,
    band_levels: Vec<f32>,
    note_levels: Vec<f32>,
}

impl Default for Listener {
    fn default() -> Self {
        Self::new()
    }
}

impl Listener {
    pub fn new() -> Self {
        let centres = mel_centres(BANDS + 2, BAND_RANGE.0, BAND_RANGE.1);
        Self {
            short: Stft::new(SHORT, HOP),
            long: Stft::new(LONG, HOP),
            bands: FilterBank::triangular(&centres, SHORT, RATE),
            notes: FilterBank::triangular(&semitone_centres(NOTE_EDGES.0, NOTE_EDGES.1, 440.0), LONG, RATE),
            band_levels: Vec::new(),
            note_levels: Vec::new(),
        }
    }

    /// Takes the next samples of the analysis signal (mono at [`RATE`]).
    pub fn hear(&mut self, signal: &[f32]) {
        let Self { short, long, bands, notes, band_levels, note_levels } = self;
        short.push(signal, |magnitudes| bands.apply(magnitudes, band_levels));
        long.push(signal, |magnitudes| notes.apply(magnitudes, note_levels));
    }

    /// Ends the song: one row of [`INPUTS`] numbers for each frame, [`super::FRAME_RATE`] frames a second.
    pub fn features(mut self) -> Features {
        let Self { short, long, bands, notes, band_levels, note_levels } = &mut self;
        short.finish(|magnitudes| bands.apply(magnitudes, band_levels));
        long.finish(|magnitudes| notes.apply(magnitudes, note_levels));
        debug_assert_eq!(notes.len(), NOTES);
        compress(band_levels, BANDS);
        compress(note_levels, NOTES);
        let frames = band_levels.len() / BANDS;
        let mut inputs = vec![0.0; frames * INPUTS];
        for (frame, row) in inputs.chunks_mut(INPUTS).enumerate() {
            let (levels, rises) = row.split_at_mut(BANDS);
            levels.copy_from_slice(&band_levels[frame * BANDS..(frame + 1) * BANDS]);
            for (band, rise) in rises[..BANDS].iter_mut().enumerate() {
                *rise = band_rise(band_levels, frame, band);
            }
        }
        note_inputs(note_levels, &mut inputs, INPUTS, 2 * BANDS);
        Features { inputs }
    }
}

/// The rows of numbers that the network sees.
pub struct Features {
    pub inputs: Vec<f32>,
}

impl Features {
    pub fn frames(&self) -> usize {
        self.inputs.len() / INPUTS
    }

    /// Mean rise over all bands, a value a frame.
    pub(super) fn onset_strength(&self) -> Vec<f32> {
        self.inputs
            .chunks(INPUTS)
            .map(|row| row[BANDS..2 * BANDS].iter().sum::<f32>() / BANDS as f32)
            .collect()
    }
}

/// How much a band has risen since the frame before. The largest of the neighbouring bands is what it is measured
/// against, so that vibrato does not count as a rise (Böck & Widmer 2013, "Maximum filter vibrato suppression for onset detection").
fn band_rise(levels: &[f32], frame: usize, band: usize) -> f32 {
    if frame == 0 {
        return 0.0;
    }
    let before = &levels[(frame - 1) * BANDS..frame * BANDS];
    let neighbours = &before[band.saturating_sub(1)..=(band + 1).min(BANDS - 1)];
    let reference = neighbours.iter().copied().fold(0.0, f32::max);
    (levels[frame * BANDS + band] - reference).max(0.0)
}

/// Makes levels independent of how loud the song was mastered, and loudness-like.
fn compress(levels: &mut [f32], width: usize) {
    let mut means: Vec<f32> =
        levels.chunks(width).map(|frame| frame.iter().sum::<f32>() / width as f32).collect();
    means.sort_by(f32::total_cmp);
    let loud = means.get(means.len() * 95 / 100).copied().unwrap_or(0.0).max(1e-9);
    for level in levels {
        *level = libm::logf(1.0 + COMPRESSION * *level / loud);
    }
}
