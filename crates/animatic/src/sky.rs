//! The sky: a dithered gradient that warms towards the sun, its disc and bloom, stars, and clouds that drift.

use crate::ambience::{Ambience, Body};
use crate::brush::{Blend, Fill, Sheet, Stop, polygon};
use crate::chance::{Chance, Noise};
use crate::set::{KeyLight, Layer, Motion, PaintContext};
use crate::tone::{Tone, ramp, smooth_step};
use mv_core::vocabulary::{Lighting, Weather};

/// Where the sky meets the land, and where its light hangs.
#[derive(Clone, Copy, Debug)]
pub struct SkyPlan {
    /// In stage units.
    pub horizon: f32,
    /// x of the sun or the moon in stage units.
    pub sun_x: f32,
    /// Factor of its height above the horizon: below 1 where a low sun makes the picture.
    pub sun_height: f32,
}

impl SkyPlan {
    /// A sun on one of the thirds, left or right by the seed.
    pub fn new(ctx: &PaintContext<'_>, horizon: f32) -> Self {
        let mut chance = Chance::new(ctx.seed, "sun");
        let half = ctx.ratio() / 2.0 / ctx.zoom;
        Self { horizon, sun_x: chance.side() * chance.range(0.24, 0.42) * half, sun_height: 1.0 }
    }

    fn sun(&self, ambience: &Ambience) -> (f32, f32) {
        (self.sun_x, (self.horizon - ambience.celestial.elevation * self.sun_height).max(-0.38))
    }
}

/// A painted sky: its layers from the back, and the light it gives.
pub struct Sky {
    pub layers: Vec<Layer>,
    pub light: KeyLight,
}

/// Paints the sky. The first layer is opaque over all of the sheet, below the horizon too.
pub fn paint(ctx: &PaintContext<'_>, ambience: &Ambience, plan: &SkyPlan) -> Sky {
    let mut sheet = Sheet::new(ctx);
    let mut glow = Sheet::new(ctx);
    gradient(&mut sheet, ambience, plan);
    if ambience.stars > 0.02 {
        milky_way(&mut sheet, ctx, ambience, plan);
        stars(&mut sheet, &mut glow, ctx, ambience, plan);
    }
    disc(&mut sheet, &mut glow, ctx, ambience, plan);
    let mut layers = vec![sheet.into_lit_layer(glow, "sky", 0.0, Motion::Still)];
    layers.extend(clouds(ctx, ambience, plan));
    let (x, y) = plan.sun(ambience);
    Sky { layers, light: ambience.key_light(x, y, true) }
}

fn gradient(sheet: &mut Sheet, ambience: &Ambience, plan: &SkyPlan) {
    let (_, reach) = sheet.reach();
    let (sun_x, sun_y) = plan.sun(ambience);
    let top = (-0.56_f32).min(plan.horizon - 0.5);
    let height = plan.horizon - top;
    let warmth = ambience.celestial.visible.max(0.25) * (0.8 - 0.3 * ambience.fog);
    let moon = ambience.celestial.body == Body::Moon;
    let halo =
        if moon { ramp(&ambience.sky, 0.9).mix(ambience.celestial.tone, 0.2) } else { ambience.sky[4] };
    let heart = halo.mix(ambience.celestial.tone, if moon { 0.1 } else { 0.5 });
    let spread = if moon { 0.45 } else { 0.85 };
    let seam = plan.horizon + 2.0 * sheet.pixel();
    sheet.field((-reach - sheet.pixel(), seam), 4, Blend::Over, |x, y| {
        let t = ((y - top) / height).clamp(0.0, 1.0);
        // The lower tones belong to a narrow band, so the darker ones get more than their share of height.
        let base = ramp(&ambience.sky, t * (0.7 + 0.3 * t));
        let (u, v) = ((x - sun_x) / (1.25 * spread), (y - sun_y) / (0.62 * spread));
        let near = (1.0 - (u * u + v * v).sqrt()).clamp(0.0, 1.0);
        let wide = near * near * (3.0 - 2.0 * near);
        let core = smooth_step(0.62, 1.0, near);
        let tone = base.mix(halo, wide * 0.62 * warmth).mix(heart, core * 0.6 * warmth);
        (tone, 1.0)
    });
    let below = ambience.sky[4].mix(ambience.haze, 0.5);
    let stops: [Stop; 2] = [(plan.horizon, below, 1.0), (reach + 0.01, below.scale(0.8), 1.0)];
    sheet.wash(&stops, Blend::Over);
}

fn milky_way(sheet: &mut Sheet, ctx: &PaintContext<'_>, ambience: &Ambience, plan: &SkyPlan) {
    let mut chance = Chance::new(ctx.seed, "milky way");
    if ambience.stars < 0.6 || ambience.clouds > 0.6 || !chance.happens(0.55) {
        return;
    }
    let noise = Noise::new(chance.seed());
    let (slope, lift) = (chance.side() * chance.range(0.35, 0.7), chance.range(-0.35, -0.2));
    let tone = ambience.sky[4].mix(Tone::hex(0x9c_a8_ff), 0.5).mix(ambience.accent(1), 0.15);
    let (_, reach) = sheet.reach();
    sheet.field((-reach, plan.horizon), 8, Blend::Over, |x, y| {
        let across = (y - lift - x * slope) * 3.6;
        let band = (1.0 - across * across).max(0.0);
        let dust = noise.fractal(x * 5.0, y * 5.0 + 9.0, 4);
        let fade = smooth_step(plan.horizon - 0.02, plan.horizon - 0.35, y);
        (tone, band * band * (dust - 0.28).max(0.0) * 0.5 * ambience.stars * fade)
    });
}

fn stars(sheet: &mut Sheet, glow: &mut Sheet, ctx: &PaintContext<'_>, ambience: &Ambience, plan: &SkyPlan) {
    let mut chance = Chance::new(ctx.seed, "stars");
    let (wide, high) = sheet.reach();
    let area = 4.0 * wide * high;
    let count = (area * 240.0 * ambience.stars * (0.6 + 0.6 * ctx.intensity)) as u32;
    let warm = ambience.sky[4].mix(Tone::WHITE, 0.6);
    for _ in 0..count {
        let (x, y) = (chance.range(-wide, wide), chance.range(-high, plan.horizon));
        let magnitude = chance.unit();
        let tint = chance.unit();
        let fade = smooth_step(plan.horizon - 0.04, plan.horizon - 0.5, y) * ambience.stars;
        let tone = Tone::hex(0xdc_e6_ff).mix(warm, tint);
        let size = 0.0007 + 0.0016 * magnitude * magnitude * magnitude;
        let alpha = (0.25 + 0.75 * magnitude) * fade;
        sheet.ellipse(
            x,
            y,
            size.max(sheet.pixel() * 0.6),
            size.max(sheet.pixel() * 0.6),
            Fill::Flat(tone, alpha),
        );
        if magnitude > 0.975 {
            let radius = size * 5.0;
            sheet.glow(x, y, radius, radius, tone, 0.35 * alpha, Blend::Over);
            glow.glow(x, y, radius, radius, tone, 0.4 * alpha, Blend::Add);
        }
    }
}

fn disc(sheet: &mut Sheet, glow: &mut Sheet, ctx: &PaintContext<'_>, ambience: &Ambience, plan: &SkyPlan) {
    let body = ambience.celestial;
    if body.visible < 0.02 {
        return;
    }
    let (x, y) = plan.sun(ambience);
    let (radius, visible) = (body.radius, body.visible);
    let mut chance = Chance::new(ctx.seed, "disc");
    let bloom = ambience.bloom;
    match body.body {
        Body::Sun => {
            // Flat rings of warm air around it: the poster's way of drawing glare.
            for (factor, alpha) in [(4.6, 0.05), (3.2, 0.07), (2.2, 0.1), (1.5, 0.14)] {
                let ring = radius * factor;
                sheet.ellipse(
                    x,
                    y,
                    ring,
                    ring,
                    Fill::Flat(body.tone, alpha * visible * (1.0 - 0.8 * ambience.fog)),
                );
            }
            sheet.glow(x, y, radius * 3.4, radius * 3.4, body.tone, 0.7 * visible, Blend::Over);
            let lower = body.tone.mix(ambience.key, 0.55);
            if ambience.lighting == Lighting::Neon && radius > 0.05 {
                striped_sun(sheet, (x, y, radius * 1.5), ambience);
            } else if ambience.fog > 0.0 {
                sheet.glow(x, y, radius * 1.5, radius * 1.5, body.tone, visible, Blend::Over);
            } else {
                let fill = Fill::vertical(y - radius, body.tone.mix(Tone::WHITE, 0.35), y + radius, lower);
                if visible > 0.5 {
                    sheet.ellipse(x, y, radius, radius, fill);
                } else {
                    sheet.ellipse(x, y, radius, radius, Fill::Flat(body.tone, visible));
                }
            }
            let strength = 0.3 * visible * bloom;
            glow.glow(x, y, radius * 6.5, radius * 5.5, ambience.key, strength * 0.55, Blend::Add);
            glow.glow(x, y, radius * 2.4, radius * 2.4, body.tone, strength, Blend::Add);
        }
        Body::Moon => {
            sheet.glow(x, y, radius * 6.0, radius * 6.0, body.tone, 0.16 * visible, Blend::Over);
            sheet.glow(x, y, radius * 2.6, radius * 2.6, body.tone, 0.35 * visible, Blend::Over);
            let lower = body.tone.mix(ambience.sky[3], 0.28);
            let alpha = if visible > 0.5 { 1.0 } else { visible };
            sheet.ellipse(
                x,
                y,
                radius,
                radius,
                Fill::Graded {
                    from: (x - radius, y - radius),
                    to: (x + radius, y + radius),
                    first: (body.tone, alpha),
                    last: (lower, alpha),
                },
            );
            for _ in 0..6 {
                let (u, v) = (chance.range(-0.6, 0.6), chance.range(-0.6, 0.6));
                let size = chance.range(0.07, 0.24);
                if u * u + v * v < 0.42 {
                    let sea = Fill::Flat(lower.scale(0.86), 0.4 * alpha);
                    sheet.ellipse(x + u * radius, y + v * radius, size * radius, size * radius * 0.85, sea);
                }
            }
            glow.glow(x, y, radius * 7.0, radius * 7.0, body.tone, 0.12 * visible * bloom, Blend::Add);
            glow.glow(x, y, radius * 2.2, radius * 2.2, body.tone, 0.22 * visible * bloom, Blend::Add);
        }
    }
}

/// The sun of a neon poster: two accents, cut by bars that thicken downwards.
fn striped_sun(sheet: &mut Sheet, (x, y, radius): (f32, f32, f32), ambience: &Ambience) {
    let (upper, lower) = (ambience.accent(1).mix(Tone::hex(0xff_d0_80), 0.65), ambience.accent(0));
    let bars = 7;
    let mut top = y - radius;
    for bar in 0..=bars {
        let t = bar as f32 / bars as f32;
        let bottom = y + radius * (-0.15 + 1.15 * t);
        let gap = radius * 0.012 * (1.0 + 3.5 * t);
        let slice: Vec<(f32, f32)> = chord(x, y, radius, top, bottom - gap);
        sheet.polygon(&slice, Fill::vertical(y - radius, upper, y + radius, lower));
        top = bottom;
    }
}

/// The part of a disc between two heights, as a polygon.
fn chord(x: f32, y: f32, radius: f32, top: f32, bottom: f32) -> Vec<(f32, f32)> {
    let steps = 24;
    let half = |at: f32| (radius * radius - (at - y) * (at - y)).max(0.0).sqrt();
    let heights: Vec<f32> = (0..=steps).map(|i| top + (bottom - top) * i as f32 / steps as f32).collect();
    let right = heights.iter().map(|at| (x + half(*at), *at));
    let left = heights.iter().rev().map(|at| (x - half(*at), *at));
    right.chain(left).collect()
}

fn clouds(ctx: &PaintContext<'_>, ambience: &Ambience, plan: &SkyPlan) -> Vec<Layer> {
    let mut chance = Chance::new(ctx.seed, "clouds");
    let wind = chance.side() * (0.004 + 0.006 * chance.unit()) * (1.0 + 2.0 * ambience.wind);
    let mut sheet = Sheet::new(ctx);
    match ctx.weather {
        Weather::Fog => return Vec::new(),
        Weather::Rain | Weather::Snow => overcast(&mut sheet, &mut chance, ambience, plan),
        Weather::Clear | Weather::Wind => {
            wisps(&mut sheet, &mut chance, ambience, plan);
            if ambience.dark < 0.5 && ctx.weather == Weather::Clear {
                bank(&mut sheet, &mut chance, ambience, plan, 3, 0.7);
            }
        }
        Weather::Cloudy => {
            wisps(&mut sheet, &mut chance, ambience, plan);
            let mut near = Sheet::new(ctx);
            bank(&mut sheet, &mut chance, ambience, plan, 6, 0.6);
            bank(&mut near, &mut chance, ambience, plan, 5, 1.15);
            let far = sheet.into_layer("far clouds", 0.03, Motion::Drift { x: wind * 0.6 });
            return vec![far, near.into_layer("near clouds", 0.06, Motion::Drift { x: wind })];
        }
    }
    vec![sheet.into_layer("clouds", 0.04, Motion::Drift { x: wind })]
}

/// High streaks, drawn out along the wind; they tile over the sheet's width.
fn wisps(sheet: &mut Sheet, chance: &mut Chance, ambience: &Ambience, plan: &SkyPlan) {
    let (wide, high) = sheet.reach();
    let cells = (wide * 3.0).round().max(2.0);
    let noise = Noise::tiling(chance.seed(), cells as u32);
    let threshold = 0.62 - 0.16 * ambience.clouds - 0.04 * ambience.wind;
    let slant = chance.side() * 0.06;
    sheet.field((-high, plan.horizon), 4, Blend::Over, |x, y| {
        let along = (0.5 + x / wide / 2.0) * cells;
        let below = plan.horizon - y;
        // Seen from below, streaks crowd together towards the horizon.
        let depth = 4.2 / (below + 0.22);
        let drift = (noise.value(along, 40.0) - 0.5) * slant * 6.0;
        let wisp = noise.fractal(along, depth + drift, 4);
        let edge = smooth_step(threshold, threshold + 0.2, wisp);
        let lit = smooth_step(0.5, 0.02, below);
        let tone = ambience.cloud_shade.mix(ambience.cloud_lit, 0.35 + 0.65 * lit);
        (tone, edge * (0.16 + 0.34 * lit) * smooth_step(0.0, 0.05, below))
    });
}

/// Heaped clouds with flat bases above the horizon, none of them across the sun.
fn bank(sheet: &mut Sheet, chance: &mut Chance, ambience: &Ambience, plan: &SkyPlan, count: u32, size: f32) {
    let (wide, _) = sheet.reach();
    let sun = plan.sun(ambience);
    for i in 0..count {
        let slot = (i as f32 + chance.range(0.15, 0.85)) / count as f32;
        let width = chance.range(0.26, 0.56) * size;
        let mut x = (slot * 2.0 - 1.0) * wide;
        let base = plan.horizon - chance.range(0.1, 0.46) * size.max(0.7);
        let seed = chance.seed();
        let (across, above) = ((x - sun.0).abs(), base - sun.1);
        let clear = ambience.celestial.radius * 1.6 + width * 0.5;
        if across < clear && (-ambience.celestial.radius..width * 0.5).contains(&above) {
            x += clear * if x < sun.0 { -1.0 } else { 1.0 };
        }
        for x in [x - 2.0 * wide, x, x + 2.0 * wide] {
            heap(sheet, Chance::new(seed, "heap"), (x, base), width, ambience, sun);
        }
    }
}

/// One cloud: tiers of puffs, the great ones behind, each lit from above and melting into the common base.
fn heap(
    sheet: &mut Sheet,
    mut chance: Chance,
    (x, base): (f32, f32),
    width: f32,
    ambience: &Ambience,
    sun: (f32, f32),
) {
    let lean = if sun.0 > x { 1.0 } else { -1.0 };
    let foot = ambience.cloud_shade.mix(ambience.haze, 0.35);
    for (tier, count, spread, radius) in [(0, 4, 0.17, 0.15), (1, 6, 0.3, 0.1), (2, 9, 0.42, 0.058)] {
        for i in 0..count {
            let t = (i as f32 + chance.range(0.25, 0.75)) / count as f32 * 2.0 - 1.0;
            let r = width * radius * chance.range(0.75, 1.2) * (1.0 - 0.35 * t * t);
            let (cx, cy) = (x + t * spread * width, base - r * chance.range(0.3, 0.75));
            let side = 0.5 + 0.5 * t * lean;
            let lit = ambience.cloud_shade.mix(ambience.cloud_lit, 0.55 + 0.3 * side - 0.12 * tier as f32);
            let top = cy - r;
            let outline = chord(cx, cy, r, top, base.min(cy + r));
            sheet.fill(
                polygon(&outline),
                Fill::Graded {
                    from: (cx + lean * r * 0.3, top),
                    to: (cx, base + r * 0.15),
                    first: (lit, 0.95),
                    last: (foot, 0.55),
                },
            );
        }
    }
}

/// A closed cover of rain or snow clouds, heavier overhead.
fn overcast(sheet: &mut Sheet, chance: &mut Chance, ambience: &Ambience, plan: &SkyPlan) {
    let (wide, high) = sheet.reach();
    let cells = (wide * 2.0).round().max(2.0);
    let noise = Noise::tiling(chance.seed(), cells as u32);
    let (dark, light) = (ambience.cloud_shade.scale(0.72), ambience.cloud_lit.mix(ambience.sky[3], 0.6));
    sheet.field((-high, plan.horizon), 4, Blend::Over, |x, y| {
        let along = (0.5 + x / wide / 2.0) * cells;
        let below = plan.horizon - y;
        let depth = 2.4 / (below + 0.2);
        let billow = noise.fractal(along, depth * 1.6, 5);
        let shade = smooth_step(0.3, 0.7, billow);
        (
            dark.mix(light, shade),
            0.62 * smooth_step(0.0, 0.3, below) * (0.45 + 0.55 * smooth_step(0.35, 0.6, billow)),
        )
    });
}
