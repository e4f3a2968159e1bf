//! `melodyvision calls`: the books of a film, and what becomes of a call whose answer was lost.

use crate::args::CallsArgs;
use crate::failure::{Class, Failure};
use crate::output::Output;
use mv_core::clock::SystemClock;
use mv_core::units::MicroUsd;
use mv_production::purchase::{CallState, Entry, FolderLedger, Ledger};
use mv_production::{FolderArtifacts, ProductionError};
use mv_providers::JobId;
use std::fmt::Write;
use std::sync::Arc;

pub(crate) fn run(args: &CallsArgs, output: Output) -> Result<(), Failure> {
    if !args.work.join("calls.jsonl").is_file() {
        let message = format!("`{}` has no books: nothing was bought there", args.work.display());
        return Err(Failure::new(Class::Input, message)
            .hint("name the folder of a film's parts, such as video.parts"));
    }
    // Held, so that no run changes the books meanwhile.
    let folder = FolderArtifacts::open(&args.work)?;
    let ledger = FolderLedger::open(folder.root(), None, Arc::new(SystemClock));
    let ledger = ledger.map_err(ProductionError::from)?;
    if let Some(call) = &args.settle {
        let job = args.job.clone().map(JobId);
        if !ledger.resolve(call, job).map_err(ProductionError::from)? {
            let message = format!("`{call}` is not a call that nobody could tell about");
            return Err(Failure::new(Class::Input, message)
                .hint("those are marked `unknown` in `melodyvision calls WORK`"));
        }
    }
    let entries = ledger.entries();
    output.answer(&entries, || table(&entries, ledger.spent(), output));
    Ok(())
}

fn table(entries: &[Entry], spent: MicroUsd, output: Output) -> String {
    let mut text = String::new();
    for entry in entries {
        let scene = entry.scene.map_or_else(String::new, |scene| format!("{scene}"));
        let (state, cost) = match &entry.state {
            CallState::Reserved => (output.pick("예약", "reserved").to_owned(), MicroUsd(entry.estimate)),
            CallState::Submitting { .. } => {
                (output.pick("보내는 중", "submitting").to_owned(), MicroUsd(entry.estimate))
            }
            CallState::Submitted { job } => {
                (format!("{} {}", output.pick("진행 중", "submitted"), job.0), MicroUsd(entry.estimate))
            }
            CallState::Succeeded { cost } => (output.pick("완료", "succeeded").to_owned(), *cost),
            CallState::Failed { message, cost } => {
                (format!("{}: {message}", output.pick("실패", "failed")), *cost)
            }
            CallState::Unknown { why } => {
                (format!("{}: {why}", output.pick("확인 필요", "unknown")), MicroUsd(entry.estimate))
            }
        };
        let _ = writeln!(
            text,
            "{}-{}  {:>3}  {:<18} {:>9}  {state}",
            entry.step,
            entry.ordinal,
            scene,
            entry.model,
            cost.to_string()
        );
        if let Some(because) = &entry.because {
            let _ = writeln!(text, "      {}: {because}", output.pick("이유", "because"));
        }
        if let Some(likeness) = entry.likeness {
            let _ = writeln!(text, "      {} {likeness:.2}", output.pick("닮음", "likeness"));
        }
    }
    let _ = writeln!(text, "{} {spent}", output.pick("지금까지 쓴 돈", "spent so far"));
    text
}
