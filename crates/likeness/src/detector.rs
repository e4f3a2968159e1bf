//! Finds faces: a small YOLO v2 network of separable convolutions, run at several sizes of the picture.

use crate::face::Bounds;
use crate::net::{Convolution, Map, Padding, Separable, Weights, leaky, max_pool};
use crate::picture::{Frame, Picture};

/// The shapes that a box is a change of, in cells of the grid.
const ANCHORS: [(f64, f64); 5] = [
    (1.603_231, 2.094_468),
    (6.041_143, 7.080_126),
    (2.882_459, 3.518_061),
    (4.266_906, 5.178_857),
    (9.041_765, 10.663_08),
];
const MEAN: [f32; 3] = [117.001, 114.697, 97.404];
/// A cell of the grid, in samples.
const CELL: usize = 32;
/// Boxes that share more than this are one face.
const SAME_FACE: f64 = 0.4;
/// Each look at the picture: samples a side, and how much wider than the picture the square is that they cover. The
/// first finds faces that fill the picture, the last those of a thirtieth of it.
const LOOKS: [(usize, f64); 3] = [(224, 1.6), (416, 1.0), (800, 1.0)];
/// What the finest look sees is all that any needs.
const FINEST: usize = 800;

pub(crate) struct Detector {
    first: Convolution,
    deeper: Vec<Separable>,
    last: Convolution,
}

/// A face's place and how sure the detector is of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Found {
    pub(crate) bounds: Bounds,
    pub(crate) confidence: f64,
}

impl Detector {
    pub(crate) fn read(weights: &Weights<'_>) -> Option<Self> {
        let deeper = (1..=5).map(|n| Separable::read(weights, &format!("detector/conv{n}"), 1, Padding::One));
        Some(Self {
            first: Convolution::read(weights, "detector/conv0", 1, Padding::Valid)?,
            deeper: deeper.collect::<Option<_>>()?,
            last: Convolution::read(weights, "detector/conv8", 1, Padding::Valid)?,
        })
    }

    /// Five numbers for each anchor at each cell: place, size, and whether there is a face.
    pub(crate) fn run(&self, samples: Map) -> Map {
        let mut map = leaky(self.first.apply(&samples.normalised(MEAN)));
        for (number, layer) in self.deeper.iter().enumerate() {
            map = leaky(layer.apply(&max_pool(&map, 2, 2, Padding::Same)));
            if number + 1 == self.deeper.len() {
                map = max_pool(&map, 2, 1, Padding::Same);
            }
        }
        self.last.apply(&map)
    }

    /// The faces that the detector is at least this sure of, the surest first.
    pub(crate) fn find(&self, picture: &Picture<'_>, least: f64) -> Vec<Found> {
        let reduced = picture.reduced(FINEST);
        let small =
            reduced.as_ref().and_then(|(width, height, pixels)| Picture::new(*width, *height, pixels).ok());
        let seen = small.as_ref().unwrap_or(picture);
        let scale = picture.longest() / seen.longest();
        let mut found: Vec<Found> = LOOKS.iter().flat_map(|look| self.scan(seen, *look, least)).collect();
        for Found { bounds, .. } in &mut found {
            for value in [&mut bounds.left, &mut bounds.top, &mut bounds.width, &mut bounds.height] {
                *value *= scale;
            }
        }
        found.sort_by(|a, b| {
            let places = |f: &Found| (f.bounds.top, f.bounds.left);
            let (a_place, b_place) = (places(a), places(b));
            b.confidence
                .total_cmp(&a.confidence)
                .then(a_place.0.total_cmp(&b_place.0))
                .then(a_place.1.total_cmp(&b_place.1))
        });
        let mut kept: Vec<Found> = Vec::new();
        for face in found {
            if kept.iter().all(|other| other.bounds.overlap(&face.bounds) <= SAME_FACE) {
                kept.push(face);
            }
        }
        kept
    }

    fn scan(&self, picture: &Picture<'_>, (samples, wider): (usize, f64), least: f64) -> Vec<Found> {
        let side = picture.longest() * wider;
        let border = picture.longest() * (wider - 1.0) / 2.0;
        let grid = self.run(picture.sample(samples, samples, Frame::square(-border, -border, side, samples)));
        let scale = side * CELL as f64 / samples as f64;
        let mut found = Vec::new();
        for (y, x) in (0..grid.height).flat_map(|y| (0..grid.width).map(move |x| (y, x))) {
            for (numbers, anchor) in grid.at(x, y).as_chunks::<5>().0.iter().zip(ANCHORS) {
                let [u, v, log_width, log_height, sure] = numbers.map(f64::from);
                let confidence = sigmoid(sure);
                if confidence < least {
                    continue;
                }
                let (width, height) =
                    (libm::exp(log_width) * anchor.0 * scale, libm::exp(log_height) * anchor.1 * scale);
                let (middle, centre) = ((x as f64 + sigmoid(u)) * scale, (y as f64 + sigmoid(v)) * scale);
                let bounds = Bounds {
                    left: middle - width / 2.0 - border,
                    top: centre - height / 2.0 - border,
                    width,
                    height,
                };
                found.push(Found { bounds, confidence });
            }
        }
        found
    }
}

fn sigmoid(value: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-value))
}
