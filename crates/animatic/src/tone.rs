//! Colour as painters mix it: sRGB with components 0–1, blended the way flat illustration blends paint.

use mv_core::Rgb;

/// An sRGB colour with components 0–1 (more only on the way to a clamp).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tone {
    pub r: f32,
    pub g: f32,
    pub b: f32,
}

impl From<Rgb> for Tone {
    fn from(Rgb(r, g, b): Rgb) -> Self {
        Self { r: f32::from(r) / 255.0, g: f32::from(g) / 255.0, b: f32::from(b) / 255.0 }
    }
}

impl From<Tone> for Rgb {
    fn from(tone: Tone) -> Self {
        let byte = |v: f32| (v.clamp(0.0, 1.0) * 255.0 + 0.5) as u8;
        Self(byte(tone.r), byte(tone.g), byte(tone.b))
    }
}

impl Tone {
    pub const BLACK: Self = Self::new(0.0, 0.0, 0.0);
    pub const WHITE: Self = Self::new(1.0, 1.0, 1.0);

    pub const fn new(r: f32, g: f32, b: f32) -> Self {
        Self { r, g, b }
    }

    /// From `0xrrggbb`.
    pub const fn hex(code: u32) -> Self {
        Self {
            r: ((code >> 16) & 255) as f32 / 255.0,
            g: ((code >> 8) & 255) as f32 / 255.0,
            b: (code & 255) as f32 / 255.0,
        }
    }

    fn map2(self, other: Self, f: impl Fn(f32, f32) -> f32) -> Self {
        Self::new(f(self.r, other.r), f(self.g, other.g), f(self.b, other.b))
    }

    /// `share` 0 is this tone, 1 the other.
    #[must_use]
    pub fn mix(self, other: Self, share: f32) -> Self {
        self.map2(other, |a, b| a + (b - a) * share)
    }

    /// Brightness scaled; 1 leaves it.
    #[must_use]
    pub fn scale(self, factor: f32) -> Self {
        Self::new(self.r * factor, self.g * factor, self.b * factor)
    }

    /// As if lit by `light`, or seen through a filter of that colour.
    #[must_use]
    pub fn multiply(self, light: Self) -> Self {
        self.map2(light, |a, b| a * b)
    }

    /// Light added to light: never darker, never above white.
    #[must_use]
    pub fn screen(self, light: Self) -> Self {
        self.map2(light, |a, b| 1.0 - (1.0 - a.min(1.0)) * (1.0 - b.min(1.0)))
    }

    /// Perceived brightness (Rec. 709 weights on the gamma-coded components).
    pub fn luma(self) -> f32 {
        0.2126 * self.r + 0.7152 * self.g + 0.0722 * self.b
    }

    /// Distance of the strongest from the weakest component: how colourful it is.
    pub fn chroma(self) -> f32 {
        self.r.max(self.g).max(self.b) - self.r.min(self.g).min(self.b)
    }

    /// Saturation scaled about its own brightness; 0 is grey, 1 leaves it.
    #[must_use]
    pub fn saturate(self, factor: f32) -> Self {
        let grey = self.luma();
        Self::new(grey, grey, grey).mix(self, factor).clamp()
    }

    /// Mixed like [`mix`](Self::mix), but without the dull grey between two opposite hues: the colourfulness of the
    /// result lies between those of the two.
    #[must_use]
    pub fn mix_vivid(self, other: Self, share: f32) -> Self {
        let plain = self.mix(other, share);
        let wanted = self.chroma() + (other.chroma() - self.chroma()) * share;
        let got = plain.chroma();
        if got < 0.02 { plain } else { plain.saturate((wanted / got).clamp(1.0, 1.8)) }
    }

    #[must_use]
    pub fn clamp(self) -> Self {
        Self::new(self.r.clamp(0.0, 1.0), self.g.clamp(0.0, 1.0), self.b.clamp(0.0, 1.0))
    }

    /// The same hue at a given brightness, 0–1.
    #[must_use]
    pub fn with_luma(self, luma: f32) -> Self {
        let now = self.luma();
        if now > luma || now < 1e-4 {
            return self.scale(if now < 1e-4 { 0.0 } else { luma / now });
        }
        self.mix(Self::WHITE, (luma - now) / (1.0 - now).max(1e-4))
    }
}

/// 0 at `from`, 1 at `to`, eased at both ends; the two may stand in either order.
pub fn smooth_step(from: f32, to: f32, x: f32) -> f32 {
    let t = ((x - from) / (to - from)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// The colour of a gradient of equally spaced tones at `at`, 0–1.
pub fn ramp(tones: &[Tone], at: f32) -> Tone {
    let Some(last) = tones.len().checked_sub(1) else { return Tone::BLACK };
    let position = at.clamp(0.0, 1.0) * last as f32;
    let left = (position as usize).min(last);
    tones[left].mix(tones[(left + 1).min(last)], position - left as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tones_survive_the_way_to_bytes() {
        for rgb in [Rgb(0, 0, 0), Rgb(255, 137, 89), Rgb(1, 128, 254)] {
            assert_eq!(Rgb::from(Tone::from(rgb)), rgb);
        }
        assert_eq!(Tone::hex(0xff_89_59), Tone::from(Rgb(255, 137, 89)));
    }

    #[test]
    fn opposite_hues_do_not_meet_in_grey() {
        let (blue, orange) = (Tone::hex(0x20_60_c0), Tone::hex(0xff_a0_40));
        assert!(blue.mix_vivid(orange, 0.5).chroma() > blue.mix(orange, 0.5).chroma());
    }

    #[test]
    fn luma_is_reached_from_both_sides() {
        for luma in [0.1, 0.5, 0.9] {
            assert!((Tone::hex(0x80_40_c0).with_luma(luma).luma() - luma).abs() < 1e-3);
        }
    }

    #[test]
    fn a_ramp_passes_through_its_tones() {
        let tones = [Tone::BLACK, Tone::hex(0xff_00_00), Tone::WHITE];
        assert_eq!(ramp(&tones, 0.5), tones[1]);
        assert_eq!(ramp(&tones, 2.0), tones[2]);
    }
}
