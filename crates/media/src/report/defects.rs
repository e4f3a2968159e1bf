//! Black, frozen, doubled and missing frames.

use super::picture::FrameFacts;
use mv_core::{FrameRate, Seconds};
use std::ops::Range;

/// A black frame is at most this bright, of 255: on average, and anywhere.
const BLACK_MEAN: f64 = 2.5;
const BLACK_BRIGHTEST: u8 = 14;
/// How long the same picture must stand to be frozen.
const FROZEN: Seconds = Seconds(0.5);
/// A doubled frame stands still while every frame around it moves: by this much on average, and this many times as much.
/// Pictures drawn or made at a lower rate of their own stand still again and again: that is no accident.
const MOVING: f64 = 0.3;
const DUPLICATE_RATIO: f64 = 6.0;
/// Frames on either side that must move, and how many may stand still in a row.
const NEIGHBOURS: usize = 4;
const MOST_REPEATS: usize = 3;

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

/// Frames that repeat the one before them while the picture moves without a pause around them.
pub(super) fn duplicates(frames: &[FrameFacts]) -> Vec<u64> {
    let least = |frames: &[FrameFacts]| frames.iter().map(|f| f.difference).fold(f64::INFINITY, f64::min);
    let mut found = Vec::new();
    // The first frame has none before it, and both sides must be whole to be judged.
    let mut at = 1 + NEIGHBOURS;
    while at + NEIGHBOURS < frames.len() {
        let repeats = (1..=MOST_REPEATS).find(|count| {
            let Some(after) = frames.get(at + count..at + count + NEIGHBOURS) else { return false };
            let motion = least(&frames[at - NEIGHBOURS..at]).min(least(after));
            let still = |frame: &FrameFacts| frame.difference * DUPLICATE_RATIO <= motion;
            motion >= MOVING && frames[at..at + count].iter().all(still)
        });
        found.extend((at..at + repeats.unwrap_or(0)).map(|index| index as u64));
        at += repeats.unwrap_or(1);
    }
    found
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
