//! Lays lines over the song: a dynamic programme that finds the starts and ends which suit the singing, the bars, the
//! sections and the lengths of the lines best, all together.
//!
//! A line's score depends on its own span, a pair's on the distance of their starts, so the best of all is found
//! exactly (Viterbi). How much worse the song would be with a line elsewhere says how sure its place is.

use super::field::{Field, STEP, bell};
use mv_core::analysis::VoiceOnset;
use mv_core::vocabulary::SectionKind;

/// A line to be laid.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub(super) syllables: usize,
    pub(super) opens_stanza: bool,
    /// The section that a heading over its stanza names.
    pub(super) heading: Option<SectionKind>,
    /// Known times, which are kept.
    pub(super) start: Option<f64>,
    pub(super) end: Option<f64>,
    /// The first line with the same text in a stanza with the same text: what returns is sung alike.
    pub(super) like: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Laid {
    pub(super) start: f64,
    pub(super) end: f64,
    /// 0–1.
    pub(super) confidence: f64,
}

/// A second of singing inside a line is worth this much, less what it costs where nobody sings.
const SUNG: f64 = 2.35;
const SILENCE: f64 = 0.35;
/// Spread of a line's length around what its syllables take, as a ratio's logarithm.
const LENGTH_SPREAD: f64 = 0.4;
/// What speaks for a start or an end: an onset, the voice setting in or out, the beat.
const ONSET: f64 = 0.79;
const RISE: f64 = 2.0;
const FALL: f64 = 0.67;
const GRID: f64 = 0.97;
/// A stanza begins where a section does; one with a heading in a section of its kind; lines end with their section.
const STANZA_AT_SECTION: f64 = 1.03;
const HEADING: f64 = 2.5;
const CROSSING: f64 = 1.56;
/// Lines of a stanza come whole or half bars after one another.
const BARS: f64 = 0.5;
/// Lines that return keep their distances.
const ALIKE: f64 = 3.34;
/// A rest within a stanza longer than so many seconds costs so much a second, one between stanzas so much.
const REST: f64 = 1.5;
const LONG_REST: f64 = 0.21;
const BREAK: f64 = 0.02;
const LONGEST_LINE: f64 = 14.0;
/// Lines of a stanza start at most this far apart, besides the time that the first one takes.
const FARTHEST: f64 = 20.0;
/// The fastest singing, in seconds a syllable.
const FASTEST: f64 = 0.06;
/// What it costs at most that a line starts before the one before it can have been sung.
const HURRY: f64 = 20.0;
const CUT: f64 = 1000.0;
const NEVER: f64 = -1e9;

/// Lays all lines; as many come back, in order. `None` where they cannot all be laid.
pub(super) fn lay(field: &Field<'_>, pieces: &[Piece]) -> Option<Vec<Laid>> {
    if pieces.is_empty() {
        return Some(vec![]);
    }
    let all: usize = pieces.iter().map(|piece| piece.syllables).sum();
    let pace = (field.sung_before(field.duration) / all.max(1) as f64).clamp(0.14, 0.6);
    let first = Layer { field, pieces, pace, distances: vec![None; pieces.len()] }.best()?;
    // Once more, with what the first time taught: the pace, and how far apart returning lines are.
    let distances = distances(pieces, &first);
    let pace = pace_of(pieces, &first).unwrap_or(pace);
    Layer { field, pieces, pace, distances }.best()
}

/// Median seconds a syllable of the lines laid.
fn pace_of(pieces: &[Piece], laid: &[Laid]) -> Option<f64> {
    let mut paces: Vec<f64> = pieces
        .iter()
        .zip(laid)
        .filter(|(piece, _)| piece.syllables > 0)
        .map(|(piece, laid)| (laid.end - laid.start) / (piece.syllables as f64 + 0.7))
        .collect();
    paces.sort_by(f64::total_cmp);
    paces.get(paces.len() / 2).map(|pace| pace.clamp(0.14, 0.6))
}

/// For each line that returns, how far it starts after the line before it, from the surest of its returns.
fn distances(pieces: &[Piece], laid: &[Laid]) -> Vec<Option<f64>> {
    let root = |index: usize| pieces[index].like.unwrap_or(index);
    (0..pieces.len())
        .map(|index| {
            let before = index.checked_sub(1).filter(|_| !pieces[index].opens_stanza)?;
            let same =
                |other: &usize| *other > 0 && root(*other) == root(index) && root(other - 1) == root(before);
            let returns: Vec<usize> = (0..pieces.len()).filter(same).collect();
            if returns.len() < 2 {
                return None;
            }
            let sure = |other: usize| laid[other].confidence.min(laid[other - 1].confidence);
            let surest = returns.into_iter().max_by(|a, b| sure(*a).total_cmp(&sure(*b)))?;
            Some(laid[surest].start - laid[surest - 1].start)
        })
        .collect()
}

struct Layer<'a> {
    field: &'a Field<'a>,
    pieces: &'a [Piece],
    /// Seconds a syllable.
    pace: f64,
    distances: Vec<Option<f64>>,
}

/// Where a line may start, and what each start is worth with the best end up to every step after it.
struct Places {
    starts: Vec<f64>,
    /// For each start, the best worth and its step for ends up to each step.
    ends: Vec<Vec<(f64, usize)>>,
}

impl Layer<'_> {
    fn best(&self) -> Option<Vec<Laid>> {
        let shared = self.field.starts(0.0, self.field.duration - 0.2, 2);
        let places: Vec<Places> = (0..self.pieces.len()).map(|index| self.places(index, &shared)).collect();
        // Best worth of everything before each start, and the start before it.
        let mut before: Vec<Vec<(f64, usize)>> = vec![vec![(0.0, 0); places[0].starts.len()]];
        for index in 1..places.len() {
            let row = places[index]
                .starts
                .iter()
                .map(|start| self.arrive(index, *start, &places, &before[index - 1]));
            before.push(row.collect());
        }
        // Best worth of a line at each start and everything behind it.
        let last = places.len() - 1;
        let mut behind: Vec<Vec<f64>> = vec![vec![]; places.len()];
        behind[last] =
            (0..places[last].starts.len()).map(|at| places[last].worth(at, self.field.duration).0).collect();
        for index in (0..last).rev() {
            behind[index] = (0..places[index].starts.len())
                .map(|at| self.leave(index, at, &places, &behind[index + 1]))
                .collect();
        }
        let mut laid = Vec::with_capacity(places.len());
        let total = |index: usize, at: usize| before[index][at].0 + behind[index][at];
        let mut at = (0..places[last].starts.len())
            .max_by(|a, b| total(last, *a).total_cmp(&total(last, *b)))
            .filter(|at| total(last, *at) > NEVER / 2.0)?;
        for index in (0..places.len()).rev() {
            let start = places[index].starts[at];
            let limit = laid.last().map_or(self.field.duration, |next: &Laid| next.start);
            let end = match self.pieces[index].end {
                Some(end) => end.min(limit),
                None => (start + (places[index].worth(at, limit).1 + 1) as f64 * STEP).min(limit),
            };
            let confidence = match self.pieces[index].start {
                Some(_) => 1.0,
                None => self.sure(&places[index].starts, at, |other| total(index, other)),
            };
            laid.push(Laid { start, end, confidence });
            at = before[index][at].1;
        }
        laid.reverse();
        Some(laid)
    }

    /// The share of what speaks for starts near the chosen one among all.
    fn sure(&self, starts: &[f64], chosen: usize, total: impl Fn(usize) -> f64) -> f64 {
        let best = total(chosen);
        let (mut near, mut all) = (0.0, 0.0);
        for (index, start) in starts.iter().enumerate() {
            let weight = libm::exp((total(index) - best).min(0.0) / 1.5);
            all += weight;
            if (start - starts[chosen]).abs() < 0.3 {
                near += weight;
            }
        }
        let heard = 0.4 + 0.6 * self.field.song.voice.confidence.clamp(0.0, 1.0);
        near / all.max(1e-9) * heard
    }

    fn places(&self, index: usize, shared: &[VoiceOnset]) -> Places {
        let piece = &self.pieces[index];
        let fixed =
            piece.start.map(|start| vec![VoiceOnset { time: mv_core::Seconds(start), strength: 0.0 }]);
        let starts = fixed.as_deref().unwrap_or(shared);
        let ends = starts.iter().map(|start| self.ends(piece, start)).collect();
        Places { starts: starts.iter().map(|start| start.time.0).collect(), ends }
    }

    fn ends(&self, piece: &Piece, onset: &VoiceOnset) -> Vec<(f64, usize)> {
        let (field, start) = (self.field, onset.time.0);
        let mut worth = ONSET * onset.strength + GRID * field.on_grid(start);
        worth +=
            RISE * (field.activity(start + 0.05, start + 0.4) - field.activity(start - 0.4, start - 0.05));
        if piece.opens_stanza {
            let away = field.to_section(start).unwrap_or(f64::INFINITY);
            worth += STANZA_AT_SECTION * bell(away, 0.4 * field.bar);
        }
        // A pick-up belongs to the section that it leads into.
        let section = field.section_at(start + 1.5 * field.beat).map(|index| field.sections()[index].kind);
        match (piece.heading, section) {
            (Some(heading), Some(kind)) if heading == kind => worth += HEADING,
            (None, Some(SectionKind::Intro | SectionKind::Solo | SectionKind::Outro)) => worth -= 0.4,
            _ => {}
        }
        let wanted = self.pace * (piece.syllables as f64 + 0.7);
        let steps = if let Some(end) = piece.end {
            ((end - start) / STEP).ceil().max(1.0) as usize
        } else {
            (LONGEST_LINE.min(wanted * 3.0 + 1.0).min(field.duration - start) / STEP).max(1.0) as usize
        };
        let next_section =
            field.sections().iter().map(|section| section.start.0).find(|at| *at > start + 1.5 * field.beat);
        let mut best = Vec::with_capacity(steps);
        let mut so_far = (NEVER, 0);
        for step in 0..steps {
            let end = start + (step + 1) as f64 * STEP;
            let length = end - start;
            let stretch = libm::log(length / wanted) / LENGTH_SPREAD;
            let mut value = SUNG * (field.sung_before(end) - field.sung_before(start) - SILENCE * length)
                - 0.5 * stretch * stretch
                + FALL * (field.activity(end - 0.3, end) - field.activity(end, end + 0.3));
            if next_section.is_some_and(|at| at < end - 0.4) {
                value -= CROSSING;
            }
            if value > so_far.0 {
                so_far = (value, step);
            }
            best.push((worth + so_far.0, so_far.1));
        }
        best
    }

    /// What a pair of neighbours is worth by the distance of their starts; `None` where it cannot be.
    fn pair(&self, second: usize, distance: f64) -> Option<f64> {
        let (first, next) = (&self.pieces[second - 1], &self.pieces[second]);
        let known = first.start.is_some() && next.start.is_some();
        if distance < 0.02 {
            return None;
        }
        // A line whose end is known is not cut short, unless there is no other room at all.
        let cut = match (first.start, first.end) {
            (Some(start), Some(end)) if distance < end - start - 1e-6 => CUT,
            _ => 0.0,
        };
        let fastest = (FASTEST * first.syllables as f64).max(0.25);
        let hurried = if known { 0.0 } else { HURRY * (1.0 - distance / fastest).max(0.0) };
        let rest = (distance - self.pace * (first.syllables as f64 + 0.7) - REST).max(0.0);
        if next.opens_stanza {
            return Some(-BREAK * rest - hurried - cut);
        }
        let bar = self.field.bar;
        let halves = (distance / bar * 2.0).round().max(1.0);
        let whole = halves.rem_euclid(2.0) < 0.5;
        let on_bar =
            bell(distance - halves * bar / 2.0, 0.3 * self.field.beat) * if whole { 1.0 } else { 0.4 };
        let alike = self.distances[second].map_or(0.0, |wanted| ALIKE * bell(distance - wanted, 0.12));
        Some(BARS * on_bar + alike - LONG_REST * rest - hurried - cut)
    }

    /// How far a line may start after the one before it.
    fn reach(&self, second: usize) -> f64 {
        let (first, next) = (&self.pieces[second - 1], &self.pieces[second]);
        if next.opens_stanza || first.start.is_some() || next.start.is_some() {
            return f64::INFINITY;
        }
        FARTHEST + self.pace * first.syllables as f64
    }

    fn arrive(&self, index: usize, start: f64, places: &[Places], before: &[(f64, usize)]) -> (f64, usize) {
        let mut best = (NEVER, 0);
        let from = &places[index - 1];
        let nearest = start - self.reach(index);
        let first = from.starts.partition_point(|earlier| *earlier < nearest);
        for (at, earlier) in from.starts.iter().enumerate().skip(first) {
            if *earlier >= start {
                break;
            }
            let Some(pair) = self.pair(index, start - earlier) else { continue };
            let value = before[at].0 + pair + from.worth(at, start).0;
            if value > best.0 {
                best = (value, at);
            }
        }
        best
    }

    fn leave(&self, index: usize, at: usize, places: &[Places], behind: &[f64]) -> f64 {
        let start = places[index].starts[at];
        let next = &places[index + 1];
        let first = next.starts.partition_point(|later| *later <= start);
        let farthest = start + self.reach(index + 1);
        let mut best = NEVER;
        for (later, worth) in next.starts[first..].iter().zip(&behind[first..]) {
            if *later > farthest {
                break;
            }
            let Some(pair) = self.pair(index + 1, later - start) else {
                continue;
            };
            best = best.max(worth + pair + places[index].worth(at, *later).0);
        }
        best
    }
}

impl Places {
    /// The best worth of a start with an end no later than `limit`, and that end's step.
    fn worth(&self, at: usize, limit: f64) -> (f64, usize) {
        let ends = &self.ends[at];
        let most = ((limit - self.starts[at]) / STEP + 1e-6).floor().max(1.0) as usize;
        ends.get(most.min(ends.len()).saturating_sub(1)).copied().unwrap_or((NEVER, 0))
    }
}
