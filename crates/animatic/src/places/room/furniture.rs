//! What stands in the room: bed, desk, lamp, plants, and what is near the lens.

use super::{Room, SKIRTING};
use crate::brush::{Blend, Fill, Sheet, rounded, smooth_path};
use crate::chance::Chance;
use crate::set::{Layer, Motion};
use crate::tone::Tone;

impl Room<'_> {
    /// Bed on one side, desk with lamp on the other.
    pub(super) fn furniture(&self, chance: &mut Chance) -> Layer {
        let ambience = &self.ambience;
        let (mut sheet, mut glow) = (Sheet::new(self.ctx), Sheet::new(self.ctx));
        let (half, s, side) = (self.staging.half, self.staging.scale, self.side);
        let at = |x: f32| side * x;
        // Bed: headboard at the wall's end, mattress, blanket, pillows.
        let foot = SKIRTING + 0.105;
        let (outer, inner) = (half * 1.25, (half - 0.46 * s).max(half * 0.42));
        let frame = self.wood.scale(0.7);
        let linen = ambience.local(Tone::hex(0xd8_d2_d6)).scale(0.62);
        let blanket = ambience.local(ambience.accent(2)).mix(self.wall, 0.45).scale(0.8);
        sheet.glow(
            at(f32::midpoint(outer, inner)),
            foot + 0.01,
            (outer - inner) * 0.62,
            0.035,
            ambience.deep,
            0.7,
            Blend::Over,
        );
        let quad = |a: f32, b: f32, top: f32, bottom: f32| {
            [(at(a), top), (at(b), top), (at(b), bottom), (at(a), bottom)]
        };
        sheet.polygon(&quad(inner, outer, foot - 0.085, foot - 0.02), frame);
        sheet.polygon(&quad(inner + 0.015, inner + 0.035, foot - 0.03, foot + 0.015), frame.scale(0.7));
        let mattress = [
            (at(inner - 0.005), foot - 0.068),
            (at(inner + 0.01), foot - 0.145),
            (at(outer), foot - 0.150),
            (at(outer), foot - 0.065),
        ];
        sheet.polygon(&mattress, linen);
        let spread = [
            (at(inner - 0.012), foot - 0.042),
            (at(inner - 0.002), foot - 0.120),
            (at(inner + 0.03), foot - 0.158),
            (at(inner + 0.16), foot - 0.166),
            (at(inner + 0.30 * s), foot - 0.160),
            (at(inner + 0.33 * s), foot - 0.110),
            (at(inner + 0.28 * s), foot - 0.036),
            (at(inner + 0.12), foot - 0.048),
        ];
        sheet.fill(
            smooth_path(&spread, true),
            Fill::vertical(foot - 0.17, blanket.mix(self.lamp, 0.12), foot - 0.03, blanket.scale(0.7)),
        );
        for fold in 0..3 {
            let x = inner + 0.06 + 0.07 * fold as f32 * s;
            let line = [(at(x), foot - 0.150), (at(x + 0.02), foot - 0.10), (at(x + 0.005), foot - 0.055)];
            sheet.stroke(smooth_path(&line, false), 0.003, blanket.scale(0.6), 0.6);
        }
        for (x, y) in [(inner + 0.40 * s, foot - 0.172), (inner + 0.47 * s, foot - 0.185)] {
            let pillow = [
                (at(x - 0.055), y + 0.02),
                (at(x - 0.04), y - 0.018),
                (at(x + 0.03), y - 0.026),
                (at(x + 0.06), y + 0.012),
                (at(x + 0.02), y + 0.03),
            ];
            sheet.fill(smooth_path(&pillow, true), linen.mix(ambience.key, 0.12));
        }
        self.desk(&mut sheet, &mut glow, chance);
        sheet.edge_light(
            (if self.window.0 + self.window.2 / 2.0 > at(inner) { 0.003 } else { -0.003 }, -0.003),
            ambience.key,
            0.4 * self.daylight,
        );
        sheet.into_lit_layer(glow, "furniture", 0.92, Motion::Still)
    }

    fn desk(&self, sheet: &mut Sheet, glow: &mut Sheet, chance: &mut Chance) {
        let ambience = &self.ambience;
        let (s, side) = (self.staging.scale, -self.side);
        let (lx, _) = self.lamp_at();
        let top = SKIRTING - 0.085 * s;
        let (inner, outer) = (lx - side * 0.19 * s, lx + side * 0.40);
        let (left, right) = (inner.min(outer), inner.max(outer));
        let foot = SKIRTING + 0.085;
        let wood = self.wood.scale(0.8);
        sheet.glow(lx, foot, 0.30 * s, 0.03, ambience.deep, 0.6, Blend::Over);
        for leg in [inner + side * 0.015, inner + side * 0.33 * s] {
            sheet.rect(leg - 0.007, top, 0.014, foot - top, wood.scale(0.6), 1.0, Blend::Over);
        }
        let drawers = inner + side * 0.24 * s;
        let (a, b) = (drawers.min(outer), drawers.max(outer));
        sheet.rect(a, top, b - a, foot - top - 0.01, wood.scale(0.72), 1.0, Blend::Over);
        for drawer in 0..3 {
            let y = top + 0.03 + drawer as f32 * (foot - top - 0.04) / 3.0;
            sheet.rect(a + 0.008, y, b - a, 0.003, wood.scale(0.42), 0.8, Blend::Over);
        }
        sheet.rect(
            left - 0.012,
            top - 0.014,
            right - left + 0.02,
            0.018,
            wood.mix(self.lamp, 0.2 * self.evening),
            1.0,
            Blend::Over,
        );
        sheet.rect(
            left - 0.012,
            top - 0.014,
            right - left + 0.02,
            0.003,
            self.lamp,
            0.5 * self.evening,
            Blend::Over,
        );
        // Books, a cup, a small keyboard's screen: what a musician keeps on a desk.
        let mut x = lx + side * 0.075 * s;
        for _ in 0..chance.count(4, 6) {
            let (w, h) = (chance.range(0.008, 0.016), chance.range(0.05, 0.085) * s);
            let index = chance.index(3);
            let spine =
                ambience.local(ambience.accent(index)).mix(self.wood, 0.45).scale(chance.range(0.6, 0.95));
            sheet.rect(x.min(x + side * w), top - 0.014 - h, w, h, spine, 1.0, Blend::Over);
            x += side * (w + 0.001);
        }
        let screen = (inner + side * 0.055 * s, top - 0.014);
        let glass = ambience.accent(1).mix(Tone::WHITE, 0.35);
        let (w, h) = (0.085 * s, 0.055 * s);
        let corner = screen.0.min(screen.0 + side * w);
        sheet.fill(rounded(corner, screen.1 - h, w, h, 0.005), ambience.deep);
        sheet.fill(
            rounded(corner + 0.004, screen.1 - h + 0.004, w - 0.008, h - 0.010, 0.003),
            glass.scale(0.35 + 0.35 * self.evening),
        );
        for bar in 0..9 {
            let tall = h * chance.range(0.12, 0.6);
            sheet.rect(
                corner + 0.010 + bar as f32 * (w - 0.02) / 9.0,
                screen.1 - h * 0.5 - tall / 2.0,
                (w - 0.02) / 16.0,
                tall,
                glass,
                0.9,
                Blend::Over,
            );
        }
        glow.glow(
            screen.0 + side * w / 2.0,
            screen.1 - h / 2.0,
            0.10,
            0.08,
            glass,
            0.22 * self.evening,
            Blend::Add,
        );
        self.lamp_of(sheet, glow, top - 0.014);
    }

    fn lamp_of(&self, sheet: &mut Sheet, glow: &mut Sheet, foot: f32) {
        let (x, y) = self.lamp_at();
        let s = self.staging.scale;
        let metal = self.ambience.deep.mix(self.wood, 0.3);
        sheet.ellipse(x, foot - 0.003, 0.030 * s, 0.007, metal);
        sheet.line((x, foot - 0.005), (x, y), 0.005, metal, 1.0);
        let on = self.evening;
        let shade = self.lamp.mix(Tone::WHITE, 0.25).scale(0.45 + 0.55 * on);
        let cone = [
            (x - 0.030 * s, y - 0.040 * s),
            (x + 0.030 * s, y - 0.040 * s),
            (x + 0.056 * s, y + 0.030 * s),
            (x - 0.056 * s, y + 0.030 * s),
        ];
        sheet.polygon(
            &cone,
            Fill::vertical(
                y - 0.04 * s,
                shade.mix(self.lamp, 0.4),
                y + 0.03 * s,
                shade.mix(Tone::WHITE, 0.4 * on),
            ),
        );
        sheet.glow(x, y + 0.07 * s, 0.16, 0.12, self.lamp, 0.35 * on, Blend::Atop);
        glow.glow(x, y, 0.17, 0.15, self.lamp, 0.55 * on, Blend::Add);
    }

    /// A plant in one corner and the dark edge of a shelf or chair in the other, near the lens.
    pub(super) fn foreground(&self, chance: &mut Chance) -> Layer {
        let ambience = &self.ambience;
        let mut sheet = Sheet::new(self.ctx);
        let (half, s) = (self.staging.half, self.staging.scale);
        let dark = ambience.deep.mix(self.wall, 0.12);
        let side = chance.side();
        let x = side * half * 0.93;
        let leaf = dark.mix(ambience.local(Tone::hex(0x3e_6a_4a)), 0.32);
        for frond in 0..11 {
            let t = frond as f32 / 10.0 * 2.0 - 1.0;
            let reach = chance.range(0.26, 0.42) * s;
            let tip = (x + t * reach * 0.95, 0.40 - reach * (1.15 - 0.75 * t * t));
            let mid = (x + t * reach * 0.35, 0.40 - reach * 0.75);
            let wide = 0.026 * s;
            let blade = [(x, 0.45), (mid.0 - wide, mid.1), (tip.0, tip.1), (mid.0 + wide, mid.1 + 0.01)];
            sheet.fill(smooth_path(&blade, true), leaf.scale(chance.range(0.75, 1.15)));
        }
        let pot =
            [(x - 0.085 * s, 0.43), (x + 0.085 * s, 0.43), (x + 0.065 * s, 0.66), (x - 0.065 * s, 0.66)];
        sheet.polygon(&pot, dark);
        let glint = if self.window.0 + self.window.2 / 2.0 > x { 0.0035 } else { -0.0035 };
        sheet.edge_light((glint, -0.0025), ambience.key.mix(self.lamp, 0.5 * self.evening), 0.45);
        sheet.soften(0.0028);
        sheet.into_layer("plant", 1.4, Motion::Sway { amplitude: 0.002, beats: 8.0 })
    }
}
