//! What somebody used, summed and as a table.

use crate::app::{Client, TestApp};
use chrono::TimeDelta;
use mv_core::Clock;
use mv_core::ids::{ProjectId, UserId};
use mv_core::paid_call::{Capability, Funding};
use mv_core::units::MicroUsd;
use mv_store::ledger::{self, Caps, NewCall, Opening};
use serde_json::{Value, json};
use std::time::Duration;

struct Bought<'a> {
    key: &'a str,
    project: Option<&'a str>,
    capability: Capability,
    provider: &'a str,
    /// Millionths of a dollar; `None` while it has not ended.
    cost: Option<i64>,
    days_ago: i64,
}

async fn buy(app: &TestApp, who: &Client, bought: Bought<'_>) {
    let new = NewCall {
        user: UserId(who.id),
        project: bought.project.map(|id| id.parse::<ProjectId>().unwrap()),
        job: None,
        task: None,
        scene: None,
        character: None,
        step_key: bought.key,
        ordinal: 0,
        capability: bought.capability,
        provider: bought.provider,
        model: "m-1",
        because: None,
        request_hash: bought.key,
        estimate: MicroUsd(500_000),
        funding: Funding::House,
        caps: Caps::default(),
        holder: "worker",
        lease: Duration::from_mins(1),
        now: app.clock.now(),
    };
    let mut transaction = app.db.database().worker().begin().await.unwrap();
    let Opening::Held(call) = ledger::open(&mut transaction, &new).await.unwrap() else { panic!("taken") };
    let held = call.held();
    if let Some(cost) = bought.cost {
        ledger::submitting(&mut transaction, &held).await.unwrap();
        ledger::succeeded(&mut transaction, &held, Some(MicroUsd(cost)), &json!({})).await.unwrap();
        sqlx::query("UPDATE paid_calls SET finished_at = $2 WHERE step_key = $1")
            .bind(bought.key)
            .bind(app.clock.now() - TimeDelta::days(bought.days_ago))
            .execute(&mut *transaction)
            .await
            .unwrap();
    }
    transaction.commit().await.unwrap();
}

#[tokio::test]
async fn costs_are_summed_by_day_project_and_service() {
    let app = TestApp::start().await;
    let ana = app.person("ana", "pro").await;
    let id = ana.project("=Film, \"첫\"").await;
    let of_film = |key, capability, provider, cost, days_ago| Bought {
        key,
        project: Some(&id),
        capability,
        provider,
        cost: Some(cost),
        days_ago,
    };
    buy(&app, &ana, of_film("a", Capability::Clip, "kling", 840_000, 0)).await;
    buy(&app, &ana, of_film("b", Capability::Image, "gemini", 40_000, 0)).await;
    buy(&app, &ana, of_film("c", Capability::Image, "gemini", 40_000, 2)).await;
    let elsewhere = Bought { project: None, ..of_film("d", Capability::Text, "gemini", 1_000, 2) };
    buy(&app, &ana, elsewhere).await;
    buy(&app, &ana, Bought { cost: None, ..of_film("e", Capability::Clip, "kling", 0, 0) }).await;
    buy(&app, &ana, of_film("old", Capability::Clip, "kling", 9_000_000, 500)).await;
    sqlx::query("UPDATE users SET timezone = 'UTC' WHERE id = $1")
        .bind(ana.id)
        .execute(app.db.database().worker())
        .await
        .unwrap();

    let today = app.clock.now().date_naive();
    let from = today - TimeDelta::days(2);
    let path = format!("/api/usage?from={from}&to={today}");
    let usage = ana.get(&path).await.expect(200).value();
    assert_eq!((&usage["total"]["calls"], &usage["total"]["usd"]), (&json!(4), &json!(0.921)), "{usage}");
    assert_eq!((&usage["open_usd"], &usage["timezone"]), (&json!(0.5), &json!("UTC")));
    let days = usage["days"].as_array().unwrap();
    assert_eq!((days.len(), &days[1]["calls"]), (3, &json!(0)));
    assert_eq!((&days[2]["videos_usd"], &days[2]["images_usd"]), (&json!(0.84), &json!(0.04)));
    assert_eq!((&days[0]["processing_usd"], &days[0]["usd"]), (&json!(0.001), &json!(0.041)));
    let projects = usage["projects"].as_array().unwrap();
    assert_eq!((&projects[0]["title"], &projects[0]["usd"]), (&json!("=Film, \"첫\""), &json!(0.92)));
    assert_eq!(projects[1]["project_id"], Value::Null);
    assert_eq!(
        (&usage["services"][0]["provider"], &usage["services"][1]["models"][0]["calls"]),
        (&json!("kling"), &json!(3))
    );
    let week = usage["period"]["forecast_usd"].as_f64().unwrap();
    assert!(week >= usage["period"]["usd"].as_f64().unwrap(), "{usage}");

    let table = ana.get(&format!("/api/usage/csv?from={from}&to={today}")).await.expect(200);
    assert_eq!(table.header("content-type"), "text/csv; charset=utf-8");
    let text = String::from_utf8(table.bytes).unwrap();
    assert_eq!(text.lines().count(), 5, "{text}");
    assert!(text.contains("\"'=Film, \"\"첫\"\"\",kling,m-1,videos,house,1,0.84,0\r\n"), "{text}");

    let nobody = app.person("bo", "pro").await;
    assert_eq!(nobody.get(&path).await.expect(200).value()["total"]["calls"], 0);
    for wrong in [format!("from={today}&to={from}"), "from=2020-01-01".into(), "from=yesterday".into()] {
        ana.get(&format!("/api/usage?{wrong}")).await.expect(422);
    }
}

#[tokio::test]
async fn days_are_those_of_the_persons_clock_and_credits_are_told_apart() {
    let app = TestApp::start().await;
    let ana = app.person("ana", "pro").await;
    let zone = async |zone: &str| {
        sqlx::query("UPDATE users SET timezone = $2 WHERE id = $1")
            .bind(ana.id)
            .bind(zone)
            .execute(app.db.database().worker())
            .await
            .unwrap();
        ana.get("/api/usage").await.expect(200).value()
    };
    let at = |offset| (app.clock.now() + TimeDelta::hours(offset)).date_naive().to_string();
    assert_eq!(zone("Pacific/Kiritimati").await["to"], at(14));
    assert_eq!(zone("Etc/GMT+12").await["to"], at(-12));
    assert_eq!(zone("Mars/Olympus").await["timezone"], "UTC", "nowhere that is known");
    let usage = zone("UTC").await;
    assert_eq!(usage["days"].as_array().unwrap().last().unwrap()["day"], at(0));
    assert_eq!(
        (&usage["total"]["credits"], &usage["period"]["forecast_credits"]),
        (&json!(0.0), &json!(0.0))
    );
}
