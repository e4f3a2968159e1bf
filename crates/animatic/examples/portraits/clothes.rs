//! What they wear: jacket and shirt, headphones, a cap.

use crate::Person;
use crate::canvas::{Canvas, MIDDLE, Spot, curve, graded, mirrored, mix, oval, solid, straight};
use mv_core::Rgb;

pub(crate) fn clothes(canvas: &mut Canvas, person: &Person) {
    let wide = if person.jaw > 1.0 { 1.12 } else { 1.0 };
    let shirt = mirrored(&[
        (0.0, 1068.0),
        (70.0, 1050.0),
        (128.0, 1006.0),
        (170.0, 1000.0),
        (320.0, 1100.0),
        (340.0, 1300.0),
        (0.0, 1320.0),
    ]);
    let shirt_shader = graded(
        (0.0, 1000.0),
        (0.0, 1280.0),
        &[(0.0, person.shirt, 1.0), (1.0, mix(person.shirt, Rgb(30, 30, 50), 0.3), 1.0)],
    );
    canvas.fill(curve(&shirt, true), shirt_shader, None);
    let rib = mix(person.shirt, Rgb(60, 60, 80), 0.25);
    let collar: Vec<Spot> = mirrored(&[(0.0, 1082.0), (72.0, 1064.0), (132.0, 1016.0)]);
    let (right, left) = collar.split_at(3);
    let line: Vec<Spot> = left.iter().chain(right.iter()).copied().collect();
    let mut ordered = line;
    ordered.sort_by(|a, b| a.0.total_cmp(&b.0));
    canvas.stroke(&ordered, 9.0, rib, 0.8, None);
    for side in [-1.0, 1.0] {
        let at = |x: f32, y: f32| (MIDDLE + side * x, y);
        let jacket = [
            at(118.0, 1004.0),
            at(172.0, 958.0),
            at(290.0 * wide, 1006.0),
            at(410.0 * wide, 1066.0),
            at(486.0 * wide, 1180.0),
            at(540.0 * wide, 1330.0),
            at(130.0, 1330.0),
            at(138.0, 1180.0),
        ];
        let lit = mix(person.jacket, Rgb(255, 255, 255), if side < 0.0 { 0.16 } else { 0.03 });
        let shader = graded(
            at(120.0, 980.0),
            at(480.0, 1280.0),
            &[(0.0, lit, 1.0), (1.0, mix(person.jacket, Rgb(8, 8, 20), 0.4), 1.0)],
        );
        canvas.fill(curve(&jacket, true), shader, None);
        // Lapel or zip edge, and folds from the shoulder.
        canvas.stroke(
            &[at(122.0, 1010.0), at(140.0, 1120.0), at(132.0, 1290.0)],
            7.0,
            mix(person.jacket, Rgb(0, 0, 10), 0.45),
            1.0,
            None,
        );
        canvas.stroke(
            &[at(130.0, 1010.0), at(149.0, 1120.0), at(142.0, 1290.0)],
            3.5,
            mix(person.jacket, Rgb(255, 255, 255), 0.35),
            0.8,
            None,
        );
        let collar = [
            at(92.0, 930.0),
            at(112.0, 900.0),
            at(172.0, 936.0),
            at(262.0, 1012.0),
            at(224.0, 1078.0),
            at(152.0, 1124.0),
            at(118.0, 1020.0),
        ];
        let stops =
            [(0.0, mix(lit, Rgb(255, 255, 255), 0.14), 1.0), (1.0, mix(person.jacket, lit, 0.4), 1.0)];
        canvas.fill(straight(&collar), graded(at(120.0, 930.0), at(240.0, 1090.0), &stops), None);
        let edge = mix(person.jacket, Rgb(0, 0, 10), 0.5);
        canvas.stroke(&[at(262.0, 1012.0), at(226.0, 1076.0), at(152.0, 1124.0)], 5.0, edge, 0.8, None);
        canvas.stroke(&[at(152.0, 1124.0), at(128.0, 1050.0), at(96.0, 938.0)], 5.0, edge, 0.8, None);
        for (x, y) in [(330.0, 1110.0), (260.0, 1150.0)] {
            canvas.stroke(
                &[at(x, y), at(x + 26.0, y + 70.0), at(x + 24.0, y + 160.0)],
                8.0,
                mix(person.jacket, Rgb(0, 0, 10), 0.5),
                0.4,
                None,
            );
        }
    }
}

pub(crate) fn headphones(canvas: &mut Canvas, person: &Person) {
    let shell = Rgb(0x38, 0x3c, 0x58);
    let band = [
        (MIDDLE - 262.0, 540.0),
        (MIDDLE - 266.0, 420.0),
        (MIDDLE - 206.0, 280.0),
        (MIDDLE - 104.0, 206.0),
        (MIDDLE, 186.0),
        (MIDDLE + 104.0, 206.0),
        (MIDDLE + 206.0, 280.0),
        (MIDDLE + 266.0, 420.0),
        (MIDDLE + 262.0, 540.0),
    ];
    canvas.stroke(&band, 50.0, mix(shell, Rgb(0, 0, 10), 0.4), 1.0, None);
    canvas.stroke(&band, 38.0, shell, 1.0, None);
    let shine: Vec<Spot> = band.iter().take(5).map(|(x, y)| (x + 4.0, y - 8.0)).collect();
    canvas.stroke(&shine, 9.0, mix(shell, Rgb(255, 255, 255), 0.5), 0.8, None);
    for side in [-1.0, 1.0] {
        let at = |x: f32| MIDDLE + side * x;
        canvas.fill(oval((at(232.0), 588.0), (44.0, 88.0)), solid(Rgb(0x18, 0x1a, 0x28), 1.0), None);
        let cup = graded(
            (at(230.0), 500.0),
            (at(310.0), 680.0),
            &[
                (0.0, mix(shell, Rgb(255, 255, 255), if side < 0.0 { 0.4 } else { 0.15 }), 1.0),
                (1.0, mix(shell, Rgb(0, 0, 10), 0.45), 1.0),
            ],
        );
        canvas.fill(oval((at(272.0), 588.0), (50.0, 98.0)), cup, None);
        canvas.fill(oval((at(284.0), 588.0), (30.0, 66.0)), solid(person.accent, 1.0), None);
        canvas.fill(
            oval((at(288.0), 588.0), (20.0, 48.0)),
            solid(mix(person.accent, Rgb(60, 10, 10), 0.35), 1.0),
            None,
        );
        canvas.soft((at(278.0) - 6.0, 540.0), (16.0, 26.0), Rgb(255, 240, 225), 0.7, None);
    }
}

pub(crate) fn cap(canvas: &mut Canvas, person: &Person) {
    // Hair under the cap, at the temples.
    for side in [-1.0, 1.0] {
        let at = |x: f32, y: f32| (MIDDLE + side * x, y);
        canvas.flat(
            &[
                at(206.0, 380.0),
                at(214.0, 480.0),
                at(204.0, 560.0),
                at(188.0, 590.0),
                at(178.0, 520.0),
                at(164.0, 440.0),
                at(150.0, 396.0),
            ],
            person.hair,
        );
        canvas.stroke(&[at(200.0, 410.0), at(203.0, 490.0), at(194.0, 560.0)], 5.0, person.sheen, 0.5, None);
    }
    for (x, y) in [(-120.0, 452.0), (-84.0, 462.0), (-40.0, 456.0), (88.0, 458.0), (128.0, 448.0)] {
        canvas.flat(
            &[
                (MIDDLE + x - 26.0, 388.0),
                (MIDDLE + x + 26.0, 388.0),
                (MIDDLE + x + 14.0, 430.0),
                (MIDDLE + x - 4.0, y),
            ],
            person.hair,
        );
    }
    let crown = mirrored(&[
        (0.0, 176.0),
        (110.0, 190.0),
        (198.0, 268.0),
        (222.0, 372.0),
        (190.0, 410.0),
        (0.0, 404.0),
    ]);
    let shader = graded(
        (MIDDLE - 220.0, 200.0),
        (MIDDLE + 220.0, 420.0),
        &[
            (0.0, mix(person.accent, Rgb(255, 255, 255), 0.34), 1.0),
            (0.5, person.accent, 1.0),
            (1.0, mix(person.accent, Rgb(0, 0, 16), 0.45), 1.0),
        ],
    );
    canvas.fill(curve(&crown, true), shader, None);
    let seam = mix(person.accent, Rgb(0, 0, 16), 0.4);
    canvas.stroke(&[(MIDDLE, 178.0), (MIDDLE + 2.0, 280.0), (MIDDLE, 372.0)], 4.0, seam, 0.7, None);
    for side in [-1.0, 1.0] {
        canvas.stroke(
            &[(MIDDLE + side * 40.0, 184.0), (MIDDLE + side * 116.0, 270.0), (MIDDLE + side * 136.0, 376.0)],
            4.0,
            seam,
            0.6,
            None,
        );
    }
    canvas.fill(oval((MIDDLE, 178.0), (17.0, 9.0)), solid(seam, 1.0), None);
    // A small emblem, then the peak, curved over the brow.
    canvas.fill(
        oval((MIDDLE, 306.0), (40.0, 40.0)),
        solid(mix(person.accent, Rgb(255, 255, 255), 0.72), 1.0),
        None,
    );
    for (i, tall) in [18.0, 34.0, 24.0, 12.0].into_iter().enumerate() {
        let x = MIDDLE - 21.0 + i as f32 * 14.0;
        canvas.stroke(&[(x, 306.0 - tall / 2.0), (x, 306.0 + tall / 2.0)], 7.0, person.accent, 1.0, None);
    }
    let peak = mirrored(&[
        (0.0, 366.0),
        (120.0, 374.0),
        (208.0, 398.0),
        (236.0, 432.0),
        (214.0, 448.0),
        (120.0, 422.0),
        (0.0, 414.0),
    ]);
    let shader = graded(
        (MIDDLE, 366.0),
        (MIDDLE, 450.0),
        &[
            (0.0, mix(person.accent, Rgb(255, 255, 255), 0.16), 1.0),
            (1.0, mix(person.accent, Rgb(0, 0, 16), 0.5), 1.0),
        ],
    );
    canvas.fill(curve(&peak, true), shader, None);
    canvas.stroke(
        &[
            (MIDDLE - 206.0, 400.0),
            (MIDDLE - 116.0, 378.0),
            (MIDDLE, 370.0),
            (MIDDLE + 116.0, 378.0),
            (MIDDLE + 206.0, 400.0),
        ],
        4.0,
        mix(person.accent, Rgb(255, 255, 255), 0.4),
        0.6,
        None,
    );
}
