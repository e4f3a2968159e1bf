//! The shell of the room: walls, floor, the pictures on the wall and the lights along it.

use super::{Room, SKIRTING};
use crate::brush::{Blend, Fill, Sheet, smooth_path};
use crate::chance::Chance;
use crate::set::{Layer, Motion};
use crate::tone::Tone;

impl Room<'_> {
    /// The wall with the window cut out of it, and the floor.
    pub(super) fn shell(&self, chance: &mut Chance) -> Layer {
        let ambience = &self.ambience;
        let (mut sheet, mut glow) = (Sheet::new(self.ctx), Sheet::new(self.ctx));
        let (wide, high) = self.staging.reach;
        let (left, top, width, height) = self.window;
        let (right, sill) = (left + width, top + height);
        let (upper, lower) = (self.wall.scale(0.78), self.wall);
        let wall = Fill::vertical(-0.5, upper, SKIRTING, lower);
        let area = |sheet: &mut Sheet, l: f32, t: f32, r: f32, b: f32| {
            sheet.polygon(&[(l, t), (r, t), (r, b), (l, b)], wall);
        };
        area(&mut sheet, -wide, -high, wide, top);
        area(&mut sheet, -wide, sill, wide, SKIRTING);
        area(&mut sheet, -wide, top - 0.002, left, sill + 0.002);
        area(&mut sheet, right, top - 0.002, wide, sill + 0.002);
        // Panelling below, a picture rail above.
        let seam = self.wall.scale(0.72);
        sheet.rect(
            -wide,
            SKIRTING - 0.034,
            2.0 * wide,
            0.034,
            self.wall.mix(self.wood, 0.25).scale(0.82),
            1.0,
            Blend::Over,
        );
        sheet.rect(
            -wide,
            SKIRTING - 0.036,
            2.0 * wide,
            0.003,
            self.wall.mix(ambience.key, 0.25),
            0.7,
            Blend::Over,
        );
        self.floor(&mut sheet, chance);
        self.pictures(&mut sheet, chance, seam);
        // Light of the window on the wall around it, and of the lamp.
        let (cx, cy) = (left + width / 2.0, top + height * 0.55);
        sheet.glow(cx, cy, width * 1.25, height * 1.3, ambience.key, 0.34 * self.daylight, Blend::Atop);
        let (lx, ly) = self.lamp_at();
        sheet.glow(lx, ly, 0.62, 0.52, self.lamp, 0.62 * self.evening, Blend::Atop);
        glow.glow(lx, ly, 0.5, 0.42, self.lamp, 0.17 * self.evening, Blend::Add);
        sheet.wash(&[(-high, ambience.deep, 0.55), (-0.30, ambience.deep, 0.0)], Blend::Atop);
        self.frame(&mut sheet);
        if self.evening > 0.5 && chance.happens(0.6) {
            self.fairy_lights(&mut sheet, &mut glow, chance);
        }
        sheet.into_lit_layer(glow, "wall", 0.78, Motion::Still)
    }

    fn floor(&self, sheet: &mut Sheet, chance: &mut Chance) {
        let ambience = &self.ambience;
        let (wide, high) = self.staging.reach;
        let far = self.wood.mix(self.wall, 0.2).scale(0.82);
        sheet.polygon(
            &[(-wide, SKIRTING), (wide, SKIRTING), (wide, high), (-wide, high)],
            Fill::vertical(SKIRTING, far, 0.55, self.wood.scale(0.52)),
        );
        // Boards run to a point behind the window.
        let eye = (self.window.0 + self.window.2 / 2.0, -0.12);
        for board in -26..=26 {
            let x = board as f32 * 0.085;
            let along = |y: f32| eye.0 + (x - eye.0) * (y - eye.1) / (SKIRTING - eye.1);
            sheet.line((along(SKIRTING), SKIRTING), (along(high), high), 0.0022, self.wood.scale(0.36), 0.55);
            if chance.happens(0.5) {
                let next = |y: f32| eye.0 + (x + 0.085 - eye.0) * (y - eye.1) / (SKIRTING - eye.1);
                let tone =
                    if chance.happens(0.5) { self.wood.scale(0.5) } else { self.wood.mix(ambience.key, 0.2) };
                sheet.polygon(
                    &[
                        (along(SKIRTING), SKIRTING),
                        (next(SKIRTING), SKIRTING),
                        (next(high), high),
                        (along(high), high),
                    ],
                    Fill::Flat(tone, 0.16),
                );
            }
        }
        // A rug where one stands.
        let (rx, ry) = ((0.46 * self.staging.scale).min(self.staging.half * 0.8), 0.062);
        let y = self.staging.ground + 0.005;
        let rug = ambience.local(ambience.accent(1)).mix(self.wall, 0.5).scale(0.75);
        sheet.ellipse(0.0, y + 0.006, rx * 1.01, ry, Fill::Flat(ambience.deep, 0.5));
        sheet.ellipse(0.0, y, rx, ry, rug);
        sheet.ellipse(0.0, y, rx * 0.86, ry * 0.82, rug.mix(self.lamp, 0.16));
        sheet.ellipse(0.0, y, rx * 0.78, ry * 0.72, rug);
        let (lx, _) = self.lamp_at();
        sheet.glow(lx, SKIRTING + 0.08, 0.45, 0.12, self.lamp, 0.4 * self.evening, Blend::Atop);
    }

    fn pictures(&self, sheet: &mut Sheet, chance: &mut Chance, seam: Tone) {
        let ambience = &self.ambience;
        let (left, _, width, _) = self.window;
        let spans = [(-self.staging.half * 1.1, left - 0.10), (left + width + 0.10, self.staging.half * 1.1)];
        for (from, to) in spans {
            let room = to - from;
            if room < 0.10 {
                continue;
            }
            for _ in 0..chance.count(2, 4) {
                let (w, h) = (chance.range(0.06, 0.12).min(room * 0.7), chance.range(0.08, 0.16));
                let x = chance.range(from, (to - w).max(from + 0.001));
                let y = chance.range(-0.34, -0.12);
                let index = chance.index(3);
                let paper = ambience.local(ambience.accent(index)).mix(self.wall, 0.45);
                sheet.rect(x + 0.004, y + 0.005, w, h, ambience.deep, 0.35, Blend::Over);
                sheet.rect(x, y, w, h, paper, 1.0, Blend::Over);
                match chance.index(3) {
                    // A record, a range of hills, a pattern of bars.
                    0 => {
                        let r = w.min(h) * 0.34;
                        sheet.ellipse(x + w / 2.0, y + h / 2.0, r, r, paper.scale(0.45));
                        sheet.ellipse(
                            x + w / 2.0,
                            y + h / 2.0,
                            r * 0.35,
                            r * 0.35,
                            paper.mix(Tone::WHITE, 0.3),
                        );
                    }
                    1 => {
                        let hills = [
                            (x, y + h),
                            (x, y + h * 0.7),
                            (x + w * 0.35, y + h * 0.42),
                            (x + w * 0.6, y + h * 0.66),
                            (x + w * 0.8, y + h * 0.5),
                            (x + w, y + h * 0.72),
                            (x + w, y + h),
                        ];
                        sheet.polygon(&hills, paper.scale(0.6));
                        sheet.ellipse(
                            x + w * 0.66,
                            y + h * 0.27,
                            w * 0.12,
                            w * 0.12,
                            paper.mix(Tone::WHITE, 0.4),
                        );
                    }
                    _ => {
                        for bar in 0..5 {
                            let tall = h * chance.range(0.15, 0.65);
                            sheet.rect(
                                x + w * (0.14 + 0.15 * bar as f32),
                                y + h * 0.85 - tall,
                                w * 0.09,
                                tall,
                                paper.scale(0.6),
                                1.0,
                                Blend::Over,
                            );
                        }
                    }
                }
                sheet.rect(x, y, w, 0.003, seam, 0.5, Blend::Over);
            }
        }
    }

    fn fairy_lights(&self, sheet: &mut Sheet, glow: &mut Sheet, chance: &mut Chance) {
        let ambience = &self.ambience;
        let (left, top, width, _) = self.window;
        let (from, to) = (left - 0.12, left + width + 0.12);
        let hang = |t: f32| top - 0.055 + 0.045 * (1.0 - (t * 4.0 - (t * 4.0).floor() - 0.5).abs() * 2.0);
        let wire: Vec<_> =
            (0..=64).map(|i| i as f32 / 64.0).map(|t| (from + (to - from) * t, hang(t))).collect();
        sheet.stroke(smooth_path(&wire, false), 0.0016, ambience.deep, 0.9);
        for i in 0..26 {
            let t = (i as f32 + 0.5) / 26.0;
            let (x, y) = (from + (to - from) * t, hang(t) + 0.006);
            let tone = if chance.happens(0.75) { self.lamp } else { ambience.accent(i) };
            sheet.ellipse(x, y, 0.0036, 0.0044, tone.mix(Tone::WHITE, 0.5));
            sheet.glow(x, y, 0.022, 0.022, tone, 0.5 * self.evening, Blend::Over);
            glow.glow(x, y, 0.034, 0.034, tone, 0.5 * self.evening, Blend::Add);
        }
    }
}
