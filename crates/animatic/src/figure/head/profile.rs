//! Heads in profile: the face's line, eye, lips and ear, and hair as it falls from the side.

use super::worn::{cap_in_profile, headphones_in_profile};
use super::{Frame, Head, lock};
use crate::figure::body::{darker, mix};
use crate::figure::outline::{Part, Shape, ellipse};
use crate::figure::skeleton::HEAD;
use crate::figure::style::{FigureStyle, Hair};
use crate::figure::vector::vec2;
use mv_core::Rgb;

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

pub(super) fn profile(frame: &Frame, style: &FigureStyle, collar: Vec<Shape>) -> Head {
    let skin = style.skin;
    let mut shapes = collar;
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
