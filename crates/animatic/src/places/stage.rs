//! A concert stage before a crowd: a wall of light, trusses and beams, smoke, and raised hands in front.

mod crowd;
mod screen;

use crate::ambience::Ambience;
use crate::brush::{Blend, Fill, Sheet, rounded};
use crate::chance::{Chance, Noise};
use crate::places::staging::Staging;
use crate::set::{Air, KeyLight, Layer, Motion, PaintContext, Set};
use crate::sky::{self, SkyPlan};
use crate::tone::{Tone, smooth_step};
use mv_core::vocabulary::{Lighting, Weather};

/// Where the stage's platform meets the wall behind it, its front edge, and the height of the truss.
const BACK: f32 = 0.25;
const EDGE: f32 = 0.44;

/// The stage's measures and its two colours of light.
struct Hall {
    half: f32,
    truss: f32,
    hues: [Tone; 2],
    white: Tone,
    /// How much the stage's own light outshines the hour.
    power: f32,
}

/// Paints the place.
pub(super) fn paint(ctx: &PaintContext<'_>) -> Set {
    let ambience = Ambience::of(ctx);
    let staging = Staging::new(ctx, 0.385, 0.44);
    let mut chance = Chance::new(ctx.seed, "stage");
    let turn = chance.index(ambience.accents.len());
    let hues = match ctx.lighting {
        Lighting::Golden | Lighting::Candle => [Tone::hex(0xff_a8_4c), Tone::hex(0xff_d6_90)],
        Lighting::Moonlight => [Tone::hex(0x6c_9c_ff), Tone::hex(0xb8_d0_ff)],
        _ => [ambience.accent(turn), ambience.accent(turn + 1)],
    };
    let hall = Hall {
        half: staging.half * 0.84,
        truss: -0.37,
        hues,
        white: Tone::hex(0xff_f4_e2).mix(ambience.key, 0.25),
        power: 0.55 + 0.45 * ambience.dark.max(ambience.lamps),
    };
    let plan = SkyPlan::new(ctx, 0.2);
    let sky = sky::paint(ctx, &ambience, &plan);
    let mut layers = sky.layers;
    layers.push(screen::wall(ctx, &ambience, &staging, &hall, &mut chance));
    layers.push(beams(ctx, &ambience, &hall, &mut chance, true));
    layers.push(truss(ctx, &ambience, &staging, &hall));
    layers.push(platform(ctx, &ambience, &staging, &hall, &mut chance));
    let slot = layers.len();
    layers.push(beams(ctx, &ambience, &hall, &mut chance, false));
    layers.push(apron(ctx, &ambience, &staging, &hall));
    layers.push(crowd::crowd(ctx, &ambience, &staging, &hall, &mut chance, crowd::Rank::Far));
    layers.push(crowd::crowd(ctx, &ambience, &staging, &hall, &mut chance, crowd::Rank::Near));
    let silhouette = ctx.lighting == Lighting::Silhouette;
    let light = KeyLight {
        x: 0.0,
        y: if silhouette { 0.0 } else { hall.truss },
        behind: silhouette || ctx.lighting != Lighting::Spotlight,
        color: hall.hues[0].mix(hall.white, 0.45).into(),
        ambient: ambience.ambient.mix(hall.hues[1], 0.3 * hall.power).into(),
        strength: 0.95,
    };
    let mut set = staging.set(ctx, layers, slot, 0.2, light);
    set.air.push(if ctx.intensity > 0.7 && ctx.weather != Weather::Rain { Air::Confetti } else { Air::Haze });
    set
}

/// Shafts of light through the smoke: from the truss behind the figures, or from the floor and the sides before them.
fn beams(
    ctx: &PaintContext<'_>,
    ambience: &Ambience,
    hall: &Hall,
    chance: &mut Chance,
    behind: bool,
) -> Layer {
    let sheet = Sheet::new(ctx);
    let mut glow = Sheet::new(ctx);
    let haze = (0.2 + 0.14 * ambience.fog + 0.06 * ambience.wet) * (0.6 + 0.4 * ctx.intensity) * hall.power;
    let spot = ambience.lighting == Lighting::Spotlight;
    if behind {
        let count = 7;
        let spread = chance.range(0.25, 0.6);
        for i in 0..count {
            let t = (i as f32 + 0.5) / count as f32 * 2.0 - 1.0;
            let x = t * hall.half * 0.92;
            let lean = t * spread + chance.spread() * 0.06;
            let tone = if spot { hall.white } else { hall.hues[i % 2] };
            shaft(&mut glow, (x, hall.truss + 0.03), (x + lean, 0.56), 0.012, 0.1, tone, haze);
        }
    } else {
        // Two or three crossing beams from the front corners, and the spot on the figure.
        for side in [-1.0, 1.0] {
            let x = side * hall.half * 1.02;
            for (reach, up) in [(0.55, -0.62), (0.95, -0.5)] {
                let tone = hall.hues[usize::from(reach > 0.7)];
                shaft(
                    &mut glow,
                    (x, EDGE - 0.03),
                    (x - side * reach * hall.half, up),
                    0.01,
                    0.08,
                    tone,
                    haze * 0.6,
                );
            }
        }
        if spot || chance.happens(0.5) {
            let third = hall.half / 0.84 / 3.0;
            let x = Chance::new(ctx.seed, "spots").side() * third;
            shaft(
                &mut glow,
                (x * 0.4, -0.62),
                (x, EDGE),
                0.02,
                0.17,
                hall.white,
                haze * if spot { 1.5 } else { 0.8 },
            );
        }
    }
    let motion = Motion::Sway { amplitude: if behind { 0.012 } else { 0.008 }, beats: 8.0 };
    sheet.into_lit_layer(
        glow,
        if behind { "back beams" } else { "front beams" },
        if behind { 0.55 } else { 1.0 },
        motion,
    )
}

/// One shaft: bright in the middle, soft at the sides, fading along.
fn shaft(
    glow: &mut Sheet,
    from: (f32, f32),
    to: (f32, f32),
    narrow: f32,
    broad: f32,
    tone: Tone,
    strength: f32,
) {
    for (share, part) in [(1.0, 0.3), (0.66, 0.34), (0.34, 0.4)] {
        let (a, b) = (narrow * share, broad * share);
        let cone = [(from.0 - a, from.1), (from.0 + a, from.1), (to.0 + b, to.1), (to.0 - b, to.1)];
        glow.polygon(
            &cone,
            Fill::Graded {
                from,
                to,
                first: (tone, strength * part * 2.0),
                last: (tone, strength * part * 0.1),
            },
        );
    }
    glow.glow(from.0, from.1, narrow * 6.0, narrow * 6.0, tone, (strength * 2.5).min(0.8), Blend::Add);
}

/// Truss towers and the bridge of lamps across.
fn truss(ctx: &PaintContext<'_>, ambience: &Ambience, staging: &Staging, hall: &Hall) -> Layer {
    let (mut sheet, mut glow) = (Sheet::new(ctx), Sheet::new(ctx));
    let metal = ambience.deep.mix(ambience.near, 0.4);
    let rim = hall.hues[1];
    let (thick, y) = (0.06, hall.truss);
    lattice(&mut sheet, (-hall.half - 0.02, y - thick), (hall.half + 0.02, y), true, metal, rim);
    for side in [-1.0, 1.0] {
        let x = side * hall.half;
        lattice(&mut sheet, (x - 0.03, y), (x + 0.03, BACK + 0.2), false, metal, rim);
        // Arrays of loudspeakers hang in a curve outside of the towers.
        let s = staging.scale;
        for cabinet in 0..6 {
            let t = cabinet as f32;
            let left = side * (hall.half + 0.085 - 0.002 * t * t) - 0.045 * s;
            let top = y + 0.02 + 0.05 * s * t;
            sheet.fill(rounded(left, top, 0.09 * s, 0.045 * s, 0.004), ambience.deep.scale(0.8));
            sheet.rect(left + 0.006, top + 0.006, 0.09 * s - 0.012, 0.002, metal, 0.8, Blend::Over);
        }
        sheet.line(
            (side * (hall.half + 0.085), y - 0.02),
            (side * (hall.half + 0.085), y + 0.03),
            0.004,
            metal,
            1.0,
        );
    }
    if ambience.snow > 0.0 {
        sheet.rect(
            -hall.half - 0.02,
            y - thick - 0.008,
            2.0 * hall.half + 0.04,
            0.011,
            ambience.snow_tone(),
            0.95,
            Blend::Over,
        );
    }
    let lamps = 9;
    for lamp in 0..lamps {
        let x = hall.half * 0.95 * ((lamp as f32 + 0.5) / lamps as f32 * 2.0 - 1.0);
        let tone = hall.hues[lamp % 2];
        sheet.fill(rounded(x - 0.013, y - 0.004, 0.026, 0.034, 0.007), ambience.deep);
        sheet.ellipse(x, y + 0.03, 0.012, 0.006, tone.mix(Tone::WHITE, 0.6));
        glow.glow(x, y + 0.032, 0.055, 0.055, tone, 0.75 * hall.power * ambience.bloom, Blend::Add);
    }
    sheet.into_lit_layer(glow, "truss", 0.6, Motion::Still)
}

/// A lattice girder between two corners.
fn lattice(
    sheet: &mut Sheet,
    (left, top): (f32, f32),
    (right, bottom): (f32, f32),
    level: bool,
    tone: Tone,
    rim: Tone,
) {
    let (long, short) = if level { (right - left, bottom - top) } else { (bottom - top, right - left) };
    let at = |along: f32, across: f32| {
        if level { (left + along, top + across) } else { (left + across, top + along) }
    };
    for across in [0.0, short] {
        sheet.line(at(0.0, across), at(long, across), 0.007, tone, 1.0);
    }
    sheet.line(at(0.0, 0.0), at(long, 0.0), 0.0018, rim, 0.6);
    let bays = (long / short).round().max(1.0) as u32;
    for bay in 0..bays {
        let (a, b) = (long * bay as f32 / bays as f32, long * (bay + 1) as f32 / bays as f32);
        let (near, far) = if bay % 2 == 0 { (0.0, short) } else { (short, 0.0) };
        sheet.line(at(a, near), at(b, far), 0.0045, tone, 1.0);
        sheet.line(at(a, 0.0), at(a, short), 0.004, tone, 1.0);
    }
}

/// The platform with the drum riser, amplifiers, and pools of light.
fn platform(
    ctx: &PaintContext<'_>,
    ambience: &Ambience,
    staging: &Staging,
    hall: &Hall,
    chance: &mut Chance,
) -> Layer {
    let (mut sheet, mut glow) = (Sheet::new(ctx), Sheet::new(ctx));
    let (_, high) = staging.reach;
    let s = staging.scale;
    let floor = ambience.deep.mix(hall.hues[0], 0.12);
    let back = floor.mix(hall.hues[0], 0.3 * hall.power);
    sheet.wash(
        &[(BACK, back, 1.0), (BACK + 0.1, floor.mix(hall.hues[1], 0.12), 1.0), (high, floor.scale(0.7), 1.0)],
        Blend::Over,
    );
    for i in -9..=9 {
        let x = i as f32 * 0.16;
        sheet.line((x * 0.75, BACK), (x * 1.25, high), 0.0016, ambience.deep.scale(0.6), 0.6);
    }
    // The screen's light on the boards.
    for i in 0..5 {
        let x = hall.half * (i as f32 / 2.0 - 1.0) * 0.8;
        sheet.glow(x, BACK + 0.05, 0.22, 0.1, hall.hues[i % 2], 0.4 * hall.power, Blend::Atop);
    }
    if ambience.wet > 0.0 {
        for i in 0..9 {
            let x = hall.half * 0.95 * ((i as f32 + 0.5) / 9.0 * 2.0 - 1.0);
            sheet.glow(x, BACK + 0.1, 0.02, 0.17, hall.hues[i % 2].mix(Tone::WHITE, 0.3), 0.55, Blend::Atop);
        }
    }
    let dark = ambience.deep.scale(0.75);
    let side = -Chance::new(ctx.seed, "spots").side();
    drums(&mut sheet, ambience, (side * hall.half * 0.12, BACK + 0.075), s, dark, hall);
    for at in [-0.66, -0.5, 0.52, 0.68] {
        let x = at * hall.half;
        let tall = chance.range(0.09, 0.14) * s;
        let width = 0.09 * s;
        sheet.fill(rounded(x - width / 2.0, BACK + 0.06 - tall, width, tall, 0.005), dark);
        sheet.rect(
            x - width / 2.0,
            BACK + 0.06 - tall,
            width,
            0.003,
            hall.hues[1],
            0.6 * hall.power,
            Blend::Over,
        );
        let r = width * 0.3;
        sheet.ellipse(x, BACK + 0.06 - tall * 0.45, r, r.min(tall * 0.36), dark.mix(ambience.near, 0.4));
        sheet.ellipse(x + width * 0.36, BACK + 0.063 - tall * 0.9, 0.003, 0.003, hall.hues[0]);
    }
    // Low smoke along the back.
    let noise = Noise::new(chance.seed());
    let smoke = hall.hues[0].mix(Tone::WHITE, 0.25).mix(ambience.haze, 0.3);
    sheet.field((BACK - 0.12, BACK + 0.16), 6, Blend::Over, |x, y| {
        let billow = noise.fractal(x * 5.0, y * 9.0, 4);
        let body = smooth_step(BACK - 0.12, BACK + 0.02, y) * smooth_step(BACK + 0.16, BACK + 0.05, y);
        (smoke, 0.55 * body * smooth_step(0.35, 0.75, billow))
    });
    glow.glow(0.0, BACK + 0.03, hall.half, 0.12, hall.hues[0], 0.16 * hall.power, Blend::Add);
    sheet.into_lit_layer(glow, "platform", 0.85, Motion::Still)
}

fn drums(sheet: &mut Sheet, ambience: &Ambience, (x, foot): (f32, f32), s: f32, dark: Tone, hall: &Hall) {
    let riser = [
        (x - 0.2 * s, foot),
        (x - 0.18 * s, foot - 0.035 * s),
        (x + 0.18 * s, foot - 0.035 * s),
        (x + 0.2 * s, foot),
    ];
    sheet.polygon(&riser, dark);
    sheet.line(riser[1], riser[2], 0.003, hall.hues[0], 0.8 * hall.power);
    let base = foot - 0.035 * s;
    let shell = dark.mix(hall.hues[0], 0.35);
    sheet.ellipse(x, base - 0.048 * s, 0.052 * s, 0.05 * s, shell);
    sheet.ellipse(x, base - 0.048 * s, 0.043 * s, 0.041 * s, dark.mix(ambience.near, 0.5));
    for (dx, dy, w) in
        [(-0.06, -0.105, 0.032), (0.055, -0.105, 0.032), (0.105, -0.055, 0.038), (-0.105, -0.06, 0.03)]
    {
        sheet
            .fill(rounded(x + (dx - w) * s, base + dy * s, 2.0 * w * s, 0.042 * s, 0.006), shell.scale(0.85));
        sheet.rect(x + (dx - w) * s, base + dy * s, 2.0 * w * s, 0.004, hall.white, 0.5, Blend::Over);
    }
    for (dx, dy) in [(-0.14, -0.16), (0.145, -0.165), (0.0, -0.19)] {
        sheet.line((x + dx * s, base), (x + dx * s, base + dy * s), 0.0025, dark, 1.0);
        let (cx, cy) = (x + dx * s, base + dy * s);
        sheet.polygon(
            &[
                (cx - 0.05 * s, cy + 0.008 * s),
                (cx, cy - 0.006 * s),
                (cx + 0.05 * s, cy + 0.002 * s),
                (cx, cy + 0.007 * s),
            ],
            Tone::hex(0xd8_a8_48).mix(dark, 0.35),
        );
    }
}

/// The stage's front edge with monitors and its skirt.
fn apron(ctx: &PaintContext<'_>, ambience: &Ambience, staging: &Staging, hall: &Hall) -> Layer {
    let (mut sheet, mut glow) = (Sheet::new(ctx), Sheet::new(ctx));
    let (wide, high) = staging.reach;
    let s = staging.scale;
    let dark = ambience.deep.scale(0.6);
    sheet.wash(&[(EDGE, dark, 1.0), (high, dark.scale(0.6), 1.0)], Blend::Over);
    sheet.rect(-wide, EDGE, 2.0 * wide, 0.0035, hall.hues[0], 0.8, Blend::Over);
    glow.rect(-wide, EDGE, 2.0 * wide, 0.0035, hall.hues[0], 0.6 * hall.power, Blend::Add);
    glow.glow(0.0, EDGE, wide, 0.05, hall.hues[0], 0.16 * hall.power, Blend::Add);
    for at in [-0.62, -0.1, 0.44, 0.86] {
        let x = at * hall.half;
        let wedge = [
            (x - 0.05 * s, EDGE + 0.004),
            (x - 0.036 * s, EDGE - 0.035 * s),
            (x + 0.04 * s, EDGE - 0.02 * s),
            (x + 0.05 * s, EDGE + 0.004),
        ];
        sheet.polygon(&wedge, dark);
        sheet.line(wedge[1], wedge[2], 0.0022, hall.hues[1], 0.6 * hall.power);
    }
    sheet.into_lit_layer(glow, "apron", 1.05, Motion::Still)
}
