//! A forward pass of small convolutional networks: maps of numbers, the layers, and the weights they read.
//!
//! All sums run in a fixed order and nothing is fused, so that every machine gets the same numbers.

mod convolution;
mod layers;
mod map;
mod weights;

pub(crate) use convolution::{Convolution, Padding};
pub(crate) use layers::{Separable, add, average_pool, leaky, max_pool, mean, rectify};
pub(crate) use map::Map;
pub(crate) use weights::Weights;
