//! Faces from the front: outline, neck, ears, eyes, nose and mouth.

use crate::canvas::{Canvas, MIDDLE, Spot, curve, graded, mirrored, mix, oval, solid};
use crate::{Person, Wear};
use mv_core::Rgb;

pub(crate) const EYES: f32 = 560.0;

pub(crate) const MOUTH: f32 = 738.0;

pub(crate) fn face_outline(person: &Person) -> Vec<Spot> {
    let j = person.jaw;
    mirrored(&[
        (0.0, 318.0),
        (96.0, 332.0),
        (168.0, 392.0),
        (190.0, 480.0),
        (188.0, 570.0),
        (178.0 * (0.5 + 0.5 * j), 660.0),
        (146.0 * j, 752.0),
        (92.0 * j, 822.0),
        (44.0 * j, 856.0),
        (0.0, 864.0),
    ])
}

pub(crate) fn neck(canvas: &mut Canvas, person: &Person) {
    let n = person.neck;
    let outline = mirrored(&[
        (0.0, 760.0),
        (96.0 * n, 770.0),
        (92.0 * n, 880.0),
        (100.0 * n, 950.0),
        (190.0, 1010.0),
        (240.0, 1080.0),
        (0.0, 1150.0),
    ]);
    canvas.flat(&outline, person.skin);
    let mask = canvas.mask(&outline);
    // The chin's shadow, and the hollow of the throat.
    canvas.soft((MIDDLE + 14.0, 842.0), (170.0, 110.0), person.shade, 0.95, mask.as_ref());
    canvas.soft((MIDDLE + 70.0 * n, 930.0), (80.0, 150.0), person.shade, 0.5, mask.as_ref());
    canvas.soft((MIDDLE, 1034.0), (70.0, 40.0), person.shade, 0.45, mask.as_ref());
    for side in [-1.0, 1.0] {
        canvas.stroke(
            &[
                (MIDDLE + side * 40.0, 1040.0),
                (MIDDLE + side * 110.0, 1020.0),
                (MIDDLE + side * 180.0, 1022.0),
            ],
            9.0,
            person.shade,
            0.35,
            mask.as_ref(),
        );
    }
}

pub(crate) fn ears(canvas: &mut Canvas, person: &Person) {
    for side in [-1.0, 1.0] {
        let at = |x: f32, y: f32| (MIDDLE + side * x, y);
        canvas.flat(
            &[
                at(182.0, 540.0),
                at(206.0, 528.0),
                at(222.0, 560.0),
                at(214.0, 620.0),
                at(194.0, 656.0),
                at(178.0, 640.0),
            ],
            mix(person.skin, person.shade, if side > 0.0 { 0.35 } else { 0.12 }),
        );
        canvas.stroke(
            &[at(188.0, 556.0), at(206.0, 556.0), at(206.0, 600.0), at(192.0, 626.0)],
            6.0,
            person.shade,
            0.7,
            None,
        );
    }
}

pub(crate) fn head(canvas: &mut Canvas, person: &Person, face: &[Spot]) {
    canvas.flat(face, person.skin);
    let mask = canvas.mask(face);
    let mask = mask.as_ref();
    let light = mix(person.skin, Rgb(255, 248, 236), 0.6);
    // Light from the upper left, shade on the right and below.
    canvas.soft((MIDDLE - 70.0, 430.0), (230.0, 190.0), light, 0.65, mask);
    canvas.soft((MIDDLE + 214.0, 610.0), (120.0, 330.0), person.shade, 0.72, mask);
    canvas.soft((MIDDLE - 212.0, 660.0), (78.0, 260.0), person.shade, 0.42, mask);
    canvas.soft((MIDDLE + 30.0, 884.0), (190.0, 80.0), person.shade, 0.55, mask);
    canvas.soft((MIDDLE - 96.0, 640.0), (66.0, 52.0), light, 0.50, mask);
    canvas.soft((MIDDLE, 818.0), (48.0, 34.0), light, 0.40, mask);
    for side in [-1.0, 1.0] {
        canvas.soft((MIDDLE + side * 104.0, 660.0), (84.0, 58.0), person.blush, 0.34, mask);
        // Eye sockets.
        canvas.soft((MIDDLE + side * 86.0, EYES - 22.0), (88.0, 52.0), person.shade, 0.50, mask);
        canvas.soft((MIDDLE + side * 34.0, EYES - 12.0), (34.0, 60.0), person.shade, 0.45, mask);
    }
    // The fringe's or the cap's shadow on the forehead.
    canvas.soft((MIDDLE, 330.0), (240.0, 130.0), mix(person.shade, person.hair, 0.25), 0.75, mask);
}

pub(crate) fn eye(canvas: &mut Canvas, person: &Person, side: f32) {
    let centre = MIDDLE + side * 86.0;
    let at = |x: f32, y: f32| (centre + side * x, EYES + y);
    let white = [
        at(-44.0, 8.0),
        at(-26.0, -12.0),
        at(2.0, -21.0),
        at(30.0, -13.0),
        at(48.0, 1.0),
        at(28.0, 15.0),
        at(0.0, 19.0),
        at(-26.0, 15.0),
    ];
    canvas.flat(&white, Rgb(0xf6, 0xf1, 0xee));
    let mask = canvas.mask(&white);
    let mask = mask.as_ref();
    canvas.fill(
        oval(at(2.0, -2.0), (22.5, 23.5)),
        graded(
            at(0.0, -24.0),
            at(0.0, 22.0),
            &[
                (0.0, mix(person.iris, Rgb(0, 0, 0), 0.55), 1.0),
                (1.0, mix(person.iris, Rgb(214, 140, 90), 0.45), 1.0),
            ],
        ),
        mask,
    );
    canvas.fill(oval(at(2.0, -2.0), (10.5, 11.0)), solid(Rgb(0x10, 0x0a, 0x0a), 1.0), mask);
    canvas.soft((centre, EYES - 22.0), (60.0, 22.0), Rgb(0x50, 0x30, 0x30), 0.60, mask);
    canvas.fill(
        oval((centre + 2.0 * side - 8.0, EYES - 10.0), (6.4, 6.8)),
        solid(Rgb(255, 255, 255), 0.96),
        None,
    );
    canvas.fill(
        oval((centre + 2.0 * side + 9.0, EYES + 7.0), (3.2, 3.2)),
        solid(Rgb(255, 255, 255), 0.55),
        None,
    );
    // Upper lid with lashes, its crease, and the lower lid.
    let dark = mix(person.hair, Rgb(20, 8, 8), 0.5);
    let long = person.wear == Wear::Headphones;
    let flick = if long { (60.0, -9.0) } else { (52.0, -1.0) };
    let lid = [
        at(-46.0, 10.0),
        at(-28.0, -12.0),
        at(2.0, -22.5),
        at(31.0, -15.0),
        at(flick.0, flick.1),
        at(47.0, 3.0),
        at(29.0, -9.0),
        at(2.0, -15.0),
        at(-26.0, -6.0),
    ];
    canvas.flat(&lid, dark);
    let crease = [at(-40.0, -14.0), at(-18.0, -30.0), at(6.0, -35.0), at(34.0, -27.0), at(50.0, -15.0)];
    canvas.stroke(&crease, 4.2, person.shade, 0.85, None);
    canvas.stroke(
        &[at(-36.0, 17.0), at(-4.0, 24.0), at(36.0, 13.0)],
        3.2,
        mix(person.shade, dark, 0.25),
        0.65,
        None,
    );
    // The brow, thick at the nose and drawn out to a point.
    let b = person.brow;
    let brow = [
        at(-54.0, -58.0),
        at(-38.0, -68.0 - 3.0 * b),
        at(4.0, -78.0 - 4.0 * b),
        at(40.0, -73.0),
        at(68.0, -52.0),
        at(40.0, -65.0 + 4.0 * b),
        at(2.0, -66.0 + 5.0 * b),
        at(-36.0, -55.0 + 4.0 * b),
    ];
    canvas.fill(curve(&brow, true), solid(mix(person.hair, person.shade, 0.18), 0.92), None);
}

pub(crate) fn nose_and_mouth(canvas: &mut Canvas, person: &Person, face: &[Spot]) {
    let mask = canvas.mask(face);
    let mask = mask.as_ref();
    let light = mix(person.skin, Rgb(255, 250, 240), 0.75);
    let deep = mix(person.shade, Rgb(90, 30, 30), 0.35);
    // A shaded flank, a lit bridge, the tip, wings and nostrils.
    canvas.soft((MIDDLE + 26.0, 612.0), (22.0, 84.0), person.shade, 0.50, mask);
    canvas.soft((MIDDLE + 30.0, 662.0), (34.0, 30.0), person.shade, 0.55, mask);
    canvas.soft((MIDDLE - 30.0, 664.0), (24.0, 24.0), person.shade, 0.32, mask);
    canvas.soft((MIDDLE - 4.0, 590.0), (13.0, 84.0), light, 0.70, mask);
    canvas.soft((MIDDLE - 4.0, 655.0), (18.0, 15.0), light, 0.85, mask);
    canvas.soft((MIDDLE + 4.0, 688.0), (56.0, 16.0), person.shade, 0.85, mask);
    for side in [-1.0, 1.0] {
        let at = |x: f32, y: f32| (MIDDLE + side * x, y);
        canvas.stroke(&[at(9.0, 681.0), at(17.0, 676.0), at(26.0, 680.0)], 6.5, deep, 0.85, None);
        canvas.stroke(&[at(30.0, 656.0), at(38.0, 668.0), at(33.0, 681.0)], 4.0, person.shade, 0.8, None);
        // Corners of a small smile.
        canvas.soft(at(66.0, MOUTH - 4.0), (20.0, 18.0), person.shade, 0.55, mask);
    }
    canvas.soft((MIDDLE, 712.0), (16.0, 20.0), person.shade, 0.32, mask);
    let upper = mirrored(&[
        (0.0, MOUTH - 13.0),
        (14.0, MOUTH - 18.0),
        (36.0, MOUTH - 11.0),
        (63.0, MOUTH - 6.0),
        (34.0, MOUTH + 3.0),
        (0.0, MOUTH + 4.0),
    ]);
    let lower = mirrored(&[
        (0.0, MOUTH + 2.0),
        (34.0, MOUTH + 2.0),
        (60.0, MOUTH - 5.0),
        (38.0, MOUTH + 17.0),
        (0.0, MOUTH + 26.0),
    ]);
    canvas.flat(&lower, mix(person.lips, person.skin, 0.18));
    canvas.flat(&upper, mix(person.lips, Rgb(80, 20, 30), 0.12));
    canvas.soft((MIDDLE - 6.0, MOUTH + 13.0), (24.0, 7.0), Rgb(255, 226, 214), 0.75, None);
    let line = [
        (MIDDLE - 67.0, MOUTH - 9.0),
        (MIDDLE - 36.0, MOUTH + 2.0),
        (MIDDLE, MOUTH + 3.0),
        (MIDDLE + 36.0, MOUTH + 2.0),
        (MIDDLE + 67.0, MOUTH - 9.0),
    ];
    canvas.stroke(&line, 4.4, mix(deep, Rgb(60, 10, 20), 0.5), 0.9, None);
    canvas.soft((MIDDLE, MOUTH + 40.0), (50.0, 13.0), person.shade, 0.6, mask);
}
