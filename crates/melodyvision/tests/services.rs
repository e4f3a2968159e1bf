//! Films whose stills and clips are bought, by the real program, from services on loopback.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it is")]

#[expect(dead_code, reason = "each test program uses its part of it")]
mod program;

use base64::Engine;
use mv_testing::vendor::{FakeVendor, Language, Plot, Seen};
use program::{Bench, Run, ffprobe};
use serde_json::Value;
use std::process::Command;

const SECRET: &str = "a-key-that-nobody-may-see-7f3a";
const HARIN: &[u8] = include_bytes!("../../../samples/harin.png");
const PROMPT: &str = "a secret lighthouse behind the rain";

/// Two services and a file that says where they are.
struct Town {
    bench: Bench,
    stills: FakeVendor,
    clips: FakeVendor,
}

impl Town {
    async fn new() -> Self {
        let bench = Bench::with_song(16.0);
        let stills = FakeVendor::start(Language::Gemini).await;
        let clips = FakeVendor::start(Language::Kling).await;
        let service = |name: &str, home: String| {
            format!("[providers.{name}]\nbase = \"{home}\"\nown = true\ncalls_per_minute = 60000\n")
        };
        let models = service("gemini", stills.home()) + &service("kling", clips.home());
        bench.write("models.toml", models.as_bytes());
        Self { bench, stills, clips }
    }

    /// Clips of so many seconds as services make them: of other rates, sizes and codecs, some a little short, some long.
    /// No two look alike: whichever scenes get them, the cut between them is seen.
    fn ready(&self, seconds: f64) {
        let made = [
            ("null", "-r 24 -s 1280x720", 1.008, "libx264"),
            ("negate", "-r 30 -s 960x960", 1.1, "libx264"),
            ("hflip,eq=brightness=-0.4", "-r 25 -s 640x360", 0.928, "mpeg4"),
            ("vflip,eq=brightness=0.4", "-r 16 -s 854x480", 1.0, "libx265 -x265-params log-level=error"),
            ("hflip,vflip,negate,eq=contrast=0.3", "-r 25 -s 1280x720", 1.0, "libx264"),
        ];
        let clip = |(index, (look, options, share, codec)): (usize, (&str, &str, f64, &str))| {
            let lasts = seconds * share;
            let path = self.bench.path(&format!("clip{index}.mp4"));
            ffmpeg(&format!(
                "-y -v error -f lavfi -i testsrc2=size=640x360:rate=50,{look} {options} -t {lasts} -pix_fmt yuv420p -c:v {codec} {}",
                path.display()
            ));
            std::fs::read(path).unwrap()
        };
        self.clips.make(made.into_iter().enumerate().map(clip).collect());
    }

    fn command(&self, arguments: &str) -> Command {
        let mut command = self.bench.command(arguments.split_ascii_whitespace());
        command.env("MV_KEY_GEMINI", SECRET).env("MV_KEY_KLING", SECRET).env("MV_MODELS", "models.toml");
        command
    }

    /// Off this thread: the services answer on it.
    async fn run(&self, arguments: &str) -> Run {
        let mut command = self.command(arguments);
        Run(tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap())
    }
}

#[expect(clippy::disallowed_methods, reason = "clips of services are made here")]
fn ffmpeg(words: &str) {
    assert!(Command::new("ffmpeg").args(words.split_ascii_whitespace()).status().unwrap().success());
}

const BOUGHT: &str =
    "--image-model nano-banana --clip-model kling-standard --resolution 480p --quality draft --json";

#[tokio::test(flavor = "multi_thread")]
async fn a_bought_film_is_cut_as_the_animatic_was_and_paid_for_once() {
    let town = Town::new().await;
    town.ready(10.0);
    let plan = town.run("plan song.wav -o plan.json").await.succeeded();
    drop(plan);
    // What a person writes into the plan goes to the services, and nowhere else.
    let mut plan: Value =
        serde_json::from_slice(&std::fs::read(town.bench.path("plan.json")).unwrap()).unwrap();
    for scene in plan["scenes"].as_array_mut().unwrap() {
        scene["image_prompt"] = PROMPT.into();
        scene["transition"] = serde_json::json!({ "kind": "cut", "beats": 0.0 });
    }
    let scenes = plan["scenes"].as_array().unwrap().len();
    town.bench.write("plan.json", plan.to_string().as_bytes());

    // The price comes before the work, and nothing happens without a yes.
    let make = format!("make song.wav --plan plan.json {BOUGHT} -o film.mp4");
    let unpaid = town.run(&make).await;
    assert_eq!(unpaid.0.status.code(), Some(7));
    let quote = unpaid.events("quote").remove(0);
    assert_eq!(quote["lines"][1]["count"], scenes, "{quote}");
    assert_eq!(town.stills.taken_in() + town.clips.taken_in(), 0);

    let mut command = town.command(&format!("{make} --budget 9"));
    command.env("MV_LOG", "trace");
    let bought = Run(tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap());
    let said = [&bought.0.stdout[..], &bought.0.stderr].concat();
    let bought = bought.succeeded();
    assert_eq!(
        bought.events("made")[0]["violations"].as_array().unwrap().len(),
        0,
        "{:?}",
        bought.events("made")
    );
    assert_eq!(town.clips.taken_in(), scenes);
    let stills = town.stills.taken_in();
    assert!((1..=scenes).contains(&stills), "{stills} stills");

    // As many frames as the animatic, cut at the same places.
    let animatic = "make song.wav --plan plan.json --resolution 480p --quality draft --json -o draft.mp4";
    town.run(animatic).await.succeeded();
    let cuts = |name: &str| -> Value {
        let report: Value = serde_json::from_slice(&std::fs::read(town.bench.path(name)).unwrap()).unwrap();
        let of = |cut: &Value| (cut["scene"].clone(), cut["frame"].clone());
        report["cuts"]
            .as_array()
            .unwrap()
            .iter()
            .map(|cut| serde_json::json!([of(cut).0, of(cut).1]))
            .collect()
    };
    assert_eq!(cuts("film.report.json"), cuts("draft.report.json"));
    for film in ["film.mp4", "draft.mp4"] {
        assert_eq!(ffprobe(&town.bench.path(film), "stream=nb_read_packets")[0], "384", "{film}");
    }

    // Nothing is bought twice.
    let again = town.run(&format!("{make} --budget 9")).await.succeeded();
    assert_eq!(again.events("step-done").len(), 0);
    assert_eq!((town.clips.taken_in(), town.stills.taken_in()), (scenes, stills));
    let calls = town.run("calls film.parts --json").await.succeeded();
    let calls: Value = serde_json::from_slice(&calls.0.stdout).unwrap();
    assert_eq!(calls.as_array().unwrap().len(), scenes + stills);
    assert!(calls.as_array().unwrap().iter().all(|call| call["state"] == "succeeded"), "{calls}");

    // No key and no words of the plan in anything that was written on the way.
    let logged = String::from_utf8_lossy(&said);
    for secret in [SECRET, PROMPT] {
        assert!(!logged.contains(secret), "`{secret}` was logged");
    }
    let books = std::fs::read_to_string(town.bench.path("film.parts/calls.jsonl")).unwrap();
    assert!(!books.contains(SECRET) && !books.contains(PROMPT));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_a_plan_names_is_sent_with_their_photos_and_what_is_made_is_moved_here() {
    let town = Town::new().await;
    town.run("plan song.wav -o plan.json").await.succeeded();
    let path = town.bench.path("plan.json");
    let mut plan: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    plan["scenes"][1]["image_prompt"] = "@하린이 looks back from the bridge".into();
    town.bench.write("plan.json", plan.to_string().as_bytes());
    town.bench.write("me.png", HARIN);
    let make = "make song.wav --plan plan.json --image-model nano-banana --resolution 480p --quality draft \
                --json --budget 3 -o film.mp4";
    // The plan names somebody who was not given.
    let nobody = town.run(make).await;
    assert_eq!(nobody.code(), Some(3));
    let error = nobody.events("error").remove(0);
    assert!(error["hint"].as_str().unwrap().contains("--photo"), "{error}");
    assert_eq!(town.stills.taken_in(), 0);

    let made = town.run(&format!("{make} --photo 하린=me.png")).await.succeeded();
    assert!(made.events("step-done").iter().any(|event| event["kind"] == "still"));
    assert_eq!(town.clips.taken_in(), 0);
    assert_eq!(ffprobe(&town.bench.path("film.mp4"), "stream=nb_read_packets")[0], "384");
    let photo = base64::engine::general_purpose::STANDARD.encode(HARIN);
    let asked = |seen: &Seen| String::from_utf8_lossy(&seen.body).into_owned();
    let (with, without): (Vec<String>, Vec<String>) =
        town.stills.seen().iter().map(asked).partition(|body| body.contains("looks back from the bridge"));
    assert!(with.iter().all(|body| body.contains("하린이 looks back") && body.contains(&photo)));
    assert_eq!(with.len(), 1);
    assert!(without.iter().all(|body| !body.contains('@')), "{without:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_says_what_to_do_and_costs_nothing() {
    let town = Town::new().await;
    town.ready(10.0);
    town.stills.play(Plot::RefusedAtOnce);
    let run = town.run(&format!("make song.wav {BOUGHT} --budget 9 -o film.mp4")).await;
    assert_eq!(run.0.status.code(), Some(3));
    let error = run.events("error").remove(0);
    assert!(error["hint"].as_str().unwrap().contains("Reword"), "{error}");
    let calls = town.run("calls film.parts --json").await.succeeded();
    let calls: Value = serde_json::from_slice(&calls.0.stdout).unwrap();
    assert!(
        calls.as_array().unwrap().iter().all(|call| call["state"] == "failed" && call["cost"] == 0),
        "{calls}"
    );
    // Reworded, it goes on where it was.
    town.stills.play(Plot::Success);
    town.run(&format!("make song.wav {BOUGHT} --budget 9 -o film.mp4")).await.succeeded();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_wrongly_is_said_before_any_work() {
    let town = Town::new().await;
    for (arguments, words) in [
        ("--clip-model fast-forward", "not a model that makes clips"),
        ("--image-model gen4-image", "MV_KEY_RUNWAY"),
        ("--clip-model kling-standard --clip-fallback nothing", "not a model that makes clips"),
    ] {
        let run = town.run(&format!("make song.wav {arguments} --json -o film.mp4")).await;
        assert_eq!(run.0.status.code(), Some(2), "{arguments}");
        let said = String::from_utf8_lossy(&run.0.stderr).into_owned();
        assert!(said.contains(words), "{arguments}: {said}");
    }
    assert!(!town.bench.path("film.parts").exists());
    town.bench.write("models.toml", b"[providers.gemini]\nbase = 7");
    let run = town.run("models").await;
    assert_eq!(run.0.status.code(), Some(3));
}

#[tokio::test(flavor = "multi_thread")]
async fn lyrics_are_timed_and_scenes_written_once_and_what_fails_leaves_what_was_there() {
    let bench = Bench::with_song(16.0);
    let ears = FakeVendor::start(Language::Openai).await;
    let pen = FakeVendor::start(Language::Gemini).await;
    let models = format!(
        "[providers.local]\nbase = \"{}/v1\"\nenabled = true\n\
         [providers.gemini]\nbase = \"{}\"\nown = true\n\
         [[models]]\nid = \"ears\"\nkinds = [\"transcription\"]\nprovider = \"local\"\nmodel = \"whisper\"\n\
         name = \"Ears\"\n\
         price = {{ usd = 0.001, per = \"second\", checked = \"2026-11-22\", source = \"a test\" }}\n",
        ears.home(),
        pen.home()
    );
    bench.write("models.toml", models.as_bytes());
    bench.write("song.txt", "CITY lights, are\nCalling!\n".as_bytes());
    let run = async |arguments: &str| {
        let mut command = bench.command(arguments.split_ascii_whitespace());
        command.env("MV_KEY_GEMINI", SECRET).env("MV_MODELS", "models.toml");
        Run(tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap())
    };
    let plan =
        |name: &str| -> Value { serde_json::from_slice(&std::fs::read(bench.path(name)).unwrap()).unwrap() };
    let line = |scene: usize, title: &str| serde_json::json!({ "scene": scene, "title": title });
    let answer = serde_json::json!({ "lines": [line(1, "The call"), line(2, "{subject}")] });
    pen.play(Plot::Says(
        200,
        serde_json::json!({
            "candidates": [{
                "content": { "role": "model", "parts": [{ "text": answer.to_string() }] },
                "finishReason": "STOP", "index": 0
            }],
            "usageMetadata": { "promptTokenCount": 900, "candidatesTokenCount": 90, "totalTokenCount": 990 },
            "modelVersion": "x", "responseId": "x"
        }),
    ));

    let words =
        "plan song.wav --lyrics song.txt --transcribe ears --text-model gemini-flash --json -o plan.json";
    let unpaid = run(words).await;
    assert_eq!(unpaid.0.status.code(), Some(7));
    assert_eq!(unpaid.events("quote")[0]["lines"][0]["item"], "transcription");
    assert_eq!(ears.taken_in() + pen.taken_in(), 0, "the price comes before the work");
    let done = run(&format!("{words} --budget 1")).await.succeeded();
    assert_eq!((ears.taken_in(), pen.taken_in()), (1, 1));
    let said = String::from_utf8_lossy(&done.0.stderr).into_owned() + &done.stdout();
    assert!(said.contains("scene 2 stays as it was"), "{said}");
    let written = plan("plan.json");
    let lines = written["lyrics"]["lines"].as_array().unwrap();
    assert_eq!((&lines[0]["text"], &lines[1]["text"]), (&"CITY lights, are".into(), &"Calling!".into()));
    assert!((lines[0]["start"].as_f64().unwrap() - 12.34).abs() < 0.2, "{lines:?}");
    assert_eq!(written["scenes"][0]["title"], "The call");
    // The same again buys nothing, and a film made with the same folder finds it there.
    run(&format!("{words} --budget 1")).await.succeeded();
    assert_eq!(plan("plan.json"), written);
    assert_eq!((ears.taken_in(), pen.taken_in()), (1, 1));

    // What cannot be had leaves what there is without it.
    run("plan song.wav --lyrics song.txt -o plain.json").await.succeeded();
    ears.play(Plot::OutOfMoney);
    pen.play(Plot::OutOfMoney);
    let without = run(&format!("{words} --budget 1 --work other.parts")).await.succeeded();
    let said = String::from_utf8_lossy(&without.0.stderr).into_owned() + &without.stdout();
    assert!(said.contains("not transcribed") && said.contains("not written"), "{said}");
    assert_eq!(plan("plan.json"), plan("plain.json"));

    let unknown = run("plan song.wav --transcribe kling-standard --lang ko").await;
    assert_eq!(unknown.0.status.code(), Some(2));
    let both = run("plan song.wav --plan plan.json --text-model gemini-flash").await;
    assert_eq!(both.0.status.code(), Some(2));
}
