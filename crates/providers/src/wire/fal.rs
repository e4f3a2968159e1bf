//! fal's queue, its webhooks, and what the apps we use send back.

use serde::Deserialize;
use serde_json::Value;

#[derive(Debug, Deserialize)]
pub(crate) struct Submitted {
    pub(crate) request_id: String,
    #[serde(default)]
    pub(crate) response_url: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Status {
    #[serde(rename = "status")]
    pub(crate) word: String,
    /// A job that failed is completed too, with these.
    #[serde(default)]
    pub(crate) error: Option<Value>,
    #[serde(default)]
    pub(crate) error_type: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct VideoResult {
    pub(crate) video: File,
}

#[derive(Debug, Deserialize)]
pub(crate) struct ImagesResult {
    #[serde(default)]
    pub(crate) images: Vec<File>,
    #[serde(default)]
    pub(crate) image: Option<File>,
    #[serde(default)]
    pub(crate) has_nsfw_concepts: Vec<bool>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct File {
    pub(crate) url: String,
}

/// `detail` is a text or a list of [`Complaint`]s.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ErrorBody {
    pub(crate) detail: Option<Value>,
    pub(crate) error_type: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Complaint {
    #[serde(rename = "type")]
    pub(crate) kind: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct WebhookBody {
    pub(crate) request_id: String,
    #[serde(default)]
    pub(crate) status: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct KeySet {
    #[serde(default)]
    pub(crate) keys: Vec<Key>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Key {
    #[serde(default)]
    pub(crate) kty: String,
    #[serde(default)]
    pub(crate) crv: String,
    /// The public key, Base64 for addresses.
    #[serde(default)]
    pub(crate) x: String,
}
