//! Waiting until a task has ended. One connection of this node hears of every change; requests wait for theirs in memory.

use mv_core::ids::TaskId;
use mv_store::db::progress::{self, Subject};
use mv_store::{Database, StoreError};
use std::time::Duration;
use tokio::sync::OnceCell;
use tokio::sync::broadcast::{self, error::RecvError};
use tokio::time::{Instant, timeout_at};

/// Changes that a slow request may fall behind before it looks for itself.
const BACKLOG: usize = 256;

#[derive(Debug, Default)]
pub struct Watch {
    changes: OnceCell<broadcast::Sender<Subject>>,
}

impl Watch {
    /// Waits until the task has ended, for so long at most.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub(crate) async fn ended(
        &self,
        db: &Database,
        task: TaskId,
        patience: Duration,
    ) -> Result<(), StoreError> {
        let deadline = Instant::now() + patience;
        let subject = Subject::Task(task);
        let sender = self.changes.get_or_try_init(|| hear(db)).await?;
        // Listening comes first: what ends between the look and the wait is heard of.
        let mut changes = sender.subscribe();
        loop {
            let mut connection = db.worker().acquire().await?;
            let found = progress::snapshot(&mut connection, subject).await?;
            drop(connection);
            if found.is_none_or(|snapshot| snapshot.has_ended()) {
                return Ok(());
            }
            loop {
                match timeout_at(deadline, changes.recv()).await {
                    Ok(Ok(changed)) if changed != subject => {}
                    // Told of it, or too late to have been told: look.
                    Ok(Ok(_) | Err(RecvError::Lagged(_))) => break,
                    Ok(Err(RecvError::Closed)) | Err(_) => return Ok(()),
                }
            }
        }
    }
}

/// Begins to listen, for as long as the process lives.
async fn hear(db: &Database) -> Result<broadcast::Sender<Subject>, StoreError> {
    let mut listener = progress::listen(db.owner(), &[progress::CHANNEL]).await?;
    let (sender, _) = broadcast::channel(BACKLOG);
    let heard = sender.clone();
    tokio::spawn(async move {
        loop {
            match listener.recv().await {
                Ok(told) => {
                    if let Some(change) = progress::read(told.payload()) {
                        // Nobody may be waiting just now.
                        heard.send(change.subject).ok();
                    }
                }
                // The pool was closed: the server is shutting down.
                Err(sqlx::Error::PoolClosed) => return,
                // The listener connects anew by itself; whoever waits looks at its own deadline.
                Err(error) => {
                    tracing::warn!(%error, "the connection that hears of progress broke");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }
        }
    });
    Ok(sender)
}
