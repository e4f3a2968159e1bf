//! Payments, against a counterpart of Stripe's that remembers: lives of subscriptions whose events come late, twice, in any
//! order or not at all, and money that goes back.

use crate::ground::Ground;
use chrono::{DateTime, TimeDelta};
use mv_billing::{Billing, Offers, Payments, Retry, Stripe, StripeSettings};
use mv_core::Clock;
use mv_core::clock::SetClock;
use mv_core::ids::UserId;
use mv_core::jobs::{Class, Job};
use mv_core::plan::Plan;
use mv_jobs::{ServiceDesk, Shop, Supplies, Workers};
use mv_media::{ToolSearch, Tools};
use mv_store::StoreError;
use mv_store::db::{stripe_events, subscriptions};
use mv_store::ledger;
use mv_store::queue::{self, Enqueue};
use mv_testing::stripe::{FakeStripe, KEY};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

const BEGAN: i64 = 1_795_000_000;
const DAY: i64 = 86_400;
const PRICES: &[(&str, i64, Option<&str>)] = &[
    ("price_im", 1900, Some("month")),
    ("price_pm", 4900, Some("month")),
    ("price_py", 49_000, Some("year")),
    ("price_500", 600, None),
];

struct Shopfront {
    ground: Ground,
    stripe: FakeStripe,
    clock: Arc<SetClock>,
    workers: Option<Workers>,
    offers: Arc<Offers>,
}

impl Shopfront {
    async fn open() -> Self {
        let ground = Ground::new().await;
        let stripe = FakeStripe::start(BEGAN, PRICES).await.unwrap();
        let ids = [
            ("indie_monthly", "price_im"),
            ("pro_monthly", "price_pm"),
            ("pro_yearly", "price_py"),
            ("pack_500", "price_500"),
        ];
        let ids = ids.into_iter().map(|(name, id)| (name.to_owned(), id.to_owned())).collect();
        let offers = Arc::new(Offers::default().with_prices(&ids).unwrap());
        let clock = Arc::new(SetClock::at(DateTime::from_timestamp(BEGAN, 0).unwrap()));
        let mut shopfront = Self { ground, stripe, clock, workers: None, offers };
        shopfront.work();
        shopfront
    }

    fn work(&mut self) {
        let settings = StripeSettings {
            secret_key: KEY.into(),
            api_base: self.stripe.base().parse().unwrap(),
            timeout: Duration::from_secs(10),
            retry: Retry { pause: Duration::from_millis(1), ..Retry::default() },
        };
        let payments = Payments {
            stripe: Stripe::new(&settings).unwrap(),
            webhook_secrets: vec!["whsec_1".into()],
            automatic_tax: true,
        };
        let supplies = Supplies {
            db: self.ground.db().clone(),
            objects: self.ground.objects.clone(),
            tools: Tools::locate(&ToolSearch::default()).unwrap(),
            services: ServiceDesk::built_in(self.clock.clone()).unwrap(),
            keyring: Ground::keyring(),
            billing: Billing { offers: self.offers.clone(), least: Plan::Free, payments: Some(payments) },
            clock: self.clock.clone(),
        };
        let mut settings = self.ground.settings();
        settings.at_once = BTreeMap::from([(Class::Mail, 8), (Class::Cleaning, 1)]);
        self.workers = Some(Workers::start(&Shop::open(supplies, settings).unwrap()));
    }

    /// A person who is a customer.
    async fn customer(&self, name: &str) -> (UserId, String) {
        let user: sqlx::types::Uuid = sqlx::query_scalar(
            "INSERT INTO users (email, name, stripe_customer_id) VALUES ($1 || '@example.com', $1, 'cus_' || $1)
             RETURNING id",
        )
        .bind(name)
        .fetch_one(self.ground.db().owner())
        .await
        .unwrap();
        (UserId(user), format!("cus_{name}"))
    }

    /// What the webhook's route does with an event.
    async fn deliver(&self, event: &Value) {
        let (id, kind) = (event["id"].as_str().unwrap(), event["type"].as_str().unwrap());
        let mut transaction = self.ground.db().gate().begin().await.unwrap();
        let now = self.clock.now();
        if stripe_events::write_down(&mut transaction, id, kind, event, now).await.unwrap() {
            let job = Job::ProcessBillingEvent { event_id: id.to_owned() };
            queue::enqueue(&mut transaction, &job, Enqueue::default()).await.unwrap();
        }
        transaction.commit().await.unwrap();
    }

    async fn reconcile(&self, whole: bool) {
        let mut connection = self.ground.db().worker().acquire().await.unwrap();
        let job = Job::ReconcileBilling { whole };
        queue::enqueue(&mut connection, &job, Enqueue::default()).await.unwrap();
        drop(connection);
        self.quiet().await;
    }

    /// Waits until there is nothing to do.
    async fn quiet(&self) {
        let left =
            "SELECT count(*) FROM queue_jobs() WHERE task IN ('process-billing-event', 'reconcile-billing')";
        self.ground.until_count(left, 0).await;
    }

    async fn plan(&self, user: UserId) -> String {
        let sql = "SELECT subscription_plan || '/' || subscription_status FROM users WHERE id = $1";
        sqlx::query_scalar(sql).bind(user.0).fetch_one(self.ground.db().owner()).await.unwrap()
    }

    async fn credits(&self, user: UserId) -> i64 {
        let mut connection = self.ground.db().worker().acquire().await.unwrap();
        ledger::balance(&mut connection, user).await.unwrap().available.0 / 10_000
    }

    async fn mails(&self, kind: &str) -> i64 {
        let sql = "SELECT count(*) FROM job_history WHERE task = 'email-notification' AND payload #>> '{mail,type}' = $1";
        sqlx::query_scalar(sql).bind(kind).fetch_one(self.ground.db().owner()).await.unwrap()
    }

    /// What the person should have, worked out from what Stripe has and nothing else.
    fn due(&self, subscription: &str) -> (String, i64) {
        let now = self.stripe.thing(subscription).unwrap();
        let price = now["items"]["data"][0]["price"]["id"].as_str().unwrap();
        let (plan, _) = self.offers.plan_of(price).unwrap();
        let standing = match now["status"].as_str().unwrap() {
            status @ ("active" | "trialing" | "past_due") => format!("{plan}/{status}"),
            _ => "free/canceled".to_owned(),
        };
        let mut credits = 0;
        for invoice in self.stripe.invoices(subscription) {
            let read = serde_json::from_value(invoice.clone()).unwrap();
            if invoice["status"] != "paid" {
                continue;
            }
            let brought = self.offers.credits_of(&read).unwrap().credits.0 * 10_000;
            let (refunded, disputed) = self.stripe.gone(invoice["id"].as_str().unwrap());
            let paid = invoice["amount_paid"].as_i64().unwrap().max(1);
            let back = if disputed { brought } else { (brought * refunded / paid).min(brought) };
            credits += brought - back;
        }
        (standing, credits)
    }
}

/// The same numbers in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % most as u64) as usize
    }
}

/// Something that happens to a subscription.
fn happen(stripe: &FakeStripe, subscription: &str, dice: &mut Dice) {
    let last = stripe.last_invoice(subscription).unwrap();
    let last = last["id"].as_str().unwrap();
    stripe.advance(DAY * dice.below(6) as i64);
    match dice.below(12) {
        0..4 => stripe.renew(subscription, true),
        4 => stripe.renew(subscription, false),
        5 => stripe.pay_open(subscription),
        6 => stripe.change(subscription, "price_pm"),
        7 => stripe.change(subscription, "price_im"),
        8 => stripe.cancel_at_period_end(subscription, true),
        9 => stripe.cancel_at_period_end(subscription, false),
        10 => stripe.refund(last, 100 * dice.below(9) as i64),
        _ => {
            let dispute = stripe.dispute(last);
            if !dispute.is_empty() && dice.below(2) == 0 {
                stripe.close_dispute(&dispute, dice.below(3) > 0);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn five_hundred_deliveries_in_any_order_end_right() {
    let shop = Shopfront::open().await;
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let mut people = Vec::new();
    for number in 0..10 {
        let (user, customer) = shop.customer(&format!("p{number}")).await;
        let price = ["price_im", "price_pm", "price_py"][number % 3];
        let trial = if number == 7 { 7 } else { 0 };
        people.push((user, shop.stripe.subscribe(&customer, price, trial)));
    }
    let mut late: Vec<Value> = shop.stripe.events();
    let mut deliveries = 0;
    let mut already: Vec<Value> = Vec::new();
    for _ in 0..14 {
        for (_, subscription) in &people {
            happen(&shop.stripe, subscription, &mut dice);
        }
        late.extend(shop.stripe.events());
        // Some arrive now, in any order, some again; the others are held up.
        for _ in 0..18 {
            if late.is_empty() {
                break;
            }
            let event = late.swap_remove(dice.below(late.len()));
            shop.deliver(&event).await;
            deliveries += 1;
            already.push(event);
            if dice.below(2) == 0 {
                shop.deliver(&already[dice.below(already.len())]).await;
                deliveries += 1;
            }
        }
        // Stripe is away for a moment, now and then.
        if dice.below(3) == 0 {
            shop.stripe.break_down(2);
        }
    }
    while !late.is_empty() {
        let event = late.swap_remove(dice.below(late.len()));
        shop.deliver(&event).await;
        already.push(event);
        deliveries += 1;
    }
    while deliveries < 500 {
        shop.deliver(&already[dice.below(already.len())]).await;
        deliveries += 1;
    }
    shop.quiet().await;
    // What Stripe was away for too long for is tried again.
    shop.clock.advance(TimeDelta::minutes(20));
    shop.reconcile(false).await;
    shop.quiet().await;
    assert_eq!(shop.ground.count("SELECT count(*) FROM stripe_events WHERE processed_at IS NULL").await, 0);
    for (user, subscription) in &people {
        let (standing, credits) = shop.due(subscription);
        assert_eq!(shop.plan(*user).await, standing, "{subscription}");
        assert_eq!(shop.credits(*user).await, credits / 10_000, "{subscription}");
    }
    let before = shop.ground.count("SELECT count(*) FROM credit_entries").await;
    shop.reconcile(true).await;
    assert_eq!(shop.ground.count("SELECT count(*) FROM credit_entries").await, before, "nothing was missing");
    let unbalanced =
        "SELECT count(*) FROM (SELECT FROM credit_entries GROUP BY transfer_id HAVING sum(amount) <> 0) t";
    assert_eq!(shop.ground.count(unbalanced).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_no_event_told_is_found_at_night() {
    let shop = Shopfront::open().await;
    let (user, customer) = shop.customer("ana").await;
    let subscription = shop.stripe.subscribe(&customer, "price_pm", 0);
    drop(shop.stripe.events());
    shop.reconcile(true).await;
    assert_eq!((shop.plan(user).await.as_str(), shop.credits(user).await), ("pro/active", 3500));
    shop.stripe.renew(&subscription, false);
    shop.reconcile(true).await;
    assert_eq!(shop.plan(user).await, "pro/past_due", "grace");
    shop.clock.advance(TimeDelta::days(8));
    shop.reconcile(false).await;
    assert_eq!(shop.plan(user).await, "free/past_due", "it is over");
    shop.stripe.pay_open(&subscription);
    shop.reconcile(true).await;
    assert_eq!(shop.plan(user).await, "pro/active");
    shop.ground.until_count("SELECT count(*) FROM job_history WHERE task = 'email-notification'", 1).await;
    assert_eq!(shop.mails("plan_ended").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn credits_run_out_and_go_back() {
    let shop = Shopfront::open().await;
    let (user, customer) = shop.customer("ana").await;
    let subscription = shop.stripe.subscribe(&customer, "price_im", 0);
    for event in shop.stripe.events() {
        shop.deliver(&event).await;
    }
    shop.quiet().await;
    assert_eq!(shop.credits(user).await, 1000);
    // 300 are spent by somebody who takes them: of those that run out.
    let taken = mv_core::units::MicroUsd(-3_000_000);
    let mut connection = shop.ground.db().worker().acquire().await.unwrap();
    ledger::adjust(&mut connection, user, taken, ledger::Source::Granted, "correction", None).await.unwrap();
    drop(connection);
    shop.stripe.end(&subscription);
    for event in shop.stripe.events() {
        shop.deliver(&event).await;
    }
    shop.quiet().await;
    assert_eq!(shop.plan(user).await, "free/canceled");
    shop.clock.advance(TimeDelta::days(60));
    shop.reconcile(false).await;
    assert_eq!(shop.credits(user).await, 700, "the month of keeping is not over");
    shop.clock.advance(TimeDelta::days(2));
    shop.reconcile(false).await;
    assert_eq!(shop.credits(user).await, 0);
    shop.reconcile(false).await;
    // What ran out is not taken back once more.
    let invoice = shop.stripe.last_invoice(&subscription).unwrap();
    shop.stripe.refund(invoice["id"].as_str().unwrap(), 1900);
    for event in shop.stripe.events() {
        shop.deliver(&event).await;
    }
    shop.quiet().await;
    assert_eq!(shop.credits(user).await, 0);
    let owed = "SELECT owed FROM credit_grants";
    assert_eq!(shop.ground.count(owed).await, 3_000_000, "what was spent");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_price_of_no_plan_waits_for_the_operator() {
    let shop = Shopfront::open().await;
    let (user, customer) = shop.customer("ana").await;
    shop.stripe.subscribe(&customer, "price_500", 0);
    for event in shop.stripe.events() {
        shop.deliver(&event).await;
    }
    shop.quiet().await;
    let waiting =
        "SELECT count(*) FROM stripe_events WHERE processed_at IS NULL AND error LIKE '%price_500%'";
    assert_eq!(shop.ground.count(waiting).await, 2);
    assert_eq!(shop.plan(user).await, "free/active");
    let mut connection = shop.ground.db().worker().acquire().await.unwrap();
    let none: Result<_, StoreError> = subscriptions::get(&mut connection, user).await;
    assert_eq!(none.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_leaves_pays_no_more() {
    let shop = Shopfront::open().await;
    let (user, customer) = shop.customer("ana").await;
    let subscription = shop.stripe.subscribe(&customer, "price_py", 0);
    sqlx::query("UPDATE users SET deleted_at = now() WHERE id = $1")
        .bind(user.0)
        .execute(shop.ground.db().owner())
        .await
        .unwrap();
    shop.reconcile(true).await;
    assert_eq!(shop.stripe.thing(&subscription).unwrap()["cancel_at_period_end"], true);
    assert_eq!(shop.stripe.writes(), 1);
    shop.reconcile(true).await;
    assert_eq!(shop.stripe.writes(), 1, "once is enough");
}
