//! ComfyUI: a queue, a history and a socket; work is named by whoever queues it.

use super::server::{Stage, file, send};
use super::stage::{Asked, Fault, Job, Phase, Plot, Reply, Seen, Tongue};
use axum::extract::WebSocketUpgrade;
use axum::extract::ws::{Message, WebSocket};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::sync::Arc;

pub(super) struct Comfyui;

/// What needs more than one job at hand: the queue, events, uploads, files, and stopping.
pub(super) fn before(stage: &Arc<Stage>, seen: &Seen, socket: Option<WebSocketUpgrade>) -> Option<Response> {
    let plain = |body: Value| Some(send(Reply::json(200, body), &Plot::Success));
    match (seen.method.as_str(), seen.path.as_str()) {
        ("GET", "/queue") => {
            let mut state = json!({"queue_running": [], "queue_pending": []});
            for job in stage.jobs().iter().filter(|job| job.plot != Plot::Forgets && !job.cancelled) {
                let item = json!([1, job.id, {}, {}, ["7"]]);
                // Asking after the history counts; the queue shows what that found.
                let list = match job.phase() {
                    Phase::Waiting => "queue_pending",
                    Phase::Running(_) => "queue_running",
                    _ => continue,
                };
                state[list].as_array_mut()?.push(item);
            }
            plain(state)
        }
        ("POST", "/queue") => {
            for id in seen.json()["delete"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                let waits = |job: &Job| job.id == id && job.phase() == Phase::Waiting;
                if stage.jobs().iter().any(waits) {
                    stage.cancel(id);
                }
            }
            plain(json!({}))
        }
        ("POST", "/interrupt") => {
            stage.cancel(seen.json()["prompt_id"].as_str().unwrap_or_default());
            plain(json!({}))
        }
        ("POST", "/upload/image") => {
            let name = seen.body.windows(10).position(|part| part == b"filename=\"".as_slice()).map(|at| {
                let rest = &seen.body[at + 10..];
                let end = rest.iter().position(|byte| *byte == b'"').unwrap_or(0);
                String::from_utf8_lossy(&rest[..end]).into_owned()
            });
            plain(json!({"name": name, "subfolder": "given", "type": "input"}))
        }
        ("GET", "/view") => {
            let name = seen.query_value("filename").unwrap_or_default();
            let job = stage.jobs().into_iter().find(|job| name.starts_with(&job.id));
            Some(job.map_or_else(|| StatusCode::NOT_FOUND.into_response(), |job| file(stage, &job)))
        }
        ("GET", "/ws") => {
            let id = seen.query_value("clientId").unwrap_or_default().to_owned();
            let job = stage.jobs().into_iter().find(|job| job.id == id);
            let socket = socket?;
            Some(socket.on_upgrade(move |socket| async move {
                events(socket, job).await.ok();
            }))
        }
        _ => None,
    }
}

/// What a server sends: its own state, previews, others' work, then ours.
async fn events(mut socket: WebSocket, job: Option<Job>) -> Result<(), axum::Error> {
    let text = |value: Value| Message::Text(value.to_string().into());
    let queue = json!({"status": {"exec_info": {"queue_remaining": 1}}, "sid": "x"});
    socket.send(text(json!({"type": "status", "data": queue}))).await?;
    socket.send(Message::Binary(vec![0, 0, 0, 1, 0, 0, 0, 1, 0xff, 0xd8].into())).await?;
    let others = json!({"value": 1, "max": 2, "prompt_id": "another", "node": "3"});
    socket.send(text(json!({"type": "progress", "data": others}))).await?;
    if let Some(job) = job
        && let Phase::Running(part) = job.phase()
    {
        let ours = json!({"value": part * 20.0, "max": 20, "prompt_id": job.id, "node": "5"});
        socket.send(text(json!({"type": "progress", "data": ours}))).await?;
    }
    // It stays open until the client goes.
    while let Some(Ok(_)) = socket.recv().await {}
    Ok(())
}

impl Tongue for Comfyui {
    fn read(&self, seen: &Seen) -> Asked {
        match (seen.method.as_str(), seen.path.as_str()) {
            ("POST", "/prompt") => {
                Asked::Create { key: seen.json()["prompt_id"].as_str().map(str::to_owned) }
            }
            ("GET", path) if path.starts_with("/history/") => {
                Asked::State(path["/history/".len()..].to_owned())
            }
            ("GET", "/object_info") => {
                let nodes = [
                    "CheckpointLoaderSimple",
                    "CLIPTextEncode",
                    "EmptyLatentImage",
                    "KSampler",
                    "VAEDecode",
                    "SaveImage",
                ];
                Asked::Fixed(nodes.iter().map(|node| ((*node).to_owned(), json!({"input": {}}))).collect())
            }
            ("GET", "/system_stats") => Asked::Fixed(json!({"system": {"os": "posix"}, "devices": []})),
            _ => Asked::Nothing,
        }
    }

    fn make(&self, _seen: &Seen, _plot: &Plot) -> Reply {
        Reply::json(404, Value::Null)
    }

    fn created(&self, job: &Job) -> Reply {
        Reply::json(200, json!({"prompt_id": job.id, "number": 12, "node_errors": {}}))
    }

    /// The history: nothing until it is over.
    fn state(&self, job: &Job) -> Reply {
        let ended = |status: Value, outputs: Value| {
            let past = json!({"prompt": [12, job.id, {}, {}, ["7"]], "outputs": outputs, "status": status});
            Reply::json(200, json!({job.id.as_str(): past}))
        };
        let failed = |message: &str| {
            let data = json!({"prompt_id": job.id, "node_type": "KSampler", "exception_message": message, "traceback": []});
            json!({"status_str": "error", "completed": false, "messages": [["execution_error", data]]})
        };
        match job.phase() {
            Phase::Waiting | Phase::Running(_) => Reply::json(200, json!({})),
            Phase::Done => {
                let kind = if job.makes_clip() { ("videos", "mp4") } else { ("images", "png") };
                let result = json!({"filename": format!("{}_00001_.{}", job.id, kind.1), "subfolder": "", "type": "output"});
                let preview = json!({"filename": "preview.png", "subfolder": "", "type": "temp"});
                let done = json!({"status_str": "success", "completed": true, "messages": []});
                ended(done, json!({"6": {"images": [preview]}, "7": {kind.0: [result], "animated": [true]}}))
            }
            Phase::Failed => ended(failed("Allocation on device"), json!({})),
            // It refuses nothing by itself; a node may.
            Phase::Refused => ended(failed("blocked by the safety checker"), json!({})),
            Phase::Cancelled => {
                let data = json!({"prompt_id": job.id, "node_id": "5"});
                let status = json!({"status_str": "error", "completed": false, "messages": [["execution_interrupted", data]]});
                ended(status, json!({}))
            }
            Phase::Unknown => {
                ended(json!({"status_str": "vapour", "completed": true, "messages": []}), json!({}))
            }
        }
    }

    fn cancelled(&self, _job: &Job) -> Reply {
        Reply::json(200, json!({}))
    }

    fn fault(&self, fault: Fault) -> Reply {
        match fault {
            // A proxy before it says so.
            Fault::Unauthorized => Reply::json(401, json!({"error": "no entry"})),
            Fault::OutOfMoney => Reply::json(402, json!({"error": "pay the proxy"})),
            Fault::TooFast => Reply::json(429, json!({"error": "too fast for the proxy"})),
            Fault::Broken => Reply::json(500, json!({"error": "broken"})),
            Fault::Refused | Fault::Duplicate => Reply::json(
                400,
                json!({
                    "error": {"type": "prompt_outputs_failed_validation", "message": "Prompt outputs failed validation",
                              "details": "", "extra_info": {}},
                    "node_errors": {"1": {"class_type": "CheckpointLoaderSimple", "dependent_outputs": ["7"], "errors": [
                        {"type": "value_not_in_list", "message": "Value not in list", "details": "ckpt_name", "extra_info": {}}
                    ]}}
                }),
            ),
            // The history of what is not known is empty.
            Fault::Unknown => Reply::json(200, json!({})),
        }
    }
}
