//! Characters over HTTP: prices, pictures that are judged one by one, consent that is given and taken back.

use crate::app::{Client, TestApp};
use axum::http::Method;
use chrono::TimeDelta;
use serde_json::{Value, json};
use std::io::Cursor;

/// A photo of one colour, as a finished upload.
pub(crate) async fn photo(who: &Client, red: u8) -> String {
    let mut png = Cursor::new(Vec::new());
    image::RgbImage::from_pixel(200, 300, image::Rgb([red, 120, 60]))
        .write_to(&mut png, image::ImageFormat::Png)
        .unwrap();
    who.upload("photo", "me.png", png.get_ref()).await.expect(201).id_in_location()
}

fn id(answer: &Value) -> String {
    answer["character"]["id"].as_str().unwrap().to_owned()
}

/// What was ordered of the last screen test.
async fn ordered(app: &TestApp) -> Value {
    sqlx::query_scalar(
        "SELECT payload FROM tasks WHERE kind = 'character' ORDER BY created_at DESC, id LIMIT 1",
    )
    .fetch_one(app.db.database().owner())
    .await
    .unwrap()
}

/// As if the worker had made the pictures that were ordered.
async fn tested(app: &TestApp, id: &str) {
    let tests: Vec<Value> = (0..4)
        .map(|n| json!({"key": format!("artifacts/still/{n}.png"), "take": 1, "model": "nano-banana", "likeness": 0.7}))
        .collect();
    sqlx::query(
        "UPDATE character_profiles SET tests = $2, test_task = NULL, status = 'pending',
           test_images = ARRAY(SELECT value ->> 'key' FROM jsonb_array_elements($2)) WHERE id = $1::uuid",
    )
    .bind(id)
    .bind(Value::from(tests))
    .execute(app.db.database().owner())
    .await
    .unwrap();
}

#[tokio::test]
async fn a_character_is_priced_before_anything_is_bought() {
    let app = TestApp::start().await;
    let ana = app.person("ana", "pro").await;
    let photo = photo(&ana, 200).await;
    let models = json!({"image_model": "nano-banana", "vision_model": "gemini-flash"});
    let ask = json!({"photos": 1, "image_model": "nano-banana", "vision_model": "gemini-flash"});
    let quote = ana.post("/api/characters/quotes", &ask).await.expect(201).value()["quote"].clone();
    assert_eq!(quote["total_usd"], 0.161);
    assert_eq!(
        quote["lines"][0],
        json!({"item": "image", "model": "nano-banana", "count": 4, "amount_usd": 0.16, "paid_by": "house"})
    );
    assert_eq!(quote["lines"][1]["item"], "description");
    let with = |more: Value| {
        let mut body = json!({"name": "하린", "reference_images": [photo], "consent": true});
        for part in [&models, &more] {
            body.as_object_mut().unwrap().extend(part.as_object().unwrap().clone());
        }
        body
    };
    for (more, status, code) in [
        (json!({"image_model": "kling-standard"}), 422, "invalid"),
        (json!({"image_model": "locked"}), 422, "invalid"),
        (json!({"vision_model": "nano-banana"}), 422, "invalid"),
        (json!({"budget_usd": 0.1}), 402, "over_budget"),
        (json!({"quote_id": uuid::Uuid::nil()}), 422, "invalid"),
        (json!({"quote_id": quote["id"], "vision_model": "none"}), 409, "quote_differs"),
    ] {
        assert_eq!(ana.post("/api/characters", &with(more)).await.expect(status).code(), code);
    }
    let mallory = app.person("mallory", "pro").await;
    mallory.post("/api/characters", &with(json!({"quote_id": quote["id"]}))).await.expect(422);
    let made = ana.post("/api/characters", &with(json!({"quote_id": quote["id"]}))).await.expect(201).value();
    let order = ordered(&app).await;
    assert_eq!((&order["image_model"], &order["budget_usd"]), (&json!("nano-banana"), &json!(0.161)));
    assert_eq!(order["pictures"].as_array().unwrap().len(), 4);

    // A quote names the pictures: it does not hold for others, nor for long.
    let path = format!("/api/characters/{}", id(&made));
    tested(&app, &id(&made)).await;
    let ask =
        json!({"character_id": id(&made), "only": [2], "image_model": "nano-banana", "vision_model": "none"});
    let quote = ana.post("/api/characters/quotes", &ask).await.expect(201).value()["quote"].clone();
    assert_eq!(quote["total_usd"], 0.04);
    mallory.post("/api/characters/quotes", &ask).await.expect(404);
    let redraw = format!("{path}/regenerate-tests");
    let order = |only: Value| json!({"only": only, "image_model": "nano-banana", "vision_model": "none", "quote_id": quote["id"]});
    assert_eq!(ana.post(&redraw, &order(json!([1]))).await.expect(409).code(), "quote_outdated");
    app.clock.advance(TimeDelta::minutes(16));
    assert_eq!(ana.post(&redraw, &order(json!([2]))).await.expect(409).code(), "quote_expired");
    let free = ana.post(&redraw, &json!({"only": [2], "image_model": "animatic"})).await.expect(200).value();
    assert_eq!((&free["estimated_cost_usd"], &free["making"]), (&json!(0.0), &json!([2])));
}

#[tokio::test]
async fn pictures_are_judged_one_by_one() {
    let app = TestApp::start().await;
    let ana = app.person("ana", "pro").await;
    let photo = photo(&ana, 200).await;
    let body = json!({"name": "하린", "reference_images": [photo], "consent": true});
    let made = ana.post("/api/characters", &body).await.expect(201).value();
    assert_eq!(made["character"]["mention"], Value::Null, "not approved yet");
    let path = format!("/api/characters/{}", id(&made));
    let say = |number: u32| format!("{path}/test-images/{number}");
    ana.put(&say(0), &json!({"verdict": "approved"})).await.expect(404);
    tested(&app, &id(&made)).await;
    for wrong in [
        json!({"verdict": "rejected"}),
        json!({"verdict": "rejected", "reason": "nose"}),
        json!({"verdict": "rejected", "reason": "other"}),
        json!({"verdict": "approved", "reason": "hair"}),
        json!({"verdict": "approved", "take": 0}),
    ] {
        ana.put(&say(0), &wrong).await.expect(422);
    }
    ana.put(&say(4), &json!({"verdict": "approved"})).await.expect(404);
    app.person("mallory", "pro").await.put(&say(0), &json!({"verdict": "approved"})).await.expect(404);
    let hair = json!({"verdict": "rejected", "reason": "hair", "note": "shoulder length", "take": 1});
    let judged = ana.put(&say(1), &hair).await.expect(200).value();
    let test = &judged["character"]["tests"][1];
    assert_eq!((&test["reason"], &test["note"]), (&json!("hair"), &json!("shoulder length")));
    assert!(test["likeness"].as_f64().is_some() && test["url"].as_str().unwrap().contains("/1.png"));
    let late = json!({"verdict": "approved", "take": 2});
    assert_eq!(ana.put(&say(1), &late).await.expect(409).code(), "other_take");

    // Only what was rejected is made anew, and told why.
    ana.post(&format!("{path}/regenerate-tests"), &json!({})).await.expect(200);
    let remarks = json!([{"reason": "hair", "note": "shoulder length"}]);
    assert_eq!(ordered(&app).await["pictures"], json!([{"number": 1, "take": 2, "remarks": remarks}]));
    tested(&app, &id(&made)).await;
    for number in 0..4 {
        ana.put(&say(number), &json!({"verdict": "approved"})).await.expect(200);
    }
    let approved = ana.get(&path).await.value()["character"].clone();
    assert_eq!((&approved["status"], &approved["mention"]), (&json!("approved"), &json!("@하린")));
    assert!(approved["approved_at"].is_string());
    for number in 0..4 {
        ana.put(&say(number), &json!({"verdict": "rejected", "reason": "face"})).await.expect(200);
    }
    assert_eq!(ana.get(&path).await.value()["character"]["status"], "rejected");
    ana.put(&say(0), &json!({"verdict": null})).await.expect(200);
    assert_eq!(ana.get(&path).await.value()["character"]["status"], "pending");
}

#[tokio::test]
async fn consent_is_given_for_photos_and_can_be_taken_back() {
    let app = TestApp::start().await;
    let ana = app.person("ana", "pro").await;
    let (first, second) = (photo(&ana, 200).await, photo(&ana, 30).await);
    let body =
        json!({"name": "하린", "reference_images": [first], "consent": true, "description": "red hair"});
    let made = ana.post("/api/characters", &body).await.expect(201).value();
    let path = format!("/api/characters/{}", id(&made));
    tested(&app, &id(&made)).await;
    let consents = made["character"]["consents"].clone();
    assert_eq!((consents.as_array().unwrap().len(), &consents[0]["given_by"]), (1, &json!(ana.id)));
    let error = ana.patch(&path, &json!({"reference_images": [second]})).await.expect(422).value();
    assert_eq!(error["errors"][0]["field"], "consent", "{error}");
    let other = json!({"reference_images": [second], "consent": true});
    let other = ana.patch(&path, &other).await.expect(200).value()["character"].clone();
    assert_eq!(other["consents"].as_array().unwrap().len(), 2);
    assert_ne!(other["consents"][0]["photos"], other["consents"][1]["photos"]);
    assert_eq!((&other["tests"], &other["status"]), (&json!([]), &json!("processing")));

    // A project that shows them is named before they go, and stays after.
    let project = ana.project("Film").await;
    let mut plan = app.planned(&ana, &project, &[0.0, 4.0], 12.0).await;
    plan["cast"] = json!([{"id": "harin", "name": "하린", "description": "seen so", "photos": ["00"],
        "character": id(&made)}]);
    plan["scenes"][1]["cast"] = json!(["harin"]);
    let plan_path = format!("/api/projects/{project}/plan");
    ana.put(&plan_path, &plan).await.expect(200);
    let usage = ana.get(&format!("{path}/usage")).await.expect(200).value();
    assert_eq!(usage["projects"][0]["title"], "Film");
    assert_eq!((&usage["projects"][0]["scenes"], &usage["photos"]), (&json!(1), &json!(1)));
    assert_eq!(ana.get(&path).await.value()["character"]["projects_count"], 1);
    let photo = other["reference_images"][0].as_str().unwrap();
    ana.get(photo).await.expect(200);
    ana.json(Method::DELETE, &path, &Value::Null, &[]).await.expect(204);
    ana.get(&path).await.expect(404);
    let left: (i64, i64, i64) = sqlx::query_as(
        "SELECT (SELECT count(*) FROM character_profiles WHERE cardinality(reference_images) > 0),
           (SELECT count(*) FROM uploads WHERE purpose = 'photo'),
           (SELECT count(*) FROM projects WHERE storyboard::text LIKE '%\"photos\"%')",
    )
    .fetch_one(app.db.database().owner())
    .await
    .unwrap();
    assert_eq!(left, (0, 0, 0));
    let plan = ana.get(&plan_path).await.expect(200).value();
    assert_eq!(plan["cast"], json!([{"id": "harin", "name": "하린", "description": "red hair"}]));
}

#[tokio::test]
async fn approved_characters_are_cast_by_their_names() {
    let app = TestApp::start().await;
    let ana = app.person("ana", "pro").await;
    let red = photo(&ana, 200).await;
    let mut ids = Vec::new();
    for name in ["하린", "수아"] {
        let body =
            json!({"name": name, "reference_images": [red], "consent": true, "description": "red hair"});
        ids.push(id(&ana.post("/api/characters", &body).await.expect(201).value()));
    }
    let (harin, sua) = (format!("/api/characters/{}", ids[0]), format!("/api/characters/{}", ids[1]));
    ana.patch(&harin, &json!({"status": "approved"})).await.expect(200);
    let project = ana.project("Film").await;
    app.planned(&ana, &project, &[0.0, 4.0, 8.0], 12.0).await;
    let scenes = ana.get(&format!("/api/projects/{project}/scenes")).await.expect(200).value();
    let scene = format!("/api/scenes/{}", scenes["scenes"][1]["id"].as_str().unwrap());

    for (change, field, said) in [
        (json!({"description": "@수아가 걷는다"}), "description", "not approved"),
        (json!({"config": {"custom_prompt": "@도준 in the rain"}}), "config.custom_prompt", "@도준"),
        (json!({"config": {"cast": ["도준"]}}), "config.cast[0]", "도준"),
    ] {
        let error = ana.patch(&scene, &change).await.expect(422).value();
        assert_eq!(error["errors"][0]["field"], field, "{error}");
        assert!(error["detail"].as_str().unwrap().contains(said), "{error}");
        assert!(error["hint"].is_string());
    }
    let cast = ana.patch(&scene, &json!({"description": "@하린이 우산을 편다"})).await.expect(200).value();
    assert_eq!(cast["scene"]["config"]["cast"], json!(["하린"]));
    assert_eq!(cast["scene"]["description"], "@하린이 우산을 편다");
    let plan_path = format!("/api/projects/{project}/plan");
    let plan = ana.get(&plan_path).await.value();
    let member = &plan["cast"][0];
    assert_eq!((&member["character"], &member["description"]), (&json!(ids[0]), &json!("red hair")));
    assert_eq!(member["photos"].as_array().unwrap().len(), 1);
    assert_eq!(plan["scenes"][1]["description"], "@{하린}이 우산을 편다");
    ana.put(&plan_path, &plan).await.expect(200);

    // Another name is shown, and the same is meant; two may be in a scene.
    ana.patch(&harin, &json!({"name": "민지"})).await.expect(200);
    assert_eq!(ana.get(&scene).await.value()["scene"]["description"], "@민지이 우산을 편다");
    ana.patch(&sua, &json!({"status": "approved"})).await.expect(200);
    let both = json!({"config": {"custom_prompt": "@수아 and @민지 share it"}});
    let both = ana.patch(&scene, &both).await.expect(200).value()["scene"].clone();
    assert_eq!(both["config"]["cast"], json!(["하린", "수아"]));
    assert_eq!(both["config"]["custom_prompt"], "@수아 and @민지 share it");
    let version = ana.get(&format!("{scene}/versions")).await.expect(200).value();
    assert!(!version.to_string().contains("@{"), "{version}");
    let plan = ana.get(&plan_path).await.value();
    let mut ghost = plan.clone();
    ghost["scenes"][2]["motion_prompt"] = json!("@ghost floats");
    let error = ana.put(&plan_path, &ghost).await.expect(422).value();
    assert_eq!(error["errors"][0]["field"], "scenes[2].motion_prompt");
}
