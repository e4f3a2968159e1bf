//! Counting what happened, a row a day and thing: whole days are counted again until they are over, so that nothing is
//! counted twice however often this runs.

use crate::error::JobError;
use crate::running::Running;
use mv_store::db::daily_counts;

/// Days that are counted again: what arrives late belongs to its own day.
const DAYS: i32 = 2;

pub(crate) async fn run(running: &Running) -> Result<(), JobError> {
    let mut transaction = running.finish().await?;
    daily_counts::count(&mut transaction, DAYS).await?;
    running.complete(transaction).await
}
