//! Services that call back: what is ours is written down once, what is not is turned away.

use crate::app::{Answer, Client, TestApp};
use axum::body::Body;
use axum::http::{Method, Request};
use mv_core::ids::{CallId, UserId};
use mv_core::jobs::{Class, Job};
use mv_core::paid_call::{Capability, Funding};
use mv_core::units::MicroUsd;
use mv_store::callbacks::Callbacks;
use mv_store::db::service_webhooks;
use mv_store::ledger::{self, Caps, NewCall, Opening};
use mv_store::queue::{self, Envelope};
use std::time::Duration;

async fn call(app: &TestApp, user: UserId) -> CallId {
    let new = NewCall {
        user,
        project: None,
        job: None,
        task: None,
        scene: None,
        character: None,
        step_key: "clip-1",
        ordinal: 0,
        capability: Capability::Clip,
        provider: "fal",
        model: "pika",
        because: None,
        request_hash: "00",
        estimate: MicroUsd(450_000),
        funding: Funding::House,
        caps: Caps::default(),
        holder: "worker",
        lease: Duration::from_mins(1),
        now: app.now(),
    };
    let mut transaction = app.state.db.worker().begin().await.unwrap();
    let Opening::Held(call) = ledger::open(&mut transaction, &new).await.unwrap() else { panic!("busy") };
    ledger::submitting(&mut transaction, &call.held()).await.unwrap();
    transaction.commit().await.unwrap();
    call.id
}

fn address(app: &TestApp, call: CallId) -> String {
    let token = Callbacks::new(&app.state.keyring).unwrap().token(call);
    format!("/api/webhooks/services/{token}")
}

async fn tell(client: &mut Client, path: &str, body: impl Into<Body>) -> Answer {
    let request = Request::builder().method(Method::POST).uri(path);
    let request = request.header("content-type", "application/json").header("X-Fal-Webhook-Signature", "00");
    client.request(request.header("cookie", "a=secret").body(body.into()).unwrap()).await
}

/// What lies on the queue to be looked at.
async fn waiting(app: &TestApp) -> Vec<Job> {
    let mut connection = app.state.db.worker().acquire().await.unwrap();
    let jobs = queue::admin::list(&mut connection, Some(Class::Mail), 100, 0).await.unwrap();
    let jobs = jobs.into_iter().map(|job| serde_json::from_value::<Envelope>(job.payload).unwrap().job);
    jobs.filter(|job| matches!(job, Job::HearService { .. })).collect()
}

#[tokio::test]
async fn what_a_service_tells_is_written_down_once() {
    let app = TestApp::start().await;
    let user = app.person("ana@example.com").await.id().await.parse().unwrap();
    let call = call(&app, user).await;
    let mut service = app.client();
    let path = address(&app, call);
    for _ in 0..3 {
        tell(&mut service, &path, r#"{"request_id":"r1","status":"OK"}"#).await.expect(202);
    }
    let jobs = waiting(&app).await;
    let [Job::HearService { webhook_id }] = jobs[..] else { panic!("{jobs:?}") };
    let mut connection = app.state.db.worker().acquire().await.unwrap();
    let unread = service_webhooks::unread(&mut connection, webhook_id).await.unwrap().unwrap();
    assert_eq!(unread.call, call);
    assert_eq!(unread.body, br#"{"request_id":"r1","status":"OK"}"#);
    assert_eq!(unread.headers, [("x-fal-webhook-signature".to_owned(), "00".to_owned())]);
    assert_eq!(unread.received_at, app.now());

    // What was forged does not keep the real news out; what was heard is not looked at again.
    for (outcome, again) in [(service_webhooks::Outcome::Forged, 2), (service_webhooks::Outcome::Heard, 2)] {
        for job in waiting(&app).await {
            let Job::HearService { webhook_id } = job else { continue };
            service_webhooks::looked_at(&mut connection, webhook_id, outcome, app.now()).await.unwrap();
        }
        tell(&mut service, &path, r#"{"request_id":"r1","status":"OK"}"#).await.expect(202);
        assert_eq!(waiting(&app).await.len(), again, "{outcome:?}");
    }
    let text = app.client().get("/metrics").await;
    assert_eq!(text.status, 404, "not for strangers");
    let counts = service_webhooks::counts(&mut connection).await.unwrap();
    let counts: Vec<_> = counts.iter().map(|count| (count.outcome.as_str(), count.count)).collect();
    assert_eq!(counts, [("forged", 1), ("heard", 1)]);
}

#[tokio::test]
async fn addresses_that_were_never_given_out_are_turned_away() {
    let app = TestApp::start().await;
    let user = app.person("ana@example.com").await.id().await.parse().unwrap();
    let call = call(&app, user).await;
    let mut stranger = app.client();
    let (good, other) = (address(&app, call), address(&app, CallId(uuid::Uuid::from_u128(1))));
    let mixed = good[..good.len() - 2].to_owned() + if good.ends_with("00") { "01" } else { "00" };
    for path in [mixed.as_str(), "/api/webhooks/services/0", "/api/webhooks/services/%FF"] {
        tell(&mut stranger, path, "{}").await.refused(401, "unknown_webhook");
    }
    assert_eq!(waiting(&app).await, []);
    // A call that is gone: nothing is kept, and the service need not try again.
    tell(&mut stranger, &other, "{}").await.expect(202);
    assert_eq!(waiting(&app).await, []);
    tell(&mut stranger, &good, vec![b' '; 256 * 1024 + 1]).await.refused(413, "too_large");
    for _ in 0..57 {
        tell(&mut stranger, &mixed, "{}").await.refused(401, "unknown_webhook");
    }
    tell(&mut stranger, &mixed, "{}").await.refused(429, "rate_limited");
    tell(&mut stranger, &good, "not even JSON").await.expect(202);
    // Services are not strangers that use the studio up.
    assert!(!tell(&mut stranger, &good, "{}").await.headers.contains_key("x-ratelimit-limit"));
    for number in 0..117 {
        tell(&mut stranger, &good, number.to_string()).await.expect(202);
    }
    tell(&mut stranger, &good, "{}").await.refused(429, "rate_limited");
}
