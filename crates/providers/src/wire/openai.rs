//! The language of OpenAI that many servers speak: images, words, transcription, and how errors look.

use super::number;
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Debug, Serialize)]
pub(crate) struct CreateImage {
    pub(crate) model: String,
    pub(crate) prompt: String,
    pub(crate) n: u32,
    pub(crate) size: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) response_format: Option<&'static str>,
    /// What only some servers take.
    #[serde(flatten)]
    pub(crate) extra: serde_json::Map<String, Value>,
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

#[derive(Debug, Serialize)]
pub(crate) struct Chat {
    pub(crate) model: String,
    pub(crate) messages: Vec<Message>,
    pub(crate) response_format: ResponseFormat,
}

#[derive(Debug, Serialize)]
pub(crate) struct Message {
    pub(crate) role: &'static str,
    pub(crate) content: Vec<Piece>,
}

#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Piece {
    Text { text: String },
    ImageUrl { image_url: ImageUrl },
}

#[derive(Debug, Serialize)]
pub(crate) struct ImageUrl {
    pub(crate) url: String,
}

#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum ResponseFormat {
    JsonSchema {
        json_schema: NamedSchema,
    },
    /// For servers that know no schemas.
    JsonObject,
}

#[derive(Debug, Serialize)]
pub(crate) struct NamedSchema {
    pub(crate) name: &'static str,
    pub(crate) strict: bool,
    pub(crate) schema: Value,
}

#[derive(Debug, Deserialize)]
pub(crate) struct ChatAnswer {
    #[serde(default)]
    pub(crate) choices: Vec<Choice>,
    #[serde(default)]
    pub(crate) usage: Option<Usage>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Choice {
    pub(crate) message: Said,
    #[serde(default)]
    pub(crate) finish_reason: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Said {
    #[serde(default)]
    pub(crate) content: Option<String>,
    #[serde(default)]
    pub(crate) refusal: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Usage {
    pub(crate) prompt_tokens: u64,
    pub(crate) completion_tokens: u64,
}

/// Everything but the text may be missing.
#[derive(Debug, Deserialize)]
pub(crate) struct Transcription {
    #[serde(default)]
    pub(crate) text: String,
    #[serde(default, deserialize_with = "number")]
    pub(crate) duration: Option<f64>,
    #[serde(default)]
    pub(crate) words: Option<Vec<Word>>,
    #[serde(default)]
    pub(crate) segments: Option<Vec<Segment>>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Word {
    #[serde(rename = "word")]
    pub(crate) text: String,
    pub(crate) start: f64,
    pub(crate) end: f64,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Segment {
    pub(crate) start: f64,
    pub(crate) end: f64,
    #[serde(default)]
    pub(crate) text: String,
    #[serde(default)]
    pub(crate) words: Option<Vec<Word>>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Models {
    #[serde(default)]
    pub(crate) data: Vec<Model>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Model {
    pub(crate) id: String,
}

/// OpenAI's own errors, `FastAPI`'s, and those of servers that send a message alone.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ErrorBody {
    error: Option<Value>,
    detail: Option<Value>,
    message: Option<String>,
}

impl ErrorBody {
    pub(crate) fn code(&self) -> &str {
        self.error.as_ref().and_then(|error| error["code"].as_str()).unwrap_or_default()
    }

    pub(crate) fn message(&self) -> String {
        let of_error = self.error.as_ref().and_then(|error| error["message"].as_str().or(error.as_str()));
        let of_detail = || self.detail.as_ref().map(detail);
        of_error.map(str::to_owned).or_else(of_detail).or_else(|| self.message.clone()).unwrap_or_default()
    }
}

/// `FastAPI`'s `detail`: a text, or a list of complaints about fields.
pub(crate) fn detail(detail: &Value) -> String {
    if let Some(text) = detail.as_str() {
        return text.to_owned();
    }
    let complaint = |one: &Value| {
        let place: Vec<_> = one["loc"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let message = one["msg"].as_str().unwrap_or_default();
        if place.is_empty() { message.to_owned() } else { format!("{}: {message}", place.join(".")) }
    };
    detail.as_array().into_iter().flatten().map(complaint).collect::<Vec<_>>().join("; ")
}
