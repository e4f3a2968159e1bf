//! Gemini: everything is answered at once.

use super::material;
use super::stage::{Asked, Fault, Job, Plot, Reply, Seen, Tongue};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

pub(super) struct Gemini;

impl Tongue for Gemini {
    fn read(&self, seen: &Seen) -> Asked {
        if seen.header("x-goog-api-key").is_none() {
            return Asked::Nothing;
        }
        match (seen.method.as_str(), seen.path.as_str()) {
            ("POST", path) if path.ends_with(":generateContent") => Asked::Make,
            ("GET", "/v1beta/models") => Asked::Fixed(json!({"models": [
                {"name": "models/gemini-nano-banana-2.1", "supportedGenerationMethods": ["generateContent"]},
                {"name": "models/gemini-3.8-flash", "supportedGenerationMethods": ["generateContent"]}
            ]})),
            _ => Asked::Nothing,
        }
    }

    fn make(&self, seen: &Seen, plot: &Plot) -> Reply {
        let parts = if seen.json()["generationConfig"]["responseModalities"] == json!(["IMAGE"]) {
            // A draft first, which is a thought and not the answer.
            let draft = json!({"mimeType": "image/png", "data": STANDARD.encode(material::png(8, 8))});
            let picture = json!({"mimeType": "image/png", "data": picture(plot)});
            json!([
                {"text": "Here is the scene."},
                {"inlineData": draft, "thought": true},
                {"inlineData": picture, "thoughtSignature": "c2ln"}
            ])
        } else {
            json!([{"text": words(seen).to_string()}])
        };
        let candidate = |reason: &str, parts: Value| json!({"content": {"role": "model", "parts": parts}, "finishReason": reason, "index": 0});
        let mut body = match plot {
            Plot::Endless => return Reply::json(200, json!({"endless": true})),
            Plot::Fails => json!({"candidates": [candidate("NO_IMAGE", json!([]))]}),
            Plot::UnknownWord => json!({"candidates": [candidate("PAINT_DRIED", json!([]))]}),
            Plot::RefusedLate => json!({"candidates": [candidate("IMAGE_SAFETY", json!([]))]}),
            _ => json!({"candidates": [candidate("STOP", parts)]}),
        };
        body["usageMetadata"] = json!({
            "promptTokenCount": 2290, "candidatesTokenCount": 1120, "thoughtsTokenCount": 310,
            "totalTokenCount": 3720, "candidatesTokensDetails": [{"modality": "IMAGE", "tokenCount": 1120}]
        });
        body["modelVersion"] = json!("gemini-nano-banana-2.1");
        body["responseId"] = json!("x1");
        Reply::json(200, body)
    }

    fn created(&self, _job: &Job) -> Reply {
        Reply::json(500, Value::Null)
    }

    fn state(&self, _job: &Job) -> Reply {
        Reply::json(404, Value::Null)
    }

    fn cancelled(&self, _job: &Job) -> Reply {
        Reply::json(404, Value::Null)
    }

    fn fault(&self, fault: Fault) -> Reply {
        let error = |code: u16, status: &str, message: &str, details: Value| {
            let error = json!({"code": code, "message": message, "status": status, "details": details});
            Reply::json(code, json!({"error": error}))
        };
        match fault {
            Fault::Unauthorized => error(
                400,
                "INVALID_ARGUMENT",
                "API key not valid. Please pass a valid API key.",
                json!([{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}]),
            ),
            Fault::OutOfMoney => {
                error(402, "RESOURCE_EXHAUSTED_PREPAID", "The balance is used up.", json!([]))
            }
            Fault::TooFast => error(
                429,
                "RESOURCE_EXHAUSTED",
                "Quota exceeded.",
                json!([{"@type": "type.googleapis.com/google.rpc.QuotaFailure",
                        "violations": [{"quotaId": "GenerateRequestsPerMinutePerProjectPerModel"}]}]),
            ),
            // In a list of one, as it sometimes comes.
            Fault::Broken => {
                let error =
                    json!({"code": 500, "message": "An internal error has occurred.", "status": "INTERNAL"});
                Reply::json(500, json!([{"error": error}]))
            }
            Fault::Refused => Reply::json(
                200,
                json!({"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, "modelVersion": "x", "responseId": "x"}),
            ),
            Fault::Unknown | Fault::Duplicate => error(404, "NOT_FOUND", "no such model", json!([])),
        }
    }
}

fn picture(plot: &Plot) -> String {
    match plot {
        Plot::WrongType => STANDARD.encode("<!DOCTYPE html>"),
        _ => STANDARD.encode(material::png(640, 360)),
    }
}

/// What a model says when it is asked for words: a description where photos came along.
pub(super) fn words(seen: &Seen) -> Value {
    if String::from_utf8_lossy(&seen.body).contains("key_features") {
        return json!({
            "description": "A young woman with short black hair and a silver jacket.",
            "key_features": ["short black hair", "a mole under the left eye"],
            "style": "streetwear",
            "confidence": 0.92
        });
    }
    json!({"lines": ["Harin holds a phone to the rain"]})
}
