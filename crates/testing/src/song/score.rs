//! The score of the sample song, "여름밤의 주파수": its form, its harmony and the tune that is sung.
//!
//! City pop in A minor, 124 beats a minute, 40 bars: the refrain walks down from Fmaj9 over E7 to Am9.

use mv_core::vocabulary::SectionKind;

pub const TITLE: &str = "여름밤의 주파수";
pub const ARTIST: &str = "MelodyVision";
/// Beats a minute.
pub const TEMPO: f64 = 124.0;
pub const BEATS_PER_BAR: usize = 4;
/// Seconds of silence before the first beat, and of the last chord's ring after the last bar.
pub const LEAD_IN: f64 = 0.25;
pub const TAIL: f64 = 1.75;

/// A section: its kind, what it repeats, how many bars.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    pub kind: SectionKind,
    pub label: &'static str,
    pub bars: usize,
}

const fn part(kind: SectionKind, label: &'static str, bars: usize) -> Part {
    Part { kind, label, bars }
}

pub const FORM: [Part; 9] = [
    part(SectionKind::Intro, "A", 4),
    part(SectionKind::Verse, "B", 4),
    part(SectionKind::PreChorus, "C", 2),
    part(SectionKind::Chorus, "D", 8),
    part(SectionKind::Verse, "B", 4),
    part(SectionKind::Chorus, "D", 4),
    part(SectionKind::Bridge, "E", 4),
    part(SectionKind::Chorus, "D", 8),
    part(SectionKind::Outro, "F", 2),
];

/// Index in [`FORM`] of each part that is told apart by its sound.
pub const FIRST_VERSE: usize = 1;
pub const BRIDGE: usize = 6;
pub const LAST_CHORUS: usize = 7;

/// A chord: its bass note and four voices, as MIDI notes; voices move by step from chord to chord.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chord {
    pub bass: u8,
    pub voices: [u8; 4],
}

const fn chord(bass: u8, voices: [u8; 4]) -> Chord {
    Chord { bass, voices }
}

const F_MAJ9: Chord = chord(41, [57, 60, 64, 67]);
const E_7FLAT9: Chord = chord(40, [56, 59, 62, 65]);
const A_MIN9: Chord = chord(45, [55, 59, 60, 64]);
const G_MIN9: Chord = chord(43, [53, 57, 58, 62]);
const C_13: Chord = chord(36, [52, 57, 58, 62]);
const D_MIN9: Chord = chord(38, [53, 57, 60, 64]);
const G_13: Chord = chord(43, [53, 57, 59, 64]);
const E_SUS: Chord = chord(40, [52, 57, 59, 62]);
const E_7: Chord = chord(40, [52, 56, 59, 62]);
const B_FLAT_MAJ9: Chord = chord(46, [57, 60, 62, 65]);

/// The chords of the first and the second half of a bar.
pub fn harmony(part: usize, bar: usize) -> [Chord; 2] {
    let refrain = match bar % 8 {
        0 | 4 => [F_MAJ9; 2],
        1 | 5 => [E_7FLAT9; 2],
        3 => [G_MIN9, C_13],
        // The last refrain leans on into the outro's F.
        7 if part == LAST_CHORUS => [A_MIN9, C_13],
        _ => [A_MIN9; 2],
    };
    match FORM[part].kind {
        SectionKind::Verse => [[A_MIN9; 2], [D_MIN9; 2], [G_13; 2], [E_SUS, E_7]][bar % 4],
        SectionKind::PreChorus => [[D_MIN9; 2], [E_SUS, E_7]][bar % 2],
        SectionKind::Bridge => [[B_FLAT_MAJ9; 2], [A_MIN9; 2], [D_MIN9; 2], [E_SUS, E_7]][bar % 4],
        SectionKind::Outro => [[F_MAJ9; 2], [A_MIN9; 2]][bar % 2],
        SectionKind::Intro | SectionKind::Chorus | SectionKind::Solo => refrain,
    }
}

/// A note of the tune: when it starts and how long it lasts, in eighths from the section's start; its pitch; the
/// Hangul syllable that is sung (English words are sung as they sound).
#[derive(Clone, Copy, Debug)]
pub struct Sung {
    pub start: usize,
    pub eighths: usize,
    pub pitch: &'static str,
    pub syllable: char,
}

/// A line of the lyrics: its words with the number of notes each takes, and the notes.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    pub words: &'static [(&'static str, usize)],
    pub notes: &'static [(usize, usize, &'static str, char)],
}

impl Line {
    pub fn sung(&self) -> impl Iterator<Item = Sung> {
        self.notes.iter().map(|(start, eighths, pitch, syllable)| Sung {
            start: *start,
            eighths: *eighths,
            pitch,
            syllable: *syllable,
        })
    }
}

const VERSE_1: [Line; 2] = [
    Line {
        words: &[("빈", 1), ("거리에", 3), ("번진", 2), ("불빛", 2)],
        notes: &[
            (1, 1, "A4", '빈'),
            (2, 1, "A4", '거'),
            (3, 1, "C5", '리'),
            (4, 1, "B4", '에'),
            (5, 1, "A4", '번'),
            (6, 1, "G4", '진'),
            (7, 2, "A4", '불'),
            (9, 4, "F4", '빗'),
        ],
    },
    Line {
        words: &[("이어폰", 3), ("속", 1), ("너의", 2), ("목소리", 3)],
        notes: &[
            (17, 1, "G4", '이'),
            (18, 1, "G4", '어'),
            (19, 1, "B4", '폰'),
            (20, 1, "A4", '속'),
            (21, 1, "G4", '너'),
            (22, 1, "E4", '에'),
            (23, 2, "G4", '목'),
            (25, 1, "G#4", '소'),
            (26, 4, "B4", '리'),
        ],
    },
];

const VERSE_2: [Line; 2] = [
    Line {
        words: &[("창문", 2), ("너머", 2), ("흔들린", 3), ("네온", 2)],
        notes: &[
            (1, 1, "A4", '창'),
            (2, 1, "A4", '문'),
            (3, 1, "C5", '너'),
            (4, 1, "B4", '머'),
            (5, 1, "A4", '흔'),
            (6, 1, "G4", '들'),
            (7, 2, "A4", '린'),
            (9, 1, "F4", '네'),
            (10, 3, "A4", '온'),
        ],
    },
    Line {
        words: &[("막차를", 3), ("놓쳐도", 3), ("난", 1), ("좋아", 2)],
        notes: &[
            (17, 1, "G4", '막'),
            (18, 1, "G4", '차'),
            (19, 1, "B4", '를'),
            (20, 1, "D5", '노'),
            (21, 1, "C5", '쳐'),
            (22, 1, "B4", '도'),
            (23, 2, "D5", '난'),
            (25, 1, "C5", '조'),
            (26, 4, "B4", '아'),
        ],
    },
];

const PRE_CHORUS: [Line; 1] = [Line {
    words: &[("조금만", 3), ("더", 1), ("가까이,", 3), ("tune", 1), ("me", 1), ("in", 1)],
    notes: &[
        (1, 1, "D5", '조'),
        (2, 1, "D5", '금'),
        (3, 1, "F5", '만'),
        (4, 1, "E5", '더'),
        (5, 1, "D5", '가'),
        (6, 1, "C5", '까'),
        (7, 2, "D5", '이'),
        (10, 1, "D5", '튠'),
        (11, 2, "E5", '미'),
        (13, 2, "G#5", '인'),
    ],
}];

const HOOK: [Line; 5] = [
    Line {
        words: &[("여름밤의", 4), ("주파수", 3)],
        notes: &[
            (0, 1, "E5", '여'),
            (1, 1, "D5", '름'),
            (2, 1, "C5", '밤'),
            (3, 2, "A4", '에'),
            (5, 1, "C5", '주'),
            (6, 1, "D5", '파'),
            (7, 3, "E5", '수'),
        ],
    },
    Line {
        words: &[("너에게", 3), ("맞춰", 2)],
        notes: &[
            (11, 1, "B4", '너'),
            (12, 1, "B4", '에'),
            (13, 1, "D5", '게'),
            (14, 1, "C5", '맞'),
            (15, 3, "A4", '춰'),
        ],
    },
    Line {
        words: &[("별빛을", 3), ("따라", 2), ("turn", 1), ("it", 1), ("up", 1)],
        notes: &[
            (19, 1, "A4", '별'),
            (20, 1, "C5", '빛'),
            (21, 1, "E5", '을'),
            (22, 1, "E5", '따'),
            (23, 3, "G5", '라'),
            (27, 1, "F5", '턴'),
            (28, 1, "E5", '이'),
            (29, 3, "C5", '텁'),
        ],
    },
    Line {
        words: &[("들려줘", 3), ("네", 1), ("목소리", 3), ("이", 1), ("밤이", 2), ("끝나도", 3)],
        notes: &[
            (32, 1, "E5", '들'),
            (33, 1, "D5", '려'),
            (34, 1, "C5", '줘'),
            (35, 2, "A4", '네'),
            (37, 1, "C5", '목'),
            (38, 1, "D5", '소'),
            (39, 2, "E5", '리'),
            (42, 1, "B4", '이'),
            (43, 1, "B4", '바'),
            (44, 1, "D5", '미'),
            (45, 1, "E5", '끝'),
            (46, 1, "F5", '나'),
            (47, 1, "G#5", '도'),
        ],
    },
    Line {
        words: &[("Stay", 1), ("on", 1), ("my", 1), ("radio", 4)],
        notes: &[
            (48, 2, "A5", '테'),
            (50, 1, "G5", '온'),
            (51, 1, "E5", '마'),
            (52, 1, "E5", '레'),
            (53, 1, "D5", '디'),
            (54, 1, "C5", '오'),
            (55, 6, "A4", '오'),
        ],
    },
];

const BRIDGE_LINES: [Line; 2] = [
    Line {
        words: &[("잡음", 2), ("사이로", 3)],
        notes: &[
            (0, 2, "D5", '자'),
            (2, 2, "C5", '븜'),
            (4, 2, "A4", '사'),
            (6, 1, "F4", '이'),
            (7, 6, "G4", '로'),
        ],
    },
    Line {
        words: &[("너를", 2), ("찾을게", 3)],
        notes: &[
            (16, 2, "A4", '너'),
            (18, 2, "C5", '를'),
            (20, 2, "D5", '차'),
            (22, 2, "E5", '즐'),
            (24, 6, "E5", '게'),
        ],
    },
];

/// What is sung in a part of [`FORM`]; nothing in the intro and the outro.
pub fn lines(part: usize) -> &'static [Line] {
    match FORM[part].kind {
        SectionKind::Verse if part == FIRST_VERSE => &VERSE_1,
        SectionKind::Verse => &VERSE_2,
        SectionKind::PreChorus => &PRE_CHORUS,
        SectionKind::Bridge => &BRIDGE_LINES,
        // The short refrain sings the first half.
        SectionKind::Chorus if FORM[part].bars < 8 => &HOOK[..3],
        SectionKind::Chorus => &HOOK,
        SectionKind::Intro | SectionKind::Solo | SectionKind::Outro => &[],
    }
}

/// Seconds a beat lasts.
pub fn beat() -> f64 {
    60.0 / TEMPO
}

/// The first bar of a part, counted from the song's first.
pub fn first_bar(part: usize) -> usize {
    FORM[..part].iter().map(|part| part.bars).sum()
}

/// Bars of the whole song.
pub fn bars() -> usize {
    first_bar(FORM.len())
}

/// Song time of a beat (fractions allowed), counted from the first downbeat.
pub fn time(beat_number: f64) -> f64 {
    LEAD_IN + beat_number * beat()
}

/// Length of the song in seconds.
pub fn duration() -> f64 {
    time((bars() * BEATS_PER_BAR) as f64) + TAIL
}

/// The MIDI number of a pitch written `A4`, `G#5`; `None` for anything else.
pub fn midi(pitch: &str) -> Option<u8> {
    let (name, octave) = pitch.split_at_checked(pitch.len().checked_sub(1)?)?;
    let class = ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"]
        .iter()
        .position(|known| *known == name)? as u8;
    Some((octave.parse::<u8>().ok()? + 1) * 12 + class)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tune_fits_its_form_and_its_words() {
        let mut lines_seen = 0;
        for (index, part) in FORM.iter().enumerate() {
            let mut at = 0;
            for line in lines(index) {
                lines_seen += 1;
                for note in line.sung() {
                    assert!(note.start >= at, "{note:?} starts inside the note before");
                    assert!(midi(note.pitch).is_some_and(|pitch| (60..=84).contains(&pitch)), "{note:?}");
                    at = note.start + note.eighths;
                }
                let syllables: usize = line.words.iter().map(|(_, notes)| notes).sum();
                assert_eq!(syllables, line.notes.len(), "{:?}", line.words);
            }
            assert!(at <= part.bars * 8, "{part:?} is oversung");
        }
        assert_eq!(lines_seen, 2 + 1 + 5 + 2 + 3 + 2 + 5);
    }

    #[test]
    fn no_voice_leaps_beyond_a_tritone() {
        for (part, section) in FORM.iter().enumerate() {
            let chords = (0..section.bars).flat_map(|bar| harmony(part, bar)).collect::<Vec<_>>();
            for pair in chords.windows(2) {
                let moved = pair[0].voices.iter().zip(&pair[1].voices).map(|(a, b)| a.abs_diff(*b));
                assert!(moved.clone().all(|step| step <= 6), "{pair:?}");
            }
        }
    }

    #[test]
    fn the_song_is_of_the_length_it_should_be() {
        assert_eq!(bars(), 40);
        assert!((75.0..82.0).contains(&duration()));
    }
}
