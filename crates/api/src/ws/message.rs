//! What is said over the socket.

use mv_core::ids::{TaskId, UserId, VideoJobId};
use mv_store::db::progress::{Snapshot, Subject};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

/// From the client.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Request {
    /// An access token or an API key.
    Auth {
        token: String,
    },
    Subscribe {
        channel: String,
        /// The last sequence that the client saw: older states are not sent again.
        #[serde(default)]
        after: Option<i64>,
    },
    Unsubscribe {
        channel: String,
    },
    Ping,
}

/// To the client, besides states.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Reply<'a> {
    Authenticated {
        user_id: UserId,
    },
    Subscribed {
        channel: &'a str,
        seq: i64,
    },
    Unsubscribed {
        channel: &'a str,
    },
    Pong,
    Error {
        code: &'a str,
        message: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        channel: Option<&'a str>,
    },
}

impl Reply<'_> {
    pub(super) fn text(&self) -> String {
        // Nothing in it can fail to be written.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// `video_job:ID`, `task:ID`, or `notifications`: those of whoever asks.
pub(super) fn subject(channel: &str, who: UserId) -> Option<Subject> {
    if channel == "notifications" {
        return Some(Subject::Notifications(who));
    }
    let (kind, id) = channel.split_once(':')?;
    let id: Uuid = id.parse().ok()?;
    match kind {
        "video_job" => Some(Subject::VideoJob(VideoJobId(id))),
        "task" => Some(Subject::Task(TaskId(id))),
        _ => None,
    }
}

/// The message that tells a state.
pub(super) fn state(subject: Subject, now: &Snapshot) -> Value {
    let id = match subject {
        Subject::VideoJob(id) => id.0,
        Subject::Task(id) => id.0,
        Subject::Notifications(_) => {
            return json!({ "type": "notifications", "seq": now.seq, "data": now.progress });
        }
    };
    let kind = match now.status.as_str() {
        "complete" => "job_complete",
        "failed" | "canceled" => "job_failed",
        _ => "job_progress",
    };
    let mut data = json!({ "status": now.status, "progress": now.progress });
    if let Some(result) = &now.result {
        data["result"] = result.clone();
    }
    if let Some(error) = &now.error {
        data["error"] = Value::from(error.as_str());
    }
    if let Some(code) = &now.error_code {
        data["error_code"] = Value::from(code.as_str());
    }
    json!({ "type": kind, "job_id": id, "seq": now.seq, "data": data })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_are_read_strictly() {
        let id = Uuid::from_u128(9);
        let me = UserId(Uuid::from_u128(1));
        assert_eq!(subject(&format!("video_job:{id}"), me), Some(Subject::VideoJob(VideoJobId(id))));
        assert_eq!(subject(&format!("task:{id}"), me), Some(Subject::Task(TaskId(id))));
        assert_eq!(subject("notifications", me), Some(Subject::Notifications(me)));
        let of_another = format!("notifications:{id}");
        for bad in ["", "video_job", "video_job:", "video_job:1", of_another.as_str()] {
            assert_eq!(subject(bad, me), None, "{bad}");
        }
    }

    #[test]
    fn the_specifications_messages_are_understood() {
        let auth = serde_json::from_str(r#"{"type":"auth","token":"jwt_token"}"#).unwrap();
        assert_eq!(Request::Auth { token: "jwt_token".into() }, auth);
        let subscribe = serde_json::from_str(r#"{"type":"subscribe","channel":"video_job:x"}"#).unwrap();
        assert_eq!(Request::Subscribe { channel: "video_job:x".into(), after: None }, subscribe);
        let now = Snapshot {
            seq: 4,
            status: "processing".into(),
            progress: json!({"completed_scenes": 3, "total_scenes": 8}),
            result: None,
            error: None,
            error_code: None,
        };
        let told = state(Subject::VideoJob(VideoJobId(Uuid::nil())), &now);
        assert_eq!((told["type"].as_str(), told["seq"].as_i64()), (Some("job_progress"), Some(4)));
        assert_eq!(told["data"]["progress"]["completed_scenes"], 3);
        let ended =
            state(Subject::VideoJob(VideoJobId(Uuid::nil())), &Snapshot { status: "canceled".into(), ..now });
        assert_eq!(ended["type"], "job_failed");
    }
}
