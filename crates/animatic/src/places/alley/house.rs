//! A house front in the alley: windows, a shop, fittings and signs.

use super::{Alley, END, STOREY};
use crate::ambience::Ambience;
use crate::brush::{Blend, Fill, Sheet, rounded};
use crate::chance::Chance;
use crate::places::perspective::View;
use crate::places::street;
use crate::tone::Tone;

/// A house front on one side, between two distances.
pub(super) struct House {
    pub(super) side: f32,
    pub(super) near: f32,
    pub(super) far: f32,
    storeys: u32,
    seed: u64,
}

pub(super) fn houses(chance: &mut Chance) -> Vec<House> {
    let mut houses = Vec::new();
    for side in [-1.0, 1.0] {
        let mut near = 0.3 + chance.range(0.0, 0.25);
        let mut previous = 0.2;
        while near < END {
            let far = (near + chance.range(0.5, 0.85) * (0.6 + 0.28 * near)).min(END + 0.2);
            houses.push(House {
                side,
                near: previous,
                far,
                storeys: chance.count(2, 4),
                seed: chance.seed(),
            });
            previous = far;
            near = far;
        }
    }
    houses.sort_by(|a, b| b.far.total_cmp(&a.far));
    houses
}

impl House {
    pub(super) fn paint(
        &self,
        sheet: &mut Sheet,
        glow: &mut Sheet,
        ambience: &Ambience,
        alley: &Alley,
        view: View,
    ) {
        let mut chance = Chance::new(self.seed, "house");
        let x = self.side * alley.half;
        let span = (self.near, self.far);
        let distance = ((self.near - 0.6) / END).clamp(0.0, 0.9);
        let own = [0x6a_58_66, 0x7a_5a_50, 0x52_60_74, 0x80_6c_5c, 0x5e_52_70][chance.index(5)];
        let wall = ambience.local(Tone::hex(own)).mix(ambience.near, 0.45).scale(chance.range(0.8, 1.05));
        let wall = ambience.through_air(wall, distance);
        let top = alley.floor - STOREY * self.storeys as f32 - 0.1;
        let (_, roof) = view.at(x, top, self.near);
        let (_, foot) = view.at(x, alley.floor, self.near);
        let lit = wall.mix(ambience.key, 0.12 * ambience.key_strength);
        sheet.fill(view.wall(x, (top, alley.floor), span), Fill::vertical(roof, lit, foot, wall.scale(0.72)));
        glow.clear(view.wall(x, (top, alley.floor), span));
        let seam = [view.at(x, top, self.far), view.at(x, alley.floor, self.far)];
        sheet.line(seam[0], seam[1], 0.006 / self.far, ambience.deep, 0.7);
        let cornice = view.wall(x - self.side * 0.03, (top - 0.02, top + 0.03), span);
        let cap = if ambience.snow > 0.0 { ambience.snow_tone() } else { wall.scale(0.7) };
        sheet.fill(cornice, cap);
        for storey in 1..self.storeys {
            self.windows(sheet, glow, ambience, alley, view, &mut chance, storey, wall);
        }
        self.shop(sheet, glow, ambience, alley, view, &mut chance, wall);
        self.fittings(sheet, ambience, alley, view, &mut chance);
        self.signs(sheet, glow, ambience, alley, view, &mut chance);
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "both sheets, the light, the place and the choice of a storey"
    )]
    fn windows(
        &self,
        sheet: &mut Sheet,
        glow: &mut Sheet,
        ambience: &Ambience,
        alley: &Alley,
        view: View,
        chance: &mut Chance,
        storey: u32,
        wall: Tone,
    ) {
        let x = self.side * alley.half;
        let bottom = alley.floor - STOREY * (storey as f32 + 0.28);
        let heights = (bottom - STOREY * 0.46, bottom);
        let count = (((self.far - self.near) / 0.3) as u32).clamp(1, 3);
        for i in 0..count {
            let length = (self.far - self.near) / count as f32;
            let from = self.near + length * (i as f32 + 0.22);
            let span = (from, from + length * 0.56);
            let frame = (heights.0 - 0.02, heights.1 + 0.03);
            sheet.fill(view.wall(x, frame, (span.0 - 0.015, span.1 + 0.015)), wall.scale(0.62));
            let lit = chance.happens(0.15 + 0.5 * ambience.lamps);
            let light = ambience.window_light(chance);
            let pane = ambience.sky[1].mix(ambience.deep, 0.45 + 0.3 * ambience.dark);
            let shown = if lit { light.mix(pane, 0.75 - 0.65 * ambience.lamps) } else { pane };
            sheet.fill(view.wall(x, heights, span), shown);
            if lit {
                glow.fill(view.wall(x, heights, span), Fill::Flat(light, 0.2 * ambience.lamps));
            }
            let middle = f32::midpoint(span.0, span.1);
            sheet.line(
                view.at(x, heights.0, middle),
                view.at(x, heights.1, middle),
                0.007 / middle,
                wall.scale(0.5),
                1.0,
            );
            if chance.happens(0.35) {
                // A balcony of bars.
                let out = x - self.side * 0.09;
                let rail = (heights.1 - 0.16, heights.1 + 0.02);
                sheet.fill(
                    view.wall(out, rail, (span.0 - 0.04, span.1 + 0.04)),
                    Fill::Flat(ambience.deep, 0.75),
                );
                let edge = [view.at(out, rail.0, span.0 - 0.04), view.at(out, rail.0, span.1 + 0.04)];
                sheet.line(
                    edge[0],
                    edge[1],
                    0.01 / span.0,
                    ambience.rim(-self.side),
                    0.35 * ambience.key_strength,
                );
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "both sheets, the light, the place and the wall's tone")]
    fn shop(
        &self,
        sheet: &mut Sheet,
        glow: &mut Sheet,
        ambience: &Ambience,
        alley: &Alley,
        view: View,
        chance: &mut Chance,
        wall: Tone,
    ) {
        let x = self.side * alley.half;
        let (near, far) = (self.near + 0.05 * self.near.max(0.5), self.far - 0.04 * self.far);
        if far <= near {
            return;
        }
        let heights = (alley.floor - STOREY * 0.74, alley.floor - 0.02);
        let open = near > 0.62 && chance.happens(0.7);
        let light = ambience.window_light(chance).mix(ambience.lamp, 0.35);
        if open {
            let power = 0.3 + 0.55 * ambience.lamps;
            let inside = light.mix(wall.scale(0.5), 1.0 - power);
            let (_, upper) = view.at(x, heights.0, near);
            let (_, lower) = view.at(x, heights.1, near);
            sheet.fill(
                view.wall(x, heights, (near, far)),
                Fill::vertical(upper, inside, lower, inside.multiply(Tone::hex(0xc8_88_60)).scale(0.72)),
            );
            glow.fill(view.wall(x, heights, (near, far)), Fill::Flat(light, 0.08 * power));
            wares(sheet, ambience, view, chance, x, heights, (near, far));
            for bar in 0..4 {
                let z = near + (far - near) * bar as f32 / 3.0;
                sheet.line(view.at(x, heights.0, z), view.at(x, heights.1, z), 0.012 / z, ambience.deep, 1.0);
            }
            let sill = alley.floor - STOREY * 0.2;
            sheet.fill(
                view.wall(x, (sill, heights.1), (near, near + (far - near) * 0.64)),
                ambience.deep.mix(wall, 0.35),
            );
            let (gx, gy) = view.at(x, f32::midpoint(heights.0, heights.1), f32::midpoint(near, far));
            let size = 0.55 / near.max(0.5);
            glow.glow(gx, gy, size * 0.8, size, light, 0.14 * power * ambience.bloom, Blend::Add);
        } else {
            sheet.fill(view.wall(x, heights, (near, far)), ambience.deep.mix(wall, 0.3));
            for slat in 0..9 {
                let y = heights.0 + (heights.1 - heights.0) * slat as f32 / 9.0;
                sheet.line(
                    view.at(x, y, near),
                    view.at(x, y, far),
                    0.004 / near.max(0.5),
                    wall.scale(0.8),
                    0.5,
                );
            }
        }
        // An awning of stripes or one colour over the window.
        if near > 0.75 && chance.happens(0.6) {
            let own = ambience.accent(chance.index(4)).mix(Tone::hex(0x40_38_48), 0.35);
            let cloth = ambience.through_air(ambience.local(own), ((near - 0.6) / END).clamp(0.0, 0.8));
            let out = x - self.side * 0.2;
            let (high, low) = (heights.0 - 0.05, heights.0 + 0.1);
            let strips = 8;
            for strip in 0..strips {
                let at = |i: i32| near + (far - near) * i as f32 / strips as f32;
                let (a, b) = (at(strip), at(strip + 1));
                let tone = if strip % 2 == 0 {
                    cloth
                } else {
                    cloth.mix(Tone::WHITE.multiply(ambience.ambient), 0.4)
                };
                let quad =
                    [view.at(x, high, a), view.at(x, high, b), view.at(out, low, b), view.at(out, low, a)];
                sheet.polygon(&quad, tone);
            }
            let valance = view.wall(out, (low, low + 0.05), (near, far));
            sheet.fill(valance, cloth.scale(0.72));
            if ambience.snow > 0.0 {
                let quad = [
                    view.at(x, high - 0.02, near),
                    view.at(x, high - 0.02, far),
                    view.at(out, low - 0.02, far),
                    view.at(out, low - 0.02, near),
                ];
                sheet.polygon(&quad, Fill::Flat(ambience.snow_tone(), 0.9));
            }
        }
    }

    /// Pipes and air conditioners on the wall.
    fn fittings(
        &self,
        sheet: &mut Sheet,
        ambience: &Ambience,
        alley: &Alley,
        view: View,
        chance: &mut Chance,
    ) {
        let x = self.side * alley.half;
        let z = self.far - 0.06 * self.far;
        let pipe = ambience.deep.mix(ambience.near, 0.3);
        let top = alley.floor - STOREY * self.storeys as f32;
        sheet.line(view.at(x, top, z), view.at(x, alley.floor, z), 0.016 / z, pipe, 1.0);
        for _ in 0..chance.count(0, 2) {
            let z = self.near + (self.far - self.near) * chance.range(0.2, 0.8);
            let y = alley.floor - STOREY * chance.range(1.0, 1.25);
            let (left, upper, w, h) = view.front((x - self.side * 0.11, x), (y - 0.11, y), z);
            let body = ambience.mass(((z - 0.6) / END).clamp(0.0, 0.8)).mix(ambience.haze, 0.2);
            sheet.fill(view.wall(x - self.side * 0.11, (y - 0.11, y), (z, z + 0.16)), body.scale(0.8));
            sheet.fill(rounded(left, upper, w, h, 0.01 / z), body);
            let r = h * 0.34;
            sheet.ellipse(left + w / 2.0, upper + h / 2.0, r, r, ambience.deep);
        }
    }

    fn signs(
        &self,
        sheet: &mut Sheet,
        glow: &mut Sheet,
        ambience: &Ambience,
        alley: &Alley,
        view: View,
        chance: &mut Chance,
    ) {
        let x = self.side * alley.half;
        let z = self.near + (self.far - self.near) * chance.range(0.25, 0.6);
        let tone = ambience.accent(chance.index(6));
        if z < 0.8 {
            return;
        }
        let inner = x - self.side * 0.02;
        // The tubes colour the wall around them.
        let (wx, wy) = view.at(x, alley.floor - STOREY * 1.1, z);
        sheet.glow(wx, wy, 0.5 / z, 0.6 / z, tone, 0.34 * ambience.lamps, Blend::Atop);
        if chance.happens(0.72) {
            let width = chance.range(0.11, 0.16) * alley.room();
            let bottom = alley.floor - STOREY * chance.range(0.82, 1.0);
            let top = bottom - chance.range(0.4, 0.72) * alley.room();
            let area = view.front((inner - self.side * width, inner), (top, bottom), z);
            street::sign(sheet, glow, ambience, chance, area, tone);
        }
        if chance.happens(0.5) {
            let z = (z + 0.2).min(self.far);
            let width = chance.range(0.22, 0.3) * alley.room();
            let bottom = alley.floor - STOREY * chance.range(1.4, 1.9);
            let area =
                view.front((inner - self.side * width, inner), (bottom - 0.13 * alley.room(), bottom), z);
            let tone = ambience.accent(chance.index(6));
            street::sign(sheet, glow, ambience, chance, area, tone);
        }
        if chance.happens(0.55) {
            self.lantern(sheet, glow, ambience, alley, view, z);
        }
    }

    /// A round paper lantern by the door.
    fn lantern(
        &self,
        sheet: &mut Sheet,
        glow: &mut Sheet,
        ambience: &Ambience,
        alley: &Alley,
        view: View,
        z: f32,
    ) {
        let (cx, cy) = view.at(self.side * (alley.half - 0.1), alley.floor - STOREY * 0.66, z);
        let r = 0.045 * alley.room() / z;
        let red = Tone::hex(0xff_6a_3c).mix(ambience.lamp, 0.35);
        let power = 0.35 + 0.65 * ambience.lamps;
        sheet.line((cx, cy - r * 2.4), (cx, cy + r * 1.7), r * 0.08, ambience.deep, 1.0);
        let body = red.mix(ambience.local(red), 1.0 - power);
        sheet.ellipse(cx, cy, r, r * 1.25, Fill::vertical(cy - r, body.mix(Tone::WHITE, 0.25), cy + r, body));
        for rib in -2..=2 {
            let y = cy + r * 0.42 * rib as f32;
            let half = r * (1.0 - 0.16 * (rib * rib) as f32).max(0.0).sqrt();
            sheet.line((cx - half, y), (cx + half, y), r * 0.05, body.scale(0.7), 0.7);
        }
        for cap in [-1.22, 1.1] {
            sheet.rect(cx - r * 0.42, cy + r * cap, r * 0.84, r * 0.2, ambience.deep, 1.0, Blend::Over);
        }
        glow.glow(cx, cy, r * 3.6, r * 3.6, red, 0.55 * power * ambience.bloom, Blend::Add);
    }
}

/// Dark shapes of goods and guests behind the pane.
fn wares(
    sheet: &mut Sheet,
    ambience: &Ambience,
    view: View,
    chance: &mut Chance,
    x: f32,
    (top, bottom): (f32, f32),
    (near, far): (f32, f32),
) {
    let shade = ambience.deep.mix(Tone::hex(0x6a_3a_24), 0.5);
    for shelf in [0.32, 0.52] {
        let y = top + (bottom - top) * shelf;
        sheet.line(view.at(x, y, near), view.at(x, y, far), 0.006 / near, shade, 0.55);
        let count = chance.count(6, 10);
        for i in 0..count {
            let z = near + (far - near) * (i as f32 + chance.range(0.1, 0.6)) / count as f32;
            let high = chance.range(0.04, 0.11);
            sheet.fill(view.wall(x, (y - high, y), (z, z + (far - near) * 0.05)), Fill::Flat(shade, 0.5));
        }
    }
}
