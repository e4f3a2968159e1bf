//! A bedroom with a window: the world outside, light that falls in, a bed, a desk, a lamp, plants and pictures.

use crate::ambience::Ambience;
use crate::brush::{Blend, Fill, Sheet, rounded, smooth_path};
use crate::chance::Chance;
use crate::places::flora;
use crate::places::staging::Staging;
use crate::places::terrain::Crest;
use crate::set::{Air, KeyLight, Layer, Motion, PaintContext, Set};
use crate::sky::{self, SkyPlan};
use crate::tone::Tone;
use mv_core::Rgb;
use mv_core::vocabulary::{Lighting, Weather};

/// Where wall and floor meet.
const SKIRTING: f32 = 0.235;
const VIEW: f32 = 0.04;

struct Room<'a> {
    ctx: &'a PaintContext<'a>,
    ambience: Ambience,
    staging: Staging,
    /// The window's left, top, width and height.
    window: (f32, f32, f32, f32),
    wall: Tone,
    wood: Tone,
    lamp: Tone,
    /// How much the lamps do, 0–1, and how much light comes from outside.
    evening: f32,
    daylight: f32,
    /// The bed stands on this side (−1 left), the desk on the other.
    side: f32,
}

/// Paints the place.
pub(super) fn paint(ctx: &PaintContext<'_>) -> Set {
    let ambience = Ambience::of(ctx);
    let staging = Staging::new(ctx, 0.40, 0.58);
    let mut chance = Chance::new(ctx.seed, "room");
    let side = chance.side();
    let s = staging.scale;
    let width = (0.62 * s).min(staging.half * 1.15);
    let centre = -side * staging.half * 0.10;
    let window = (centre - width / 2.0, -0.36, width, 0.43);
    let plan = SkyPlan { sun_x: centre + side * width * 0.24, sun_height: 0.7, horizon: VIEW };
    let sky = sky::paint(ctx, &ambience, &plan);
    let own = [Tone::hex(0x6a_62_86), Tone::hex(0x7a_68_5e), Tone::hex(0x56_6e_72), Tone::hex(0x8a_66_66)]
        [chance.index(4)];
    let evening = ambience.lamps.max(if ctx.lighting == Lighting::Candle { 1.0 } else { 0.25 });
    // Indoors it is darker than out, and the more so the darker it is outside.
    let indoor = 0.62 - 0.14 * ambience.dark;
    let room = Room {
        wall: ambience.local(own).mix(ambience.near, 0.22).scale(indoor + 0.12 * evening),
        wood: ambience.local(Tone::hex(0x8a_60_44)).scale(indoor + 0.06),
        lamp: if ctx.lighting == Lighting::Neon {
            ambience.accent(0)
        } else {
            ambience.lamp.mix(Tone::hex(0xff_b0_66), 0.45)
        },
        daylight: ambience.key_strength * (1.0 - 0.45 * ambience.dark),
        evening,
        window,
        side,
        ctx,
        ambience,
        staging,
    };
    let mut layers = sky.layers;
    layers.push(room.outside(&mut chance));
    if matches!(ctx.weather, Weather::Rain | Weather::Snow | Weather::Fog) {
        layers.push(room.pane(&mut chance));
    }
    layers.push(room.shell(&mut chance));
    layers.push(room.curtains(&mut chance));
    layers.push(room.furniture(&mut chance));
    layers.push(room.beam());
    let slot = layers.len();
    layers.push(room.foreground(&mut chance));
    let light = room.light();
    let mut set = room.staging.set(ctx, layers, slot, 0.0, light);
    set.air = vec![Air::Dust];
    if ctx.lighting == Lighting::Candle || ctx.lighting == Lighting::Neon {
        set.air.push(Air::Bokeh);
    }
    set
}

impl Room<'_> {
    fn light(&self) -> KeyLight {
        let (x, y) = (self.window.0 + self.window.2 / 2.0, self.window.1 + self.window.3 * 0.4);
        let light = self.ambience.key_light(x, y, true);
        let indoors = self.evening > 0.85 && self.daylight < 0.62;
        if indoors {
            let (lx, ly) = self.lamp_at();
            let mix = |a: u8, b: u8| u8::midpoint(a, b);
            let warm = Rgb::from(self.lamp);
            let ambient = Rgb(
                mix(light.ambient.0, warm.0 / 3),
                mix(light.ambient.1, warm.1 / 3),
                mix(light.ambient.2, warm.2 / 3),
            );
            return KeyLight { x: lx, y: ly, color: warm, ambient, strength: 0.85, ..light };
        }
        light
    }

    fn lamp_at(&self) -> (f32, f32) {
        (-self.side * (self.staging.half * 0.80).min(0.72), SKIRTING - 0.29 * self.staging.scale)
    }

    /// What the window looks out on: roofs and lit windows, or hills.
    fn outside(&self, chance: &mut Chance) -> Layer {
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
    fn pane(&self, chance: &mut Chance) -> Layer {
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

    /// The wall with the window cut out of it, and the floor.
    fn shell(&self, chance: &mut Chance) -> Layer {
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

    /// The window's frame, bars and sill, with a plant on it.
    fn frame(&self, sheet: &mut Sheet) {
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

    fn curtains(&self, chance: &mut Chance) -> Layer {
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

    /// Bed on one side, desk with lamp on the other.
    fn furniture(&self, chance: &mut Chance) -> Layer {
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

    /// The window's light as it falls into the room: a slanted shaft, and its pattern on the floor.
    fn beam(&self) -> Layer {
        let ambience = &self.ambience;
        let (mut sheet, mut glow) = (Sheet::new(self.ctx), Sheet::new(self.ctx));
        let (left, top, width, height) = self.window;
        let slant = self.side * 0.24;
        let strength = self.daylight * (1.0 - 0.6 * ambience.wet);
        let bars = if width > 0.5 { 3 } else { 2 };
        for bar in 0..bars {
            let gap = 0.012;
            let a = left + width * bar as f32 / bars as f32 + gap;
            let b = left + width * (bar + 1) as f32 / bars as f32 - gap;
            let (far, near) = (SKIRTING + 0.045, SKIRTING + 0.235);
            let patch = [
                (a + slant * 0.6, far),
                (b + slant * 0.6, far),
                (b + slant * 1.25, near),
                (a + slant * 1.25, near),
            ];
            sheet.polygon(
                &patch,
                Fill::Graded {
                    from: (0.0, far),
                    to: (0.0, near),
                    first: (ambience.key, 0.34 * strength),
                    last: (ambience.key, 0.12 * strength),
                },
            );
            let shaft = [
                (a, top + height * 0.4),
                (b, top + height * 0.1),
                (b + slant * 1.1, near - 0.02),
                (a + slant * 0.8, far),
            ];
            let fill = |alpha: f32| Fill::Graded {
                from: (0.0, top),
                to: (0.0, near),
                first: (ambience.key, alpha),
                last: (ambience.key, 0.0),
            };
            sheet.polygon(&shaft, fill(0.15 * strength));
            glow.polygon(&shaft, fill(0.10 * strength));
        }
        sheet.soften(0.006);
        glow.soften(0.010);
        sheet.into_lit_layer(glow, "window light", 0.95, Motion::Still)
    }

    /// A plant in one corner and the dark edge of a shelf or chair in the other, near the lens.
    fn foreground(&self, chance: &mut Chance) -> Layer {
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
