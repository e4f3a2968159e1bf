//! The crowd before the stage.

use super::Hall;
use crate::ambience::Ambience;
use crate::brush::{Blend, Sheet, rounded, smooth_path};
use crate::chance::Chance;
use crate::places::staging::Staging;
use crate::set::{Layer, Motion, PaintContext};
use crate::tone::Tone;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Rank {
    Far,
    Near,
}

/// Heads and raised hands against the light; some hold up a lit phone.
pub(super) fn crowd(
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
