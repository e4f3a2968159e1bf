//! Which notes sound: non-negative least squares of the log-frequency spectrum against a dictionary of harmonic tones
//! (Mauch & Dixon 2010, "Approximate note transcription for the improved identification of difficult chords").

use super::pitch::{
    LOWEST_NOTE, PER_SEMITONE, PITCH_BINS, PitchSpectrogram, SEMITONES, hz_of_bin, spectrum_of,
};

/// Notes a spectrum is explained by: C1 to C7.
pub const NOTES: usize = 73;
/// Each harmonic of a dictionary tone is this much weaker than the one before.
const HARMONIC_DECAY: f64 = 0.7;
const HARMONICS: usize = 16;
const ITERATIONS: usize = 24;
/// Half the width, in semitones, of the neighbourhood that whitening levels.
const WHITENING_REACH: usize = 9;

/// How strongly each note sounds in each span of a time grid; element `n` of a row is MIDI note `24 + n`.
pub struct NoteActivity {
    pub rows: Vec<[f32; NOTES]>,
}

/// Energy of the twelve pitch classes, C first.
pub type Chroma = [f32; 12];

impl NoteActivity {
    /// Reads the notes of every span `grid[i]..grid[i + 1]` (seconds), for a song tuned `tuning` semitones high.
    pub fn read(spectrogram: &PitchSpectrogram, grid: &[f64], tuning: f64) -> Self {
        let dictionary = Dictionary::new();
        let rows = grid
            .windows(2)
            .map(|span| {
                let spectrum = whitened(&retuned(&spectrogram.mean(span[0], span[1]), tuning));
                dictionary.solve(&spectrum)
            })
            .collect();
        Self { rows }
    }

    /// Pitch classes of a row, bass notes (below about C3) fading out.
    pub fn treble(row: &[f32; NOTES]) -> Chroma {
        // From C2 to C3 the treble fades in, from C6 to C7 out.
        fold(row, |note| ramp(note, 40.0, 52.0) * (1.0 - ramp(note, 84.0, 97.0)))
    }

    /// Pitch classes of a row's bass, up to about C4.
    pub fn bass(row: &[f32; NOTES]) -> Chroma {
        fold(row, |note| ramp(note, 24.0, 30.0) * (1.0 - ramp(note, 46.0, 58.0)))
    }
}

fn ramp(value: f64, from: f64, to: f64) -> f64 {
    ((value - from) / (to - from)).clamp(0.0, 1.0)
}

fn fold(row: &[f32; NOTES], weight: impl Fn(f64) -> f64) -> Chroma {
    let mut chroma = [0.0; 12];
    for (n, activity) in row.iter().enumerate() {
        chroma[(LOWEST_NOTE + n) % 12] += activity * weight((LOWEST_NOTE + n) as f64) as f32;
    }
    chroma
}

/// Shifts a spectrum so that the song's tuning falls on the middle bins.
fn retuned(spectrum: &[f32; PITCH_BINS], tuning: f64) -> [f32; PITCH_BINS] {
    let shift = tuning * PER_SEMITONE as f64;
    let whole = shift.floor();
    let share = (shift - whole) as f32;
    let at = |index: isize| usize::try_from(index).ok().and_then(|i| spectrum.get(i)).copied().unwrap_or(0.0);
    let mut out = [0.0; PITCH_BINS];
    for (bin, value) in out.iter_mut().enumerate() {
        let left = bin as isize + whole as isize;
        *value = at(left) * (1.0 - share) + at(left + 1) * share;
    }
    out
}

/// Levels the spectrum: what stands above its neighbourhood's mean, over the neighbourhood's deviation.
fn whitened(spectrum: &[f32; PITCH_BINS]) -> [f32; PITCH_BINS] {
    let reach = WHITENING_REACH * PER_SEMITONE;
    let peak = spectrum.iter().copied().fold(0.0_f32, f32::max);
    let mut out = [0.0; PITCH_BINS];
    if peak <= 1e-6 {
        return out;
    }
    for (bin, value) in out.iter_mut().enumerate() {
        let near = &spectrum[bin.saturating_sub(reach)..(bin + reach + 1).min(PITCH_BINS)];
        let mean = near.iter().sum::<f32>() / near.len() as f32;
        let variance = near.iter().map(|v| (v - mean) * (v - mean)).sum::<f32>() / near.len() as f32;
        let above = spectrum[bin] - mean;
        if above > 0.0 {
            // The floor keeps empty registers from being blown up to full strength.
            *value = above / (variance.sqrt() + 0.01 * peak) * (spectrum[bin] / peak).sqrt();
        }
    }
    out
}

/// The harmonic tones, and their products with each other.
struct Dictionary {
    tones: Vec<Vec<(usize, f32)>>,
    gram: Vec<[f32; NOTES]>,
}

impl Dictionary {
    fn new() -> Self {
        let tones: Vec<Vec<(usize, f32)>> = (0..NOTES)
            .map(|note| {
                let fundamental = hz_of_bin((note * PER_SEMITONE + 1) as f64);
                let partials: Vec<(f64, f64)> = (1..=HARMONICS)
                    .map(|n| (fundamental * n as f64, libm::pow(HARMONIC_DECAY, n as f64 - 1.0)))
                    .collect();
                let dense = spectrum_of(&partials);
                let norm = dense.iter().map(|v| v * v).sum::<f32>().sqrt();
                dense.iter().enumerate().filter(|(_, v)| **v > 0.0).map(|(i, v)| (i, v / norm)).collect()
            })
            .collect();
        let dense: Vec<[f32; PITCH_BINS]> = tones
            .iter()
            .map(|tone| {
                let mut row = [0.0; PITCH_BINS];
                for (bin, value) in tone {
                    row[*bin] = *value;
                }
                row
            })
            .collect();
        let gram = dense
            .iter()
            .map(|left| {
                let mut row = [0.0; NOTES];
                for (product, right) in row.iter_mut().zip(&tones) {
                    *product = right.iter().map(|(bin, value)| left[*bin] * value).sum();
                }
                row
            })
            .collect();
        Self { tones, gram }
    }

    /// Multiplicative updates (Lee & Seung 2001) from the correlation with each tone.
    fn solve(&self, spectrum: &[f32; PITCH_BINS]) -> [f32; NOTES] {
        let mut target = [0.0; NOTES];
        for (product, tone) in target.iter_mut().zip(&self.tones) {
            *product = tone.iter().map(|(bin, value)| spectrum[*bin] * value).sum();
        }
        let mut activity = target;
        for _ in 0..ITERATIONS {
            let mut explained = [0.0_f32; NOTES];
            for (row, strength) in self.gram.iter().zip(&activity) {
                if *strength > 1e-6 {
                    explained.iter_mut().zip(row).for_each(|(sum, product)| *sum += product * strength);
                }
            }
            for ((strength, wanted), found) in activity.iter_mut().zip(&target).zip(&explained) {
                *strength *= wanted / (found + 1e-6);
            }
        }
        activity
    }
}

const _: () = assert!(NOTES <= SEMITONES);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::harmony::pitch::PitchMeter;
    use crate::signal::RATE;

    /// Two seconds of tones with ten harmonics each.
    fn play(notes: &[usize], cents: f64) -> PitchSpectrogram {
        let mut meter = PitchMeter::new();
        let samples: Vec<f32> = (0..44_100)
            .map(|n| {
                let time = f64::from(n) / f64::from(RATE);
                let mut sum = 0.0;
                for note in notes {
                    let hz = 440.0 * ((*note as f64 - 69.0 + cents / 100.0) / 12.0).exp2();
                    for harmonic in 1..=10 {
                        let angle = std::f64::consts::TAU * hz * f64::from(harmonic) * time;
                        sum += 0.05 * 0.75_f64.powi(harmonic) * angle.sin();
                    }
                }
                sum as f32
            })
            .collect();
        meter.push(&samples);
        meter.finish()
    }

    fn strongest(chroma: &Chroma, count: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..12).collect();
        order.sort_by(|a, b| chroma[*b].total_cmp(&chroma[*a]));
        order.truncate(count);
        order.sort_unstable();
        order
    }

    #[test]
    fn a_chord_is_read_as_its_pitch_classes_and_its_bass() {
        let triads: [(_, _, &[usize]); 3] = [
            ([36, 60, 64, 67], 0.0, &[0, 4, 7]),
            ([43, 59, 62, 67], 30.0, &[2, 7, 11]),
            ([45, 57, 60, 76], -35.0, &[0, 4, 9]),
        ];
        for (notes, cents, classes) in triads {
            let spectrogram = play(&notes, cents);
            let activity = NoteActivity::read(&spectrogram, &[0.5, 1.0], spectrogram.tuning());
            let row = activity.rows[0];
            assert_eq!(strongest(&NoteActivity::treble(&row), 3), classes, "{cents} cents");
            assert_eq!(strongest(&NoteActivity::bass(&row), 1), [notes[0] % 12]);
        }
    }

    #[test]
    fn silence_has_no_notes() {
        let mut meter = PitchMeter::new();
        meter.push(&vec![0.0; 30_000]);
        let activity = NoteActivity::read(&meter.finish(), &[0.0, 0.5, 1.0], 0.0);
        assert!(activity.rows.iter().flatten().all(|v| v.abs() < 1e-6));
    }
}
