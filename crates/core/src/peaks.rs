//! Waveform peaks for drawing: 100 a second, with a pyramid of halvings so that any zoom costs one or two reads.

use serde::{Deserialize, Serialize};

/// Peaks of the mono mix. Each entry is the largest magnitude of its span, 0–255.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaveformPeaks {
    /// Entries a second of the finest level.
    pub rate_hz: u32,
    /// Level 0 is the finest; entry `i` of level `n + 1` is the larger of entries `2i` and `2i + 1` of level `n`.
    pub levels: Vec<Vec<u8>>,
}

impl WaveformPeaks {
    pub const RATE_HZ: u32 = 100;
    pub const LEVELS: usize = 8;

    /// Builds the pyramid over the finest level.
    pub fn from_finest(finest: Vec<u8>) -> Self {
        let mut levels = vec![finest];
        while levels.len() < Self::LEVELS {
            let below = &levels[levels.len() - 1];
            let above = below.chunks(2).map(|pair| pair.iter().copied().max().unwrap_or(0)).collect();
            levels.push(above);
        }
        Self { rate_hz: Self::RATE_HZ, levels }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_level_holds_the_maxima_of_the_one_below() {
        let peaks = WaveformPeaks::from_finest(vec![1, 5, 2, 0, 9]);
        assert_eq!(peaks.levels.len(), 8);
        assert_eq!(peaks.levels[1], [5, 2, 9]);
        assert_eq!(peaks.levels[2], [5, 9]);
        assert_eq!(peaks.levels[7], [9]);
    }
}
