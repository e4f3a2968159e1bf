//! Beats, bars, tempo and metre.
//!
//! While the song streams by, [`Listener`] keeps small features: band levels and harmonic change, 50 times a second.
//! From them a small network hears the chances of a beat and of a downbeat at every moment, and a bar-pointer decoder
//! finds the one sequence of beats and bars that explains them best, so that beats, downbeats and metre are one
//! decision.

mod bars;
mod features;
mod harmony_change;
mod network;
mod timing;

pub use features::{Features, INPUTS, Listener};

use bars::{Bars, Evidence, Grain};
use mv_core::analysis::TimeSignature;
use network::{Heard, METRES, Metre};

/// Feature frames a second.
pub const FRAME_RATE: f64 = 50.0;
/// What a metre's chance by the network counts against how well its bars fit: the network has heard the whole song at
/// once, the bars count every beat for itself although neighbouring beats err together.
const METRE_WEIGHT: f32 = 12.0;
/// Metres less likely than this are not tried.
const LEAST_METRE_CHANCE: f32 = 1e-3;
/// What a beat of two four costs: nearly every song with two plain beats to its bar counts four of them, and strong
/// third beats are common in four.
const TWO_FOUR_COST: f32 = 0.75;
/// In seven with beats faster than this, the eighths are counted.
const FASTEST_SEVEN_FOUR: f64 = 176.0;

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

/// How sure the rhythm is, 0–1 each: the network's own chances where the beats were set, which hold about as often as
/// they say on songs of the kind it was trained on.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RhythmConfidence {
    pub tempo: f64,
    pub beats: f64,
    pub downbeats: f64,
    pub time_signature: f64,
}

impl Listener {
    /// Puts together what was heard of a song of this many seconds.
    pub fn finish(self, seconds: f64) -> Rhythm {
        let features = self.features();
        let onsets = features.onset_strength();
        let heard = network::listen(&features.inputs);
        drop(features);
        let (beats_per_bar, bars, margin) = best_bars(&heard, &onsets);
        let times = timing::beat_times(&bars, &heard, seconds);
        let downbeats = times.iter().filter(|(_, place)| *place == 0).map(|(time, _)| *time).collect();
        let beats: Vec<f64> = times.iter().map(|(time, _)| *time).collect();
        let tempo = timing::median_tempo(&beats);
        Rhythm {
            tempo,
            time_signature: time_signature(&bars, beats_per_bar, tempo, &heard, &onsets),
            confidence: confidence(&bars, &heard, &beats, margin),
            beats,
            downbeats,
            onsets,
        }
    }
}

/// The bars that fit best, and how sure that is: the chance of their metre against all that were tried. Metres are
/// compared at a coarse grain, and the chosen one's bars found at a fine one.
fn best_bars(heard: &Heard, onsets: &[f32]) -> (u8, Bars, f64) {
    let evidence = Evidence::new(&heard.beat, &heard.downbeat, Grain::Coarse);
    let mut tried: Vec<(u8, f32)> = Vec::new();
    for beats_per_bar in [2, 3, 4, 5, 7] {
        let counted_so = METRES.iter().zip(heard.metres).filter(|(m, _)| m.beats_per_bar() == beats_per_bar);
        let chance: f32 = counted_so.map(|(_, chance)| chance).sum();
        if chance > LEAST_METRE_CHANCE {
            let bars = bars::decode(&evidence, beats_per_bar);
            let mut score = bars.score + METRE_WEIGHT * libm::logf(chance);
            if beats_per_bar == 2 && !timing::counts_in_thirds(&bars, onsets) {
                score -= TWO_FOUR_COST * bars.beats.len() as f32;
            }
            tried.push((beats_per_bar, score));
        }
    }
    let best = tried.iter().map(|(_, score)| *score).fold(f32::NEG_INFINITY, f32::max);
    let all: f64 = tried.iter().map(|(_, score)| libm::exp(f64::from((score - best) / METRE_WEIGHT))).sum();
    let chosen = tried.iter().find(|(_, score)| *score >= best).map(|(beats_per_bar, _)| *beats_per_bar);
    let (beats_per_bar, margin) = chosen.map_or((4, 0.0), |beats_per_bar| (beats_per_bar, 1.0 / all));
    let evidence = Evidence::new(&heard.beat, &heard.downbeat, Grain::Fine);
    (beats_per_bar, bars::decode(&evidence, beats_per_bar), margin)
}

fn time_signature(
    bars: &Bars,
    beats_per_bar: u8,
    tempo: f64,
    heard: &Heard,
    onsets: &[f32],
) -> TimeSignature {
    let chance =
        |metre: Metre| METRES.iter().zip(heard.metres).find(|(m, _)| **m == metre).map_or(0.0, |(_, c)| c);
    // A swung or shuffled four also has notes on the last third: only the network tells it from twelve eighths.
    let compound = match beats_per_bar {
        2 => timing::counts_in_thirds(bars, onsets),
        4 => chance(Metre::TwelveEight) > chance(Metre::Four) && timing::counts_in_thirds(bars, onsets),
        _ => false,
    };
    let (numerator, denominator) = match beats_per_bar {
        beats if compound => (beats * 3, 8),
        7 if tempo > FASTEST_SEVEN_FOUR => (7, 8),
        beats => (beats, 4),
    };
    TimeSignature { numerator, denominator }
}

fn confidence(bars: &Bars, heard: &Heard, beats: &[f64], metre: f64) -> RhythmConfidence {
    let near = |values: &[f32], step: usize| {
        let frame = bars.frame(step);
        let around = &values[frame.saturating_sub(1).min(values.len())..(frame + 2).min(values.len())];
        f64::from(around.iter().copied().fold(0.0, f32::max))
    };
    let mean = |sum: f64, count: usize| if count == 0 { 0.0 } else { (sum / count as f64).clamp(0.0, 1.0) };
    let beat = |step: usize| (near(&heard.beat, step) + near(&heard.downbeat, step)).min(1.0);
    let on_beats = mean(bars.beats.iter().map(|(step, _)| beat(*step)).sum(), bars.beats.len());
    let share: Vec<f64> = bars
        .beats
        .iter()
        .filter(|(_, place)| *place == 0)
        .map(|(step, _)| near(&heard.downbeat, *step) / beat(*step).max(1e-3))
        .collect();
    let on_downbeats = mean(share.iter().sum(), share.len());
    RhythmConfidence {
        tempo: on_beats * timing::steadiness(beats),
        beats: on_beats,
        downbeats: on_beats * on_downbeats,
        time_signature: metre * on_downbeats.max(0.5),
    }
}
