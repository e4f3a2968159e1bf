//! Out of focus: a blur whose cost does not grow with its radius.

use tiny_skia::Pixmap;

/// Blurs a premultiplied picture by about `radius` pixels; less than one pixel leaves it sharp.
///
/// The picture is shrunk until the radius is a few pixels, blurred there by two box passes each way, and enlarged
/// bilinearly.
pub fn soften(pixmap: &mut Pixmap, radius: f32) {
    if radius < 1.0 {
        return;
    }
    let shrink = (radius / 2.5).floor().clamp(1.0, 16.0) as usize;
    let (width, height) = (pixmap.width() as usize, pixmap.height() as usize);
    let (columns, rows) = (width.div_ceil(shrink), height.div_ceil(shrink));
    let mut small = shrunk(pixmap.data(), (width, height), shrink);
    let reach = (radius / shrink as f32 / 1.5).round().max(1.0) as usize;
    let mut other = small.clone();
    for _ in 0..2 {
        box_rows(&small, &mut other, columns, rows, reach);
        box_columns(&other, &mut small, columns, rows, reach);
    }
    enlarge(&small, (columns, rows), pixmap.data_mut(), width, shrink);
}

fn shrunk(data: &[u8], (width, height): (usize, usize), shrink: usize) -> Vec<[f32; 4]> {
    let columns = width.div_ceil(shrink);
    let mut small = vec![[0.0_f32; 4]; columns * height.div_ceil(shrink)];
    for (y, row) in data.chunks_exact(width * 4).enumerate() {
        for (x, pixel) in row.chunks_exact(4).enumerate() {
            let cell = &mut small[y / shrink * columns + x / shrink];
            for (sum, value) in cell.iter_mut().zip(pixel) {
                *sum += f32::from(*value);
            }
        }
    }
    for (i, cell) in small.iter_mut().enumerate() {
        let wide = shrink.min(width - i % columns * shrink);
        let high = shrink.min(height - i / columns * shrink);
        *cell = cell.map(|sum| sum / (wide * high) as f32);
    }
    small
}

fn box_rows(from: &[[f32; 4]], to: &mut [[f32; 4]], columns: usize, rows: usize, reach: usize) {
    for y in 0..rows {
        let row = &from[y * columns..(y + 1) * columns];
        slide(|x| row[x], |x, value| to[y * columns + x] = value, columns, reach);
    }
}

fn box_columns(from: &[[f32; 4]], to: &mut [[f32; 4]], columns: usize, rows: usize, reach: usize) {
    for x in 0..columns {
        slide(|y| from[y * columns + x], |y, value| to[y * columns + x] = value, rows, reach);
    }
}

/// A moving average of `2 × reach + 1` samples, the ends held.
fn slide(at: impl Fn(usize) -> [f32; 4], mut put: impl FnMut(usize, [f32; 4]), count: usize, reach: usize) {
    let held = |i: isize| at(i.clamp(0, count as isize - 1) as usize);
    let reach = reach as isize;
    let mut sum = [0.0_f32; 4];
    for i in -reach..=reach {
        sum = std::array::from_fn(|c| sum[c] + held(i)[c]);
    }
    for i in 0..count as isize {
        put(i as usize, sum.map(|s| s / (2 * reach + 1) as f32));
        let (gone, come) = (held(i - reach), held(i + reach + 1));
        sum = std::array::from_fn(|c| sum[c] - gone[c] + come[c]);
    }
}

fn enlarge(
    small: &[[f32; 4]],
    (columns, rows): (usize, usize),
    data: &mut [u8],
    width: usize,
    shrink: usize,
) {
    let place = |i: usize, side: usize| {
        let at = ((i as f32 + 0.5) / shrink as f32 - 0.5).clamp(0.0, (side - 1) as f32);
        (at as usize, (at as usize + 1).min(side - 1), at.fract())
    };
    for (y, row) in data.chunks_exact_mut(width * 4).enumerate() {
        let (top, bottom, v) = place(y, rows);
        for (x, pixel) in row.chunks_exact_mut(4).enumerate() {
            let (left, right, u) = place(x, columns);
            let cell = |x: usize, y: usize| &small[y * columns + x];
            let above = (cell(left, top), cell(right, top));
            let below = (cell(left, bottom), cell(right, bottom));
            for (i, value) in pixel.iter_mut().enumerate() {
                let upper = above.0[i] + (above.1[i] - above.0[i]) * u;
                let lower = below.0[i] + (below.1[i] - below.0[i]) * u;
                *value = (upper + (lower - upper) * v + 0.5) as u8;
            }
            let cover = pixel[3];
            for value in &mut pixel[..3] {
                *value = (*value).min(cover);
            }
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
    fn a_flat_sheet_stays_flat() {
        let mut pixmap = Pixmap::new(33, 17).unwrap();
        pixmap.fill(Color::from_rgba8(40, 80, 120, 255));
        let before = pixmap.clone();
        soften(&mut pixmap, 9.0);
        assert_eq!(pixmap.data(), before.data());
    }
}
