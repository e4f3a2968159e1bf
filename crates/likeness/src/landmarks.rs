//! Finds the 68 points of a face: blocks of separable convolutions that each see what came before.

use crate::face::Bounds;
use crate::net::{Convolution, Map, Padding, Separable, Weights, add, average_pool, rectify};
use crate::picture::{Frame, Picture};

/// Samples a side.
pub(crate) const SIDE: usize = 112;
/// What the network, and the one for descriptors, were trained to subtract.
pub(crate) const MEAN: [f32; 3] = [122.782, 117.001, 104.298];

pub(crate) struct Landmarks {
    blocks: Vec<Block>,
    points: Convolution,
}

struct Block {
    first: First,
    rest: [Separable; 3],
}

enum First {
    Plain(Convolution),
    Separable(Separable),
}

impl Block {
    fn read(weights: &Weights<'_>, number: usize) -> Option<Self> {
        let name = |layer: usize| format!("landmarks/dense{number}/conv{layer}");
        let first = if number == 0 {
            First::Plain(Convolution::read(weights, &name(0), 2, Padding::Same)?)
        } else {
            First::Separable(Separable::read(weights, &name(0), 2, Padding::Same)?)
        };
        let layer = |number| Separable::read(weights, &name(number), 1, Padding::Same);
        Some(Self { first, rest: [layer(1)?, layer(2)?, layer(3)?] })
    }

    fn apply(&self, map: &Map) -> Map {
        let first = match &self.first {
            First::Plain(layer) => layer.apply(map),
            First::Separable(layer) => layer.apply(map),
        };
        let mut sum = rectify(first);
        // Each layer sees the rectified sum of all before it; the sum itself keeps what is below zero.
        let mut seen = sum.clone();
        for layer in &self.rest {
            sum = add(sum, &layer.apply(&seen));
            seen = rectify(sum.clone());
        }
        seen
    }
}

impl Landmarks {
    pub(crate) fn read(weights: &Weights<'_>) -> Option<Self> {
        let (filters, shape) = weights.tensor("landmarks/fc/weights")?;
        let [inputs, outputs] = *shape else { return None };
        let bias = weights.numbers("landmarks/fc/bias")?;
        let blocks = (0..4).map(|number| Block::read(weights, number));
        Some(Self {
            blocks: blocks.collect::<Option<_>>()?,
            points: Convolution::new(&filters, &[1, 1, inputs, outputs], bias, 1, Padding::Valid)?,
        })
    }

    /// 68 points, x and y in turn, over the side of the samples.
    pub(crate) fn run(&self, samples: Map) -> Vec<f32> {
        let mut map = samples.normalised(MEAN);
        for block in &self.blocks {
            map = block.apply(&map);
        }
        self.points.apply(&average_pool(&map, 7, 2)).values
    }

    /// The points of the face within these bounds, in pixels of the picture.
    pub(crate) fn find(&self, picture: &Picture<'_>, bounds: &Bounds) -> Vec<(f64, f64)> {
        let side = bounds.width.max(bounds.height).max(1.0);
        let (x, y) = bounds.middle();
        let (left, top) = (x - side / 2.0, y - side / 2.0);
        let points = self.run(picture.sample(SIDE, SIDE, Frame::square(left, top, side, SIDE)));
        let places = points.as_chunks::<2>().0.iter();
        places.map(|[x, y]| (left + f64::from(*x) * side, top + f64::from(*y) * side)).collect()
    }
}
