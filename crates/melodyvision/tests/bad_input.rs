//! Bad input: one clear error with a way out, the right exit code, and nothing left behind.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it is")]

#[expect(dead_code, reason = "each test program uses its part of it")]
mod program;

use program::Bench;
use std::path::Path;

/// Runs `make` on `file` and checks the exit code, the words, and that no film or part of one was left.
#[track_caller]
fn refuses(bench: &Bench, arguments: &str, code: i32, words: &[&str]) {
    let before = bench.files();
    let run = bench.run(&format!("make {arguments} --resolution 480p --quality draft"));
    let said = run.stderr();
    assert_eq!(run.code(), Some(code), "{said}");
    for word in words {
        assert!(said.contains(word), "`{word}` is missing in: {said}");
    }
    assert!(said.contains("hint:"), "no way out in: {said}");
    let left: Vec<_> = bench.files().into_iter().filter(|name| !before.contains(name)).collect();
    let only_parts = left.iter().all(|name| Path::new(name).extension().is_some_and(|end| end == "parts"));
    assert!(only_parts, "left behind: {left:?}");
}

#[test]
fn a_song_that_is_not_there() {
    refuses(&Bench::empty(), "nothing.mp3", 3, &["`nothing.mp3`", "check the name"]);
}

#[test]
fn an_empty_song() {
    let bench = Bench::empty();
    bench.write("empty.mp3", b"");
    refuses(&bench, "empty.mp3", 3, &["`empty.mp3`", "empty"]);
}

#[test]
fn text_named_like_a_song() {
    let bench = Bench::empty();
    bench.write("words.mp3", "These are words, not music. ".repeat(400).as_bytes());
    refuses(&bench, "words.mp3", 3, &["`words.mp3`", "MP3, WAV, FLAC"]);
}

#[test]
fn a_silent_song() {
    let bench = Bench::empty();
    bench.write("silent.wav", &mv_testing::wav::encode((0..22_050 * 5).map(|_| 0.0), 22_050));
    refuses(&bench, "silent.wav", 3, &["silent"]);
}

#[test]
fn a_song_that_is_too_short() {
    let bench = Bench::with_song(1.0);
    refuses(&bench, "song.wav", 3, &["1.0"]);
}

#[test]
fn a_song_that_is_too_long() {
    let bench = Bench::empty();
    let half_an_hour = (0..8000 * 1800).map(|index| f64::from(index % 80) / 200.0);
    bench.write("long.wav", &mv_testing::wav::encode(half_an_hour, 8000));
    refuses(&bench, "long.wav", 3, &["20", "minutes"]);
}

#[test]
fn a_photo_that_is_not_one() {
    let bench = Bench::with_song(4.0);
    bench.write("me.jpg", b"not a photo");
    refuses(&bench, "song.wav --photo me.jpg", 3, &["`me.jpg`"]);
}

#[test]
fn a_photo_without_a_face() {
    let bench = Bench::with_song(4.0);
    let wall = image::RgbImage::from_fn(320, 320, |x, y| image::Rgb([(x / 3) as u8, (y / 3) as u8, 90]));
    let mut png = std::io::Cursor::new(Vec::new());
    wall.write_to(&mut png, image::ImageFormat::Png).unwrap();
    bench.write("wall.png", &png.into_inner());
    refuses(&bench, "song.wav --photo wall.png", 3, &["`wall.png`", "face", "--any-face"]);
}

#[test]
fn a_photo_of_too_many_pixels() {
    let bench = Bench::with_song(4.0);
    // A PNG that promises 20,000 × 20,000 pixels and holds none.
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    png.extend(20_000u32.to_be_bytes());
    png.extend(20_000u32.to_be_bytes());
    png.extend([8, 2, 0, 0, 0]);
    let checksum = crc32fast::hash(&png[12..]);
    png.extend(checksum.to_be_bytes());
    bench.write("huge.png", &png);
    refuses(&bench, "song.wav --photo huge.png", 3, &["`huge.png`"]);
}

#[test]
fn a_template_that_is_not_known() {
    refuses(&Bench::with_song(4.0), "song.wav --template upside-down", 3, &["`upside-down`", "urban-night"]);
}

#[test]
fn a_plan_that_is_broken() {
    let bench = Bench::with_song(4.0);
    bench.write("plan.json", b"{\"version\": 1,");
    refuses(&bench, "song.wav --plan plan.json", 3, &["`plan.json`"]);
}

#[test]
fn a_plan_of_another_song() {
    let bench = Bench::with_song(4.0);
    bench.run("plan song.wav -o plan.json").succeeded();
    bench.write("other.wav", &mv_testing::wav::song(4.0, 100.0));
    refuses(&bench, "other.wav --plan plan.json", 3, &["another song"]);
}

#[test]
fn a_film_that_cannot_be_written() {
    let bench = Bench::with_song(4.0);
    std::fs::create_dir(bench.path("folder.mp4")).unwrap();
    refuses(&bench, "song.wav -o folder.mp4", 2, &["`folder.mp4` is a folder"]);
    refuses(&bench, "song.wav -o film.avi", 2, &["`film.avi`", ".mp4"]);
    refuses(&bench, "song.wav -o /proc/film.mp4", 5, &["`/proc/film.mp4`", "-o"]);
}

#[test]
fn ffmpeg_that_is_missing_or_too_old() {
    let bench = Bench::with_song(4.0);
    let mut command = bench.command(["make", "song.wav"]);
    let missing = command.env("MV_FFMPEG", bench.path("no-ffmpeg")).output().unwrap();
    assert_eq!(missing.status.code(), Some(4));
    let said = String::from_utf8(missing.stderr).unwrap();
    assert!(said.contains("not installed") && said.contains("apt install ffmpeg"), "{said}");

    let old = bench.write(
        "ffmpeg",
        b"#!/bin/sh\necho 'ffmpeg version 3.4.2'\necho 'libavutil 55. 78.100 / 55. 78.100'\n",
    );
    let mut permissions = std::fs::metadata(&old).unwrap().permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut permissions, 0o755);
    std::fs::set_permissions(&old, permissions).unwrap();
    let mut command = bench.command(["doctor", "--human"]);
    let found = command.env("MV_FFMPEG", &old).output().unwrap();
    assert_eq!(found.status.code(), Some(4));
    let said = String::from_utf8(found.stdout).unwrap();
    assert!(said.contains("3.4.2") && said.contains("newer"), "{said}");
}
