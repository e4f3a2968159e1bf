//! Small WAV files: the simplest songs a test can have.

use std::f64::consts::TAU;

/// Sample rate of what is made here, in Hz.
pub const RATE: u32 = 22_050;

/// A 16-bit mono WAV file of these samples (−1 to 1).
pub fn encode(samples: impl IntoIterator<Item = f64>, rate: u32) -> Vec<u8> {
    let data: Vec<u8> = samples
        .into_iter()
        .flat_map(|sample| ((sample.clamp(-1.0, 1.0) * 32767.0).round() as i16).to_le_bytes())
        .collect();
    let mut file = Vec::with_capacity(44 + data.len());
    file.extend(b"RIFF");
    file.extend((36 + data.len() as u32).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16u32.to_le_bytes());
    file.extend([1, 0, 1, 0]);
    file.extend(rate.to_le_bytes());
    file.extend((rate * 2).to_le_bytes());
    file.extend([2, 0, 16, 0]);
    file.extend(b"data");
    file.extend((data.len() as u32).to_le_bytes());
    file.extend(data);
    file
}

/// A song with kick, snare, hats and chords in 4/4: 4 bars each of a quiet and a loud part, in turn.
///
/// Beats fall at exactly `60 / tempo` seconds from 0.
pub fn song(seconds: f64, tempo: f64) -> Vec<u8> {
    let beat = 60.0 / tempo;
    let mut noise = 0x2545_f491_u32;
    let samples = (0..(seconds * f64::from(RATE)) as usize).map(|index| {
        noise ^= noise << 13;
        noise ^= noise >> 17;
        noise ^= noise << 5;
        let hiss = f64::from(noise) / f64::from(u32::MAX) * 2.0 - 1.0;
        let time = index as f64 / f64::from(RATE);
        let (count, phase) = ((time / beat).floor() as u32, time % beat);
        let loud = (count / 16) % 2 == 1;
        let kick = (TAU * 55.0 * phase).sin() * (-phase * 18.0).exp();
        let kick = if count.is_multiple_of(2) { kick } else { 0.0 };
        let snare = if count % 2 == 1 { hiss * (-phase * 25.0).exp() * 0.5 } else { 0.0 };
        let eighth = time % (beat / 2.0);
        let hat = hiss * (-eighth * 70.0).exp() * 0.15;
        let root = [220.0, 174.61, 261.63, 196.0][(count / 4 % 4) as usize];
        let third = if (count / 4).is_multiple_of(4) { 1.1892 } else { 1.2599 };
        let chord: f64 = [1.0, third, 1.4983].iter().map(|ratio| (TAU * root * ratio * time).sin()).sum();
        let level = if loud { 1.0 } else { 0.45 };
        (kick * 0.6 + snare + hat + chord * 0.08) * level * 0.8
    });
    encode(samples, RATE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_song_is_as_long_as_asked() {
        let file = song(2.0, 120.0);
        assert_eq!(&file[..4], b"RIFF");
        assert_eq!(file.len(), 44 + RATE as usize * 2 * 2);
    }
}
