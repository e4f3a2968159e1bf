//! Stills in the sizes that pages show them in.

use crate::app::TestApp;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use serde_json::json;
use std::io::Cursor;

#[tokio::test]
async fn stills_come_in_several_widths_and_are_kept_for_good() {
    let app = TestApp::start().await;
    let ana = app.person("ana", "pro").await;
    let id = ana.project("Film").await;
    app.heard(&ana, &id, &[0.0, 4.0], 12.0).await;
    let scenes = format!("/api/projects/{id}/scenes");
    let before = ana.get(&scenes).await.value();
    assert_eq!(before["scenes"][0]["image_sizes"], json!([]));
    let scene = format!("/api/scenes/{}", before["scenes"][0]["id"].as_str().unwrap());
    ana.get(&format!("{scene}/still")).await.expect(404);

    let mut png = Cursor::new(Vec::new());
    let still = DynamicImage::ImageRgb8(RgbImage::from_pixel(1280, 720, Rgb([30, 30, 200])));
    still.write_to(&mut png, ImageFormat::Png).unwrap();
    let upload = ana.upload("still", "still.png", &png.into_inner()).await.expect(201).id_in_location();
    ana.post(&format!("{scene}/versions"), &json!({"upload_id": upload})).await.expect(200);
    let sizes = ana.get(&scene).await.value()["scene"]["image_sizes"].as_array().unwrap().clone();
    assert_eq!(sizes.len(), 3);
    for size in &sizes {
        for _ in 0..2 {
            let answer = ana.get(size["url"].as_str().unwrap()).await.expect(200);
            assert_eq!(answer.header("content-type"), "image/jpeg");
            assert_eq!(answer.header("cache-control"), "private, max-age=31536000, immutable");
            let read = image::load_from_memory_with_format(&answer.bytes, ImageFormat::Jpeg).unwrap();
            assert_eq!(u64::from(read.width()), size["width"].as_u64().unwrap());
        }
    }
    let unnamed = ana.get(&format!("{scene}/still?width=160")).await.expect(200);
    assert_eq!(unnamed.header("cache-control"), "private, no-cache");
    let another = ana.get(&format!("{scene}/still?width=160&v=0123456789abcdef")).await.expect(200);
    assert_eq!(another.header("cache-control"), "private, no-cache", "it is not the one that was meant");
    ana.get(&format!("{scene}/still?width=100000")).await.expect(422);
    app.person("mallory", "team").await.get(sizes[0]["url"].as_str().unwrap()).await.expect(404);
    app.stranger().get(sizes[0]["url"].as_str().unwrap()).await.expect(401);
    let kept: i64 =
        sqlx::query_scalar("SELECT count(*) FROM objects WHERE key LIKE 'small/%' AND user_id = $1")
            .bind(ana.id)
            .fetch_one(app.db.database().worker())
            .await
            .unwrap();
    assert_eq!(kept, 3, "each is made once");
}
