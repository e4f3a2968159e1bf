//! What image models, grades and codecs do to a picture.

use image::codecs::jpeg::JpegEncoder;
use image::imageops::{self, FilterType};
use image::{Rgb, RgbImage};

pub(crate) type Disturbance = (&'static str, fn(&RgbImage) -> RgbImage);

pub(crate) const ALL: [Disturbance; 11] = [
    ("as it is", RgbImage::clone),
    ("half size", |picture| scaled(picture, 0.5)),
    ("double size", |picture| scaled(picture, 2.0)),
    ("cropped by a tenth", |picture| {
        let (width, height) = picture.dimensions();
        imageops::crop_imm(picture, width / 10, height / 10, width * 8 / 10, height * 8 / 10).to_image()
    }),
    ("brighter by a quarter", |picture| each(picture, |[r, g, b]| [r * 1.25, g * 1.25, b * 1.25])),
    ("darker by half", |picture| each(picture, |[r, g, b]| [r * 0.5, g * 0.5, b * 0.5])),
    ("JPEG of quality 25", |picture| {
        let mut bytes = Vec::new();
        JpegEncoder::new_with_quality(&mut bytes, 25).encode_image(picture).expect("pixels encode");
        image::load_from_memory(&bytes).expect("what was encoded decodes").to_rgb8()
    }),
    ("blurred", |picture| imageops::blur(picture, picture.width().max(picture.height()) as f32 / 200.0)),
    ("mirrored", imageops::flip_horizontal),
    ("graded teal and orange", |picture| {
        each(picture, |[r, g, b]| {
            let light = (r + g + b) / 765.0;
            [r * (0.75 + 0.4 * light), g * 0.95, b * (1.2 - 0.4 * light)]
        })
    }),
    ("far off: a fifth of a wider picture", |picture| {
        let (width, height) = picture.dimensions();
        let mut wider = RgbImage::from_pixel(width.max(height) * 5 * 16 / 9, height * 5, Rgb([60, 66, 80]));
        let (left, top) = (wider.width() / 2 - width / 2, wider.height() - height * 3);
        imageops::replace(&mut wider, picture, i64::from(left), i64::from(top));
        let factor = 1280.0 / f64::from(wider.width());
        scaled(&wider, factor)
    }),
];

fn scaled(picture: &RgbImage, factor: f64) -> RgbImage {
    let size = |length: u32| (f64::from(length) * factor).round().max(1.0) as u32;
    imageops::resize(picture, size(picture.width()), size(picture.height()), FilterType::Triangle)
}

fn each(picture: &RgbImage, change: fn([f32; 3]) -> [f32; 3]) -> RgbImage {
    let mut changed = picture.clone();
    for pixel in changed.pixels_mut() {
        pixel.0 = change(pixel.0.map(f32::from)).map(|value| value.clamp(0.0, 255.0) as u8);
    }
    changed
}
