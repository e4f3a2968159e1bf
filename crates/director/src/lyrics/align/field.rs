//! The song as alignment sees it: how much is sung up to any time, where lines and syllables may begin, bars, sections.

use mv_core::analysis::{Section, VoiceOnset};
use mv_core::{Seconds, SongAnalysis};

/// Steps of a tenth of a second, in which ends are looked for.
pub(super) const STEP: f64 = 0.1;
/// Starts that are nearer to each other than this are one.
const TOGETHER: f64 = 0.04;

/// Dips of activity up to twice this many seconds are between syllables.
const FILLED: f64 = 0.25;

pub(super) struct Field<'a> {
    pub(super) song: &'a SongAnalysis,
    /// Integral of the voice's activity up to each of its samples.
    sung: Vec<f64>,
    rate: f64,
    pub(super) duration: f64,
    /// Length of a beat and of a bar in seconds.
    pub(super) beat: f64,
    pub(super) bar: f64,
}

impl<'a> Field<'a> {
    pub(super) fn new(song: &'a SongAnalysis) -> Self {
        let activity = &song.voice.activity;
        let rate = activity.rate_hz.max(1.0);
        let mut sung = vec![0.0];
        for value in filled(&activity.values, (FILLED * rate) as usize) {
            sung.push(sung[sung.len() - 1] + value / rate);
        }
        let beat = 60.0 / song.tempo.clamp(20.0, 400.0);
        let bar = beat * f64::from(song.time_signature.beats_per_bar().max(1));
        Self { song, sung, rate, duration: song.duration.0, beat, bar }
    }

    /// Seconds of singing before a time.
    pub(super) fn sung_before(&self, time: f64) -> f64 {
        let position = (time * self.rate).clamp(0.0, (self.sung.len() - 1) as f64);
        let left = position.floor() as usize;
        let right = (left + 1).min(self.sung.len() - 1);
        self.sung[left] + (self.sung[right] - self.sung[left]) * (position - left as f64)
    }

    /// Mean activity between two times; 0 for an empty span.
    pub(super) fn activity(&self, start: f64, end: f64) -> f64 {
        let (start, end) = (start.max(0.0), end.min(self.duration));
        if end - start < 1e-6 {
            0.0
        } else {
            (self.sung_before(end) - self.sung_before(start)) / (end - start)
        }
    }

    /// Where a line or a syllable may begin between two times: onsets, and the grid of sixteenths weakly. In order.
    pub(super) fn starts(&self, from: f64, to: f64, parts_of_beat: usize) -> Vec<VoiceOnset> {
        let within = |time: f64| time >= from - 1e-9 && time <= to + 1e-9;
        let onsets = self.song.voice.onsets.iter().filter(|onset| within(onset.time.0)).copied();
        let mut starts: Vec<VoiceOnset> = onsets.collect();
        let beats = &self.song.beats;
        for (index, beat) in beats.iter().enumerate() {
            let next = beats.get(index + 1).map_or(beat.0 + self.beat, |next| next.0);
            for part in 0..parts_of_beat {
                let time = beat.0 + (next - beat.0) * part as f64 / parts_of_beat as f64;
                if within(time) {
                    starts.push(VoiceOnset { time: Seconds(time), strength: 0.0 });
                }
            }
        }
        starts.sort_by(|a, b| a.time.total_cmp(&b.time).then(b.strength.total_cmp(&a.strength)));
        // Of starts that are almost one the strongest stays.
        let mut kept: Vec<VoiceOnset> = Vec::with_capacity(starts.len());
        for start in starts {
            match kept.last_mut() {
                Some(last) if start.time.0 - last.time.0 < TOGETHER => {
                    if start.strength > last.strength {
                        *last = start;
                    }
                }
                _ => kept.push(start),
            }
        }
        kept
    }

    /// How well a time sits on the beat's subdivisions, 0–1: 1 on beats and halves, less on quarters.
    pub(super) fn on_grid(&self, time: f64) -> f64 {
        let beats = &self.song.beats;
        let index = beats.partition_point(|beat| beat.0 <= time);
        let Some(before) = index.checked_sub(1).and_then(|index| beats.get(index)) else { return 0.0 };
        let length = beats.get(index).map_or(self.beat, |next| next.0 - before.0).max(0.05);
        let phase = (time - before.0) / length;
        let near = |parts: f64, width: f64| {
            let away = (phase * parts - (phase * parts).round()).abs() / parts * length / width;
            (1.0 - away).max(0.0)
        };
        near(2.0, 0.07).max(0.6 * near(4.0, 0.05))
    }

    /// The most likely start of a syllable near a time that is known to about `width` seconds; that time itself where
    /// nothing near it speaks for another.
    pub(super) fn nearest_start(&self, time: f64, width: f64) -> f64 {
        let worth = |at: f64, strength: f64| {
            strength + 0.4 * self.on_grid(at) - 0.25 * ((at - time) / width) * ((at - time) / width)
        };
        let places = self.starts((time - 2.0 * width).max(0.0), time + 2.0 * width, 4);
        let mut best = (worth(time, 0.0), time);
        for place in places {
            let value = worth(place.time.0, place.strength);
            if value > best.0 {
                best = (value, place.time.0);
            }
        }
        best.1
    }

    /// Sections in which a time lies, by index.
    pub(super) fn section_at(&self, time: f64) -> Option<usize> {
        let sections = &self.song.sections;
        let index = sections.partition_point(|section| section.start.0 <= time + 1e-9);
        index.checked_sub(1).filter(|_| time < self.duration)
    }

    pub(super) fn sections(&self) -> &[Section] {
        &self.song.sections
    }

    /// Distance in seconds to the nearest section's start, signed: negative before it.
    pub(super) fn to_section(&self, time: f64) -> Option<f64> {
        let away = self.sections().iter().map(|section| time - section.start.0);
        away.min_by(|a, b| a.abs().total_cmp(&b.abs()))
    }
}

/// The activity with dips between syllables filled (a morphological closing), and the song's clear singing at 1.
fn filled(values: &[f32], reach: usize) -> Vec<f64> {
    let window = |values: &[f64], index: usize, worse: fn(f64, f64) -> f64| {
        let near = &values[index.saturating_sub(reach)..(index + reach + 1).min(values.len())];
        near.iter().copied().fold(values[index], worse)
    };
    let given: Vec<f64> = values.iter().map(|value| f64::from(value.clamp(0.0, 1.0))).collect();
    let wide: Vec<f64> = (0..given.len()).map(|index| window(&given, index, f64::max)).collect();
    let closed: Vec<f64> = (0..wide.len()).map(|index| window(&wide, index, f64::min)).collect();
    let mut sorted = closed.clone();
    sorted.sort_by(f64::total_cmp);
    let clear = sorted.get(sorted.len() * 8 / 10).copied().unwrap_or(1.0).max(0.2);
    closed.into_iter().map(|value| (value / clear).min(1.0)).collect()
}

/// A bell of height 1 and the given half-width around 0.
pub(super) fn bell(distance: f64, width: f64) -> f64 {
    libm::exp(-0.5 * (distance / width) * (distance / width))
}
