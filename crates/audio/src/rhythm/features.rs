//! What the rhythm listens to: how loud each band is, how it rises, and how the harmony changes.

use crate::signal::RATE;
use crate::spectrum::{FilterBank, Stft, mel_centres, semitone_centres};

/// 20 ms from frame to frame.
const HOP: usize = 441;
/// Short windows tell when, long ones tell which notes.
const SHORT: usize = 1024;
const LONG: usize = 4096;
pub(super) const BANDS: usize = 36;
/// E1 to B6.
const LOWEST_NOTE: u8 = 28;
const HIGHEST_NOTE: u8 = 95;
const NOTES: usize = (HIGHEST_NOTE - LOWEST_NOTE) as usize - 1;
/// Compression: levels are `ln(1 + COMPRESSION × level / loud level of the song)`.
const COMPRESSION: f32 = 300.0;

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
        let bands = FilterBank::triangular(&mel_centres(BANDS + 2, 30.0, 10_500.0), SHORT, RATE);
        let notes = FilterBank::triangular(&semitone_centres(LOWEST_NOTE, HIGHEST_NOTE, 440.0), LONG, RATE);
        Self {
            short: Stft::new(SHORT, HOP),
            long: Stft::new(LONG, HOP),
            bands,
            notes,
            band_levels: Vec::new(),
            note_levels: Vec::new(),
        }
    }

    /// Takes the next samples of the analysis signal.
    pub fn hear(&mut self, signal: &[f32]) {
        let Self { short, long, bands, notes, band_levels, note_levels } = self;
        short.push(signal, |magnitudes| bands.apply(magnitudes, band_levels));
        long.push(signal, |magnitudes| notes.apply(magnitudes, note_levels));
    }

    pub(super) fn features(mut self) -> Features {
        let Self { short, long, bands, notes, band_levels, note_levels } = &mut self;
        short.finish(|magnitudes| bands.apply(magnitudes, band_levels));
        long.finish(|magnitudes| notes.apply(magnitudes, note_levels));
        compress(band_levels, BANDS);
        compress(note_levels, NOTES);
        Features { bands: self.band_levels, notes: self.note_levels }
    }
}

/// Band levels (`BANDS` a frame) and note levels (`NOTES` a frame), compressed to about 0–6.
pub(super) struct Features {
    bands: Vec<f32>,
    notes: Vec<f32>,
}

impl Features {
    pub(super) fn frames(&self) -> usize {
        self.bands.len() / BANDS
    }

    fn band_rise(&self, frame: usize, band: usize) -> f32 {
        if frame == 0 {
            return 0.0;
        }
        let now = self.bands[frame * BANDS + band];
        let before = &self.bands[(frame - 1) * BANDS..frame * BANDS];
        let low = band.saturating_sub(1);
        let high = (band + 1).min(BANDS - 1);
        // The largest of the neighbouring bands: vibrato does not count as a rise (SuperFlux, Böck & Widmer 2013).
        let reference = before[low..=high].iter().copied().fold(0.0, f32::max);
        (now - reference).max(0.0)
    }

    /// Mean rise over all bands, a value a frame.
    pub(super) fn onset_strength(&self) -> Vec<f32> {
        (0..self.frames())
            .map(|frame| (0..BANDS).map(|band| self.band_rise(frame, band)).sum::<f32>() / BANDS as f32)
            .collect()
    }

    pub(super) fn simple_evidence(&self, onsets: &[f32]) -> (Vec<f32>, Vec<f32>) {
        let mut sorted: Vec<f32> = onsets.to_vec();
        sorted.sort_by(f32::total_cmp);
        let high = sorted.get(sorted.len() * 95 / 100).copied().unwrap_or(1.0).max(1e-6);
        let beat: Vec<f32> = onsets.iter().map(|x| (x / high).clamp(0.02, 0.9)).collect();
        let downbeat = beat.iter().map(|x| x * 0.5).collect();
        (beat, downbeat)
    }
}

/// Makes levels independent of how loud the song was mastered, and loudness-like.
fn compress(levels: &mut [f32], width: usize) {
    let mut sums: Vec<f32> =
        levels.chunks(width).map(|frame| frame.iter().sum::<f32>() / width as f32).collect();
    sums.sort_by(f32::total_cmp);
    let loud = sums.get(sums.len() * 95 / 100).copied().unwrap_or(0.0).max(1e-9);
    for level in levels {
        *level = libm::logf(1.0 + COMPRESSION * *level / loud);
    }
}
