//! Photos of the cast, cut out so that the figure painter can place and relight them.
//!
//! A photo is decoded within bounds, the face found, the person separated from the background by colour and position,
//! and what is unsure left to a soft vignette: the film never shows a torn outline.

mod examine;
mod face;
mod matte;
mod mixture;
mod photo;
mod walker;

pub use examine::{FaceReport, PhotoProblem, PhotoReport, examine};

use crate::figure::{Cutout, FaceBox};
use crate::picture::MAX_PIXELS;
use image::RgbaImage;
use tiny_skia::{Pixmap, PremultipliedColorU8};

/// A person's photo, cut out at head and shoulders.
#[derive(Clone, Debug)]
pub struct Portrait {
    pub cutout: Cutout,
    pub outline: Outline,
}

/// Where the outline of a cut-out comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outline {
    /// The photo came with a transparent background.
    Given,
    /// The person was told from the background.
    Found,
    /// They could not be told apart with confidence: a soft bust shape around the face.
    Vignette,
}

/// Why a photo cannot be used; [`PortraitError::hint`] says what to do.
#[derive(Debug, thiserror::Error)]
pub enum PortraitError {
    #[error("the photo is empty")]
    Empty,
    #[error("the photo is a `{0}` file, which cannot be read")]
    Unsupported(&'static str),
    #[error("the photo is not an image")]
    NotAnImage,
    #[error("the photo is damaged: {0}")]
    Damaged(String),
    #[error("the photo is `{width}` x `{height}` pixels: at most {} million are read", MAX_PIXELS / 1_000_000)]
    TooLarge { width: u32, height: u32 },
    #[error("the photo is `{width}` x `{height}` pixels: a face needs at least {MIN_SIDE} on each side")]
    TooSmall { width: u32, height: u32 },
    #[error("no face was found in the photo")]
    NoFace,
}

impl PortraitError {
    /// What the person can do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Unsupported(_) => "open it and export it as JPEG or PNG",
            Self::Empty | Self::NotAnImage => "choose a JPEG, PNG or WebP picture of the character",
            Self::Damaged(_) => "open it and save it anew, or choose another photo",
            Self::TooLarge { .. } => "scale it down; 2000 pixels on the long side are plenty",
            Self::TooSmall { .. } => "choose a larger photo",
            Self::NoFace => {
                "choose a photo with one face seen from the front, or go on without a face: the character is then \
                 drawn from the middle of the picture"
            }
        }
    }
}

/// Photos with a shorter side show no usable face.
const MIN_SIDE: u32 = 48;
/// Height of the face in a cut-out, in pixels, at most.
const FACE_HEIGHT: f32 = 380.0;

/// A face in a photo, brow to chin and cheek to cheek, in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Face {
    pub(crate) x: f32,
    pub(crate) y: f32,
    pub(crate) width: f32,
    pub(crate) height: f32,
}

impl Face {
    fn centre(self) -> [f32; 2] {
        [self.x + self.width / 2.0, self.y + self.height / 2.0]
    }

    fn scaled(self, factor: f32) -> Self {
        Self {
            x: self.x * factor,
            y: self.y * factor,
            width: self.width * factor,
            height: self.height * factor,
        }
    }
}

impl Portrait {
    /// Cuts the most prominent face of a JPEG, PNG or WebP file out, with hair and shoulders.
    pub fn from_photo(bytes: &[u8]) -> Result<Self, PortraitError> {
        let photo = photo::decode(bytes)?;
        let face = face::find(&photo).ok_or(PortraitError::NoFace)?;
        Self::cut(&photo, face)
    }

    /// The same for a photo in which no face was found: takes the face to be in the middle, a little high.
    pub fn without_face(bytes: &[u8]) -> Result<Self, PortraitError> {
        let photo = photo::decode(bytes)?;
        let (width, height) = (photo.width() as f32, photo.height() as f32);
        let size = 0.30 * width.min(height);
        let face = Face { x: (width - size) / 2.0, y: 0.42 * height - size / 2.0, width: size, height: size };
        Self::cut(&photo, face)
    }

    fn cut(photo: &RgbaImage, face: Face) -> Result<Self, PortraitError> {
        let (bust, face) = bust(photo, face);
        let (matte, outline) = matte::of(&bust, face);
        let too_small = PortraitError::TooSmall { width: bust.width(), height: bust.height() };
        let mut image = image_to_pixmap(&matte::lifted(&bust, &matte)).ok_or(too_small)?;
        fade_cut_sides(&mut image);
        let face = FaceBox { x: face.x, y: face.y, width: face.width, height: face.height };
        Ok(Self { cutout: Cutout { image, face }, outline })
    }
}

/// Every face of a picture, the most prominent first.
pub(crate) fn faces(picture: &RgbaImage) -> Vec<Face> {
    face::all(picture)
}

/// Head and shoulders around a face, scaled so that the face has at most [`FACE_HEIGHT`].
fn bust(photo: &RgbaImage, face: Face) -> (RgbaImage, Face) {
    let [x, y] = face.centre();
    let (width, height) = (photo.width() as f32, photo.height() as f32);
    let side = |at: f32, limit: f32| at.clamp(0.0, limit) as u32;
    let (left, right) = (side(x - 2.1 * face.width, width), side(x + 2.1 * face.width, width));
    let (top, bottom) = (side(y - 1.5 * face.height, height), side(y + 3.4 * face.height, height));
    let (crop_width, crop_height) = ((right - left).max(2), (bottom - top).max(2));
    let crop = image::imageops::crop_imm(photo, left, top, crop_width, crop_height).to_image();
    let moved = Face { x: face.x - left as f32, y: face.y - top as f32, ..face };
    let factor = (FACE_HEIGHT / face.height).min(1.0);
    if factor >= 1.0 {
        return (crop, moved);
    }
    let scaled = |side: u32| ((side as f32 * factor).round() as u32).max(2);
    let small = image::imageops::resize(
        &crop,
        scaled(crop_width),
        scaled(crop_height),
        image::imageops::FilterType::Triangle,
    );
    (small, moved.scaled(factor))
}

/// Straight RGBA to premultiplied.
fn image_to_pixmap(image: &RgbaImage) -> Option<Pixmap> {
    let mut pixmap = Pixmap::new(image.width(), image.height())?;
    for (out, pixel) in pixmap.pixels_mut().iter_mut().zip(image.pixels()) {
        let [r, g, b, a] = pixel.0;
        let part = |c: u8| ((u16::from(c) * u16::from(a) + 127) / 255) as u8;
        *out = PremultipliedColorU8::from_rgba(part(r), part(g), part(b), a)?;
    }
    Some(pixmap)
}

/// Where the photo's own frame cuts the person, at the left, right and bottom, lets them fade rather than end.
fn fade_cut_sides(pixmap: &mut Pixmap) {
    let (width, height) = (pixmap.width() as usize, pixmap.height() as usize);
    let reach = (width as f32 * 0.05).max(2.0);
    for (at, pixel) in pixmap.pixels_mut().iter_mut().enumerate() {
        let (x, y) = ((at % width) as f32 + 0.5, (at / width) as f32 + 0.5);
        let side = (x.min(width as f32 - x) / reach).min(1.0);
        let below = ((height as f32 - y) / (2.0 * reach)).min(1.0);
        let keep = side * side * (3.0 - 2.0 * side) * below * below * (3.0 - 2.0 * below);
        if keep < 1.0 {
            let part = |c: u8| (f32::from(c) * keep) as u8;
            let faded = (part(pixel.red()), part(pixel.green()), part(pixel.blue()), part(pixel.alpha()));
            if let Some(faded) = PremultipliedColorU8::from_rgba(faded.0, faded.1, faded.2, faded.3) {
                *pixel = faded;
            }
        }
    }
}

#[cfg(test)]
mod tests;
