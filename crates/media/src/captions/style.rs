//! How captions look: the styles a template may name, kept as data in `styles.toml`.

use mv_core::Rgb;
use serde::{Deserialize, Serialize};

/// One caption style. Lengths are in em (parts of the type size) unless said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaptionLook {
    pub id: String,
    pub name: BilingualName,
    /// Type size as a part of the picture's short side.
    pub size: f64,
    /// Extra space between letters.
    pub spacing: f64,
    /// Colour of a line caption.
    pub fill: Rgb,
    /// Karaoke: a word before it is sung, and after.
    pub waiting: Rgb,
    pub waiting_opacity: f64,
    pub sung: Rgb,
    /// The crisp edge of the letters.
    pub outline: Edge,
    /// The soft darkening, or glow, behind them.
    pub halo: Edge,
    pub reveal: Reveal,
    /// Milliseconds.
    pub fade_in: u32,
    pub fade_out: u32,
}

/// A style's name for people.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BilingualName {
    pub en: String,
    pub ko: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edge {
    pub color: Rgb,
    pub width: f64,
    pub blur: f64,
    pub opacity: f64,
}

/// How a line arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reveal {
    Fade,
    /// Letter by letter.
    Type,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StyleSheet {
    style: Vec<CaptionLook>,
}

const SHEET: &str = include_str!("styles.toml");

impl CaptionLook {
    /// Every style this build has, in the order of the sheet.
    pub fn all() -> Vec<Self> {
        // The sheet is part of the program and a test reads it: an empty list cannot leave the build.
        toml::from_str::<StyleSheet>(SHEET).map(|sheet| sheet.style).unwrap_or_default()
    }

    /// The style with this id; the error names those there are.
    pub fn named(id: &str) -> Result<Self, String> {
        let mut styles = Self::all();
        if let Some(index) = styles.iter().position(|style| style.id == id) {
            return Ok(styles.swap_remove(index));
        }
        let known: Vec<_> = styles.iter().map(|style| style.id.as_str()).collect();
        Err(format!("`{id}` is not a caption style: choose {}", known.join(", ")))
    }

    /// The same style with another colour for what is sung (a template's accent), and for its glow where it has one.
    #[must_use]
    pub fn with_accent(mut self, accent: Rgb) -> Self {
        if self.sung == self.fill && self.reveal == Reveal::Fade {
            self.outline.color = accent;
        } else {
            self.sung = accent;
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sheet_reads_and_its_values_are_sane() {
        let sheet: StyleSheet = toml::from_str(SHEET).unwrap();
        let ids: Vec<_> = sheet.style.iter().map(|s| s.id.as_str()).collect();
        assert_eq!(ids, ["clean", "bold", "typewriter", "neon", "cinema"]);
        for style in CaptionLook::all() {
            assert!((0.03..0.1).contains(&style.size), "{}", style.id);
            for edge in [&style.outline, &style.halo] {
                assert!((0.0..=0.3).contains(&edge.width) && (0.0..=0.5).contains(&edge.blur));
                assert!((0.3..=1.0).contains(&edge.opacity), "{} must stay legible", style.id);
            }
        }
    }

    #[test]
    fn an_unknown_style_is_answered_with_the_known_ones() {
        let error = CaptionLook::named("comic").unwrap_err();
        assert!(error.contains("`comic`") && error.contains("neon"), "{error}");
    }
}
