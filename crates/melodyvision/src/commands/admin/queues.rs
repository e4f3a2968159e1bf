//! `admin queues`: what waits, how long, and what failed.

use super::Desk;
use crate::args::admin::QueuesArgs;
use crate::failure::Failure;
use crate::output::Output;
use mv_store::StoreError;
use mv_store::queue::admin;
use std::fmt::Write;

/// Jobs shown at a time.
const SHOWN: i64 = 100;

pub(super) async fn run(args: &QueuesArgs, desk: &Desk, output: Output) -> Result<(), Failure> {
    let mut connection = desk.db.worker().acquire().await.map_err(StoreError::from)?;
    if args.jobs || args.class.is_some() {
        let jobs = admin::list(&mut connection, args.class, SHOWN, 0).await?;
        output.answer(&jobs, || {
            jobs.iter().fold(String::new(), |mut text, job| {
                let since = job.created_at.format("%Y-%m-%d %H:%M:%S");
                let error = job.last_error.as_deref().unwrap_or_default();
                let _ = writeln!(text, "{:>8}  {:<8} {:<20} {since}  {error}", job.id, job.state, job.task);
                text
            })
        });
        return Ok(());
    }
    let metrics = admin::metrics(&mut connection).await?;
    output.answer(&metrics, || {
        let mut text = format!(
            "{:<10} {:>8} {:>8} {:>8} {:>12} {:>12}  oldest wait\n",
            "", "waiting", "active", "delayed", "failed (7 d)", "done (24 h)"
        );
        for (class, of) in &metrics {
            let wait = of.oldest_wait_seconds.map_or(String::new(), |seconds| format!("{seconds:.0} s"));
            let _ = writeln!(
                text,
                "{:<10} {:>8} {:>8} {:>8} {:>12} {:>12}  {wait}",
                class.word(),
                of.waiting,
                of.active,
                of.delayed,
                of.failed,
                of.completed
            );
        }
        text
    });
    Ok(())
}
