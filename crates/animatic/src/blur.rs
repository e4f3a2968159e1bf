//! Out of focus: a blur whose cost does not grow with its radius.

use crate::blend::byte;
use tiny_skia::{Pixmap, PremultipliedColorU8};

/// Blurs a premultiplied picture by about `radius` pixels; less than one pixel leaves it sharp.
///
/// What is painted is shrunk until the radius is a few pixels, blurred there by two box passes each way, and enlarged
/// bilinearly.
pub fn soften(pixmap: &mut Pixmap, radius: f32) {
    if radius < 1.0 {
        return;
    }
    let shrink = if radius < 2.25 { 1 } else { (radius / 1.5).floor().clamp(2.0, 16.0) as usize };
    let reach = (radius / shrink as f32 / 1.5).round().max(1.0) as usize;
    let Some(area) = Area::painted(pixmap, shrink, (2 * reach + 2) * shrink) else { return };
    let (columns, rows) = (area.width.div_ceil(shrink), area.height.div_ceil(shrink));
    let mut small = shrunk(pixmap, &area, shrink);
    let mut other = small.clone();
    for _ in 0..2 {
        for (from, to) in small.chunks_exact(columns).zip(other.chunks_exact_mut(columns)) {
            box_row(from, to, reach);
        }
        box_columns(&other, &mut small, columns, rows, reach);
    }
    enlarge(&small, (columns, rows), pixmap, &area, shrink);
}

/// The part of a picture that a blur can change, in pixels.
struct Area {
    left: usize,
    top: usize,
    width: usize,
    height: usize,
}

impl Area {
    /// What is painted and `margin` around it; its corner lies on the grid of cells of `shrink` pixels.
    fn painted(pixmap: &Pixmap, shrink: usize, margin: usize) -> Option<Self> {
        let (width, height) = (pixmap.width() as usize, pixmap.height() as usize);
        let bare = PremultipliedColorU8::TRANSPARENT;
        let (mut left, mut right, mut top, mut bottom) = (width, 0, height, 0);
        for (y, row) in pixmap.pixels().chunks_exact(width).enumerate() {
            let Some(first) = row.iter().position(|pixel| *pixel != bare) else { continue };
            let last = row.iter().rposition(|pixel| *pixel != bare).unwrap_or(first);
            (left, right) = (left.min(first), right.max(last + 1));
            (top, bottom) = (top.min(y), y + 1);
        }
        if left >= right {
            return None;
        }
        let near = |at: usize| at.saturating_sub(margin) / shrink * shrink;
        let (left, top) = (near(left), near(top));
        let (right, bottom) = ((right + margin).min(width), (bottom + margin).min(height));
        Some(Self { left, top, width: right - left, height: bottom - top })
    }

    /// The bytes of its part of a row of the picture, given a row's length in pixels.
    fn bytes(&self, row: usize, width: usize) -> std::ops::Range<usize> {
        let start = (row * width + self.left) * 4;
        start..start + self.width * 4
    }
}

fn shrunk(pixmap: &Pixmap, area: &Area, shrink: usize) -> Vec<[f32; 4]> {
    let width = pixmap.width() as usize;
    let columns = area.width.div_ceil(shrink);
    let mut small = vec![[0.0_f32; 4]; columns * area.height.div_ceil(shrink)];
    for (row, cells) in small.chunks_exact_mut(columns).enumerate() {
        let high = shrink.min(area.height - row * shrink);
        for y in 0..high {
            let line = &pixmap.data()[area.bytes(area.top + row * shrink + y, width)];
            for (cell, pixels) in cells.iter_mut().zip(line.chunks(shrink * 4)) {
                for pixel in pixels.as_chunks::<4>().0 {
                    *cell = std::array::from_fn(|c| cell[c] + f32::from(pixel[c]));
                }
            }
        }
        for (column, cell) in cells.iter_mut().enumerate() {
            let wide = shrink.min(area.width - column * shrink);
            *cell = cell.map(|sum| sum / (wide * high) as f32);
        }
    }
    small
}

/// A moving average of `2 × reach + 1` cells, the ends held.
fn box_row(from: &[[f32; 4]], to: &mut [[f32; 4]], reach: usize) {
    let last = from.len() - 1;
    let held = |at: usize| from[at.saturating_sub(reach).min(last)];
    let share = 1.0 / (2 * reach + 1) as f32;
    // `held(i)` is the cell `reach` before i; beyond the start the first cell counts for those that are not there.
    let mut sum: [f32; 4] =
        (0..=2 * reach).fold([0.0; 4], |sum, at| std::array::from_fn(|c| sum[c] + held(at)[c]));
    for (at, to) in to.iter_mut().enumerate() {
        *to = sum.map(|sum| sum * share);
        let (gone, come) = (held(at), held(at + 2 * reach + 1));
        sum = std::array::from_fn(|c| sum[c] - gone[c] + come[c]);
    }
}

fn box_columns(from: &[[f32; 4]], to: &mut [[f32; 4]], columns: usize, rows: usize, reach: usize) {
    let held = |at: usize| &from[at.saturating_sub(reach).min(rows - 1) * columns..][..columns];
    let share = 1.0 / (2 * reach + 1) as f32;
    let mut sums = vec![[0.0_f32; 4]; columns];
    for at in 0..=2 * reach {
        for (sum, cell) in sums.iter_mut().zip(held(at)) {
            *sum = std::array::from_fn(|c| sum[c] + cell[c]);
        }
    }
    for (at, to) in to.chunks_exact_mut(columns).enumerate() {
        let (gone, come) = (held(at), held(at + 2 * reach + 1));
        for (((to, sum), gone), come) in to.iter_mut().zip(&mut sums).zip(gone).zip(come) {
            *to = sum.map(|sum| sum * share);
            *sum = std::array::from_fn(|c| sum[c] - gone[c] + come[c]);
        }
    }
}

fn enlarge(
    small: &[[f32; 4]],
    (columns, rows): (usize, usize),
    pixmap: &mut Pixmap,
    area: &Area,
    shrink: usize,
) {
    let place = |i: usize, side: usize| {
        let at = ((i as f32 + 0.5) / shrink as f32 - 0.5).clamp(0.0, (side - 1) as f32);
        (at as usize, (at as usize + 1).min(side - 1), at.fract())
    };
    let across: Vec<(usize, usize, f32)> = (0..area.width).map(|x| place(x, columns)).collect();
    let mut between = vec![[0.0_f32; 4]; columns];
    let width = pixmap.width() as usize;
    for y in 0..area.height {
        let (above, below, v) = place(y, rows);
        let (above, below) = (&small[above * columns..][..columns], &small[below * columns..][..columns]);
        for ((out, a), b) in between.iter_mut().zip(above).zip(below) {
            *out = std::array::from_fn(|c| a[c] + (b[c] - a[c]) * v);
        }
        let line = &mut pixmap.data_mut()[area.bytes(area.top + y, width)];
        for (pixel, (left, right, u)) in line.as_chunks_mut::<4>().0.iter_mut().zip(&across) {
            let (a, b) = (between[*left], between[*right]);
            let levels: [u8; 4] = std::array::from_fn(|c| byte(a[c] + (b[c] - a[c]) * u));
            *pixel = levels.map(|level| level.min(levels[3]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tiny_skia::{Color, Paint, Rect, Transform};

    #[test]
    fn a_blur_keeps_the_light_and_spreads_it() {
        let mut pixmap = Pixmap::new(64, 48).unwrap();
        let mut paint = Paint::default();
        paint.set_color(Color::WHITE);
        pixmap.fill_rect(Rect::from_xywh(28.0, 20.0, 8.0, 8.0).unwrap(), &paint, Transform::identity(), None);
        let sum = |p: &Pixmap| p.data().iter().map(|v| u64::from(*v)).sum::<u64>();
        let before = sum(&pixmap);
        soften(&mut pixmap, 5.0);
        let after = sum(&pixmap);
        assert!(after.abs_diff(before) * 20 < before, "{before} {after}");
        assert!(pixmap.pixel(24, 24).unwrap().alpha() > 0);
        assert!(pixmap.pixel(32, 24).unwrap().alpha() < 255);
    }

    #[test]
    fn what_is_far_from_paint_stays_bare_and_the_edge_holds() {
        for radius in [1.5, 3.0, 7.0] {
            let mut pixmap = Pixmap::new(120, 90).unwrap();
            let mut paint = Paint::default();
            paint.set_color(Color::WHITE);
            // It touches the lower edge, over which it must go on.
            let block = Rect::from_xywh(30.0, 60.0, 40.0, 30.0).unwrap();
            pixmap.fill_rect(block, &paint, Transform::identity(), None);
            soften(&mut pixmap, radius);
            let alpha = |x: u32, y: u32| pixmap.pixel(x, y).unwrap().alpha();
            assert_eq!(alpha(50, 89), 255, "{radius}");
            assert_eq!(alpha(110, 5), 0, "{radius}");
            assert!((90..=185).contains(&alpha(30, 80)), "{radius}: {}", alpha(30, 80));
        }
    }

    #[test]
    fn a_flat_sheet_stays_flat() {
        let mut pixmap = Pixmap::new(33, 17).unwrap();
        pixmap.fill(Color::from_rgba8(40, 80, 120, 255));
        let before = pixmap.clone();
        soften(&mut pixmap, 9.0);
        assert_eq!(pixmap.data(), before.data());
    }
}
