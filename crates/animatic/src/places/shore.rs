//! A beach at the edge of the sea: a path of light on the water, breaking waves, wet sand, a headland.

use crate::ambience::{Ambience, Body};
use crate::brush::{Blend, Fill, Sheet, smooth_path};
use crate::chance::{Chance, Noise};
use crate::places::flora::{self, Grass};
use crate::places::staging::Staging;
use crate::places::terrain::{self, sunlight};
use crate::places::water;
use crate::set::{Layer, Motion, PaintContext, Set};
use crate::sky::{self, SkyPlan};
use crate::tone::Tone;

const HORIZON: f32 = 0.05;

fn lerp(from: f32, to: f32, share: f32) -> f32 {
    from + (to - from) * share
}

struct Shore<'a> {
    ctx: &'a PaintContext<'a>,
    ambience: Ambience,
    staging: Staging,
    sun: (f32, f32),
    sea: Tone,
    sand: Tone,
    /// Height where the sand begins, and how far the beach slants across the picture.
    beach: f32,
    slant: f32,
}

/// Paints the place.
pub(super) fn paint(ctx: &PaintContext<'_>) -> Set {
    let ambience = Ambience::of(ctx);
    let staging = Staging::new(ctx, 0.40, 0.46);
    let mut chance = Chance::new(ctx.seed, "shore");
    let plan = SkyPlan::new(ctx, HORIZON);
    let sky = sky::paint(ctx, &ambience, &plan);
    let shore = Shore {
        sea: ambience.local(Tone::hex(0x2a_6c_86)).mix(ambience.sky[1], 0.35),
        sand: ambience.local(Tone::hex(0xd8_b8_8c)).mix(ambience.snow_tone(), 0.6 * ambience.snow),
        sun: (sky.light.x, sky.light.y),
        beach: 0.265,
        slant: chance.side() * chance.range(0.02, 0.06),
        ctx,
        ambience,
        staging,
    };
    let mut layers = sky.layers;
    layers.push(shore.sea(&mut chance));
    layers.push(shore.headland(&mut chance));
    layers.push(shore.surf(&mut chance));
    layers.push(shore.sand(&mut chance));
    let slot = layers.len();
    layers.push(shore.foreground(&mut chance));
    shore.staging.set(ctx, layers, slot, HORIZON, sky.light)
}

impl Shore<'_> {
    fn edge(&self, x: f32) -> f32 {
        self.beach + self.slant * x + 0.007 * water::ripple(x * 0.9 + self.slant * 40.0)
    }

    fn sea(&self, chance: &mut Chance) -> Layer {
        let ambience = &self.ambience;
        let (mut sheet, mut glow) = (Sheet::new(self.ctx), Sheet::new(self.ctx));
        let (_, high) = self.staging.reach;
        let far = self.sea.mix(ambience.sky[4], 0.45);
        let near = self.sea.scale(0.82);
        sheet.wash(
            &[
                (HORIZON, far, 1.0),
                (HORIZON + 0.06, self.sea.mix(ambience.sky[3], 0.25), 1.0),
                (self.beach + 0.06, near, 1.0),
                (high, near, 1.0),
            ],
            Blend::Over,
        );
        water::wavelets(
            &mut sheet,
            chance,
            (HORIZON + 0.004, self.beach + 0.08),
            ambience.sky[3].mix(Tone::WHITE, 0.15),
            near.scale(0.8),
            0.42 - 0.15 * ambience.fog,
        );
        let strength = ambience.key_strength * ambience.celestial.visible.max(0.15);
        water::glitter(
            &mut sheet,
            &mut glow,
            chance,
            self.sun.0,
            (HORIZON + 0.001, self.beach + 0.06),
            ambience.celestial.tone.mix(ambience.key, 0.5),
            strength,
        );
        // The far edge dissolves into the sky.
        sheet.wash(
            &[(HORIZON, ambience.haze, 0.35 * ambience.haze_density), (HORIZON + 0.035, ambience.haze, 0.0)],
            Blend::Atop,
        );
        sheet.into_lit_layer(glow, "sea", 0.22, Motion::Still)
    }

    /// Land that runs out into the sea on the side away from the sun, with a lighthouse or pines on it.
    fn headland(&self, chance: &mut Chance) -> Layer {
        let ambience = &self.ambience;
        let (mut sheet, mut glow) = (Sheet::new(self.ctx), Sheet::new(self.ctx));
        let side = if self.sun.0 > 0.0 { -1.0 } else { 1.0 };
        let (wide, half, s) = (self.staging.reach.0, self.staging.half, self.staging.scale);
        for (distance, tip, top) in [(0.8, 0.05, 0.055), (0.5, 0.42, 0.10)] {
            let tone = ambience
                .through_air(ambience.near.mix(ambience.local(Tone::hex(0x56_6a_4c)), 0.35), distance);
            let reach = wide + 0.05 - half * tip;
            let rough = Noise::new(chance.seed());
            let mut line: Vec<(f32, f32)> = (0..=40)
                .map(|i| {
                    let t = i as f32 / 40.0;
                    let rise =
                        (t * (2.0 - t)).sqrt() * top * s * (0.7 + 0.6 * rough.fractal(t * 6.0, distance, 3));
                    (side * (half * tip + t * reach), HORIZON + 0.012 - rise)
                })
                .collect();
            line.push((side * (wide + 0.1), HORIZON + 0.02));
            line.push((side * half * tip, HORIZON + 0.014));
            sheet.polygon(
                &line,
                Fill::vertical(HORIZON - top * s, tone, HORIZON + 0.02, tone.mix(ambience.haze, 0.3)),
            );
            if distance < 0.6 {
                let (lx, ly) = line[12];
                if chance.happens(0.5) {
                    self.lighthouse(&mut sheet, &mut glow, (lx, ly), 0.12 * s);
                } else {
                    for (px, py) in line.iter().skip(6).step_by(3).take(9) {
                        flora::conifer(
                            &mut sheet,
                            (*px, py + 0.006),
                            chance.range(0.03, 0.06) * s,
                            tone.mix(ambience.near, 0.5),
                            chance,
                        );
                    }
                }
            }
        }
        sheet.edge_light((-side * 0.003, -0.003), ambience.key, 0.6 * ambience.key_strength);
        sheet.into_lit_layer(glow, "headland", 0.3, Motion::Still)
    }

    fn lighthouse(&self, sheet: &mut Sheet, glow: &mut Sheet, (x, foot): (f32, f32), height: f32) {
        let ambience = &self.ambience;
        let wall = ambience.through_air(ambience.local(Tone::hex(0xe8_e0_d8)), 0.35);
        let half = height * 0.085;
        let tower = [
            (x - half, foot + 0.01),
            (x - half * 0.62, foot - height * 0.8),
            (x + half * 0.62, foot - height * 0.8),
            (x + half, foot + 0.01),
        ];
        sheet.polygon(&tower, wall);
        let band = ambience.through_air(ambience.local(Tone::hex(0xb8_3c_34)), 0.35);
        for share in [0.25, 0.55] {
            let w = half * (1.0 - 0.4 * share);
            sheet.rect(x - w, foot - height * (share + 0.12), 2.0 * w, height * 0.12, band, 1.0, Blend::Over);
        }
        let dark = ambience.through_air(ambience.near, 0.3);
        sheet.rect(x - half * 0.85, foot - height * 0.83, half * 1.7, height * 0.03, dark, 1.0, Blend::Over);
        sheet.rect(
            x - half * 0.42,
            foot - height * 0.94,
            half * 0.84,
            height * 0.11,
            ambience.lamp,
            1.0,
            Blend::Over,
        );
        let roof = [
            (x - half * 0.62, foot - height * 0.93),
            (x, foot - height * 1.04),
            (x + half * 0.62, foot - height * 0.93),
        ];
        sheet.polygon(&roof, dark);
        let lit = ambience.lamps;
        if lit > 0.1 {
            let y = foot - height * 0.885;
            glow.glow(x, y, height * 0.7, height * 0.7, ambience.lamp, 0.55 * lit, Blend::Add);
            for side in [-1.0, 1.0] {
                let beam =
                    [(x, y - 0.002), (x + side * 0.8, y - 0.05), (x + side * 0.8, y + 0.03), (x, y + 0.002)];
                glow.polygon(
                    &beam,
                    Fill::Graded {
                        from: (x, y),
                        to: (x + side * 0.7, y),
                        first: (ambience.lamp, 0.22 * lit),
                        last: (ambience.lamp, 0.0),
                    },
                );
            }
        }
    }

    /// The last waves: they rise and sink with the beat.
    fn surf(&self, chance: &mut Chance) -> Layer {
        let ambience = &self.ambience;
        let mut sheet = Sheet::new(self.ctx);
        let (wide, _) = self.staging.reach;
        let foam = ambience.haze.mix(Tone::WHITE, 0.5).multiply(ambience.ambient.mix(Tone::WHITE, 0.45));
        for row in 0..4 {
            let t = row as f32 / 3.0;
            let wave = Noise::new(chance.seed());
            let line = |x: f32, lift: f32| {
                let out = 1.0 - t;
                let level = lerp(self.edge(x), self.beach - 0.09, out * (1.2 - 0.2 * out));
                level + 0.022 * (0.4 + 0.6 * t) * (wave.fractal(x * 2.3, t, 3) - 0.5) - lift
            };
            let points = |lift: f32, swell: f32| -> Vec<(f32, f32)> {
                (0..=64)
                    .map(|i| {
                        let x = (i as f32 / 32.0 - 1.0) * (wide + 0.02);
                        (x, line(x, lift + swell * wave.value(x * 5.0, 7.0)))
                    })
                    .collect()
            };
            // The face of the wave, its lip of foam, and the lace it drags behind.
            let face: Vec<_> = points(0.004 + 0.016 * t, 0.010)
                .into_iter()
                .chain(points(0.0, 0.0).into_iter().rev())
                .collect();
            let body = self.sea.mix(ambience.sky[4], 0.22 + 0.2 * t);
            sheet.polygon(&face, Fill::Flat(body.scale(0.85), 0.75));
            let lip: Vec<_> = points(0.001, 0.006 + 0.004 * t)
                .into_iter()
                .zip(points(-0.002 - 0.006 * t, 0.014 * t))
                .map(|(upper, lower)| (upper, (lower.0, lower.1.max(upper.1))))
                .collect();
            let outline: Vec<_> = lip.iter().map(|p| p.0).chain(lip.iter().rev().map(|p| p.1)).collect();
            sheet.polygon(&outline, Fill::Flat(foam, 0.35 + 0.5 * t));
            for _ in 0..14 {
                let x = chance.range(-wide, wide);
                let y = line(x, -0.006 - 0.02 * chance.unit() * (0.4 + t));
                let half = chance.range(0.02, 0.09);
                sheet.fill(
                    smooth_path(&[(x - half, y), (x, y - 0.002), (x + half, y), (x, y + 0.0025)], true),
                    Fill::Flat(foam, 0.4 * t + 0.1),
                );
            }
        }
        sunlight(&mut sheet, ambience, (self.sun.0, self.beach - 0.02), (0.35, 0.12), 0.4);
        sheet.into_layer("surf", 0.6, Motion::Bob { amplitude: 0.004, beats: 4.0 })
    }

    fn sand(&self, chance: &mut Chance) -> Layer {
        let ambience = &self.ambience;
        let mut sheet = Sheet::new(self.ctx);
        let (wide, high) = self.staging.reach;
        let mut beach: Vec<(f32, f32)> =
            (0..=64).map(|i| (i as f32 / 32.0 - 1.0) * (wide + 0.02)).map(|x| (x, self.edge(x))).collect();
        beach.extend([(wide + 0.1, high + 0.1), (-wide - 0.1, high + 0.1)]);
        let wet = self.sand.mix(self.sea, 0.22).scale(0.86);
        sheet.polygon(&beach, Fill::vertical(self.beach, wet, self.beach + 0.11, self.sand));
        // Wet sand mirrors the sky near the sun.
        let mirror = ambience.sky[4].mix(ambience.key, 0.3);
        sheet.glow(self.sun.0 * 0.9, self.beach + 0.02, 0.6, 0.055, mirror, 0.75, Blend::Atop);
        sheet.wash(&[(self.beach + 0.08, ambience.deep, 0.0), (high, ambience.deep, 0.62)], Blend::Atop);
        let grain = Noise::new(chance.seed());
        sheet.field((self.beach + 0.03, high), 3, Blend::Atop, |x, y| {
            let near = ((y - self.beach) / 0.25).max(0.1);
            let ridge = grain.fractal(x * 5.0 / near.sqrt(), y * 46.0 / near, 3);
            (
                if ridge > 0.5 { self.sand.mix(ambience.key, 0.3) } else { ambience.deep },
                (ridge - 0.5).abs() * 0.55 * near.min(1.0),
            )
        });
        // Footprints wander off towards the water.
        let start = -self.sun.0.signum() * self.staging.half * 0.15;
        for step in 0..12 {
            let t = step as f32 / 11.0;
            let y = 0.5 - (0.5 - self.beach - 0.05) * t * (1.5 - 0.5 * t);
            let x = start
                + 0.22 * t * self.sun.0.signum()
                + if step % 2 == 0 { 0.012 } else { -0.012 } * (1.3 - t);
            sheet.ellipse(
                x,
                y,
                0.010 * (1.3 - t),
                0.0045 * (1.3 - t),
                Fill::Flat(self.sand.scale(0.5), 0.55),
            );
        }
        for _ in 0..chance.count(3, 6) {
            let x = chance.side() * self.staging.half * chance.range(0.5, 1.1);
            let y = self.beach + chance.range(0.05, 0.14);
            let stone = ambience.near.mix(self.sand, 0.3);
            terrain::rock(
                &mut sheet,
                (x, y),
                chance.range(0.015, 0.04),
                (stone, stone.mix(ambience.key, 0.5)),
                if self.sun.0 > x { 1.0 } else { -1.0 },
                chance,
            );
        }
        sunlight(&mut sheet, ambience, (self.sun.0, self.beach), (0.5, 0.10), 0.35);
        sheet.into_layer("sand", 0.95, Motion::Still)
    }

    /// A dune with marram grass in one corner, near the lens.
    fn foreground(&self, chance: &mut Chance) -> Layer {
        let ambience = &self.ambience;
        let mut sheet = Sheet::new(self.ctx);
        let (wide, high) = self.staging.reach;
        let (half, side) = (self.staging.half, chance.side());
        let dark = ambience.deep.mix(self.sand, 0.14);
        let crest = move |x: f32| {
            let t = ((x * side - half * 0.25) / (half * 0.9)).clamp(0.0, 1.4);
            0.55 - 0.15 * t * t
        };
        let mut dune: Vec<(f32, f32)> =
            (0..=48).map(|i| (i as f32 / 24.0 - 1.0) * (wide + 0.02)).map(|x| (x, crest(x))).collect();
        dune.extend([(wide + 0.1, high + 0.2), (-wide - 0.1, high + 0.2)]);
        sheet.polygon(&dune, dark);
        let (from, to) = if side > 0.0 { (half * 0.42, wide) } else { (-wide, -half * 0.42) };
        let lean = 0.25 + 0.4 * ambience.wind;
        let blades = Grass {
            from,
            to,
            foot: &|x| crest(x) + 0.01,
            height: (0.08, 0.27),
            width: 0.007,
            density: 150.0,
            lean,
        };
        let straw = ambience
            .local(Tone::hex(0x8a_8a_58))
            .mix(ambience.deep, 0.55)
            .mix(ambience.snow_tone(), 0.3 * ambience.snow);
        flora::grass(&mut sheet, chance, &blades, &[dark.scale(0.8), dark.mix(straw, 0.4), straw]);
        let toward = if self.sun.0 > 0.0 { 0.0035 } else { -0.0035 };
        let moon = ambience.celestial.body == Body::Moon;
        sheet.edge_light(
            (toward, -0.002),
            ambience.key,
            if moon { 0.35 } else { 0.6 } * ambience.key_strength,
        );
        sheet.soften(0.0018);
        sheet.into_layer("dune grass", 1.35, Motion::Sway { amplitude: 0.007, beats: 4.0 })
    }
}
