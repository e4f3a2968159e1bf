//! Heads from behind: nape, ears, and hair down the back.

use super::worn::{cap_from_behind, headphones_from_behind};
use super::{Frame, Head, lock};
use crate::figure::body::{darker, mix};
use crate::figure::outline::{Part, Shape, ellipse};
use crate::figure::skeleton::HEAD;
use crate::figure::style::{FigureStyle, Hair};
use crate::figure::vector::vec2;
use mv_core::Rgb;

pub(super) fn from_behind(frame: &Frame, style: &FigureStyle, collar: Vec<Shape>) -> Head {
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
            shapes.extend(collar);
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
            shapes.extend(collar);
            shapes.push(Shape::new(frame.curve(&skull), hair));
            shapes.push(lock(frame, &[(-0.30, 0.10), (-0.16, -0.16), (-0.05, -0.34)], 0.02, dark));
            shapes.push(lock(frame, &[(0.30, 0.10), (0.16, -0.16), (0.05, -0.34)], 0.02, dark));
            shapes.push(lock(frame, &[(0.0, 0.32), (0.02, 0.0), (0.0, -0.3)], 0.02, dark));
            let bun = ellipse(frame.at(0.0, -0.52), vec2(0.21, 0.185) * HEAD, frame.tilt);
            shapes.push(Shape::new(bun, mix(hair, sheen, 0.35)));
            shapes.push(lock(frame, &[(-0.15, -0.50), (0.0, -0.42), (0.15, -0.52)], 0.02, dark));
        }
        Hair::Short | Hair::Cap => {
            shapes.extend(collar);
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
            shapes.extend(collar);
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
