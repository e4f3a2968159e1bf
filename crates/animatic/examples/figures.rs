//! Draws figures onto contact sheets, for the eye: `figures OUT.png [action=walk,…] [framing=wide,…] [seed=1,2]
//! [facing=left|right|away|all] [aspect=16:9] [height=270] [people=1] [phases=1] [place=…] [time=…] [lighting=…]`.

#![expect(clippy::print_stdout, clippy::expect_used, reason = "a tool for the person at the terminal")]

use mv_animatic::figure::{self, Facing, FigureBrief, Person};
use mv_animatic::places;
use mv_animatic::set::{Cel, PaintContext, Set};
use mv_core::vocabulary::{Action, Framing, Lighting, Place, TimeOfDay, Weather};
use mv_core::{Canvas, Look, Rgb};
use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Display;
use std::str::FromStr;
use tiny_skia::{BlendMode, Color, Pixmap, PixmapPaint, Transform};

type Failure = Box<dyn Error>;

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let out = arguments.next().ok_or("which PNG shall I write?")?;
    let options: BTreeMap<String, String> =
        arguments.filter_map(|a| a.split_once('=').map(|(k, v)| (k.to_owned(), v.to_owned()))).collect();
    let text = |key: &str, default: &str| options.get(key).cloned().unwrap_or_else(|| default.to_owned());
    let height: u32 = text("height", "270").parse()?;
    let ratio = match text("aspect", "16:9").as_str() {
        "9:16" => (9, 16),
        "1:1" => (1, 1),
        _ => (16, 9),
    };
    let phases: usize = text("phases", "1").parse()?;
    let count: usize = text("people", "1").parse()?;
    let look = look();
    let mut pictures = Vec::new();
    for place in list::<Place>(&text("place", "meadow"), Place::ALL)? {
        for time_of_day in list(&text("time", "dusk"), TimeOfDay::ALL)? {
            for lighting in list(&text("lighting", "natural"), Lighting::ALL)? {
                for framing in list(&text("framing", "wide"), Framing::ALL)? {
                    let ctx = PaintContext {
                        canvas: Canvas::new(height * ratio.0 / ratio.1, height),
                        overscan: 1.3,
                        zoom: match framing {
                            Framing::Medium => 1.6,
                            Framing::CloseUp | Framing::OverShoulder => 2.0,
                            Framing::Wide | Framing::LowAngle => 1.25,
                            Framing::ExtremeWide => 1.0,
                        },
                        place,
                        time_of_day,
                        weather: Weather::Clear,
                        lighting,
                        framing,
                        intensity: 0.6,
                        look: &look,
                        seed: text("scene", "1").parse()?,
                    };
                    let set = places::paint(&ctx);
                    for action in list::<Action>(&text("action", "all"), Action::ALL)? {
                        for facing in facings(&text("facing", "right")) {
                            for seed in text("seed", "1").split(',') {
                                let seed: u64 = seed.parse()?;
                                let people: Vec<_> = (0..count)
                                    .map(|i| Person { seed: seed + i as u64, cutout: None })
                                    .collect();
                                let spot = set.spots.first().copied().unwrap_or_default();
                                let brief = FigureBrief { action, spot, facing, people: &people, seed: 3 };
                                let started = std::time::Instant::now();
                                let cels = figure::paint(&ctx, &set, &brief);
                                println!("{action} {framing} {seed}: {} ms", started.elapsed().as_millis());
                                for phase in 0..phases {
                                    pictures.push(flat(&ctx, &set, &cels, phase as f32 / phases as f32));
                                }
                            }
                        }
                    }
                }
            }
        }
    }
    let columns: usize = text("columns", "4").parse()?;
    sheet(&pictures, columns)?.save_png(out)?;
    Ok(())
}

fn list<T: FromStr + Copy>(text: &str, all: &[T]) -> Result<Vec<T>, Failure>
where
    T::Err: Display,
{
    if text == "all" {
        return Ok(all.to_vec());
    }
    text.split(',').map(|w| w.parse().map_err(|e: T::Err| Failure::from(e.to_string()))).collect()
}

fn facings(text: &str) -> Vec<Facing> {
    [("right", Facing::Right), ("left", Facing::Left), ("away", Facing::Away), ("towards", Facing::Towards)]
        .into_iter()
        .filter(|(word, _)| text == "all" || text.contains(word))
        .map(|(_, facing)| facing)
        .collect()
}

/// The visible frame with the cels at a moment of their cycle.
fn flat(ctx: &PaintContext<'_>, set: &Set, cels: &[Cel], phase: f32) -> Pixmap {
    let (width, height) = ctx.layer_size();
    let mut picture = Pixmap::new(ctx.canvas.width, ctx.canvas.height).expect("a canvas has pixels");
    picture.fill(Color::BLACK);
    let (x, y) =
        ((ctx.canvas.width as i32 - width as i32) / 2, (ctx.canvas.height as i32 - height as i32) / 2);
    let add = PixmapPaint { blend_mode: BlendMode::Plus, ..PixmapPaint::default() };
    for index in 0..=set.layers.len() {
        if index == set.figure_slot {
            for cel in cels {
                let sprite = &cel.poses[(phase * cel.poses.len() as f32) as usize % cel.poses.len()];
                let at = (x + sprite.left as i32, y + sprite.top as i32);
                picture.draw_pixmap(
                    at.0,
                    at.1,
                    sprite.image.as_ref(),
                    &PixmapPaint::default(),
                    Transform::identity(),
                    None,
                );
            }
        }
        let Some(layer) = set.layers.get(index) else { break };
        picture.draw_pixmap(x, y, layer.image.as_ref(), &PixmapPaint::default(), Transform::identity(), None);
        if let Some(glow) = &layer.glow {
            picture.draw_pixmap(x, y, glow.as_ref(), &add, Transform::identity(), None);
        }
    }
    picture
}

fn sheet(pictures: &[Pixmap], columns: usize) -> Result<Pixmap, Failure> {
    let first = pictures.first().ok_or("nothing to draw")?;
    let (width, height) = (first.width() + 4, first.height() + 4);
    let columns = columns.min(pictures.len());
    let rows = pictures.len().div_ceil(columns);
    let mut sheet = Pixmap::new(width * columns as u32, height * rows as u32).ok_or("too large")?;
    for (index, picture) in pictures.iter().enumerate() {
        let (x, y) = ((index % columns) as u32 * width, (index / columns) as u32 * height);
        sheet.draw_pixmap(
            x as i32,
            y as i32,
            picture.as_ref(),
            &PixmapPaint::default(),
            Transform::identity(),
            None,
        );
    }
    Ok(sheet)
}

fn look() -> Look {
    Look {
        shadows: Rgb(0x0d, 0x0b, 0x1e),
        midtones: Rgb(0x4a, 0x3a, 0x78),
        highlights: Rgb(0xff, 0xb0, 0x78),
        accents: vec![Rgb(0xff, 0x89, 0x59), Rgb(0x5c, 0xc8, 0xe8), Rgb(0xe8, 0x5c, 0x9c)],
        tint: 0.4,
        saturation: 1.0,
        contrast: 1.0,
        haze: 0.5,
        bloom: 0.6,
        grain: 0.2,
        vignette: 0.3,
    }
}
