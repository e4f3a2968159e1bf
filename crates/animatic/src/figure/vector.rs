//! Points and directions in figure units, with a sine of our own: the platform's differs from machine to machine.

use std::ops::{Add, Mul, Neg, Sub};

/// A point or an offset; y points down.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Vec2 {
    pub(super) x: f32,
    pub(super) y: f32,
}

pub(super) const fn vec2(x: f32, y: f32) -> Vec2 {
    Vec2 { x, y }
}

impl Vec2 {
    pub(super) fn dot(self, other: Self) -> f32 {
        self.x * other.x + self.y * other.y
    }

    pub(super) fn length(self) -> f32 {
        self.dot(self).sqrt()
    }

    /// The same direction at length 1; straight down for a zero offset.
    pub(super) fn unit(self) -> Self {
        let length = self.length();
        if length > 1e-6 { self * (1.0 / length) } else { vec2(0.0, 1.0) }
    }

    /// Turned a quarter clockwise as seen on screen.
    pub(super) fn across(self) -> Self {
        vec2(-self.y, self.x)
    }

    pub(super) fn lerp(self, other: Self, share: f32) -> Self {
        self + (other - self) * share
    }

    /// Turned by degrees, clockwise as seen on screen.
    pub(super) fn turned(self, degrees: f32) -> Self {
        let (sin, cos) = sin_cos(degrees);
        vec2(self.x * cos - self.y * sin, self.x * sin + self.y * cos)
    }
}

impl Add for Vec2 {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        vec2(self.x + other.x, self.y + other.y)
    }
}

impl Sub for Vec2 {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        vec2(self.x - other.x, self.y - other.y)
    }
}

impl Mul<f32> for Vec2 {
    type Output = Self;
    fn mul(self, factor: f32) -> Self {
        vec2(self.x * factor, self.y * factor)
    }
}

impl Neg for Vec2 {
    type Output = Self;
    fn neg(self) -> Self {
        vec2(-self.x, -self.y)
    }
}

/// The direction of a limb: 0° hangs straight down, 90° points forward (+x), 180° up.
pub(super) fn limb(degrees: f32) -> Vec2 {
    let (sin, cos) = sin_cos(degrees);
    vec2(sin, cos)
}

/// Sine of an angle in degrees, by its Taylor series on a quarter turn (error below 1e-6).
pub(super) fn sin(degrees: f32) -> f32 {
    let turns = degrees / 360.0;
    let folded = (turns - turns.round()) * 4.0;
    let quarter = if folded.abs() <= 1.0 { folded } else { folded.signum() * 2.0 - folded };
    let x = quarter * std::f32::consts::FRAC_PI_2;
    let s = x * x;
    x * (1.0 - s / 6.0 * (1.0 - s / 20.0 * (1.0 - s / 42.0 * (1.0 - s / 72.0 * (1.0 - s / 110.0)))))
}

pub(super) fn sin_cos(degrees: f32) -> (f32, f32) {
    (sin(degrees), sin(degrees + 90.0))
}

pub(super) fn lerp(from: f32, to: f32, share: f32) -> f32 {
    from + (to - from) * share
}

/// 0 below `low`, 1 above `high`, an S-curve between.
pub(super) fn smoothstep(low: f32, high: f32, value: f32) -> f32 {
    let x = ((value - low) / (high - low)).clamp(0.0, 1.0);
    x * x * (3.0 - 2.0 * x)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_sine_is_a_sine() {
        for degrees in -1000..1000 {
            let degrees = degrees as f32 * 0.77;
            let expected = f64::from(degrees).to_radians().sin();
            assert!((f64::from(sin(degrees)) - expected).abs() < 2e-5, "{degrees}");
        }
    }
}
