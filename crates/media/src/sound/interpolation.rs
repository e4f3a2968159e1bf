//! The signal between its samples: a four-fold windowed-sinc interpolator, for true peaks.

/// Samples that each interpolated value is made of.
pub(super) const TAPS: usize = 32;
/// Interpolated points between two samples.
const POINTS: usize = 3;
/// Kaiser window: side lobes near −90 dB.
const BETA: f64 = 9.0;

/// Coefficients of the points a quarter, a half and three quarters of the way between two samples.
#[derive(Clone, Debug)]
pub(super) struct Interpolator {
    coefficients: [[f32; TAPS]; POINTS],
}

impl Interpolator {
    pub(super) fn new() -> Self {
        let mut coefficients = [[0.0; TAPS]; POINTS];
        for (point, row) in coefficients.iter_mut().enumerate() {
            let fraction = (point + 1) as f64 / (POINTS + 1) as f64;
            let ideal: Vec<f64> = (0..TAPS)
                .map(|tap| {
                    let distance = tap as f64 - (TAPS as f64 / 2.0 - 1.0) - fraction;
                    let window = distance / (TAPS as f64 / 2.0);
                    sinc(distance) * bessel_i0(BETA * (1.0 - window * window).max(0.0).sqrt())
                        / bessel_i0(BETA)
                })
                .collect();
            let sum: f64 = ideal.iter().sum();
            for (value, ideal) in row.iter_mut().zip(&ideal) {
                // Rounded to 2⁻²², so that another platform's sine gives the same coefficients.
                *value = ((ideal / sum * 4_194_304.0).round() / 4_194_304.0) as f32;
            }
        }
        Self { coefficients }
    }

    /// Largest magnitude from sample `TAPS / 2 - 1` of the window up to, but without, the next one.
    pub(super) fn peak(&self, window: &[f32; TAPS]) -> f32 {
        let mut peak = window[TAPS / 2 - 1].abs();
        for row in &self.coefficients {
            // Eight sums side by side: the order is fixed, so the result is the same on every machine.
            let mut sums = [0.0f32; 8];
            for (values, coefficients) in window.chunks_exact(8).zip(row.chunks_exact(8)) {
                for lane in 0..8 {
                    sums[lane] += values[lane] * coefficients[lane];
                }
            }
            let value =
                ((sums[0] + sums[4]) + (sums[1] + sums[5])) + ((sums[2] + sums[6]) + (sums[3] + sums[7]));
            peak = peak.max(value.abs());
        }
        peak
    }
}

/// One channel's history and the interpolator over it: gives peaks `TAPS / 2` samples late.
#[derive(Clone, Debug)]
pub(super) struct PeakFollower {
    interpolator: Interpolator,
    /// The last samples twice over, so that a window is always contiguous.
    history: [f32; 2 * TAPS],
    at: usize,
}

impl PeakFollower {
    /// A peak comes this many samples after the sample it belongs to.
    pub(super) const DELAY: usize = TAPS / 2;

    pub(super) fn new() -> Self {
        Self { interpolator: Interpolator::new(), history: [0.0; 2 * TAPS], at: 0 }
    }

    /// Takes the next sample; gives the largest magnitude between the sample [`Self::DELAY`] ago and the one after it.
    pub(super) fn push(&mut self, sample: f32) -> f32 {
        self.history[self.at] = sample;
        self.history[self.at + TAPS] = sample;
        self.at = (self.at + 1) % TAPS;
        let (_, window) = self.history.split_at(self.at);
        window.first_chunk().map_or(0.0, |window| self.interpolator.peak(window))
    }
}

fn sinc(x: f64) -> f64 {
    let x = x * std::f64::consts::PI;
    if x.abs() < 1e-9 { 1.0 } else { x.sin() / x }
}

/// Modified Bessel function of the first kind, order 0, by its series.
fn bessel_i0(x: f64) -> f64 {
    let quarter = x * x / 4.0;
    let (mut sum, mut term) = (1.0, 1.0);
    for k in 1..40 {
        term *= quarter / f64::from(k * k);
        sum += term;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_finds_the_peak_that_no_sample_shows() {
        // A quarter of the sample rate, 45° off: every sample is at 0.707 of the peak.
        let mut follower = PeakFollower::new();
        let mut peak = 0.0f32;
        for n in 0..4800u32 {
            let phase = std::f64::consts::FRAC_PI_2 * f64::from(n) + std::f64::consts::FRAC_PI_4;
            let found = follower.push(phase.sin() as f32);
            if n > 100 {
                peak = peak.max(found);
            }
        }
        assert!((peak - 1.0).abs() < 0.002, "{peak}");
    }

    #[test]
    fn a_peak_belongs_to_the_sample_before_it() {
        let mut follower = PeakFollower::new();
        let peaks: Vec<f32> = (0..100).map(|n| follower.push(if n == 40 { 1.0 } else { 0.0 })).collect();
        let at = peaks.iter().position(|p| *p >= 1.0).unwrap();
        assert_eq!(at, 40 + PeakFollower::DELAY);
    }
}
