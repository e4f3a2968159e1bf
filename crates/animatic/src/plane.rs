//! Sheets ready for the camera: planar YCbCr with alpha, cropped to what is painted, with a map of what covers what.
//!
//! Painters paint premultiplied RGBA; baking turns it once into the form that every frame samples. Colours stay
//! premultiplied and gamma-encoded, in which blending RGB and blending YCbCr are the same sum.

use crate::blend::byte;
use crate::grade::Grade;
use rayon::prelude::*;
use std::ops::Range;
use tiny_skia::{Pixmap, PremultipliedColorU8};

/// Columns on either side of a row that repeat its edge, so that taps may reach over it.
pub(crate) const PAD: usize = 32;
/// Side of a tile of the coverage map, in luma samples.
const TILE: usize = 16;

/// Rows of 8-bit samples, each with [`PAD`] columns before and after it.
#[derive(Clone, Debug)]
pub(crate) struct Plane {
    pub(crate) width: usize,
    pub(crate) height: usize,
    data: Vec<u8>,
}

impl Plane {
    fn new(width: usize, height: usize) -> Self {
        Self { width, height, data: vec![0; (width + 2 * PAD) * height] }
    }

    /// A plane that repeats over its left and right edges; `level` gives 0–255 for a column and a row.
    pub(crate) fn tiling(width: usize, height: usize, level: impl Fn(usize, usize) -> f32 + Sync) -> Self {
        let mut plane = Self::new(width, height);
        plane.rows_mut(1).enumerate().for_each(|(y, out)| {
            let row: Vec<f32> = (0..width).map(|x| level(x, y)).collect();
            store(&row, 0.0, true, out);
        });
        plane
    }

    pub(crate) fn stride(&self) -> usize {
        self.width + 2 * PAD
    }

    /// Twice as large each way, bilinear; rows wrap over their ends or hold them.
    fn doubled(&self, wraps: bool) -> Self {
        let mut large = Self::new(2 * self.width, 2 * self.height);
        // A large row lies a quarter of a row above or below the middle of a small one; so with columns.
        large.rows_mut(2).enumerate().for_each_init(
            || [vec![0_u16; self.stride()], vec![0; self.stride()]],
            |between, (row, out)| {
                let (row, stride) = (row as i64, 2 * self.width + 2 * PAD);
                for ((between, other), out) in
                    between.iter_mut().zip([row - 1, row + 1]).zip(out.chunks_exact_mut(stride))
                {
                    for ((between, near), far) in between.iter_mut().zip(self.row(row)).zip(self.row(other)) {
                        *between = 3 * u16::from(*near) + u16::from(*far);
                    }
                    let cells = between[PAD - 1..].windows(3);
                    for (pair, cell) in out[PAD..].as_chunks_mut::<2>().0[..self.width].iter_mut().zip(cells)
                    {
                        let [before, here, after] = [cell[0], 3 * cell[1] + 8, cell[2]];
                        *pair = [((here + before) >> 4) as u8, ((here + after) >> 4) as u8];
                    }
                    pad(out, 2 * self.width, wraps);
                }
            },
        );
        large
    }

    /// A row with its padding; rows beyond the edge repeat it.
    pub(crate) fn row(&self, row: i64) -> &[u8] {
        let row = row.clamp(0, self.height as i64 - 1) as usize;
        &self.data[row * self.stride()..(row + 1) * self.stride()]
    }

    fn rows_mut(&mut self, count: usize) -> rayon::slice::ChunksMut<'_, u8> {
        let stride = self.stride();
        self.data.par_chunks_mut(stride * count)
    }
}

/// What a part of a sheet does to what lies behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Cover {
    Empty,
    Mixed,
    Opaque,
}

/// Coverage by tiles.
#[derive(Clone, Debug)]
pub(crate) struct CoverMap {
    columns: usize,
    rows: usize,
    tiles: Vec<Cover>,
}

impl CoverMap {
    /// The coverage of a sheet enlarged to `width` × `height`, twice its size: an edge reaches two samples further.
    fn doubled(&self, width: usize, height: usize) -> Self {
        let (columns, rows) = (width.div_ceil(TILE), height.div_ceil(TILE));
        let reach = |tile: usize| {
            let start = (tile * TILE / 2) as i64;
            [start - 2, start + TILE as i64 / 2 + 2]
        };
        let tiles = (0..rows * columns).map(|at| self.of(reach(at % columns), reach(at / columns))).collect();
        Self { columns, rows, tiles }
    }

    /// Coverage of a rectangle of luma samples, exclusive at its ends; outside of the sheet there is nothing.
    pub(crate) fn of(&self, [left, right]: [i64; 2], [top, bottom]: [i64; 2]) -> Cover {
        let side = TILE as i64;
        let (columns, rows) = (self.columns as i64, self.rows as i64);
        let (first, last) = (left.div_euclid(side), (right - 1).div_euclid(side));
        let (above, below) = (top.div_euclid(side), (bottom - 1).div_euclid(side));
        let inside = first >= 0 && above >= 0 && last < columns && below < rows;
        let (mut empty, mut opaque) = (true, inside);
        for row in above.max(0)..=below.min(rows - 1) {
            for column in first.max(0)..=last.min(columns - 1) {
                let tile = self.tiles[(row * columns + column) as usize];
                empty &= tile == Cover::Empty;
                opaque &= tile == Cover::Opaque;
            }
        }
        match (empty, opaque) {
            (true, _) => Cover::Empty,
            (_, true) => Cover::Opaque,
            _ => Cover::Mixed,
        }
    }
}

/// A baked sheet. Luma and chroma are full range, chroma is half size, sited left as in H.264.
#[derive(Clone, Debug)]
pub(crate) struct Sheet {
    /// The layer's pixel under this sheet's top left sample; even.
    pub(crate) left: usize,
    pub(crate) top: usize,
    pub(crate) y: Plane,
    pub(crate) a: Plane,
    pub(crate) u: Plane,
    pub(crate) v: Plane,
    pub(crate) chroma_a: Plane,
    pub(crate) cover: CoverMap,
}

/// The light a sheet gives off, at half size: its crispness is in the sheet, this is only what swells.
#[derive(Clone, Debug)]
pub(crate) struct Glow {
    pub(crate) left: usize,
    pub(crate) top: usize,
    pub(crate) y: Plane,
    pub(crate) u: Plane,
    pub(crate) v: Plane,
    pub(crate) cover: CoverMap,
    /// Sum of the luma over all samples of full size, 0–1 each.
    pub(crate) sum: f64,
}

/// A picture and the layer's pixel under its top left one.
#[derive(Clone, Copy)]
pub(crate) struct Painted<'a> {
    pub(crate) image: &'a Pixmap,
    pub(crate) left: usize,
    pub(crate) top: usize,
    /// Whether it floats in the layer: what lies around it is empty, not its edge going on.
    pub(crate) loose: bool,
}

/// Empty samples kept around what is painted, so that even half-size samples at the border are empty.
const MARGIN: usize = 4;

impl<'a> Painted<'a> {
    /// A picture of the whole layer.
    pub(crate) fn whole(image: &'a Pixmap) -> Self {
        Self { image, left: 0, top: 0, loose: false }
    }
}

/// A row of samples on its way from RGBA to planes: luma, chroma, alpha.
struct Row([Vec<f32>; 4]);

impl Row {
    fn new(width: usize) -> Self {
        Self(std::array::from_fn(|_| vec![0.0; width]))
    }

    fn plane(&self, plane: usize) -> &[f32] {
        &self.0[plane]
    }

    fn clear(&mut self, columns: Range<usize>) {
        for plane in &mut self.0 {
            plane[columns.clone()].fill(0.0);
        }
    }

    /// Grades a run of pixels, with a share of their light, into the columns from `start`.
    fn grade(
        &mut self,
        start: usize,
        pixels: &[PremultipliedColorU8],
        light: Option<(&[PremultipliedColorU8], f32)>,
        grade: Grade,
    ) {
        let [y, cb, cr, a] = &mut self.0;
        let columns = start..start + pixels.len();
        let (y, cb, cr) = (&mut y[columns.clone()], &mut cb[columns.clone()], &mut cr[columns.clone()]);
        let samples = y.iter_mut().zip(cb).zip(cr).zip(&mut a[columns]).zip(pixels);
        match light {
            None => {
                for ((((y, cb), cr), a), pixel) in samples {
                    [*y, *cb, *cr] = grade.ycc(*pixel, None);
                    *a = f32::from(pixel.alpha());
                }
            }
            Some((lights, share)) => {
                for (((((y, cb), cr), a), pixel), light) in samples.zip(lights) {
                    [*y, *cb, *cr] = grade.ycc(*pixel, Some((*light, share)));
                    *a = f32::from(pixel.alpha());
                }
            }
        }
    }
}

impl Sheet {
    /// Bakes a picture, with a steady share of its glow in it. `None` when nothing is painted.
    ///
    /// `whole` keeps a sheet that must tile uncropped; it then repeats itself over its left and right edges.
    pub(crate) fn bake(
        painted: Painted<'_>,
        glow: Option<(&Pixmap, f32)>,
        grade: Grade,
        whole: bool,
    ) -> Option<Self> {
        let (width, height) = (painted.image.width() as usize, painted.image.height() as usize);
        let pixels = painted.image.pixels();
        let lights = glow.map(|(glow, share)| (glow.pixels(), share));
        let is_painted = |at: usize| {
            let dark = PremultipliedColorU8::TRANSPARENT;
            pixels[at] != dark || lights.is_some_and(|(light, _)| light[at] != dark)
        };
        let bounds = if whole { Bounds::all(width, height) } else { Bounds::of(width, height, is_painted)? };
        let bounds = bounds.aligned(painted);
        let (wide, high) = (bounds.width, bounds.height);
        // The columns of the picture that the sheet keeps, and how many empty ones come before them.
        let first = bounds.left.saturating_sub(painted.left);
        let empty = painted.left.saturating_sub(bounds.left);
        let count = (width - first.min(width)).min(wide - empty.min(wide));
        let fill = |row: usize, out: &mut Row| {
            let picture_row = (bounds.top + row).checked_sub(painted.top).filter(|row| *row < height);
            let Some(from) = picture_row.map(|row| row * width + first) else {
                return out.clear(0..wide);
            };
            out.clear(0..empty);
            out.clear(empty + count..wide);
            let light = lights.map(|(light, share)| (&light[from..from + count], share));
            out.grade(empty, &pixels[from..from + count], light, grade);
        };
        let mut planes = [Plane::new(wide, high), Plane::new(wide, high)];
        let mut chroma = [(); 3].map(|()| Plane::new(wide / 2, high / 2));
        let [y_plane, a_plane] = &mut planes;
        let [u_plane, v_plane, ca_plane] = &mut chroma;
        (
            y_plane.rows_mut(2),
            a_plane.rows_mut(2),
            u_plane.rows_mut(1),
            v_plane.rows_mut(1),
            ca_plane.rows_mut(1),
        )
            .into_par_iter()
            .enumerate()
            .for_each_init(
                || ([Row::new(wide), Row::new(wide)], vec![0.0; wide / 2]),
                |(rows, half), (pair, (y, a, u, v, ca))| {
                    let stride = wide + 2 * PAD;
                    let lines = y.chunks_mut(stride).zip(a.chunks_mut(stride));
                    for ((which, row), (y, a)) in rows.iter_mut().enumerate().zip(lines) {
                        fill(2 * pair + which, row);
                        store(row.plane(0), 0.0, whole, y);
                        store(row.plane(3), 0.0, whole, a);
                    }
                    let [one, two] = &mut *rows;
                    for (plane, offset, out) in [(1, 128.0, u), (2, 128.0, v), (3, 0.0, ca)] {
                        halve(one.plane(plane), two.plane(plane), whole, half);
                        store(half, offset, whole, out);
                    }
                },
            );
        let [y, a] = planes;
        let [u, v, chroma_a] = chroma;
        let cover = cover_map(&y, &a);
        Some(Self { left: bounds.left, top: bounds.top, y, a, u, v, chroma_a, cover })
    }
}

impl Sheet {
    /// The sheet of a layer painted at half size, at the layer's full size.
    pub(crate) fn doubled(&self, wraps: bool) -> Self {
        let (y, a) = (self.y.doubled(wraps), self.a.doubled(wraps));
        Self {
            left: 2 * self.left,
            top: 2 * self.top,
            u: self.u.doubled(wraps),
            v: self.v.doubled(wraps),
            chroma_a: self.chroma_a.doubled(wraps),
            cover: cover_map(&y, &a),
            y,
            a,
        }
    }
}

impl Glow {
    /// As [`Sheet::doubled`].
    pub(crate) fn doubled(&self, wraps: bool) -> Self {
        Self {
            left: 2 * self.left,
            top: 2 * self.top,
            y: self.y.doubled(wraps),
            u: self.u.doubled(wraps),
            v: self.v.doubled(wraps),
            cover: self.cover.doubled(4 * self.y.width, 4 * self.y.height),
            sum: 4.0 * self.sum,
        }
    }

    /// Bakes the light of a layer. `None` when it is dark.
    pub(crate) fn bake(painted: Painted<'_>, grade: Grade, whole: bool) -> Option<Self> {
        let lit = Sheet::bake(painted, None, grade, whole)?;
        let sum = lit.y.data.iter().map(|y| u64::from(*y)).sum::<u64>() as f64 / 255.0;
        let (w, h) = (lit.y.width, lit.y.height);
        let mut y = Plane::new(w / 2, h / 2);
        y.rows_mut(1).enumerate().for_each(|(row, out)| {
            let wide = |row: usize| -> Vec<f32> {
                lit.y.row(row as i64)[PAD..PAD + w].iter().map(|y| f32::from(*y)).collect()
            };
            let mut half = vec![0.0; w / 2];
            halve(&wide(2 * row), &wide(2 * row + 1), whole, &mut half);
            store(&half, 0.0, whole, out);
        });
        Some(Self { left: lit.left, top: lit.top, y, u: lit.u, v: lit.v, cover: lit.cover, sum })
    }
}

/// Halves two rows into one, sited left: columns by 1-2-1 about the even ones, rows by their mean.
fn halve(one: &[f32], two: &[f32], wraps: bool, out: &mut [f32]) {
    let last = one.len() - 1;
    let (before, (one_pairs, two_pairs)) =
        (if wraps { last } else { 0 }, (one.as_chunks::<2>().0, two.as_chunks::<2>().0));
    let mut odd = one[before] + two[before];
    for ((out, a), b) in out.iter_mut().zip(one_pairs).zip(two_pairs) {
        let next = a[1] + b[1];
        *out = (odd + 2.0 * (a[0] + b[0]) + next) / 8.0;
        odd = next;
    }
}

/// Rounds a row into a padded row of bytes, its padding repeating the edge or, when it wraps, the other end.
fn store(row: &[f32], offset: f32, wraps: bool, out: &mut [u8]) {
    let width = row.len();
    for (out, value) in out[PAD..PAD + width].iter_mut().zip(row) {
        *out = byte(value + offset);
    }
    pad(out, width, wraps);
}

/// Fills the padding of a row of `width` samples: it repeats the edge or, when it wraps, the other end.
fn pad(out: &mut [u8], width: usize, wraps: bool) {
    for pad in 0..PAD {
        let (before, after) = if wraps { ((width - 1 - pad % width), pad % width) } else { (0, width - 1) };
        out[PAD - 1 - pad] = out[PAD + before];
        out[PAD + width + pad] = out[PAD + after];
    }
}

/// The rectangle of a layer that a sheet keeps.
#[derive(Clone, Copy, Debug)]
struct Bounds {
    left: usize,
    top: usize,
    width: usize,
    height: usize,
}

impl Bounds {
    fn all(width: usize, height: usize) -> Self {
        Self { left: 0, top: 0, width, height }
    }

    /// What is painted, and a margin around it where there is room.
    fn of(width: usize, height: usize, is_painted: impl Fn(usize) -> bool + Sync) -> Option<Self> {
        let spans: Vec<Option<(usize, usize)>> = (0..height)
            .into_par_iter()
            .map(|y| {
                let first = (0..width).find(|x| is_painted(y * width + x))?;
                let last = (first..width).rev().find(|x| is_painted(y * width + x))?;
                Some((first, last))
            })
            .collect();
        let top = spans.iter().position(Option::is_some)?;
        let bottom = spans.iter().rposition(Option::is_some)?;
        let left = spans.iter().flatten().map(|(first, _)| *first).min()?;
        let right = spans.iter().flatten().map(|(_, last)| *last).max()?;
        let (left, top) = (left.saturating_sub(MARGIN), top.saturating_sub(MARGIN));
        let (right, bottom) = ((right + 1 + MARGIN).min(width), (bottom + 1 + MARGIN).min(height));
        Some(Self { left, top, width: right - left, height: bottom - top })
    }

    /// Moved to the layer's own pixels, with even corners.
    fn aligned(self, painted: Painted<'_>) -> Self {
        let margin = if painted.loose { MARGIN } else { 0 };
        let (x, y) = (self.left + painted.left, self.top + painted.top);
        let (right, bottom) = (x + self.width + margin, y + self.height + margin);
        let (left, top) = (x.saturating_sub(margin) & !1, y.saturating_sub(margin) & !1);
        Self { left, top, width: (right - left + 1) & !1, height: (bottom - top + 1) & !1 }
    }
}

/// What each tile does to what lies behind it, by its light and its alpha.
fn cover_map(light: &Plane, alpha: &Plane) -> CoverMap {
    let (columns, rows) = (light.width.div_ceil(TILE), light.height.div_ceil(TILE));
    let tile = |column: usize, row: usize| {
        let across = PAD + column * TILE..PAD + ((column + 1) * TILE).min(light.width);
        let mut down = row * TILE..((row + 1) * TILE).min(light.height);
        let all = |plane: &Plane, y: usize, level: u8| {
            plane.row(y as i64)[across.clone()].iter().all(|sample| *sample == level)
        };
        let level = alpha.row(down.start as i64)[across.start];
        match level {
            255 if down.all(|y| all(alpha, y, 255)) => Cover::Opaque,
            0 if down.all(|y| all(alpha, y, 0) && all(light, y, 0)) => Cover::Empty,
            _ => Cover::Mixed,
        }
    };
    let tiles = (0..rows * columns).map(|at| tile(at % columns, at / columns)).collect();
    CoverMap { columns, rows, tiles }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_doubled_plane_is_the_same_picture_twice_as_large() {
        for wraps in [false, true] {
            let flat = Plane::tiling(24, 10, |_, _| 77.0).doubled(wraps);
            assert_eq!((flat.width, flat.height), (48, 20));
            assert!((0..20).all(|row| flat.row(row).iter().all(|sample| *sample == 77)));
        }
        let ramp = Plane::tiling(24, 4, |x, y| (8 * x + 2 * y) as f32).doubled(true);
        let row = ramp.row(3);
        assert!(row[PAD + 1..PAD + 47].is_sorted());
        // Between the last column and the first, over which it wraps, lies the mean of both, a quarter of the way.
        assert_eq!(row[PAD], row[PAD + 48]);
        assert!(row[PAD] > row[PAD + 1] && row[PAD + 47] < row[PAD + 46]);
    }

    #[test]
    fn doubled_coverage_is_never_more_certain_than_the_paint() {
        let light = Plane::tiling(64, 64, |x, _| if x < 32 { 200.0 } else { 0.0 });
        let (large, map) = (light.doubled(false), cover_map(&light, &light));
        let doubled = map.doubled(128, 128);
        assert_eq!(doubled.of([96, 112], [16, 32]), Cover::Empty);
        // All but the last tile, into which this plane wraps.
        for tile in (0..112).step_by(16) {
            let dark = large.row(8)[PAD + tile..PAD + tile + 16].iter().all(|sample| *sample == 0);
            let empty = doubled.of([tile as i64, tile as i64 + 16], [0, 16]) == Cover::Empty;
            assert!(dark || !empty, "column {tile}");
        }
    }
}
