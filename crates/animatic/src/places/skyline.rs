//! A city skyline across the water: towers mirrored in the river, seen from a quay.

use crate::ambience::Ambience;
use crate::brush::{Blend, Fill, Mirror, Sheet, rounded, smooth_path};
use crate::chance::Chance;
use crate::places::staging::{self, Staging};
use crate::places::street;
use crate::places::towers::{self, Row, RowPlan};
use crate::set::{Layer, Motion, PaintContext, Set};
use crate::sky::{self, SkyPlan};
use crate::tone::Tone;

/// The far bank, and the edge of the quay in front.
const WATERLINE: f32 = 0.14;

/// Paints the place.
pub(super) fn paint(ctx: &PaintContext<'_>) -> Set {
    let ambience = Ambience::of(ctx);
    let staging = Staging::new(ctx, 0.435, 0.46);
    let plan = SkyPlan { sun_height: 1.35, ..SkyPlan::new(ctx, WATERLINE) };
    let sky = sky::paint(ctx, &ambience, &plan);
    let mut layers = sky.layers;
    let mut chance = Chance::new(ctx.seed, "skyline");
    city(ctx, &ambience, &staging, plan.sun_x, &mut chance, &mut layers);
    let water = water(ctx, &ambience, &plan, &mut chance, &layers);
    layers.push(water);
    layers.push(boat(ctx, &ambience, &staging, &mut chance));
    layers.push(quay(ctx, &ambience, &staging, &mut chance));
    let slot = layers.len();
    layers.push(foreground(ctx, &ambience, &staging, &mut chance));
    staging.set(ctx, layers, slot, WATERLINE, sky.light)
}

fn city(
    ctx: &PaintContext<'_>,
    ambience: &Ambience,
    staging: &Staging,
    sun_x: f32,
    chance: &mut Chance,
    layers: &mut Vec<Layer>,
) {
    let s = staging.scale;
    let peak = -sun_x * chance.range(0.6, 1.1);
    let second = sun_x * chance.range(1.6, 2.2);
    let bump = |x: f32, at: f32, width: f32| (1.0 - ((x - at) / width) * ((x - at) / width)).max(0.0);
    let far = |x: f32| 0.45 + 0.6 * bump(x, peak, 0.55) + 0.25 * bump(x, second, 0.3);
    let middle = |x: f32| 0.3 + 0.8 * bump(x, peak, 0.42) + 0.4 * bump(x, second, 0.25);
    let near = |x: f32| 0.5 + 0.3 * bump(x, peak + 0.2, 0.4);
    let lit = 0.45 + 0.5 * ctx.intensity;
    let rows: [RowPlan<'_>; 3] = [
        ("far towers", 0.85, 0.07, (0.1, 0.34), (0.028, 0.06), &far),
        ("towers", 0.42, 0.12, (0.1, 0.44), (0.035, 0.085), &middle),
        ("waterfront", 0.16, 0.16, (0.03, 0.1), (0.05, 0.12), &near),
    ];
    for (name, distance, depth, height, width, outline) in rows {
        let (mut sheet, mut glow) = (Sheet::new(ctx), Sheet::new(ctx));
        let plan = Row {
            base: WATERLINE,
            foot: WATERLINE + 0.04,
            height: (height.0 * s, height.1 * s),
            width: (width.0 * s, width.1 * s),
            distance,
            outline,
            light_x: sun_x,
            lit,
        };
        towers::row(&mut sheet, &mut glow, ambience, chance, &plan);
        if name == "waterfront" {
            bank_lamps(&mut sheet, &mut glow, ambience, staging);
        }
        layers.push(sheet.into_lit_layer(glow, name, depth, Motion::Still));
    }
}

/// The dark foot of the city and its string of lamps.
fn bank_lamps(sheet: &mut Sheet, glow: &mut Sheet, ambience: &Ambience, staging: &Staging) {
    let (wide, _) = staging.reach;
    sheet.rect(-wide, WATERLINE - 0.012, 2.0 * wide, 0.06, ambience.mass(0.1), 1.0, Blend::Over);
    if ambience.lamps < 0.15 {
        return;
    }
    let pitch = 0.042;
    let count = (wide / pitch) as i32 + 1;
    for i in -count..=count {
        let (x, y) = ((i as f32 + 0.3) * pitch, WATERLINE - 0.015);
        sheet.ellipse(x, y, 0.0022, 0.0022, ambience.lamp.mix(Tone::WHITE, 0.4));
        glow.glow(x, y, 0.017, 0.014, ambience.lamp, 0.6 * ambience.lamps, Blend::Add);
    }
}

fn water(
    ctx: &PaintContext<'_>,
    ambience: &Ambience,
    plan: &SkyPlan,
    chance: &mut Chance,
    behind: &[Layer],
) -> Layer {
    let (mut sheet, mut glow) = (Sheet::new(ctx), Sheet::new(ctx));
    let (wide, high) = sheet.reach();
    let deep = ambience.sky[1].mix(ambience.deep, 0.45);
    let far = ambience.haze.mix(ambience.sky[2], 0.5).mix(ambience.near, 0.2);
    sheet.wash(
        &[(WATERLINE, far, 1.0), (WATERLINE + 0.2, far.mix(deep, 0.75), 1.0), (high, deep, 1.0)],
        Blend::Over,
    );
    let picture = staging::flatten(ctx, behind);
    let mirror = Mirror {
        strength: 0.72 * (1.0 - 0.45 * ambience.fog - 0.25 * ambience.wet),
        length: 0.52,
        squash: 1.25,
        ripple: 0.016 + 0.014 * ambience.wind + 0.008 * ambience.wet,
        seed: chance.seed(),
    };
    sheet.reflect(&picture, WATERLINE, high, &mirror, Blend::Over);
    glitter(&mut sheet, &mut glow, ambience, plan.sun_x, wide, chance);
    sheet.wash(&[(WATERLINE, ambience.haze, 0.35), (WATERLINE + 0.035, ambience.haze, 0.0)], Blend::Atop);
    sheet.into_lit_layer(glow, "water", 0.3, Motion::Still)
}

/// The path of light the sun or moon lays on the water, and glints elsewhere.
fn glitter(
    sheet: &mut Sheet,
    glow: &mut Sheet,
    ambience: &Ambience,
    sun_x: f32,
    wide: f32,
    chance: &mut Chance,
) {
    let visible = ambience.celestial.visible;
    let tone = ambience.celestial.tone.mix(ambience.key, 0.4);
    for i in 0..260 {
        let t = chance.unit();
        let y = WATERLINE + 0.008 + 0.4 * t * t;
        let near = (y - WATERLINE) / 0.4;
        let path = i % 5 != 0;
        let x = if path { sun_x + chance.spread() * (0.05 + 0.22 * near) } else { chance.range(-wide, wide) };
        let (length, thick) = (chance.range(0.008, 0.03) * (0.4 + 1.8 * near), 0.0014 + 0.0026 * near);
        let strength = if path { visible * chance.range(0.3, 0.9) } else { 0.16 };
        let shape = [(x - length, y), (x, y - thick * 0.5), (x + length, y), (x, y + thick * 0.5)];
        let own = if path { tone } else { ambience.haze.mix(Tone::WHITE, 0.25) };
        sheet.fill(smooth_path(&shape, true), Fill::Flat(own, strength));
        if path {
            glow.fill(smooth_path(&shape, true), Fill::Flat(own, 0.3 * strength));
        }
    }
}

/// A small boat under way, or a buoy of light; it drifts across the sheet for ever.
fn boat(ctx: &PaintContext<'_>, ambience: &Ambience, staging: &Staging, chance: &mut Chance) -> Layer {
    let (mut sheet, mut glow) = (Sheet::new(ctx), Sheet::new(ctx));
    let (x, y, s) = (chance.side() * staging.half * 0.62, WATERLINE + 0.055, 0.055 * staging.scale);
    let hull = ambience.mass(0.15).scale(0.75);
    sheet.polygon(
        &[
            (x - s, y - s * 0.2),
            (x + s * 1.1, y - s * 0.2),
            (x + s * 0.85, y + s * 0.1),
            (x - s * 0.85, y + s * 0.1),
        ],
        hull,
    );
    sheet
        .fill(rounded(x - s * 0.55, y - s * 0.5, s * 1.0, s * 0.34, s * 0.06), hull.mix(ambience.haze, 0.25));
    for i in 0..5 {
        let (wx, wy) = (x - s * 0.48 + s * 0.19 * i as f32, y - s * 0.42);
        let light = ambience.window.mix(ambience.haze, 0.7 * (1.0 - ambience.lamps));
        sheet.rect(wx, wy, s * 0.12, s * 0.14, light, 0.95, Blend::Over);
        glow.rect(wx, wy, s * 0.12, s * 0.14, ambience.window, 0.4 * ambience.lamps, Blend::Add);
    }
    sheet.line((x + s * 0.2, y - s * 0.5), (x + s * 0.2, y - s * 1.05), s * 0.05, hull, 1.0);
    for i in 0..4 {
        let below = y + s * (0.2 + 0.16 * i as f32);
        let reach = s * (0.95 - 0.17 * i as f32);
        sheet.line((x - reach, below), (x + reach * 0.9, below), s * 0.05, hull, 0.45 - 0.09 * i as f32);
    }
    glow.glow(x, y - s * 0.35, s * 1.5, s * 0.9, ambience.window, 0.25 * ambience.lamps, Blend::Add);
    sheet.into_lit_layer(glow, "boat", 0.32, Motion::Drift { x: 0.006 })
}

/// The quay the figures stand on, with its railing and lamps.
fn quay(ctx: &PaintContext<'_>, ambience: &Ambience, staging: &Staging, chance: &mut Chance) -> Layer {
    let (mut sheet, mut glow) = (Sheet::new(ctx), Sheet::new(ctx));
    let (wide, high) = staging.reach;
    let edge = staging.ground - 0.05;
    let stone = ambience.near.mix(ambience.deep, 0.6);
    sheet.wash(&[(edge, stone, 1.0), (high, ambience.deep.scale(0.8), 1.0)], Blend::Over);
    sheet.rect(-wide, edge, 2.0 * wide, 0.0035, ambience.rim(1.0), 0.6 * ambience.key_strength, Blend::Over);
    sheet.rect(-wide, edge + 0.016, 2.0 * wide, 0.003, ambience.deep.scale(0.6), 0.8, Blend::Over);
    let mut joint = -wide;
    while joint < wide {
        sheet.line((joint * 0.92, edge + 0.018), (joint * 1.12, high), 0.002, ambience.deep.scale(0.6), 0.7);
        joint += 0.24;
    }
    if ambience.snow > 0.0 {
        sheet.wash(
            &[(edge, ambience.snow_tone(), 0.95), (high, ambience.snow_tone().scale(0.75), 0.9)],
            Blend::Atop,
        );
    }
    street::railing(&mut sheet, ambience, wide, edge + 0.004, 0.115 * staging.scale.max(0.8), 0.19);
    let side = chance.side();
    for x in [side * staging.half * 0.82, -side * staging.half * 1.35] {
        street::lamp_post(&mut sheet, &mut glow, ambience, (x, edge + 0.01), 0.5 * staging.scale, -side);
    }
    if ambience.wet > 0.0 {
        let mirrored =
            staging::flatten(ctx, &[sheet.clone().into_lit_layer(glow.clone(), "", 1.0, Motion::Still)]);
        let mirror = Mirror { strength: 0.5, length: 0.14, squash: 3.2, ripple: 0.012, seed: chance.seed() };
        sheet.reflect(&mirrored, edge + 0.01, high, &mirror, Blend::Over);
    }
    sheet.into_lit_layer(glow, "quay", 1.0, Motion::Still)
}

/// Leaves hanging into an upper corner, out of focus.
fn foreground(ctx: &PaintContext<'_>, ambience: &Ambience, staging: &Staging, chance: &mut Chance) -> Layer {
    let mut sheet = Sheet::new(ctx);
    let tone = ambience.deep.scale(0.7).mix(ambience.local(Tone::hex(0x30_48_28)), 0.25);
    let side = chance.side();
    street::branch(
        &mut sheet,
        chance,
        (side * (staging.half + 0.1), -0.5),
        -side,
        0.42 * staging.scale,
        tone,
        ambience,
    );
    sheet.soften(0.003);
    sheet.into_layer("branch", 1.3, Motion::Sway { amplitude: 0.006 + 0.006 * ambience.wind, beats: 8.0 })
}
