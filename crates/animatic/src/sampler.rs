//! Sampling one row of a sheet along the frame: bilinear, in fixed point, written so that the compiler vectorises it.
//!
//! A row of the frame crosses a sheet at an even step near 1. Sixteen neighbouring samples then need little more than
//! sixteen neighbouring columns, so each is a weighted sum of three to six shifted loads with weights worked out once
//! a frame, and nothing is gathered. Steps further from 1 take a plain gathering path.
//!
//! All of it is on integers, so it comes to the same bytes whichever instructions the machine has.

#![expect(
    clippy::inline_always,
    reason = "what is not inlined is not compiled for the machine's own vectors"
)]

use crate::plane::{PAD, Plane};
use fearless_simd::{Level, dispatch};

/// Samples worked on together.
pub(crate) const CHUNK: usize = 16;
/// Columns past a chunk that its last taps may need.
const REACH: usize = 5;
/// Positions are in 2^-32 of a sample.
const ONE: i64 = 1 << 32;

/// The high half of a product: `a × b` where both are shares of 65536.
#[inline]
pub(crate) fn share(a: u16, b: u16) -> u16 {
    ((u32::from(a) * u32::from(b)) >> 16) as u16
}

/// Where the samples of a line of the frame fall on a line of a sheet: sample `i` at `start + i × step`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Axis {
    pub(crate) start: i64,
    pub(crate) step: i64,
}

impl Axis {
    pub(crate) fn new(start: f64, step: f64) -> Self {
        Self { start: (start * ONE as f64).round() as i64, step: (step * ONE as f64).round() as i64 }
    }

    pub(crate) fn at(self, index: usize) -> i64 {
        self.start + self.step * index as i64
    }

    /// The whole sample at or before a position, and the rest in 1/256.
    pub(crate) fn row(self, index: usize) -> (i64, u16) {
        // Rounded, so that the error of the 8-bit weight has no bias.
        let position = self.at(index) + (1 << 23);
        (position >> 32, ((position >> 24) & 255) as u16)
    }
}

/// The columns and weights of a whole row, in chunks of [`CHUNK`].
pub(crate) struct Taps {
    /// First column of each chunk, counted from the start of the padded row.
    bases: Vec<u32>,
    kind: Kind,
}

enum Kind {
    Three(Vec<[[u16; CHUNK]; 3]>),
    Four(Vec<[[u16; CHUNK]; 4]>),
    Six(Vec<[[u16; CHUNK]; 6]>),
    /// Columns of the padded row, and the weight of the next one.
    Gather(Vec<([u16; CHUNK], [u16; CHUNK])>),
}

impl Taps {
    /// Works out `chunks` chunks along `axis` on rows of `width` samples, which repeat for ever when it `wraps`.
    pub(crate) fn new(axis: Axis, chunks: usize, width: usize, wraps: bool) -> Self {
        // How far the last sample of a chunk may stray from its place at an even step of 1.
        let stray = (axis.step - ONE).abs() * (CHUNK as i64 - 1);
        let (lowest, highest) = (1 - PAD as i64, width as i64 + (PAD - CHUNK - REACH) as i64);
        let place = |column: i64| {
            let column = if wraps { column.rem_euclid(width as i64) } else { column.clamp(lowest, highest) };
            (column + PAD as i64) as u32
        };
        let column = |index: usize| axis.at(index) >> 32;
        let weight = |index: usize| ((axis.at(index) >> 16) & 0xffff) as u16;
        if stray > 4 * ONE {
            let taps = |chunk: usize| {
                let index = |lane: usize| chunk * CHUNK + lane;
                (
                    std::array::from_fn(|lane| place(column(index(lane))) as u16),
                    std::array::from_fn(|lane| weight(index(lane))),
                )
            };
            return Self { bases: vec![0; chunks], kind: Kind::Gather((0..chunks).map(taps).collect()) };
        }
        // At steps below 1 the last sample falls back behind its lane; the chunk starts that much earlier.
        let base = |chunk: usize| {
            let (first, last) = (column(chunk * CHUNK), column(chunk * CHUNK + CHUNK - 1));
            first - (CHUNK as i64 - 1 - (last - first)).max(0)
        };
        let lanes = |chunk: usize| {
            let (start, first) = (axis.at(chunk * CHUNK), base(chunk));
            std::array::from_fn(|lane| {
                let position = start + axis.step * lane as i64;
                ((position >> 32) - first - lane as i64, ((position >> 16) & 0xffff) as u16)
            })
        };
        let bases = (0..chunks).map(|chunk| place(base(chunk))).collect();
        let kind = if stray <= ONE {
            Kind::Three((0..chunks).map(|chunk| weights(lanes(chunk))).collect())
        } else if stray <= 2 * ONE {
            Kind::Four((0..chunks).map(|chunk| weights(lanes(chunk))).collect())
        } else {
            Kind::Six((0..chunks).map(|chunk| weights(lanes(chunk))).collect())
        };
        Self { bases, kind }
    }

    /// Samples chunks `first..last` of the row that lies `weight`/256 of the way from `above` to `below`.
    ///
    /// Values come out in 8.8 fixed point. `line` is scratch of at least a padded row.
    pub(crate) fn sample(
        &self,
        (above, below, weight): (&[u8], &[u8], u16),
        chunks: std::ops::Range<usize>,
        line: &mut [u16],
        out: &mut [u16],
    ) {
        let mut at = chunks.start;
        while at < chunks.end {
            // A row that wraps starts anew where the base falls back.
            let mut end = at + 1;
            while end < chunks.end && self.bases[end] >= self.bases[end - 1] {
                end += 1;
            }
            let (from, to) = match self.kind {
                Kind::Gather(_) => (0, above.len()),
                _ => (self.bases[at] as usize, self.bases[end - 1] as usize + CHUNK + REACH),
            };
            let rows = (&above[from..to], &below[from..to], weight);
            let line = &mut line[..to - from];
            let out = &mut out[(at - chunks.start) * CHUNK..(end - chunks.start) * CHUNK];
            let bases = &self.bases[at..end];
            let level = Level::new();
            match &self.kind {
                Kind::Three(taps) => {
                    dispatch!(level, _ => along(rows, line, bases, from, &taps[at..end], out));
                }
                Kind::Four(taps) => {
                    dispatch!(level, _ => along(rows, line, bases, from, &taps[at..end], out));
                }
                Kind::Six(taps) => {
                    dispatch!(level, _ => along(rows, line, bases, from, &taps[at..end], out));
                }
                Kind::Gather(taps) => dispatch!(level, _ => gather(rows, line, &taps[at..end], out)),
            }
            at = end;
        }
    }

    /// Samples chunks of row `index` of the frame along `axis`.
    pub(crate) fn sample_plane(
        &self,
        plane: &Plane,
        axis: Axis,
        index: usize,
        chunks: std::ops::Range<usize>,
        line: &mut [u16],
        out: &mut [u16],
    ) {
        let (row, weight) = axis.row(index);
        self.sample((plane.row(row), plane.row(row + 1), weight), chunks, line, out);
    }
}

/// Weights of the taps of a chunk from each sample's column, relative to its lane, and the weight of the next.
fn weights<const N: usize>(lanes: [(i64, u16); CHUNK]) -> [[u16; CHUNK]; N] {
    let mut weights = [[0; CHUNK]; N];
    for (lane, (at, next)) in lanes.into_iter().enumerate() {
        let at = (at as usize).min(N - 2);
        weights[at][lane] = u16::MAX - next;
        weights[at + 1][lane] = next;
    }
    weights
}

#[inline(always)]
fn between_rows((above, below, weight): (&[u8], &[u8], u16), line: &mut [u16]) {
    for ((out, a), b) in line.iter_mut().zip(above).zip(below) {
        let (a, b) = (u16::from(*a), u16::from(*b));
        // The difference may be negative: it comes out right as everything wraps alike.
        *out = (a << 8).wrapping_add(b.wrapping_sub(a).wrapping_mul(weight));
    }
}

#[inline(always)]
fn along<const N: usize>(
    rows: (&[u8], &[u8], u16),
    line: &mut [u16],
    bases: &[u32],
    from: usize,
    taps: &[[[u16; CHUNK]; N]],
    out: &mut [u16],
) {
    between_rows(rows, line);
    let (chunks, _) = out.as_chunks_mut::<CHUNK>();
    for ((out, base), taps) in chunks.iter_mut().zip(bases).zip(taps) {
        let window = &line[*base as usize - from..][..CHUNK + N - 1];
        let mut sum = [0_u16; CHUNK];
        for (tap, weights) in taps.iter().enumerate() {
            for lane in 0..CHUNK {
                sum[lane] = sum[lane].wrapping_add(share(window[tap + lane], weights[lane]));
            }
        }
        *out = sum;
    }
}

#[inline(always)]
fn gather(
    rows: (&[u8], &[u8], u16),
    line: &mut [u16],
    taps: &[([u16; CHUNK], [u16; CHUNK])],
    out: &mut [u16],
) {
    between_rows(rows, line);
    let (chunks, _) = out.as_chunks_mut::<CHUNK>();
    for (out, (columns, weights)) in chunks.iter_mut().zip(taps) {
        for lane in 0..CHUNK {
            let at = usize::from(columns[lane]);
            out[lane] =
                share(line[at], u16::MAX - weights[lane]).wrapping_add(share(line[at + 1], weights[lane]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What a row looks like between its samples.
    fn expected(row: &[u8], position: f64, wraps: bool) -> f64 {
        let count = row.len() as i64;
        let at = |column: i64| {
            let column = if wraps { column.rem_euclid(count) } else { column.clamp(0, count - 1) };
            f64::from(row[column as usize])
        };
        let left = position.floor();
        at(left as i64) + (at(left as i64 + 1) - at(left as i64)) * (position - left)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]
        #[test]
        fn sampling_is_bilinear_at_every_step_and_past_every_edge(
            row in prop::collection::vec(any::<u8>(), 64..200),
            start in -300.0f64..300.0,
            step in prop_oneof![0.4f64..2.5, 0.99f64..1.01, Just(1.0)],
            wraps in any::<bool>(),
        ) {
            let width = row.len();
            let padded: Vec<u8> = (0..width + 2 * PAD)
                .map(|at| {
                    let column = at as i64 - PAD as i64;
                    let width = width as i64;
                    row[if wraps { column.rem_euclid(width) } else { column.clamp(0, width - 1) } as usize]
                })
                .collect();
            let axis = Axis::new(start, step);
            let chunks = 9;
            let taps = Taps::new(axis, chunks, width, wraps);
            let mut line = vec![0; padded.len()];
            let mut out = vec![0; chunks * CHUNK];
            taps.sample((&padded, &padded, 77), 0..chunks, &mut line, &mut out);
            for (index, sampled) in out.iter().enumerate() {
                let exact = expected(&row, start + step * index as f64, wraps);
                let got = f64::from(*sampled) / 256.0;
                prop_assert!((got - exact).abs() < 0.05, "{index}: {got} for {exact}");
            }
        }
    }
}
