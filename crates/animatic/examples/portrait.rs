//! Cuts a photo out and lays it over grey, to look at: `portrait photo.jpg out.png`.

use mv_animatic::portrait::Portrait;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [photo, out] = &arguments[..] else { return Err("usage: portrait PHOTO OUT.png".into()) };
    let bytes = std::fs::read(photo)?;
    let portrait = Portrait::from_photo(&bytes).map_err(|error| format!("{error}: {}", error.hint()))?;
    let cut = portrait.cutout.image;
    let mut sheet = tiny_skia::Pixmap::new(cut.width(), cut.height()).ok_or("too large")?;
    sheet.fill(tiny_skia::Color::from_rgba8(40, 160, 90, 255));
    let plain = tiny_skia::PixmapPaint::default();
    sheet.draw_pixmap(0, 0, cut.as_ref(), &plain, tiny_skia::Transform::identity(), None);
    sheet.save_png(out)?;
    Ok(())
}
