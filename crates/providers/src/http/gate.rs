//! A service's limits as seen from this process: calls at once, calls a minute, and a pause after repeated failures.
//!
//! It protects the service and us from one another in one process. Jobs in flight at a service, and limits over all nodes,
//! are counted where jobs are kept.

use chrono::{DateTime, TimeDelta, Utc};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Calls at once.
    pub at_once: usize,
    /// Calls a minute that make something; asking after jobs is not counted.
    pub per_minute: Option<u32>,
    /// Failures in a row after which the service is left alone.
    pub failures: u32,
    /// For this long; then one call is let through to see.
    pub pause: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { at_once: 8, per_minute: None, failures: 5, pause: Duration::from_secs(30) }
    }
}

/// Why a call is not let through now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Shut {
    /// The service failed again and again.
    Paused {
        failures: u32,
    },
    TooMany {
        after: Duration,
    },
}

#[derive(Debug)]
pub(crate) struct Gate {
    limits: Limits,
    slots: Semaphore,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Calls that may be made at once, and when that was so.
    allowance: Option<(f64, DateTime<Utc>)>,
    failures: u32,
    paused_until: Option<DateTime<Utc>>,
    /// One call is finding out whether the service is back.
    trying: bool,
}

/// Leave to make one call. Say how it went; dropped without a word, it counts for nothing.
#[derive(Debug)]
pub(crate) struct Pass<'a> {
    gate: &'a Gate,
    _slot: Option<SemaphorePermit<'a>>,
    trying: bool,
}

impl Gate {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, slots: Semaphore::new(limits.at_once.max(1)), state: Mutex::default() }
    }

    pub(crate) fn limits(&self) -> Limits {
        self.limits
    }

    /// How often it failed, and until when nobody is let through.
    pub(crate) fn pause(&self) -> Option<(u32, DateTime<Utc>)> {
        let state = self.state();
        Some((state.failures, state.paused_until?))
    }

    /// Waits for one of the calls at once to end; never for time to pass.
    pub(crate) async fn pass(&self, makes: bool, now: DateTime<Utc>) -> Result<Pass<'_>, Shut> {
        // It is never closed, so it only fails to be had when it is not needed.
        let slot = self.slots.acquire().await.ok();
        let mut state = self.state();
        let mut trying = false;
        if let Some(until) = state.paused_until {
            if now < until || state.trying {
                return Err(Shut::Paused { failures: state.failures });
            }
            (state.trying, trying) = (true, true);
        }
        if makes && let Err(shut) = self.spend(&mut state, now) {
            state.trying &= !trying;
            return Err(shut);
        }
        Ok(Pass { gate: self, _slot: slot, trying })
    }

    /// A bucket that holds a minute's worth and refills steadily.
    fn spend(&self, state: &mut State, now: DateTime<Utc>) -> Result<(), Shut> {
        let Some(per_minute) = self.limits.per_minute.filter(|per_minute| *per_minute > 0) else {
            return Ok(());
        };
        let size = f64::from(per_minute);
        let (left, at) = state.allowance.unwrap_or((size, now));
        let elapsed = (now - at).max(TimeDelta::zero()).num_milliseconds() as f64 / 60_000.0;
        let left = (left + elapsed * size).min(size);
        if left < 1.0 {
            state.allowance = Some((left, now));
            return Err(Shut::TooMany { after: Duration::from_secs_f64((1.0 - left) * 60.0 / size) });
        }
        state.allowance = Some((left - 1.0, now));
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pass<'_> {
    pub(crate) fn went_well(self) {
        let mut state = self.gate.state();
        state.failures = 0;
        state.paused_until = None;
    }

    /// The service did not answer, or answered that it is out of order.
    pub(crate) fn failed(self, now: DateTime<Utc>) {
        let limits = self.gate.limits;
        let mut state = self.gate.state();
        state.failures = state.failures.saturating_add(1);
        if state.failures >= limits.failures {
            state.paused_until = Some(now + TimeDelta::from_std(limits.pause).unwrap_or_default());
        }
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        if self.trying {
            self.gate.state().trying = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_000_000 + seconds, 0).unwrap()
    }

    #[tokio::test]
    async fn a_minute_holds_so_many_calls() {
        let gate = Gate::new(Limits { per_minute: Some(2), ..Limits::default() });
        for _ in 0..2 {
            gate.pass(true, at(0)).await.unwrap().went_well();
        }
        assert_eq!(
            gate.pass(true, at(0)).await.unwrap_err(),
            Shut::TooMany { after: Duration::from_secs(30) }
        );
        gate.pass(false, at(0)).await.unwrap().went_well();
        gate.pass(true, at(30)).await.unwrap().went_well();
        assert!(gate.pass(true, at(31)).await.is_err());
    }

    #[tokio::test]
    async fn a_service_that_fails_is_left_alone_then_tried_once() {
        let gate = Gate::new(Limits { failures: 3, ..Limits::default() });
        for _ in 0..3 {
            gate.pass(false, at(0)).await.unwrap().failed(at(0));
        }
        assert_eq!(gate.pass(false, at(29)).await.unwrap_err(), Shut::Paused { failures: 3 });
        let trial = gate.pass(false, at(30)).await.unwrap();
        assert!(gate.pass(false, at(30)).await.is_err(), "one is trying already");
        trial.failed(at(31));
        assert!(gate.pass(false, at(60)).await.is_err(), "it failed again, so the pause starts again");
        drop(gate.pass(false, at(61)).await.unwrap());
        gate.pass(false, at(61)).await.unwrap().went_well();
        gate.pass(false, at(61)).await.unwrap().failed(at(61));
        gate.pass(false, at(61)).await.unwrap().went_well();
    }

    #[tokio::test]
    async fn calls_at_once_wait_for_one_another() {
        let gate = Gate::new(Limits { at_once: 1, ..Limits::default() });
        let first = gate.pass(false, at(0)).await.unwrap();
        let mut second = Box::pin(gate.pass(false, at(0)));
        // No time at all looks once.
        assert!(tokio::time::timeout(Duration::ZERO, &mut second).await.is_err());
        drop(first);
        assert!(tokio::time::timeout(Duration::ZERO, &mut second).await.is_ok());
    }
}
