//! Holds the networks to the numbers that the original implementation computed: `weights/reference.mjs`.

use crate::eye::Eye;
use crate::net::Map;
use serde::Deserialize;

const HARIN: &[u8] = include_bytes!("../../../samples/harin.png");

#[derive(Deserialize)]
struct Reference {
    detector: Vec<f32>,
    landmarks: Vec<f32>,
    recognition: Vec<f32>,
}

fn reference() -> Reference {
    serde_json::from_str(include_str!("../weights/reference.json")).unwrap()
}

/// Every `step`-th pixel of a square.
fn cut(side: usize, step: usize, left: usize, top: usize) -> Map {
    let picture = image::load_from_memory(HARIN).unwrap().to_rgb8();
    let mut map = Map::filled(side, side, 3, 0.0);
    for (y, x) in (0..side).flat_map(|y| (0..side).map(move |x| (y, x))) {
        let pixel = picture.get_pixel((left + x * step) as u32, (top + y * step) as u32).0;
        map.at_mut(x, y).copy_from_slice(&pixel.map(f32::from));
    }
    map
}

#[track_caller]
fn close(ours: &[f32], theirs: &[f32], tolerance: f32) {
    assert_eq!(ours.len(), theirs.len());
    let worst = ours.iter().zip(theirs).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(worst < tolerance, "{worst}");
}

#[test]
fn the_detector_computes_what_the_original_does() {
    let grid = Eye::new().networks.detector.run(cut(416, 2, 96, 160));
    assert_eq!((grid.width, grid.height, grid.channels), (13, 13, 25));
    close(&grid.values, &reference().detector, 1e-3);
}

#[test]
fn the_landmarks_are_where_the_original_puts_them() {
    close(&Eye::new().networks.landmarks.run(cut(112, 4, 300, 430)), &reference().landmarks, 1e-4);
}

#[test]
fn the_descriptor_is_what_the_original_computes() {
    close(&Eye::new().networks.recognition.run(cut(150, 4, 212, 330)), &reference().recognition, 1e-4);
}
