//! A small network that hears beats: features in, chances of a beat and a downbeat at every frame out, and which
//! metre the song is in.
//!
//! A temporal convolutional network (Davies & Böck 2019): an input layer, residual blocks whose dilation doubles
//! from one to the next, so that the last sees 10 s to each side, and two heads. Trained on songs made up for the
//! purpose: `training/README.md`. All sums run in a fixed order, so that every machine gets the same result.

use super::features::INPUTS;
use std::array::from_fn;

const FILTERS: usize = 24;
const INPUT_KERNEL: usize = 3;
const KERNEL: usize = 5;
const DILATIONS: [usize; 9] = [1, 2, 4, 8, 16, 32, 64, 128, 256];
/// No beat, a beat that is no downbeat, a downbeat.
const CLASSES: usize = 3;
/// The metres it tells apart, in the order of its outputs.
pub(super) const METRES: [Metre; 7] =
    [Metre::Two, Metre::Three, Metre::Four, Metre::Five, Metre::SixEight, Metre::Seven, Metre::TwelveEight];
static WEIGHTS: &[u8] = include_bytes!("network.bin");

/// How a song counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Metre {
    Two,
    Three,
    Four,
    Five,
    SixEight,
    Seven,
    TwelveEight,
}

impl Metre {
    pub(super) fn beats_per_bar(self) -> u8 {
        match self {
            Self::Two | Self::SixEight => 2,
            Self::Three => 3,
            Self::Four | Self::TwelveEight => 4,
            Self::Five => 5,
            Self::Seven => 7,
        }
    }
}

/// What the network hears.
pub(super) struct Heard {
    /// Chance, for each frame, of a beat that is no downbeat, and of a downbeat.
    pub(super) beat: Vec<f32>,
    pub(super) downbeat: Vec<f32>,
    /// Chance of each of [`METRES`].
    pub(super) metres: [f32; METRES.len()],
}

type Row = [f32; FILTERS];

/// Runs the network over rows of [`INPUTS`] numbers.
pub(super) fn listen(inputs: &[f32]) -> Heard {
    let mut weights = Weights::new(WEIGHTS);
    let (mean, scale) = (weights.take(INPUTS), weights.take(INPUTS));
    let frames = inputs.len() / INPUTS;
    let mut normal = inputs.to_vec();
    for row in normal.chunks_exact_mut(INPUTS) {
        for ((value, mean), scale) in row.iter_mut().zip(&mean).zip(&scale) {
            *value = (*value - mean) * scale;
        }
    }
    let layer = weights.layer(INPUT_KERNEL * INPUTS);
    let mut rows: Vec<Row> = (0..frames)
        .map(|frame| {
            activate(
                layer.convolve(frame, frames, INPUT_KERNEL, 1, INPUTS, |at| &normal[at * INPUTS..][..INPUTS]),
            )
        })
        .collect();
    for dilation in DILATIONS {
        let layer = weights.layer(KERNEL * FILTERS);
        let changes: Vec<Row> = (0..frames)
            .map(|frame| activate(layer.convolve(frame, frames, KERNEL, dilation, FILTERS, |at| &rows[at])))
            .collect();
        for (row, change) in rows.iter_mut().zip(&changes) {
            for (value, change) in row.iter_mut().zip(change) {
                *value += change;
            }
        }
    }
    let (beat_weights, beat_biases) = (weights.take(FILTERS * CLASSES), weights.take(CLASSES));
    let (metre_weights, metre_biases) = (weights.take(FILTERS * METRES.len()), weights.take(METRES.len()));
    let mut heard =
        Heard { beat: Vec::with_capacity(frames), downbeat: Vec::with_capacity(frames), metres: [0.0; 7] };
    let mut metre_sums = [0.0f64; METRES.len()];
    for row in &rows {
        let [_, beat, downbeat] = softmax(head::<CLASSES>(row, &beat_weights, &beat_biases));
        heard.beat.push(beat);
        heard.downbeat.push(downbeat);
        let metre: [f32; METRES.len()] = head(row, &metre_weights, &metre_biases);
        for (sum, value) in metre_sums.iter_mut().zip(metre) {
            *sum += f64::from(value);
        }
    }
    heard.metres = softmax(metre_sums.map(|sum| (sum / frames.max(1) as f64) as f32));
    heard
}

struct Layer {
    weights: Vec<Row>,
    biases: Row,
}

impl Layer {
    /// One frame of a dilated convolution; beyond the ends there is nothing.
    fn convolve<'a>(
        &self,
        frame: usize,
        frames: usize,
        kernel: usize,
        dilation: usize,
        width: usize,
        row: impl Fn(usize) -> &'a [f32],
    ) -> Row {
        let mut sums = self.biases;
        for (tap, weights) in self.weights.chunks_exact(width).enumerate() {
            let Some(at) = (frame + tap * dilation).checked_sub(kernel / 2 * dilation) else { continue };
            if at >= frames {
                break;
            }
            for (value, weights) in row(at).iter().zip(weights) {
                for (sum, weight) in sums.iter_mut().zip(weights) {
                    *sum += value * weight;
                }
            }
        }
        sums
    }
}

/// `x` above zero, `x / (1 − x)` below: smooth, and exact on every machine.
fn activate(row: Row) -> Row {
    row.map(|x| if x > 0.0 { x } else { x / (1.0 - x) })
}

fn head<const N: usize>(row: &Row, weights: &[f32], biases: &[f32]) -> [f32; N] {
    from_fn(|class| {
        biases[class] + row.iter().enumerate().map(|(i, x)| x * weights[i * N + class]).sum::<f32>()
    })
}

fn softmax<const N: usize>(logits: [f32; N]) -> [f32; N] {
    let highest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let powers = logits.map(|logit| libm::expf(logit - highest));
    let sum: f32 = powers.iter().sum();
    powers.map(|power| power / sum)
}

/// Reads the weights one after another, as `training/train.py` writes them.
struct Weights {
    values: std::slice::Iter<'static, [u8; 4]>,
}

impl Weights {
    fn new(bytes: &'static [u8]) -> Self {
        Self { values: bytes.as_chunks().0.iter() }
    }

    fn next(&mut self) -> f32 {
        self.values.next().map_or(0.0, |bytes| f32::from_le_bytes(*bytes))
    }

    fn take(&mut self, count: usize) -> Vec<f32> {
        (0..count).map(|_| self.next()).collect()
    }

    fn row(&mut self) -> Row {
        from_fn(|_| self.next())
    }

    fn layer(&mut self, rows: usize) -> Layer {
        let weights = (0..rows).map(|_| self.row()).collect();
        Layer { weights, biases: self.row() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weights_have_the_size_of_the_network() {
        let input = 2 * INPUTS + (INPUT_KERNEL * INPUTS + 1) * FILTERS;
        let blocks = DILATIONS.len() * (KERNEL * FILTERS + 1) * FILTERS;
        let heads = (FILTERS + 1) * (CLASSES + METRES.len());
        assert_eq!(WEIGHTS.len(), 4 * (input + blocks + heads));
    }

    #[test]
    fn chances_are_chances_whatever_comes_in() {
        for fill in [0.0, 1e6, -1e6] {
            let heard = listen(&vec![fill; 300 * INPUTS]);
            assert_eq!(heard.beat.len(), 300);
            for (beat, downbeat) in heard.beat.iter().zip(&heard.downbeat) {
                assert!((0.0..=1.0).contains(&(beat + downbeat)), "{beat} {downbeat}");
            }
            assert!((heard.metres.iter().sum::<f32>() - 1.0).abs() < 1e-3);
        }
        assert!(listen(&[]).beat.is_empty());
    }
}
