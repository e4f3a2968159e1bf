//! Sines, exponentials, noise and hashes with the same bits on every machine.
//!
//! The platform's `sin` and `exp` differ in their last bits between C libraries; one such bit, rounded the other way,
//! would change a pixel. These use only the operations that IEEE 754 fixes exactly.

/// Sine of an angle counted in turns (1 is a full circle); within 1e-8 of the truth.
pub(crate) fn sine(turns: f64) -> f64 {
    let x = turns - turns.round();
    // The quarter next to zero is enough: sine is symmetric about ±1/4 turn.
    let x = if x > 0.25 { 0.5 - x } else { x };
    let x = if x < -0.25 { -0.5 - x } else { x };
    let a = x * std::f64::consts::TAU;
    let s = a * a;
    a * (1.0
        - s / 6.0
            * (1.0 - s / 20.0 * (1.0 - s / 42.0 * (1.0 - s / 72.0 * (1.0 - s / 110.0 * (1.0 - s / 156.0))))))
}

pub(crate) fn cosine(turns: f64) -> f64 {
    sine(turns + 0.25)
}

/// e to the power of `x`, for small |x| (within 1e-9 up to 1).
pub(crate) fn exp(x: f64) -> f64 {
    let mut sum = 1.0;
    for n in (1..=14).rev() {
        sum = 1.0 + x / f64::from(n) * sum;
    }
    sum
}

/// SplitMix64's finaliser: a well mixed 64-bit hash of a seed and a counter.
pub(crate) fn hash(seed: u64, index: u64) -> u64 {
    let mut z = seed.wrapping_add(index.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A number in 0..1 that depends on nothing but `seed` and `index`.
pub(crate) fn unit(seed: u64, index: u64) -> f64 {
    (hash(seed, index) >> 11) as f64 / (1_u64 << 53) as f64
}

/// Smooth wandering about 0 within ±1: sines of unrelated frequencies up to `hertz`, so strictly band-limited.
pub(crate) fn wander(seed: u64, seconds: f64, hertz: f64) -> f64 {
    const VOICES: [(f64, f64); 5] = [(1.0, 0.14), (0.719, 0.20), (0.467, 0.24), (0.293, 0.22), (0.131, 0.20)];
    VOICES
        .iter()
        .zip(0..)
        .map(|((pitch, level), voice)| level * sine(seconds * hertz * pitch + unit(seed, voice)))
        .sum()
}

/// 0 below `low`, 1 above `high`, and a smooth step between them.
pub(crate) fn smoothstep(low: f64, high: f64, x: f64) -> f64 {
    let t = ((x - low) / (high - low)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sine_and_exp_are_those_of_the_books() {
        for step in -400..400 {
            let turns = f64::from(step) / 93.0;
            assert!((sine(turns) - (turns * std::f64::consts::TAU).sin()).abs() < 1e-8, "{turns}");
            assert!((cosine(turns) - (turns * std::f64::consts::TAU).cos()).abs() < 1e-8, "{turns}");
            let x = f64::from(step) / 400.0;
            assert!((exp(x) - x.exp()).abs() < 1e-9, "{x}");
        }
    }

    #[test]
    fn wandering_is_smooth_and_bounded() {
        for step in 0..4000 {
            let t = f64::from(step) / 60.0;
            assert!(wander(7, t, 1.5).abs() <= 1.0);
            assert!((wander(7, t, 1.5) - wander(7, t + 1.0 / 60.0, 1.5)).abs() < 0.1);
        }
    }
}
