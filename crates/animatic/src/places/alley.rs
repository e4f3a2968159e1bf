//! A narrow alley of shop signs: walls close together, neon over the doors, cables overhead, a glow at the far end.

mod house;

use crate::ambience::Ambience;
use crate::brush::{Blend, Sheet};
use crate::chance::Chance;
use crate::places::perspective::View;
use crate::places::staging::Staging;
use crate::places::street;
use crate::set::{Air, Layer, Motion, PaintContext, Set};
use crate::sky::{self, SkyPlan};
use crate::tone::Tone;

/// How far the alley goes, in distances of the figure from the camera.
const END: f32 = 6.5;
const STOREY: f32 = 0.72;

/// The alley's measures: its view, half its width, and the height of its floor below the line of sight.
struct Alley {
    view: View,
    half: f32,
    floor: f32,
}

impl Alley {
    /// Size of what hangs into the alley: less where it is narrow.
    fn room(&self) -> f32 {
        (self.half / 0.56).clamp(0.5, 1.0)
    }
}

/// Paints the place.
pub(super) fn paint(ctx: &PaintContext<'_>) -> Set {
    let ambience = Ambience::of(ctx);
    let staging = Staging::new(ctx, 0.44, 0.5);
    let mut chance = Chance::new(ctx.seed, "alley");
    let horizon = 0.1;
    let view = View::new(chance.range(-0.12, 0.12) * staging.half, horizon);
    let alley = Alley {
        view,
        half: staging.half.mul_add(0.3, 0.3).min(staging.half * 0.95),
        floor: staging.ground - horizon,
    };
    let plan = SkyPlan { sun_x: view.x, horizon: horizon + 0.02, sun_height: 1.6 };
    let sky = sky::paint(ctx, &ambience, &plan);
    let mut layers = sky.layers;
    layers.push(end(ctx, &ambience, &alley, &mut chance));
    let houses = house::houses(&mut chance);
    let (mut mirrored, mut mirrored_glow) = (Sheet::new(ctx), Sheet::new(ctx));
    for (name, near, far, depth) in
        [("far houses", 2.6, END, 0.3), ("houses", 1.25, 3.3, 0.55), ("near houses", 0.3, 1.6, 0.85)]
    {
        let (mut sheet, mut glow) = (Sheet::new(ctx), Sheet::new(ctx));
        for house in &houses {
            // Each sheet reaches a little into the next nearer one, so that no gap opens when the camera moves.
            if house.far > near && house.near < far {
                house.paint(&mut sheet, &mut glow, &ambience, &alley, alley.view);
                if ambience.wet > 0.0 && (house.near >= near || near < 1.0) {
                    let view = alley.view.mirrored(alley.floor);
                    house.paint(&mut mirrored, &mut mirrored_glow, &ambience, &alley, view);
                }
            }
        }
        sheet.veil(ambience.haze, ambience.murk() * (1.0 - depth));
        layers.push(sheet.into_lit_layer(glow, name, depth, Motion::Still));
    }
    mirrored.add(mirrored_glow.pixmap(), 1.0);
    // The ground lies behind the nearest walls, whose feet stand on it.
    let ground = ground(ctx, &ambience, &alley, &houses, mirrored, &mut chance);
    let at = layers.len() - 3;
    layers.insert(at, ground);
    // Behind the figures: no cable may cross a face.
    layers.push(cables(ctx, &ambience, &alley, &mut chance));
    let slot = layers.len();
    layers.push(foreground(ctx, &ambience, &staging, &mut chance));
    let light = ambience.key_light(view.x, horizon - 0.06, true);
    let mut set = staging.set(ctx, layers, slot, horizon, light);
    if ambience.lamps > 0.5 {
        set.air.push(Air::Bokeh);
    }
    set
}

/// What closes the alley: a lit house front, and the glow of the street beyond.
fn end(ctx: &PaintContext<'_>, ambience: &Ambience, alley: &Alley, chance: &mut Chance) -> Layer {
    let (mut sheet, mut glow) = (Sheet::new(ctx), Sheet::new(ctx));
    let view = alley.view;
    let mut left = -alley.half * 2.4;
    while left < alley.half * 2.4 {
        let width = chance.range(0.35, 0.7);
        let top = alley.floor - STOREY * chance.range(2.2, 4.4);
        let (x, y, w, h) = view.front((left, left + width), (top, alley.floor + 0.1), END);
        let tone = ambience.mass(0.55).scale(chance.range(0.85, 1.15));
        sheet.rect(x, y, w, h, tone, 1.0, Blend::Over);
        for row in 0..7 {
            for column in 0..3 {
                if chance.happens(0.5 * ambience.lamps) {
                    let (wx, wy) =
                        (x + w * (0.18 + 0.25 * column as f32), y + h * (0.06 + 0.12 * row as f32));
                    let light = ambience.window_light(chance);
                    sheet.rect(wx, wy, w * 0.14, h * 0.05, light, 0.9, Blend::Over);
                    glow.rect(wx, wy, w * 0.14, h * 0.05, light, 0.3, Blend::Add);
                }
            }
        }
        left += width;
    }
    let (x, y) = view.at(0.0, alley.floor * 0.4, END);
    let size = alley.half * 0.55;
    let warm = ambience.accent(0).mix(ambience.lamp, 0.5);
    let strength = 0.25 + 0.4 * ambience.lamps;
    sheet.glow(
        x,
        y,
        size * 1.3,
        size,
        ambience.haze.mix(warm, 0.4 * ambience.lamps),
        0.5 + 0.3 * ambience.fog,
        Blend::Atop,
    );
    glow.glow(x, y, size * 1.6, size * 1.2, warm, strength * ambience.lamps * ambience.bloom, Blend::Add);
    sheet.into_lit_layer(glow, "end of the alley", 0.18, Motion::Still)
}

/// The paving, with the light of shops on it and, in rain, all of the alley upside down.
fn ground(
    ctx: &PaintContext<'_>,
    ambience: &Ambience,
    alley: &Alley,
    houses: &[house::House],
    mirrored: Sheet,
    chance: &mut Chance,
) -> Layer {
    let mut sheet = Sheet::new(ctx);
    let (wide, high) = sheet.reach();
    let view = alley.view;
    let (_, back) = view.at(0.0, alley.floor, END);
    let stone = ambience.local(Tone::hex(0x5c_56_66)).mix(ambience.deep, 0.4);
    let far = ambience.through_air(stone, 0.7);
    let front = if ambience.wet > 0.0 { stone.scale(0.55) } else { stone.scale(0.78) };
    sheet.wash(&[(back, far, 1.0), (back + 0.1, stone.mix(far, 0.3), 1.0), (high, front, 1.0)], Blend::Over);
    // Joints of the paving run to the vanishing point and across, denser far away.
    let joint = ambience.deep.scale(0.8);
    for i in -4..=4 {
        let x = alley.half * i as f32 / 4.0;
        sheet.line(view.at(x, alley.floor, END), view.at(x, alley.floor, 0.5), 0.0022, joint, 0.4);
    }
    for i in 0..16 {
        let (_, y) = view.at(0.0, alley.floor, 0.62 + 0.06 * i as f32 * (1.0 + 0.25 * i as f32));
        sheet.rect(-wide, y, 2.0 * wide, 0.002, joint, 0.32, Blend::Over);
    }
    if ambience.snow > 0.0 {
        sheet.wash(
            &[(back, ambience.snow_tone(), 0.7), (high, ambience.snow_tone().scale(0.8), 0.92)],
            Blend::Atop,
        );
        let trodden = ambience.deep.mix(ambience.near, 0.5);
        sheet.glow(view.x, high * 0.7, alley.half * 0.5, 0.4, trodden, 0.3, Blend::Atop);
    }
    let (x, _) = view.at(0.0, alley.floor, END);
    let warm = ambience.accent(0).mix(ambience.lamp, 0.5);
    sheet.glow(x, back, alley.half * 0.4, 0.14, warm, 0.55 * ambience.lamps, Blend::Atop);
    for house in houses {
        let z = house.near.max(0.7);
        let (x, y) = view.at(house.side * alley.half * 0.75, alley.floor, z);
        let light = ambience.lamp.mix(ambience.accent(chance.index(5)), 0.55);
        let size = 0.4 / z;
        sheet.glow(x, y, size, size * 0.32, light, 0.3 * ambience.lamps, Blend::Atop);
    }
    if ambience.wet > 0.0 {
        sheet.ripple(&mirrored.into_pixmap(), back, 0.62, 0.02, chance.seed());
    }
    sheet.into_layer("paving", 0.7, Motion::Still)
}

/// Cables from wall to wall, with lamps on some of them.
fn cables(ctx: &PaintContext<'_>, ambience: &Ambience, alley: &Alley, chance: &mut Chance) -> Layer {
    let (mut sheet, mut glow) = (Sheet::new(ctx), Sheet::new(ctx));
    let view = alley.view;
    for i in 0..7 {
        let z = 0.75 + 0.5 * i as f32;
        let height = alley.floor - STOREY * chance.range(1.35, 1.9);
        let from = view.at(-alley.half, height + chance.spread() * 0.2, z * chance.range(0.85, 1.15));
        let to = view.at(alley.half, height + chance.spread() * 0.2, z * chance.range(0.85, 1.15));
        let tone = ambience.mass((z / END).min(0.6)).scale(0.6);
        street::cable(&mut sheet, from, to, 0.035 / z, 0.004 / z, tone);
        if i % 3 == 1 {
            let (x, y) = (f32::midpoint(from.0, to.0), f32::midpoint(from.1, to.1) + 0.035 / z);
            let r = 0.016 / z;
            sheet.polygon(&[(x - r * 1.6, y + r), (x, y - r * 0.6), (x + r * 1.6, y + r)], tone);
            sheet.ellipse(x, y + r * 1.1, r, r * 0.7, ambience.lamp.mix(Tone::WHITE, 0.4 * ambience.lamps));
            glow.glow(
                x,
                y + r,
                r * 8.0,
                r * 8.0,
                ambience.lamp,
                0.5 * ambience.lamps * ambience.bloom,
                Blend::Add,
            );
        }
    }
    sheet.into_lit_layer(glow, "cables", 0.75, Motion::Sway { amplitude: 0.003, beats: 8.0 })
}

/// A dark door frame and a crate at one edge, out of focus.
fn foreground(ctx: &PaintContext<'_>, ambience: &Ambience, staging: &Staging, chance: &mut Chance) -> Layer {
    let (mut sheet, mut glow) = (Sheet::new(ctx), Sheet::new(ctx));
    let side = chance.side();
    let (wide, high) = staging.reach;
    let tone = ambience.deep.scale(0.5);
    let edge = side * staging.half * 0.94;
    let outer = side * (wide + 0.1);
    sheet.polygon(&[(edge, -high), (outer, -high), (outer, high), (edge + side * 0.02, high)], tone);
    let area = (edge.min(edge - side * 0.11 * staging.scale), -0.36, 0.11 * staging.scale, 0.34);
    let tone = ambience.accent(chance.index(3));
    street::sign(&mut sheet, &mut glow, ambience, chance, area, tone);
    sheet.soften(0.0045);
    glow.soften(0.0045);
    sheet.into_lit_layer(glow, "doorway", 1.35, Motion::Flicker)
}
