//! What portraits are painted with: a canvas that is scaled down for soft edges, curves, colours.

use mv_core::Rgb;
use std::error::Error;
use tiny_skia::{
    Color, FillRule, FilterQuality, GradientStop, LinearGradient, Mask, Paint, Path, PathBuilder, Pixmap,
    PixmapPaint, Point, RadialGradient, Shader, SpreadMode, Stroke, Transform,
};

pub(crate) const WIDTH: u32 = 1024;

pub(crate) const HEIGHT: u32 = 1280;

/// Painted this much larger and scaled down, for soft edges.
pub(crate) const DETAIL: u32 = 2;

/// The picture's middle.
pub(crate) const MIDDLE: f32 = 512.0;

pub(crate) type Spot = (f32, f32);

/// The picture, in a frame 1024 × 1280 whose units are final pixels.
pub(crate) struct Canvas {
    pixmap: Pixmap,
    scale: Transform,
}

impl Canvas {
    pub(crate) fn new() -> Result<Self, Box<dyn Error>> {
        let pixmap = Pixmap::new(WIDTH * DETAIL, HEIGHT * DETAIL).ok_or("no room for the picture")?;
        Ok(Self { pixmap, scale: Transform::from_scale(DETAIL as f32, DETAIL as f32) })
    }

    pub(crate) fn fill(&mut self, path: Option<Path>, shader: Shader<'static>, within: Option<&Mask>) {
        let Some(path) = path else { return };
        let paint = Paint { shader, anti_alias: true, ..Paint::default() };
        self.pixmap.fill_path(&path, &paint, FillRule::Winding, self.scale, within);
    }

    pub(crate) fn flat(&mut self, points: &[Spot], color: Rgb) {
        self.fill(curve(points, true), solid(color, 1.0), None);
    }

    pub(crate) fn stroke(
        &mut self,
        points: &[Spot],
        width: f32,
        color: Rgb,
        alpha: f32,
        within: Option<&Mask>,
    ) {
        let Some(path) = curve(points, false) else { return };
        let paint = Paint { shader: solid(color, alpha), anti_alias: true, ..Paint::default() };
        let stroke = Stroke { width, line_cap: tiny_skia::LineCap::Round, ..Stroke::default() };
        self.pixmap.stroke_path(&path, &paint, &stroke, self.scale, within);
    }

    /// A soft round patch of colour.
    pub(crate) fn soft(
        &mut self,
        (x, y): Spot,
        (rx, ry): Spot,
        color: Rgb,
        alpha: f32,
        within: Option<&Mask>,
    ) {
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

    pub(crate) fn mask(&self, points: &[Spot]) -> Option<Mask> {
        let mut mask = Mask::new(self.pixmap.width(), self.pixmap.height())?;
        mask.fill_path(&curve(points, true)?, FillRule::Winding, true, self.scale);
        Some(mask)
    }

    pub(crate) fn finish(self) -> Result<Pixmap, Box<dyn Error>> {
        let mut picture = Pixmap::new(WIDTH, HEIGHT).ok_or("no room for the picture")?;
        let paint = PixmapPaint { quality: FilterQuality::Bilinear, ..PixmapPaint::default() };
        let shrink = Transform::from_scale(1.0 / DETAIL as f32, 1.0 / DETAIL as f32);
        picture.draw_pixmap(0, 0, self.pixmap.as_ref(), &paint, shrink, None);
        Ok(picture)
    }
}

pub(crate) fn shade_of(color: Rgb, alpha: f32) -> Color {
    Color::from_rgba8(color.0, color.1, color.2, (alpha * 255.0).round().clamp(0.0, 255.0) as u8)
}

pub(crate) fn solid(color: Rgb, alpha: f32) -> Shader<'static> {
    Shader::SolidColor(shade_of(color, alpha))
}

pub(crate) fn graded(from: Spot, to: Spot, stops: &[(f32, Rgb, f32)]) -> Shader<'static> {
    let stops =
        stops.iter().map(|(at, color, alpha)| GradientStop::new(*at, shade_of(*color, *alpha))).collect();
    let (from, to) = (Point::from_xy(from.0, from.1), Point::from_xy(to.0, to.1));
    LinearGradient::new(from, to, stops, SpreadMode::Pad, Transform::identity())
        .unwrap_or_else(|| solid(Rgb(0, 0, 0), 0.0))
}

pub(crate) fn mix(a: Rgb, b: Rgb, share: f32) -> Rgb {
    let channel = |a: u8, b: u8| (f32::from(a) + (f32::from(b) - f32::from(a)) * share).round() as u8;
    Rgb(channel(a.0, b.0), channel(a.1, b.1), channel(a.2, b.2))
}

pub(crate) fn oval((x, y): Spot, (rx, ry): Spot) -> Option<Path> {
    PathBuilder::from_oval(tiny_skia::Rect::from_ltrb(x - rx, y - ry, x + rx, y + ry)?)
}

/// A Catmull–Rom curve through the points.
pub(crate) fn curve(points: &[Spot], closed: bool) -> Option<Path> {
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
pub(crate) fn straight(points: &[Spot]) -> Option<Path> {
    let mut path = PathBuilder::new();
    path.move_to(points[0].0, points[0].1);
    points[1..].iter().for_each(|p| path.line_to(p.0, p.1));
    path.close();
    path.finish()
}

/// Mirrors the right half of an outline (top to bottom) into a whole one about the middle of the face.
pub(crate) fn mirrored(half: &[Spot]) -> Vec<Spot> {
    let left = half.iter().rev().filter(|p| p.0 > 0.5).map(|(x, y)| (MIDDLE - x, *y));
    half.iter().map(|(x, y)| (MIDDLE + x, *y)).chain(left).collect()
}
