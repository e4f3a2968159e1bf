//! Made-up songs for this crate's tests.

use crate::direct::{DirectOptions, DirectRequest, direct};
use crate::template::builtin;
use mv_core::analysis::{Confidence, Curve, Key, KeySpan, Mode, Section, SongAnalysis, TimeSignature, Voice};
use mv_core::vocabulary::SectionKind;
use mv_core::{CastMember, Lyrics, Seconds, Storyboard};

/// A song of so many 4/4 bars at a steady tempo, one verse, evenly loud.
pub(crate) fn analysis(tempo: f64, bars: usize) -> SongAnalysis {
    let beat = 60.0 / tempo;
    let beats: Vec<Seconds> = (0..bars * 4).map(|i| Seconds(i as f64 * beat)).collect();
    let duration = Seconds(bars as f64 * 4.0 * beat);
    SongAnalysis {
        version: 1,
        duration,
        sample_rate: 44_100,
        channels: 2,
        tempo,
        key: Key::new(9, Mode::Minor),
        keys: vec![KeySpan { start: Seconds::ZERO, end: duration, key: Key::new(9, Mode::Minor) }],
        time_signature: TimeSignature::COMMON,
        tuning_hz: 440.0,
        downbeats: beats.iter().step_by(4).copied().collect(),
        beats,
        sections: vec![section(SectionKind::Verse, 0.0, duration.0, "A", 0.5)],
        energy: 0.5,
        valence: 0.5,
        energy_curve: Curve { rate_hz: 10.0, values: vec![0.5; (duration.0 * 10.0) as usize] },
        voice: Voice::default(),
        loudness_lufs: Some(-12.0),
        confidence: Confidence {
            tempo: 0.9,
            beats: 0.9,
            downbeats: 0.9,
            time_signature: 0.9,
            key: 0.9,
            sections: 0.9,
            energy: 0.9,
            valence: 0.5,
        },
    }
}

/// A whole pop song at 120 BPM: intro, verses, pre-choruses, three choruses, a bridge, an outro.
pub(crate) fn song() -> SongAnalysis {
    use SectionKind::{Bridge, Chorus, Intro, Outro, PreChorus, Verse};
    let form = [
        (Intro, 4, 0.25),
        (Verse, 16, 0.45),
        (PreChorus, 4, 0.55),
        (Chorus, 16, 0.85),
        (Verse, 16, 0.5),
        (PreChorus, 4, 0.6),
        (Chorus, 16, 0.88),
        (Bridge, 8, 0.35),
        (Chorus, 16, 0.95),
        (Outro, 4, 0.3),
    ];
    let bars = form.iter().map(|(_, bars, _)| bars).sum();
    let mut song = analysis(120.0, bars);
    song.sections.clear();
    let mut bar = 0;
    for (kind, length, energy) in form {
        let (start, end) = (bar as f64 * 2.0, (bar + length) as f64 * 2.0);
        song.sections.push(section(kind, start, end, kind.word(), energy));
        for value in &mut song.energy_curve.values[(start * 10.0) as usize..(end * 10.0) as usize] {
            *value = energy as f32;
        }
        bar += length;
    }
    song
}

pub(crate) fn section(kind: SectionKind, start: f64, end: f64, label: &str, energy: f64) -> Section {
    let label = label.to_owned();
    Section { kind, start: Seconds(start), end: Seconds(end), label, energy, confidence: 0.9 }
}

/// The storyboard of that song with two people, by the first template.
pub(crate) fn storyboard() -> Storyboard {
    let member = |id: &str, name: &str, description: &str| CastMember {
        id: id.into(),
        name: name.into(),
        description: description.into(),
        photos: vec![],
        character: None,
    };
    direct(&DirectRequest {
        analysis: &song(),
        template: &builtin("urban-night").unwrap(),
        cast: &[
            member("harin", "Harin", "a young woman with headphones and a coral jacket"),
            member("dojun", "Dojun", "a young man in a cap and a denim shirt"),
        ],
        lyrics: &Lyrics::default(),
        title: "Song",
        artist: "Somebody",
        song_hash: "00",
        seed: 7,
        options: DirectOptions::default(),
    })
    .unwrap()
}
