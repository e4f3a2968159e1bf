//! Drifting banks of fog and haze: one colour each, of changing thickness, round a sheet that tiles.

use crate::blend::dither;
use crate::chance::Noise;
use crate::grade::Grade;
use crate::motes::MoteColor;
use crate::plane::Plane;
use crate::set::PaintContext;
use crate::wave::{hash, smoothstep};
use mv_core::Rgb;

/// Fog is worked out at this fraction of the half-size sheet: it has no edges to lose.
const COARSE: usize = 8;

/// How a bank of fog lies in the picture.
pub(crate) struct Bank {
    pub(crate) color: Rgb,
    /// Opacity at its thickest, 0–1.
    pub(crate) density: f64,
    pub(crate) depth: f32,
    /// Stage units a second.
    pub(crate) drift: f32,
    /// Height about which it lies, in stage units.
    pub(crate) level: f64,
    pub(crate) seed: u64,
}

/// A bank ready for the camera. It covers half a frame's samples with one plane where a sheet takes five.
pub(crate) struct Mist {
    /// Opacity, at half size.
    pub(crate) alpha: Plane,
    pub(crate) color: MoteColor,
}

impl Mist {
    pub(crate) fn new(ctx: &PaintContext<'_>, bank: &Bank, grade: Grade) -> Self {
        let (width, height) = ctx.layer_size();
        let (width, height) = (width as usize / 2, height as usize / 2);
        let (columns, rows) = (width.div_ceil(COARSE), height.div_ceil(COARSE) + 1);
        let cells = 5_u32;
        let noise = Noise::tiling(hash(bank.seed, 0xf06), cells);
        let unit = f64::from(ctx.canvas.height) * f64::from(ctx.zoom) / 2.0;
        let level = |row: usize| (row as f64 * COARSE as f64 - height as f64 / 2.0) / unit;
        let thickness = |column: usize, row: usize| {
            let x = column as f32 / columns as f32 * cells as f32;
            let y = row as f32 * COARSE as f32 / height as f32 * cells as f32 * 1.6;
            let cloud = smoothstep(0.30, 0.85, f64::from(noise.fractal(x, y, 3)));
            let away = (level(row) - bank.level) / 0.42;
            let lying = 1.0 / (1.0 + away * away * away * away);
            bank.density * lying * (0.35 + 0.65 * cloud) * 255.0
        };
        let coarse: Vec<f32> =
            (0..rows * columns).map(|at| thickness(at % columns, at / columns) as f32).collect();
        let alpha = Plane::tiling(width, height, |x, y| {
            let (row, down) = (y / COARSE, (y % COARSE) as f32 / COARSE as f32);
            // Columns are spread over the width so that the sheet tiles exactly.
            let position = x as f32 * columns as f32 / width as f32;
            let (column, along) = (position as usize, position.fract());
            let next = (column + 1) % columns;
            let at = |row: usize| {
                let line = &coarse[row * columns..];
                line[column] + (line[next] - line[column]) * along
            };
            // Dithered: 8 bits this thin would band.
            at(row) + (at(row + 1) - at(row)) * down + dither(x, y) - 0.5
        });
        Self { alpha, color: MoteColor::of(grade.color(bank.color, 1.0)) }
    }
}
