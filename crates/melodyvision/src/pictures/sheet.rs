//! A contact sheet of a plan: every scene's still with its place in the song.

use super::svg::{Drawing, FG, FG_2, FG_3, section_color};
use anyhow::{Context, Result};
use mv_core::{Seconds, Storyboard};
use resvg::tiny_skia::{FilterQuality, Pixmap, PixmapPaint, Transform};

const COLUMNS: usize = 4;
const CARD: f64 = 400.0;
const GAP: f64 = 20.0;
const MARGIN: f64 = 40.0;
const HEADER: f64 = 100.0;
const CAPTION: f64 = 88.0;

/// Draws a sheet from one PNG still a scene, in order.
pub(crate) fn draw(storyboard: &Storyboard, stills: &[Vec<u8>]) -> Result<Pixmap> {
    let pictures: Vec<Pixmap> = stills
        .iter()
        .map(|png| Pixmap::decode_png(png))
        .collect::<Result<_, _>>()
        .context("a still is damaged")?;
    let ratio = pictures.first().map_or(16.0 / 9.0, |p| f64::from(p.width()) / f64::from(p.height()));
    // Tall pictures are kept as high as wide ones, or the sheet would be metres long.
    let (width, height) = if ratio >= 1.0 { (CARD, CARD / ratio) } else { (CARD * ratio, CARD) };
    let columns = if ratio >= 1.0 { COLUMNS } else { COLUMNS * 7 / 4 };
    let rows = pictures.len().div_ceil(columns);
    let step = (width + GAP, height + CAPTION);
    let size = (
        (MARGIN * 2.0 + step.0 * columns as f64 - GAP) as u32,
        (HEADER + step.1 * rows as f64 + MARGIN) as u32,
    );
    let mut drawing = Drawing::new(size.0, size.1);
    header(&mut drawing, storyboard, f64::from(size.0));
    let corner = |index: usize| {
        let (column, row) = (index % columns, index / columns);
        (MARGIN + step.0 * column as f64, HEADER + step.1 * row as f64)
    };
    for index in 0..pictures.len() {
        caption(&mut drawing, storyboard, index, corner(index), (width, height));
    }
    let mut sheet = drawing.render()?;
    for (index, picture) in pictures.iter().enumerate() {
        let (x, y) = corner(index);
        let scale = (width / f64::from(picture.width())) as f32;
        let paint = PixmapPaint { quality: FilterQuality::Bicubic, ..PixmapPaint::default() };
        let place = Transform::from_row(scale, 0.0, 0.0, scale, x as f32, y as f32);
        sheet.draw_pixmap(0, 0, picture.as_ref(), &paint, place, None);
    }
    Ok(sheet)
}

fn header(drawing: &mut Drawing, storyboard: &Storyboard, width: f64) {
    let song = &storyboard.song;
    drawing.text((MARGIN, 60.0), 30.0, FG, &song.title);
    let facts = format!(
        "{}   {}   {:.0} BPM   {} scenes   {}",
        song.artist,
        song.duration,
        song.tempo,
        storyboard.scenes.len(),
        storyboard.template
    );
    drawing.text_end((width - MARGIN, 60.0), 18.0, FG_2, facts.trim());
}

fn caption(
    drawing: &mut Drawing,
    storyboard: &Storyboard,
    index: usize,
    (x, y): (f64, f64),
    (width, height): (f64, f64),
) {
    let scene = &storyboard.scenes[index];
    let (start, end) = storyboard.span(index);
    let color = section_color(scene.section);
    let top = y + height;
    drawing.rect(x, top + 8.0, 4.0, 50.0, 2.0, color, 1.0);
    let room = width - 14.0;
    let title = fit(&format!("{:02}  {}", index + 1, scene.title), 15.0, room);
    drawing.text((x + 14.0, top + 24.0), 15.0, FG, &title);
    let beats = (end.0 - start.0) * storyboard.song.tempo / 60.0;
    let timing = format!(
        "{} {}   {}   {:.0} beats   {:.1} s",
        scene.section,
        scene.section_number,
        clock(start),
        beats,
        end.0 - start.0
    );
    drawing.text((x + 14.0, top + 42.0), 12.0, FG_2, &fit(&timing, 12.0, room));
    let words = match &scene.lyric {
        Some(lyric) => format!("{}, {}   {lyric}", scene.framing, scene.camera),
        None => format!("{}, {}", scene.framing, scene.camera),
    };
    drawing.text((x + 14.0, top + 58.0), 12.0, FG_3, &fit(&words, 12.0, room));
}

fn clock(time: Seconds) -> String {
    let seconds = time.0.max(0.0);
    format!("{}:{:04.1}", seconds as u64 / 60, seconds % 60.0)
}

/// Shortens a line that would be wider than `room` pixels; Hangul is about as wide as it is high, Latin half that.
fn fit(text: &str, size: f64, room: f64) -> String {
    let wide = |c: char| if c.is_ascii() { size * 0.56 } else { size * 0.95 };
    let mut used = 0.0;
    let mut out = String::new();
    for c in text.chars() {
        used += wide(c);
        if used > room - size {
            out.push('…');
            break;
        }
        out.push(c);
    }
    out
}
