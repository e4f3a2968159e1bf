//! A forest clearing: trunks that pale with distance, shafts of light, ferns, and boughs that frame the lens.

use crate::ambience::{Ambience, Body};
use crate::brush::{Blend, Fill, Sheet, smooth_path};
use crate::chance::{Chance, Noise};
use crate::places::flora::{self, Grass};
use crate::places::staging::Staging;
use crate::places::terrain::{Crest, sunlight};
use crate::set::{Air, Layer, Motion, PaintContext, Set};
use crate::sky::{self, SkyPlan};
use crate::tone::Tone;
use mv_core::vocabulary::{TimeOfDay, Weather};

const HORIZON: f32 = 0.16;

struct Forest<'a> {
    ctx: &'a PaintContext<'a>,
    ambience: Ambience,
    staging: Staging,
    /// x of the gap between the trees through which light falls.
    gap: f32,
    moss: Tone,
    /// A wood of firs; else of broad-leaved trees.
    firs: bool,
}

/// Paints the place.
pub(super) fn paint(ctx: &PaintContext<'_>) -> Set {
    let ambience = Ambience::of(ctx);
    let staging = Staging::new(ctx, 0.41, 0.46);
    let mut chance = Chance::new(ctx.seed, "forest");
    let plan = SkyPlan { sun_height: 1.4, ..SkyPlan::new(ctx, HORIZON) };
    let sky = sky::paint(ctx, &ambience, &plan);
    let forest = Forest {
        gap: plan.sun_x,
        moss: ambience.local(Tone::hex(0x4e_74_3a)).mix(ambience.snow_tone(), 0.75 * ambience.snow),
        firs: chance.happens(0.5),
        ctx,
        ambience,
        staging,
    };
    let mut layers = sky.layers;
    layers.push(forest.backdrop(&mut chance));
    for (name, distance, depth, girth, count) in [
        ("far trunks", 0.8, 0.16, 0.017, 15.0),
        ("middle trunks", 0.45, 0.36, 0.032, 8.0),
        ("trunks", 0.14, 0.62, 0.058, 4.2),
    ] {
        layers.push(forest.trunks(&mut chance, name, distance, depth, girth, count));
    }
    layers.push(forest.shafts(&mut chance));
    layers.push(forest.floor(&mut chance));
    let slot = layers.len();
    layers.push(forest.undergrowth(&mut chance));
    layers.push(forest.frame(&mut chance));
    let mut set = forest.staging.set(ctx, layers, slot, HORIZON, sky.light);
    set.air.extend(match (ctx.time_of_day, ctx.weather) {
        (_, Weather::Rain | Weather::Snow) => None,
        (TimeOfDay::Dusk | TimeOfDay::Night, _) => Some(Air::Fireflies),
        _ => Some(Air::Dust),
    });
    set
}

impl Forest<'_> {
    /// The far wall of the wood: haze with the light of the gap in it, and the pale crowns of the farthest trees.
    fn backdrop(&self, chance: &mut Chance) -> Layer {
        let ambience = &self.ambience;
        let (mut sheet, mut glow) = (Sheet::new(self.ctx), Sheet::new(self.ctx));
        let (wide, high) = self.staging.reach;
        let leaf = ambience.local(Tone::hex(0x5c_86_5c));
        for row in 0..3 {
            let t = row as f32 / 2.0;
            let tone = ambience.through_air(leaf.mix(ambience.near, 0.3 * t), 0.92 - 0.3 * t).mix(leaf, 0.2);
            let mut x = -wide - 0.1;
            while x < wide + 0.1 {
                let open = 1.0
                    - 0.75 * (1.0 - ((x - self.gap) / (0.42 * self.staging.half.max(0.4))).abs()).max(0.0);
                let height = (0.30 + 0.30 * t + 0.26 * chance.unit()) * open;
                if self.firs {
                    flora::conifer(&mut sheet, (x, HORIZON + 0.06), height + 0.08, tone, chance);
                } else {
                    for step in 0..5 {
                        let y = HORIZON + 0.05 - height * step as f32 / 4.0;
                        flora::blob(
                            &mut sheet,
                            (x + 0.02 * chance.spread(), y),
                            0.07 * (0.7 + 0.5 * t),
                            tone,
                            chance,
                        );
                    }
                }
                x += chance.range(0.05, 0.10);
            }
            sheet.wash(
                &[(HORIZON - 0.16, ambience.haze, 0.0), (HORIZON + 0.04, ambience.haze, 0.5)],
                Blend::Atop,
            );
        }
        let base = ambience.through_air(leaf, 0.7);
        sheet.wash(
            &[(HORIZON - 0.14, base, 0.0), (HORIZON - 0.03, base, 1.0), (high, base.scale(0.7), 1.0)],
            Blend::Over,
        );
        let moonlit = ambience.celestial.body == Body::Moon;
        let light = ambience.key.mix(ambience.haze, 0.25);
        let strength = (if moonlit { 0.32 } else { 0.6 }) * (0.35 + 0.65 * ambience.key_strength);
        sheet.glow(self.gap, HORIZON - 0.10, 0.48, 0.42, light, strength, Blend::Atop);
        glow.glow(
            self.gap,
            HORIZON - 0.08,
            0.34,
            0.34,
            light,
            0.26 * ambience.bloom * ambience.key_strength,
            Blend::Add,
        );
        sheet.into_lit_layer(glow, "wood", 0.08, Motion::Still)
    }

    fn trunks(
        &self,
        chance: &mut Chance,
        name: &'static str,
        distance: f32,
        depth: f32,
        girth: f32,
        count: f32,
    ) -> Layer {
        let ambience = &self.ambience;
        let mut sheet = Sheet::new(self.ctx);
        let (wide, high) = self.staging.reach;
        let foot = HORIZON + 0.05 + 0.17 * (1.0 - distance);
        let body = ambience
            .local(Tone::hex(0x4a_40_3a))
            .mix(ambience.near, 0.4)
            .mix(ambience.deep, 0.5 * (1.0 - distance));
        let bark = ambience.through_air(body, distance * distance.sqrt());
        // The ground of this row, and what grows on it.
        let crest = Crest::new(chance, foot, 0.012, 1.6, 2);
        let ground = ambience.through_air(self.moss.mix(ambience.near, 0.25), distance);
        crest.fill(&mut sheet, ground, ground.scale(0.72), 0.14);
        let step = 2.0 * wide / (count * wide);
        let mut x = -wide + step * chance.unit();
        while x < wide {
            let clear = ((x - self.gap).abs() / (girth * 5.0 + 0.05)).min(1.0);
            let thick = girth * chance.range(0.65, 1.25);
            if clear > 0.75 {
                let foot = crest.at(x) + 0.012;
                let lean = chance.spread() * 0.05;
                self.trunk(&mut sheet, chance, (x, foot), thick, lean, bark);
                if distance < 0.6 && chance.happens(0.6) {
                    let bush = ground.mix(ambience.near, 0.35);
                    flora::fern(
                        &mut sheet,
                        (x + thick * 1.6 * chance.side(), foot + 0.012),
                        0.05 + girth,
                        bush,
                        chance,
                    );
                }
            }
            x += step * chance.range(0.6, 1.5);
        }
        let blades = Grass {
            from: -wide,
            to: wide,
            foot: &|x| crest.at(x) + 0.006,
            height: (0.006, 0.018 + 0.02 * (1.0 - distance)),
            width: 0.003,
            density: 120.0,
            lean: 0.0,
        };
        flora::grass(
            &mut sheet,
            chance,
            &blades,
            &[ground.scale(0.9), ground.mix(ambience.sunlit(Tone::hex(0x9c_b0_58), 0.8), 0.3)],
        );
        self.canopy(
            &mut sheet,
            chance,
            distance,
            ambience.through_air(ambience.local(Tone::hex(0x3c_5c_38)).mix(ambience.near, 0.35), distance),
        );
        let side = 0.0024 + girth * 0.05;
        sheet.wash(
            &[
                (-high, ambience.haze, 0.0),
                (foot - 0.12, ambience.haze, 0.0),
                (foot + 0.02, ambience.haze, 0.30 * distance),
            ],
            Blend::Atop,
        );
        // Light comes through the gap: trunks left of it are lit on their right.
        let rim = 0.62 * ambience.key_strength * (0.5 + 0.5 * distance);
        self.rim(&mut sheet, side, rim);
        sunlight(&mut sheet, ambience, (self.gap, foot - 0.02), (0.5, 0.16), 0.42);
        sheet.into_layer(name, depth, Motion::Still)
    }

    fn rim(&self, sheet: &mut Sheet, width: f32, strength: f32) {
        let tone = self.ambience.key;
        // One offset for the whole sheet: towards the gap from where most trunks stand.
        let side = if self.gap > 0.0 { 1.0 } else { -1.0 };
        sheet.edge_light((side * width, -width * 0.3), tone, strength);
    }

    fn trunk(
        &self,
        sheet: &mut Sheet,
        chance: &mut Chance,
        (x, foot): (f32, f32),
        thick: f32,
        lean: f32,
        bark: Tone,
    ) {
        let top = -self.staging.reach.1;
        let height = foot - top;
        let half = thick / 2.0;
        let at =
            |share: f32, side: f32, grow: f32| (x + lean * share + side * half * grow, foot - height * share);
        let outline = [
            at(0.0, -1.0, 2.2),
            at(0.018, -1.0, 1.35),
            at(0.12, -1.0, 1.0),
            at(0.5, -1.0, 0.86),
            at(1.02, -1.0, 0.7),
            at(1.02, 1.0, 0.7),
            at(0.5, 1.0, 0.86),
            at(0.12, 1.0, 1.0),
            at(0.018, 1.0, 1.35),
            at(0.0, 1.0, 2.2),
        ];
        sheet.fill(smooth_path(&outline, true), bark);
        for _ in 0..(if thick > 0.025 { 5 } else { 0 }) {
            let start = chance.range(0.02, 0.8);
            let side = chance.range(-0.6, 0.6);
            let line =
                [at(start, side, 0.8), at(start + 0.05, side + 0.06, 0.8), at(start + 0.12, side, 0.8)];
            sheet.stroke(smooth_path(&line, false), thick * 0.035, bark.scale(0.7), 0.7);
        }
        let boughs = if thick > 0.1 * self.staging.scale { 0 } else { chance.count(1, 3) };
        for _ in 0..boughs {
            let share = chance.range(0.3, 0.75);
            let side = chance.side();
            let from = at(share, side, 0.5);
            let reach = thick * chance.range(1.6, 3.6);
            let bough = [
                from,
                (from.0 + side * reach * 0.5, from.1 - reach * 0.2),
                (from.0 + side * reach, from.1 - reach * chance.range(0.3, 0.8)),
            ];
            sheet.stroke(smooth_path(&bough, false), thick * 0.10, bark, 1.0);
        }
    }

    /// Leaves along the top of the picture, open over the gap.
    fn canopy(&self, sheet: &mut Sheet, chance: &mut Chance, distance: f32, tone: Tone) {
        let (wide, high) = self.staging.reach;
        let size = 0.026 + 0.03 * (1.0 - distance);
        let frame_top = (-0.5_f32).max(-high);
        let mut x = -wide;
        while x < wide {
            let open = (1.0 - ((x - self.gap) / (0.55 * self.staging.half.max(0.45))).abs()).max(0.0);
            let low = frame_top + (0.13 + 0.06 * chance.unit()) * (1.0 - 0.9 * open) - 0.08 * open;
            let mut y = -high;
            while y < low {
                flora::blob(
                    sheet,
                    (x + size * chance.spread(), y),
                    size * chance.range(0.7, 1.2),
                    tone.scale(chance.range(0.88, 1.06)),
                    chance,
                );
                y += size * 1.1;
            }
            x += size * 1.2;
        }
    }

    /// Shafts of light that fan out from the gap; they breathe with the song.
    fn shafts(&self, chance: &mut Chance) -> Layer {
        let ambience = &self.ambience;
        let (mut sheet, mut glow) = (Sheet::new(self.ctx), Sheet::new(self.ctx));
        let strength = ambience.key_strength
            * (1.0 - 0.35 * ambience.dark)
            * (0.75 + 0.5 * ambience.fog)
            * ambience.bloom;
        let source = (self.gap, -0.72);
        for _ in 0..9 {
            let foot = self.gap + chance.range(-0.62, 0.62) * self.staging.half.max(0.5);
            let (upper, lower) = (chance.range(0.004, 0.02), chance.range(0.02, 0.075));
            let end = HORIZON + chance.range(0.10, 0.24);
            let beam = [
                (source.0 + (foot - source.0) * 0.15 - upper, source.1),
                (source.0 + (foot - source.0) * 0.15 + upper, source.1),
                (foot + lower, end),
                (foot - lower, end),
            ];
            let alpha = strength * chance.range(0.05, 0.15);
            let fill = |alpha: f32| Fill::Graded {
                from: (0.0, source.1 + 0.2),
                to: (0.0, end),
                first: (ambience.key, alpha),
                last: (ambience.key, 0.0),
            };
            sheet.polygon(&beam, fill(alpha));
            glow.polygon(&beam, fill(alpha * 0.7));
        }
        sheet.soften(0.010);
        glow.soften(0.014);
        sheet.into_lit_layer(glow, "shafts", 0.7, Motion::Sway { amplitude: 0.004, beats: 8.0 })
    }

    fn floor(&self, chance: &mut Chance) -> Layer {
        let ambience = &self.ambience;
        let mut sheet = Sheet::new(self.ctx);
        let (wide, high) = self.staging.reach;
        let top = self.staging.ground - 0.06;
        let crest = Crest::new(chance, top, 0.010, 1.1, 2);
        let near = self.moss.scale(0.85);
        crest.fill(&mut sheet, near, near.mix(ambience.deep, 0.55), 0.2);
        // A path of bare earth leads to the gap.
        let earth = ambience
            .local(Tone::hex(0x8a_6e_50))
            .mix(near, 0.35)
            .mix(ambience.snow_tone(), 0.6 * ambience.snow);
        let bend = chance.spread() * 0.12;
        let path = [
            (self.gap * 0.7 - 0.02, top + 0.004),
            (self.gap * 0.55 + bend * 0.4 - 0.06, top + 0.06),
            (bend - 0.26, high),
            (bend + 0.30, high),
            (self.gap * 0.55 + bend * 0.4 + 0.07, top + 0.06),
            (self.gap * 0.7 + 0.025, top + 0.004),
        ];
        sheet.fill(
            smooth_path(&path, true),
            Fill::Graded {
                from: (0.0, top),
                to: (0.0, high.min(0.6)),
                first: (earth.mix(ambience.haze, 0.15), 0.85),
                last: (earth.scale(0.5), 0.6),
            },
        );
        let speck = Noise::new(chance.seed());
        sheet.field((top, high), 3, Blend::Atop, |x, y| {
            let near = (y - top) / 0.2;
            let value = speck.fractal(x * 26.0 / (0.5 + near), y * 90.0 / (0.5 + near), 3);
            (
                if value > 0.5 { self.moss.mix(ambience.key, 0.25) } else { ambience.deep },
                (value - 0.5).abs() * 0.35,
            )
        });
        for row in 0..4 {
            let t = row as f32 / 3.0;
            let y = top + 0.006 + 0.16 * t;
            let loose = Noise::new(chance.seed());
            let foot = move |x: f32| y + 0.03 * (loose.value(x * 60.0, t) - 0.5);
            let avoid = self.gap * 0.6;
            for (from, to) in [(-wide, avoid - 0.08 - 0.15 * t), (avoid + 0.10 + 0.15 * t, wide)] {
                let blades = Grass {
                    from,
                    to,
                    foot: &foot,
                    height: (0.012, 0.03 + 0.03 * t),
                    width: 0.004,
                    density: 130.0,
                    lean: 0.1,
                };
                flora::grass(
                    &mut sheet,
                    chance,
                    &blades,
                    &[near.scale(0.75), near, near.mix(ambience.sunlit(Tone::hex(0xa4_b4_58), 0.8), 0.4)],
                );
            }
        }
        sunlight(&mut sheet, ambience, (self.gap * 0.6, top + 0.03), (0.42, 0.075), 0.75);
        sheet.edge_light((0.0, -0.003), ambience.key, 0.4 * ambience.key_strength);
        sheet.into_layer("forest floor", 0.95, Motion::Still)
    }

    fn undergrowth(&self, chance: &mut Chance) -> Layer {
        let ambience = &self.ambience;
        let mut sheet = Sheet::new(self.ctx);
        let half = self.staging.half;
        let tone = ambience.deep.mix(self.moss, 0.42);
        for _ in 0..9 {
            let x = chance.side() * half * chance.range(0.45, 1.15);
            let size = chance.range(0.10, 0.19) * self.staging.scale;
            flora::fern(
                &mut sheet,
                (x, self.staging.ground + chance.range(0.05, 0.13)),
                size,
                tone.scale(chance.range(0.8, 1.15)),
                chance,
            );
        }
        sheet.edge_light((0.0, -0.003), ambience.key, 0.4 * ambience.key_strength);
        sheet.into_layer("ferns", 1.12, Motion::Sway { amplitude: 0.003, beats: 4.0 })
    }

    /// Dark trunks at both edges and leaves over the top, close to the lens.
    fn frame(&self, chance: &mut Chance) -> Layer {
        let ambience = &self.ambience;
        let mut sheet = Sheet::new(self.ctx);
        let (wide, high) = self.staging.reach;
        let half = self.staging.half;
        let dark = ambience.deep;
        let first = chance.side();
        for (side, share) in [(first, 0.90), (-first, 1.06)] {
            let x = side * half * (share + 0.05 * chance.spread());
            self.trunk(&mut sheet, chance, (x, high + 0.02), 0.15 * self.staging.scale, -side * 0.06, dark);
        }
        let leaves = dark.mix(self.moss, 0.16);
        for _ in 0..120 {
            let side = chance.side();
            let x = side * half * (0.38 + 0.75 * chance.unit().sqrt());
            let hang = ((x / half).abs() - 0.3).max(0.0) * 0.20;
            let y = -0.52 + hang * chance.unit();
            if x.abs() < wide && -y < high {
                flora::blob(
                    &mut sheet,
                    (x, y),
                    chance.range(0.016, 0.04),
                    leaves.scale(chance.range(0.8, 1.1)),
                    chance,
                );
            }
        }
        for _ in 0..5 {
            let x = chance.side() * half * chance.range(0.6, 1.1);
            flora::fern(&mut sheet, (x, 0.60), chance.range(0.18, 0.28) * self.staging.scale, dark, chance);
        }
        let side = if self.gap > 0.0 { 1.0 } else { -1.0 };
        sheet.edge_light((side * 0.005, 0.0), ambience.key, 0.35 * ambience.key_strength);
        sheet.soften(0.003);
        sheet.into_layer("frame", 1.45, Motion::Sway { amplitude: 0.003, beats: 8.0 })
    }
}
