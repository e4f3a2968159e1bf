//! The film's grade, applied once to every sheet as it is baked, and to every particle's colour.
//!
//! Saturation and contrast are linear about a pivot, so they commute with blending: grading the sheets is grading the
//! finished picture, at no cost a frame.

use mv_core::{Look, Rgb};
use tiny_skia::PremultipliedColorU8;

/// Contrast turns about this level, a little under middle grey, so that night scenes do not sink.
const PIVOT: f32 = 0.40;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Grade {
    saturation: f32,
    contrast: f32,
}

impl Grade {
    /// For what has its colours already.
    pub(crate) const NONE: Self = Self { saturation: 1.0, contrast: 1.0 };

    pub(crate) fn of(look: &Look) -> Self {
        Self { saturation: look.saturation.clamp(0.0, 2.0), contrast: look.contrast.clamp(0.5, 1.6) }
    }

    /// Full-range luma 0–255 and chroma about 0 of a premultiplied pixel, with a share of some light added.
    #[inline]
    pub(crate) fn ycc(
        self,
        pixel: PremultipliedColorU8,
        light: Option<(PremultipliedColorU8, f32)>,
    ) -> [f32; 3] {
        let mut rgb = [pixel.red(), pixel.green(), pixel.blue()].map(f32::from);
        if let Some((light, share)) = light {
            let [r, g, b] = [light.red(), light.green(), light.blue()].map(f32::from);
            rgb = [rgb[0] + r * share, rgb[1] + g * share, rgb[2] + b * share];
        }
        self.graded(rgb, f32::from(pixel.alpha()))
    }

    /// The same for an opaque colour of light or of a particle.
    pub(crate) fn color(self, Rgb(r, g, b): Rgb, alpha: f32) -> [f32; 3] {
        self.graded([r, g, b].map(f32::from), 255.0 * alpha)
    }

    #[inline]
    fn graded(self, [r, g, b]: [f32; 3], alpha: f32) -> [f32; 3] {
        let y = 0.2126 * r + 0.7152 * g + 0.0722 * b;
        let (cb, cr) = ((b - y) * (1.0 / 1.8556), (r - y) * (1.0 / 1.5748));
        let chroma = self.saturation * self.contrast;
        let pivot = PIVOT * alpha;
        [(pivot + (y - pivot) * self.contrast).max(0.0), cb * chroma, cr * chroma]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_neutral_grade_changes_nothing() {
        let grade = Grade::NONE;
        let [y, cb, cr] = grade.color(Rgb(255, 255, 255), 1.0);
        assert!((y - 255.0).abs() < 0.01 && cb.abs() < 0.01 && cr.abs() < 0.01);
        let [y, cb, cr] = grade.color(Rgb(255, 0, 0), 1.0);
        assert!((y - 54.2).abs() < 0.1 && (cb + 29.2).abs() < 0.1 && (cr - 127.5).abs() < 0.1);
    }
}
