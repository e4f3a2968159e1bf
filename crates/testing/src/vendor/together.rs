//! Together: clips are jobs, pictures are answered at once.

use super::material;
use super::stage::{Asked, Fault, Job, Phase, Plot, Reply, Seen, Tongue};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

pub(super) struct Together;

impl Tongue for Together {
    fn read(&self, seen: &Seen) -> Asked {
        if !seen.header("authorization").is_some_and(|value| value.starts_with("Bearer ")) {
            return Asked::Nothing;
        }
        match (seen.method.as_str(), seen.path.as_str()) {
            ("POST", "/v2/videos") => Asked::Create { key: None },
            ("GET", path) if path.starts_with("/v2/videos/") => {
                Asked::State(path["/v2/videos/".len()..].to_owned())
            }
            ("POST", "/v1/images/generations") => Asked::Make,
            ("GET", "/v1/models") => Asked::Fixed(json!([
                {"id": "Wan-AI/wan2.7-i2v", "object": "model", "created": 0, "type": "video"},
                {"id": "black-forest-labs/FLUX.2-pro", "object": "model", "created": 0, "type": "image"}
            ])),
            _ => Asked::Nothing,
        }
    }

    fn make(&self, _seen: &Seen, plot: &Plot) -> Reply {
        let picture = match plot {
            Plot::Endless => return Reply::json(200, json!({"endless": true})),
            Plot::WrongType => STANDARD.encode("<!DOCTYPE html>"),
            _ => STANDARD.encode(material::png(320, 180)),
        };
        let data = json!([{"index": 0, "type": "b64_json", "b64_json": picture}]);
        Reply::json(
            200,
            json!({"id": "img-1", "model": "black-forest-labs/FLUX.2-pro", "object": "list", "data": data}),
        )
    }

    fn created(&self, job: &Job) -> Reply {
        Reply::json(200, video(job, "in_progress"))
    }

    fn state(&self, job: &Job) -> Reply {
        let body = match job.phase() {
            Phase::Waiting => video(job, "queued"),
            Phase::Running(_) => video(job, "in_progress"),
            Phase::Done => {
                let mut body = video(job, "completed");
                body["completed_at"] = json!(1_795_000_170);
                body["outputs"] = json!({"cost": 0.43, "video_url": job.link()});
                body
            }
            Phase::Failed => failed(job, "The model ran out of memory."),
            Phase::Refused => failed(job, "The output was blocked by our content policy."),
            Phase::Cancelled => video(job, "cancelled"),
            Phase::Unknown => video(job, "pondering"),
        };
        Reply::json(200, body)
    }

    fn cancelled(&self, _job: &Job) -> Reply {
        Reply::json(404, Value::Null)
    }

    fn fault(&self, fault: Fault) -> Reply {
        let error = |status: u16, message: &str, code: &str| {
            let error =
                json!({"message": message, "type": "invalid_request_error", "param": null, "code": code});
            Reply::json(status, json!({"error": error}))
        };
        match fault {
            Fault::Unauthorized => error(401, "Invalid API key provided", "invalid_api_key"),
            Fault::OutOfMoney => error(402, "You have reached your spending limit", "payment_required"),
            Fault::TooFast => error(429, "Rate limit reached", "rate_limit"),
            Fault::Broken => Reply::json(500, json!({"message": "Internal server error"})),
            Fault::Refused => error(422, "The prompt was flagged by moderation", "nsfw"),
            Fault::Unknown | Fault::Duplicate => error(404, "job not found", "not_found"),
        }
    }
}

fn video(job: &Job, status: &str) -> Value {
    let asked = job.call.json();
    json!({
        "id": job.id, "object": "video", "model": asked["model"], "status": status,
        "created_at": 1_795_000_000, "size": "1280x720", "seconds": asked["seconds"]
    })
}

fn failed(job: &Job, message: &str) -> Value {
    let mut body = video(job, "failed");
    body["error"] = json!({"message": message, "code": "failed"});
    body
}
