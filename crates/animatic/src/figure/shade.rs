//! Light on a flat-coloured body: form from its silhouette, and a rim on the side of the key light.
//!
//! The silhouette stands in for the missing normals: a body's edge that faces the light is where its blurred mask,
//! moved away from the light, is thin.

use super::vector::{Vec2, smoothstep};
use tiny_skia::Pixmap;

/// The light on one figure. Colours are levels of red, green and blue, 0–1.
#[derive(Clone, Copy, Debug)]
pub(super) struct Light {
    /// Unit direction from the figure to the key light, in the picture.
    pub(super) towards: Vec2,
    pub(super) key: [f32; 3],
    pub(super) ambient: [f32; 3],
    /// How much key light falls on the side we see, 0 when it is behind.
    pub(super) fill: f32,
    /// Strength of the rim, 0–1.
    pub(super) rim: f32,
    /// Light from the other side: its colour times its level.
    pub(super) counter: [f32; 3],
    /// How far the body sinks into `shadow`: 1 is a flat silhouette.
    pub(super) silhouette: f32,
    pub(super) shadow: [f32; 3],
}

/// Sizes of light's effects in pixels.
#[derive(Clone, Copy, Debug)]
pub(super) struct Softness {
    pub(super) rim: f32,
    pub(super) form: f32,
}

/// Lights a premultiplied picture in place.
pub(super) fn shade(image: &mut Pixmap, light: &Light, softness: Softness, rim_share: f32) {
    let (width, height) = (image.width() as usize, image.height() as usize);
    let mask: Vec<u8> = image.pixels().iter().map(|p| p.alpha()).collect();
    let rim_radius = softness.rim.max(1.0);
    let tight = blur(&mask, width, height, rim_radius.round() as usize);
    let wide = blur(&mask, width, height, softness.form.round().max(2.0) as usize);
    let reach = |radius: f32| {
        let offset = light.towards * radius;
        (offset.x.round() as isize, offset.y.round() as isize)
    };
    let rim_step = reach(rim_radius * 1.15);
    let form_step = reach(softness.form.max(2.0) * 0.9);
    let sample = |plane: &[u8], x: usize, y: usize, step: (isize, isize)| -> f32 {
        let (x, y) = (x as isize + step.0, y as isize + step.1);
        if x < 0 || y < 0 || x >= width as isize || y >= height as isize {
            // Beyond the sheet the body goes on: a cropped edge takes no rim.
            let (x, y) = (x.clamp(0, width as isize - 1) as usize, y.clamp(0, height as isize - 1) as usize);
            return f32::from(mask[y * width + x]) / 255.0;
        }
        f32::from(plane[y as usize * width + x as usize]) / 255.0
    };
    let rim_level = light.rim * rim_share;
    let base: [f32; 3] = std::array::from_fn(|c| light.ambient[c] + light.key[c] * light.fill * 0.55);
    for (index, pixel) in image.pixels_mut().iter_mut().enumerate() {
        let alpha = pixel.alpha();
        if alpha == 0 {
            continue;
        }
        let (x, y) = (index % width, index / width);
        let cover = f32::from(alpha) / 255.0;
        let edge = 1.0 - sample(&tight, x, y, rim_step);
        let rim = smoothstep(0.42, 0.98, edge) * rim_level;
        let far_edge = 1.0 - sample(&tight, x, y, (-rim_step.0, -rim_step.1));
        let far_rim = smoothstep(0.5, 1.0, far_edge) * 0.4 * rim_level;
        let away = (-form_step.0, -form_step.1);
        let turned = sample(&wide, x, y, away) - sample(&wide, x, y, form_step);
        let facing = (turned * 1.4).clamp(-1.0, 1.0);
        let (lit, dark) = (facing.max(0.0), (-facing).max(0.0));
        let color = [pixel.red(), pixel.green(), pixel.blue()];
        let shaded: [u8; 3] = std::array::from_fn(|c| {
            let albedo = f32::from(color[c]) / f32::from(alpha);
            let level = base[c] * (1.0 - 0.38 * dark)
                + light.key[c] * lit * (0.16 + 0.45 * light.fill) * light.rim.max(0.3);
            let body = albedo * level;
            let body = body + (light.shadow[c] - body) * light.silhouette;
            let body = body + light.counter[c] * (far_rim + 0.35 * dark * albedo * (1.0 - light.silhouette));
            let body = body + (light.key[c] * (0.78 + 0.22 * albedo) - body) * rim;
            (body.clamp(0.0, 1.0) * cover * 255.0 + 0.5) as u8
        });
        let bound = |level: u8| level.min(alpha);
        if let Some(lit) = tiny_skia::PremultipliedColorU8::from_rgba(
            bound(shaded[0]),
            bound(shaded[1]),
            bound(shaded[2]),
            alpha,
        ) {
            *pixel = lit;
        }
    }
}

/// A box blur applied twice, which is near enough to a Gaussian; the edge is repeated.
pub(super) fn blur(plane: &[u8], width: usize, height: usize, radius: usize) -> Vec<u8> {
    let mut out = plane.to_vec();
    if radius == 0 {
        return out;
    }
    let half = radius.div_ceil(2);
    for _ in 0..2 {
        out = blur_rows(&out, width, height, half);
        out = blur_columns(&out, width, height, half);
    }
    out
}

fn blur_rows(plane: &[u8], width: usize, height: usize, radius: usize) -> Vec<u8> {
    let mut out = vec![0; plane.len()];
    let count = (2 * radius + 1) as u32;
    for y in 0..height {
        let row = &plane[y * width..(y + 1) * width];
        let at = |x: isize| u32::from(row[x.clamp(0, width as isize - 1) as usize]);
        let radius = radius as isize;
        let mut sum: u32 = (-radius..=radius).map(at).sum();
        for (x, out) in out[y * width..(y + 1) * width].iter_mut().enumerate() {
            *out = ((sum + count / 2) / count) as u8;
            sum = sum + at(x as isize + radius + 1) - at(x as isize - radius);
        }
    }
    out
}

fn blur_columns(plane: &[u8], width: usize, height: usize, radius: usize) -> Vec<u8> {
    let mut out = vec![0; plane.len()];
    let count = (2 * radius + 1) as u32;
    let row = |y: isize| {
        let y = y.clamp(0, height as isize - 1) as usize;
        &plane[y * width..(y + 1) * width]
    };
    let radius = radius as isize;
    let mut sums = vec![0_u32; width];
    for y in -radius..=radius {
        for (sum, value) in sums.iter_mut().zip(row(y)) {
            *sum += u32::from(*value);
        }
    }
    for y in 0..height {
        for (out, sum) in out[y * width..(y + 1) * width].iter_mut().zip(&sums) {
            *out = ((sum + count / 2) / count) as u8;
        }
        let (enter, leave) = (row(y as isize + radius + 1), row(y as isize - radius));
        for ((sum, enter), leave) in sums.iter_mut().zip(enter).zip(leave) {
            *sum = *sum + u32::from(*enter) - u32::from(*leave);
        }
    }
    out
}

/// Blurs all four channels of a premultiplied picture.
pub(super) fn defocus(image: &mut Pixmap, radius: usize) {
    let (width, height) = (image.width() as usize, image.height() as usize);
    let planes: [Vec<u8>; 4] = std::array::from_fn(|channel| {
        let plane: Vec<u8> = image.data().iter().skip(channel).step_by(4).copied().collect();
        blur(&plane, width, height, radius)
    });
    for (index, pixel) in image.data_mut().chunks_exact_mut(4).enumerate() {
        let alpha = planes[3][index];
        for channel in 0..3 {
            pixel[channel] = planes[channel][index].min(alpha);
        }
        pixel[3] = alpha;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blur_keeps_a_flat_plane_and_softens_an_edge() {
        assert!(blur(&[77; 60], 10, 6, 3).iter().all(|v| *v == 77));
        let edge: Vec<u8> = (0..60).map(|i| if i % 10 < 5 { 0 } else { 200 }).collect();
        let soft = blur(&edge, 10, 6, 3);
        assert!(soft[3] > 0 && soft[4] < soft[5] && soft[6] < 200);
    }
}
