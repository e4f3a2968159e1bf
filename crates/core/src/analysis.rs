//! What hearing a song yields: beats, bars, tempo, key, sections, energy, and how sure each of them is.

use crate::units::Seconds;
use crate::vocabulary::SectionKind;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;
use std::str::FromStr;

/// Everything the product knows about a song's sound. All arrays are sorted by time.
///
/// The field names are those of the spec's `audio_analysis`, with more beside them. Levels are 0–1 unless said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SongAnalysis {
    /// Version of the analysis method: a change of it makes the song heard anew.
    pub version: u32,
    pub duration: Seconds,
    /// Sample rate of the file in Hz, and its number of channels.
    pub sample_rate: u32,
    pub channels: u16,
    /// Median tempo in beats a minute (20–400).
    pub tempo: f64,
    /// Main key of the song.
    pub key: Key,
    /// Keys along the song, contiguous, where it modulates; one span otherwise.
    pub keys: Vec<KeySpan>,
    pub time_signature: TimeSignature,
    /// Concert pitch the song is tuned to, in Hz (440 is the standard).
    pub tuning_hz: f64,
    pub beats: Vec<Seconds>,
    /// The first beat of each bar; every downbeat is also in `beats`.
    pub downbeats: Vec<Seconds>,
    /// Contiguous from 0 to `duration`.
    pub sections: Vec<Section>,
    /// Mean energy of the song.
    pub energy: f64,
    /// Estimated pleasantness, dark (0) to bright (1): an estimate from mode, tempo, brightness and dissonance.
    pub valence: f64,
    /// Energy along the song.
    pub energy_curve: Curve,
    /// Where somebody sings; empty in analyses made before it was listened for.
    #[serde(default)]
    pub voice: Voice,
    /// Integrated loudness by EBU R128, in LUFS; `None` when the song is too quiet for its gate.
    pub loudness_lufs: Option<f64>,
    pub confidence: Confidence,
}

/// How sure the analysis is, 0–1; below 0.6 a person should look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Confidence {
    pub tempo: f64,
    pub beats: f64,
    pub downbeats: f64,
    pub time_signature: f64,
    pub key: f64,
    pub sections: f64,
    pub energy: f64,
    pub valence: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Section {
    #[serde(rename = "type")]
    pub kind: SectionKind,
    pub start: Seconds,
    pub end: Seconds,
    /// Sections with the same label are repetitions of one another: `A`, `B`, …
    pub label: String,
    pub energy: f64,
    pub confidence: f64,
}

/// Equally spaced samples of a level along the song.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// Samples a second; sample `i` stands for the time from `i / rate_hz` to `(i + 1) / rate_hz`.
    pub rate_hz: f64,
    pub values: Vec<f32>,
}

/// Where somebody sings, as far as it can be heard in the mix.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Voice {
    /// How likely it is that somebody sings, 0–1.
    pub activity: Curve,
    /// Where syllables may begin: rises of what sounds like a voice. Sorted by time.
    pub onsets: Vec<VoiceOnset>,
    /// How clearly the voice stands out from the band, 0–1.
    pub confidence: f64,
}

/// A moment at which a syllable may begin.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct VoiceOnset {
    pub time: Seconds,
    /// 0–1.
    pub strength: f64,
}

impl Voice {
    /// Whether a voice was listened for at all.
    pub fn is_known(&self) -> bool {
        !self.activity.values.is_empty()
    }
}

impl Curve {
    /// The level at a time, linear between sample centres, held at both ends; 0 when empty.
    pub fn at(&self, time: Seconds) -> f64 {
        let Some(last) = self.values.len().checked_sub(1) else { return 0.0 };
        let position = (time.0 * self.rate_hz - 0.5).clamp(0.0, last as f64);
        let left = position.floor() as usize;
        let right = (left + 1).min(last);
        let share = position - left as f64;
        f64::from(self.values[left]) * (1.0 - share) + f64::from(self.values[right]) * share
    }

    /// Mean level over a span; the level at `start` when the span holds no sample.
    pub fn mean(&self, start: Seconds, end: Seconds) -> f64 {
        let first = ((start.0 * self.rate_hz).ceil().max(0.0) as usize).min(self.values.len());
        let last = ((end.0 * self.rate_hz).ceil().max(0.0) as usize).min(self.values.len());
        if first >= last {
            return self.at(start);
        }
        let span = &self.values[first..last];
        span.iter().map(|v| f64::from(*v)).sum::<f64>() / span.len() as f64
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeySpan {
    pub start: Seconds,
    pub end: Seconds,
    pub key: Key,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    Major,
    Minor,
}

/// A tonic and a mode; written `A Minor`, `F# Major` (sharps only).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    /// Pitch class of the tonic, 0 = C … 11 = B.
    tonic: u8,
    pub mode: Mode,
}

const PITCH_CLASSES: [&str; 12] = ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"];

impl Key {
    /// A key from a pitch class; any number is folded into the octave.
    pub fn new(tonic: u8, mode: Mode) -> Self {
        Self { tonic: tonic % 12, mode }
    }

    pub fn tonic(self) -> u8 {
        self.tonic
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mode = match self.mode {
            Mode::Major => "Major",
            Mode::Minor => "Minor",
        };
        write!(f, "{} {mode}", PITCH_CLASSES[usize::from(self.tonic)])
    }
}

impl FromStr for Key {
    type Err = String;
    /// Reads `A Minor`, `Bb major`, `F♯ minor`.
    fn from_str(text: &str) -> Result<Self, String> {
        let unknown = || format!("`{text}` is not a key: write it like `A Minor` or `F# Major`");
        let (tonic, mode) = text.trim().split_once(' ').ok_or_else(unknown)?;
        let mode = match mode.trim().to_ascii_lowercase().as_str() {
            "major" => Mode::Major,
            "minor" => Mode::Minor,
            _ => return Err(unknown()),
        };
        let mut letters = tonic.chars();
        let natural = match letters.next().map(|c| c.to_ascii_uppercase()) {
            Some('C') => 0,
            Some('D') => 2,
            Some('E') => 4,
            Some('F') => 5,
            Some('G') => 7,
            Some('A') => 9,
            Some('B') => 11,
            _ => return Err(unknown()),
        };
        let shift = match letters.as_str() {
            "" => 0,
            "#" | "♯" => 1,
            "b" | "♭" => 11,
            _ => return Err(unknown()),
        };
        Ok(Self::new(natural + shift, mode))
    }
}

impl Serialize for Key {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// Beats a bar over the note value of the written beat: `4/4`, `3/4`, `6/8`.
///
/// `6/8` counts two beats a bar and `12/8` four (dotted quarters), see [`TimeSignature::beats_per_bar`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TimeSignature {
    pub numerator: u8,
    pub denominator: u8,
}

impl TimeSignature {
    pub const COMMON: Self = Self { numerator: 4, denominator: 4 };

    /// Counted beats in a bar: compound metres (6/8, 9/8, 12/8) count in dotted quarters.
    pub fn beats_per_bar(self) -> u8 {
        if self.denominator == 8 && self.numerator > 3 && self.numerator.is_multiple_of(3) {
            self.numerator / 3
        } else {
            self.numerator
        }
    }
}

impl fmt::Display for TimeSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.numerator, self.denominator)
    }
}

impl FromStr for TimeSignature {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let unknown = || format!("`{text}` is not a time signature: write it like `4/4` or `6/8`");
        let (numerator, denominator) = text.split_once('/').ok_or_else(unknown)?;
        let numerator = numerator.parse().map_err(|_| unknown())?;
        let denominator = denominator.parse().map_err(|_| unknown())?;
        if !(1..=32).contains(&numerator) || ![1, 2, 4, 8, 16, 32].contains(&denominator) {
            return Err(unknown());
        }
        Ok(Self { numerator, denominator })
    }
}

impl Serialize for TimeSignature {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TimeSignature {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_read_every_spelling() {
        assert_eq!("Bb major".parse::<Key>().unwrap().to_string(), "A# Major");
        assert_eq!("F♯ Minor".parse::<Key>().unwrap().to_string(), "F# Minor");
        assert!("H Minor".parse::<Key>().is_err());
        assert!("A".parse::<Key>().is_err());
    }

    #[test]
    fn compound_metres_count_dotted_quarters() {
        let beats = |text: &str| text.parse::<TimeSignature>().unwrap().beats_per_bar();
        assert_eq!([beats("4/4"), beats("3/4"), beats("6/8"), beats("12/8"), beats("3/8")], [4, 3, 2, 4, 3]);
        assert!("4/3".parse::<TimeSignature>().is_err());
        assert!("0/4".parse::<TimeSignature>().is_err());
    }

    #[test]
    fn a_curve_is_read_between_its_samples() {
        let curve = Curve { rate_hz: 10.0, values: vec![0.0, 1.0, 1.0] };
        assert!((curve.at(Seconds(0.1)) - 0.5).abs() < 1e-9);
        assert!((curve.at(Seconds(9.0)) - 1.0).abs() < 1e-9);
        assert!((curve.mean(Seconds(0.0), Seconds(0.2)) - 0.5).abs() < 1e-9);
        assert!(Curve::default().at(Seconds(1.0)).abs() < 1e-9);
    }
}
