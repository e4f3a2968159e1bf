//! The sample song, composed and rendered for this project: a score, a band that plays it, and its exact truth; and
//! made-up songs with words, to measure by ([`sung`]).

mod band;
mod drums;
pub mod papers;
pub mod score;
mod space;
pub mod sung;
pub mod tone;
mod voice;

pub use papers::{TrueLine, TrueWord, Truth, lrc, truth};

use mv_core::vocabulary::SectionKind;
use tone::Track;
use voice::Singer;

/// The instruments before they are mixed, by name.
pub struct Stems {
    pub tracks: Vec<(&'static str, Track)>,
}

/// Plays every instrument of the song.
pub fn perform() -> Stems {
    let total = tone::samples(score::duration());
    let (drums, kicks) = drums::play(total);
    let mut pads = band::pads(total);
    pads.shape(&drums::ducking(&kicks, total, 0.35));
    let mut arpeggio = band::arpeggio(total);
    arpeggio.shape(&drums::ducking(&kicks, total, 0.6));
    let mut bass = band::bass(total);
    bass.shape(&drums::ducking(&kicks, total, 0.55));
    let singer = |harmony, detune, pan, gain, seed| Singer { harmony, detune, pan, gain, seed, throat: 1.0 };
    let lead = voice::sing(total, &singer(false, 0.0, 0.0, 1.0, 31));
    // The same line again, a little off to each side, is what makes one voice sound like a record.
    let mut doubles = voice::sing(total, &singer(false, -0.09, -0.75, 0.5, 37));
    doubles.mix(&voice::sing(total, &singer(false, 0.08, 0.75, 0.5, 41)), 1.0);
    let mut harmony = voice::sing(total, &singer(true, 0.05, -0.5, 0.6, 43));
    harmony.mix(&voice::sing(total, &singer(true, -0.06, 0.5, 0.6, 47)), 1.0);
    Stems {
        tracks: vec![
            ("drums", drums),
            ("bass", bass),
            ("pads", pads),
            ("piano", band::piano(total)),
            ("arpeggio", arpeggio),
            ("guitar", band::guitar(total)),
            ("lead", lead),
            ("doubles", doubles),
            ("harmony", harmony),
            ("bell", voice::bell(total)),
            ("sweeps", drums::sweeps(total)),
        ],
    }
}

/// Level, share sent to the hall and share sent to the echo of each stem.
const MIX: [(&str, f64, f64, f64); 11] = [
    ("drums", 0.52, 0.06, 0.0),
    ("bass", 0.44, 0.0, 0.0),
    ("pads", 0.8, 0.3, 0.0),
    ("piano", 0.62, 0.25, 0.06),
    ("arpeggio", 0.6, 0.3, 0.45),
    ("guitar", 0.7, 0.14, 0.05),
    ("lead", 0.36, 0.28, 0.18),
    ("doubles", 0.2, 0.3, 0.1),
    ("harmony", 0.26, 0.35, 0.1),
    ("bell", 0.3, 0.5, 0.5),
    ("sweeps", 0.5, 0.3, 0.0),
];

/// The mix's faders: each section at its own level, reached within the beat before it.
fn faders(total: usize) -> Vec<f64> {
    let level = |part: usize| match score::FORM[part].kind {
        SectionKind::Intro => 0.78,
        SectionKind::Verse => 0.76,
        SectionKind::PreChorus => 0.84,
        SectionKind::Chorus if part == score::LAST_CHORUS => 1.06,
        SectionKind::Chorus | SectionKind::Solo => 1.0,
        SectionKind::Bridge => 0.72,
        SectionKind::Outro => 0.85,
    };
    let mut curve = vec![level(score::FORM.len() - 1); total];
    let mut at = 0;
    for part in 0..score::FORM.len() - 1 {
        let end = tone::samples(score::time((score::first_bar(part + 1) * score::BEATS_PER_BAR) as f64));
        let ramp = tone::samples(0.06);
        for (index, gain) in curve.iter_mut().enumerate().take(end).skip(at) {
            let near = 1.0 - ((end - index) as f64 / ramp as f64).min(1.0);
            *gain = level(part) + (level(part + 1) - level(part)) * near;
        }
        at = end;
    }
    curve
}

/// The finished song, stereo at [`tone::RATE`], below −3 dB of full scale.
pub fn render() -> Track {
    mix(&perform())
}

/// Mixes and masters the stems.
pub fn mix(stems: &Stems) -> Track {
    let total = tone::samples(score::duration());
    let (mut sum, mut hall, mut echo) = (Track::silent(total), Track::silent(total), Track::silent(total));
    for (name, track) in &stems.tracks {
        for (_, level, to_hall, to_echo) in MIX.iter().filter(|(known, ..)| known == name) {
            sum.mix(track, *level);
            hall.mix(track, level * to_hall);
            echo.mix(track, level * to_echo);
        }
    }
    let echoed = space::echo(&echo, 0.42);
    hall.mix(&echoed, 0.3);
    sum.mix(&echoed, 0.8);
    sum.mix(&space::reverb(&hall, 0.84, 0.32), 2.2);
    sum.shape(&faders(total));
    space::master(&mut sum, 1.1, 0.7);
    sum
}

/// A 16-bit stereo WAV file, with the quantising error turned into faint noise.
pub fn wave(track: &Track) -> Vec<u8> {
    let mut noise = tone::Noise::new(97);
    let mut dither = move || (noise.sample() + noise.sample()) * 0.5;
    let frames = track.left.iter().zip(&track.right).flat_map(|(left, right)| [*left, *right]);
    let data: Vec<u8> = frames
        .flat_map(|value| {
            let sample = value.clamp(-1.0, 1.0) * 32_766.0 + dither();
            (sample.round() as i16).to_le_bytes()
        })
        .collect();
    let rate = tone::RATE as u32;
    let mut file = Vec::with_capacity(44 + data.len());
    file.extend(b"RIFF");
    file.extend((36 + data.len() as u32).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16u32.to_le_bytes());
    file.extend([1, 0, 2, 0]);
    file.extend(rate.to_le_bytes());
    file.extend((rate * 4).to_le_bytes());
    file.extend([4, 0, 16, 0]);
    file.extend(b"data");
    file.extend((data.len() as u32).to_le_bytes());
    file.extend(data);
    file
}
