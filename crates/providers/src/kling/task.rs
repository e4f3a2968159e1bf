//! A task as either of Kling's APIs tells of it.

use crate::wire::kling::{Output, Task1, Task2};

#[derive(Debug)]
pub(super) struct Task {
    pub(super) id: String,
    /// Our own key of it.
    pub(super) key: Option<String>,
    pub(super) state: State,
    pub(super) message: String,
    pub(super) video: Option<String>,
    /// Units of a resource pack it cost.
    pub(super) units: Option<f64>,
    pub(super) dollars: Option<f64>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum State {
    Submitted,
    Processing,
    Done,
    Failed,
    Unknown(String),
}

impl State {
    /// The APIs spell success differently.
    fn of(word: &str) -> Self {
        match word {
            "submitted" => Self::Submitted,
            "processing" => Self::Processing,
            "succeed" | "succeeded" => Self::Done,
            "failed" => Self::Failed,
            other => Self::Unknown(other.to_owned()),
        }
    }

    pub(super) fn word(&self) -> &str {
        match self {
            Self::Submitted => "submitted",
            Self::Processing => "processing",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Unknown(word) => word,
        }
    }
}

fn video(outputs: Vec<Output>) -> Option<String> {
    let mut videos =
        outputs.into_iter().filter(|output| output.kind.as_deref().is_none_or(|kind| kind == "video"));
    videos.find_map(|output| output.url)
}

impl From<Task1> for Task {
    fn from(task: Task1) -> Self {
        Self {
            id: task.task_id,
            key: task.task_info.and_then(|info| info.external_task_id),
            state: State::of(&task.task_status),
            message: task.task_status_msg.unwrap_or_default(),
            video: task.task_result.and_then(|result| video(result.videos)),
            units: task.final_unit_deduction,
            dollars: None,
        }
    }
}

impl From<Task2> for Task {
    fn from(task: Task2) -> Self {
        let charged = |kind: &str| {
            let of_kind: Vec<f64> = task
                .billing
                .iter()
                .filter(|bill| bill.charge_type == kind)
                .filter_map(|bill| bill.amount)
                .collect();
            (!of_kind.is_empty()).then(|| of_kind.iter().sum())
        };
        Self {
            state: State::of(&task.status),
            units: charged("unit"),
            dollars: charged("cash"),
            id: task.id,
            key: task.external_id,
            message: task.message.unwrap_or_default(),
            video: video(task.outputs),
        }
    }
}
