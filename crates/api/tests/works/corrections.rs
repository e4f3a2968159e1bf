//! Putting right what was heard, taking that back, and having the storyboard follow.

use crate::app::{Client, TestApp};
use axum::http::Method;
use serde_json::{Value, json};

async fn corrected(who: &Client, project: &str, body: Value) -> Value {
    who.put(&format!("/api/projects/{project}/analysis/correction"), &body).await.expect(200).value()
}

#[tokio::test]
async fn what_was_heard_is_put_right_and_never_lost() {
    let app = TestApp::start().await;
    let ana = app.person("ana", "pro").await;
    let id = ana.project("Film").await;
    let song = format!("/api/projects/{id}/analysis");
    assert_eq!(ana.get(&song).await.expect(409).code(), "not_analysed");
    ana.put(&format!("{song}/correction"), &json!({"octaves": 1})).await.expect(409);
    app.heard(&ana, &id, &[0.0, 4.0, 12.0], 21.0).await;
    let before = ana.get(&song).await.expect(200);
    let (etag, before) = (before.header("etag").to_owned(), before.value());
    assert_eq!((&before["correction"], &before["heard"]), (&Value::Null, &Value::Null));
    assert_eq!(
        before["storyboard"],
        json!({"boundaries": 2, "off_beat": 0, "inside_bar": 0, "other_tempo": false})
    );

    let path = format!("{song}/correction");
    let double = json!({"octaves": 1, "key": "bb minor"});
    let answer = ana.json(Method::PUT, &path, &double, &[("if-match", &etag)]).await.expect(200);
    let now = answer.value();
    assert_eq!((&now["analysis"]["tempo"], &now["heard"]["tempo"]), (&json!(240.0), &json!(120.0)));
    assert_eq!(
        now["correction"],
        json!({"octaves": 1, "from_beat": null, "bpm": null, "first_beat": null,
        "time_signature": null, "downbeat_shift": null, "key": "A# Minor", "sections": null})
    );
    assert_eq!(now["storyboard"]["other_tempo"], true);
    let stale = ana.json(Method::PUT, &path, &double, &[("if-match", &etag)]).await.expect(412);
    assert_eq!(stale.code(), "changed_meanwhile");
    let shown = ana.get(&format!("/api/projects/{id}")).await.value();
    assert_eq!(shown["project"]["audio_analysis"]["tempo"], 240.0, "everything reads what holds");

    // The next one is laid over what was heard, not over the one before.
    let half = corrected(&ana, &id, json!({"octaves": -1})).await;
    assert_eq!((&half["analysis"]["tempo"], &half["analysis"]["key"]), (&json!(60.0), &json!("C Major")));
    let by_hand =
        corrected(&ana, &id, json!({"bpm": 100.0, "first_beat": 0.4, "time_signature": "3/4"})).await;
    assert_eq!(by_hand["analysis"]["downbeats"][1], 2.2);
    assert_eq!(by_hand["storyboard"]["off_beat"], 1, "the one at 4 s is on a beat by chance: {by_hand}");
    let sections = json!([{"type": "verse", "start": 0.0}, {"type": "chorus", "start": 12.0}]);
    let marked = corrected(&ana, &id, json!({"sections": sections})).await;
    assert_eq!(
        (&marked["analysis"]["sections"][1]["type"], &marked["correction"]["sections"]),
        (&json!("chorus"), &sections)
    );

    let undone = ana.delete(&path).await.expect(200).value();
    assert_eq!(undone, before);
    corrected(&ana, &id, json!({"octaves": 1})).await;
    assert_eq!(corrected(&ana, &id, json!({})).await, before, "an empty one takes it back");
}

#[tokio::test]
async fn corrections_are_checked() {
    let app = TestApp::start().await;
    let ana = app.person("ana", "pro").await;
    let id = ana.project("Film").await;
    app.heard(&ana, &id, &[0.0, 4.0, 12.0], 21.0).await;
    let path = format!("/api/projects/{id}/analysis/correction");
    for (body, field) in [
        (json!({"octaves": 2}), "grid"),
        (json!({"octaves": 9}), "octaves"),
        (json!({"octaves": 1, "bpm": 120.0}), "bpm"),
        (json!({"bpm": 1e9}), "bpm"),
        (json!({"bpm": 120.0, "first_beat": 21.0}), "grid.first_beat"),
        (json!({"first_beat": 1.0}), "first_beat"),
        (json!({"time_signature": "4/3"}), "time_signature"),
        (json!({"downbeat_shift": 33}), "downbeat_shift"),
        (json!({"key": "H Major"}), "key"),
        (json!({"sections": []}), "sections"),
        (json!({"sections": [{"type": "verse", "start": 1.0}]}), "sections"),
        (
            json!({"sections": [{"type": "verse", "start": 0.0}, {"type": "verse", "start": -1.0}]}),
            "sections[1].start",
        ),
        (
            json!({"sections": [{"type": "verse", "start": 0.0}, {"type": "verse", "start": 20.9}]}),
            "sections",
        ),
    ] {
        let refused = ana.put(&path, &body).await.expect(422).value();
        assert_eq!(refused["errors"][0]["field"], field, "{body}: {refused}");
    }
    let mallory = app.person("mallory", "team").await;
    mallory.put(&path, &json!({"octaves": 1})).await.expect(404);
    mallory.delete(&path).await.expect(404);
    mallory.get(&format!("/api/projects/{id}/analysis")).await.expect(404);
    mallory.post(&format!("/api/projects/{id}/storyboard/snap"), &json!({})).await.expect(404);
    mallory.post(&format!("/api/projects/{id}/storyboard/snap/effect"), &json!({})).await.expect(404);
}

#[tokio::test]
async fn the_storyboard_follows_when_it_is_told_to() {
    let app = TestApp::start().await;
    let ana = app.person("ana", "pro").await;
    let id = ana.project("Film").await;
    app.heard(&ana, &id, &[0.0, 4.0, 12.0], 21.0).await;
    crate::takes::ordered(&app, &ana, &id).await;
    crate::takes::filmed(&app, &id).await;
    let scenes = format!("/api/projects/{id}/scenes");
    let before = ana.get(&scenes).await.value();
    let late = corrected(&ana, &id, json!({"downbeat_shift": 1})).await;
    assert_eq!((&late["storyboard"]["inside_bar"], &late["storyboard"]["off_beat"]), (&json!(2), &json!(0)));
    assert_eq!(ana.get(&scenes).await.value(), before, "nothing follows by itself");

    let snap = format!("/api/projects/{id}/storyboard/snap");
    let said = ana.post(&format!("{snap}/effect"), &json!({})).await.expect(200).value();
    assert_eq!((&said["moved"], said["effect"]["stale"].as_array().unwrap().len()), (&json!(2), 2), "{said}");
    assert!(said["effect"]["total_usd"].as_f64().unwrap() > 0.0);
    assert_eq!(ana.get(&scenes).await.value(), before, "nothing was changed");
    let to_beats = ana.post(&format!("{snap}/effect"), &json!({"to": "beat"})).await.expect(200).value();
    assert_eq!(to_beats["moved"], 0);

    let version = ana.get(&format!("/api/projects/{id}")).await.header("etag").to_owned();
    let done = ana.json(Method::POST, &snap, &json!({}), &[("if-match", &version)]).await.expect(200).value();
    assert_eq!(
        (&done["moved"], &done["effect"], &done["storyboard"]["inside_bar"]),
        (&json!(2), &said["effect"], &json!(0))
    );
    ana.json(Method::POST, &snap, &json!({}), &[("if-match", &version)]).await.expect(412);
    let after = ana.get(&scenes).await.value();
    let starts: Vec<f64> =
        after["scenes"].as_array().unwrap().iter().map(|s| s["timestamp_start"].as_f64().unwrap()).collect();
    assert_eq!(starts, [0.0, 4.5, 12.5]);
    assert_eq!(after["scenes"][1]["status"], "video_ready", "as long as it was");
    ana.post(&snap, &json!({"to": "moon"})).await.expect(422);
}
