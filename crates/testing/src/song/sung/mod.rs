//! Made-up songs that somebody sings, with the exact time of every syllable: what lyrics alignment is measured by.
//!
//! A seed chooses language, tempo, key, form, words, tune and band. What makes alignment hard is in them: pick-ups,
//! lines that run into each other, long notes, syllables on two notes, solos and fills by an instrument that sways like
//! a voice, and voices without words.

mod band;
mod tune;
mod words;

pub use words::Language;

use super::papers::{TrueLine, TrueWord, rounded};
use super::space;
use super::tone::{RATE, Track, samples};
use super::voice::{Note, Singer, Syllable, sing_notes};
use mv_core::vocabulary::SectionKind;
use tune::Phrase;

/// A made-up song.
pub struct SungSong {
    pub language: Language,
    /// Beats a minute.
    pub tempo: f64,
    /// Seconds.
    pub duration: f64,
    /// Kind, start and end of each section, in seconds.
    pub sections: Vec<(SectionKind, f64, f64)>,
    /// The lyrics as a person would paste them: a line a line, an empty line between stanzas.
    pub text: String,
    pub lines: Vec<TrueLine>,
    pub sound: Track,
}

/// Whole numbers by chance, from a seed (splitmix64, Steele et al. 2014).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// 0 to `count` − 1.
    fn below(&mut self, count: usize) -> usize {
        (self.roll() % count.max(1) as u64) as usize
    }

    /// 0–1.
    fn share(&mut self) -> f64 {
        (self.roll() >> 11) as f64 / (1u64 << 53) as f64
    }

    fn happens(&mut self, chance: f64) -> bool {
        self.share() < chance
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}

/// A section: what is sung in it, how long it is, and its chords, one a bar (semitones above the tonic, minor).
#[derive(Clone)]
struct Part {
    kind: SectionKind,
    bars: usize,
    chords: Vec<(i32, bool)>,
    phrases: Vec<Phrase>,
}

/// What holds for the whole song.
struct Plan {
    tempo: f64,
    beats_a_bar: usize,
    /// MIDI note of the tonic near the middle of the voice.
    tonic: i32,
    minor: bool,
    /// Time of every beat, from the first downbeat on; those beyond go on at the tempo.
    beats: Vec<f64>,
    parts: Vec<Part>,
}

impl Plan {
    fn time(&self, beat: f64) -> f64 {
        let spacing = 60.0 / self.tempo;
        let Some(last) = self.beats.len().checked_sub(1) else { return beat * spacing };
        let index = (beat.max(0.0) as usize).min(last);
        let length = self.beats.get(index + 1).map_or(spacing, |next| next - self.beats[index]);
        self.beats[index] + (beat - index as f64) * length
    }

    /// First beat of each part, and that of the end.
    fn edges(&self) -> Vec<f64> {
        let mut edges = vec![0.0];
        for part in &self.parts {
            edges.push(edges[edges.len() - 1] + (part.bars * self.beats_a_bar) as f64);
        }
        edges
    }
}

fn language_of(seed: u64) -> Language {
    use Language::{English, Japanese, Korean, Mixed};
    [Korean, English, Japanese, Mixed, Korean][(seed % 5) as usize]
}

fn dice_of(seed: u64) -> Dice {
    Dice(seed.wrapping_mul(0x2545_f491_4f6c_dd1d).wrapping_add(1))
}

/// Composes, plays and sings the song of a seed. `longest` bounds the form: 60 gives a verse and a chorus or two,
/// 240 a whole song.
pub fn make_up(seed: u64, longest: f64) -> SungSong {
    let mut dice = dice_of(seed);
    let plan = tune::compose(&mut dice, language_of(seed), longest);
    let edges = plan.edges();
    let duration = rounded(plan.time(edges[edges.len() - 1]) + 2.0);
    let band = band::play(&plan, samples(duration), &mut dice);
    sing(&plan, band, language_of(seed), duration, &mut dice)
}

/// A recording without a voice that words are sung over.
pub struct Backing {
    pub sound: Track,
    /// Time of every beat in seconds, from a downbeat on.
    pub beats: Vec<f64>,
    pub beats_a_bar: usize,
    /// Pitch class of the tonic, 0 = C.
    pub tonic: u8,
    pub minor: bool,
}

/// Makes up words and a tune and sings them over a recording.
pub fn sing_over(seed: u64, backing: Backing) -> SungSong {
    let mut dice = dice_of(seed);
    let duration = rounded(backing.sound.left.len() as f64 / RATE);
    let (plan, sound) = tune::compose_over(&mut dice, language_of(seed), backing);
    sing(&plan, sound, language_of(seed), duration, &mut dice)
}

fn sing(plan: &Plan, band: Track, language: Language, duration: f64, dice: &mut Dice) -> SungSong {
    let edges = plan.edges();
    let total = band.left.len();
    let mut stanzas: Vec<String> = Vec::new();
    let mut lines = Vec::new();
    // Some singers are men.
    let low = dice.happens(0.45);
    let (mut lead, mut doubles, mut wordless) = (Vec::new(), Vec::new(), Vec::new());
    for (part, from) in plan.parts.iter().zip(&edges) {
        let mut stanza = Vec::new();
        for phrase in &part.phrases {
            let mut notes = perform(phrase, *from, plan, dice);
            if low {
                for note in &mut notes {
                    note.pitch -= 10.0;
                }
            }
            if part.kind == SectionKind::Chorus {
                doubles.extend(notes.iter().map(|note| Note { pitch: note.pitch - 3.5, ..*note }));
            }
            if phrase.words.is_empty() {
                wordless.extend(notes);
                continue;
            }
            let line = truth_of(phrase, &notes);
            stanza.push(line.text.clone());
            lines.push(line);
            lead.extend(notes);
        }
        if !stanza.is_empty() {
            stanzas.push(stanza.join("\n"));
        }
    }
    let throat = if low { 0.83 } else { 1.0 } * (0.96 + 0.08 * dice.share());
    let singer = |detune, pan, gain, seed| Singer { harmony: false, detune, pan, gain, seed, throat };
    let mut voice = sing_notes(total, &lead, &singer(0.0, 0.0, 1.0, 31));
    for (pan, seed) in [(-0.6, 43), (0.6, 47)] {
        voice.mix(&sing_notes(total, &doubles, &singer(0.05 * pan, pan, 0.4, seed)), 1.0);
    }
    voice.mix(&sing_notes(total, &wordless, &singer(0.0, 0.3, 0.6, 53)), 1.0);
    // The voice stands 2 dB under to 4 dB over the band.
    let level = 0.9 * power(&band).sqrt() / power(&voice).sqrt().max(1e-9) * (0.8 + 0.8 * dice.share());
    let mut sound = band;
    sound.mix(&voice, level * 0.62);
    let mut hall = Track::silent(total);
    hall.mix(&voice, level * 0.62 * (0.1 + 0.25 * dice.share()));
    sound.mix(&space::reverb(&hall, 0.8, 0.35), 2.0);
    space::master(&mut sound, 1.0, 0.7);
    let sections = plan.parts.iter().zip(edges.windows(2));
    SungSong {
        language,
        tempo: plan.tempo,
        duration,
        sections: sections.map(|(part, span)| (part.kind, plan.time(span[0]), plan.time(span[1]))).collect(),
        text: stanzas.join("\n\n") + "\n",
        lines,
        sound,
    }
}

/// Mean power of what is not silent.
fn power(track: &Track) -> f64 {
    let loud = track.left.iter().filter(|value| value.abs() > 1e-3);
    let (sum, count) = loud.fold((0.0, 0usize), |(sum, count), value| (sum + value * value, count + 1));
    sum / count.max(1) as f64
}

/// A phrase as a person sings it: some hundredths of a second off the grid.
fn perform(phrase: &Phrase, from: f64, plan: &Plan, dice: &mut Dice) -> Vec<Note> {
    let mut notes: Vec<Note> = phrase
        .notes
        .iter()
        .map(|note| {
            let late = 0.012 * (dice.share() + dice.share() + dice.share() - 1.5);
            Note {
                start: plan.time(from + phrase.start + note.at) + late,
                end: plan.time(from + phrase.start + note.at + note.beats),
                pitch: f64::from(note.pitch),
                syllable: Syllable::of(note.sung),
            }
        })
        .collect();
    for index in 1..notes.len() {
        // Notes that touched on the grid still do.
        if phrase.notes[index].at - phrase.notes[index - 1].at - phrase.notes[index - 1].beats < 1e-6 {
            notes[index - 1].end = notes[index].start;
        }
    }
    notes
}

fn truth_of(phrase: &Phrase, notes: &[Note]) -> TrueLine {
    let mut words = Vec::new();
    let mut next = 0;
    for (text, syllables) in &phrase.words {
        // A syllable may be held over a second note, which starts none.
        let mut starts = Vec::new();
        let first = next;
        while next < notes.len() && (starts.len() < *syllables || phrase.notes[next].held) {
            if !phrase.notes[next].held {
                starts.push(rounded(notes[next].start));
            }
            next += 1;
        }
        words.push(TrueWord {
            text: (*text).to_owned(),
            start: rounded(notes[first].start),
            end: rounded(notes[next - 1].end),
            syllables: starts,
        });
    }
    let text: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    TrueLine { text: text.join(" "), start: words[0].start, end: words[words.len() - 1].end, words }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_truth_is_that_of_the_words() {
        for seed in 0..5 {
            let song = make_up(seed, 60.0);
            let written: Vec<&str> = song.text.lines().filter(|line| !line.is_empty()).collect();
            let sung: Vec<&str> = song.lines.iter().map(|line| line.text.as_str()).collect();
            assert_eq!(written, sung, "seed {seed}");
            assert!(sung.len() >= 4, "seed {seed}: {} lines", sung.len());
            let mut at = 0.0;
            for line in &song.lines {
                assert!(line.start >= at - 0.05 && line.end > line.start && line.end <= song.duration);
                at = line.end;
                let starts: Vec<f64> = line.words.iter().flat_map(|word| word.syllables.clone()).collect();
                assert!(starts.windows(2).all(|pair| pair[0] < pair[1]), "seed {seed}: {starts:?}");
            }
            assert!(song.sound.left.iter().all(|value| value.is_finite() && value.abs() <= 1.0));
        }
    }

    #[test]
    fn a_seed_is_a_song() {
        let (one, again, other) = (make_up(3, 30.0), make_up(3, 30.0), make_up(8, 30.0));
        assert!(one.sound.left == again.sound.left && one.lines == again.lines);
        assert_ne!(one.text, other.text);
    }
}
