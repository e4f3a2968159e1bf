//! A wide street crossing between tall buildings: screens and signs overhead, the painted stripes, lights of traffic.

mod blocks;

use crate::ambience::Ambience;
use crate::brush::{Blend, Fill, Sheet, rounded};
use crate::chance::Chance;
use crate::places::perspective::View;
use crate::places::staging::Staging;
use crate::places::street;
use crate::places::towers::{self, Row};
use crate::set::{Air, Layer, Motion, PaintContext, Set};
use crate::sky::{self, SkyPlan};
use crate::tone::Tone;

/// How far the street goes, in distances of the figure from the camera.
const END: f32 = 9.0;

/// The street's measures: its view, half its width between the walls, and the height of its floor.
struct Street {
    view: View,
    half: f32,
    floor: f32,
}

/// Paints the place.
pub(super) fn paint(ctx: &PaintContext<'_>) -> Set {
    let ambience = Ambience::of(ctx);
    let staging = Staging::new(ctx, 0.43, 0.4);
    let mut chance = Chance::new(ctx.seed, "crossing");
    let horizon = 0.14;
    let view = View::new(chance.range(-0.1, 0.1) * staging.half, horizon);
    let street = Street { view, half: (staging.half * 0.9).max(0.36), floor: staging.ground - horizon };
    let plan = SkyPlan { sun_x: view.x + chance.spread() * 0.08, horizon: horizon + 0.01, sun_height: 1.3 };
    let sky = sky::paint(ctx, &ambience, &plan);
    let mut layers = sky.layers;
    layers.push(distance(ctx, &ambience, &street, &mut chance));
    let blocks = blocks::blocks(&mut chance);
    let (mut mirrored, mut mirrored_glow) = (Sheet::new(ctx), Sheet::new(ctx));
    for (name, near, far, depth) in
        [("far blocks", 3.2, END, 0.22), ("blocks", 1.5, 4.2, 0.45), ("near blocks", 0.5, 1.9, 0.72)]
    {
        let (mut sheet, mut glow) = (Sheet::new(ctx), Sheet::new(ctx));
        for block in blocks.iter().filter(|b| b.far > near && b.near < far) {
            block.paint(&mut sheet, &mut glow, &ambience, &street, view);
            if ambience.wet > 0.0 && block.near >= near {
                block.paint(
                    &mut mirrored,
                    &mut mirrored_glow,
                    &ambience,
                    &street,
                    view.mirrored(street.floor),
                );
            }
        }
        sheet.veil(ambience.haze, ambience.murk() * (1.0 - depth));
        layers.push(sheet.into_lit_layer(glow, name, depth, Motion::Still));
    }
    mirrored.add(mirrored_glow.pixmap(), 1.0);
    // The road lies behind the walls, whose feet stand on it.
    let road = road(ctx, &ambience, &street, &mirrored, &mut chance);
    let at = layers.len() - 3;
    layers.insert(at, road);
    layers.push(traffic(ctx, &ambience, &street, &mut chance));
    layers.push(kerb(ctx, &ambience, &staging, &street, &mut chance));
    let slot = layers.len();
    layers.push(foreground(ctx, &ambience, &staging, &mut chance));
    let mut set =
        staging.set(ctx, layers, slot, horizon, ambience.key_light(plan.sun_x, horizon - 0.12, true));
    if ambience.lamps > 0.5 {
        set.air.push(Air::Bokeh);
    }
    set
}

/// Towers where the street ends.
fn distance(ctx: &PaintContext<'_>, ambience: &Ambience, street: &Street, chance: &mut Chance) -> Layer {
    let (mut sheet, mut glow) = (Sheet::new(ctx), Sheet::new(ctx));
    let x = street.view.x;
    let gap = |at: f32| if (at - x).abs() < 0.05 { 0.55 } else { 1.0 };
    let row = Row {
        base: street.view.y + 0.015,
        foot: street.view.y + 0.05,
        height: (0.08, 0.26),
        width: (0.035, 0.075),
        distance: 0.75,
        outline: &gap,
        light_x: x,
        lit: 0.6,
    };
    towers::row(&mut sheet, &mut glow, ambience, chance, &row);
    sheet.into_lit_layer(glow, "distance", 0.1, Motion::Still)
}

/// Asphalt, stripes, and in rain the whole street upside down.
fn road(
    ctx: &PaintContext<'_>,
    ambience: &Ambience,
    street: &Street,
    mirrored: &Sheet,
    chance: &mut Chance,
) -> Layer {
    let mut sheet = Sheet::new(ctx);
    let (_, high) = sheet.reach();
    let view = street.view;
    let (x, back) = view.at(0.0, street.floor, END);
    let asphalt = ambience.local(Tone::hex(0x4a_4c_5c)).mix(ambience.deep, 0.35);
    let far = ambience.through_air(asphalt, 0.75);
    let near = asphalt.scale(if ambience.wet > 0.0 { 0.5 } else { 0.75 });
    sheet.wash(&[(back, far, 1.0), (back + 0.1, asphalt, 1.0), (high, near, 1.0)], Blend::Over);
    let warm = ambience.haze.mix(ambience.key, 0.5);
    sheet.glow(x, back, street.half * 0.7, 0.2, warm, 0.4 * ambience.key_strength, Blend::Atop);
    if ambience.wet > 0.0 {
        sheet.ripple(mirrored.pixmap(), back, 0.6, 0.02, chance.seed());
    }
    if ambience.snow > 0.0 {
        sheet.wash(
            &[(back, ambience.snow_tone(), 0.6), (high, ambience.snow_tone().scale(0.8), 0.7)],
            Blend::Atop,
        );
    }
    let paint = ambience.local(Tone::hex(0xe8_e6_ea)).mix(ambience.key, 0.12 * ambience.key_strength);
    let worn = if ambience.snow > 0.0 { 0.35 } else { 0.86 };
    // The crossing before the figure, another far away, and lane marks between.
    let lanes = 11;
    for (near, far, width) in [(0.86, 1.3, 1.15), (4.2, 5.6, 1.0)] {
        for lane in 0..lanes {
            let pitch = 2.0 * street.half * width / lanes as f32;
            let left = -street.half * width + pitch * (lane as f32 + 0.22);
            let tone = ambience.through_air(paint, (near - 0.6) / END);
            sheet.fill(
                view.floor(street.floor, (left, left + pitch * 0.56), (near, far)),
                Fill::Flat(tone, worn),
            );
        }
    }
    for mark in 0..5 {
        let near = 1.62 + 0.55 * mark as f32;
        let tone = ambience.through_air(paint, (near - 0.6) / END);
        sheet.fill(
            view.floor(street.floor, (-0.012, 0.012), (near, near + 0.3)),
            Fill::Flat(tone, worn * 0.8),
        );
    }
    sheet.fill(
        view.floor(street.floor, (-street.half, street.half), (1.46, 1.5)),
        Fill::Flat(paint, worn * 0.8),
    );
    for lane in [-0.5, 0.5] {
        let light = ambience.lamp;
        let (x, y) = view.at(street.half * lane, street.floor, 2.2);
        sheet.glow(x, y, 0.2, 0.06, light, 0.25 * ambience.lamps, Blend::Atop);
    }
    sheet.into_layer("road", 0.8, Motion::Still)
}

/// Cars waiting at the lights: two white eyes each, or two red ones.
fn traffic(ctx: &PaintContext<'_>, ambience: &Ambience, street: &Street, chance: &mut Chance) -> Layer {
    let (mut sheet, mut glow) = (Sheet::new(ctx), Sheet::new(ctx));
    let view = street.view;
    let mut cars: Vec<(f32, f32, bool)> = Vec::new();
    for (lane, coming) in [(-0.26, false), (-0.62, false), (0.26, true), (0.62, true)] {
        let mut z = 1.75 + chance.range(0.0, 0.4);
        while z < 4.6 {
            if chance.happens(0.72) {
                cars.push((lane * street.half, z, coming));
            }
            z += chance.range(0.6, 0.95);
        }
    }
    cars.sort_by(|a, b| b.1.total_cmp(&a.1));
    for (x, z, coming) in cars {
        let fit = (street.half / 0.8).clamp(0.5, 1.0);
        let (w, h) = (0.1 * fit, 0.15 * fit);
        let body = ambience
            .mass(((z - 0.6) / END).clamp(0.0, 0.7))
            .mix(ambience.accent(chance.index(5)), 0.12)
            .scale(0.8);
        let (left, top, width, height) =
            view.front((x - w, x + w), (street.floor - h, street.floor - 0.015), z);
        let waist = top + height * 0.45;
        sheet.fill(rounded(left, waist, width, height * 0.5, height * 0.12), body);
        let roof = [
            (left + width * 0.1, waist + height * 0.05),
            (left + width * 0.22, top),
            (left + width * 0.78, top),
            (left + width * 0.9, waist + height * 0.05),
        ];
        sheet.polygon(&roof, body.scale(0.85));
        let glass = [
            (left + width * 0.17, waist),
            (left + width * 0.26, top + height * 0.08),
            (left + width * 0.74, top + height * 0.08),
            (left + width * 0.83, waist),
        ];
        sheet.polygon(&glass, body.mix(ambience.sky[2], 0.4));
        for side in [0.1, 0.74] {
            sheet.rect(
                left + width * side,
                top + height * 0.9,
                width * 0.16,
                height * 0.13,
                ambience.deep,
                1.0,
                Blend::Over,
            );
        }
        let light = if coming { Tone::hex(0xff_f2_d6) } else { Tone::hex(0xff_3c_34) };
        let power = 0.35 + 0.65 * ambience.lamps;
        for side in [0.12, 0.88] {
            let (lx, ly) = (left + width * side, waist + height * 0.2);
            let r = height * 0.1;
            sheet.ellipse(lx, ly, r * 1.3, r * 0.8, light.mix(body, 1.0 - power));
            glow.glow(lx, ly, r * 7.0, r * 6.0, light, 0.5 * ambience.lamps * ambience.bloom, Blend::Add);
        }
        let (sx, sy) = view.at(x, street.floor, z);
        sheet.glow(sx, sy, width * 0.6, height * 0.12, ambience.deep, 0.6, Blend::Over);
    }
    sheet.veil(ambience.haze, 0.3 * ambience.murk());
    sheet.into_lit_layer(glow, "traffic", 0.55, Motion::Still)
}

/// Signal posts on both kerbs.
fn kerb(
    ctx: &PaintContext<'_>,
    ambience: &Ambience,
    staging: &Staging,
    street: &Street,
    chance: &mut Chance,
) -> Layer {
    let (mut sheet, mut glow) = (Sheet::new(ctx), Sheet::new(ctx));
    let s = staging.scale;
    let go = chance.happens(0.5);
    for side in [-1.0_f32, 1.0] {
        let x = (side * staging.half * 0.86).clamp(-street.half, street.half);
        let foot = staging.ground - 0.012;
        let top = foot - 0.66 * s;
        let tone = ambience.deep.scale(0.85);
        sheet.rect(x - 0.006, top, 0.012, foot - top, tone, 1.0, Blend::Over);
        sheet.rect(
            x - 0.006,
            top,
            0.003,
            foot - top,
            ambience.rim(-side),
            0.4 * ambience.key_strength,
            Blend::Over,
        );
        let reach = side * -0.2 * s;
        sheet.rect(x.min(x + reach), top + 0.015, reach.abs(), 0.008, tone, 1.0, Blend::Over);
        let (w, h) = (0.15 * s, 0.052 * s);
        let left = x + reach - if side > 0.0 { 0.0 } else { w };
        sheet.fill(rounded(left, top - 0.008, w, h, h * 0.4), tone);
        for (i, light) in [0x3c_f0_a8, 0xff_c8_3c, 0xff_4a_3c].into_iter().enumerate() {
            let (cx, cy) = (left + w * (0.2 + 0.3 * i as f32), top - 0.008 + h / 2.0);
            let on = i == if go { 0 } else { 2 };
            let light = Tone::hex(light);
            sheet.ellipse(cx, cy, h * 0.3, h * 0.3, if on { light } else { light.scale(0.2) });
            if on {
                let power = (0.25 + 0.4 * ambience.lamps) * ambience.bloom;
                glow.glow(cx, cy, h * 2.0, h * 2.0, light, power, Blend::Add);
            }
        }
        if ambience.snow > 0.0 {
            sheet.fill(rounded(left, top - 0.016, w, 0.014, 0.007), ambience.snow_tone());
        }
    }
    sheet.into_lit_layer(glow, "signals", 0.95, Motion::Still)
}

/// Passers-by at the edge of the picture, out of focus.
fn foreground(ctx: &PaintContext<'_>, ambience: &Ambience, staging: &Staging, chance: &mut Chance) -> Layer {
    let mut sheet = Sheet::new(ctx);
    let side = chance.side();
    let tone = ambience.deep.scale(0.55);
    let height = 0.46 * staging.scale;
    let (x, top) = (side * staging.half * if staging.scale < 0.8 { 1.1 } else { 0.96 }, 0.56 - height);
    street::passer_by(&mut sheet, chance, (x, top), height, tone);
    let edge = x - side * height * 0.34;
    sheet.line(
        (edge, top + height * 0.58),
        (edge - side * 0.008, 0.6),
        0.005,
        ambience.rim(-side),
        0.5 * ambience.key_strength,
    );
    if ambience.wet > 0.0 || ambience.snow > 0.0 {
        let cloth = ambience.local(ambience.accent(0)).mix(tone, 0.5);
        street::umbrella(&mut sheet, (x, top + height * 0.02), height * 0.72, cloth, tone);
    }
    sheet.soften(0.006);
    sheet.into_layer("passer-by", 1.4, Motion::Bob { amplitude: 0.004, beats: 4.0 })
}
