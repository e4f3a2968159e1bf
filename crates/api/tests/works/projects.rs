//! Projects, their storyboards and their scenes.

use crate::app::{Client, TestApp, song};
use axum::body::Body;
use axum::http::Method;
use serde_json::{Value, json};

async fn form(who: &Client, fields: &[(&str, &str)], file: Option<(&str, &[u8])>) -> crate::app::Answer {
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend(
            format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes(),
        );
    }
    if let Some((name, bytes)) = file {
        let head = format!(
            "--b\r\nContent-Disposition: form-data; name=\"audio_file\"; filename=\"{name}\"\r\nContent-Type: audio/mpeg\r\n\r\n"
        );
        body.extend(head.bytes());
        body.extend(bytes);
        body.extend(b"\r\n");
    }
    body.extend(b"--b--\r\n");
    who.send(
        Method::POST,
        "/api/projects",
        &[("content-type", "multipart/form-data; boundary=b")],
        Body::from(body),
    )
    .await
}

#[tokio::test]
async fn a_project_starts_with_a_song() {
    let app = TestApp::start().await;
    let ana = app.person("ana", "free").await;
    let file = song(3_000_000);
    let fields = [("title", "여름밤의 <b>주파수</b>"), ("template_id", "urban-night")];
    let made = form(&ana, &fields, Some(("song.wav", &file))).await.expect(201);
    let project = made.value()["project"].clone();
    assert_eq!(project["title"], "여름밤의 <b>주파수</b>", "as it was typed");
    assert_eq!(project["audio_size_bytes"], 3_000_000);
    assert_eq!(project["role"], "owner");
    let url = project["audio_url"].as_str().unwrap();
    assert!(ana.get(url).await.expect(200).bytes == file);

    for (fields, file, status) in [
        (vec![("title", "")], Some(("s.wav", &file[..])), 422),
        (vec![("title", "t")], None, 422),
        (vec![("title", "t")], Some(("s.wav", &b"no song at all"[..])), 415),
        (vec![("title", "t"), ("template_id", "none-such")], Some(("s.wav", &file[..])), 422),
        (vec![("title", "t"), ("character_profile_id", "x")], Some(("s.wav", &file[..])), 422),
        (vec![("title", "t"), ("surprise", "x")], Some(("s.wav", &file[..])), 422),
    ] {
        form(&ana, &fields, file).await.expect(status);
    }
    let long = "가".repeat(256);
    form(&ana, &[("title", long.as_str())], Some(("s.wav", &file))).await.expect(422);

    // Two projects a month on the free plan.
    form(&ana, &[("title", "Second")], Some(("s.wav", &file))).await.expect(201);
    let refused = form(&ana, &[("title", "Third")], Some(("s.wav", &file))).await.expect(402).value();
    assert_eq!((&refused["current_plan"], &refused["required_plan"]), (&json!("free"), &json!("indie")));
    let list = ana.get("/api/projects?sort=title_asc&q=주파").await.expect(200).value();
    assert_eq!((&list["total"], &list["data"][0]["id"]), (&json!(1), &project["id"]));
    ana.get("/api/projects?limit=101").await.expect(422);
    ana.get("/api/projects?sort=backwards").await.expect(422);
    app.stranger().get("/api/projects").await.expect(401);
}

#[tokio::test]
async fn edits_say_what_they_were_made_on() {
    let app = TestApp::start().await;
    let ana = app.person("ana", "pro").await;
    let path = format!("/api/projects/{}", ana.project("Film").await);
    let shown = ana.get(&path).await.expect(200);
    let tag = shown.header("etag").to_owned();
    let first = json!({"title": "Mine"});
    let changed = ana.json(Method::PATCH, &path, &first, &[("if-match", &tag)]).await.expect(200);
    assert_ne!(changed.header("etag"), tag);
    let late = ana.json(Method::PATCH, &path, &json!({"title": "Theirs"}), &[("if-match", &tag)]).await;
    assert_eq!(late.expect(412).code(), "changed_meanwhile");
    assert_eq!(ana.get(&path).await.value()["project"]["title"], "Mine", "nothing is lost");
    ana.patch(&path, &json!({"title": ""})).await.expect(422);
    ana.patch(&path, &json!({"status": "complete"})).await.expect(422);
    ana.patch(&path, &json!({"nonsense": 1})).await.expect(422);
    ana.json(Method::PATCH, &path, &first, &[("if-match", "\"x\"")]).await.expect(400);

    ana.delete(&path).await.expect(204);
    ana.get(&path).await.expect(404);
    assert_eq!(ana.get("/api/projects?status=deleted").await.value()["total"], 1);
    ana.post(&format!("{path}/restore"), &json!({})).await.expect(200);
    ana.get(&path).await.expect(200);
    ana.post(&format!("{path}/restore"), &json!({})).await.expect(404);
}

fn times(scenes: &Value) -> Vec<(f64, f64)> {
    let time = |scene: &Value, name: &str| scene[name].as_f64().unwrap();
    let scenes = scenes["scenes"].as_array().unwrap();
    scenes.iter().map(|scene| (time(scene, "timestamp_start"), time(scene, "timestamp_end"))).collect()
}

#[tokio::test]
async fn the_storyboard_is_edited_scene_by_scene() {
    let app = TestApp::start().await;
    let ana = app.person("ana", "pro").await;
    let id = ana.project("Film").await;
    let path = format!("/api/projects/{id}/scenes");
    let new = json!({"timestamp_start": 12.0, "timestamp_end": 14.0, "description": "A cat"});
    assert_eq!(ana.post(&path, &new).await.expect(409).code(), "not_planned");
    app.planned(&ana, &id, &[0.0, 10.0, 20.0], 30.0).await;

    // Carved out of the middle: what comes after it goes on as a scene of its own.
    let made = ana.post(&path, &new).await.expect(201).value()["scene"].clone();
    assert_eq!((&made["scene_number"], &made["description"]), (&json!(3), &json!("A cat")));
    let scenes = ana.get(&path).await.expect(200).value();
    assert_eq!(times(&scenes), [(0.0, 10.0), (10.0, 12.0), (12.0, 14.0), (14.0, 20.0), (20.0, 30.0)]);
    for wrong in [
        json!({"timestamp_start": 12.0, "timestamp_end": 14.0, "description": "Taken"}),
        json!({"timestamp_start": 9.0, "timestamp_end": 11.0, "description": "Over a boundary"}),
        json!({"timestamp_start": 15.0, "timestamp_end": 15.1, "description": "Too short"}),
        json!({"timestamp_start": 16.0, "timestamp_end": 15.0, "description": "Backwards"}),
        json!({"timestamp_start": 40.0, "timestamp_end": 41.0, "description": "Past the end"}),
        json!({"timestamp_start": 15.0, "timestamp_end": 16.0, "description": ""}),
        json!({"timestamp_start": 15.0, "timestamp_end": 16.0, "description": "x", "scene_number": 9}),
        json!({"timestamp_start": 15.0, "timestamp_end": 16.0, "description": "x", "config": {"background": "moon"}}),
    ] {
        ana.post(&path, &wrong).await.expect(422);
    }

    // Moving a boundary moves it for both sides.
    let cat = format!("/api/scenes/{}", made["id"].as_str().unwrap());
    let edit = json!({"timestamp_end": 15.0, "config": {"background": "forest", "camera_angle": "close-up"}});
    let tag = ana.get(&cat).await.header("etag").to_owned();
    let changed = ana.json(Method::PATCH, &cat, &edit, &[("if-match", &tag)]).await.expect(200).value();
    assert_eq!(changed["scene"]["config"]["background"], "forest");
    ana.json(Method::PATCH, &cat, &edit, &[("if-match", &tag)]).await.expect(412);
    assert_eq!(times(&ana.get(&path).await.value())[2..4], [(12.0, 15.0), (15.0, 20.0)]);

    // What it was is a version; going back makes what it is now one too.
    let versions = ana.get(&format!("{cat}/versions")).await.expect(200).value()["versions"].clone();
    assert_eq!(versions.as_array().unwrap().len(), 1);
    let first = versions[0]["id"].as_str().unwrap();
    assert_eq!(versions[0]["config"]["background"], "rooftop");
    let back = ana.post(&format!("{cat}/versions/{first}/restore"), &json!({})).await.expect(200).value();
    assert_eq!(
        (&back["scene"]["config"]["background"], &back["scene"]["timestamp_end"]),
        (&json!("rooftop"), &json!(15.0))
    );
    let versions = ana.get(&format!("{cat}/versions")).await.value()["versions"].clone();
    assert_eq!(versions.as_array().unwrap().len(), 2);
    let second = versions[0]["id"].as_str().unwrap();
    let compared = ana.get(&format!("{cat}/versions/compare?a={first}&b={second}")).await.expect(200).value();
    assert_eq!(compared["differences"], json!(["background", "camera_angle"]));

    // Merged into the scene before it, versions and all.
    ana.delete(&cat).await.expect(204);
    assert_eq!(times(&ana.get(&path).await.value()), [(0.0, 10.0), (10.0, 15.0), (15.0, 20.0), (20.0, 30.0)]);
    let heir = ana.get(&path).await.value()["scenes"][1]["id"].as_str().unwrap().to_owned();
    let kept = ana.get(&format!("/api/scenes/{heir}/versions")).await.value()["versions"].clone();
    assert!(
        kept.as_array().unwrap().iter().any(|version| version["config"]["background"] == "forest"),
        "{kept}"
    );
}

#[tokio::test]
async fn the_plan_is_the_command_lines_file() {
    let app = TestApp::start().await;
    let ana = app.person("ana", "pro").await;
    let id = ana.project("Film").await;
    let path = format!("/api/projects/{id}/plan");
    ana.get(&path).await.expect(409);
    let plan = app.planned(&ana, &id, &[0.0, 10.1, 20.3], 30.123_456_789_012_3).await;
    let typed: mv_core::Storyboard = serde_json::from_value(plan.clone()).unwrap();
    let file = format!("{}\n", serde_json::to_string_pretty(&typed).unwrap());
    let read = ana.get(&path).await.expect(200);
    assert_eq!(String::from_utf8(read.bytes.clone()).unwrap(), file);
    let tag = read.header("etag").to_owned();
    let again =
        ana.send(Method::PUT, &path, &[("if-match", &tag)], Body::from(file.clone())).await.expect(200);
    assert_eq!(again.bytes, file.into_bytes());

    let broken = |change: fn(&mut Value)| {
        let mut plan = plan.clone();
        change(&mut plan);
        plan
    };
    for wrong in [
        broken(|plan| plan["song"]["hash"] = json!("11")),
        broken(|plan| plan["song"]["duration"] = json!(31.0)),
        broken(|plan| plan["scenes"][1]["start"] = json!(25.0)),
        broken(|plan| plan["scenes"] = json!([])),
        broken(|plan| plan["surprise"] = json!(1)),
        broken(|plan| plan["scenes"][0]["footage"] = json!({"file": "/etc/passwd"})),
        broken(|plan| plan["scenes"][0]["footage"] = json!({"file": "songs/a/b"})),
    ] {
        ana.put(&path, &wrong).await.expect(422);
    }
    ana.send(Method::PUT, &path, &[], Body::from("{")).await.expect(400);
    ana.send(Method::PUT, &path, &[("if-match", &tag)], Body::from(plan.to_string())).await.expect(412);
}

#[tokio::test]
async fn analysis_is_ordered_once_and_waited_for() {
    let app = TestApp::start().await;
    let ana = app.person("ana", "pro").await;
    let id = ana.project("Film").await;
    let path = format!("/api/projects/{id}/analyze-audio?wait_seconds=0");
    let first = ana.post(&path, &json!({})).await.expect(202).value();
    let second = ana.post(&path, &json!({})).await.expect(202).value();
    assert_eq!(first["task_id"], second["task_id"]);
    let task =
        ana.get(&format!("/api/tasks/{}", first["task_id"].as_str().unwrap())).await.expect(200).value();
    assert_eq!((&task["status"], &task["kind"]), (&json!("queued"), &json!("analyze_audio")));
    ana.get(&format!("/api/projects/{id}/peaks")).await.expect(409);
    let lyrics = format!("/api/projects/{id}/lyrics");
    ana.send(Method::POST, &lyrics, &[("content-type", "text/plain")], Body::from("라라라"))
        .await
        .expect(409);
    let lines = json!({"lines": [{"start": 1.0, "end": 2.0, "text": "라라라"}]});
    ana.put(&lyrics, &lines).await.expect(200);
    assert_eq!(ana.get(&lyrics).await.expect(200).value(), lines);
    let overlapping = json!({"lines": [
        {"start": 1.0, "end": 2.0, "text": "a"}, {"start": 1.5, "end": 3.0, "text": "b"},
    ]});
    ana.put(&lyrics, &overlapping).await.expect(422);
    ana.post(&format!("{lyrics}/align"), &json!({})).await.expect(409);
}

#[tokio::test]
async fn scenes_know_the_line_that_is_sung_in_them() {
    let app = TestApp::start().await;
    let ana = app.person("ana", "pro").await;
    let id = ana.project("Film").await;
    app.planned(&ana, &id, &[0.0, 10.0], 20.0).await;
    let lyrics = format!("/api/projects/{id}/lyrics");
    let lines = json!({"lines": [
        {"start": 2.0, "end": 5.0, "text": "첫 줄", "confidence": 0.3},
        {"start": 12.0, "end": 15.0, "text": "둘째 줄", "heard": true, "opens_stanza": true},
    ]});
    ana.put(&lyrics, &lines).await.expect(200);
    assert_eq!(ana.get(&lyrics).await.expect(200).value(), lines);
    let scenes = ana.get(&format!("/api/projects/{id}/scenes")).await.expect(200).value();
    let sung = |index: usize| scenes["scenes"][index]["config"]["lyric"].clone();
    assert_eq!((sung(0), sung(1)), (json!("첫 줄"), json!("둘째 줄")), "{scenes}");
}

#[tokio::test]
async fn working_together_is_for_teams() {
    let app = TestApp::start().await;
    let (indie, team) = (app.person("indie", "indie").await, app.person("team", "team").await);
    let (guest, other) = (app.person("guest", "free").await, app.person("other", "free").await);
    let id = indie.project("Alone").await;
    let invitation = json!({"email": "guest@example.org", "role": "viewer"});
    let refused = indie.post(&format!("/api/projects/{id}/collaborators"), &invitation).await.expect(402);
    assert_eq!(refused.value()["required_plan"], "team");

    let id = team.project("Together").await;
    app.planned(&team, &id, &[0.0, 10.0], 20.0).await;
    let path = format!("/api/projects/{id}");
    let people = format!("{path}/collaborators");
    team.post(&people, &json!({"email": "nobody@example.org", "role": "viewer"})).await.expect(422);
    team.post(&people, &invitation).await.expect(201);
    assert_eq!(guest.get(&path).await.expect(200).value()["project"]["role"], "viewer");
    assert_eq!(guest.get("/api/projects").await.value()["total"], 1);
    guest.patch(&path, &json!({"title": "Mine now"})).await.expect(403);
    guest.delete(&path).await.expect(403);
    other.get(&path).await.expect(404);

    team.post(&people, &json!({"email": "guest@example.org", "role": "editor"})).await.expect(201);
    guest.patch(&path, &json!({"title": "Ours"})).await.expect(200);
    guest.patch(&path, &json!({"budget_usd": 1000.0})).await.expect(403);
    guest.delete(&path).await.expect(403);
    guest.post(&people, &json!({"email": "other@example.org", "role": "viewer"})).await.expect(403);
    // Whoever was let in may leave.
    guest.delete(&format!("{people}/{}", guest.id)).await.expect(204);
    guest.get(&path).await.expect(404);
}
