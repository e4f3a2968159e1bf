//! The clothed body on its joints: legs and shoes, trunk, arms and hands, each an outline with real girths.

use super::outline::{Girth, Part, Shape, brushed, closed, ellipse, girth, ribbon};
use super::skeleton::{ANKLE, HEAD, Joints, Pose};
use super::style::{FigureStyle, Outfit};
use super::vector::{Vec2, lerp, vec2};
use mv_core::Rgb;

/// Mixes two colours.
pub(super) fn mix(a: Rgb, b: Rgb, share: f32) -> Rgb {
    let channel = |a: u8, b: u8| lerp(f32::from(a), f32::from(b), share).round() as u8;
    Rgb(channel(a.0, b.0), channel(a.1, b.1), channel(a.2, b.2))
}

pub(super) fn darker(color: Rgb, share: f32) -> Rgb {
    mix(color, Rgb(8, 8, 14), share)
}

/// One leg with its shoe. `far` legs stand in the other's shade.
pub(super) fn leg(pose: &Pose, joints: &Joints, style: &FigureStyle, side: usize) -> Part {
    let far = side == 1 && pose.open() < 0.6;
    let bones = [joints.hips[side], joints.knees[side], joints.ankles[side]];
    let bare = style.outfit == Outfit::Dress;
    let girths: &[Girth] = if bare {
        &[
            girth(0.0, 0.042, 0.048),
            girth(0.5, 0.038, 0.040),
            girth(0.95, 0.027, 0.026),
            girth(1.35, 0.022, 0.033),
            girth(1.75, 0.016, 0.020),
            girth(2.0, 0.015, 0.016),
        ]
    } else {
        &[
            girth(0.0, 0.046, 0.052),
            girth(0.5, 0.043, 0.045),
            girth(0.95, 0.034, 0.032),
            girth(1.35, 0.030, 0.038),
            girth(1.7, 0.027, 0.032),
            girth(1.93, 0.029, 0.031),
        ]
    };
    let girths: Vec<Girth> = girths
        .iter()
        .map(|g| {
            // Seen from behind, calf and shin stand to both sides alike.
            let even = f32::midpoint(g.front, g.back) * 0.93;
            girth(g.at, lerp(g.front, even, pose.open()), lerp(g.back, even, pose.open()))
        })
        .collect();
    let shade = |color: Rgb| if far { darker(color, 0.28) } else { color };
    let cloth = shade(if bare { style.skin } else { style.bottom });
    let mut shapes = vec![
        Shape::new(shoe(pose, joints, side), shade(style.shoes)),
        Shape::new(ribbon(&bones, &girths), cloth),
    ];
    if !bare {
        // The crease behind the knee.
        let (knee, fold) = (joints.knees[side], darker(cloth, 0.45));
        let back = (joints.hips[side] - knee).unit().across() * -0.02;
        shapes.push(
            Shape::new(brushed(&[knee + back, knee + vec2(0.004, 0.012), knee - back * 0.5], 0.0022), fold)
                .faded(0.5),
        );
    }
    if side == 0 && !bare {
        shapes.push(Shape::new(trunk(pose, joints, style, 0.002, -0.22), cloth));
    }
    Part { shapes, rim: if far { 0.65 } else { 1.0 } }
}

fn shoe(pose: &Pose, joints: &Joints, side: usize) -> Vec<Vec2> {
    let ankle = joints.ankles[side];
    let place = |points: &[(f32, f32)], degrees: f32| -> Vec<Vec2> {
        let placed: Vec<_> = points.iter().map(|(x, y)| ankle + vec2(*x, *y).turned(degrees)).collect();
        closed(&placed)
    };
    if pose.turn < 0.75 {
        // Seen from the front, one foot points to each side.
        let outward = if pose.turn < -0.6 && side == 0 { -1.0 } else { 1.0 };
        let profile = [
            (-0.027, -0.018),
            (-0.038, 0.016),
            (-0.040, 0.036),
            (-0.034, ANKLE),
            (0.020, ANKLE),
            (0.088, ANKLE),
            (0.106, 0.037),
            (0.104, 0.024),
            (0.076, 0.008),
            (0.042, -0.006),
            (0.026, -0.022),
        ];
        let shorter = 1.0 - 0.3 * pose.open();
        let profile = profile.map(|(x, y)| (x * shorter * outward, y));
        place(&profile, -pose.legs[side].pitch * outward)
    } else {
        // From behind: the heel, toes a little outward; a lifted foot shows its sole.
        let out = if side == 0 { 1.0 } else { -1.0 };
        let lift = (-pose.legs[side].pitch / 60.0).clamp(0.0, 1.0);
        let behind = [
            (-0.025 * out, -0.016),
            (-0.028 * out, 0.020),
            (-0.024 * out, ANKLE),
            (0.010 * out, ANKLE + 0.006 * lift),
            (0.036 * out, ANKLE - 0.002),
            (0.038 * out, 0.026),
            (0.026 * out, -0.016),
        ];
        place(&behind, 0.0)
    }
}

/// Half breadths of the trunk at a level along the spine (0 pelvis, 1 base of the neck).
struct Level {
    at: f32,
    front: f32,
    back: f32,
    side: f32,
}

const fn level(at: f32, front: f32, back: f32, side: f32) -> Level {
    Level { at, front, back, side }
}

const TRUNK: [Level; 6] = [
    level(-0.26, 0.040, 0.050, 0.062),
    level(-0.02, 0.050, 0.074, 0.086),
    level(0.22, 0.053, 0.056, 0.077),
    level(0.46, 0.050, 0.044, 0.068),
    level(0.70, 0.068, 0.054, 0.082),
    level(0.86, 0.060, 0.061, 0.090),
];

/// A point on the spine and the direction to its right, at a level.
fn spine(pose: &Pose, joints: &Joints, at: f32) -> (Vec2, Vec2) {
    let [a, b, c] = [joints.pelvis, joints.waist, joints.chest];
    let point = if at < 0.0 {
        a + (b - a) * (at * 2.0)
    } else {
        // A quadratic curve through pelvis, waist and chest.
        let control = b * 2.0 - (a + c) * 0.5;
        a.lerp(control, at).lerp(control.lerp(c, at), at)
    };
    let up = (b - a).unit().lerp((c - b).unit(), at.clamp(0.0, 1.0)).unit();
    let tilt = lerp(pose.hip_tilt, pose.shoulder_tilt, at.clamp(0.0, 1.0));
    let lean = up.across();
    (point, lean.lerp(vec2(1.0, 0.0).turned(tilt), pose.open()).unit())
}

/// The trunk's outline, from hem to neck; `ease` is how far cloth stands off, `hem` where it ends.
fn trunk(pose: &Pose, joints: &Joints, style: &FigureStyle, ease: f32, hem: f32) -> Vec<Vec2> {
    let mut fronts = Vec::new();
    let mut backs = Vec::new();
    let levels = TRUNK.iter().filter(|l| l.at > hem);
    let lowest = TRUNK.iter().find(|l| l.at > hem).unwrap_or(&TRUNK[1]);
    let first = Level { at: hem, ..*lowest };
    for l in std::iter::once(&first).chain(levels) {
        let (centre, right) = spine(pose, joints, l.at);
        let broad = if l.at > 0.5 { style.breadth } else { 1.0 };
        let loose = ease * (1.0 - 0.7 * ((l.at - 0.85) / 0.15).clamp(0.0, 1.0));
        // Cloth does not follow the waist in.
        let side = l.side.max(if ease > 0.006 && l.at < 0.8 { 0.078 } else { 0.0 });
        let front = lerp(l.front, side * broad, pose.open()) + loose * (0.6 + 0.4 * pose.open());
        let back =
            lerp(l.back.max(ease * 3.9), side * broad, pose.open()) + loose * (0.6 + 0.4 * pose.open());
        fronts.push(centre + right * front);
        backs.push(centre - right * back);
    }
    // The shoulders' round, then the slope to the neck.
    let (_, right) = spine(pose, joints, 1.0);
    let up = (joints.chest - joints.waist).unit();
    let (mut fore, mut aft) = (joints.shoulders[0], joints.shoulders[1]);
    if (fore - aft).dot(right) < 0.0 {
        std::mem::swap(&mut fore, &mut aft);
    }
    // Inside the sleeve's own round where the shoulders are broad to us, or it would stand out as a notch.
    let round = |closeness: f32| lerp(0.036, 0.019, pose.open()) * closeness + ease * 0.5;
    fronts.push(fore + right * round(1.0) + up * 0.004);
    fronts.push(fore + right * round(0.35) + up * 0.029);
    backs.push(aft - right * round(1.12) + up * 0.004);
    backs.push(aft - right * round(0.45) + up * 0.030);
    let neck = joints.chest.lerp(joints.nape, 0.3);
    fronts.push(neck + right * (0.020 + 0.010 * pose.open()) - up * 0.006);
    backs.push(neck - right * (0.032 - 0.002 * pose.open()) + up * 0.004);
    fronts.extend(backs.into_iter().rev());
    closed(&fronts)
}

/// Trunk and what hangs from it: jacket, coat or dress.
pub(super) fn torso(pose: &Pose, joints: &Joints, style: &FigureStyle) -> Part {
    let mut shapes = Vec::new();
    let seam = darker(style.top, 0.5);
    match style.outfit {
        Outfit::Jacket => {
            shapes.push(Shape::new(trunk(pose, joints, style, 0.012, -0.16), style.top));
            let (hem, right) = spine(pose, joints, -0.1);
            let reach = 0.075 + 0.015 * pose.open();
            if pose.turn < -0.1 {
                let zip: Vec<Vec2> = [0.95, 0.6, 0.2, -0.12]
                    .iter()
                    .map(|at| {
                        let (centre, right) = spine(pose, joints, *at);
                        centre + right * (0.045 * (1.0 - pose.open()) + 0.004)
                    })
                    .collect();
                shapes.push(Shape::new(brushed(&zip, 0.0028), seam).faded(0.7));
            }
            let band = [hem - right * reach, hem + vec2(0.0, 0.006), hem + right * (reach - 0.012)];
            shapes.push(Shape::new(brushed(&band, 0.0035), seam).faded(0.8));
        }
        Outfit::Coat => {
            shapes.push(Shape::new(skirt(pose, joints, 0.30, 0.020, 0.80), style.top));
            shapes.push(Shape::new(trunk(pose, joints, style, 0.013, -0.26), style.top));
            let (belt, right) = spine(pose, joints, 0.34);
            let reach = 0.058 + 0.02 * pose.open();
            let line = [belt - right * reach, belt + vec2(0.0, 0.003), belt + right * reach];
            shapes.push(Shape::new(brushed(&line, 0.005), seam).faded(0.9));
            if pose.turn > 0.5 {
                let foot = joints.knees[0].lerp(joints.knees[1], 0.5) + vec2(0.0, 0.03);
                let vent = [joints.pelvis + vec2(0.0, 0.02), joints.pelvis.lerp(foot, 0.5), foot];
                shapes.push(Shape::new(brushed(&vent, 0.003), seam).faded(0.7));
            }
        }
        Outfit::Dress => {
            shapes.push(Shape::new(skirt(pose, joints, 0.42, 0.038, 0.72), style.top));
            shapes.push(Shape::new(trunk(pose, joints, style, 0.003, -0.2), style.top));
            for fold in [-0.5, 0.0, 0.45] {
                let (top, right) = spine(pose, joints, 0.2);
                let foot = joints.knees[0].lerp(joints.knees[1], 0.5);
                let start = top + right * (fold * 0.06);
                let end = foot + vec2(fold * 0.19 - pose.swing * 0.03, -0.05);
                shapes.push(Shape::new(brushed(&[start, start.lerp(end, 0.5), end], 0.002), seam).faded(0.5));
            }
        }
    }
    Part { shapes, rim: 1.0 }
}

/// Cloth that hangs from the waist over the thighs, `reach` of the way from hip to ankle, `flare` wider than the legs.
fn skirt(pose: &Pose, joints: &Joints, waist: f32, flare: f32, reach: f32) -> Vec<Vec2> {
    let (top, right) = spine(pose, joints, waist);
    let (hip, hip_right) = spine(pose, joints, -0.02);
    let thigh = |side: usize, share: f32| joints.hips[side].lerp(joints.knees[side], share);
    let hem = |side: usize| thigh(side, 0.35 + reach * 0.75);
    let drag = vec2(-pose.swing * 0.035, 0.0);
    let (mut fore, mut aft) = (hem(0), hem(1));
    if fore.x < aft.x {
        std::mem::swap(&mut fore, &mut aft);
    }
    let (mut fore_mid, mut aft_mid) = (thigh(0, 0.5), thigh(1, 0.5));
    if fore_mid.x < aft_mid.x {
        std::mem::swap(&mut fore_mid, &mut aft_mid);
    }
    let side = 0.052 + 0.034 * pose.open();
    let (front, back) = (side, side + 0.014 * (1.0 - pose.open()));
    let low = f32::midpoint(fore.y, aft.y);
    let points = [
        top + right * (0.05 + 0.022 * pose.open()),
        hip + hip_right * (front + 0.014 + flare * 0.4),
        vec2(fore_mid.x + 0.055 + flare * 0.8, fore_mid.y),
        vec2(fore.x + 0.040 + flare, lerp(fore.y, low, 0.5)) + drag,
        vec2(lerp(fore.x, aft.x, 0.5), low + 0.012) + drag,
        vec2(aft.x - 0.048 - flare, lerp(aft.y, low, 0.5)) + drag * 1.5,
        vec2(aft_mid.x - 0.060 - flare * 0.8, aft_mid.y) + drag * 0.4,
        hip - hip_right * (back + 0.014 + flare * 0.4),
        top - right * (0.046 + 0.026 * pose.open()),
    ];
    closed(&points)
}

/// One sleeved arm with its hand.
pub(super) fn arm(pose: &Pose, joints: &Joints, style: &FigureStyle, side: usize) -> Part {
    let far = side == 1 && pose.open() < 0.6;
    let bones = [joints.shoulders[side], joints.elbows[side], joints.wrists[side]];
    let bare = style.outfit == Outfit::Dress;
    let loose = if style.outfit == Outfit::Coat { 0.003 } else { 0.001 };
    let girths = [
        girth(-0.02, 0.031 + loose, 0.031 + loose),
        girth(0.3, 0.032 + loose, 0.033 + loose),
        girth(0.9, 0.025 + loose, 0.026 + loose),
        girth(1.3, 0.024 + loose, 0.025 + loose),
        girth(1.86, 0.019 + loose, 0.020 + loose),
    ];
    let slim = [
        girth(-0.02, 0.029, 0.029),
        girth(0.4, 0.023, 0.024),
        girth(0.95, 0.018, 0.018),
        girth(1.3, 0.019, 0.019),
        girth(1.95, 0.012, 0.012),
    ];
    let shade = |color: Rgb| if far { darker(color, 0.28) } else { color };
    let (skin, sleeve) = (shade(style.skin), shade(style.top));
    let mut shapes = Vec::new();
    let fore = (joints.wrists[side] - joints.elbows[side]).unit();
    shapes.extend(hand(joints.wrists[side], fore, if side == 0 { 1.0 } else { -1.0 }, skin));
    if bare {
        shapes.push(Shape::new(ribbon(&bones, &slim), skin));
        let cap = [bones[0], bones[0].lerp(bones[1], 0.5)];
        shapes
            .push(Shape::new(ribbon(&cap, &[girth(-0.05, 0.031, 0.031), girth(0.75, 0.029, 0.029)]), sleeve));
    } else {
        // A sharply bent elbow is round.
        shapes.push(Shape::new(ellipse(bones[1], vec2(0.0262 + loose, 0.0262 + loose), 0.0), sleeve));
        shapes.push(Shape::new(ribbon(&bones, &girths), sleeve));
        let inner = bones[1] + (bones[0] - bones[1]).unit().across() * 0.018;
        let crease = [inner, bones[1] + fore * 0.006];
        shapes.push(Shape::new(brushed(&crease, 0.0022), darker(sleeve, 0.5)).faded(0.5));
    }
    Part { shapes, rim: if far { 0.6 } else { 0.85 } }
}

/// A relaxed hand: palm, curled fingers and thumb, along the forearm's direction.
fn hand(wrist: Vec2, along: Vec2, side: f32, skin: Rgb) -> Vec<Shape> {
    let curl = along.turned(-14.0 * side);
    let knuckles = wrist + along * 0.026;
    let tip = knuckles + curl * 0.030;
    let palm = [wrist - along * 0.012, knuckles, tip];
    let girths = [
        girth(0.0, 0.011, 0.011),
        girth(0.9, 0.0165, 0.0165),
        girth(1.4, 0.0145, 0.0145),
        girth(2.0, 0.007, 0.007),
    ];
    let thumb = [wrist + along * 0.008, wrist + along * 0.026 - along.across() * (0.017 * side)];
    vec![
        Shape::new(ribbon(&palm, &girths), skin),
        Shape::new(ribbon(&thumb, &[girth(0.0, 0.007, 0.007), girth(1.0, 0.0055, 0.0055)]), skin),
    ]
}

/// The neck, from between the shoulders into the skull.
pub(super) fn neck(pose: &Pose, joints: &Joints, style: &FigureStyle) -> Shape {
    let side = pose.profile();
    let into = joints.head + vec2(-0.16 * side, 0.10).turned(pose.head) * HEAD;
    let under = joints.head + vec2(-0.15 * side, 0.34).turned(pose.head) * HEAD;
    let base = joints.chest + vec2(-0.002 * side, 0.024);
    let width = (0.024 + 0.002 * side) * (0.35 + 0.65 * style.breadth);
    let girths = [
        girth(0.0, width * 1.5, width * 1.6),
        girth(0.45, width * 1.03, width * 1.1),
        girth(1.0, width * 0.98, width * 1.02),
        girth(2.0, width, width * 1.1),
    ];
    Shape::new(ribbon(&[base, under, into], &girths), darker(style.skin, 0.16))
}

/// A collar around the neck, over which the head comes.
pub(super) fn collar(pose: &Pose, joints: &Joints, style: &FigureStyle) -> Vec<Shape> {
    let up = (joints.nape - joints.chest).unit();
    let right = -up.across();
    let base = joints.chest + up * 0.004;
    let width = 0.034 + 0.008 * pose.open();
    let tall = match style.outfit {
        Outfit::Dress => 0.002,
        Outfit::Jacket => 0.022,
        Outfit::Coat => 0.030,
    };
    let point = |x: f32, y: f32| base + right * x + up * y;
    let color = mix(style.top, Rgb(255, 255, 255), 0.05);
    if pose.is_from_the_front() {
        // Two wings that leave the throat open.
        let wing = [
            (0.002, -0.034),
            (0.020, -0.012),
            (width - 0.006, tall + 0.002),
            (width + 0.004, tall * 0.6),
            (width + 0.016, -0.016),
            (width - 0.012, -0.030),
            (0.016, -0.052),
        ];
        let half: Vec<_> = wing.iter().map(|(x, y)| point(*x, *y)).collect();
        let other: Vec<_> = wing.iter().map(|(x, y)| point(-x, *y)).collect();
        return vec![Shape::new(closed(&half), color), Shape::new(closed(&other), color)];
    }
    // From the side it falls open in front; from behind it is even.
    let front = tall * lerp(1.0, 0.48, pose.profile());
    let points = [
        point(-width - 0.012, -0.018),
        point(-width - 0.001, tall * 0.5),
        point(-width + 0.006, tall),
        point(-0.004, tall * 0.84),
        point(width - 0.008, front),
        point(width - 0.001, front * 0.4),
        point(width + lerp(0.012, 0.004, pose.profile()), -0.020),
        point(0.004, lerp(-0.010, -0.019, pose.profile())),
    ];
    vec![Shape::new(closed(&points), color)]
}
