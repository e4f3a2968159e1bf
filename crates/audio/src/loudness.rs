//! Integrated loudness by ITU-R BS.1770-4 / EBU R128, measured while the song streams by.

/// One second-order section, direct form II transposed.
#[derive(Clone, Copy)]
struct Biquad {
    b: [f64; 3],
    a: [f64; 2],
    state: [f64; 2],
}

impl Biquad {
    fn step(&mut self, x: f64) -> f64 {
        let y = self.b[0] * x + self.state[0];
        self.state[0] = self.b[1] * x - self.a[0] * y + self.state[1];
        self.state[1] = self.b[2] * x - self.a[1] * y;
        y
    }

    /// The head's high shelf of the K-weighting, +4 dB above about 1.7 kHz.
    ///
    /// The analogue prototype behind the coefficients that BS.1770 lists for 48 kHz, warped to any rate (as in
    /// Mansbridge, Finn & Reiss 2012, and libebur128).
    fn shelf(sample_rate: f64) -> Self {
        let (frequency, gain_db, q) = (1_681.974_450_955_533, 3.999_843_853_973_347, 0.707_175_236_955_419_6);
        let k = libm::tan(std::f64::consts::PI * frequency / sample_rate);
        let high = libm::pow(10.0, gain_db / 20.0);
        let band = libm::pow(high, 0.499_666_774_154_541_6);
        let norm = 1.0 + k / q + k * k;
        Self {
            b: [
                (high + band * k / q + k * k) / norm,
                2.0 * (k * k - high) / norm,
                (high - band * k / q + k * k) / norm,
            ],
            a: [2.0 * (k * k - 1.0) / norm, (1.0 - k / q + k * k) / norm],
            state: [0.0; 2],
        }
    }

    /// The low cut of the K-weighting, at about 38 Hz.
    fn low_cut(sample_rate: f64) -> Self {
        let (frequency, q) = (38.135_470_876_024_44, 0.500_327_037_323_877_3);
        let k = libm::tan(std::f64::consts::PI * frequency / sample_rate);
        let norm = 1.0 + k / q + k * k;
        Self {
            b: [1.0, -2.0, 1.0],
            a: [2.0 * (k * k - 1.0) / norm, (1.0 - k / q + k * k) / norm],
            state: [0.0; 2],
        }
    }
}

/// Blocks of 400 ms overlap by three quarters: a block is four of these steps.
const STEPS_A_SECOND: u64 = 10;
const STEPS_A_BLOCK: usize = 4;
const ABSOLUTE_GATE_LUFS: f64 = -70.0;
const RELATIVE_GATE_LU: f64 = -10.0;

/// Measures integrated loudness over any number of channels.
pub struct LoudnessMeter {
    sample_rate: u64,
    filters: Vec<[Biquad; 2]>,
    weights: Vec<f64>,
    seen: u64,
    /// Weighted energy of the step under way, and its number of sample frames.
    energy: f64,
    length: u64,
    /// Mean square of each finished step.
    steps: Vec<f64>,
}

impl LoudnessMeter {
    /// `sample_rate` in Hz. Five and six channels are read as L R C (LFE) Ls Rs: the surrounds weigh 1.41 and the
    /// LFE nothing. A single channel is measured as it is, as FFmpeg's `ebur128` does by default.
    pub fn new(sample_rate: u32, channels: usize) -> Self {
        let rate = f64::from(sample_rate.max(1));
        let surround = libm::pow(10.0, 0.15);
        let weights = match channels {
            5 => vec![1.0, 1.0, 1.0, surround, surround],
            6 => vec![1.0, 1.0, 1.0, 0.0, surround, surround],
            _ => vec![1.0; channels],
        };
        // Below about 3.4 kHz the shelf's corner is above half the rate; such a sound has no highs to weigh.
        let shelf_rate = rate.max(4_000.0);
        Self {
            sample_rate: u64::from(sample_rate.max(1)),
            filters: vec![[Biquad::shelf(shelf_rate), Biquad::low_cut(rate.max(100.0))]; channels],
            weights,
            seen: 0,
            energy: 0.0,
            length: 0,
            steps: Vec::new(),
        }
    }

    /// Takes the next sample frames, channel after channel (`L R L R …`); an incomplete last frame is left out, and
    /// what is not finite counts as silence.
    pub fn push(&mut self, interleaved: &[f32]) {
        let channels = self.filters.len().max(1);
        for frame in interleaved.chunks_exact(channels) {
            for ((sample, [shelf, low_cut]), weight) in frame.iter().zip(&mut self.filters).zip(&self.weights)
            {
                let sample = if sample.is_finite() { f64::from(*sample) } else { 0.0 };
                let weighted = low_cut.step(shelf.step(sample));
                self.energy += weight * weighted * weighted;
            }
            self.length += 1;
            self.seen += 1;
            if self.seen * STEPS_A_SECOND / self.sample_rate > self.steps.len() as u64 {
                self.steps.push(self.energy / self.length as f64);
                (self.energy, self.length) = (0.0, 0);
            }
        }
    }

    /// Integrated loudness in LUFS, to a hundredth; `None` when no block of 400 ms is above −70 LUFS.
    pub fn finish(self) -> Option<f64> {
        let blocks: Vec<f64> = self
            .steps
            .windows(STEPS_A_BLOCK)
            .map(|steps| steps.iter().sum::<f64>() / STEPS_A_BLOCK as f64)
            .collect();
        let ungated = gated_mean(&blocks, ABSOLUTE_GATE_LUFS)?;
        let gate = (lufs(ungated) + RELATIVE_GATE_LU).max(ABSOLUTE_GATE_LUFS);
        gated_mean(&blocks, gate).map(|power| (lufs(power) * 100.0).round() / 100.0)
    }
}

/// Mean of the blocks louder than the gate.
fn gated_mean(blocks: &[f64], gate_lufs: f64) -> Option<f64> {
    let loud: Vec<f64> = blocks.iter().copied().filter(|power| lufs(*power) > gate_lufs).collect();
    (!loud.is_empty()).then(|| loud.iter().sum::<f64>() / loud.len() as f64)
}

fn lufs(power: f64) -> f64 {
    -0.691 + 10.0 * libm::log10(power)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(rate: u32, channels: usize, frequency: f64, parts: &[(f64, f64)]) -> Option<f64> {
        let mut meter = LoudnessMeter::new(rate, channels);
        let mut time = 0_u64;
        for (seconds, peak_db) in parts {
            let amplitude = 10_f64.powf(peak_db / 20.0);
            let count = (seconds * f64::from(rate)) as u64;
            let samples: Vec<f32> = (time..time + count)
                .flat_map(|n| {
                    let angle = std::f64::consts::TAU * frequency * n as f64 / f64::from(rate);
                    vec![(amplitude * angle.sin()) as f32; channels]
                })
                .collect();
            time += count;
            for block in samples.chunks(1000 * channels) {
                meter.push(block);
            }
        }
        meter.finish()
    }

    fn assert_lufs(measured: Option<f64>, wanted: f64) {
        let measured = measured.expect("loud enough to measure");
        assert!((measured - wanted).abs() <= 0.1, "{measured} LUFS is not {wanted}");
    }

    /// EBU Tech 3341, minimum requirements test signals 1–5: stereo sines of 1 kHz.
    #[test]
    fn ebu_reference_tones_read_right() {
        for rate in [44_100, 48_000, 96_000] {
            assert_lufs(tone(rate, 2, 1000.0, &[(20.0, -23.0)]), -23.0);
            assert_lufs(tone(rate, 2, 1000.0, &[(20.0, -33.0)]), -33.0);
        }
        assert_lufs(tone(48_000, 2, 1000.0, &[(10.0, -36.0), (60.0, -23.0), (10.0, -36.0)]), -23.0);
        let quiet_ends = [(10.0, -72.0), (10.0, -36.0), (60.0, -23.0), (10.0, -36.0), (10.0, -72.0)];
        assert_lufs(tone(48_000, 2, 1000.0, &quiet_ends), -23.0);
        assert_lufs(tone(48_000, 2, 1000.0, &[(20.0, -26.0), (20.1, -20.0), (20.0, -26.0)]), -23.0);
    }

    #[test]
    fn one_channel_is_three_decibels_less_than_two() {
        assert_lufs(tone(48_000, 1, 1000.0, &[(5.0, -23.0)]), -26.0);
    }

    #[test]
    fn the_weighting_lifts_highs_and_cuts_lows() {
        assert_lufs(tone(48_000, 2, 10_000.0, &[(5.0, -23.0)]), -19.7);
        let low = tone(48_000, 2, 25.0, &[(5.0, -23.0)]).unwrap();
        assert!(low < -33.0, "{low}");
    }

    #[test]
    fn silence_shortness_and_garbage_have_no_loudness() {
        assert_eq!(tone(48_000, 2, 1000.0, &[(5.0, -90.0)]), None);
        assert_eq!(tone(48_000, 2, 1000.0, &[(0.3, -3.0)]), None);
        let mut meter = LoudnessMeter::new(8_000, 2);
        meter.push(&vec![f32::NAN; 32_000]);
        assert_eq!(meter.finish(), None);
        assert_eq!(LoudnessMeter::new(0, 0).finish(), None);
    }
}
