//! Alignment: lyrics that a person gave are laid over the song they are sung in. Their text is never changed.

mod field;
mod lay;
mod words;

use super::syllables::{has_kana, syllables};
use field::Field;
use lay::Piece;
use mv_core::lyrics::{LyricLine, LyricWord, Lyrics};
use mv_core::vocabulary::SectionKind;
use mv_core::{Seconds, SongAnalysis};
use std::collections::BTreeMap;

/// More lines than this are spread over the singing by their lengths: no song has as many.
const MOST_LINES: usize = 400;
/// A line is at least this long, in seconds, where there is room for it.
const SHORTEST_LINE: f64 = 0.1;
/// How far off, in seconds, the start of a heard word usually is, and one that is guessed from the words behind it.
const HEARD_WITHIN: f64 = 0.1;
const GUESSED_WITHIN: f64 = 0.2;

/// A line to be laid, and what the text said of it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Supplied {
    pub(super) text: String,
    pub(super) opens_stanza: bool,
    pub(super) heading: Option<SectionKind>,
}

/// Gives the lines that have no times of their own new ones, and words to lines that have none.
///
/// A line whose `confidence` is absent has its times from a person or a file: it keeps them. Every other line is laid
/// by how the song is sung: [`SongAnalysis::voice`], syllables, bars and sections. The same lyrics and the same song
/// give the same times. Lines that no room is left for between those that are kept are squeezed in.
pub fn align(lyrics: &Lyrics, song: &SongAnalysis) -> Lyrics {
    align_with(lyrics, &[], &Anchors::new(), song)
}

/// Words that were heard: by line and place in it, when they start and end, and how alike the heard word was (0–1).
pub(super) type Anchors = BTreeMap<(usize, usize), (f64, f64, f64)>;

/// The same, with some words' times known.
pub(super) fn align_anchored(lyrics: &Lyrics, anchors: &Anchors, song: &SongAnalysis) -> Lyrics {
    align_with(lyrics, &[], anchors, song)
}

/// Lines without times, laid over a song in which a voice was listened for.
pub(super) fn align_text(lines: &[Supplied], song: &SongAnalysis) -> Lyrics {
    let headings: Vec<Option<SectionKind>> = lines.iter().map(|line| line.heading).collect();
    let untimed = |line: &Supplied| LyricLine {
        text: line.text.clone(),
        confidence: Some(0.0),
        opens_stanza: line.opens_stanza,
        ..LyricLine::default()
    };
    let lines = lines.iter().map(untimed).collect();
    align_with(&Lyrics { lines }, &headings, &Anchors::new(), song)
}

fn align_with(
    lyrics: &Lyrics,
    headings: &[Option<SectionKind>],
    anchors: &Anchors,
    song: &SongAnalysis,
) -> Lyrics {
    let field = Field::new(song);
    let mut pieces = pieces(&lyrics.lines, headings);
    let anchors = &sharpened(&field, anchors);
    let anchored = anchor(&field, &lyrics.lines, &mut pieces, anchors);
    let mut laid = if pieces.len() > MOST_LINES { None } else { lay::lay(&field, &pieces) }
        .unwrap_or_else(|| spread(&field, &pieces));
    make_room(&mut laid);
    let lines = lyrics.lines.iter().zip(&laid).enumerate().map(|(index, (line, laid))| {
        let mut line = line.clone();
        if line.confidence.is_some() {
            (line.start, line.end) = (millis(laid.start), millis(laid.end));
            let sure = anchored.get(&index).copied().unwrap_or(laid.confidence);
            line.confidence = Some(hundredths(sure));
            line.words.clear();
        } else {
            // Where there was no room for the next line but in this one's time.
            line.end.0 = line.end.0.min(laid.end.max(line.start.0 + 0.01));
        }
        if line.words.is_empty() {
            let own = if anchored.contains_key(&index) { anchors } else { &NO_ANCHORS };
            line.words = words_of(&field, &line, index, own);
        }
        line
    });
    Lyrics { lines: lines.filter(|line| line.end.0 > line.start.0).collect() }
}

/// Machines place words to a tenth of a second or two: each is moved to the start of a syllable near it.
fn sharpened(field: &Field<'_>, anchors: &Anchors) -> Anchors {
    let mut sharp = Anchors::new();
    let mut from = 0.0;
    for (place, (start, end, alike)) in anchors {
        let nearer = field.nearest_start(*start, HEARD_WITHIN).max(from);
        let end = end.max(nearer + 0.02);
        sharp.insert(*place, (nearer, end, *alike));
        from = nearer + 0.02;
    }
    sharp
}

static NO_ANCHORS: Anchors = Anchors::new();

/// Gives lines of which words were heard their start and end, and says how sure these are.
fn anchor(
    field: &Field<'_>,
    lines: &[LyricLine],
    pieces: &mut [Piece],
    anchors: &Anchors,
) -> BTreeMap<usize, f64> {
    let mut sure = BTreeMap::new();
    let mut from = 0.0;
    for (index, line) in lines.iter().enumerate() {
        let heard: Vec<(usize, (f64, f64, f64))> =
            anchors.range((index, 0)..(index + 1, 0)).map(|((_, place), heard)| (*place, *heard)).collect();
        let (Some((first, (start, ..))), Some((last, (_, end, _)))) = (heard.first(), heard.last()) else {
            continue;
        };
        let counts = counts_of(&line.text);
        let sung = |places: std::ops::Range<usize>| counts[places].iter().sum::<usize>() as f64;
        let pace = ((end - start) / sung(*first..last + 1).max(1.0)).clamp(0.1, 0.5);
        // Words heard so far apart are not of one line.
        let stretched = end - start > 3.0 + 1.2 * sung(*first..last + 1);
        if pieces[index].start.is_some() || stretched || *start < from {
            continue;
        }
        let begins = match first {
            0 => *start,
            first => field.nearest_start(start - pace * sung(0..*first), GUESSED_WITHIN).min(*start),
        };
        let begins = begins.max(from);
        let ends = (end + pace * sung(last + 1..counts.len())).min(field.duration).max(begins + 0.1);
        (pieces[index].start, pieces[index].end) = (Some(begins), Some(ends));
        from = *end;
        let found: f64 = heard.iter().map(|(place, (_, _, alike))| alike * counts[*place] as f64).sum();
        sure.insert(index, 0.5 + 0.5 * found / sung(0..counts.len()).max(1.0));
    }
    sure
}

/// No line overlaps the next, and none is without length as long as the one before it has some to give.
fn make_room(laid: &mut [lay::Laid]) {
    for index in 1..laid.len() {
        let next = laid[index].start;
        let before = &mut laid[index - 1];
        before.end = before.end.min(next.max(before.start));
    }
    for index in 1..laid.len() {
        let before = laid[index - 1];
        if laid[index].end - laid[index].start < SHORTEST_LINE
            && before.end - before.start > 2.0 * SHORTEST_LINE
        {
            let middle = f64::midpoint(before.start, before.end);
            laid[index - 1].end = middle;
            (laid[index].start, laid[index].end) = (middle, before.end.max(laid[index].end));
        }
    }
}

fn counts_of(text: &str) -> Vec<usize> {
    let kana = has_kana(text);
    text.split_whitespace().map(|word| syllables(word, kana)).collect()
}

/// Words for a line that has times: as many as its text has, inside it, those that were heard where they were.
fn words_of(field: &Field<'_>, line: &LyricLine, index: usize, anchors: &Anchors) -> Vec<LyricWord> {
    let texts: Vec<&str> = line.text.split_whitespace().collect();
    let counts = counts_of(&line.text);
    let sure = line.confidence.unwrap_or(1.0);
    let (from, to) = (line.start.0, line.end.0);
    let mut timed: Vec<words::Timed> = Vec::with_capacity(texts.len());
    let mut open = 0;
    let fill = |timed: &mut Vec<words::Timed>, places: std::ops::Range<usize>, until: f64| {
        let at = timed.last().map_or(from, |word| word.end).min(until);
        timed.extend(words::lay(field, at, until, &counts[places]));
    };
    for ((_, place), (start, end, alike)) in anchors.range((index, 0)..(index + 1, 0)) {
        let start = start.clamp(timed.last().map_or(from, |word| word.start), to);
        fill(&mut timed, open..*place, start);
        if let Some(before) = timed.last_mut() {
            before.end = before.end.min(start);
        }
        timed.push(words::Timed { start, end: end.clamp(start, to), confidence: *alike });
        open = place + 1;
    }
    fill(&mut timed, open..texts.len(), to);
    let word = |(text, timed): (&&str, words::Timed)| LyricWord {
        start: millis(timed.start),
        end: millis(timed.end),
        text: (*text).to_owned(),
        confidence: Some(hundredths(sure * (0.5 + 0.5 * timed.confidence))),
    };
    texts.iter().zip(timed).map(word).collect()
}

fn pieces(lines: &[LyricLine], headings: &[Option<SectionKind>]) -> Vec<Piece> {
    // Stanzas by their texts, to find those that return.
    let mut stanzas: Vec<(usize, Vec<&str>)> = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        match stanzas.last_mut() {
            Some((_, texts)) if !line.opens_stanza => texts.push(&line.text),
            _ => stanzas.push((index, vec![&line.text])),
        }
    }
    let mut like = vec![None; lines.len()];
    for (place, (first, texts)) in stanzas.iter().enumerate() {
        if let Some((earlier, _)) = stanzas[..place].iter().find(|(_, other)| other == texts) {
            for index in 0..texts.len() {
                like[first + index] = Some(earlier + index);
            }
        }
    }
    let piece = |(index, line): (usize, &LyricLine)| {
        let kept = line.confidence.is_none();
        Piece {
            syllables: counts_of(&line.text).into_iter().sum::<usize>().max(1),
            opens_stanza: index == 0 || line.opens_stanza,
            heading: headings.get(index).copied().flatten(),
            start: kept.then_some(line.start.0),
            end: kept.then_some(line.end.0),
            like: like[index],
        }
    };
    lines.iter().enumerate().map(piece).collect()
}

/// Every line by its share of all syllables, over the time in which somebody sings.
fn spread(field: &Field<'_>, pieces: &[Piece]) -> Vec<lay::Laid> {
    let all: usize = pieces.iter().map(|piece| piece.syllables).sum();
    let total = field.sung_before(field.duration);
    let at = |share: f64| {
        if total < 1.0 {
            return share * field.duration;
        }
        // The time by which that share was sung, by halving.
        let (mut low, mut high) = (0.0, field.duration);
        for _ in 0..40 {
            let middle = f64::midpoint(low, high);
            if field.sung_before(middle) < share * total { low = middle } else { high = middle }
        }
        high
    };
    let mut passed = 0;
    let mut laid: Vec<lay::Laid> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let start = at(passed as f64 / all.max(1) as f64);
        passed += piece.syllables;
        let end = at(passed as f64 / all.max(1) as f64);
        let (start, end) = (piece.start.unwrap_or(start), piece.end.unwrap_or(end));
        let start = laid.last().map_or(start, |before| start.max(before.end));
        laid.push(lay::Laid { start, end: end.max(start), confidence: 0.1 });
    }
    laid
}

fn millis(seconds: f64) -> Seconds {
    Seconds((seconds * 1e3).round() / 1e3)
}

fn hundredths(value: f64) -> f64 {
    (value.clamp(0.0, 1.0) * 1e2).round() / 1e2
}
