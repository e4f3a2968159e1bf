//! Changing a finished picture: by instruction, in a part of it, the text in it, or one change after another.
//!
//! A service draws the whole picture anew and drifts everywhere. What lies outside a mask or a region is therefore put
//! back from the original, whatever the service did.

use crate::capability::{Answer, Casting, StillAnswer};
use crate::card::ModelCard;
use crate::error::ProviderError;
use crate::jobs::{JobId, Jobs, Submission, Ticket};
use crate::picture::{self, PictureError};
use async_trait::async_trait;
use image::imageops::{self, FilterType};
use image::{DynamicImage, GrayImage, Luma, RgbImage};
use std::sync::Arc;

pub use mv_core::edit::{Change, Focus, Region, TextEdit};

/// How wide the border between old and new is blended, of the shorter side.
const FEATHER: f32 = 0.008;

#[derive(Clone, Debug)]
pub struct EditRequest {
    /// Bytes of an image file.
    pub picture: Arc<[u8]>,
    pub change: Change,
    /// Bytes of an image file of the same shape: white may change, black may not.
    pub mask: Option<Arc<[u8]>>,
    pub region: Option<Region>,
    /// Those in the picture who must stay who they are.
    pub cast: Vec<Casting>,
    pub seed: u64,
}

/// Changes pictures.
#[async_trait]
pub trait EditModel: Jobs {
    fn card(&self) -> &ModelCard;

    /// Whatever is answered, at once or later, goes through [`EditRequest::keep_the_rest`].
    ///
    /// # Errors
    /// [`ProviderError::Unconfirmed`] alone means that the work may have been taken in; after any other nothing was.
    async fn submit(
        &self,
        request: &EditRequest,
        ticket: &Ticket<'_>,
    ) -> Result<Submission<StillAnswer>, ProviderError>;

    /// What a finished job made, as the service made it: see [`EditRequest::keep_the_rest`].
    async fn fetch(&self, job: &JobId) -> Result<Answer<StillAnswer>, ProviderError> {
        Err(self.unknown_job(job))
    }
}

/// Why an edit cannot be asked for or put together.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{0}")]
pub struct EditError(String);

impl From<PictureError> for EditError {
    fn from(error: PictureError) -> Self {
        Self(error.to_string())
    }
}

impl EditRequest {
    /// Whether it can be asked for at all.
    pub fn check(&self) -> Result<(), EditError> {
        match &self.change {
            Change::Instruction { text, .. } if text.trim().is_empty() => {
                return Err(EditError("an edit needs an instruction".into()));
            }
            Change::Text(edits)
                if edits.is_empty() || edits.iter().any(|edit| edit.from.trim().is_empty()) =>
            {
                return Err(EditError("a text edit needs the text that is to be replaced".into()));
            }
            Change::Instruction { .. } | Change::Text(_) => {}
        }
        match self.region {
            Some(region) if !region.is_inside() => {
                let Region { x, y, width, height } = region;
                Err(EditError(format!("the region `{x}, {y}, {width}, {height}` is not inside the picture")))
            }
            _ => Ok(()),
        }
    }

    /// The part that may change as a picture of the original's size, white where it may; `None` when all of it may.
    pub fn mask_picture(&self) -> Result<Option<Vec<u8>>, EditError> {
        self.check()?;
        if self.mask.is_none() && self.region.is_none() {
            return Ok(None);
        }
        let original = picture::decode(&self.picture)?;
        let mask = self.mask_of(original.width(), original.height())?;
        Ok(Some(picture::png(&DynamicImage::ImageLuma8(mask))?))
    }

    fn mask_of(&self, width: u32, height: u32) -> Result<GrayImage, EditError> {
        let mut mask = match &self.mask {
            Some(bytes) => {
                let given = picture::decode(bytes)?;
                let shape = f64::from(given.width()) * f64::from(height)
                    / (f64::from(given.height()) * f64::from(width));
                if !(0.98..=1.02).contains(&shape) {
                    return Err(EditError("the mask has not the shape of the picture".into()));
                }
                imageops::resize(&given.to_luma8(), width, height, FilterType::Triangle)
            }
            None => GrayImage::from_pixel(width, height, Luma([255])),
        };
        if let Some(region) = self.region {
            let edge = |part: f64, size: u32| (part * f64::from(size)).round() as u32;
            let (left, top) = (edge(region.x, width), edge(region.y, height));
            let (right, bottom) =
                (edge(region.x + region.width, width), edge(region.y + region.height, height));
            for (x, y, pixel) in mask.enumerate_pixels_mut() {
                if !((left..right).contains(&x) && (top..bottom).contains(&y)) {
                    *pixel = Luma([0]);
                }
            }
        }
        Ok(mask)
    }

    /// The service's picture with everything outside the mask and the region as it was. Without either it is the service's
    /// picture, untouched.
    pub fn keep_the_rest(&self, made: Vec<u8>) -> Result<Vec<u8>, EditError> {
        if self.mask.is_none() && self.region.is_none() {
            return Ok(made);
        }
        self.check()?;
        let original = picture::decode(&self.picture)?.to_rgb8();
        let (width, height) = original.dimensions();
        let made = picture::decode(&made)?.to_rgb8();
        let made = if made.dimensions() == (width, height) {
            made
        } else {
            imageops::resize(&made, width, height, FilterType::Lanczos3)
        };
        let hard = self.mask_of(width, height)?;
        let soft = imageops::blur(&hard, (FEATHER * width.min(height) as f32).max(0.6));
        let mut result: RgbImage = original;
        for (x, y, pixel) in result.enumerate_pixels_mut() {
            // The blend lies inside the mask: not one pixel outside it changes.
            let share = u32::from(soft.get_pixel(x, y)[0].min(hard.get_pixel(x, y)[0]));
            let new = made.get_pixel(x, y);
            for channel in 0..3 {
                let (old, new) = (u32::from(pixel[channel]), u32::from(new[channel]));
                pixel[channel] = ((old * (255 - share) + new * share + 127) / 255) as u8;
            }
        }
        Ok(picture::png(&DynamicImage::ImageRgb8(result))?)
    }
}

/// One change after another, each on what the one before it made. It holds every picture that was paid for: a chain that
/// breaks goes on from its last link.
#[derive(Clone, Debug)]
pub struct EditChain {
    first: EditRequest,
    changes: Vec<ChainLink>,
    made: Vec<Arc<[u8]>>,
}

/// One change of a chain.
#[derive(Clone, Debug)]
pub struct ChainLink {
    pub change: Change,
    pub mask: Option<Arc<[u8]>>,
    pub region: Option<Region>,
}

impl EditChain {
    /// `cast` must stay who they are through all of it.
    pub fn new(picture: Arc<[u8]>, changes: Vec<ChainLink>, cast: Vec<Casting>, seed: u64) -> Self {
        let change = Change::Text(Vec::new());
        Self {
            first: EditRequest { picture, change, mask: None, region: None, cast, seed },
            changes,
            made: vec![],
        }
    }

    /// What to ask for next; `None` when all is done.
    pub fn next(&self) -> Option<EditRequest> {
        let link = self.changes.get(self.made.len())?.clone();
        Some(EditRequest {
            picture: self.picture(),
            change: link.change,
            mask: link.mask,
            region: link.region,
            ..self.first.clone()
        })
    }

    /// Takes in what the service made of [`Self::next`].
    pub fn made(&mut self, picture: Vec<u8>) -> Result<(), EditError> {
        if let Some(request) = self.next() {
            self.made.push(request.keep_the_rest(picture)?.into());
        }
        Ok(())
    }

    /// The picture as it is so far.
    pub fn picture(&self) -> Arc<[u8]> {
        self.made.last().unwrap_or(&self.first.picture).clone()
    }

    /// How many changes are done, of how many.
    pub fn progress(&self) -> (usize, usize) {
        (self.made.len(), self.changes.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;
    use image::Rgb;

    fn flat(width: u32, height: u32, colour: [u8; 3]) -> Vec<u8> {
        picture::png(&DynamicImage::ImageRgb8(RgbImage::from_pixel(width, height, Rgb(colour)))).unwrap()
    }

    #[test]
    fn outside_the_region_not_a_pixel_changes() {
        let mut request = samples::edit();
        request.picture = flat(200, 100, [10, 20, 30]).into();
        request.region = Some(Region { x: 0.25, y: 0.2, width: 0.5, height: 0.6 });
        // The service answers in a size of its own, with every pixel drifted.
        let result = request.keep_the_rest(flat(400, 200, [200, 0, 0])).unwrap();
        let result = picture::decode(&result).unwrap().to_rgb8();
        assert_eq!(result.dimensions(), (200, 100));
        for (x, y, pixel) in result.enumerate_pixels() {
            if !((50..150).contains(&x) && (20..80).contains(&y)) {
                assert_eq!(*pixel, Rgb([10, 20, 30]), "{x} {y}");
            }
        }
        assert_eq!(*result.get_pixel(100, 50), Rgb([200, 0, 0]));
    }

    #[test]
    fn a_mask_and_a_region_both_hold() {
        let mut request = samples::edit();
        request.picture = flat(100, 100, [0, 0, 0]).into();
        request.region = Some(Region { x: 0.0, y: 0.0, width: 1.0, height: 0.5 });
        let mut mask = RgbImage::from_pixel(50, 50, Rgb([0; 3]));
        for y in 0..50 {
            for x in 0..25 {
                mask.put_pixel(x, y, Rgb([255; 3]));
            }
        }
        request.mask = Some(picture::png(&DynamicImage::ImageRgb8(mask)).unwrap().into());
        let result = request.keep_the_rest(flat(100, 100, [255, 255, 255])).unwrap();
        let result = picture::decode(&result).unwrap().to_rgb8();
        assert_eq!(result.get_pixel(20, 20)[0], 255);
        assert_eq!(result.get_pixel(80, 20)[0], 0);
        assert_eq!(result.get_pixel(20, 80)[0], 0);
    }

    #[test]
    fn what_cannot_be_edited_is_said() {
        let mut request = samples::edit();
        request.region = Some(Region { x: 0.8, y: 0.0, width: 0.5, height: 0.5 });
        assert!(request.check().unwrap_err().to_string().contains("0.8"));
        request.region = Some(Region { x: f64::NAN, y: 0.0, width: 0.5, height: 0.5 });
        assert!(request.check().is_err());
        request.region = None;
        request.change = Change::Text(vec![]);
        assert!(request.check().is_err());
        let mut request = samples::edit();
        request.mask = Some(flat(300, 20, [255; 3]).into());
        assert!(request.mask_picture().unwrap_err().to_string().contains("shape"));
    }

    #[test]
    fn a_chain_hands_each_picture_on_and_survives_a_break() {
        let link = |text: &str| ChainLink {
            change: Change::Instruction { text: text.into(), focus: Focus::Dual, keep_layout: false },
            mask: None,
            region: None,
        };
        let mut chain =
            EditChain::new(flat(8, 8, [1; 3]).into(), vec![link("first"), link("second")], vec![], 7);
        let first = chain.next().unwrap();
        assert!(matches!(&first.change, Change::Instruction { text, .. } if text == "first"));
        chain.made(flat(8, 8, [2; 3])).unwrap();
        // A copy kept over a crash goes on with the second.
        let mut again = chain.clone();
        let second = again.next().unwrap();
        assert_eq!(&*second.picture, flat(8, 8, [2; 3]).as_slice());
        again.made(flat(8, 8, [3; 3])).unwrap();
        assert!(again.next().is_none());
        assert_eq!(again.progress(), (2, 2));
        assert_eq!(&*again.picture(), flat(8, 8, [3; 3]).as_slice());
    }
}
