//! What people hold: a guitar, a microphone.

use super::body::darker;
use super::outline::{Part, Shape, brushed, closed, ellipse, girth, ribbon, stroke};
use super::vector::{Vec2, vec2};
use mv_core::Rgb;

/// A guitar whose body is centred at `body`, its neck along the unit direction `neck`.
pub(super) fn guitar(body: Vec2, neck: Vec2, accent: Rgb) -> Part {
    let across = neck.across();
    let at = |x: f32, y: f32| body + neck * x + across * y;
    let wood = Rgb(0xb0, 0x6c, 0x38);
    let dark = Rgb(0x2c, 0x1b, 0x18);
    let outline = [
        at(0.098, 0.026),
        at(0.080, 0.058),
        at(0.044, 0.062),
        at(0.010, 0.048),
        at(-0.026, 0.062),
        at(-0.072, 0.078),
        at(-0.112, 0.058),
        at(-0.126, 0.0),
        at(-0.112, -0.058),
        at(-0.072, -0.078),
        at(-0.026, -0.062),
        at(0.010, -0.048),
        at(0.044, -0.062),
        at(0.080, -0.058),
        at(0.098, -0.026),
    ];
    let peg = |x: f32, side: f32| Shape::new(ellipse(at(x, 0.018 * side), vec2(0.005, 0.005), 0.0), dark);
    let strings = [at(-0.070, 0.0), at(0.2, 0.0), at(0.345, 0.0)];
    let mut shapes = vec![
        Shape::new(closed(&outline), wood),
        Shape::new(stroke(&[at(0.08, 0.0), at(0.2, 0.0), at(0.325, 0.0)], 0.0105), dark),
        Shape::new(
            ribbon(&[at(0.32, 0.0), at(0.375, 0.0)], &[girth(0.0, 0.012, 0.012), girth(1.0, 0.019, 0.019)]),
            dark,
        ),
        Shape::new(ellipse(at(0.030, 0.0), vec2(0.025, 0.025), 0.0), dark),
        Shape::new(stroke(&[at(-0.070, -0.020), at(-0.070, 0.020)], 0.006), dark),
        Shape::new(brushed(&strings, 0.0016), Rgb(0xf0, 0xe6, 0xd2)).faded(0.7),
        Shape::new(brushed(&[at(-0.10, 0.03), at(-0.04, 0.052), at(0.0, 0.04)], 0.003), darker(accent, 0.1))
            .faded(0.5),
    ];
    shapes.extend([(0.340, 1.0), (0.362, 1.0), (0.340, -1.0), (0.362, -1.0)].map(|(x, side)| peg(x, side)));
    Part { shapes, rim: 0.9 }
}

/// The guitar's strap, over the shoulder from one end to the other.
pub(super) fn strap(body: Vec2, neck: Vec2, shoulder: Vec2) -> Shape {
    let points =
        [body - neck * 0.115, body.lerp(shoulder, 0.55) - neck * 0.05, shoulder + vec2(0.012, -0.028)];
    Shape::new(stroke(&points, 0.008), Rgb(0x1f, 0x1b, 0x24))
}

/// A microphone from the hand towards the mouth.
pub(super) fn microphone(hand: Vec2, mouth: Vec2) -> Part {
    let along = (mouth - hand).unit();
    let head = hand + along * 0.040;
    let grip = [hand - along * 0.030, head];
    Part {
        shapes: vec![
            Shape::new(
                ribbon(&grip, &[girth(0.0, 0.0055, 0.0055), girth(1.0, 0.009, 0.009)]),
                Rgb(0x20, 0x20, 0x28),
            ),
            Shape::new(ellipse(head + along * 0.006, vec2(0.0145, 0.0145), 0.0), Rgb(0x8a, 0x8c, 0x98)),
        ],
        rim: 0.9,
    }
}
