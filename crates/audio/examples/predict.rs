//! Hears WAV (or any) files and writes one JSON each, as the scorer of the development songs wants them:
//! `predict OUT_FOLDER SONG…`. Songs are heard in parallel.

use mv_core::CancelToken;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

#[expect(clippy::print_stderr, reason = "a song that cannot be heard is named to the person at the terminal")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let out = arguments.next().ok_or("usage: predict OUT_FOLDER SONG…")?;
    let songs: Vec<PathBuf> = arguments.collect();
    std::fs::create_dir_all(&out)?;
    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(song) = songs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(error) = predict(song, &out) {
                        eprintln!("{}: {error}", song.display());
                    }
                }
            });
        }
    });
    Ok(())
}

fn predict(song: &Path, out: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let heard = mv_audio::analyze_file(song, &mut |_| {}, &CancelToken::new())?;
    let name = song.file_stem().ok_or("a song needs a name")?;
    let target = out.join(name).with_extension("json");
    std::fs::write(target, serde_json::to_string(&heard.analysis)?)?;
    Ok(())
}
