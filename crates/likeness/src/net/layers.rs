//! The layers beside plain convolution.

use super::{Convolution, Map, Padding, Weights};

/// A filter of 3 × 3 for each channel by itself, then a mix of the channels at each place.
pub(crate) struct Separable {
    stride: usize,
    padding: Padding,
    /// Nine rows, a number for each channel.
    depthwise: Vec<f32>,
    pointwise: Convolution,
}

const SIDE: usize = 3;

impl Separable {
    pub(crate) fn read(weights: &Weights<'_>, name: &str, stride: usize, padding: Padding) -> Option<Self> {
        let depthwise = weights.numbers(&format!("{name}/depthwise_filter"))?;
        let (filters, shape) = weights.tensor(&format!("{name}/pointwise_filter"))?;
        let bias = weights.numbers(&format!("{name}/bias"))?;
        let pointwise = Convolution::new(&filters, shape, bias, 1, Padding::Valid)?;
        let fits = shape.get(2).is_some_and(|channels| depthwise.len() == SIDE * SIDE * channels);
        fits.then_some(Self { stride, padding, depthwise, pointwise })
    }

    pub(crate) fn apply(&self, map: &Map) -> Map {
        let (left, width) = self.padding.apply(map.width, SIDE, self.stride);
        let (top, height) = self.padding.apply(map.height, SIDE, self.stride);
        let mut out = Map::filled(width, height, map.channels, 0.0);
        for y in 0..height {
            for x in 0..width {
                let sums = out.at_mut(x, y);
                for (tap, filter) in self.depthwise.chunks_exact(map.channels).enumerate() {
                    let row = (y * self.stride + tap / SIDE).checked_sub(top);
                    let column = (x * self.stride + tap % SIDE).checked_sub(left);
                    let (Some(row), Some(column)) = (row, column) else { continue };
                    if row < map.height && column < map.width {
                        for ((sum, value), weight) in sums.iter_mut().zip(map.at(column, row)).zip(filter) {
                            *sum += value * weight;
                        }
                    }
                }
            }
        }
        self.pointwise.apply(&out)
    }
}

/// The largest of each square of `kernel` places; places beyond the edge do not count.
pub(crate) fn max_pool(map: &Map, kernel: usize, stride: usize, padding: Padding) -> Map {
    let (left, width) = padding.apply(map.width, kernel, stride);
    let (top, height) = padding.apply(map.height, kernel, stride);
    let mut out = Map::filled(width, height, map.channels, f32::NEG_INFINITY);
    for y in 0..height {
        let rows =
            (y * stride).saturating_sub(top)..(y * stride + kernel).saturating_sub(top).min(map.height);
        for x in 0..width {
            let columns =
                (x * stride).saturating_sub(left)..(x * stride + kernel).saturating_sub(left).min(map.width);
            for row in rows.clone() {
                for column in columns.clone() {
                    for (most, value) in out.at_mut(x, y).iter_mut().zip(map.at(column, row)) {
                        *most = most.max(*value);
                    }
                }
            }
        }
    }
    out
}

/// The mean of each whole square of `kernel` places.
pub(crate) fn average_pool(map: &Map, kernel: usize, stride: usize) -> Map {
    let (_, width) = Padding::Valid.apply(map.width, kernel, stride);
    let (_, height) = Padding::Valid.apply(map.height, kernel, stride);
    let mut out = Map::filled(width, height, map.channels, 0.0);
    let count = (kernel * kernel) as f32;
    for y in 0..height {
        for x in 0..width {
            let sums = out.at_mut(x, y);
            for place in 0..kernel * kernel {
                let (column, row) = (x * stride + place % kernel, y * stride + place / kernel);
                for (sum, value) in sums.iter_mut().zip(map.at(column, row)) {
                    *sum += value;
                }
            }
            for sum in sums {
                *sum /= count;
            }
        }
    }
    out
}

/// The mean over all places, for each channel.
pub(crate) fn mean(map: &Map) -> Map {
    let mut out = Map::filled(1, 1, map.channels, 0.0);
    for place in map.values.chunks_exact(map.channels) {
        for (sum, value) in out.values.iter_mut().zip(place) {
            *sum += value;
        }
    }
    let count = (map.width * map.height).max(1) as f32;
    out.values.iter_mut().for_each(|sum| *sum /= count);
    out
}

pub(crate) fn rectify(mut map: Map) -> Map {
    map.values.iter_mut().for_each(|value| *value = value.max(0.0));
    map
}

pub(crate) fn leaky(mut map: Map) -> Map {
    map.values.iter_mut().for_each(|value| *value = value.max(*value * 0.1));
    map
}

/// The sum of two maps. Where one lacks places at the far edges, or the last channels, it counts as zero there.
pub(crate) fn add(map: Map, other: &Map) -> Map {
    let covers = map.width >= other.width && map.height >= other.height && map.channels >= other.channels;
    let sum = if covers {
        map
    } else {
        let (width, height) = (map.width.max(other.width), map.height.max(other.height));
        accumulate(Map::filled(width, height, map.channels.max(other.channels), 0.0), &map)
    };
    accumulate(sum, other)
}

fn accumulate(mut map: Map, other: &Map) -> Map {
    for y in 0..other.height {
        for x in 0..other.width {
            for (value, more) in map.at_mut(x, y).iter_mut().zip(other.at(x, y)) {
                *value += more;
            }
        }
    }
    map
}
