//! Walking a graph: every step whose needs are met may run, finished artefacts are used as they are.
//!
//! [`Executor`] is the interface; [`InProcess`] runs the steps on threads of this process.

use crate::artifacts::FolderArtifacts;
use crate::error::ProductionError;
use crate::perform::{Studio, Work};
use crate::progress::{Event, Progress};
use crate::purchase::Ledger;
use crate::step::{Graph, Step};
use mv_core::CancelToken;
use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What a run of a graph came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// Steps whose artefact was there already, and steps that were performed.
    pub reused: usize,
    pub made: usize,
}

/// Something that brings every artefact of a graph into being.
pub trait Executor {
    /// Returns when all are there, or at the first error, or when cancelled; what was finished stays finished.
    fn run(&self, graph: &Graph, progress: &Progress, cancel: &CancelToken)
    -> Result<Tally, ProductionError>;
}

/// Runs steps on threads of this process; artefacts live in a folder.
#[derive(Debug)]
pub struct InProcess<'a> {
    pub studio: &'a Studio,
    pub artifacts: &'a FolderArtifacts,
    /// Steps performed at once.
    pub jobs: NonZeroUsize,
}

/// Steps that are bought at once, beside those that are performed here: services do the work.
const BOUGHT_AT_ONCE: usize = 4;

impl Executor for InProcess<'_> {
    fn run(
        &self,
        graph: &Graph,
        progress: &Progress,
        cancel: &CancelToken,
    ) -> Result<Tally, ProductionError> {
        let run = Run::new(graph, self.artifacts, progress.clone(), self.studio.ledger().clone());
        // A failing step stops its siblings without cancelling whoever called us.
        let stop = CancelToken::new();
        let follow = {
            let stop = stop.clone();
            cancel.on_cancel(move || stop.cancel())
        };
        let wake = {
            let ready = run.ready.clone();
            stop.on_cancel(move || ready.notify_all())
        };
        std::thread::scope(|scope| {
            for _ in 0..self.jobs.get() {
                scope.spawn(|| self.work(&run, Line::Performed, &stop));
            }
            let bought = graph.steps().iter().filter(|step| step.input.is_bought()).count();
            for _ in 0..bought.min(BOUGHT_AT_ONCE) {
                scope.spawn(|| self.work(&run, Line::Bought, &stop));
            }
        });
        drop((follow, wake));
        let state = run.into_state();
        match state.error {
            Some(error) => Err(error),
            None if cancel.is_cancelled() => Err(ProductionError::Cancelled),
            None if state.left > 0 => Err(ProductionError::Worker),
            None => Ok(Tally { reused: state.reused, made: state.made }),
        }
    }
}

impl InProcess<'_> {
    fn work(&self, run: &Run<'_>, line: Line, stop: &CancelToken) {
        while let Some(index) = run.next(line, stop) {
            let step = &run.graph.steps()[index];
            run.progress.send(Event::StepStarted {
                key: step.key,
                kind: step.input.kind(),
                label: step.label.clone(),
                scene: step.scene,
            });
            let started = Instant::now();
            let made = self.make(run, index, step, stop);
            match made {
                Ok(()) => run.finish(index, started.elapsed()),
                Err(error) => {
                    run.fail(error);
                    stop.cancel();
                }
            }
        }
    }

    fn make(
        &self,
        run: &Run<'_>,
        index: usize,
        step: &Step,
        stop: &CancelToken,
    ) -> Result<(), ProductionError> {
        let draft = self.artifacts.draft(step.input.kind(), &step.key)?;
        let mut report = |fraction: f64| run.advance(index, fraction);
        let work = Work { key: step.key, input: &step.input, scene: step.scene };
        self.studio.perform(&work, self.artifacts, &draft.path(), stop, &mut report)?;
        if stop.is_cancelled() {
            return Err(ProductionError::Cancelled);
        }
        draft.commit()?;
        Ok(())
    }
}

/// Which steps need no work: those that are made, and those that only made steps read.
pub fn settled(steps: &[Step], is_made: impl Fn(&Step) -> bool) -> Vec<bool> {
    let mut settled: Vec<bool> = steps.iter().map(is_made).collect();
    let mut wanted = vec![true; steps.len()];
    for step in steps {
        for need in &step.needs {
            wanted[*need] = false;
        }
    }
    for index in (0..steps.len()).rev() {
        if !wanted[index] {
            settled[index] = true;
        } else if !settled[index] {
            for need in &steps[index].needs {
                wanted[*need] = true;
            }
        }
    }
    settled
}

/// Where a step waits for its turn: bought steps must not keep this machine from its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Line {
    Performed,
    Bought,
}

impl Line {
    fn of(step: &Step) -> Self {
        if step.input.is_bought() { Self::Bought } else { Self::Performed }
    }
}

/// One run of a graph, shared by its workers.
struct Run<'a> {
    graph: &'a Graph,
    progress: Progress,
    ledger: Arc<dyn Ledger>,
    started: Instant,
    state: Mutex<State>,
    ready: Arc<Condvar>,
}

struct State {
    /// Steps that may run now, the earliest in the film first.
    ready: BTreeSet<(Line, usize)>,
    /// For each step: how many of its needs are missing.
    missing: Vec<usize>,
    /// For each step that is not finished: how much of it is done, 0–1.
    fraction: Vec<f64>,
    left: usize,
    reused: usize,
    made: usize,
    reused_weight: f64,
    last_report: Option<Instant>,
    error: Option<ProductionError>,
}

impl<'a> Run<'a> {
    fn new(
        graph: &'a Graph,
        artifacts: &FolderArtifacts,
        progress: Progress,
        ledger: Arc<dyn Ledger>,
    ) -> Self {
        let steps = graph.steps();
        let finished = settled(steps, |step| artifacts.find(step.input.kind(), &step.key).is_some());
        let missing: Vec<usize> =
            steps.iter().map(|step| step.needs.iter().filter(|need| !finished[**need]).count()).collect();
        let ready = (0..steps.len()).filter(|index| !finished[*index] && missing[*index] == 0);
        let ready = ready.map(|index| (Line::of(&steps[index]), index)).collect();
        let reused = finished.iter().filter(|done| **done).count();
        let reused_weight =
            steps.iter().zip(&finished).filter(|(_, done)| **done).map(|(step, _)| step.weight).sum();
        progress.send(Event::Planned { steps: steps.len(), cached: reused });
        let state = State {
            ready,
            missing,
            fraction: finished.iter().map(|done| if *done { 1.0 } else { 0.0 }).collect(),
            left: steps.len() - reused,
            reused,
            made: 0,
            reused_weight,
            last_report: None,
            error: None,
        };
        Self {
            graph,
            progress,
            ledger,
            started: Instant::now(),
            state: Mutex::new(state),
            ready: Arc::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn into_state(self) -> State {
        self.state.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next step to perform; waits for one to become ready. `None` when there is nothing left to do.
    fn next(&self, line: Line, stop: &CancelToken) -> Option<usize> {
        let mut state = self.lock();
        loop {
            if stop.is_cancelled() || state.left == 0 {
                return None;
            }
            let first = state.ready.range((line, 0)..=(line, usize::MAX)).next().copied();
            if let Some((line, index)) = first {
                state.ready.remove(&(line, index));
                return Some(index);
            }
            // The time-out only guards against a cancel that lands between the check above and the wait.
            let (woken, _) = self
                .ready
                .wait_timeout(state, Duration::from_millis(200))
                .unwrap_or_else(PoisonError::into_inner);
            state = woken;
        }
    }

    fn finish(&self, index: usize, took: Duration) {
        let step = &self.graph.steps()[index];
        {
            let mut state = self.lock();
            state.fraction[index] = 1.0;
            state.left -= 1;
            state.made += 1;
            for (other, waiting) in self.graph.steps().iter().enumerate() {
                if waiting.needs.contains(&index) {
                    state.missing[other] -= 1;
                    if state.missing[other] == 0 {
                        state.ready.insert((Line::of(waiting), other));
                    }
                }
            }
            state.last_report = None;
        }
        self.ready.notify_all();
        self.progress.send(Event::StepDone {
            key: step.key,
            kind: step.input.kind(),
            label: step.label.clone(),
            scene: step.scene,
            seconds: took.as_secs_f64(),
        });
        self.report();
    }

    fn fail(&self, error: ProductionError) {
        let mut state = self.lock();
        // The first real error is the one to show; the cancellations that follow from it are not.
        let keeps = matches!(state.error, None | Some(ProductionError::Cancelled));
        if keeps {
            state.error = Some(error);
        }
    }

    fn advance(&self, index: usize, fraction: f64) {
        self.lock().fraction[index] = fraction.clamp(0.0, 1.0);
        self.report();
    }

    fn report(&self) {
        let event = {
            let mut state = self.lock();
            let now = Instant::now();
            if state.last_report.is_some_and(|last| now - last < Duration::from_millis(100)) {
                return;
            }
            state.last_report = Some(now);
            let steps = self.graph.steps();
            let total: f64 = steps.iter().map(|step| step.weight).sum();
            let done: f64 = steps.iter().zip(&state.fraction).map(|(step, part)| step.weight * part).sum();
            // The rate counts only what this run made: what was reused took no time.
            let worked = done - state.reused_weight;
            let eta_seconds = (worked > 0.0)
                .then(|| (total - done).max(0.0) * self.started.elapsed().as_secs_f64() / worked);
            Event::Progress {
                done,
                total,
                steps_done: state.reused + state.made,
                steps: steps.len(),
                eta_seconds,
                spent: self.ledger.spent(),
            }
        };
        self.progress.send(event);
    }
}
