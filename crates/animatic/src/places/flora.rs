//! What grows: grass, flowers, bushes, conifers and broad-leaved trees, as flat silhouettes of organic outline.

use crate::brush::{Fill, Sheet, smooth_path};
use crate::chance::Chance;
use crate::tone::Tone;
use tiny_skia::PathBuilder;

/// A stretch of grass.
pub(super) struct Grass<'a> {
    pub(super) from: f32,
    pub(super) to: f32,
    /// Height of the ground under a blade at x.
    pub(super) foot: &'a dyn Fn(f32) -> f32,
    /// Shortest and tallest blade.
    pub(super) height: (f32, f32),
    /// Breadth of a blade at its foot.
    pub(super) width: f32,
    /// Blades per stage unit.
    pub(super) density: f32,
    /// How far tips lean to the right, as a share of height.
    pub(super) lean: f32,
}

/// Blades of grass in a few tones, painted tone by tone.
pub(super) fn grass(sheet: &mut Sheet, chance: &mut Chance, grass: &Grass<'_>, tones: &[Tone]) {
    let each =
        ((grass.to - grass.from) * grass.density / tones.len().max(1) as f32).clamp(0.0, 6000.0) as usize;
    for tone in tones {
        let mut path = PathBuilder::new();
        for _ in 0..each {
            let x = chance.range(grass.from, grass.to);
            let tall = chance.unit();
            let height =
                grass.height.0 + (grass.height.1 - grass.height.0) * tall * (0.5 + 0.5 * chance.unit());
            let lean = (grass.lean + 0.55 * chance.spread()) * height;
            let (foot, half) = ((grass.foot)(x) + 0.004, grass.width * (0.5 + 0.5 * tall) / 2.0);
            path.move_to(x - half, foot);
            path.quad_to(x - half * 0.4 + lean * 0.15, foot - height * 0.6, x + lean, foot - height);
            path.quad_to(x + half * 0.8 + lean * 0.25, foot - height * 0.55, x + half, foot);
            path.close();
        }
        sheet.fill(path.finish(), *tone);
    }
}

/// Flowers on stalks.
pub(super) fn flowers(
    sheet: &mut Sheet,
    chance: &mut Chance,
    grass: &Grass<'_>,
    stalk: Tone,
    petals: &[Tone],
) {
    let count = ((grass.to - grass.from) * grass.density).clamp(0.0, 900.0) as usize;
    for _ in 0..count {
        let x = chance.range(grass.from, grass.to);
        let height = chance.range(grass.height.0, grass.height.1);
        let (foot, lean) = ((grass.foot)(x), (grass.lean + 0.3 * chance.spread()) * height);
        let tip = (x + lean, foot - height);
        sheet.stroke(
            smooth_path(&[(x, foot), (x + lean * 0.3, foot - height * 0.6), tip], false),
            grass.width * 0.35,
            stalk,
            0.9,
        );
        let size = grass.width * chance.range(0.55, 1.0);
        let petal = petals.get(chance.index(petals.len())).copied().unwrap_or(Tone::WHITE);
        if chance.happens(0.55) {
            // A cup seen from the side.
            sheet.ellipse(tip.0, tip.1, size, size * 0.75, petal);
            sheet.ellipse(tip.0, tip.1 - size * 0.25, size * 0.55, size * 0.3, petal.mix(Tone::WHITE, 0.35));
        } else {
            for (dx, dy) in [(-0.7, 0.0), (0.7, 0.0), (0.0, -0.7), (0.0, 0.6)] {
                sheet.ellipse(tip.0 + dx * size, tip.1 + dy * size, size * 0.55, size * 0.55, petal);
            }
            sheet.ellipse(tip.0, tip.1, size * 0.4, size * 0.4, petal.mix(Tone::hex(0xff_e0_90), 0.7));
        }
    }
}

/// A spruce or fir: tiers of drooping boughs on a straight stem, feet at `base`.
pub(super) fn conifer(
    sheet: &mut Sheet,
    (x, base): (f32, f32),
    height: f32,
    fill: impl Into<Fill>,
    chance: &mut Chance,
) {
    let tiers = (5.0 + height * 14.0).clamp(5.0, 13.0) as usize;
    let half = height * chance.range(0.17, 0.24);
    let mut right = Vec::with_capacity(tiers * 2);
    let mut left = Vec::with_capacity(tiers * 2);
    for tier in 1..=tiers {
        let t = tier as f32 / tiers as f32;
        let y = base - height * (1.0 - t * 0.93);
        for (side, points) in [(1.0, &mut right), (-1.0, &mut left)] {
            let reach = half * (0.12 + 0.88 * t) * chance.range(0.8, 1.12);
            points.push((x + side * reach, y + height * 0.012 * chance.spread()));
            points.push((x + side * reach * 0.52, y - height * 0.012));
        }
    }
    let mut path = PathBuilder::new();
    path.move_to(x, base - height);
    for (px, py) in &right {
        path.line_to(*px, *py);
    }
    let stem = height * 0.018;
    path.line_to(x + stem, base - height * 0.06);
    path.line_to(x + stem, base);
    path.line_to(x - stem, base);
    path.line_to(x - stem, base - height * 0.06);
    for (px, py) in left.iter().rev() {
        path.line_to(*px, *py);
    }
    path.close();
    sheet.fill(path.finish(), fill);
}

/// A tree with a rounded crown of leaf masses, lit from `light` (−1 left, 1 right); feet at `base`.
pub(super) fn broadleaf(
    sheet: &mut Sheet,
    (x, base): (f32, f32),
    height: f32,
    (shade, lit): (Tone, Tone),
    light: f32,
    chance: &mut Chance,
) {
    let trunk = shade.scale(0.55);
    let lean = chance.spread() * 0.05 * height;
    let fork = base - height * 0.40;
    let girth = height * 0.028;
    sheet.fill(
        smooth_path(
            &[
                (x - girth * 2.1, base + 0.004),
                (x - girth, base - height * 0.08),
                (x - girth * 0.8 + lean, fork),
                (x + lean, fork - height * 0.2),
                (x + girth * 0.8 + lean, fork),
                (x + girth, base - height * 0.08),
                (x + girth * 2.1, base + 0.004),
            ],
            true,
        ),
        trunk,
    );
    for side in [-1.0, 1.0] {
        let bough = [
            (x + lean * 0.7, fork + height * 0.05),
            (x + lean + side * height * 0.12, fork - height * 0.12),
            (x + lean + side * height * 0.2, fork - height * 0.26),
        ];
        sheet.stroke(smooth_path(&bough, false), girth * 0.9, trunk, 1.0);
    }
    // Masses of leaves: dark below and behind, light above and towards the light.
    let centre = (x + lean, base - height * 0.66);
    let masses: Vec<(f32, f32, f32)> = (0..chance.count(9, 13))
        .map(|_| {
            let (u, v) = (chance.spread() * 1.15, chance.spread());
            (centre.0 + u * height * 0.29, centre.1 + v * height * 0.22, height * chance.range(0.10, 0.17))
        })
        .collect();
    for (tone, shift, size) in [
        (shade.scale(0.78), 0.0, 1.0),
        (shade, 0.22, 0.82),
        (shade.mix(lit, 0.55), 0.40, 0.58),
        (lit, 0.55, 0.30),
    ] {
        for (cx, cy, radius) in &masses {
            let offset = radius * shift;
            blob(sheet, (cx + light * offset * 0.8, cy - offset), radius * size, tone, chance);
        }
    }
}

/// A bush or a mass of leaves with a scalloped outline.
pub(super) fn blob(
    sheet: &mut Sheet,
    (x, y): (f32, f32),
    radius: f32,
    fill: impl Into<Fill>,
    chance: &mut Chance,
) {
    const LOBES: [(f32, f32); 12] = [
        (1.0, 0.0),
        (0.866, 0.5),
        (0.5, 0.866),
        (0.0, 1.0),
        (-0.5, 0.866),
        (-0.866, 0.5),
        (-1.0, 0.0),
        (-0.866, -0.5),
        (-0.5, -0.866),
        (0.0, -1.0),
        (0.5, -0.866),
        (0.866, -0.5),
    ];
    let points: Vec<(f32, f32)> = LOBES
        .iter()
        .map(|(u, v)| {
            let r = radius * chance.range(0.78, 1.14);
            (x + u * r * 1.12, y + v * r * 0.86)
        })
        .collect();
    sheet.fill(smooth_path(&points, true), fill);
}

/// A fern: arched fronds with leaflets, from one root.
pub(super) fn fern(sheet: &mut Sheet, (x, y): (f32, f32), size: f32, tone: Tone, chance: &mut Chance) {
    let fronds = chance.count(6, 9);
    let mut path = PathBuilder::new();
    for frond in 0..fronds {
        let spread = (frond as f32 + 0.5) / fronds as f32 * 2.0 - 1.0;
        let reach = size * chance.range(0.75, 1.1);
        let tip = (x + spread * reach, y - reach * (0.78 - 0.62 * spread * spread));
        let crest = (x + spread * reach * 0.45, y - reach * (0.85 - 0.25 * spread * spread));
        let steps = 14;
        for step in 1..=steps {
            let t = step as f32 / steps as f32;
            let along =
                |a: f32, b: f32, c: f32| a * (1.0 - t) * (1.0 - t) + 2.0 * b * t * (1.0 - t) + c * t * t;
            let (px, py) = (along(x, crest.0, tip.0), along(y, crest.1, tip.1));
            let leaf = reach * 0.20 * (1.0 - t) * (0.35 + t).min(1.0) + reach * 0.015;
            let (dx, dy) = (tip.0 - x, tip.1 - crest.1 + 0.02);
            let length = (dx * dx + dy * dy).sqrt().max(1e-4);
            let (nx, ny) = (-dy / length, dx / length);
            for side in [-1.0, 1.0] {
                let (ex, ey) =
                    (px + nx * leaf * side + dx / length * leaf * 0.5, py + ny * leaf * side + leaf * 0.25);
                path.move_to(px, py);
                path.quad_to(px + nx * leaf * side * 0.5, py + ny * leaf * side * 0.5 - leaf * 0.22, ex, ey);
                path.quad_to(px + nx * leaf * side * 0.4, py + ny * leaf * side * 0.4 + leaf * 0.18, px, py);
                path.close();
            }
        }
    }
    sheet.fill(path.finish(), tone);
}
