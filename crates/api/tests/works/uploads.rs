//! Files arrive in pieces, are looked at, and are only then what they say.

use crate::app::{Client, TestApp, song};
use axum::body::Body;
use axum::http::Method;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use ring::digest::{SHA256, digest};
use serde_json::json;
use std::io::Cursor;

const TUS: (&str, &str) = ("tus-resumable", "1.0.0");
const BYTES: (&str, &str) = ("content-type", "application/offset+octet-stream");

async fn open(who: &Client, length: usize) -> String {
    let metadata = format!("filename {}", STANDARD.encode("여름밤.wav"));
    let length = length.to_string();
    let headers = [TUS, ("upload-length", length.as_str()), ("upload-metadata", &metadata)];
    let answer = who.send(Method::POST, "/api/uploads", &headers, Body::empty()).await.expect(201);
    assert_eq!(answer.header("upload-offset"), "0");
    assert!(!answer.header("upload-expires").is_empty());
    format!("/api/uploads/{}", answer.id_in_location())
}

async fn append(
    who: &Client,
    path: &str,
    offset: usize,
    bytes: &[u8],
    more: &[(&str, &str)],
) -> crate::app::Answer {
    let offset = offset.to_string();
    let mut headers = vec![TUS, BYTES, ("upload-offset", offset.as_str())];
    headers.extend(more);
    who.send(Method::PATCH, path, &headers, Body::from(bytes.to_vec())).await
}

#[tokio::test]
async fn a_song_arrives_in_pieces() {
    let app = TestApp::start().await;
    let ana = app.person("ana", "free").await;
    let spoken = app.stranger().send(Method::OPTIONS, "/api/uploads", &[], Body::empty()).await.expect(200);
    assert_eq!((spoken.header("tus-version"), spoken.header("tus-max-size")), ("1.0.0", "52428800"));
    assert!(spoken.header("tus-extension").contains("creation-with-upload"));
    let file = song(9_000_000);
    let path = open(&ana, file.len()).await;
    append(&ana, &path, 0, &file[..5_000_000], &[]).await.expect(204);
    let head = ana.send(Method::HEAD, &path, &[TUS], Body::empty()).await.expect(200);
    assert_eq!((head.header("upload-offset"), head.header("upload-length")), ("5000000", "9000000"));
    assert_eq!(head.header("cache-control"), "no-store");

    let again = append(&ana, &path, 0, &file[..10], &[]).await.expect(409);
    assert_eq!(again.header("upload-offset"), "5000000");
    let wrong = format!("sha256 {}", STANDARD.encode([0; 32]));
    let refused =
        append(&ana, &path, 5_000_000, &file[5_000_000..6_000_000], &[("upload-checksum", &wrong)]).await;
    assert_eq!(refused.expect(460).code(), "checksum_mismatch");
    let sum = format!("sha256 {}", STANDARD.encode(digest(&SHA256, &file[5_000_000..6_000_000])));
    append(&ana, &path, 5_000_000, &file[5_000_000..6_000_000], &[("upload-checksum", &sum)])
        .await
        .expect(204);
    append(&ana, &path, 6_000_000, &file[5_999_999..], &[]).await.expect(413);
    // What was too much was not kept.
    let done = append(&ana, &path, 6_000_000, &file[6_000_000..], &[]).await.expect(204);
    assert_eq!(done.header("upload-offset"), "9000000");
    let info = ana.get(&path).await.expect(200).value();
    assert_eq!((&info["complete"], &info["media_type"]), (&json!(true), &json!("audio/wav")));
    assert_eq!(info["filename"], "여름밤.wav");

    // The parts are gone and the song is one object, the same as the file.
    let upload = path.rsplit('/').next().unwrap();
    let project =
        ana.post("/api/projects", &json!({"title": "t", "upload_id": upload})).await.expect(201).value();
    let url = project["project"]["audio_url"].as_str().unwrap().to_owned();
    assert!(ana.get(&url).await.expect(200).bytes == file);
    let left: Vec<String> = sqlx::query_scalar("SELECT unnest(parts) FROM uploads")
        .fetch_all(app.db.database().worker())
        .await
        .unwrap();
    assert_eq!(left, Vec::<String>::new());
}

#[tokio::test]
async fn what_is_not_a_song_is_refused() {
    let app = TestApp::start().await;
    let ana = app.person("ana", "free").await;
    let refused = ana.upload("song", "song.mp3", b"#!/bin/sh\nrm -rf /\n").await.expect(415);
    assert_eq!(refused.code(), "unsupported_media_type");
    for (metadata, status) in [
        (format!("filename {}", STANDARD.encode("../../etc/passwd")), 422),
        (format!("filename {},purpose {}", STANDARD.encode("a"), STANDARD.encode("virus")), 422),
        ("filename ***".to_owned(), 400),
        (String::new(), 422),
    ] {
        let headers = [TUS, ("upload-length", "5"), ("upload-metadata", metadata.as_str())];
        ana.send(Method::POST, "/api/uploads", &headers, Body::empty()).await.expect(status);
    }
    let metadata = format!("filename {}", STANDARD.encode("a.wav"));
    for (length, status) in [("0", 400), ("x", 400), ("52428801", 413)] {
        let headers = [TUS, ("upload-length", length), ("upload-metadata", metadata.as_str())];
        ana.send(Method::POST, "/api/uploads", &headers, Body::empty()).await.expect(status);
    }
    ana.send(Method::POST, "/api/uploads", &[("upload-length", "5")], Body::empty()).await.expect(412);
}

#[tokio::test]
async fn uploads_wait_a_day_and_end_when_told() {
    let app = TestApp::start().await;
    let ana = app.person("ana", "free").await;
    let path = open(&ana, 100).await;
    append(&ana, &path, 0, b"RIFF", &[]).await.expect(204);
    app.person("mallory", "free").await.get(&path).await.expect(404);
    app.clock.advance(TimeDelta::hours(25));
    append(&ana, &path, 4, b"more", &[]).await.expect(410);
    ana.delete(&path).await.expect(204);
    ana.get(&path).await.expect(404);
}

#[tokio::test]
async fn photos_are_made_anew() {
    let app = TestApp::start().await;
    let ana = app.person("ana", "free").await;
    let mut png = Cursor::new(Vec::new());
    image::RgbImage::from_pixel(200, 300, image::Rgb([200, 120, 60]))
        .write_to(&mut png, image::ImageFormat::Png)
        .unwrap();
    let photo = ana.upload("photo", "me.png", png.get_ref()).await.expect(201).id_in_location();
    let body = json!({"name": "하린", "reference_images": [photo], "consent": true});
    let made = ana.post("/api/characters", &body).await.expect(201);
    assert_eq!(made.header("etag"), "\"1\"");
    let character = made.value()["character"].clone();
    assert_eq!(character["status"], "processing", "its photos are looked at, and a test is drawn");
    let redraw = format!("/api/characters/{}/regenerate-tests", character["id"].as_str().unwrap());
    assert_eq!(ana.post(&redraw, &json!({})).await.expect(409).code(), "already_drawing");
    let url = character["reference_images"][0].as_str().unwrap();
    let file = ana.get(url).await.expect(200);
    assert_eq!(file.header("content-type"), "image/jpeg");
    assert_eq!(image::load_from_memory(&file.bytes).unwrap().height(), 300);

    // One character on the free plan; consent and photos are asked for.
    assert_eq!(ana.post("/api/characters", &body).await.expect(402).code(), "plan_required");
    let pro = app.person("pro", "pro").await;
    pro.post("/api/characters", &body).await.expect(422);
    for wrong in [
        json!({"name": "하", "reference_images": [photo], "consent": true}),
        json!({"name": "하린", "reference_images": [], "consent": true}),
        json!({"name": "하린", "reference_images": [photo], "consent": false}),
        json!({"name": "하린", "reference_images": vec![photo.clone(); 6], "consent": true}),
    ] {
        ana.post("/api/characters", &wrong).await.expect(422);
    }

    let path = format!("/api/characters/{}", character["id"].as_str().unwrap());
    let edit = json!({"status": "approved"});
    let approved = ana.json(Method::PATCH, &path, &edit, &[("if-match", "\"1\"")]).await.expect(200);
    assert_eq!(approved.value()["character"]["status"], "approved");
    ana.json(Method::PATCH, &path, &edit, &[("if-match", "\"1\"")]).await.expect(412);
    let drawn = ana.post(&redraw, &json!({"only": [0, 3]})).await.expect(200).value();
    let task = ana.get(&format!("/api/tasks/{}", drawn["task_id"].as_str().unwrap())).await.expect(200);
    assert_eq!(task.value()["kind"], "character");
    ana.post(&redraw, &json!({"only": [4]})).await.expect(422);

    // Other photos are drawn too: the 50 pictures a day of the free plan are for all of this together.
    let pictures = || {
        sqlx::query_scalar::<_, i64>("SELECT hits FROM rate_limits WHERE bucket = 'images'")
            .fetch_one(app.db.database().owner())
    };
    assert_eq!(pictures().await.unwrap(), 4 + 4, "the first four are still missing");
    let others = json!({"reference_images": [photo], "consent": true});
    ana.patch(&path, &others).await.expect(200);
    assert_eq!(pictures().await.unwrap(), 12, "what is being drawn is of the old photos");
    ana.patch(&path, &edit).await.expect(200);
    sqlx::query("UPDATE rate_limits SET hits = 47 WHERE bucket = 'images'")
        .execute(app.db.database().owner())
        .await
        .unwrap();
    assert_eq!(ana.patch(&path, &others).await.expect(429).code(), "rate_limited");
    assert_eq!(ana.get(&path).await.value()["character"]["status"], "approved", "nothing was begun");
    ana.post(&redraw, &json!({"only": [0, 1, 2]})).await.expect(200);
    app.person("mallory", "pro").await.post(&redraw, &json!({})).await.expect(404);
    ana.patch(&path, &edit).await.expect(200);
    let list = ana.get("/api/characters?status=approved").await.expect(200).value();
    assert_eq!((&list["total"], list["data"].as_array().unwrap().len()), (&json!(1), 1));
    ana.delete(&path).await.expect(204);
    ana.get(&path).await.expect(404);
}
