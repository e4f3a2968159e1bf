//! How the service is used, as an admin sees it.

use crate::app::TestApp;
use serde_json::{Value, json};

/// Counts something of somebody as if it had happened so many hours ago.
async fn count(app: &TestApp, email: &str, name: &str, hours: i32) {
    sqlx::query(
        "INSERT INTO events (name, user_id, created_at)
         SELECT $2, id, now() - make_interval(hours => $3) FROM users WHERE email = $1",
    )
    .bind(email)
    .bind(name)
    .bind(hours)
    .execute(app.state.db.owner())
    .await
    .unwrap();
}

fn step<'a>(seen: &'a Value, name: &str) -> &'a Value {
    seen["funnel"].as_array().unwrap().iter().find(|step| step["name"] == name).unwrap()
}

#[tokio::test]
async fn the_funnel_counts_people_and_leaves_out_who_said_no() {
    let app = TestApp::start().await;
    let mut root = app.admin().await;
    let mut people = Vec::new();
    for email in ["ana@example.com", "bo@example.com", "cy@example.com", "di@example.com"] {
        people.push(app.person(email).await);
    }
    // Only what is counted here.
    sqlx::query("DELETE FROM events").execute(app.state.db.owner()).await.unwrap();
    for (email, hours) in [("ana@example.com", 10), ("bo@example.com", 8), ("cy@example.com", 6)] {
        count(&app, email, "signed_up", hours).await;
    }
    count(&app, "di@example.com", "signed_up", 24 * 60).await;
    for (email, hours) in [("ana@example.com", 9), ("bo@example.com", 5), ("di@example.com", 2)] {
        count(&app, email, "film_finished", hours).await;
    }
    count(&app, "ana@example.com", "film_finished", 1).await;

    let seen = root.get("/api/admin/analytics").await.expect(200);
    assert_eq!(step(&seen, "signed_up")["people"], 3, "the one of two months ago is not among them");
    let films = step(&seen, "film_finished");
    assert_eq!((&films["people"], films["of_all"].as_f64().unwrap()), (&json!(2), 2.0 / 3.0));
    // One took an hour, the other three.
    assert!((seen["median_minutes_to_first_film"].as_f64().unwrap() - 120.0).abs() < 1.0);
    assert_eq!(seen["films"], json!([{"service": "drawn", "films": 4}]));
    let finished: i64 = seen["days"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|day| day["name"] == "film_finished")
        .map(|day| day["count"].as_i64().unwrap())
        .sum();
    assert_eq!(finished, 4);
    let cohorts = seen["retention"].as_array().unwrap();
    let size: i64 = cohorts.iter().map(|cohort| cohort["size"].as_i64().unwrap()).sum();
    assert_eq!(size, 3);
    assert_eq!(cohorts[0]["active"][0], cohorts[0]["size"], "whoever signed up did something that week");

    // Saying no takes away what was counted.
    let ana = &mut people[0];
    assert_eq!(ana.get("/api/users/me").await.expect(200)["analytics"], true);
    let said = ana.patch("/api/users/me", json!({"analytics": false})).await.expect(200);
    assert_eq!(said["user"]["analytics"], false);
    let seen = root.get("/api/admin/analytics").await.expect(200);
    assert_eq!(step(&seen, "signed_up")["people"], 2);
    ana.get("/api/admin/analytics").await.refused(404, "not_found");
    for wrong in ["from=2026-02-01&to=2026-01-01", "from=2020-01-01&to=2026-01-01", "from=yesterday"] {
        root.get(&format!("/api/admin/analytics?{wrong}")).await.refused(422, "invalid");
    }
}
