//! Finds the most prominent face of a photo, with the `SeetaFace` frontal detector.

use super::Face;
use image::RgbaImage;
use image::imageops::FilterType;

/// The detector's cascade; see `models/LICENSE-seetaface`.
const MODEL: &[u8] = include_bytes!("../../models/seeta_fd_frontal_v1.0.bin");
/// Photos are searched at this size of the long side.
const SEARCHED: u32 = 720;

/// The most prominent face: large, sure and near the middle. `None` when there is none.
pub(super) fn find(photo: &RgbaImage) -> Option<Face> {
    all(photo).into_iter().next()
}

/// Every face, the most prominent first.
pub(super) fn all(photo: &RgbaImage) -> Vec<Face> {
    let long = photo.width().max(photo.height());
    let factor = f64::from(SEARCHED.min(long)) / f64::from(long);
    let scaled = |side: u32| ((f64::from(side) * factor).round() as u32).max(1);
    let (width, height) = (scaled(photo.width()), scaled(photo.height()));
    let small = image::imageops::resize(photo, width, height, FilterType::Triangle);
    let grey = over_grey(&small);

    let Ok(model) = rustface::read_model(MODEL) else { return Vec::new() };
    let mut detector = rustface::create_detector_with_model(model);
    // No face smaller than a sixteenth of the picture is its subject; the detector's own floor is 20.
    detector.set_min_face_size((width.min(height) / 16).max(24));
    detector.set_pyramid_scale_factor(0.8);
    detector.set_slide_window_step(4, 4);
    detector.set_score_thresh(2.0);
    let mut faces = detector.detect(&rustface::ImageData::new(&grey, width, height));
    let middle = [f64::from(width) / 2.0, f64::from(height) / 2.0];
    let prominence = |face: &rustface::FaceInfo| {
        let area = face.bbox();
        let x = f64::from(area.x()) + f64::from(area.width()) / 2.0 - middle[0];
        let y = f64::from(area.y()) + f64::from(area.height()) / 2.0 - middle[1];
        let off = (x * x + y * y).sqrt() / middle[0].max(middle[1]);
        f64::from(area.width()) * face.score().min(20.0).sqrt() * (1.3 - off.min(1.0))
    };
    // Of equals, the one that the detector found last comes first.
    faces.reverse();
    faces.sort_by(|a, b| prominence(b).total_cmp(&prominence(a)));
    let found = |face: &rustface::FaceInfo| {
        let area = face.bbox();
        let seen = Face {
            x: area.x() as f32,
            y: area.y() as f32,
            width: area.width() as f32,
            height: area.height() as f32,
        };
        inside(seen.scaled((1.0 / factor) as f32), photo)
    };
    faces.iter().map(found).collect()
}

/// Luma over middle grey, where the photo is transparent.
pub(super) fn over_grey(photo: &RgbaImage) -> Vec<u8> {
    let luma = |pixel: &image::Rgba<u8>| {
        let [r, g, b, a] = pixel.0.map(f32::from);
        let luma = 0.2126 * r + 0.7152 * g + 0.0722 * b;
        (luma * a / 255.0 + 128.0 * (1.0 - a / 255.0)).round() as u8
    };
    photo.pixels().map(luma).collect()
}

/// The part of a face box that lies in the photo; detectors overshoot a little.
fn inside(face: Face, photo: &RgbaImage) -> Face {
    let (width, height) = (photo.width() as f32, photo.height() as f32);
    let (x, y) = (face.x.clamp(0.0, width - 2.0), face.y.clamp(0.0, height - 2.0));
    Face {
        x,
        y,
        width: (face.x + face.width - x).clamp(2.0, width - x),
        height: (face.y + face.height - y).clamp(2.0, height - y),
    }
}
