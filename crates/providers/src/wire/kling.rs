//! Kling's own API: the first, where the body names the model, and the second, where the path does.

use super::number;
use serde::{Deserialize, Serialize};

#[derive(Debug, Serialize)]
pub(crate) struct ImageToVideo<'a> {
    pub(crate) model_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mode: Option<&'a str>,
    /// A string, although it is a number.
    pub(crate) duration: String,
    /// Base64 without a `data:` prefix, or an address.
    pub(crate) image: String,
    pub(crate) prompt: String,
    pub(crate) negative_prompt: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cfg_scale: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) camera_control: Option<CameraControl>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) callback_url: Option<&'a str>,
    pub(crate) external_task_id: &'a str,
}

#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct CameraControl {
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) config: Option<CameraConfig>,
}

/// One of them, -10 to 10.
#[derive(Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CameraConfig {
    Horizontal(f64),
    Vertical(f64),
    Pan(f64),
    Tilt(f64),
    Zoom(f64),
}

#[derive(Debug, Serialize)]
pub(crate) struct Create2<'a> {
    pub(crate) contents: Vec<Content2>,
    pub(crate) settings: Settings2,
    pub(crate) options: Options2<'a>,
}

#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Content2 {
    Prompt { text: String },
    FirstFrame { url: String },
}

#[derive(Debug, Serialize)]
pub(crate) struct Settings2 {
    pub(crate) resolution: String,
    /// A number here.
    pub(crate) duration: u32,
}

#[derive(Debug, Serialize)]
pub(crate) struct Options2<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) callback_url: Option<&'a str>,
    pub(crate) external_task_id: &'a str,
    pub(crate) watermark_info: WatermarkInfo,
}

#[derive(Debug, Serialize)]
pub(crate) struct WatermarkInfo {
    pub(crate) enabled: bool,
}

/// Success needs status 200 and code 0.
#[derive(Debug, Deserialize)]
pub(crate) struct Envelope<T> {
    #[serde(default)]
    pub(crate) code: i64,
    #[serde(default)]
    pub(crate) message: String,
    pub(crate) data: Option<T>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Task1 {
    pub(crate) task_id: String,
    pub(crate) task_status: String,
    #[serde(default)]
    pub(crate) task_status_msg: Option<String>,
    #[serde(default)]
    pub(crate) task_info: Option<TaskInfo>,
    #[serde(default, deserialize_with = "number")]
    pub(crate) final_unit_deduction: Option<f64>,
    #[serde(default)]
    pub(crate) task_result: Option<TaskResult>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct TaskInfo {
    #[serde(default)]
    pub(crate) external_task_id: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct TaskResult {
    #[serde(default)]
    pub(crate) videos: Vec<Output>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Task2 {
    pub(crate) id: String,
    pub(crate) status: String,
    #[serde(default)]
    pub(crate) message: Option<String>,
    #[serde(default)]
    pub(crate) external_id: Option<String>,
    #[serde(default)]
    pub(crate) outputs: Vec<Output>,
    #[serde(default)]
    pub(crate) billing: Vec<Billing>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Output {
    #[serde(default, rename = "type")]
    pub(crate) kind: Option<String>,
    #[serde(default)]
    pub(crate) url: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Billing {
    #[serde(default)]
    pub(crate) charge_type: String,
    #[serde(default, deserialize_with = "number")]
    pub(crate) amount: Option<f64>,
}
