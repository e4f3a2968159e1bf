//! An empty road through the desert: mesas in the haze, poles that march to the vanishing point, heat and dust.

use crate::ambience::Ambience;
use crate::brush::{Blend, Fill, Sheet};
use crate::chance::{Chance, Noise};
use crate::places::flora::{self, Grass};
use crate::places::staging::Staging;
use crate::places::terrain::{self, Crest, sunlight};
use crate::set::{Air, Layer, Motion, PaintContext, Set};
use crate::sky::{self, SkyPlan};
use crate::tone::Tone;
use mv_core::vocabulary::Weather;

const HORIZON: f32 = 0.09;

struct Desert<'a> {
    ctx: &'a PaintContext<'a>,
    ambience: Ambience,
    staging: Staging,
    sun: (f32, f32),
    earth: Tone,
    rock: Tone,
    /// Where the road meets the horizon, and where it leaves the picture below.
    vanish: f32,
    foot: f32,
}

/// Paints the place.
pub(super) fn paint(ctx: &PaintContext<'_>) -> Set {
    let ambience = Ambience::of(ctx);
    let staging = Staging::new(ctx, 0.41, 0.44);
    let mut chance = Chance::new(ctx.seed, "desert");
    let plan = SkyPlan::new(ctx, HORIZON);
    let sky = sky::paint(ctx, &ambience, &plan);
    let snow = ambience.snow_tone();
    let cover = 0.6 * ambience.snow;
    let desert = Desert {
        earth: ambience.local(Tone::hex(0xd0_96_62)).mix(snow, cover),
        rock: ambience.local(Tone::hex(0xa8_5a_42)).mix(snow, 0.25 * ambience.snow),
        sun: (sky.light.x, sky.light.y),
        vanish: plan.sun_x * 0.35,
        foot: chance.spread() * 0.14,
        ctx,
        ambience,
        staging,
    };
    let mut layers = sky.layers;
    desert.mesas(&mut chance, &mut layers);
    layers.push(desert.plain(&mut chance));
    layers.push(desert.poles(&mut chance));
    layers.push(desert.roadside(&mut chance));
    let slot = layers.len();
    layers.push(desert.foreground(&mut chance));
    let mut set = desert.staging.set(ctx, layers, slot, HORIZON, sky.light);
    if !matches!(ctx.weather, Weather::Rain | Weather::Snow | Weather::Wind) {
        set.air.push(Air::Dust);
    }
    set
}

impl Desert<'_> {
    fn mesas(&self, chance: &mut Chance, layers: &mut Vec<Layer>) {
        let ambience = &self.ambience;
        let (wide, s) = (self.staging.reach.0, self.staging.scale);
        for (name, distance, depth, size, count) in [
            ("far mesas", 0.92, 0.07, 0.09, 5),
            ("mesas", 0.66, 0.15, 0.15, 3),
            ("buttes", 0.38, 0.27, 0.20, 2),
        ] {
            let mut sheet = Sheet::new(self.ctx);
            let tone = ambience.through_air(self.rock.mix(ambience.near, 0.35), distance);
            let base = HORIZON + 0.012 + 0.02 * (1.0 - distance);
            let skirt = Crest::new(chance, base - 0.012, 0.014, 1.6, 3);
            for index in 0..count {
                // The valley of the road stays open.
                let side = if index % 2 == 0 { -1.0 } else { 1.0 };
                let near = 0.24 + 0.5 * distance * 0.4;
                let x = self.vanish + side * (near + chance.range(0.08, 0.42)) * self.staging.half.max(0.5);
                let height = size * s * chance.range(0.7, 1.15);
                self.mesa(&mut sheet, chance, (x, base), height, tone);
            }
            skirt.fill(
                &mut sheet,
                tone.mix(self.earth, 0.35).mix(ambience.haze, 0.25 * distance),
                self.earth.mix(ambience.haze, 0.3),
                0.05,
            );
            sunlight(&mut sheet, ambience, (self.sun.0, base - 0.05), (wide * 0.6, 0.22), 0.35);
            let toward = if self.sun.0 > self.vanish { 0.004 } else { -0.004 };
            sheet.edge_light((toward, -0.003), ambience.key, 0.7 * ambience.key_strength);
            sheet.wash(
                &[(base - 0.06, ambience.haze, 0.0), (base + 0.02, ambience.haze, 0.55 * distance)],
                Blend::Atop,
            );
            layers.push(sheet.into_layer(name, depth, Motion::Still));
        }
    }

    /// A table mountain: cliff, ledges, and a skirt of scree.
    fn mesa(&self, sheet: &mut Sheet, chance: &mut Chance, (x, base): (f32, f32), height: f32, tone: Tone) {
        let half = height * chance.range(0.32, 1.15);
        let top = base - height;
        let rough = Noise::new(chance.seed());
        let mut line = Vec::new();
        let steps = 28;
        for i in 0..=steps {
            let t = i as f32 / steps as f32 * 2.0 - 1.0;
            let out = t.abs();
            // Flat above, a cliff, then scree that runs out.
            let profile = if out < 0.52 {
                1.0 - 0.03 * rough.value(t * 9.0, 2.0)
            } else if out < 0.60 {
                0.55 + (0.60 - out) * 5.4
            } else {
                0.55 * ((1.0 - out) / 0.4) * ((1.0 - out) / 0.4)
            };
            let jag = 0.05 * (rough.value(t * 14.0, 0.5) - 0.5) * profile;
            line.push((x + t * half * 1.7, base + 0.01 - height * (profile + jag)));
        }
        sheet.polygon(&line, Fill::vertical(top, tone, base, tone.mix(self.earth, 0.3)));
        // Strata, and gullies down the cliff.
        for band in 1..5 {
            let y = top + height * (0.10 * band as f32 + 0.03 * chance.spread());
            let strip = half * (0.86 + 0.02 * band as f32);
            sheet.line((x - strip, y), (x + strip, y + 0.002), height * 0.014, tone.scale(0.86), 0.55);
        }
        for _ in 0..9 {
            let gx = x + half * 0.84 * chance.range(-1.0, 1.0);
            let y = top + height * chance.range(0.04, 0.12);
            sheet.line(
                (gx, y),
                (gx + 0.01 * chance.spread(), y + height * chance.range(0.18, 0.34)),
                height * 0.02,
                tone.scale(0.80),
                0.5,
            );
        }
        let lit = if self.sun.0 > x { 1.0 } else { -1.0 };
        let face = [
            (x + lit * half * 0.88, top + height * 0.01),
            (x + lit * half * 0.30, top + height * 0.01),
            (x + lit * half * 0.44, base - height * 0.42),
            (x + lit * half * 1.02, base - height * 0.45),
        ];
        sheet
            .polygon(&face, Fill::Flat(tone.mix(self.ambience.key, 0.35), 0.30 * self.ambience.key_strength));
    }

    /// Edges of the road at a height.
    fn road(&self, y: f32) -> (f32, f32) {
        let t = ((y - HORIZON) / (0.55 - HORIZON)).max(0.0);
        let centre = self.vanish + (self.foot - self.vanish) * t;
        let half = 0.003 + 0.40 * t;
        (centre - half, centre + half)
    }

    fn plain(&self, chance: &mut Chance) -> Layer {
        let ambience = &self.ambience;
        let mut sheet = Sheet::new(self.ctx);
        let (_, high) = self.staging.reach;
        let far = self.earth.mix(ambience.haze, 0.4);
        sheet.wash(
            &[
                (HORIZON + 0.012, far, 1.0),
                (HORIZON + 0.1, self.earth, 1.0),
                (high, self.earth.scale(0.55), 1.0),
            ],
            Blend::Over,
        );
        terrain::furrows(
            &mut sheet,
            chance,
            (HORIZON + 0.02, 0.55),
            (self.earth.scale(0.86), self.earth.mix(ambience.key, 0.18)),
            0.3,
        );
        let low = high.max(0.56);
        let ((l0, r0), (l1, r1)) = (self.road(HORIZON + 0.012), self.road(low));
        let shoulder = 1.22;
        let mid = f32::midpoint;
        let wider =
            |l: f32, r: f32| (mid(l, r) - (r - l) / 2.0 * shoulder, mid(l, r) + (r - l) / 2.0 * shoulder);
        let ((sl0, sr0), (sl1, sr1)) = (wider(l0, r0), wider(l1, r1));
        let gravel = self.earth.scale(0.72);
        sheet.polygon(&[(sl0, HORIZON + 0.012), (sr0, HORIZON + 0.012), (sr1, low), (sl1, low)], gravel);
        let asphalt = ambience.local(Tone::hex(0x56_52_5c)).mix(ambience.snow_tone(), 0.3 * ambience.snow);
        let glare = asphalt.mix(ambience.sky[4], 0.55 + 0.2 * ambience.wet);
        sheet.polygon(
            &[(l0, HORIZON + 0.012), (r0, HORIZON + 0.012), (r1, low), (l1, low)],
            Fill::vertical(HORIZON, glare, HORIZON + 0.22, asphalt),
        );
        self.markings(&mut sheet);
        let grit = Noise::new(chance.seed());
        sheet.field((HORIZON + 0.03, high), 3, Blend::Atop, |x, y| {
            let near = ((y - HORIZON) / 0.45).max(0.08);
            let value = grit.fractal((x - self.vanish) * 14.0 / near, 20.0 / near, 3);
            (if value > 0.5 { ambience.key } else { ambience.deep }, (value - 0.5).abs() * 0.22)
        });
        if ambience.wet > 0.0 {
            let (l, r) = self.road(0.3);
            sheet.glow(f32::midpoint(l, r), 0.22, 0.12, 0.16, ambience.sky[4], 0.5, Blend::Atop);
        }
        sunlight(&mut sheet, ambience, (self.sun.0 * 0.6, HORIZON + 0.03), (0.8, 0.10), 0.6);
        sheet.into_layer("road", 0.8, Motion::Still)
    }

    fn markings(&self, sheet: &mut Sheet) {
        let ambience = &self.ambience;
        let paint = ambience.local(Tone::hex(0xf4_e4_b0)).mix(ambience.key, 0.2);
        let quad = |sheet: &mut Sheet, (near, far): (f32, f32), at: f32, breadth: f32| {
            let edge = |y: f32, side: f32| {
                let (l, r) = self.road(y);
                l + (r - l) * (at + side * breadth)
            };
            let points = [
                (edge(far, -1.0), far),
                (edge(far, 1.0), far),
                (edge(near, 1.0), near),
                (edge(near, -1.0), near),
            ];
            sheet.polygon(&points, Fill::Flat(paint, 0.85));
        };
        // Dashes of equal length on the ground: heights go with the inverse of distance.
        let height = |distance: f32| HORIZON + 0.46 / distance;
        for dash in 0..26 {
            let from = 0.82 + dash as f32 * 0.52;
            quad(sheet, (height(from), height(from + 0.24)), 0.5, 0.012);
        }
        for at in [0.055, 0.945] {
            quad(sheet, (0.66, HORIZON + 0.014), at, 0.007);
        }
    }

    /// Telegraph poles along the road, sagging wires between them.
    fn poles(&self, chance: &mut Chance) -> Layer {
        let ambience = &self.ambience;
        let mut sheet = Sheet::new(self.ctx);
        let side = chance.side();
        let mut last: Option<[(f32, f32); 2]> = None;
        for index in 0..9 {
            let distance = 0.95 + 0.62 * index as f32 * (1.0 + 0.05 * index as f32);
            let foot = HORIZON + 0.30 / distance;
            let (l, r) = self.road(foot);
            let x = f32::midpoint(l, r) + side * ((r - l) * 0.5 + 0.36 / distance);
            let height = 0.50 * self.staging.scale / distance;
            let tone = ambience.through_air(ambience.near.mix(ambience.deep, 0.5), 0.1 * index as f32);
            let (top, thick) = (foot - height, 0.012 / distance);
            sheet.polygon(
                &[
                    (x - thick * 0.6, foot),
                    (x - thick * 0.42, top),
                    (x + thick * 0.42, top),
                    (x + thick * 0.6, foot),
                ],
                tone,
            );
            let arm = height * 0.13;
            let bar = top + height * 0.09;
            sheet.line((x - arm, bar), (x + arm, bar), thick * 0.6, tone, 1.0);
            let ends = [(x - arm * 0.9, bar - thick * 0.7), (x + arm * 0.9, bar - thick * 0.7)];
            for (ex, ey) in ends {
                sheet.line((ex, ey), (ex, bar), thick * 0.45, tone, 1.0);
            }
            if let Some(before) = last {
                for (from, to) in before.iter().zip(ends) {
                    let sag = (f32::midpoint(from.0, to.0), from.1.max(to.1) + (from.0 - to.0).abs() * 0.10);
                    let wire = crate::brush::smooth_path(&[*from, sag, to], false);
                    sheet.stroke(wire, 0.0014 / distance.sqrt(), tone, 0.8);
                }
            }
            last = Some(ends);
        }
        let toward = if self.sun.0 > 0.0 { 0.003 } else { -0.003 };
        sheet.edge_light((toward, 0.0), ambience.key, 0.6 * ambience.key_strength);
        sheet.into_layer("poles", 0.55, Motion::Still)
    }

    /// Scrub, cacti and stones beside the road.
    fn roadside(&self, chance: &mut Chance) -> Layer {
        let ambience = &self.ambience;
        let mut sheet = Sheet::new(self.ctx);
        let (wide, s) = (self.staging.reach.0, self.staging.scale);
        let sage = ambience.local(Tone::hex(0x74_80_58)).mix(ambience.snow_tone(), 0.4 * ambience.snow);
        let cactus = ambience.local(Tone::hex(0x48_6a_48));
        let mut things: Vec<f32> = (0..44).map(|_| chance.unit()).collect();
        things.sort_by(f32::total_cmp);
        for t in things {
            let y = HORIZON + 0.03 + 0.30 * t * t;
            let (l, r) = self.road(y);
            let hand = chance.side();
            let room = (r - l) * 0.5 * 1.35 + 0.01;
            let x = f32::midpoint(l, r) + hand * (room + chance.unit() * (wide - room).max(0.1));
            let size = (0.006 + 0.05 * t * t) * chance.range(0.6, 1.2) * s;
            let lit = if self.sun.0 > x { 1.0 } else { -1.0 };
            let air = 0.45 * (1.0 - t);
            match chance.index(7) {
                0 => Self::saguaro(&mut sheet, chance, (x, y), size * 3.0, ambience.through_air(cactus, air)),
                1 | 2 => {
                    let stone = ambience.through_air(self.rock.mix(ambience.near, 0.25), air);
                    terrain::rock(
                        &mut sheet,
                        (x, y),
                        size * 0.7,
                        (stone, stone.mix(ambience.key, 0.5)),
                        lit,
                        chance,
                    );
                }
                _ => {
                    let tone = ambience.through_air(sage, air);
                    let tuft = Grass {
                        from: x - size * 0.6,
                        to: x + size * 0.6,
                        foot: &|_| y,
                        height: (size * 0.4, size * 1.3),
                        width: size * 0.12,
                        density: 30.0 / size,
                        lean: 0.15 * ambience.wind,
                    };
                    sheet.ellipse(
                        x - lit * size * 0.5,
                        y + size * 0.05,
                        size * 1.3,
                        size * 0.14,
                        Fill::Flat(ambience.deep, 0.30),
                    );
                    flora::grass(
                        &mut sheet,
                        chance,
                        &tuft,
                        &[tone.scale(0.7), tone, tone.mix(ambience.key, 0.35)],
                    );
                }
            }
        }
        let toward = if self.sun.0 > 0.0 { 0.0025 } else { -0.0025 };
        sheet.edge_light((toward, -0.002), ambience.key, 0.45 * ambience.key_strength);
        sheet.into_layer("roadside", 0.9, Motion::Still)
    }

    fn saguaro(sheet: &mut Sheet, chance: &mut Chance, (x, foot): (f32, f32), height: f32, tone: Tone) {
        let thick = height * 0.14;
        sheet.line((x, foot), (x, foot - height + thick / 2.0), thick, tone, 1.0);
        for side in [-1.0, 1.0] {
            let (at, reach) = (chance.range(0.32, 0.55), height * chance.range(0.17, 0.24));
            let up = height * chance.range(0.18, 0.38);
            let elbow = foot - height * at;
            let arm = [
                (x, elbow),
                (x + side * reach * 0.8, elbow - height * 0.01),
                (x + side * reach, elbow - height * 0.07),
                (x + side * reach, elbow - up),
            ];
            sheet.stroke(crate::brush::smooth_path(&arm, false), thick * 0.72, tone, 1.0);
        }
        sheet.line(
            (x - thick * 0.15, foot),
            (x - thick * 0.15, foot - height * 0.92),
            thick * 0.08,
            tone.scale(0.72),
            0.8,
        );
    }

    /// Dry grass at the bottom corners, near the lens.
    fn foreground(&self, chance: &mut Chance) -> Layer {
        let ambience = &self.ambience;
        let mut sheet = Sheet::new(self.ctx);
        let (wide, half) = (self.staging.reach.0, self.staging.half);
        let dark = ambience.deep.mix(self.earth, 0.12);
        for side in [-1.0, 1.0] {
            let reach = if side < 0.0 { 0.46 } else { 0.58 };
            let (from, to) = if side < 0.0 { (-wide, -half * reach) } else { (half * reach, wide) };
            let foot = move |x: f32| 0.60 - 0.06 * (x.abs() - half * 0.5).max(0.0);
            let tuft = Grass {
                from,
                to,
                foot: &foot,
                height: (0.09, 0.26),
                width: 0.006,
                density: 120.0,
                lean: side * -0.12 + 0.4 * ambience.wind,
            };
            let straw = dark.mix(self.earth, 0.25);
            flora::grass(&mut sheet, chance, &tuft, &[dark, dark.mix(straw, 0.5), straw]);
        }
        let toward = if self.sun.0 > 0.0 { 0.0035 } else { -0.0035 };
        sheet.edge_light((toward, -0.002), ambience.key, 0.55 * ambience.key_strength);
        sheet.soften(0.002);
        sheet.into_layer("dry grass", 1.4, Motion::Sway { amplitude: 0.008, beats: 4.0 })
    }
}
