//! How one dab of paint meets a premultiplied pixel, rounded so that gradients show no bands.

use crate::tone::Tone;

/// How paint meets what is already on the sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blend {
    /// Covers it.
    Over,
    /// Adds light: for glow sheets.
    Add,
    /// Covers only what is painted already: light and haze on surfaces.
    Atop,
}

/// A threshold in 0..1 for rounding, different for neighbouring pixels: interleaved gradient noise (J. Jimenez,
/// "Next Generation Post Processing in Call of Duty: Advanced Warfare", SIGGRAPH 2014).
pub(crate) fn dither(x: usize, y: usize) -> f32 {
    const SIDE: usize = 64;
    static TILE: std::sync::LazyLock<Vec<f32>> = std::sync::LazyLock::new(|| {
        (0..SIDE * SIDE)
            .map(|i| {
                let (x, y) = ((i % SIDE) as f32, (i / SIDE) as f32);
                (52.982_92 * (0.067_110_56 * x + 0.005_837_15 * y).fract()).fract().clamp(0.01, 0.99)
            })
            .collect()
    });
    TILE[(y % SIDE) * SIDE + x % SIDE]
}

/// Blends one colour into a premultiplied pixel, rounding by `threshold` (0.5 rounds to the nearest).
pub(crate) fn put(pixel: &mut [u8], tone: Tone, alpha: f32, blend: Blend, threshold: f32) {
    let alpha = alpha.clamp(0.0, 1.0);
    let tone = tone.clamp();
    put_premultiplied(pixel, [tone.r * alpha, tone.g * alpha, tone.b * alpha, alpha], blend, threshold);
}

pub(crate) fn put_premultiplied(pixel: &mut [u8], paint: [f32; 4], blend: Blend, threshold: f32) {
    let alpha = paint[3];
    if alpha <= 0.0 {
        return;
    }
    match blend {
        Blend::Over => {
            // Cover is rounded, not dithered: an opaque sheet must stay opaque.
            let cover = (alpha * 255.0 + f32::from(pixel[3]) * (1.0 - alpha) + 0.5) as u8;
            for (to, from) in pixel.iter_mut().zip(&paint[..3]) {
                *to = ((from * 255.0 + f32::from(*to) * (1.0 - alpha) + threshold) as u8).min(cover);
            }
            pixel[3] = cover;
        }
        Blend::Add => {
            for (to, from) in pixel.iter_mut().zip(&paint[..3]) {
                *to = (from * 255.0 + f32::from(*to) + threshold) as u8;
            }
            pixel[3] = pixel[3].max(pixel[0]).max(pixel[1]).max(pixel[2]);
        }
        Blend::Atop => {
            let cover = f32::from(pixel[3]);
            for (to, from) in pixel.iter_mut().zip(&paint[..3]) {
                *to = (from * cover + f32::from(*to) * (1.0 - alpha) + threshold).min(cover) as u8;
            }
        }
    }
}
