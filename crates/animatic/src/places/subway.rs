//! The inside of a subway car: benches, poles and swinging straps, and the world passing behind the windows.

use crate::ambience::Ambience;
use crate::brush::{Blend, Fill, Sheet, rounded};
use crate::chance::Chance;
use crate::places::perspective::View;
use crate::places::staging::Staging;
use crate::places::street;
use crate::places::towers::{self, Row};
use crate::set::{Air, Layer, Motion, PaintContext, Set};
use crate::sky::{self, SkyPlan};
use crate::tone::{Tone, ramp};
use mv_core::vocabulary::{Lighting, TimeOfDay};

/// Where the car ends, in distances of the figure from the camera.
const END: f32 = 4.6;
/// Doors and the window bays between them, along the car.
const BAYS: [(f32, f32, bool); 9] = [
    (0.34, 0.62, true),
    (0.66, 1.12, false),
    (1.18, 1.5, true),
    (1.56, 2.0, false),
    (2.04, 2.46, false),
    (2.54, 2.94, true),
    (3.0, 3.5, false),
    (3.54, 4.0, false),
    (4.08, 4.5, true),
];

/// The car's measures: its view, half its width, its floor and its ceiling.
struct Car {
    view: View,
    half: f32,
    floor: f32,
    ceiling: f32,
}

/// The car's materials in this light.
struct Paints {
    panel: Tone,
    metal: Tone,
    seat: Tone,
    dark: Tone,
    tube: Tone,
    /// How bright its own lamps are against what comes in from outside.
    inside: f32,
}

/// Paints the place.
pub(super) fn paint(ctx: &PaintContext<'_>) -> Set {
    let ambience = Ambience::of(ctx);
    let staging = Staging::new(ctx, 0.44, 0.62);
    let mut chance = Chance::new(ctx.seed, "subway");
    let horizon = 0.02;
    let car = Car {
        view: View::new(0.0, horizon),
        half: (staging.half * 0.66).max(0.34),
        floor: staging.ground - horizon,
        ceiling: -0.5 - 0.16 * (1.0 - staging.scale),
    };
    let daylight = ctx.time_of_day != TimeOfDay::Night && ambience.dark < 0.8;
    let above = daylight || chance.happens(0.45);
    let paints = paints(&ambience, above, &mut chance);
    let mut layers = outside(ctx, &ambience, &staging, above, horizon);
    layers.push(streaks(ctx, &ambience, &car, &mut chance));
    layers.push(body(ctx, &ambience, &car, &paints, above, &mut chance));
    layers.push(fittings(ctx, &car, &paints));
    layers.push(straps(ctx, &car, &paints));
    let slot = layers.len();
    layers.push(foreground(ctx, &ambience, &staging, &paints, &mut chance));
    let lamp = ambience.key_light(0.0, horizon - 0.3, !matches!(ctx.lighting, Lighting::Natural) || above);
    let mut set = staging.set(ctx, layers, slot, horizon, lamp);
    set.air = vec![Air::Dust];
    set
}

fn paints(ambience: &Ambience, above: bool, chance: &mut Chance) -> Paints {
    let inside = match ambience.lighting {
        Lighting::Natural | Lighting::Golden => 0.8 - if above { 0.35 * (1.0 - ambience.dark) } else { 0.0 },
        Lighting::Neon => 0.75,
        Lighting::Moonlight | Lighting::Candle => 0.4,
        Lighting::Spotlight => 0.6,
        Lighting::Silhouette => 0.2,
    };
    let tube = match ambience.lighting {
        Lighting::Neon => ambience.accent(0).mix(ambience.accent(1), 0.25),
        Lighting::Moonlight => Tone::hex(0xa8_c4_ff),
        Lighting::Candle | Lighting::Golden => Tone::hex(0xff_c4_80),
        _ => Tone::hex(0xe6_f0_ee).mix(ambience.tint(Tone::hex(0xe6_f0_ee)), 0.5),
    };
    // Lamps make their own day in here, so surfaces owe them as much as they owe the hour.
    let light = ambience.ambient.scale(0.45).screen(tube.scale(0.55 * inside));
    let paint = |own: u32| ambience.tint(Tone::hex(own).multiply(light)).mix(ambience.deep, 0.12);
    let hue = ambience.accent(chance.index(3));
    Paints {
        panel: paint(0xa8_b2_ba),
        metal: paint(0xd4_dc_e0),
        seat: Tone::hex(0x5a_60_78).mix(hue, 0.6).multiply(light.mix(Tone::WHITE, 0.15)),
        dark: ambience.deep.mix(paint(0x3a_40_4c), 0.4),
        tube,
        inside,
    }
}

/// What passes outside: the city under its sky from a viaduct, or the dark of the tunnel.
fn outside(
    ctx: &PaintContext<'_>,
    ambience: &Ambience,
    staging: &Staging,
    above: bool,
    horizon: f32,
) -> Vec<Layer> {
    if !above {
        let mut sheet = Sheet::new(ctx);
        let (_, high) = staging.reach;
        let wall = ambience.deep.mix(Tone::hex(0x10_12_1c), 0.5);
        sheet.wash(
            &[(-high, wall.scale(0.5), 1.0), (0.0, wall, 1.0), (high, wall.scale(0.4), 1.0)],
            Blend::Over,
        );
        return vec![sheet.into_layer("tunnel wall", 0.1, Motion::Still)];
    }
    let line = horizon + 0.13;
    let plan = SkyPlan {
        sun_height: 1.1,
        sun_x: SkyPlan::new(ctx, line).sun_x.signum() * staging.half * 0.62,
        horizon: line,
    };
    let sky = sky::paint(ctx, ambience, &plan);
    let mut layers = sky.layers;
    let mut chance = Chance::new(ctx.seed, "outside");
    for (name, distance, depth, height) in
        [("far towers", 0.75, 0.06, (0.08, 0.34)), ("near towers", 0.3, 0.14, (0.06, 0.26))]
    {
        let (mut sheet, mut glow) = (Sheet::new(ctx), Sheet::new(ctx));
        let row = Row {
            base: line + 0.04,
            foot: staging.reach.1,
            height,
            width: (0.05, 0.12),
            distance,
            outline: &|_| 1.0,
            light_x: plan.sun_x,
            lit: 0.7,
        };
        towers::row(&mut sheet, &mut glow, ambience, &mut chance, &row);
        layers.push(sheet.into_lit_layer(glow, name, depth, Motion::Still));
    }
    layers
}

/// Lights and masts that rush past the windows out of the vanishing point.
fn streaks(ctx: &PaintContext<'_>, ambience: &Ambience, car: &Car, chance: &mut Chance) -> Layer {
    let (mut sheet, mut glow) = (Sheet::new(ctx), Sheet::new(ctx));
    let view = car.view;
    for side in [-1.0, 1.0] {
        let x = side * (car.half + 0.25);
        for i in 0..9 {
            let z = 0.7 + 0.62 * i as f32;
            let mast = ambience.mass(0.1).scale(0.7);
            sheet.fill(view.wall(x, (-0.9, 0.6), (z, z + 0.035)), Fill::Flat(mast, 0.8));
            let y = chance.range(-0.32, 0.0);
            let long = chance.range(0.12, 0.4);
            let tone = if i % 3 == 0 { ambience.accent(chance.index(4)) } else { ambience.lamp };
            let power = 0.25 + 0.75 * ambience.lamps;
            let strip = view.wall(x, (y, y + 0.022), (z, z + long));
            sheet.fill(strip.clone(), Fill::Flat(tone, 0.9 * power));
            glow.fill(strip, Fill::Flat(tone, 0.5 * power));
            let (gx, gy) = view.at(x, y + 0.011, z + long / 2.0);
            let size = 0.16 / z;
            glow.glow(gx, gy, size, size * 0.6, tone, 0.4 * power * ambience.bloom, Blend::Add);
        }
    }
    sheet.into_lit_layer(glow, "passing lights", 0.4, Motion::Approach { scale: 2.4, beats: 2.0 })
}

/// Floor, ceiling and walls, with the panes cut out of them.
fn body(
    ctx: &PaintContext<'_>,
    ambience: &Ambience,
    car: &Car,
    paints: &Paints,
    above: bool,
    chance: &mut Chance,
) -> Layer {
    let (mut sheet, mut glow) = (Sheet::new(ctx), Sheet::new(ctx));
    let view = car.view;
    let all = (0.3, END);
    let (_, floor_back) = view.at(0.0, car.floor, END);
    let (_, ceiling_back) = view.at(0.0, car.ceiling, END);
    let (_, high) = sheet.reach();
    let ceiling = paints.panel.mix(paints.tube, 0.3 * paints.inside);
    let fill = Fill::vertical(-high, ceiling.scale(0.6), ceiling_back, ceiling);
    sheet.fill(view.floor(car.ceiling, (-car.half, car.half), all), fill);
    let floor = paints.dark.mix(paints.panel, 0.35);
    let fill =
        Fill::vertical(floor_back, floor.mix(paints.tube, 0.2 * paints.inside), high, floor.scale(0.55));
    sheet.fill(view.floor(car.floor, (-car.half, car.half), all), fill);
    sheet.fill(view.floor(car.floor, (-0.12, 0.12), all), Fill::Flat(paints.panel, 0.25));
    for side in [-1.0, 1.0] {
        wall(&mut sheet, &mut glow, ambience, car, paints, side, chance);
    }
    end_wall(&mut sheet, &mut glow, ambience, car, paints);
    // Tubes of light along the ceiling, and their gloss on the floor.
    for side in [-1.0, 1.0] {
        let x = side * car.half * 0.42;
        let strip = view.floor(car.ceiling + 0.004, (x - 0.035, x + 0.035), (0.42, END - 0.1));
        let tube = paints.tube.mix(Tone::WHITE, 0.5);
        sheet.fill(strip.clone(), tube.mix(ceiling, 0.8 - 0.8 * paints.inside.sqrt()));
        glow.fill(strip, Fill::Flat(paints.tube, 0.35 * paints.inside));
        let wide = view.floor(car.ceiling + 0.004, (x - 0.11, x + 0.11), (0.42, END - 0.1));
        glow.fill(wide, Fill::Flat(paints.tube, 0.1 * paints.inside));
        let gloss = view.floor(car.floor, (x - 0.05, x + 0.05), (0.42, END - 0.1));
        sheet.fill(gloss, Fill::Flat(paints.tube, 0.13 * paints.inside));
    }
    if above && ambience.dark < 0.75 && ambience.key_strength > 0.35 {
        shafts(&mut sheet, ambience, car);
    }
    sheet.into_lit_layer(glow, "car", 0.6, Motion::Still)
}

fn wall(
    sheet: &mut Sheet,
    glow: &mut Sheet,
    ambience: &Ambience,
    car: &Car,
    paints: &Paints,
    side: f32,
    chance: &mut Chance,
) {
    let view = car.view;
    let x = side * car.half;
    let fill = Fill::Graded {
        from: view.at(x, 0.0, 0.5),
        to: view.at(x, 0.0, END),
        first: (paints.panel.scale(0.62), 1.0),
        last: (paints.panel, 1.0),
    };
    sheet.fill(view.wall(x, (car.ceiling, car.floor), (0.3, END)), fill);
    // A cove of posters between wall and ceiling.
    let cove = (car.ceiling, car.ceiling + 0.12);
    sheet.fill(view.wall(x, cove, (0.3, END)), paints.panel.scale(0.8));
    let mut z = 0.5;
    while z < END - 0.3 {
        let far = z + chance.range(0.22, 0.36);
        let hue = ambience.accent(chance.index(5)).mix(paints.panel, 0.55);
        sheet.fill(view.wall(x, (cove.0 + 0.015, cove.1 - 0.012), (z, far)), hue);
        let mark = hue.mix(Tone::WHITE, 0.4);
        sheet.fill(view.wall(x, (cove.0 + 0.035, cove.0 + 0.055), (z + 0.03, far - 0.08)), mark);
        sheet.fill(
            view.wall(x, (cove.0 + 0.07, cove.0 + 0.08), (z + 0.03, far - 0.04)),
            Fill::Flat(mark, 0.6),
        );
        z = far + 0.03;
    }
    // From the far end: a bench hides what is behind it.
    for (near, far, door) in BAYS.into_iter().rev() {
        let top = car.ceiling + 0.17;
        let bottom = if door { car.floor - 0.36 } else { car.floor - 0.42 };
        if door {
            let frame = view.wall(x, (car.ceiling + 0.13, car.floor), (near - 0.02, far + 0.02));
            sheet.fill(frame, paints.panel.scale(0.72));
            sheet.fill(view.wall(x, (car.ceiling + 0.145, car.floor), (near, far)), paints.metal.scale(0.82));
            let middle = f32::midpoint(near, far);
            for (a, b) in [(near + 0.03, middle - 0.02), (middle + 0.02, far - 0.03)] {
                pane(sheet, glow, ambience, car, side, (top, bottom), (a, b));
            }
            sheet.line(
                view.at(x, car.ceiling + 0.145, middle),
                view.at(x, car.floor, middle),
                0.006 / middle,
                paints.dark,
                1.0,
            );
        } else {
            let frame = view.wall(x, (top - 0.025, bottom + 0.025), (near - 0.01, far + 0.01));
            sheet.fill(frame, paints.metal.scale(0.7));
            pane(sheet, glow, ambience, car, side, (top, bottom), (near + 0.02, far - 0.02));
            bench(sheet, car, paints, side, (near, far));
        }
    }
}

/// A window: the wall taken away, a breath of glass left.
fn pane(
    sheet: &mut Sheet,
    glow: &mut Sheet,
    ambience: &Ambience,
    car: &Car,
    side: f32,
    heights: (f32, f32),
    span: (f32, f32),
) {
    let view = car.view;
    let x = side * car.half;
    let quad = view.wall(x, heights, span);
    sheet.clear(quad.clone());
    glow.clear(quad.clone());
    sheet.fill(quad, Fill::Flat(ramp(&ambience.sky, 0.4).mix(ambience.deep, 0.5), 0.16));
    // Two slanting gleams.
    let (top, bottom) = heights;
    for (from, width) in [(0.12, 0.16), (0.36, 0.06)] {
        let z = |t: f32| span.0 + (span.1 - span.0) * t;
        let gleam = [
            view.at(x, top, z(from + 0.2)),
            view.at(x, top, z(from + 0.2 + width)),
            view.at(x, bottom, z(from + width)),
            view.at(x, bottom, z(from)),
        ];
        sheet.polygon(&gleam, Fill::Flat(Tone::WHITE.mix(ambience.haze, 0.4), 0.09));
    }
}

/// A bench of moulded seats along the wall.
fn bench(sheet: &mut Sheet, car: &Car, paints: &Paints, side: f32, span: (f32, f32)) {
    let view = car.view;
    let x = side * car.half;
    let out = x - side * 0.17;
    let (back, seat) = (car.floor - 0.37, car.floor - 0.2);
    let rest = view.wall(x - side * 0.02, (back, seat), span);
    sheet.fill(rest, paints.seat.scale(0.82));
    let top = [
        view.at(x - side * 0.02, seat, span.0),
        view.at(x - side * 0.02, seat, span.1),
        view.at(out, seat, span.1),
        view.at(out, seat, span.0),
    ];
    sheet.polygon(&top, paints.seat);
    sheet.fill(view.wall(out, (seat, seat + 0.045), span), paints.seat.scale(0.66));
    sheet.fill(
        view.wall(out + side * 0.03, (seat + 0.045, car.floor), span),
        paints.dark.mix(paints.panel, 0.1),
    );
    // The end towards the camera.
    let (a, b) = (view.at(x, seat, span.0), view.at(out, seat + 0.045, span.0));
    let (c, d) = (view.at(out + side * 0.03, car.floor, span.0), view.at(x, car.floor, span.0));
    sheet.polygon(&[a, (b.0, a.1), b, (c.0, b.1), c, d], paints.dark.mix(paints.panel, 0.2));
    let places = 3;
    for i in 0..=places {
        let z = span.0 + (span.1 - span.0) * i as f32 / places as f32;
        sheet.line(
            view.at(x - side * 0.02, back, z),
            view.at(x - side * 0.02, seat, z),
            0.004 / z,
            paints.seat.scale(0.55),
            0.9,
        );
        sheet.line(
            view.at(x - side * 0.02, seat, z),
            view.at(out, seat, z),
            0.004 / z,
            paints.seat.scale(0.6),
            0.9,
        );
    }
    sheet.line(
        view.at(out, seat, span.0),
        view.at(out, seat, span.1),
        0.003 / span.0,
        paints.tube,
        0.35 * paints.inside,
    );
}

/// The wall at the end, with the door to the next car and the light in it.
fn end_wall(sheet: &mut Sheet, glow: &mut Sheet, ambience: &Ambience, car: &Car, paints: &Paints) {
    let (left, top, width, height) = car.view.front((-car.half, car.half), (car.ceiling, car.floor), END);
    sheet.rect(
        left,
        top,
        width,
        height,
        paints.panel.mix(paints.tube, 0.15 * paints.inside),
        1.0,
        Blend::Over,
    );
    let (dl, dt, dw, dh) = (left + width * 0.36, top + height * 0.16, width * 0.28, height * 0.84);
    sheet.rect(dl - 0.003, dt - 0.003, dw + 0.006, dh + 0.003, paints.dark, 1.0, Blend::Over);
    sheet.rect(dl, dt, dw, dh, paints.metal.scale(0.85), 1.0, Blend::Over);
    let (wl, wt, ww, wh) = (dl + dw * 0.2, dt + dh * 0.1, dw * 0.6, dh * 0.45);
    sheet.fill(rounded(wl, wt, ww, wh, 0.004), paints.dark);
    let next = paints.tube.mix(ambience.accent(1), 0.3);
    sheet.fill(
        rounded(wl + 0.003, wt + 0.003, ww - 0.006, wh - 0.006, 0.003),
        next.scale(0.3 + 0.6 * paints.inside),
    );
    glow.glow(wl + ww / 2.0, wt + wh / 2.0, ww * 1.6, wh * 1.3, next, 0.3 * paints.inside, Blend::Add);
    for side in [0.06, 0.72] {
        let sign = (left + width * side, top + height * 0.2, width * 0.22, height * 0.2);
        sheet.rect(sign.0, sign.1, sign.2, sign.3, paints.dark, 1.0, Blend::Over);
        let light = ambience.accent(2).scale(0.5 + 0.4 * paints.inside);
        sheet.rect(sign.0 + 0.003, sign.1 + 0.004, sign.2 - 0.006, sign.3 - 0.008, light, 0.8, Blend::Over);
    }
}

/// Low sun through the windows of one side, lying across the floor and the benches.
fn shafts(sheet: &mut Sheet, ambience: &Ambience, car: &Car) {
    let view = car.view;
    for (near, far, door) in BAYS {
        if door {
            continue;
        }
        let floor = [
            view.at(-car.half * 0.55, car.floor, near + 0.1),
            view.at(-car.half * 0.55, car.floor, far + 0.1),
            view.at(car.half * 0.42, car.floor, far + 0.32),
            view.at(car.half * 0.42, car.floor, near + 0.32),
        ];
        sheet.polygon(
            &floor,
            Fill::Graded {
                from: floor[0],
                to: floor[3],
                first: (ambience.key, 0.42 * ambience.key_strength),
                last: (ambience.key, 0.1),
            },
        );
    }
}

/// Poles from floor to ceiling and the rails above, nearer than the walls.
fn fittings(ctx: &PaintContext<'_>, car: &Car, paints: &Paints) -> Layer {
    let mut sheet = Sheet::new(ctx);
    let view = car.view;
    for z in [4.04, 3.52, 2.98, 2.5, 2.02, 1.53, 1.15] {
        for side in [-1.0, 1.0] {
            let x = side * (car.half - 0.18);
            let (top, foot) = (view.at(x, car.ceiling, z), view.at(x, car.floor - 0.2, z));
            let width = 0.016 / z;
            sheet.line(top, foot, width, paints.metal.scale(0.75), 1.0);
            sheet.line(
                (top.0 - width * 0.2, top.1),
                (foot.0 - width * 0.2, foot.1),
                width * 0.3,
                paints.tube,
                0.7,
            );
        }
    }
    for side in [-1.0, 1.0] {
        let x = side * (car.half - 0.2);
        let (from, to) = (view.at(x, car.ceiling + 0.07, 0.35), view.at(x, car.ceiling + 0.07, END));
        sheet.line(from, to, 0.007, paints.metal.scale(0.7), 1.0);
        sheet.line((from.0, from.1 - 0.001), (to.0, to.1 - 0.001), 0.0018, paints.tube, 0.7);
    }
    sheet.into_layer("poles", 0.75, Motion::Still)
}

/// Straps that swing with the train.
fn straps(ctx: &PaintContext<'_>, car: &Car, paints: &Paints) -> Layer {
    let mut sheet = Sheet::new(ctx);
    let view = car.view;
    for i in (0..11).rev() {
        let z = 0.86 + 0.31 * i as f32;
        for side in [-1.0, 1.0] {
            let (x, y) = view.at(side * (car.half - 0.2), car.ceiling + 0.075, z);
            let s = 0.1 / z;
            sheet.rect(x - s * 0.06, y, s * 0.12, s * 0.9, paints.dark, 1.0, Blend::Over);
            let ring = tiny_skia::PathBuilder::from_circle(x, y + s * 1.2, s * 0.34);
            sheet.stroke(ring.clone(), s * 0.14, paints.metal.mix(paints.seat, 0.25), 1.0);
            sheet.stroke(ring, s * 0.03, paints.tube, 0.5);
        }
    }
    sheet.into_layer("straps", 0.95, Motion::Sway { amplitude: 0.006, beats: 4.0 })
}

/// The nearest pole and the shoulder of a passenger, out of focus.
fn foreground(
    ctx: &PaintContext<'_>,
    ambience: &Ambience,
    staging: &Staging,
    paints: &Paints,
    chance: &mut Chance,
) -> Layer {
    let mut sheet = Sheet::new(ctx);
    let side = chance.side();
    let (_, high) = staging.reach;
    let x = side * staging.half * 0.86;
    let width = 0.03 * staging.scale;
    let metal = Fill::across(x - width / 2.0, paints.dark, x + width / 2.0, paints.metal.scale(0.6));
    sheet.polygon(
        &[
            (x - width / 2.0, -high),
            (x + width / 2.0, -high),
            (x + width / 2.0, high),
            (x - width / 2.0, high),
        ],
        metal,
    );
    sheet.rect(x - width * 0.1, -high, width * 0.16, 2.0 * high, paints.tube, 0.5, Blend::Over);
    let tone = ambience.deep.scale(0.6);
    let height = 0.55 * staging.scale;
    street::passer_by(&mut sheet, chance, (-side * staging.half * 1.02, 0.06), height, tone);
    sheet.soften(0.007);
    sheet.into_layer("passenger", 1.4, Motion::Bob { amplitude: 0.003, beats: 4.0 })
}
