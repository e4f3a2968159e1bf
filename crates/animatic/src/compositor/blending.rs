//! How rows of samples meet: laid over, added, veiled. Luma is 8.8 from 0, chroma is 8.8 about 0.
//!
//! Each loop is compiled for the widest vectors of the machine; all are on integers, so the bytes are the same.

#![expect(
    clippy::inline_always,
    reason = "what is not inlined is not compiled for the machine's own vectors"
)]

use crate::sampler::share;
use fearless_simd::{Level, dispatch};

/// Samples of chroma are stored about 128; this is 128 in 8.8.
const CHROMA_ZERO: u16 = 1 << 15;

/// The signed counterpart of [`share`], with a share of 32768.
#[inline(always)]
fn share_signed(a: i16, b: i16) -> i16 {
    (((i32::from(a) * i32::from(b)) >> 16) as i16) << 1
}

/// What shows through a cover of `alpha`, 8.8 of 255, as a share of 65535.
#[inline(always)]
fn through(alpha: u16) -> u16 {
    !(alpha + (alpha >> 8))
}

/// Makes samples fainter; `opacity` is a share of 65536.
pub(super) fn fade(values: &mut [u16], opacity: u16) {
    #[inline(always)]
    fn each(values: &mut [u16], opacity: u16) {
        for value in values {
            *value = share(*value, opacity);
        }
    }
    dispatch!(Level::new(), _ => each(values, opacity));
}

/// Lays premultiplied luma over what is there.
pub(super) fn over_luma(under: &mut [u16], color: &[u16], alpha: &[u16]) {
    #[inline(always)]
    fn each(under: &mut [u16], color: &[u16], alpha: &[u16]) {
        for ((under, color), alpha) in under.iter_mut().zip(color).zip(alpha) {
            *under = share(*under, through(*alpha)).saturating_add(*color);
        }
    }
    dispatch!(Level::new(), _ => each(under, color, alpha));
}

/// Lays premultiplied chroma over what is there; `alpha` is faded already, the colour by `opacity` (of 32767) here.
pub(super) fn over_chroma(under: &mut [i16], color: &[u16], alpha: &[u16], opacity: i16) {
    #[inline(always)]
    fn each(under: &mut [i16], color: &[u16], alpha: &[u16], opacity: i16) {
        for ((under, color), alpha) in under.iter_mut().zip(color).zip(alpha) {
            let through = (through(*alpha) >> 1) as i16;
            let color = color.wrapping_sub(CHROMA_ZERO) as i16;
            // A full opacity of 32767 leaves colour as good as whole.
            let color = share_signed(color, opacity);
            *under = share_signed(*under, through).saturating_add(color);
        }
    }
    dispatch!(Level::new(), _ => each(under, color, alpha, opacity));
}

/// Puts opaque chroma in place of what is there.
pub(super) fn set_chroma(under: &mut [i16], color: &[u16]) {
    #[inline(always)]
    fn each(under: &mut [i16], color: &[u16]) {
        for (under, color) in under.iter_mut().zip(color) {
            *under = color.wrapping_sub(CHROMA_ZERO) as i16;
        }
    }
    dispatch!(Level::new(), _ => each(under, color));
}

/// Calls `meet` with every sample of a full-size row and what half-size `light` is there: each sample of it at its own
/// column, its mean with the next in between.
#[inline(always)]
fn doubled(under: &mut [u16], light: &[u16], meet: impl Fn(u16, u16) -> u16) {
    let (pairs, _) = under.as_chunks_mut::<2>();
    let Some((last_pair, pairs)) = pairs.split_last_mut() else { return };
    let Some((last, after)) = light.last().zip(light.get(1..)) else { return };
    for ((pair, here), next) in pairs.iter_mut().zip(light).zip(after) {
        let between = (here >> 1) + (next >> 1);
        *pair = [meet(pair[0], *here), meet(pair[1], between)];
    }
    *last_pair = last_pair.map(|under| meet(under, *last));
}

/// Adds half-size light to a row of full size.
pub(super) fn add_luma(under: &mut [u16], light: &[u16], gain: u16) {
    dispatch!(Level::new(), _ => {
        doubled(under, light, #[inline(always)] |under, light| under.saturating_add(share(light, gain)));
    });
}

pub(super) fn add_chroma(under: &mut [i16], light: &[u16], gain: i16) {
    #[inline(always)]
    fn each(under: &mut [i16], light: &[u16], gain: i16) {
        for (under, light) in under.iter_mut().zip(light) {
            let light = light.wrapping_sub(CHROMA_ZERO) as i16;
            *under = under.saturating_add(share_signed(light, gain));
        }
    }
    dispatch!(Level::new(), _ => each(under, light, gain));
}

/// Covers a row of full size with one luma, by half-size `alpha`.
pub(super) fn veil_luma(under: &mut [u16], alpha: &[u16], color: u16) {
    dispatch!(Level::new(), _ => {
        doubled(under, alpha, #[inline(always)] |under, alpha| {
            share(under, through(alpha)).saturating_add(share(color, alpha + (alpha >> 8)))
        });
    });
}

/// Covers a row of chroma with one colour.
pub(super) fn veil_chroma(under: &mut [i16], alpha: &[u16], color: i16) {
    #[inline(always)]
    fn each(under: &mut [i16], alpha: &[u16], color: i16) {
        for (under, alpha) in under.iter_mut().zip(alpha) {
            let kept = share_signed(*under, (through(*alpha) >> 1) as i16);
            *under = kept.saturating_add(share_signed(color, ((alpha + (alpha >> 8)) >> 1) as i16));
        }
    }
    dispatch!(Level::new(), _ => each(under, alpha, color));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_veil_is_empty_whole_or_in_between() {
        let alpha = |level: u16| vec![level << 8; 16];
        let veiled = |level: u16| {
            let mut luma = vec![40_u16 << 8; 32];
            veil_luma(&mut luma, &alpha(level), 200 << 8);
            assert!(luma.iter().all(|sample| *sample == luma[0]), "an even veil is even to its last sample");
            let mut chroma = vec![-30_i16 << 8; 16];
            veil_chroma(&mut chroma, &alpha(level), 60 << 8);
            (f64::from(luma[0]) / 256.0, f64::from(chroma[7]) / 256.0)
        };
        for (level, luma, chroma) in [(0, 40.0, -30.0), (255, 200.0, 60.0), (128, 120.3, 15.2)] {
            let found = veiled(level);
            assert!((found.0 - luma).abs() < 0.1 && (found.1 - chroma).abs() < 0.1, "{level}: {found:?}");
        }
    }

    #[test]
    fn light_of_half_size_falls_on_every_column() {
        let mut luma = vec![10_u16 << 8; 8];
        add_luma(&mut luma, &[0, 80 << 8, 80 << 8, 0], u16::MAX);
        let levels: Vec<u16> = luma.iter().map(|sample| (sample + 128) >> 8).collect();
        assert_eq!(levels, [10, 50, 90, 90, 90, 50, 10, 10]);
    }
}
