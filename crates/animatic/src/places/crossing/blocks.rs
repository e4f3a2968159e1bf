//! The buildings along the street: floors of windows, shops, screens and signs.

use super::{END, Street};
use crate::ambience::Ambience;
use crate::brush::{Blend, Fill, Sheet, polygon};
use crate::chance::Chance;
use crate::places::perspective::View;
use crate::places::street;
use crate::tone::{Tone, ramp};

/// A building on one side, between two distances, and how tall it is.
pub(super) struct Block {
    pub(super) side: f32,
    pub(super) near: f32,
    pub(super) far: f32,
    height: f32,
    seed: u64,
}

pub(super) fn blocks(chance: &mut Chance) -> Vec<Block> {
    let mut blocks = Vec::new();
    for side in [-1.0, 1.0] {
        let mut near = 0.55;
        let mut i = 0;
        while near < END {
            let far = (near + chance.range(0.55, 0.9) * (0.5 + 0.45 * near)).min(END);
            let height = chance.range(1.3, 2.6) * (0.8 + 0.16 * near);
            blocks.push(Block { side, near, far, height, seed: chance.seed() });
            // A side street opens now and then.
            near = far + if i % 2 == 0 { 0.12 * far } else { 0.0 };
            i += 1;
        }
    }
    blocks.sort_by(|a, b| b.far.total_cmp(&a.far));
    blocks
}

impl Block {
    pub(super) fn paint(
        &self,
        sheet: &mut Sheet,
        glow: &mut Sheet,
        ambience: &Ambience,
        street: &Street,
        view: View,
    ) {
        let mut chance = Chance::new(self.seed, "block");
        let (x, span) = (self.side * street.half, (self.near, self.far));
        let distance = ((self.near - 0.6) / END).clamp(0.0, 0.85);
        let own = [0x5a_5c_70, 0x6c_62_70, 0x4c_5a_74, 0x74_6a_66][chance.index(4)];
        let wall = ambience.local(Tone::hex(own)).mix(ambience.near, 0.5).scale(chance.range(0.8, 1.1));
        let wall = ambience.through_air(wall, distance);
        let top = street.floor - self.height;
        let (_, roof) = view.at(x, top, self.near);
        let (_, foot) = view.at(x, street.floor, self.near);
        // The end that faces the camera, then the long side along the street.
        let deep = 0.9;
        let (left, upper, width, height) =
            view.front((x, x + self.side * deep), (top, street.floor), self.near);
        let face =
            [(left, upper), (left + width, upper), (left + width, upper + height), (left, upper + height)];
        let shade = wall.scale(0.8);
        glow.clear(polygon(&face));
        glow.clear(view.wall(x, (top, street.floor), span));
        sheet.polygon(&face, Fill::vertical(roof, shade, foot, shade.scale(0.75)));
        let lit = wall.mix(ambience.key, 0.16 * ambience.key_strength);
        sheet.fill(view.wall(x, (top, street.floor), span), Fill::vertical(roof, lit, foot, wall.scale(0.8)));
        self.floors(sheet, glow, ambience, street, view, &mut chance, wall);
        self.face(sheet, glow, ambience, street, view, &mut chance, wall);
        if self.near > 0.85 && self.near < 3.0 && chance.happens(0.7) {
            self.wall_screen(sheet, glow, ambience, street, view, &mut chance);
        }
        let edge = [view.at(x, top, self.near), view.at(x, street.floor, self.near)];
        sheet.line(
            edge[0],
            edge[1],
            0.004 / self.near,
            ambience.rim(-self.side),
            0.35 * ambience.key_strength,
        );
        if ambience.snow > 0.0 {
            sheet.fill(view.wall(x, (top - 0.02, top + 0.02), span), ambience.snow_tone());
        }
        self.shopfront(sheet, glow, ambience, street, view, &mut chance);
        if self.near > 0.9 && chance.happens(0.85) {
            self.blade_sign(sheet, glow, ambience, street, view, &mut chance);
        }
    }

    /// Bands of windows along the street.
    #[expect(clippy::too_many_arguments, reason = "both sheets, the light, the place and the wall's tone")]
    fn floors(
        &self,
        sheet: &mut Sheet,
        glow: &mut Sheet,
        ambience: &Ambience,
        street: &Street,
        view: View,
        chance: &mut Chance,
        wall: Tone,
    ) {
        let x = self.side * street.half;
        let storey = 0.165;
        let floors = ((self.height - 0.42) / storey) as u32;
        let bays = (((self.far - self.near) / (0.075 + 0.055 * self.near)) as u32).clamp(2, 11);
        let pane = wall
            .mix(ramp(&ambience.sky, 0.5), 0.35 * (1.0 - 0.7 * ambience.dark))
            .scale(1.0 - 0.3 * ambience.dark);
        let light = ambience.window_light(chance);
        for floor in 0..floors.min(30) {
            let bottom = street.floor - 0.42 - storey * floor as f32;
            let heights = (bottom - storey * 0.62, bottom);
            for bay in 0..bays {
                let length = (self.far - self.near) / bays as f32;
                let from = self.near + length * (bay as f32 + 0.14);
                let quad = view.wall(x, heights, (from, from + length * 0.72));
                if chance.happens(0.36 * ambience.lamps) {
                    let bright = chance.range(0.3, 0.85);
                    glow.fill(quad.clone(), Fill::Flat(light, 0.16 * bright * ambience.lamps));
                    sheet.fill(quad, pane.mix(light, bright * ambience.lamps));
                } else {
                    sheet.fill(quad, pane);
                }
            }
        }
    }

    /// The end towards the camera: a great screen, or windows.
    #[expect(clippy::too_many_arguments, reason = "both sheets, the light, the place and the wall's tone")]
    fn face(
        &self,
        sheet: &mut Sheet,
        glow: &mut Sheet,
        ambience: &Ambience,
        street: &Street,
        view: View,
        chance: &mut Chance,
        wall: Tone,
    ) {
        let x = self.side * street.half;
        if chance.happens(0.6) && self.near > 0.8 {
            let bottom = street.floor - chance.range(0.6, 0.75);
            let top = bottom - chance.range(0.32, 0.5);
            let area = view.front((x + self.side * 0.04, x + self.side * 0.62), (top, bottom), self.near);
            screen(sheet, glow, ambience, chance, area);
            return;
        }
        let light = ambience.window_light(chance);
        for floor in 0..((self.height - 0.4) / 0.2) as u32 {
            for bay in 0..4 {
                let from = x + self.side * (0.06 + 0.19 * bay as f32);
                let bottom = street.floor - 0.4 - 0.2 * floor as f32;
                let (left, top, width, height) =
                    view.front((from, from + self.side * 0.12), (bottom - 0.11, bottom), self.near);
                let lit = chance.happens(0.35 * ambience.lamps);
                let tone = if lit { light } else { wall.scale(0.68) };
                sheet.rect(left, top, width, height, tone, if lit { 0.85 } else { 0.8 }, Blend::Over);
                if lit {
                    glow.rect(left, top, width, height, light, 0.2, Blend::Add);
                }
            }
        }
    }

    /// A video screen along the street side.
    fn wall_screen(
        &self,
        sheet: &mut Sheet,
        glow: &mut Sheet,
        ambience: &Ambience,
        street: &Street,
        view: View,
        chance: &mut Chance,
    ) {
        let x = self.side * (street.half - 0.03);
        let length = self.far - self.near;
        let span = (self.near + length * 0.1, self.near + length * 0.85);
        let bottom = street.floor - 0.5;
        let top = bottom - chance.range(0.3, 0.46);
        let hue = chance.index(4);
        let (first, second) = (ambience.accent(hue), ambience.accent(hue + 1));
        let dim = 0.45 - 0.4 * ambience.lamps;
        sheet.fill(view.wall(x, (top - 0.02, bottom + 0.02), (span.0 - 0.02, span.1 + 0.02)), ambience.deep);
        glow.clear(view.wall(x, (top - 0.02, bottom + 0.02), (span.0 - 0.02, span.1 + 0.02)));
        let (left, right) = (view.at(x, top, span.0), view.at(x, bottom, span.1));
        let (a, b) = (first.mix(ambience.near, dim), second.mix(ambience.near, dim));
        let fill = Fill::Graded { from: left, to: right, first: (a, 1.0), last: (b, 1.0) };
        sheet.fill(view.wall(x, (top, bottom), span), fill);
        let middle = f32::midpoint(top, bottom);
        let light = Tone::WHITE.mix(second, 0.25);
        for bar in 0..9 {
            let z = span.0 + (span.1 - span.0) * (0.08 + 0.1 * bar as f32);
            let tall = (bottom - top) * chance.range(0.1, 0.42);
            let quad = view.wall(x, (middle - tall, middle + tall), (z, z + (span.1 - span.0) * 0.055));
            sheet.fill(quad, Fill::Flat(light, 0.8));
        }
        glow.fill(
            view.wall(x, (top, bottom), span),
            Fill::Flat(first.mix(second, 0.5), 0.12 * ambience.lamps),
        );
        let (cx, cy) = view.at(x, middle, f32::midpoint(span.0, span.1));
        let size = 0.5 / span.0;
        glow.glow(
            cx,
            cy,
            size,
            size,
            first.mix(second, 0.5),
            0.3 * ambience.lamps * ambience.bloom,
            Blend::Add,
        );
    }

    /// Lit shops on the ground floor.
    fn shopfront(
        &self,
        sheet: &mut Sheet,
        glow: &mut Sheet,
        ambience: &Ambience,
        street: &Street,
        view: View,
        chance: &mut Chance,
    ) {
        let x = self.side * street.half;
        let heights = (street.floor - 0.3, street.floor - 0.02);
        let light = ambience.window_light(chance).mix(ambience.accent(chance.index(4)), 0.3);
        let power = 0.22 + 0.48 * ambience.lamps;
        let span = (self.near + 0.04, self.far - 0.02 * self.far);
        if span.1 <= span.0 {
            return;
        }
        let inside = light.mix(ambience.near, 1.0 - power);
        let (_, upper) = view.at(x, heights.0, span.0);
        let (_, lower) = view.at(x, heights.1, span.0);
        sheet.fill(view.wall(x, heights, span), Fill::vertical(upper, inside, lower, inside.scale(0.6)));
        glow.fill(view.wall(x, heights, span), Fill::Flat(light, 0.12 * power));
        for bar in 0..5 {
            let z = span.0 + (span.1 - span.0) * bar as f32 / 4.0;
            sheet.line(view.at(x, heights.0, z), view.at(x, heights.1, z), 0.01 / z, ambience.deep, 0.9);
        }
        let band = ambience.local(ambience.accent(chance.index(5))).mix(ambience.deep, 0.35);
        sheet.fill(view.wall(x - self.side * 0.03, (heights.0 - 0.08, heights.0), span), band);
        let (gx, gy) = view.at(x, street.floor - 0.16, f32::midpoint(span.0, span.1));
        let size = 0.4 / span.0.max(0.6);
        glow.glow(gx, gy, size, size * 0.7, light, 0.2 * power * ambience.bloom, Blend::Add);
    }

    fn blade_sign(
        &self,
        sheet: &mut Sheet,
        glow: &mut Sheet,
        ambience: &Ambience,
        street: &Street,
        view: View,
        chance: &mut Chance,
    ) {
        let x = self.side * street.half;
        let z = self.near + (self.far - self.near) * chance.range(0.05, 0.4);
        let bottom = street.floor - chance.range(0.45, 0.6);
        let top = bottom - chance.range(0.4, 0.75);
        let room = (street.half / 0.8).clamp(0.5, 1.0);
        let (width, top) = (chance.range(0.12, 0.17) * room, bottom - (bottom - top) * room);
        let area = view.front((x - self.side * width, x), (top, bottom), z);
        let tone = ambience.accent(chance.index(6));
        sheet.glow(
            area.0,
            area.1 + area.3 / 2.0,
            area.2 * 2.5,
            area.3,
            tone,
            0.3 * ambience.lamps,
            Blend::Atop,
        );
        street::sign(sheet, glow, ambience, chance, area, tone);
    }
}

/// A video screen: bands, discs and bars in the look's accents.
fn screen(
    sheet: &mut Sheet,
    glow: &mut Sheet,
    ambience: &Ambience,
    chance: &mut Chance,
    (left, top, width, height): (f32, f32, f32, f32),
) {
    let pad = height * 0.03;
    sheet.rect(left - pad, top - pad, width + 2.0 * pad, height + 2.0 * pad, ambience.deep, 1.0, Blend::Over);
    let (first, second) = (ambience.accent(chance.index(4)), ambience.accent(chance.index(4) + 1));
    let power = 0.5 + 0.4 * ambience.lamps;
    let (a, b) = (first.mix(ambience.deep, 1.0 - power), second.mix(ambience.deep, 1.15 - power));
    let corners = [(left, top), (left + width, top), (left + width, top + height), (left, top + height)];
    let fill =
        Fill::Graded { from: (left, top), to: (left + width, top + height), first: (a, 1.0), last: (b, 1.0) };
    sheet.polygon(&corners, fill);
    let light = Tone::WHITE.mix(second, 0.3);
    match chance.index(3) {
        0 => {
            let r = height * 0.3;
            let (x, y) = (left + width * 0.5, top + height * 0.52);
            sheet.ellipse(x, y, r.min(width * 0.4), r, Fill::Flat(light, 0.8));
            sheet.rect(left, y + r * 0.35, width, height * 0.06, b, 0.9, Blend::Over);
        }
        1 => {
            for bar in 0..7 {
                let tall = height * chance.range(0.15, 0.75);
                let x = left + width * (0.1 + 0.12 * bar as f32);
                sheet.rect(x, top + height * 0.9 - tall, width * 0.07, tall, light, 0.75, Blend::Over);
            }
        }
        _ => {
            for band in 0..3 {
                let y = top + height * (0.25 + 0.2 * band as f32);
                let wave = [
                    (left, y),
                    (left + width, y - height * 0.16),
                    (left + width, y - height * 0.06),
                    (left, y + height * 0.1),
                ];
                sheet.polygon(&wave, Fill::Flat(light, 0.28 + 0.2 * band as f32));
            }
        }
    }
    let (x, y) = (left + width / 2.0, top + height / 2.0);
    glow.rect(left, top, width, height, first.mix(second, 0.5), 0.14 * power, Blend::Add);
    glow.glow(
        x,
        y,
        width,
        height * 1.1,
        first.mix(second, 0.5),
        0.28 * ambience.lamps * ambience.bloom,
        Blend::Add,
    );
}
