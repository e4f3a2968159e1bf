//! One-point perspective: streets, tunnels and carriages that run away from the camera.

use crate::brush::polygon;
use tiny_skia::Path;

/// A view along a straight passage. Points are (x, y, z): x and y are offsets from the line of sight at the plane of
/// the figures, where z is 1 and lengths are stage units; farther things have a larger z.
#[derive(Clone, Copy, Debug)]
pub(super) struct View {
    /// The vanishing point in stage units.
    pub(super) x: f32,
    pub(super) y: f32,
    /// When set, everything is seen mirrored in a floor at this height: what a wet street shows.
    pub(super) floor: Option<f32>,
}

impl View {
    pub(super) fn new(x: f32, y: f32) -> Self {
        Self { x, y, floor: None }
    }

    /// The same view in the mirror of a floor at height `floor`.
    pub(super) fn mirrored(&self, floor: f32) -> Self {
        Self { floor: Some(floor), ..*self }
    }

    pub(super) fn at(&self, x: f32, y: f32, z: f32) -> (f32, f32) {
        let z = z.max(0.05);
        let y = self.floor.map_or(y, |floor| 2.0 * floor - y);
        (self.x + x / z, self.y + y / z)
    }

    /// A piece of a side wall at `x`, between two heights and two distances.
    pub(super) fn wall(&self, x: f32, (top, bottom): (f32, f32), (near, far): (f32, f32)) -> Option<Path> {
        polygon(&[
            self.at(x, top, near),
            self.at(x, top, far),
            self.at(x, bottom, far),
            self.at(x, bottom, near),
        ])
    }

    /// A piece of floor or ceiling at height `y`.
    pub(super) fn floor(&self, y: f32, (left, right): (f32, f32), (near, far): (f32, f32)) -> Option<Path> {
        polygon(&[
            self.at(left, y, near),
            self.at(left, y, far),
            self.at(right, y, far),
            self.at(right, y, near),
        ])
    }

    /// The box of an upright rectangle facing the camera: left, top, width, height in stage units.
    pub(super) fn front(
        &self,
        (left, right): (f32, f32),
        (top, bottom): (f32, f32),
        z: f32,
    ) -> (f32, f32, f32, f32) {
        let ((x0, y0), (x1, y1)) = (self.at(left, top, z), self.at(right, bottom, z));
        (x0.min(x1), y0.min(y1), (x1 - x0).abs(), (y1 - y0).abs())
    }
}
