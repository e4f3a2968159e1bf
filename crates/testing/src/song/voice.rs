//! The singer: a glottal pulse through the formants of each syllable's vowel, with the consonant that opens it.
//!
//! The syllables are Hangul, taken apart by their code points. Formants are those of Korean women's vowels measured
//! by Yang, "A comparative study of American English and Korean vowels", Journal of Phonetics 24 (1996).

use super::score::{BEATS_PER_BAR, FORM, LAST_CHORUS, beat, first_bar, lines, midi, time};
use super::tone::{Filter, Noise, Phase, RATE, Track, decay, hertz, samples, sine};

/// A sung note in song time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Note {
    pub(super) start: f64,
    pub(super) end: f64,
    pub(super) pitch: f64,
    pub(super) syllable: Syllable,
}

/// How a syllable is opened, what vowels it holds, and how it closes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Syllable {
    opening: Opening,
    /// The vowel it begins and ends with: they differ in diphthongs.
    from: Vowel,
    to: Vowel,
    /// Closes with a nasal.
    hums: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Opening {
    Open,
    /// A closed lip or tongue, then a little burst.
    Stop,
    /// Breath behind a stop, or breath alone.
    Breath,
    Hiss,
    Hum,
    /// The tongue's flap.
    Flap,
}

/// First three formants in Hz.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Vowel([f64; 3]);

const A: Vowel = Vowel([986.0, 1794.0, 2957.0]);
const EO: Vowel = Vowel([765.0, 1371.0, 3009.0]);
const O: Vowel = Vowel([499.0, 1029.0, 3068.0]);
const U: Vowel = Vowel([422.0, 1021.0, 3024.0]);
const EU: Vowel = Vowel([447.0, 1703.0, 2997.0]);
const I: Vowel = Vowel([344.0, 2814.0, 3471.0]);
const E: Vowel = Vowel([677.0, 2285.0, 3063.0]);

impl Syllable {
    /// Takes a precomposed Hangul syllable apart: (lead × 21 + vowel) × 28 + tail from U+AC00 on.
    pub(super) fn of(hangul: char) -> Self {
        let index = (hangul as u32).saturating_sub(0xac00).min(11_171);
        let (lead, vowel, tail) = (index / 588, index / 28 % 21, index % 28);
        let opening = match lead {
            0 | 1 | 3 | 4 | 7 | 8 => Opening::Stop,
            2 | 6 => Opening::Hum,
            5 => Opening::Flap,
            9 | 10 | 12 | 13 | 14 => Opening::Hiss,
            15..=18 => Opening::Breath,
            _ => Opening::Open,
        };
        let (from, to) = match vowel {
            0 => (A, A),
            1 | 5 => (E, E),
            2 => (I, A),
            3 | 7 => (I, E),
            4 => (EO, EO),
            6 => (I, EO),
            8 => (O, O),
            9 => (O, A),
            10 | 11 => (O, E),
            12 => (I, O),
            13 => (U, U),
            14 => (U, EO),
            15 => (U, E),
            16 => (U, I),
            17 => (I, U),
            18 => (EU, EU),
            19 => (EU, I),
            _ => (I, I),
        };
        Self { opening, from, to, hums: matches!(tail, 4 | 8 | 16 | 21) }
    }

    /// The vowel at a time into the syllable: diphthongs glide within the first tenth of a second.
    fn vowel(&self, t: f64) -> Vowel {
        let share = ((t - 0.02) / 0.09).clamp(0.0, 1.0);
        let mix = |index: usize| self.from.0[index] + (self.to.0[index] - self.from.0[index]) * share;
        Vowel([mix(0), mix(1), mix(2)])
    }
}

/// The tune in song time. `harmony` gives the second voice of the last refrain: a third below, in the key.
fn notes(harmony: bool) -> Vec<Note> {
    let mut notes = Vec::new();
    for part in 0..FORM.len() {
        if harmony && part != LAST_CHORUS {
            continue;
        }
        let start = (first_bar(part) * BEATS_PER_BAR) as f64;
        for sung in lines(part).iter().flat_map(super::score::Line::sung) {
            let Some(pitch) = midi(sung.pitch) else { continue };
            let from = start + sung.start as f64 / 2.0;
            let pitch = if harmony { third_below(pitch) } else { pitch };
            notes.push(Note {
                start: time(from),
                end: time(from + sung.eighths as f64 / 2.0),
                pitch: f64::from(pitch),
                syllable: Syllable::of(sung.syllable),
            });
        }
    }
    notes
}

/// Three or four semitones below, whichever is a note of A minor.
fn third_below(pitch: u8) -> u8 {
    let in_key = |pitch: u8| [0, 2, 4, 5, 7, 9, 11].contains(&(pitch % 12));
    if in_key(pitch - 3) { pitch - 3 } else { pitch - 4 }
}

/// One singer: where she stands, how far off the pitch, in semitones, how loud.
pub(super) struct Singer {
    pub(super) harmony: bool,
    pub(super) detune: f64,
    pub(super) pan: f64,
    pub(super) gain: f64,
    pub(super) seed: u32,
    /// Formants against those of the women measured: 0.83 for a man.
    pub(super) throat: f64,
}

/// Sings the whole song.
pub(super) fn sing(total: usize, singer: &Singer) -> Track {
    sing_notes(total, &notes(singer.harmony), singer)
}

/// Sings any tune; the notes are in order and do not overlap.
pub(super) fn sing_notes(total: usize, notes: &[Note], singer: &Singer) -> Track {
    let mut track = Track::silent(total);
    // A phrase is sung in one breath: notes that touch share it.
    let mut from = 0;
    for index in 0..notes.len() {
        let breath = notes.get(index + 1).is_none_or(|next| next.start - notes[index].end > 0.02);
        if breath {
            let phrase = &notes[from..=index];
            let sung = breathe(phrase, singer);
            track.add(phrase[0].start - LEAN, &sung, singer.gain, singer.pan);
            from = index + 1;
        }
    }
    track.high_pass(150.0);
    track
}

/// Consonants lead the beat by this much, so that the vowel lands on it, in seconds.
const LEAN: f64 = 0.03;
const RELEASE: f64 = 0.09;

fn breathe(phrase: &[Note], singer: &Singer) -> Vec<f64> {
    let begin = phrase[0].start - LEAN;
    let end = phrase[phrase.len() - 1].end;
    let mut noise = Noise::new(singer.seed);
    let (mut glottis, mut soft, mut vibrato) = (Phase::default(), Phase::default(), Phase::default());
    let mut tilt = Filter::new(3800.0, 0.6);
    let mut formants = [Filter::default(); 5];
    let mut hiss = Filter::new(6500.0, 1.2);
    let mut breath = Filter::new(2200.0, 0.8);
    let mut hum = Filter::new(420.0, 0.7);
    let mut pitch = phrase[0].pitch - 0.7;
    let mut shape = Vowel(phrase[0].syllable.from.0.map(|formant| formant * singer.throat));
    let mut voicing: f64 = 0.0;
    let length = samples(end - begin + RELEASE * 4.0);
    let mut current = 0;
    let mut sung = Vec::with_capacity(length);
    for index in 0..length {
        let now = begin + index as f64 / RATE;
        while phrase.get(current + 1).is_some_and(|next| now >= next.start - LEAN) {
            current += 1;
        }
        let note = &phrase[current];
        // Negative while the consonant is formed.
        let t = now - note.start;
        let left = note.end - now;
        let syllable = &note.syllable;
        // The pitch is reached in about 40 ms; long notes begin to sway after a quarter of a second.
        pitch += (note.pitch - pitch) * (1.0 - decay(1.0 / RATE, 0.022));
        let sway = ((t - 0.22) / 0.3).clamp(0.0, 1.0) * 0.24;
        let frequency = hertz(pitch + singer.detune + sway * sine(vibrato.step(5.6)));
        if index % 32 == 0 {
            let wanted = syllable.vowel(t);
            let wanted = wanted.0.map(|formant| formant * singer.throat);
            let speed = 0.055;
            for (now, wanted) in shape.0.iter_mut().zip(wanted) {
                *now += (wanted - *now) * speed;
            }
            // A singer opens the mouth until the first formant is no lower than the note.
            let first = shape.0[0].max(frequency * 1.02);
            let second = shape.0[1].max(first * 1.25);
            for (filter, (centre, width)) in formants.iter_mut().zip([
                (first, 95.0),
                (second, 120.0),
                (shape.0[2].max(second * 1.15), 170.0),
                (4000.0 * singer.throat, 260.0),
                (5000.0 * singer.throat, 320.0),
            ]) {
                filter.tune(centre, centre / width);
            }
        }
        let closed = t < 0.0;
        let (voice_wanted, hiss_level, breath_level) = match (closed, syllable.opening) {
            (true, Opening::Open) => (0.85, 0.0, 0.0),
            (true, Opening::Stop) => (0.05, 0.0, 0.0),
            (true, Opening::Breath) => (0.05, 0.0, 0.5),
            (true, Opening::Hiss) => (0.03, 0.42, 0.05),
            (true, Opening::Hum) => (0.3, 0.0, 0.0),
            (true, Opening::Flap) => (0.35, 0.0, 0.0),
            (false, Opening::Stop) => (1.0, 0.0, 0.55 * decay(t, 0.009)),
            (false, Opening::Breath) => (1.0, 0.0, 0.5 * decay(t, 0.03)),
            (false, Opening::Hiss) => (1.0, 0.42 * decay(t, 0.018), 0.0),
            (false, _) => (1.0, 0.0, 0.0),
        };
        let last = current + 1 == phrase.len();
        let closing = syllable.hums && left < 0.07 && left > 0.0;
        let wanted = if last && left <= 0.0 {
            0.0
        } else if closing {
            0.45
        } else {
            voice_wanted
        };
        let speed = if wanted > voicing {
            0.009
        } else if last && left <= 0.0 {
            RELEASE * 0.5
        } else {
            0.012
        };
        voicing += (wanted - voicing) * (1.0 - decay(1.0 / RATE, speed));
        let air = noise.sample();
        let source = glottis.saw(frequency) * 0.9 + air * 0.035;
        let pressed = {
            let bands = tilt.run(source);
            bands.low + bands.band * 0.35
        };
        let mut vowel = 0.0;
        for (filter, level) in formants.iter_mut().zip([0.85, 1.0, 0.8, 0.55, 0.35]) {
            vowel += filter.run(pressed).band * level;
        }
        let nasal = hum.run(pressed).low
            * if closed && syllable.opening == Opening::Hum || closing { 0.5 } else { 0.06 };
        // A plain tone underneath keeps the tune clear when the vowel is dark.
        let body = sine(soft.step(frequency)) * 0.2;
        let consonant = hiss.run(air).band * hiss_level + breath.run(air).band * breath_level;
        let fade_in = (index as f64 / 200.0).min(1.0);
        sung.push(((vowel * 1.5 + nasal + body) * voicing + consonant * 0.5) * fade_in);
    }
    sung
}

/// The hook once more, far away, on a bell: what the outro remembers.
pub(super) fn bell(total: usize) -> Track {
    const HOOK: [(f64, &str); 7] =
        [(0.0, "E5"), (0.5, "D5"), (1.0, "C5"), (1.5, "A4"), (2.5, "C5"), (3.0, "D5"), (3.5, "E5")];
    let mut track = Track::silent(total);
    let outro = first_bar(FORM.len() - 1) * BEATS_PER_BAR;
    let refrain = first_bar(LAST_CHORUS) * BEATS_PER_BAR;
    for (start, gain) in [(outro, 0.5), (refrain, 0.22), (refrain + 16, 0.22)] {
        for (at, pitch) in HOOK {
            let Some(note) = midi(pitch) else { continue };
            let frequency = hertz(f64::from(note) + 12.0);
            let (mut carrier, mut modulator) = (Phase::default(), Phase::default());
            let length = beat() * 3.0;
            let rung: Vec<f64> = (0..samples(length))
                .map(|index| {
                    let t = index as f64 / RATE;
                    let shake = sine(modulator.step(frequency * 3.5)) * 0.28 * decay(t, 0.2);
                    sine(carrier.step(frequency) + shake) * decay(t, 0.38) * (t * 400.0).min(1.0)
                })
                .collect();
            track.add(time(start as f64 + at), &rung, gain, 0.15);
        }
    }
    track
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syllables_are_taken_apart() {
        let yeo = Syllable::of('여');
        assert_eq!((yeo.opening, yeo.from, yeo.to), (Opening::Open, I, EO));
        let bam = Syllable::of('밤');
        assert!(bam.opening == Opening::Stop && bam.to == A && bam.hums);
        assert_eq!(Syllable::of('수').opening, Opening::Hiss);
        assert_eq!(Syllable::of('파').opening, Opening::Breath);
        assert_eq!(Syllable::of('라').opening, Opening::Flap);
    }

    #[test]
    fn the_second_voice_stays_in_the_key() {
        assert_eq!(third_below(76), 72);
        assert_eq!(third_below(72), 69);
        assert_eq!(third_below(81), 77);
    }
}
