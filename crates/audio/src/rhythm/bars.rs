//! Finds the bars: the sequence of beats and downbeats that explains the evidence best.
//!
//! The bar-pointer model (Whiteley, Cemgil & Godsill 2006; efficient form: Krebs, Böck & Widmer 2015): a hidden
//! pointer runs through the bar, tempo changes only at beats and costs. Because nothing but the beats is decided,
//! the best path is found here by explicit durations: one decision a beat, not one a frame, with the same result.

/// Steps a second of the decoder: evidence is interpolated to it.
pub(super) const STEP_RATE: f64 = 100.0;
/// Steps for each frame of evidence.
const UPSAMPLE: usize = 2;
/// Shortest and longest beat in steps: 300 and 40 beats a minute.
const SHORTEST: usize = 20;
const LONGEST: usize = 150;
const LENGTHS: usize = LONGEST - SHORTEST + 1;
/// A beat may be up to so much longer or shorter than the one before it, in steps.
const REACH: usize = 6;
/// Cost of a beat that is longer or shorter by its whole length; a difference of half a step is for free, because
/// lengths are whole steps here.
const TEMPO_CHANGE_COST: f32 = 100.0;
/// What each beat costs: where two tempi, one twice the other, explain a song nearly as well, the slower is meant.
const BEAT_COST: f32 = 0.4;
/// A chance of a beat from here on counts as one that is heard.
const HEARD: f32 = 0.1;
/// Chances below this count as this.
const FLOOR: f32 = 2e-4;

type Lengths = [f32; LENGTHS];

/// The best explanation of a song with a given number of beats a bar.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Bars {
    /// Step of each beat, and its place in the bar from 0.
    pub(super) beats: Vec<(usize, u8)>,
    /// Natural logarithm of how well it explains the evidence; comparable between metres of one song.
    pub(super) score: f32,
}

/// Evidence at [`STEP_RATE`], as natural logarithms.
pub(super) struct Evidence {
    beat: Vec<f32>,
    downbeat: Vec<f32>,
    /// Running sum of the logarithm of the chance that there is no beat.
    silence: Vec<f32>,
    /// The last step at which a beat is heard: the bars go on until there, whatever breaks come before.
    last: usize,
}

impl Evidence {
    /// From the chances (0–1, for each frame) of a beat that is no downbeat, and of a downbeat.
    pub(super) fn new(beat: &[f32], downbeat: &[f32]) -> Self {
        let beat = upsample(beat);
        let downbeat = upsample(downbeat);
        let mut silence = vec![0.0];
        let mut sum = 0.0;
        for (b, d) in beat.iter().zip(&downbeat) {
            sum += libm::logf((1.0 - b - d).max(FLOOR)) / UPSAMPLE as f32;
            silence.push(sum);
        }
        let last = beat.iter().zip(&downbeat).rposition(|(b, d)| b + d > HEARD).unwrap_or(beat.len());
        let log =
            |chances: Vec<f32>| chances.into_iter().map(|chance| libm::logf(chance.max(FLOOR))).collect();
        Self { beat: log(beat), downbeat: log(downbeat), silence, last }
    }

    fn steps(&self) -> usize {
        self.beat.len()
    }

    /// What it costs that there is no beat between the beats at two steps; their own slopes are left out.
    fn quiet(&self, start: usize, end: usize) -> f32 {
        const SLOPE: usize = 4;
        let first = if start == 0 { 0 } else { start + SLOPE };
        let last = end.saturating_sub(SLOPE - 1);
        if last <= first { 0.0 } else { self.silence[last] - self.silence[first] }
    }

    fn at(&self, step: usize, place: usize) -> f32 {
        (if place == 0 { self.downbeat[step] } else { self.beat[step] }) - BEAT_COST
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

/// Finds the best bars of `beats_per_bar` beats.
pub(super) fn decode(evidence: &Evidence, beats_per_bar: u8) -> Bars {
    let steps = evidence.steps();
    let places = usize::from(beats_per_bar).max(1);
    let costs = change_costs();
    // ahead[step % RING][place][length]: the best score of a beat at `step` if the next beat comes `length` later.
    let mut ahead = vec![[f32::NEG_INFINITY; LENGTHS]; (LONGEST + 1) * places];
    // Which change of length led there.
    let mut changes = vec![0u8; steps * places * LENGTHS];
    let start_cost = libm::logf((places * LENGTHS) as f32);
    let (mut best_end, mut best_score) = (None, f32::NEG_INFINITY);
    let mut here: Lengths = [f32::NEG_INFINITY; LENGTHS];
    for step in 0..steps {
        for place in 0..places {
            let previous = (place + places - 1) % places;
            let chance = evidence.at(step, place);
            for (index, score) in here.iter_mut().enumerate() {
                let length = index + SHORTEST;
                *score = chance
                    + if step < length {
                        // The first beat: what came before it was none.
                        evidence.quiet(0, step) - start_cost
                    } else {
                        let from = step - length;
                        ahead[from % (LONGEST + 1) * places + previous][index] + evidence.quiet(from, step)
                    };
            }
            let tail = evidence.quiet(step, steps);
            let may_end = step + LONGEST >= evidence.last;
            for (index, score) in here.iter().enumerate().filter(|_| may_end) {
                if score + tail > best_score {
                    (best_end, best_score) = (Some((step, place, index)), score + tail);
                }
            }
            let cell = (step * places + place) * LENGTHS;
            let slot = step % (LONGEST + 1) * places + place;
            prepare(&here, &costs, &mut ahead[slot], &mut changes[cell..cell + LENGTHS]);
        }
    }
    Bars { beats: trace_back(best_end, places, &changes), score: best_score }
}

/// For each length of the next beat, the best length of this one. Each is found from the same score of `here`, in
/// one sweep a change of length.
fn prepare(here: &Lengths, costs: &[Lengths], ahead: &mut Lengths, changes: &mut [u8]) {
    *ahead = [f32::NEG_INFINITY; LENGTHS];
    for (change, costs) in costs.iter().enumerate() {
        // The beat now is `change - REACH` steps longer than the next.
        let (first_here, first_next) = (change.saturating_sub(REACH), REACH.saturating_sub(change));
        let count = LENGTHS - change.abs_diff(REACH);
        let now = &here[first_here..first_here + count];
        let next = &mut ahead[first_next..first_next + count];
        let marks = &mut changes[first_next..first_next + count];
        let costs = &costs[first_next..first_next + count];
        for (((now, next), mark), cost) in now.iter().zip(next).zip(marks).zip(costs) {
            let score = now - cost;
            let better = score > *next;
            *next = if better { score } else { *next };
            *mark = if better { change as u8 } else { *mark };
        }
    }
}

fn change_costs() -> Vec<Lengths> {
    (0..=2 * REACH)
        .map(|change| {
            let difference = (change.abs_diff(REACH) as f32 - 0.5).max(0.0);
            std::array::from_fn(|index| TEMPO_CHANGE_COST * difference / (index + SHORTEST) as f32)
        })
        .collect()
}

fn trace_back(end: Option<(usize, usize, usize)>, places: usize, changes: &[u8]) -> Vec<(usize, u8)> {
    let mut beats = Vec::new();
    let Some((mut step, mut place, mut index)) = end else { return beats };
    loop {
        beats.push((step, place as u8));
        let length = index + SHORTEST;
        if step < length {
            break;
        }
        step -= length;
        place = (place + places - 1) % places;
        let change = usize::from(changes[(step * places + place) * LENGTHS + index]);
        index = index + change - REACH;
    }
    beats.reverse();
    beats
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Clear evidence for bars of `places` beats, `length` frames a beat, from frame `first` on.
    fn evidence(frames: usize, first: usize, length: usize, places: usize) -> Evidence {
        let (mut beat, mut downbeat) = (vec![0.01; frames], vec![0.005; frames]);
        for (count, frame) in (first..frames).step_by(length).enumerate() {
            if count % places == 0 { downbeat[frame] = 0.8 } else { beat[frame] = 0.8 }
        }
        Evidence::new(&beat, &downbeat)
    }

    #[test]
    fn clear_bars_are_found_and_score_best_in_their_own_metre() {
        for places in [2u8, 3, 4, 5, 7] {
            let evidence = evidence(2_000, 17, 23, usize::from(places));
            let bars = decode(&evidence, places);
            let wanted: Vec<_> = (17..2_000)
                .step_by(23)
                .enumerate()
                .map(|(n, f)| (2 * f, (n % usize::from(places)) as u8))
                .collect();
            assert_eq!(bars.beats, wanted, "{places} beats a bar");
            for other in [2, 3, 4, 5, 7] {
                assert!(
                    other == places || decode(&evidence, other).score < bars.score,
                    "{places} as {other}"
                );
            }
        }
    }

    #[test]
    fn a_break_without_evidence_is_counted_through() {
        let (mut beat, downbeat) = (vec![0.04; 1_500], vec![0.01; 1_500]);
        for frame in (25..1_475).step_by(25).filter(|frame| !(500..900).contains(frame)) {
            // As the network hears them: a peak with shoulders.
            beat[frame - 1..=frame + 1].copy_from_slice(&[0.5, 0.95, 0.5]);
        }
        let bars = decode(&Evidence::new(&beat, &downbeat), 4);
        let inside: Vec<_> = bars.beats.iter().filter(|(step, _)| (1_000..1_800).contains(step)).collect();
        assert_eq!(inside.len(), 16, "{inside:?}");
    }

    #[test]
    fn nothing_and_next_to_nothing_are_no_problem() {
        assert!(decode(&Evidence::new(&[], &[]), 4).beats.is_empty());
        assert_eq!(decode(&Evidence::new(&[0.5], &[0.1]), 4).beats.len(), 1);
    }
}
