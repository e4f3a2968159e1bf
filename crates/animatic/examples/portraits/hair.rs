//! Hair: a long fall or a crop behind the head, and the fringe before it.

use crate::Person;
use crate::canvas::{Canvas, MIDDLE, curve, graded, mirrored, mix};
use mv_core::Rgb;
use tiny_skia::Shader;

fn hair_shader(person: &Person) -> Shader<'static> {
    graded(
        (MIDDLE - 260.0, 260.0),
        (MIDDLE + 240.0, 980.0),
        &[
            (0.0, mix(person.hair, person.sheen, 0.55), 1.0),
            (0.45, person.hair, 1.0),
            (1.0, mix(person.hair, Rgb(0, 0, 0), 0.35), 1.0),
        ],
    )
}

pub(crate) fn long_hair_behind(canvas: &mut Canvas, person: &Person) {
    let mass = mirrored(&[
        (0.0, 190.0),
        (130.0, 214.0),
        (226.0, 330.0),
        (252.0, 500.0),
        (256.0, 700.0),
        (272.0, 880.0),
        (284.0, 1040.0),
        (222.0, 1120.0),
        (120.0, 1060.0),
        (0.0, 1000.0),
    ]);
    canvas.fill(curve(&mass, true), hair_shader(person), None);
    for (x, sway) in [(-228.0, -6.0), (-206.0, 8.0), (214.0, 10.0), (234.0, 8.0), (-214.0, -10.0)] {
        let strand = [
            (MIDDLE + x, 480.0),
            (MIDDLE + x + sway * 0.3, 700.0),
            (MIDDLE + x + sway, 900.0),
            (MIDDLE + x * 0.96 + sway, 1070.0),
        ];
        canvas.stroke(&strand, 7.0, person.sheen, 0.35, None);
    }
}

pub(crate) fn short_hair_behind(canvas: &mut Canvas, person: &Person) {
    let mass = mirrored(&[
        (0.0, 250.0),
        (140.0, 268.0),
        (216.0, 380.0),
        (222.0, 500.0),
        (206.0, 590.0),
        (0.0, 640.0),
    ]);
    canvas.fill(curve(&mass, true), hair_shader(person), None);
}

/// Parted hair over the forehead and down both sides of the face.
pub(crate) fn fringe(canvas: &mut Canvas, person: &Person) {
    let part = MIDDLE - 40.0;
    let right = [
        (part, 200.0),
        (MIDDLE + 120.0, 216.0),
        (MIDDLE + 220.0, 330.0),
        (MIDDLE + 246.0, 480.0),
        (MIDDLE + 250.0, 660.0),
        (MIDDLE + 262.0, 850.0),
        (MIDDLE + 236.0, 1000.0),
        (MIDDLE + 200.0, 900.0),
        (MIDDLE + 196.0, 720.0),
        (MIDDLE + 186.0, 560.0),
        (MIDDLE + 160.0, 462.0),
        (MIDDLE + 96.0, 408.0),
        (MIDDLE + 20.0, 372.0),
        (part + 18.0, 350.0),
    ];
    let left = [
        (part + 10.0, 200.0),
        (MIDDLE - 130.0, 218.0),
        (MIDDLE - 222.0, 336.0),
        (MIDDLE - 246.0, 480.0),
        (MIDDLE - 252.0, 660.0),
        (MIDDLE - 264.0, 850.0),
        (MIDDLE - 240.0, 990.0),
        (MIDDLE - 202.0, 890.0),
        (MIDDLE - 198.0, 720.0),
        (MIDDLE - 188.0, 560.0),
        (MIDDLE - 172.0, 470.0),
        (MIDDLE - 112.0, 414.0),
        (MIDDLE - 44.0, 362.0),
        (part + 22.0, 340.0),
    ];
    for lock in [right.as_slice(), left.as_slice()] {
        canvas.fill(curve(lock, true), hair_shader(person), None);
    }
    // Strands of light that follow the fall of the hair.
    for (x0, x1, x2, alpha) in [
        (20.0, 152.0, 220.0, 0.55),
        (60.0, 184.0, 232.0, 0.40),
        (-6.0, 128.0, 212.0, 0.30),
        (-62.0, -156.0, -220.0, 0.65),
        (-84.0, -186.0, -232.0, 0.50),
        (-50.0, -142.0, -210.0, 0.35),
    ] {
        let strand = [
            (MIDDLE + x0, 248.0),
            (MIDDLE + (x0 + x1) * 0.56, 300.0),
            (MIDDLE + x1, 390.0),
            (MIDDLE + x2, 510.0),
        ];
        canvas.stroke(&strand, 8.0, person.sheen, alpha, None);
    }
    canvas.stroke(
        &[(part + 4.0, 214.0), (part + 4.0, 280.0), (part + 14.0, 344.0)],
        5.0,
        mix(person.hair, Rgb(0, 0, 0), 0.5),
        0.9,
        None,
    );
}
