//! A person's subscription, as it is at Stripe now.

use super::{BillingError, connection, note, payments, write_to};
use crate::error::JobError;
use crate::running::Running;
use chrono::{DateTime, Utc};
use mv_billing::Offers;
use mv_billing::objects::{Subscription, SubscriptionItem, SubscriptionStatus};
use mv_core::audit::Event;
use mv_core::ids::UserId;
use mv_core::jobs::Mail;
use mv_core::plan::Plan;
use mv_core::units::Credits;
use mv_store::StoreError;
use mv_store::db::subscriptions::{self, Change, PeriodUsage, Status, Told};
use serde_json::{Value, json};

/// Reads it and writes it down, unless somebody wrote down what they read later.
pub(super) async fn run(running: &Running, user: UserId) -> Result<(), JobError> {
    let shop = &running.shop;
    let stripe = &payments(running)?.stripe;
    let (payer, read) = {
        let mut connection = connection(running).await?;
        let payer = match subscriptions::payer(&mut connection, user).await {
            Ok(payer) => payer,
            Err(StoreError::NotFound) => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        // Committed before Stripe is asked: the number says which of two reads is the newer.
        (payer, subscriptions::begin_read(&mut connection, user).await?)
    };
    let Some(customer) = payer.customer else { return Ok(()) };
    let all = stripe.subscriptions_of(&customer).await?;
    if all.iter().filter(|one| one.is_live()).count() > 1 {
        tracing::warn!(user.id = %user, stripe.customer = customer, "there is more than one live subscription");
    }
    let Some(subscription) = all.into_iter().max_by(|a, b| order(a).cmp(&order(b))) else { return Ok(()) };
    if payer.deleted && subscription.is_live() && !ends(&subscription) {
        let key = format!("cancel-{}-{}", subscription.id, user);
        stripe.cancel_at_period_end(&subscription.id, true, &key).await?;
    }
    let told = told(&shop.billing.offers, &subscription, customer)?;
    let mut transaction = shop.db.worker().begin().await.map_err(StoreError::from)?;
    let (grace, now) = (shop.billing.grace(), shop.clock.now());
    let Some(change) = subscriptions::apply(&mut transaction, user, read, &told, grace, now).await? else {
        tracing::debug!(user.id = %user, "a newer read of the subscription was written down already");
        return Ok(());
    };
    let used = subscriptions::usage(&mut transaction, user, change.after.period_start).await?;
    subscriptions::keep_usage(&mut transaction, user, &usage(&used)).await?;
    if let Some(event) = news(&change) {
        let about = json!({
            "plan": change.after.plan, "status": change.after.status.word(), "subscription": told.subscription,
            "cancel_at_period_end": change.after.cancel_at_period_end,
        });
        note(&mut transaction, event, user, about).await?;
        // Whoever lost the plan when the days of grace were over was told then.
        let had_it = change.before.as_ref().is_some_and(|before| before.entitles(grace, now) != Plan::Free);
        if event == Event::SubscriptionCanceled && had_it {
            write_to(&mut transaction, user, Mail::PlanEnded, &told.subscription).await?;
        }
    }
    transaction.commit().await.map_err(StoreError::from)?;
    Ok(())
}

/// Which of several subscriptions counts: one that is paid for before one that is not, then the newest.
fn order(subscription: &Subscription) -> (u8, i64, &str) {
    use SubscriptionStatus as S;
    let rank = match subscription.status {
        S::Active | S::Trialing => 4,
        S::PastDue => 3,
        S::Unpaid | S::Paused => 2,
        S::Incomplete => 1,
        S::Canceled | S::IncompleteExpired | S::Unknown => 0,
    };
    (rank, subscription.created, &subscription.id)
}

/// Whether its end is settled already.
fn ends(subscription: &Subscription) -> bool {
    subscription.cancel_at_period_end || subscription.cancel_at.is_some()
}

fn told(offers: &Offers, subscription: &Subscription, customer: String) -> Result<Told, BillingError> {
    let unknown =
        |price: &str| BillingError::UnknownPrice { thing: subscription.id.clone(), price: price.to_owned() };
    let (plan, item) = plan_of(offers, subscription)
        .ok_or_else(|| unknown(subscription.items.data.first().map_or("", |item| item.price.id.as_str())))?;
    Ok(Told {
        plan,
        status: status(subscription.status),
        subscription: subscription.id.clone(),
        customer,
        price: item.price.id.clone(),
        period_start: at(item.current_period_start),
        period_end: at(item.current_period_end),
        cancel_at_period_end: ends(subscription),
        canceled_at: subscription.canceled_at.map(at),
        trial_start: subscription.trial_start.map(at),
        trial_end: subscription.trial_end.map(at),
        limits: limits(offers, plan),
    })
}

/// The plan that its price pays for; for a price that we do not know, the one that it was bought as.
fn plan_of<'a>(offers: &Offers, subscription: &'a Subscription) -> Option<(Plan, &'a SubscriptionItem)> {
    let items = &subscription.items.data;
    let by_price = items.iter().find_map(|item| Some((offers.plan_of(&item.price.id)?.0, item)));
    by_price.or_else(|| {
        let plan = subscription.metadata.get("plan")?.parse().ok()?;
        tracing::warn!(stripe.subscription = subscription.id, %plan, "its price is of no plan here");
        Some((plan, items.first()?))
    })
}

fn status(status: SubscriptionStatus) -> Status {
    use SubscriptionStatus as S;
    match status {
        S::Active => Status::Active,
        S::Trialing => Status::Trialing,
        // Not paid, not over: what is left of the days of grace decides.
        S::PastDue | S::Unpaid | S::Paused => Status::PastDue,
        S::Incomplete => Status::Incomplete,
        S::Canceled | S::IncompleteExpired | S::Unknown => Status::Canceled,
    }
}

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap_or_default()
}

/// `subscriptions.limits`: what the plan allows.
fn limits(offers: &Offers, plan: Plan) -> Value {
    let limits = offers.limits(plan);
    json!({
        "max_video_length_seconds": limits.video_seconds,
        "max_videos_per_month": limits.videos_per_month,
        "max_character_profiles": limits.characters,
        "max_concurrent_projects": limits.projects_at_once,
    })
}

/// `subscriptions.usage`: what was used of it.
fn usage(used: &PeriodUsage) -> Value {
    json!({
        "videos_created_this_period": used.videos,
        "credits_used_this_period": Credits::whole(used.spent),
        "total_videos_created": used.videos_ever,
        "last_video_created_at": used.last_video_at,
    })
}

/// What the audit log says of a change, where it is one.
fn news(change: &Change) -> Option<Event> {
    let Change { before, after, .. } = change;
    let is_over = |status| matches!(status, Status::Canceled);
    let Some(before) = before else {
        return (!is_over(after.status)).then_some(Event::SubscriptionCreated);
    };
    if is_over(after.status) {
        return (!is_over(before.status)).then_some(Event::SubscriptionCanceled);
    }
    if before.subscription != after.subscription {
        return Some(Event::SubscriptionCreated);
    }
    let same = (before.plan, before.status, before.period_end, before.cancel_at_period_end)
        == (after.plan, after.status, after.period_end, after.cancel_at_period_end);
    (!same).then_some(Event::SubscriptionUpdated)
}
