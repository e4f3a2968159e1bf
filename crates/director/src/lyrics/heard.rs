//! Lyrics beside a transcript: what a machine wrote down while it listened gives times to the words that a person gave.
//!
//! Supplied and heard words are matched by an edit-distance alignment over what they sound like on paper: case,
//! punctuation and width do not count, and Hangul is compared by its jamo, so that `니가` and `네가` are nearly one.

use super::align::{Anchors, align_anchored};
use mv_core::lyrics::{LyricLine, Lyrics};
use mv_core::{Seconds, SongAnalysis};
use std::collections::BTreeMap;
use unicode_normalization::UnicodeNormalization;

/// Words less alike than this are not the same word.
const ALIKE: f64 = 0.55;
/// What it costs to leave a word of either side without a partner; a match costs what its words are unlike.
const ALONE: f64 = 0.45;
/// More words than this on a side are not matched: it would take the square of them.
const MOST_WORDS: usize = 6000;
/// A line that was heard is no surer than this, whatever the machine says: nobody has read it.
const HEARD_AT_MOST: f64 = 0.6;

/// Aligns supplied lyrics by a transcript of the song (words with times; lines without words give none).
///
/// The text is never rewritten. Words that were heard get the times they were heard at; lines and words between them
/// are laid by how the song is sung, as [`super::align()`] does. Lines with times of their own (`confidence` absent) keep
/// them. Where hardly anything matches, the transcript is taken for that of another song, and it changes nothing.
pub fn align_to_transcript(lyrics: &Lyrics, heard: &Lyrics, song: &SongAnalysis) -> Lyrics {
    let supplied: Vec<(usize, usize, Vec<char>)> = lyrics
        .lines
        .iter()
        .enumerate()
        .flat_map(|(line, text)| {
            let words = text.text.split_whitespace().enumerate();
            words.map(move |(place, word)| (line, place, sound(word)))
        })
        .filter(|(_, _, sound)| !sound.is_empty())
        .collect();
    let transcript: Vec<(Vec<char>, f64, f64)> = heard
        .lines
        .iter()
        .flat_map(|line| &line.words)
        .filter(|word| word.start.0.is_finite() && (0.0..song.duration.0).contains(&word.start.0))
        .map(|word| (sound(&word.text), word.start.0, word.end.0.clamp(word.start.0, song.duration.0)))
        .filter(|(sound, ..)| !sound.is_empty())
        .collect();
    let mut anchors: Anchors = BTreeMap::new();
    if supplied.len() <= MOST_WORDS && transcript.len() <= MOST_WORDS {
        let own: Vec<&[char]> = supplied.iter().map(|(_, _, sound)| sound.as_slice()).collect();
        let theirs: Vec<&[char]> = transcript.iter().map(|(sound, ..)| sound.as_slice()).collect();
        let matches = matched(&own, &theirs);
        // Fewer than a tenth is what two different songs share.
        if matches.len() * 10 >= supplied.len() {
            for (own, theirs, alike) in matches {
                let (line, place, _) = supplied[own];
                let (_, start, end) = transcript[theirs];
                anchors.insert((line, place), (start, end, alike));
            }
        }
    }
    align_anchored(lyrics, &anchors, song)
}

/// Lyrics from a transcript alone, for a song whose words nobody gave: each line is marked as heard.
///
/// Lines without words, outside the song or over each other are made sound; the machine's certainty, where it gives
/// any, is kept, but never above what a person's reading would give.
pub fn from_transcript(heard: &Lyrics, song: &SongAnalysis) -> Lyrics {
    let mut lines: Vec<LyricLine> = Vec::new();
    let mut from = 0.0;
    for line in &heard.lines {
        let (start, end) = (line.start.0.max(from), line.end.0.min(song.duration.0));
        let sound = end - start > 0.05;
        if line.text.trim().is_empty() || !sound {
            continue;
        }
        let sung = song.voice.activity.mean(Seconds(start), Seconds(end));
        // Machines that hear words where nobody sings make them up.
        let sung = if song.voice.is_known() { sung.clamp(0.2, 1.0) } else { 0.7 };
        let confidence = (line.confidence.unwrap_or(1.0) * sung).clamp(0.0, 1.0) * HEARD_AT_MOST;
        let mut line = LyricLine { start: Seconds(start), end: Seconds(end), heard: true, ..line.clone() };
        line.confidence = Some((confidence * 1e2).round() / 1e2);
        let mut at = start;
        for word in &mut line.words {
            word.start = Seconds(word.start.0.clamp(at, end));
            word.end = Seconds(word.end.0.clamp(word.start.0, end));
            at = word.end.0;
        }
        from = end;
        lines.push(line);
    }
    Lyrics { lines }
}

/// What a song's lyrics become when a machine has listened to it: those that a person gave are aligned, and where nobody
/// gave any, what was heard is taken. With `all`, lines are moved, too, whose times a person or a file gave.
pub fn listened(given: &Lyrics, heard: &Lyrics, song: &SongAnalysis, all: bool) -> Lyrics {
    if given.lines.iter().all(|line| line.heard) {
        let fresh = from_transcript(heard, song);
        return if fresh.lines.is_empty() { given.clone() } else { fresh };
    }
    let mut given = given.clone();
    if all {
        for line in &mut given.lines {
            line.confidence = Some(0.0);
        }
    }
    align_to_transcript(&given, heard, song)
}

/// What is compared of a word: compatibility forms folded (NFKC), lower case, letters and digits alone, Hangul as jamo.
fn sound(word: &str) -> Vec<char> {
    let folded: String = word.nfkc().flat_map(char::to_lowercase).filter(|c| c.is_alphanumeric()).collect();
    folded.nfd().filter(|c| c.is_alphanumeric()).map(plain_vowel).collect()
}

/// Vowels that are no longer told apart in singing are one: ㅐ and ㅔ, ㅒ and ㅖ, ㅙ, ㅚ and ㅞ.
fn plain_vowel(jamo: char) -> char {
    match jamo {
        '\u{1162}' => '\u{1166}',
        '\u{1164}' => '\u{1168}',
        '\u{116b}' | '\u{116c}' => '\u{1170}',
        other => other,
    }
}

/// 1 for the same letters, 0 for none in common: the edit distance as a share of the longer word.
fn alike(a: &[char], b: &[char]) -> f64 {
    if a == b {
        return 1.0;
    }
    let longer = a.len().max(b.len());
    if a.len().min(b.len()) * 2 < longer {
        return 0.0;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let changed = corner + usize::from(x != y);
            corner = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(corner + 1);
        }
    }
    1.0 - row[b.len()] as f64 / longer as f64
}

/// Pairs of own and heard words in order, with how alike they are.
fn matched(own: &[&[char]], theirs: &[&[char]]) -> Vec<(usize, usize, f64)> {
    let width = theirs.len() + 1;
    // How each cell was reached: a pair, an own word alone, a heard word alone.
    let mut steps = vec![0u8; (own.len() + 1) * width];
    let mut row: Vec<f64> = (0..width).map(|j| j as f64 * ALONE).collect();
    steps[1..width].fill(2);
    for (i, word) in own.iter().enumerate() {
        let mut corner = row[0];
        row[0] += ALONE;
        steps[(i + 1) * width] = 1;
        for (j, other) in theirs.iter().enumerate() {
            let likeness = alike(word, other);
            let pair = if likeness >= ALIKE { corner + 1.0 - likeness } else { f64::INFINITY };
            corner = row[j + 1];
            let (mut best, mut step) = (pair, 0);
            if corner + ALONE < best {
                (best, step) = (corner + ALONE, 1);
            }
            if row[j] + ALONE < best {
                (best, step) = (row[j] + ALONE, 2);
            }
            row[j + 1] = best;
            steps[(i + 1) * width + j + 1] = step;
        }
    }
    let (mut i, mut j) = (own.len(), theirs.len());
    let mut pairs = Vec::new();
    while i > 0 && j > 0 {
        match steps[i * width + j] {
            0 => {
                (i, j) = (i - 1, j - 1);
                pairs.push((i, j, alike(own[i], theirs[j])));
            }
            1 => i -= 1,
            _ => j -= 1,
        }
    }
    pairs.reverse();
    pairs
}
