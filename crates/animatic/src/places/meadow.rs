//! A meadow of tall grass under a wide sky: rolling hills, a lone tree, flowers, and blades in front of the lens.

use crate::ambience::Ambience;
use crate::brush::{Blend, Sheet};
use crate::chance::{Chance, Noise};
use crate::places::flora::{self, Grass};
use crate::places::staging::Staging;
use crate::places::terrain::{Crest, sunlight};
use crate::set::{Air, Layer, Motion, PaintContext, Set};
use crate::sky::{self, SkyPlan};
use crate::tone::Tone;
use mv_core::vocabulary::{Framing, TimeOfDay, Weather};

const HORIZON: f32 = 0.10;

/// The painter's materials for one meadow.
struct Meadow<'a> {
    ctx: &'a PaintContext<'a>,
    ambience: Ambience,
    staging: Staging,
    sun: (f32, f32),
    /// Grass in the shade and in the light.
    shade: Tone,
    lit: Tone,
    lean: f32,
}

/// Paints the place.
pub(super) fn paint(ctx: &PaintContext<'_>) -> Set {
    let ambience = Ambience::of(ctx);
    let staging = Staging::new(ctx, 0.40, 0.44);
    let plan = SkyPlan::new(ctx, HORIZON);
    let sky = sky::paint(ctx, &ambience, &plan);
    let mut chance = Chance::new(ctx.seed, "meadow");
    let green = [Tone::hex(0x6f_9e_3f), Tone::hex(0x8d_9c_45), Tone::hex(0x5b_92_55)][chance.index(3)];
    let snow = ambience.snow;
    let meadow = Meadow {
        shade: ambience.local(green.scale(0.82)).mix(ambience.snow_tone(), 0.8 * snow),
        lit: ambience
            .sunlit(green.mix(Tone::hex(0xe8_d8_70), 0.3), 0.9)
            .mix(ambience.snow_tone(), 0.7 * snow),
        sun: (sky.light.x, sky.light.y),
        lean: 0.1 + 0.35 * ambience.wind,
        ctx,
        ambience,
        staging,
    };
    let mut layers = sky.layers;
    meadow.hills(&mut chance, &mut layers);
    layers.push(meadow.tree(&mut chance));
    layers.push(meadow.field(&mut chance));
    let slot = layers.len();
    layers.push(meadow.near_grass(&mut chance));
    layers.push(meadow.foreground(&mut chance));
    let mut set = meadow.staging.set(ctx, layers, slot, HORIZON, sky.light);
    set.air.extend(match (ctx.time_of_day, ctx.weather) {
        (_, Weather::Rain | Weather::Snow) => None,
        (TimeOfDay::Dusk | TimeOfDay::Night, _) => Some(Air::Fireflies),
        (_, Weather::Wind) => Some(Air::Petals),
        _ => Some(Air::Dust),
    });
    set
}

impl Meadow<'_> {
    fn hills(&self, chance: &mut Chance, layers: &mut Vec<Layer>) {
        let ambience = &self.ambience;
        let rows = [
            ("far hills", 0.95, 0.085, 0.10, 0.06),
            ("hills", 0.68, 0.045, 0.085, 0.14),
            ("near hills", 0.42, 0.005, 0.05, 0.26),
        ];
        for (index, (name, distance, above, relief, depth)) in rows.into_iter().enumerate() {
            let mut sheet = Sheet::new(self.ctx);
            let crest = Crest::new(chance, HORIZON - above, relief, 1.0 + 0.35 * index as f32, 3);
            let body = ambience.near.mix(self.shade, 0.25 + 0.3 * index as f32);
            let upper = ambience.through_air(body, distance);
            let lower = ambience.through_air(body, distance + 0.25).mix(ambience.haze, 0.25);
            crest.fill(&mut sheet, upper, lower, 0.10);
            // A dark hem of woods along the nearer crests.
            if index > 0 {
                let grove = Noise::new(chance.seed());
                let woods = upper.mix(ambience.near, 0.45);
                let mut x = -self.staging.reach.0;
                while x < self.staging.reach.0 {
                    let size = chance.range(0.005, 0.016) * (0.5 + 0.4 * index as f32);
                    if grove.value(x * 4.0, 0.5 + index as f32) > 0.56 {
                        flora::blob(&mut sheet, (x, crest.at(x) - size * 0.2), size, woods, chance);
                    }
                    x += size * 1.1;
                }
            }
            sunlight(&mut sheet, ambience, (self.sun.0, HORIZON - above), (0.75, 0.16), 0.5);
            sheet.edge_light((0.0, -0.004), ambience.key, 0.45 * ambience.key_strength);
            layers.push(sheet.into_layer(name, depth, Motion::Still));
        }
    }

    /// A lone tree on the rise away from the sun, the picture's anchor.
    fn tree(&self, chance: &mut Chance) -> Layer {
        let ambience = &self.ambience;
        let mut sheet = Sheet::new(self.ctx);
        let crest = Crest::new(chance, HORIZON + 0.035, 0.016, 0.9, 2);
        crest.fill(&mut sheet, self.shade.mix(ambience.haze, 0.30), self.shade.mix(ambience.haze, 0.1), 0.12);
        let away = if self.sun.0 > 0.0 { -1.0 } else { 1.0 };
        let x = away * self.staging.half * chance.range(0.60, 0.82);
        let leaf = ambience.local(Tone::hex(0x3d_63_35)).mix(ambience.haze, 0.12);
        let lit = ambience.sunlit(Tone::hex(0x9a_b0_50), 0.8).mix(ambience.snow_tone(), 0.7 * ambience.snow);
        let height = 0.27 * self.staging.scale;
        flora::broadleaf(&mut sheet, (x, crest.at(x) + 0.008), height, (leaf, lit), -away, chance);
        for _ in 0..chance.count(2, 4) {
            let bx = chance.range(-self.staging.half, self.staging.half);
            let size = chance.range(0.014, 0.03);
            flora::blob(&mut sheet, (bx, crest.at(bx)), size, leaf.mix(ambience.haze, 0.15), chance);
        }
        sunlight(&mut sheet, ambience, (self.sun.0, HORIZON + 0.03), (0.8, 0.10), 0.45);
        sheet.edge_light((-away * 0.004, -0.003), ambience.key, 0.55 * ambience.key_strength);
        sheet.into_layer("lone tree", 0.5, Motion::Still)
    }

    fn field(&self, chance: &mut Chance) -> Layer {
        let ambience = &self.ambience;
        let mut sheet = Sheet::new(self.ctx);
        let (wide, high) = self.staging.reach;
        let top = HORIZON + 0.075;
        let crest = Crest::new(chance, top, 0.026, 1.1, 2);
        crest.fill(
            &mut sheet,
            self.shade.mix(self.lit, 0.35).mix(ambience.haze, 0.12),
            self.shade.scale(0.7),
            high - top,
        );
        sunlight(&mut sheet, ambience, (self.sun.0, top), (0.9, 0.14), 0.55);
        // Rows of blades, taller and further apart towards us, each row lit at its tips.
        for row in 0..9 {
            let t = row as f32 / 8.0;
            let y = top + 0.012 + (high - top) * t * t * 0.62;
            // Every blade stands a little before or behind its row.
            let loose = Noise::new(chance.seed());
            let foot = move |x: f32| y + (0.012 + 0.03 * t) * (loose.value(x * 140.0, t) - 0.5);
            let tall = 0.012 + 0.045 * t;
            let blades = Grass {
                from: -wide,
                to: wide,
                foot: &foot,
                height: (tall * 0.5, tall * 1.3),
                width: 0.0022 + 0.004 * t,
                density: 300.0 - 150.0 * t,
                lean: self.lean,
            };
            let base = self.shade.mix(self.shade.scale(0.72), t);
            flora::grass(
                &mut sheet,
                chance,
                &blades,
                &[base.scale(0.86), base, base.mix(self.lit, 0.45 - 0.2 * t)],
            );
            if ambience.snow < 0.5 {
                let petals = self.petals();
                let flowers = Grass { density: 15.0 - 8.0 * t, width: 0.0035 + 0.006 * t, ..blades };
                flora::flowers(&mut sheet, chance, &flowers, base, &petals);
            }
        }
        sheet.wash(&[(top, ambience.haze, 0.30), (top + 0.12, ambience.haze, 0.0)], Blend::Atop);
        sheet.into_layer("field", 0.85, Motion::Still)
    }

    /// Two kinds of flower grow here, and some white ones.
    fn petals(&self) -> [Tone; 3] {
        let ambience = &self.ambience;
        let light = |tone: Tone| tone.multiply(ambience.ambient.mix(Tone::WHITE, 0.30));
        let kinds = [ambience.accent(0), Tone::hex(0xf2_b8_3c), Tone::hex(0xe0_58_50), Tone::hex(0xb0_8c_e0)];
        let first = kinds[self.ctx.seed as usize % 4];
        [light(first), light(first.mix(Tone::WHITE, 0.3)), light(Tone::hex(0xff_f4_e2))]
    }

    /// Grass around the figure's shins.
    fn near_grass(&self, chance: &mut Chance) -> Layer {
        let mut sheet = Sheet::new(self.ctx);
        let (wide, _) = self.staging.reach;
        let y = self.staging.ground + 0.035;
        let foot = move |_: f32| y;
        let blades = Grass {
            from: -wide,
            to: wide,
            foot: &foot,
            height: (0.035, 0.10),
            width: 0.006,
            density: 210.0,
            lean: self.lean,
        };
        let tone = self.shade.scale(0.74);
        sheet.wash(
            &[
                (y - 0.03, tone, 0.0),
                (y + 0.02, tone.scale(0.8), 1.0),
                (self.staging.reach.1, tone.scale(0.55), 1.0),
            ],
            Blend::Over,
        );
        flora::grass(&mut sheet, chance, &blades, &[tone.scale(0.8), tone, tone.mix(self.lit, 0.28)]);
        if self.ambience.snow < 0.5 {
            let flowers = Grass { density: 9.0, width: 0.011, height: (0.05, 0.10), ..blades };
            flora::flowers(&mut sheet, chance, &flowers, tone, &self.petals());
        }
        sheet.into_layer("near grass", 1.05, Motion::Sway { amplitude: 0.004, beats: 4.0 })
    }

    /// Dark blades close to the lens, high at the edges and low in the middle, out of focus.
    fn foreground(&self, chance: &mut Chance) -> Layer {
        let mut sheet = Sheet::new(self.ctx);
        let (wide, high) = self.staging.reach;
        let half = self.staging.half;
        let dark = self.ambience.deep.mix(self.shade, 0.22);
        for (from, to) in [(-wide, -half * 0.42), (half * 0.42, wide), (-half * 0.5, half * 0.5)] {
            let middle = from < 0.0 && to > 0.0;
            let foot = move |_: f32| high.min(0.62);
            let tall = if middle { (0.10, 0.20) } else { (0.16, 0.40) };
            // Near shots show faces: no blade crosses one.
            let low = if matches!(self.ctx.framing, Framing::Medium | Framing::CloseUp) { 0.42 } else { 1.0 };
            let tall = (tall.0 * low, tall.1 * low);
            let blades = Grass {
                from,
                to,
                foot: &foot,
                height: tall,
                width: 0.014,
                density: 38.0,
                lean: self.lean * 1.3,
            };
            flora::grass(&mut sheet, chance, &blades, &[dark, dark.mix(self.shade, 0.18)]);
            if self.ambience.snow < 0.5 && !middle {
                let flowers = Grass { density: 5.0, width: 0.020, ..blades };
                flora::flowers(
                    &mut sheet,
                    chance,
                    &flowers,
                    dark,
                    &self.petals().map(|petal| petal.scale(0.6)),
                );
            }
        }
        sheet.edge_light((0.0, -0.004), self.ambience.key, 0.22 * self.ambience.key_strength);
        sheet.soften(0.0025);
        sheet.into_layer("foreground grass", 1.4, Motion::Sway { amplitude: 0.010, beats: 4.0 })
    }
}
