//! Another person's ids lead nowhere: 404 on every call that takes one, and nothing is changed by trying.

use crate::app::TestApp;
use axum::body::Body;
use axum::http::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn another_persons_ids_name_nothing() {
    let app = TestApp::start().await;
    let (ana, mallory) = (app.person("ana", "team").await, app.person("mallory", "team").await);
    let id = ana.project("Film").await;
    let plan = app.planned(&ana, &id, &[0.0, 4.0], 12.0).await;
    let scenes = ana.get(&format!("/api/projects/{id}/scenes")).await.value();
    let scene = scenes["scenes"][0]["id"].as_str().unwrap().to_owned();
    ana.patch(&format!("/api/scenes/{scene}"), &json!({"description": "Edited"})).await.expect(200);
    let versions = ana.get(&format!("/api/scenes/{scene}/versions")).await.value();
    let version = versions["versions"][0]["id"].as_str().unwrap().to_owned();
    let quote = ana.post(&format!("/api/projects/{id}/quotes"), &json!({})).await.expect(201).value();
    let quote = quote["quote"]["id"].as_str().unwrap().to_owned();
    let job = ana.post(&format!("/api/projects/{id}/generate-video"), &json!({})).await.expect(202).value();
    let job = job["job_id"].as_str().unwrap().to_owned();
    let share = ana.post(&format!("/api/projects/{id}/shares"), &json!({})).await.expect(201).value();
    let share = share["share"]["id"].as_str().unwrap().to_owned();
    let comment = ana.post(&format!("/api/projects/{id}/comments"), &json!({"body": "x"})).await.value();
    let comment = comment["comment"]["id"].as_str().unwrap().to_owned();
    let task =
        ana.post(&format!("/api/projects/{id}/analyze-audio?wait_seconds=0"), &json!({})).await.expect(202);
    let task = task.value()["task_id"].as_str().unwrap().to_owned();
    let upload = ana.upload("song", "s.wav", &crate::app::song(100)).await.expect(201).id_in_location();
    let own = mallory.project("Own").await;

    let p = format!("/api/projects/{id}");
    let s = format!("/api/scenes/{scene}");
    let (get, post, put) = (Method::GET, Method::POST, Method::PUT);
    let (patch, delete) = (Method::PATCH, Method::DELETE);
    let new_scene = json!({"timestamp_start": 1.0, "timestamp_end": 2.0, "description": "x"});
    let none = json!({});
    let calls: Vec<(&Method, String, &Value)> = vec![
        (&get, p.clone(), &none),
        (&delete, p.clone(), &none),
        (&post, format!("{p}/restore"), &none),
        (&get, format!("{p}/collaborators"), &none),
        (&delete, format!("{p}/collaborators/{}", ana.id), &none),
        (&delete, format!("{p}/collaborators/{}", mallory.id), &none),
        (&post, format!("{p}/analyze-audio"), &none),
        (&get, format!("{p}/peaks"), &none),
        (&get, format!("{p}/lyrics"), &none),
        (&get, format!("{p}/plan"), &none),
        (&put, format!("{p}/plan"), &plan),
        (&get, format!("{p}/scenes"), &none),
        (&post, format!("{p}/scenes"), &new_scene),
        (&post, format!("{p}/quotes"), &none),
        (&post, format!("{p}/generate-video"), &none),
        (&get, format!("{p}/jobs"), &none),
        (&get, format!("{p}/exports"), &none),
        (&get, format!("{p}/package?contents=project"), &none),
        (&get, format!("{p}/shares"), &none),
        (&post, format!("{p}/shares"), &none),
        (&delete, format!("{p}/shares/{share}"), &none),
        (&get, format!("{p}/comments"), &none),
        (&delete, format!("{p}/comments/{comment}"), &none),
        // Somebody else's comment and link do not become mine under my own project.
        (&delete, format!("/api/projects/{own}/comments/{comment}"), &none),
        (&delete, format!("/api/projects/{own}/shares/{share}"), &none),
        (&get, s.clone(), &none),
        (&delete, s.clone(), &none),
        (&get, format!("{s}/versions"), &none),
        (&get, format!("{s}/versions/compare?a={version}&b={version}"), &none),
        (&post, format!("{s}/versions/{version}/restore"), &none),
        (&get, format!("/api/video/jobs/{job}"), &none),
        (&get, format!("/api/video/jobs/{job}/progress"), &none),
        (&post, format!("/api/video/jobs/{job}/cancel"), &none),
        (&post, format!("/api/video/jobs/{job}/retry"), &none),
        (&get, format!("/api/quotes/{quote}"), &none),
        (&get, format!("/api/tasks/{task}"), &none),
        (&get, format!("/api/uploads/{upload}"), &none),
        (&delete, format!("/api/uploads/{upload}"), &none),
    ];
    for (method, path, body) in calls {
        let answer = mallory.json(method.clone(), &path, body, &[]).await;
        assert_eq!(
            answer.status.as_u16(),
            404,
            "{method} {path}: {}",
            String::from_utf8_lossy(&answer.bytes)
        );
        let answer = app.stranger().json(method.clone(), &path, body, &[]).await;
        assert_eq!(answer.status.as_u16(), 401, "{method} {path}, not signed in");
    }
    for (path, body) in [
        (p.clone(), json!({"title": "Stolen"})),
        (s.clone(), json!({"description": "Stolen"})),
        (format!("{p}/comments/{comment}"), json!({"body": "Stolen"})),
    ] {
        mallory.json(patch.clone(), &path, &body, &[]).await.expect(404);
    }
    for (path, body) in [
        (format!("{p}/comments"), json!({"body": "x"})),
        (format!("{p}/collaborators"), json!({"email": "mallory@example.org", "role": "editor"})),
        (format!("{s}/regenerate"), json!({"type": "both"})),
        (format!("{s}/versions"), json!({"upload_id": upload})),
        ("/api/video/generate".to_owned(), json!({"project_id": id})),
    ] {
        mallory.post(&path, &body).await.expect(404);
    }
    mallory.put(&format!("{p}/lyrics"), &json!({"lines": []})).await.expect(404);
    mallory
        .send(post.clone(), &format!("{p}/lyrics"), &[("content-type", "text/plain")], Body::from("x"))
        .await
        .expect(404);
    // Another's file starts no project of mine, another's quote pays for nothing.
    mallory.post("/api/projects", &json!({"title": "t", "upload_id": upload})).await.expect(422);
    app.planned(&mallory, &own, &[0.0], 12.0).await;
    mallory
        .post(&format!("/api/projects/{own}/generate-video"), &json!({"quote_id": quote}))
        .await
        .expect(422);

    let shown = ana.get(&p).await.expect(200).value();
    assert_eq!(
        (&shown["project"]["title"], &shown["scenes"][0]["description"]),
        (&json!("Film"), &json!("Edited"))
    );
    assert_eq!(ana.get(&format!("/api/video/jobs/{job}")).await.value()["job"]["status"], "queued");
    for nonsense in ["/api/projects/1", "/api/scenes/x", "/api/video/jobs/%00", "/api/projects/../users"] {
        mallory.get(nonsense).await.expect(404);
    }
}
