//! The one signal that all analysis listens to: the mono mix at 22 050 Hz.
//!
//! Written here rather than taken from a crate because the result may not depend on the machine's SIMD width.

/// Sample rate of the analysis signal in Hz.
pub const RATE: u32 = 22_050;

/// Zero crossings of the low-pass filter on each side of its centre.
const CROSSINGS: f64 = 16.0;
/// Pass band as a share of the lower of the two Nyquist frequencies.
const PASS_BAND: f64 = 0.92;
/// Kaiser window shape: about 80 dB of stop-band attenuation.
const KAISER_BETA: f64 = 8.0;

/// Mixes interleaved frames down to one channel with equal weights, replacing `mono`.
pub fn mix_down(block: &[f32], channels: u16, mono: &mut Vec<f32>) {
    mono.clear();
    let share = 1.0 / f32::from(channels.max(1));
    mono.extend(
        block.chunks_exact(usize::from(channels.max(1))).map(|frame| frame.iter().sum::<f32>() * share),
    );
}

/// Streams a mono signal of any rate to [`RATE`] through a polyphase windowed-sinc filter (linear phase, no delay:
/// output sample `n` stands for the time `n / RATE`).
pub struct Resampler {
    /// Output steps `down / up` input samples at a time.
    up: u64,
    down: u64,
    /// `up` filters of `taps` coefficients each.
    filters: Vec<f32>,
    taps: usize,
    /// Input not yet used up; its first sample is number `offset` of the padded input.
    pending: Vec<f32>,
    offset: u64,
    /// Output samples made and input samples taken in so far.
    made: u64,
    taken: u64,
}

impl Resampler {
    /// A resampler from `rate` Hz, which must be above 0.
    pub fn new(rate: u32) -> Self {
        let divisor = gcd(u64::from(RATE), u64::from(rate.max(1)));
        let (up, down) = (u64::from(RATE) / divisor, u64::from(rate.max(1)) / divisor);
        let ratio = up as f64 / down as f64;
        let cutoff = PASS_BAND * ratio.min(1.0);
        let half = (CROSSINGS / ratio.min(1.0)).ceil();
        let taps = 2 * half as usize;
        let mut filters = Vec::with_capacity(taps * up as usize);
        for phase in 0..up {
            let fraction = phase as f64 / up as f64;
            let row: Vec<f64> = (0..taps)
                .map(|tap| {
                    let distance = tap as f64 - (half - 1.0) - fraction;
                    cutoff * sinc(cutoff * distance) * kaiser(distance / half)
                })
                .collect();
            // Every phase passes a constant signal unchanged, or a tone would appear at the phase's rate.
            let sum: f64 = row.iter().sum();
            filters.extend(row.iter().map(|coefficient| (coefficient / sum) as f32));
        }
        let lead = half as usize - 1;
        Self { up, down, filters, taps, pending: vec![0.0; lead], offset: 0, made: 0, taken: 0 }
    }

    /// Takes input in and appends what can be made of it to `output`.
    pub fn push(&mut self, input: &[f32], output: &mut Vec<f32>) {
        if self.up == self.down {
            output.extend_from_slice(input);
            return;
        }
        self.taken += input.len() as u64;
        self.pending.extend_from_slice(input);
        self.run(output, u64::MAX);
    }

    /// Makes the rest: the whole output has `ceil(input × RATE / rate)` samples.
    pub fn finish(&mut self, output: &mut Vec<f32>) {
        if self.up == self.down {
            return;
        }
        let total = (self.taken * self.up).div_ceil(self.down);
        self.pending.resize(self.pending.len() + self.taps, 0.0);
        self.run(output, total);
    }

    fn run(&mut self, output: &mut Vec<f32>, total: u64) {
        while self.made < total {
            let position = self.made * self.down;
            let (whole, phase) = (position / self.up, (position % self.up) as usize);
            let first = (whole - self.offset) as usize;
            let Some(samples) = self.pending.get(first..first + self.taps) else { break };
            let filter = &self.filters[phase * self.taps..][..self.taps];
            output.push(dot(samples, filter));
            self.made += 1;
        }
        let used = ((self.made * self.down / self.up - self.offset) as usize).min(self.pending.len());
        self.pending.drain(..used);
        self.offset += used as u64;
    }
}

/// A dot product summed in eight fixed lanes: quick, and the same on every machine.
pub fn dot(left: &[f32], right: &[f32]) -> f32 {
    let mut lanes = [0.0f32; 8];
    let (left_lanes, left_rest) = left.as_chunks::<8>();
    let (right_lanes, right_rest) = right.as_chunks::<8>();
    for (l, r) in left_lanes.iter().zip(right_lanes) {
        for lane in 0..8 {
            lanes[lane] += l[lane] * r[lane];
        }
    }
    let rest: f32 = left_rest.iter().zip(right_rest).map(|(l, r)| l * r).sum();
    ((lanes[0] + lanes[4]) + (lanes[1] + lanes[5])) + ((lanes[2] + lanes[6]) + (lanes[3] + lanes[7])) + rest
}

fn gcd(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

fn sinc(x: f64) -> f64 {
    if x.abs() < 1e-12 {
        return 1.0;
    }
    let angle = std::f64::consts::PI * x;
    libm::sin(angle) / angle
}

/// Kaiser window at `x` from −1 to 1 (0 outside).
fn kaiser(x: f64) -> f64 {
    if x.abs() > 1.0 {
        return 0.0;
    }
    bessel_i0(KAISER_BETA * (1.0 - x * x).sqrt()) / bessel_i0(KAISER_BETA)
}

/// Modified Bessel function of the first kind, order 0, by its power series.
fn bessel_i0(x: f64) -> f64 {
    let quarter = x * x / 4.0;
    let mut term = 1.0;
    let mut sum = 1.0;
    for k in 1..60 {
        term *= quarter / f64::from(k * k);
        sum += term;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resample(rate: u32, input: &[f32], chunk: usize) -> Vec<f32> {
        let mut resampler = Resampler::new(rate);
        let mut output = Vec::new();
        for piece in input.chunks(chunk) {
            resampler.push(piece, &mut output);
        }
        resampler.finish(&mut output);
        output
    }

    fn tone(rate: u32, hz: f64, seconds: f64) -> Vec<f32> {
        let count = (f64::from(rate) * seconds) as usize;
        (0..count).map(|n| (std::f64::consts::TAU * hz * n as f64 / f64::from(rate)).sin() as f32).collect()
    }

    #[test]
    fn a_tone_keeps_its_phase_at_every_rate() {
        for rate in [8_000, 11_025, 22_050, 32_000, 44_100, 48_000, 96_000, 192_000] {
            let input = tone(rate, 440.0, 0.5);
            let output = resample(rate, &input, 1_000);
            let wanted = tone(RATE, 440.0, 0.5);
            assert_eq!(output.len(), (input.len() * RATE as usize).div_ceil(rate as usize), "{rate}");
            let middle = 1_000..wanted.len() - 1_000;
            let worst = middle.map(|n| (output[n] - wanted[n]).abs()).fold(0.0, f32::max);
            assert!(worst < 2e-3, "{rate} Hz: off by {worst}");
        }
    }

    #[test]
    fn what_cannot_be_held_is_filtered_out() {
        let output = resample(44_100, &tone(44_100, 15_000.0, 0.5), 4_096);
        let loudest = output[500..output.len() - 500].iter().fold(0.0f32, |max, x| max.max(x.abs()));
        assert!(loudest < 1e-3, "an alias of {loudest}");
    }

    #[test]
    fn the_block_size_does_not_change_the_result() {
        let input = tone(48_000, 1_234.5, 0.3);
        assert_eq!(resample(48_000, &input, 1), resample(48_000, &input, 7_777));
    }

    #[test]
    fn channels_are_mixed_with_equal_weights() {
        let mut mono = Vec::new();
        mix_down(&[1.0, 0.0, -1.0, 0.5], 2, &mut mono);
        assert_eq!(mono, [0.5, -0.25]);
    }
}
