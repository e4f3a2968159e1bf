//! Plans and payments as their buyer sees them, against a counterpart of Stripe's, and events as Stripe sends them.

use crate::app::{Client, TestApp};
use axum::http::HeaderValue;
use chrono::{DateTime, TimeDelta, Utc};
use mv_billing::{Billing, Offers, Payments, Retry, Stripe, StripeSettings};
use mv_core::ids::UserId;
use mv_core::plan::Plan;
use mv_store::db::subscriptions::{self, Status, Told};
use mv_testing::stripe::{FakeStripe, KEY, sign};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

const SECRETS: [&str; 2] = ["whsec_new", "whsec_old"];

async fn with_stripe() -> (TestApp, FakeStripe) {
    let prices = [
        ("price_im", 1900, Some("month")),
        ("price_pm", 4900, Some("month")),
        ("price_py", 49_000, Some("year")),
        ("price_500", 600, None),
    ];
    let stripe = FakeStripe::start(1_795_000_000, &prices).await.unwrap();
    let settings = StripeSettings {
        secret_key: KEY.into(),
        api_base: stripe.base().parse().unwrap(),
        timeout: Duration::from_secs(10),
        retry: Retry { pause: Duration::from_millis(1), ..Retry::default() },
    };
    let ids = [
        ("indie_monthly", "price_im"),
        ("pro_monthly", "price_pm"),
        ("pro_yearly", "price_py"),
        ("pack_500", "price_500"),
    ];
    let ids = ids.into_iter().map(|(name, id)| (name.to_owned(), id.to_owned())).collect();
    let billing = Billing {
        offers: Arc::new(Offers::default().with_prices(&ids).unwrap()),
        least: Plan::Free,
        payments: Some(Payments {
            stripe: Stripe::new(&settings).unwrap(),
            webhook_secrets: SECRETS.map(Into::into).to_vec(),
            automatic_tax: true,
        }),
    };
    (TestApp::billed(billing).await, stripe)
}

/// What a worker writes down when an event came.
async fn subscribed(app: &TestApp, user: &str, subscription: &str, status: Status) {
    let user: UserId = user.parse().unwrap();
    let mut connection = app.state.db.worker().acquire().await.unwrap();
    let read = subscriptions::begin_read(&mut connection, user).await.unwrap();
    let told = Told {
        plan: Plan::Indie,
        status,
        subscription: subscription.to_owned(),
        customer: "cus_1".to_owned(),
        price: "price_im".to_owned(),
        period_start: app.now() - TimeDelta::days(10),
        period_end: app.now() + TimeDelta::days(20),
        cancel_at_period_end: false,
        canceled_at: None,
        trial_start: None,
        trial_end: None,
        limits: json!({}),
    };
    let change =
        subscriptions::apply(&mut connection, user, read, &told, TimeDelta::days(7), app.now()).await;
    assert!(change.unwrap().is_some());
    app.state.auth.live.forget(user);
}

#[tokio::test]
async fn the_price_list_is_for_everybody() {
    let (app, _stripe) = with_stripe().await;
    let list = app.client().get("/api/billing/plans").await.expect(200);
    assert_eq!((&list["payments"], &list["currency"]), (&json!(true), &json!("usd")));
    let indie = &list["plans"][1];
    assert_eq!((&indie["id"], &indie["credits_per_month"]), (&json!("indie"), &json!(1000)));
    assert_eq!(indie["monthly"], json!({"amount": 1900, "available": true}));
    assert_eq!(indie["yearly"]["available"], false, "it has no price of Stripe's");
    assert_eq!(indie["limits"]["max_character_profiles"], 3);
    assert_eq!(list["packs"][0], json!({"credits": 500, "amount": 600, "available": true}));
}

#[tokio::test]
async fn a_plan_is_paid_for_at_stripes_page() {
    let (app, stripe) = with_stripe().await;
    let mut ana = app.person("ana@example.com").await;
    let order = json!({"plan_id": "pro", "billing_cycle": "yearly"});
    let path = "/api/billing/create-checkout-session";
    let begun = ana.post(path, order.clone()).await.expect(200);
    assert_eq!(begun["checkout_url"], "https://checkout.stripe.com/c/pay/cs");
    let session = begun["session_id"].as_str().unwrap();
    let made = stripe.thing(session).unwrap();
    assert_eq!((&made["price"], &made["metadata"]["plan"]), (&json!("price_py"), &json!("pro")));
    assert_eq!(made["client_reference_id"], json!(ana.id().await));
    let back = made["success_url"].as_str().unwrap();
    assert_eq!(back, "http://localhost:8080/billing/done?session_id={CHECKOUT_SESSION_ID}");
    // The same person is the same customer.
    let again = ana.post(path, order).await.expect(200);
    let again = stripe.thing(again["session_id"].as_str().unwrap()).unwrap();
    assert_eq!(again["customer"], made["customer"]);

    let state = format!("/api/billing/checkout-sessions/{session}");
    assert_eq!(
        ana.get(&state).await.expect(200),
        json!({"status": "open", "paid": false, "purchase": "plan"})
    );
    stripe.pay(session);
    assert_eq!(ana.get(&state).await.expect(200)["paid"], true);
    app.person("bo@example.com").await.get(&state).await.refused(404, "not_found");
    ana.get("/api/billing/checkout-sessions/cs_9999").await.refused(404, "not_found");
    ana.get("/api/billing/checkout-sessions/in_1").await.refused(404, "not_found");

    ana.post(path, json!({"plan_id": "indie", "billing_cycle": "yearly"})).await.refused(409, "not_sold");
    ana.post(path, json!({"plan_id": "free", "billing_cycle": "yearly"})).await.refused(422, "invalid");
    subscribed(&app, &ana.id().await, "sub_1", Status::Active).await;
    ana.post(path, json!({"plan_id": "pro", "billing_cycle": "monthly"}))
        .await
        .refused(409, "already_subscribed");
}

#[tokio::test]
async fn credits_come_in_packs() {
    let (app, stripe) = with_stripe().await;
    let mut ana = app.person("ana@example.com").await;
    let begun = ana.post("/api/billing/credits/purchase", json!({"amount": 500})).await.expect(200);
    let made = stripe.thing(begun["session_id"].as_str().unwrap()).unwrap();
    assert_eq!((&made["mode"], &made["metadata"]["credits"]), (&json!("payment"), &json!("500")));
    ana.post("/api/billing/credits/purchase", json!({"amount": 501})).await.refused(422, "invalid");
    ana.post("/api/billing/credits/purchase", json!({"amount": 2000})).await.refused(409, "not_sold");
}

#[tokio::test]
async fn a_subscription_is_seen_changed_and_ended() {
    let (app, stripe) = with_stripe().await;
    let mut ana = app.person("ana@example.com").await;
    let nothing = ana.get("/api/billing/subscription").await.expect(200);
    assert_eq!(
        (&nothing["subscription"]["plan"], &nothing["subscription"]["paid_plan"]),
        (&json!("free"), &Value::Null)
    );
    assert_eq!(nothing["usage"]["videos_created_this_period"], 0);
    for path in ["cancel", "resume"] {
        let path = format!("/api/billing/subscription/{path}");
        ana.post(&path, json!({})).await.refused(409, "no_subscription");
    }
    assert_eq!(ana.get("/api/billing/invoices").await.expect(200), json!({"invoices": [], "next": null}));

    let begun = ana
        .post("/api/billing/create-checkout-session", json!({"plan_id": "indie", "billing_cycle": "monthly"}))
        .await
        .expect(200);
    let session = begun["session_id"].as_str().unwrap();
    stripe.pay(session);
    let subscription = stripe.thing(session).unwrap()["subscription"].as_str().unwrap().to_owned();
    subscribed(&app, &ana.id().await, &subscription, Status::Active).await;
    let now = ana.get("/api/billing/subscription").await.expect(200);
    assert_eq!(
        (&now["subscription"]["plan"], &now["subscription"]["billing_cycle"]),
        (&json!("indie"), &json!("monthly"))
    );
    assert_eq!(now["subscription"]["limits"]["max_concurrent_projects"], 5);
    assert_eq!(now["usage"]["credits_forecast_this_period"], 0.0);
    let invoices = ana.get("/api/billing/invoices?limit=5").await.expect(200);
    assert_eq!(
        (&invoices["invoices"][0]["status"], &invoices["invoices"][0]["total"]),
        (&json!("paid"), &json!(1900))
    );
    assert_eq!(invoices["next"], Value::Null);
    for wrong in ["limit=0", "before=", "before=in%2F1", "before=in_9999"] {
        ana.get(&format!("/api/billing/invoices?{wrong}")).await.refused(422, "invalid");
    }

    let change = json!({"plan_id": "pro", "billing_cycle": "monthly"});
    let cost = ana.post("/api/billing/subscription/preview", change.clone()).await.expect(200);
    assert_eq!(cost, json!({"amount_due": 3000, "currency": "usd"}));
    assert_eq!(ana.post("/api/billing/subscription/change", change.clone()).await.status, 202);
    assert_eq!(stripe.thing(&subscription).unwrap()["items"]["data"][0]["price"]["id"], "price_pm");
    ana.post("/api/billing/subscription/change", change).await.refused(409, "same_plan");
    assert_eq!(ana.post("/api/billing/subscription/cancel", json!({})).await.status, 202);
    assert_eq!(stripe.thing(&subscription).unwrap()["cancel_at_period_end"], true);
    assert_eq!(ana.post("/api/billing/subscription/resume", json!({})).await.status, 202);
    assert_eq!(stripe.thing(&subscription).unwrap()["cancel_at_period_end"], false);

    let portal = ana.post("/api/billing/create-portal-session?flow=cancel", json!({})).await.expect(200);
    assert_eq!(portal["portal_url"], "https://billing.stripe.com/p/session/subscription_cancel");
    let home = ana.post("/api/billing/create-portal-session", json!({})).await.expect(200);
    assert_eq!(home["portal_url"], "https://billing.stripe.com/p/session/home");
    ana.post("/api/billing/create-portal-session?flow=elsewhere", json!({})).await.refused(422, "invalid");

    subscribed(&app, &ana.id().await, &subscription, Status::PastDue).await;
    let late = ana.get("/api/billing/subscription").await.expect(200);
    assert_eq!(
        (&late["subscription"]["plan"], &late["subscription"]["status"]),
        (&json!("indie"), &json!("past_due"))
    );
    let grace: DateTime<Utc> = serde_json::from_value(late["subscription"]["grace_ends_at"].clone()).unwrap();
    assert_eq!(grace, app.now() + TimeDelta::days(7));
}

#[tokio::test]
async fn invoices_are_read_page_by_page() {
    let (app, stripe) = with_stripe().await;
    let mut ana = app.person("ana@example.com").await;
    let begun = ana
        .post("/api/billing/create-checkout-session", json!({"plan_id": "indie", "billing_cycle": "monthly"}))
        .await
        .expect(200);
    let session = begun["session_id"].as_str().unwrap();
    stripe.pay(session);
    let subscription = stripe.thing(session).unwrap()["subscription"].as_str().unwrap().to_owned();
    for _ in 0..4 {
        stripe.renew(&subscription, true);
    }
    let ids = |page: &Value| -> Vec<String> {
        let invoices = page["invoices"].as_array().unwrap().iter();
        invoices.map(|invoice| invoice["id"].as_str().unwrap().to_owned()).collect()
    };
    let whole = ids(&ana.get("/api/billing/invoices").await.expect(200));
    assert_eq!(whole.len(), 5);
    let (mut read, mut path) = (Vec::new(), "/api/billing/invoices?limit=2".to_owned());
    for pages in 1.. {
        let page = ana.get(&path).await.expect(200);
        read.extend(ids(&page));
        let Some(next) = page["next"].as_str() else {
            assert_eq!(pages, 3);
            break;
        };
        path = format!("/api/billing/invoices?limit=2&before={next}");
    }
    assert_eq!(read, whole, "each once");
}

#[tokio::test]
async fn when_stripe_is_away_people_are_told_to_come_back() {
    let (app, stripe) = with_stripe().await;
    let mut ana = app.person("ana@example.com").await;
    let order = json!({"amount": 500});
    stripe.break_down(2);
    ana.post("/api/billing/credits/purchase", order.clone()).await.expect(200);
    stripe.break_down(100);
    let away = ana.post("/api/billing/credits/purchase", order).await;
    assert_eq!((away.status, away.header("retry-after")), (503.try_into().unwrap(), "2"));
}

#[tokio::test]
async fn without_payments_everything_says_so() {
    let app = TestApp::start().await;
    let mut ana = app.person("ana@example.com").await;
    let list = app.client().get("/api/billing/plans").await.expect(200);
    assert_eq!((&list["payments"], &list["packs"][0]["available"]), (&json!(false), &json!(false)));
    for (path, body) in [
        ("create-checkout-session", json!({"plan_id": "pro", "billing_cycle": "yearly"})),
        ("credits/purchase", json!({"amount": 500})),
        ("create-portal-session", json!({})),
        ("subscription/cancel", json!({})),
        ("webhook", json!({"id": "evt_1"})),
    ] {
        ana.post(&format!("/api/billing/{path}"), body).await.refused(409, "payments_off");
    }
    assert_eq!(ana.get("/api/billing/invoices").await.expect(200), json!({"invoices": [], "next": null}));
}

#[tokio::test]
async fn an_operator_may_unlock_everything() {
    let app = TestApp::billed(Billing::default()).await;
    let mut ana = app.person("ana@example.com").await;
    let own = ana.get("/api/billing/subscription").await.expect(200);
    assert_eq!(
        (&own["subscription"]["plan"], &own["subscription"]["paid_plan"]),
        (&json!("team"), &Value::Null)
    );
    assert_eq!(own["subscription"]["limits"]["max_character_profiles"], Value::Null);
}

/// Sends an event as Stripe does.
async fn event(stripe: &mut Client, event: &Value, secret: &str, at: i64) -> u16 {
    let signature = sign(event.to_string().as_bytes(), secret, at);
    stripe.headers.insert("stripe-signature", HeaderValue::from_str(&signature).unwrap());
    stripe.post("/api/billing/webhook", event.clone()).await.status.as_u16()
}

#[tokio::test]
async fn events_are_checked_and_written_down_once() {
    let (app, stripe) = with_stripe().await;
    let mut sender = app.client();
    let now = app.now().timestamp();
    stripe.subscribe("cus_1", "price_pm", 0);
    let events = stripe.events();
    for secret in SECRETS {
        for one in &events {
            assert_eq!(event(&mut sender, one, secret, now).await, 200);
        }
    }
    let waiting = async || {
        let sql = "SELECT count(*) FROM queue_jobs() WHERE task = 'process-billing-event'";
        sqlx::query_scalar::<_, i64>(sql).fetch_one(app.state.db.worker()).await.unwrap()
    };
    assert_eq!(waiting().await, events.len() as i64, "once each");
    let kept = "SELECT count(*) FROM stripe_events WHERE payload #>> '{data,object,customer}' = 'cus_1'";
    let kept: i64 = sqlx::query_scalar(kept).fetch_one(app.state.db.worker()).await.unwrap();
    assert_eq!(kept, events.len() as i64, "as they came");

    let mut forged = events[0].clone();
    forged["id"] = json!("evt_forged");
    assert_eq!(event(&mut sender, &forged, "whsec_wrong", now).await, 400);
    assert_eq!(event(&mut sender, &forged, SECRETS[0], now - 301).await, 400, "too old");
    forged["livemode"] = json!(true);
    assert_eq!(
        event(&mut sender, &forged, SECRETS[0], now).await,
        400,
        "real money, and our key is for tests"
    );
    assert_eq!(event(&mut sender, &json!({"id": "evt_2"}), SECRETS[0], now).await, 400, "no event");
    sender.headers.remove("stripe-signature");
    sender.post("/api/billing/webhook", events[0].clone()).await.refused(400, "not_signed");
    for _ in 0..60 {
        event(&mut sender, &forged, "whsec_wrong", now).await;
    }
    assert_eq!(event(&mut sender, &forged, "whsec_wrong", now).await, 429);
    assert_eq!(
        event(&mut sender, &events[0], SECRETS[0], now).await,
        200,
        "what is Stripe's is heard all the same"
    );
    assert_eq!(waiting().await, events.len() as i64);
}
