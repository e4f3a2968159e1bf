//! An estimate of how pleasant or dark a song feels, from what correlates with it: mode, tempo, brightness and
//! dissonance. Listeners disagree about valence more than about anything else here, so its confidence stays low.

use crate::harmony::key::KeyReading;
use crate::harmony::notes::NoteActivity;
use crate::structure::mel::MelSpectrogram;
use mv_core::analysis::Mode;

/// How rough an interval of that many semitones (0–6, inversions alike) sounds, 0–1; after the interval rankings of
/// Huron (1994) from consonant fifth to semitone.
const ROUGHNESS: [f64; 7] = [0.0, 1.0, 0.6, 0.2, 0.15, 0.05, 0.7];
/// The roughness of plain triads, and of dense, clashing chords.
const CALM: f64 = 0.12;
const HARSH: f64 = 0.32;
/// More sure than this a machine cannot be.
const MOST_CONFIDENCE: f64 = 0.6;

/// Valence, dark (0) to bright (1), and its confidence (0–1).
///
/// A neutral 0.5, moved by up to 0.2 for the mode (less where the key is unsure), 0.12 for the tempo (60 to 160 beats a
/// minute), 0.08 for brightness and 0.1 for dissonance.
pub fn estimate(key: &KeyReading, tempo: f64, mel: &MelSpectrogram, notes: &NoteActivity) -> (f64, f64) {
    let mode = match key.key.mode {
        Mode::Major => key.confidence,
        Mode::Minor => -key.confidence,
    };
    let pace = ((tempo - 110.0) / 50.0).clamp(-1.0, 1.0);
    let brightness = 2.0 * brightness(mel) - 1.0;
    let dissonance = 2.0 * ((dissonance(notes) - CALM) / (HARSH - CALM)).clamp(0.0, 1.0) - 1.0;
    let valence = 0.5 + 0.2 * mode + 0.12 * pace + 0.08 * brightness - 0.1 * dissonance;
    let confidence = MOST_CONFIDENCE * (0.5 + 0.5 * key.confidence);
    (thousandths(valence.clamp(0.0, 1.0)), thousandths(confidence))
}

fn thousandths(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

/// Where the spectrum balances, 0 (150 Hz) to 1 (2.4 kHz), on a logarithmic scale; a half for silence.
fn brightness(mel: &MelSpectrogram) -> f64 {
    let centres = MelSpectrogram::band_centres();
    let (mut sum, mut moment) = (0.0, 0.0);
    for frame in mel.frames() {
        for (level, hz) in frame.iter().zip(&centres) {
            sum += f64::from(*level);
            moment += f64::from(*level) * hz;
        }
    }
    if sum <= 1e-6 {
        return 0.5;
    }
    (libm::log2(moment / sum / 150.0) / 4.0).clamp(0.0, 1.0)
}

/// Mean roughness of the pitch classes that sound together, weighted by how strongly they do; 0 for silence.
fn dissonance(notes: &NoteActivity) -> f64 {
    let (mut weights, mut rough) = (0.0, 0.0);
    for row in &notes.rows {
        let chroma = NoteActivity::treble(row);
        for (low, a) in chroma.iter().enumerate() {
            for (high, b) in chroma.iter().enumerate().skip(low + 1) {
                let interval = (high - low).min(12 - (high - low));
                let weight = f64::from(a * b);
                weights += weight;
                rough += weight * ROUGHNESS[interval];
            }
        }
    }
    if weights <= 1e-9 { 0.0 } else { rough / weights }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::harmony::notes::NOTES;
    use crate::structure::mel::MelMeter;
    use mv_core::analysis::Key;

    fn chord(notes: &[usize]) -> NoteActivity {
        let mut row = [0.0; NOTES];
        for note in notes {
            row[36 + note] = 1.0;
        }
        NoteActivity { rows: vec![row; 4] }
    }

    fn valence(mode: Mode, tempo: f64, notes: &NoteActivity) -> f64 {
        let key = KeyReading { key: Key::new(0, mode), spans: Vec::new(), confidence: 0.9 };
        estimate(&key, tempo, &MelMeter::new().finish(), notes).0
    }

    #[test]
    fn each_cue_moves_it_its_way() {
        let (triad, cluster) = (chord(&[0, 4, 7]), chord(&[0, 1, 2, 6]));
        let plain = valence(Mode::Major, 110.0, &triad);
        assert!(plain > 0.6);
        assert!(valence(Mode::Minor, 110.0, &triad) < plain - 0.3);
        assert!(valence(Mode::Major, 60.0, &triad) < plain - 0.1);
        assert!(valence(Mode::Major, 110.0, &cluster) < plain - 0.1);
        assert!((0.0..=1.0).contains(&valence(Mode::Minor, 0.0, &cluster)));
    }
}
