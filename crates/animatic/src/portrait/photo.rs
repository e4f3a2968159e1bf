//! Reads a photo within bounds: what kind it is and how large, before a pixel is decoded.

use super::{MAX_PIXELS, MIN_SIDE, PortraitError};
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, RgbaImage};
use std::io::Cursor;

/// Longer sides are scaled down to this: more detail than any film shows of a face.
const LONG_SIDE: u32 = 2400;

/// Decodes a photo upright, at most [`LONG_SIDE`] on its long side.
pub(super) fn decode(bytes: &[u8]) -> Result<RgbaImage, PortraitError> {
    let format = format(bytes)?;
    let damaged = |error: image::ImageError| PortraitError::Damaged(error.to_string());
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    // Eight bytes a pixel cover every kind of pixel these formats have.
    limits.max_alloc = Some(8 * MAX_PIXELS);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(damaged)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(PortraitError::TooLarge { width, height });
    }
    if width.min(height) < MIN_SIDE {
        return Err(PortraitError::TooSmall { width, height });
    }
    let orientation = decoder.orientation().map_err(damaged)?;
    let mut photo = DynamicImage::from_decoder(decoder).map_err(damaged)?;
    if width.max(height) > LONG_SIDE {
        // Averages whole pixels: right for such large steps, and fast.
        photo = photo.thumbnail(LONG_SIDE, LONG_SIDE);
    }
    photo.apply_orientation(orientation);
    Ok(photo.into_rgba8())
}

/// What kind of file it is, by its first bytes: names lie.
fn format(bytes: &[u8]) -> Result<ImageFormat, PortraitError> {
    if bytes.is_empty() {
        return Err(PortraitError::Empty);
    }
    let brand = |brands: &[&[u8]]| {
        bytes.get(4..8) == Some(b"ftyp".as_slice())
            && brands.iter().any(|brand| bytes.get(8..12) == Some(*brand))
    };
    if brand(&[b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"]) {
        return Err(PortraitError::Unsupported("HEIC"));
    }
    if brand(&[b"avif", b"avis"]) {
        return Err(PortraitError::Unsupported("AVIF"));
    }
    let others: [(&[u8], &'static str); 6] = [
        (b"GIF8", "GIF"),
        (b"BM", "BMP"),
        (b"II*\0", "TIFF or raw camera"),
        (b"MM\0*", "TIFF or raw camera"),
        (b"%PDF", "PDF"),
        (b"8BPS", "Photoshop"),
    ];
    if let Some((_, name)) = others.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Err(PortraitError::Unsupported(name));
    }
    match image::guess_format(bytes) {
        Ok(format @ (ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::WebP)) => Ok(format),
        _ => Err(PortraitError::NotAnImage),
    }
}
