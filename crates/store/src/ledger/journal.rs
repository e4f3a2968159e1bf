//! The journal of credits, in micro-dollars: transfers between a person's accounts whose entries add up to zero. Entries
//! are never changed, and a balance is their sum.

use super::error::LedgerError;
use super::text::storable;
use crate::error::StoreError;
use chrono::{DateTime, Utc};
use mv_core::ids::{CallId, UserId};
use mv_core::units::MicroUsd;
use sqlx::PgConnection;
use uuid::Uuid;

/// What a person has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Balance {
    /// May be spent.
    pub available: MicroUsd,
    /// Set aside for calls that have not ended.
    pub reserved: MicroUsd,
    /// What calls that were paid with credits have cost, ever.
    pub spent: MicroUsd,
}

/// Where credits come from, or go to, that no call costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Bought, or given by a plan or an operator; what is taken back of it.
    Granted,
    /// They ran out of time.
    Expired,
    /// Their price was paid back.
    Refunded,
}

impl Source {
    fn account(self) -> Account {
        match self {
            Self::Granted => Account::Granted,
            Self::Expired => Account::Expired,
            Self::Refunded => Account::Refunded,
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum Account {
    Balance,
    Reserved,
    Spent,
    Granted,
    Expired,
    Refunded,
    Overrun,
}

impl Account {
    fn word(self) -> &'static str {
        match self {
            Self::Balance => "balance",
            Self::Reserved => "reserved",
            Self::Spent => "spent",
            Self::Granted => "granted",
            Self::Expired => "expired",
            Self::Refunded => "refunded",
            Self::Overrun => "overrun",
        }
    }
}

/// One line of a person's journal, as they see it: what it did to what they may spend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub id: i64,
    pub amount: MicroUsd,
    pub reason: String,
    pub note: Option<String>,
    pub call: Option<CallId>,
    pub created_at: DateTime<Utc>,
}

/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn balance(connection: &mut PgConnection, user: UserId) -> Result<Balance, StoreError> {
    let row = sqlx::query!(
        r#"SELECT coalesce(sum(amount) FILTER (WHERE account = 'balance'), 0)::bigint AS "available!",
             coalesce(sum(amount) FILTER (WHERE account = 'reserved'), 0)::bigint AS "reserved!",
             coalesce(sum(amount) FILTER (WHERE account = 'spent'), 0)::bigint AS "spent!"
           FROM credit_entries WHERE user_id = $1 AND account IN ('balance', 'reserved', 'spent')"#,
        user.0
    )
    .fetch_one(connection)
    .await?;
    Ok(Balance {
        available: MicroUsd(row.available),
        reserved: MicroUsd(row.reserved),
        spent: MicroUsd(row.spent),
    })
}

/// What changed a person's balance, the newest first, and how many changes there are.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn entries(
    connection: &mut PgConnection,
    user: UserId,
    limit: i64,
    offset: i64,
) -> Result<(Vec<Entry>, i64), StoreError> {
    let rows = sqlx::query!(
        "SELECT id, amount, reason, note, paid_call_id, created_at FROM credit_entries
         WHERE user_id = $1 AND account = 'balance' ORDER BY id DESC LIMIT $2 OFFSET $3",
        user.0,
        limit,
        offset
    )
    .fetch_all(&mut *connection)
    .await?;
    let total = sqlx::query_scalar!(
        r#"SELECT count(*) AS "total!" FROM credit_entries WHERE user_id = $1 AND account = 'balance'"#,
        user.0
    )
    .fetch_one(connection)
    .await?;
    let rows = rows.into_iter().map(|row| Entry {
        id: row.id,
        amount: MicroUsd(row.amount),
        reason: row.reason,
        note: row.note,
        call: row.paid_call_id.map(CallId),
        created_at: row.created_at,
    });
    Ok((rows.collect(), total))
}

/// Gives a person credits. `reason` is a word of up to 40 characters: `purchase`, `plan`, `gift`; `note` is for people.
///
/// # Errors
/// [`StoreError::Constraint`] with `credit_entries_user_id_fkey` when there is no such person.
pub async fn grant(
    connection: &mut PgConnection,
    user: UserId,
    amount: MicroUsd,
    reason: &str,
    note: Option<&str>,
) -> Result<(), LedgerError> {
    adjust(connection, user, amount, Source::Granted, reason, note).await
}

/// Changes a person's balance by an amount, which is negative where credits are taken away. Nothing is done for zero.
///
/// # Errors
/// [`LedgerError::TooFewCredits`] when more would be taken than there is; credits that are set aside stay.
pub async fn adjust(
    connection: &mut PgConnection,
    user: UserId,
    amount: MicroUsd,
    source: Source,
    reason: &str,
    note: Option<&str>,
) -> Result<(), LedgerError> {
    if amount.0 < 0 {
        hold(connection, user).await?;
        let balance = balance(connection, user).await?.available;
        let needed = MicroUsd(amount.0.saturating_neg());
        if balance < needed {
            return Err(LedgerError::TooFewCredits { balance, needed });
        }
    }
    let transfer = [(Account::Balance, amount.0), (source.account(), amount.0.saturating_neg())];
    post(connection, user, None, reason, note, &transfer).await?;
    Ok(())
}

/// A change that a person asked for, and how it is told from another.
#[derive(Clone, Copy, Debug)]
pub struct ByHand<'a> {
    /// Made up by whoever asks: the same change asked for again has the same.
    pub id: Uuid,
    /// Negative where credits are taken away.
    pub amount: MicroUsd,
    pub source: Source,
    /// A word of up to 40 characters.
    pub reason: &'a str,
    pub note: &'a str,
}

/// Changes a person's balance once, however often it is asked for; says whether it was done now.
///
/// # Errors
/// [`StoreError::NotFound`] when there is no such person; [`LedgerError::TooFewCredits`]; [`LedgerError::OtherChange`]
/// when the id was used for another change.
pub async fn adjust_once(
    connection: &mut PgConnection,
    user: UserId,
    change: &ByHand<'_>,
) -> Result<bool, LedgerError> {
    hold(connection, user).await?;
    let before = sqlx::query!(
        "SELECT user_id, amount, reason FROM credit_entries WHERE transfer_id = $1 AND account = 'balance'",
        change.id
    )
    .fetch_optional(&mut *connection)
    .await?;
    if let Some(before) = before {
        let same =
            before.user_id == user.0 && before.amount == change.amount.0 && before.reason == change.reason;
        return if same { Ok(false) } else { Err(LedgerError::OtherChange) };
    }
    let needed = MicroUsd(change.amount.0.saturating_neg());
    let balance = balance(connection, user).await?.available;
    if balance < needed {
        return Err(LedgerError::TooFewCredits { balance, needed });
    }
    let transfer =
        [(Account::Balance, change.amount.0), (change.source.account(), change.amount.0.saturating_neg())];
    let labels = Labels { reason: change.reason, note: Some(change.note), ..Labels::default() };
    let posted = post_as(connection, change.id, user, labels, &transfer).await;
    match posted {
        // Used for somebody else at this very moment.
        Err(StoreError::Constraint { constraint }) if constraint == "credit_entries_transfer" => {
            Err(LedgerError::OtherChange)
        }
        posted => Ok(posted.map(|()| true)?),
    }
}

/// Keeps a person's row until the transaction ends: whoever else takes of their credits waits.
///
/// # Errors
/// [`StoreError::NotFound`].
pub(super) async fn hold(connection: &mut PgConnection, user: UserId) -> Result<(), StoreError> {
    sqlx::query_scalar!("SELECT id FROM users WHERE id = $1 FOR NO KEY UPDATE", user.0)
        .fetch_one(connection)
        .await?;
    Ok(())
}

/// Sets an estimate aside. The person's row is held, and their balance was looked at.
pub(super) async fn reserve(
    connection: &mut PgConnection,
    user: UserId,
    call: CallId,
    estimate: MicroUsd,
) -> Result<(), StoreError> {
    let transfer = [(Account::Balance, -estimate.0), (Account::Reserved, estimate.0)];
    post(connection, user, Some(call), "reserve", None, &transfer).await
}

/// Books what a call cost out of what was set aside for it. What is left goes back; what is missing is taken from the
/// balance as far as that goes, and beyond that the house bears it. The person's row is held.
pub(super) async fn settle(
    connection: &mut PgConnection,
    user: UserId,
    call: CallId,
    estimate: MicroUsd,
    cost: MicroUsd,
) -> Result<(), StoreError> {
    let left = estimate.0 - cost.0;
    let balance = if left < 0 { balance(connection, user).await?.available.0 } else { 0 };
    // What the balance gains: the rest, or less what it can bear of the overrun.
    let gain = left.max(-balance);
    let transfer = [
        (Account::Reserved, -estimate.0),
        (Account::Spent, cost.0),
        (Account::Balance, gain),
        (Account::Overrun, left - gain),
    ];
    post(connection, user, Some(call), "settle", None, &transfer).await
}

async fn post(
    connection: &mut PgConnection,
    user: UserId,
    call: Option<CallId>,
    reason: &str,
    note: Option<&str>,
    transfer: &[(Account, i64)],
) -> Result<(), StoreError> {
    post_as(connection, Uuid::new_v4(), user, Labels { call, reason, note, ..Labels::default() }, transfer)
        .await
}

/// What a transfer is about.
#[derive(Clone, Copy, Debug, Default)]
struct Labels<'a> {
    call: Option<CallId>,
    grant: Option<Uuid>,
    reason: &'a str,
    note: Option<&'a str>,
}

/// Moves a person's balance for a grant: negative where credits go. The person's row is held, and there are so many.
pub(super) async fn move_grant(
    connection: &mut PgConnection,
    transfer: Uuid,
    user: UserId,
    grant: Uuid,
    (amount, source): (MicroUsd, Source),
    reason: &str,
) -> Result<(), StoreError> {
    let entries = [(Account::Balance, amount.0), (source.account(), amount.0.saturating_neg())];
    let labels = Labels { grant: Some(grant), reason, ..Labels::default() };
    post_as(connection, transfer, user, labels, &entries).await
}

async fn post_as(
    connection: &mut PgConnection,
    id: Uuid,
    user: UserId,
    labels: Labels<'_>,
    transfer: &[(Account, i64)],
) -> Result<(), StoreError> {
    let (accounts, amounts): (Vec<String>, Vec<i64>) =
        transfer.iter().map(|(account, amount)| (account.word().to_owned(), *amount)).unzip();
    sqlx::query!(
        "INSERT INTO credit_entries (transfer_id, user_id, account, amount, reason, paid_call_id, note, grant_id)
         SELECT $7, $1, account, amount, $4, $5, $6, $8
         FROM unnest($2::text[], $3::bigint[]) AS entries (account, amount) WHERE amount <> 0",
        user.0,
        &accounts,
        &amounts,
        labels.reason,
        labels.call.map(|id| id.0),
        labels.note.map(storable),
        id,
        labels.grant,
    )
    .execute(connection)
    .await?;
    Ok(())
}
