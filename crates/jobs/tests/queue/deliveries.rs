//! Webhooks to people's own programs: signed, tried again, sent again by hand, and nowhere that they may not go.

use crate::errands::{Street, bid, edit, pictured, rain};
use crate::ground::{Ground, small};
use crate::receiver::{Got, Receiver, Says};
use chrono::TimeDelta;
use mv_core::Clock;
use mv_core::clock::SystemClock;
use mv_core::ids::{WebhookDeliveryId, WebhookEndpointId};
use mv_core::order::VideoConfig;
use mv_core::paid_call::Funding;
use mv_core::units::MicroUsd;
use mv_core::webhook::Event;
use mv_jobs::{Settings, WebhookSettings};
use mv_store::db::progress::Subject;
use mv_store::db::webhook_deliveries::{self, Delivery};
use mv_store::db::webhook_endpoints::{self, NewEndpoint};
use mv_store::ledger;
use mv_store::webhook_secret::WebhookSecret;
use serde_json::json;
use std::time::Duration;

fn settings(ground: &Ground) -> Settings {
    let webhooks = WebhookSettings {
        pauses: vec![Duration::from_millis(20); 2],
        patience: Duration::from_millis(500),
        to_loopback: true,
    };
    Settings { webhooks, ..ground.settings() }
}

struct Hook {
    id: WebhookEndpointId,
    secret: WebhookSecret,
}

async fn hook(ground: &Ground, url: &str) -> Hook {
    let (id, secret) = (WebhookEndpointId(uuid::Uuid::new_v4()), WebhookSecret::new().unwrap());
    let sealed = secret.seal(&Ground::keyring(), id).unwrap();
    let new = NewEndpoint { id, url, description: "", events: Event::ALL, sealed: &sealed };
    let mut person = ground.db().person(ground.user).await.unwrap();
    let now = SystemClock.now();
    webhook_endpoints::insert(&mut person, ground.user, &new, 5, now).await.unwrap().unwrap();
    person.commit().await.unwrap();
    Hook { id, secret }
}

impl Hook {
    /// Whether one of the message's signatures is by this secret.
    fn signed(&self, got: &Got) -> bool {
        let at = got.header("webhook-timestamp").parse().unwrap();
        let ours = self.secret.sign(got.header("webhook-id"), at, &got.body);
        got.header("webhook-signature").split(' ').any(|signature| signature == ours)
    }

    async fn all(&self, ground: &Ground) -> Vec<Delivery> {
        let mut person = ground.db().person(ground.user).await.unwrap();
        webhook_deliveries::list(&mut person, self.id, 100, 0).await.unwrap().0
    }
}

async fn announce(ground: &Ground, cause: &str) {
    let mut worker = ground.db().worker().begin().await.unwrap();
    let (event, data) = (Event::CreditsLow, json!({"credits_remaining": 40}));
    let now = SystemClock.now();
    webhook_deliveries::announce(&mut worker, ground.user, event, &data, cause, now).await.unwrap();
    worker.commit().await.unwrap();
}

async fn state(ground: &Ground, state: &'static str) {
    let wanted: &'static str = match state {
        "delivered" => "SELECT count(*) FROM webhook_deliveries WHERE state = 'delivered'",
        "failed" => "SELECT count(*) FROM webhook_deliveries WHERE state = 'failed'",
        _ => "SELECT count(*) FROM webhook_deliveries WHERE state = 'dropped'",
    };
    ground.until_count(wanted, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_signed_tried_again_and_sent_again_by_hand() {
    let (ground, mut receiver) = (Ground::new().await, Receiver::start().await);
    let hook = hook(&ground, &format!("{}/hook", receiver.home)).await;
    receiver.says([Says::Status(500, "가".repeat(2000)), Says::Nothing, Says::status(204)]);
    announce(&ground, "once").await;
    announce(&ground, "once").await;
    let workers = ground.work(settings(&ground));
    let mut ids = Vec::new();
    for _ in 0..3 {
        let got = receiver.next().await;
        assert!(hook.signed(&got), "{got:?}");
        assert_eq!((got.path.as_str(), got.header("content-type")), ("/hook", "application/json"));
        let told = got.json();
        assert_eq!(
            (&told["type"], &told["data"]),
            (&json!("credits.low"), &json!({"credits_remaining": 40}))
        );
        ids.push(got.header("webhook-id").to_owned());
    }
    assert!(ids[0].starts_with("msg_") && ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    state(&ground, "delivered").await;
    let told = &hook.all(&ground).await[..];
    let [told] = told else { panic!("the same cause is told once: {told:?}") };
    let statuses: Vec<_> = told.attempts.iter().map(|attempt| attempt.status).collect();
    assert_eq!(statuses, [Some(500), None, Some(204)]);
    assert!(told.attempts[0].answer.chars().filter(|c| *c == '가').count() == 1024 / 3);
    assert!(told.attempts[1].error.as_ref().unwrap().contains("within"));
    assert_eq!(told.attempts[2].error, None);

    let mut person = ground.db().person(ground.user).await.unwrap();
    let id = WebhookDeliveryId(told.id);
    webhook_deliveries::replay(&mut person, ground.user, hook.id, id, SystemClock.now()).await.unwrap();
    person.commit().await.unwrap();
    let again = receiver.next().await;
    assert_eq!((again.header("webhook-id"), &again.body), (ids[0].as_str(), &told.body));
    ground.until_count("SELECT jsonb_array_length(attempts)::bigint FROM webhook_deliveries", 4).await;
    let mut person = ground.db().person(ground.user).await.unwrap();
    let endpoint = webhook_endpoints::get(&mut person, ground.user, hook.id).await.unwrap();
    assert_eq!((endpoint.last_status, endpoint.failing_since), (Some(200), None));
    workers.drain().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn redirects_are_not_followed() {
    let (ground, mut receiver) = (Ground::new().await, Receiver::start().await);
    let hook = hook(&ground, &receiver.home).await;
    receiver.says([Says::Elsewhere, Says::Elsewhere, Says::Elsewhere]);
    announce(&ground, "one").await;
    let workers = ground.work(settings(&ground));
    state(&ground, "failed").await;
    for _ in 0..3 {
        assert_eq!(receiver.next().await.path, "/");
    }
    assert!(receiver.is_quiet());
    let told = &hook.all(&ground).await[0];
    assert!(told.attempts.0.iter().all(|attempt| attempt.error.as_ref().unwrap().contains("redirect")));
    workers.drain().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_goes_to_addresses_inside() {
    let (ground, mut receiver) = (Ground::new().await, Receiver::start().await);
    let port = receiver.home.rsplit(':').next().unwrap().to_owned();
    let hook = hook(&ground, &format!("https://127.0.0.1:{port}/")).await;
    announce(&ground, "one").await;
    let mut careful = settings(&ground);
    careful.webhooks.to_loopback = false;
    let workers = ground.work(careful);
    state(&ground, "failed").await;
    let told = &hook.all(&ground).await[0];
    assert!(told.attempts[0].error.as_ref().unwrap().contains("private network"), "{told:?}");
    assert!(receiver.is_quiet());
    workers.drain().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_on_its_way_out_signs_beside_the_new_one() {
    let (ground, mut receiver) = (Ground::new().await, Receiver::start().await);
    let old = hook(&ground, &receiver.home).await;
    let new = Hook { id: old.id, secret: WebhookSecret::new().unwrap() };
    let sealed = new.secret.seal(&Ground::keyring(), new.id).unwrap();
    let until = SystemClock.now() + TimeDelta::hours(24);
    let mut person = ground.db().person(ground.user).await.unwrap();
    webhook_endpoints::rotate(&mut person, ground.user, new.id, &sealed, until).await.unwrap();
    person.commit().await.unwrap();
    announce(&ground, "both").await;
    let workers = ground.work(settings(&ground));
    let got = receiver.next().await;
    assert!(old.signed(&got) && new.signed(&got));
    sqlx::query("UPDATE webhook_endpoints SET old_until = now()").execute(ground.db().owner()).await.unwrap();
    announce(&ground, "one").await;
    let got = receiver.next().await;
    assert!(!old.signed(&got) && new.signed(&got));
    workers.drain().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_is_gone_or_long_out_of_reach_is_switched_off() {
    let (ground, mut receiver) = (Ground::new().await, Receiver::start().await);
    let hook = hook(&ground, &receiver.home).await;
    receiver.says([Says::status(410)]);
    announce(&ground, "gone").await;
    let workers = ground.work(settings(&ground));
    receiver.next().await;
    state(&ground, "failed").await;
    assert_eq!(ground.told().await, ["webhook_disabled"]);
    announce(&ground, "unheard").await;
    assert_eq!(hook.all(&ground).await.len(), 1, "what happens while it is off is not told later");

    // Switched on again, and out of reach since last week.
    let mut person = ground.db().person(ground.user).await.unwrap();
    let on = webhook_endpoints::Change { enabled: Some(true), ..Default::default() };
    let endpoint = webhook_endpoints::update(&mut person, ground.user, hook.id, &on).await.unwrap();
    assert_eq!((endpoint.disabled_why, endpoint.failing_since), (None, None));
    person.commit().await.unwrap();
    sqlx::query("UPDATE webhook_endpoints SET failing_since = now() - interval '6 days'")
        .execute(ground.db().owner())
        .await
        .unwrap();
    receiver.says([Says::status(503)]);
    announce(&ground, "late").await;
    receiver.next().await;
    state(&ground, "dropped").await;
    assert_eq!(ground.told().await, ["webhook_disabled"; 2]);
    assert_eq!(
        ground.count("SELECT count(*) FROM webhook_endpoints WHERE disabled_why = 'failing'").await,
        1
    );
    assert!(receiver.is_quiet());
    workers.drain().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_hear_of_jobs() {
    let (ground, mut receiver) = (Ground::new().await, Receiver::start().await);
    hook(&ground, &receiver.home).await;
    let project = ground.project(4.0).await;
    let workers = ground.work(settings(&ground));
    // Nothing was heard of its song: there is nothing to make.
    let order = ground.order(project, &VideoConfig::default()).await;
    assert_eq!(ground.ended(Subject::VideoJob(order)).await.status, "failed");
    let told = receiver.next().await.json();
    assert_eq!((&told["type"], &told["data"]["job"]["status"]), (&json!("job.failed"), &json!("failed")));
    assert_eq!(told["data"]["job"]["id"], order.to_string());
    assert!(told["data"]["job"]["error_message"].as_str().unwrap().contains("storyboard"), "{told}");
    assert_eq!(ground.told().await, ["film_failed"]);
    workers.drain().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_button_that_tries_an_endpoint_sends_one_signed_message() {
    let (ground, mut receiver) = (Ground::new().await, Receiver::start().await);
    let hook = hook(&ground, &format!("{}/mine", receiver.home)).await;
    let press = async || {
        let mut person = ground.db().person(ground.user).await.unwrap();
        let now = SystemClock.now();
        webhook_deliveries::test(&mut person, ground.user, hook.id, now).await.unwrap();
        person.commit().await.unwrap();
    };
    // It may be tried before it is switched on, and when it does not answer well, that is the answer.
    let mut person = ground.db().person(ground.user).await.unwrap();
    let off = webhook_endpoints::Change { enabled: Some(false), ..Default::default() };
    webhook_endpoints::update(&mut person, ground.user, hook.id, &off).await.unwrap();
    person.commit().await.unwrap();
    receiver.says([Says::status(503)]);
    press().await;
    let workers = ground.work(settings(&ground));
    let first = receiver.next().await;
    assert!(hook.signed(&first), "{first:?}");
    assert_eq!((first.path.as_str(), &first.json()["type"]), ("/mine", &json!("webhook.test")));
    state(&ground, "failed").await;
    press().await;
    let second = receiver.next().await;
    assert_ne!(first.header("webhook-id"), second.header("webhook-id"), "another message");
    state(&ground, "delivered").await;
    let tried: Vec<_> = hook.all(&ground).await.iter().map(|one| one.attempts.len()).collect();
    assert_eq!(tried, [1, 1], "each is tried once");
    assert!(receiver.is_quiet());
    workers.drain().await;
}

/// What is waited for is written down before; what is not to come would be by then.
#[tokio::test(flavor = "multi_thread")]
async fn low_credits_and_a_stop_at_a_budget_are_told_once() {
    let (ground, mut receiver) = (Ground::new().await, Receiver::start().await);
    let mut street = Street::new().await;
    street.desk.funding = Funding::Credits;
    // An edit takes six credits: after one of seven, less than a fifth is left.
    let mut worker = ground.db().worker().begin().await.unwrap();
    ledger::grant(&mut worker, ground.user, MicroUsd(70_000), "gift", None).await.unwrap();
    worker.commit().await.unwrap();
    let workers = ground.work_with(settings(&ground), street.desk.clone());
    let at = pictured(&ground).await;
    hook(&ground, &receiver.home).await;

    let made = edit(&ground, at, bid(&["qwen"], 1.0), vec![rain()]).await;
    let made = ground.ended(Subject::Task(made)).await;
    assert_eq!(made.status, "complete", "{:?}", made.error);
    let low = receiver.next().await.json();
    assert_eq!((&low["type"], &low["data"]), (&json!("credits.low"), &json!({"credits_remaining": 1})));
    let mut worker = ground.db().worker().begin().await.unwrap();
    let taken = MicroUsd(-10_000);
    ledger::adjust(&mut worker, ground.user, taken, ledger::Source::Granted, "correction", None)
        .await
        .unwrap();
    worker.commit().await.unwrap();

    // Nothing is left: whatever was ordered stops, and that is no news of little being left.
    let links = |prompt: &str| {
        let mut link = rain();
        if let mv_core::edit::Change::Instruction { text, .. } = &mut link.change {
            prompt.clone_into(text);
        }
        vec![link]
    };
    let short = edit(&ground, at, bid(&["qwen"], 1.0), links("Make it snow")).await;
    let short = ground.ended(Subject::Task(short)).await;
    assert_eq!((short.status.as_str(), short.error_code.as_deref()), ("failed", Some("too_few_credits")));

    // An errand that would cost more than it may.
    let capped = edit(&ground, at, bid(&["qwen"], 0.05), links("Make it shine")).await;
    let ended = ground.ended(Subject::Task(capped)).await;
    assert_eq!((ended.status.as_str(), ended.error_code.as_deref()), ("failed", Some("over_budget")));
    let told = receiver.next().await.json();
    assert_eq!(
        (&told["type"], &told["data"]["task"]["id"], &told["data"]["task"]["kind"]),
        (&json!("job.budget_reached"), &json!(capped), &json!("edit_image"))
    );
    assert_eq!((&told["data"]["of"], &told["data"]["cap_usd"]), (&json!("order"), &json!(0.05)));
    assert_eq!(told["data"]["task"]["error_code"], "over_budget");

    // A film that would: it is told as what it is, and as an order that failed.
    let config = VideoConfig { image_model: Some("nano-banana".into()), budget_usd: Some(0.001), ..small() };
    let film = ground.order(at.0, &config).await;
    let ended = ground.ended(Subject::VideoJob(film)).await;
    assert_eq!((ended.status.as_str(), ended.error_code.as_deref()), ("failed", Some("over_budget")));
    let mut told = [receiver.next().await.json(), receiver.next().await.json()];
    told.sort_by_key(|one| one["type"].as_str().map(str::to_owned));
    let [stopped, failed] = told;
    assert_eq!((&stopped["type"], &failed["type"]), (&json!("job.budget_reached"), &json!("job.failed")));
    for one in [&stopped, &failed] {
        let job = &one["data"]["job"];
        assert_eq!((&job["id"], &job["error_code"]), (&json!(film), &json!("over_budget")));
    }
    ground.until_count("SELECT count(*) FROM webhook_deliveries WHERE state = 'delivered'", 4).await;
    workers.drain().await;
    assert_eq!(ground.count("SELECT count(*) FROM webhook_deliveries").await, 4, "each once");
    assert!(receiver.is_quiet());
    assert_eq!(ground.told().await, ["credits_low", "budget_reached", "budget_reached"]);
}
