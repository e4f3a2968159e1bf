//! A mountain lake: peaks doubled in still water, a forest along the far shore, a jetty to stand on.

use crate::ambience::Ambience;
use crate::brush::{Blend, Fill, Mirror, Sheet};
use crate::chance::{Chance, Noise};
use crate::places::flora::{self, Grass};
use crate::places::staging::{self, Staging};
use crate::places::terrain::{Crest, sunlight};
use crate::places::water;
use crate::set::{Air, Layer, Motion, PaintContext, Set};
use crate::sky::{self, SkyPlan};
use crate::tone::Tone;
use mv_core::vocabulary::Weather;

/// The far shore's waterline.
const HORIZON: f32 = 0.12;

struct Lake<'a> {
    ctx: &'a PaintContext<'a>,
    ambience: Ambience,
    staging: Staging,
    sun: (f32, f32),
}

/// Paints the place.
pub(super) fn paint(ctx: &PaintContext<'_>) -> Set {
    let ambience = Ambience::of(ctx);
    let staging = Staging::new(ctx, 0.38, 0.44);
    let mut chance = Chance::new(ctx.seed, "lake");
    let plan = SkyPlan { sun_height: 1.9, ..SkyPlan::new(ctx, HORIZON) };
    let sky = sky::paint(ctx, &ambience, &plan);
    let lake = Lake { sun: (sky.light.x, sky.light.y), ctx, ambience, staging };
    let mut layers = sky.layers;
    lake.mountains(&mut chance, &mut layers);
    layers.push(lake.woods(&mut chance));
    let mirrored = lake.water(&mut chance, &layers);
    layers.push(mirrored);
    layers.push(lake.mist());
    layers.push(lake.jetty(&mut chance));
    let slot = layers.len();
    layers.push(lake.foreground(&mut chance));
    let mut set = lake.staging.set(ctx, layers, slot, HORIZON, sky.light);
    if lake.ambience.dark > 0.5 && !matches!(ctx.weather, Weather::Rain | Weather::Snow) {
        set.air.push(Air::Fireflies);
    }
    set
}

/// A chain of peaks: straight flanks between summits and passes, roughened.
struct Peaks {
    points: Vec<(f32, f32)>,
    rough: Noise,
}

impl Peaks {
    fn new(chance: &mut Chance, wide: f32, base: f32, height: f32, pace: f32, focus: f32) -> Self {
        let mut points = Vec::new();
        let mut x = -wide - pace;
        let mut summit = chance.happens(0.5);
        while x < wide + pace {
            let near = (1.0 - ((x - focus) / 0.75).abs()).max(0.0);
            let rise = if summit {
                chance.range(0.55, 0.8) + 0.55 * near
            } else {
                chance.range(0.2, 0.42) + 0.22 * near
            };
            points.push((x, base - height * rise));
            summit = !summit;
            x += pace * chance.range(0.6, 1.25);
        }
        points.push((x, base - height * 0.3));
        Self { points, rough: Noise::new(chance.seed()) }
    }

    fn at(&self, x: f32) -> f32 {
        let next = self.points.partition_point(|p| p.0 < x).clamp(1, self.points.len() - 1);
        let (a, b) = (self.points[next - 1], self.points[next]);
        let t = ((x - a.0) / (b.0 - a.0)).clamp(0.0, 1.0);
        a.1 + (b.1 - a.1) * t + 0.034 * (self.rough.fractal(x * 8.0, 0.5, 5) - 0.5)
    }

    fn line(&self, wide: f32, foot: f32) -> Vec<(f32, f32)> {
        let steps = 220;
        let mut line: Vec<_> = (0..=steps)
            .map(|i| (i as f32 / steps as f32 * 2.0 - 1.0) * (wide + 0.02))
            .map(|x| (x, self.at(x).min(foot)))
            .collect();
        line.extend([(wide + 0.1, foot), (-wide - 0.1, foot)]);
        line
    }
}

impl Lake<'_> {
    fn mountains(&self, chance: &mut Chance, layers: &mut Vec<Layer>) {
        let ambience = &self.ambience;
        let (wide, s) = (self.staging.reach.0, self.staging.scale);
        let away = if self.sun.0 > 0.0 { -1.0 } else { 1.0 };
        let focus = away * self.staging.half * chance.range(0.15, 0.4);
        for (name, distance, depth, height, pace) in [
            ("far peaks", 0.92, 0.06, 0.36, 0.20),
            ("peaks", 0.62, 0.12, 0.40, 0.30),
            ("foothills", 0.38, 0.2, 0.15, 0.34),
        ] {
            let mut sheet = Sheet::new(self.ctx);
            let shift = if name == "far peaks" { -0.35 } else { 0.0 };
            let peaks = Peaks::new(chance, wide, HORIZON, height * s, pace, focus + shift);
            let stone = ambience.local(Tone::hex(0x5c_66_80)).mix(ambience.near, 0.45);
            let tone = ambience.through_air(stone, distance);
            sheet.polygon(
                &peaks.line(wide, HORIZON + 0.01),
                Fill::vertical(HORIZON - height, tone, HORIZON, tone.mix(ambience.haze, 0.4)),
            );
            if name == "foothills" {
                sheet.edge_light((0.0, -0.003), ambience.key, 0.3 * ambience.key_strength);
            } else {
                self.faces(&mut sheet, chance, &peaks, tone, distance, height * s);
            }
            sheet.wash(
                &[(HORIZON - 0.13, ambience.haze, 0.0), (HORIZON, ambience.haze, 0.30 + 0.3 * distance)],
                Blend::Atop,
            );
            layers.push(sheet.into_layer(name, depth, Motion::Still));
        }
    }

    /// Each summit's flank towards the sun is lit; snow lies on the heights, its lower edge ragged.
    fn faces(
        &self,
        sheet: &mut Sheet,
        chance: &mut Chance,
        peaks: &Peaks,
        tone: Tone,
        distance: f32,
        height: f32,
    ) {
        let ambience = &self.ambience;
        let ragged = Noise::new(chance.seed());
        let snow = ambience.through_air(ambience.snow_tone(), distance * 0.7);
        let lit = snow.mix(ambience.key, 0.45 * ambience.key_strength);
        let line_of_snow = HORIZON - height * (0.62 - 0.35 * ambience.snow);
        // A magnified set is out of focus: fewer samples show as much of it.
        let coarse = if self.ctx.zoom > 1.3 { 5 } else { 3 };
        sheet.field((HORIZON - 1.3 * height - 0.05, HORIZON), coarse, Blend::Atop, |x, y| {
            let crest = peaks.at(x);
            let below = y - crest;
            if below < -0.01 {
                return (tone, 0.0);
            }
            // Which way the slope falls here, read a little down the flank so that ridges run to the valley.
            let skew = below * 0.7 * (ragged.fractal(x * 7.0, y * 7.0, 2) - 0.5);
            let slope = peaks.at(x + skew + 0.012) - peaks.at(x + skew - 0.012);
            // Under the sun a slope is lit from the front: no line parts its two sides.
            let facing = -slope * ((self.sun.0 - x) / 0.12).clamp(-1.0, 1.0);
            // Far below the crest haze and scree level both sides, or the light would end in an upright edge.
            let clear = 1.0 - (below / (0.75 * height)).clamp(0.0, 1.0);
            let sunny = (facing * 260.0).clamp(-1.0, 1.0) * 0.5 * clear * clear + 0.5;
            let edge = line_of_snow + 0.10 * (ragged.fractal(x * 16.0, y * 5.0, 3) - 0.5) + 0.3 * below;
            let snowy = ((edge - y) * 220.0).clamp(0.0, 1.0);
            let rock = tone.scale(0.86).mix(tone.mix(ambience.key, 0.30 * ambience.key_strength), sunny);
            let cap = snow.scale(0.80).mix(lit, sunny);
            (rock.mix(cap, snowy), 0.25 + 0.70 * snowy.max((sunny - 0.5).abs()))
        });
        let toward = if self.sun.0 > 0.0 { 0.003 } else { -0.003 };
        sheet.edge_light((toward, -0.002), ambience.key, 0.55 * ambience.key_strength);
    }

    /// Firs along the far shore.
    fn woods(&self, chance: &mut Chance) -> Layer {
        let ambience = &self.ambience;
        let (mut sheet, mut glow) = (Sheet::new(self.ctx), Sheet::new(self.ctx));
        let (wide, s) = (self.staging.reach.0, self.staging.scale);
        let fir = ambience.local(Tone::hex(0x30_50_44)).mix(ambience.near, 0.35);
        let stand = Noise::new(chance.seed());
        for (row, distance) in [0.5, 0.3].into_iter().enumerate() {
            let tone = ambience.through_air(fir, distance).mix(ambience.snow_tone(), 0.25 * ambience.snow);
            let shore = Crest::new(chance, HORIZON - 0.012 + 0.006 * row as f32, 0.006, 2.0, 2);
            let mut x = -wide;
            while x < wide {
                let dense = stand.fractal(x * 2.2 + row as f32 * 7.0, 0.5, 2);
                let tall =
                    (0.025 + 0.10 * dense * dense + 0.02 * chance.unit()) * s * (0.8 + 0.35 * row as f32);
                flora::conifer(
                    &mut sheet,
                    (x, shore.at(x) + 0.008),
                    tall,
                    tone.scale(chance.range(0.9, 1.06)),
                    chance,
                );
                x += chance.range(0.008, 0.020);
            }
            shore.fill(&mut sheet, tone, tone.scale(0.8), 0.02);
        }
        if chance.happens(0.65) {
            self.cabin(&mut sheet, &mut glow, chance);
        }
        // Below the waterline it is the lake's.
        let toward = if self.sun.0 > 0.0 { 0.0018 } else { -0.0018 };
        sheet.edge_light((toward, -0.002), ambience.key, 0.4 * ambience.key_strength);
        sunlight(&mut sheet, ambience, (self.sun.0, HORIZON - 0.02), (0.45, 0.10), 0.4);
        sheet.into_lit_layer(glow, "woods", 0.28, Motion::Still)
    }

    /// A cabin with a lit window on the far shore.
    fn cabin(&self, sheet: &mut Sheet, glow: &mut Sheet, chance: &mut Chance) {
        let ambience = &self.ambience;
        let away = if self.sun.0 > 0.0 { -1.0 } else { 1.0 };
        let (x, foot, size) = (
            away * self.staging.half * chance.range(0.45, 0.75),
            HORIZON + 0.002,
            0.040 * self.staging.scale,
        );
        let wall = ambience.through_air(ambience.local(Tone::hex(0x5e_40_34)), 0.25);
        sheet.rect(x - size, foot - size * 0.8, size * 2.0, size * 0.85, wall, 1.0, Blend::Over);
        let roof = [
            (x - size * 1.25, foot - size * 0.75),
            (x, foot - size * 1.55),
            (x + size * 1.25, foot - size * 0.75),
        ];
        sheet.polygon(&roof, wall.scale(0.6).mix(ambience.snow_tone(), 0.8 * ambience.snow));
        let lit = ambience.lamps.max(0.15);
        for wx in [-0.45, 0.35] {
            sheet.rect(
                x + wx * size - size * 0.16,
                foot - size * 0.55,
                size * 0.34,
                size * 0.34,
                wall.scale(0.5).mix(ambience.window, lit),
                1.0,
                Blend::Over,
            );
        }
        glow.glow(
            x,
            foot - size * 0.4,
            size * 3.2,
            size * 2.4,
            ambience.window,
            0.5 * ambience.lamps,
            Blend::Add,
        );
    }

    fn water(&self, chance: &mut Chance, behind: &[Layer]) -> Layer {
        let ambience = &self.ambience;
        let (mut sheet, mut glow) = (Sheet::new(self.ctx), Sheet::new(self.ctx));
        let (_, high) = self.staging.reach;
        let deep = ambience.local(Tone::hex(0x1e_4a_5e)).mix(ambience.sky[0], 0.4).scale(0.8);
        sheet.wash(
            &[(HORIZON, deep.mix(ambience.sky[3], 0.4), 1.0), (high, deep.scale(0.7), 1.0)],
            Blend::Over,
        );
        let picture = staging::flatten(self.ctx, behind);
        let still = 1.0 - 0.7 * ambience.wind.max(0.6 * ambience.wet);
        let mirror = Mirror {
            strength: 0.55 + 0.3 * still,
            length: 0.62,
            squash: 1.05,
            ripple: 0.012 + 0.03 * (1.0 - still),
            seed: chance.seed(),
        };
        sheet.reflect(&picture, HORIZON, high, &mirror, Blend::Over);
        sheet.wash(&[(HORIZON, deep, 0.12), (high, deep, 0.55)], Blend::Atop);
        let light = ambience.sky[3].mix(Tone::WHITE, 0.2);
        water::wavelets(
            &mut sheet,
            chance,
            (HORIZON + 0.01, 0.56),
            light,
            deep.scale(0.8),
            0.10 + 0.14 * (1.0 - still),
        );
        let strength = 0.55 * ambience.key_strength * ambience.celestial.visible.max(0.1);
        water::glitter(
            &mut sheet,
            &mut glow,
            chance,
            self.sun.0,
            (HORIZON + 0.004, 0.46),
            ambience.celestial.tone.mix(ambience.key, 0.5),
            strength,
        );
        // The bright line where water meets the far shore.
        sheet.rect(
            -self.staging.reach.0,
            HORIZON,
            2.0 * self.staging.reach.0,
            0.0022,
            light,
            0.5,
            Blend::Over,
        );
        sheet.into_lit_layer(glow, "lake", 0.32, Motion::Still)
    }

    fn mist(&self) -> Layer {
        let ambience = &self.ambience;
        let mut sheet = Sheet::new(self.ctx);
        let veil = ambience.haze.mix(ambience.key, 0.15);
        let thick = 0.16 + 0.3 * ambience.fog + 0.08 * (1.0 - ambience.dark);
        for (x, rx) in [(-0.55, 0.7), (0.25, 0.8), (0.9, 0.6)] {
            sheet.glow(x * self.staging.half, HORIZON + 0.004, rx, 0.030, veil, thick, Blend::Over);
        }
        sheet.into_layer("mist", 0.3, Motion::Sway { amplitude: 0.02, beats: 16.0 })
    }

    /// Planks on posts, out into the water: where the figures stand.
    fn jetty(&self, chance: &mut Chance) -> Layer {
        let ambience = &self.ambience;
        let mut sheet = Sheet::new(self.ctx);
        let (wide, high) = self.staging.reach;
        let top = self.staging.ground - 0.022;
        let wood = ambience
            .local(Tone::hex(0x8a_68_50))
            .mix(ambience.deep, 0.25)
            .mix(ambience.snow_tone(), 0.5 * ambience.snow);
        let end = self.staging.half * 1.02;
        let land = -self.sun.0.signum();
        let far = land * wide * 1.1;
        let (left, right) = (far.min(-land * end), far.max(-land * end));
        let under = ambience.deep;
        for post in 0..9 {
            let x = left + (right - left) * (post as f32 + 0.4) / 9.0;
            sheet.rect(x - 0.011, top + 0.02, 0.022, 0.14, under, 1.0, Blend::Over);
            sheet.glow(x, top + 0.18, 0.03, 0.05, under, 0.5, Blend::Over);
        }
        // The deck's top in perspective, its planks, and its shaded edge.
        let low = top + 0.095;
        sheet.rect(left, top, right - left, low - top, wood.mix(ambience.haze, 0.1), 1.0, Blend::Over);
        let planks = ((right - left) / 0.055) as i32;
        for plank in 0..=planks {
            let x = left + plank as f32 * 0.055;
            let splay = |y: f32| x + (x * 0.22) * (y - top) / 0.1;
            let tone = if chance.happens(0.5) { wood.scale(0.9) } else { wood.mix(ambience.key, 0.10) };
            let next = 0.055 * (1.0 + 0.22);
            sheet.polygon(
                &[(x, top), (x + 0.053, top), (splay(low) + next - 0.004, low), (splay(low), low)],
                tone,
            );
            sheet.line((x, top), (splay(low), low), 0.0022, under, 0.75);
        }
        sheet.rect(left, low, right - left, 0.030, wood.scale(0.45), 1.0, Blend::Over);
        sheet.rect(left, low + 0.03, right - left, 0.012, under.scale(0.7), 1.0, Blend::Over);
        sheet.wash(&[(low + 0.04, under, 0.0), (high, under, 0.35)], Blend::Atop);
        for (share, tall) in [(0.16, 0.085), (0.84, 0.085)] {
            let x = left + (right - left) * share;
            sheet.rect(x - 0.012, top - tall + 0.03, 0.024, tall, wood.scale(0.6), 1.0, Blend::Over);
            sheet.rect(
                x - 0.015,
                top - tall + 0.022,
                0.030,
                0.012,
                wood.scale(0.8).mix(ambience.key, 0.3),
                1.0,
                Blend::Over,
            );
        }
        sunlight(&mut sheet, ambience, (self.sun.0, top), (0.45, 0.09), 0.55);
        sheet.edge_light((0.0, -0.0035), ambience.key, 0.5 * ambience.key_strength);
        sheet.into_layer("jetty", 1.0, Motion::Still)
    }

    /// Reeds in one corner, a fir bough over the other.
    fn foreground(&self, chance: &mut Chance) -> Layer {
        let ambience = &self.ambience;
        let mut sheet = Sheet::new(self.ctx);
        let (wide, half, s) = (self.staging.reach.0, self.staging.half, self.staging.scale);
        let side = chance.side();
        let dark = ambience.deep;
        let (from, to) = if side > 0.0 { (half * 0.58, wide) } else { (-wide, -half * 0.58) };
        let reeds = Grass {
            from,
            to,
            foot: &|_| 0.60,
            height: (0.16, 0.42),
            width: 0.008,
            density: 95.0,
            lean: -0.06 * side + 0.3 * ambience.wind,
        };
        flora::grass(
            &mut sheet,
            chance,
            &reeds,
            &[dark, dark.mix(ambience.local(Tone::hex(0x5a_6e_48)), 0.35)],
        );
        for _ in 0..7 {
            let x = chance.range(from, to);
            let y = 0.6 - chance.range(0.26, 0.42);
            sheet.line((x, 0.6), (x + 0.01, y), 0.003, dark, 1.0);
            sheet.line(
                (x + 0.01, y),
                (x + 0.012, y - 0.045),
                0.012,
                dark.mix(ambience.local(Tone::hex(0x6a_46_30)), 0.4),
                1.0,
            );
        }
        Self::bough(&mut sheet, chance, -side, half, s, dark);
        let toward = if self.sun.0 > 0.0 { 0.003 } else { -0.003 };
        sheet.edge_light((toward, -0.003), ambience.key, 0.4 * ambience.key_strength);
        sheet.soften(0.0022);
        sheet.into_layer("reeds", 1.35, Motion::Sway { amplitude: 0.006, beats: 4.0 })
    }

    fn bough(sheet: &mut Sheet, chance: &mut Chance, side: f32, half: f32, s: f32, dark: Tone) {
        for (y, reach) in [(-0.50, 0.55), (-0.40, 0.36)] {
            let root = (side * (half + 0.12), y - 0.05);
            let tip = (side * (half - reach * s * 0.8), y + 0.07);
            sheet.line(root, tip, 0.010, dark, 1.0);
            for i in 0..26 {
                let t = i as f32 / 26.0;
                let (x, y) = (root.0 + (tip.0 - root.0) * t, root.1 + (tip.1 - root.1) * t);
                let needle = 0.085 * s * (1.05 - t) * chance.range(0.7, 1.1);
                for lean in [-0.5, 0.3] {
                    sheet.line(
                        (x, y),
                        (x - side * needle * 0.6, y + needle * (0.75 + 0.4 * lean)),
                        0.0045,
                        dark,
                        1.0,
                    );
                    sheet.line(
                        (x, y),
                        (x - side * needle * 0.7, y - needle * 0.35 * (1.0 + lean)),
                        0.004,
                        dark,
                        1.0,
                    );
                }
            }
        }
    }
}
