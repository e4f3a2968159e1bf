//! A rooftop above the city: a low sun between the towers, a railing to lean on, and the clutter roofs collect.

use crate::ambience::Ambience;
use crate::brush::{Blend, Fill, Mirror, Sheet, rounded};
use crate::chance::Chance;
use crate::places::staging::{self, Staging};
use crate::places::towers::{self, Row, RowPlan};
use crate::set::{Air, Layer, Motion, PaintContext, Set};
use crate::sky::{self, SkyPlan};
use crate::tone::Tone;
use mv_core::vocabulary::Lighting;
use tiny_skia::PathBuilder;

const HORIZON: f32 = 0.24;

/// Paints the place.
pub(super) fn paint(ctx: &PaintContext<'_>) -> Set {
    let ambience = Ambience::of(ctx);
    let staging = Staging::new(ctx, 0.44, 0.52);
    let plan = SkyPlan { sun_height: 1.2, ..SkyPlan::new(ctx, HORIZON) };
    let sky = sky::paint(ctx, &ambience, &plan);
    let mut layers = sky.layers;
    city(ctx, &ambience, &staging, plan.sun_x, &mut layers);
    let mut chance = Chance::new(ctx.seed, "roof");
    let floor = floor(ctx, &ambience, &staging, &mut chance, &layers);
    layers.push(floor);
    layers.push(clutter(ctx, &ambience, &staging, &mut chance));
    let slot = layers.len();
    if ambience.lamps > 0.25 && chance.happens(0.65) {
        layers.push(festoon(ctx, &ambience, &staging, &mut chance));
    }
    layers.push(foreground(ctx, &ambience, &staging, &mut chance));
    let mut set = staging.set(ctx, layers, slot, HORIZON, sky.light);
    if matches!(ctx.lighting, Lighting::Neon | Lighting::Candle) {
        set.air.push(Air::Bokeh);
    }
    set
}

/// Three rows of towers; low where the sun stands, highest on the other side.
fn city(ctx: &PaintContext<'_>, ambience: &Ambience, staging: &Staging, sun_x: f32, layers: &mut Vec<Layer>) {
    let mut chance = Chance::new(ctx.seed, "city");
    let s = staging.scale;
    let valley = |x: f32, depth: f32, width: f32| 1.0 - depth * (1.0 - ((x - sun_x) / width).abs()).max(0.0);
    let peak = -sun_x * chance.range(0.7, 1.3);
    let hill = |x: f32, width: f32| (1.0 - ((x - peak) / width) * ((x - peak) / width)).max(0.0);
    let lit = 0.35 + 0.5 * ctx.intensity;
    let far = |x: f32| (0.55 + 0.6 * hill(x, 0.6)) * valley(x, 0.35, 0.3);
    let middle = |x: f32| (0.6 + 0.55 * hill(x, 0.5)) * valley(x, 0.6, 0.35);
    let near = |x: f32| (0.5 + 0.4 * hill(x, 0.45)) * valley(x, 0.7, 0.4);
    let rows: [RowPlan<'_>; 3] = [
        ("far towers", 0.86, 0.08, (0.09, 0.36), (0.035, 0.075), &far),
        ("towers", 0.48, 0.2, (0.12, 0.46), (0.06, 0.13), &middle),
        ("near towers", 0.1, 0.36, (0.16, 0.44), (0.09, 0.2), &near),
    ];
    for (i, (name, distance, depth, height, width, outline)) in rows.into_iter().enumerate() {
        let (mut sheet, mut glow) = (Sheet::new(ctx), Sheet::new(ctx));
        let base = HORIZON + 0.05 * i as f32;
        let plan = Row {
            base,
            foot: staging.reach.1,
            height: (height.0 * s, height.1 * s),
            width: (width.0 * s, width.1 * s),
            distance,
            outline,
            light_x: sun_x,
            lit,
        };
        towers::row(&mut sheet, &mut glow, ambience, &mut chance, &plan);
        layers.push(sheet.into_lit_layer(glow, name, depth, Motion::Still));
    }
}

/// The roof itself with its parapet and railing.
fn floor(
    ctx: &PaintContext<'_>,
    ambience: &Ambience,
    staging: &Staging,
    chance: &mut Chance,
    behind: &[Layer],
) -> Layer {
    let mut sheet = Sheet::new(ctx);
    let (wide, high) = staging.reach;
    let (edge, parapet) = (staging.ground - 0.085, 0.05);
    let day = 1.0 - ambience.dark;
    let concrete = ambience.local(Tone::hex(0xa8_a0_9c));
    let body = ambience.near.mix(ambience.deep, 0.55).mix(concrete, 0.3 * day);
    let upper = body.mix(ambience.haze, 0.1 + 0.1 * ambience.fog);
    sheet.wash(&[(edge, upper, 1.0), (high, ambience.deep.mix(body, 0.5 * day), 1.0)], Blend::Over);
    let joint = ambience.deep.scale(0.7);
    for i in -14..=14 {
        let x = i as f32 * 0.2;
        sheet.line((x * 0.8, edge), (x * 1.5, high), 0.0018, joint, 0.32);
    }
    for (y, alpha) in [(edge + 0.025, 0.25), (edge + 0.065, 0.3), (edge + 0.13, 0.35)] {
        sheet.rect(-wide, y, 2.0 * wide, 0.0018, joint, alpha, Blend::Over);
    }
    // The parapet: its inner face, and its coping that catches the light.
    let (top, cap) = (edge - parapet, 0.012);
    sheet.wash(&[(top, body.mix(ambience.deep, 0.25), 1.0), (edge, ambience.deep, 1.0)], Blend::Over);
    let coping = if ambience.snow > 0.0 { ambience.snow_tone() } else { body.mix(ambience.key, 0.22) };
    sheet.rect(-wide, top - cap, 2.0 * wide, cap, coping, 1.0, Blend::Over);
    sheet.rect(
        -wide,
        top - cap,
        2.0 * wide,
        0.0025,
        ambience.rim(1.0),
        0.55 * ambience.key_strength,
        Blend::Over,
    );
    let seams = (wide / 0.31).ceil() as i32;
    for seam in -seams..=seams {
        let x = (seam as f32 + 0.5) * 0.31;
        sheet.rect(x, top, 0.0022, edge - top, ambience.deep.scale(0.6), 0.8, Blend::Over);
    }
    railing(&mut sheet, ambience, staging, top - cap);
    if ambience.wet > 0.0 {
        let picture = staging::flatten(ctx, behind);
        let mirror = Mirror { strength: 0.42, length: 0.24, squash: 2.4, ripple: 0.02, seed: chance.seed() };
        sheet.reflect(&picture, edge, high, &mirror, Blend::Over);
    } else {
        for _ in 0..10 {
            let (x, y) = (chance.range(-wide, wide), chance.range(edge + 0.02, high));
            let stain = if chance.happens(0.5) { ambience.deep } else { upper };
            sheet.glow(x, y, chance.range(0.1, 0.3), chance.range(0.008, 0.02), stain, 0.35, Blend::Atop);
        }
    }
    if ambience.snow > 0.0 {
        let snow = ambience.snow_tone();
        sheet.wash(&[(edge, snow, 0.85), (high, snow.scale(0.8), 0.95)], Blend::Atop);
    }
    // Light of the key on the floor, brightest beneath it.
    let pool = 0.2 * ambience.key_strength;
    sheet.glow(0.0, edge + 0.03, staging.half * 1.2, 0.07, ambience.key, pool, Blend::Atop);
    sheet.into_layer("roof", 0.9, Motion::Still)
}

fn railing(sheet: &mut Sheet, ambience: &Ambience, staging: &Staging, foot: f32) {
    let (wide, _) = staging.reach;
    let height = 0.075 * staging.scale.max(0.8);
    let tone = ambience.deep.scale(0.9);
    let rim = ambience.rim(-1.0);
    let glint = 0.6 * ambience.key_strength;
    for (up, thick) in [(1.0, 0.007), (0.55, 0.0035), (0.12, 0.0035)] {
        let y = foot - height * up;
        sheet.rect(-wide, y, 2.0 * wide, thick, tone, 1.0, Blend::Over);
        sheet.rect(-wide, y, 2.0 * wide, (thick * 0.25).max(sheet.pixel()), rim, glint, Blend::Over);
    }
    let pitch = 0.155;
    let posts = (wide / pitch).ceil() as i32;
    for post in -posts..=posts {
        let x = (post as f32 + 0.5) * pitch;
        sheet.rect(x - 0.0035, foot - height, 0.007, height + 0.004, tone, 1.0, Blend::Over);
        sheet.rect(x + 0.0018, foot - height, 0.0018, height, rim, glint * 0.6, Blend::Over);
    }
}

/// What stands on the roof beside the figure: air handlers, a tank, a stair house with a lamp.
fn clutter(ctx: &PaintContext<'_>, ambience: &Ambience, staging: &Staging, chance: &mut Chance) -> Layer {
    let (mut sheet, mut glow) = (Sheet::new(ctx), Sheet::new(ctx));
    let s = staging.scale;
    let ground = staging.ground - 0.03;
    let body = ambience.deep.mix(ambience.near, 0.35);
    let side = chance.side();
    // The tall piece frames one edge of the picture.
    let x = side * (staging.half * 0.93);
    if chance.happens(0.5) {
        let (w, h) = (0.3 * s, 0.44 * s);
        let left = if side > 0.0 { x - w * 0.35 } else { x - w * 0.65 };
        sheet.rect(left, ground - h, w, h, body, 1.0, Blend::Over);
        sheet.rect(left - 0.012, ground - h - 0.014, w + 0.024, 0.018, body.scale(0.75), 1.0, Blend::Over);
        let inner = if side > 0.0 { left } else { left + w - 0.004 };
        sheet.rect(
            inner,
            ground - h,
            0.004,
            h,
            ambience.rim(-side),
            0.5 * ambience.key_strength,
            Blend::Over,
        );
        let door = if side > 0.0 { left + w * 0.14 } else { left + w * 0.52 };
        sheet.rect(door, ground - h * 0.62, w * 0.3, h * 0.62, ambience.deep.scale(0.7), 1.0, Blend::Over);
        if ambience.lamps > 0.2 {
            let (lx, ly) = (door + w * 0.15, ground - h * 0.7);
            sheet.fill(rounded(lx - 0.014, ly - 0.006, 0.028, 0.012, 0.005), ambience.lamp);
            sheet.glow(lx, ly + 0.1, 0.16, 0.22, ambience.lamp, 0.3 * ambience.lamps, Blend::Atop);
            glow.glow(lx, ly, 0.11, 0.11, ambience.lamp, 0.5 * ambience.lamps, Blend::Add);
        }
        if ambience.snow > 0.0 {
            sheet.fill(
                rounded(left - 0.014, ground - h - 0.026, w + 0.028, 0.018, 0.009),
                ambience.snow_tone(),
            );
        }
    } else {
        towers::tank(&mut sheet, x, ground, 0.125 * s, body);
        let rim = ambience.rim(-side);
        let edge = x - side * 0.118 * s;
        let lean = side * 0.007 * s;
        sheet.line(
            (edge, ground - 0.115 * s),
            (edge + lean, ground - 0.32 * s),
            0.003,
            rim,
            0.55 * ambience.key_strength,
        );
        if ambience.snow > 0.0 {
            let (top, w) = (ground - 0.425 * s, 0.13 * s);
            let cap = [
                (x - w * 0.7, top + 0.065 * s),
                (x, top - 0.01),
                (x + w * 0.7, top + 0.065 * s),
                (x, top + 0.04 * s),
            ];
            sheet.polygon(&cap, ambience.snow_tone());
        }
    }
    // Low boxes on the other side.
    for i in 0..chance.count(1, 2) {
        let (w, h) = (chance.range(0.1, 0.16) * s, chance.range(0.07, 0.11) * s);
        let left = -side * (staging.half * (0.97 - 0.26 * i as f32)) - w / 2.0;
        sheet.fill(
            rounded(left, ground - h, w, h, 0.006),
            Fill::vertical(ground - h, body, ground, ambience.deep),
        );
        let (cx, cy, r) = (left + w * 0.5, ground - h * 0.52, h * 0.32);
        sheet.ellipse(cx, cy, r, r, ambience.deep.scale(0.7));
        for blade in 0..3 {
            let offset = r * (blade as f32 - 1.0) * 0.6;
            sheet.line((cx - r * 0.8, cy + offset), (cx + r * 0.8, cy + offset), 0.002, body, 0.9);
        }
        sheet.rect(left, ground - h, w, 0.003, ambience.rim(side), 0.5 * ambience.key_strength, Blend::Over);
        if ambience.snow > 0.0 {
            sheet.fill(
                rounded(left - 0.004, ground - h - 0.012, w + 0.008, 0.018, 0.009),
                ambience.snow_tone(),
            );
        }
    }
    sheet.into_lit_layer(glow, "clutter", 1.0, Motion::Still)
}

/// A string of bulbs across the top of the picture.
fn festoon(ctx: &PaintContext<'_>, ambience: &Ambience, staging: &Staging, chance: &mut Chance) -> Layer {
    let (mut sheet, mut glow) = (Sheet::new(ctx), Sheet::new(ctx));
    let (wide, _) = staging.reach;
    let tone = ambience.deep;
    for strand in 0..2 {
        let (from, to) = (chance.range(-0.5, -0.36), chance.range(-0.48, -0.3));
        let sag = chance.range(0.09, 0.16);
        let at = |t: f32| (-wide + 2.0 * wide * t, from + (to - from) * t + sag * 4.0 * t * (1.0 - t));
        let mut path = PathBuilder::new();
        path.move_to(-wide, from);
        for i in 1..=40 {
            let (x, y) = at(i as f32 / 40.0);
            path.line_to(x, y);
        }
        sheet.stroke(path.finish(), 0.0022, tone, 0.9);
        let bulbs = (wide * 11.0) as u32;
        for bulb in 0..bulbs {
            let (x, y) = at((bulb as f32 + 0.5) / bulbs as f32);
            let light = if strand == 0 {
                ambience.lamp
            } else {
                ambience.accent(bulb as usize).mix(ambience.lamp, 0.5)
            };
            sheet.line((x, y), (x, y + 0.007), 0.003, tone, 1.0);
            sheet.ellipse(x, y + 0.0125, 0.006, 0.0072, light.mix(Tone::WHITE, 0.35));
            glow.glow(x, y + 0.0125, 0.038, 0.038, light, 0.55 * ambience.bloom, Blend::Add);
        }
    }
    sheet.into_lit_layer(glow, "festoon", 1.15, Motion::Sway { amplitude: 0.004, beats: 8.0 })
}

/// Out-of-focus pipes and aerials that frame the lower corners.
fn foreground(ctx: &PaintContext<'_>, ambience: &Ambience, staging: &Staging, chance: &mut Chance) -> Layer {
    let mut sheet = Sheet::new(ctx);
    let tone = ambience.deep.scale(0.55);
    let side = chance.side();
    let (wide, high) = staging.reach;
    let x = side * staging.half * 0.97;
    sheet.line((x, high), (x, -0.16), 0.011, tone, 1.0);
    for (i, up) in [-0.15, -0.105, -0.06].into_iter().enumerate() {
        let arm = (0.11 - 0.022 * i as f32) * staging.scale;
        sheet.line((x - arm, up), (x + arm, up - 0.012), 0.006, tone, 1.0);
    }
    let y = 0.53;
    sheet.fill(rounded(-wide, y, 2.0 * wide, 0.05, 0.02), tone);
    for joint in [-0.7, -0.1, 0.55] {
        sheet.fill(rounded(joint * wide, y - 0.008, 0.05, 0.066, 0.008), tone.mix(ambience.near, 0.2));
    }
    if ambience.snow > 0.0 {
        sheet.fill(rounded(-wide, y - 0.008, 2.0 * wide, 0.02, 0.01), ambience.snow_tone().scale(0.85));
    }
    sheet.soften(0.004);
    sheet.into_layer("foreground", 1.35, Motion::Still)
}
