//! City blocks seen from afar: rows of towers with setbacks, crowns, masts, and windows that come on at dusk.

use crate::ambience::Ambience;
use crate::brush::{Blend, Fill, Sheet};
use crate::chance::{Chance, Noise};
use crate::tone::Tone;

/// A row of towers that covers the sheet from edge to edge.
pub(super) struct Row<'a> {
    /// Where the towers stand; their bodies go down to `foot`, hidden by what stands before them.
    pub(super) base: f32,
    pub(super) foot: f32,
    /// Lowest and highest tower, narrowest and widest, in stage units.
    pub(super) height: (f32, f32),
    pub(super) width: (f32, f32),
    /// 0 near to 1 far, for the air between.
    pub(super) distance: f32,
    /// Factor of a tower's height by where it stands: the outline of the city.
    pub(super) outline: &'a dyn Fn(f32) -> f32,
    /// x of the light, and how likely a window is lit.
    pub(super) light_x: f32,
    pub(super) lit: f32,
}

/// A row of towers: its name, distance, depth, heights, widths and outline.
pub(super) type RowPlan<'a> = (&'static str, f32, f32, (f32, f32), (f32, f32), &'a dyn Fn(f32) -> f32);

/// One tower, fully decided.
struct Tower {
    left: f32,
    width: f32,
    top: f32,
    foot: f32,
    tone: Tone,
    /// −1 when the light comes from the left, 1 from the right.
    side: f32,
}

/// Paints a row; lit windows go on both sheets, their light on `glow`.
pub(super) fn row(
    sheet: &mut Sheet,
    glow: &mut Sheet,
    ambience: &Ambience,
    chance: &mut Chance,
    row: &Row<'_>,
) {
    let (reach, _) = sheet.reach();
    let mut x = -reach - chance.range(0.0, row.width.1);
    while x < reach {
        let width = chance.range(row.width.0, row.width.1);
        let shape = (row.outline)(x + width / 2.0);
        let height =
            (row.height.0 + (row.height.1 - row.height.0) * chance.unit() * chance.range(0.5, 1.0)) * shape;
        // By day facades have colours of their own; by night they are one mass.
        let own = [0xd8_c4_a8, 0xa8_68_54, 0x5c_70_90, 0x50_7c_88, 0x8c_84_98][chance.index(5)];
        let own = ambience.local(Tone::hex(own));
        let color = chance.unit() * (0.14 + 0.3 * (1.0 - ambience.dark));
        let varied = ambience.near.mix(own, color).scale(chance.range(0.84, 1.16));
        let tower = Tower {
            left: x,
            width,
            top: row.base - height,
            foot: row.foot,
            tone: ambience.through_air(varied, row.distance),
            side: if row.light_x > x + width / 2.0 { 1.0 } else { -1.0 },
        };
        paint_tower(sheet, glow, ambience, chance, row, &tower);
        x += width + if chance.happens(0.35) { chance.range(0.0, row.width.0 * 0.5) } else { -0.002 };
    }
    // Haze gathers between the blocks, thickest at their feet.
    let veil = 0.06 + 0.6 * row.distance * ambience.haze_density + 0.35 * ambience.fog;
    let top = row.base - row.height.1 * 0.75;
    sheet.wash(
        &[(top, ambience.haze, 0.0), (row.base, ambience.haze, veil), (row.foot + 0.01, ambience.haze, veil)],
        Blend::Atop,
    );
}

fn paint_tower(
    sheet: &mut Sheet,
    glow: &mut Sheet,
    ambience: &Ambience,
    chance: &mut Chance,
    row: &Row<'_>,
    tower: &Tower,
) {
    let height = row.base - tower.top;
    let tall = height > row.height.1 * 0.55;
    let tiers = if tall && tower.width > row.width.0 * 1.15 { chance.count(1, 3) } else { 1 };
    let mut order: Vec<Tower> = Vec::new();
    // From the top tier, the narrowest, down to the widest, each in front of the one before.
    for tier in 0..tiers {
        let inset = tower.width * 0.15 * (tiers - 1 - tier) as f32;
        order.push(Tower {
            left: tower.left + inset,
            width: tower.width - 2.0 * inset,
            top: tower.top + height * 0.2 * tier as f32,
            ..*tower
        });
    }
    if let Some(crown) = order.first() {
        paint_crown(sheet, glow, ambience, chance, row, crown, tall);
    }
    let style = chance.index(4);
    for part in &order {
        paint_block(sheet, ambience, row, part);
    }
    if row.distance < 0.93 {
        for (i, part) in order.iter().enumerate() {
            let end = order.get(i + 1).map_or(row.base, |next| next.top);
            windows(sheet, glow, ambience, chance, row, part, end, style);
        }
    }
}

fn paint_block(sheet: &mut Sheet, ambience: &Ambience, row: &Row<'_>, part: &Tower) {
    let (left, right) = (part.left, part.left + part.width);
    let body = [(left, part.top), (right, part.top), (right, part.foot), (left, part.foot)];
    sheet.polygon(&body, Fill::vertical(part.top, part.tone, part.foot, part.tone.scale(0.92)));
    let strength = ambience.key_strength * (1.0 - 0.7 * row.distance);
    let key = ambience.rim(part.side);
    // The face turned to the light, then a thin rim along its edge and the roof's.
    let face = part.width * 0.24;
    let face_left = if part.side > 0.0 { right - face } else { left };
    let sun = (0.13 + 0.14 * (1.0 - ambience.dark)) * strength;
    sheet.rect(face_left, part.top, face, part.foot - part.top, key, sun, Blend::Over);
    let rim = (0.0022 * (1.0 - 0.5 * row.distance)).max(sheet.pixel());
    let edge = if part.side > 0.0 { right - rim } else { left };
    sheet.rect(edge, part.top, rim, (row.base - part.top) * 0.8, key, 0.4 * strength, Blend::Over);
    sheet.rect(left, part.top, part.width, rim, key, 0.3 * strength, Blend::Over);
    if ambience.snow > 0.0 {
        let snow = ambience.through_air(ambience.snow_tone(), row.distance);
        sheet.rect(left - 0.001, part.top - 0.004, part.width + 0.002, 0.007, snow, 0.95, Blend::Over);
    }
}

/// What stands on a roof: lift houses, tanks, masts, a slanted or stepped crown.
fn paint_crown(
    sheet: &mut Sheet,
    glow: &mut Sheet,
    ambience: &Ambience,
    chance: &mut Chance,
    row: &Row<'_>,
    part: &Tower,
    tall: bool,
) {
    let (left, width, top) = (part.left, part.width, part.top);
    let dark = part.tone.scale(0.9);
    let near = 1.0 - 0.55 * row.distance;
    let middle = left + width * chance.range(0.3, 0.7);
    match chance.index(7) {
        0 if tall => {
            let rise = width * chance.range(0.25, 0.6);
            let (a, b) = if part.side > 0.0 { (rise, 0.0) } else { (0.0, rise) };
            sheet.polygon(
                &[(left, top + 0.004), (left, top - a), (left + width, top - b), (left + width, top + 0.004)],
                part.tone,
            );
        }
        1 if tall => {
            let rise = width * chance.range(0.5, 1.1);
            let center = left + width / 2.0;
            let half = width * 0.32;
            sheet.polygon(
                &[(center - half, top + 0.004), (center, top - rise), (center + half, top + 0.004)],
                part.tone,
            );
            mast(sheet, glow, ambience, center, top - rise * 0.9, 0.05 * near, dark, row.distance);
        }
        2 => {
            for _ in 0..2 {
                let (w, h) = (width * chance.range(0.15, 0.3), chance.range(0.008, 0.02) * near);
                let x = left + chance.range(0.08, 0.6) * width;
                sheet.rect(x, top - h, w, h + 0.003, dark, 1.0, Blend::Over);
            }
        }
        3 if !tall && row.distance < 0.6 => tank(sheet, middle, top, 0.016 * near, dark),
        4 if tall => {
            mast(sheet, glow, ambience, middle, top, chance.range(0.04, 0.1) * near, dark, row.distance);
        }
        5 => {
            let (w, h) = (width * 0.5, chance.range(0.012, 0.03) * near);
            sheet.rect(left + width * 0.25, top - h, w, h + 0.003, dark, 1.0, Blend::Over);
            if chance.happens(0.5) {
                mast(
                    sheet,
                    glow,
                    ambience,
                    middle,
                    top - h,
                    chance.range(0.02, 0.06) * near,
                    dark,
                    row.distance,
                );
            }
        }
        _ => {}
    }
}

/// A mast with a red warning light that shows in the dark.
#[expect(clippy::too_many_arguments, reason = "a foot, a height, a tone and the air before it")]
fn mast(
    sheet: &mut Sheet,
    glow: &mut Sheet,
    ambience: &Ambience,
    x: f32,
    foot: f32,
    height: f32,
    tone: Tone,
    distance: f32,
) {
    sheet.line((x, foot + 0.003), (x, foot - height), 0.0022 * (1.0 - 0.5 * distance), tone, 1.0);
    if ambience.lamps > 0.3 {
        let red = Tone::hex(0xff_50_48);
        let size = 0.0022;
        sheet.ellipse(x, foot - height, size, size, Fill::Flat(red, ambience.lamps));
        glow.glow(x, foot - height, 0.016, 0.016, red, 0.55 * ambience.lamps, Blend::Add);
    }
}

/// A wooden water tank on legs.
pub(super) fn tank(sheet: &mut Sheet, x: f32, foot: f32, size: f32, tone: Tone) {
    for leg in [-0.7, 0.0, 0.7] {
        sheet.line((x + leg * size, foot), (x + leg * size * 0.85, foot - size), size * 0.12, tone, 1.0);
    }
    sheet.polygon(
        &[
            (x - size, foot - size * 0.9),
            (x - size * 0.94, foot - size * 2.6),
            (x + size * 0.94, foot - size * 2.6),
            (x + size, foot - size * 0.9),
        ],
        tone,
    );
    sheet.polygon(
        &[(x - size * 1.1, foot - size * 2.55), (x, foot - size * 3.4), (x + size * 1.1, foot - size * 2.55)],
        tone,
    );
    for hoop in [1.25, 1.75, 2.25] {
        let y = foot - size * hoop;
        sheet.line((x - size * 0.97, y), (x + size * 0.97, y), size * 0.035, tone.scale(0.6), 0.9);
    }
    for stave in -3..=3 {
        let at = x + size * 0.28 * stave as f32;
        sheet.line((at, foot - size * 0.95), (at, foot - size * 2.5), size * 0.02, tone.scale(0.7), 0.6);
    }
}

/// A grid of windows in one of four manners: single panes, pairs, bands, tall slits.
#[expect(clippy::too_many_arguments, reason = "the tower, its row and both sheets")]
fn windows(
    sheet: &mut Sheet,
    glow: &mut Sheet,
    ambience: &Ambience,
    chance: &mut Chance,
    row: &Row<'_>,
    part: &Tower,
    end: f32,
    style: usize,
) {
    let near = 1.0 - 0.6 * row.distance;
    let pitch = (0.0165 * near, 0.021 * near);
    let margin = part.width * 0.1;
    let columns = ((part.width - 2.0 * margin) / pitch.0) as u32;
    let rows = ((end - part.top - 0.012 * near) / pitch.1) as u32;
    if columns == 0 || rows == 0 {
        return;
    }
    let step = (part.width - 2.0 * margin) / columns as f32;
    let (fill_x, fill_y) = [(0.5, 0.52), (0.72, 0.45), (1.0, 0.4), (0.34, 0.8)][style.min(3)];
    let pane = part.tone.mix(ambience.sky[2], 0.3 * (1.0 - ambience.dark)).scale(1.0 - 0.25 * ambience.dark);
    let clusters = Noise::new(chance.seed());
    let tone = ambience.window_light(chance);
    for line in 0..rows {
        let band = chance.happens(0.1);
        for column in 0..columns {
            let (x, y) = (
                part.left + margin + (column as f32 + 0.5 - fill_x / 2.0) * step,
                part.top + (line as f32 + 0.7) * pitch.1,
            );
            let (width, height) = (step * fill_x, pitch.1 * fill_y);
            let mood = clusters.value(column as f32 * 0.45, line as f32 * 0.35);
            let probability =
                row.lit * ambience.lamps * (mood * 1.7 - 0.25) + if band { 0.3 * row.lit } else { 0.0 };
            if chance.happens(probability) {
                let own = if chance.happens(0.75) { tone } else { ambience.window_light(chance) };
                let bright = chance.range(0.55, 1.0);
                let light = ambience.through_air(own, row.distance * 0.55);
                sheet.rect(x, y, width, height, light, bright * (0.5 + 0.5 * ambience.lamps), Blend::Over);
                glow.rect(x, y, width, height, light, 0.3 * bright * ambience.lamps, Blend::Add);
                if bright > 0.9 && row.distance < 0.6 {
                    let (cx, cy) = (x + width / 2.0, y + height / 2.0);
                    glow.glow(cx, cy, width * 2.2, height * 2.2, light, 0.22 * ambience.bloom, Blend::Add);
                }
            } else {
                sheet.rect(x, y, width, height, pane, 0.55 * near, Blend::Over);
            }
        }
    }
}
