//! Finds the bars: the sequence of beats and downbeats that explains the evidence best.
//!
//! The bar-pointer model (Whiteley, Cemgil & Godsill 2006; efficient form: Krebs, Böck & Widmer 2015): a hidden
//! pointer runs through the bar, tempo changes only at beats and costs. Because nothing but the beats is decided,
//! the best path is found here by explicit durations: one decision a beat, not one a frame, with the same result.

use super::FRAME_RATE;

/// Shortest and longest beat in frames: 300 and 40 beats a minute.
const SHORTEST: usize = 10;
const LONGEST: usize = 75;
/// A beat may be up to so much longer or shorter than the one before it, in frames.
const REACH: usize = 3;
/// Cost of a beat that is longer or shorter by its whole length; a difference of half a step is for free, because
/// lengths are whole steps here.
const TEMPO_CHANGE_COST: f32 = 100.0;
/// Listeners tap at neither very fast nor very slow beats (Parncutt 1994): beyond these tempi, in beats a minute, each
/// doubling or halving costs so much a second. It decides where two tempi explain a song nearly as well.
const COMFORTABLE: (f32, f32) = (62.0, 110.0);
const DOUBLING_COST: f32 = 1.6;
const HALVING_COST: f32 = 3.0;
/// A chance of a beat from here on counts as one that is heard.
const HEARD: f32 = 0.1;
/// Chances below this count as this.
const FLOOR: f32 = 2e-4;

/// How finely time is cut for the search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Grain {
    /// A step a frame: enough to compare metres, at an eighth of the work.
    Coarse,
    /// Two steps a frame: evidence is interpolated.
    Fine,
}

impl Grain {
    fn steps_a_frame(self) -> usize {
        match self {
            Self::Coarse => 1,
            Self::Fine => 2,
        }
    }

    /// Steps a second.
    fn step_rate(self) -> f64 {
        FRAME_RATE * self.steps_a_frame() as f64
    }
}

/// The best explanation of a song with a given number of beats a bar.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Bars {
    /// Step of each beat, and its place in the bar from 0.
    pub(super) beats: Vec<(usize, u8)>,
    /// Natural logarithm of how well it explains the evidence; comparable between metres of one song at one grain.
    pub(super) score: f32,
    /// Steps a second.
    pub(super) step_rate: f64,
}

impl Bars {
    pub(super) fn seconds(&self, step: usize) -> f64 {
        step as f64 / self.step_rate
    }

    /// The frame of evidence in which a step lies.
    pub(super) fn frame(&self, step: usize) -> usize {
        (self.seconds(step) * FRAME_RATE) as usize
    }
}

/// Evidence at the steps of a grain, as natural logarithms.
pub(super) struct Evidence {
    grain: Grain,
    beat: Vec<f32>,
    downbeat: Vec<f32>,
    /// Running sum of the logarithm of the chance that there is no beat.
    silence: Vec<f32>,
    /// The last step at which a beat is heard: the bars go on until there, whatever breaks come before.
    last: usize,
}

impl Evidence {
    /// From the chances (0–1, for each frame) of a beat that is no downbeat, and of a downbeat.
    pub(super) fn new(beat: &[f32], downbeat: &[f32], grain: Grain) -> Self {
        let (beat, downbeat) = (interpolate(beat, grain), interpolate(downbeat, grain));
        let mut silence = vec![0.0];
        let mut sum = 0.0;
        for (b, d) in beat.iter().zip(&downbeat) {
            sum += libm::logf((1.0 - b - d).max(FLOOR)) / grain.steps_a_frame() as f32;
            silence.push(sum);
        }
        let last = beat.iter().zip(&downbeat).rposition(|(b, d)| b + d > HEARD).unwrap_or(beat.len());
        let log =
            |chances: Vec<f32>| chances.into_iter().map(|chance| libm::logf(chance.max(FLOOR))).collect();
        Self { grain, beat: log(beat), downbeat: log(downbeat), silence, last }
    }

    fn steps(&self) -> usize {
        self.beat.len()
    }

    /// What it costs that there is no beat between the beats at two steps; their own slopes are left out.
    fn quiet(&self, start: usize, end: usize) -> f32 {
        let slope = 2 * self.grain.steps_a_frame();
        let first = if start == 0 { 0 } else { start + slope };
        let last = end.saturating_sub(slope - 1);
        if last <= first { 0.0 } else { self.silence[last] - self.silence[first] }
    }

    fn at(&self, step: usize, place: usize) -> f32 {
        if place == 0 { self.downbeat[step] } else { self.beat[step] }
    }
}

fn interpolate(values: &[f32], grain: Grain) -> Vec<f32> {
    let mut out = Vec::with_capacity(values.len() * grain.steps_a_frame());
    for (index, value) in values.iter().enumerate() {
        out.push(*value);
        if grain == Grain::Fine {
            let next = values.get(index + 1).unwrap_or(value);
            out.push((value + next) / 2.0);
        }
    }
    out
}

/// What every length of a beat and every change of it costs, at a grain.
struct Costs {
    shortest: usize,
    longest: usize,
    reach: usize,
    /// For each length from `shortest` to `longest`.
    lengths: Vec<f32>,
    /// For each change, from `reach` shorter to `reach` longer, and each length of the later beat.
    changes: Vec<Vec<f32>>,
}

impl Costs {
    fn new(grain: Grain) -> Self {
        let fine = grain.steps_a_frame();
        let (shortest, longest, reach) = (SHORTEST * fine, LONGEST * fine, REACH * fine);
        let lengths = (shortest..=longest).map(|length| tempo_cost(length as f32 / grain.step_rate() as f32));
        let changes = (0..=2 * reach).map(|change| {
            let difference = (change.abs_diff(reach) as f32 - 0.5).max(0.0);
            (shortest..=longest).map(|length| TEMPO_CHANGE_COST * difference / length as f32).collect()
        });
        Self { shortest, longest, reach, lengths: lengths.collect(), changes: changes.collect() }
    }
}

/// What a beat of this many seconds costs for its tempo.
fn tempo_cost(seconds: f32) -> f32 {
    let tempo = 60.0 / seconds;
    let (slow, fast) = COMFORTABLE;
    let doublings = libm::log2f(tempo / fast).max(0.0);
    let halvings = libm::log2f(slow / tempo).max(0.0);
    seconds * (DOUBLING_COST * doublings + HALVING_COST * halvings)
}

/// Finds the best bars of `beats_per_bar` beats.
pub(super) fn decode(evidence: &Evidence, beats_per_bar: u8) -> Bars {
    let steps = evidence.steps();
    let places = usize::from(beats_per_bar).max(1);
    let costs = Costs::new(evidence.grain);
    let (count, ring) = (costs.lengths.len(), costs.longest + 1);
    // ahead[step % ring][place][length]: the best score of a beat at `step` if the next beat comes `length` later.
    let mut ahead = vec![f32::NEG_INFINITY; ring * places * count];
    // Which change of length led there.
    let mut changes = vec![0u8; steps * places * count];
    let start_cost = libm::logf((places * count) as f32);
    let (mut best_end, mut best_score) = (None, f32::NEG_INFINITY);
    let (mut since, mut here) = (vec![0.0; count], vec![0.0; count]);
    let mut marks = vec![0; count];
    for step in 0..steps {
        for (index, score) in since.iter_mut().enumerate() {
            *score = match step.checked_sub(index + costs.shortest) {
                Some(from) => evidence.quiet(from, step) - costs.lengths[index],
                // The first beat: what came before it was none.
                None => evidence.quiet(0, step) - start_cost,
            };
        }
        let reachable = (step + 1).saturating_sub(costs.shortest).min(count);
        for place in 0..places {
            let previous = (place + places - 1) % places;
            let chance = evidence.at(step, place);
            let mut slot = (step + ring - costs.shortest) % ring;
            for (index, (score, since)) in here.iter_mut().zip(&since).enumerate() {
                *score = chance + since;
                if index < reachable {
                    *score += ahead[(slot * places + previous) * count + index];
                }
                slot = if slot == 0 { ring - 1 } else { slot - 1 };
            }
            if step + costs.longest >= evidence.last {
                let tail = evidence.quiet(step, steps);
                for (index, score) in here.iter().enumerate() {
                    if score + tail > best_score {
                        (best_end, best_score) = (Some((step, place, index)), score + tail);
                    }
                }
            }
            let next = &mut ahead[(step % ring * places + place) * count..][..count];
            prepare(&here, &costs, next, &mut marks);
            let cell = (step * places + place) * count;
            for (change, mark) in changes[cell..cell + count].iter_mut().zip(&marks) {
                *change = *mark as u8;
            }
        }
    }
    let beats = trace_back(best_end, places, &costs, &changes);
    Bars { beats, score: best_score, step_rate: evidence.grain.step_rate() }
}

/// For each length of the next beat, the best length of this one: one sweep over all lengths for each change, in
/// lanes of one width, so that the compiler can do several lengths at a time.
fn prepare(here: &[f32], costs: &Costs, ahead: &mut [f32], marks: &mut [u32]) {
    ahead.fill(f32::NEG_INFINITY);
    let reach = costs.reach;
    for (change, costs) in costs.changes.iter().enumerate() {
        // The beat now is `change - reach` steps longer than the next.
        let (first_here, first_next) = (change.saturating_sub(reach), reach.saturating_sub(change));
        let count = here.len() - change.abs_diff(reach);
        let now = &here[first_here..first_here + count];
        let next = &mut ahead[first_next..first_next + count];
        let marks = &mut marks[first_next..first_next + count];
        let costs = &costs[first_next..first_next + count];
        for (((now, next), mark), cost) in now.iter().zip(next).zip(marks).zip(costs) {
            let score = now - cost;
            let better = score > *next;
            *mark = if better { change as u32 } else { *mark };
            *next = if better { score } else { *next };
        }
    }
}

fn trace_back(
    end: Option<(usize, usize, usize)>,
    places: usize,
    costs: &Costs,
    changes: &[u8],
) -> Vec<(usize, u8)> {
    let mut beats = Vec::new();
    let Some((mut step, mut place, mut index)) = end else { return beats };
    loop {
        beats.push((step, place as u8));
        let length = index + costs.shortest;
        if step < length {
            break;
        }
        step -= length;
        place = (place + places - 1) % places;
        let change = usize::from(changes[(step * places + place) * costs.lengths.len() + index]);
        index = index + change - costs.reach;
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
        Evidence::new(&beat, &downbeat, Grain::Fine)
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
        let bars = decode(&Evidence::new(&beat, &downbeat, Grain::Fine), 4);
        let inside: Vec<_> = bars.beats.iter().filter(|(step, _)| (1_000..1_800).contains(step)).collect();
        assert_eq!(inside.len(), 16, "{inside:?}");
    }

    #[test]
    fn nothing_and_next_to_nothing_are_no_problem() {
        assert!(decode(&Evidence::new(&[], &[], Grain::Fine), 4).beats.is_empty());
        assert_eq!(decode(&Evidence::new(&[0.5], &[0.1], Grain::Coarse), 4).beats.len(), 1);
    }
}
