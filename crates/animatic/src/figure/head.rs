//! Heads: skull, face in profile, hair, hood, cap and headphones, in head units (1 from chin to crown).

use super::body::{darker, mix};
use super::outline::{Part, Shape, brushed, closed, ellipse, stroke};
use super::skeleton::{HEAD, Joints, Pose};
use super::style::{FigureStyle, Hair};
use super::vector::{Vec2, vec2};
use mv_core::Rgb;

/// Head units → figure units: centre of the head is the origin, chin at y = 0.5, the face looks to +x.
struct Frame {
    centre: Vec2,
    tilt: f32,
    swing: f32,
}

impl Frame {
    fn at(&self, x: f32, y: f32) -> Vec2 {
        self.centre + vec2(x, y).turned(self.tilt) * HEAD
    }

    /// A point that hangs: the lower it is, the less it follows the head's tilt and the more it swings.
    fn hanging(&self, x: f32, y: f32) -> Vec2 {
        let loose = ((y - 0.1) / 1.2).clamp(0.0, 1.0);
        let tilt = self.tilt * (1.0 - 0.75 * loose);
        let swung = vec2(x - self.swing * 0.22 * loose * loose, y).turned(tilt);
        self.centre + swung * HEAD
    }

    fn curve(&self, points: &[(f32, f32)]) -> Vec<Vec2> {
        let placed: Vec<_> = points.iter().map(|(x, y)| self.at(*x, *y)).collect();
        closed(&placed)
    }

    fn hair(&self, points: &[(f32, f32)]) -> Vec<Vec2> {
        let placed: Vec<_> = points.iter().map(|(x, y)| self.hanging(*x, *y)).collect();
        closed(&placed)
    }

    fn line(&self, points: &[(f32, f32)], half_width: f32) -> Vec<Vec2> {
        let placed: Vec<_> = points.iter().map(|(x, y)| self.hanging(*x, *y)).collect();
        brushed(&placed, half_width * HEAD)
    }
}

/// The head as parts, back to front; `behind` is hair that hangs behind the shoulders, painted before the trunk.
pub(super) struct Head {
    pub(super) behind: Option<Part>,
    pub(super) front: Vec<Part>,
}

pub(super) fn head(pose: &Pose, joints: &Joints, style: &FigureStyle, collar: Shape) -> Head {
    let frame = Frame { centre: joints.head, tilt: pose.head, swing: pose.swing };
    if pose.head_turn < 0.5 { profile(&frame, style, collar) } else { from_behind(&frame, style, collar) }
}

const FACE: [(f32, f32); 25] = [
    (0.27, -0.40),
    (0.345, -0.27),
    (0.372, -0.15),
    (0.368, -0.08),
    (0.338, -0.015),
    (0.365, 0.055),
    (0.418, 0.125),
    (0.432, 0.158),
    (0.412, 0.186),
    (0.362, 0.202),
    (0.358, 0.232),
    (0.386, 0.262),
    (0.372, 0.286),
    (0.350, 0.298),
    (0.374, 0.319),
    (0.366, 0.346),
    (0.330, 0.372),
    (0.338, 0.425),
    (0.310, 0.478),
    (0.235, 0.497),
    (0.10, 0.430),
    (-0.03, 0.330),
    (-0.10, 0.200),
    (-0.30, 0.0),
    (-0.20, -0.40),
];

fn profile(frame: &Frame, style: &FigureStyle, collar: Shape) -> Head {
    let skin = style.skin;
    let mut shapes = vec![collar];
    shapes.push(Shape::new(frame.curve(&FACE), skin));
    shapes.extend(features(frame, skin, style.hair_color));
    let mut behind = None;
    let hair = style.hair_color;
    let sheen = mix(hair, Rgb(255, 240, 225), 0.16);
    match style.hair {
        Hair::Long => {
            let mass = [
                (-0.10, -0.30),
                (-0.42, -0.20),
                (-0.52, 0.10),
                (-0.53, 0.50),
                (-0.60, 0.95),
                (-0.58, 1.35),
                (-0.40, 1.52),
                (-0.22, 1.38),
                (-0.10, 0.95),
                (-0.06, 0.45),
                (0.02, 0.05),
            ];
            behind = Some(Part { shapes: vec![Shape::new(frame.hair(&mass), darker(hair, 0.2))], rim: 0.8 });
            let cap = [
                (0.335, -0.345),
                (0.26, -0.49),
                (0.06, -0.575),
                (-0.20, -0.545),
                (-0.42, -0.38),
                (-0.52, -0.10),
                (-0.53, 0.25),
                (-0.56, 0.70),
                (-0.50, 1.12),
                (-0.34, 1.22),
                (-0.20, 0.92),
                (-0.10, 0.50),
                (-0.02, 0.14),
                (0.06, -0.06),
                (0.20, -0.20),
                (0.31, -0.27),
            ];
            shapes.push(Shape::new(frame.hair(&cap), hair));
            shapes.push(lock(
                frame,
                &[(0.27, -0.36), (0.10, -0.22), (0.01, 0.10), (-0.06, 0.50)],
                0.022,
                darker(hair, 0.4),
            ));
            shapes.push(lock(
                frame,
                &[(-0.10, -0.46), (-0.34, -0.22), (-0.40, 0.20), (-0.42, 0.70)],
                0.03,
                sheen,
            ));
            shapes.push(lock(frame, &[(-0.30, 0.10), (-0.36, 0.55), (-0.40, 1.0)], 0.018, darker(hair, 0.4)));
        }
        Hair::Bun => {
            let bun = ellipse(frame.at(-0.47, -0.42), vec2(0.19, 0.175) * HEAD, frame.tilt - 30.0);
            shapes.push(Shape::new(bun, hair));
            let cap = [
                (0.335, -0.345),
                (0.26, -0.49),
                (0.06, -0.565),
                (-0.20, -0.535),
                (-0.42, -0.37),
                (-0.49, -0.12),
                (-0.44, 0.10),
                (-0.33, 0.26),
                (-0.20, 0.26),
                (-0.10, 0.10),
                (0.02, 0.0),
                (0.10, -0.12),
                (0.22, -0.24),
            ];
            shapes.push(Shape::new(frame.curve(&cap), hair));
            shapes.push(lock(frame, &[(0.10, -0.14), (0.085, 0.05), (0.11, 0.24)], 0.016, hair));
            shapes.push(lock(frame, &[(0.2, -0.44), (-0.15, -0.40), (-0.42, -0.34)], 0.03, sheen));
            shapes.push(lock(
                frame,
                &[(-0.20, 0.20), (-0.34, -0.08), (-0.44, -0.30)],
                0.02,
                darker(hair, 0.4),
            ));
        }
        Hair::Short | Hair::Cap => {
            let cap = [
                (0.345, -0.30),
                (0.40, -0.42),
                (0.30, -0.56),
                (0.10, -0.62),
                (-0.14, -0.60),
                (-0.38, -0.45),
                (-0.49, -0.18),
                (-0.455, 0.06),
                (-0.395, 0.24),
                (-0.325, 0.345),
                (-0.235, 0.33),
                (-0.165, 0.20),
                (-0.12, 0.08),
                (-0.03, 0.06),
                (0.03, 0.14),
                (0.075, 0.02),
                (0.10, -0.16),
                (0.22, -0.28),
            ];
            shapes.push(Shape::new(frame.curve(&cap), hair));
            if style.hair == Hair::Short {
                shapes.push(lock(frame, &[(0.36, -0.36), (0.20, -0.50), (-0.05, -0.54)], 0.026, sheen));
                shapes.push(lock(
                    frame,
                    &[(0.14, -0.28), (-0.08, -0.34), (-0.30, -0.22)],
                    0.02,
                    darker(hair, 0.4),
                ));
            } else {
                shapes.extend(cap_in_profile(frame, style.accent));
            }
        }
        Hair::Hood => {
            shapes.push(lock(frame, &[(0.30, -0.36), (0.22, -0.20), (0.14, -0.02)], 0.07, hair));
            let hood = [
                (0.30, -0.47),
                (0.16, -0.64),
                (-0.16, -0.66),
                (-0.46, -0.46),
                (-0.59, -0.10),
                (-0.58, 0.28),
                (-0.60, 0.62),
                (-0.36, 0.78),
                (0.02, 0.74),
                (0.20, 0.60),
                (0.13, 0.40),
                (0.10, 0.10),
                (0.14, -0.18),
                (0.25, -0.34),
            ];
            shapes.push(Shape::new(frame.curve(&hood), mix(style.top, Rgb(255, 255, 255), 0.04)));
            let rim = [(0.28, -0.42), (0.17, -0.16), (0.13, 0.12), (0.17, 0.44), (0.20, 0.58)];
            shapes.push(lock(frame, &rim, 0.03, darker(style.top, 0.45)));
            shapes.push(lock(
                frame,
                &[(-0.22, 0.60), (-0.42, 0.20), (-0.38, -0.25)],
                0.02,
                darker(style.top, 0.4),
            ));
        }
    }
    if style.hair != Hair::Hood && style.hair != Hair::Long {
        shapes.extend(ear(frame, skin));
    }
    let mut front = vec![Part { shapes, rim: 1.0 }];
    if style.headphones {
        front.push(headphones_in_profile(frame, style));
    }
    Head { behind, front }
}

fn lock(frame: &Frame, points: &[(f32, f32)], half_width: f32, color: Rgb) -> Shape {
    Shape::new(frame.line(points, half_width), color).faded(0.75)
}

/// Brow, lowered lid, lips, the shade under cheek and jaw.
fn features(frame: &Frame, skin: Rgb, hair: Rgb) -> Vec<Shape> {
    let deep = mix(darker(skin, 0.42), Rgb(120, 40, 40), 0.2);
    let warm = mix(skin, Rgb(205, 80, 72), 0.42);
    vec![
        Shape::new(
            frame.curve(&[
                (-0.06, 0.20),
                (0.12, 0.34),
                (0.29, 0.42),
                (0.25, 0.492),
                (0.10, 0.430),
                (-0.02, 0.335),
            ]),
            deep,
        )
        .faded(0.35),
        Shape::new(ellipse(frame.at(0.20, 0.16), vec2(0.085, 0.06) * HEAD, frame.tilt), warm).faded(0.28),
        Shape::new(frame.line(&[(0.345, -0.125), (0.28, -0.155), (0.20, -0.12)], 0.019), darker(hair, 0.1))
            .faded(0.9),
        Shape::new(frame.line(&[(0.325, -0.01), (0.285, 0.022), (0.225, 0.005)], 0.016), darker(hair, 0.35))
            .faded(0.95),
        Shape::new(frame.line(&[(0.330, 0.005), (0.350, 0.022)], 0.012), darker(hair, 0.35)).faded(0.8),
        Shape::new(frame.line(&[(0.300, -0.045), (0.255, -0.045), (0.215, -0.02)], 0.007), deep).faded(0.6),
        Shape::new(
            frame.curve(&[(0.356, 0.246), (0.386, 0.263), (0.366, 0.292), (0.300, 0.302), (0.330, 0.268)]),
            warm,
        )
        .faded(0.8),
        Shape::new(
            frame.curve(&[(0.352, 0.300), (0.374, 0.319), (0.362, 0.346), (0.325, 0.338), (0.300, 0.306)]),
            warm,
        )
        .faded(0.62),
        Shape::new(frame.line(&[(0.352, 0.298), (0.325, 0.303), (0.290, 0.306)], 0.007), deep).faded(0.9),
        Shape::new(frame.line(&[(0.385, 0.172), (0.362, 0.178), (0.352, 0.192)], 0.009), deep).faded(0.7),
    ]
}

fn ear(frame: &Frame, skin: Rgb) -> Vec<Shape> {
    let shell = frame.curve(&[
        (-0.03, -0.06),
        (-0.10, -0.08),
        (-0.145, 0.0),
        (-0.11, 0.09),
        (-0.06, 0.165),
        (-0.025, 0.13),
        (-0.03, 0.03),
    ]);
    vec![
        Shape::new(shell, skin),
        Shape::new(frame.line(&[(-0.05, -0.02), (-0.10, 0.0), (-0.08, 0.08)], 0.012), darker(skin, 0.4))
            .faded(0.6),
    ]
}

fn cap_in_profile(frame: &Frame, color: Rgb) -> Vec<Shape> {
    let crown = [
        (0.37, -0.26),
        (0.36, -0.44),
        (0.24, -0.60),
        (0.02, -0.67),
        (-0.24, -0.62),
        (-0.44, -0.44),
        (-0.51, -0.20),
        (-0.49, -0.12),
        (-0.20, -0.17),
        (0.12, -0.22),
    ];
    let peak = [
        (0.30, -0.34),
        (0.50, -0.33),
        (0.68, -0.25),
        (0.72, -0.19),
        (0.60, -0.195),
        (0.36, -0.225),
        (0.20, -0.21),
    ];
    vec![
        Shape::new(frame.curve(&crown), color),
        Shape::new(frame.curve(&peak), darker(color, 0.22)),
        Shape::new(frame.line(&[(0.34, -0.27), (0.0, -0.225), (-0.46, -0.16)], 0.016), darker(color, 0.45))
            .faded(0.8),
        Shape::new(frame.line(&[(0.02, -0.66), (-0.06, -0.42), (-0.08, -0.20)], 0.010), darker(color, 0.4))
            .faded(0.6),
    ]
}

fn headphones_in_profile(frame: &Frame, style: &FigureStyle) -> Part {
    let shell = mix(darker(style.accent, 0.45), Rgb(40, 42, 66), 0.55);
    let lift = if style.hair == Hair::Cap { -0.06 } else { 0.0 };
    let band = [
        frame.at(-0.075, 0.0),
        frame.at(-0.10, -0.32),
        frame.at(-0.075, -0.50 + lift),
        frame.at(-0.045, -0.565 + lift),
    ];
    let cup =
        |grow: f32| ellipse(frame.at(-0.07, 0.04), vec2(0.135 * grow, 0.185 * grow) * HEAD, frame.tilt - 6.0);
    let shapes = vec![
        Shape::new(stroke(&band, 0.034 * HEAD), shell),
        Shape::new(
            ellipse(frame.at(-0.04, 0.05), vec2(0.145, 0.20) * HEAD, frame.tilt - 6.0),
            darker(shell, 0.5),
        ),
        Shape::new(cup(1.0), shell),
        Shape::new(cup(0.62), mix(shell, style.accent, 0.55)),
        Shape::new(cup(0.36), darker(shell, 0.3)),
    ];
    Part { shapes, rim: 0.9 }
}

fn from_behind(frame: &Frame, style: &FigureStyle, collar: Shape) -> Head {
    let hair = style.hair_color;
    let dark = darker(hair, 0.35);
    let sheen = mix(hair, Rgb(255, 240, 225), 0.14);
    let mut shapes = Vec::new();
    for side in [-1.0, 1.0] {
        let shell = [(0.355, -0.05), (0.425, -0.04), (0.43, 0.06), (0.385, 0.16), (0.345, 0.14)];
        let shell = shell.map(|(x, y)| (x * side, y));
        if !matches!(style.hair, Hair::Long | Hair::Hood) {
            shapes.push(Shape::new(frame.curve(&shell), style.skin));
        }
    }
    let skull = [
        (0.0, -0.56),
        (0.22, -0.52),
        (0.37, -0.34),
        (0.405, -0.08),
        (0.37, 0.12),
        (0.29, 0.27),
        (0.19, 0.36),
        (0.0, 0.40),
        (-0.19, 0.36),
        (-0.29, 0.27),
        (-0.37, 0.12),
        (-0.405, -0.08),
        (-0.37, -0.34),
        (-0.22, -0.52),
    ];
    match style.hair {
        Hair::Long => {
            shapes.push(collar);
            let curtain = [
                (0.0, -0.575),
                (0.24, -0.53),
                (0.39, -0.34),
                (0.43, -0.06),
                (0.40, 0.20),
                (0.37, 0.42),
                (0.42, 0.68),
                (0.47, 0.98),
                (0.40, 1.20),
                (0.24, 1.30),
                (0.14, 1.26),
                (0.02, 1.40),
                (-0.14, 1.34),
                (-0.30, 1.32),
                (-0.45, 1.16),
                (-0.47, 0.92),
                (-0.41, 0.66),
                (-0.37, 0.42),
                (-0.40, 0.20),
                (-0.43, -0.06),
                (-0.39, -0.34),
                (-0.24, -0.53),
            ];
            shapes.push(Shape::new(frame.hair(&curtain), hair));
            shapes.push(lock(frame, &[(0.16, -0.42), (0.27, 0.0), (0.27, 0.55), (0.34, 1.15)], 0.022, sheen));
            shapes.push(lock(frame, &[(-0.05, 0.0), (-0.10, 0.5), (-0.08, 1.3)], 0.018, dark));
            shapes.push(lock(frame, &[(-0.24, -0.1), (-0.32, 0.45), (-0.34, 1.25)], 0.02, dark));
            shapes.push(lock(frame, &[(0.09, 0.3), (0.13, 0.8), (0.12, 1.34)], 0.016, dark));
        }
        Hair::Bun => {
            shapes.push(collar);
            shapes.push(Shape::new(frame.curve(&skull), hair));
            shapes.push(lock(frame, &[(-0.30, 0.10), (-0.16, -0.16), (-0.05, -0.34)], 0.02, dark));
            shapes.push(lock(frame, &[(0.30, 0.10), (0.16, -0.16), (0.05, -0.34)], 0.02, dark));
            shapes.push(lock(frame, &[(0.0, 0.32), (0.02, 0.0), (0.0, -0.3)], 0.02, dark));
            let bun = ellipse(frame.at(0.0, -0.52), vec2(0.21, 0.185) * HEAD, frame.tilt);
            shapes.push(Shape::new(bun, mix(hair, sheen, 0.35)));
            shapes.push(lock(frame, &[(-0.15, -0.50), (0.0, -0.42), (0.15, -0.52)], 0.02, dark));
        }
        Hair::Short | Hair::Cap => {
            shapes.push(collar);
            let mut crop = skull;
            for point in &mut crop {
                point.0 *= 1.03;
            }
            shapes.push(Shape::new(frame.curve(&crop), hair));
            shapes.push(lock(frame, &[(0.06, -0.46), (0.24, -0.24), (0.28, 0.06)], 0.03, sheen));
            shapes.push(lock(frame, &[(-0.22, 0.30), (-0.06, 0.34), (0.20, 0.31)], 0.02, dark));
            if style.hair == Hair::Cap {
                shapes.extend(cap_from_behind(frame, style.accent));
            }
        }
        Hair::Hood => {
            shapes.push(collar);
            let hood = [
                (0.0, -0.68),
                (0.26, -0.62),
                (0.46, -0.38),
                (0.52, -0.02),
                (0.49, 0.34),
                (0.58, 0.66),
                (0.40, 0.86),
                (0.0, 0.95),
                (-0.40, 0.86),
                (-0.58, 0.66),
                (-0.49, 0.34),
                (-0.52, -0.02),
                (-0.46, -0.38),
                (-0.26, -0.62),
            ];
            let cloth = mix(style.top, Rgb(255, 255, 255), 0.05);
            shapes.push(Shape::new(frame.curve(&hood), cloth));
            shapes.push(lock(frame, &[(0.0, -0.66), (0.02, -0.1), (0.0, 0.55)], 0.016, darker(cloth, 0.4)));
            shapes.push(lock(
                frame,
                &[(-0.44, 0.50), (-0.10, 0.64), (0.42, 0.52)],
                0.024,
                darker(cloth, 0.4),
            ));
            shapes.push(lock(frame, &[(-0.36, 0.72), (0.0, 0.80), (0.36, 0.74)], 0.02, darker(cloth, 0.4)));
        }
    }
    let mut front = vec![Part { shapes, rim: 1.0 }];
    if style.headphones {
        front.push(headphones_from_behind(frame, style));
    }
    Head { behind: None, front }
}

fn cap_from_behind(frame: &Frame, color: Rgb) -> Vec<Shape> {
    let crown = [
        (0.0, -0.67),
        (0.25, -0.61),
        (0.42, -0.40),
        (0.44, -0.14),
        (0.22, -0.10),
        (0.15, -0.18),
        (0.0, -0.23),
        (-0.15, -0.18),
        (-0.22, -0.10),
        (-0.44, -0.14),
        (-0.42, -0.40),
        (-0.25, -0.61),
    ];
    vec![
        Shape::new(frame.curve(&crown), color),
        Shape::new(frame.line(&[(-0.20, -0.105), (0.0, -0.075), (0.20, -0.105)], 0.026), darker(color, 0.25)),
        Shape::new(frame.line(&[(0.0, -0.67), (0.0, -0.45), (0.0, -0.24)], 0.010), darker(color, 0.4))
            .faded(0.6),
    ]
}

fn headphones_from_behind(frame: &Frame, style: &FigureStyle) -> Part {
    let shell = mix(darker(style.accent, 0.45), Rgb(40, 42, 66), 0.55);
    let wide = if matches!(style.hair, Hair::Long) { 0.455 } else { 0.415 };
    let top = match style.hair {
        Hair::Cap => -0.70,
        _ => -0.605,
    };
    let band = [
        (-wide, 0.0),
        (-wide - 0.012, -0.18),
        (-wide * 0.88, -0.39),
        (-wide * 0.50, top + 0.065),
        (0.0, top),
        (wide * 0.50, top + 0.065),
        (wide * 0.88, -0.39),
        (wide + 0.012, -0.18),
        (wide, 0.0),
    ];
    let band: Vec<_> = band.iter().map(|(x, y)| frame.at(*x, *y)).collect();
    let mut shapes = vec![Shape::new(stroke(&band, 0.042 * HEAD), shell)];
    for side in [-1.0, 1.0] {
        let cup = |x: f32, grow: f32| {
            ellipse(frame.at(x * side, 0.04), vec2(0.095, 0.205) * (HEAD * grow), frame.tilt - 5.0 * side)
        };
        shapes.push(Shape::new(cup(wide - 0.015, 0.95), darker(shell, 0.5)));
        shapes.push(Shape::new(cup(wide + 0.055, 1.0), shell));
        shapes.push(Shape::new(cup(wide + 0.085, 0.62), mix(shell, style.accent, 0.45)));
    }
    Part { shapes, rim: 0.9 }
}
