//! What is no song gets one clear error with a way out; what is an odd song is heard.

mod sound;

use mv_audio::{HearError, Heard, LONGEST_SECONDS, analyze, analyze_file};
use mv_core::CancelToken;
use sound::{Coding, beat, cursor, wav};

fn hear(bytes: &[u8]) -> Result<Heard, HearError> {
    analyze(cursor(bytes), &mut |_| {}, &CancelToken::new())
}

/// The error, if there is one and it tells the person a way out.
fn refused(bytes: &[u8]) -> Option<HearError> {
    hear(bytes).err().filter(|error| error.hint().is_some())
}

#[test]
fn what_is_no_song_is_refused_by_name() {
    assert!(matches!(refused(b""), Some(HearError::Empty)));
    assert!(matches!(refused("la la la\n".repeat(5_000).as_bytes()), Some(HearError::NotAudio { .. })));
    assert!(matches!(refused(b"RIFF"), Some(HearError::NotAudio { .. })));
    assert!(matches!(refused(&vec![0; 100_000]), Some(HearError::NotAudio { .. })));
    let picture = include_bytes!("fixtures/silent-video.mp4");
    assert!(matches!(refused(picture), Some(HearError::NoSoundTrack)));
    let opus = include_bytes!("fixtures/clicks.opus");
    assert!(matches!(refused(opus), Some(HearError::UnsupportedCodec { what }) if what == "Opus"));
}

#[test]
fn a_silent_song_is_refused() {
    assert!(matches!(
        refused(&wav(44_100, 2, Coding::Pcm16, &vec![0.0; 2 * 44_100 * 5])),
        Some(HearError::Silent)
    ));
}

#[test]
fn a_copy_protected_song_is_refused() {
    let mut bytes = include_bytes!("fixtures/clicks.m4a").to_vec();
    let entry = bytes.windows(4).rposition(|window| window == b"mp4a").unwrap();
    // The first of the two names the sample entry.
    let entry = bytes[..entry].windows(4).rposition(|window| window == b"mp4a").unwrap_or(entry);
    bytes[entry..entry + 4].copy_from_slice(b"drms");
    assert!(matches!(refused(&bytes), Some(HearError::Protected)));
}

#[test]
fn a_song_is_neither_very_short_nor_very_long() {
    assert!(matches!(
        refused(&wav(44_100, 1, Coding::Pcm16, &beat(44_100, 1, 1.0))),
        Some(HearError::TooShort { .. })
    ));
    let mut long = wav(4_000, 1, Coding::Pcm16, &vec![0.1; 4_000 * (LONGEST_SECONDS as usize + 1)]);
    assert!(matches!(refused(&long), Some(HearError::TooLong { seconds }) if seconds > LONGEST_SECONDS));
    // Without a length in the header the end is only found by decoding.
    long[4..8].copy_from_slice(&u32::MAX.to_le_bytes());
    long[40..44].copy_from_slice(&u32::MAX.to_le_bytes());
    assert!(matches!(refused(&long), Some(HearError::TooLong { .. })));
}

#[test]
fn three_seconds_of_a_beat_are_heard() {
    let heard = hear(&wav(44_100, 2, Coding::Pcm16, &beat(44_100, 2, 3.0))).unwrap();
    let analysis = heard.analysis;
    assert!((analysis.duration.0 - 3.0).abs() < 1e-9);
    assert!(analysis.beats.windows(2).all(|pair| pair[0] < pair[1]));
    assert!(analysis.downbeats.iter().all(|downbeat| analysis.beats.contains(downbeat)));
    assert!(analysis.beats.iter().all(|beat| (0.0..3.0).contains(&beat.0)));
}

#[test]
fn odd_sounds_are_heard_without_a_word() {
    let offset: Vec<f32> = beat(44_100, 1, 6.0).iter().map(|sample| sample * 0.4 + 0.5).collect();
    let mut broken = beat(44_100, 1, 6.0);
    for sample in broken.iter_mut().step_by(997) {
        *sample = f32::NAN;
    }
    let odd = [
        wav(8_000, 1, Coding::Pcm16, &beat(8_000, 1, 6.0)),
        wav(192_000, 2, Coding::Float32, &beat(192_000, 2, 4.0)),
        wav(48_000, 6, Coding::Pcm16, &beat(48_000, 6, 5.0)),
        wav(44_100, 1, Coding::Pcm16, &offset),
        wav(44_100, 1, Coding::Float32, &broken),
        wav(22_050, 1, Coding::Pcm16, &vec![0.3; 22_050 * 4]),
    ];
    for bytes in odd {
        let analysis = hear(&bytes).unwrap().analysis;
        assert!((20.0..=400.0).contains(&analysis.tempo), "{}", analysis.tempo);
        assert!([analysis.energy, analysis.valence].iter().all(|level| (0.0..=1.0).contains(level)));
    }
}

#[test]
fn a_steady_beat_is_found_to_the_hundredth_of_a_second() {
    let analysis = hear(&wav(44_100, 1, Coding::Pcm16, &beat(44_100, 1, 30.0))).unwrap().analysis;
    assert!((analysis.tempo - 120.0).abs() < 0.5, "{}", analysis.tempo);
    for beat in &analysis.beats {
        let away = (beat.0 - (beat.0 * 2.0).round() / 2.0).abs();
        assert!(away < 0.02, "a beat at {beat}");
    }
    assert!(analysis.beats.len() >= 56, "{}", analysis.beats.len());
}

#[test]
fn the_same_song_is_heard_the_same_however_loud_it_is_and_whatever_its_name() {
    let samples = beat(44_100, 1, 12.0);
    let quiet: Vec<f32> = samples.iter().map(|sample| sample * 0.25).collect();
    let loud = hear(&wav(44_100, 1, Coding::Float32, &samples)).unwrap();
    assert_eq!(hear(&wav(44_100, 1, Coding::Float32, &samples)).unwrap(), loud);
    assert_eq!(hear(&wav(44_100, 1, Coding::Float32, &quiet)).unwrap().analysis.beats, loud.analysis.beats);
    let folder = tempfile::tempdir().unwrap();
    let misnamed = folder.path().join("song.mp3");
    std::fs::write(&misnamed, wav(44_100, 1, Coding::Float32, &samples)).unwrap();
    assert_eq!(analyze_file(&misnamed, &mut |_| {}, &CancelToken::new()).unwrap(), loud);
}

#[test]
fn progress_rises_and_cancelling_stops() {
    let bytes = wav(44_100, 1, Coding::Pcm16, &beat(44_100, 1, 30.0));
    let mut seen = Vec::new();
    analyze(cursor(&bytes), &mut |share| seen.push(share), &CancelToken::new()).unwrap();
    assert!(seen.len() > 2 && seen.windows(2).all(|pair| pair[0] <= pair[1]), "{seen:?}");
    assert!((seen[seen.len() - 1] - 1.0).abs() < 1e-6);
    let cancel = CancelToken::new();
    cancel.cancel();
    let stopped = analyze(cursor(&bytes), &mut |_| {}, &cancel);
    assert!(matches!(stopped, Err(HearError::Cancelled)));
}
