//! Heads: skull, face in profile, hair, hood, cap and headphones, in head units (1 from chin to crown).

mod behind;
mod front;
mod profile;
mod worn;

use super::outline::{Part, Shape, brushed, closed};
use super::skeleton::{HEAD, Joints, Pose};
use super::style::FigureStyle;
use super::vector::{Vec2, vec2};
use mv_core::Rgb;

/// Head units → figure units: centre of the head is the origin, chin at y = 0.5, the face looks to +x.
struct Frame {
    centre: Vec2,
    tilt: f32,
    swing: f32,
}

impl Frame {
    fn at(&self, x: f32, y: f32) -> Vec2 {
        self.centre + vec2(x, y).turned(self.tilt) * HEAD
    }

    /// A point that hangs: the lower it is, the less it follows the head's tilt and the more it swings.
    fn hanging(&self, x: f32, y: f32) -> Vec2 {
        let loose = ((y - 0.1) / 1.2).clamp(0.0, 1.0);
        let tilt = self.tilt * (1.0 - 0.75 * loose);
        let swung = vec2(x - self.swing * 0.22 * loose * loose, y).turned(tilt);
        self.centre + swung * HEAD
    }

    fn curve(&self, points: &[(f32, f32)]) -> Vec<Vec2> {
        let placed: Vec<_> = points.iter().map(|(x, y)| self.at(*x, *y)).collect();
        closed(&placed)
    }

    fn hair(&self, points: &[(f32, f32)]) -> Vec<Vec2> {
        let placed: Vec<_> = points.iter().map(|(x, y)| self.hanging(*x, *y)).collect();
        closed(&placed)
    }

    fn line(&self, points: &[(f32, f32)], half_width: f32) -> Vec<Vec2> {
        let placed: Vec<_> = points.iter().map(|(x, y)| self.hanging(*x, *y)).collect();
        brushed(&placed, half_width * HEAD)
    }
}

/// The head as parts, back to front; `behind` is hair that hangs behind the shoulders, painted before the trunk.
pub(super) struct Head {
    pub(super) behind: Option<Part>,
    pub(super) front: Vec<Part>,
}

pub(super) fn head(pose: &Pose, joints: &Joints, style: &FigureStyle, collar: Vec<Shape>) -> Head {
    let frame = Frame { centre: joints.head, tilt: pose.head, swing: pose.swing };
    if pose.is_from_behind() {
        behind::from_behind(&frame, style, collar)
    } else if pose.is_from_the_front() {
        front::from_the_front(&frame, style, collar)
    } else {
        profile::profile(&frame, style, collar)
    }
}

fn lock(frame: &Frame, points: &[(f32, f32)], half_width: f32, color: Rgb) -> Shape {
    Shape::new(frame.line(points, half_width), color).faded(0.75)
}
