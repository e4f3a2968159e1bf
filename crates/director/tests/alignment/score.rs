//! How far aligned lyrics are off the truth, and what they are compared with: even spreading, and a transcript as a
//! machine that mishears would write it.

use mv_core::lyrics::{LyricLine, LyricWord, Lyrics};
use mv_core::{Seconds, SongAnalysis};
use mv_testing::song::TrueLine;

/// Errors of starts in seconds.
#[derive(Clone, Debug, Default)]
pub(crate) struct Errors {
    pub(crate) lines: Vec<f64>,
    pub(crate) words: Vec<f64>,
    /// Confidence and error of each line.
    pub(crate) sure: Vec<(f64, f64)>,
}

impl Errors {
    /// Adds those of one song. The text must have been left alone.
    pub(crate) fn add(&mut self, truth: &[TrueLine], lyrics: &Lyrics) {
        assert_eq!(truth.len(), lyrics.lines.len(), "lines were lost");
        for (line, laid) in truth.iter().zip(&lyrics.lines) {
            assert_eq!(line.text, laid.text, "the text was changed");
            let off = (laid.start.0 - line.start).abs();
            self.lines.push(off);
            self.sure.push((laid.confidence.unwrap_or(1.0), off));
            let words = line.words.iter().zip(&laid.words);
            self.words.extend(words.map(|(word, laid)| (laid.start.0 - word.start).abs()));
        }
    }

    /// Median and 90th percentile in seconds, share within 0.3 s and 0.5 s.
    pub(crate) fn of(errors: &[f64]) -> [f64; 4] {
        let mut sorted = errors.to_vec();
        sorted.sort_by(f64::total_cmp);
        let at = |share: f64| sorted.get((sorted.len() as f64 * share) as usize).copied().unwrap_or(f64::NAN);
        let within = |most: f64| {
            sorted.iter().filter(|error| **error <= most).count() as f64 / sorted.len().max(1) as f64
        };
        [at(0.5), at(0.9), within(0.3), within(0.5)]
    }
}

/// The same lines and words evenly over the whole song.
pub(crate) fn even(truth: &[TrueLine], song: &SongAnalysis) -> Lyrics {
    let each = song.duration.0 / truth.len() as f64;
    let line = |(index, line): (usize, &TrueLine)| {
        let start = index as f64 * each;
        let share = each / line.words.len() as f64;
        let word = |(place, word): (usize, &mv_testing::song::TrueWord)| LyricWord {
            start: Seconds(start + share * place as f64),
            end: Seconds(start + share * (place + 1) as f64),
            text: word.text.clone(),
            confidence: None,
        };
        LyricLine {
            start: Seconds(start),
            end: Seconds(start + each),
            text: line.text.clone(),
            words: line.words.iter().enumerate().map(word).collect(),
            ..LyricLine::default()
        }
    };
    Lyrics { lines: truth.iter().enumerate().map(line).collect() }
}

/// A transcript with so many of its words wrong, missing or made up, and times off by up to `jitter` seconds each way.
pub(crate) fn transcript(truth: &[TrueLine], wrong: f64, jitter: f64, seed: u64) -> Lyrics {
    const MISHEARD: [&str; 6] = ["라라", "oh", "yeah", "그래서", "まあ", "thanks"];
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut share = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1u64 << 53) as f64
    };
    let mut lines = Vec::new();
    for line in truth {
        let mut words: Vec<LyricWord> = Vec::new();
        let mut at = 0.0;
        for word in &line.words {
            let mut start = (word.start + jitter * (2.0 * share() - 1.0)).max(at);
            let end = (word.end + jitter * (2.0 * share() - 1.0)).max(start + 0.02);
            let chance = share();
            let misheard = MISHEARD[(share() * 6.0) as usize % 6];
            let text = if chance > wrong {
                word.text.clone()
            } else if chance < wrong / 3.0 {
                continue;
            } else if chance < wrong * 2.0 / 3.0 {
                misheard.to_owned()
            } else {
                // One word too many.
                let middle = f64::midpoint(start, end);
                let made_up = LyricWord {
                    start: Seconds(start),
                    end: Seconds(middle),
                    text: misheard.to_owned(),
                    ..LyricWord::default()
                };
                words.push(made_up);
                start = middle;
                word.text.clone()
            };
            at = end;
            words.push(LyricWord { start: Seconds(start), end: Seconds(end), text, confidence: None });
        }
        let (Some(first), Some(last)) = (words.first(), words.last()) else { continue };
        let text = words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ");
        lines.push(LyricLine { start: first.start, end: last.end, text, words, ..LyricLine::default() });
    }
    Lyrics { lines }
}
