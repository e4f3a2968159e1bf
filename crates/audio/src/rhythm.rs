//! Beats, bars, tempo and metre.
//!
//! While the song streams by, [`Listener`] keeps small features: band levels and harmonic change, 50 times a second.
//! From them come the chances of a beat and of a downbeat at every moment, and a bar-pointer decoder finds the one
//! sequence of beats and bars that explains them best, so that beats, downbeats and metre are one decision.

mod bars;
mod features;

pub use features::Listener;

use bars::BarModel;
use mv_core::analysis::TimeSignature;

/// What [`Listener::finish`] yields. Times are seconds from the start of the song, ascending.
#[derive(Clone, Debug, PartialEq)]
pub struct Rhythm {
    /// Median tempo in beats a minute.
    pub tempo: f64,
    pub time_signature: TimeSignature,
    pub beats: Vec<f64>,
    /// The first beat of each bar: a subset of `beats`.
    pub downbeats: Vec<f64>,
    pub confidence: RhythmConfidence,
    /// Onset strength, [`FRAME_RATE`] values a second; value `n` stands for the time `n / FRAME_RATE`.
    pub onsets: Vec<f32>,
}

/// How sure the rhythm is, 0–1 each.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RhythmConfidence {
    pub tempo: f64,
    pub beats: f64,
    pub downbeats: f64,
    pub time_signature: f64,
}

/// Feature frames a second.
pub const FRAME_RATE: f64 = 50.0;

impl Listener {
    /// Puts together what was heard of a song of this many seconds.
    pub fn finish(self, seconds: f64) -> Rhythm {
        let features = self.features();
        let onsets = features.onset_strength();
        let (beat, downbeat) = features.simple_evidence(&onsets);
        let bars = BarModel::default().decode(&beat, &downbeat);
        let times: Vec<f64> = bars.beats.iter().map(|(frame, _)| *frame as f64 / bars::STEP_RATE).collect();
        let beats: Vec<f64> = times.iter().copied().filter(|time| *time < seconds).collect();
        let downbeats = bars
            .beats
            .iter()
            .zip(&times)
            .filter(|((_, place), time)| *place == 0 && **time < seconds)
            .map(|(_, time)| *time)
            .collect();
        Rhythm {
            tempo: median_tempo(&beats),
            time_signature: TimeSignature { numerator: bars.beats_per_bar, denominator: 4 },
            beats,
            downbeats,
            confidence: RhythmConfidence::default(),
            onsets,
        }
    }
}

fn median_tempo(beats: &[f64]) -> f64 {
    let mut intervals: Vec<f64> = beats.windows(2).map(|pair| pair[1] - pair[0]).collect();
    intervals.sort_by(f64::total_cmp);
    intervals.get(intervals.len() / 2).map_or(120.0, |interval| 60.0 / interval)
}
