//! Under the surface of the sea: light that shimmers above, shafts, reefs, kelp, shoals of fish.

use crate::ambience::Ambience;
use crate::brush::{Blend, Fill, Sheet, smooth_path};
use crate::chance::{Chance, Noise};
use crate::places::staging::Staging;
use crate::places::terrain::{self, Crest};
use crate::set::{Air, Layer, Motion, PaintContext, Set};
use crate::tone::{Tone, ramp, smooth_step};
use tiny_skia::PathBuilder;

const FLOOR: f32 = 0.26;

struct Deep<'a> {
    ctx: &'a PaintContext<'a>,
    ambience: Ambience,
    staging: Staging,
    /// From just below the surface to the bottom.
    water: [Tone; 4],
    light: Tone,
    /// x where the sun or the moon stands above the surface.
    sun: f32,
    /// How much light comes down.
    strength: f32,
}

/// Paints the place.
pub(super) fn paint(ctx: &PaintContext<'_>) -> Set {
    let ambience = Ambience::of(ctx);
    let staging = Staging::new(ctx, 0.41, 0.44);
    let mut chance = Chance::new(ctx.seed, "underwater");
    let level = |tone: Tone, depth: f32| {
        ambience
            .tint(tone.multiply(ambience.ambient.mix(Tone::WHITE, 0.12)))
            .mix(ambience.sky[2], 0.22 - 0.12 * depth)
            .mix(ambience.deep, 0.15 * ambience.dark)
    };
    let water = [
        level(Tone::hex(0x8e_e4_e4), 0.0),
        level(Tone::hex(0x36_a4_bc), 0.3),
        level(Tone::hex(0x16_60_8c), 0.7),
        level(Tone::hex(0x0a_2c_58), 1.0),
    ];
    let deep = Deep {
        light: ambience.key.mix(water[0], 0.35).mix(Tone::WHITE, 0.15),
        sun: staging.half * chance.range(-0.45, 0.45),
        strength: (ambience.key_strength * (1.0 - 0.35 * ambience.dark)).max(0.25),
        water,
        ctx,
        ambience,
        staging,
    };
    let mut layers = vec![deep.open_water(&mut chance), deep.shafts(&mut chance)];
    layers.push(deep.reef(&mut chance, "far reef", 0.8, 0.16));
    layers.push(deep.shoal(&mut chance, "far shoal", 0.55, 60, 0.016));
    layers.push(deep.reef(&mut chance, "reef", 0.45, 0.36));
    layers.push(deep.shoal(&mut chance, "shoal", 0.22, 19, 0.040));
    layers.push(deep.kelp(&mut chance));
    layers.push(deep.seabed(&mut chance));
    let slot = layers.len();
    layers.push(deep.foreground(&mut chance));
    let mut light = deep.ambience.key_light(deep.sun, -0.6, true);
    light.color = deep.light.into();
    light.ambient = deep.water[1].mix(deep.water[2], 0.55).into();
    light.strength = deep.strength.max(0.5);
    let mut set = deep.staging.set(ctx, layers, slot, FLOOR, light);
    set.air = vec![Air::Bubbles, Air::Dust];
    set
}

impl Deep<'_> {
    /// A thing's colour through so much water.
    fn far(&self, tone: Tone, distance: f32) -> Tone {
        let veil = self.water[1].mix(self.water[2], 0.6);
        tone.mix(veil, (0.35 + 0.6 * distance).min(0.95))
    }

    fn open_water(&self, chance: &mut Chance) -> Layer {
        let (mut sheet, mut glow) = (Sheet::new(self.ctx), Sheet::new(self.ctx));
        let (_, high) = self.staging.reach;
        let (top, bottom) = (-0.58, 0.45);
        let bright = self.water[0].mix(self.light, 0.45);
        sheet.field((-high, high), 4, Blend::Over, |x, y| {
            let t = ((y - top) / (bottom - top)).clamp(0.0, 1.0);
            let base = ramp(&self.water, t);
            let (u, v) = ((x - self.sun) / 0.75, (y - top) / 0.62);
            let near = (1.0 - (u * u + v * v).sqrt()).clamp(0.0, 1.0);
            (base.mix(bright, near * near * 0.85 * self.strength.min(0.9)), 1.0)
        });
        // The surface from below: a net of light that tightens with distance.
        let net = Noise::new(chance.seed());
        sheet.field((-high, -0.26), 3, Blend::Over, |x, y| {
            let below = (y + 0.66).max(0.02);
            let (u, v) = ((x - self.sun * 0.5) * 3.4 / (below + 0.35), 2.6 / (below + 0.16));
            let a = (net.fractal(u, v, 3) - 0.5).abs();
            let b = (net.fractal(u + 31.0, v * 1.2 + 5.0, 3) - 0.5).abs();
            let line = (1.0 - a * 9.0).max(0.0).max((1.0 - b * 9.0).max(0.0));
            (bright.mix(Tone::WHITE, 0.35), line * line * 0.75 * self.strength * smooth_step(-0.27, -0.5, y))
        });
        glow.glow(
            self.sun,
            -0.56,
            0.55,
            0.30,
            self.light,
            0.40 * self.strength * self.ambience.bloom,
            Blend::Add,
        );
        sheet.into_lit_layer(glow, "open water", 0.0, Motion::Still)
    }

    fn shafts(&self, chance: &mut Chance) -> Layer {
        let (mut sheet, mut glow) = (Sheet::new(self.ctx), Sheet::new(self.ctx));
        for _ in 0..12 {
            let foot = self.sun + chance.range(-0.85, 0.85) * self.staging.half.max(0.5);
            let head = self.sun + (foot - self.sun) * 0.38;
            let (upper, lower) = (chance.range(0.006, 0.03), chance.range(0.03, 0.09));
            let end = chance.range(0.12, 0.42);
            let beam =
                [(head - upper, -0.68), (head + upper, -0.68), (foot + lower, end), (foot - lower, end)];
            let alpha = self.strength * chance.range(0.05, 0.20);
            let fill = |alpha: f32| Fill::Graded {
                from: (0.0, -0.55),
                to: (0.0, end),
                first: (self.light, alpha),
                last: (self.light, 0.0),
            };
            sheet.polygon(&beam, fill(alpha));
            glow.polygon(&beam, fill(alpha * 0.6));
        }
        sheet.soften(0.012);
        glow.soften(0.016);
        sheet.into_lit_layer(glow, "shafts", 0.10, Motion::Sway { amplitude: 0.012, beats: 8.0 })
    }

    /// A wall of rock with corals along its crest.
    fn reef(&self, chance: &mut Chance, name: &'static str, distance: f32, depth: f32) -> Layer {
        let mut sheet = Sheet::new(self.ctx);
        let half = self.staging.half;
        let rock = self.far(self.water[3].mix(self.ambience.near, 0.5), distance);
        let near = 1.0 - distance;
        let crest = Crest::new(chance, FLOOR - 0.02 + 0.02 * near, 0.04, 1.7, 4);
        // Higher at the sides, open in the middle.
        let open = self.sun * 0.4;
        let (wide, high) = self.staging.reach;
        let top = |x: f32| {
            let out = ((x - open).abs() / half.max(0.4) - 0.35).max(0.0);
            crest.at(x) - (0.24 + 0.05 * near) * out.min(1.1) * self.staging.scale
        };
        let mut line: Vec<(f32, f32)> =
            (0..=160).map(|i| (i as f32 / 80.0 - 1.0) * (wide + 0.02)).map(|x| (x, top(x))).collect();
        line.extend([(wide + 0.1, high), (-wide - 0.1, high)]);
        let accents = [self.ambience.accent(0), self.ambience.accent(1), self.ambience.accent(2)];
        let mut x = -wide;
        while x < wide {
            let size = (0.02 + 0.035 * near) * chance.range(0.6, 1.3);
            let index = chance.index(3);
            let tone = self.far(accents[index].multiply(self.water[0]).scale(0.62), distance * 0.8);
            self.coral(&mut sheet, chance, (x, top(x) + size * 0.12), size, tone);
            x += size * chance.range(1.1, 3.4);
        }
        sheet.polygon(
            &line,
            Fill::vertical(FLOOR - 0.25, rock.mix(self.light, 0.10), FLOOR + 0.10, rock.scale(0.75)),
        );
        sheet.edge_light((0.0, -0.004), self.light, 0.45 * self.strength * (0.4 + 0.6 * near));
        sheet.into_layer(name, depth, Motion::Still)
    }

    fn coral(&self, sheet: &mut Sheet, chance: &mut Chance, (x, foot): (f32, f32), size: f32, tone: Tone) {
        match chance.index(3) {
            // A fan of branches.
            0 => {
                for branch in 0..9 {
                    let t = branch as f32 / 8.0 * 2.0 - 1.0;
                    let reach = size * chance.range(1.2, 2.0);
                    let tip = (x + t * reach * 0.8, foot - reach * (1.0 - 0.4 * t * t));
                    let bend = (x + t * reach * 0.25, foot - reach * 0.55);
                    sheet.stroke(smooth_path(&[(x, foot), bend, tip], false), size * 0.13, tone, 1.0);
                    let twig = (tip.0 + size * 0.25 * chance.side(), tip.1 - size * 0.1);
                    sheet.line(bend, twig, size * 0.09, tone, 1.0);
                }
            }
            // A dome with grooves.
            1 => {
                let dome = [
                    (x - size, foot + size * 0.1),
                    (x - size * 0.85, foot - size * 0.5),
                    (x, foot - size * 0.95),
                    (x + size * 0.85, foot - size * 0.5),
                    (x + size, foot + size * 0.1),
                ];
                sheet.fill(
                    smooth_path(&dome, true),
                    Fill::vertical(foot - size, tone.mix(self.light, 0.2), foot, tone.scale(0.7)),
                );
                for groove in 0..4 {
                    let gx = x - size * 0.6 + groove as f32 * size * 0.4;
                    sheet.stroke(
                        smooth_path(
                            &[
                                (gx, foot),
                                (gx + size * 0.06, foot - size * 0.4),
                                (gx * 0.5 + x * 0.5, foot - size * 0.75),
                            ],
                            false,
                        ),
                        size * 0.05,
                        tone.scale(0.7),
                        0.7,
                    );
                }
            }
            // Tubes.
            _ => {
                for tube in 0..4 {
                    let tx = x + (tube as f32 - 1.5) * size * 0.42;
                    let tall = size * chance.range(0.8, 1.8);
                    sheet.line(
                        (tx, foot),
                        (tx + size * 0.1 * chance.spread(), foot - tall),
                        size * 0.34,
                        tone.scale(0.9),
                        1.0,
                    );
                    sheet.ellipse(tx, foot - tall - size * 0.08, size * 0.13, size * 0.06, tone.scale(0.45));
                }
            }
        }
    }

    /// A shoal that swims by and comes round again: the sheet tiles.
    fn shoal(
        &self,
        chance: &mut Chance,
        name: &'static str,
        distance: f32,
        count: usize,
        size: f32,
    ) -> Layer {
        let mut sheet = Sheet::new(self.ctx);
        let (wide, _) = sheet.reach();
        let way = chance.side();
        let (cx, cy) = (way * self.staging.half * chance.range(-0.6, 0.2), chance.range(-0.24, 0.02));
        let tone = self.far(self.water[3].scale(0.8), distance);
        let lit = self.far(self.water[0].mix(self.light, 0.4), distance * 0.8);
        let size = size * self.staging.scale;
        for _ in 0..count {
            let (u, v) = (chance.spread(), chance.spread());
            let length = size * chance.range(0.7, 1.3);
            let (fx, fy) = (cx + u * size * 15.0, cy + v * size * 6.0 + u * u * size * 4.0);
            for x in [fx - 2.0 * wide, fx, fx + 2.0 * wide] {
                if (x - length * 2.0) < wide && (x + length * 2.0) > -wide {
                    fish(&mut sheet, (x, fy), length * way, tone, lit);
                }
            }
        }
        let speed = way * 0.018 * (1.2 - distance);
        sheet.into_layer(name, 0.22 + 0.3 * (1.0 - distance), Motion::Drift { x: speed })
    }

    fn kelp(&self, chance: &mut Chance) -> Layer {
        let mut sheet = Sheet::new(self.ctx);
        let half = self.staging.half;
        let weed = self.ambience.local(Tone::hex(0x4a_7a_40)).multiply(self.water[0]);
        for index in 0..10 {
            let side = if index % 2 == 0 { -1.0 } else { 1.0 };
            let x = side * half * chance.range(0.50, 1.12);
            let tone = self.far(weed.scale(0.7), 0.12 + 0.3 * chance.unit());
            let height = chance.range(0.40, 0.80);
            frond(&mut sheet, chance, (x, FLOOR + 0.10), height, 0.013 * self.staging.scale, tone);
        }
        sheet.edge_light(
            (if self.sun > 0.0 { 0.002 } else { -0.002 }, -0.002),
            self.light,
            0.4 * self.strength,
        );
        sheet.into_layer("kelp", 0.7, Motion::Sway { amplitude: 0.012, beats: 8.0 })
    }

    fn seabed(&self, chance: &mut Chance) -> Layer {
        let (mut sheet, mut glow) = (Sheet::new(self.ctx), Sheet::new(self.ctx));
        let (_, high) = self.staging.reach;
        let top = self.staging.ground - 0.085;
        let crest = Crest::new(chance, top, 0.018, 1.2, 3);
        let sand =
            self.ambience.local(Tone::hex(0xd8_c8_a0)).multiply(self.water[0]).mix(self.water[2], 0.45);
        crest.fill(&mut sheet, sand.mix(self.light, 0.12), sand.scale(0.42), high - top);
        let dune = Noise::new(chance.seed());
        sheet.field((top - 0.02, high), 2, Blend::Atop, |x, y| {
            let near = ((y - top) / 0.2 + 0.12).max(0.1);
            let ridge = dune.fractal(x * 4.0 / near.sqrt(), y * 60.0 / near, 3);
            (if ridge > 0.5 { self.light } else { self.water[3].scale(0.6) }, (ridge - 0.5).abs() * 0.5)
        });
        // Caustics: the surface's net of light, thrown on the sand.
        let net = Noise::new(chance.seed());
        let caustic = |x: f32, y: f32| {
            let near = ((y - top) / 0.2 + 0.15).max(0.12);
            let (u, v) = (x * 5.0 / near.sqrt(), (y - top) * 26.0 / near);
            let a = (net.fractal(u, v, 2) - 0.5).abs();
            let b = (net.fractal(u + 17.0, v + 3.0, 2) - 0.5).abs();
            let line = (1.0 - a * 11.0).max(0.0).max((1.0 - b * 11.0).max(0.0));
            line * line * smooth_step(1.25, 0.2, (x - self.sun).abs())
        };
        sheet.field((top - 0.02, high), 2, Blend::Atop, |x, y| {
            (self.light, 0.40 * self.strength * caustic(x, y))
        });
        glow.field((top + 0.02, high), 4, Blend::Over, |x, y| {
            (self.light, 0.16 * self.strength * caustic(x, y))
        });
        for _ in 0..7 {
            let x = chance.side() * self.staging.half * chance.range(0.42, 1.15);
            let y = top + chance.range(0.03, 0.13);
            let size = chance.range(0.02, 0.055) * self.staging.scale;
            let stone = self.water[3].mix(self.water[2], 0.5);
            if chance.happens(0.5) {
                terrain::rock(
                    &mut sheet,
                    (x, y),
                    size,
                    (stone, stone.mix(self.light, 0.4)),
                    if self.sun > x { 1.0 } else { -1.0 },
                    chance,
                );
            } else {
                let index = chance.index(3);
                let tone =
                    self.ambience.accent(index).multiply(self.water[0]).mix(self.water[2], 0.35).scale(0.8);
                self.coral(&mut sheet, chance, (x, y), size, tone);
            }
        }
        sheet.edge_light((0.0, -0.003), self.light, 0.45 * self.strength);
        sheet.into_lit_layer(glow, "seabed", 0.95, Motion::Still)
    }

    /// Dark kelp and coral at both edges, near the lens.
    fn foreground(&self, chance: &mut Chance) -> Layer {
        let mut sheet = Sheet::new(self.ctx);
        let half = self.staging.half;
        let dark = self.water[3].scale(0.38).mix(self.ambience.deep, 0.3);
        let first = chance.side();
        for (side, count) in [(first, 5), (-first, 2)] {
            for _ in 0..count {
                let x = side * half * chance.range(0.82, 1.15);
                let height = chance.range(0.55, 1.15);
                frond(&mut sheet, chance, (x, 0.66), height, 0.022 * self.staging.scale, dark);
            }
            for _ in 0..3 {
                let x = side * half * chance.range(0.62, 1.1);
                let size = chance.range(0.07, 0.12) * self.staging.scale;
                self.coral(&mut sheet, chance, (x, 0.60), size, dark.mix(self.water[2], 0.12));
            }
        }
        sheet.edge_light(
            (if self.sun > 0.0 { 0.003 } else { -0.003 }, -0.003),
            self.light,
            0.28 * self.strength,
        );
        sheet.soften(0.003);
        sheet.into_layer("near kelp", 1.4, Motion::Sway { amplitude: 0.014, beats: 8.0 })
    }
}

/// A fish of that length, swimming right when it is positive.
fn fish(sheet: &mut Sheet, (x, y): (f32, f32), length: f32, tone: Tone, lit: Tone) {
    let tall = length.abs() * 0.26;
    let mut body = PathBuilder::new();
    body.move_to(x + length * 0.5, y);
    body.quad_to(x + length * 0.12, y - tall * 1.15, x - length * 0.34, y - tall * 0.12);
    body.line_to(x - length * 0.56, y - tall * 0.75);
    body.quad_to(x - length * 0.46, y, x - length * 0.56, y + tall * 0.75);
    body.line_to(x - length * 0.34, y + tall * 0.12);
    body.quad_to(x + length * 0.12, y + tall * 1.15, x + length * 0.5, y);
    body.close();
    sheet.fill(body.finish(), Fill::vertical(y - tall, tone, y + tall, tone.mix(lit, 0.5)));
}

/// A stem of kelp with blades along it, bending with the current.
fn frond(
    sheet: &mut Sheet,
    chance: &mut Chance,
    (x, foot): (f32, f32),
    height: f32,
    breadth: f32,
    tone: Tone,
) {
    let (bend, curl) = (chance.spread() * 0.10, chance.spread() * 0.06);
    let at =
        |t: f32| (x + bend * t * t + curl * crate::places::water::ripple(t * 0.8 + bend), foot - height * t);
    let stem: Vec<_> = (0..=10).map(|i| at(i as f32 / 10.0)).collect();
    sheet.stroke(smooth_path(&stem, false), breadth * 0.35, tone, 1.0);
    let blades = (height * 34.0) as usize;
    for blade in 0..blades {
        let t = (blade as f32 + 0.6) / blades as f32;
        let (bx, by) = at(t);
        let side = if blade % 2 == 0 { 1.0 } else { -1.0 };
        let reach = breadth * chance.range(3.0, 5.5) * (1.15 - 0.6 * t);
        let tip = (bx + side * reach, by - reach * chance.range(0.5, 1.0));
        let leaf = [
            (bx, by),
            (bx + side * reach * 0.45, by - reach * 0.05),
            tip,
            (bx + side * reach * 0.35, by - reach * 0.55),
        ];
        sheet.fill(smooth_path(&leaf, true), tone.scale(chance.range(0.85, 1.12)));
    }
}
