//! What the services really send and take, one file a service. Only the fields we use: all others are ignored.

pub(crate) mod comfyui;
pub(crate) mod fal;
pub(crate) mod gemini;
pub(crate) mod kling;
pub(crate) mod openai;
pub(crate) mod runway;
pub(crate) mod together;

use serde::{Deserialize, Deserializer};

/// A number that some answers write as a string.
pub(crate) fn number<'de, D: Deserializer<'de>>(from: D) -> Result<Option<f64>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Number(f64),
        Text(String),
        Other(serde::de::IgnoredAny),
    }
    Ok(match Option::<Either>::deserialize(from)? {
        Some(Either::Number(number)) => Some(number),
        Some(Either::Text(text)) => text.trim().parse().ok(),
        Some(Either::Other(_)) | None => None,
    })
}
