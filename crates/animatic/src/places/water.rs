//! Water: wavelets in perspective and the path of light under a low sun or moon.

use crate::brush::{Blend, Fill, Sheet};
use crate::chance::{Chance, Noise};
use crate::tone::Tone;
use tiny_skia::PathBuilder;

/// A smooth wave of period 1 and height ±1, from parabolas.
pub(super) fn ripple(x: f32) -> f32 {
    let t = (x - x.floor()) * 2.0 - 1.0;
    4.0 * t * (1.0 - t.abs())
}

/// Short horizontal dashes of sky and of shade, longer and thicker towards the viewer.
pub(super) fn wavelets(
    sheet: &mut Sheet,
    chance: &mut Chance,
    (top, bottom): (f32, f32),
    light: Tone,
    shade: Tone,
    strength: f32,
) {
    let (wide, _) = sheet.reach();
    for (tone, share) in [(shade, 0.5), (light, 0.5)] {
        for band in 0..6 {
            let near = (band as f32 + 0.5) / 6.0;
            let mut path = PathBuilder::new();
            for _ in 0..(wide * 110.0 * share) as usize {
                let t = (band as f32 + chance.unit()) / 6.0;
                let y = top + (bottom - top) * t * t;
                let (x, half) = (chance.range(-wide, wide), (0.006 + 0.05 * t) * chance.range(0.4, 1.3));
                let thick = (0.0006 + 0.0038 * t) * chance.range(0.5, 1.0);
                path.move_to(x - half, y);
                path.quad_to(x, y - thick, x + half, y);
                path.quad_to(x, y + thick * 0.7, x - half, y);
                path.close();
            }
            sheet.fill(path.finish(), Fill::Flat(tone, strength * (1.0 - 0.45 * near)));
        }
    }
}

/// The sun's path on the water: a bright column under it that widens towards us and breaks into sparks.
pub(super) fn glitter(
    sheet: &mut Sheet,
    glow: &mut Sheet,
    chance: &mut Chance,
    x: f32,
    (top, bottom): (f32, f32),
    tone: Tone,
    strength: f32,
) {
    let noise = Noise::new(chance.seed());
    let spread = |t: f32| 0.035 + 0.16 * t;
    sheet.field((top, bottom), 3, Blend::Atop, |px, y| {
        let t = ((y - top) / (bottom - top)).clamp(0.0, 1.0);
        let across = (px - x) / spread(t);
        let column = (1.0 - across * across).max(0.0);
        let broken = noise.fractal(px * 24.0 / (0.3 + t), y * 240.0 / (0.35 + 2.0 * t), 2);
        (
            tone,
            strength
                * column
                * column
                * (0.28 + 0.72 * (broken * 2.4 - 0.8).clamp(0.0, 1.0))
                * (0.85 - 0.35 * t),
        )
    });
    for _ in 0..150 {
        let t = chance.unit();
        let y = top + (bottom - top) * t * t;
        let px = x + spread(t * t) * 1.1 * chance.spread();
        let (half, thick) =
            ((0.004 + 0.022 * t) * chance.range(0.4, 1.0), (0.0007 + 0.0022 * t) * chance.range(0.5, 1.0));
        sheet.ellipse(px, y, half, thick, Fill::Flat(tone.mix(Tone::WHITE, 0.5), 0.8 * strength));
        glow.ellipse(px, y, half * 1.1, thick * 1.3, Fill::Flat(tone, 0.34 * strength));
    }
    glow.glow(x, top + (bottom - top) * 0.25, 0.16, (bottom - top) * 0.7, tone, 0.16 * strength, Blend::Add);
}
