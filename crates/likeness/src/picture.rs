//! Pixels to look at, and how the networks sample them.

use crate::net::Map;

/// A picture as RGB, 8 bits a channel, row by row. Borrowed: decoding, and its limits, stay with the caller.
#[derive(Clone, Copy, Debug)]
pub struct Picture<'a> {
    width: usize,
    height: usize,
    pixels: &'a [u8],
}

/// Why pixels are no picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    #[error(
        "a picture of `{width}` × `{height}` pixels takes {needed} bytes of RGB, and `{given}` were given"
    )]
    Length { width: u32, height: u32, needed: u64, given: u64 },
    #[error("a picture of `{width}` × `{height}` pixels is larger than {MOST_PIXELS} pixels")]
    Large { width: u32, height: u32 },
}

/// More than any camera's photo and any film's frame.
const MOST_PIXELS: u64 = 400_000_000;

impl<'a> Picture<'a> {
    /// `pixels` are `width × height × 3` bytes of sRGB: red, green, blue, from the top left, without gaps.
    pub fn new(width: u32, height: u32, pixels: &'a [u8]) -> Result<Self, PictureError> {
        let count = u64::from(width) * u64::from(height);
        if count > MOST_PIXELS {
            return Err(PictureError::Large { width, height });
        }
        let (needed, given) = (count * 3, pixels.len() as u64);
        if needed != given {
            return Err(PictureError::Length { width, height, needed, given });
        }
        Ok(Self { width: width as usize, height: height as usize, pixels })
    }

    pub fn width(&self) -> u32 {
        self.width as u32
    }

    pub fn height(&self) -> u32 {
        self.height as u32
    }

    pub(crate) fn pixels(&self) -> &[u8] {
        self.pixels
    }

    pub(crate) fn longest(&self) -> f64 {
        self.width.max(self.height) as f64
    }

    fn pixel(&self, x: i64, y: i64) -> [f32; 3] {
        let inside = (0..self.width as i64).contains(&x) && (0..self.height as i64).contains(&y);
        if !inside {
            return [0.0; 3];
        }
        let at = (y as usize * self.width + x as usize) * 3;
        match self.pixels.get(at..at + 3) {
            Some(&[r, g, b]) => [f32::from(r), f32::from(g), f32::from(b)],
            _ => [0.0; 3],
        }
    }

    /// Between the pixels, straight lines; beyond the edges, black. Whole coordinates are the middles of pixels.
    fn between(&self, x: f64, y: f64) -> [f32; 3] {
        // Far enough outside to be black, near enough to be counted.
        let clamped = |value: f64, size: usize| value.clamp(-2.0, size as f64 + 1.0);
        let (x, y) = (clamped(x, self.width), clamped(y, self.height));
        // Rounded down, without a call of `floor`.
        let (left, top) = ((x + 2.0) as i64 - 2, (y + 2.0) as i64 - 2);
        let (u, v) = ((x - left as f64) as f32, (y - top as f64) as f32);
        let [a, b, d, e] = self.corners(left, top);
        std::array::from_fn(|c| (a[c] * (1.0 - u) + b[c] * u) * (1.0 - v) + (d[c] * (1.0 - u) + e[c] * u) * v)
    }

    /// A pixel, the one to its right, and the two below them.
    fn corners(&self, left: i64, top: i64) -> [[f32; 3]; 4] {
        let inside = left >= 0 && top >= 0 && left + 1 < self.width as i64 && top + 1 < self.height as i64;
        if inside {
            let at = (top as usize * self.width + left as usize) * 3;
            let pair = |at: usize| self.pixels.get(at..)?.first_chunk::<6>();
            if let (Some(upper), Some(lower)) = (pair(at), pair(at + self.width * 3)) {
                let halves = |pair: &[u8; 6]| {
                    let pair = pair.map(f32::from);
                    [[pair[0], pair[1], pair[2]], [pair[3], pair[4], pair[5]]]
                };
                let ([above, above_right], [below, below_right]) = (halves(upper), halves(lower));
                return [above, above_right, below, below_right];
            }
        }
        [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(i, j)| self.pixel(left + i, top + j))
    }

    /// The same picture with a longer side of at most `longest`, as pixels of its own; `None` where it is no larger.
    pub(crate) fn reduced(&self, longest: usize) -> Option<(u32, u32, Vec<u8>)> {
        let step = self.longest() / longest as f64;
        if step <= 1.0 {
            return None;
        }
        let size = |length: usize| ((length as f64 / step).round() as usize).max(1);
        let (width, height) = (size(self.width), size(self.height));
        let map = self.sample(width, height, Frame::square(0.0, 0.0, self.longest(), longest));
        let pixels = map.values.iter().map(|value| (value + 0.5) as u8).collect();
        Some((width as u32, height as u32, pixels))
    }

    /// `width × height` samples, each the mean over the patch of the picture that it stands for.
    pub(crate) fn sample(&self, width: usize, height: usize, frame: Frame) -> Map {
        let mut map = Map::filled(width, height, 3, 0.0);
        // As many samples a side as the patch has pixels, so that nothing between them is lost.
        let count = (frame.step().ceil() as usize).clamp(1, MOST_SAMPLES);
        for y in 0..height {
            for x in 0..width {
                let mut sums = [0.0f32; 3];
                for sample in 0..count * count {
                    let inner = |i: usize| (i as f64 + 0.5) / count as f64 - 0.5;
                    let (i, j) = (x as f64 + inner(sample % count), y as f64 + inner(sample / count));
                    let (u, v) = frame.place(i, j);
                    for (sum, value) in sums.iter_mut().zip(self.between(u, v)) {
                        *sum += value;
                    }
                }
                map.at_mut(x, y).copy_from_slice(&sums.map(|sum| sum / (count * count) as f32));
            }
        }
        map
    }
}

/// Samples a side of a patch: past that, a picture is so much larger than the samples that every other pixel will do.
const MOST_SAMPLES: usize = 12;

/// Where in a picture samples lie: turned, scaled and moved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Frame {
    /// The place of sample 0, 0.
    pub(crate) origin: (f64, f64),
    /// How far and whither one sample is from the next to its right; downwards is at a right angle to it.
    pub(crate) right: (f64, f64),
}

impl Frame {
    /// Upright samples over a square, given by its top left corner and its side.
    pub(crate) fn square(left: f64, top: f64, side: f64, samples: usize) -> Self {
        let step = side / samples.max(1) as f64;
        Self { origin: (left + step / 2.0 - 0.5, top + step / 2.0 - 0.5), right: (step, 0.0) }
    }

    pub(crate) fn place(&self, x: f64, y: f64) -> (f64, f64) {
        let (a, b) = self.right;
        (self.origin.0 + a * x - b * y, self.origin.1 + b * x + a * y)
    }

    /// Pixels from one sample to the next.
    fn step(&self) -> f64 {
        (self.right.0 * self.right.0 + self.right.1 * self.right.1).sqrt()
    }
}
