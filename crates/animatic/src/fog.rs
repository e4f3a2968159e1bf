//! Drifting banks of fog and haze, as sheets that tile.

use crate::chance::Noise;
use crate::set::{Layer, Motion, PaintContext};
use crate::wave::{hash, smoothstep};
use mv_core::Rgb;
use tiny_skia::{Pixmap, PremultipliedColorU8};

/// Fog is worked out at this fraction of the sheet's size: it has no edges to lose.
const COARSE: usize = 16;

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

/// Paints one bank; `None` when the layer has no room for it.
pub(crate) fn layer(ctx: &PaintContext<'_>, bank: &Bank) -> Option<Layer> {
    let (width, height) = ctx.layer_size();
    let mut image = Pixmap::new(width, height)?;
    let (width, height) = (width as usize, height as usize);
    let (columns, rows) = (width.div_ceil(COARSE), height.div_ceil(COARSE) + 1);
    let cells = 5_u32;
    let noise = Noise::tiling(hash(bank.seed, 0xf06), cells);
    let unit = f64::from(ctx.canvas.height) * f64::from(ctx.zoom);
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
    let Rgb(r, g, b) = bank.color;
    for (y, line) in image.pixels_mut().chunks_mut(width).enumerate() {
        let (row, down) = (y / COARSE, (y % COARSE) as f32 / COARSE as f32);
        for (x, pixel) in line.iter_mut().enumerate() {
            // Columns are spread over the width so that the sheet tiles exactly.
            let position = x as f32 * columns as f32 / width as f32;
            let (column, along) = (position as usize, position.fract());
            let next = (column + 1) % columns;
            let at = |row: usize| {
                let line = &coarse[row * columns..];
                line[column] + (line[next] - line[column]) * along
            };
            let alpha = at(row) + (at(row + 1) - at(row)) * down;
            // Ordered dither: an 8-bit alpha this thin would band.
            let bayer = [
                [0.0, 0.5, 0.125, 0.625],
                [0.75, 0.25, 0.875, 0.375],
                [0.1875, 0.6875, 0.0625, 0.5625],
                [0.9375, 0.4375, 0.8125, 0.3125],
            ][y % 4][x % 4];
            let alpha = (alpha + bayer).clamp(0.0, 255.0) as u16;
            let part = |c: u8| (u16::from(c) * alpha / 255) as u8;
            if let Some(fog) = PremultipliedColorU8::from_rgba(part(r), part(g), part(b), alpha as u8) {
                *pixel = fog;
            }
        }
    }
    Some(Layer { name: "fog", image, glow: None, depth: bank.depth, motion: Motion::Drift { x: bank.drift } })
}
