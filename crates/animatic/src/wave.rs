//! Sines, exponentials, noise and hashes with the same bits on every machine.
//!
//! The platform's `sin` and `exp` differ in their last bits between C libraries; one such bit, rounded the other way,
//! would change a pixel. These come from one pure-Rust library, whatever the platform.

/// Sine of an angle counted in turns (1 is a full circle).
pub(crate) fn sine(turns: f64) -> f64 {
    libm::sin((turns - turns.round()) * std::f64::consts::TAU)
}

pub(crate) fn cosine(turns: f64) -> f64 {
    sine(turns + 0.25)
}

pub(crate) fn ln(x: f64) -> f64 {
    libm::log(x)
}

pub(crate) fn exp(x: f64) -> f64 {
    libm::exp(x)
}

/// `SplitMix64`'s finaliser: a well mixed 64-bit hash of a seed and a counter.
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
    fn wandering_is_smooth_and_bounded() {
        for step in 0..4000 {
            let t = f64::from(step) / 60.0;
            assert!(wander(7, t, 1.5).abs() <= 1.0);
            assert!((wander(7, t, 1.5) - wander(7, t + 1.0 / 60.0, 1.5)).abs() < 0.1);
        }
    }
}
