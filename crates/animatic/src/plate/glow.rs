//! The light of a given picture: what of it swells on beats, and the colour that it casts on what floats before it.

use crate::blur;
use crate::set::KeyLight;
use crate::wave::smoothstep;
use mv_core::Rgb;
use tiny_skia::{Pixmap, PremultipliedColorU8};

/// How much of the plainest part of the picture brightens with its lights.
const ALL_OVER: f32 = 0.10;
/// Radius of the bloom, in heights of the picture.
const BLOOM: f32 = 0.012;

fn luma(pixel: PremultipliedColorU8) -> f32 {
    0.2126 * f32::from(pixel.red()) + 0.7152 * f32::from(pixel.green()) + 0.0722 * f32::from(pixel.blue())
}

/// Levels of luma below which these shares of the picture lie.
fn levels(picture: &Pixmap, shares: [f64; 2]) -> [f64; 2] {
    let mut counts = [0_usize; 256];
    for pixel in picture.pixels() {
        counts[(luma(*pixel) as usize).min(255)] += 1;
    }
    let all = picture.pixels().len() as f64;
    shares.map(|share| {
        let mut below = 0.0;
        let level = counts.iter().position(|count| {
            below += *count as f64;
            below >= share * all
        });
        level.unwrap_or(255) as f64
    })
}

/// The picture's lights, softened: its own highlights, whatever its exposure, and a little of all else.
///
/// What is nearly white gives less, so that a swell does not burn it out.
pub(super) fn of(picture: &Pixmap) -> Pixmap {
    let [low, high] = levels(picture, [0.6, 0.985]);
    let high = high.max(low + 24.0);
    let gain: Vec<f32> = (0..=255)
        .map(|level| {
            let light = smoothstep(low, high, f64::from(level)) as f32;
            let left = 1.0 - 0.85 * (level as f32 / 255.0);
            (ALL_OVER + (1.0 - ALL_OVER) * light) * left
        })
        .collect();
    let mut glow = picture.clone();
    for pixel in glow.pixels_mut() {
        let gain = gain[(luma(*pixel) as usize).min(255)];
        let part = |level: u8| (f32::from(level) * gain + 0.5) as u8;
        let (r, g, b) = (part(pixel.red()), part(pixel.green()), part(pixel.blue()));
        *pixel = PremultipliedColorU8::from_rgba(r, g, b, 255).unwrap_or(*pixel);
    }
    blur::soften(&mut glow, BLOOM * picture.height() as f32);
    glow
}

/// The picture's brightest part as a lamp, in frame heights from its middle.
pub(super) fn key_light(picture: &Pixmap) -> KeyLight {
    let [_, bright] = levels(picture, [0.5, 0.97]);
    let (width, height) = (picture.width() as usize, f64::from(picture.height()));
    let (mut lit, mut all) = ([0.0; 6], [0.0; 4]);
    for (at, pixel) in picture.pixels().iter().enumerate() {
        let [r, g, b] = [pixel.red(), pixel.green(), pixel.blue()].map(f64::from);
        all = [all[0] + r, all[1] + g, all[2] + b, all[3] + 1.0];
        if f64::from(luma(*pixel)) >= bright {
            let (x, y) = ((at % width) as f64, (at / width) as f64);
            lit = [lit[0] + r, lit[1] + g, lit[2] + b, lit[3] + x, lit[4] + y, lit[5] + 1.0];
        }
    }
    let color = |sums: &[f64], count: f64| {
        let part = |at: usize| (sums[at] / count.max(1.0)).round().clamp(0.0, 255.0) as u8;
        Rgb(part(0), part(1), part(2))
    };
    let count = lit[5].max(1.0);
    KeyLight {
        x: ((lit[3] / count - width as f64 / 2.0) / height) as f32,
        y: ((lit[4] / count - height / 2.0) / height) as f32,
        behind: true,
        color: color(&lit, lit[5]),
        ambient: color(&all, all[3]),
        strength: (bright / 255.0) as f32,
    }
}
