//! Films made by the real program: exact, resumable, and remade only where something changed.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it is")]

#[expect(dead_code, reason = "each test program uses its part of it")]
mod program;

use program::{Bench, Run, ffprobe};
use serde_json::Value;
use std::io::{BufRead, BufReader};

const SMALL: &str = "--resolution 480p --quality draft --json";

/// What a run made, by kind of step and label.
fn made(run: &Run) -> Vec<(String, String)> {
    let word = |event: &Value, field: &str| event[field].as_str().unwrap().to_owned();
    let mut made: Vec<_> =
        run.events("step-done").iter().map(|event| (word(event, "kind"), word(event, "label"))).collect();
    made.sort();
    made
}

#[test]
fn a_film_is_as_long_as_its_song_and_keeps_its_promises() {
    let bench = Bench::with_song(16.0);
    let run = bench.run(&format!("make song.wav {SMALL} --strict -o film.mp4")).succeeded();
    assert_eq!(run.events("made").len(), 1);
    let film = bench.path("film.mp4");
    assert_eq!(
        ffprobe(&film, "stream=nb_read_packets,width,height,r_frame_rate")[..4],
        ["854", "480", "24/1", "384"]
    );
    let seconds: f64 = ffprobe(&film, "format=duration")[0].parse().unwrap();
    assert!((seconds - 16.0).abs() < 1.0 / 24.0, "{seconds}");
    for ending in ["report.json", "report.html", "plan.json", "poster.jpg", "sprites.jpg"] {
        assert!(bench.path(&format!("film.{ending}")).is_file(), "film.{ending}");
    }

    let again = bench.run(&format!("make song.wav {SMALL} -o film.mp4")).succeeded();
    assert_eq!(made(&again), [], "nothing is made twice");
}

#[test]
fn a_changed_scene_remakes_itself_its_seams_and_the_join() {
    let bench = Bench::with_song(16.0);
    bench.run("plan song.wav -o plan.json").succeeded();
    let mut plan: Value = serde_json::from_slice(&std::fs::read(bench.path("plan.json")).unwrap()).unwrap();
    let scenes = plan["scenes"].as_array_mut().unwrap();
    assert!(scenes.len() >= 4, "{} scenes", scenes.len());
    for scene in &mut scenes[1..] {
        scene["transition"] = serde_json::json!({ "kind": "crossfade", "beats": 1.0 });
    }
    bench.write("plan.json", plan.to_string().as_bytes());
    let make = format!("make song.wav --plan plan.json {SMALL} -o film.mp4");
    bench.run(&make).succeeded();

    // Words change nothing that is drawn.
    plan["scenes"][2]["description"] = "Other words.".into();
    plan["scenes"][2]["image_prompt"] = "Other words.".into();
    bench.write("plan.json", plan.to_string().as_bytes());
    assert_eq!(made(&bench.run(&make).succeeded()), []);

    plan["scenes"][2]["weather"] = if plan["scenes"][2]["weather"] == "snow" { "fog" } else { "snow" }.into();
    bench.write("plan.json", plan.to_string().as_bytes());
    let remade = made(&bench.run(&make).succeeded());
    let drawn: Vec<_> = remade.iter().filter(|(kind, _)| kind == "segment" || kind == "seam").collect();
    let count = plan["scenes"].as_array().unwrap().len();
    let expected = [
        ("seam".to_owned(), format!("into scene 3 of {count}")),
        ("seam".to_owned(), format!("into scene 4 of {count}")),
        ("segment".to_owned(), format!("scene 3 of {count}")),
    ];
    assert_eq!(drawn, expected.iter().collect::<Vec<_>>());
    assert!(remade.iter().all(|(kind, _)| kind != "soundtrack" && kind != "analyze"), "{remade:?}");
}

#[test]
fn a_killed_run_is_taken_up_where_it_was() {
    let bench = Bench::with_song(16.0);
    let whole = bench.run(&format!("make song.wav {SMALL} --work whole -o whole.mp4")).succeeded();
    let steps = made(&whole).len();

    let make = format!("make song.wav {SMALL} --work parts -o film.mp4");
    let mut child = bench.start(&make);
    let mut done = 0;
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        done += usize::from(line.unwrap().contains("\"event\":\"step-done\""));
        if done == 3 {
            break;
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!bench.path("film.mp4").exists(), "a film under its name is whole");

    let resumed = bench.run(&make).succeeded();
    assert!(made(&resumed).len() <= steps - 3, "{} of {steps} were made again", made(&resumed).len());
    let read = |name| std::fs::read(bench.path(name)).unwrap();
    assert!(read("film.mp4") == read("whole.mp4"), "the film differs from an uninterrupted one");
    assert_eq!(std::fs::read_dir(bench.path("parts/drafts")).unwrap().count(), 0);
}

#[test]
fn an_interrupted_run_says_so_and_keeps_what_is_finished() {
    let bench = Bench::with_song(16.0);
    let mut child = bench.start(&format!("make song.wav {SMALL} -o film.mp4"));
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains("\"event\":\"step-done\"")));
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    let last = lines.map_while(Result::ok).last().unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(
        last.contains("\"class\":\"interrupted\"") && last.contains("run the same command again"),
        "{last}"
    );
    assert!(!bench.path("film.mp4").exists());
    assert_eq!(std::fs::read_dir(bench.path("film.parts/drafts")).unwrap().count(), 0);
}
