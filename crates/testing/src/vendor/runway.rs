//! Runway: tasks with progress, and costs in credits.

use super::stage::{Asked, Fault, Job, Phase, Plot, Reply, Seen, Tongue};
use serde_json::{Value, json};

pub(super) struct Runway;

impl Tongue for Runway {
    fn read(&self, seen: &Seen) -> Asked {
        let signed = seen.header("authorization").is_some_and(|value| value.starts_with("Bearer "));
        if !signed || seen.header("x-runway-version") != Some("2024-11-06") {
            return Asked::Nothing;
        }
        let task = seen.path.strip_prefix("/v1/tasks/").map(str::to_owned);
        match (seen.method.as_str(), seen.path.as_str(), task) {
            ("POST", "/v1/image_to_video" | "/v1/text_to_image", _) => Asked::Create { key: None },
            ("GET", _, Some(id)) => Asked::State(id),
            ("DELETE", _, Some(id)) => Asked::Cancel(id),
            ("GET", "/v1/organization", _) => Asked::Fixed(json!({
                "creditBalance": 4200, "tier": {"maxMonthlyCreditSpend": 10000, "models": {}}, "usage": {"models": {}}
            })),
            _ => Asked::Nothing,
        }
    }

    fn make(&self, _seen: &Seen, _plot: &Plot) -> Reply {
        Reply::json(404, Value::Null)
    }

    fn created(&self, job: &Job) -> Reply {
        Reply::json(200, json!({"id": job.id, "estimatedCost": {"credits": 25}}))
    }

    fn state(&self, job: &Job) -> Reply {
        let task = |status: &str, more: Value| {
            let mut task = json!({"id": job.id, "createdAt": "2026-11-22T09:00:00.000Z", "status": status});
            if let (Value::Object(task), Value::Object(more)) = (&mut task, more) {
                task.extend(more);
            }
            Reply::json(200, task)
        };
        let estimated = json!({"estimatedCost": {"credits": 25}});
        match job.phase() {
            Phase::Waiting if job.asked == 1 => task("THROTTLED", estimated),
            Phase::Waiting => task("PENDING", estimated),
            Phase::Running(part) => {
                task("RUNNING", json!({"progress": part, "estimatedCost": {"credits": 25}}))
            }
            Phase::Done => {
                task("SUCCEEDED", json!({"output": [job.link()], "cost": {"credits": 25 * job.markup()}}))
            }
            Phase::Failed => task(
                "FAILED",
                json!({"failure": "An error occurred.", "failureCode": "INTERNAL.BAD_OUTPUT.CODE01", "cost": {"credits": 0}}),
            ),
            // What is refused for its input is charged.
            Phase::Refused => task(
                "FAILED",
                json!({"failure": "Blocked.", "failureCode": "SAFETY.INPUT.TEXT", "cost": {"credits": 25}}),
            ),
            Phase::Cancelled => task("CANCELLED", json!({"cost": {"credits": 0}})),
            Phase::Unknown => task("MEDITATING", json!({})),
        }
    }

    fn cancelled(&self, _job: &Job) -> Reply {
        Reply::json(204, Value::Null)
    }

    fn fault(&self, fault: Fault) -> Reply {
        let error = |status, words: &str, issues: Value| {
            Reply::json(
                status,
                json!({"error": words, "issues": issues, "docUrl": "https://docs.dev.runwayml.com"}),
            )
        };
        match fault {
            Fault::Unauthorized => error(401, "Invalid API key", json!([])),
            Fault::OutOfMoney => error(400, "You do not have enough credits to run this task.", json!([])),
            Fault::TooFast => error(429, "Too many requests", json!([])),
            Fault::Broken => error(500, "Internal error", json!([])),
            Fault::Refused => error(
                400,
                "Validation of body failed",
                json!([{"path": ["promptText"], "message": "blocked by our content policy"}]),
            ),
            Fault::Unknown | Fault::Duplicate => error(404, "Task not found", json!([])),
        }
    }
}
