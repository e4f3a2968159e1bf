//! What painters paint with: sheets of paint addressed in stage units, flat and graded shapes, soft light, washes of
//! haze, reflections. Everything graded is dithered, so that no sky or fog shows bands.

use crate::blend::{dither, put, put_premultiplied};
use crate::set::{Layer, Motion, PaintContext};
use crate::tone::Tone;
use tiny_skia::{
    BlendMode, Color, FillRule, GradientStop, LineCap, LineJoin, LinearGradient, Paint, Path, PathBuilder,
    Pixmap, Point, Rect, Shader, SpreadMode, Stroke, Transform,
};

pub use crate::blend::Blend;
pub use crate::outline::{polygon, rounded, smooth_path};

/// What a shape is filled with.
#[derive(Clone, Copy, Debug)]
pub enum Fill {
    Flat(Tone, f32),
    /// From one point to another, each with its tone and opacity.
    Graded {
        from: (f32, f32),
        to: (f32, f32),
        first: (Tone, f32),
        last: (Tone, f32),
    },
}

impl From<Tone> for Fill {
    fn from(tone: Tone) -> Self {
        Self::Flat(tone, 1.0)
    }
}

impl Fill {
    /// From the top to the bottom, opaque.
    pub fn vertical(top: f32, upper: Tone, bottom: f32, lower: Tone) -> Self {
        Self::Graded { from: (0.0, top), to: (0.0, bottom), first: (upper, 1.0), last: (lower, 1.0) }
    }

    /// From left to right, opaque.
    pub fn across(left: f32, first: Tone, right: f32, last: Tone) -> Self {
        Self::Graded { from: (left, 0.0), to: (right, 0.0), first: (first, 1.0), last: (last, 1.0) }
    }

    fn paint(self) -> Paint<'static> {
        let shader = match self {
            Self::Flat(tone, alpha) => Shader::SolidColor(color(tone, alpha)),
            Self::Graded { from, to, first, last } => {
                let stops = [(0.0, first), (1.0, last)]
                    .map(|(at, (tone, alpha))| GradientStop::new(at, color(tone, alpha)))
                    .to_vec();
                let (start, end) = (Point::from_xy(from.0, from.1), Point::from_xy(to.0, to.1));
                LinearGradient::new(start, end, stops, SpreadMode::Pad, Transform::identity())
                    .unwrap_or_else(|| Shader::SolidColor(color(first.0, first.1)))
            }
        };
        Paint { shader, ..Paint::default() }
    }
}

fn color(tone: Tone, alpha: f32) -> Color {
    let tone = tone.clamp();
    Color::from_rgba(tone.r, tone.g, tone.b, alpha.clamp(0.0, 1.0)).unwrap_or(Color::TRANSPARENT)
}

/// A stop of a vertical wash: height in stage units, tone, opacity.
pub type Stop = (f32, Tone, f32);

/// A sheet of the set being painted, in stage units (see [`crate::set`]).
#[derive(Clone)]
pub struct Sheet {
    pixmap: Pixmap,
    transform: Transform,
}

impl Sheet {
    /// An empty sheet of the context's layer size.
    pub fn new(ctx: &PaintContext<'_>) -> Self {
        let (width, height) = ctx.layer_size();
        #[expect(clippy::expect_used, reason = "a canvas is never empty, nor past 2³¹ bytes")]
        let pixmap = Pixmap::new(width.max(1), height.max(1)).expect("a layer of a film's canvas");
        Self { pixmap, transform: ctx.transform() }
    }

    pub fn into_pixmap(self) -> Pixmap {
        self.pixmap
    }

    pub fn pixmap(&self) -> &Pixmap {
        &self.pixmap
    }

    /// Finishes the sheet as a layer; `depth` as in [`Layer::depth`].
    pub fn into_layer(self, name: &'static str, depth: f32, motion: Motion) -> Layer {
        Layer { name, image: self.pixmap, glow: None, depth, motion }
    }

    /// Finishes the sheet as a layer with its own light.
    pub fn into_lit_layer(self, glow: Self, name: &'static str, depth: f32, motion: Motion) -> Layer {
        Layer { name, image: self.pixmap, glow: Some(glow.pixmap), depth, motion }
    }

    /// Size of one pixel in stage units.
    pub fn pixel(&self) -> f32 {
        1.0 / self.transform.sx
    }

    /// Half of the sheet's width and height in stage units.
    pub fn reach(&self) -> (f32, f32) {
        (self.transform.tx * self.pixel(), self.transform.ty * self.pixel())
    }

    fn to_pixels(&self, x: f32, y: f32) -> (f32, f32) {
        (x * self.transform.sx + self.transform.tx, y * self.transform.sy + self.transform.ty)
    }

    /// Fills a path; `None`, what a builder makes of a degenerate path, paints nothing.
    pub fn fill(&mut self, path: impl Into<Option<Path>>, fill: impl Into<Fill>) {
        let Some(path) = path.into() else { return };
        let mut paint = fill.into().paint();
        paint.anti_alias = true;
        self.pixmap.fill_path(&path, &paint, FillRule::Winding, self.transform, None);
    }

    /// Strokes a path with round ends, `width` in stage units (never thinner than a pixel, but then fainter).
    pub fn stroke(&mut self, path: impl Into<Option<Path>>, width: f32, tone: Tone, alpha: f32) {
        let Some(path) = path.into() else { return };
        let thin = self.pixel();
        let paint = Fill::Flat(tone, alpha * (width / thin).clamp(0.15, 1.0)).paint();
        let stroke = Stroke {
            width: width.max(thin),
            line_cap: LineCap::Round,
            line_join: LineJoin::Round,
            ..Stroke::default()
        };
        self.pixmap.stroke_path(&path, &paint, &stroke, self.transform, None);
    }

    /// Takes paint away: what an opaque thing in front hides of a glow sheet.
    pub fn clear(&mut self, path: impl Into<Option<Path>>) {
        let Some(path) = path.into() else { return };
        let paint = Paint { blend_mode: BlendMode::DestinationOut, ..Fill::from(Tone::BLACK).paint() };
        self.pixmap.fill_path(&path, &paint, FillRule::Winding, self.transform, None);
    }

    pub fn line(&mut self, from: (f32, f32), to: (f32, f32), width: f32, tone: Tone, alpha: f32) {
        let mut path = PathBuilder::new();
        path.move_to(from.0, from.1);
        path.line_to(to.0, to.1);
        self.stroke(path.finish(), width, tone, alpha);
    }

    pub fn polygon(&mut self, points: &[(f32, f32)], fill: impl Into<Fill>) {
        self.fill(polygon(points), fill);
    }

    pub fn ellipse(&mut self, x: f32, y: f32, rx: f32, ry: f32, fill: impl Into<Fill>) {
        let oval = Rect::from_ltrb(x - rx, y - ry, x + rx, y + ry);
        self.fill(oval.and_then(PathBuilder::from_oval), fill);
    }

    /// An upright rectangle with soft sub-pixel edges: the quick way for thousands of windows.
    #[expect(clippy::too_many_arguments, reason = "four sides, a colour and how to blend it")]
    pub fn rect(
        &mut self,
        left: f32,
        top: f32,
        width: f32,
        height: f32,
        tone: Tone,
        alpha: f32,
        blend: Blend,
    ) {
        let (x0, y0) = self.to_pixels(left, top);
        let (x1, y1) = self.to_pixels(left + width, top + height);
        let (columns, rows) = (self.pixmap.width() as usize, self.pixmap.height() as usize);
        let span = |from: f32, to: f32, side: usize| {
            let (from, to) = (from.max(0.0), to.min(side as f32));
            (from as usize, to.ceil().max(0.0) as usize)
        };
        let ((left, right), (top, bottom)) = (span(x0, x1, columns), span(y0, y1, rows));
        let cover = |at: usize, from: f32, to: f32| (to.min(at as f32 + 1.0) - from.max(at as f32)).max(0.0);
        let data = self.pixmap.data_mut();
        for y in top..bottom {
            let row = cover(y, y0, y1);
            for x in left..right {
                let at = (y * columns + x) * 4;
                put(&mut data[at..at + 4], tone, alpha * row * cover(x, x0, x1), blend, 0.5);
            }
        }
    }

    /// Washes the sheet between the first and the last stop, row by row, from edge to edge.
    pub fn wash(&mut self, stops: &[Stop], blend: Blend) {
        let (reach, _) = self.reach();
        self.wash_between(-reach, reach, stops, blend);
    }

    /// Washes the columns from `left` to `right` (stage units) between the first and the last stop.
    pub fn wash_between(&mut self, left: f32, right: f32, stops: &[Stop], blend: Blend) {
        let [first, .., last] = stops else { return };
        let (x0, y0) = self.to_pixels(left, first.0);
        let (x1, y1) = self.to_pixels(right, last.0);
        let columns = self.pixmap.width() as usize;
        let rows = clip(y0, y1, self.pixmap.height());
        let across = clip(x0, x1, self.pixmap.width());
        let (step, origin) = (self.pixel(), self.transform.ty);
        let data = self.pixmap.data_mut();
        for y in rows {
            let (tone, alpha) = at_height(stops, (y as f32 + 0.5 - origin) * step);
            if alpha < 1.0 / 1024.0 {
                continue;
            }
            for x in across.clone() {
                let at = (y * columns + x) * 4;
                put(&mut data[at..at + 4], tone, alpha, blend, dither(x, y));
            }
        }
    }

    /// Covers everything painted here evenly, as air does; nothing that is still bare.
    pub fn veil(&mut self, tone: Tone, alpha: f32) {
        let (_, reach) = self.reach();
        let edge = reach + self.pixel();
        self.wash(&[(-edge, tone, alpha), (edge, tone, alpha)], Blend::Atop);
    }

    /// A soft round light (or shadow): full at the centre, nothing at the radii, with no visible edge.
    #[expect(clippy::too_many_arguments, reason = "a place, two radii, a colour and how to blend it")]
    pub fn glow(&mut self, x: f32, y: f32, rx: f32, ry: f32, tone: Tone, strength: f32, blend: Blend) {
        let (cx, cy) = self.to_pixels(x, y);
        let (rx, ry) = ((rx * self.transform.sx).max(0.5), (ry * self.transform.sy).max(0.5));
        let columns = self.pixmap.width() as usize;
        let rows = clip(cy - ry, cy + ry, self.pixmap.height());
        let data_width = self.pixmap.width();
        let data = self.pixmap.data_mut();
        for y in rows {
            let v = (y as f32 + 0.5 - cy) / ry;
            let room = 1.0 - v * v;
            if room <= 0.0 {
                continue;
            }
            let half = rx * room.sqrt();
            for x in clip(cx - half, cx + half, data_width) {
                let u = (x as f32 + 0.5 - cx) / rx;
                let near = (room - u * u).max(0.0);
                let at = (y * columns + x) * 4;
                let alpha = strength * near * near * (0.35 + 0.65 * near * near);
                put(&mut data[at..at + 4], tone, alpha, blend, dither(x, y));
            }
        }
    }

    /// Paints a smooth field between two heights: `field` gives tone and opacity at a stage point. It is asked once
    /// every `coarse` pixels each way and blended in between, so that costly noise is affordable.
    pub fn field(
        &mut self,
        (top, bottom): (f32, f32),
        coarse: usize,
        blend: Blend,
        mut field: impl FnMut(f32, f32) -> (Tone, f32),
    ) {
        let coarse = coarse.max(1);
        let (columns, step) = (self.pixmap.width() as usize, self.pixel());
        let rows = clip(self.to_pixels(0.0, top).1, self.to_pixels(0.0, bottom).1, self.pixmap.height());
        let (origin_x, origin_y) = (self.transform.tx, self.transform.ty);
        let cells = columns / coarse + 2;
        let mut sample = |row: usize| -> Vec<[f32; 4]> {
            let y = (row as f32 - origin_y) * step;
            (0..cells)
                .map(|cell| {
                    let (tone, alpha) = field(((cell * coarse) as f32 - origin_x) * step, y);
                    [tone.r * alpha, tone.g * alpha, tone.b * alpha, alpha]
                })
                .collect()
        };
        let data = self.pixmap.data_mut();
        let mut upper = sample(rows.start);
        let mut band_top = rows.start;
        while band_top < rows.end {
            let band_bottom = band_top + coarse;
            let lower = sample(band_bottom);
            for y in band_top..band_bottom.min(rows.end) {
                let v = (y - band_top) as f32 / coarse as f32;
                let edge: Vec<[f32; 4]> = upper
                    .iter()
                    .zip(&lower)
                    .map(|(a, b)| std::array::from_fn(|i| a[i] + (b[i] - a[i]) * v))
                    .collect();
                for x in 0..columns {
                    let (cell, u) = (x / coarse, (x % coarse) as f32 / coarse as f32);
                    let [a, b] = [edge[cell], edge[cell + 1]];
                    let paint: [f32; 4] = std::array::from_fn(|i| a[i] + (b[i] - a[i]) * u);
                    let at = (y * columns + x) * 4;
                    put_premultiplied(&mut data[at..at + 4], paint, blend, dither(x, y));
                }
            }
            upper = lower;
            band_top = band_bottom;
        }
    }

    /// Lays another sheet over this one.
    pub fn lay(&mut self, other: &Pixmap) {
        for (to, from) in self.pixmap.data_mut().chunks_exact_mut(4).zip(other.data().chunks_exact(4)) {
            match from[3] {
                0 => {}
                255 => to.copy_from_slice(from),
                cover => {
                    let keep = 255 - u32::from(cover);
                    for (to, from) in to.iter_mut().zip(from) {
                        *to = (u32::from(*from) + (u32::from(*to) * keep + 127) / 255).min(255) as u8;
                    }
                }
            }
        }
    }

    /// Adds another sheet's light to this one.
    pub fn add(&mut self, glow: &Pixmap, strength: f32) {
        for (to, from) in self.pixmap.data_mut().chunks_exact_mut(4).zip(glow.data().chunks_exact(4)) {
            if from[3] != 0 {
                let paint = std::array::from_fn(|i| f32::from(from[i]) / 255.0 * strength);
                put_premultiplied(to, paint, Blend::Add, 0.5);
            }
        }
    }

    /// Mirrors a picture about the height `axis` onto the surface below it, down to `bottom`: wet ground or water.
    pub fn reflect(&mut self, picture: &Pixmap, axis: f32, bottom: f32, mirror: &Mirror, blend: Blend) {
        let columns = self.pixmap.width() as usize;
        let (_, axis_row) = self.to_pixels(0.0, axis);
        let (_, end) = self.to_pixels(0.0, bottom);
        let unit = self.transform.sy;
        let height = self.pixmap.height();
        let noise = crate::chance::Noise::new(mirror.seed);
        let source = picture.data();
        let data = self.pixmap.data_mut();
        for y in clip(axis_row, end, height) {
            let below = (y as f32 + 0.5 - axis_row) / unit;
            let fade = (1.0 - below / mirror.length).clamp(0.0, 1.0);
            let alpha = mirror.strength * fade * fade.sqrt();
            if alpha < 1.0 / 512.0 {
                continue;
            }
            // Ripples widen towards the viewer; each row is shifted as a whole, rows far apart differently.
            let near = (below / mirror.length).min(1.0);
            let wave = (noise.value(0.5, below * 260.0 / (1.0 + 5.0 * near)) - 0.5) * mirror.ripple;
            let shift = (wave * (0.25 + near) * unit) as isize;
            let stretch = below * mirror.squash + wave * 0.6;
            let from = axis_row - stretch.max(0.0) * unit;
            if from < 0.0 {
                continue;
            }
            let from = (from as usize).min(height as usize - 1);
            for x in 0..columns {
                let column = (x as isize + shift).clamp(0, columns as isize - 1) as usize;
                let seen = &source[(from * columns + column) * 4..][..4];
                if seen[3] == 0 {
                    continue;
                }
                let paint = std::array::from_fn(|i| f32::from(seen[i]) / 255.0 * alpha);
                let at = (y * columns + x) * 4;
                put_premultiplied(&mut data[at..at + 4], paint, blend, dither(x, y));
            }
        }
    }

    /// Lays a mirrored picture on what is painted here, from `top` downwards, broken by ripples: the picture is drawn
    /// as the mirror shows it already (see [`reflect`](Self::reflect) for one that is not).
    pub fn ripple(&mut self, picture: &Pixmap, top: f32, strength: f32, ripple: f32, seed: u64) {
        let columns = self.pixmap.width() as usize;
        let (_, first) = self.to_pixels(0.0, top);
        let (unit, height) = (self.transform.sy, self.pixmap.height());
        let noise = crate::chance::Noise::new(seed);
        let source = picture.data();
        let data = self.pixmap.data_mut();
        for y in clip(first, height as f32, height) {
            let below = (y as f32 + 0.5 - first) / unit;
            let wave = (noise.fractal(0.5, below * 150.0 / (1.0 + 3.0 * below), 2) - 0.5)
                * ripple
                * (0.2 + 3.0 * below);
            let shift = (wave * unit) as isize;
            let from = ((y as f32 + wave * 1.6 * unit).max(first) as usize).min(height as usize - 1);
            for x in 0..columns {
                let column = (x as isize + shift).clamp(0, columns as isize - 1) as usize;
                let light = &source[(from * columns + column) * 4..][..4];
                if light[3] != 0 {
                    let paint = std::array::from_fn(|i| f32::from(light[i]) / 255.0 * strength);
                    let at = (y * columns + x) * 4;
                    put_premultiplied(&mut data[at..at + 4], paint, Blend::Atop, dither(x, y));
                }
            }
        }
    }

    /// Lights the edges that face the offset `towards` (stage units): whatever is painted here and not there.
    pub fn edge_light(&mut self, towards: (f32, f32), tone: Tone, strength: f32) {
        let columns = self.pixmap.width() as usize;
        let unit = self.transform.sx;
        let step = |share: f32| {
            let whole = |offset: f32| (offset * unit * share).round() as isize;
            (whole(towards.0), whole(towards.1))
        };
        let (half, full) = (step(0.5), step(1.0));
        let rows = self.pixmap.height() as usize;
        let cover: Vec<u8> = self.pixmap.data().iter().skip(3).step_by(4).copied().collect();
        let there = |x: usize, y: usize, step: (isize, isize)| -> f32 {
            let column = (x as isize + step.0).clamp(0, columns as isize - 1) as usize;
            let row = (y as isize + step.1).clamp(0, rows as isize - 1) as usize;
            f32::from(cover[row * columns + column])
        };
        for (index, pixel) in self.pixmap.data_mut().chunks_exact_mut(4).enumerate() {
            if pixel[3] == 0 {
                continue;
            }
            let (x, y) = (index % columns, index / columns);
            let here = f32::from(pixel[3]);
            let open = 0.5 * (here - there(x, y, half)).max(0.0) + 0.5 * (here - there(x, y, full)).max(0.0);
            if open > 1.0 {
                put(pixel, tone, strength * open / here, Blend::Atop, 0.5);
            }
        }
    }

    /// Throws the whole sheet out of focus; `radius` in stage units.
    pub fn soften(&mut self, radius: f32) {
        crate::blur::soften(&mut self.pixmap, radius * self.transform.sx);
    }
}

/// How a surface mirrors what stands above it.
#[derive(Clone, Copy, Debug)]
pub struct Mirror {
    /// Opacity of the reflection at the axis, 0–1.
    pub strength: f32,
    /// Depth below the axis at which it has faded away, in stage units.
    pub length: f32,
    /// Height seen per depth below the axis: 1 is a still lake, more is wet ground seen at a slant.
    pub squash: f32,
    /// How far ripples shift it, in stage units.
    pub ripple: f32,
    pub seed: u64,
}

/// The tone and opacity of a wash at a height.
fn at_height(stops: &[Stop], y: f32) -> (Tone, f32) {
    let next = stops.partition_point(|stop| stop.0 <= y);
    let (Some(before), Some(after)) = (stops.get(next.max(1) - 1), stops.get(next)) else {
        return stops.last().map_or((Tone::BLACK, 0.0), |last| (last.1, last.2));
    };
    if next == 0 {
        return (after.1, after.2);
    }
    let share = (y - before.0) / (after.0 - before.0).max(1e-6);
    (before.1.mix(after.1, share), before.2 + (after.2 - before.2) * share)
}

/// Whole pixels between two edges, inside a side.
fn clip(from: f32, to: f32, side: u32) -> std::ops::Range<usize> {
    let (from, to) = (from.floor().clamp(0.0, side as f32), to.ceil().clamp(0.0, side as f32));
    from as usize..to as usize
}
