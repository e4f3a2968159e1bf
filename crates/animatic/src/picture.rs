//! Reads a picture file within bounds: what kind it is and how large, before a pixel is decoded.

use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, RgbaImage};
use std::io::Cursor;

/// Pictures of more pixels are refused before they are decoded.
pub(crate) const MAX_PIXELS: u64 = 100_000_000;

/// Why a file cannot be used as a picture; [`PictureError::hint`] says what to do.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    #[error("the picture is empty")]
    Empty,
    #[error("the picture is a `{0}` file, which cannot be read")]
    Unsupported(&'static str),
    #[error("the picture is not an image")]
    NotAnImage,
    #[error("the picture is damaged: {0}")]
    Damaged(String),
    #[error("the picture is `{width}` x `{height}` pixels: at most {} million are read", MAX_PIXELS / 1_000_000)]
    TooLarge { width: u32, height: u32 },
    #[error("the picture is `{width}` x `{height}` pixels: at least {shortest} on each side are needed")]
    TooSmall { width: u32, height: u32, shortest: u32 },
}

impl PictureError {
    /// What the person can do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Unsupported(_) => "open it and export it as JPEG or PNG",
            Self::Empty | Self::NotAnImage => "choose a JPEG, PNG or WebP picture",
            Self::Damaged(_) => "open it and save it anew, or choose another picture",
            Self::TooLarge { .. } => "scale it down; 4000 pixels on the long side are plenty",
            Self::TooSmall { .. } => "choose a larger picture",
        }
    }
}

/// Decodes a picture upright, at least `shortest` on its short side and scaled down to `longest` on its long side.
pub(crate) fn read(bytes: &[u8], shortest: u32, longest: u32) -> Result<RgbaImage, PictureError> {
    let format = format(bytes)?;
    let damaged = |error: image::ImageError| PictureError::Damaged(error.to_string());
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    // Eight bytes a pixel cover every kind of pixel these formats have.
    limits.max_alloc = Some(8 * MAX_PIXELS);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(damaged)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(PictureError::TooLarge { width, height });
    }
    if width.min(height) < shortest {
        return Err(PictureError::TooSmall { width, height, shortest });
    }
    let orientation = decoder.orientation().map_err(damaged)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(damaged)?;
    if width.max(height) > longest {
        // Averages whole pixels: right for such large steps, and fast.
        picture = picture.thumbnail(longest, longest);
    }
    picture.apply_orientation(orientation);
    Ok(picture.into_rgba8())
}

/// What kind of file it is, by its first bytes: names lie.
fn format(bytes: &[u8]) -> Result<ImageFormat, PictureError> {
    if bytes.is_empty() {
        return Err(PictureError::Empty);
    }
    let brand = |brands: &[&[u8]]| {
        bytes.get(4..8) == Some(b"ftyp".as_slice())
            && brands.iter().any(|brand| bytes.get(8..12) == Some(*brand))
    };
    if brand(&[b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"]) {
        return Err(PictureError::Unsupported("HEIC"));
    }
    if brand(&[b"avif", b"avis"]) {
        return Err(PictureError::Unsupported("AVIF"));
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
        return Err(PictureError::Unsupported(name));
    }
    match image::guess_format(bytes) {
        Ok(format @ (ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::WebP)) => Ok(format),
        _ => Err(PictureError::NotAnImage),
    }
}
