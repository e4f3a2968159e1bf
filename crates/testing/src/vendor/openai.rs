//! A server that speaks the language of OpenAI: everything is answered at once.

use super::gemini::words;
use super::material;
use super::stage::{Asked, Fault, Job, Plot, Reply, Seen, Tongue};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

pub(super) struct Openai;

impl Tongue for Openai {
    fn read(&self, seen: &Seen) -> Asked {
        match (seen.method.as_str(), seen.path.as_str()) {
            (
                "POST",
                "/v1/images/generations"
                | "/v1/images/edits"
                | "/v1/chat/completions"
                | "/v1/audio/transcriptions",
            ) => Asked::Make,
            ("GET", "/v1/models") => Asked::Fixed(json!({"object": "list", "data": [
                {"id": "local-sdxl", "object": "model", "created": 0, "owned_by": "me"}
            ]})),
            _ => Asked::Nothing,
        }
    }

    fn make(&self, seen: &Seen, plot: &Plot) -> Reply {
        if *plot == Plot::Endless {
            return Reply::json(200, json!({"endless": true}));
        }
        let body = match seen.path.as_str() {
            "/v1/chat/completions" => json!({
                "id": "c1", "object": "chat.completion", "created": 1, "model": "local",
                "choices": [{"index": 0, "finish_reason": "stop",
                             "message": {"role": "assistant", "content": format!("```json\n{}\n```", words(seen))}}],
                "usage": {"prompt_tokens": 900, "completion_tokens": 120, "total_tokens": 1020}
            }),
            "/v1/audio/transcriptions" => json!({
                "task": "transcribe", "language": "english", "duration": 212.4, "text": "City lights are calling",
                "words": [
                    {"word": "City", "start": 12.34, "end": 12.61}, {"word": " lights", "start": 12.61, "end": 12.98},
                    {"word": "are", "start": 12.98, "end": 13.1}, {"word": "calling", "start": 14.9, "end": 15.5}
                ],
                "segments": [
                    {"id": 0, "seek": 0, "start": 12.3, "end": 13.2, "text": " City lights are", "tokens": [1, 2],
                     "temperature": 0.0, "avg_logprob": -0.21, "compression_ratio": 1.4, "no_speech_prob": 0.02},
                    {"id": 1, "seek": 0, "start": 14.8, "end": 15.9, "text": " calling", "tokens": [3],
                     "temperature": 0.0, "avg_logprob": -0.2, "compression_ratio": 1.4, "no_speech_prob": 0.02}
                ]
            }),
            _ => {
                let picture = match plot {
                    Plot::WrongType => STANDARD.encode("<!DOCTYPE html>"),
                    _ => STANDARD.encode(material::png(320, 180)),
                };
                json!({"created": 1_795_000_000, "data": [{"b64_json": picture}]})
            }
        };
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
        let error = |status, message: &str, code: &str| {
            let error =
                json!({"message": message, "type": "invalid_request_error", "param": null, "code": code});
            Reply::json(status, json!({"error": error}))
        };
        match fault {
            Fault::Unauthorized => {
                error(401, "Incorrect API key provided: a-key-nobody-may-see.", "invalid_api_key")
            }
            Fault::OutOfMoney => error(429, "You exceeded your current quota", "insufficient_quota"),
            Fault::TooFast => error(429, "Rate limit reached", "rate_limit_exceeded"),
            // FastAPI's way.
            Fault::Broken => Reply::json(500, json!({"detail": "CUDA out of memory"})),
            Fault::Refused => {
                error(400, "Your request was rejected by the safety system", "moderation_blocked")
            }
            Fault::Unknown | Fault::Duplicate => Reply::json(404, json!({"detail": "Not Found"})),
        }
    }
}
