//! Webhook endpoints of one's own: made, changed, tried and removed. What is sent is tested where it is sent.

use crate::app::TestApp;
use chrono::TimeDelta;
use mv_core::jobs::Class;
use mv_store::queue;
use serde_json::{Value, json};

fn new(url: &str) -> Value {
    json!({"url": url, "events": ["job.completed", "job.failed", "job.failed"]})
}

const URL: &str = "https://hooks.example.com/x";

#[tokio::test]
async fn endpoints_are_made_changed_and_removed() {
    let app = TestApp::start().await;
    let mut ana = app.person("ana@example.com").await;
    for wrong in ["http://hooks.example.com", "https://10.0.0.1/", "https://localhost/", "nowhere"] {
        ana.post("/api/webhook-endpoints", new(wrong)).await.refused(422, "invalid");
    }
    ana.post("/api/webhook-endpoints", json!({"url": URL, "events": []})).await.refused(422, "invalid");
    ana.post("/api/webhook-endpoints", json!({"url": URL, "events": ["all"]})).await.refused(422, "invalid");

    let made = ana.post("/api/webhook-endpoints", new(URL)).await.expect(201);
    let secret = made["secret"].as_str().unwrap().to_owned();
    assert!(secret.starts_with("whsec_") && secret.len() == 50, "{secret}");
    assert_eq!(made["endpoint"]["events"], json!(["job.completed", "job.failed"]));
    let path = format!("/api/webhook-endpoints/{}", made["endpoint"]["id"].as_str().unwrap());
    let listed = ana.get("/api/webhook-endpoints").await.expect(200);
    assert_eq!(listed["data"], json!([made["endpoint"]]));
    assert!(!listed.to_string().contains(&secret), "it is shown once");

    let change = json!({"events": ["credits.low"], "enabled": false, "description": " mine "});
    let changed = ana.patch(&path, change).await.expect(200);
    let changed = &changed["endpoint"];
    assert_eq!((&changed["url"], &changed["description"]), (&json!(URL), &json!("mine")));
    assert_eq!((&changed["events"], &changed["enabled"]), (&json!(["credits.low"]), &json!(false)));
    ana.patch(&path, json!({"url": "https://192.168.0.1/"})).await.refused(422, "invalid");

    let rotated = ana.post(&format!("{path}/rotate-secret"), json!({})).await.expect(200);
    assert_ne!(rotated["secret"], secret);
    assert!(rotated["endpoint"]["previous_secret_until"].is_string());
    app.advance(TimeDelta::minutes(10));
    let shown = ana.get(&path).await.expect(200);
    assert!(shown["endpoint"]["previous_secret_until"].is_string());

    for _ in 0..4 {
        ana.post("/api/webhook-endpoints", new(URL)).await.expect(201);
    }
    ana.post("/api/webhook-endpoints", new(URL)).await.refused(409, "too_many_endpoints");
    assert_eq!(ana.delete(&path).await.status, 204);
    ana.get(&path).await.refused(404, "not_found");
    ana.post("/api/webhook-endpoints", new(URL)).await.expect(201);
    let noted = ana.get("/api/audit?event_type=webhook_endpoint_changed").await.expect(200);
    assert_eq!(noted["total"], 9);
}

#[tokio::test]
async fn a_test_and_a_replay_are_put_on_the_queue() {
    let app = TestApp::start().await;
    let mut ana = app.person("ana@example.com").await;
    let made = ana.post("/api/webhook-endpoints", new(URL)).await.expect(201);
    let path = format!("/api/webhook-endpoints/{}", made["endpoint"]["id"].as_str().unwrap());
    let sent = ana.post(&format!("{path}/test"), json!({})).await.expect(202);
    let delivery = &sent["delivery"];
    assert_eq!((&delivery["event"], &delivery["state"]), (&json!("webhook.test"), &json!("pending")));
    assert_eq!(delivery["body"]["type"], "webhook.test");
    let listed = ana.get(&format!("{path}/deliveries")).await.expect(200);
    assert_eq!((&listed["total"], &listed["data"][0]), (&json!(1), delivery));
    let replay = format!("{path}/deliveries/{}/replay", delivery["id"].as_str().unwrap());
    let again = ana.post(&replay, json!({})).await.expect(202);
    assert_eq!(again["delivery"]["message_id"], delivery["message_id"]);
    let mut connection = app.state.db.worker().acquire().await.unwrap();
    let jobs = queue::admin::list(&mut connection, Some(Class::Webhook), 10, 0).await.unwrap();
    assert_eq!(jobs.len(), 1, "one job of a delivery waits at most");

    ana.patch(&path, json!({"enabled": false})).await.expect(200);
    ana.post(&replay, json!({})).await.refused(409, "endpoint_off");
    let mut bo = app.person("bo@example.com").await;
    for theirs in [replay, format!("{path}/test"), format!("{path}/rotate-secret")] {
        bo.post(&theirs, json!({})).await.refused(404, "not_found");
    }
    bo.get(&format!("{path}/deliveries")).await.refused(404, "not_found");
    bo.patch(&path, json!({"enabled": true})).await.refused(404, "not_found");
    bo.delete(&path).await.refused(404, "not_found");
}
