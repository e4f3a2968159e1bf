//! Makes a sound track and prints what was done: `cargo run -p mv-media --example soundtrack -- SONG OUT.m4a SECONDS`.

use mv_core::{CancelToken, FrameRate};
use mv_media::sound::{SoundSpec, encode};
use mv_media::{ToolSearch, Tools};
use std::io::Write;
use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [song, out, seconds] = arguments.as_slice() else { return Err("say SONG OUT.m4a SECONDS".into()) };
    let frames = (seconds.parse::<f64>()? * 24.0).round() as u64;
    let tools = Tools::locate(&ToolSearch::default())?;
    let spec = SoundSpec::of(Path::new(song), frames, FrameRate::FILM);
    let report = encode(&tools, &spec, Path::new(out), &CancelToken::new(), &mut |_| ())?;
    writeln!(std::io::stdout(), "{}", serde_json::to_string(&report)?)?;
    Ok(())
}
