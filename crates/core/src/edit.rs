//! Changes of a finished picture: by instruction, in a part of it, or of the text in it.

use serde::{Deserialize, Serialize};

/// What an instruction is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Focus {
    /// What the picture means: a person turned, a style changed. Everything may be drawn anew.
    Semantic,
    /// How one thing looks: a colour, a sign. All else stays.
    Appearance,
    #[default]
    Dual,
}

/// New text for a sign, a page, a neon tube.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextEdit {
    pub from: String,
    pub to: String,
    #[serde(default = "yes")]
    pub keep_font: bool,
}

fn yes() -> bool {
    true
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    Instruction {
        text: String,
        #[serde(default)]
        focus: Focus,
        #[serde(default)]
        keep_layout: bool,
    },
    Text(Vec<TextEdit>),
}

/// A rectangle, in parts of the picture's width and height: 0–1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Region {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

impl Region {
    /// Whether it lies in the picture and holds any of it.
    pub fn is_inside(&self) -> bool {
        let Self { x, y, width, height } = *self;
        x >= 0.0 && y >= 0.0 && width > 0.0 && height > 0.0 && x + width <= 1.0 && y + height <= 1.0
    }
}
