//! How two pictures become one, frame by frame, on 8-bit planes and in whole numbers: the same bytes on any machine.

use mv_core::vocabulary::TransitionKind;
use mv_core::{Canvas, YuvFrame};
use serde::{Deserialize, Serialize};

/// One in 16.16 fixed point.
const ONE: i64 = 1 << 16;
/// White and black of limited-range luma, and the colour that is none.
const WHITE: u8 = 235;
const BLACK: u8 = 16;
const GREY: u8 = 128;

/// Which way a wipe travels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    #[default]
    Rightward,
    Leftward,
}

/// A transition of so many frames, and what it needs to draw each of them.
pub struct Transition {
    kind: TransitionKind,
    direction: Direction,
    frames: u64,
    zoom: Zoom,
}

impl Transition {
    /// A transition of `frames` frames, an even number: the boundary lies before frame `frames / 2`.
    pub fn new(kind: TransitionKind, direction: Direction, frames: u64) -> Self {
        Self { kind, direction, frames, zoom: Zoom::default() }
    }

    /// Draws frame `index` over all of `out`. All three frames have the same canvas.
    pub fn blend(&mut self, index: u64, from: &YuvFrame, to: &YuvFrame, out: &mut YuvFrame) {
        // Time is taken at the middle of the frame, so that both halves mirror each other.
        let half = (self.frames / 2).max(1);
        let time = (2 * index as i64 + 1) * ONE / (2 * self.frames.max(1) as i64);
        match self.kind {
            TransitionKind::Cut => out.clone_from(if index < half { from } else { to }),
            TransitionKind::Crossfade => mix(from, to, out, to_weight(time)),
            TransitionKind::Dissolve => dissolve(from, to, out, to_weight(smootherstep(time))),
            TransitionKind::Flash => flash(index, half, self.frames, from, to, out),
            TransitionKind::Dip => {
                let (source, clear) =
                    if index < half { (from, ONE - 2 * time) } else { (to, 2 * time - ONE) };
                fade_to(source, out, BLACK, 256 - to_weight(smoothstep(clear)));
            }
            TransitionKind::Wipe => wipe(smoothstep(time), self.direction, from, to, out),
            TransitionKind::Zoom => self.zoom.blend(time, from, to, out),
        }
    }
}

/// 16.16 to a weight of 0–256.
fn to_weight(share: i64) -> u32 {
    ((share.clamp(0, ONE) * 256 + ONE / 2) >> 16) as u32
}

fn times(a: i64, b: i64) -> i64 {
    (a * b) >> 16
}

/// 3t² − 2t³.
fn smoothstep(t: i64) -> i64 {
    times(times(t, t), 3 * ONE - 2 * t)
}

/// 6t⁵ − 15t⁴ + 10t³: eased so far that its ends are at rest.
fn smootherstep(t: i64) -> i64 {
    times(times(times(t, t), t), times(t, 6 * t - 15 * ONE) + 10 * ONE)
}

fn planes(frame: &YuvFrame) -> [&[u8]; 3] {
    [&frame.y, &frame.u, &frame.v]
}

fn planes_mut(frame: &mut YuvFrame) -> [&mut [u8]; 3] {
    [&mut frame.y, &mut frame.u, &mut frame.v]
}

/// `weight` 256ths of `b` over `a`.
fn lerp(a: u8, b: u8, weight: u32) -> u8 {
    ((u32::from(a) * (256 - weight) + u32::from(b) * weight + 128) >> 8) as u8
}

fn mix_plane(a: &[u8], b: &[u8], out: &mut [u8], weight: u32) {
    for ((out, a), b) in out.iter_mut().zip(a).zip(b) {
        *out = lerp(*a, *b, weight);
    }
}

fn mix(from: &YuvFrame, to: &YuvFrame, out: &mut YuvFrame, weight: u32) {
    for ((out, a), b) in planes_mut(out).into_iter().zip(planes(from)).zip(planes(to)) {
        mix_plane(a, b, out, weight);
    }
}

/// Luma is mixed as light is, by its square: bright parts come early and go late, as on a film printer.
fn dissolve(from: &YuvFrame, to: &YuvFrame, out: &mut YuvFrame, weight: u32) {
    let table: Vec<u8> = (0..=255u32 * 255).map(|square| (square.isqrt()) as u8).collect();
    let light = |y: u8| u32::from(y) * u32::from(y);
    for ((out, a), b) in out.y.iter_mut().zip(&from.y).zip(&to.y) {
        // Rounded up by one square so that a mix of equals is that same value.
        let mixed = (light(*a) * (256 - weight) + light(*b) * weight + 128) >> 8;
        *out = table[mixed as usize];
    }
    mix_plane(&from.u, &to.u, &mut out.u, weight);
    mix_plane(&from.v, &to.v, &mut out.v, weight);
}

fn fade_to(source: &YuvFrame, out: &mut YuvFrame, luma: u8, weight: u32) {
    for ((out, source), goal) in planes_mut(out).into_iter().zip(planes(source)).zip([luma, GREY, GREY]) {
        for (out, source) in out.iter_mut().zip(source) {
            *out = lerp(*source, goal, weight);
        }
    }
}

/// White is reached on the boundary's frame, by a short steep rise before it, and gives way slowly after.
fn flash(index: u64, half: u64, frames: u64, from: &YuvFrame, to: &YuvFrame, out: &mut YuvFrame) {
    let (source, white) = if index < half {
        let rise = (index as i64 + 1) * ONE / (half as i64 + 1);
        (from, times(times(rise, rise), rise))
    } else {
        let left = (frames - index) as i64 * ONE / ((frames - half).max(1)) as i64;
        (to, times(left, left))
    };
    fade_to(source, out, WHITE, to_weight(white));
}

/// A soft edge crosses the picture; it starts and ends outside of it.
fn wipe(time: i64, direction: Direction, from: &YuvFrame, to: &YuvFrame, out: &mut YuvFrame) {
    let Canvas { width, .. } = from.canvas;
    for (plane, ((out, a), b)) in planes_mut(out).into_iter().zip(planes(from)).zip(planes(to)).enumerate() {
        let width = if plane == 0 { width } else { width / 2 } as usize;
        let edge = (width as i64 / 7).max(2);
        let front = times(time, width as i64 + edge);
        let weights: Vec<u32> = (0..width as i64)
            .map(|x| {
                let travelled = if direction == Direction::Rightward { x } else { width as i64 - 1 - x };
                to_weight(smoothstep(((front - travelled) * ONE / edge).clamp(0, ONE)))
            })
            .collect();
        for ((out, a), b) in out.chunks_exact_mut(width).zip(a.chunks_exact(width)).zip(b.chunks_exact(width))
        {
            for (((out, a), b), weight) in out.iter_mut().zip(a).zip(b).zip(&weights) {
                *out = lerp(*a, *b, *weight);
            }
        }
    }
}

/// The picture rushes in, and the next one arrives from as far away, in one movement: both are blurred along it.
#[derive(Default)]
struct Zoom {
    before: Option<YuvFrame>,
    after: Option<YuvFrame>,
}

/// Pictures that are laid over each other to blur along the movement.
const TAPS: i64 = 6;
/// How far the zoom goes at the boundary: the first picture is this many times larger, the second as much smaller.
const FARTHEST: i64 = 3 * ONE;
/// The two are mixed within this share of the time on each side of the middle.
const OVERLAP: i64 = ONE / 6;

impl Zoom {
    fn blend(&mut self, time: i64, from: &YuvFrame, to: &YuvFrame, out: &mut YuvFrame) {
        let weight = to_weight(smoothstep(((time - ONE / 2 + OVERLAP) * ONE / (2 * OVERLAP)).clamp(0, ONE)));
        if weight < 256 {
            rush(from, self.before.get_or_insert_with(|| YuvFrame::black(from.canvas)), |tap| {
                spread(time, tap)
            });
        }
        if weight > 0 {
            // The second half is the first one backwards in time and in scale.
            let scale = |tap| ONE * ONE / spread(ONE - time, tap);
            rush(to, self.after.get_or_insert_with(|| YuvFrame::black(to.canvas)), scale);
        }
        match (&self.before, &self.after) {
            (Some(before), Some(after)) if weight > 0 && weight < 256 => mix(before, after, out, weight),
            (Some(before), _) if weight == 0 => out.clone_from(before),
            (_, Some(after)) => out.clone_from(after),
            _ => {}
        }
    }
}

/// How large the first picture is for a tap at a time: the taps lie within the movement of half a frame's shutter.
fn spread(time: i64, tap: i64) -> i64 {
    // 0 at the start, 1 at the boundary, and beyond it while the two overlap.
    let at = 2 * time;
    let eased = times(times(at, at), at);
    let speed = 3 * times(at, at);
    let shutter = (tap - TAPS / 2) * ONE / (TAPS * 14);
    (ONE + times(FARTHEST - ONE, eased + times(speed, shutter))).max(ONE)
}

/// Scales a picture about its centre, averaged over the taps' scales; past its edges it is mirrored.
fn rush(source: &YuvFrame, out: &mut YuvFrame, scale: impl Fn(i64) -> i64) {
    let scales: Vec<i64> = (0..TAPS).map(scale).collect();
    let still = scales.iter().all(|scale| (scale - ONE).abs() < 32);
    let Canvas { width, height } = source.canvas;
    for (plane, (out, source)) in planes_mut(out).into_iter().zip(planes(source)).enumerate() {
        if still {
            out.copy_from_slice(source);
            continue;
        }
        let shift = u32::from(plane > 0);
        let (width, height) = ((width >> shift) as usize, (height >> shift) as usize);
        let columns: Vec<Vec<Place>> = scales.iter().map(|s| places(width, *s)).collect();
        let rows: Vec<Vec<Place>> = scales.iter().map(|s| places(height, *s)).collect();
        let mut sums = vec![0u32; width];
        for (y, out) in out.chunks_exact_mut(width).enumerate() {
            sums.fill(0);
            for (columns, rows) in columns.iter().zip(&rows) {
                let row = &rows[y];
                let upper = &source[row.first as usize * width..][..width];
                let lower = &source[row.second as usize * width..][..width];
                for (sum, column) in sums.iter_mut().zip(columns) {
                    let (left, right) = (column.first as usize, column.second as usize);
                    let across = |line: &[u8]| {
                        u32::from(line[left]) * (256 - column.share) + u32::from(line[right]) * column.share
                    };
                    *sum += (across(upper) * (256 - row.share) + across(lower) * row.share) >> 8;
                }
            }
            for (out, sum) in out.iter_mut().zip(&sums) {
                *out = ((sum + (TAPS as u32 * 128)) / (TAPS as u32 * 256)).min(255) as u8;
            }
        }
    }
}

/// Two neighbouring samples and 256ths of the second.
struct Place {
    first: u32,
    second: u32,
    share: u32,
}

/// Where each sample of a line comes from when the line is scaled about its centre.
fn places(length: usize, scale: i64) -> Vec<Place> {
    let length = length as i64;
    let mirrored = |at: i64| {
        let folded = at.rem_euclid(2 * length);
        (if folded < length { folded } else { 2 * length - 1 - folded }) as u32
    };
    (0..length)
        .map(|x| {
            // Doubled coordinates, so that the centre of an even line is whole.
            let from_centre = (2 * x + 1 - length) * ONE * ONE / scale;
            let position = (from_centre + (length - 1) * ONE) >> 1;
            let first = position >> 16;
            Place {
                first: mirrored(first),
                second: mirrored(first + 1),
                share: ((position & (ONE - 1)) >> 8) as u32,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SMALL: Canvas = Canvas::new(32, 18);

    fn flat(y: u8, u: u8, v: u8) -> YuvFrame {
        let mut frame = YuvFrame::black(SMALL);
        frame.y.fill(y);
        frame.u.fill(u);
        frame.v.fill(v);
        frame
    }

    fn blended(kind: TransitionKind, index: u64, frames: u64, from: &YuvFrame, to: &YuvFrame) -> YuvFrame {
        let mut out = YuvFrame::black(SMALL);
        Transition::new(kind, Direction::Rightward, frames).blend(index, from, to, &mut out);
        out
    }

    proptest! {
        #[test]
        fn a_picture_joined_with_itself_stays_itself(
            y in 16u8..=235, u in 16u8..=240, v in 16u8..=240, half in 1u64..40, index in 0u64..80,
        ) {
            let (picture, frames) = (flat(y, u, v), half * 2);
            let through = [TransitionKind::Flash, TransitionKind::Dip];
            for kind in TransitionKind::ALL.iter().filter(|kind| !through.contains(kind)) {
                let out = blended(*kind, index % frames, frames, &picture, &picture);
                prop_assert_eq!(&out, &picture, "{} {}", kind, index % frames);
            }
        }

        #[test]
        fn every_kind_stays_legal_and_goes_from_one_to_the_other(half in 1u64..40, index in 0u64..80) {
            let (from, to, frames) = (flat(40, 90, 160), flat(200, 150, 100), half * 2);
            for kind in TransitionKind::ALL {
                let out = blended(*kind, index % frames, frames, &from, &to);
                prop_assert!(out.y.iter().all(|y| (16..=235).contains(y)), "{}", kind);
                prop_assert!(out.u.iter().chain(&out.v).all(|c| (90..=160).contains(c)), "{}", kind);
            }
        }
    }

    #[test]
    fn long_transitions_start_at_the_one_and_end_at_the_other() {
        let (from, to) = (flat(40, 90, 160), flat(200, 150, 100));
        for kind in TransitionKind::ALL {
            let first = blended(*kind, 0, 96, &from, &to);
            let last = blended(*kind, 95, 96, &from, &to);
            let near = |a: &YuvFrame, b: &YuvFrame| a.y.iter().zip(&b.y).all(|(a, b)| a.abs_diff(*b) <= 6);
            assert!(near(&first, &from), "{kind} starts with {}", first.y[0]);
            assert!(
                near(&last, &to) || *kind == TransitionKind::Flash && last.y[0] >= 200,
                "{kind}: {}",
                last.y[0]
            );
        }
    }

    #[test]
    fn a_flash_is_white_on_the_boundary_and_a_dip_darkest_around_it() {
        let (from, to) = (flat(40, 90, 160), flat(100, 150, 100));
        let luma = |kind, index| blended(kind, index, 12, &from, &to).y[0];
        let flash: Vec<u8> = (0..12).map(|i| luma(TransitionKind::Flash, i)).collect();
        assert_eq!(flash[6], WHITE);
        assert!(flash.iter().enumerate().all(|(i, y)| i == 6 || *y < WHITE), "{flash:?}");
        assert_eq!(luma(TransitionKind::Flash, 0), luma(TransitionKind::Flash, 0));
        let dip: Vec<u8> = (0..12).map(|i| luma(TransitionKind::Dip, i)).collect();
        assert!(dip[5] <= 20 && dip[6] <= 20 && dip[0] > 35 && dip[11] > 90, "{dip:?}");
    }

    #[test]
    fn a_crossfade_is_even_about_its_middle() {
        let (from, to) = (flat(40, 128, 128), flat(200, 128, 128));
        for index in 0..12 {
            let there = i32::from(blended(TransitionKind::Crossfade, index, 12, &from, &to).y[0]) - 40;
            let back = 200 - i32::from(blended(TransitionKind::Crossfade, 11 - index, 12, &from, &to).y[0]);
            assert!((there - back).abs() <= 1);
        }
    }

    #[test]
    fn a_wipe_travels_the_way_it_is_told() {
        let (from, to) = (flat(40, 128, 128), flat(200, 128, 128));
        let mut out = YuvFrame::black(SMALL);
        Transition::new(TransitionKind::Wipe, Direction::Rightward, 12).blend(6, &from, &to, &mut out);
        assert!(out.y[0] == 200 && out.y[31] == 40);
        Transition::new(TransitionKind::Wipe, Direction::Leftward, 12).blend(6, &from, &to, &mut out);
        assert!(out.y[0] == 40 && out.y[31] == 200);
    }
}
