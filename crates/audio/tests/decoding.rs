//! Every kind of sound file comes out with the song at its right place, and no damage makes the decoder panic.
//!
//! The fixtures hold the same four seconds, a 20 ms burst of 1 kHz every half second from 0 on:
//! `ffmpeg -f lavfi -i "aevalsrc='if(lt(mod(t,0.5),0.02),0.6*sin(2*PI*1000*t),0)':s=44100:d=4" clicks.EXT`,
//! the Ogg file with `-page_duration 250000`, for it to have as many pages as a song has.

mod sound;

use mv_audio::HearError;
use mv_audio::decode::{Ending, SongReader};
use proptest::prelude::*;
use sound::{Coding, beat, cursor, wav};

const CODED: [(&str, &[u8]); 4] = [
    ("mp3", include_bytes!("fixtures/clicks.mp3")),
    ("m4a", include_bytes!("fixtures/clicks.m4a")),
    ("ogg", include_bytes!("fixtures/clicks.ogg")),
    ("flac", include_bytes!("fixtures/clicks.flac")),
];

struct Decoded {
    rate: u32,
    channels: u16,
    samples: Vec<f32>,
    ending: Ending,
}

fn decode(bytes: &[u8]) -> Result<Decoded, HearError> {
    let mut song = SongReader::open(cursor(bytes))?;
    let (mut samples, mut block) = (Vec::new(), Vec::new());
    while song.next_block(&mut block)? {
        samples.extend_from_slice(&block);
    }
    Ok(Decoded { rate: song.sample_rate(), channels: song.channels(), samples, ending: song.ending() })
}

#[test]
fn time_zero_is_the_first_sample_of_the_song_in_every_coding() {
    for (name, bytes) in CODED {
        let song = decode(bytes).unwrap();
        assert_eq!(song.channels, 1, "{name}");
        let rate = f64::from(song.rate);
        let seconds = song.samples.len() as f64 / rate;
        assert!((seconds - 4.0).abs() < 0.002, "{name} lasts {seconds} s");
        for click in 0..8 {
            let wanted = f64::from(click) * 0.5;
            let first = ((wanted - 0.2).max(0.0) * rate) as usize;
            let onset = song.samples[first..].iter().position(|sample| sample.abs() > 0.2).unwrap() + first;
            let error = onset as f64 / rate - wanted;
            assert!((-0.003..0.003).contains(&error), "{name}: click {click} is off by {error:.4} s");
        }
        assert_eq!(song.ending, Ending::default(), "{name}");
    }
}

#[test]
fn a_file_that_breaks_off_gives_what_is_there_and_says_so() {
    for (name, bytes) in CODED {
        // The header of this MP4 stands at its end, and this Ogg is so short that its sound is one page: cut off, there is
        // nothing whole left to read.
        let cut = decode(&bytes[..bytes.len() * 6 / 10]);
        if ["m4a", "ogg"].contains(&name) {
            assert!(cut.is_err(), "{name}");
            continue;
        }
        let song = cut.unwrap_or_else(|error| panic!("{name}: {error}"));
        let seconds = song.samples.len() as f64 / f64::from(song.rate);
        // Six tenths of the bytes of four seconds; silence between the clicks takes hardly any.
        assert!((1.2..3.2).contains(&seconds), "{name}: {seconds} s");
        let knows_its_length = ["mp3", "flac"].contains(&name);
        assert!(song.ending.broken_off || !knows_its_length, "{name}");
    }
}

#[test]
fn a_wav_file_that_breaks_off_says_so() {
    let whole = wav(44_100, 2, Coding::Pcm16, &beat(44_100, 2, 4.0));
    let song = decode(&whole[..whole.len() / 2]).unwrap();
    assert!(song.ending.broken_off);
    assert!((song.samples.len() as i64 - 4 * 44_100).abs() < 4_096, "{}", song.samples.len());
}

#[test]
fn a_wav_file_from_a_pipe_has_no_length_and_is_read_to_its_end() {
    for (marker, data) in [(u32::MAX, u32::MAX), (0x7FFF_F024, 0x7FFF_F000)] {
        let mut bytes = wav(44_100, 2, Coding::Pcm16, &beat(44_100, 2, 4.0));
        bytes[4..8].copy_from_slice(&marker.to_le_bytes());
        bytes[40..44].copy_from_slice(&data.to_le_bytes());
        let song = decode(&bytes).unwrap();
        assert_eq!(song.samples.len(), 4 * 2 * 44_100);
    }
}

#[test]
fn rates_and_channels_of_all_kinds_are_read() {
    for (rate, channels, coding) in [
        (8_000, 1, Coding::Pcm16),
        (192_000, 2, Coding::Float32),
        (48_000, 6, Coding::Pcm16),
        (11_025, 1, Coding::Float32),
    ] {
        let samples = beat(rate, channels, 0.5);
        let song = decode(&wav(rate, channels, coding, &samples)).unwrap();
        assert_eq!((song.rate, song.channels), (rate, channels));
        assert_eq!(song.samples.len(), samples.len());
        assert!(song.samples.iter().zip(&samples).all(|(a, b)| (a - b).abs() < 1e-3));
    }
}

#[test]
fn samples_that_are_no_numbers_become_silence() {
    let mut samples = beat(44_100, 1, 0.5);
    (samples[100], samples[200], samples[300]) = (f32::NAN, f32::INFINITY, 1e30);
    let song = decode(&wav(44_100, 1, Coding::Float32, &samples)).unwrap();
    assert!(song.samples.iter().all(|sample| sample.is_finite() && sample.abs() <= 8.0));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    /// Whatever is done to a file, it is decoded or refused, never more than it can hold, and nothing panics.
    #[test]
    fn damage_is_survived(
        which in 0..CODED.len(),
        hits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..40),
        keep in 0.3f64..1.0,
    ) {
        let mut bytes = CODED[which].1.to_vec();
        for (place, value) in hits {
            let place = place.index(bytes.len());
            bytes[place] = value;
        }
        bytes.truncate((bytes.len() as f64 * keep) as usize);
        if let Ok(song) = decode(&bytes) {
            prop_assert!(song.samples.iter().all(|sample| sample.is_finite()));
            prop_assert!(song.samples.len() < 4_000_000);
        }
    }
}
