//! The look of a film: its colours and its texture, chosen by a template and carried inside the plan.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;
use std::str::FromStr;

/// An sRGB colour, written `#rrggbb`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rgb(pub u8, pub u8, pub u8);

impl fmt::Display for Rgb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }
}

impl FromStr for Rgb {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let unknown = || format!("`{text}` is not a colour: write it like `#ff8959`");
        let digits = text.strip_prefix('#').ok_or_else(unknown)?;
        if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(unknown());
        }
        let part = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).map_err(|_| unknown());
        Ok(Self(part(0)?, part(2)?, part(4)?))
    }
}

impl Serialize for Rgb {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Rgb {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// Colours and texture of a whole film. Levels are 0–1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Look {
    /// Pulls the darkest parts: near-black with a tint.
    pub shadows: Rgb,
    /// The body colour of buildings, hills, walls.
    pub midtones: Rgb,
    /// The colour of the key light and the sky's glow.
    pub highlights: Rgb,
    /// Signs, windows, costumes, particles: two to four colours.
    pub accents: Vec<Rgb>,
    /// How strongly the palette overrides the natural colours of the hour.
    pub tint: f32,
    pub saturation: f32,
    pub contrast: f32,
    /// Air between near and far.
    pub haze: f32,
    /// Glow around lights.
    pub bloom: f32,
    pub grain: f32,
    pub vignette: f32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_six_digits() {
        assert_eq!("#ff8959".parse::<Rgb>(), Ok(Rgb(255, 0x89, 0x59)));
        assert!("#fff".parse::<Rgb>().is_err());
        assert!("#ggg000".parse::<Rgb>().is_err());
        assert!("#é000a".parse::<Rgb>().is_err());
    }
}
