//! Black, frozen, doubled and missing frames.

use super::picture::FrameFacts;
use mv_core::{FrameRate, Seconds};
use std::ops::Range;

/// A black frame is at most this bright, of 255: on average, and anywhere.
const BLACK_MEAN: f64 = 2.5;
const BLACK_BRIGHTEST: u8 = 14;
/// How long the same picture must stand to be frozen.
const FROZEN: Seconds = Seconds(0.5);
/// A doubled frame stands still while the frames around it move: by this much on average, and this many times as much.
const MOVING: f64 = 0.12;
const DUPLICATE_RATIO: f64 = 6.0;
/// Frames around it that are looked at.
const NEIGHBOURS: usize = 4;
/// A stretch in which more than one frame in so many is doubled has a lower frame rate of its own: it is no accident.
const CADENCE: usize = 8;

/// Runs of black frames.
pub(super) fn black(frames: &[FrameFacts]) -> Vec<Range<u64>> {
    runs(frames, |frame| frame.mean <= BLACK_MEAN && frame.brightest <= BLACK_BRIGHTEST)
}

/// Runs in which one picture stands for half a second or more, from its first frame; black ones are not among them.
pub(super) fn frozen(frames: &[FrameFacts], rate: FrameRate) -> Vec<Range<u64>> {
    let least = FROZEN.to_frame(rate).0;
    runs(frames, |frame| frame.held > 0 && frame.mean > BLACK_MEAN)
        .into_iter()
        // The first frame of the picture differs from the one before it.
        .map(|run| run.start - 1..run.end)
        .filter(|run| run.end - run.start >= least)
        .collect()
}

/// Frames that repeat the one before them while the picture moves around them.
pub(super) fn duplicates(frames: &[FrameFacts]) -> Vec<u64> {
    let usual = |frames: &[FrameFacts]| {
        let mut motion: Vec<f64> = frames.iter().map(|frame| frame.difference).collect();
        motion.sort_by(f64::total_cmp);
        // The lower of two middles: a hard change among still frames is no motion.
        motion.get(motion.len().saturating_sub(1) / 2).copied()
    };
    let repeats = |index: usize| {
        let before = usual(&frames[index.saturating_sub(NEIGHBOURS).max(1)..index]);
        let after = usual(&frames[index + 1..(index + 1 + NEIGHBOURS).min(frames.len())]);
        // Beside a transition one side changes far more than any motion: the calmer side tells what is usual.
        let usual = before.unwrap_or(f64::INFINITY).min(after.unwrap_or(f64::INFINITY));
        usual.is_finite() && usual >= MOVING && frames[index].difference * DUPLICATE_RATIO <= usual
    };
    let all: Vec<usize> = (1..frames.len()).filter(|index| repeats(*index)).collect();
    let crowded = |index: usize| {
        let near = all.iter().filter(|other| other.abs_diff(index) <= CADENCE * 2).count();
        near > 4
    };
    all.iter().filter(|index| !crowded(**index)).map(|index| *index as u64).collect()
}

/// Places in the film's clock where a frame is not shown for exactly one frame's time: `times` are in order.
pub(super) fn uneven(times: &[f64], rate: FrameRate) -> Vec<u64> {
    let step = 1.0 / f64::from(rate.get());
    // A film's clock counts in a multiple of its frame rate: nothing is rounded.
    let uneven = |pair: &[f64]| (pair[1] - pair[0] - step).abs() > 0.0002;
    times.windows(2).zip(1..).filter(|(pair, _)| uneven(pair)).map(|(_, index)| index).collect()
}

fn runs(frames: &[FrameFacts], is: impl Fn(&FrameFacts) -> bool) -> Vec<Range<u64>> {
    let mut runs: Vec<Range<u64>> = Vec::new();
    for (index, frame) in (0u64..).zip(frames) {
        if is(frame) {
            match runs.last_mut() {
                Some(run) if run.end == index => run.end += 1,
                _ => runs.push(index..index + 1),
            }
        }
    }
    runs
}
