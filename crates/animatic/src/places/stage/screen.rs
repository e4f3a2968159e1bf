//! The screen behind the band and what it shows.

use super::{BACK, Hall};
use crate::ambience::Ambience;
use crate::brush::{Blend, Fill, Sheet, rounded};
use crate::chance::{Chance, Noise};
use crate::places::staging::Staging;
use crate::set::{Layer, Motion, PaintContext};
use crate::tone::Tone;

/// The screen behind the band, in one of five patterns, between its side towers.
pub(super) fn wall(
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
            for (rank, tone) in [(0.0, first.mix(dark, 0.6)), (1.0, first.mix(dark, 0.85))] {
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
