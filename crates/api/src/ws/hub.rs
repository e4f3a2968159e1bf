//! Who watches what on this node, and the newest state of each thing that is watched.

use super::message;
use axum::extract::ws::Utf8Bytes;
use mv_core::ids::UserId;
use mv_store::db::progress::{self, Subject};
use mv_store::{Database, StoreError};
use serde_json::Value;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, watch};

/// How often a listener that broke down is tried again.
const AGAIN: Duration = Duration::from_secs(1);

/// A state as every watcher gets it: serialised once, its bytes shared.
#[derive(Clone, Debug, Default)]
pub(super) struct Frame {
    pub(super) seq: i64,
    pub(super) text: Utf8Bytes,
    /// The progress that it tells.
    data: Arc<Value>,
}

pub(super) type Watching = watch::Receiver<Frame>;

/// Cheap to clone.
#[derive(Clone, Debug)]
pub struct Hub(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    db: Database,
    topics: Mutex<HashMap<Subject, watch::Sender<Frame>>>,
    sockets: Mutex<HashMap<UserId, usize>>,
    /// Sockets of one person at once.
    sockets_each: usize,
    /// What changed and was not read yet: a hundred changes of one thing are one reading.
    dirty: Mutex<BTreeSet<Subject>>,
    wake: Notify,
    listening: OnceLock<()>,
}

/// One of a person's sockets.
#[derive(Debug)]
pub(super) struct Seat {
    hub: Hub,
    user: UserId,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut sockets = lock(&self.hub.0.sockets);
        if let Some(count) = sockets.get_mut(&self.user) {
            *count -= 1;
            if *count == 0 {
                sockets.remove(&self.user);
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Hub {
    pub(super) fn new(db: Database, sockets_each: usize) -> Self {
        Self(Arc::new(Inner {
            db,
            topics: Mutex::default(),
            sockets: Mutex::default(),
            sockets_each,
            dirty: Mutex::default(),
            wake: Notify::new(),
            listening: OnceLock::new(),
        }))
    }

    /// A place for one more socket of this person; `None` when they have too many.
    pub(super) fn seat(&self, user: UserId) -> Option<Seat> {
        let mut sockets = lock(&self.0.sockets);
        let count = sockets.entry(user).or_default();
        if *count >= self.0.sockets_each {
            return None;
        }
        *count += 1;
        Some(Seat { hub: self.clone(), user })
    }

    /// Watches something the person may see; `None` when they do not, or it is not there. The receiver holds the state
    /// of this moment.
    pub(super) async fn watch(&self, user: UserId, subject: Subject) -> Result<Option<Watching>, StoreError> {
        self.listen();
        // Watching begins before the state is read, so that no change falls in between.
        let receiver = {
            let mut topics = lock(&self.0.topics);
            topics.entry(subject).or_insert_with(|| watch::Sender::new(Frame::default())).subscribe()
        };
        let mut person = self.0.db.person(user).await?;
        let Some(now) = progress::snapshot(&mut person, subject).await? else {
            drop(receiver);
            self.forget_unwatched();
            return Ok(None);
        };
        drop(person);
        self.show(subject, &now);
        Ok(Some(receiver))
    }

    /// Drops what nobody watches any more.
    pub(super) fn forget_unwatched(&self) {
        lock(&self.0.topics).retain(|_, sender| sender.receiver_count() > 0);
    }

    fn show(&self, subject: Subject, now: &progress::Snapshot) {
        let topics = lock(&self.0.topics);
        let Some(sender) = topics.get(&subject) else { return };
        sender.send_if_modified(|frame| {
            // Those are numbered by when they were read: what says the same as before is no news.
            let same = matches!(subject, Subject::Notifications(_)) && now.progress == *frame.data;
            // The empty frame has shown nothing yet.
            let newer = frame.text.is_empty() || (now.seq > frame.seq && !same);
            if newer {
                let text = message::state(subject, now).to_string();
                *frame = Frame { seq: now.seq, text: text.into(), data: Arc::new(now.progress.clone()) };
            }
            newer
        });
    }

    /// Begins to listen, once, for as long as somebody holds the hub.
    fn listen(&self) {
        self.0.listening.get_or_init(|| {
            tokio::spawn(hear(Arc::downgrade(&self.0)));
            tokio::spawn(read(Arc::downgrade(&self.0)));
        });
    }
}

/// Notes what changed as it is told.
async fn hear(hub: std::sync::Weak<Inner>) {
    loop {
        let Some(db) = hub.upgrade().map(|hub| hub.db.clone()) else { return };
        let mut listener = match progress::listen(db.owner(), &[progress::CHANNEL]).await {
            Ok(listener) => listener,
            Err(error) => {
                tracing::warn!(%error, "live progress pauses: the database does not answer");
                tokio::time::sleep(AGAIN).await;
                continue;
            }
        };
        // While nobody listened anything may have changed.
        if let Some(hub) = hub.upgrade() {
            let watched: Vec<Subject> = lock(&hub.topics).keys().copied().collect();
            lock(&hub.dirty).extend(watched);
            hub.wake.notify_one();
        }
        loop {
            match listener.try_recv().await {
                Ok(Some(told)) => {
                    let Some(hub) = hub.upgrade() else { return };
                    if let Some(change) = progress::read(told.payload())
                        && lock(&hub.topics).contains_key(&change.subject)
                    {
                        lock(&hub.dirty).insert(change.subject);
                        hub.wake.notify_one();
                    }
                }
                Ok(None) => break,
                Err(sqlx::Error::PoolClosed) => return,
                Err(error) => {
                    tracing::warn!(%error, "live progress pauses: the connection broke");
                    tokio::time::sleep(AGAIN).await;
                    break;
                }
            }
        }
    }
}

/// Reads what changed and shows it to its watchers.
async fn read(hub: std::sync::Weak<Inner>) {
    loop {
        let Some(inner) = hub.upgrade() else { return };
        let hub_now = Hub(inner);
        let dirty = std::mem::take(&mut *lock(&hub_now.0.dirty));
        if dirty.is_empty() {
            // Woken at least now and then, to notice that the hub is gone.
            let woken = tokio::time::timeout(AGAIN * 10, hub_now.0.wake.notified()).await;
            drop((woken, hub_now));
            continue;
        }
        for subject in dirty {
            let now = async {
                let mut connection = hub_now.0.db.worker().acquire().await?;
                progress::snapshot(&mut connection, subject).await
            };
            match now.await {
                Ok(Some(now)) => hub_now.show(subject, &now),
                // Removed with its project: its watchers hear nothing more.
                Ok(None) => {}
                Err(error) => {
                    tracing::debug!(%error, "a change was not read; trying again");
                    lock(&hub_now.0.dirty).insert(subject);
                    tokio::time::sleep(AGAIN).await;
                }
            }
        }
        hub_now.forget_unwatched();
    }
}
