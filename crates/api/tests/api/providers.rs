//! Outside services as whoever runs the server sees them.

use crate::app::TestApp;
use chrono::TimeDelta;
use mv_core::jobs::{Class, Job};
use mv_store::db::service_checks::{self, Check, Pause};
use mv_store::queue::{self, Envelope};
use serde_json::{Value, json};

fn of<'a>(list: &'a Value, name: &str) -> &'a Value {
    list["data"].as_array().unwrap().iter().find(|one| one["provider"] == name).unwrap()
}

#[tokio::test]
async fn services_are_shown_as_they_were_last_seen() {
    let app = TestApp::start().await;
    let (mut root, mut ana) = (app.admin().await, app.person("ana@example.com").await);
    ana.get("/api/admin/providers").await.refused(404, "not_found");
    ana.post("/api/admin/providers/check", json!({})).await.refused(404, "not_found");
    let seen = root.get("/api/admin/providers").await.expect(200);
    assert_eq!(seen["data"].as_array().unwrap().len(), 1, "the built-in maker is no service");
    assert_eq!(of(&seen, "fal")["health"], "unchecked");
    assert_eq!(of(&seen, "fal")["checked_at"], Value::Null);

    let mut connection = app.state.db.worker().acquire().await.unwrap();
    let check = Check {
        provider: "fal".into(),
        checked_at: app.now(),
        works: Some(true),
        error: None,
        lists_models: true,
        missing: vec!["fal".into()],
    };
    service_checks::put(&mut connection, &check).await.unwrap();
    let until = app.now() + TimeDelta::seconds(30);
    let pause = Pause { provider: "fal".into(), failures: 5, until };
    service_checks::pause(&mut connection, &pause).await.unwrap();
    service_checks::pause(&mut connection, &Pause { failures: 6, until: app.now(), ..pause }).await.unwrap();
    let seen = root.get("/api/admin/providers").await.expect(200);
    let fal = of(&seen, "fal");
    assert_eq!((&fal["health"], &fal["paused"]["failures"]), (&json!("good"), &json!(5)));
    let model = &fal["models"][0];
    assert_eq!((&model["available"], &model["price_checked"]), (&json!(false), &Value::Null));
    assert!(model["unavailable_because"].as_str().unwrap().contains("no longer"), "{model}");
    let offered = app.client().get("/api/models").await.expect(200);
    let shown = offered["models"].as_array().unwrap().iter().find(|model| model["id"] == "fal").unwrap();
    assert_eq!(shown["available"], false);

    // One that cannot be asked today has the models that it had.
    let away =
        Check { works: None, error: Some("503".into()), lists_models: false, missing: vec![], ..check };
    service_checks::put(&mut connection, &away).await.unwrap();
    app.advance(TimeDelta::minutes(1));
    let seen = root.get("/api/admin/providers").await.expect(200);
    let fal = of(&seen, "fal");
    assert_eq!(
        (&fal["health"], &fal["error"], &fal["paused"]),
        (&json!("unreachable"), &json!("503"), &Value::Null)
    );
    assert_eq!(fal["models"][0]["available"], false);
    service_checks::keep_only(&mut connection, &[]).await.unwrap();
    assert_eq!(of(&root.get("/api/admin/providers").await.expect(200), "fal")["health"], "unchecked");

    for _ in 0..2 {
        root.post("/api/admin/providers/check", json!({})).await.expect(202);
    }
    let jobs = queue::admin::list(&mut connection, Some(Class::Cleaning), 10, 0).await.unwrap();
    let jobs: Vec<Job> =
        jobs.into_iter().map(|job| serde_json::from_value::<Envelope>(job.payload).unwrap().job).collect();
    assert_eq!(jobs, [Job::CheckServices], "once");
}
