//! ComfyUI's queue, history and events.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

#[derive(Debug, Serialize)]
pub(crate) struct Queue<'a> {
    pub(crate) client_id: &'a str,
    pub(crate) prompt_id: &'a str,
    /// Nodes by id, in the API's format.
    pub(crate) prompt: Map<String, Value>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Queued {
    pub(crate) prompt_id: String,
}

/// A graph that is refused, whole or node by node.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ErrorBody {
    pub(crate) error: Option<Value>,
    pub(crate) node_errors: Option<Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct QueueState {
    /// Each a list whose second item is the prompt's id.
    pub(crate) queue_running: Vec<Vec<Value>>,
    pub(crate) queue_pending: Vec<Vec<Value>>,
}

impl QueueState {
    pub(crate) fn runs(&self, id: &str) -> bool {
        names(&self.queue_running, id)
    }

    pub(crate) fn waits(&self, id: &str) -> bool {
        names(&self.queue_pending, id)
    }
}

fn names(list: &[Vec<Value>], id: &str) -> bool {
    list.iter().any(|item| item.get(1).and_then(Value::as_str) == Some(id))
}

pub(crate) type History = BTreeMap<String, Past>;

#[derive(Debug, Deserialize)]
pub(crate) struct Past {
    /// By node, by kind of output, lists of files.
    #[serde(default)]
    pub(crate) outputs: BTreeMap<String, Value>,
    #[serde(default)]
    pub(crate) status: Option<PastStatus>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct PastStatus {
    pub(crate) status_str: String,
    pub(crate) completed: bool,
    pub(crate) messages: Vec<(String, Value)>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct OutputFile {
    pub(crate) filename: String,
    #[serde(default)]
    pub(crate) subfolder: String,
    #[serde(default, rename = "type")]
    pub(crate) kind: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Uploaded {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) subfolder: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Event {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    #[serde(default)]
    pub(crate) data: Value,
}
