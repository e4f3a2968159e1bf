//! A concert stage before a crowd: a wall of light, trusses and beams, smoke, and raised hands in front.

use crate::ambience::Ambience;
use crate::brush::{Blend, Fill, Sheet, rounded, smooth_path};
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
    layers.push(wall(ctx, &ambience, &staging, &hall, &mut chance));
    layers.push(beams(ctx, &ambience, &hall, &mut chance, true));
    layers.push(truss(ctx, &ambience, &staging, &hall));
    layers.push(platform(ctx, &ambience, &staging, &hall, &mut chance));
    let slot = layers.len();
    layers.push(beams(ctx, &ambience, &hall, &mut chance, false));
    layers.push(apron(ctx, &ambience, &staging, &hall));
    layers.push(crowd(ctx, &ambience, &staging, &hall, &mut chance, Rank::Far));
    layers.push(crowd(ctx, &ambience, &staging, &hall, &mut chance, Rank::Near));
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

/// The screen behind the band, in one of five patterns, between its side towers.
fn wall(
    ctx: &PaintContext<'_>,
    ambience: &Ambience,
    staging: &Staging,
    hall: &Hall,
    chance: &mut Chance,
) -> Layer {
    let (mut sheet, mut glow) = (Sheet::new(ctx), Sheet::new(ctx));
    let reach = hall.half * 0.74;
    let (top, bottom) = (-0.3, BACK);
    let dark = ambience.deep.mix(Tone::hex(0x0c_0a_17), 0.4);
    let (_, high) = staging.reach;
    // Black drapes from truss to floor, so that the screen does not stand alone.
    sheet.rect(
        -hall.half,
        hall.truss,
        2.0 * hall.half,
        high - hall.truss,
        dark.mix(ambience.near, 0.25),
        1.0,
        Blend::Over,
    );
    let folds = 36;
    for fold in 0..folds {
        let x = -hall.half + 2.0 * hall.half * fold as f32 / folds as f32;
        sheet.rect(
            x,
            hall.truss,
            hall.half / folds as f32,
            high - hall.truss,
            dark.scale(0.7),
            0.6,
            Blend::Over,
        );
    }
    sheet.fill(
        rounded(-reach - 0.012, top - 0.012, 2.0 * reach + 0.024, bottom - top + 0.03, 0.006),
        dark.scale(0.5),
    );
    // Dimmer than the lamps, so that a figure before it stays the clearest thing.
    let (first, second) = (hall.hues[0].mix(dark, 0.3), hall.hues[1].mix(dark, 0.34));
    let deep = first.mix(dark, 0.72);
    let frame = [(-reach, top), (reach, top), (reach, bottom), (-reach, bottom)];
    let base = Fill::vertical(top, dark.mix(second, 0.22), bottom, first.mix(dark, 0.25));
    sheet.polygon(&frame, base);
    let pattern = chance.index(5);
    let (cx, cy) = (0.0, f32::midpoint(top, bottom) - 0.02);
    let bright = hall.hues[1].mix(Tone::WHITE, 0.25).mix(dark, 0.12);
    match pattern {
        0 => {
            // A great disc with rings.
            for ring in (0..5).rev() {
                let r = 0.065 + 0.043 * ring as f32;
                let tone = if ring % 2 == 0 { second.mix(first, 0.2 * ring as f32) } else { deep };
                sheet.ellipse(cx, cy, r, r, tone);
            }
            sheet.ellipse(cx, cy, 0.06, 0.06, bright);
            glow.glow(cx, cy, 0.4, 0.36, second, 0.28, Blend::Add);
        }
        1 => {
            // Rays out of the middle.
            let rays = 28;
            for ray in 0..rays {
                let (a, b) = (ray as f32 / rays as f32, (ray as f32 + 0.5) / rays as f32);
                let (p, q) = (on_square(a), on_square(b));
                let tone = if ray % 2 == 0 { first } else { second };
                let spoke = [
                    (cx, cy),
                    clamp_to((cx + p.0, cy + p.1), reach, top, bottom),
                    clamp_to((cx + q.0, cy + q.1), reach, top, bottom),
                ];
                sheet.polygon(&spoke, Fill::Flat(tone.mix(dark, 0.3), 0.8));
            }
            sheet.ellipse(cx, cy, 0.055, 0.055, bright);
            glow.glow(cx, cy, 0.26, 0.26, bright, 0.32, Blend::Add);
        }
        2 => {
            // Columns of an equaliser.
            let columns = 21;
            let noise = Noise::new(chance.seed());
            for column in 0..columns {
                let t = (column as f32 + 0.5) / columns as f32;
                let tall = (bottom - top)
                    * (0.15 + 0.8 * noise.fractal(t * 7.0, 0.5, 2) * (1.0 - (t * 2.0 - 1.0).abs() * 0.35));
                let (x, width) = (-reach + 2.0 * reach * t, 1.3 * reach / columns as f32);
                let cells = (tall / 0.026) as u32;
                for cell in 0..cells {
                    let y = bottom - 0.026 * (cell + 1) as f32;
                    let tone = first.mix(bright, cell as f32 / 17.0);
                    sheet.rect(x - width / 2.0, y, width, 0.018, tone, 0.95, Blend::Over);
                    glow.rect(x - width / 2.0, y, width, 0.018, tone, 0.18, Blend::Add);
                }
            }
        }
        3 => {
            // Peaks before a low sun, for slow songs.
            sheet.ellipse(cx, cy + 0.03, 0.17, 0.17, Fill::vertical(cy - 0.14, bright, cy + 0.2, first));
            glow.glow(cx, cy + 0.03, 0.34, 0.3, second, 0.4, Blend::Add);
            let noise = Noise::new(chance.seed());
            for (rank, tone) in [(0.0, first.mix(dark, 0.45)), (1.0, first.mix(dark, 0.75))] {
                let mut line: Vec<(f32, f32)> = (0..=40)
                    .map(|i| {
                        let x = -reach + 2.0 * reach * i as f32 / 40.0;
                        (
                            x,
                            bottom
                                - 0.05
                                - 0.22 * noise.fractal(x * (5.0 - rank) + 9.0, rank, 3) * (1.2 - 0.5 * rank),
                        )
                    })
                    .collect();
                line.extend([(reach, bottom), (-reach, bottom)]);
                sheet.polygon(&line, tone);
            }
        }
        _ => {
            // Chevrons that point up.
            for band in 0..7 {
                let y = bottom - 0.02 - 0.085 * band as f32;
                let tone = if band % 2 == 0 { first } else { second };
                let arm = reach * 0.95;
                let points = [
                    (-arm, y + 0.12),
                    (0.0, y - 0.06),
                    (arm, y + 0.12),
                    (arm, y + 0.155),
                    (0.0, y - 0.025),
                    (-arm, y + 0.155),
                ];
                let inside: Vec<(f32, f32)> =
                    points.iter().map(|p| clamp_to(*p, reach, top, bottom)).collect();
                sheet.polygon(&inside, Fill::Flat(tone.mix(bright, 0.2), 0.9));
                glow.polygon(&inside, Fill::Flat(tone, 0.2));
            }
        }
    }
    // The lattice of panels.
    for i in 1..12 {
        let x = -reach + 2.0 * reach * i as f32 / 12.0;
        sheet.rect(x, top, 0.0012, bottom - top, dark, 0.5, Blend::Over);
    }
    for i in 1..6 {
        sheet.rect(
            -reach,
            top + (bottom - top) * i as f32 / 6.0,
            2.0 * reach,
            0.0012,
            dark,
            0.5,
            Blend::Over,
        );
    }
    glow.rect(-reach, top, 2.0 * reach, bottom - top, first, 0.07 * hall.power, Blend::Add);
    glow.glow(
        0.0,
        cy,
        reach * 1.5,
        0.5,
        first.mix(second, 0.4),
        0.2 * ambience.bloom * hall.power,
        Blend::Add,
    );
    sheet.into_lit_layer(glow, "screen", 0.4, Motion::Still)
}

/// A point on a square of side 2 around the origin, by turns.
fn on_square(turns: f32) -> (f32, f32) {
    let t = turns.fract() * 4.0;
    let along = t.fract() * 2.0 - 1.0;
    match t as u32 {
        0 => (along, -1.0),
        1 => (1.0, along),
        2 => (-along, 1.0),
        _ => (-1.0, -along),
    }
}

fn clamp_to((x, y): (f32, f32), half: f32, top: f32, bottom: f32) -> (f32, f32) {
    (x.clamp(-half, half), y.clamp(top, bottom))
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

#[derive(Clone, Copy, PartialEq, Eq)]
enum Rank {
    Far,
    Near,
}

/// Heads and raised hands against the light; some hold up a lit phone.
fn crowd(
    ctx: &PaintContext<'_>,
    ambience: &Ambience,
    staging: &Staging,
    hall: &Hall,
    chance: &mut Chance,
    rank: Rank,
) -> Layer {
    let (mut sheet, mut glow) = (Sheet::new(ctx), Sheet::new(ctx));
    let (wide, high) = staging.reach;
    let s = staging.scale;
    let (size, line, tone, depth, beats) = match rank {
        Rank::Far => (0.036 * s, 0.465, ambience.deep.mix(hall.hues[0], 0.1), 1.15, 2.0),
        Rank::Near => (0.066 * s, 0.5, ambience.deep.scale(0.4), 1.35, 4.0),
    };
    let pitch = size * 2.1;
    let count = (2.0 * wide / pitch) as i32 + 2;
    let rim = hall.hues[0].mix(hall.white, 0.35);
    sheet.wash(&[(line + size * 1.6, tone, 1.0), (high + 0.01, tone, 1.0)], Blend::Over);
    for i in 0..count {
        let x = -wide + pitch * (i as f32 + chance.range(-0.22, 0.22));
        let y = line + chance.range(-0.6, 0.5) * size;
        let r = size * chance.range(0.86, 1.08);
        let shoulders = [
            (x - r * 1.5, y + r * 3.2),
            (x - r * 1.3, y + r * 1.45),
            (x - r * 0.4, y + r * 0.95),
            (x + r * 0.4, y + r * 0.95),
            (x + r * 1.3, y + r * 1.45),
            (x + r * 1.5, y + r * 3.2),
        ];
        if chance.happens(0.12 + 0.3 * ctx.intensity) {
            hand(&mut sheet, &mut glow, ambience, hall, chance, (x, y), r, tone);
        }
        sheet.fill(smooth_path(&shoulders, true), tone);
        sheet.rect(x - r * 0.35, y + r * 0.5, r * 0.7, r * 0.7, tone, 1.0, Blend::Over);
        sheet.ellipse(x, y, r * 0.78, r * 0.98, tone);
        // Light from the stage on the crown of each head.
        let arc = [
            (x - r * 0.62, y - r * 0.58),
            (x - r * 0.3, y - r * 0.88),
            (x + r * 0.3, y - r * 0.88),
            (x + r * 0.62, y - r * 0.58),
        ];
        sheet.stroke(smooth_path(&arc, false), r * 0.1, rim, 0.5 * hall.power);
    }
    if rank == Rank::Near {
        sheet.soften(0.0025);
    }
    sheet.into_lit_layer(
        glow,
        if rank == Rank::Far { "crowd" } else { "near crowd" },
        depth,
        Motion::Bob { amplitude: 0.006, beats },
    )
}

#[expect(clippy::too_many_arguments, reason = "both sheets, the light and the person")]
fn hand(
    sheet: &mut Sheet,
    glow: &mut Sheet,
    ambience: &Ambience,
    hall: &Hall,
    chance: &mut Chance,
    (x, y): (f32, f32),
    r: f32,
    tone: Tone,
) {
    let side = chance.side();
    let lean = chance.spread() * r * 0.8;
    let (elbow, wrist) =
        ((x + side * r * 1.5, y - r * 0.3), (x + side * r * 1.1 + lean, y - r * chance.range(1.9, 2.8)));
    let arm = [(x + side * r * 1.1, y + r * 1.6), elbow, wrist];
    sheet.stroke(smooth_path(&arm, false), r * 0.42, tone, 1.0);
    if chance.happens(0.3) {
        let (w, h) = (r * 0.62, r * 1.05);
        sheet.fill(rounded(wrist.0 - w / 2.0, wrist.1 - h, w, h, r * 0.12), tone);
        let screen = hall.white.mix(hall.hues[1], 0.3);
        sheet.rect(wrist.0 - w * 0.38, wrist.1 - h * 0.9, w * 0.76, h * 0.8, screen, 0.9, Blend::Over);
        glow.glow(wrist.0, wrist.1 - h / 2.0, r * 2.2, r * 2.2, screen, 0.4 * ambience.bloom, Blend::Add);
    } else {
        // A palm and spread fingers, short enough to read as a hand and not as a fork.
        sheet.ellipse(wrist.0, wrist.1 - r * 0.22, r * 0.33, r * 0.4, tone);
        for finger in 0..4 {
            let t = finger as f32 - 1.5;
            let root = (wrist.0 + t * r * 0.15, wrist.1 - r * 0.35);
            let tip = (wrist.0 + t * r * 0.27, wrist.1 - r * (0.86 - 0.07 * t * t));
            sheet.line(root, tip, r * 0.16, tone, 1.0);
        }
        let thumb = (wrist.0 - side * r * 0.52, wrist.1 - r * 0.42);
        sheet.line((wrist.0, wrist.1 - r * 0.1), thumb, r * 0.16, tone, 1.0);
    }
}
