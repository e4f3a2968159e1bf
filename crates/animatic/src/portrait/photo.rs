//! Reads a photo of a person: a picture large enough to show a face.

use super::{MIN_SIDE, PortraitError};
use crate::picture::{self, PictureError};
use image::RgbaImage;

/// Longer sides are scaled down to this: more detail than any film shows of a face.
const LONG_SIDE: u32 = 2400;

/// Decodes a photo upright, at most [`LONG_SIDE`] on its long side.
pub(super) fn decode(bytes: &[u8]) -> Result<RgbaImage, PortraitError> {
    picture::read(bytes, MIN_SIDE, LONG_SIDE).map_err(|error| match error {
        PictureError::Empty => PortraitError::Empty,
        PictureError::Unsupported(kind) => PortraitError::Unsupported(kind),
        PictureError::NotAnImage => PortraitError::NotAnImage,
        PictureError::Damaged(reason) => PortraitError::Damaged(reason),
        PictureError::TooLarge { width, height } => PortraitError::TooLarge { width, height },
        PictureError::TooSmall { width, height, .. } => PortraitError::TooSmall { width, height },
    })
}
