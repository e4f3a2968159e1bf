//! `admin queues`: what waits, how long, and what failed; pausing classes, draining nodes, a job before all others.

use super::Desk;
use crate::args::admin::{QueuesArgs, QueuesCommand};
use crate::failure::{Class as Kind, Failure};
use crate::output::Output;
use chrono::{DateTime, Utc};
use mv_core::audit::Event;
use mv_store::StoreError;
use mv_store::db::audit::{self, NewEntry};
use mv_store::queue::{admin, halts};
use serde_json::{Value, json};
use sqlx::PgConnection;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Jobs shown at a time.
const SHOWN: i64 = 100;

pub(super) async fn run(args: &QueuesArgs, desk: &Desk, output: Output) -> Result<(), Failure> {
    if let Some(command) = &args.command {
        return control(command, desk, output).await;
    }
    let mut connection = desk.db.worker().acquire().await.map_err(StoreError::from)?;
    if args.jobs || args.class.is_some() {
        let jobs = admin::list(&mut connection, args.class, SHOWN, 0).await?;
        output.answer(&jobs, || {
            jobs.iter().fold(String::new(), |mut text, job| {
                let since = moment(job.created_at);
                let error = job.last_error.as_deref().unwrap_or_default();
                let _ = writeln!(text, "{:>8}  {:<8} {:<20} {since}  {error}", job.id, job.state, job.task);
                text
            })
        });
        return Ok(());
    }
    let metrics = admin::metrics(&mut connection).await?;
    let paused = halts::paused(&mut connection).await?;
    let told: BTreeMap<&str, Value> = metrics
        .iter()
        .map(|(class, of)| {
            let mut numbers = json!(of);
            numbers["paused_at"] = json!(paused.get(class));
            (class.word(), numbers)
        })
        .collect();
    output.answer(&told, || {
        let mut text = format!(
            "{:<10} {:>8} {:>8} {:>8} {:>12} {:>12}  oldest wait\n",
            "", "waiting", "active", "delayed", "failed (7 d)", "done (24 h)"
        );
        for (class, of) in &metrics {
            let wait = of.oldest_wait_seconds.map_or(String::new(), |seconds| format!("{seconds:.0} s"));
            let pause =
                paused.get(class).map_or(String::new(), |at| format!("  paused since {}", moment(*at)));
            let _ = writeln!(
                text,
                "{:<10} {:>8} {:>8} {:>8} {:>12} {:>12}  {wait}{pause}",
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

async fn control(command: &QueuesCommand, desk: &Desk, output: Output) -> Result<(), Failure> {
    let mut transaction = desk.db.worker().begin().await.map_err(StoreError::from)?;
    let done = match command {
        QueuesCommand::Tries { job } => return tries(&mut transaction, *job, output).await,
        QueuesCommand::Nodes => return nodes(&mut transaction, output).await,
        QueuesCommand::Pause { class } => {
            let is_new = halts::pause(&mut transaction, *class, None).await?;
            note(&mut transaction, is_new, "queue_paused", class.word()).await?;
            format!("`{}` is paused", class.word())
        }
        QueuesCommand::Resume { class } => {
            let is_new = halts::resume(&mut transaction, *class).await?;
            note(&mut transaction, is_new, "queue_resumed", class.word()).await?;
            format!("`{}` goes on", class.word())
        }
        QueuesCommand::Front { job } => {
            if !halts::to_front(&mut transaction, *job).await? {
                return Err(Failure::new(Kind::Input, format!("no job `{job}` waits"))
                    .hint("see which do with `melodyvision admin queues --jobs`")
                    .korean((
                        format!("기다리는 작업 중에 `{job}`번이 없어요"),
                        Some("`melodyvision admin queues --jobs`로 확인해 주세요".into()),
                    )));
            }
            note(&mut transaction, true, "job_to_front", &job.to_string()).await?;
            format!("job {job} is the next")
        }
        QueuesCommand::Drain { node } => {
            drain(&mut transaction, *node, true).await?;
            format!("node {node} takes no more jobs")
        }
        QueuesCommand::Undrain { node } => {
            drain(&mut transaction, *node, false).await?;
            format!("node {node} takes jobs")
        }
    };
    transaction.commit().await.map_err(StoreError::from)?;
    output.answer(&json!({ "done": done }), || format!("{done}\n"));
    Ok(())
}

async fn drain(connection: &mut PgConnection, node: uuid::Uuid, drains: bool) -> Result<(), Failure> {
    let is_new = halts::drain(&mut *connection, node, drains).await.map_err(|error| match error {
        StoreError::NotFound => Failure::new(Kind::Input, format!("there is no node `{node}`"))
            .hint("see which there are with `melodyvision admin queues nodes`")
            .korean((
                format!("`{node}` 노드가 없어요"),
                Some("`melodyvision admin queues nodes`로 확인해 주세요".into()),
            )),
        other => other.into(),
    })?;
    let what = if drains { "node_drained" } else { "node_resumed" };
    note(connection, is_new, what, &node.to_string()).await
}

/// Into the audit log, as it is when an admin does it in the browser; here nobody is signed in.
async fn note(connection: &mut PgConnection, is_new: bool, what: &str, of: &str) -> Result<(), Failure> {
    if is_new {
        let entry = NewEntry {
            event: Event::QueueChangedByAdmin,
            user: None,
            resource: Some((what, of.to_owned())),
            metadata: json!({ "by": "command line" }),
            ip_address: None,
            user_agent: None,
        };
        audit::write(connection, entry).await?;
    }
    Ok(())
}

async fn tries(connection: &mut PgConnection, job: i64, output: Output) -> Result<(), Failure> {
    let tries = admin::attempts(connection, job).await?;
    output.answer(&tries, || {
        tries.iter().fold(String::new(), |mut text, one| {
            let took = (one.finished_at - one.started_at).num_milliseconds() as f64 / 1000.0;
            let waited = (one.started_at - one.enqueued_at).num_milliseconds() as f64 / 1000.0;
            let error = one.error.as_ref().map_or(String::new(), ToString::to_string);
            let _ = writeln!(
                text,
                "{:>2}  {:<9} {}  waited {waited:.1} s, took {took:.1} s  {error}",
                one.number,
                one.outcome,
                moment(one.started_at),
            );
            text
        })
    });
    Ok(())
}

async fn nodes(connection: &mut PgConnection, output: Output) -> Result<(), Failure> {
    let nodes = halts::nodes(connection).await?;
    output.answer(&nodes, || {
        nodes.iter().fold(String::new(), |mut text, node| {
            let state = match (node.is_alive, node.draining_at) {
                (false, _) => "gone",
                (true, Some(_)) => "draining",
                (true, None) => "working",
            };
            let classes = node.classes.join(",");
            let _ = writeln!(
                text,
                "{}  {:<20} {state:<8} {:>3} in hand  {classes}",
                node.id, node.name, node.in_hand
            );
            text
        })
    });
    Ok(())
}

fn moment(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S").to_string()
}
