//! Lyric files: LRC, SRT and plain text, in any encoding.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mv_core::analysis::{Confidence, Curve, Key, Mode, Section, TimeSignature, Voice, VoiceOnset};
use mv_core::vocabulary::SectionKind;
use mv_core::{Seconds, SongAnalysis};

fn song() -> SongAnalysis {
    let beats: Vec<Seconds> = (0..120).map(|beat| Seconds(f64::from(beat) * 0.5)).collect();
    SongAnalysis {
        version: 1,
        duration: Seconds(60.0),
        sample_rate: 44_100,
        channels: 2,
        tempo: 120.0,
        key: Key::new(9, Mode::Minor),
        keys: vec![],
        time_signature: TimeSignature::COMMON,
        tuning_hz: 440.0,
        downbeats: beats.iter().copied().step_by(4).collect(),
        beats,
        sections: vec![Section {
            kind: SectionKind::Verse,
            start: Seconds::ZERO,
            end: Seconds(60.0),
            label: "A".into(),
            energy: 0.5,
            confidence: 1.0,
        }],
        energy: 0.5,
        valence: 0.5,
        energy_curve: Curve { rate_hz: 10.0, values: vec![0.5; 600] },
        // Sung for three seconds of every four, a syllable every quarter of a second.
        voice: Voice {
            activity: Curve { rate_hz: 10.0, values: (0..600).map(|at| if at % 40 < 30 { 0.9 } else { 0.1 }).collect() },
            onsets: (0..240).map(|at| VoiceOnset { time: Seconds(f64::from(at) * 0.25), strength: 0.5 }).collect(),
            confidence: 0.8,
        },
        loudness_lufs: None,
        confidence: Confidence::default(),
    }
}

fuzz_target!(|input: (u8, &[u8])| {
    let name = ["song.lrc", "song.srt", "song.txt", "song"][usize::from(input.0 % 4)];
    if let Ok(file) = mv_director::lyrics::parse(input.1, name, &song()) {
        // What is accepted is sorted, does not overlap and lies within the song.
        for pair in file.lyrics.lines.windows(2) {
            assert!(pair[0].end.0 <= pair[1].start.0 + 1e-9);
        }
        for line in &file.lyrics.lines {
            assert!(line.start.0 >= 0.0 && line.start.0 <= line.end.0 && line.end.0 <= 60.0 + 1e-9);
        }
    }
});
