//! What a photo is good for: whether a face is in it, how large, how sharp and how well lit.

use super::{Face, PortraitError, face, photo};
use image::RgbaImage;
use image::imageops::{self, FilterType};
use serde::Serialize;

/// A face of fewer pixels from brow to chin is a blur in a close-up at 1080p.
const SMALL_FACE: f32 = 96.0;
/// Below this share of detail in the face, it is out of focus or shaken.
const BLURRED: f32 = 0.05;
/// Mean luma of the face, 0–1, below which its features drown, and above which they burn out.
const DARK: f32 = 0.18;
const BRIGHT: f32 = 0.92;
/// Height at which the face's detail is judged, so that large photos are not called sharp for being large.
const JUDGED: u32 = 96;

/// What was seen in a photo.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PhotoReport {
    pub width: u32,
    pub height: u32,
    pub face: Option<FaceReport>,
    /// What to mend, the gravest first; empty for a good photo.
    pub problems: Vec<PhotoProblem>,
}

/// The most prominent face of a photo.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct FaceReport {
    /// Brow to chin, in pixels of the photo.
    pub height: f32,
    /// Share of detail in the face, about 0.05 (blurred) to 1: the energy of its Laplacian over that of its luma, after
    /// Pech-Pacheco et al., "Diatom autofocusing in brightfield microscopy" (2000), made independent of contrast.
    pub sharpness: f32,
    /// Mean luma of the face, 0–1.
    pub light: f32,
}

/// Why a photo is of less use than another would be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PhotoProblem {
    NoFace,
    SmallFace,
    Blurred,
    TooDark,
    TooBright,
}

/// Looks at a photo. Drawn characters often have no face that the detector knows: that is a problem to tell, no error.
///
/// # Errors
/// When it cannot be read as a photo.
pub fn examine(bytes: &[u8]) -> Result<PhotoReport, PortraitError> {
    let photo = photo::decode(bytes)?;
    let found = face::find(&photo).map(|found| report(&photo, found));
    let mut problems = Vec::new();
    match found {
        None => problems.push(PhotoProblem::NoFace),
        Some(face) => {
            let signs = [
                (face.height < SMALL_FACE, PhotoProblem::SmallFace),
                (face.sharpness < BLURRED, PhotoProblem::Blurred),
                (face.light < DARK, PhotoProblem::TooDark),
                (face.light > BRIGHT, PhotoProblem::TooBright),
            ];
            problems.extend(signs.into_iter().filter(|(is, _)| *is).map(|(_, problem)| problem));
        }
    }
    Ok(PhotoReport { width: photo.width(), height: photo.height(), face: found, problems })
}

fn report(photo: &RgbaImage, found: Face) -> FaceReport {
    let side = |length: f32| (length.round() as u32).max(2);
    let crop =
        imageops::crop_imm(photo, found.x as u32, found.y as u32, side(found.width), side(found.height))
            .to_image();
    let factor = (JUDGED as f32 / crop.height() as f32).min(1.0);
    let small = imageops::resize(
        &crop,
        side(crop.width() as f32 * factor),
        side(crop.height() as f32 * factor),
        FilterType::Triangle,
    );
    let luma = face::over_grey(&small);
    let (width, height) = (small.width() as usize, small.height() as usize);
    let light = luma.iter().map(|value| f32::from(*value)).sum::<f32>() / (255.0 * luma.len() as f32);
    FaceReport { height: found.height, sharpness: detail(&luma, width, height), light }
}

/// Variance of the Laplacian over the variance of the picture.
fn detail(luma: &[u8], width: usize, height: usize) -> f32 {
    let at = |x: usize, y: usize| f32::from(luma[y * width + x]);
    let (mut edges, mut values) = (Vec::new(), Vec::new());
    for y in 1..height.saturating_sub(1) {
        for x in 1..width.saturating_sub(1) {
            edges.push(at(x - 1, y) + at(x + 1, y) + at(x, y - 1) + at(x, y + 1) - 4.0 * at(x, y));
            values.push(at(x, y));
        }
    }
    let contrast = variance(&values);
    if contrast <= f32::EPSILON { 0.0 } else { variance(&edges) / contrast }
}

fn variance(values: &[f32]) -> f32 {
    let count = values.len().max(1) as f32;
    let mean = values.iter().sum::<f32>() / count;
    values.iter().map(|value| (value - mean).powi(2)).sum::<f32>() / count
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::DynamicImage;
    use std::io::Cursor;

    const HARIN: &[u8] = include_bytes!("../../../../samples/harin.png");

    fn png(photo: &DynamicImage) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        photo.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
        bytes.into_inner()
    }

    fn problems(change: impl FnOnce(DynamicImage) -> DynamicImage) -> Vec<PhotoProblem> {
        let report = examine(&png(&change(image::load_from_memory(HARIN).unwrap()))).unwrap();
        println!("{report:?}");
        report.problems
    }

    #[test]
    fn a_good_photo_has_no_problems() {
        assert_eq!(problems(|photo| photo), []);
    }

    #[test]
    fn each_planted_problem_is_told() {
        assert_eq!(problems(|photo| photo.blur(14.0)), [PhotoProblem::Blurred]);
        assert_eq!(problems(|photo| photo.thumbnail(200, 200)), [PhotoProblem::SmallFace]);
        let scaled = |factor: f32| {
            move |photo: DynamicImage| {
                let mut photo = photo.into_rgba8();
                for pixel in photo.pixels_mut() {
                    for part in &mut pixel.0[..3] {
                        *part = (f32::from(*part) * factor) as u8;
                    }
                }
                photo.into()
            }
        };
        assert_eq!(problems(scaled(0.2)), [PhotoProblem::TooDark]);
    }

    #[test]
    fn a_picture_of_nobody_has_no_face() {
        let grey = DynamicImage::from(RgbaImage::from_pixel(400, 400, image::Rgba([90, 120, 90, 255])));
        assert_eq!(examine(&png(&grey)).unwrap().problems, [PhotoProblem::NoFace]);
    }
}
