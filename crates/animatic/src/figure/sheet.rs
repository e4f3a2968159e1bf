//! From figure units to pixels: where a figure stands in the picture, and its lit parts painted into a sprite.

use super::outline::Part;
use super::shade::{Light, Softness, shade};
use super::vector::{Vec2, vec2};
use crate::set::Sprite;
use tiny_skia::{FillRule, Paint, Path, PathBuilder, Pixmap, PixmapPaint, Transform};

/// How figure units map to pixels of a layer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Placement {
    /// Size of the layer.
    pub(super) layer: (u32, u32),
    /// The layer's pixel where the figure's origin (on the ground) lies.
    pub(super) origin: Vec2,
    /// Pixels per figure unit.
    pub(super) scale: f32,
    /// True when the figure faces left.
    pub(super) mirrored: bool,
    /// Low-angle perspective: how much nearer the feet are than the head, 0 for none.
    pub(super) taper: f32,
}

impl Placement {
    pub(super) fn project(&self, point: Vec2) -> Vec2 {
        let height = -point.y;
        // A perspective division that leaves the ground where it is and the crown near where it was.
        let nearness = (1.0 + self.taper) / (1.0 + self.taper * (0.45 + 1.1 * height));
        let x = if self.mirrored { -point.x } else { point.x };
        self.origin + vec2(x * nearness, -height * nearness * (1.0 + 0.35 * self.taper)) * self.scale
    }

    fn path(&self, outline: &[Vec2]) -> Option<Path> {
        let mut points = outline.iter().map(|p| self.project(*p));
        let mut builder = PathBuilder::new();
        let first = points.next()?;
        builder.move_to(first.x, first.y);
        points.for_each(|p| builder.line_to(p.x, p.y));
        builder.close();
        builder.finish()
    }
}

/// An area of pixels: left, top, right, bottom.
type Area = [i32; 4];

/// Paints the parts, back to front, lit; `None` when nothing of them lies inside the layer.
pub(super) fn paint(
    parts: &[Part],
    placement: &Placement,
    light: &Light,
    softness: Softness,
) -> Option<Sprite> {
    let margin = 3;
    let within = [0, 0, placement.layer.0 as i32, placement.layer.1 as i32];
    let painted: Vec<(Area, Pixmap)> = parts
        .iter()
        .filter_map(|part| {
            let paths: Vec<_> = part
                .shapes
                .iter()
                .filter_map(|s| Some((placement.path(&s.outline)?, s.color, s.alpha)))
                .collect();
            let area = paths.iter().map(|(path, ..)| bounds(path, margin)).reduce(union)?;
            let area = intersection(area, within)?;
            let mut sheet = Pixmap::new((area[2] - area[0]) as u32, (area[3] - area[1]) as u32)?;
            let shift = Transform::from_translate(-area[0] as f32, -area[1] as f32);
            for (path, color, alpha) in &paths {
                let mut paint = Paint { anti_alias: true, ..Paint::default() };
                paint.set_color_rgba8(color.0, color.1, color.2, (alpha * 255.0).round() as u8);
                sheet.fill_path(path, &paint, FillRule::Winding, shift, None);
            }
            shade(&mut sheet, light, softness, part.rim);
            Some((area, sheet))
        })
        .collect();
    let area = painted.iter().map(|(area, _)| *area).reduce(union)?;
    let mut image = Pixmap::new((area[2] - area[0]) as u32, (area[3] - area[1]) as u32)?;
    for (at, sheet) in &painted {
        let (x, y) = (at[0] - area[0], at[1] - area[1]);
        image.draw_pixmap(x, y, sheet.as_ref(), &PixmapPaint::default(), Transform::identity(), None);
    }
    Some(Sprite { image, left: area[0] as u32, top: area[1] as u32 })
}

fn bounds(path: &Path, margin: i32) -> Area {
    let b = path.bounds();
    [
        b.left().floor() as i32 - margin,
        b.top().floor() as i32 - margin,
        b.right().ceil() as i32 + margin,
        b.bottom().ceil() as i32 + margin,
    ]
}

/// The smallest area that holds both.
pub(super) fn union<T: PartialOrd + Copy>(a: [T; 4], b: [T; 4]) -> [T; 4] {
    let less = |a: T, b: T| if b < a { b } else { a };
    let more = |a: T, b: T| if b > a { b } else { a };
    [less(a[0], b[0]), less(a[1], b[1]), more(a[2], b[2]), more(a[3], b[3])]
}

fn intersection(a: Area, b: Area) -> Option<Area> {
    let area = [a[0].max(b[0]), a[1].max(b[1]), a[2].min(b[2]), a[3].min(b[3])];
    (area[0] < area[2] && area[1] < area[3]).then_some(area)
}
