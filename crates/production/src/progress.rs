//! Progress as events: what began, what is done, how long is left, what was spent.

use crate::step::{StepKey, StepKind};
use mv_core::units::MicroUsd;
use serde::Serialize;
use std::sync::Arc;

/// Something happened. Written one a line with `--json`.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// A stage that is not a step of the graph began or ended: hearing, planning.
    Stage {
        stage: &'static str,
        done: bool,
        fraction: f64,
    },
    /// The graph is known: how many steps, and how many of them are already made.
    Planned {
        steps: usize,
        cached: usize,
    },
    /// `scene` is counted from 1; for a seam it is the one that comes in.
    StepStarted {
        key: StepKey,
        kind: StepKind,
        label: String,
        scene: Option<usize>,
    },
    StepDone {
        key: StepKey,
        kind: StepKind,
        label: String,
        scene: Option<usize>,
        seconds: f64,
    },
    /// Overall progress; at most about ten a second.
    Progress {
        done: f64,
        total: f64,
        steps_done: usize,
        steps: usize,
        eta_seconds: Option<f64>,
        spent: MicroUsd,
    },
}

/// Where events go. Cheap to clone; called from many threads.
#[derive(Clone)]
pub struct Progress(Arc<dyn Fn(Event) + Send + Sync>);

impl Progress {
    pub fn to(sink: impl Fn(Event) + Send + Sync + 'static) -> Self {
        Self(Arc::new(sink))
    }

    /// Nobody listens.
    pub fn silent() -> Self {
        Self::to(|_| {})
    }

    pub fn send(&self, event: Event) {
        (self.0)(event);
    }
}

impl std::fmt::Debug for Progress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Progress")
    }
}
