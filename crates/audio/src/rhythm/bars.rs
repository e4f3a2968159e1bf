//! Finds the bars: the sequence of beats and downbeats that explains the evidence best.
//!
//! The bar-pointer model (Whiteley, Cemgil & Godsill 2006; efficient form: Krebs, Böck & Widmer 2015): a hidden
//! pointer runs through the bar, tempo changes only at beats and costs. Because nothing but the beats is decided,
//! the best path is found here by explicit durations: one step a beat, not one a frame, with the same result.

/// Steps a second of the decoder: evidence is interpolated to it.
pub(super) const STEP_RATE: f64 = 100.0;
const UPSAMPLE: usize = 2;

/// The prior knowledge of the decoder.
pub(super) struct BarModel {
    /// Shortest and longest beat, in steps.
    shortest: usize,
    longest: usize,
    /// Beats a bar, and how likely each is beforehand (natural logarithm).
    metres: Vec<(u8, f32)>,
    /// Cost of a change of the beat's length by its whole length.
    tempo_change_cost: f32,
}

impl Default for BarModel {
    fn default() -> Self {
        Self {
            shortest: 26,
            longest: 140,
            metres: vec![(2, -2.0), (3, -2.0), (4, 0.0), (5, -5.0), (7, -5.0)],
            tempo_change_cost: 60.0,
        }
    }
}

/// The best explanation.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Bars {
    pub(super) beats_per_bar: u8,
    /// Step of each beat, and its place in the bar from 0.
    pub(super) beats: Vec<(usize, u8)>,
    pub(super) score: f32,
}

impl BarModel {
    /// Decodes chances (0–1, 50 a second) of "a beat that is no downbeat" and "a downbeat".
    pub(super) fn decode(&self, beat: &[f32], downbeat: &[f32]) -> Bars {
        let evidence = Evidence::new(beat, downbeat);
        let mut best = Bars { beats_per_bar: 4, beats: Vec::new(), score: f32::NEG_INFINITY };
        for (beats_per_bar, prior) in &self.metres {
            let bars = self.decode_metre(&evidence, *beats_per_bar, *prior);
            if bars.score > best.score {
                best = bars;
            }
        }
        best
    }

    fn decode_metre(&self, evidence: &Evidence, beats_per_bar: u8, prior: f32) -> Bars {
        let steps = evidence.silence.len() - 1;
        let lengths = self.longest - self.shortest + 1;
        let places = usize::from(beats_per_bar);
        let width = lengths * places;
        // best[t][length][place]: a beat at t, `length` after the one before, at a place in the bar.
        let mut best = vec![f32::NEG_INFINITY; steps * width];
        let mut from = vec![u8::MAX; steps * width];
        let start = (places as f32).ln() + (lengths as f32).ln();
        for step in 0..steps {
            for index in 0..lengths {
                let length = index + self.shortest;
                for place in 0..places {
                    let here = if place == 0 { evidence.downbeat[step] } else { evidence.beat[step] };
                    let cell = step * width + index * places + place;
                    if step < length {
                        // The first beat: whatever came before it was no beat.
                        best[cell] = here + evidence.quiet(0, step) - start;
                        continue;
                    }
                    let before = (step - length) * width;
                    let previous = (place + places - 1) % places;
                    let reach = 1 + length / 20;
                    let (mut top, mut top_from) = (f32::NEG_INFINITY, u8::MAX);
                    for other in index.saturating_sub(reach)..=(index + reach).min(lengths - 1) {
                        let change = other.abs_diff(index) as f32;
                        let cost = self.tempo_change_cost * (change - 0.5).max(0.0) / length as f32;
                        let score = best[before + other * places + previous] - cost;
                        if score > top {
                            (top, top_from) = (score, other as u8);
                        }
                    }
                    best[cell] = top + here + evidence.quiet(step - length, step);
                    from[cell] = top_from;
                }
            }
        }
        self.trace_back(evidence, beats_per_bar, prior, &best, &from)
    }

    fn trace_back(
        &self,
        evidence: &Evidence,
        beats_per_bar: u8,
        prior: f32,
        best: &[f32],
        from: &[u8],
    ) -> Bars {
        let steps = evidence.silence.len() - 1;
        let lengths = self.longest - self.shortest + 1;
        let places = usize::from(beats_per_bar);
        let width = lengths * places;
        let (mut cell, mut score) = (0, f32::NEG_INFINITY);
        for step in steps.saturating_sub(self.longest)..steps {
            for offset in 0..width {
                let index = offset / places;
                if step + index + self.shortest < steps {
                    continue;
                }
                let total = best[step * width + offset] + evidence.quiet(step, steps);
                if total > score {
                    (cell, score) = (step * width + offset, total);
                }
            }
        }
        let mut beats = Vec::new();
        if steps > 0 {
            loop {
                let (step, offset) = (cell / width, cell % width);
                let (index, place) = (offset / places, offset % places);
                beats.push((step, place as u8));
                if from[cell] == u8::MAX {
                    break;
                }
                let previous = (place + places - 1) % places;
                cell = (step - index - self.shortest) * width + usize::from(from[cell]) * places + previous;
            }
        }
        beats.reverse();
        Bars { beats_per_bar, beats, score: score + prior }
    }
}

/// Evidence at [`STEP_RATE`], as natural logarithms.
struct Evidence {
    beat: Vec<f32>,
    downbeat: Vec<f32>,
    /// Running sum of the logarithm of the chance that there is no beat.
    silence: Vec<f32>,
}

impl Evidence {
    fn new(beat: &[f32], downbeat: &[f32]) -> Self {
        const FLOOR: f32 = 1e-4;
        let beat = upsample(beat);
        let downbeat = upsample(downbeat);
        let mut silence = vec![0.0];
        let mut sum = 0.0;
        for (b, d) in beat.iter().zip(&downbeat) {
            sum += libm::logf((1.0 - b - d).max(FLOOR));
            silence.push(sum);
        }
        let log =
            |chances: Vec<f32>| chances.into_iter().map(|chance| libm::logf(chance.max(FLOOR))).collect();
        Self { beat: log(beat), downbeat: log(downbeat), silence }
    }

    /// What it costs that there is no beat between the beats at two steps; their own slopes are left out.
    fn quiet(&self, start: usize, end: usize) -> f32 {
        const SLOPE: usize = 4;
        let first = if start == 0 { 0 } else { start + SLOPE };
        let last = end.saturating_sub(SLOPE - 1);
        if last <= first { 0.0 } else { (self.silence[last] - self.silence[first]) / UPSAMPLE as f32 }
    }
}

fn upsample(values: &[f32]) -> Vec<f32> {
    let mut out = Vec::with_capacity(values.len() * UPSAMPLE);
    for (index, value) in values.iter().enumerate() {
        let next = values.get(index + 1).unwrap_or(value);
        out.push(*value);
        out.push((value + next) / 2.0);
    }
    out
}
