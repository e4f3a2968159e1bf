//! A look-ahead true-peak limiter: the gain falls smoothly before a peak arrives and recovers slowly after it.
//!
//! Both channels share one gain, so the image does not move. Where nothing passes the ceiling the gain is exactly 1 and
//! the samples go through unchanged. Method: required gain from four-fold interpolated peaks, minimum over the look-ahead,
//! exponential release, then two moving averages; every average over the look-ahead is at or below what the peak needs.

use super::interpolation::PeakFollower;
use super::meter::PEAK_HOP;
use super::pcm::{CHANNELS, SAMPLE_RATE};
use std::collections::VecDeque;

/// 2 × 2.5 ms of look-ahead: short enough to keep transients, long enough not to buzz.
const HALF: usize = SAMPLE_RATE as usize / 400;
const LOOK_AHEAD: usize = 2 * HALF;
/// Time constant of the release in samples: 80 ms.
const RELEASE: f64 = SAMPLE_RATE as f64 * 0.08;
/// Gains are whole numbers of 2⁻³⁰, so that running sums stay exact and 1 stays 1.
const ONE: i64 = 1 << 30;

/// Limits interleaved stereo at 48 kHz as it streams by.
#[derive(Clone, Debug)]
pub struct Limiter {
    ceiling: f32,
    /// Where the ceiling is lower than elsewhere: its factor for each [`PEAK_HOP`] frames.
    lowered: Vec<f32>,
    peaks: [PeakFollower; CHANNELS],
    /// The peak between the last sample and the one before it, which binds both.
    last_peak: f32,
    /// Required gains of the look-ahead that may still become the minimum, with their positions.
    minima: VecDeque<(u64, i64)>,
    released: i64,
    averages: [Average; 2],
    /// Frames whose gain is not known yet.
    waiting: VecDeque<[f32; CHANNELS]>,
    taken: u64,
    lowest: i64,
}

impl Limiter {
    /// Frames that come out this much later than they went in; [`Limiter::finish`] gives the rest.
    const DELAY: usize = PeakFollower::DELAY + LOOK_AHEAD;

    /// `ceiling` is the highest true peak let through, as a factor of full scale.
    pub fn new(ceiling: f32) -> Self {
        Self {
            ceiling,
            lowered: Vec::new(),
            peaks: [PeakFollower::new(), PeakFollower::new()],
            last_peak: 0.0,
            minima: VecDeque::new(),
            released: ONE,
            averages: [Average::new(), Average::new()],
            waiting: VecDeque::with_capacity(Self::DELAY + 1),
            taken: 0,
            lowest: ONE,
        }
    }

    /// Lowers the ceiling by a factor for each [`PEAK_HOP`] frames; 1 after the last.
    pub(super) fn lowered(mut self, factors: &[f32]) -> Self {
        self.lowered = factors.to_vec();
        self
    }

    /// Takes whole frames and appends those whose gain is known to `out`.
    pub fn push(&mut self, interleaved: &[f32], out: &mut Vec<f32>) {
        for frame in interleaved.chunks_exact(CHANNELS) {
            self.step([frame[0], frame[1]], out);
        }
    }

    /// Gives the frames that were waiting, and the deepest reduction there was, in dB (0 or above).
    pub fn finish(mut self, out: &mut Vec<f32>) -> f64 {
        let wanted = out.len() + CHANNELS * self.waiting.len();
        while out.len() < wanted {
            self.step([0.0; CHANNELS], out);
        }
        out.truncate(wanted);
        20.0 * (ONE as f64 / self.lowest as f64).log10()
    }

    fn step(&mut self, frame: [f32; CHANNELS], out: &mut Vec<f32>) {
        let peak =
            self.peaks.iter_mut().zip(frame).map(|(peaks, sample)| peaks.push(sample)).fold(0.0, f32::max);
        let required = self.required(peak.max(self.last_peak));
        self.last_peak = peak;
        self.waiting.push_back(frame);

        // Smallest required gain of the look-ahead, oldest first.
        while self.minima.back().is_some_and(|(_, gain)| *gain >= required) {
            self.minima.pop_back();
        }
        self.minima.push_back((self.taken, required));
        while self.minima.front().is_some_and(|(at, _)| at + (LOOK_AHEAD as u64) < self.taken) {
            self.minima.pop_front();
        }
        self.taken += 1;
        let needed = self.minima.front().map_or(ONE, |(_, gain)| *gain);

        // Down at once, up slowly; the last step up is at least one unit, so that 1 is reached again.
        if needed <= self.released {
            self.released = needed;
        } else {
            let rise = ((needed - self.released) as f64 / RELEASE).ceil() as i64;
            self.released = (self.released + rise).min(needed);
        }
        let mut gain = self.released;
        for average in &mut self.averages {
            gain = average.push(gain);
        }
        if self.waiting.len() > Self::DELAY
            && let Some(frame) = self.waiting.pop_front()
        {
            self.lowest = self.lowest.min(gain);
            if gain == ONE {
                out.extend(frame);
            } else {
                let gain = (gain as f64 / ONE as f64) as f32;
                out.extend(frame.map(|sample| sample * gain));
            }
        }
    }

    fn required(&self, peak: f32) -> i64 {
        let hop = self.taken.saturating_sub(PeakFollower::DELAY as u64) as usize / PEAK_HOP;
        let ceiling = self.ceiling * self.lowered.get(hop).copied().unwrap_or(1.0);
        if peak <= ceiling {
            return ONE;
        }
        (f64::from(ceiling) / f64::from(peak) * ONE as f64).floor() as i64
    }
}

/// Moving average over half the look-ahead, exact in whole numbers.
#[derive(Clone, Debug)]
struct Average {
    window: VecDeque<i64>,
    sum: i64,
}

impl Average {
    fn new() -> Self {
        Self { window: std::iter::repeat_n(ONE, HALF).collect(), sum: ONE * HALF as i64 }
    }

    fn push(&mut self, value: i64) -> i64 {
        self.window.push_back(value);
        self.sum += value - self.window.pop_front().unwrap_or(ONE);
        self.sum / HALF as i64
    }
}

#[cfg(test)]
mod tests {
    use super::super::meter::Meter;
    use super::*;
    use proptest::prelude::*;

    fn limit(input: &[f32], ceiling: f32) -> (Vec<f32>, f64) {
        let mut limiter = Limiter::new(ceiling);
        let mut out = Vec::new();
        for part in input.chunks(2 * 777) {
            limiter.push(part, &mut out);
        }
        let reduction = limiter.finish(&mut out);
        (out, reduction)
    }

    /// A tone with bursts that stand far above it.
    fn bursts(level: f32) -> Vec<f32> {
        (0..96_000u32)
            .flat_map(|n| {
                let tone = (f64::from(n) * 0.05).sin() as f32 * 0.25;
                let burst = if n % 12_000 < 60 { (f64::from(n) * 1.9).sin() as f32 * level } else { 0.0 };
                [tone + burst, tone - 0.5 * burst]
            })
            .collect()
    }

    #[test]
    fn what_stays_below_the_ceiling_is_not_touched() {
        let quiet = bursts(0.3);
        assert_eq!(limit(&quiet, 0.9), (quiet, 0.0));
    }

    #[test]
    fn no_true_peak_passes_and_nothing_is_lost_or_moved() {
        let loud = bursts(2.0);
        let (limited, reduction) = limit(&loud, 0.8);
        assert_eq!(limited.len(), loud.len());
        assert!((6.0..12.0).contains(&reduction), "{reduction}");
        let mut meter = Meter::new();
        meter.push(&limited);
        let peak = meter.finish().true_peak_dbtp.unwrap();
        assert!(peak <= 20.0 * 0.8f64.log10() + 0.05, "{peak}");
        // Between the bursts the gain has come back to within a decibel.
        let before = 2 * 11_500;
        let share =
            limited[before..before + 800].iter().zip(&loud[before..]).map(|(a, b)| a * b).sum::<f32>()
                / loud[before..before + 800].iter().map(|a| a * a).sum::<f32>();
        assert!(share > 0.9 && share <= 1.0, "{share}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        #[test]
        fn samples_never_pass_the_ceiling(
            samples in prop::collection::vec(-8.0f32..8.0, 0..3000),
            ceiling in 0.1f32..1.0,
        ) {
            let even = &samples[..samples.len() / 2 * 2];
            let (limited, _) = limit(even, ceiling);
            prop_assert_eq!(limited.len(), even.len());
            for sample in limited {
                prop_assert!(sample.abs() <= ceiling * 1.000_01);
            }
        }
    }
}
