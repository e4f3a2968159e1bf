//! Pictures of ours made smaller, for cards and faces.

use super::photo::{self, PhotoError};
use image::DynamicImage;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use tokio::sync::Semaphore;

/// Pictures that are open at once: each takes some megabytes and a core for some milliseconds.
static OPEN: Semaphore = Semaphore::const_new(2);
/// Good at small sizes.
const QUALITY: u8 = 85;

/// How a picture is made smaller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fit {
    /// To this width, and no wider than it is.
    Width(u32),
    /// The middle of it, a square of this side.
    Square(u32),
}

/// A smaller picture, as a JPEG.
///
/// # Errors
/// [`PhotoError`] when it cannot be read.
pub(crate) async fn shrink(bytes: Vec<u8>, fit: Fit) -> Result<Vec<u8>, PhotoError> {
    // Neither is ever closed, and a panic while a picture is read is a picture that cannot be read.
    let _place = OPEN.acquire().await.ok();
    tokio::task::spawn_blocking(move || smaller(&bytes, fit)).await.unwrap_or(Err(PhotoError::GaveUp))
}

fn smaller(bytes: &[u8], fit: Fit) -> Result<Vec<u8>, PhotoError> {
    let picture = photo::open(bytes)?;
    let picture = match fit {
        Fit::Width(width) if picture.width() > width => {
            let height =
                (f64::from(picture.height()) * f64::from(width) / f64::from(picture.width())).round();
            picture.resize_exact(width, (height as u32).max(1), FilterType::CatmullRom)
        }
        Fit::Width(_) => picture,
        Fit::Square(side) => picture.resize_to_fill(side, side, FilterType::CatmullRom),
    };
    let mut out = Vec::new();
    DynamicImage::ImageRgb8(photo::on_white(&picture))
        .write_with_encoder(JpegEncoder::new_with_quality(&mut out, QUALITY))
        .map_err(PhotoError::Unreadable)?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{ImageFormat, Rgb, RgbImage};
    use std::io::Cursor;

    #[tokio::test]
    async fn pictures_keep_their_shape_or_become_square() {
        let mut png = Cursor::new(Vec::new());
        let wide = RgbImage::from_pixel(640, 360, Rgb([200, 30, 30]));
        DynamicImage::ImageRgb8(wide).write_to(&mut png, ImageFormat::Png).unwrap();
        let png = png.into_inner();
        for (fit, size) in
            [(Fit::Width(160), (160, 90)), (Fit::Width(960), (640, 360)), (Fit::Square(256), (256, 256))]
        {
            let jpeg = shrink(png.clone(), fit).await.unwrap();
            let read = image::load_from_memory_with_format(&jpeg, ImageFormat::Jpeg).unwrap();
            assert_eq!((read.width(), read.height()), size, "{fit:?}");
        }
        assert!(shrink(b"no picture".to_vec(), Fit::Width(160)).await.is_err());
    }
}
