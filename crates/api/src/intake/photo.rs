//! Photos: decoded within limits, turned upright, made no larger than they need be, and encoded anew. What is kept is
//! a plain JPEG of our own making: no bomb, no hidden payload, no place where it was taken.

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use std::io::Cursor;

/// The longest side that is kept: the drawing looks at a few megapixels.
const LONGEST_SIDE: u32 = 3072;
/// The largest picture that is opened at all, in pixels a side and in bytes of memory.
const WIDEST: u32 = 16_384;
const MOST_MEMORY: u64 = 512 << 20;
/// The shortest side that still shows a person.
const SHORTEST_SIDE: u32 = 64;
/// Very good; smaller files than at 95 and no difference to see.
const QUALITY: u8 = 92;

#[derive(Debug, thiserror::Error)]
pub(crate) enum PhotoError {
    #[error("the photo cannot be read: {0}")]
    Unreadable(image::ImageError),
    #[error("the photo has {0} × {1} pixels: too large to open safely")]
    TooLarge(u32, u32),
    #[error("the photo has {0} × {1} pixels: too small to show anybody")]
    TooSmall(u32, u32),
    #[error("the picture could not be worked on")]
    GaveUp,
}

/// Opens a picture within bounds, upright. Takes a while: call it off the async threads.
pub(crate) fn open(bytes: &[u8]) -> Result<DynamicImage, PhotoError> {
    let mut reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .map_err(|error| PhotoError::Unreadable(image::ImageError::IoError(error)))?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(WIDEST);
    limits.max_image_height = Some(WIDEST);
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    if !matches!(reader.format(), Some(ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP)) {
        let kind = image::error::ImageFormatHint::Unknown;
        return Err(PhotoError::Unreadable(image::ImageError::Unsupported(kind.into())));
    }
    let mut decoder = reader.into_decoder().map_err(PhotoError::Unreadable)?;
    let (width, height) = decoder.dimensions();
    // 8 bytes a pixel hold what any of these formats decodes to, and a second copy of it.
    if u64::from(width) * u64::from(height) * 8 > MOST_MEMORY {
        return Err(PhotoError::TooLarge(width, height));
    }
    if width.min(height) < SHORTEST_SIDE {
        return Err(PhotoError::TooSmall(width, height));
    }
    let orientation = decoder.orientation().unwrap_or(image::metadata::Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(PhotoError::Unreadable)?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

/// Makes a photo ours. Takes a while: call it off the async threads.
pub(crate) fn remake(bytes: &[u8]) -> Result<Vec<u8>, PhotoError> {
    let mut picture = open(bytes)?;
    if picture.width().max(picture.height()) > LONGEST_SIDE {
        picture = picture.resize(LONGEST_SIDE, LONGEST_SIDE, image::imageops::FilterType::CatmullRom);
    }
    let flat = on_white(&picture);
    let mut out = Vec::new();
    flat.write_with_encoder(JpegEncoder::new_with_quality(&mut out, QUALITY))
        .map_err(PhotoError::Unreadable)?;
    Ok(out)
}

/// JPEG knows no transparency: what was see-through becomes white.
pub(crate) fn on_white(picture: &DynamicImage) -> image::RgbImage {
    if !picture.color().has_alpha() {
        return picture.to_rgb8();
    }
    let rgba = picture.to_rgba8();
    image::RgbImage::from_fn(rgba.width(), rgba.height(), |x, y| {
        let [red, green, blue, alpha] = rgba.get_pixel(x, y).0;
        let over = |value: u8| {
            let (value, alpha) = (u32::from(value), u32::from(alpha));
            ((value * alpha + 255 * (255 - alpha) + 127) / 255) as u8
        };
        image::Rgb([over(red), over(green), over(blue)])
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{Rgb, RgbImage, Rgba, RgbaImage};

    fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut out = Cursor::new(Vec::new());
        picture.write_to(&mut out, format).unwrap();
        out.into_inner()
    }

    #[test]
    fn photos_come_out_as_plain_jpegs_of_bounded_size() {
        let wide = DynamicImage::ImageRgb8(RgbImage::from_pixel(6400, 100, Rgb([200, 30, 30])));
        let ours = remake(&encoded(&wide, ImageFormat::Png)).unwrap();
        let read = image::load_from_memory_with_format(&ours, ImageFormat::Jpeg).unwrap();
        assert_eq!((read.width(), read.height()), (3072, 48));
    }

    #[test]
    fn what_is_transparent_becomes_white() {
        let clear = DynamicImage::ImageRgba8(RgbaImage::from_pixel(64, 64, Rgba([0, 0, 0, 0])));
        let ours = remake(&encoded(&clear, ImageFormat::WebP)).unwrap();
        let read = image::load_from_memory(&ours).unwrap().to_rgb8();
        assert!(read.pixels().all(|pixel| pixel.0.iter().all(|value| *value > 250)));
    }

    #[test]
    fn bombs_and_rubbish_are_refused() {
        // A PNG that claims 60 000 × 60 000 pixels in a few bytes.
        let small = encoded(&DynamicImage::ImageRgb8(RgbImage::new(64, 64)), ImageFormat::Png);
        let mut bomb = small.clone();
        bomb[16..20].copy_from_slice(&60_000u32.to_be_bytes());
        bomb[20..24].copy_from_slice(&60_000u32.to_be_bytes());
        let crc = crc32(&bomb[12..29]);
        bomb[29..33].copy_from_slice(&crc.to_be_bytes());
        assert!(remake(&bomb).is_err());
        assert!(remake(b"not a picture").is_err());
        assert!(remake(&small[..40]).is_err());
        let tiny = encoded(&DynamicImage::ImageRgb8(RgbImage::new(8, 8)), ImageFormat::Png);
        assert!(matches!(remake(&tiny), Err(PhotoError::TooSmall(8, 8))));
    }

    /// PNG's own checksum (ISO 3309).
    fn crc32(bytes: &[u8]) -> u32 {
        let step = |crc: u32, _| if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 };
        !bytes.iter().fold(!0u32, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), step))
    }
}
