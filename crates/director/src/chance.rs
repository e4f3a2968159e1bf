//! Seeded choices. Each question gets its own stream, so that a change in one scene leaves the others as they were.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

pub(crate) struct Chance(ChaCha8Rng);

impl Chance {
    /// The stream of one question about one thing: the same three values always draw the same.
    pub(crate) fn of(seed: u64, question: &str, about: usize) -> Self {
        // FNV-1a over the question, then the thing: the stream cipher does the mixing.
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for byte in question.bytes().chain((about as u64).to_le_bytes()) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        Self(ChaCha8Rng::seed_from_u64(hash ^ seed.rotate_left(17)))
    }

    /// A number in `0.0..1.0`.
    pub(crate) fn unit(&mut self) -> f64 {
        f64::from(self.0.next_u32()) / (f64::from(u32::MAX) + 1.0)
    }

    /// A seed for a picture: 32 bits, so that JSON readers that hold numbers as doubles keep it whole.
    pub(crate) fn picture_seed(&mut self) -> u64 {
        u64::from(self.0.next_u32())
    }

    /// Index of one weight, in proportion; the first when none is above 0.
    pub(crate) fn weighted(&mut self, weights: impl Iterator<Item = f64> + Clone) -> usize {
        let total: f64 = weights.clone().filter(|w| *w > 0.0).sum();
        let mut left = self.unit() * total;
        let mut chosen = 0;
        for (index, weight) in weights.enumerate().filter(|(_, w)| *w > 0.0) {
            chosen = index;
            if left < weight {
                break;
            }
            left -= weight;
        }
        chosen
    }

    /// The items in an order that favours early places: for preference lists that are tried one by one.
    pub(crate) fn shuffled<T: Copy>(&mut self, items: &[T]) -> Vec<T> {
        let mut rest = items.to_vec();
        let mut order = Vec::with_capacity(rest.len());
        while !rest.is_empty() {
            let index = self.weighted((0..rest.len()).map(|i| 1.0 / (1.0 + i as f64 * 0.35)));
            order.push(rest.remove(index));
        }
        order
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_differ_by_question_and_repeat_by_seed() {
        let draw = |seed, question, about| Chance::of(seed, question, about).picture_seed();
        assert_eq!(draw(1, "place", 3), draw(1, "place", 3));
        assert_ne!(draw(1, "place", 3), draw(2, "place", 3));
        assert_ne!(draw(1, "place", 3), draw(1, "camera", 3));
        assert_ne!(draw(1, "place", 3), draw(1, "place", 4));
    }

    #[test]
    fn weights_of_nothing_are_never_drawn() {
        for seed in 0..200 {
            let drawn = Chance::of(seed, "w", 0).weighted([0.0, 2.0, 0.0, 1.0].into_iter());
            assert!(drawn == 1 || drawn == 3);
        }
        assert_eq!(Chance::of(1, "w", 0).weighted([0.0, 0.0].into_iter()), 0);
    }

    #[test]
    fn neighbouring_things_are_drawn_apart() {
        for seed in 0..20 {
            let low = (0..300).filter(|about| Chance::of(seed, "company", *about).unit() < 0.33).count();
            assert!((70..130).contains(&low), "{low} of 300 at seed {seed}");
            let changes = (0..300)
                .filter(|at| {
                    let below = |about| Chance::of(seed, "company", about).unit() < 0.5;
                    below(*at) != below(*at + 1)
                })
                .count();
            assert!((115..185).contains(&changes), "{changes} changes of 300 at seed {seed}");
        }
    }

    #[test]
    fn a_shuffle_keeps_every_item() {
        let mut order = Chance::of(9, "s", 0).shuffled(&[1, 2, 3, 4]);
        order.sort_unstable();
        assert_eq!(order, [1, 2, 3, 4]);
    }
}
