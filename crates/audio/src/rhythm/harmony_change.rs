//! Where the notes change: chords and basses tend to change on downbeats.
//!
//! Each number compares the notes of the time just ahead with those of the time just past, so that it does not
//! depend on the key or on which chord it is.

/// Semitone bands of the bank in `features`.
pub(super) const NOTES: usize = 67;
/// The lowest two and a bit octaves are the bass.
const BASS: usize = 28;
/// Notes from here on are folded into pitch classes.
const MIDDLE: usize = 20;
/// Lengths compared, in frames: 0.2, 0.5 and 1 s.
const SPANS: [usize; 3] = [10, 25, 50];
pub(super) const INPUTS: usize = 2 * SPANS.len() + 2;

/// Fills `INPUTS` numbers of each row of `inputs` (`width` a row), from place `at` on.
pub(super) fn note_inputs(levels: &[f32], inputs: &mut [f32], width: usize, at: usize) {
    let mut peaks = Vec::with_capacity(levels.len());
    for frame in levels.chunks_exact(NOTES) {
        sharpen(frame, &mut peaks);
    }
    let bass: Vec<f32> = peaks.chunks_exact(NOTES).flat_map(|frame| frame[..BASS].iter().copied()).collect();
    let chroma: Vec<f32> = peaks.chunks_exact(NOTES).flat_map(fold).collect();
    for (index, span) in SPANS.into_iter().enumerate() {
        change(&bass, BASS, span, |frame, value| inputs[frame * width + at + index] = value);
        change(&chroma, 12, span, |frame, value| inputs[frame * width + at + SPANS.len() + index] = value);
    }
    let frames = levels.len() / NOTES;
    for frame in 1..frames {
        let (before, now) = (&levels[(frame - 1) * NOTES..frame * NOTES], &levels[frame * NOTES..]);
        let row = &mut inputs[frame * width + at + 2 * SPANS.len()..];
        row[0] = rise(&before[..BASS], &now[..BASS]);
        row[1] = rise(&before[BASS..], &now[BASS..NOTES]);
    }
}

/// What stands out from the notes around it.
fn sharpen(frame: &[f32], peaks: &mut Vec<f32>) {
    const REACH: usize = 3;
    for note in 0..frame.len() {
        let around = &frame[note.saturating_sub(REACH)..(note + REACH + 1).min(frame.len())];
        let mean = around.iter().sum::<f32>() / around.len() as f32;
        peaks.push((frame[note] - mean).max(0.0));
    }
}

fn fold(frame: &[f32]) -> [f32; 12] {
    let mut chroma = [0.0; 12];
    for (note, level) in frame.iter().enumerate().skip(MIDDLE) {
        chroma[note % 12] += level;
    }
    chroma
}

fn rise(before: &[f32], now: &[f32]) -> f32 {
    before.iter().zip(now).map(|(b, n)| (n - b).max(0.0)).sum::<f32>() / before.len() as f32
}

/// Calls `each` with 1 − cosine similarity between the `span` frames from a frame on and the `span` before it.
fn change(rows: &[f32], width: usize, span: usize, mut each: impl FnMut(usize, f32)) {
    let frames = rows.len() / width;
    let (mut past, mut ahead) = (vec![0.0f64; width], vec![0.0f64; width]);
    let add = |sum: &mut [f64], frame: usize, sign: f64| {
        for (total, value) in sum.iter_mut().zip(&rows[frame * width..(frame + 1) * width]) {
            *total += sign * f64::from(*value);
        }
    };
    for frame in 0..span.min(frames) {
        add(&mut ahead, frame, 1.0);
    }
    for frame in 0..frames {
        let product: f64 = past.iter().zip(&ahead).map(|(p, a)| p * a).sum();
        let length = |sum: &[f64]| sum.iter().map(|x| x * x).sum::<f64>();
        let norm = (length(&past) * length(&ahead)).sqrt();
        let similarity = if norm > 1e-6 { (product / norm).clamp(0.0, 1.0) } else { 1.0 };
        each(frame, (1.0 - similarity) as f32);
        add(&mut ahead, frame, -1.0);
        add(&mut past, frame, 1.0);
        if frame + span < frames {
            add(&mut ahead, frame + span, 1.0);
        }
        if frame >= span {
            add(&mut past, frame - span, -1.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_of_chord_peaks_where_it_happens() {
        let frames = 200;
        let mut levels = vec![0.0; frames * NOTES];
        for frame in 0..frames {
            let chord: [usize; 3] = if frame < 100 { [1, 28, 32] } else { [6, 29, 33] };
            for note in chord {
                levels[frame * NOTES + note] = 3.0;
            }
        }
        let mut inputs = vec![0.0; frames * INPUTS];
        note_inputs(&levels, &mut inputs, INPUTS, 0);
        for column in 0..2 * SPANS.len() {
            let top =
                (60..140).max_by(|a, b| inputs[a * INPUTS + column].total_cmp(&inputs[b * INPUTS + column]));
            assert_eq!(top, Some(100), "column {column}");
        }
        assert!(inputs[100 * INPUTS + 2 * SPANS.len()] > 0.0);
    }
}
