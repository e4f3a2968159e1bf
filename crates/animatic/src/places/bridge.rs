//! A suspension bridge over the river: its deck runs between the towers, cables sweep up and away on both sides.

use crate::ambience::Ambience;
use crate::brush::{Blend, Fill, Mirror, Sheet, smooth_path};
use crate::chance::Chance;
use crate::places::perspective::View;
use crate::places::staging::{self, Staging};
use crate::places::street;
use crate::places::towers::{self, Row};
use crate::set::{Layer, Motion, PaintContext, Set};
use crate::sky::{self, SkyPlan};
use crate::tone::Tone;
use mv_core::vocabulary::Lighting;

/// The towers and the far bank, in distances of the figure from the camera.
const TOWERS: [f32; 2] = [7.4, 2.3];
const END: f32 = 16.0;

/// The deck's measures: its view, half its width, and the height of the deck, of the tower tops and of the lowest
/// point of the cables.
struct Deck {
    view: View,
    half: f32,
    floor: f32,
    top: f32,
    sag: f32,
}

impl Deck {
    /// Height of the main cable at a distance: a parabola from tower to tower.
    fn cable(&self, z: f32) -> f32 {
        let [far, near] = TOWERS;
        let (middle, half) = if z > far {
            // The last span comes down to the bank.
            (far + 5.2, 5.2)
        } else if z > near {
            (f32::midpoint(far, near), (far - near) / 2.0)
        } else {
            (near - 1.85, 1.85)
        };
        let t = ((z - middle) / half).clamp(-1.0, 1.0);
        self.sag + (self.top + 0.03 - self.sag) * t * t
    }
}

/// Paints the place.
pub(super) fn paint(ctx: &PaintContext<'_>) -> Set {
    let ambience = Ambience::of(ctx);
    let staging = Staging::new(ctx, 0.44, 0.44);
    let mut chance = Chance::new(ctx.seed, "bridge");
    let horizon = 0.16;
    let view = View::new(chance.range(-0.08, 0.08) * staging.half, horizon);
    let deck = Deck {
        view,
        half: (staging.half * 0.62).max(0.3),
        floor: staging.ground - horizon,
        top: -1.34 - 0.25 * (1.0 - staging.scale),
        sag: -0.14,
    };
    let plan = SkyPlan { sun_height: 1.15, sun_x: view.x + chance.side() * 0.05, horizon };
    let sky = sky::paint(ctx, &ambience, &plan);
    let mut layers = sky.layers;
    layers.push(bank(ctx, &ambience, &staging, horizon, plan.sun_x, &mut chance));
    let river = river(ctx, &ambience, horizon, &layers, &mut chance);
    layers.push(river);
    layers.push(span(ctx, &ambience, &deck, 0, 0.2));
    layers.push(floor(ctx, &ambience, &deck, &mut chance));
    layers.push(traffic(ctx, &ambience, &deck, &mut chance));
    layers.push(span(ctx, &ambience, &deck, 1, 0.55));
    let slot = layers.len();
    layers.push(foreground(ctx, &ambience, &staging, &deck));
    staging.set(ctx, layers, slot, horizon, sky.light)
}

fn bank(
    ctx: &PaintContext<'_>,
    ambience: &Ambience,
    staging: &Staging,
    horizon: f32,
    sun_x: f32,
    chance: &mut Chance,
) -> Layer {
    let (mut sheet, mut glow) = (Sheet::new(ctx), Sheet::new(ctx));
    let lean = chance.side();
    let outline = |x: f32| 0.35 + 0.75 * (lean * x / staging.reach.0).clamp(-0.4, 1.0).abs();
    let row = Row {
        base: horizon,
        foot: horizon + 0.03,
        height: (0.04, 0.2 * staging.scale),
        width: (0.025, 0.055),
        distance: 0.75,
        outline: &outline,
        light_x: sun_x,
        lit: 0.6,
    };
    towers::row(&mut sheet, &mut glow, ambience, chance, &row);
    sheet.veil(ambience.haze, 0.5 * ambience.murk());
    sheet.into_lit_layer(glow, "far bank", 0.08, Motion::Still)
}

fn river(
    ctx: &PaintContext<'_>,
    ambience: &Ambience,
    horizon: f32,
    behind: &[Layer],
    chance: &mut Chance,
) -> Layer {
    let mut sheet = Sheet::new(ctx);
    let (wide, high) = sheet.reach();
    let far = ambience.haze.mix(ambience.sky[2], 0.5).mix(ambience.near, 0.25);
    let deep = ambience.sky[1].mix(ambience.deep, 0.5);
    sheet
        .wash(&[(horizon, far, 1.0), (horizon + 0.18, deep, 1.0), (high, deep.scale(0.8), 1.0)], Blend::Over);
    let mirror = Mirror {
        strength: 0.7 * (1.0 - 0.4 * ambience.fog),
        length: 0.4,
        squash: 1.3,
        ripple: 0.02 + 0.015 * ambience.wind,
        seed: chance.seed(),
    };
    sheet.reflect(&staging::flatten(ctx, behind), horizon, high, &mirror, Blend::Over);
    for _ in 0..90 {
        let t = chance.unit();
        let (x, y) = (chance.range(-wide, wide), horizon + 0.01 + 0.3 * t * t);
        let long = 0.01 + 0.06 * t;
        sheet.line((x - long, y), (x + long, y), 0.0016, ambience.haze.mix(Tone::WHITE, 0.2), 0.18);
    }
    sheet.into_layer("river", 0.15, Motion::Still)
}

/// One tower with the cables of the span before it: 0 is the far one, 1 the near one.
fn span(ctx: &PaintContext<'_>, ambience: &Ambience, deck: &Deck, which: usize, depth: f32) -> Layer {
    let (mut sheet, mut glow) = (Sheet::new(ctx), Sheet::new(ctx));
    let z = TOWERS[which];
    let near_end = if which == 0 { TOWERS[1] } else { 0.42 };
    let distance = if which == 0 { 0.4 } else { 0.08 };
    let steel = ambience.local(Tone::hex(0x8a_46_48)).mix(ambience.near, 0.55);
    let steel = ambience.through_air(steel, distance);
    tower(&mut sheet, &mut glow, ambience, deck, z, steel);
    let line = ambience.through_air(ambience.deep.mix(ambience.near, 0.35), distance);
    for side in [-1.0, 1.0] {
        let x = side * deck.half * 1.06;
        let ends = if which == 0 { [(near_end, z), (z, END)] } else { [(near_end, z), (z, z)] };
        for (from, to) in ends {
            if to <= from {
                continue;
            }
            cables(&mut sheet, &mut glow, ambience, deck, (x, side), (from, to), line);
        }
    }
    sheet.veil(ambience.haze, ambience.murk() * (0.9 - depth));
    sheet.into_lit_layer(glow, if which == 0 { "far tower" } else { "near tower" }, depth, Motion::Still)
}

/// The main cable of one side between two distances, its hangers, and the lamps along it.
fn cables(
    sheet: &mut Sheet,
    glow: &mut Sheet,
    ambience: &Ambience,
    deck: &Deck,
    (x, side): (f32, f32),
    (from, to): (f32, f32),
    tone: Tone,
) {
    let view = deck.view;
    let steps = 26;
    let distance = |i: i32| {
        // Even on the screen: steps of the inverse distance.
        let t = i as f32 / steps as f32;
        1.0 / ((1.0 - t) / from + t / to)
    };
    for i in 0..steps {
        let (a, b) = (distance(i), distance(i + 1));
        let width = 0.03 / f32::midpoint(a, b);
        let (p, q) = (view.at(x, deck.cable(a), a), view.at(x, deck.cable(b), b));
        sheet.line(p, q, width, tone, 1.0);
        let lift = width * 0.32;
        let rim = ambience.rim(-side);
        sheet.line((p.0, p.1 - lift), (q.0, q.1 - lift), width * 0.2, rim, 0.55 * ambience.key_strength);
    }
    let mut z = from.max(0.5);
    while z < to {
        let (top, foot) = (view.at(x, deck.cable(z), z), view.at(x, deck.floor, z));
        // A hanger, and a lamp where it meets the cable.
        sheet.line(top, foot, 0.007 / z, tone, 0.9);
        if ambience.lamps > 0.3 {
            let bulb = 0.0045 / z;
            sheet.ellipse(top.0, top.1, bulb, bulb, ambience.lamp.mix(Tone::WHITE, 0.5));
            glow.glow(top.0, top.1, 0.05 / z, 0.05 / z, ambience.lamp, 0.5 * ambience.lamps, Blend::Add);
        }
        z += 0.2 + 0.02 * z;
    }
}

/// A gate of two legs with cross-beams.
fn tower(sheet: &mut Sheet, glow: &mut Sheet, ambience: &Ambience, deck: &Deck, z: f32, tone: Tone) {
    let view = deck.view;
    let (leg, foot) = (0.13, deck.floor + 0.015);
    for side in [-1.0, 1.0] {
        let x = side * deck.half * 1.06;
        let outer = x + side * leg * 0.5;
        let inner = x - side * leg * 0.5;
        // Slightly narrower at the top; the side face behind gives it thickness.
        let shape = [
            view.at(inner + side * 0.015, deck.top, z),
            view.at(outer - side * 0.015, deck.top, z),
            view.at(outer, foot, z),
            view.at(inner, foot, z),
        ];
        let flank = [
            view.at(inner + side * 0.015, deck.top, z),
            view.at(inner + side * 0.015, deck.top, z + 0.3),
            view.at(inner, foot, z + 0.3),
            view.at(inner, foot, z),
        ];
        let (upper, lower) = (shape[0].1, view.at(0.0, deck.floor, z).1);
        sheet.polygon(&flank, tone.scale(0.7));
        let lit = tone.mix(ambience.key, 0.18 * ambience.key_strength);
        sheet.polygon(&shape, Fill::vertical(upper, lit, lower, tone.scale(0.8)));
        for panel in 0..7 {
            let y = deck.top + 0.1 + 0.21 * panel as f32;
            let (left, top, width, height) = view.front((x - leg * 0.24, x + leg * 0.24), (y, y + 0.14), z);
            sheet.rect(left, top, width, height, tone.scale(0.74), 0.8, Blend::Over);
        }
        let rim = ambience.rim(side);
        sheet.line(shape[0], shape[3], 0.008 / z, rim, 0.55 * ambience.key_strength);
        let (lx, ly) = view.at(x, deck.top - 0.03, z);
        if ambience.lamps > 0.25 {
            let red = Tone::hex(0xff_4c_40);
            sheet.ellipse(lx, ly, 0.014 / z, 0.014 / z, red);
            glow.glow(lx, ly, 0.12 / z, 0.12 / z, red, 0.6 * ambience.lamps, Blend::Add);
            // Floodlight up the leg.
            let (fx, fy) = view.at(x, deck.floor - 0.25, z);
            sheet.glow(fx, fy, 0.3 / z, 0.7 / z, ambience.lamp, 0.3 * ambience.lamps, Blend::Atop);
        }
    }
    for (y, thick) in [(deck.top + 0.02, 0.1), (deck.top + 0.46, 0.07), (deck.top + 0.86, 0.07)] {
        let (left, top, width, height) = view.front((-deck.half * 1.06, deck.half * 1.06), (y, y + thick), z);
        sheet.rect(left, top, width, height, tone.scale(0.92), 1.0, Blend::Over);
        sheet.rect(left, top, width, 0.008 / z, ambience.rim(1.0), 0.5 * ambience.key_strength, Blend::Over);
        if ambience.snow > 0.0 {
            sheet.rect(left, top - 0.012 / z, width, 0.022 / z, ambience.snow_tone(), 0.95, Blend::Over);
        }
    }
    // Braces between the beams.
    for (y0, y1) in [(deck.top + 0.12, deck.top + 0.46), (deck.top + 0.53, deck.top + 0.86)] {
        let inner = deck.half * 1.06 - leg * 0.4;
        sheet.line(view.at(-inner, y0, z), view.at(inner, y1, z), 0.022 / z, tone.scale(0.85), 1.0);
        sheet.line(view.at(inner, y0, z), view.at(-inner, y1, z), 0.022 / z, tone.scale(0.85), 1.0);
    }
}

/// Roadway, pavements and their railings.
fn floor(ctx: &PaintContext<'_>, ambience: &Ambience, deck: &Deck, chance: &mut Chance) -> Layer {
    let (mut sheet, mut glow) = (Sheet::new(ctx), Sheet::new(ctx));
    let view = deck.view;
    let (_, back) = view.at(0.0, deck.floor, END);
    let (_, high) = sheet.reach();
    let asphalt = ambience.local(Tone::hex(0x50_50_5e)).mix(ambience.deep, 0.4);
    let far = ambience.through_air(asphalt, 0.85);
    let fill = Fill::vertical(back, far, back + 0.16, asphalt);
    sheet.fill(view.floor(deck.floor, (-deck.half * 1.1, deck.half * 1.1), (0.3, END)), fill);
    sheet.wash(&[(back + 0.12, ambience.deep, 0.0), (high, ambience.deep, 0.6)], Blend::Atop);
    let lit = ambience.key.mix(ambience.haze, 0.4);
    sheet.glow(
        view.x,
        back,
        deck.half * 0.5,
        (high - back) * 0.9,
        lit,
        0.45 * ambience.key_strength,
        Blend::Atop,
    );
    let walk = asphalt.mix(ambience.near, 0.4).mix(Tone::WHITE.multiply(ambience.ambient), 0.08);
    for side in [-1.0, 1.0] {
        let (inner, outer) = (side * deck.half * 0.74, side * deck.half * 1.1);
        let fill = Fill::vertical(back, ambience.through_air(walk, 0.8), back + 0.22, walk);
        sheet.fill(view.floor(deck.floor - 0.012, (inner, outer), (0.3, END)), fill);
        sheet.fill(view.wall(inner, (deck.floor - 0.012, deck.floor + 0.006), (0.3, END)), ambience.deep);
    }
    let paint = ambience.local(Tone::hex(0xf2_ea_e0)).mix(ambience.key, 0.15 * ambience.key_strength);
    for mark in 0..16 {
        let z = 0.7 + 0.62 * mark as f32;
        let tone = ambience.through_air(paint, z / END);
        sheet.fill(view.floor(deck.floor, (-0.011, 0.011), (z, z + 0.3)), Fill::Flat(tone, 0.85));
    }
    for x in [-0.68, 0.68] {
        let x = x * deck.half;
        sheet.fill(view.floor(deck.floor, (x - 0.006, x + 0.006), (0.3, END)), Fill::Flat(paint, 0.6));
    }
    if ambience.snow > 0.0 {
        sheet.wash(
            &[(back, ambience.snow_tone(), 0.7), (high, ambience.snow_tone().scale(0.8), 0.8)],
            Blend::Atop,
        );
        for x in [-0.32, 0.32] {
            let track = view.floor(deck.floor, ((x - 0.08) * deck.half, (x + 0.08) * deck.half), (0.3, END));
            sheet.fill(track, Fill::Flat(asphalt, 0.4));
        }
    }
    lamps_and_rails(&mut sheet, &mut glow, ambience, deck);
    if ambience.wet > 0.0 {
        let mut mirrored = Sheet::new(ctx);
        let (mut shine, view) = (Sheet::new(ctx), view.mirrored(deck.floor));
        let upside = Deck { view, ..*deck };
        lamps_and_rails(&mut mirrored, &mut shine, ambience, &upside);
        tower(&mut mirrored, &mut shine, ambience, &upside, TOWERS[1], ambience.mass(0.2));
        mirrored.add(shine.pixmap(), 1.0);
        sheet.ripple(&mirrored.into_pixmap(), back, 0.5, 0.02, chance.seed());
    }
    sheet.into_lit_layer(glow, "deck", 0.7, Motion::Still)
}

fn lamps_and_rails(sheet: &mut Sheet, glow: &mut Sheet, ambience: &Ambience, deck: &Deck) {
    let view = deck.view;
    let tone = ambience.deep.scale(0.9);
    for side in [-1.0, 1.0] {
        let x = side * deck.half * 1.08;
        for (up, width) in [(0.17, 0.01), (0.115, 0.005), (0.06, 0.005)] {
            let y = deck.floor - up;
            sheet.fill(view.wall(x, (y, y + width), (0.3, END)), tone);
            sheet.fill(
                view.wall(x, (y, y + width * 0.3), (0.3, END)),
                Fill::Flat(ambience.rim(-side), 0.5 * ambience.key_strength),
            );
        }
        let mut z = 0.4;
        while z < END {
            sheet.line(view.at(x, deck.floor - 0.17, z), view.at(x, deck.floor, z), 0.008 / z, tone, 1.0);
            z += 0.13 + 0.03 * z;
        }
        let post = side * deck.half * 0.96;
        for i in (0..7).rev() {
            let z = 1.3 + 1.1 * i as f32;
            let (foot, head) = (view.at(post, deck.floor, z), view.at(post, deck.floor - 0.62, z));
            let arm = view.at(post - side * 0.14, deck.floor - 0.64, z);
            let steel = ambience.through_air(tone, z / END);
            sheet.line(foot, head, 0.013 / z, steel, 1.0);
            sheet.line(head, arm, 0.01 / z, steel, 1.0);
            if ambience.lamps > 0.15 {
                let r = 0.02 / z;
                sheet.ellipse(arm.0, arm.1 + r * 0.4, r * 1.5, r * 0.6, ambience.lamp.mix(Tone::WHITE, 0.4));
                glow.glow(
                    arm.0,
                    arm.1,
                    r * 8.0,
                    r * 7.0,
                    ambience.lamp,
                    0.55 * ambience.lamps * ambience.bloom,
                    Blend::Add,
                );
                let (px, py) = view.at(post - side * 0.14, deck.floor, z);
                sheet.glow(px, py, 0.26 / z, 0.05 / z, ambience.lamp, 0.4 * ambience.lamps, Blend::Atop);
            }
        }
    }
}

/// Head and tail lights far along the roadway.
fn traffic(ctx: &PaintContext<'_>, ambience: &Ambience, deck: &Deck, chance: &mut Chance) -> Layer {
    let (mut sheet, mut glow) = (Sheet::new(ctx), Sheet::new(ctx));
    let mut z = 9.0;
    while z > 2.6 {
        for (lane, light) in [(-0.34, Tone::hex(0xff_38_30)), (0.34, Tone::hex(0xff_f0_d2))] {
            if !chance.happens(0.6) {
                continue;
            }
            let x = lane * deck.half;
            let (left, top, width, height) =
                deck.view.front((x - 0.07, x + 0.07), (deck.floor - 0.12, deck.floor), z);
            let body = ambience.mass((z / END).min(0.8)).scale(0.75);
            let shape = [
                (left, top + height),
                (left, top + height * 0.5),
                (left + width * 0.18, top),
                (left + width * 0.82, top),
                (left + width, top + height * 0.5),
                (left + width, top + height),
            ];
            sheet.polygon(&shape, body);
            let power = 0.3 + 0.7 * ambience.lamps;
            for side in [0.14, 0.86] {
                let (lx, ly) = (left + width * side, top + height * 0.62);
                let r = height * 0.09;
                sheet.ellipse(lx, ly, r * 1.3, r, light.mix(body, 1.0 - power));
                glow.glow(lx, ly, r * 7.0, r * 7.0, light, 0.5 * ambience.lamps * ambience.bloom, Blend::Add);
            }
        }
        z -= chance.range(0.7, 1.2);
    }
    sheet.into_lit_layer(glow, "traffic", 0.35, Motion::Still)
}

/// The near hangers and a string of pennants or a cable, out of focus.
fn foreground(ctx: &PaintContext<'_>, ambience: &Ambience, staging: &Staging, deck: &Deck) -> Layer {
    let mut sheet = Sheet::new(ctx);
    let tone = ambience.deep.scale(0.5);
    let (wide, high) = staging.reach;
    let side = if deck.view.x > 0.0 { -1.0 } else { 1.0 };
    let x = side * staging.half * 0.95;
    sheet.line((x, -high), (x, high), 0.013 * staging.scale, tone, 1.0);
    let sweep = [
        (side * staging.half * 0.4, -high - 0.02),
        (side * staging.half * 0.82, -0.36),
        (side * (wide + 0.1), -0.12),
    ];
    sheet.stroke(smooth_path(&sweep, false), 0.04 * staging.scale, tone, 1.0);
    if ambience.lighting == Lighting::Candle || ambience.lighting == Lighting::Neon {
        street::cable(&mut sheet, (-wide, -0.42), (wide, -0.46), 0.04, 0.003, tone);
    }
    sheet.soften(0.006);
    sheet.into_layer("near cable", 1.3, Motion::Still)
}
