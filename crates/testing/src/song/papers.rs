//! What is written beside the sample song: its lyrics as enhanced LRC, and the truth a hearing is measured against.

use super::score::{
    ARTIST, BEATS_PER_BAR, FORM, LEAD_IN, Sung, TEMPO, TITLE, bars, duration, first_bar, lines, time,
};
use mv_core::vocabulary::SectionKind;
use serde::{Deserialize, Serialize};
use std::fmt::Write;

/// The song's exact truth; times in seconds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Truth {
    pub title: &'static str,
    pub artist: &'static str,
    pub duration: f64,
    pub tempo: f64,
    pub time_signature: &'static str,
    pub key: &'static str,
    pub beats: Vec<f64>,
    pub downbeats: Vec<f64>,
    pub sections: Vec<TrueSection>,
    pub lines: Vec<TrueLine>,
}

/// A sung line and the exact times of its words and syllables. A syllable starts where its vowel lands: on the beat
/// that it is sung to; the consonant in front of it comes a few hundredths of a second sooner.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrueLine {
    pub text: String,
    pub start: f64,
    pub end: f64,
    pub words: Vec<TrueWord>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrueWord {
    pub text: String,
    pub start: f64,
    pub end: f64,
    /// Where each of its syllables starts.
    pub syllables: Vec<f64>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TrueSection {
    #[serde(rename = "type")]
    pub kind: SectionKind,
    /// Sections with the same label repeat one another.
    pub label: &'static str,
    pub start: f64,
    pub end: f64,
}

/// In steps of a tenth of a millisecond: what a file of times can be read by.
pub(super) fn rounded(seconds: f64) -> f64 {
    (seconds * 10_000.0).round() / 10_000.0
}

pub fn truth() -> Truth {
    let beats: Vec<f64> = (0..bars() * BEATS_PER_BAR).map(|beat| rounded(time(beat as f64))).collect();
    let edge = |part: usize| match part {
        0 => 0.0,
        part if part == FORM.len() => duration(),
        part => time((first_bar(part) * BEATS_PER_BAR) as f64),
    };
    let sections = FORM.iter().enumerate().map(|(index, part)| TrueSection {
        kind: part.kind,
        label: part.label,
        start: rounded(edge(index)),
        end: rounded(edge(index + 1)),
    });
    Truth {
        title: TITLE,
        artist: ARTIST,
        duration: rounded(duration()),
        tempo: TEMPO,
        time_signature: "4/4",
        key: "A Minor",
        downbeats: beats.iter().step_by(BEATS_PER_BAR).copied().collect(),
        beats,
        sections: sections.collect(),
        lines: true_lines(),
    }
}

fn true_lines() -> Vec<TrueLine> {
    let mut all = Vec::new();
    for part in 0..FORM.len() {
        let section = (first_bar(part) * BEATS_PER_BAR) as f64;
        for line in lines(part) {
            let at = |eighths: usize| rounded(time(section + eighths as f64 / 2.0));
            let notes: Vec<Sung> = line.sung().collect();
            let mut rest = notes.as_slice();
            let mut words = Vec::new();
            for (text, syllables) in line.words {
                let (own, others) = rest.split_at(*syllables);
                let last = own[own.len() - 1];
                words.push(TrueWord {
                    text: (*text).to_owned(),
                    start: at(own[0].start),
                    end: at(last.start + last.eighths),
                    syllables: own.iter().map(|note| at(note.start)).collect(),
                });
                rest = others;
            }
            all.push(TrueLine {
                text: line.words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(" "),
                start: words[0].start,
                end: words[words.len() - 1].end,
                words,
            });
        }
    }
    all
}

/// The lyrics with a time for each line, each word, and each line's end.
pub fn lrc() -> String {
    let mut text = format!("[ti:{TITLE}]\n[ar:{ARTIST}]\n[length:{}]\n", stamp(duration()));
    for part in 0..FORM.len() {
        let start = (first_bar(part) * BEATS_PER_BAR) as f64;
        let from = |note: &Sung| time(start + note.start as f64 / 2.0);
        for line in lines(part) {
            let notes: Vec<Sung> = line.sung().collect();
            let mut next = 0;
            for (place, (word, syllables)) in line.words.iter().enumerate() {
                let at = stamp(from(&notes[next]));
                let line_start = if place == 0 { format!("[{at}]") } else { " ".to_owned() };
                // Writing to a string cannot fail.
                let _ = write!(text, "{line_start}<{at}>{word}");
                next += syllables;
            }
            let end =
                notes.last().map_or(LEAD_IN, |last| from(last) + last.eighths as f64 / 2.0 * 60.0 / TEMPO);
            let _ = writeln!(text, " <{}>", stamp(end));
        }
    }
    text
}

/// `mm:ss.xx`
fn stamp(seconds: f64) -> String {
    let hundredths = (seconds * 100.0).round() as u64;
    format!("{:02}:{:02}.{:02}", hundredths / 6000, hundredths / 100 % 60, hundredths % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_truth_is_whole() {
        let truth = truth();
        assert_eq!((truth.beats.len(), truth.downbeats.len(), truth.sections.len()), (160, 40, 9));
        assert_eq!(truth.lines.len(), 20);
        for line in &truth.lines {
            assert!((line.start - line.words[0].syllables[0]).abs() < 1e-9);
            let starts: Vec<f64> = line.words.iter().flat_map(|word| word.syllables.clone()).collect();
            assert!(starts.windows(2).all(|pair| pair[0] < pair[1]) && starts[starts.len() - 1] < line.end);
        }
        for pair in truth.sections.windows(2) {
            assert!((pair[0].end - pair[1].start).abs() < 1e-9);
            assert!(truth.downbeats.iter().any(|bar| (bar - pair[1].start).abs() < 1e-3));
        }
    }

    #[test]
    fn the_files_in_samples_are_those_of_the_score() {
        assert_eq!(include_str!("../../../../samples/song.lrc"), lrc());
        let written: serde_json::Value =
            serde_json::from_str(include_str!("../../../../samples/song.truth.json")).unwrap();
        assert_eq!(written, serde_json::to_value(truth()).unwrap());
    }

    #[test]
    fn lyrics_carry_line_and_word_times() {
        let lrc = lrc();
        assert!(lrc.starts_with("[ti:여름밤의 주파수]\n[ar:MelodyVision]\n"));
        let first = lrc.lines().nth(3).unwrap();
        assert!(first.starts_with("[00:08.23]<00:08.23>빈 <00:08.48>거리에 <"), "{first}");
        assert!(first.ends_with('>'));
    }
}
