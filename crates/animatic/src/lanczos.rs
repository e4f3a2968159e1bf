//! Lanczos resampling with three lobes: a picture once to the size it is filmed at, and rows of it for every frame.
//!
//! A bilinear sample is sharp on a pixel and soft between two, so a slowly moving photograph shimmers. Three lobes
//! pass the same detail wherever between two pixels a sample falls. What is done for every frame is on integers, so it
//! comes to the same bytes whichever instructions the machine has.

#![expect(
    clippy::inline_always,
    reason = "what is not inlined is not compiled for the machine's own vectors"
)]

use crate::blend::{byte, dither};
use crate::plane::{PAD, Plane};
use crate::sampler::{Axis, CHUNK};
use crate::wave::sine;
use fearless_simd::{Level, dispatch};
use image::RgbaImage;
use rayon::prelude::*;
use std::sync::LazyLock;
use tiny_skia::{Pixmap, PremultipliedColorU8};

const LOBES: f64 = 3.0;
/// Samples that one position weighs.
const TAPS: usize = 6;
/// Samples that a lane of a chunk may need: its six, and as many as the last lane may stray from an even step of 1.
const REACH: usize = TAPS + STRAY;
const STRAY: usize = 2;
/// How far a step between samples may be from 1.
#[cfg(test)]
pub(crate) const STEP_RANGE: f64 = STRAY as f64 / (CHUNK - 1) as f64;
/// Weights are in 2^-14.
const ONE: i32 = 1 << 14;
/// Positions between two samples that are told apart.
const PHASES: usize = 256;

/// The kernel at `x` samples from its middle.
fn kernel(x: f64) -> f64 {
    if x == 0.0 {
        1.0
    } else if x.abs() >= LOBES {
        0.0
    } else {
        let at = std::f64::consts::PI * x;
        LOBES * sine(x / 2.0) * sine(x / LOBES / 2.0) / (at * at)
    }
}

/// Weights of the samples from two before to three after a position, by its phase; each row sums to one exactly.
static WEIGHTS: LazyLock<Vec<[i16; TAPS]>> = LazyLock::new(|| {
    let row = |phase: usize| {
        let phase = phase as f64 / PHASES as f64;
        let raw: [f64; TAPS] = std::array::from_fn(|tap| kernel(tap as f64 - 2.0 - phase));
        let sum: f64 = raw.iter().sum();
        let mut fixed = raw.map(|weight| (weight / sum * f64::from(ONE)).round() as i16);
        let rest = ONE - fixed.iter().map(|weight| i32::from(*weight)).sum::<i32>();
        fixed[if phase < 0.5 { 2 } else { 3 }] += rest as i16;
        fixed
    };
    (0..PHASES).map(row).collect()
});

/// The columns and weights of a whole row of the frame.
pub(crate) struct FineTaps {
    /// First column of each chunk, counted from the start of the padded row.
    bases: Vec<u32>,
    weights: Vec<[[i16; CHUNK]; REACH]>,
}

impl FineTaps {
    /// Works out `chunks` chunks along `axis` on rows of `width` samples. Its step is within 2/15 of 1: what a
    /// lane may stray, over the lanes of a chunk.
    pub(crate) fn new(axis: Axis, chunks: usize, width: usize) -> Self {
        let (mut bases, mut weights) = (Vec::with_capacity(chunks), Vec::with_capacity(chunks));
        let highest = (width + 2 * PAD - CHUNK - REACH) as i64;
        for chunk in 0..chunks {
            let at = |lane: usize| axis.row(chunk * CHUNK + lane);
            let (first, last) = (at(0).0, at(CHUNK - 1).0);
            // At steps below 1 the last sample falls back behind its lane; the chunk starts that much earlier.
            let base = first - (CHUNK as i64 - 1 - (last - first)).max(0);
            let mut table = [[0_i16; CHUNK]; REACH];
            for lane in 0..CHUNK {
                let (column, phase) = at(lane);
                let stray = (column - base - lane as i64).clamp(0, STRAY as i64) as usize;
                for (row, weight) in table[stray..].iter_mut().zip(WEIGHTS[usize::from(phase)]) {
                    row[lane] = weight;
                }
            }
            bases.push((base + PAD as i64 - 2).clamp(0, highest) as u32);
            weights.push(table);
        }
        Self { bases, weights }
    }

    /// Samples a whole row at a position down a plane, as [`Axis::row`] gives it. Values come out in 8.8 fixed point;
    /// `line` is scratch of at least a padded row.
    pub(crate) fn sample(&self, plane: &Plane, (row, phase): (i64, u16), line: &mut [i16], out: &mut [u16]) {
        let rows: [&[u8]; TAPS] = std::array::from_fn(|tap| plane.row(row + tap as i64 - 2));
        let line = &mut line[..plane.stride()];
        let down = WEIGHTS[usize::from(phase)];
        dispatch!(Level::new(), _ => {
            between_rows(rows, down, line);
            along(line, &self.bases, &self.weights, out);
        });
    }
}

/// One row between six: 8.6 fixed point, with what the lobes overshoot.
#[inline(always)]
fn between_rows(rows: [&[u8]; TAPS], weights: [i16; TAPS], line: &mut [i16]) {
    let rows = rows.map(|row| &row[..line.len()]);
    for (x, out) in line.iter_mut().enumerate() {
        let mut sum = 1 << 7;
        for tap in 0..TAPS {
            sum += i32::from(rows[tap][x]) * i32::from(weights[tap]);
        }
        *out = (sum >> 8) as i16;
    }
}

#[inline(always)]
fn along(line: &[i16], bases: &[u32], weights: &[[[i16; CHUNK]; REACH]], out: &mut [u16]) {
    let (chunks, _) = out.as_chunks_mut::<CHUNK>();
    for ((out, base), weights) in chunks.iter_mut().zip(bases).zip(weights) {
        let window = &line[*base as usize..][..CHUNK + REACH - 1];
        let mut sum = [1_i32 << 11; CHUNK];
        for (tap, weights) in weights.iter().enumerate() {
            for lane in 0..CHUNK {
                sum[lane] += i32::from(window[tap + lane]) * i32::from(weights[lane]);
            }
        }
        for lane in 0..CHUNK {
            out[lane] = (sum[lane] >> 12).clamp(0, 255 << 8) as u16;
        }
    }
}

/// Part of a picture to enlarge or reduce: the first pixel's outer corner, and pixels of the picture to one of ours.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part {
    pub(crate) corner: [f64; 2],
    pub(crate) step: f64,
}

/// What one sample of a resampled axis weighs: the first source sample and the weights from it on.
struct Span {
    first: usize,
    weights: Vec<f32>,
}

/// The spans of `count` samples; what lies beyond the `side` source samples repeats the last one.
fn spans(corner: f64, step: f64, count: u32, side: u32) -> Vec<Span> {
    // Reducing, the kernel widens so that what is too fine for the new size is not aliased.
    let wide = step.max(1.0);
    let last = i64::from(side) - 1;
    let span = |index: u32| {
        let middle = corner + (f64::from(index) + 0.5) * step - 0.5;
        let from = (middle - LOBES * wide).ceil() as i64;
        let to = (middle + LOBES * wide).floor() as i64;
        let (first, end) = (from.clamp(0, last), to.clamp(0, last));
        let mut weights = vec![0.0_f64; (end - first + 1) as usize];
        for at in from..=to {
            weights[(at.clamp(first, end) - first) as usize] += kernel((at as f64 - middle) / wide);
        }
        let sum: f64 = weights.iter().sum();
        let weights = weights.iter().map(|weight| (weight / sum) as f32).collect();
        Span { first: first as usize, weights }
    };
    (0..count).map(span).collect()
}

/// Resamples part of an opaque picture to `width` × `height`. `None` when that is no size of a picture.
pub(crate) fn resample(picture: &RgbaImage, part: Part, [width, height]: [u32; 2]) -> Option<Pixmap> {
    let mut pixmap = Pixmap::new(width, height)?;
    let across = spans(part.corner[0], part.step, width, picture.width());
    let down = spans(part.corner[1], part.step, height, picture.height());
    let left = across.iter().map(|span| span.first).min()?;
    let right = across.iter().map(|span| span.first + span.weights.len()).max()?;
    let stride = 4 * picture.width() as usize;
    let source = picture.as_raw();
    pixmap.pixels_mut().par_chunks_mut(width as usize).zip(&down).enumerate().for_each_init(
        || vec![0.0_f32; 4 * (right - left)],
        |line, (y, (out, span))| {
            line.fill(0.0);
            for (row, weight) in span.weights.iter().enumerate() {
                let from = &source[(span.first + row) * stride..][4 * left..4 * right];
                for (sum, level) in line.iter_mut().zip(from) {
                    *sum += weight * f32::from(*level);
                }
            }
            let pixels = line.as_chunks::<4>().0;
            for (x, (out, span)) in out.iter_mut().zip(&across).enumerate() {
                let mut rgb = [0.0_f32; 3];
                for (weight, pixel) in span.weights.iter().zip(&pixels[span.first - left..]) {
                    rgb = [0, 1, 2].map(|part| rgb[part] + weight * pixel[part]);
                }
                // Dithered: an enlarged dusk would band.
                let [r, g, b] = rgb.map(|level| byte(level + dither(x, y) - 0.5));
                *out = PremultipliedColorU8::from_rgba(r, g, b, 255).unwrap_or(*out);
            }
        },
    );
    Some(pixmap)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgba;
    use proptest::prelude::*;

    fn wave(at: f64, cycles: f64) -> f64 {
        128.0 + 80.0 * sine(at * cycles)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100))]
        #[test]
        fn fine_detail_is_the_same_wherever_a_sample_falls(
            start in 20.0_f64..60.0,
            step in (1.0 - STEP_RANGE)..(1.0 + STEP_RANGE),
            cycles in 0.0_f64..0.28,
        ) {
            let plane = Plane::tiling(400, 12, |x, _| wave(x as f64, cycles) as f32);
            let axis = Axis::new(start, step);
            let chunks = 16;
            let taps = FineTaps::new(axis, chunks, plane.width);
            let (mut line, mut out) = (vec![0; plane.stride()], vec![0; chunks * CHUNK]);
            taps.sample(&plane, (6, 91), &mut line, &mut out);
            for (index, sample) in out.iter().enumerate() {
                let exact = wave(start + step * index as f64, cycles);
                let found = f64::from(*sample) / 256.0;
                prop_assert!((found - exact).abs() < 4.0, "{}: {} for {}", index, found, exact);
            }
        }
    }

    #[test]
    fn enlarged_and_reduced_pictures_keep_their_colours_and_their_place() {
        let ramp = RgbaImage::from_fn(200, 100, |x, y| Rgba([x as u8, 2 * y as u8, 90, 255]));
        for (step, size) in [(0.5, [160, 80]), (1.0, [80, 40]), (1.9, [40, 20])] {
            let part = Part { corner: [40.0, 20.0], step };
            let out = resample(&ramp, part, size).unwrap();
            for (x, y) in [(8, 8), (20, 11), (30, 15)] {
                let pixel = out.pixel(x, y).unwrap();
                let at = |axis: usize, n: u32| part.corner[axis] + (f64::from(n) + 0.5) * step - 0.5;
                assert!((f64::from(pixel.red()) - at(0, x)).abs() <= 1.1, "{step} {x}: {pixel:?}");
                assert!((f64::from(pixel.green()) - 2.0 * at(1, y)).abs() <= 1.1, "{step} {y}: {pixel:?}");
                assert!(pixel.blue().abs_diff(90) <= 1 && pixel.alpha() == 255);
            }
        }
    }
}
