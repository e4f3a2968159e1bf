//! Runway's tasks.

use serde::{Deserialize, Serialize};

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ImageToVideo<'a> {
    pub(crate) model: &'a str,
    pub(crate) prompt_image: String,
    pub(crate) prompt_text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ratio: Option<&'a str>,
    pub(crate) duration: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) seed: Option<u32>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TextToImage<'a> {
    pub(crate) model: &'a str,
    pub(crate) prompt_text: String,
    pub(crate) ratio: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) seed: Option<u32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) reference_images: Vec<ReferenceImage>,
}

#[derive(Debug, Serialize)]
pub(crate) struct ReferenceImage {
    pub(crate) uri: String,
    pub(crate) tag: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Created {
    pub(crate) id: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Task {
    pub(crate) status: String,
    #[serde(default)]
    pub(crate) progress: Option<f32>,
    #[serde(default)]
    pub(crate) output: Vec<String>,
    #[serde(default)]
    pub(crate) failure: Option<String>,
    #[serde(default)]
    pub(crate) failure_code: Option<String>,
    #[serde(default)]
    pub(crate) cost: Option<Cost>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Cost {
    #[serde(default)]
    pub(crate) credits: f64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ErrorBody {
    pub(crate) error: String,
    pub(crate) issues: Vec<Issue>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Issue {
    pub(crate) path: Vec<serde_json::Value>,
    pub(crate) message: String,
}
