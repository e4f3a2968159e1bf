//! Kling: both of its APIs, with keys that may be used once.

use super::stage::{Asked, Fault, Job, Phase, Reply, Seen, Tongue};
use serde_json::{Value, json};

pub(super) struct Kling;

const FIRST: &str = "/v1/videos/image2video";

impl Tongue for Kling {
    fn read(&self, seen: &Seen) -> Asked {
        if !seen.header("authorization").is_some_and(|value| value.starts_with("Bearer ")) {
            return Asked::Nothing;
        }
        let text = |value: &Value| value.as_str().map(str::to_owned);
        match (seen.method.as_str(), seen.path.as_str()) {
            ("POST", FIRST) => Asked::Create { key: text(&seen.json()["external_task_id"]) },
            ("POST", path) if path.starts_with("/image-to-video/") => {
                Asked::Create { key: text(&seen.json()["options"]["external_task_id"]) }
            }
            ("GET", path) if path.starts_with(FIRST) => Asked::State(path[FIRST.len() + 1..].to_owned()),
            ("GET", "/tasks") => {
                let ids = seen.query_value("task_ids").or(seen.query_value("external_task_ids"));
                Asked::State(ids.unwrap_or_default().to_owned())
            }
            ("GET", "/account/costs") => Asked::Fixed(
                json!({"code": 0, "message": "SUCCEED", "data": {"resource_pack_subscribe_infos": []}}),
            ),
            _ => Asked::Nothing,
        }
    }

    fn make(&self, _seen: &Seen, _plot: &super::Plot) -> Reply {
        Reply::json(404, Value::Null)
    }

    fn created(&self, job: &Job) -> Reply {
        let data = if second(job) {
            json!({"id": job.id, "status": "submitted", "external_id": job.key, "create_time": 1, "update_time": 1})
        } else {
            json!({"task_id": job.id, "task_status": "submitted", "task_info": {"external_task_id": job.key},
                   "created_at": 1_795_000_000_000_u64, "updated_at": 1_795_000_000_000_u64})
        };
        Reply::json(200, envelope(&data))
    }

    fn state(&self, job: &Job) -> Reply {
        let (mut word, message) = match job.phase() {
            Phase::Waiting => ("submitted", ""),
            Phase::Running(_) => ("processing", ""),
            Phase::Done => ("succeed", ""),
            Phase::Failed => ("failed", "internal inference error"),
            Phase::Refused => ("failed", "Failure to pass the risk control system"),
            Phase::Cancelled | Phase::Unknown => ("dreaming", ""),
        };
        if second(job) {
            if word == "succeed" {
                word = "succeeded";
            }
            let mut task = json!({"id": job.id, "status": word, "message": message, "external_id": job.key});
            if word == "succeeded" {
                task["outputs"] = json!([{"type": "video", "id": "v1", "url": job.link(), "duration": 5}]);
                task["billing"] = json!([{"charge_type": "cash", "amount": format!("{:.2}", 0.42 * f64::from(job.markup()))}]);
            }
            return Reply::json(200, envelope(&json!([task])));
        }
        let mut task = json!({"task_id": job.id, "task_status": word, "task_status_msg": message,
            "task_info": {"external_task_id": job.key},
            "created_at": 1_795_000_000_000_u64, "updated_at": 1_795_000_090_000_u64});
        if word == "succeed" {
            task["final_unit_deduction"] = json!((2 * job.markup()).to_string());
            task["task_result"] = json!({"videos": [{"id": "v1", "url": job.link(), "duration": "5.1"}]});
        }
        Reply::json(200, envelope(&task))
    }

    fn cancelled(&self, _job: &Job) -> Reply {
        Reply::json(404, Value::Null)
    }

    fn callback(&self, job: &Job) -> Option<String> {
        let call = job.call.json();
        let told = if second(job) { &call["options"]["callback_url"] } else { &call["callback_url"] };
        told.as_str().map(str::to_owned)
    }

    /// Kling signs nothing.
    fn tells(&self, job: &Job, _now: i64, nth: u32) -> (Vec<(String, String)>, String) {
        let body = json!({"task_id": job.id, "task_status": "succeed", "updated_at": nth});
        (Vec::new(), body.to_string())
    }

    fn fault(&self, fault: Fault) -> Reply {
        let error = |status, code: i64, message: &str| {
            Reply::json(status, json!({"code": code, "message": message, "request_id": "r1"}))
        };
        match fault {
            Fault::Unauthorized => error(401, 1002, "Authorization is not valid"),
            // A 429 that no waiting helps against.
            Fault::OutOfMoney => error(429, 1102, "Account balance not enough"),
            Fault::TooFast => error(429, 1303, "parallel task over resource pack limit"),
            Fault::Broken => error(500, 5000, "server internal error"),
            Fault::Refused => error(400, 1301, "The prompt contains sensitive content"),
            Fault::Unknown => error(404, 1203, "task not found"),
            Fault::Duplicate => error(400, 1201, "External_task_id already exists"),
        }
    }
}

fn second(job: &Job) -> bool {
    !job.call.path.starts_with(FIRST)
}

fn envelope(data: &Value) -> Value {
    json!({"code": 0, "message": "SUCCEED", "request_id": "r1", "data": data})
}
