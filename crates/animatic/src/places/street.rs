//! Street furniture that several places share: railings, lamp posts, signs nobody can read, cables, branches.

use crate::ambience::Ambience;
use crate::brush::{Blend, Fill, Sheet, rounded, smooth_path};
use crate::chance::Chance;
use crate::tone::Tone;
use tiny_skia::PathBuilder;

/// A railing from edge to edge: three rails on posts, `foot` where it stands.
pub(super) fn railing(sheet: &mut Sheet, ambience: &Ambience, wide: f32, foot: f32, height: f32, pitch: f32) {
    let tone = ambience.deep.scale(0.85);
    let (rim, glint) = (ambience.rim(-1.0), 0.6 * ambience.key_strength);
    let posts = (wide / pitch).ceil() as i32;
    for post in -posts..=posts {
        let x = (post as f32 + 0.5) * pitch;
        sheet.rect(x - 0.004, foot - height, 0.008, height + 0.004, tone, 1.0, Blend::Over);
        sheet.rect(x + 0.002, foot - height, 0.002, height, rim, glint * 0.55, Blend::Over);
    }
    for (up, thick) in [(1.0, 0.0085), (0.6, 0.004), (0.22, 0.004)] {
        let y = foot - height * up;
        sheet.rect(-wide, y, 2.0 * wide, thick, tone, 1.0, Blend::Over);
        sheet.rect(-wide, y, 2.0 * wide, (thick * 0.25).max(sheet.pixel()), rim, glint, Blend::Over);
    }
    if ambience.snow > 0.0 {
        sheet.rect(-wide, foot - height - 0.005, 2.0 * wide, 0.007, ambience.snow_tone(), 0.95, Blend::Over);
    }
}

/// A lamp post with an arm towards `side`, its light and the pool beneath it.
pub(super) fn lamp_post(
    sheet: &mut Sheet,
    glow: &mut Sheet,
    ambience: &Ambience,
    (x, foot): (f32, f32),
    height: f32,
    side: f32,
) {
    let tone = ambience.deep.scale(0.8);
    let (top, arm) = (foot - height, height * 0.2);
    let thick = height * 0.017;
    let head = (x + side * arm, top + height * 0.012);
    let mut path = PathBuilder::new();
    path.move_to(x, foot);
    path.line_to(x, top + height * 0.12);
    path.cubic_to(x, top, x + side * arm * 0.3, top - height * 0.01, head.0, head.1);
    sheet.stroke(path.finish(), thick, tone, 1.0);
    sheet.rect(x - thick, foot - height * 0.09, thick * 2.0, height * 0.09, tone, 1.0, Blend::Over);
    let shade = [
        (head.0 - height * 0.045, head.1 + height * 0.012),
        (head.0 - height * 0.02, head.1 - height * 0.012),
        (head.0 + height * 0.02, head.1 - height * 0.012),
        (head.0 + height * 0.045, head.1 + height * 0.012),
    ];
    sheet.polygon(&shade, tone);
    let rim = ambience.rim(side);
    sheet.line(
        (x + thick * 0.4, foot),
        (x + thick * 0.4, top + height * 0.13),
        thick * 0.2,
        rim,
        0.45 * ambience.key_strength,
    );
    if ambience.lamps > 0.15 {
        let (lx, ly) = (head.0, head.1 + height * 0.016);
        sheet.ellipse(lx, ly, height * 0.034, height * 0.011, ambience.lamp.mix(Tone::WHITE, 0.45));
        let cone = [
            (lx - height * 0.03, ly),
            (lx + height * 0.03, ly),
            (lx + height * 0.3, foot),
            (lx - height * 0.3, foot),
        ];
        glow.polygon(
            &cone,
            Fill::Graded {
                from: (0.0, ly),
                to: (0.0, foot),
                first: (ambience.lamp, 0.13 * ambience.lamps),
                last: (ambience.lamp, 0.0),
            },
        );
        glow.glow(
            lx,
            ly,
            height * 0.26,
            height * 0.26,
            ambience.lamp,
            0.5 * ambience.lamps * ambience.bloom,
            Blend::Add,
        );
        sheet.glow(
            lx,
            foot + 0.01,
            height * 0.42,
            height * 0.07,
            ambience.lamp,
            0.34 * ambience.lamps,
            Blend::Atop,
        );
    }
}

/// Marks that look like writing from afar and are none: strokes in the cells of a grid along the longer side.
pub(super) fn glyphs(
    sheet: &mut Sheet,
    chance: &mut Chance,
    (left, top, width, height): (f32, f32, f32, f32),
    tone: Tone,
    alpha: f32,
    blend: Blend,
) {
    let upright = height > width;
    let cell = width.min(height) * 0.82;
    let count = ((width.max(height) / cell) as u32).clamp(1, 12);
    for i in 0..count {
        let offset = (i as f32 + 0.5) / count as f32;
        let (cx, cy) = if upright {
            (left + width / 2.0, top + height * offset)
        } else {
            (left + width * offset, top + height / 2.0)
        };
        let (w, h) = (cell * 0.34, cell * 0.34);
        let thick = (cell * 0.1).max(sheet.pixel());
        for stroke in 0..4 {
            if !chance.happens(0.72) {
                continue;
            }
            let slot = chance.range(-0.9, 0.9);
            if stroke % 2 == 0 {
                let from = chance.range(-1.0, -0.4);
                sheet.rect(cx + from * w, cy + slot * h, w * (0.9 - from), thick, tone, alpha, blend);
            } else {
                let from = chance.range(-1.0, -0.3);
                sheet.rect(cx + slot * w, cy + from * h, thick, h * (0.9 - from), tone, alpha, blend);
            }
        }
    }
}

/// A lit sign facing the camera: a dark board with a tube frame, or a bright box, with glyphs.
pub(super) fn sign(
    sheet: &mut Sheet,
    glow: &mut Sheet,
    ambience: &Ambience,
    chance: &mut Chance,
    area: (f32, f32, f32, f32),
    tone: Tone,
) {
    let (left, top, width, height) = area;
    let small = width.min(height);
    let power = 0.35 + 0.65 * ambience.lamps;
    let radius = small * 0.14;
    let inner = (left + small * 0.1, top + small * 0.1, width - small * 0.2, height - small * 0.2);
    glow.clear(rounded(left, top, width, height, radius));
    if chance.happens(0.62) {
        sheet.fill(rounded(left, top, width, height, radius), ambience.deep);
        sheet.stroke(
            rounded(inner.0, inner.1, inner.2, inner.3, radius),
            small * 0.06,
            tone,
            0.5 + 0.5 * power,
        );
        glow.stroke(rounded(inner.0, inner.1, inner.2, inner.3, radius), small * 0.08, tone, 0.6 * power);
        glyphs(sheet, chance, inner, tone.mix(Tone::WHITE, 0.45), 0.5 + 0.5 * power, Blend::Over);
    } else {
        let body = tone.mix(ambience.local(tone), 1.0 - power).scale(0.86);
        let fill = Fill::vertical(top, body.mix(Tone::WHITE, 0.18), top + height, body.scale(0.8));
        sheet.fill(rounded(left, top, width, height, radius), fill);
        glow.fill(rounded(left, top, width, height, radius), Fill::Flat(tone, 0.12 * power));
        glyphs(sheet, chance, inner, ambience.deep.mix(tone, 0.12), 0.92, Blend::Over);
    }
    let (cx, cy) = (left + width / 2.0, top + height / 2.0);
    let (rx, ry) = (width / 2.0 + small * 1.3, height / 2.0 + small * 1.3);
    glow.glow(cx, cy, rx, ry, tone, 0.42 * power * ambience.bloom, Blend::Add);
    if ambience.snow > 0.0 {
        sheet
            .fill(rounded(left, top - small * 0.08, width, small * 0.14, small * 0.07), ambience.snow_tone());
    }
}

/// Head and shoulders of somebody seen from behind, `height` from crown to the bottom of the picture's frame.
pub(super) fn passer_by(
    sheet: &mut Sheet,
    chance: &mut Chance,
    (x, top): (f32, f32),
    height: f32,
    tone: Tone,
) {
    let h = height;
    let lean = chance.spread() * 0.02 * h;
    let body = [
        (x + lean - 0.02 * h, top),
        (x + lean + 0.1 * h, top + 0.035 * h),
        (x + lean + 0.135 * h, top + 0.14 * h),
        (x + lean + 0.1 * h, top + 0.25 * h),
        (x + 0.085 * h, top + 0.31 * h),
        (x + 0.2 * h, top + 0.365 * h),
        (x + 0.3 * h, top + 0.42 * h),
        (x + 0.35 * h, top + 0.56 * h),
        (x + 0.38 * h, top + 1.1 * h),
        (x - 0.38 * h, top + 1.1 * h),
        (x - 0.35 * h, top + 0.56 * h),
        (x - 0.3 * h, top + 0.42 * h),
        (x - 0.2 * h, top + 0.365 * h),
        (x - 0.085 * h, top + 0.31 * h),
        (x + lean - 0.11 * h, top + 0.25 * h),
        (x + lean - 0.14 * h, top + 0.13 * h),
        (x + lean - 0.11 * h, top + 0.03 * h),
    ];
    sheet.fill(smooth_path(&body, true), tone);
}

/// An open umbrella: its canopy in gores, its ribs and stick. `(x, y)` is the middle of its rim.
pub(super) fn umbrella(sheet: &mut Sheet, (x, y): (f32, f32), radius: f32, tone: Tone, stick: Tone) {
    let gores = 6;
    let dome = |u: f32| y - (1.0 - u * u).max(0.0).sqrt() * radius * 0.62;
    for gore in 0..gores {
        let (from, to) =
            (gore as f32 / gores as f32 * 2.0 - 1.0, (gore + 1) as f32 / gores as f32 * 2.0 - 1.0);
        let mut outline: Vec<(f32, f32)> =
            (0..=8).map(|i| from + (to - from) * i as f32 / 8.0).map(|u| (x + u * radius, dome(u))).collect();
        // The rim sags up between the ribs.
        outline.extend((0..=8).map(|i| {
            let t = i as f32 / 8.0;
            let u = to + (from - to) * t;
            (x + u * radius, y - 0.09 * radius * 4.0 * t * (1.0 - t))
        }));
        let light = 1.12 - 0.1 * gore as f32;
        sheet.polygon(
            &outline,
            Fill::vertical(y - radius * 0.6, tone.scale(light), y, tone.scale(light * 0.7)),
        );
    }
    sheet.line((x, y - radius * 0.7), (x, y - radius * 0.58), radius * 0.025, stick, 1.0);
    sheet.line((x, y - radius * 0.06), (x, y + radius), radius * 0.022, stick, 1.0);
}

/// A cable hanging between two points.
pub(super) fn cable(sheet: &mut Sheet, from: (f32, f32), to: (f32, f32), sag: f32, width: f32, tone: Tone) {
    let mut path = PathBuilder::new();
    path.move_to(from.0, from.1);
    let middle = (f32::midpoint(from.0, to.0), f32::midpoint(from.1, to.1) + 2.0 * sag);
    path.quad_to(middle.0, middle.1, to.0, to.1);
    sheet.stroke(path.finish(), width, tone, 1.0);
}

/// A branch with leaves that grows from `root` towards `side` (−1 left, 1 right), hanging a little.
pub(super) fn branch(
    sheet: &mut Sheet,
    chance: &mut Chance,
    root: (f32, f32),
    side: f32,
    length: f32,
    tone: Tone,
    ambience: &Ambience,
) {
    for limb in 0..4 {
        let reach = length * chance.range(0.6, 1.1);
        let droop = length * (0.06 + 0.17 * limb as f32);
        let at =
            |t: f32| (root.0 + side * reach * t, root.1 + droop * t * t + 0.05 * length * limb as f32 * t);
        let stem: Vec<(f32, f32)> = (0..=8).map(|i| at(i as f32 / 8.0)).collect();
        sheet.stroke(smooth_path(&stem, false), length * 0.012, tone, 1.0);
        for leaf in 0..40 {
            let t = 0.12 + 0.88 * leaf as f32 / 40.0;
            let (x, y) = at(t);
            let blade = length * chance.range(0.07, 0.12);
            let (dx, dy) = (chance.spread() + side * 0.4, chance.range(-0.4, 1.0));
            let tip = (x + dx * blade, y + dy * blade);
            let bulge = (-dy * blade * 0.26, dx * blade * 0.26);
            let (mx, my) = (f32::midpoint(x, tip.0), f32::midpoint(y, tip.1));
            let own = tone.mix(ambience.key, 0.25 * ambience.key_strength * chance.unit() * t);
            sheet.fill(
                smooth_path(&[(x, y), (mx + bulge.0, my + bulge.1), tip, (mx - bulge.0, my - bulge.1)], true),
                own,
            );
        }
    }
}
