//! What each command answers, to people and to scripts.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it is")]

#[expect(dead_code, reason = "each test program uses its part of it")]
mod program;

use program::Bench;
use serde_json::Value;

#[test]
fn analyze_answers_with_the_specs_fields() {
    let bench = Bench::with_song(16.0);
    let run = bench.run("analyze song.wav --json --plot song.png").succeeded();
    let song: Value = serde_json::from_str(run.stdout().lines().last().unwrap()).unwrap();
    let tempo = song["tempo"].as_f64().unwrap();
    assert!((tempo - 120.0).abs() < 2.0, "{tempo}");
    assert_eq!(song["time_signature"], "4/4");
    for field in ["key", "energy", "valence", "sections", "beats", "downbeats", "confidence"] {
        assert!(!song[field].is_null(), "{field}");
    }
    let first = &song["sections"][0];
    assert!(first["type"].is_string() && first["start"] == 0.0 && first["energy"].is_number(), "{first}");
    let plot = image::open(bench.path("song.png")).unwrap();
    assert_eq!((plot.width(), plot.height()), (1800, 620));
}

#[test]
fn people_are_asked_to_check_what_is_unsure() {
    let bench = Bench::with_song(16.0);
    let english = bench.run("analyze song.wav --human").succeeded().stdout();
    assert!(english.contains("BPM") && english.contains("sections"), "{english}");
    let korean = bench.run("analyze song.wav --human --lang ko").succeeded().stdout();
    assert!(korean.contains("템포") && korean.contains("구간"), "{korean}");
}

#[test]
fn the_same_plan_comes_out_twice_and_is_obeyed() {
    let bench = Bench::with_song(16.0);
    bench.run("plan song.wav -o first.json").succeeded();
    bench.run("plan song.wav -o second.json").succeeded();
    let read = |name| std::fs::read(bench.path(name)).unwrap();
    assert_eq!(read("first.json"), read("second.json"));
    bench.run("plan song.wav --seed 2 -o other.json").succeeded();
    assert_ne!(read("first.json"), read("other.json"));
}

#[test]
fn a_plan_can_be_looked_at() {
    let bench = Bench::with_song(8.0);
    bench.run("plan song.wav -o sheet.png").succeeded();
    let sheet = image::open(bench.path("sheet.png")).unwrap();
    assert!(sheet.width() > 1000 && sheet.height() > 300, "{} × {}", sheet.width(), sheet.height());
}

#[test]
fn templates_can_be_listed_copied_and_changed() {
    let bench = Bench::with_song(8.0);
    let list: Value = serde_json::from_str(&bench.run("templates --json").succeeded().stdout()).unwrap();
    let ids: Vec<_> = list.as_array().unwrap().iter().map(|t| t["id"].as_str().unwrap()).collect();
    assert!(ids.len() >= 10 && ids.contains(&"urban-night") && ids.contains(&"nature-journey"), "{ids:?}");
    let own = bench.run("templates urban-night --human").succeeded().stdout();
    bench.write("own.toml", own.replace("id = \"urban-night\"", "id = \"own\"").as_bytes());
    bench.run("plan song.wav --template own.toml -o plan.json").succeeded();
    let plan: Value = serde_json::from_slice(&std::fs::read(bench.path("plan.json")).unwrap()).unwrap();
    assert_eq!(plan["template"], "own");
}

#[test]
fn models_say_what_they_cost() {
    let run = Bench::empty().run("models --json").succeeded();
    let cards: Value = serde_json::from_str(&run.stdout()).unwrap();
    assert!(
        cards.as_array().unwrap().iter().any(|card| card["id"] == "animatic" && card["needs_key"] == false)
    );
}

#[test]
fn completions_and_manual_pages_are_written() {
    let bench = Bench::empty();
    for shell in ["bash", "zsh", "fish"] {
        assert!(bench.run(&format!("completions {shell}")).succeeded().stdout().contains("melodyvision"));
    }
    bench.run("man pages").succeeded();
    let page = std::fs::read_to_string(bench.path("pages/melodyvision-make.1")).unwrap();
    assert!(page.contains("watermark"), "{page}");
}

#[test]
fn the_wrong_words_are_answered_with_the_right_ones() {
    let run = Bench::empty().run("make song.mp3 --aspect 4:3");
    assert_eq!(run.code(), Some(2));
    assert!(run.stderr().contains("16:9, 9:16 or 1:1"), "{}", run.stderr());
}
