//! Together's videos and images.

use super::number;
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Debug, Serialize)]
pub(crate) struct CreateVideo {
    pub(crate) model: String,
    pub(crate) prompt: String,
    /// A string, although it is a number.
    pub(crate) seconds: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) resolution: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ratio: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) width: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) height: Option<u32>,
    pub(crate) seed: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) negative_prompt: Option<&'static str>,
    pub(crate) output_format: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) media: Option<Media>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Media {
    pub(crate) frame_images: Vec<FrameImage>,
}

#[derive(Debug, Serialize)]
pub(crate) struct FrameImage {
    pub(crate) input_image: String,
    pub(crate) frame: &'static str,
}

#[derive(Debug, Deserialize)]
pub(crate) struct VideoJob {
    pub(crate) id: String,
    pub(crate) status: String,
    #[serde(default)]
    pub(crate) outputs: Option<Outputs>,
    /// An object today; older jobs had it elsewhere.
    #[serde(default)]
    pub(crate) error: Option<Value>,
    #[serde(default)]
    pub(crate) info: Option<Info>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Outputs {
    /// Declared whole, really dollars and cents.
    #[serde(default, deserialize_with = "number")]
    pub(crate) cost: Option<f64>,
    #[serde(default)]
    pub(crate) video_url: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Info {
    #[serde(default)]
    pub(crate) errors: Option<Value>,
}

#[derive(Debug, Serialize)]
pub(crate) struct CreateImage {
    pub(crate) model: String,
    pub(crate) prompt: String,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) n: u32,
    pub(crate) seed: u32,
    pub(crate) response_format: &'static str,
    pub(crate) output_format: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) reference_images: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) image_url: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Images {
    #[serde(default)]
    pub(crate) data: Vec<Image>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Image {
    #[serde(default)]
    pub(crate) b64_json: Option<String>,
    #[serde(default)]
    pub(crate) url: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Model {
    pub(crate) id: String,
}
