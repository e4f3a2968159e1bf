//! Wakes whoever waits for a call on this node, when a service has told that there is news of it.

use mv_core::ids::CallId;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// A bell for each call that somebody here holds.
#[derive(Debug, Default)]
pub(crate) struct Bells(Mutex<BTreeMap<CallId, Arc<Notify>>>);

impl Bells {
    /// Somebody holds the call from now on: a ring while nobody waits is heard by the next who does.
    pub(crate) fn hang(&self, call: CallId) {
        self.lock().entry(call).or_default();
    }

    pub(crate) fn take_down(&self, call: CallId) {
        self.lock().remove(&call);
    }

    pub(crate) fn ring(&self, call: CallId) {
        if let Some(bell) = self.lock().get(&call) {
            bell.notify_one();
        }
    }

    /// Ends when the bell rings; never for a call that nobody here holds.
    pub(crate) async fn wait(&self, call: CallId) {
        let bell = self.lock().get(&call).cloned();
        match bell {
            Some(bell) => bell.notified().await,
            None => std::future::pending().await,
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<CallId, Arc<Notify>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    #[test]
    fn a_ring_is_heard_once_by_whoever_holds_the_call() {
        let (bells, call) = (Bells::default(), CallId(uuid::Uuid::from_u128(1)));
        let heard = || bells.wait(call).now_or_never().is_some();
        bells.ring(call);
        assert!(!heard(), "nobody held it");
        bells.hang(call);
        bells.ring(call);
        bells.hang(call);
        assert!(heard(), "it rang before");
        assert!(!heard());
        bells.take_down(call);
        bells.ring(call);
        assert!(!heard());
    }
}
