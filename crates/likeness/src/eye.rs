//! The eye: finds faces and describes them.

use crate::detector::Detector;
use crate::face::Face;
use crate::landmarks::Landmarks;
use crate::net::Weights;
use crate::picture::Picture;
use crate::recognition::{Descriptor, Recognition};
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

/// Looks at pictures. The first one of a process unpacks the weights (some 30 MB, a few hundredths of a second); more
/// are free, and all may look at once.
#[derive(Clone)]
pub struct Eye {
    pub(crate) networks: &'static Networks,
}

/// A face that the detector is less sure of is none.
const LEAST_CONFIDENCE: f64 = 0.5;

impl Eye {
    pub fn new() -> Self {
        #[expect(clippy::expect_used, reason = "the weights are compiled in, and every test reads them")]
        let networks = NETWORKS.get_or_init(|| Networks::read(WEIGHTS).expect("weights of the right shape"));
        Self { networks }
    }

    /// The faces in a picture, the surest first: from about a thirtieth of its longer side to all of it.
    pub fn faces(&self, picture: &Picture<'_>) -> Vec<Face> {
        let found = self.networks.detector.find(picture, LEAST_CONFIDENCE).into_iter();
        found
            .map(|found| Face {
                bounds: found.bounds,
                landmarks: self.networks.landmarks.find(picture, &found.bounds),
                confidence: found.confidence,
            })
            .collect()
    }

    /// What a face looks like.
    pub fn descriptor(&self, picture: &Picture<'_>, face: &Face) -> Descriptor {
        self.networks.recognition.describe(picture, face)
    }
}

impl Default for Eye {
    fn default() -> Self {
        Self::new()
    }
}
