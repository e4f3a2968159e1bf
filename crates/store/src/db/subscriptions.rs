//! Who pays for which plan, as Stripe last said it, and what the person has used of it.

use crate::error::StoreError;
use chrono::{DateTime, TimeDelta, Utc};
use mv_core::ids::UserId;
use mv_core::plan::Plan;
use mv_core::units::MicroUsd;
use serde_json::Value;
use sqlx::PgConnection;

/// A person, as far as payments go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payer {
    pub email: String,
    pub name: Option<String>,
    pub locale: String,
    /// Stripe's customer.
    pub customer: Option<String>,
    pub deleted: bool,
}

/// # Errors
/// [`StoreError::NotFound`].
pub async fn payer(connection: &mut PgConnection, user: UserId) -> Result<Payer, StoreError> {
    let payer = sqlx::query_as!(
        Payer,
        r#"SELECT email, name, locale, stripe_customer_id AS customer, deleted_at IS NOT NULL AS "deleted!"
           FROM users WHERE id = $1"#,
        user.0
    )
    .fetch_one(connection)
    .await?;
    Ok(payer)
}

/// Whose customer it is.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn user_of(connection: &mut PgConnection, customer: &str) -> Result<Option<UserId>, StoreError> {
    let id = sqlx::query_scalar!("SELECT id FROM users WHERE stripe_customer_id = $1", customer)
        .fetch_optional(connection)
        .await?;
    Ok(id.map(UserId))
}

/// Keeps a person's customer; the first one stays. Says which counts.
///
/// # Errors
/// [`StoreError::NotFound`]; [`StoreError::Constraint`] when it is another person's.
pub async fn keep_customer(
    connection: &mut PgConnection,
    user: UserId,
    customer: &str,
) -> Result<String, StoreError> {
    let kept = sqlx::query_scalar!(
        r#"UPDATE users SET stripe_customer_id = coalesce(stripe_customer_id, $2) WHERE id = $1
           RETURNING stripe_customer_id AS "customer!""#,
        user.0,
        customer
    )
    .fetch_one(connection)
    .await?;
    Ok(kept)
}

/// How a subscription stands, in the table's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Active,
    Trialing,
    PastDue,
    Canceled,
    Incomplete,
}

impl Status {
    pub fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Trialing => "trialing",
            Self::PastDue => "past_due",
            Self::Canceled => "canceled",
            Self::Incomplete => "incomplete",
        }
    }

    fn of(word: &str) -> Self {
        match word {
            "active" => Self::Active,
            "trialing" => Self::Trialing,
            "past_due" => Self::PastDue,
            "incomplete" => Self::Incomplete,
            // The table's check allows no other.
            _ => Self::Canceled,
        }
    }
}

/// What Stripe says of a person's subscription now.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    pub plan: Plan,
    pub status: Status,
    pub subscription: String,
    pub customer: String,
    pub price: String,
    pub period_start: DateTime<Utc>,
    pub period_end: DateTime<Utc>,
    pub cancel_at_period_end: bool,
    pub canceled_at: Option<DateTime<Utc>>,
    pub trial_start: Option<DateTime<Utc>>,
    pub trial_end: Option<DateTime<Utc>>,
    /// What the plan allows, as the person may read it.
    pub limits: Value,
}

/// A subscription as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Subscription {
    pub plan: Plan,
    pub status: Status,
    pub subscription: Option<String>,
    pub price: Option<String>,
    pub period_start: DateTime<Utc>,
    pub period_end: DateTime<Utc>,
    pub cancel_at_period_end: bool,
    pub canceled_at: Option<DateTime<Utc>>,
    pub trial_start: Option<DateTime<Utc>>,
    pub trial_end: Option<DateTime<Utc>>,
    pub past_due_since: Option<DateTime<Utc>>,
    pub limits: Value,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl Subscription {
    /// What it entitles to at a moment: a plan whose payments fail stays for the days of grace.
    pub fn entitles(&self, grace: TimeDelta, now: DateTime<Utc>) -> Plan {
        match self.status {
            Status::Active | Status::Trialing => self.plan,
            Status::PastDue if self.past_due_since.is_none_or(|since| now < since + grace) => self.plan,
            Status::PastDue | Status::Canceled | Status::Incomplete => Plan::Free,
        }
    }
}

/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn get(connection: &mut PgConnection, user: UserId) -> Result<Option<Subscription>, StoreError> {
    let row = sqlx::query!(
        "SELECT plan, status, stripe_subscription_id, stripe_price_id, current_period_start, current_period_end,
           cancel_at_period_end, canceled_at, trial_start, trial_end, past_due_since, limits, created_at, updated_at
         FROM subscriptions WHERE user_id = $1",
        user.0
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| Subscription {
        plan: row.plan.parse().unwrap_or_default(),
        status: Status::of(&row.status),
        subscription: row.stripe_subscription_id,
        price: row.stripe_price_id,
        period_start: row.current_period_start,
        period_end: row.current_period_end,
        cancel_at_period_end: row.cancel_at_period_end,
        canceled_at: row.canceled_at,
        trial_start: row.trial_start,
        trial_end: row.trial_end,
        past_due_since: row.past_due_since,
        limits: row.limits,
        created_at: row.created_at,
        updated_at: row.updated_at,
    }))
}

/// Begins a read of a person's state at Stripe. To be committed before Stripe is asked.
///
/// # Errors
/// [`StoreError::Constraint`] with `billing_reads_user_id_fkey` when the person is gone.
pub async fn begin_read(connection: &mut PgConnection, user: UserId) -> Result<i64, StoreError> {
    let number = sqlx::query_scalar!(
        "INSERT INTO billing_reads AS r (user_id, begun) VALUES ($1, 1)
         ON CONFLICT (user_id) DO UPDATE SET begun = r.begun + 1 RETURNING begun",
        user.0
    )
    .fetch_one(connection)
    .await?;
    Ok(number)
}

/// What a read changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    pub before: Option<Subscription>,
    pub after: Subscription,
    /// What the person has now.
    pub plan: Plan,
}

/// Writes down what a read found. `None` when a read that began later was written down already: its news are newer.
///
/// # Errors
/// [`StoreError::NotFound`] when the person is gone.
pub async fn apply(
    connection: &mut PgConnection,
    user: UserId,
    read: i64,
    told: &Told,
    grace: TimeDelta,
    now: DateTime<Utc>,
) -> Result<Option<Change>, StoreError> {
    sqlx::query_scalar!("SELECT id FROM users WHERE id = $1 FOR NO KEY UPDATE", user.0)
        .fetch_one(&mut *connection)
        .await?;
    let fresh = sqlx::query!(
        "UPDATE billing_reads SET applied = $2 WHERE user_id = $1 AND applied < $2",
        user.0,
        read
    )
    .execute(&mut *connection)
    .await?;
    if fresh.rows_affected() == 0 {
        return Ok(None);
    }
    let before = get(connection, user).await?;
    sqlx::query!(
        "INSERT INTO subscriptions AS s (user_id, plan, status, stripe_subscription_id, stripe_customer_id, stripe_price_id,
           current_period_start, current_period_end, cancel_at_period_end, canceled_at, trial_start, trial_end, limits,
           past_due_since)
         VALUES ($1, $2, $3::varchar, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,
           CASE WHEN $3::varchar = 'past_due' THEN $14::timestamptz END)
         ON CONFLICT (user_id) DO UPDATE SET plan = excluded.plan, status = excluded.status,
           stripe_subscription_id = excluded.stripe_subscription_id, stripe_customer_id = excluded.stripe_customer_id,
           stripe_price_id = excluded.stripe_price_id, current_period_start = excluded.current_period_start,
           current_period_end = excluded.current_period_end, cancel_at_period_end = excluded.cancel_at_period_end,
           canceled_at = excluded.canceled_at, trial_start = excluded.trial_start, trial_end = excluded.trial_end,
           limits = excluded.limits,
           past_due_since = CASE WHEN excluded.status = 'past_due'
             THEN CASE WHEN s.stripe_subscription_id = excluded.stripe_subscription_id
               THEN coalesce(s.past_due_since, excluded.past_due_since) ELSE excluded.past_due_since END END",
        user.0,
        told.plan.word(),
        told.status.word(),
        told.subscription,
        told.customer,
        told.price,
        told.period_start,
        told.period_end,
        told.cancel_at_period_end,
        told.canceled_at,
        told.trial_start,
        told.trial_end,
        told.limits,
        now,
    )
    .execute(&mut *connection)
    .await?;
    let after = get(connection, user).await?.ok_or(StoreError::NotFound)?;
    // A first payment that never came through says nothing about what the person has otherwise.
    let never_began = |status| matches!(status, Status::Incomplete);
    let began =
        !never_began(after.status) || before.as_ref().is_some_and(|before| !never_began(before.status));
    if began {
        set_plan(connection, user, &after, grace, now).await?;
    }
    let plan = plan_of(connection, user).await?;
    Ok(Some(Change { before, after, plan }))
}

async fn plan_of(connection: &mut PgConnection, user: UserId) -> Result<Plan, StoreError> {
    let word = sqlx::query_scalar!("SELECT subscription_plan FROM users WHERE id = $1", user.0)
        .fetch_one(connection)
        .await?;
    Ok(word.parse().unwrap_or_default())
}

async fn set_plan(
    connection: &mut PgConnection,
    user: UserId,
    subscription: &Subscription,
    grace: TimeDelta,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let status = match subscription.status {
        Status::Incomplete => Status::Canceled,
        other => other,
    };
    sqlx::query!(
        "UPDATE users SET subscription_plan = $2, subscription_status = $3, subscription_current_period_end = $4,
           stripe_subscription_id = $5
         WHERE id = $1 AND (subscription_plan, subscription_status, subscription_current_period_end,
           stripe_subscription_id) IS DISTINCT FROM ($2, $3, $4, $5)",
        user.0,
        subscription.entitles(grace, now).word(),
        status.word(),
        subscription.period_end,
        subscription.subscription,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Takes the plan from people whose days of grace are over; says from whom, and since when their payments failed.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn end_grace(
    connection: &mut PgConnection,
    grace: TimeDelta,
    now: DateTime<Utc>,
) -> Result<Vec<(UserId, DateTime<Utc>)>, StoreError> {
    let over = sqlx::query!(
        r#"UPDATE users u SET subscription_plan = 'free' FROM subscriptions s
           WHERE s.user_id = u.id AND s.status = 'past_due' AND s.past_due_since <= $1 AND u.subscription_plan <> 'free'
           RETURNING u.id, s.past_due_since AS "since!""#,
        now - grace
    )
    .fetch_all(connection)
    .await?;
    Ok(over.into_iter().map(|row| (UserId(row.id), row.since)).collect())
}

/// Everybody whose subscription was not over when it was last read, by id, from the one after `after`.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn subscribers(
    connection: &mut PgConnection,
    after: Option<UserId>,
    limit: i64,
) -> Result<Vec<UserId>, StoreError> {
    let ids = sqlx::query_scalar!(
        "SELECT user_id FROM subscriptions WHERE status <> 'canceled' AND ($1::uuid IS NULL OR user_id > $1)
         ORDER BY user_id LIMIT $2",
        after.map(|id| id.0),
        limit
    )
    .fetch_all(connection)
    .await?;
    Ok(ids.into_iter().map(UserId).collect())
}

/// What a person has used since a moment.
#[derive(Clone, Debug, PartialEq)]
pub struct PeriodUsage {
    pub videos: i64,
    pub videos_ever: i64,
    pub last_video_at: Option<DateTime<Utc>>,
    pub spent: MicroUsd,
}

/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn usage(
    connection: &mut PgConnection,
    user: UserId,
    since: DateTime<Utc>,
) -> Result<PeriodUsage, StoreError> {
    let films = sqlx::query!(
        r#"SELECT count(*) FILTER (WHERE completed_at >= $2) AS "videos!", count(*) AS "ever!",
             max(completed_at) AS last
           FROM video_jobs WHERE user_id = $1 AND job_type = 'full_video' AND status = 'complete'"#,
        user.0,
        since
    )
    .fetch_one(&mut *connection)
    .await?;
    let spent = sqlx::query_scalar!(
        r#"SELECT coalesce(sum(amount), 0)::bigint AS "spent!" FROM credit_entries
           WHERE user_id = $1 AND account = 'spent' AND created_at >= $2"#,
        user.0,
        since
    )
    .fetch_one(connection)
    .await?;
    Ok(PeriodUsage {
        videos: films.videos,
        videos_ever: films.ever,
        last_video_at: films.last,
        spent: MicroUsd(spent),
    })
}

/// Keeps what was used beside the subscription, for whoever reads the table.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn keep_usage(
    connection: &mut PgConnection,
    user: UserId,
    usage: &Value,
) -> Result<(), StoreError> {
    sqlx::query!("UPDATE subscriptions SET usage = $2 WHERE user_id = $1 AND usage <> $2", user.0, usage)
        .execute(connection)
        .await?;
    Ok(())
}

/// Films that a person has ordered since a moment and that were not given up.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn films_since(
    connection: &mut PgConnection,
    user: UserId,
    since: DateTime<Utc>,
) -> Result<u32, StoreError> {
    let count = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM video_jobs
           WHERE user_id = $1 AND job_type = 'full_video' AND created_at >= $2 AND status NOT IN ('failed', 'canceled')"#,
        user.0,
        since
    )
    .fetch_one(connection)
    .await?;
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}
