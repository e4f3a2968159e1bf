//! Describes a face by 128 numbers that lie close together for one person: a residual network of 29 layers.
//!
//! The network is dlib's `dlib_face_recognition_resnet_model_v1` (King 2017, CC0), whose author measured 99.38 % on
//! Labeled Faces in the Wild.

use crate::landmarks::MEAN;
use crate::net::{Convolution, Map, Padding, Weights, add, average_pool, max_pool, mean, rectify};
use crate::picture::{Frame, Picture};

/// Samples a side of the upright face that the network sees.
pub(crate) const SIDE: usize = 150;
/// How many numbers describe a face.
pub const DESCRIPTOR: usize = 128;

/// What a face looks like, as 128 numbers. Two of one person are usually closer than 0.6, of two people farther.
#[derive(Clone, Debug, PartialEq)]
pub struct Descriptor(pub(crate) Vec<f32>);

impl Descriptor {
    pub fn numbers(&self) -> &[f32] {
        &self.0
    }

    pub(crate) fn length(&self) -> f64 {
        self.0.iter().map(|number| f64::from(*number) * f64::from(*number)).sum::<f64>().sqrt()
    }

    /// Euclidean distance: 0 for the same picture, about 1 for people who look nothing alike.
    pub fn distance(&self, other: &Self) -> f64 {
        let squares = self.0.iter().zip(&other.0).map(|(a, b)| {
            let difference = f64::from(*a) - f64::from(*b);
            difference * difference
        });
        squares.sum::<f64>().sqrt()
    }
}

pub(crate) struct Recognition {
    first: Convolution,
    blocks: Vec<Block>,
    descriptor: Convolution,
}

/// Two layers whose sum with what went in is the way on; one that goes down halves the map first.
struct Block {
    down: bool,
    layers: [Convolution; 2],
}

/// The names of the blocks, and which of them halve the map.
const BLOCKS: [(&str, bool); 14] = [
    ("conv32_1", false),
    ("conv32_2", false),
    ("conv32_3", false),
    ("conv64_down", true),
    ("conv64_1", false),
    ("conv64_2", false),
    ("conv64_3", false),
    ("conv128_down", true),
    ("conv128_1", false),
    ("conv128_2", false),
    ("conv256_down", true),
    ("conv256_1", false),
    ("conv256_2", false),
    ("conv256_down_out", true),
];

/// A convolution with the scaling of each channel that follows it folded in.
fn scaled(weights: &Weights<'_>, name: &str, stride: usize, padding: Padding) -> Option<Convolution> {
    let (mut filters, shape) = weights.tensor(&format!("recognition/{name}/conv/filters"))?;
    let mut bias = weights.numbers(&format!("recognition/{name}/conv/bias"))?;
    let scale = weights.numbers(&format!("recognition/{name}/scale/weights"))?;
    let shift = weights.numbers(&format!("recognition/{name}/scale/biases"))?;
    for row in filters.chunks_exact_mut(scale.len()) {
        row.iter_mut().zip(&scale).for_each(|(filter, scale)| *filter *= scale);
    }
    for ((bias, scale), shift) in bias.iter_mut().zip(&scale).zip(&shift) {
        *bias = *bias * scale + shift;
    }
    Convolution::new(&filters, shape, bias, stride, padding)
}

impl Block {
    fn read(weights: &Weights<'_>, name: &str, down: bool) -> Option<Self> {
        let (stride, padding) = if down { (2, Padding::Valid) } else { (1, Padding::Same) };
        let first = scaled(weights, &format!("{name}/conv1"), stride, padding)?;
        let second = scaled(weights, &format!("{name}/conv2"), 1, Padding::Same)?;
        Some(Self { down, layers: [first, second] })
    }

    fn apply(&self, map: Map) -> Map {
        let [first, second] = &self.layers;
        let out = second.apply(&rectify(first.apply(&map)));
        let kept = if self.down { average_pool(&map, 2, 2) } else { map };
        rectify(add(kept, &out))
    }
}

impl Recognition {
    pub(crate) fn read(weights: &Weights<'_>) -> Option<Self> {
        let (filters, shape) = weights.tensor("recognition/fc")?;
        let [inputs, DESCRIPTOR] = *shape else { return None };
        let blocks = BLOCKS.iter().map(|(name, down)| Block::read(weights, name, *down));
        Some(Self {
            first: scaled(weights, "conv32_down", 2, Padding::Valid)?,
            blocks: blocks.collect::<Option<_>>()?,
            descriptor: Convolution::new(
                &filters,
                &[1, 1, inputs, DESCRIPTOR],
                vec![0.0; DESCRIPTOR],
                1,
                Padding::Valid,
            )?,
        })
    }

    pub(crate) fn run(&self, samples: Map) -> Vec<f32> {
        let first = rectify(self.first.apply(&samples.normalised(MEAN)));
        let mut map = max_pool(&first, 3, 2, Padding::Valid);
        for block in &self.blocks {
            map = block.apply(map);
        }
        self.descriptor.apply(&mean(&map)).values
    }

    /// Looks at the face upright, and at its mirror image: the mean of both does not care which way a film looks.
    pub(crate) fn describe(&self, picture: &Picture<'_>, landmarks: &[(f64, f64)]) -> Descriptor {
        let samples = picture.sample(SIDE, SIDE, upright(landmarks));
        let mut mirrored = samples.clone();
        for y in 0..SIDE {
            for x in 0..SIDE {
                mirrored.at_mut(x, y).copy_from_slice(samples.at(SIDE - 1 - x, y));
            }
        }
        let pairs = self.run(samples).into_iter().zip(self.run(mirrored));
        Descriptor(pairs.map(|(a, b)| f32::midpoint(a, b)).collect())
    }
}

/// Where the corners of the eyes and the base of the nose belong in the upright face (dlib's five points), over its
/// side less a quarter of border all around, and their numbers among the 68.
const UPRIGHT: [(usize, f64, f64); 5] = [
    (36, 0.120_575_062_078_9, 0.213_727_452_684_8),
    (39, 0.334_085_061_371_2, 0.229_064_240_324_2),
    (42, 0.646_060_476_410_4, 0.228_967_438_767_7),
    (45, 0.859_567_459_599_2, 0.213_498_153_801_4),
    (33, 0.490_112_313_567_9, 0.627_797_531_647_5),
];
const BORDER: f64 = 0.25;

/// The turn, scale and move that bring the face's points nearest to where they belong (least squares).
fn upright(landmarks: &[(f64, f64)]) -> Frame {
    let chip = |at: f64| (BORDER + at) / (2.0 * BORDER + 1.0) * SIDE as f64;
    let placed = UPRIGHT.iter().filter_map(|(number, x, y)| {
        let (u, v) = *landmarks.get(*number)?;
        Some([chip(*x), chip(*y), u, v])
    });
    let pairs: Vec<[f64; 4]> = placed.collect();
    let mean = |of: usize| pairs.iter().map(|pair| pair[of]).sum::<f64>() / pairs.len().max(1) as f64;
    let (from, to) = ((mean(0), mean(1)), (mean(2), mean(3)));
    let (mut along, mut across, mut spread) = (0.0, 0.0, 0.0);
    for [x, y, u, v] in &pairs {
        let (x, y, u, v) = (x - from.0, y - from.1, u - to.0, v - to.1);
        along += x * u + y * v;
        across += x * v - y * u;
        spread += x * x + y * y;
    }
    let spread = if spread > 0.0 { spread } else { 1.0 };
    let right = (along / spread, across / spread);
    let origin = (to.0 - right.0 * from.0 + right.1 * from.1, to.1 - right.1 * from.0 - right.0 * from.1);
    Frame { origin, right }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turned_face_is_put_upright() {
        // The points as they belong, turned by a right angle, doubled and moved.
        let mut landmarks = vec![(0.0, 0.0); 68];
        for (number, x, y) in UPRIGHT {
            let chip = |at: f64| (BORDER + at) / (2.0 * BORDER + 1.0) * SIDE as f64;
            landmarks[number] = (300.0 - 2.0 * chip(y), 40.0 + 2.0 * chip(x));
        }
        let frame = upright(&landmarks);
        let near = |a: (f64, f64), b: (f64, f64)| (a.0 - b.0).abs() < 1e-9 && (a.1 - b.1).abs() < 1e-9;
        assert!(near(frame.right, (0.0, 2.0)), "{frame:?}");
        assert!(near(frame.place(10.0, 20.0), (300.0 - 40.0, 40.0 + 20.0)), "{frame:?}");
    }
}
