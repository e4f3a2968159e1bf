//! Waveform peaks for the studio, gathered while the song streams by.

use mv_core::peaks::WaveformPeaks;

/// Gathers the largest magnitude of each hundredth of a second of the mono mix.
pub struct PeakMeter {
    sample_rate: u64,
    seen: u64,
    finest: Vec<u8>,
    current: f32,
}

impl PeakMeter {
    /// `sample_rate` in Hz of the samples to come; 0 is read as 1.
    pub fn new(sample_rate: u32) -> Self {
        Self { sample_rate: u64::from(sample_rate.max(1)), seen: 0, finest: Vec::new(), current: 0.0 }
    }

    /// Takes the next mono samples, full scale at ±1; what is not a number counts as silence.
    pub fn push(&mut self, mono: &[f32]) {
        let rate = u64::from(WaveformPeaks::RATE_HZ);
        for sample in mono {
            // Spans are cut at absolute times, so that rates that are no multiple of 100 do not drift.
            if self.seen * rate / self.sample_rate > self.finest.len() as u64 {
                self.close();
            }
            self.current = self.current.max(sample.abs());
            self.seen += 1;
        }
    }

    pub fn finish(mut self) -> WaveformPeaks {
        if self.seen > 0 {
            self.close();
        }
        WaveformPeaks::from_finest(self.finest)
    }

    fn close(&mut self) {
        // A rate below 100 Hz leaves spans without a sample: each holds the last peak.
        let until = (self.seen * u64::from(WaveformPeaks::RATE_HZ)).div_ceil(self.sample_rate) as usize;
        let level = (self.current.clamp(0.0, 1.0) * 255.0).round() as u8;
        self.finest.resize(until.max(self.finest.len()), level);
        self.current = 0.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_hundredth_has_its_peak_at_any_rate() {
        for rate in [8000_u32, 11_025, 44_100, 192_000] {
            let mut meter = PeakMeter::new(rate);
            let samples: Vec<f32> = (0..rate).map(|n| if n < rate / 2 { 0.25 } else { -1.5 }).collect();
            for block in samples.chunks(333) {
                meter.push(block);
            }
            let peaks = meter.finish();
            assert_eq!(peaks.levels[0].len(), 100, "{rate}");
            assert_eq!((peaks.levels[0][10], peaks.levels[0][90]), (64, 255));
            assert_eq!(peaks.levels[7].len(), 1);
        }
    }

    #[test]
    fn nothing_and_not_a_number_are_no_peaks() {
        assert!(PeakMeter::new(44_100).finish().levels[0].is_empty());
        let mut meter = PeakMeter::new(100);
        meter.push(&[f32::NAN, 0.5]);
        assert_eq!(meter.finish().levels[0], [0, 128]);
    }
}
