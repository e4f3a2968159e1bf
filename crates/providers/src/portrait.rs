//! What vision models are asked about photos of a person, and how their answer is read.

use crate::capability::PhotoFacts;
use serde::Deserialize;
use serde_json::{Value, json};

pub(crate) const INSTRUCTIONS: &str = "You describe people for a film crew that must recognise them. Say what can be \
    seen, never who somebody is, and nothing about health, origin, belief or worth.";

pub(crate) const QUESTION: &str = "These photos show one person. Describe their looks in one or two sentences for a \
    painter, name the features by which they are recognised (face shape, eyes, nose, mouth, hair, marks, build), their \
    wardrobe and manner, and how sure you are, from 0 to 1, that all photos show the same person clearly.";

pub(crate) fn schema() -> Value {
    json!({
        "type": "object",
        "properties": {
            "description": { "type": "string" },
            "key_features": { "type": "array", "items": { "type": "string" } },
            "style": { "type": "string" },
            "confidence": { "type": "number" }
        },
        "required": ["description", "key_features", "style", "confidence"],
        "additionalProperties": false
    })
}

/// Nobody is recognised by more.
const MOST_FEATURES: usize = 20;
const LONGEST: usize = 1000;

pub(crate) fn read(answer: Value) -> Result<PhotoFacts, String> {
    #[derive(Deserialize)]
    struct Read {
        description: String,
        #[serde(default)]
        key_features: Vec<String>,
        #[serde(default)]
        style: String,
        confidence: Option<f64>,
    }
    let read: Read = serde_json::from_value(answer).map_err(|error| format!("the description: {error}"))?;
    let bounded = |text: &str| text.trim().chars().take(LONGEST).collect::<String>();
    let description = bounded(&read.description);
    if description.is_empty() {
        return Err("the description is empty".to_owned());
    }
    let features =
        read.key_features.iter().map(|feature| bounded(feature)).filter(|feature| !feature.is_empty());
    Ok(PhotoFacts {
        description,
        key_features: features.take(MOST_FEATURES).collect(),
        style: bounded(&read.style),
        // A model that says nothing of it is not sure.
        confidence: read.confidence.filter(|sure| sure.is_finite()).unwrap_or(0.0).clamp(0.0, 1.0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_within_bounds() {
        let read = |answer| read(answer);
        let facts =
            read(json!({"description": " Short hair. ", "key_features": ["scar", " "], "confidence": 7}));
        let facts = facts.unwrap();
        assert_eq!(
            (facts.description.as_str(), facts.key_features.len(), facts.confidence),
            ("Short hair.", 1, 1.0)
        );
        assert!(read(json!({"description": "x"})).unwrap().confidence < f64::EPSILON);
        assert!(read(json!({"description": ""})).is_err());
        assert!(read(json!({"description": 7})).is_err());
        assert!(read(json!([])).is_err());
    }
}
