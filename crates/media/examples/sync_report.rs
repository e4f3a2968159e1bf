//! Examines a film against its own cuts, for looking at the page:
//! `cargo run -p mv-media --example sync_report -- FILM OUT.html FRAMES CUT,CUT,…`.

use mv_core::film::LoudnessTarget;
use mv_core::timeline::SceneSpan;
use mv_core::{CancelToken, Canvas, FrameRate, Seconds, Timeline};
use mv_media::report::{SoundPlan, SyncPlan, examine};
use mv_media::{ToolSearch, Tools};
use std::io::Write;
use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [film, out, frames, cuts] = arguments.as_slice() else {
        return Err("say FILM OUT.html FRAMES CUTS".into());
    };
    let mut boundaries = vec![0];
    for cut in cuts.split(',') {
        boundaries.push(cut.parse::<u64>()?);
    }
    boundaries.push(frames.parse()?);
    let scenes =
        boundaries.windows(2).map(|pair| SceneSpan { start: pair[0], end: pair[1], head: 0, tail: 0 });
    let timeline = Timeline { rate: FrameRate::FILM, scenes: scenes.collect(), seams: vec![] };
    let beats: Vec<Seconds> = (0..timeline.total().0 / 12).map(|beat| Seconds(beat as f64 * 0.5)).collect();
    let downbeats: Vec<Seconds> = beats.iter().step_by(4).copied().collect();
    let film = Path::new(film);
    let plan = SyncPlan {
        title: "A film",
        artist: "",
        canvas: Canvas::new(1920, 1080),
        timeline: &timeline,
        beats: &beats,
        downbeats: &downbeats,
        chapters: &[],
        sound: Some(SoundPlan { track: film, target: LoudnessTarget::default(), delivered_lufs: None }),
        still: &[],
        dark: &[],
    };
    let tools = Tools::locate(&ToolSearch::default())?;
    let report = examine(&tools, film, &plan, &CancelToken::new(), &mut |_| ())?;
    std::fs::write(out, report.to_html())?;
    write!(std::io::stdout(), "{report}")?;
    Ok(())
}
