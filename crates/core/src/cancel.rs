//! Cancelling work that runs on threads: a flag to look at, and callbacks for those who wait.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

type Callback = Box<dyn FnOnce() + Send>;

/// Says "stop" once, to everyone who holds a clone. Cheap to clone, never un-cancelled.
#[derive(Clone, Default)]
pub struct CancelToken {
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    cancelled: AtomicBool,
    callbacks: Mutex<Callbacks>,
}

#[derive(Default)]
struct Callbacks {
    next: u64,
    waiting: Vec<(u64, Callback)>,
}

impl CancelToken {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn is_cancelled(&self) -> bool {
        self.inner.cancelled.load(Ordering::Acquire)
    }

    /// Sets the flag and runs every callback registered so far, on this thread.
    pub fn cancel(&self) {
        let waiting = {
            let mut callbacks = self.inner.callbacks.lock().unwrap_or_else(PoisonError::into_inner);
            self.inner.cancelled.store(true, Ordering::Release);
            std::mem::take(&mut callbacks.waiting)
        };
        for (_, callback) in waiting {
            callback();
        }
    }

    /// Runs `callback` when the token is cancelled, at once if it already is, never after the guard is dropped.
    pub fn on_cancel(&self, callback: impl FnOnce() + Send + 'static) -> CancelGuard {
        let mut callbacks = self.inner.callbacks.lock().unwrap_or_else(PoisonError::into_inner);
        let id = callbacks.next;
        if self.is_cancelled() {
            drop(callbacks);
            callback();
        } else {
            callbacks.next += 1;
            callbacks.waiting.push((id, Box::new(callback)));
        }
        CancelGuard { token: self.clone(), id }
    }
}

impl std::fmt::Debug for CancelToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CancelToken").field("cancelled", &self.is_cancelled()).finish_non_exhaustive()
    }
}

/// Keeps a callback registered; dropping it takes the callback back.
#[must_use = "dropping the guard takes the callback back"]
#[derive(Debug)]
pub struct CancelGuard {
    token: CancelToken,
    id: u64,
}

impl Drop for CancelGuard {
    fn drop(&mut self) {
        let mut callbacks = self.token.inner.callbacks.lock().unwrap_or_else(PoisonError::into_inner);
        callbacks.waiting.retain(|(id, _)| *id != self.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;

    #[test]
    fn callbacks_run_once_and_not_after_their_guard() {
        let calls = Arc::new(AtomicUsize::new(0));
        let count = |calls: &Arc<AtomicUsize>| {
            let calls = calls.clone();
            move || {
                calls.fetch_add(1, Ordering::SeqCst);
            }
        };
        let token = CancelToken::new();
        let kept = token.on_cancel(count(&calls));
        drop(token.on_cancel(count(&calls)));
        token.cancel();
        token.cancel();
        assert_eq!(calls.load(Ordering::SeqCst), 1);
        let late = token.on_cancel(count(&calls));
        assert_eq!(calls.load(Ordering::SeqCst), 2);
        drop((kept, late));
    }
}
