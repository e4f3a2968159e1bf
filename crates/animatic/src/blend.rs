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

/// Rounds a level to a byte. 2²³ added, a float's lowest bits are the whole number: unlike a saturating cast, this
/// compiles to the same few instructions for many levels at once.
#[inline]
pub(crate) fn byte(level: f32) -> u8 {
    (level.clamp(0.0, 255.0) + 8_388_608.0).to_bits() as u8
}

/// Blends one colour into a premultiplied pixel, rounding by `threshold` (0.5 rounds to the nearest).
#[expect(clippy::inline_always, reason = "as below")]
#[inline(always)]
pub(crate) fn put(pixel: &mut [u8], tone: Tone, alpha: f32, blend: Blend, threshold: f32) {
    let alpha = alpha.clamp(0.0, 1.0);
    let tone = tone.clamp();
    put_premultiplied(pixel, [tone.r * alpha, tone.g * alpha, tone.b * alpha, alpha], blend, threshold);
}

#[expect(
    clippy::inline_always,
    reason = "the hottest call of all painting: a loop of it decides `blend` once"
)]
#[inline(always)]
pub(crate) fn put_premultiplied(pixel: &mut [u8], paint: [f32; 4], blend: Blend, threshold: f32) {
    let alpha = paint[3];
    let ([pixel], []) = pixel.as_chunks_mut::<4>() else { return };
    if alpha <= 0.0 {
        return;
    }
    let under: [f32; 4] = std::array::from_fn(|c| f32::from(pixel[c]));
    // Cover is rounded, not dithered: an opaque sheet must stay opaque.
    let round = [threshold - 0.5, threshold - 0.5, threshold - 0.5, 0.0];
    match blend {
        Blend::Over => {
            let levels: [u8; 4] =
                std::array::from_fn(|c| byte(paint[c] * 255.0 + under[c] * (1.0 - alpha) + round[c]));
            *pixel = levels.map(|level| level.min(levels[3]));
        }
        Blend::Add => {
            let [r, g, b, _] = std::array::from_fn(|c| byte(paint[c] * 255.0 + under[c] + round[c]));
            *pixel = [r, g, b, pixel[3].max(r).max(g).max(b)];
        }
        Blend::Atop => {
            let (cover, keep) = (under[3], 1.0 - alpha);
            let [r, g, b, _] = std::array::from_fn(|c| byte(paint[c] * cover + under[c] * keep + round[c]));
            *pixel = [r.min(pixel[3]), g.min(pixel[3]), b.min(pixel[3]), pixel[3]];
        }
    }
}
