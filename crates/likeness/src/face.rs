//! A face in a picture.

use crate::recognition::Descriptor;

/// A rectangle in pixels of the picture, which it may reach beyond.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Bounds {
    pub left: f64,
    pub top: f64,
    pub width: f64,
    pub height: f64,
}

impl Bounds {
    pub(crate) fn area(&self) -> f64 {
        self.width.max(0.0) * self.height.max(0.0)
    }

    /// The part that both cover, over the part that either covers: 0 to 1.
    pub(crate) fn overlap(&self, other: &Self) -> f64 {
        let shared = |a: f64, a_length: f64, b: f64, b_length: f64| {
            ((a + a_length).min(b + b_length) - a.max(b)).max(0.0)
        };
        let both = shared(self.left, self.width, other.left, other.width)
            * shared(self.top, self.height, other.top, other.height);
        let either = self.area() + other.area() - both;
        if either > 0.0 { both / either } else { 0.0 }
    }

    pub(crate) fn middle(&self) -> (f64, f64) {
        (self.left + self.width / 2.0, self.top + self.height / 2.0)
    }
}

/// A face that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Face {
    /// From the brows to the chin.
    pub bounds: Bounds,
    /// 68 points in pixels of the picture, in the usual order (Multi-PIE): jaw, brows, nose, eyes, mouth.
    pub landmarks: Vec<(f64, f64)>,
    /// How sure the detector is, 0 to 1.
    pub confidence: f64,
    /// What it looks like.
    pub descriptor: Descriptor,
}
