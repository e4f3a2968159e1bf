//! `admin credits`: what somebody has, what moved it, and changes by hand.

use super::Desk;
use crate::args::admin::{CreditsArgs, CreditsChange, CreditsCommand};
use crate::failure::{Class, Failure};
use crate::output::Output;
use mv_core::audit::Event;
use mv_core::ids::UserId;
use mv_core::units::MicroUsd;
use mv_store::StoreError;
use mv_store::db::audit::{self, NewEntry};
use mv_store::ledger::{self, Balance, ByHand, Entry, LedgerError, Source};
use serde_json::json;
use std::fmt::Write;
use uuid::Uuid;

/// A credit in millionths of a dollar: a cent.
const CREDIT: i64 = 10_000;
/// Changes shown at a time.
const SHOWN: i64 = 50;

pub(super) async fn run(args: &CreditsArgs, desk: &Desk, output: Output) -> Result<(), Failure> {
    let user = desk.person(&args.email).await?;
    match &args.command {
        None => show(user, desk, output).await,
        Some(CreditsCommand::Grant(change)) => book(user, change, 1, desk, output).await,
        Some(CreditsCommand::Take(change)) => book(user, change, -1, desk, output).await,
    }
}

fn credits(amount: MicroUsd) -> f64 {
    amount.0 as f64 / CREDIT as f64
}

fn summary(balance: Balance) -> serde_json::Value {
    let Balance { available, reserved, spent } = balance;
    json!({ "available": credits(available), "reserved": credits(reserved), "spent": credits(spent) })
}

fn line(balance: Balance, output: Output) -> String {
    format!(
        "{} {:.2}, {} {:.2}, {} {:.2}",
        output.pick("쓸 수 있음", "available"),
        credits(balance.available),
        output.pick("예약됨", "reserved"),
        credits(balance.reserved),
        output.pick("쓴 합계", "spent"),
        credits(balance.spent),
    )
}

async fn show(user: UserId, desk: &Desk, output: Output) -> Result<(), Failure> {
    let mut connection = desk.db.worker().acquire().await.map_err(StoreError::from)?;
    let balance = ledger::balance(&mut connection, user).await?;
    let (entries, _) = ledger::entries(&mut connection, user, SHOWN, 0).await?;
    let row = |entry: &Entry| {
        json!({
            "id": entry.id, "credits": credits(entry.amount), "reason": entry.reason, "note": entry.note,
            "call_id": entry.call, "created_at": entry.created_at,
        })
    };
    let rows: Vec<_> = entries.iter().map(row).collect();
    output.answer(&json!({ "balance": summary(balance), "entries": rows }), || {
        entries.iter().fold(line(balance, output), |mut text, entry| {
            let _ = write!(
                text,
                "\n{}  {:>+12.2}  {:<12} {}",
                entry.created_at.format("%Y-%m-%d %H:%M"),
                credits(entry.amount),
                entry.reason,
                entry.note.as_deref().unwrap_or_default(),
            );
            text
        })
    });
    Ok(())
}

async fn book(
    user: UserId,
    change: &CreditsChange,
    sign: i64,
    desk: &Desk,
    output: Output,
) -> Result<(), Failure> {
    let reason = if sign > 0 { "gift" } else { "correction" };
    let by_hand = ByHand {
        id: change.id.unwrap_or_else(Uuid::new_v4),
        amount: MicroUsd(sign * change.credits * CREDIT),
        source: Source::Granted,
        reason,
        note: &change.note,
    };
    let mut transaction = desk.db.worker().begin().await.map_err(StoreError::from)?;
    let done = ledger::adjust_once(&mut transaction, user, &by_hand).await.map_err(refused)?;
    if done {
        let about = json!({ "credits": sign * change.credits, "reason": reason, "note": change.note });
        let entry = NewEntry { metadata: about, ..NewEntry::about(Event::CreditsChangedByAdmin, user) };
        audit::write(&mut transaction, entry).await?;
    }
    let balance = ledger::balance(&mut transaction, user).await?;
    transaction.commit().await.map_err(StoreError::from)?;
    output.answer(&json!({ "changed": done, "balance": summary(balance) }), || line(balance, output));
    Ok(())
}

fn refused(error: LedgerError) -> Failure {
    match error {
        LedgerError::Store(error) => error.into(),
        LedgerError::TooFewCredits { balance, .. } => {
            let left = credits(balance);
            Failure::new(Class::Input, format!("they have {left:.2} credits left: more cannot be taken"))
                .hint("what is set aside for calls comes back when they end")
                .korean((
                    format!("남은 크레딧이 {left:.2}이라 그보다 많이 뺄 수 없어요"),
                    Some("예약된 크레딧은 호출이 끝나면 돌아와요".into()),
                ))
        }
        other => {
            let hint = other.hint();
            let failure = Failure::new(Class::Input, other.to_string());
            match hint {
                Some(hint) => failure.hint(hint),
                None => failure,
            }
        }
    }
}
