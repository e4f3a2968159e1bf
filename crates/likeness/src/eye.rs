//! The eye: finds faces and describes them.

use crate::detector::{Detector, Found};
use crate::face::Face;
use crate::landmarks::Landmarks;
use crate::net::Weights;
use crate::picture::Picture;
use crate::recognition::Recognition;
use std::sync::OnceLock;

static WEIGHTS: &[u8] = include_bytes!("../weights/eye.bin");
static NETWORKS: OnceLock<Networks> = OnceLock::new();

pub(crate) struct Networks {
    pub(crate) detector: Detector,
    pub(crate) landmarks: Landmarks,
    pub(crate) recognition: Recognition,
}

impl Networks {
    fn read(bytes: &[u8]) -> Option<Self> {
        let weights = Weights::read(bytes)?;
        Some(Self {
            detector: Detector::read(&weights)?,
            landmarks: Landmarks::read(&weights)?,
            recognition: Recognition::read(&weights)?,
        })
    }
}

/// Looks at pictures. The first one of a process unpacks the weights (some 25 MB, a few hundredths of a second); more
/// are free, and all may look at once.
#[derive(Clone)]
pub struct Eye {
    pub(crate) networks: &'static Networks,
}

/// A face that the detector is less sure of is none.
const LEAST_CONFIDENCE: f64 = 0.45;
/// Eyes that are nearer to each other, or to the mouth, over the breadth of the face, are no eyes that one could look
/// into: a profile, or no face at all.
const LEAST_APART: f64 = 0.2;
/// What is no face is mostly described by shorter vectors: lamps and windows that the detector was surest to be faces came
/// to 1.25 to 1.30, faces to 1.30 (small and blurred) to 1.5. Chosen on the pictures of `docs/benchmarks.md`.
const LEAST_LENGTH: f64 = 1.305;

impl Eye {
    pub fn new() -> Self {
        #[expect(clippy::expect_used, reason = "the weights are compiled in, and every test reads them")]
        let networks = NETWORKS.get_or_init(|| Networks::read(WEIGHTS).expect("weights of the right shape"));
        Self { networks }
    }

    /// The faces in a picture, the surest first: seen from the front or half from the side, and from about a thirtieth
    /// of the picture's longer side to all of it.
    pub fn faces(&self, picture: &Picture<'_>) -> Vec<Face> {
        let found = self.networks.detector.find(picture, LEAST_CONFIDENCE).into_iter();
        found.filter_map(|found| self.look_closer(picture, found)).collect()
    }

    /// The face, if it is one.
    fn look_closer(&self, picture: &Picture<'_>, found: Found) -> Option<Face> {
        let landmarks = self.networks.landmarks.find(picture, &found.bounds);
        let middle = |a: usize, b: usize| {
            let ((x, y), (u, v)) = (*landmarks.get(a)?, *landmarks.get(b)?);
            Some((f64::midpoint(x, u), f64::midpoint(y, v)))
        };
        let (left, right, mouth) = (middle(36, 39)?, middle(42, 45)?, middle(48, 54)?);
        let apart = |a: (f64, f64), b: (f64, f64)| {
            let (x, y) = (a.0 - b.0, a.1 - b.1);
            (x * x + y * y).sqrt()
        };
        let eyes = (f64::midpoint(left.0, right.0), f64::midpoint(left.1, right.1));
        let least = LEAST_APART * found.bounds.width;
        if apart(left, right) < least || apart(eyes, mouth) < least {
            return None;
        }
        let descriptor = self.networks.recognition.describe(picture, &landmarks);
        let Found { bounds, confidence } = found;
        (descriptor.length() >= LEAST_LENGTH).then_some(Face { bounds, landmarks, confidence, descriptor })
    }
}

impl Default for Eye {
    fn default() -> Self {
        Self::new()
    }
}
