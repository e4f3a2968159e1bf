//! Open space above a planet: its lit limb, rings or a moon, a nebula, stars, and a small rock to stand on.

use crate::ambience::Ambience;
use crate::brush::{Blend, Fill, Sheet};
use crate::chance::{Chance, Noise};
use crate::places::staging::Staging;
use crate::places::terrain::{self, Crest};
use crate::set::{Air, Layer, Motion, PaintContext, Set};
use crate::tone::{Tone, smooth_step};
use mv_core::vocabulary::{Lighting, Weather};
use tiny_skia::Pixmap;

const HORIZON: f32 = 0.2;

struct Space<'a> {
    ctx: &'a PaintContext<'a>,
    ambience: Ambience,
    staging: Staging,
    /// The planet's centre and radius; the star that lights it stands beyond its rim on `side`.
    planet: (f32, f32, f32),
    side: f32,
    void: Tone,
    /// Two colours of gas, and the planet's own.
    gas: [Tone; 2],
    world: Tone,
    star: Tone,
}

/// Paints the place.
pub(super) fn paint(ctx: &PaintContext<'_>) -> Set {
    let ambience = Ambience::of(ctx);
    let staging = Staging::new(ctx, 0.40, 0.40);
    let mut chance = Chance::new(ctx.seed, "space");
    let side = chance.side();
    let s = staging.scale;
    // The hour sets the mood: the sky's own colours become those of gas and world.
    let gas = [ambience.accent(0).mix(ambience.sky[3], 0.35), ambience.accent(1).mix(ambience.sky[2], 0.35)];
    let radius = chance.range(0.30, 0.46) * s;
    let space = Space {
        planet: (-side * staging.half * chance.range(0.18, 0.5), chance.range(-0.12, -0.02), radius),
        void: ambience.sky[0].mix(Tone::hex(0x05_05_12), 0.72),
        world: ambience.sky[2].mix_vivid(ambience.accent(1), 0.4),
        star: ambience.key.mix(Tone::WHITE, 0.35),
        gas,
        side,
        ctx,
        ambience,
        staging,
    };
    let layers = vec![
        space.backdrop(&mut chance),
        space.stars(&mut chance),
        space.planet(&mut chance),
        space.moons(&mut chance),
        space.drift(&mut chance),
        space.far_ground(&mut chance),
        space.ground(&mut chance),
    ];
    let slot = layers.len();
    let mut layers = layers;
    layers.push(space.foreground(&mut chance));
    let (x, y, r) = space.planet;
    let mut light = space.ambience.key_light(x + space.side * r * 0.9, y - r * 0.5, true);
    light.strength = light.strength.max(0.7);
    light.color = space.star.into();
    light.ambient = space.world.scale(0.45).mix(space.gas[0], 0.25).into();
    let mut set = space.staging.set(ctx, layers, slot, HORIZON, light);
    set.air = vec![if ctx.weather == Weather::Fog { Air::Haze } else { Air::Dust }];
    if ctx.lighting == Lighting::Neon {
        set.air.push(Air::Bokeh);
    }
    set
}

impl Space<'_> {
    /// The void and its nebula.
    fn backdrop(&self, chance: &mut Chance) -> Layer {
        let (mut sheet, mut glow) = (Sheet::new(self.ctx), Sheet::new(self.ctx));
        let (_, high) = self.staging.reach;
        sheet.wash(
            &[
                (-high, self.void, 1.0),
                (0.1, self.void.mix(self.gas[1], 0.10), 1.0),
                (high, self.void.mix(self.gas[0], 0.16), 1.0),
            ],
            Blend::Over,
        );
        let noise = Noise::new(chance.seed());
        let (slope, lift) = (self.side * chance.range(0.25, 0.6), chance.range(-0.2, 0.05));
        let amount = 0.50 + 0.25 * self.ctx.intensity + 0.15 * self.ambience.fog;
        sheet.field((-high, high), 5, Blend::Over, |x, y| {
            let across = (y - lift - x * slope) * 1.7;
            let band = (1.0 - across * across).max(0.0);
            let warp = noise.fractal(x * 1.7 + 9.0, y * 1.7, 3) - 0.5;
            let cloud = noise.fractal(x * 2.6 + warp * 1.6, y * 2.6 - warp * 1.2, 5);
            let dust = noise.fractal(x * 5.0 + 40.0, y * 5.0 + warp, 4);
            let density = smooth_step(0.38, 0.74, cloud) * band * (1.0 - 0.75 * smooth_step(0.5, 0.68, dust));
            let hue = smooth_step(0.35, 0.65, noise.fractal(x * 1.3 + 70.0, y * 1.3, 2));
            let tone = self.gas[0].mix_vivid(self.gas[1], hue);
            (tone.mix(Tone::WHITE, 0.35 * density * density), density * amount)
        });
        glow.glow(slope.signum() * 0.3, lift, 0.6, 0.35, self.gas[0], 0.10 * self.ambience.bloom, Blend::Add);
        sheet.into_lit_layer(glow, "nebula", 0.02, Motion::Still)
    }

    fn stars(&self, chance: &mut Chance) -> Layer {
        let (mut sheet, mut glow) = (Sheet::new(self.ctx), Sheet::new(self.ctx));
        let (wide, high) = self.staging.reach;
        for _ in 0..(4.0 * wide * high * 330.0 * (0.7 + 0.5 * self.ctx.intensity)) as usize {
            let (x, y, magnitude) = (chance.range(-wide, wide), chance.range(-high, high), chance.unit());
            let tone =
                [Tone::WHITE, Tone::hex(0xcc_dc_ff), self.gas[0].mix(Tone::WHITE, 0.6)][chance.index(3)];
            let size = (0.0006 + 0.0018 * magnitude * magnitude * magnitude).max(sheet.pixel() * 0.55);
            sheet.ellipse(x, y, size, size, Fill::Flat(tone, 0.25 + 0.75 * magnitude));
            if magnitude > 0.982 {
                // The brightest wear a cross of light.
                let ray = size * chance.range(9.0, 16.0);
                sheet.line((x - ray, y), (x + ray, y), 0.0008, tone, 0.35);
                sheet.line((x, y - ray), (x, y + ray), 0.0008, tone, 0.35);
                glow.glow(x, y, ray * 0.6, ray * 0.6, tone, 0.4, Blend::Add);
            }
        }
        sheet.into_lit_layer(glow, "stars", 0.03, Motion::Still)
    }

    fn planet(&self, chance: &mut Chance) -> Layer {
        let (mut sheet, mut glow) = (Sheet::new(self.ctx), Sheet::new(self.ctx));
        let (x, y, r) = self.planet;
        let air = self.world.mix(self.star, 0.55);
        // Where the star stands, seen from the planet's centre.
        let (lx, ly) = (self.side * 0.82, -0.57);
        sheet.glow(x + lx * r * 0.35, y + ly * r * 0.35, r * 1.42, r * 1.42, air, 0.55, Blend::Over);
        let rings = chance.happens(0.55);
        let tilt = self.side * chance.range(0.16, 0.30);
        if rings {
            self.rings(&mut sheet, chance.clone(), tilt, true);
        }
        sheet.lay(&self.disc(chance, (lx, ly), tilt, air));
        if rings {
            self.rings(&mut sheet, chance.clone(), tilt, false);
        }
        glow.glow(
            x + lx * r,
            y + ly * r,
            r * 1.15,
            r * 1.15,
            self.star,
            0.26 * self.ambience.bloom,
            Blend::Add,
        );
        glow.glow(
            x + lx * r * 1.02,
            y + ly * r * 1.02,
            r * 0.28,
            r * 0.28,
            self.star,
            0.75 * self.ambience.bloom,
            Blend::Add,
        );
        sheet.glow(
            x + lx * r * 1.01,
            y + ly * r * 1.01,
            r * 0.16,
            r * 0.16,
            self.star.mix(Tone::WHITE, 0.6),
            0.95,
            Blend::Over,
        );
        sheet.into_lit_layer(glow, "planet", 0.08, Motion::Still)
    }

    /// The planet's disc, lit from (`lx`, `ly`), on a sheet of its own.
    fn disc(&self, chance: &mut Chance, (lx, ly): (f32, f32), tilt: f32, air: Tone) -> Pixmap {
        let mut sheet = Sheet::new(self.ctx);
        let (x, y, r) = self.planet;
        let night = self.void.mix(self.world, 0.10).scale(0.7);
        sheet.ellipse(x, y, r, r, night);
        let bands = Noise::new(chance.seed());
        let gaseous = chance.happens(0.5);
        let world = self.world;
        sheet.field((y - r, y + r), 2, Blend::Atop, |px, py| {
            let (u, v) = ((px - x) / r, (py - y) / r);
            let depth = (1.0 - u * u - v * v).max(0.0).sqrt();
            // Lambert's law with the star half behind the planet, its terminator softened by air.
            let facing = u * lx + v * ly + depth * 0.10;
            let light = smooth_step(-0.12, 1.0, facing);
            let turned = v + u * tilt * 0.7;
            let bulge = 0.5 + 0.5 * depth;
            let texture = if gaseous {
                let swirl = bands.fractal(u * 3.0 / bulge, v * 6.0, 3);
                bands.fractal(u * 1.4 / bulge + 3.0, turned * 9.0 + 0.6 * swirl, 3)
            } else {
                smooth_step(0.42, 0.58, bands.fractal(u * 2.6 / bulge + 8.0, v * 2.6 / bulge, 5))
            };
            let ground = world.mix(self.gas[0], 0.75 * texture).mix(Tone::WHITE, 0.14 * texture * texture);
            let lit = night.mix(ground.mix(self.star, 0.22 * light), light.sqrt() * 0.95);
            let limb = (1.0 - depth) * (1.0 - depth) * smooth_step(-0.15, 0.6, facing);
            (lit.screen(air.scale(limb * 0.9)), 1.0)
        });
        sheet.into_pixmap()
    }

    /// Half of the rings: those behind the planet, or those before it.
    fn rings(&self, sheet: &mut Sheet, mut chance: Chance, tilt: f32, behind: bool) {
        let (x, y, r) = self.planet;
        for ring in 0..17 {
            let (radius, alpha) = (r * (1.32 + 0.052 * ring as f32), chance.range(0.10, 0.62));
            if ring == 9 || ring == 10 {
                continue;
            }
            let tone = self.world.mix(self.gas[ring % 2], 0.35).mix(self.star, 0.4);
            let arc: Vec<(f32, f32)> = (0..=60)
                .map(|i| {
                    let t = i as f32 / 60.0 * 2.0 - 1.0;
                    // A half ellipse from parabolas is near enough to a circle's half seen edge on.
                    let flat = (1.0 - t * t).max(0.0).sqrt() * 0.20 * if behind { -1.0 } else { 1.0 };
                    (x + radius * t - radius * flat * tilt, y + radius * flat + radius * t * tilt)
                })
                .collect();
            sheet.stroke(
                crate::brush::smooth_path(&arc, false),
                r * 0.034,
                tone.scale(if behind { 0.6 } else { 0.95 }),
                alpha,
            );
        }
    }

    fn moons(&self, chance: &mut Chance) -> Layer {
        let mut sheet = Sheet::new(self.ctx);
        let half = self.staging.half;
        for index in 0..chance.count(1, 2) {
            let r = chance.range(0.022, 0.055) * self.staging.scale;
            let x = self.side * half * (chance.range(0.6, 0.85) - index as f32 * 0.42);
            let y = chance.range(-0.40, -0.18);
            let body = self.gas[1].mix(Tone::hex(0xb0_b0_bc), 0.6);
            sheet.ellipse(x, y, r, r, body.scale(0.10).mix(self.void, 0.5));
            let pits = Noise::new(chance.seed());
            sheet.field((y - r, y + r), 2, Blend::Atop, |px, py| {
                let (u, v) = ((px - x) / r, (py - y) / r);
                let inside = (1.0 - u * u - v * v).max(0.0);
                let light = (-self.side * u * 0.8 - v * 0.4 + inside.sqrt() * 0.25).max(0.0);
                let rough = 0.75 + 0.4 * pits.fractal(u * 3.0, v * 3.0, 3);
                (body.scale(0.06 + light * rough), 1.0)
            });
        }
        sheet.into_layer("moons", 0.12, Motion::Still)
    }

    /// Rocks adrift in the middle distance, lit from the star's side.
    fn drift(&self, chance: &mut Chance) -> Layer {
        let mut sheet = Sheet::new(self.ctx);
        let half = self.staging.half;
        let stone = self.void.mix(self.world, 0.25).scale(0.9);
        for _ in 0..26 {
            let t = chance.unit();
            let x = half * chance.range(-1.2, 1.2);
            let y = 0.02 + 0.15 * x * self.side * -0.4 + 0.05 * chance.spread();
            let size = (0.003 + 0.018 * t * t * t) * self.staging.scale;
            let points: Vec<(f32, f32)> =
                [(1.0, 0.1), (0.6, 0.7), (-0.2, 0.9), (-0.9, 0.4), (-0.8, -0.4), (-0.1, -0.8), (0.7, -0.6)]
                    .iter()
                    .map(|(u, v)| {
                        (x + u * size * chance.range(0.7, 1.2), y + v * size * 0.7 * chance.range(0.7, 1.2))
                    })
                    .collect();
            sheet.polygon(&points, stone);
        }
        sheet.edge_light((self.side * 0.003, -0.003), self.star, 0.8);
        sheet.into_layer("rocks adrift", 0.3, Motion::Bob { amplitude: 0.004, beats: 16.0 })
    }

    fn far_ground(&self, chance: &mut Chance) -> Layer {
        let mut sheet = Sheet::new(self.ctx);
        let crest = Crest::new(chance, HORIZON + 0.05, 0.11, 2.2, 5);
        let tone = self.void.mix(self.world, 0.30).mix(self.gas[0], 0.12);
        crest.fill(&mut sheet, tone, tone.scale(0.5), 0.12);
        sheet.edge_light((self.side * 0.002, -0.004), self.star, 0.55);
        sheet.into_layer("far ridge", 0.6, Motion::Still)
    }

    /// The rock underfoot, cratered.
    fn ground(&self, chance: &mut Chance) -> Layer {
        let mut sheet = Sheet::new(self.ctx);
        let (_, high) = self.staging.reach;
        let top = self.staging.ground - 0.075;
        let crest = Crest::new(chance, top, 0.045, 1.2, 5);
        let tone = self.void.mix(self.world, 0.26).scale(0.95);
        crest.fill(&mut sheet, tone.mix(self.star, 0.10), tone.scale(0.42), 0.16);
        let grain = Noise::new(chance.seed());
        sheet.field((top - 0.02, high), 3, Blend::Atop, |x, y| {
            let near = ((y - top) / 0.16 + 0.15).max(0.12);
            let value = grain.fractal(x * 9.0 / near.sqrt(), y * 34.0 / near.sqrt(), 4);
            (if value > 0.5 { self.star } else { self.void.scale(0.5) }, (value - 0.5).abs() * 0.42)
        });
        for _ in 0..9 {
            let t = chance.unit();
            let (x, y) = (self.staging.half * chance.range(-1.2, 1.2), top + 0.025 + 0.16 * t);
            let rx = (0.02 + 0.06 * t) * chance.range(0.6, 1.2);
            sheet.ellipse(x, y, rx, rx * 0.24, Fill::Flat(self.void.scale(0.4), 0.75));
            sheet.ellipse(
                x - self.side * rx * 0.06,
                y + rx * 0.05,
                rx * 0.94,
                rx * 0.20,
                Fill::Flat(tone.scale(0.62), 1.0),
            );
            sheet.ellipse(
                x - self.side * rx * 0.45,
                y + rx * 0.10,
                rx * 0.42,
                rx * 0.06,
                Fill::Flat(self.star, 0.30),
            );
        }
        let (x, ..) = self.planet;
        sheet.glow(x + self.side * 0.2, top + 0.01, 0.7, 0.09, self.star, 0.38, Blend::Atop);
        sheet.edge_light((self.side * 0.002, -0.004), self.star, 0.75);
        if self.ambience.snow > 0.0 {
            sheet.wash(
                &[(top, self.ambience.snow_tone().scale(0.6), 0.35), (high, self.void, 0.2)],
                Blend::Atop,
            );
        }
        sheet.into_layer("rock", 1.0, Motion::Still)
    }

    fn foreground(&self, chance: &mut Chance) -> Layer {
        let mut sheet = Sheet::new(self.ctx);
        let half = self.staging.half;
        let dark = self.void.scale(0.55);
        for side in [-1.0, 1.0] {
            for _ in 0..3 {
                let x = side * half * chance.range(0.72, 1.15);
                let size = chance.range(0.10, 0.20) * self.staging.scale;
                terrain::rock(
                    &mut sheet,
                    (x, 0.60),
                    size,
                    (dark, dark.mix(self.world, 0.14)),
                    self.side,
                    chance,
                );
            }
        }
        sheet.edge_light((self.side * 0.004, -0.003), self.star, 0.5);
        sheet.soften(0.003);
        sheet.into_layer("near rocks", 1.4, Motion::Still)
    }
}
