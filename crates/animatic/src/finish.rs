//! The last touch on every frame: vignette, film grain, and the step from 8.8 full range to 8-bit video range.
//!
//! Grain doubles as dither: gradients of dusk and fog would band without it.

use crate::sampler::share;
use crate::wave::{hash, unit};
use mv_core::{Canvas, Look};

/// Side of the grain tile.
const TILE: usize = 256;

pub(crate) struct Finish {
    /// Per column and per row: what is left of the light, times the step to video range in `columns`.
    luma_columns: Vec<u16>,
    chroma_columns: Vec<i16>,
    rows: Vec<u16>,
    /// Noise in 8.8, each row twice so that any 256 columns are contiguous.
    grain: Vec<i16>,
    seed: u64,
}

impl Finish {
    pub(crate) fn new(canvas: Canvas, look: &Look, seed: u64) -> Self {
        let falloff = |index: u32, count: u32| {
            let x = (f64::from(index) + 0.5) / f64::from(count) * 2.0 - 1.0;
            // The product of two of these is a soft rounded rectangle.
            1.0 - 0.5 * f64::from(look.vignette.clamp(0.0, 1.0)) * (x * x * (0.35 + 0.65 * x * x))
        };
        let fixed = |value: f64| (value * 65535.0).round().clamp(0.0, 65535.0) as u16;
        let padded = canvas.width.next_multiple_of(32);
        let column = |x: u32| falloff(x.min(canvas.width - 1), canvas.width);
        let luma_columns = (0..padded).map(|x| fixed(column(x) * 219.0 / 255.0)).collect();
        let chroma_columns =
            (0..padded / 2).map(|x| (column(2 * x) * 224.0 / 255.0 * 32767.0).round() as i16).collect();
        let rows = (0..canvas.height).map(|y| fixed(falloff(y, canvas.height))).collect();
        Self { luma_columns, chroma_columns, rows, grain: grain(look.grain, canvas, seed), seed }
    }

    #[cfg(test)]
    pub(crate) fn without_grain(canvas: Canvas) -> Self {
        let even = |count: u32, level: u16| vec![level; count.next_multiple_of(32) as usize];
        let chroma_columns =
            vec![(224.0 / 255.0 * 32767.0) as i16; canvas.width.next_multiple_of(32) as usize / 2];
        Self {
            luma_columns: even(canvas.width, (219.0 / 255.0 * 65535.0) as u16),
            chroma_columns,
            rows: even(canvas.height, u16::MAX),
            grain: vec![0; 2 * TILE * TILE],
            seed: 0,
        }
    }

    /// One row of luma of frame `frame`.
    pub(crate) fn luma(&self, frame: u64, row: usize, light: &[u16], out: &mut [u8]) {
        let left = self.rows[row];
        let place = hash(self.seed, frame);
        let line = (row + (place >> 32) as usize) % TILE * 2 * TILE + place as usize % TILE;
        let grain = &self.grain[line..line + TILE];
        let columns = self.luma_columns.chunks(TILE);
        for ((out, light), columns) in out.chunks_mut(TILE).zip(light.chunks(TILE)).zip(columns) {
            for (((out, light), column), grain) in out.iter_mut().zip(light).zip(columns).zip(grain) {
                let level = share(*light, share(*column, left)).wrapping_add(16 * 256 + 128);
                // Never below black or above the top of full range, whatever the grain.
                let level = (i32::from(level) + i32::from(*grain)).clamp(16 * 256, 235 * 256 + 255);
                *out = (level >> 8) as u8;
            }
        }
    }

    /// One row of either chroma; `row` counts chroma rows.
    pub(crate) fn chroma(&self, row: usize, color: &[i16], out: &mut [u8]) {
        let left = (self.rows[2 * row] >> 1) as i16;
        for ((out, color), column) in out.iter_mut().zip(color).zip(&self.chroma_columns) {
            let keep = ((i32::from(*column) * i32::from(left)) >> 15) as i16;
            let level = ((i32::from(*color) * i32::from(keep)) >> 15) + 128 * 256 + 128;
            *out = (level >> 8) as u8;
        }
    }
}

/// A tile of noise with a nearly normal spread, a little soft so that it reads as grain and not as pixels.
fn grain(level: f32, canvas: Canvas, seed: u64) -> Vec<i16> {
    let white = |x: usize, y: usize| {
        let at = (y % TILE * TILE + x % TILE) as u64;
        (0..4).map(|n| unit(seed ^ 0x67a1, at * 4 + n)).sum::<f64>() - 2.0
    };
    // Grain is a size on the film: larger pictures have more pixels to a grain.
    let soft = f64::from(canvas.height.min(canvas.width)) / 1080.0 * 0.35;
    let spread = 256.0 * (0.45 + 7.0 * f64::from(level.clamp(0.0, 1.0)));
    let noise: Vec<f64> = (0..TILE * TILE).map(|at| white(at % TILE, at / TILE)).collect();
    let mut tile = vec![0; 2 * TILE * TILE];
    let norm = (1.0 + 4.0 * soft * soft).sqrt();
    for y in 0..TILE {
        for x in 0..TILE {
            let at = |x: usize, y: usize| noise[y % TILE * TILE + x % TILE];
            let around = at(x + 1, y) + at(x + TILE - 1, y) + at(x, y + 1) + at(x, y + TILE - 1);
            let value = (at(x, y) + soft * around) / norm * spread;
            let value = value.round().clamp(-8000.0, 8000.0) as i16;
            tile[y * 2 * TILE + x] = value;
            tile[y * 2 * TILE + TILE + x] = value;
        }
    }
    tile
}
