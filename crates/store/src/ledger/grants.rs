//! Credits that were paid for: booked once for each payment, run out when their time is over, and taken back when the
//! payment is.

use super::error::LedgerError;
use super::journal::{self, Source};
use super::pools::{self, Move};
use crate::error::StoreError;
use chrono::{DateTime, Utc};
use mv_core::ids::UserId;
use mv_core::units::MicroUsd;
use sqlx::PgConnection;
use std::collections::BTreeMap;
use uuid::Uuid;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GrantKind {
    /// A period of a plan.
    Plan,
    /// Bought beside it.
    Pack,
}

impl GrantKind {
    fn word(self) -> &'static str {
        match self {
            Self::Plan => "plan",
            Self::Pack => "pack",
        }
    }

    /// What the person reads beside the entry.
    fn reason(self) -> &'static str {
        match self {
            Self::Plan => "plan",
            Self::Pack => "purchase",
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub struct NewGrant<'a> {
    pub user: UserId,
    pub kind: GrantKind,
    /// Of the invoice or the checkout: the same again is the same grant.
    pub source: &'a str,
    /// How money that goes back is known.
    pub payment_intent: Option<&'a str>,
    pub amount: MicroUsd,
    /// In whole minor units.
    pub paid_minor: i64,
    pub currency: Option<&'a str>,
    /// `None` never runs out.
    pub expires_at: Option<DateTime<Utc>>,
    pub now: DateTime<Utc>,
}

/// Books credits that were paid for; says whether that was done now. Nothing is done for no credits.
///
/// # Errors
/// [`StoreError::NotFound`] when there is no such person.
pub async fn grant_once(connection: &mut PgConnection, new: &NewGrant<'_>) -> Result<bool, LedgerError> {
    if new.amount.0 <= 0 {
        return Ok(false);
    }
    journal::hold(connection, new.user).await?;
    let id = Uuid::new_v4();
    let done = sqlx::query!(
        "INSERT INTO credit_grants (id, user_id, kind, source, payment_intent, amount, paid_minor, currency, granted_at,
           expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (source) DO NOTHING",
        id,
        new.user.0,
        new.kind.word(),
        new.source,
        new.payment_intent,
        new.amount.0,
        new.paid_minor.max(0),
        new.currency,
        new.now,
        new.expires_at,
    )
    .execute(&mut *connection)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    let granted = (new.amount, Source::Granted);
    journal::move_grant(connection, id, new.user, id, granted, new.kind.reason()).await?;
    Ok(true)
}

/// What became of the money of a payment, as it is now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaidBack {
    /// So much of it went back in all, in whole minor units.
    Refunded(i64),
    /// Whether its bank has taken it from us.
    Disputed(bool),
}

/// What followed for the credits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TakenBack {
    pub user: UserId,
    /// Taken now; negative where credits were given again.
    pub taken: MicroUsd,
    /// Spent before, so that it could not be taken.
    pub owed: MicroUsd,
}

/// Takes back the credits of a payment whose money went back, in proportion and as far as they are there; gives them again
/// when a dispute was won. Told the same again, nothing moves. `None` when the payment brought no credits.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn pay_back(
    connection: &mut PgConnection,
    payment_intent: &str,
    what: PaidBack,
) -> Result<Option<TakenBack>, LedgerError> {
    let owner = sqlx::query_scalar!(
        "SELECT user_id FROM credit_grants WHERE payment_intent = $1 LIMIT 1",
        payment_intent
    )
    .fetch_optional(&mut *connection)
    .await?;
    let Some(user) = owner.map(UserId) else { return Ok(None) };
    journal::hold(connection, user).await?;
    let (refunded, disputed) = match what {
        PaidBack::Refunded(minor) => (Some(minor), None),
        PaidBack::Disputed(disputed) => (None, Some(disputed)),
    };
    // A refund is never undone: an older word of it says less.
    let grant = sqlx::query!(
        "UPDATE credit_grants SET refunded_minor = greatest(refunded_minor, coalesce($2::bigint, 0)),
           disputed = coalesce($3, disputed)
         WHERE id = (SELECT id FROM credit_grants WHERE payment_intent = $1 ORDER BY granted_at, id LIMIT 1)
         RETURNING id, amount, paid_minor, expired, refunded_minor, disputed, taken_back",
        payment_intent,
        refunded,
        disputed,
    )
    .fetch_one(&mut *connection)
    .await?;
    let share = if grant.disputed || grant.paid_minor == 0 {
        if grant.disputed { grant.amount } else { 0 }
    } else {
        let part = i128::from(grant.amount) * i128::from(grant.refunded_minor) / i128::from(grant.paid_minor);
        i64::try_from(part).unwrap_or(grant.amount).min(grant.amount)
    };
    // What ran out is gone already.
    let due = share.min(grant.amount - grant.expired);
    let available = journal::balance(connection, user).await?.available.0.max(0);
    let taken = (due - grant.taken_back).min(available);
    let owed = (due - grant.taken_back - taken).max(0);
    if taken != 0 {
        let (reason, source) = match (taken > 0, what) {
            (true, PaidBack::Refunded(_)) => ("refund", Source::Refunded),
            (true, PaidBack::Disputed(_)) => ("chargeback", Source::Refunded),
            (false, _) => ("chargeback_won", Source::Refunded),
        };
        let moved = (MicroUsd(-taken), source);
        journal::move_grant(connection, Uuid::new_v4(), user, grant.id, moved, reason).await?;
    }
    sqlx::query!(
        "UPDATE credit_grants SET taken_back = taken_back + $2, owed = $3 WHERE id = $1",
        grant.id,
        taken,
        owed
    )
    .execute(connection)
    .await?;
    Ok(Some(TakenBack { user, taken: MicroUsd(taken), owed: MicroUsd(owed) }))
}

/// People with grants whose time is over.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn with_due_grants(
    connection: &mut PgConnection,
    now: DateTime<Utc>,
) -> Result<Vec<UserId>, StoreError> {
    let ids = sqlx::query_scalar!(
        "SELECT DISTINCT user_id FROM credit_grants WHERE expired_at IS NULL AND expires_at <= $1",
        now
    )
    .fetch_all(connection)
    .await?;
    Ok(ids.into_iter().map(UserId).collect())
}

/// What a person's transfers did to what they have, spendable or set aside, in the order they were booked.
async fn moves(connection: &mut PgConnection, user: UserId) -> Result<Vec<Move>, StoreError> {
    let moves = sqlx::query!(
        r#"SELECT grant_id, sum(amount)::bigint AS "amount!" FROM credit_entries
           WHERE user_id = $1 AND account IN ('balance', 'reserved')
           GROUP BY transfer_id, grant_id HAVING sum(amount) <> 0 ORDER BY min(id)"#,
        user.0
    )
    .fetch_all(connection)
    .await?;
    Ok(moves.into_iter().map(|row| Move { grant: row.grant_id, amount: row.amount }).collect())
}

/// Credits that came together, as far as they are left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Remainder {
    /// `None`: given by an operator, or come back from calls that earlier credits had paid for.
    pub kind: Option<GrantKind>,
    /// Spendable, or set aside for calls that have not ended.
    pub left: MicroUsd,
    /// What came; `None` where it did not come at once.
    pub granted: Option<MicroUsd>,
    pub granted_at: Option<DateTime<Utc>>,
    /// `None` never runs out.
    pub expires_at: Option<DateTime<Utc>>,
}

/// What is left of a person's credits by where they came from: in the order in which they are spent, and all together
/// what they have, spendable or set aside.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn remainders(connection: &mut PgConnection, user: UserId) -> Result<Vec<Remainder>, StoreError> {
    let grants = sqlx::query!(
        "SELECT id, kind, amount, granted_at, expires_at FROM credit_grants WHERE user_id = $1
         ORDER BY expires_at, id",
        user.0
    )
    .fetch_all(&mut *connection)
    .await?;
    let expires = grants.iter().map(|grant| (grant.id, grant.expires_at)).collect();
    let moves = moves(connection, user).await?;
    let all: i64 = moves.iter().map(|one| one.amount).sum();
    let pools = pools::left(&expires, moves);
    let others = all - pools.values().sum::<i64>();
    let granted = grants.into_iter().map(|grant| Remainder {
        kind: Some(if grant.kind == GrantKind::Plan.word() { GrantKind::Plan } else { GrantKind::Pack }),
        left: MicroUsd(pools.get(&grant.id).copied().unwrap_or_default()),
        granted: Some(MicroUsd(grant.amount)),
        granted_at: Some(grant.granted_at),
        expires_at: grant.expires_at,
    });
    let others =
        Remainder { kind: None, left: MicroUsd(others), granted: None, granted_at: None, expires_at: None };
    Ok(granted.chain([others]).filter(|one| one.left.0 > 0).collect())
}

/// What ran out for a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Expiry {
    pub expired: MicroUsd,
    /// Of grants that are over too, but set aside for calls in the works: it runs out when it comes back.
    pub waiting: MicroUsd,
}

/// Takes away what is left of a person's grants whose time is over. Credits that run out soonest count as spent first.
///
/// # Errors
/// [`StoreError::NotFound`] when there is no such person.
pub async fn expire(
    connection: &mut PgConnection,
    user: UserId,
    now: DateTime<Utc>,
) -> Result<Expiry, LedgerError> {
    journal::hold(connection, user).await?;
    let grants = sqlx::query!(
        r#"SELECT id, expires_at, expired_at IS NULL AND coalesce(expires_at <= $2, false) AS "due!" FROM credit_grants
           WHERE user_id = $1 ORDER BY expires_at, id"#,
        user.0,
        now
    )
    .fetch_all(&mut *connection)
    .await?;
    let expires: BTreeMap<Uuid, Option<DateTime<Utc>>> =
        grants.iter().map(|grant| (grant.id, grant.expires_at)).collect();
    let left = pools::left(&expires, moves(connection, user).await?);
    let mut available = journal::balance(connection, user).await?.available.0.max(0);
    let mut expiry = Expiry::default();
    for grant in grants.into_iter().filter(|grant| grant.due) {
        let rest = left.get(&grant.id).copied().unwrap_or_default();
        let gone = rest.min(available);
        available -= gone;
        if gone > 0 {
            let moved = (MicroUsd(-gone), Source::Expired);
            journal::move_grant(connection, Uuid::new_v4(), user, grant.id, moved, "expired").await?;
        }
        expiry.expired = expiry.expired + MicroUsd(gone);
        expiry.waiting = expiry.waiting + MicroUsd(rest - gone);
        sqlx::query!(
            "UPDATE credit_grants SET expired = expired + $2, expired_at = CASE WHEN $3 THEN $4::timestamptz END
             WHERE id = $1",
            grant.id,
            gone,
            rest == gone,
            now
        )
        .execute(&mut *connection)
        .await?;
    }
    Ok(expiry)
}
