//! Composes a made-up song: its form, its chords, its words and the tune they are sung to.

use super::words::{Language, Word};
use super::{Backing, Dice, Part, Plan};
use crate::song::tone::Track;
use mv_core::vocabulary::SectionKind;

/// A sung line: words with their syllables (none where a voice has no words), and notes from the line's start.
#[derive(Clone)]
pub(super) struct Phrase {
    /// In beats from the section's start; a pick-up begins before it.
    pub(super) start: f64,
    pub(super) words: Vec<(&'static str, usize)>,
    pub(super) notes: Vec<SungNote>,
}

#[derive(Clone, Copy)]
pub(super) struct SungNote {
    /// In beats from the phrase's start.
    pub(super) at: f64,
    pub(super) beats: f64,
    pub(super) pitch: i32,
    pub(super) sung: char,
    /// Goes on with the syllable of the note before.
    pub(super) held: bool,
}

const MAJOR: [i32; 7] = [0, 2, 4, 5, 7, 9, 11];
const MINOR: [i32; 7] = [0, 2, 3, 5, 7, 8, 10];
/// Four-bar progressions as scale degrees.
const PROGRESSIONS: [[usize; 4]; 6] =
    [[0, 4, 5, 3], [5, 3, 0, 4], [0, 5, 3, 4], [3, 4, 2, 5], [0, 3, 5, 4], [5, 4, 3, 4]];

pub(super) fn compose(dice: &mut Dice, language: Language, longest: f64) -> Plan {
    let tempo = (70.0 + 75.0 * dice.share()).round();
    let beats_a_bar = if dice.happens(0.15) { 3 } else { 4 };
    let minor = dice.happens(0.5);
    let (tonic, lead_in) = (57 + dice.below(10) as i32, 0.1 + 0.3 * dice.share());
    let plan = Plan { tempo, beats_a_bar, tonic, minor, beats: vec![lead_in], parts: Vec::new() };
    fill(plan, dice, language, longest, false)
}

/// A song for a recording without a voice: its beats and its key, a form and words of its own.
pub(super) fn compose_over(dice: &mut Dice, language: Language, backing: Backing) -> (Plan, Track) {
    let Backing { sound, beats, beats_a_bar, tonic, minor } = backing;
    let mut gaps: Vec<f64> = beats.windows(2).map(|pair| pair[1] - pair[0]).collect();
    gaps.sort_by(f64::total_cmp);
    let tempo = 60.0 / gaps.get(gaps.len() / 2).copied().unwrap_or(0.5);
    let longest = beats.len() as f64 * 60.0 / tempo;
    let tonic = 57 + (i32::from(tonic) - 57).rem_euclid(12);
    let plan = Plan { tempo, beats_a_bar, tonic, minor, beats, parts: Vec::new() };
    (fill(plan, dice, language, longest, true), sound)
}

/// Gives a plan its parts, as many as fit; `on` makes the middle of the form come again until it is full.
fn fill(mut plan: Plan, dice: &mut Dice, language: Language, longest: f64, on: bool) -> Plan {
    use SectionKind::{Bridge, Chorus, Intro, Outro, PreChorus, Solo, Verse};
    let forms: [&[SectionKind]; 4] = [
        &[Intro, Verse, Chorus, Verse, Chorus, Solo, Chorus, Outro],
        &[Intro, Verse, PreChorus, Chorus, Verse, PreChorus, Chorus, Bridge, Chorus, Outro],
        &[Intro, Verse, Verse, Chorus, Solo, Verse, Chorus, Chorus, Outro],
        &[Chorus, Intro, Verse, Chorus, Verse, Chorus, Bridge, Solo, Chorus, Outro],
    ];
    let form = dice.pick(&forms);
    let bar = 60.0 / plan.tempo * plan.beats_a_bar as f64;
    let words = language.words();
    let mut composer = Composer { dice, words, plan: &mut plan, chorus: None };
    let mut passed = 0.0;
    let again = form[..form.len() - 1].iter().filter(|kind| **kind != Intro).cycle();
    for kind in form[..form.len() - usize::from(on)].iter().chain(again.take(if on { 40 } else { 0 })) {
        let part = composer.part(*kind);
        let seconds = part.bars as f64 * bar;
        if passed + seconds > longest && composer.plan.parts.iter().any(|p| !p.phrases.is_empty()) {
            break;
        }
        passed += seconds;
        composer.plan.parts.push(part);
    }
    plan
}

struct Composer<'a> {
    dice: &'a mut Dice,
    words: Vec<Word>,
    plan: &'a mut Plan,
    /// The chorus returns as it was.
    chorus: Option<Part>,
}

impl Composer<'_> {
    fn part(&mut self, kind: SectionKind) -> Part {
        use SectionKind::{Bridge, Chorus, Intro, Outro, PreChorus, Solo, Verse};
        if let Some(chorus) = self.chorus.clone().filter(|_| kind == Chorus) {
            return chorus;
        }
        let bars = match kind {
            Intro | PreChorus | Outro => 4,
            Verse | Chorus => 8,
            Bridge | Solo => self.dice.pick(&[4, 8]),
        };
        let chords = self.chords(bars);
        let phrases = match kind {
            Verse | Chorus | PreChorus | Bridge => self.lines(bars, &chords, kind),
            // Somebody sings without words.
            Intro | Outro if self.dice.happens(0.2) => self.wordless(bars, &chords),
            _ => vec![],
        };
        let part = Part { kind, bars, chords, phrases };
        if kind == Chorus {
            self.chorus = Some(part.clone());
        }
        part
    }

    fn scale(&self) -> [i32; 7] {
        if self.plan.minor { MINOR } else { MAJOR }
    }

    fn chords(&mut self, bars: usize) -> Vec<(i32, bool)> {
        let degrees = self.dice.pick(&PROGRESSIONS);
        let scale = self.scale();
        (0..bars)
            .map(|bar| {
                let degree = degrees[bar % 4];
                let third = (scale[(degree + 2) % 7] - scale[degree]).rem_euclid(12);
                (scale[degree], third == 3)
            })
            .collect()
    }

    fn lines(&mut self, bars: usize, chords: &[(i32, bool)], kind: SectionKind) -> Vec<Phrase> {
        let a_bar = self.plan.beats_a_bar as f64;
        let each = if self.plan.tempo > 105.0 && self.dice.happens(0.4) { 4 } else { 2 };
        // Where lines of this section like to begin, in beats from their bar.
        let usual: f64 = self.dice.pick(&[-1.0, -0.5, 0.0, 0.0, 0.0, 0.5, 1.0]);
        let mut phrases: Vec<Phrase> = Vec::new();
        let mut at = 0;
        while at < bars {
            let length = each.min(bars - at);
            let start = if self.dice.happens(0.75) { usual } else { self.dice.pick(&[-0.5, 0.0, 0.5, 1.0]) };
            // The very first line has nothing to run out of.
            let start = if self.plan.parts.is_empty() && at == 0 { start.max(0.0) } else { start };
            // Room up to the earliest start of the next line; some lines leave none of it as a rest.
            let rest = if self.dice.happens(0.15) { 0.0 } else { 0.5 + self.dice.share() * 1.5 };
            let room = length as f64 * a_bar - 1.0 - start.max(0.0) - rest;
            let begin = at as f64 * a_bar + start;
            phrases.push(self.line(begin, (room * 2.0).floor() / 2.0, chords, kind));
            at += length;
        }
        phrases
    }

    fn line(&mut self, begin: f64, room: f64, chords: &[(i32, bool)], kind: SectionKind) -> Phrase {
        // A syllable takes about a quarter of a second or more.
        let fast = 60.0 / self.plan.tempo * 0.5 > 0.3;
        let most = (room * if fast { 3.0 } else { 2.0 }) as usize;
        let wanted = (4 + self.dice.below(8)).min(most.max(2));
        let mut words: Vec<(&'static str, usize)> = Vec::new();
        let mut sung: Vec<(char, bool)> = Vec::new();
        while sung.len() < wanted {
            let (text, sounds) = self.words[self.dice.below(self.words.len())];
            let count = sounds.chars().count();
            if sung.len() + count > most && !sung.is_empty()
                || words.last().is_some_and(|last| last.0 == text)
            {
                if sung.len() + 1 >= most {
                    break;
                }
                continue;
            }
            words.push((text, count));
            sung.extend(sounds.chars().enumerate().map(|(index, sound)| (sound, index + 1 == count)));
        }
        // Some syllables go on over a second note.
        let mut held: Vec<bool> = vec![false; sung.len()];
        for index in (0..sung.len()).rev() {
            if sung.len() < most && self.dice.happens(0.06) {
                sung.insert(index + 1, sung[index]);
                held.insert(index + 1, true);
            }
        }
        let unit = if sung.len() as f64 * 0.5 <= room { 0.5 } else { 0.25 };
        let mut lengths = vec![unit; sung.len()];
        let mut spare = room - unit * sung.len() as f64;
        // Word ends and the last note are held longer.
        if let Some(last) = lengths.last_mut() {
            let more = (spare * 0.6).min(2.0);
            let more = (more / unit).floor() * unit;
            *last += more;
            spare -= more;
        }
        for (length, (_, ends)) in lengths.iter_mut().zip(&sung) {
            if spare >= unit && self.dice.happens(if *ends { 0.35 } else { 0.12 }) {
                *length += unit;
                spare -= unit;
            }
        }
        // Choruses lie higher.
        let centre = self.plan.tonic + if kind == SectionKind::Chorus { 7 } else { 3 };
        let mut notes = Vec::new();
        let mut at = 0.0;
        let mut pitch = centre;
        for (index, ((sound, ends), beats)) in sung.iter().zip(&lengths).enumerate() {
            pitch = self.next_pitch(pitch, centre, begin + at, chords);
            // Words are let go of a little early now and then.
            let short = if *ends && !held[index] && self.dice.happens(0.12) { 0.6 } else { 1.0 };
            notes.push(SungNote { at, beats: beats * short, pitch, sung: *sound, held: held[index] });
            at += beats;
        }
        Phrase { start: begin, words, notes }
    }

    fn wordless(&mut self, bars: usize, chords: &[(i32, bool)]) -> Vec<Phrase> {
        let a_bar = self.plan.beats_a_bar as f64;
        let mut pitch = self.plan.tonic + 7;
        let notes = (0..bars * 2)
            .map(|half| {
                let at = half as f64 * a_bar / 2.0;
                pitch = self.next_pitch(pitch, self.plan.tonic + 7, at, chords);
                let sung = if half % 2 == 0 { '우' } else { '아' };
                SungNote { at, beats: a_bar / 2.0 * 0.9, pitch, sung, held: false }
            })
            .collect();
        vec![Phrase { start: 0.0, words: vec![], notes }]
    }

    /// A step or a small leap in the scale, to a note of the chord on strong beats.
    fn next_pitch(&mut self, before: i32, centre: i32, beat: f64, chords: &[(i32, bool)]) -> i32 {
        let bar = (beat / self.plan.beats_a_bar as f64).floor().max(0.0) as usize;
        let (root, minor) = chords[bar % chords.len()];
        let scale = self.scale();
        let strong = beat.rem_euclid(1.0) < 0.01;
        let chord = [root, root + if minor { 3 } else { 4 }, root + 7].map(|note| note.rem_euclid(12));
        let fits = |pitch: i32| {
            let class = (pitch - self.plan.tonic).rem_euclid(12);
            if strong { chord.contains(&class) } else { scale.contains(&class) }
        };
        let reach = self.dice.pick(&[1, 2, 2, 3, 4, 5]);
        let down = before > centre + self.dice.below(6) as i32 - 3;
        let from = before + if down { -reach } else { reach };
        (0..12)
            .flat_map(|away| [from - away, from + away])
            .find(|pitch| fits(*pitch) && (50..=81).contains(pitch))
            .unwrap_or(before)
    }
}
