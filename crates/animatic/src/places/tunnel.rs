//! A road tunnel lined with lights: rings and strips of light run to a bright exit, dashes of it stream past.

use crate::ambience::Ambience;
use crate::brush::{Blend, Fill, Sheet, polygon, rounded, smooth_path};
use crate::chance::Chance;
use crate::places::perspective::View;
use crate::places::staging::Staging;
use crate::set::{Air, Layer, Motion, PaintContext, Set};
use crate::tone::{Tone, ramp};
use mv_core::vocabulary::{Lighting, Weather};
use tiny_skia::{Path, PathBuilder};

/// Where the tunnel opens again, in distances of the figure from the camera.
const EXIT: f32 = 14.0;

/// The bore: half its width, the height of its floor, of the line where its vault springs, and of its crown.
struct Bore {
    view: View,
    half: f32,
    floor: f32,
    spring: f32,
    crown: f32,
}

impl Bore {
    /// The outline of a cross-section, `inset` inside the wall.
    fn section(&self, z: f32, inset: f32) -> Vec<(f32, f32)> {
        let half = self.half - inset;
        let steps = 28;
        let mut points = vec![self.view.at(-half, self.floor, z)];
        points.extend((0..=steps).map(|i| {
            let (sin, cos) = quarter_turns(2.0 * i as f32 / steps as f32);
            self.view.at(-half * cos, self.spring + (self.crown + inset - self.spring) * sin, z)
        }));
        points.push(self.view.at(half, self.floor, z));
        points
    }

    /// A ring of the lining between two distances, as two outlines.
    fn ring(&self, near: f32, far: f32, inset: f32) -> Option<Path> {
        let mut points = self.section(near, inset);
        points.extend(self.section(far, inset).into_iter().rev());
        polygon(&points)
    }

    /// A strip along the tunnel at a place of its cross-section, 0 at the left foot, 1 at the right.
    fn strip(&self, at: f32, width: f32, near: f32, far: f32) -> Option<Path> {
        let (a, b) = (self.on_section(at - width / 2.0, near), self.on_section(at + width / 2.0, near));
        let (c, d) = (self.on_section(at + width / 2.0, far), self.on_section(at - width / 2.0, far));
        polygon(&[a, b, c, d])
    }

    fn on_section(&self, at: f32, z: f32) -> (f32, f32) {
        let outline = self.section(z, 0.012);
        let last = outline.len() - 1;
        let position = at.clamp(0.0, 1.0) * last as f32;
        let i = (position as usize).min(last - 1);
        let t = position - i as f32;
        let ((x0, y0), (x1, y1)) = (outline[i], outline[i + 1]);
        (x0 + (x1 - x0) * t, y0 + (y1 - y0) * t)
    }
}

/// Sine and cosine of an angle in quarter turns from −cos: 0 at the left, 1 at the top, 2 at the right.
fn quarter_turns(turns: f32) -> (f32, f32) {
    let angle = turns * std::f32::consts::FRAC_PI_2;
    // Rounded: the last bits of a sine differ between platforms.
    let round = |v: f32| (v * 65536.0).round() / 65536.0;
    (round(angle.sin()), round(angle.cos()))
}

/// Paints the place.
pub(super) fn paint(ctx: &PaintContext<'_>) -> Set {
    let ambience = Ambience::of(ctx);
    let staging = Staging::new(ctx, 0.44, 0.46);
    let mut chance = Chance::new(ctx.seed, "tunnel");
    let horizon = 0.1;
    let bore = Bore {
        view: View::new(0.0, horizon),
        half: (staging.half * 0.82).max(0.36),
        floor: staging.ground - horizon,
        spring: -0.08 - 0.12 * (1.0 - staging.scale),
        crown: -0.52 - 0.3 * (1.0 - staging.scale),
    };
    let style = chance.index(3);
    let hues = if matches!(ctx.lighting, Lighting::Natural | Lighting::Golden | Lighting::Candle) {
        [Tone::hex(0xff_b0_50).mix(ambience.accent(0), 0.3), Tone::hex(0xff_d8_98)]
    } else {
        [ambience.accent(0), ambience.accent(1)]
    };
    let mut layers = vec![
        exit(ctx, &ambience, &bore),
        lining(ctx, &ambience, &bore, hues),
        road(ctx, &ambience, &bore, hues, style, &mut chance),
        lights(ctx, &ambience, &bore, hues, style),
        streaks(ctx, &ambience, &bore, hues, &mut chance),
    ];
    let slot = layers.len();
    layers.push(portal(ctx, &ambience, &staging, &bore, hues));
    let mut light = ambience.key_light(0.0, horizon, true);
    light.color = exit_tone(&ambience).mix(hues[0], 0.35).into();
    light.strength = light.strength.max(0.75);
    let mut set = staging.set(ctx, layers, slot, horizon, light);
    set.air.push(if ctx.weather == Weather::Fog { Air::Haze } else { Air::Dust });
    set
}

/// The light at the end: day outside, or the glow of the night city.
fn exit_tone(ambience: &Ambience) -> Tone {
    let sky = ramp(&ambience.sky, 0.85).mix(ambience.key, 0.35);
    sky.mix(Tone::WHITE, 0.3 * (1.0 - ambience.dark)).mix(ambience.accent(0), 0.45 * ambience.dark)
}

fn exit(ctx: &PaintContext<'_>, ambience: &Ambience, bore: &Bore) -> Layer {
    let (mut sheet, mut glow) = (Sheet::new(ctx), Sheet::new(ctx));
    let (_, high) = sheet.reach();
    let dark = ambience.deep.mix(Tone::hex(0x10_0c_1c), 0.4);
    sheet.wash(&[(-high - 0.01, dark, 1.0), (high + 0.01, dark.scale(0.7), 1.0)], Blend::Over);
    let (x, y) = (bore.view.x, bore.view.y);
    let light = exit_tone(ambience);
    for (z, share) in [(EXIT * 0.62, 0.25), (EXIT * 0.75, 0.5), (EXIT, 1.0)] {
        sheet.polygon(&bore.section(z, 0.0), dark.mix(light, share));
    }
    let core = Fill::vertical(y - 0.05, light, y + 0.03, light.mix(Tone::WHITE, 0.55));
    sheet.polygon(&bore.section(EXIT, 0.0), core);
    glow.glow(x, y - 0.01, 0.5, 0.42, light, 0.32 * ambience.bloom, Blend::Add);
    glow.glow(x, y - 0.01, 0.14, 0.12, light.mix(Tone::WHITE, 0.4), 0.5 * ambience.bloom, Blend::Add);
    sheet.into_lit_layer(glow, "exit", 0.05, Motion::Still)
}

/// Walls and vault: panels that darken away from each lamp, and lines that run to the vanishing point.
fn lining(ctx: &PaintContext<'_>, ambience: &Ambience, bore: &Bore, hues: [Tone; 2]) -> Layer {
    let mut sheet = Sheet::new(ctx);
    let (wide, high) = sheet.reach();
    let own = ambience.local(Tone::hex(0x54_50_65)).mix(ambience.near, 0.55).mix(ambience.deep, 0.25);
    let near = own.scale(0.62);
    let frame = [(-wide, -high), (wide, -high), (wide, high), (-wide, high)];
    let mut whole = PathBuilder::new();
    whole.move_to(frame[0].0, frame[0].1);
    for point in &frame[1..] {
        whole.line_to(point.0, point.1);
    }
    whole.close();
    let panels = 30;
    let distance = |i: f32| 0.5 * (EXIT / 0.5_f32).powf_steps(i / panels as f32);
    sheet.fill(whole.finish(), near);
    for panel in 0..panels {
        let (a, b) = (distance(panel as f32), distance(panel as f32 + 1.0));
        let depth = panel as f32 / panels as f32;
        let bounce = hues[panel % 2].mix(hues[0], 0.7);
        let body = own.mix(exit_tone(ambience), 0.55 * depth * depth).mix(bounce, 0.07 + 0.14 * depth);
        let body = body.scale(if panel % 2 == 0 { 0.97 } else { 1.03 } * (0.66 + 0.34 * depth));
        sheet.fill(bore.ring(a, b * 1.01, 0.0), body);
    }
    // The lower wall is tiled and brighter.
    for side in [-1.0, 1.0] {
        let x = side * (bore.half - 0.004);
        let band = (bore.floor - 0.24, bore.floor - 0.02);
        let tile = own.mix(Tone::WHITE.multiply(ambience.ambient), 0.14).mix(hues[0], 0.05);
        sheet.fill(
            bore.view.wall(x, band, (0.45, EXIT)),
            Fill::Graded {
                from: bore.view.at(x, 0.0, 0.6),
                to: bore.view.at(x, 0.0, EXIT),
                first: (tile.scale(0.55), 0.9),
                last: (tile.mix(exit_tone(ambience), 0.6), 0.9),
            },
        );
        for row in 1..4 {
            let y = band.0 + (band.1 - band.0) * row as f32 / 4.0;
            sheet.line(bore.view.at(x, y, 0.45), bore.view.at(x, y, EXIT), 0.0016, ambience.deep, 0.45);
        }
        for joint in 0..26 {
            let z = distance(joint as f32 * 1.1 + 1.5);
            sheet.line(bore.view.at(x, band.0, z), bore.view.at(x, band.1, z), 0.003 / z, ambience.deep, 0.4);
        }
    }
    for at in [0.2, 0.33, 0.67, 0.8] {
        let (from, to) = (bore.on_section(at, 0.45), bore.on_section(at, EXIT));
        sheet.line(from, to, 0.0028, ambience.deep, 0.6);
    }
    sheet.clear(polygon(&bore.section(EXIT * 0.98, 0.0)));
    sheet.into_layer("lining", 0.45, Motion::Still)
}

/// Powers by repeated square roots and products, which every platform rounds alike.
trait PowfSteps {
    fn powf_steps(self, exponent: f32) -> f32;
}

impl PowfSteps for f32 {
    fn powf_steps(self, exponent: f32) -> f32 {
        let whole = exponent.floor();
        let mut result = (0..whole as u32).fold(1.0_f32, |product, _| product * self);
        let (mut rest, mut root) = (exponent - whole, self);
        for _ in 0..12 {
            rest *= 2.0;
            root = root.sqrt();
            if rest >= 1.0 {
                rest -= 1.0;
                result *= root;
            }
        }
        result
    }
}

fn road(
    ctx: &PaintContext<'_>,
    ambience: &Ambience,
    bore: &Bore,
    hues: [Tone; 2],
    style: usize,
    chance: &mut Chance,
) -> Layer {
    let (mut sheet, mut glow) = (Sheet::new(ctx), Sheet::new(ctx));
    let view = bore.view;
    let asphalt = ambience.deep.mix(ambience.near, 0.4);
    let light = exit_tone(ambience);
    let (_, back) = view.at(0.0, bore.floor, EXIT);
    let (_, high) = sheet.reach();
    let fill = Fill::vertical(back, asphalt.mix(light, 0.55), back + 0.16, asphalt);
    sheet.fill(view.floor(bore.floor, (-bore.half, bore.half), (0.3, EXIT)), fill);
    sheet.wash(&[(back + 0.15, ambience.deep, 0.0), (high, ambience.deep, 0.75)], Blend::Atop);
    // The exit's light lies along the road.
    sheet.glow(view.x, back, bore.half * 0.5, high - back, light, 0.4, Blend::Atop);
    let polish = 0.16 + 0.4 * ambience.wet;
    let mirrored = Bore { view: view.mirrored(bore.floor), ..*bore };
    let (mut mirror, mut bloom) = (Sheet::new(ctx), Sheet::new(ctx));
    paint_lights(&mut mirror, &mut bloom, ambience, &mirrored, hues, style);
    mirror.add(bloom.pixmap(), 0.8);
    sheet.ripple(&mirror.into_pixmap(), back, polish, 0.012 + 0.01 * ambience.wet, chance.seed());
    for side in [-1.0, 1.0] {
        let x = side * bore.half * 0.86;
        let line = ambience.local(Tone::hex(0xf0_e8_e0)).mix(hues[0], 0.45);
        sheet.fill(view.floor(bore.floor, (x - 0.011, x + 0.011), (0.3, EXIT)), Fill::Flat(line, 0.85));
        // A kerb with a strip of light beneath its edge.
        let kerb = view.wall(side * bore.half, (bore.floor - 0.035, bore.floor), (0.3, EXIT));
        sheet.fill(kerb, ambience.deep.mix(hues[1], 0.25));
        let strip =
            view.wall(side * (bore.half - 0.002), (bore.floor - 0.04, bore.floor - 0.03), (0.3, EXIT));
        sheet.fill(strip.clone(), hues[1].mix(Tone::WHITE, 0.3));
        glow.fill(strip, Fill::Flat(hues[1], 0.7));
    }
    sheet.into_lit_layer(glow, "road", 0.8, Motion::Still)
}

/// Lamps on the lining: full rings, a row of tubes, or strips in pairs.
fn lights(ctx: &PaintContext<'_>, ambience: &Ambience, bore: &Bore, hues: [Tone; 2], style: usize) -> Layer {
    let (mut sheet, mut glow) = (Sheet::new(ctx), Sheet::new(ctx));
    paint_lights(&mut sheet, &mut glow, ambience, bore, hues, style);
    sheet.into_lit_layer(glow, "lights", 0.5, Motion::Still)
}

fn paint_lights(
    sheet: &mut Sheet,
    glow: &mut Sheet,
    ambience: &Ambience,
    bore: &Bore,
    hues: [Tone; 2],
    style: usize,
) {
    let step = if style == 0 { 1.36 } else { 1.28_f32 };
    for i in (0..13_usize).rev() {
        let z = 0.85 * step.powf_steps(i as f32);
        if z > EXIT * 0.9 {
            continue;
        }
        let tone = hues[i % 2];
        let tube = tone.mix(Tone::WHITE, 0.32);
        let near = (1.0 / z).min(1.0);
        match style {
            0 => {
                sheet.fill(bore.ring(z, z * 1.035, 0.012), tube);
                glow.fill(bore.ring(z, z * 1.05, 0.006), Fill::Flat(tone, 0.38));
                glow.fill(bore.ring(z * 0.95, z * 1.12, 0.0), Fill::Flat(tone, 0.12));
            }
            1 => {
                sheet.fill(bore.strip(0.5, 0.075, z, z * 1.12), tube);
                let (x, y) = bore.on_section(0.5, z * 1.06);
                let size = 0.34 * near;
                glow.glow(x, y, size, size * 0.55, tone, 0.55 * ambience.bloom, Blend::Add);
            }
            _ => {
                for at in [0.3, 0.7] {
                    sheet.fill(bore.strip(at, 0.05, z, z * 1.14), tube);
                    let (x, y) = bore.on_section(at, z * 1.07);
                    let size = 0.26 * near;
                    glow.glow(x, y, size, size, tone, 0.5 * ambience.bloom, Blend::Add);
                }
            }
        }
        let (fx, fy) = bore.view.at(0.0, bore.floor, z);
        glow.glow(fx, fy, 0.5 * near, 0.07 * near, tone, 0.1, Blend::Add);
    }
}

/// Dashes of light that stream out of the vanishing point along road, walls and vault.
fn streaks(
    ctx: &PaintContext<'_>,
    ambience: &Ambience,
    bore: &Bore,
    hues: [Tone; 2],
    chance: &mut Chance,
) -> Layer {
    let (mut sheet, mut glow) = (Sheet::new(ctx), Sheet::new(ctx));
    let view = bore.view;
    let paint = ambience.local(Tone::hex(0xf4_ee_e6)).mix(hues[1], 0.35);
    for mark in 0..8 {
        let z = 1.0 * 1.5_f32.powf_steps(mark as f32);
        for lane in [-0.28, 0.28] {
            let x = lane * bore.half;
            sheet.fill(view.floor(bore.floor, (x - 0.012, x + 0.012), (z, z * 1.22)), Fill::Flat(paint, 0.9));
        }
    }
    let count = 50 + (ctx.intensity * 50.0) as u32;
    for _ in 0..count {
        let at = chance.range(0.05, 0.95);
        if (0.46..0.54).contains(&at) {
            continue;
        }
        let z = 1.2 + 9.0 * chance.unit() * chance.unit();
        let long = chance.range(1.15, 1.6);
        let tone = hues[chance.index(2)].mix(Tone::WHITE, 0.25);
        let strip = bore.strip(at, chance.range(0.0012, 0.0035), z, z * long);
        sheet.fill(strip.clone(), Fill::Flat(tone, 0.7));
        glow.fill(strip, Fill::Flat(tone, 0.4));
    }
    sheet.into_lit_layer(glow, "streaks", 0.6, Motion::Approach { scale: 2.2, beats: 4.0 })
}

/// The nearest arch, out of focus, framing the picture, and a parked car's shoulder.
fn portal(
    ctx: &PaintContext<'_>,
    ambience: &Ambience,
    staging: &Staging,
    bore: &Bore,
    hues: [Tone; 2],
) -> Layer {
    let (mut sheet, mut glow) = (Sheet::new(ctx), Sheet::new(ctx));
    let (wide, high) = staging.reach;
    let tone = ambience.deep.scale(0.45);
    let z = 0.82;
    let mut outline = bore.section(z, 0.02);
    outline.insert(0, bore.view.at(-bore.half + 0.02, 1.0, z));
    outline.push(bore.view.at(bore.half - 0.02, 1.0, z));
    let mut path = PathBuilder::new();
    path.move_to(-wide, high);
    for point in [(-wide, -high), (wide, -high), (wide, high)] {
        path.line_to(point.0, point.1);
    }
    for point in outline.iter().rev() {
        path.line_to(point.0, point.1);
    }
    path.close();
    sheet.fill(path.finish(), tone);
    let rim = smooth_path(&outline, false);
    sheet.stroke(rim.clone(), 0.006, hues[0].mix(tone, 0.35), 0.9);
    glow.stroke(rim, 0.012, hues[0], 0.3);
    sheet.fill(rounded(-wide, 0.56, 2.0 * wide, 0.2, 0.02), tone);
    sheet.soften(0.006);
    glow.soften(0.01);
    sheet.into_lit_layer(glow, "portal", 1.35, Motion::Still)
}
