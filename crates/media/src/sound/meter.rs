//! Loudness by ITU-R BS.1770-4 / EBU R128, range by EBU Tech 3342, and true peak.

use super::interpolation::PeakFollower;
use super::pcm::{CHANNELS, SAMPLE_RATE};
use serde::{Deserialize, Serialize};

/// Energies are kept for hops of 100 ms; a gating block is 4 of them, a short-term block 30.
const HOP: usize = SAMPLE_RATE as usize / 10;
/// Peaks are kept for hops of 10 ms.
pub(super) const PEAK_HOP: usize = SAMPLE_RATE as usize / 100;
const BLOCK_HOPS: usize = 4;
const SHORT_TERM_HOPS: usize = 30;
const ABSOLUTE_GATE_LUFS: f64 = -70.0;

/// What a stretch of sound measures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Loudness {
    /// Integrated loudness in LUFS; `None` when nothing passes the gate (silence, or less than 0.4 s).
    pub integrated_lufs: Option<f64>,
    /// Loudness range in LU.
    pub range_lu: f64,
    /// Highest true peak in dBTP; `None` for digital silence.
    pub true_peak_dbtp: Option<f64>,
}

/// Measures interleaved stereo at 48 kHz as it streams by.
#[derive(Clone, Debug)]
pub struct Meter {
    channels: [Channel; CHANNELS],
    /// Weighted energy of the running hop, and how many samples of it there are.
    energy: f64,
    filled: usize,
    hops: Vec<f64>,
    /// Highest true peak of each [`PEAK_HOP`], and of the running one.
    peaks: Vec<f32>,
    peak: f32,
}

#[derive(Clone, Debug)]
struct Channel {
    shelf: Biquad,
    highpass: Biquad,
    peaks: PeakFollower,
}

impl Default for Meter {
    fn default() -> Self {
        Self::new()
    }
}

impl Meter {
    pub fn new() -> Self {
        let channel =
            || Channel { shelf: Biquad::SHELF, highpass: Biquad::HIGHPASS, peaks: PeakFollower::new() };
        let channels = [channel(), channel()];
        Self { channels, energy: 0.0, filled: 0, hops: Vec::new(), peaks: Vec::new(), peak: 0.0 }
    }

    /// Takes whole frames of left and right.
    pub fn push(&mut self, interleaved: &[f32]) {
        for frame in interleaved.chunks_exact(CHANNELS) {
            for (channel, sample) in self.channels.iter_mut().zip(frame) {
                self.peak = self.peak.max(channel.peaks.push(*sample));
                let weighted = channel.highpass.push(channel.shelf.push(f64::from(*sample)));
                self.energy += weighted * weighted;
            }
            self.filled += 1;
            if self.filled.is_multiple_of(PEAK_HOP) {
                self.peaks.push(std::mem::take(&mut self.peak));
            }
            if self.filled == HOP {
                self.hops.push(self.energy / HOP as f64);
                self.energy = 0.0;
                self.filled = 0;
            }
        }
    }

    /// Loudness of each whole 100 ms so far, in LUFS, −120 for silence: a curve for drawing.
    pub fn curve(&self) -> Vec<f64> {
        self.hops.iter().map(|energy| lufs(*energy).max(-120.0)).collect()
    }

    /// The measure of everything pushed.
    pub fn finish(self) -> Loudness {
        self.finish_with_peaks().0
    }

    /// The measure, and the highest true peak of each [`PEAK_HOP`] frames as a factor of full scale.
    pub(super) fn finish_with_peaks(mut self) -> (Loudness, Vec<f32>) {
        let loudness = Loudness {
            integrated_lufs: self.integrated().map(rounded),
            range_lu: rounded(self.range()),
            true_peak_dbtp: None,
        };
        // What is still inside the interpolators.
        self.push(&[0.0; CHANNELS * PeakFollower::DELAY]);
        self.peaks.push(self.peak);
        let peak = f64::from(self.peaks.iter().fold(0.0f32, |most, peak| most.max(*peak)));
        let true_peak_dbtp = (peak > 0.0).then(|| rounded(20.0 * peak.log10()));
        (Loudness { true_peak_dbtp, ..loudness }, self.peaks)
    }

    fn blocks(&self, hops: usize) -> Vec<f64> {
        let blocks = self.hops.windows(hops).map(|window| window.iter().sum::<f64>() / hops as f64);
        blocks.filter(|energy| lufs(*energy) > ABSOLUTE_GATE_LUFS).collect()
    }

    fn integrated(&self) -> Option<f64> {
        let blocks = self.blocks(BLOCK_HOPS);
        let gate = mean(&blocks)? / 10.0;
        let loud: Vec<f64> = blocks.into_iter().filter(|energy| *energy > gate).collect();
        mean(&loud).map(lufs)
    }

    fn range(&self) -> f64 {
        let blocks = self.blocks(SHORT_TERM_HOPS);
        let Some(gate) = mean(&blocks).map(|mean| mean / 100.0) else { return 0.0 };
        let mut loud: Vec<f64> = blocks.into_iter().filter(|energy| *energy > gate).map(lufs).collect();
        loud.sort_by(f64::total_cmp);
        let Some(last) = loud.len().checked_sub(1) else { return 0.0 };
        let percentile = |share: f64| loud[(last as f64 * share).round() as usize];
        percentile(0.95) - percentile(0.10)
    }
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

fn lufs(energy: f64) -> f64 {
    -0.691 + 10.0 * energy.log10()
}

/// To a thousandth, below what anyone hears or any platform's logarithm differs by.
fn rounded(decibels: f64) -> f64 {
    (decibels * 1000.0).round() / 1000.0
}

/// A second-order filter, transposed direct form II.
#[derive(Clone, Debug)]
struct Biquad {
    b: [f64; 3],
    a: [f64; 2],
    state: [f64; 2],
}

impl Biquad {
    /// The two stages of the K weighting at 48 kHz, tables 1 and 2 of BS.1770.
    const SHELF: Self = Self {
        b: [1.535_124_859_586_97, -2.691_696_189_406_38, 1.198_392_810_852_85],
        a: [-1.690_659_293_182_41, 0.732_480_774_215_85],
        state: [0.0; 2],
    };
    const HIGHPASS: Self =
        Self { b: [1.0, -2.0, 1.0], a: [-1.990_047_454_833_98, 0.990_072_250_366_21], state: [0.0; 2] };

    fn push(&mut self, x: f64) -> f64 {
        let y = self.b[0] * x + self.state[0];
        self.state[0] = self.b[1] * x - self.a[0] * y + self.state[1];
        self.state[1] = self.b[2] * x - self.a[1] * y;
        y
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Stereo sine, `seconds` long, at `level` dBFS (peak).
    fn sine(hertz: f64, seconds: f64, level: f64) -> Vec<f32> {
        let amplitude = 10f64.powf(level / 20.0);
        let frames = (seconds * f64::from(SAMPLE_RATE)) as u32;
        let step = std::f64::consts::TAU * hertz / f64::from(SAMPLE_RATE);
        (0..frames).flat_map(|n| [(amplitude * (step * f64::from(n)).sin()) as f32; 2]).collect()
    }

    fn measure(parts: &[Vec<f32>]) -> Loudness {
        let mut meter = Meter::new();
        for part in parts {
            meter.push(part);
        }
        meter.finish()
    }

    #[test]
    fn it_reads_the_signals_of_ebu_tech_3341() {
        // Cases 1 to 3: a stereo 1 kHz sine at −23 dBFS is −23 LUFS, and quiet parts are gated out.
        let near = |loudness: Loudness, lufs: f64| {
            let read = loudness.integrated_lufs.unwrap();
            assert!((read - lufs).abs() <= 0.1, "{read} instead of {lufs}");
        };
        near(measure(&[sine(1000.0, 20.0, -23.0)]), -23.0);
        near(measure(&[sine(1000.0, 20.0, -33.0)]), -33.0);
        near(
            measure(&[sine(1000.0, 10.0, -36.0), sine(1000.0, 60.0, -23.0), sine(1000.0, 10.0, -36.0)]),
            -23.0,
        );
        let gated = [-72.0, -36.0, -23.0, -36.0, -72.0].map(|level| sine(1000.0, 10.0, level));
        near(measure(&[&gated[..2], &[sine(1000.0, 60.0, -23.0)], &gated[3..]].concat()), -23.0);
    }

    #[test]
    fn it_reads_the_ranges_of_ebu_tech_3342() {
        let range = |first: f64, second: f64| {
            measure(&[sine(1000.0, 20.0, first), sine(1000.0, 20.0, second)]).range_lu
        };
        assert!((range(-20.0, -30.0) - 10.0).abs() <= 1.0);
        assert!((range(-20.0, -15.0) - 5.0).abs() <= 1.0);
        assert!((range(-40.0, -20.0) - 20.0).abs() <= 1.0);
    }

    #[test]
    fn true_peak_lies_between_the_samples() {
        let quarter = measure(&[sine(12_000.0, 1.0, -6.0)]).true_peak_dbtp.unwrap();
        assert!((quarter + 6.0).abs() < 0.1, "{quarter}");
    }

    #[test]
    fn silence_has_no_loudness() {
        assert_eq!(measure(&[vec![0.0; 96_000]]), Loudness::default());
        assert_eq!(measure(&[]), Loudness::default());
    }
}
