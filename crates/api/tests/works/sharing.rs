//! Links, comments, downloads, signed files.

use crate::app::TestApp;
use axum::body::Body;
use axum::http::Method;
use chrono::TimeDelta;
use serde_json::json;

#[tokio::test]
async fn a_link_shows_the_film_until_it_is_shut() {
    let app = TestApp::start().await;
    let ana = app.person("ana", "free").await;
    let id = ana.project("여름밤").await;
    let lines = json!({"lines": [{"start": 1.0, "end": 2.5, "text": "여름밤의 주파수"}]});
    ana.put(&format!("/api/projects/{id}/lyrics"), &lines).await.expect(200);
    let shares = format!("/api/projects/{id}/shares");
    let made =
        ana.post(&shares, &json!({"allow_comments": true, "expires_in_days": 30})).await.expect(201).value();
    let token = made["token"].as_str().unwrap();
    assert!(made["url"].as_str().unwrap().ends_with(&format!("/watch/{token}")));
    let link = format!("/api/shared/{token}");

    let guest = app.stranger();
    let film = guest.get(&link).await.expect(200).value();
    assert_eq!((&film["title"], &film["video_url"]), (&json!("여름밤"), &json!(null)));
    assert_eq!(film["lyrics"], lines["lines"], "for captions");
    guest.get("/api/shared/guessed").await.expect(404);
    let said = json!({"author_name": "Dojun", "body": "좋아요", "at_seconds": 3.5});
    guest.post(&format!("{link}/comments"), &said).await.expect(201);
    guest.post(&format!("{link}/comments"), &json!({"author_name": "", "body": "x"})).await.expect(422);
    let comments = ana.get(&format!("/api/projects/{id}/comments")).await.expect(200).value();
    assert_eq!((&comments["total"], &comments["data"][0]["body"]), (&json!(1), &json!("좋아요")));
    assert_eq!(guest.get(&format!("{link}/comments")).await.value()["comments"][0]["author_name"], "Dojun");
    let listed = ana.get(&shares).await.expect(200).value();
    assert_eq!(listed["shares"][0]["views"], 1);
    assert!(!listed.to_string().contains(token), "the link is shown once");

    ana.delete(&format!("{shares}/{}", made["share"]["id"].as_str().unwrap())).await.expect(204);
    guest.get(&link).await.expect(404);
    guest.post(&format!("{link}/comments"), &said).await.expect(404);
    let silent = ana.post(&shares, &json!({})).await.expect(201).value();
    let silent = format!("/api/shared/{}/comments", silent["token"].as_str().unwrap());
    assert_eq!(guest.post(&silent, &said).await.expect(403).code(), "no_comments");
    assert_eq!(guest.get(&silent).await.expect(200).value()["comments"], json!([]));
}

#[tokio::test]
async fn a_password_shuts_a_link_to_whoever_does_not_know_it() {
    let app = TestApp::start().await;
    let ana = app.person("ana", "free").await;
    let id = ana.project("Film").await;
    let shares = format!("/api/projects/{id}/shares");
    ana.post(&shares, &json!({"password": "abc"})).await.expect(422);
    let made = ana.post(&shares, &json!({"password": "비밀번호"})).await.expect(201).value();
    assert_eq!(made["share"]["has_password"], true);
    let link = format!("/api/shared/{}", made["token"].as_str().unwrap());
    let guest = app.stranger();
    assert_eq!(guest.get(&link).await.expect(401).code(), "password_needed");
    for (given, status) in
        [("wrong", 401), ("%EB%B9%84%EB%B0%80%EB%B2%88%ED%98%B8", 200), (&"a".repeat(4000), 401)]
    {
        for path in [link.clone(), format!("{link}/comments")] {
            guest
                .send(Method::GET, &path, &[("x-share-password", given)], Body::empty())
                .await
                .expect(status);
        }
    }
    let listed = ana.get(&shares).await.value();
    assert_eq!(listed["shares"][0]["views"], 1, "only what was shown counts");
}

#[tokio::test]
async fn comments_are_their_authors() {
    let app = TestApp::start().await;
    let (team, guest) = (app.person("team", "team").await, app.person("guest", "free").await);
    let id = team.project("Film").await;
    let people = format!("/api/projects/{id}/collaborators");
    team.post(&people, &json!({"email": "guest@example.org", "role": "viewer"})).await.expect(201);
    let path = format!("/api/projects/{id}/comments");
    let made = guest.post(&path, &json!({"body": "Too dark?", "at_seconds": 1.0})).await.expect(201).value();
    assert_eq!(made["comment"]["author_name"], "guest");
    let comment = format!("{path}/{}", made["comment"]["id"].as_str().unwrap());
    team.patch(&comment, &json!({"body": "Words in another's mouth"})).await.expect(403);
    let done = team.patch(&comment, &json!({"resolved": true})).await.expect(200).value();
    assert!(done["comment"]["resolved_at"].is_string());
    guest.patch(&comment, &json!({"body": "Still dark", "resolved": false})).await.expect(200);
    let own = team.post(&path, &json!({"body": "Mine"})).await.expect(201).value();
    guest.delete(&format!("{path}/{}", own["comment"]["id"].as_str().unwrap())).await.expect(403);
    guest.delete(&comment).await.expect(204);
    assert_eq!(team.get(&path).await.value()["total"], 1);
}

#[tokio::test]
async fn signed_files_are_read_in_ranges() {
    let app = TestApp::start().await;
    let ana = app.person("ana", "free").await;
    let id = ana.project("Film").await;
    let shown = ana.get(&format!("/api/projects/{id}")).await.value();
    let url = shown["project"]["audio_url"].as_str().unwrap().to_owned();
    let guest = app.stranger();
    let whole = guest.get(&url).await.expect(200);
    assert_eq!((whole.bytes.len(), whole.header("accept-ranges")), (5000, "bytes"));
    let part = guest.send(Method::GET, &url, &[("range", "bytes=8-11")], Body::empty()).await.expect(206);
    assert_eq!((part.bytes.as_slice(), part.header("content-range")), (&b"WAVE"[..], "bytes 8-11/5000"));
    let tail = guest.send(Method::GET, &url, &[("range", "bytes=-100")], Body::empty()).await.expect(206);
    assert_eq!(tail.bytes, whole.bytes[4900..]);
    let past = guest.send(Method::GET, &url, &[("range", "bytes=9000-")], Body::empty()).await.expect(416);
    assert_eq!(past.header("content-range"), "bytes */5000");
    let head = guest.send(Method::HEAD, &url, &[], Body::empty()).await.expect(200);
    assert_eq!((head.bytes.len(), head.header("content-length")), (0, "5000"));
    let tag = whole.header("etag").to_owned();
    guest.send(Method::GET, &url, &[("if-none-match", &tag)], Body::empty()).await.expect(304);

    assert_eq!(
        guest.get(&url.replace("signature=", "signature=00")).await.expect(403).code(),
        "link_invalid"
    );
    let (path, query) = url.split_once('?').unwrap();
    guest.get(path).await.expect(403);
    guest.get(&format!("/files/../Cargo.toml?{query}")).await.expect(403);
    app.clock.advance(TimeDelta::hours(3));
    assert_eq!(guest.get(&url).await.expect(403).code(), "link_expired");
}
