//! How two pictures become one, frame by frame, on 8-bit planes and in whole numbers: the same bytes on any machine.

use mv_core::vocabulary::TransitionKind;
use mv_core::{Canvas, YuvFrame};
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

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
    static ROOTS: LazyLock<Vec<u8>> =
        LazyLock::new(|| (0..=255u32 * 255).map(|square| square.isqrt() as u8).collect());
    let roots = ROOTS.as_slice();
    let light = |y: u8| u32::from(y) * u32::from(y);
    for ((out, a), b) in out.y.iter_mut().zip(&from.y).zip(&to.y) {
        // A mix of equals is the square itself, whose root is exact.
        let mixed = (light(*a) * (256 - weight) + light(*b) * weight + 128) >> 8;
        *out = roots[mixed as usize];
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
///
/// As in a camera the light first multiplies: highlights burn out while the dark parts are still dark.
fn flash(index: u64, half: u64, frames: u64, from: &YuvFrame, to: &YuvFrame, out: &mut YuvFrame) {
    let (source, light) = if index < half {
        let rise = (index as i64 + 1) * ONE / (half as i64 + 1);
        (from, times(times(rise, rise), rise))
    } else {
        let left = (frames - index) as i64 * ONE / ((frames - half).max(1)) as i64;
        (to, times(left, left))
    };
    let (gain, white) = (256 + to_weight(light) * 3 / 2, to_weight(times(light, light)));
    fade_to(source, out, WHITE, to_weight(light));
    for (out, source) in out.y.iter_mut().zip(&source.y) {
        let lit = u32::from(BLACK) + ((u32::from(source.saturating_sub(BLACK)) * gain) >> 8);
        *out = lerp(lit.min(u32::from(WHITE)) as u8, WHITE, white);
    }
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
    between: Option<YuvFrame>,
}

/// The blur is made by laying each picture over itself so many times, twice as far apart each time: as smooth as
/// sixteen exposures at the price of eight.
const DOUBLINGS: i64 = 4;
/// How far the zoom goes at the boundary: the first picture is this many times larger, the second as much smaller.
const FARTHEST: i64 = 3 * ONE;
/// The two are mixed within this share of the time on each side of the middle.
const OVERLAP: i64 = ONE / 6;
/// The share of the whole zoom's time that the shutter stays open for.
const SHUTTER: i64 = ONE / 14;

impl Zoom {
    fn blend(&mut self, time: i64, from: &YuvFrame, to: &YuvFrame, out: &mut YuvFrame) {
        let weight = to_weight(smoothstep(((time - ONE / 2 + OVERLAP) * ONE / (2 * OVERLAP)).clamp(0, ONE)));
        let between = self.between.get_or_insert_with(|| YuvFrame::black(from.canvas));
        if weight < 256 {
            let before = self.before.get_or_insert_with(|| YuvFrame::black(from.canvas));
            let (scale, blur) = movement(time);
            rush(from, before, between, scale, blur);
        }
        if weight > 0 {
            // The second half is the first one backwards in time and in scale.
            let after = self.after.get_or_insert_with(|| YuvFrame::black(to.canvas));
            let (scale, blur) = movement(ONE - time);
            rush(to, after, between, ONE * ONE / scale, blur);
        }
        match (&self.before, &self.after) {
            (Some(before), Some(after)) if weight > 0 && weight < 256 => mix(before, after, out, weight),
            (Some(before), _) if weight == 0 => out.clone_from(before),
            (_, Some(after)) => out.clone_from(after),
            _ => {}
        }
    }
}

/// How large the first picture is at a time, and how much that changes, in proportion, while the shutter is open.
fn movement(time: i64) -> (i64, i64) {
    // 0 at the start, 1 at the boundary, and beyond it while the two overlap.
    let at = 2 * time;
    let scale = ONE + times(FARTHEST - ONE, times(times(at, at), at));
    let speed = times(FARTHEST - ONE, 3 * times(at, at));
    (scale, times(speed, SHUTTER) * ONE / scale)
}

/// Scales a picture about its centre and blurs it towards it; past its edges it is mirrored.
fn rush(source: &YuvFrame, out: &mut YuvFrame, between: &mut YuvFrame, scale: i64, blur: i64) {
    if blur < 64 {
        out.clone_from(source);
        return;
    }
    for doubling in 0..DOUBLINGS {
        let apart = blur >> (DOUBLINGS + 1 - doubling);
        let scale = if doubling == 0 { scale } else { ONE };
        let pair = [times(scale, ONE - apart), times(scale, ONE + apart)];
        // It ends in `out`, for the number of doublings is even.
        match doubling {
            0 => expose_twice(source, between, pair),
            d if d % 2 == 1 => expose_twice(between, out, pair),
            _ => expose_twice(out, between, pair),
        }
    }
}

/// The mean of a picture at two scales.
fn expose_twice(source: &YuvFrame, out: &mut YuvFrame, scales: [i64; 2]) {
    let Canvas { width, height } = source.canvas;
    for (plane, (out, source)) in planes_mut(out).into_iter().zip(planes(source)).enumerate() {
        let shift = u32::from(plane > 0);
        let (width, height) = ((width >> shift) as usize, (height >> shift) as usize);
        let [near, far] = scales.map(|scale| (places(width, scale), places(height, scale)));
        for (y, out) in out.chunks_exact_mut(width).enumerate() {
            let [near_row, far_row] = [&near.1[y], &far.1[y]].map(|row| Row::of(source, width, row));
            for ((out, near), far) in out.iter_mut().zip(&near.0).zip(&far.0) {
                *out = ((near_row.at(near) + far_row.at(far) + (1 << 16)) >> 17) as u8;
            }
        }
    }
}

/// Two neighbouring lines of a plane, and 256ths of the second.
struct Row<'a> {
    upper: &'a [u8],
    lower: &'a [u8],
    share: u32,
}

impl<'a> Row<'a> {
    fn of(source: &'a [u8], width: usize, place: &Place) -> Self {
        let line = |index: u32| &source[index as usize * width..][..width];
        Self { upper: line(place.first), lower: line(place.second), share: place.share }
    }

    /// The sample between four, in 65536ths.
    fn at(&self, column: &Place) -> u32 {
        let across = |line: &[u8]| {
            u32::from(line[column.first as usize]) * (256 - column.share)
                + u32::from(line[column.second as usize]) * column.share
        };
        across(self.upper) * (256 - self.share) + across(self.lower) * self.share
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
