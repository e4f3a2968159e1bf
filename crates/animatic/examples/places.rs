//! Paints places flat onto contact sheets, for the eye: `places OUT.png place=rooftop time=dusk,night weather=all …`.
//!
//! Keys: `place`, `time`, `weather`, `lighting`, `aspect` (words, `all` or a list), `seed` (numbers), `columns`,
//! `height` of a picture in pixels, `zoom`, `look` (0–3), `layers=1` to see each layer by itself,
//! `repeat` to paint each so many times (for a profiler).

#![expect(clippy::print_stdout, clippy::expect_used, reason = "a tool for the eye, run by hand")]

use mv_animatic::places;
use mv_animatic::set::{Layer, PaintContext};
use mv_core::vocabulary::{Framing, Lighting, Place, TimeOfDay, Weather};
use mv_core::{Canvas, Look, Rgb};
use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Display;
use std::str::FromStr;
use tiny_skia::{Pixmap, PixmapPaint, Transform};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let out = arguments.next().ok_or("which PNG shall I write?")?;
    let options: BTreeMap<String, String> =
        arguments.filter_map(|a| a.split_once('=').map(|(k, v)| (k.to_owned(), v.to_owned()))).collect();
    let number = |key: &str, default: f32| options.get(key).map_or(Ok(default), |v| v.parse::<f32>());
    let words = Words(&options);
    let height = number("height", 270.0)? as u32;
    let looks = looks();
    let look = &looks[(number("look", 0.0)? as usize).min(looks.len() - 1)];
    let mut pictures = Vec::new();
    for aspect in words.list("aspect", &["16:9"], &["16:9", "9:16", "1:1"]) {
        let width = match aspect.as_str() {
            "9:16" => height * 9 / 16,
            "1:1" => height,
            _ => height * 16 / 9,
        };
        for place in words.parsed("place", Place::ALL, Place::ALL)? {
            for time_of_day in words.parsed("time", TimeOfDay::ALL, &[TimeOfDay::Dusk])? {
                for weather in words.parsed("weather", Weather::ALL, &[Weather::Clear])? {
                    for lighting in words.parsed("lighting", Lighting::ALL, &[Lighting::Natural])? {
                        for seed in words.list("seed", &["1"], &["1", "2", "3", "4", "5", "6"]) {
                            let ctx = PaintContext {
                                canvas: Canvas::new(width, height),
                                overscan: 1.3,
                                zoom: number("zoom", 1.0)?,
                                place,
                                time_of_day,
                                weather,
                                lighting,
                                framing: Framing::Wide,
                                intensity: number("intensity", 0.6)?,
                                look,
                                seed: seed.parse()?,
                            };
                            let started = std::time::Instant::now();
                            let mut set = places::paint(&ctx);
                            for _ in 1..number("repeat", 1.0)? as u32 {
                                set = places::paint(&ctx);
                            }
                            let took = started.elapsed().as_millis();
                            println!("{place} {time_of_day} {weather} {lighting} {aspect} {seed}: {took} ms");
                            if options.contains_key("layers") {
                                for layer in &set.layers {
                                    println!("  {} at depth {}, {:?}", layer.name, layer.depth, layer.motion);
                                    pictures.push(flat(&ctx, std::slice::from_ref(layer)));
                                }
                            }
                            pictures.push(flat(&ctx, &set.layers));
                        }
                    }
                }
            }
        }
    }
    sheet(&pictures, number("columns", 4.0)? as usize)?.save_png(&out)?;
    Ok(())
}

struct Words<'a>(&'a BTreeMap<String, String>);

impl Words<'_> {
    fn list(&self, key: &str, default: &[&str], all: &[&str]) -> Vec<String> {
        let owned = |list: &[&str]| list.iter().map(|w| (*w).to_owned()).collect();
        match self.0.get(key).map(String::as_str) {
            None => owned(default),
            Some("all") => owned(all),
            Some(list) => list.split(',').map(str::to_owned).collect(),
        }
    }

    fn parsed<T: Copy + Display + FromStr<Err = String>>(
        &self,
        key: &str,
        all: &[T],
        default: &[T],
    ) -> Result<Vec<T>, Box<dyn Error>> {
        Ok(match self.0.get(key).map(String::as_str) {
            None => default.to_vec(),
            Some("all") => all.to_vec(),
            Some(list) => list.split(',').map(str::parse).collect::<Result<_, _>>()?,
        })
    }
}

/// The visible frame of the layers laid over one another, their light added.
fn flat(ctx: &PaintContext<'_>, layers: &[Layer]) -> Pixmap {
    let (width, height) = ctx.layer_size();
    let mut whole = Pixmap::new(width, height).expect("a canvas");
    for layer in layers {
        over(&mut whole, &layer.image);
        if let Some(glow) = &layer.glow {
            for (to, from) in whole.data_mut().chunks_exact_mut(4).zip(glow.data().chunks_exact(4)) {
                for (to, from) in to[..3].iter_mut().zip(&from[..3]) {
                    *to = to.saturating_add(*from);
                }
                to[3] = to[3].max(from[3]);
            }
        }
    }
    let mut frame = Pixmap::new(ctx.canvas.width, ctx.canvas.height).expect("a canvas");
    let (x, y) = ((width - ctx.canvas.width) / 2, (height - ctx.canvas.height) / 2);
    frame.draw_pixmap(
        -(x as i32),
        -(y as i32),
        whole.as_ref(),
        &PixmapPaint::default(),
        Transform::identity(),
        None,
    );
    frame
}

fn over(whole: &mut Pixmap, image: &Pixmap) {
    for (to, from) in whole.data_mut().chunks_exact_mut(4).zip(image.data().chunks_exact(4)) {
        let keep = 255 - u32::from(from[3]);
        for (to, from) in to.iter_mut().zip(from) {
            *to = (u32::from(*from) + (u32::from(*to) * keep + 127) / 255).min(255) as u8;
        }
    }
}

fn sheet(pictures: &[Pixmap], columns: usize) -> Result<Pixmap, Box<dyn Error>> {
    let columns = columns.clamp(1, pictures.len().max(1));
    let gap = 6;
    let cell = pictures.iter().fold((1, 1), |(w, h), p| (w.max(p.width()), h.max(p.height())));
    let rows = pictures.len().div_ceil(columns);
    let mut sheet =
        Pixmap::new((cell.0 + gap) * columns as u32, (cell.1 + gap) * rows as u32).ok_or("too large")?;
    sheet.fill(tiny_skia::Color::from_rgba8(128, 128, 128, 255));
    for (i, picture) in pictures.iter().enumerate() {
        let (x, y) = ((cell.0 + gap) * (i % columns) as u32, (cell.1 + gap) * (i / columns) as u32);
        let (paint, still) = (PixmapPaint::default(), Transform::identity());
        sheet.draw_pixmap(x as i32, y as i32, picture.as_ref(), &paint, still, None);
    }
    Ok(sheet)
}

fn looks() -> Vec<Look> {
    let look = |shadows, midtones, highlights, accents: &[Rgb], tint| Look {
        shadows,
        midtones,
        highlights,
        accents: accents.to_vec(),
        tint,
        saturation: 1.0,
        contrast: 1.0,
        haze: 0.5,
        bloom: 0.5,
        grain: 0.2,
        vignette: 0.3,
    };
    vec![
        look(
            Rgb(11, 8, 28),
            Rgb(74, 52, 120),
            Rgb(255, 167, 101),
            &[Rgb(255, 94, 138), Rgb(64, 214, 232), Rgb(255, 196, 92)],
            0.3,
        ),
        look(
            Rgb(8, 18, 20),
            Rgb(44, 96, 104),
            Rgb(255, 226, 178),
            &[Rgb(255, 138, 76), Rgb(120, 220, 180)],
            0.6,
        ),
        look(
            Rgb(20, 10, 8),
            Rgb(140, 64, 44),
            Rgb(255, 190, 120),
            &[Rgb(255, 220, 140), Rgb(230, 70, 60)],
            0.7,
        ),
        look(Rgb(10, 12, 16), Rgb(84, 92, 104), Rgb(240, 240, 236), &[Rgb(230, 60, 60)], 0.9),
    ]
}
