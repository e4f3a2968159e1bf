//! A project as one archive.

use crate::app::{Answer, TestApp, song};
use std::io::{Cursor, Read as _};
use zip::ZipArchive;

fn unpacked(answer: &Answer) -> Vec<(String, Vec<u8>)> {
    let mut archive = ZipArchive::new(Cursor::new(&answer.bytes)).unwrap();
    let mut files = Vec::new();
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        files.push((file.name().to_owned(), bytes));
    }
    files
}

#[tokio::test]
async fn a_project_is_taken_away_whole_or_only_its_stills() {
    let app = TestApp::start().await;
    let ana = app.person("ana", "free").await;
    let id = ana.project("Hello: 밤").await;
    app.heard(&ana, &id, &[0.0, 4.0, 8.0], 12.0).await;
    let stills = format!("/api/projects/{id}/package?contents=stills");
    assert_eq!(ana.get(&stills).await.expect(409).code(), "no_stills");

    // The song's file, whose key has no ending, stands for the first scene's still and for two finished files; the second scene's still was swept
    // away meanwhile, and the third has none.
    for sql in [
        "UPDATE scenes s SET image_key = p.audio_key, video_key = p.audio_key FROM projects p
         WHERE p.id = s.project_id AND p.id = $1::uuid AND scene_number = 1",
        "UPDATE scenes SET image_key = 'artifacts/still/gone.png' WHERE project_id = $1::uuid AND scene_number = 2",
        "INSERT INTO exports (project_id, kind, object_key, media_type, bytes)
         SELECT id, 'film', audio_key, 'video/mp4', 5000 FROM projects, generate_series(1, 2) WHERE id = $1::uuid",
    ] {
        sqlx::query(sql).bind(&id).execute(app.db.database().owner()).await.unwrap();
    }
    let answer = ana.get(&stills).await.expect(200);
    assert_eq!(answer.header("content-type"), "application/zip");
    let name = answer.header("content-disposition");
    assert!(name.starts_with("attachment") && name.contains("Hello"), "{name}");
    let files = unpacked(&answer);
    assert_eq!((files.len(), files[0].0.as_str()), (1, "stills/scene-01.bin"));
    assert!(files[0].1 == song(5000), "the song's bytes");

    let files = unpacked(&ana.get(&format!("/api/projects/{id}/package?contents=project")).await.expect(200));
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "stills/scene-01.bin",
            "clips/scene-01.bin",
            "song/Hello  밤.wav",
            "song/analysis.json",
            "storyboard.json",
            "film/Hello  밤.bin",
            "film/Hello  밤 2.bin",
        ]
    );
    let board: serde_json::Value = serde_json::from_slice(&files[4].1).unwrap();
    assert_eq!(board["scenes"].as_array().unwrap().len(), 3);

    let ben = app.person("ben", "pro").await;
    ben.get(&stills).await.expect(404);
    ana.get(&format!("/api/projects/{id}/package?contents=photos")).await.expect(422);
}
