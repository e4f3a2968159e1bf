//! The window: what it looks out on, the weather on its glass, its frame and curtains.

use super::{Room, SKIRTING, VIEW};
use crate::brush::{Blend, Fill, Sheet, smooth_path};
use crate::chance::Chance;
use crate::places::flora;
use crate::places::terrain::Crest;
use crate::set::{Layer, Motion};
use crate::tone::Tone;
use mv_core::vocabulary::Weather;

impl Room<'_> {
    /// What the window looks out on: roofs and lit windows, or hills.
    pub(super) fn outside(&self, chance: &mut Chance) -> Layer {
        let ambience = &self.ambience;
        let (mut sheet, mut glow) = (Sheet::new(self.ctx), Sheet::new(self.ctx));
        let (left, top, width, height) = self.window;
        let sill = top + height + 0.02;
        if chance.happens(0.65) {
            for (distance, low, high) in [(0.85, 0.16, 0.30), (0.55, 0.08, 0.24)] {
                let mut x = left - 0.1;
                while x < left + width + 0.1 {
                    let (w, h) = (chance.range(0.035, 0.085), chance.range(low, high));
                    let tone = ambience.mass(distance);
                    sheet.rect(x, sill - h, w, h + 0.1, tone, 1.0, Blend::Over);
                    let mut y = sill - h + 0.014;
                    while y < sill {
                        let mut wx = x + 0.008;
                        while wx < x + w - 0.010 {
                            if chance.happens(0.42 * ambience.lamps) {
                                let light = ambience.window_light(chance);
                                sheet.rect(wx, y, 0.006, 0.008, tone.mix(light, 0.9), 1.0, Blend::Over);
                                glow.rect(wx, y, 0.006, 0.008, light, 0.3, Blend::Add);
                            }
                            wx += 0.0125;
                        }
                        y += 0.018;
                    }
                    x += w + chance.range(0.0, 0.012);
                }
            }
        } else {
            for (distance, level) in [(0.9, 0.03), (0.6, 0.055)] {
                let crest = Crest::new(chance, VIEW - 0.04 + level, 0.045, 2.4, 3);
                let tone = ambience
                    .through_air(ambience.near.mix(ambience.local(Tone::hex(0x4c_6a_48)), 0.5), distance);
                crest.fill(&mut sheet, tone, tone.mix(ambience.haze, 0.3), 0.1);
            }
            for i in 0..3 {
                let x = left + width * (0.12 + 0.35 * i as f32 + 0.1 * chance.unit());
                let leaf = ambience.mass(0.35);
                flora::conifer(&mut sheet, (x, sill), chance.range(0.14, 0.24), leaf, chance);
            }
        }
        sheet.into_lit_layer(glow, "outside", 0.35, Motion::Still)
    }

    /// What the weather leaves on the glass.
    pub(super) fn pane(&self, chance: &mut Chance) -> Layer {
        let ambience = &self.ambience;
        let mut sheet = Sheet::new(self.ctx);
        let (left, top, width, height) = self.window;
        let light = ambience.haze.mix(Tone::WHITE, 0.35);
        match self.ctx.weather {
            Weather::Rain => {
                sheet.rect(left, top, width, height, ambience.haze, 0.12, Blend::Over);
                for _ in 0..190 {
                    let (x, y) = (left + width * chance.unit(), top + height * chance.unit());
                    let r = 0.0012 + 0.0034 * chance.unit() * chance.unit();
                    sheet.ellipse(x, y, r, r * 1.25, Fill::Flat(ambience.deep, 0.28));
                    sheet.ellipse(x - r * 0.25, y - r * 0.35, r * 0.6, r * 0.6, Fill::Flat(light, 0.75));
                }
                for _ in 0..22 {
                    let (x, y) = (left + width * chance.unit(), top + height * chance.unit() * 0.7);
                    let run = [
                        (x, y),
                        (x + 0.004 * chance.spread(), y + 0.05),
                        (x + 0.006 * chance.spread(), y + chance.range(0.08, 0.2)),
                    ];
                    sheet.stroke(smooth_path(&run, false), 0.0022, light, 0.42);
                    let (ex, ey) = run[2];
                    sheet.ellipse(ex, ey, 0.0034, 0.005, Fill::Flat(light, 0.7));
                }
            }
            Weather::Snow => {
                // Frost grows in from the corners.
                for (cx, cy) in
                    [(left, top + height), (left + width, top + height), (left, top), (left + width, top)]
                {
                    sheet.glow(cx, cy, 0.16, 0.12, Tone::WHITE.multiply(ambience.haze), 0.7, Blend::Over);
                }
                sheet.rect(left, top + height - 0.02, width, 0.02, ambience.snow_tone(), 0.95, Blend::Over);
            }
            _ => sheet.rect(left, top, width, height, ambience.haze, 0.35, Blend::Over),
        }
        // Nothing beyond the frame.
        sheet.into_layer("pane", 0.72, Motion::Still)
    }

    /// The window's frame, bars and sill, with a plant on it.
    pub(super) fn frame(&self, sheet: &mut Sheet) {
        let ambience = &self.ambience;
        let (left, top, width, height) = self.window;
        let paint = self.wall.mix(Tone::WHITE.multiply(ambience.ambient), 0.35).scale(0.85);
        let dark = paint.scale(0.55);
        let t = 0.016;
        for (x, y, w, h) in [
            (left - t, top - t, width + 2.0 * t, t),
            (left - t, top + height, width + 2.0 * t, t * 0.6),
            (left - t, top - t, t, height + 2.0 * t),
            (left + width, top - t, t, height + 2.0 * t),
        ] {
            sheet.rect(x, y, w, h, paint, 1.0, Blend::Over);
        }
        let bars = if width > 0.5 { 3 } else { 2 };
        for bar in 1..bars {
            let x = left + width * bar as f32 / bars as f32;
            sheet.rect(x - 0.006, top, 0.012, height, paint.scale(0.9), 1.0, Blend::Over);
            sheet.rect(x + 0.003, top, 0.003, height, dark, 0.8, Blend::Over);
        }
        let y = top + height * 0.36;
        sheet.rect(left, y - 0.005, width, 0.010, paint.scale(0.9), 1.0, Blend::Over);
        sheet.rect(left, y + 0.003, width, 0.002, dark, 0.8, Blend::Over);
        // Inner edges catch the light from outside.
        let rim = 0.6 * ambience.key_strength;
        sheet.rect(left - 0.003, top, 0.003, height, ambience.key, rim, Blend::Over);
        sheet.rect(left + width, top, 0.003, height, ambience.key, rim, Blend::Over);
        let sill = top + height + 0.006;
        sheet.rect(left - 0.045, sill, width + 0.09, 0.020, paint, 1.0, Blend::Over);
        sheet.rect(left - 0.045, sill, width + 0.09, 0.003, ambience.key, rim, Blend::Over);
        sheet.rect(left - 0.045, sill + 0.018, width + 0.09, 0.006, dark, 1.0, Blend::Over);
    }

    pub(super) fn curtains(&self, chance: &mut Chance) -> Layer {
        let ambience = &self.ambience;
        let mut sheet = Sheet::new(self.ctx);
        let (left, top, width, height) = self.window;
        let own = [
            ambience.accent(0).mix(Tone::hex(0xe8_dc_d0), 0.6),
            Tone::hex(0xd8_cc_c0),
            Tone::hex(0x8a_8c_a8),
        ][chance.index(3)];
        let cloth = ambience.local(own).scale(0.72);
        let (y0, y1) = (top - 0.05, (top + height + 0.10).min(SKIRTING - 0.02));
        sheet.rect(
            left - 0.16,
            y0 - 0.006,
            width + 0.32,
            0.008,
            ambience.deep.mix(self.wood, 0.3),
            1.0,
            Blend::Over,
        );
        for side in [-1.0, 1.0] {
            let edge = if side < 0.0 { left - 0.02 } else { left + width + 0.02 };
            let folds = 6;
            for fold in 0..folds {
                let t = fold as f32 / folds as f32;
                let (a, b) =
                    (edge + side * (0.12 - 0.15 * t), edge + side * (0.12 - 0.15 * (t + 1.0 / folds as f32)));
                let drape = 0.004 * chance.spread();
                let strip =
                    [(a, y0), (b, y0), (b - side * 0.012 + drape, y1), (a + side * 0.004 + drape, y1)];
                let tone = if fold % 2 == 0 { cloth } else { cloth.scale(0.8) };
                // The inner folds let the light through.
                let through = ambience.key.mix(cloth, 0.45);
                let lit = tone.mix(through, t * t * 0.75 * self.daylight);
                sheet.polygon(&strip, Fill::vertical(y0, lit.scale(0.9), y1, lit));
            }
        }
        let (lx, ly) = self.lamp_at();
        sheet.glow(lx, ly, 0.5, 0.4, self.lamp, 0.35 * self.evening, Blend::Atop);
        sheet.into_layer("curtains", 0.82, Motion::Sway { amplitude: 0.0025, beats: 8.0 })
    }
}
