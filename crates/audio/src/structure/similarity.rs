//! How alike any two bars are: by their notes, their harmony, their timbre and their rhythm.

use super::bars::{Bars, SLOTS};
use crate::harmony::notes::{NOTES, NoteActivity};
use crate::signal::dot;

/// A square matrix over bars.
#[derive(Clone)]
pub struct Matrix {
    size: usize,
    values: Vec<f32>,
}

impl Matrix {
    pub(crate) fn symmetric(size: usize, mut value: impl FnMut(usize, usize) -> f32) -> Self {
        let mut values = vec![0.0; size * size];
        for row in 0..size {
            for column in row..size {
                let v = value(row, column);
                values[row * size + column] = v;
                values[column * size + row] = v;
            }
        }
        Self { size, values }
    }

    pub fn size(&self) -> usize {
        self.size
    }

    pub fn at(&self, row: usize, column: usize) -> f32 {
        self.values[row * self.size + column]
    }

    /// A share (0–1) of the values off the diagonal lie below the result; 0 when there are none.
    fn quantile(&self, share: f64) -> f32 {
        let mut off: Vec<f32> = (0..self.size)
            .flat_map(|row| self.values[row * self.size + row + 1..(row + 1) * self.size].to_vec())
            .collect();
        if off.is_empty() {
            return 0.0;
        }
        let rank = ((off.len() - 1) as f64 * share).round() as usize;
        *off.select_nth_unstable_by(rank, f32::total_cmp).1
    }

    fn map(mut self, f: impl Fn(f32) -> f32) -> Self {
        self.values.iter_mut().for_each(|value| *value = f(*value));
        self
    }
}

/// What of two bars' likeness is common to the whole song (0) and what is as alike as the song's repetitions (1).
#[derive(Clone, Copy)]
struct Scale {
    low: f32,
    range: f32,
}

impl Scale {
    fn of(matrix: &Matrix) -> Self {
        let low = matrix.quantile(0.5);
        Self { low, range: (matrix.quantile(0.98) - low).max(1e-3) }
    }

    fn apply(self, value: f32) -> f32 {
        ((value - self.low) / self.range).clamp(-0.5, 1.2)
    }
}

/// Bars against bars.
pub struct Similarity {
    /// Same notes at the same moments: about 1 where the song repeats itself, about 0 where it does not.
    pub melody: Matrix,
    /// Same pitch classes in chords and bass; same scale.
    pub harmony: Matrix,
    /// Distance of sound colour, 1 for the song's median pair of bars.
    pub timbre: Matrix,
    /// Distance of the onset patterns, same scale.
    pub rhythm: Matrix,
    chords: Vec<Vec<f32>>,
    chord_scale: Scale,
}

impl Similarity {
    pub fn of(bars: &Bars) -> Self {
        let count = bars.count();
        let melody = unit_rows(bars, |row| row.to_vec());
        let treble = unit_rows(bars, |row| NoteActivity::treble(row).to_vec());
        let low = unit_rows(bars, |row| NoteActivity::bass(row).to_vec());
        let chords: Vec<Vec<f32>> =
            treble.iter().zip(&low).map(|(treble, low)| [&treble[..], low].concat()).collect();
        let melody = Matrix::symmetric(count, |a, b| dot(&melody[a], &melody[b]));
        let harmony = Matrix::symmetric(count, |a, b| 0.5 * dot(&chords[a], &chords[b]));
        let (melody_scale, chord_scale) = (Scale::of(&melody), Scale::of(&harmony));
        let timbre = Matrix::symmetric(count, |a, b| distance(&bars.timbre[a], &bars.timbre[b]));
        let rhythm = Matrix::symmetric(count, |a, b| distance(&bars.patterns[a], &bars.patterns[b]));
        let (timbre_median, rhythm_median) = (timbre.quantile(0.5).max(1e-3), rhythm.quantile(0.5).max(1e-3));
        Self {
            melody: melody.map(|value| melody_scale.apply(value)),
            harmony: harmony.map(|value| chord_scale.apply(value)),
            timbre: timbre.map(|value| value / timbre_median),
            rhythm: rhythm.map(|value| value / rhythm_median),
            chords,
            chord_scale,
        }
    }

    /// Harmony of bar `a` against bar `b` moved down by `semitones`, on the scale of [`Similarity::harmony`].
    pub(crate) fn transposed(&self, a: usize, b: usize, semitones: usize) -> f32 {
        let product: f32 = self.chords[a]
            .chunks_exact(12)
            .zip(self.chords[b].chunks_exact(12))
            .map(|(left, right)| {
                let (low, high) = right.split_at(semitones % 12);
                let wrap = high.len();
                dot(&left[..wrap], high) + dot(&left[wrap..], low)
            })
            .sum();
        self.chord_scale.apply(0.5 * product)
    }
}

/// Each bar as a row of unit length: what `read` makes of its slots, root-compressed and levelled against each other,
/// faint ones staying faint.
fn unit_rows(bars: &Bars, read: impl Fn(&[f32; NOTES]) -> Vec<f32>) -> Vec<Vec<f32>> {
    let slots: Vec<Vec<f32>> = bars
        .notes
        .rows
        .iter()
        .map(|row| read(row).iter().map(|activity| activity.max(0.0).sqrt()).collect())
        .collect();
    let loudest = slots.iter().map(|slot| norm(slot)).fold(0.0, f32::max);
    slots
        .chunks_exact(SLOTS)
        .map(|bar| {
            let levelled = bar.iter().flat_map(|slot| {
                let level = norm(slot) + 0.05 * loudest + 1e-9;
                slot.iter().map(move |value| value / level)
            });
            let mut row: Vec<f32> = levelled.collect();
            let length = norm(&row) + 1e-9;
            for value in &mut row {
                *value /= length;
            }
            row
        })
        .collect()
}

fn norm(row: &[f32]) -> f32 {
    dot(row, row).sqrt()
}

fn distance(a: &[f32], b: &[f32]) -> f32 {
    (a.iter().zip(b).map(|(x, y)| (x - y) * (x - y)).sum::<f32>() / a.len() as f32).sqrt()
}
