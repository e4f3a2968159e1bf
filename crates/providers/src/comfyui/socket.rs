//! ComfyUI's events: how far the running work is, heard on a socket that is opened when somebody asks.
//!
//! The server remembers whose work runs, so a socket with the same client id hears of it even after a restart of ours.

use super::Comfyui;
use crate::error::ProviderError;
use crate::wire::comfyui::Event;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures_util::StreamExt;
use reqwest::Method;
use std::time::Duration;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

/// Previews come as messages too.
const LARGEST_MESSAGE: usize = 16 * 1024 * 1024;

/// What was heard of a piece of work.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Heard {
    Nothing,
    /// 0–1 of what runs now.
    Progress(f32),
    /// It ended, well or not: the history knows.
    Ended,
}

impl Comfyui {
    /// Listens until something is heard of `id`, or for `patience`.
    pub(super) async fn listen(&self, id: &str, patience: Duration) -> Result<Heard, ProviderError> {
        let key = STANDARD.encode(uuid::Uuid::new_v4().as_bytes());
        let call = self
            .call(Method::GET, &format!("ws?clientId={id}"))
            .header("Connection", "Upgrade")
            .header("Upgrade", "websocket")
            .header("Sec-WebSocket-Version", "13")
            .header("Sec-WebSocket-Key", key);
        let stream = self.line.upgrade(call).await?;
        let limits = WebSocketConfig::default()
            .max_message_size(Some(LARGEST_MESSAGE))
            .max_frame_size(Some(LARGEST_MESSAGE));
        let mut socket = WebSocketStream::from_raw_socket(stream, Role::Client, Some(limits)).await;
        let heard = timeout(patience, async {
            while let Some(message) = socket.next().await {
                // A socket that breaks says nothing of the work.
                let Ok(message) = message else { break };
                if let Message::Text(text) = message
                    && let Some(heard) = understand(text.as_str(), id)
                {
                    return heard;
                }
            }
            Heard::Nothing
        });
        Ok(heard.await.unwrap_or(Heard::Nothing))
    }
}

/// What an event says of our work; `None` for others' and for what says nothing.
fn understand(text: &str, id: &str) -> Option<Heard> {
    let event: Event = serde_json::from_str(text).ok()?;
    let data = &event.data;
    if data["prompt_id"].as_str() != Some(id) {
        return None;
    }
    let part = |value: f64, max: f64| (max > 0.0).then(|| (value / max).clamp(0.0, 1.0) as f32);
    match event.kind.as_str() {
        "progress" => Some(Heard::Progress(part(data["value"].as_f64()?, data["max"].as_f64()?)?)),
        "progress_state" => {
            let nodes = data["nodes"].as_object()?;
            let sum = |field: &str| nodes.values().filter_map(|node| node[field].as_f64()).sum::<f64>();
            Some(Heard::Progress(part(sum("value"), sum("max"))?))
        }
        "execution_success" | "execution_error" | "execution_interrupted" => Some(Heard::Ended),
        "executing" if data["node"].is_null() => Some(Heard::Ended),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_of_ours_are_understood_and_others_are_not() {
        let heard = |text: &str| understand(text, "a");
        assert_eq!(
            heard(r#"{"type":"progress","data":{"value":5,"max":20,"prompt_id":"a"}}"#),
            Some(Heard::Progress(0.25))
        );
        assert_eq!(heard(r#"{"type":"progress","data":{"value":5,"max":20,"prompt_id":"b"}}"#), None);
        assert_eq!(heard(r#"{"type":"progress","data":{"value":5,"max":0,"prompt_id":"a"}}"#), None);
        let nodes = r#"{"type":"progress_state","data":{"prompt_id":"a","nodes":{"1":{"value":1,"max":1},"2":{"value":1,"max":3}}}}"#;
        assert_eq!(heard(nodes), Some(Heard::Progress(0.5)));
        assert_eq!(heard(r#"{"type":"executing","data":{"node":null,"prompt_id":"a"}}"#), Some(Heard::Ended));
        assert_eq!(heard(r#"{"type":"executing","data":{"node":"4","prompt_id":"a"}}"#), None);
        assert_eq!(heard(r#"{"type":"execution_success","data":{"prompt_id":"a"}}"#), Some(Heard::Ended));
        assert_eq!(heard("not json"), None);
    }
}
