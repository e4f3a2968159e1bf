//! What is worn on the head, from the side, the front and behind: caps and headphones.

use super::Frame;
use crate::figure::body::{darker, mix};
use crate::figure::outline::{Part, Shape, ellipse, stroke};
use crate::figure::skeleton::HEAD;
use crate::figure::style::{FigureStyle, Hair};
use crate::figure::vector::vec2;
use mv_core::Rgb;

pub(super) fn cap_in_profile(frame: &Frame, color: Rgb) -> Vec<Shape> {
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

pub(super) fn headphones_in_profile(frame: &Frame, style: &FigureStyle) -> Part {
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

pub(super) fn cap_from_the_front(frame: &Frame, color: Rgb) -> Vec<Shape> {
    let crown = [
        (0.0, -0.70),
        (0.26, -0.645),
        (0.43, -0.44),
        (0.425, -0.22),
        (0.20, -0.265),
        (0.0, -0.28),
        (-0.20, -0.265),
        (-0.425, -0.22),
        (-0.43, -0.44),
        (-0.26, -0.645),
    ];
    let peak = [
        (0.37, -0.265),
        (0.41, -0.175),
        (0.22, -0.205),
        (0.0, -0.215),
        (-0.22, -0.205),
        (-0.41, -0.175),
        (-0.37, -0.265),
        (-0.20, -0.315),
        (0.0, -0.33),
        (0.20, -0.315),
    ];
    let seam = |x: f32| frame.line(&[(0.0, -0.70), (x * 0.6, -0.52), (x, -0.30)], 0.008);
    vec![
        Shape::new(frame.curve(&crown), color),
        Shape::new(seam(0.17), darker(color, 0.4)).faded(0.5),
        Shape::new(seam(-0.17), darker(color, 0.4)).faded(0.5),
        Shape::new(frame.curve(&peak), darker(color, 0.26)),
    ]
}

pub(super) fn cap_from_behind(frame: &Frame, color: Rgb) -> Vec<Shape> {
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

pub(super) fn headphones_from_behind(frame: &Frame, style: &FigureStyle) -> Part {
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
