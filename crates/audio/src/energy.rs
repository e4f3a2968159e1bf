//! How energetic the song is along its course: loudness, onset density and brightness in one level.

use crate::structure::mel::{BANDS, MelSpectrogram};
use mv_core::analysis::Curve;

/// Samples a second of the energy curve.
pub const CURVE_RATE_HZ: f64 = 10.0;
/// Energy is measured rather than guessed; only the weighing of its parts is a convention.
pub const CONFIDENCE: f64 = 0.9;
/// Weights of the three parts; they sum to 1.
const LOUDNESS_WEIGHT: f64 = 0.5;
const ONSET_WEIGHT: f64 = 0.3;
const BRIGHTNESS_WEIGHT: f64 = 0.2;
/// Seconds that each sample looks back and ahead, so that single beats do not make it flicker.
const REACH: f64 = 0.75;

/// Energy, 0–1, at [`CURVE_RATE_HZ`] for `duration` seconds.
///
/// Half of it is loudness (0 at −50 dB, 1 at −8 dB, mel bands weighted towards the ear's middle), three tenths the
/// rise of the bands from frame to frame (onset density), a fifth the spectrum's centroid (brightness). All three are
/// absolute scales, so quiet songs stay quiet. Rounded to a ten-thousandth.
pub fn energy_curve(mel: &MelSpectrogram, duration: f64) -> Curve {
    let measures: Vec<[f64; 3]> = measure(mel);
    let count = (duration * CURVE_RATE_HZ).ceil().max(0.0) as usize;
    let values = (0..count)
        .map(|index| {
            let centre = (index as f64 + 0.5) / CURVE_RATE_HZ;
            let [power, rise, centroid] = mean(&measures, centre - REACH, centre + REACH);
            if power <= 1e-10 {
                return 0.0;
            }
            let loudness = ((10.0 * libm::log10(power) + 50.0) / 42.0).clamp(0.0, 1.0);
            let onsets = (rise / 0.5).clamp(0.0, 1.0);
            // Brightness of something hardly audible is no energy.
            let brightness = (centroid / power / 20.0).clamp(0.0, 1.0) * (loudness * 2.0).min(1.0);
            let level = LOUDNESS_WEIGHT * loudness + ONSET_WEIGHT * onsets + BRIGHTNESS_WEIGHT * brightness;
            ((level * 1e4).round() / 1e4) as f32
        })
        .collect();
    Curve { rate_hz: CURVE_RATE_HZ, values }
}

/// Power, summed rise and power-weighted band number of each frame.
fn measure(mel: &MelSpectrogram) -> Vec<[f64; 3]> {
    let centres = MelSpectrogram::band_centres();
    // Bins that a band holds, for power from mean magnitude, and less of what lies below 100 Hz.
    let weights: Vec<f64> = centres
        .iter()
        .map(|hz| {
            let bins = (0.085 * (hz + 700.0) / 10.77).max(1.0);
            8.0 / 3.0 * bins * (hz / 100.0).min(1.0)
        })
        .collect();
    let mut before = [0.0; BANDS];
    mel.frames()
        .iter()
        .map(|frame| {
            let (mut power, mut rise, mut centroid) = (0.0, 0.0, 0.0);
            for (band, level) in frame.iter().enumerate() {
                let share = f64::from(*level) * f64::from(*level) * weights[band];
                power += share;
                centroid += share * band as f64;
                let compressed = libm::log(1.0 + 1e3 * f64::from(*level));
                rise += (compressed - before[band]).max(0.0) / BANDS as f64;
                before[band] = compressed;
            }
            [power, rise, centroid]
        })
        .collect()
}

fn mean(measures: &[[f64; 3]], start: f64, end: f64) -> [f64; 3] {
    let index =
        |seconds: f64| ((seconds * MelSpectrogram::RATE_HZ).ceil().max(0.0) as usize).min(measures.len());
    let span = &measures[index(start)..index(end).max(index(start))];
    let mut sum = [0.0; 3];
    for values in span {
        sum.iter_mut().zip(values).for_each(|(into, value)| *into += value / span.len() as f64);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal::RATE;
    use crate::structure::mel::MelMeter;
    use mv_core::Seconds;

    fn curve(samples: &[f32]) -> Curve {
        let mut meter = MelMeter::new();
        meter.push(samples);
        energy_curve(&meter.finish(), samples.len() as f64 / f64::from(RATE))
    }

    fn tone(seconds: u32, level: f64, pulses: f64) -> Vec<f32> {
        (0..seconds * RATE)
            .map(|n| {
                let time = f64::from(n) / f64::from(RATE);
                let gate = if pulses > 0.0 { (-20.0 * (time % (1.0 / pulses))).exp() } else { 1.0 };
                (level * gate * (std::f64::consts::TAU * 500.0 * time).sin()) as f32
            })
            .collect()
    }

    #[test]
    fn louder_and_busier_is_more() {
        let song = [tone(10, 0.02, 0.0), tone(10, 0.4, 0.0), tone(10, 0.4, 8.0)].concat();
        let curve = curve(&song);
        assert_eq!(curve.values.len(), 300);
        let [quiet, loud, busy] = [5.0, 15.0, 25.0].map(|time| curve.at(Seconds(time)));
        assert!(quiet < loud && loud < busy, "{quiet} {loud} {busy}");
        assert!(curve.values.iter().all(|level| (0.0..=1.0).contains(level)));
    }

    #[test]
    fn silence_has_no_energy() {
        assert!(curve(&vec![0.0; 50_000]).values.iter().all(|level| level.abs() < 1e-9));
        assert!(curve(&[]).values.is_empty());
    }
}
