//! What is paid with credits is only ordered where there are enough: said with the price, refused before anything is queued.

use crate::app::{Client, TestApp};
use crate::characters::photo;
use axum::http::Method;
use chrono::TimeDelta;
use mv_core::ids::UserId;
use mv_core::paid_call::Funding;
use mv_core::units::MicroUsd;
use mv_store::ledger::{self, Source};
use serde_json::{Value, json};

/// Gives somebody credits, or takes some away.
async fn credits(app: &TestApp, who: &Client, credits: f64) {
    let mut transaction = app.db.database().worker().begin().await.unwrap();
    let amount = MicroUsd::from_dollars(credits / 100.0);
    ledger::adjust(&mut transaction, UserId(who.id), amount, Source::Granted, "gift", None).await.unwrap();
    transaction.commit().await.unwrap();
}

async fn count(app: &TestApp, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(app.db.database().owner()).await.unwrap()
}

/// A key of one's own for the service that makes everything here.
async fn own_key(app: &TestApp, who: &Client) {
    sqlx::query(
        "INSERT INTO provider_keys (user_id, provider, sealed, hint) VALUES ($1, 'test', '\\x00', '')",
    )
    .bind(who.id)
    .execute(app.db.database().owner())
    .await
    .unwrap();
}

fn terms(of: &Value) -> (f64, f64, bool) {
    let number = |name: &str| of[name].as_f64().unwrap_or_else(|| panic!("no `{name}` in {of}"));
    (number("credits_needed"), number("credits_available"), of["credits_suffice"].as_bool().unwrap())
}

/// Two clips of ten seconds at 8.4 cents a second.
fn bought() -> Value {
    json!({"video_model": "kling-standard", "model_selections": {"1": "animatic"}, "resolution": "720p"})
}

#[tokio::test]
async fn a_film_is_ordered_with_enough_credits_or_not_at_all() {
    let app = TestApp::paid_by(Funding::Credits).await;
    let ana = app.person("ana", "pro").await;
    let id = ana.project("Film").await;
    app.heard(&ana, &id, &[0.0, 4.0, 12.0], 21.0).await;
    let (quotes, order) =
        (format!("/api/projects/{id}/quotes"), format!("/api/projects/{id}/generate-video"));
    let free = ana.post(&quotes, &json!({})).await.expect(201).value()["quote"].clone();
    assert_eq!((terms(&free), &free["lines"][0]["paid_by"]), ((0.0, 0.0, true), &Value::Null));
    let asked = json!({"config": bought()});
    let answer = ana.post(&quotes, &asked).await.expect(201);
    let (location, quote) = (answer.header("location").to_owned(), answer.value()["quote"].clone());
    assert_eq!(terms(&quote), (168.0, 0.0, false));
    let line = quote["lines"].as_array().unwrap().iter().find(|line| line["model"] == "kling-standard");
    assert_eq!(line.unwrap()["paid_by"], "credits");

    let agreed = json!({"config": bought(), "quote_id": quote["id"]});
    credits(&app, &ana, 167.99).await;
    for body in [&asked, &agreed] {
        let refused = ana.post(&order, body).await.expect(402);
        assert_eq!(refused.code(), "too_few_credits");
        let told = refused.value();
        assert_eq!((&told["credits_needed"], &told["credits_available"]), (&json!(168.0), &json!(167.99)));
        assert!(told["hint"].as_str().unwrap().contains("buy credits"), "{told}");
    }
    let waiting = "SELECT count(*) FROM graphile_worker.jobs";
    assert_eq!(
        (count(&app, waiting).await, count(&app, "SELECT count(*) FROM video_jobs").await),
        (0, 0),
        "nothing was queued"
    );
    assert_eq!(ana.get(&format!("/api/projects/{id}")).await.value()["project"]["status"], "editing");

    // A cap that the quote breaks is the person's word; one above what there is only leaves room.
    let capped = |usd: f64| {
        let mut config = bought();
        config["budget_usd"] = json!(usd);
        json!({ "config": config })
    };
    assert_eq!(ana.post(&order, &capped(1.0)).await.expect(402).code(), "over_budget");
    credits(&app, &ana, 0.01).await;
    assert_eq!(
        terms(&ana.get(&location).await.expect(200).value()["quote"]),
        (168.0, 168.0, true),
        "as of now"
    );
    let job = ana.post(&order, &capped(50.0)).await.expect(202).value()["job_id"].clone();
    assert_eq!((count(&app, waiting).await, count(&app, "SELECT count(*) FROM video_jobs").await), (1, 1));

    // It stopped, and what it would go on with is gone.
    let job = format!("/api/video/jobs/{}", job.as_str().unwrap());
    ana.post(&format!("{job}/cancel"), &json!({})).await.expect(200);
    credits(&app, &ana, -1.0).await;
    assert_eq!(ana.post(&format!("{job}/retry"), &json!({})).await.expect(402).code(), "too_few_credits");
    assert_eq!(ana.get(&job).await.value()["job"]["status"], "canceled");
    credits(&app, &ana, 1.0).await;
    ana.post(&format!("{job}/retry"), &json!({})).await.expect(202);
}

#[tokio::test]
async fn keys_of_ones_own_and_the_house_take_no_credits() {
    let app = TestApp::paid_by(Funding::Credits).await;
    let ana = app.person("ana", "team").await;
    let id = ana.project("Film").await;
    app.heard(&ana, &id, &[0.0, 4.0, 12.0], 21.0).await;
    own_key(&app, &ana).await;
    let asked = json!({"config": bought()});
    let quote = ana.post(&format!("/api/projects/{id}/quotes"), &asked).await.expect(201).value();
    assert_eq!(terms(&quote["quote"]), (0.0, 0.0, true));
    assert!(quote["quote"]["lines"].to_string().contains(r#""paid_by":"own""#), "{quote}");
    // Whoever works on it with them pays for what they order themselves.
    let bo = app.person("bo", "pro").await;
    let invited = json!({"email": "bo@example.org", "role": "editor"});
    ana.json(Method::POST, &format!("/api/projects/{id}/collaborators"), &invited, &[]).await.expect(201);
    let order = format!("/api/projects/{id}/generate-video");
    assert_eq!(bo.post(&order, &asked).await.expect(402).code(), "too_few_credits");
    ana.post(&order, &asked).await.expect(202);
    let paid =
        |who: Value| who["data"].as_array().unwrap().iter().find(|one| one["provider"] == "test").cloned();
    let of_ana = paid(ana.get("/api/users/me/services").await.expect(200).value()).unwrap();
    let of_bo = paid(bo.get("/api/users/me/services").await.expect(200).value()).unwrap();
    assert_eq!((&of_ana["paid_by"], &of_bo["paid_by"]), (&json!("own"), &json!("credits")));

    let app = TestApp::start().await;
    let cleo = app.person("cleo", "pro").await;
    let id = cleo.project("Film").await;
    app.heard(&cleo, &id, &[0.0, 4.0, 12.0], 21.0).await;
    let quote = cleo.post(&format!("/api/projects/{id}/quotes"), &asked).await.expect(201).value();
    assert_eq!(terms(&quote["quote"]), (0.0, 0.0, true));
    cleo.post(&format!("/api/projects/{id}/generate-video"), &asked).await.expect(202);
    let listed = cleo.get("/api/users/me/services").await.expect(200).value();
    let of = |provider: &str| {
        let services = listed["data"].as_array().unwrap().iter();
        services.clone().find(|one| one["provider"] == provider).unwrap()["paid_by"].clone()
    };
    assert_eq!((of("test"), of("far")), (json!("house"), Value::Null), "nobody has a key for `far`");
}

#[tokio::test]
async fn scenes_errands_and_characters_ask_for_credits_too() {
    let app = TestApp::paid_by(Funding::Credits).await;
    let ana = app.person("ana", "pro").await;
    let id = ana.project("Film").await;
    app.heard(&ana, &id, &[0.0, 4.0, 12.0], 21.0).await;
    sqlx::query("UPDATE scenes SET image_key = 'artifacts/still/1.png'")
        .execute(app.db.database().worker())
        .await
        .unwrap();
    // The project's film was ordered with what is bought before.
    sqlx::query(
        "INSERT INTO video_jobs (project_id, user_id, job_type, config, status)
         VALUES ($1::uuid, $2, 'full_video', $3, 'canceled')",
    )
    .bind(&id)
    .bind(ana.id)
    .bind(bought())
    .execute(app.db.database().owner())
    .await
    .unwrap();
    let scenes = ana.get(&format!("/api/projects/{id}/scenes")).await.value();
    let scene = format!("/api/scenes/{}", scenes["scenes"][1]["id"].as_str().unwrap());
    let seed = scenes["scenes"][1]["config"]["seed"].clone();
    let quoted = [
        (format!("{scene}/edit-image"), json!({"changes": [{"instruction": "Make it rain"}]}), 6.0),
        (format!("/api/projects/{id}/lyrics/transcribe"), json!({}), 0.21),
        (format!("/api/projects/{id}/storyboard/write"), json!({}), 3.0),
        (format!("{scene}/polish"), json!({}), 1.0),
    ];
    for (path, body, needed) in &quoted {
        let quote = ana.post(&format!("{path}/quote"), body).await.expect(200).value()["quote"].clone();
        assert_eq!((terms(&quote), &quote["paid_by"]), ((*needed, 0.0, false), &json!("credits")), "{path}");
        assert_eq!(ana.post(path, body).await.expect(402).code(), "too_few_credits", "{path}");
    }
    let effect = ana.post(&format!("{scene}/effect"), &json!({"config": {"weather": "rain"}})).await;
    terms(&effect.expect(200).value());
    let again = json!({"type": "both"});
    assert_eq!(ana.post(&format!("{scene}/regenerate"), &again).await.expect(402).code(), "too_few_credits");
    assert_eq!(ana.get(&scene).await.value()["scene"]["config"]["seed"], seed, "it is as it was");

    let photo = photo(&ana, 200).await;
    let asked = json!({"photos": 1, "image_model": "nano-banana", "vision_model": "none"});
    let quote = ana.post("/api/characters/quotes", &asked).await.expect(201).value()["quote"].clone();
    assert_eq!((terms(&quote), &quote["lines"][0]["paid_by"]), ((16.0, 0.0, false), &json!("credits")));
    let new = |model: &str| {
        json!({"name": "하린", "reference_images": [photo], "consent": true, "image_model": model,
            "vision_model": "none"})
    };
    assert_eq!(ana.post("/api/characters", &new("nano-banana")).await.expect(402).code(), "too_few_credits");
    assert_eq!(
        (
            count(&app, "SELECT count(*) FROM character_profiles").await,
            count(&app, "SELECT count(*) FROM tasks").await
        ),
        (0, 0)
    );
    assert_eq!(count(&app, "SELECT count(*) FROM graphile_worker.jobs").await, 0);
    let drawn = ana.post("/api/characters", &new("animatic")).await.expect(201).value()["character"].clone();
    assert_eq!((&drawn["status"], &drawn["error_code"]), (&json!("processing"), &Value::Null));
    credits(&app, &ana, 300.0).await;
    for (path, body, _) in &quoted[..3] {
        ana.post(path, body).await.expect(202);
    }
    ana.post(&format!("{scene}/regenerate"), &again).await.expect(202);
    ana.post("/api/characters", &new("nano-banana")).await.expect(201);
}

#[tokio::test]
async fn why_an_order_failed_is_told_as_a_code() {
    let app = TestApp::start().await;
    let ana = app.person("ana", "pro").await;
    let id = ana.project("Film").await;
    app.planned(&ana, &id, &[0.0, 4.0], 12.0).await;
    let body = json!({"project_id": id});
    let order = ana.post("/api/video/generate", &body).await.expect(202).value()["job_id"].clone();
    let kept =
        json!({"code": "too_few_credits", "message": "this needs $2", "hint": "buy some", "detail": "row 7"});
    sqlx::query(
        "UPDATE video_jobs SET status = 'failed', error_message = 'this needs $2', error_details = $2
         WHERE id = $1::uuid",
    )
    .bind(order.as_str().unwrap())
    .bind(&kept)
    .execute(app.db.database().owner())
    .await
    .unwrap();
    let job = ana.get(&format!("/api/video/jobs/{}", order.as_str().unwrap())).await.expect(200).value();
    let told = json!({"code": "too_few_credits", "message": "this needs $2", "hint": "buy some"});
    assert_eq!(job["job"]["error_details"], told, "less what is for admins");
}

#[tokio::test]
async fn plans_are_counted_in_films_where_credits_pay_for_films() {
    let app = TestApp::paid_by(Funding::Credits).await;
    let list = app.stranger().get("/api/billing/plans").await.expect(200).value();
    // Clips of five, ten and ten seconds at 8.4 cents a second.
    let film = json!({"seconds": 21.0, "scenes": 3, "image_model": "nano-banana", "clip_model": "kling-standard",
        "credits": 210.0});
    assert_eq!(list["typical_film"], film);
    let films: Vec<&Value> =
        list["plans"].as_array().unwrap().iter().map(|plan| &plan["films_per_month"]).collect();
    assert_eq!(films, [&Value::Null, &json!(4.7), &json!(16.6), &json!(57.1)], "{list}");

    // What its service no longer lists makes no film.
    sqlx::query(
        "INSERT INTO service_checks (provider, missing, checked_at, lists_models)
         VALUES ('test', '{kling-standard}', now(), true)",
    )
    .execute(app.db.database().owner())
    .await
    .unwrap();
    let list = app.stranger().get("/api/billing/plans").await.expect(200).value();
    assert_eq!(list["typical_film"], film, "for a few minutes");
    app.clock.advance(TimeDelta::minutes(5));
    let list = app.stranger().get("/api/billing/plans").await.expect(200).value();
    assert_eq!((&list["typical_film"], &list["plans"][1]["films_per_month"]), (&Value::Null, &Value::Null));

    let app = TestApp::start().await;
    let list = app.stranger().get("/api/billing/plans").await.expect(200).value();
    assert_eq!(list["typical_film"], Value::Null, "the house pays");
}
