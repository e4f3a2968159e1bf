//! Draws the sample's two characters, a young woman with headphones and a young man in a cap, as painted portraits:
//! `portraits FOLDER` writes `harin.png` and `dojun.png`.

use mv_core::Rgb;
use std::error::Error;
use tiny_skia::{
    Color, FillRule, FilterQuality, GradientStop, LinearGradient, Mask, Paint, Path, PathBuilder, Pixmap,
    PixmapPaint, Point, RadialGradient, Shader, SpreadMode, Stroke, Transform,
};

const WIDTH: u32 = 1024;
const HEIGHT: u32 = 1280;
/// Painted this much larger and scaled down, for soft edges.
const DETAIL: u32 = 2;

type Spot = (f32, f32);

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("which folder shall I write to?")?;
    for (name, person) in [("harin", &HARIN), ("dojun", &DOJUN)] {
        portrait(person)?.save_png(format!("{folder}/{name}.png"))?;
    }
    Ok(())
}

#[derive(Clone, Copy, PartialEq)]
enum Wear {
    Headphones,
    Cap,
}

struct Person {
    wear: Wear,
    backdrop: [Rgb; 2],
    skin: Rgb,
    /// Warm shade of the skin, and the blush.
    shade: Rgb,
    blush: Rgb,
    lips: Rgb,
    hair: Rgb,
    sheen: Rgb,
    iris: Rgb,
    jacket: Rgb,
    shirt: Rgb,
    accent: Rgb,
    /// Breadth of jaw and neck over the slimmer of the two.
    jaw: f32,
    neck: f32,
    brow: f32,
}

const HARIN: Person = Person {
    wear: Wear::Headphones,
    backdrop: [Rgb(0xcb, 0xd6, 0xea), Rgb(0xb6, 0xc3, 0xdd)],
    skin: Rgb(0xf2, 0xcd, 0xb6),
    shade: Rgb(0xc9, 0x8a, 0x74),
    blush: Rgb(0xe8, 0x86, 0x7c),
    lips: Rgb(0xc2, 0x5a, 0x5c),
    hair: Rgb(0x2a, 0x22, 0x2a),
    sheen: Rgb(0x6a, 0x52, 0x58),
    iris: Rgb(0x4a, 0x2e, 0x22),
    jacket: Rgb(0x2e, 0x34, 0x4e),
    shirt: Rgb(0xef, 0xe9, 0xe2),
    accent: Rgb(0xff, 0x89, 0x59),
    jaw: 0.94,
    neck: 0.86,
    brow: 0.75,
};

const DOJUN: Person = Person {
    wear: Wear::Cap,
    backdrop: [Rgb(0xb4, 0xa8, 0xdc), Rgb(0xa6, 0x9a, 0xd0)],
    skin: Rgb(0xe6, 0xb9, 0x98),
    shade: Rgb(0xb2, 0x74, 0x5a),
    blush: Rgb(0xd0, 0x78, 0x66),
    lips: Rgb(0xc4, 0x84, 0x70),
    hair: Rgb(0x22, 0x1c, 0x1c),
    sheen: Rgb(0x54, 0x44, 0x40),
    iris: Rgb(0x38, 0x24, 0x1c),
    jacket: Rgb(0x3c, 0x56, 0x4e),
    shirt: Rgb(0x26, 0x28, 0x2e),
    accent: Rgb(0x2f, 0x5f, 0x78),
    jaw: 1.06,
    neck: 1.12,
    brow: 1.12,
};

/// The picture, in a frame 1024 × 1280 whose units are final pixels.
struct Canvas {
    pixmap: Pixmap,
    scale: Transform,
}

impl Canvas {
    fn new() -> Result<Self, Box<dyn Error>> {
        let pixmap = Pixmap::new(WIDTH * DETAIL, HEIGHT * DETAIL).ok_or("no room for the picture")?;
        Ok(Self { pixmap, scale: Transform::from_scale(DETAIL as f32, DETAIL as f32) })
    }

    fn fill(&mut self, path: Option<Path>, shader: Shader<'static>, within: Option<&Mask>) {
        let Some(path) = path else { return };
        let paint = Paint { shader, anti_alias: true, ..Paint::default() };
        self.pixmap.fill_path(&path, &paint, FillRule::Winding, self.scale, within);
    }

    fn flat(&mut self, points: &[Spot], color: Rgb) {
        self.fill(curve(points, true), solid(color, 1.0), None);
    }

    fn stroke(&mut self, points: &[Spot], width: f32, color: Rgb, alpha: f32, within: Option<&Mask>) {
        let Some(path) = curve(points, false) else { return };
        let paint = Paint { shader: solid(color, alpha), anti_alias: true, ..Paint::default() };
        let stroke = Stroke { width, line_cap: tiny_skia::LineCap::Round, ..Stroke::default() };
        self.pixmap.stroke_path(&path, &paint, &stroke, self.scale, within);
    }

    /// A soft round patch of colour.
    fn soft(&mut self, (x, y): Spot, (rx, ry): Spot, color: Rgb, alpha: f32, within: Option<&Mask>) {
        let steps = 12;
        let stops = (0..=steps)
            .map(|i| {
                let t = i as f32 / steps as f32;
                let near = (1.0 - t * t) * (1.0 - t * t);
                GradientStop::new(t, shade_of(color, alpha * near))
            })
            .collect();
        let squash = Transform::from_row(1.0, 0.0, 0.0, ry / rx, 0.0, y - y * ry / rx);
        let centre = Point::from_xy(x, y);
        let Some(shader) = RadialGradient::new(centre, 0.0, centre, rx, stops, SpreadMode::Pad, squash)
        else {
            return;
        };
        self.fill(oval((x, y), (rx, ry)), shader, within);
    }

    fn mask(&self, points: &[Spot]) -> Option<Mask> {
        let mut mask = Mask::new(self.pixmap.width(), self.pixmap.height())?;
        mask.fill_path(&curve(points, true)?, FillRule::Winding, true, self.scale);
        Some(mask)
    }

    fn finish(self) -> Result<Pixmap, Box<dyn Error>> {
        let mut picture = Pixmap::new(WIDTH, HEIGHT).ok_or("no room for the picture")?;
        let paint = PixmapPaint { quality: FilterQuality::Bilinear, ..PixmapPaint::default() };
        let shrink = Transform::from_scale(1.0 / DETAIL as f32, 1.0 / DETAIL as f32);
        picture.draw_pixmap(0, 0, self.pixmap.as_ref(), &paint, shrink, None);
        Ok(picture)
    }
}

fn shade_of(color: Rgb, alpha: f32) -> Color {
    Color::from_rgba8(color.0, color.1, color.2, (alpha * 255.0).round().clamp(0.0, 255.0) as u8)
}

fn solid(color: Rgb, alpha: f32) -> Shader<'static> {
    Shader::SolidColor(shade_of(color, alpha))
}

fn graded(from: Spot, to: Spot, stops: &[(f32, Rgb, f32)]) -> Shader<'static> {
    let stops =
        stops.iter().map(|(at, color, alpha)| GradientStop::new(*at, shade_of(*color, *alpha))).collect();
    let (from, to) = (Point::from_xy(from.0, from.1), Point::from_xy(to.0, to.1));
    LinearGradient::new(from, to, stops, SpreadMode::Pad, Transform::identity())
        .unwrap_or_else(|| solid(Rgb(0, 0, 0), 0.0))
}

fn mix(a: Rgb, b: Rgb, share: f32) -> Rgb {
    let channel = |a: u8, b: u8| (f32::from(a) + (f32::from(b) - f32::from(a)) * share).round() as u8;
    Rgb(channel(a.0, b.0), channel(a.1, b.1), channel(a.2, b.2))
}

fn oval((x, y): Spot, (rx, ry): Spot) -> Option<Path> {
    PathBuilder::from_oval(tiny_skia::Rect::from_ltrb(x - rx, y - ry, x + rx, y + ry)?)
}

/// A Catmull–Rom curve through the points.
fn curve(points: &[Spot], closed: bool) -> Option<Path> {
    let count = points.len() as isize;
    let at = |i: isize| points[if closed { i.rem_euclid(count) } else { i.clamp(0, count - 1) } as usize];
    let mut path = PathBuilder::new();
    path.move_to(points[0].0, points[0].1);
    for i in 0..(if closed { count } else { count - 1 }) {
        let (before, from, to, after) = (at(i - 1), at(i), at(i + 1), at(i + 2));
        path.cubic_to(
            from.0 + (to.0 - before.0) / 6.0,
            from.1 + (to.1 - before.1) / 6.0,
            to.0 - (after.0 - from.0) / 6.0,
            to.1 - (after.1 - from.1) / 6.0,
            to.0,
            to.1,
        );
    }
    if closed {
        path.close();
    }
    path.finish()
}

/// A polygon with straight sides.
fn straight(points: &[Spot]) -> Option<Path> {
    let mut path = PathBuilder::new();
    path.move_to(points[0].0, points[0].1);
    points[1..].iter().for_each(|p| path.line_to(p.0, p.1));
    path.close();
    path.finish()
}

/// Mirrors the right half of an outline (top to bottom) into a whole one about the middle of the face.
fn mirrored(half: &[Spot]) -> Vec<Spot> {
    let left = half.iter().rev().filter(|p| p.0 > 0.5).map(|(x, y)| (MIDDLE - x, *y));
    half.iter().map(|(x, y)| (MIDDLE + x, *y)).chain(left).collect()
}

const MIDDLE: f32 = 512.0;
const EYES: f32 = 560.0;
const MOUTH: f32 = 738.0;

fn portrait(person: &Person) -> Result<Pixmap, Box<dyn Error>> {
    let mut canvas = Canvas::new()?;
    backdrop(&mut canvas, person);
    let face = face_outline(person);
    if person.wear == Wear::Headphones {
        long_hair_behind(&mut canvas, person);
    } else {
        short_hair_behind(&mut canvas, person);
    }
    neck(&mut canvas, person);
    clothes(&mut canvas, person);
    ears(&mut canvas, person);
    head(&mut canvas, person, &face);
    for side in [-1.0, 1.0] {
        eye(&mut canvas, person, side);
    }
    nose_and_mouth(&mut canvas, person, &face);
    match person.wear {
        Wear::Headphones => {
            fringe(&mut canvas, person);
            headphones(&mut canvas, person);
        }
        Wear::Cap => cap(&mut canvas, person),
    }
    canvas.finish()
}

fn backdrop(canvas: &mut Canvas, person: &Person) {
    let [upper, lower] = person.backdrop;
    let whole = oval((MIDDLE, 640.0), (2000.0, 2000.0));
    canvas.fill(
        whole,
        graded((0.0, 0.0), (0.0, HEIGHT as f32), &[(0.0, upper, 1.0), (1.0, lower, 1.0)]),
        None,
    );
}

fn face_outline(person: &Person) -> Vec<Spot> {
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

fn neck(canvas: &mut Canvas, person: &Person) {
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

fn clothes(canvas: &mut Canvas, person: &Person) {
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

fn ears(canvas: &mut Canvas, person: &Person) {
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

fn head(canvas: &mut Canvas, person: &Person, face: &[Spot]) {
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

fn eye(canvas: &mut Canvas, person: &Person, side: f32) {
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

fn nose_and_mouth(canvas: &mut Canvas, person: &Person, face: &[Spot]) {
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

fn long_hair_behind(canvas: &mut Canvas, person: &Person) {
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

fn short_hair_behind(canvas: &mut Canvas, person: &Person) {
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
fn fringe(canvas: &mut Canvas, person: &Person) {
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

fn headphones(canvas: &mut Canvas, person: &Person) {
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

fn cap(canvas: &mut Canvas, person: &Person) {
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
