//! Sounds made for the tests: WAV files in memory, and where the clicks of the coded ones are.

use std::io::Cursor;

/// How samples are written into a WAV file.
#[derive(Clone, Copy)]
pub(crate) enum Coding {
    Pcm16,
    Float32,
}

/// A WAV file in memory; `samples` are interleaved.
pub(crate) fn wav(rate: u32, channels: u16, coding: Coding, samples: &[f32]) -> Vec<u8> {
    let (tag, bytes_each) = match coding {
        Coding::Pcm16 => (1u16, 2u16),
        Coding::Float32 => (3, 4),
    };
    let mut data = Vec::new();
    for sample in samples {
        match coding {
            Coding::Pcm16 => data.extend(((sample.clamp(-1.0, 1.0) * 32_767.0) as i16).to_le_bytes()),
            Coding::Float32 => data.extend(sample.to_le_bytes()),
        }
    }
    let mut file = b"RIFF".to_vec();
    file.extend((36 + data.len() as u32).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16u32.to_le_bytes());
    file.extend(tag.to_le_bytes());
    file.extend(channels.to_le_bytes());
    file.extend(rate.to_le_bytes());
    file.extend((rate * u32::from(channels) * u32::from(bytes_each)).to_le_bytes());
    file.extend((channels * bytes_each).to_le_bytes());
    file.extend((8 * bytes_each).to_le_bytes());
    file.extend(b"data");
    file.extend((data.len() as u32).to_le_bytes());
    file.extend(data);
    file
}

/// A plain rock beat at 120 a minute in every channel: kick and bass on one and three, snare on two and four, hats on
/// the eighths, a chord that changes with the bar.
pub(crate) fn beat(rate: u32, channels: u16, seconds: f64) -> Vec<f32> {
    let frames = (f64::from(rate) * seconds) as usize;
    let mut samples = Vec::with_capacity(frames * usize::from(channels));
    let mut noise = 1u32;
    for frame in 0..frames {
        let time = frame as f64 / f64::from(rate);
        let tone = |hz: f64, time: f64| (std::f64::consts::TAU * hz * time).sin();
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let hiss = f64::from(noise) / f64::from(u32::MAX) * 2.0 - 1.0;
        let (in_beat, in_eighth, in_bar) = (time % 0.5, time % 0.25, time % 2.0);
        let strong = time % 1.0 < 0.5;
        let root = [110.0, 87.31, 130.81, 98.0][(time / 2.0) as usize % 4];
        let drum = if strong {
            0.5 * (-in_beat * 18.0).exp() * tone(55.0, in_beat)
                + 0.2 * (-in_beat * 4.0).exp() * tone(root / 2.0, in_beat)
        } else {
            0.3 * (-in_beat * 25.0).exp() * hiss
        };
        let hat = 0.06 * (-in_eighth * 60.0).exp() * hiss;
        let chord: f64 = [2.0, 2.5, 3.0].iter().map(|ratio| tone(root * ratio, in_bar)).sum();
        let sample = drum + hat + 0.05 * (-in_bar * 0.8).exp() * chord;
        samples.extend(std::iter::repeat_n(sample as f32, usize::from(channels)));
    }
    samples
}

pub(crate) fn cursor(bytes: &[u8]) -> Cursor<Vec<u8>> {
    Cursor::new(bytes.to_vec())
}
