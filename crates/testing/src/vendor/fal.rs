//! fal: a queue in which failures are completed too, and signed webhooks.

#![expect(clippy::panic, reason = "a key that cannot be made is a defect of the test")]

use super::stage::{Asked, Fault, Job, Phase, Plot, Reply, Seen, Tongue};
use super::told::decoded;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest;
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde_json::{Value, json};

pub(super) struct Fal;

/// The key that the fake signs with, and one that it published before.
const SEED: [u8; 32] = [7; 32];
const OLD_SEED: [u8; 32] = [6; 32];

fn pair(seed: &[u8; 32]) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(seed).unwrap_or_else(|error| panic!("no key: {error}"))
}

/// The headers that fal signs a webhook with. `now` is in seconds since 1970.
pub fn sign(request: &str, body: &[u8], now: i64) -> Vec<(String, String)> {
    let (user, time) = ("user-1", now.to_string());
    let hash = hex::encode(digest::digest(&digest::SHA256, body));
    let signature = pair(&SEED).sign(format!("{request}\n{user}\n{time}\n{hash}").as_bytes());
    vec![
        ("X-Fal-Webhook-Request-Id".to_owned(), request.to_owned()),
        ("X-Fal-Webhook-User-Id".to_owned(), user.to_owned()),
        ("X-Fal-Webhook-Timestamp".to_owned(), time),
        ("X-Fal-Webhook-Signature".to_owned(), hex::encode(signature)),
    ]
}

/// The request's path has only the first two parts of the app's.
fn root(job: &Job) -> String {
    job.call.path.trim_matches('/').split('/').take(2).collect::<Vec<_>>().join("/")
}

impl Tongue for Fal {
    fn read(&self, seen: &Seen) -> Asked {
        if seen.path == "/.well-known/jwks.json" {
            let key = |seed| {
                let x = URL_SAFE_NO_PAD.encode(pair(seed).public_key().as_ref());
                json!({"kty": "OKP", "crv": "Ed25519", "use": "sig", "x": x})
            };
            return Asked::Fixed(json!({"keys": [{"kty": "RSA", "n": "AQAB"}, key(&OLD_SEED), key(&SEED)]}));
        }
        if !seen.header("authorization").is_some_and(|value| value.starts_with("Key ")) {
            return Asked::Nothing;
        }
        let request = seen.path.split_once("/requests/").map(|(_, rest)| rest);
        match (seen.method.as_str(), request) {
            ("POST", None) => Asked::Create { key: None },
            ("GET", Some(rest)) => match rest.strip_suffix("/status") {
                Some(id) => Asked::State(id.to_owned()),
                None => Asked::Outcome(rest.to_owned()),
            },
            ("PUT", Some(rest)) => Asked::Cancel(rest.trim_end_matches("/cancel").to_owned()),
            _ => Asked::Nothing,
        }
    }

    fn make(&self, _seen: &Seen, _plot: &Plot) -> Reply {
        Reply::json(404, Value::Null)
    }

    fn created(&self, job: &Job) -> Reply {
        let request = format!("{}/{}/requests/{}", job.home, root(job), job.id);
        Reply::json(
            200,
            json!({
                "status": "IN_QUEUE", "request_id": job.id, "queue_position": 3, "response_url": request,
                "status_url": format!("{request}/status"), "cancel_url": format!("{request}/cancel")
            }),
        )
    }

    fn state(&self, job: &Job) -> Reply {
        match job.phase() {
            Phase::Waiting => Reply::json(202, json!({"status": "IN_QUEUE", "queue_position": 1})),
            Phase::Running(_) => Reply::json(202, json!({"status": "IN_PROGRESS", "logs": []})),
            Phase::Unknown => Reply::json(202, json!({"status": "IN_ORBIT"})),
            Phase::Cancelled => Reply::json(
                200,
                json!({"status": "COMPLETED", "error": "cancelled", "error_type": "request_cancelled"}),
            ),
            Phase::Done | Phase::Failed | Phase::Refused => {
                Reply::json(200, json!({"status": "COMPLETED", "metrics": {"inference_time": 61.2}}))
            }
        }
    }

    fn outcome(&self, job: &Job) -> Reply {
        let complaint = |status, kind: &str, words: &str| {
            let detail =
                json!([{"loc": ["body", "prompt"], "msg": words, "type": kind, "url": "", "ctx": {}}]);
            Reply::json(status, json!({"detail": detail}))
        };
        match job.phase() {
            Phase::Failed => complaint(500, "downstream_service_unavailable", "the model gave up"),
            Phase::Refused => complaint(
                422,
                "content_policy_violation",
                "The content could not be processed because of its policy",
            ),
            _ if job.makes_clip() => Reply::json(
                200,
                json!({"video": {"url": job.link(), "content_type": "video/mp4", "file_name": "output.mp4"}}),
            ),
            _ => Reply::json(
                200,
                json!({"images": [{"url": job.link(), "content_type": "image/png"}], "seed": 7,
                       "has_nsfw_concepts": [false]}),
            ),
        }
    }

    fn cancelled(&self, job: &Job) -> Reply {
        match job.phase() {
            Phase::Waiting | Phase::Running(_) => {
                Reply::json(202, json!({"status": "CANCELLATION_REQUESTED"}))
            }
            _ => Reply::json(400, json!({"status": "ALREADY_COMPLETED"})),
        }
    }

    fn callback(&self, job: &Job) -> Option<String> {
        Some(decoded(job.call.query_value("fal_webhook")?))
    }

    fn tells(&self, job: &Job, now: i64, nth: u32) -> (Vec<(String, String)>, String) {
        let gateway = format!("{}-{nth}", job.id);
        let body =
            json!({"request_id": job.id, "gateway_request_id": gateway, "status": "OK", "payload": {}});
        let body = body.to_string();
        (sign(&job.id, body.as_bytes(), now), body)
    }

    fn fault(&self, fault: Fault) -> Reply {
        match fault {
            Fault::Unauthorized => Reply::json(401, json!({"detail": "Cannot authenticate user"})),
            Fault::OutOfMoney => {
                Reply::json(403, json!({"detail": "User is locked. Reason: Exhausted balance."}))
            }
            Fault::TooFast => Reply::json(429, json!({"detail": "Too many requests"})),
            Fault::Broken => Reply {
                status: 500,
                headers: vec![("x-fal-error-type", "runner_connection_refused".to_owned())],
                body: json!({"detail": "no runner"}),
            },
            Fault::Refused => Reply::json(
                422,
                json!({"detail": [{"loc": ["body", "prompt"], "msg": "flagged", "type": "content_policy_violation"}]}),
            ),
            Fault::Unknown | Fault::Duplicate => Reply::json(404, json!({"detail": "Request not found"})),
        }
    }
}
