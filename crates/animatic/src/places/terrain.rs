//! Land: ridges, rolling ground and rocks, each with light along its crest.

use crate::ambience::Ambience;
use crate::brush::{Blend, Fill, Sheet, smooth_path};
use crate::chance::{Chance, Noise};
use crate::tone::Tone;

/// A crest line over the whole width of the sheet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Crest {
    noise: Noise,
    /// Mean height of the line, and how far it rises above and falls below it.
    pub(super) level: f32,
    pub(super) relief: f32,
    /// Hills per stage unit.
    pub(super) pace: f32,
    /// 1 rolls, 5 is jagged.
    pub(super) octaves: u32,
}

impl Crest {
    pub(super) fn new(chance: &mut Chance, level: f32, relief: f32, pace: f32, octaves: u32) -> Self {
        Self { noise: Noise::new(chance.seed()), level, relief, pace, octaves }
    }

    /// Height of the crest at x.
    pub(super) fn at(&self, x: f32) -> f32 {
        self.level - self.relief * (2.0 * self.noise.fractal(x * self.pace + 100.0, 0.5, self.octaves) - 1.0)
    }

    fn line(&self, wide: f32) -> Vec<(f32, f32)> {
        let steps = (120.0 * wide.max(0.5)) as i32;
        (-steps..=steps)
            .map(|i| {
                let x = i as f32 / steps as f32 * (wide + 0.02);
                (x, self.at(x))
            })
            .collect()
    }

    /// Everything below the crest, from `upper` at the crest to `lower` at `depth` below its level.
    pub(super) fn fill(&self, sheet: &mut Sheet, upper: Tone, lower: Tone, depth: f32) {
        let (wide, high) = sheet.reach();
        let mut line = self.line(wide);
        line.extend([(wide + 0.05, high + 0.05), (-wide - 0.05, high + 0.05)]);
        sheet.polygon(&line, Fill::vertical(self.level - self.relief, upper, self.level + depth, lower));
    }
}

/// Warm light on whatever is painted near the sun's side: a broad soft glow laid over the sheet's own paint.
pub(super) fn sunlight(
    sheet: &mut Sheet,
    ambience: &Ambience,
    (x, y): (f32, f32),
    (rx, ry): (f32, f32),
    amount: f32,
) {
    let strength = amount * ambience.key_strength * (1.0 - 0.5 * ambience.fog);
    sheet.glow(x, y, rx, ry, ambience.key, strength, Blend::Atop);
}

/// A boulder with a lit and a shaded facet; feet at `base`.
pub(super) fn rock(
    sheet: &mut Sheet,
    (x, base): (f32, f32),
    size: f32,
    (shade, lit): (Tone, Tone),
    light: f32,
    chance: &mut Chance,
) {
    let height = size * chance.range(0.5, 0.85);
    let skew = chance.spread() * 0.25 * size;
    let outline = [
        (x - size, base + size * 0.06),
        (x - size * 0.82, base - height * 0.52),
        (x - size * 0.28 + skew, base - height * 0.95),
        (x + size * 0.22 + skew, base - height),
        (x + size * 0.74, base - height * 0.58),
        (x + size, base + size * 0.06),
    ];
    sheet.polygon(&outline, shade);
    let facet = [
        (x + light * size * 0.10 + skew, base - height * 0.97),
        (x + light * size * 0.76, base - height * 0.56),
        (x + light * size * 0.98, base + size * 0.04),
        (x + light * size * 0.30, base - height * 0.30),
    ];
    sheet.polygon(&facet, Fill::Flat(lit, 0.8));
    let top = [
        (x - size * 0.28 + skew, base - height * 0.95),
        (x + size * 0.22 + skew, base - height),
        (x + light * size * 0.76, base - height * 0.57),
        (x + light * size * 0.2, base - height * 0.70),
    ];
    sheet.polygon(&top, Fill::Flat(shade.mix(lit, 0.5), 0.7));
}

/// Bands of tone across a plain, closer together towards the horizon.
pub(super) fn furrows(
    sheet: &mut Sheet,
    chance: &mut Chance,
    (top, bottom): (f32, f32),
    tones: (Tone, Tone),
    strength: f32,
) {
    let (wide, _) = sheet.reach();
    let bands = 16;
    for band in 0..bands {
        let t = (band as f32 + 0.5) / bands as f32;
        let y = top + (bottom - top) * t * t;
        let thick = (0.002 + 0.012 * t) * chance.range(0.5, 1.2);
        let tone = if band % 2 == 0 { tones.0 } else { tones.1 };
        for _ in 0..3 {
            let x = chance.range(-wide, wide);
            let half = chance.range(0.12, 0.5) * (0.4 + t);
            let bend = chance.spread() * 0.012;
            let strip = [
                (x - half, y),
                (x - half * 0.4, y - thick + bend),
                (x + half * 0.4, y - thick * 0.8),
                (x + half, y),
                (x, y + thick),
            ];
            sheet.fill(smooth_path(&strip, true), Fill::Flat(tone, strength));
        }
    }
}
