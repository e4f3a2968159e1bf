//! Convolution as a product of matrices: patches of the map are laid out as rows and multiplied by the filters.

use super::{Map, Weights};

/// What a filter sees beyond the edge of a map: always zeros, but how many places of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Padding {
    /// None: the map shrinks.
    Valid,
    /// As many as keep `size / stride` places, rounded up; the odd one comes after.
    Same,
    /// One place on every side.
    One,
}

impl Padding {
    /// Places before the first, and the size of what comes out.
    pub(crate) fn apply(self, size: usize, kernel: usize, stride: usize) -> (usize, usize) {
        match self {
            Self::Valid => (0, (size + stride).saturating_sub(kernel) / stride),
            Self::One => (1, (size + 2 + stride).saturating_sub(kernel) / stride),
            Self::Same => {
                let out = size.div_ceil(stride);
                (((out.saturating_sub(1)) * stride + kernel).saturating_sub(size) / 2, out)
            }
        }
    }
}

/// Filters of one size, and a bias for each.
pub(crate) struct Convolution {
    kernel: usize,
    stride: usize,
    padding: Padding,
    inputs: usize,
    outputs: usize,
    /// The matrix of filters, [`COLUMNS`] columns after another, so that it is read from front to back.
    panels: Vec<[f32; COLUMNS]>,
    bias: Vec<f32>,
}

/// A tile of the product that stays in registers.
const ROWS: usize = 4;
const COLUMNS: usize = 8;
/// Rows of patches that are laid out at a time: they stay in the cache.
const STRIP: usize = 64;

impl Convolution {
    /// `filters` as height × width × inputs × outputs.
    pub(crate) fn new(
        filters: &[f32],
        shape: &[usize],
        bias: Vec<f32>,
        stride: usize,
        padding: Padding,
    ) -> Option<Self> {
        let [kernel, _, inputs, outputs] = *shape else { return None };
        let depth = kernel * kernel * inputs;
        let fits = shape[0] == shape[1] && filters.len() == depth * outputs && bias.len() == outputs;
        if !fits || outputs == 0 {
            return None;
        }
        let mut panels = Vec::with_capacity(depth * outputs.div_ceil(COLUMNS));
        for first in (0..outputs).step_by(COLUMNS) {
            let count = COLUMNS.min(outputs - first);
            panels.extend(filters.chunks_exact(outputs).map(|row| {
                let mut columns = [0.0; COLUMNS];
                columns[..count].copy_from_slice(&row[first..first + count]);
                columns
            }));
        }
        Some(Self { kernel, stride, padding, inputs, outputs, panels, bias })
    }

    /// The layer called `name/filters` and `name/bias`.
    pub(crate) fn read(weights: &Weights<'_>, name: &str, stride: usize, padding: Padding) -> Option<Self> {
        let (filters, shape) = weights.tensor(&format!("{name}/filters"))?;
        Self::new(&filters, shape, weights.numbers(&format!("{name}/bias"))?, stride, padding)
    }

    pub(crate) fn apply(&self, map: &Map) -> Map {
        debug_assert_eq!(map.channels, self.inputs);
        let (left, width) = self.padding.apply(map.width, self.kernel, self.stride);
        let (top, height) = self.padding.apply(map.height, self.kernel, self.stride);
        let mut out = Map::filled(width, height, self.outputs, 0.0);
        let depth = self.kernel * self.kernel * self.inputs;
        let mut patches = vec![0.0f32; STRIP * depth];
        for (strip, values) in out.values.chunks_mut(STRIP * self.outputs).enumerate() {
            let count = values.len() / self.outputs;
            for (row, patch) in patches.chunks_exact_mut(depth).take(count).enumerate() {
                let place = strip * STRIP + row;
                self.lay_out(
                    map,
                    (place % width * self.stride, place / width * self.stride),
                    (left, top),
                    patch,
                );
            }
            self.multiply(&patches, values);
        }
        out
    }

    /// What the filter sees at one place.
    fn lay_out(&self, map: &Map, (x, y): (usize, usize), (left, top): (usize, usize), patch: &mut [f32]) {
        let span = self.kernel * self.inputs;
        // Columns of the kernel that lie on the map.
        let first = left.saturating_sub(x);
        let end = self.kernel.min((map.width + left).saturating_sub(x)).max(first);
        for (line, patch) in patch.chunks_exact_mut(span).enumerate() {
            let on_map = (y + line).checked_sub(top).filter(|row| *row < map.height);
            let Some(row) = on_map else {
                patch.fill(0.0);
                continue;
            };
            patch[..first * self.inputs].fill(0.0);
            patch[end * self.inputs..].fill(0.0);
            let from = (row * map.width + x + first - left) * self.inputs;
            let seen = (end - first) * self.inputs;
            patch[first * self.inputs..end * self.inputs].copy_from_slice(&map.values[from..from + seen]);
        }
    }

    /// The product of the patches and the filters, a tile at a time. Each sum runs over the patch in order.
    fn multiply(&self, patches: &[f32], out: &mut [f32]) {
        let depth = self.kernel * self.kernel * self.inputs;
        for (number, panel) in self.panels.chunks_exact(depth).enumerate() {
            let first = number * COLUMNS;
            let count = COLUMNS.min(self.outputs - first);
            let bias = &self.bias[first..first + count];
            for (rows, out) in patches.chunks_exact(ROWS * depth).zip(out.chunks_mut(ROWS * self.outputs)) {
                let (a, rest) = rows.split_at(depth);
                let (b, rest) = rest.split_at(depth);
                let (c, d) = rest.split_at(depth);
                let mut sums = [[0.0f32; COLUMNS]; ROWS];
                for ((((columns, a), b), c), d) in panel.iter().zip(a).zip(b).zip(c).zip(d) {
                    for (sums, value) in sums.iter_mut().zip([a, b, c, d]) {
                        for (sum, column) in sums.iter_mut().zip(columns) {
                            *sum += value * column;
                        }
                    }
                }
                for (out, sums) in out.chunks_exact_mut(self.outputs).zip(sums) {
                    for ((out, sum), bias) in out[first..].iter_mut().zip(sums).zip(bias) {
                        *out = sum + bias;
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The definition, place by place.
    fn plain(map: &Map, filters: &[f32], shape: [usize; 4], stride: usize, padding: Padding) -> Map {
        let [kernel, _, inputs, outputs] = shape;
        let (left, width) = padding.apply(map.width, kernel, stride);
        let (top, height) = padding.apply(map.height, kernel, stride);
        let mut out = Map::filled(width, height, outputs, 0.0);
        for y in 0..height {
            for x in 0..width {
                for (j, i) in (0..kernel).flat_map(|j| (0..kernel).map(move |i| (j, i))) {
                    let Some(row) = (y * stride + j).checked_sub(top).filter(|row| *row < map.height) else {
                        continue;
                    };
                    let Some(column) = (x * stride + i).checked_sub(left).filter(|c| *c < map.width) else {
                        continue;
                    };
                    for (input, value) in map.at(column, row).iter().enumerate() {
                        let filter = &filters[((j * kernel + i) * inputs + input) * outputs..][..outputs];
                        for (out, weight) in out.at_mut(x, y).iter_mut().zip(filter) {
                            *out += value * weight;
                        }
                    }
                }
            }
        }
        out
    }

    proptest! {
        #[test]
        fn tiles_are_the_sum_they_stand_for(
            (width, height) in (3usize..14, 3usize..14),
            (inputs, outputs) in (1usize..5, 1usize..19),
            kernel in 1usize..4,
            stride in 1usize..3,
            padding in prop::sample::select(vec![Padding::Valid, Padding::Same, Padding::One]),
            seed in any::<u32>(),
        ) {
            let mut state = seed;
            let mut number = || {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 24) as f32 / 128.0 - 1.0
            };
            let mut map = Map::filled(width, height, inputs, 0.0);
            map.values.fill_with(&mut number);
            let shape = [kernel, kernel, inputs, outputs];
            let filters: Vec<f32> = (0..shape.iter().product()).map(|_| number()).collect();
            let layer = Convolution::new(&filters, &shape, vec![0.0; outputs], stride, padding).unwrap();
            let (ours, truth) = (layer.apply(&map), plain(&map, &filters, shape, stride, padding));
            prop_assert_eq!((ours.width, ours.height), (truth.width, truth.height));
            for (ours, truth) in ours.values.iter().zip(&truth.values) {
                prop_assert!((ours - truth).abs() < 1e-4, "{} {}", ours, truth);
            }
        }
    }
}
