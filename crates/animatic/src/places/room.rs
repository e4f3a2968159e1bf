//! A bedroom with a window: the world outside, light that falls in, a bed, a desk, a lamp, plants and pictures.

mod furniture;
mod walls;
mod window;

use crate::ambience::Ambience;
use crate::brush::{Fill, Sheet};
use crate::chance::Chance;
use crate::places::staging::Staging;
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
}
