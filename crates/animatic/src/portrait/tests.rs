use super::*;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use std::io::Cursor;

fn file(image: &RgbImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::from(image.clone()).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// A head on shoulders, dark hair and a red coat, before a wall that shades from left to right.
fn person(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let (x, y) = (x as f32 / width as f32 - 0.5, y as f32 / height as f32 - 0.42);
        let inside =
            |cx: f32, cy: f32, rx: f32, ry: f32| ((x - cx) / rx).powi(2) + ((y - cy) / ry).powi(2) < 1.0;
        let shade = (y * 20.0) as u8;
        if inside(0.0, 0.0, 0.13, 0.16) {
            Rgb([222, 178 + shade, 150])
        } else if inside(0.0, -0.05, 0.17, 0.19) {
            Rgb([46, 34, 38])
        } else if inside(0.0, 0.62, 0.42, 0.42) {
            Rgb([170, 40, 52 + shade])
        } else {
            Rgb([150 + (x * 40.0) as u8, 190, 206])
        }
    })
}

/// A PNG's signature and header, and nothing after it.
fn png_header(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = file(&RgbImage::new(64, 64), ImageFormat::Png);
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes[20..24].copy_from_slice(&height.to_be_bytes());
    let crc = bytes[12..29].iter().fold(!0_u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg()))
    });
    bytes[29..33].copy_from_slice(&(!crc).to_be_bytes());
    bytes
}

#[test]
fn what_is_no_photo_is_refused_with_a_way_out() {
    let error = |bytes: &[u8]| Portrait::from_photo(bytes).unwrap_err();
    assert!(matches!(error(b""), PortraitError::Empty));
    assert!(matches!(error(b"dear diary"), PortraitError::NotAnImage));
    assert!(matches!(error(b"\0\0\0\x18ftypheic\0\0\0\0"), PortraitError::Unsupported("HEIC")));
    assert!(matches!(error(b"GIF89a........"), PortraitError::Unsupported("GIF")));
    assert!(error(b"\0\0\0\x18ftypheic\0\0\0\0").hint().contains("JPEG or PNG"));
    let whole = file(&person(200, 260), ImageFormat::Jpeg);
    assert!(matches!(error(&whole[..40]), PortraitError::Damaged(_)));
    let small = file(&RgbImage::new(20, 20), ImageFormat::Png);
    assert!(matches!(error(&small), PortraitError::TooSmall { width: 20, height: 20 }));
    let blank = file(&RgbImage::from_pixel(300, 300, Rgb([90, 120, 130])), ImageFormat::WebP);
    assert!(matches!(error(&blank), PortraitError::NoFace));
    assert!(error(&blank).hint().contains("without a face"));
}

#[test]
fn a_huge_photo_is_refused_before_it_is_decoded() {
    // Only a header: decoding it would fail differently.
    let error = Portrait::from_photo(&png_header(20_000, 6_000)).unwrap_err();
    assert!(matches!(error, PortraitError::TooLarge { width: 20_000, height: 6_000 }), "{error}");
}

#[test]
fn a_person_is_lifted_off_the_background() {
    let portrait = Portrait::without_face(&file(&person(400, 520), ImageFormat::Png)).unwrap();
    assert_eq!(portrait.outline, Outline::Found);
    let Cutout { image, face } = &portrait.cutout;
    let alpha = |x: f32, y: f32| {
        let (x, y) = (face.x + x * face.width, face.y + y * face.height);
        image.pixel(x as u32, y as u32).unwrap().alpha()
    };
    assert!(alpha(0.5, 0.5) > 250, "the face is there");
    assert!(alpha(0.5, -0.2) > 200, "and the hair");
    assert!(alpha(0.5, 2.2) > 250, "and the coat");
    assert!(alpha(-0.6, 0.2) < 5 && alpha(1.6, 0.2) < 5, "the wall is not");
}

#[test]
fn a_crowded_picture_falls_back_to_a_soft_bust() {
    let noise = RgbImage::from_fn(300, 400, |x, y| {
        let hash = crate::wave::hash(u64::from(x / 3), u64::from(y / 3));
        Rgb([hash as u8, (hash >> 8) as u8, (hash >> 16) as u8])
    });
    let portrait = Portrait::without_face(&file(&noise, ImageFormat::Png)).unwrap();
    assert_eq!(portrait.outline, Outline::Vignette);
    let image = &portrait.cutout.image;
    assert_eq!(image.pixel(0, 0).unwrap().alpha(), 0);
}

#[test]
fn a_given_outline_is_kept() {
    let mut cut = DynamicImage::from(person(300, 400)).into_rgba8();
    for (x, _, pixel) in cut.enumerate_pixels_mut() {
        pixel.0[3] = if (60..240).contains(&x) { 255 } else { 0 };
    }
    let mut bytes = Cursor::new(Vec::new());
    cut.write_to(&mut bytes, ImageFormat::Png).unwrap();
    let portrait = Portrait::without_face(&bytes.into_inner()).unwrap();
    assert_eq!(portrait.outline, Outline::Given);
}

#[test]
fn the_same_photo_gives_the_same_cutout() {
    let bytes = file(&person(400, 520), ImageFormat::Jpeg);
    let [one, two] = [Portrait::without_face(&bytes).unwrap(), Portrait::without_face(&bytes).unwrap()];
    assert_eq!(one.cutout.image.data(), two.cutout.image.data());
}
