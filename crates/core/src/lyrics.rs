//! Timed lyrics: lines, and words inside them where the source has word times.

use crate::units::Seconds;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Lyrics {
    /// Sorted by start; lines do not overlap.
    pub lines: Vec<LyricLine>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LyricLine {
    pub start: Seconds,
    pub end: Seconds,
    pub text: String,
    /// Word times for karaoke; empty when only the line is timed. Joined by spaces they give `text`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<LyricWord>,
    /// How sure its times are, 0–1; absent where a person or a file gave them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f64>,
    /// The text was written down by a machine that listened, and nobody has read it yet.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub heard: bool,
    /// A blank line or a heading stood before it: a verse or a chorus begins.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub opens_stanza: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LyricWord {
    pub start: Seconds,
    pub end: Seconds,
    pub text: String,
    /// How sure its times are, 0–1; absent where a person or a file gave them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f64>,
}

impl Lyrics {
    /// The lines sung, at least in part, between two times.
    pub fn between(&self, start: Seconds, end: Seconds) -> impl Iterator<Item = &LyricLine> {
        self.lines.iter().filter(move |line| line.start.0 < end.0 && line.end.0 > start.0)
    }

    /// What a scene of this span sings: the lines that have most of themselves there, or fill most of it.
    pub fn sung_in(&self, start: Seconds, end: Seconds) -> Option<String> {
        let most_here = |line: &&LyricLine| {
            let shared = line.end.0.min(end.0) - line.start.0.max(start.0);
            let length = (line.end.0 - line.start.0).max(0.001);
            shared > 0.5 * length || shared > 0.6 * (end.0 - start.0)
        };
        let lines: Vec<&str> = self
            .between(start, end)
            .filter(most_here)
            .map(|line| line.text.trim())
            .filter(|text| !text.is_empty())
            .collect();
        (!lines.is_empty()).then(|| lines.join(" / "))
    }
}
