//! What flows between layers.

/// Numbers of `channels` kinds at every place of a grid: row by row, the channels of one place together.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Map {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) channels: usize,
    pub(crate) values: Vec<f32>,
}

impl Map {
    pub(crate) fn filled(width: usize, height: usize, channels: usize, value: f32) -> Self {
        Self { width, height, channels, values: vec![value; width * height * channels] }
    }

    /// Red, green and blue of 0 to 255 as a network wants them: less the mean of its training, over 255.
    pub(crate) fn normalised(mut self, mean: [f32; 3]) -> Self {
        for pixel in self.values.chunks_exact_mut(3) {
            for (value, mean) in pixel.iter_mut().zip(mean) {
                *value = (*value - mean) / 255.0;
            }
        }
        self
    }

    /// The channels of one place.
    pub(crate) fn at(&self, x: usize, y: usize) -> &[f32] {
        &self.values[(y * self.width + x) * self.channels..][..self.channels]
    }

    pub(crate) fn at_mut(&mut self, x: usize, y: usize) -> &mut [f32] {
        &mut self.values[(y * self.width + x) * self.channels..][..self.channels]
    }
}
