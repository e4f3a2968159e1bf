//! Draws the sample's two characters, a young woman with headphones and a young man in a cap, as painted portraits:
//! `portraits FOLDER` writes `harin.png` and `dojun.png`.

mod canvas;
mod clothes;
mod face;
mod hair;

use canvas::{Canvas, HEIGHT, MIDDLE, graded, oval};
use face::face_outline;
use mv_core::Rgb;
use std::error::Error;
use tiny_skia::Pixmap;

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

fn portrait(person: &Person) -> Result<Pixmap, Box<dyn Error>> {
    let mut canvas = Canvas::new()?;
    backdrop(&mut canvas, person);
    let face = face_outline(person);
    if person.wear == Wear::Headphones {
        hair::long_hair_behind(&mut canvas, person);
    } else {
        hair::short_hair_behind(&mut canvas, person);
    }
    face::neck(&mut canvas, person);
    clothes::clothes(&mut canvas, person);
    face::ears(&mut canvas, person);
    face::head(&mut canvas, person, &face);
    for side in [-1.0, 1.0] {
        face::eye(&mut canvas, person, side);
    }
    face::nose_and_mouth(&mut canvas, person, &face);
    match person.wear {
        Wear::Headphones => {
            hair::fringe(&mut canvas, person);
            clothes::headphones(&mut canvas, person);
        }
        Wear::Cap => clothes::cap(&mut canvas, person),
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
