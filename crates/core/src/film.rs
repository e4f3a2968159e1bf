//! How a storyboard becomes a file: canvas, rate, quality, grade, captions, watermark.

use crate::units::{Canvas, FrameRate};
use crate::vocabulary::Grade;
use serde::{Deserialize, Serialize};

/// How much work the encoder may do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Quality {
    /// Fast to make, larger and softer: for looking at while editing.
    Draft,
    #[default]
    Standard,
    /// For publishing.
    High,
}

impl std::str::FromStr for Quality {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "draft" => Ok(Self::Draft),
            "standard" => Ok(Self::Standard),
            "high" => Ok(Self::High),
            _ => Err(format!("`{text}` is not a quality: choose draft, standard or high")),
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CaptionStyle {
    None,
    /// The line, whole.
    #[default]
    Line,
    /// The line, each word lit as it is sung.
    Karaoke,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Corner {
    TopLeft,
    TopRight,
    BottomLeft,
    BottomRight,
}

impl std::str::FromStr for Corner {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "top-left" => Ok(Self::TopLeft),
            "top-right" => Ok(Self::TopRight),
            "bottom-left" => Ok(Self::BottomLeft),
            "bottom-right" => Ok(Self::BottomRight),
            _ => Err(format!(
                "`{text}` is not a corner: choose top-left, top-right, bottom-left or bottom-right"
            )),
        }
    }
}

/// Loudness of the sound track, by EBU R128 / ITU-R BS.1770.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoudnessTarget {
    /// Integrated loudness in LUFS.
    pub integrated_lufs: f64,
    /// Highest true peak in dBTP.
    pub true_peak_dbtp: f64,
}

impl Default for LoudnessTarget {
    fn default() -> Self {
        Self { integrated_lufs: -14.0, true_peak_dbtp: -1.0 }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct FilmSettings {
    pub canvas: Canvas,
    pub frame_rate: FrameRate,
    pub quality: Quality,
    pub grade: Grade,
    pub captions: CaptionStyle,
    pub loudness: LoudnessTarget,
}
