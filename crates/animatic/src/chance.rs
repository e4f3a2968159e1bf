//! Seeded randomness for painters: choices that are the same for the same seed, and smooth noise.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// A stream of choices. Two parts of a picture take streams of different names, so that a change in one does not
/// redraw the other.
#[derive(Clone, Debug)]
pub struct Chance(ChaCha8Rng);

impl Chance {
    pub fn new(seed: u64, name: &str) -> Self {
        // FNV-1a: any stable spreading of the name will do.
        let name = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        Self(ChaCha8Rng::seed_from_u64(seed ^ name))
    }

    /// From 0 up to, not including, 1.
    pub fn unit(&mut self) -> f32 {
        (self.0.next_u32() >> 8) as f32 / 16_777_216.0
    }

    /// Between two numbers.
    pub fn range(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// −1 to 1, mostly near 0.
    pub fn spread(&mut self) -> f32 {
        (self.unit() + self.unit() + self.unit()) * (2.0 / 3.0) - 1.0
    }

    /// One of `0..count`; 0 when `count` is 0.
    pub fn index(&mut self, count: usize) -> usize {
        ((self.unit() * count as f32) as usize).min(count.saturating_sub(1))
    }

    /// Whole number between two, both possible.
    pub fn count(&mut self, low: u32, high: u32) -> u32 {
        low + self.index((high.saturating_sub(low) + 1) as usize) as u32
    }

    pub fn happens(&mut self, probability: f32) -> bool {
        self.unit() < probability
    }

    /// −1 or 1.
    pub fn side(&mut self) -> f32 {
        if self.happens(0.5) { -1.0 } else { 1.0 }
    }

    /// A seed for something that makes its own choices.
    pub fn seed(&mut self) -> u64 {
        self.0.next_u64()
    }
}

/// Value noise over the plane: smooth, 0–1, the same for the same seed.
#[derive(Clone, Copy, Debug)]
pub struct Noise {
    seed: u32,
    /// It repeats along x after so many cells; 0 for never.
    period: u32,
}

impl Noise {
    pub fn new(seed: u64) -> Self {
        Self { seed: (seed ^ (seed >> 32)) as u32, period: 0 }
    }

    /// Noise that repeats along x after `cells` (each octave accordingly): for sheets that tile.
    pub fn tiling(seed: u64, cells: u32) -> Self {
        Self { period: cells.max(1), ..Self::new(seed) }
    }

    /// Noise of one cell size: 1 unit a cell.
    pub fn value(self, x: f32, y: f32) -> f32 {
        octave(x, y, self.period, self.seed)
    }

    /// Fractal noise: each octave is twice as fine and half as strong. 0–1, mean one half.
    pub fn fractal(self, x: f32, y: f32, octaves: u32) -> f32 {
        let (mut sum, mut total, mut gain, mut scale) = (0.0, 0.0, 1.0, 1_u32);
        for layer in 0..octaves {
            let (x, y) = (x * scale as f32, y * scale as f32);
            let seed = self.seed.wrapping_add(layer * 0x9e37);
            sum += gain * octave(x, y, self.period.saturating_mul(scale), seed);
            total += gain;
            gain *= 0.5;
            scale = scale.saturating_mul(2);
        }
        if total > 0.0 { sum / total } else { 0.5 }
    }
}

fn octave(x: f32, y: f32, period: u32, seed: u32) -> f32 {
    let (left, top) = (x.floor(), y.floor());
    let ease = |t: f32| t * t * (3.0 - 2.0 * t);
    let (u, v) = (ease(x - left), ease(y - top));
    let wrap = |cell: i32| if period == 0 { cell } else { cell.rem_euclid(period as i32) };
    let (left, top) = (left as i32, top as i32);
    let (x0, x1) = (wrap(left), wrap(left + 1));
    let at = |x: i32, y: i32| lattice(x, y, seed);
    let upper = at(x0, top) + (at(x1, top) - at(x0, top)) * u;
    let lower = at(x0, top + 1) + (at(x1, top + 1) - at(x0, top + 1)) * u;
    upper + (lower - upper) * v
}

fn lattice(x: i32, y: i32, seed: u32) -> f32 {
    let mut hash = (x as u32).wrapping_mul(0x85eb_ca6b) ^ (y as u32).wrapping_mul(0xc2b2_ae35) ^ seed;
    hash = (hash ^ (hash >> 15)).wrapping_mul(0x2c1b_3c6d);
    hash = (hash ^ (hash >> 12)).wrapping_mul(0x297a_2d39);
    ((hash ^ (hash >> 15)) >> 8) as f32 / 16_777_216.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn streams_of_different_names_differ_and_repeat() {
        let draw = |name: &str| Chance::new(7, name).seed();
        assert_eq!(draw("windows"), draw("windows"));
        assert_ne!(draw("windows"), draw("roofs"));
    }

    proptest! {
        #[test]
        fn tiling_noise_repeats(seed: u64, x in 0.0_f32..12.0, y in -5.0_f32..5.0) {
            let noise = Noise::tiling(seed, 12);
            prop_assert!((noise.fractal(x, y, 3) - noise.fractal(x + 12.0, y, 3)).abs() < 1e-3);
        }

        #[test]
        fn choices_stay_in_range(seed: u64, low in 0_u32..9, more in 0_u32..9) {
            let mut chance = Chance::new(seed, "test");
            let count = chance.count(low, low + more);
            prop_assert!((low..=low + more).contains(&count));
            prop_assert!((-1.0..=1.0).contains(&chance.spread()));
            let noise = Noise::new(seed).fractal(chance.range(-9.0, 9.0), 0.5, 4);
            prop_assert!((0.0..=1.0).contains(&noise));
        }
    }
}
