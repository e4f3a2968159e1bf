//! A very small network that says from a frame's cues how likely it is that somebody sings: one hidden layer.
//!
//! Trained on songs that are made up and sung for the purpose: `training/README.md`. Sums run in a fixed order.

use super::cues::CUES;

const HIDDEN: usize = 10;
/// Row after row: the weights of each cue, the biases, the weights of the output and its bias, little-endian `f32`.
static WEIGHTS: &[u8] = include_bytes!("network.bin");

/// The chance that somebody sings, 0–1, in each frame.
pub(super) fn listen(cues: &[[f32; CUES]]) -> Vec<f32> {
    let weights: Vec<f32> =
        WEIGHTS.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
    let (input, rest) = weights.split_at(CUES * HIDDEN);
    let (biases, rest) = rest.split_at(HIDDEN);
    let (output, bias) = rest.split_at(HIDDEN);
    cues.iter()
        .map(|frame| {
            let mut hidden = [0.0f32; HIDDEN];
            hidden.copy_from_slice(biases);
            for (cue, row) in frame.iter().zip(input.chunks_exact(HIDDEN)) {
                for (sum, weight) in hidden.iter_mut().zip(row) {
                    *sum += cue * weight;
                }
            }
            let odds: f32 =
                hidden.iter().zip(output).map(|(value, weight)| libm::tanhf(*value) * weight).sum();
            1.0 / (1.0 + libm::expf(-(odds + bias[0])))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weights_are_all_there() {
        assert_eq!(WEIGHTS.len(), 4 * (CUES * HIDDEN + HIDDEN + HIDDEN + 1));
    }
}
