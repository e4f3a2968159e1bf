//! Heads from the front: a plain, friendly face with few lines, and hair that frames it.

use super::worn::{cap_from_the_front, headphones_from_behind};
use super::{Frame, Head, lock};
use crate::figure::body::{darker, mix};
use crate::figure::outline::{Part, Shape, ellipse};
use crate::figure::skeleton::HEAD;
use crate::figure::style::{FigureStyle, Hair};
use crate::figure::vector::vec2;
use mv_core::Rgb;

/// The right half of the face, from the forehead's middle to the chin.
const CHEEK: [(f32, f32); 8] = [
    (0.0, -0.50),
    (0.20, -0.46),
    (0.33, -0.28),
    (0.352, -0.04),
    (0.328, 0.18),
    (0.262, 0.355),
    (0.150, 0.468),
    (0.055, 0.500),
];

/// A closed shape from its right half, mirrored; the half runs from top to bottom.
fn both(half: &[(f32, f32)]) -> Vec<(f32, f32)> {
    let left = half.iter().rev().filter(|(x, _)| *x > 0.0).map(|(x, y)| (-x, *y));
    half.iter().copied().chain(left).collect()
}

pub(super) fn from_the_front(frame: &Frame, style: &FigureStyle, collar: Vec<Shape>) -> Head {
    let hair = style.hair_color;
    let dark = darker(hair, 0.35);
    let sheen = mix(hair, Rgb(255, 240, 225), 0.16);
    let cloth = mix(style.top, Rgb(255, 255, 255), 0.05);
    let mut behind = None;
    let mut shapes = collar;
    match style.hair {
        Hair::Long => {
            let mass = [(0.0, -0.57), (0.40, -0.38), (0.47, 0.05), (0.46, 0.55), (0.52, 1.05), (0.30, 1.22)];
            let mass = frame.hair(&both(&mass));
            behind = Some(Part { shapes: vec![Shape::new(mass, darker(hair, 0.25))], rim: 0.8 });
        }
        Hair::Bun => {
            let bun = ellipse(frame.at(0.02, -0.60), vec2(0.20, 0.17) * HEAD, frame.tilt);
            shapes.push(Shape::new(bun, mix(hair, sheen, 0.25)));
        }
        Hair::Hood => {
            let hood = [
                (0.0, -0.68),
                (0.27, -0.62),
                (0.47, -0.38),
                (0.53, 0.0),
                (0.49, 0.36),
                (0.56, 0.64),
                (0.36, 0.82),
                (0.0, 0.90),
            ];
            shapes.push(Shape::new(frame.curve(&both(&hood)), cloth));
            let lining =
                [(0.0, -0.56), (0.24, -0.50), (0.385, -0.28), (0.415, 0.05), (0.36, 0.40), (0.0, 0.66)];
            shapes.push(Shape::new(frame.curve(&both(&lining)), darker(style.top, 0.55)));
        }
        Hair::Short | Hair::Cap => {}
    }
    if !matches!(style.hair, Hair::Long | Hair::Hood) {
        for side in [-1.0, 1.0] {
            let shell = [(0.32, -0.06), (0.405, -0.07), (0.415, 0.04), (0.375, 0.15), (0.32, 0.14)];
            shapes
                .push(Shape::new(frame.curve(&shell.map(|(x, y)| (x * side, y))), darker(style.skin, 0.08)));
        }
    }
    shapes.push(Shape::new(frame.curve(&both(&CHEEK)), style.skin));
    shapes.extend(features(frame, style));
    match style.hair {
        Hair::Long => {
            // Parted off the middle, and falling to both sides.
            let fall = [
                (-0.06, -0.37),
                (-0.02, -0.585),
                (0.24, -0.55),
                (0.41, -0.38),
                (0.465, -0.08),
                (0.46, 0.30),
                (0.485, 0.70),
                (0.47, 1.04),
                (0.36, 1.12),
                (0.29, 0.80),
                (0.325, 0.45),
                (0.345, 0.15),
                (0.315, -0.04),
                (0.23, -0.20),
                (0.09, -0.31),
            ];
            shapes.push(Shape::new(frame.hair(&fall), hair));
            let other: Vec<_> =
                fall.iter().map(|(x, y)| (-x * 1.0 - 0.06 * (1.0 - x.abs() * 2.0).max(0.0), *y)).collect();
            shapes.push(Shape::new(frame.hair(&other), hair));
            shapes.push(lock(
                frame,
                &[(0.04, -0.50), (0.27, -0.38), (0.39, -0.06), (0.39, 0.40)],
                0.022,
                sheen,
            ));
            shapes.push(lock(
                frame,
                &[(-0.14, -0.50), (-0.33, -0.34), (-0.40, 0.0), (-0.40, 0.7)],
                0.018,
                dark,
            ));
            shapes.push(lock(frame, &[(0.38, 0.30), (0.40, 0.70), (0.40, 1.02)], 0.014, dark));
        }
        Hair::Bun => {
            let drawn_back = [
                (0.0, -0.585),
                (0.24, -0.54),
                (0.385, -0.34),
                (0.395, -0.06),
                (0.345, 0.02),
                (0.325, -0.16),
                (0.22, -0.345),
                (0.0, -0.405),
            ];
            shapes.push(Shape::new(frame.curve(&both(&drawn_back)), hair));
            shapes.push(lock(frame, &[(0.05, -0.55), (0.22, -0.46), (0.34, -0.22)], 0.02, sheen));
            for side in [-1.0, 1.0] {
                let strand = [(0.345 * side, -0.10), (0.375 * side, 0.14), (0.345 * side, 0.36)];
                shapes.push(lock(frame, &strand, 0.018, hair));
            }
        }
        Hair::Short | Hair::Cap => {
            let crop = [
                (-0.335, 0.02),
                (-0.405, -0.12),
                (-0.41, -0.36),
                (-0.27, -0.57),
                (0.02, -0.635),
                (0.28, -0.57),
                (0.41, -0.36),
                (0.405, -0.12),
                (0.335, 0.02),
                (0.325, -0.14),
                (0.265, -0.27),
                (0.15, -0.225),
                (0.02, -0.315),
                (-0.12, -0.235),
                (-0.21, -0.30),
                (-0.315, -0.15),
            ];
            shapes.push(Shape::new(frame.curve(&crop), hair));
            if style.hair == Hair::Cap {
                shapes.extend(cap_from_the_front(frame, style.accent));
            } else {
                shapes.push(lock(frame, &[(-0.14, -0.54), (0.10, -0.56), (0.30, -0.42)], 0.026, sheen));
                shapes.push(lock(frame, &[(0.02, -0.32), (0.10, -0.44), (0.08, -0.56)], 0.016, dark));
            }
        }
        Hair::Hood => {
            let fringe = [
                (-0.33, -0.08),
                (-0.33, -0.34),
                (-0.14, -0.52),
                (0.14, -0.52),
                (0.33, -0.34),
                (0.33, -0.08),
                (0.23, -0.26),
                (0.06, -0.22),
                (-0.12, -0.29),
                (-0.24, -0.22),
            ];
            shapes.push(Shape::new(frame.curve(&fringe), hair));
        }
    }
    let mut front = vec![Part { shapes, rim: 1.0 }];
    if style.headphones {
        front.push(headphones_from_behind(frame, style));
    }
    Head { behind, front }
}

/// Brows, eyes, the nose's shade, lips, and the shade under the chin's sides.
fn features(frame: &Frame, style: &FigureStyle) -> Vec<Shape> {
    let skin = style.skin;
    let deep = mix(darker(skin, 0.42), Rgb(120, 40, 40), 0.2);
    let warm = mix(skin, Rgb(205, 80, 72), 0.42);
    let line = darker(style.hair_color, 0.35);
    let mut shapes = vec![
        // One side of the face turns from the light.
        Shape::new(
            frame.curve(&[
                (-0.16, 0.462),
                (-0.27, 0.34),
                (-0.335, 0.14),
                (-0.35, -0.10),
                (-0.30, -0.08),
                (-0.265, 0.16),
                (-0.20, 0.33),
                (-0.06, 0.44),
            ]),
            deep,
        )
        .faded(0.22),
    ];
    for side in [-1.0, 1.0] {
        let at = |points: &[(f32, f32)]| -> Vec<(f32, f32)> {
            points.iter().map(|(x, y)| (x * side, *y)).collect()
        };
        shapes.push(
            Shape::new(ellipse(frame.at(0.205 * side, 0.165), vec2(0.085, 0.055) * HEAD, frame.tilt), warm)
                .faded(0.26),
        );
        let white = at(&[
            (0.085, 0.022),
            (0.125, -0.018),
            (0.175, -0.022),
            (0.225, 0.012),
            (0.17, 0.044),
            (0.12, 0.042),
        ]);
        shapes.push(Shape::new(frame.curve(&white), mix(skin, Rgb(250, 248, 246), 0.75)));
        shapes.push(Shape::new(ellipse(frame.at(0.152 * side, 0.010), vec2(0.036, 0.041) * HEAD, 0.0), line));
        shapes.push(
            Shape::new(
                ellipse(frame.at(0.152 * side + 0.012, -0.006), vec2(0.010, 0.010) * HEAD, 0.0),
                Rgb(250, 246, 240),
            )
            .faded(0.85),
        );
        shapes.push(Shape::new(
            frame.line(&at(&[(0.080, 0.020), (0.125, -0.026), (0.180, -0.030), (0.238, 0.006)]), 0.014),
            line,
        ));
        shapes.push(
            Shape::new(frame.line(&at(&[(0.095, -0.058), (0.155, -0.080), (0.220, -0.052)]), 0.005), deep)
                .faded(0.5),
        );
        shapes.push(
            Shape::new(
                frame.line(&at(&[(0.070, -0.128), (0.150, -0.162), (0.245, -0.122)]), 0.019),
                darker(style.hair_color, 0.1),
            )
            .faded(0.9),
        );
    }
    shapes.extend([
        Shape::new(frame.line(&[(-0.030, -0.06), (-0.046, 0.08), (-0.058, 0.148)], 0.010), deep).faded(0.28),
        Shape::new(frame.line(&[(-0.058, 0.168), (0.0, 0.186), (0.055, 0.168)], 0.011), deep).faded(0.55),
        Shape::new(
            frame.curve(&[
                (-0.108, 0.296),
                (-0.038, 0.268),
                (0.0, 0.276),
                (0.038, 0.268),
                (0.108, 0.292),
                (0.0, 0.305),
            ]),
            darker(warm, 0.12),
        )
        .faded(0.85),
        Shape::new(
            frame.curve(&[(-0.100, 0.300), (0.0, 0.308), (0.100, 0.298), (0.052, 0.345), (-0.048, 0.346)]),
            warm,
        )
        .faded(0.75),
        Shape::new(
            frame.line(&[(-0.118, 0.292), (-0.05, 0.304), (0.05, 0.304), (0.118, 0.288)], 0.0065),
            deep,
        )
        .faded(0.9),
        Shape::new(frame.line(&[(-0.045, 0.388), (0.0, 0.396), (0.045, 0.388)], 0.008), deep).faded(0.25),
    ]);
    shapes
}
