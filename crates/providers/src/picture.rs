//! Pictures on their way to a service: within its limits of size, shape and format, untouched where they already are.

use crate::http::sniff::FileKind;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, GenericImageView, ImageReader, Limits};
use std::io::Cursor;

/// What a service takes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PictureLimits {
    /// Bytes of the file.
    pub(crate) bytes: usize,
    /// Pixels of the longer side.
    pub(crate) longest: u32,
    /// Pixels of the shorter side.
    pub(crate) shortest: u32,
    /// Longer side by shorter side.
    pub(crate) ratio: f64,
}

impl Default for PictureLimits {
    fn default() -> Self {
        Self { bytes: 7 * 1024 * 1024, longest: 4096, shortest: 64, ratio: 4.0 }
    }
}

/// A picture that fits.
#[derive(Clone, Debug)]
pub(crate) struct Picture {
    pub(crate) kind: FileKind,
    pub(crate) bytes: Vec<u8>,
}

impl Picture {
    pub(crate) fn base64(&self) -> String {
        STANDARD.encode(&self.bytes)
    }

    pub(crate) fn data_uri(&self) -> String {
        format!("data:{};base64,{}", self.kind.mime(), self.base64())
    }

    pub(crate) fn file_name(&self, stem: &str) -> String {
        format!("{stem}.{}", self.kind.extension())
    }
}

/// Why a picture cannot be sent, in words for the person.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub(crate) enum PictureError {
    #[error("a picture is not a PNG, JPEG or WebP file")]
    Format,
    #[error("a picture is damaged: {0}")]
    Damaged(String),
    #[error("a picture of {width} × {height} pixels is too small: {shortest} are needed")]
    Small { width: u32, height: u32, shortest: u32 },
    #[error("a picture of {width} × {height} pixels is too long and thin")]
    Thin { width: u32, height: u32 },
}

/// Nobody's photo needs more memory than this to decode.
const MOST_MEMORY: u64 = 512 * 1024 * 1024;

pub(crate) fn decode(bytes: &[u8]) -> Result<DynamicImage, PictureError> {
    let damaged = |error: &dyn std::error::Error| PictureError::Damaged(error.to_string());
    FileKind::of(bytes).filter(|kind| kind.is_image()).ok_or(PictureError::Format)?;
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|e| damaged(&e))?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_MEMORY);
    limits.max_image_width = Some(20_000);
    limits.max_image_height = Some(20_000);
    reader.limits(limits);
    reader.decode().map_err(|error| damaged(&error))
}

/// Width and height of a picture that decodes.
///
/// # Errors
/// What is wrong with it.
pub fn picture_size(bytes: &[u8]) -> Result<(u32, u32), String> {
    decode(bytes).map(|picture| picture.dimensions()).map_err(|error| error.to_string())
}

/// Pixels of a picture, 8 bits a channel: red, green, blue, row by row.
#[derive(Clone, Debug)]
pub struct Rgb {
    pub width: u32,
    pub height: u32,
    pub pixels: Vec<u8>,
}

/// The pixels of a picture, made smaller where its longer side has more than `longest`.
///
/// # Errors
/// What is wrong with it.
pub fn to_rgb(bytes: &[u8], longest: u32) -> Result<Rgb, String> {
    let picture = decode(bytes).map_err(|error| error.to_string())?;
    let picture = if picture.width().max(picture.height()) > longest {
        picture.resize(longest, longest, FilterType::Triangle)
    } else {
        picture
    };
    let (width, height) = picture.dimensions();
    Ok(Rgb { width, height, pixels: picture.into_rgb8().into_raw() })
}

/// Any picture that a service may have made, as a PNG file.
///
/// # Errors
/// What is wrong with it.
pub fn to_png(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let picture = decode(bytes).map_err(|error| error.to_string())?;
    if FileKind::of(bytes) == Some(FileKind::Png) {
        return Ok(bytes.to_vec());
    }
    let mut png = Cursor::new(Vec::new());
    picture.to_rgb8().write_to(&mut png, image::ImageFormat::Png).map_err(|error| error.to_string())?;
    Ok(png.into_inner())
}

/// Width and height, from the head of the file alone.
pub(crate) fn dimensions(bytes: &[u8]) -> Result<(u32, u32), PictureError> {
    let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format();
    let reader = reader.map_err(|error| PictureError::Damaged(error.to_string()))?;
    reader.into_dimensions().map_err(|error| PictureError::Damaged(error.to_string()))
}

/// The picture as it is when it fits, smaller or as JPEG when it does not.
pub(crate) fn fit(bytes: &[u8], limits: PictureLimits) -> Result<Picture, PictureError> {
    let kind = FileKind::of(bytes).filter(|kind| kind.is_image()).ok_or(PictureError::Format)?;
    let (width, height) = dimensions(bytes)?;
    let (longer, shorter) = (width.max(height), width.min(height));
    if shorter == 0 || f64::from(longer) / f64::from(shorter) > limits.ratio {
        return Err(PictureError::Thin { width, height });
    }
    if shorter < limits.shortest {
        return Err(PictureError::Small { width, height, shortest: limits.shortest });
    }
    if bytes.len() <= limits.bytes && longer <= limits.longest {
        return Ok(Picture { kind, bytes: bytes.to_vec() });
    }
    shrink(&decode(bytes)?, limits)
}

/// JPEG of falling quality, then of falling size, until it fits.
fn shrink(picture: &DynamicImage, limits: PictureLimits) -> Result<Picture, PictureError> {
    let mut longest = limits.longest.min(picture.width().max(picture.height()));
    loop {
        let (width, height) = picture.dimensions();
        let smaller = if width.max(height) > longest {
            picture.resize(longest, longest, FilterType::Lanczos3)
        } else {
            picture.clone()
        };
        let rgb = smaller.to_rgb8();
        for quality in [95, 88, 80] {
            let mut bytes = Vec::new();
            let encoded = JpegEncoder::new_with_quality(&mut bytes, quality).encode_image(&rgb);
            encoded.map_err(|error| PictureError::Damaged(error.to_string()))?;
            if bytes.len() <= limits.bytes {
                return Ok(Picture { kind: FileKind::Jpeg, bytes });
            }
        }
        longest = longest * 3 / 4;
        if longest < limits.shortest.max(16) {
            return Err(PictureError::Small { width, height, shortest: limits.shortest });
        }
    }
}

pub(crate) fn png(picture: &DynamicImage) -> Result<Vec<u8>, PictureError> {
    let mut bytes = Cursor::new(Vec::new());
    let written = picture.write_to(&mut bytes, image::ImageFormat::Png);
    written.map_err(|error| PictureError::Damaged(error.to_string()))?;
    Ok(bytes.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    #[test]
    fn what_fits_is_not_touched() {
        let bytes = samples::picture(640, 360);
        let fitted = fit(&bytes, PictureLimits::default()).unwrap();
        assert_eq!((fitted.kind, fitted.bytes.as_slice()), (FileKind::Png, &*bytes));
        assert!(fitted.data_uri().starts_with("data:image/png;base64,iVBOR"));
    }

    #[test]
    fn what_is_too_large_is_made_to_fit() {
        let bytes = samples::noise(800, 600);
        assert!(bytes.len() > 200_000);
        let limits = PictureLimits { bytes: 200_000, longest: 640, ..PictureLimits::default() };
        let fitted = fit(&bytes, limits).unwrap();
        assert_eq!(fitted.kind, FileKind::Jpeg);
        assert!(fitted.bytes.len() <= 200_000);
        let (width, height) = dimensions(&fitted.bytes).unwrap();
        assert!(width <= 640 && (f64::from(width) / f64::from(height) - 4.0 / 3.0).abs() < 0.01);
    }

    #[test]
    fn what_cannot_fit_is_refused_with_its_size() {
        let limits = PictureLimits { shortest: 300, ratio: 2.5, ..PictureLimits::default() };
        let small = fit(&samples::picture(400, 200), limits).unwrap_err();
        assert!(small.to_string().contains("400 × 200"), "{small}");
        assert!(matches!(fit(&samples::picture(1200, 300), limits), Err(PictureError::Thin { .. })));
        assert_eq!(fit(b"<html>", limits).unwrap_err(), PictureError::Format);
        let mut cut = samples::picture(640, 360).to_vec();
        cut.truncate(20);
        assert!(matches!(fit(&cut, limits), Err(PictureError::Damaged(_))));
    }
}
