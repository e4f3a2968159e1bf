//! What a person says of a song where it was misheard: tempo, beats, bars, metre, key, sections. It is laid over what
//! was heard, which stays as it is: leaving a correction out undoes it.

use crate::analysis::{Key, KeySpan, Section, SongAnalysis, TimeSignature};
use crate::units::Seconds;
use crate::vocabulary::SectionKind;
use serde::{Deserialize, Serialize};

/// The slowest and the fastest tempo that a song may be said to have, in beats a minute.
pub const SLOWEST: f64 = 20.0;
pub const FASTEST: f64 = 400.0;
/// No section that a person marks is shorter, in seconds.
pub const SHORTEST_SECTION: f64 = 0.25;

/// What is not said stays as it was heard.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Correction {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grid: Option<Grid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_signature: Option<TimeSignature>,
    /// Beats by which the first of every bar is later than it would be else; below 0, earlier.
    #[serde(skip_serializing_if = "is_zero")]
    pub downbeat_shift: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<Key>,
    /// All sections of the song, in order; the first begins at 0, each lasts until the next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sections: Option<Vec<SectionMark>>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(number: &i32) -> bool {
    *number == 0
}

/// Where the beats are.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "by")]
pub enum Grid {
    /// Twice as many as were heard for every octave above 0, half as many for every one below.
    Octaves {
        octaves: i8,
        /// With fewer beats: which of the heard ones is kept, counted from the first downbeat.
        #[serde(default)]
        from_beat: u32,
    },
    /// Evenly spaced, with a downbeat at `first_beat`, else where the first one was heard.
    Tempo {
        bpm: f64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        first_beat: Option<Seconds>,
    },
}

/// A section, from here to the next one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SectionMark {
    #[serde(rename = "type")]
    pub kind: SectionKind,
    pub start: Seconds,
}

/// Why a correction does not fit the song.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CorrectionError {
    #[error("no beats were heard that could be doubled or halved")]
    NoBeats,
    #[error("the tempo would be `{0:.1}` BPM: it must be between {SLOWEST} and {FASTEST}")]
    Tempo(f64),
    #[error("the first beat at `{first}` seconds is not within the song's `{duration:.3}`")]
    FirstBeat { first: f64, duration: f64 },
    #[error("the first section starts at `{0}` seconds: it must start at 0")]
    FirstSection(f64),
    #[error(
        "section {number} starts at `{start}` seconds: every section lasts at least {SHORTEST_SECTION} s"
    )]
    Section { number: usize, start: f64 },
}

impl CorrectionError {
    /// The field that is wrong.
    pub fn field(&self) -> &'static str {
        match self {
            Self::NoBeats | Self::Tempo(_) => "grid",
            Self::FirstBeat { .. } => "grid.first_beat",
            Self::FirstSection(_) | Self::Section { .. } => "sections",
        }
    }

    /// What the person can do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NoBeats | Self::Tempo(_) => "give the tempo in BPM and the time of the first beat instead",
            Self::FirstBeat { .. } => "give the time of any downbeat in the song",
            Self::FirstSection(_) | Self::Section { .. } => "merge short sections, and keep them in order",
        }
    }
}

/// Beats and which of them are downbeats.
struct Beats {
    times: Vec<f64>,
    /// Indices into `times`, rising.
    downbeats: Vec<usize>,
}

impl Correction {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether it can be laid over what was heard of this song.
    pub fn check(&self, heard: &SongAnalysis) -> Result<(), CorrectionError> {
        let duration = heard.duration.0;
        match self.grid {
            Some(Grid::Octaves { .. }) if heard.beats.is_empty() => return Err(CorrectionError::NoBeats),
            Some(Grid::Tempo { first_beat: Some(Seconds(first)), .. })
                if !(0.0..duration).contains(&first) =>
            {
                return Err(CorrectionError::FirstBeat { first, duration });
            }
            _ => {}
        }
        if self.grid.is_some() {
            let tempo = self.tempo(heard);
            if !(SLOWEST..=FASTEST).contains(&tempo) {
                return Err(CorrectionError::Tempo(tempo));
            }
        }
        let Some(marks) = &self.sections else { return Ok(()) };
        match marks.first() {
            Some(first) if first.start == Seconds::ZERO => {}
            first => return Err(CorrectionError::FirstSection(first.map_or(f64::NAN, |mark| mark.start.0))),
        }
        for (index, mark) in marks.iter().enumerate() {
            let end = marks.get(index + 1).map_or(duration, |next| next.start.0);
            // Written so that NaN fails too.
            let long_enough = end - mark.start.0 >= SHORTEST_SECTION;
            if !long_enough {
                return Err(CorrectionError::Section { number: index + 1, start: mark.start.0 });
            }
        }
        Ok(())
    }

    /// What holds of the song: what was heard, with this laid over it. Whatever would not fit is left as it was heard.
    #[must_use]
    pub fn apply(&self, heard: &SongAnalysis) -> SongAnalysis {
        let mut song = heard.clone();
        if self.check(heard).is_err() {
            return song;
        }
        if let Some(time_signature) = self.time_signature {
            song.time_signature = time_signature;
            song.confidence.time_signature = 1.0;
        }
        if let Some(key) = self.key {
            song.key = key;
            song.keys = vec![KeySpan { start: Seconds::ZERO, end: heard.duration, key }];
            song.confidence.key = 1.0;
        }
        if self.grid.is_some() || self.time_signature.is_some() || self.downbeat_shift != 0 {
            let beats = self.beats(heard);
            song.beats = beats.times.iter().map(|time| Seconds(rounded(*time))).collect();
            song.downbeats = beats.downbeats.iter().map(|index| song.beats[*index]).collect();
            song.tempo = rounded(self.tempo(heard));
            song.confidence.downbeats = 1.0;
        }
        if self.grid.is_some() {
            song.confidence.tempo = 1.0;
            song.confidence.beats = 1.0;
        }
        if let Some(marks) = &self.sections {
            song.sections = sections(marks, heard);
            song.confidence.sections = 1.0;
        }
        song
    }

    fn tempo(&self, heard: &SongAnalysis) -> f64 {
        match self.grid {
            None => heard.tempo,
            Some(Grid::Octaves { octaves, .. }) => heard.tempo * f64::from(octaves.clamp(-8, 8)).exp2(),
            Some(Grid::Tempo { bpm, .. }) => bpm,
        }
    }

    fn beats(&self, heard: &SongAnalysis) -> Beats {
        let time_signature = self.time_signature.unwrap_or(heard.time_signature);
        let bar = usize::from(time_signature.beats_per_bar()).max(1);
        let mut beats = Beats::heard(heard);
        match self.grid {
            None => {}
            Some(Grid::Octaves { octaves, from_beat }) => {
                for _ in 0..octaves.max(0) {
                    beats = beats.doubled(heard.duration.0, bar);
                }
                if octaves < 0 {
                    beats = beats.thinned(1 << octaves.unsigned_abs().min(8), from_beat as usize, bar);
                }
            }
            Some(Grid::Tempo { bpm, first_beat }) => {
                let first = first_beat.or(heard.downbeats.first().copied()).or(heard.beats.first().copied());
                beats = Beats::even(first.unwrap_or_default().0, bpm, heard.duration.0, bar);
            }
        }
        if self.time_signature.is_some_and(|one| one.beats_per_bar() != heard.time_signature.beats_per_bar())
        {
            let anchor = beats.downbeats.first().copied().unwrap_or(0);
            beats.downbeats = every(bar, anchor, beats.times.len());
        }
        beats.shift_bars(i64::from(self.downbeat_shift), bar);
        beats
    }
}

impl Beats {
    fn heard(song: &SongAnalysis) -> Self {
        let times: Vec<f64> = song.beats.iter().map(|beat| beat.0).collect();
        let is_downbeat = |time: &f64| song.downbeats.iter().any(|downbeat| (downbeat.0 - time).abs() < 1e-6);
        let downbeats = (0..times.len()).filter(|index| is_downbeat(&times[*index])).collect();
        Self { times, downbeats }
    }

    /// A beat in the middle of every two, and one after the last; every bar becomes two.
    fn doubled(self, duration: f64, bar: usize) -> Self {
        let mut times = Vec::with_capacity(self.times.len() * 2);
        for (index, time) in self.times.iter().enumerate() {
            times.push(*time);
            if let Some(next) = self.times.get(index + 1) {
                times.push(f64::midpoint(*time, *next));
            } else if index > 0 {
                let half = time + (time - self.times[index - 1]) / 2.0;
                times.extend((half < duration).then_some(half));
            }
        }
        let mut downbeats = Vec::with_capacity(self.downbeats.len() * 2);
        for (at, index) in self.downbeats.iter().enumerate() {
            let beats = self.downbeats.get(at + 1).map_or(bar, |next| next - index);
            downbeats.extend([2 * index, 2 * index + beats].into_iter().filter(|one| *one < times.len()));
        }
        Self { times, downbeats }
    }

    /// Every `step`th beat; of the bars as many as a bar of such beats takes.
    fn thinned(self, step: usize, from_beat: usize, bar: usize) -> Self {
        let first = (self.downbeats.first().copied().unwrap_or(0) + from_beat) % step;
        let times: Vec<f64> = self.times.iter().skip(first).step_by(step).copied().collect();
        let mut downbeats: Vec<usize> = Vec::new();
        for index in
            self.downbeats.iter().filter(|index| **index >= first && (**index - first).is_multiple_of(step))
        {
            let kept = (index - first) / step;
            if downbeats.last().is_none_or(|last| kept - last >= bar) {
                downbeats.push(kept);
            }
        }
        if downbeats.is_empty() {
            downbeats = every(bar, 0, times.len());
        }
        Self { times, downbeats }
    }

    /// From `first` to both ends of the song. Each time is a multiple, never a sum: nothing drifts.
    fn even(first: f64, bpm: f64, duration: f64, bar: usize) -> Self {
        let beat = 60.0 / bpm;
        let before = (first / beat + 1e-9).floor();
        let count = ((duration - first) / beat).ceil().max(0.0) + before;
        let times = (0..count as usize).map(|index| (first + (index as f64 - before) * beat).max(0.0));
        let times: Vec<f64> = times.filter(|time| *time < duration).collect();
        Self { downbeats: every(bar, before as usize, times.len()), times }
    }

    /// Which beats begin bars, so many beats later; bars that come free at an end are filled.
    fn shift_bars(&mut self, by: i64, bar: usize) {
        if by == 0 || self.times.is_empty() {
            return;
        }
        let count = self.times.len() as i64;
        let bar = bar as i64;
        let mut shifted: Vec<i64> = self.downbeats.iter().map(|index| *index as i64 + by).collect();
        while let Some(first) = shifted.first().copied().filter(|first| *first >= bar) {
            shifted.insert(0, first - bar);
        }
        while let Some(last) = shifted.last().copied().filter(|last| last + bar < count) {
            shifted.push(last + bar);
        }
        let inside = shifted.into_iter().filter(|index| (0..count).contains(index));
        self.downbeats = inside.map(|index| index as usize).collect();
    }
}

/// Indices below `count` that are whole bars away from `anchor`.
fn every(bar: usize, anchor: usize, count: usize) -> Vec<usize> {
    (anchor % bar..count).step_by(bar).collect()
}

/// To the microsecond: the same on every machine.
fn rounded(number: f64) -> f64 {
    (number * 1e6).round() / 1e6
}

fn sections(marks: &[SectionMark], heard: &SongAnalysis) -> Vec<Section> {
    let one = |(index, mark): (usize, &SectionMark)| {
        let end = marks.get(index + 1).map_or(heard.duration, |next| next.start);
        let overlap = |other: &Section| end.0.min(other.end.0) - mark.start.0.max(other.start.0);
        let was = heard.sections.iter().max_by(|a, b| overlap(a).total_cmp(&overlap(b)));
        Section {
            kind: mark.kind,
            start: mark.start,
            end,
            label: was.map_or_else(|| "A".to_owned(), |section| section.label.clone()),
            energy: heard.energy_curve.mean(mark.start, end),
            confidence: 1.0,
        }
    };
    marks.iter().enumerate().map(one).collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::analysis::{Confidence, Curve, Mode, Voice};
    use proptest::prelude::*;

    /// A song of 12 s with a beat every half second from 0.25 s on, its bars beginning at the second beat.
    pub(crate) fn song() -> SongAnalysis {
        let beats: Vec<Seconds> = (0..23).map(|beat| Seconds(0.25 + f64::from(beat) * 0.5)).collect();
        let section = |kind, start, end, label: &str| Section {
            kind,
            start: Seconds(start),
            end: Seconds(end),
            label: label.to_owned(),
            energy: 0.5,
            confidence: 0.4,
        };
        SongAnalysis {
            version: 1,
            duration: Seconds(12.0),
            sample_rate: 44_100,
            channels: 2,
            tempo: 120.0,
            key: Key::new(0, Mode::Major),
            keys: vec![],
            time_signature: TimeSignature::COMMON,
            tuning_hz: 440.0,
            downbeats: beats.iter().skip(1).step_by(4).copied().collect(),
            beats,
            sections: vec![
                section(SectionKind::Intro, 0.0, 4.75, "A"),
                section(SectionKind::Verse, 4.75, 12.0, "B"),
            ],
            energy: 0.5,
            valence: 0.5,
            energy_curve: Curve { rate_hz: 10.0, values: vec![0.5; 120] },
            voice: Voice::default(),
            loudness_lufs: None,
            confidence: Confidence { tempo: 0.5, beats: 0.5, ..Confidence::default() },
        }
    }

    fn times(beats: &[Seconds]) -> Vec<f64> {
        beats.iter().map(|beat| beat.0).collect()
    }

    fn with(grid: Grid) -> Correction {
        Correction { grid: Some(grid), ..Correction::default() }
    }

    #[test]
    fn twice_and_half_the_tempo_keep_the_bars_lines() {
        let heard = song();
        let double = with(Grid::Octaves { octaves: 1, from_beat: 0 }).apply(&heard);
        assert!((double.tempo - 240.0).abs() < 1e-9);
        assert_eq!(times(&double.beats[..4]), [0.25, 0.5, 0.75, 1.0]);
        assert_eq!(times(&double.downbeats[..3]), [0.75, 1.75, 2.75]);
        let half = with(Grid::Octaves { octaves: -1, from_beat: 0 }).apply(&heard);
        assert!((half.tempo - 60.0).abs() < 1e-9);
        assert_eq!(times(&half.beats[..3]), [0.75, 1.75, 2.75]);
        assert_eq!(times(&half.downbeats), [0.75, 4.75, 8.75]);
        let other = with(Grid::Octaves { octaves: -1, from_beat: 1 }).apply(&heard);
        assert_eq!(times(&other.beats[..3]), [0.25, 1.25, 2.25]);
        assert!((other.confidence.tempo - 1.0).abs() < 1e-9);
        assert_eq!(heard, song(), "what was heard stays");
    }

    #[test]
    fn bars_move_by_beats_and_by_metre() {
        let heard = song();
        let shifted = |by| Correction { downbeat_shift: by, ..Correction::default() }.apply(&heard);
        assert_eq!(times(&shifted(1).downbeats[..3]), [1.25, 3.25, 5.25]);
        assert_eq!(times(&shifted(3).downbeats[..3]), [0.25, 2.25, 4.25]);
        assert_eq!(shifted(4).downbeats, heard.downbeats);
        assert_eq!(times(&shifted(-1).downbeats[..2]), [0.25, 2.25]);
        assert_eq!(shifted(1).beats, heard.beats);
        let waltz = Correction { time_signature: "3/4".parse().ok(), ..Correction::default() }.apply(&heard);
        assert_eq!(times(&waltz.downbeats[..3]), [0.75, 2.25, 3.75]);
    }

    #[test]
    fn a_tempo_by_hand_reaches_both_ends_of_the_song() {
        let heard = song();
        let by_hand = with(Grid::Tempo { bpm: 100.0, first_beat: Some(Seconds(1.3)) }).apply(&heard);
        assert_eq!(times(&by_hand.beats[..4]), [0.1, 0.7, 1.3, 1.9]);
        assert_eq!(times(&by_hand.downbeats[..2]), [1.3, 3.7]);
        assert!(by_hand.beats.last().unwrap().0 > 11.4);
        let kept = with(Grid::Tempo { bpm: 120.0, first_beat: None }).apply(&heard);
        assert_eq!((&kept.beats[..23], &kept.downbeats), (&heard.beats[..], &heard.downbeats));
        assert_eq!(times(&kept.beats[23..]), [11.75], "one more before the song's end");
    }

    #[test]
    fn key_and_sections_are_taken_as_they_are_said() {
        let heard = song();
        let mark = |kind, start| SectionMark { kind, start: Seconds(start) };
        let said = Correction {
            key: "A Minor".parse().ok(),
            sections: Some(vec![mark(SectionKind::Verse, 0.0), mark(SectionKind::Chorus, 5.0)]),
            ..Correction::default()
        };
        assert_eq!(said.check(&heard), Ok(()));
        let song = said.apply(&heard);
        assert_eq!((song.key.to_string().as_str(), song.keys.len()), ("A Minor", 1));
        assert_eq!((song.sections[1].kind, song.sections[1].label.as_str()), (SectionKind::Chorus, "B"));
        assert_eq!((song.sections[0].end, song.sections[1].end), (Seconds(5.0), heard.duration));
        assert_eq!(song.beats, heard.beats);
        let text = serde_json::to_string(&said).unwrap();
        assert_eq!(serde_json::from_str::<Correction>(&text).unwrap(), said);
    }

    #[test]
    fn what_cannot_be_is_refused_and_changes_nothing() {
        let heard = song();
        let mark = |start| SectionMark { kind: SectionKind::Verse, start: Seconds(start) };
        let sections =
            |marks: Vec<SectionMark>| Correction { sections: Some(marks), ..Correction::default() };
        for (wrong, field) in [
            (with(Grid::Octaves { octaves: 2, from_beat: 0 }), "grid"),
            (with(Grid::Tempo { bpm: f64::NAN, first_beat: None }), "grid"),
            (with(Grid::Tempo { bpm: 120.0, first_beat: Some(Seconds(12.0)) }), "grid.first_beat"),
            (sections(vec![]), "sections"),
            (sections(vec![mark(1.0)]), "sections"),
            (sections(vec![mark(0.0), mark(5.0), mark(5.1)]), "sections"),
            (sections(vec![mark(0.0), mark(11.9)]), "sections"),
            (sections(vec![mark(0.0), mark(f64::NAN)]), "sections"),
        ] {
            assert_eq!(wrong.check(&heard).unwrap_err().field(), field, "{wrong:?}");
            assert_eq!(wrong.apply(&heard), heard);
        }
        let silent = SongAnalysis { beats: vec![], downbeats: vec![], ..song() };
        let doubled = with(Grid::Octaves { octaves: 1, from_beat: 0 });
        assert_eq!(doubled.check(&silent), Err(CorrectionError::NoBeats));
    }

    proptest! {
        #[test]
        fn whatever_is_said_beats_rise_and_downbeats_are_beats(
            octaves in -3i8..=3, from_beat in 0u32..9, bpm in 20.0f64..400.0, first in prop::option::of(0.0f64..12.0),
            by_tempo: bool, shift in -40i32..40, metre in prop::sample::select(vec!["4/4", "3/4", "6/8", "1/4", "7/8"]),
        ) {
            let heard = song();
            let grid = if by_tempo {
                Grid::Tempo { bpm, first_beat: first.map(Seconds) }
            } else {
                Grid::Octaves { octaves, from_beat }
            };
            let said = Correction { downbeat_shift: shift, time_signature: metre.parse().ok(), ..with(grid) };
            let song = said.apply(&heard);
            prop_assert!(song.beats.windows(2).all(|pair| pair[0] < pair[1]));
            prop_assert!(song.downbeats.windows(2).all(|pair| pair[0] < pair[1]));
            prop_assert!(song.downbeats.iter().all(|downbeat| song.beats.contains(downbeat)));
            prop_assert!(song.beats.iter().all(|beat| (0.0..12.0).contains(&beat.0)));
            prop_assert!(!song.beats.is_empty());
        }
    }
}
