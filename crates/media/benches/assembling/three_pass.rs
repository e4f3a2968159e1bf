//! The rival: normalise every clip, join them with `xfade`, encode once more with the sound. Three generations.

use crate::film::{Film, TRANSITION, is_cut};
use mv_core::CancelToken;
use std::path::{Path, PathBuf};

/// Makes the film and returns its path.
pub(crate) fn assemble(film: &Film<'_>, folder: &Path) -> PathBuf {
    let cancel = CancelToken::new();
    let ffmpeg = || film.tools.ffmpeg();
    let canvas = film.canvas;
    let normalised: Vec<PathBuf> = (0..film.clips.len())
        .map(|index| {
            let path = folder.join(format!("normalised{index}.mp4"));
            ffmpeg()
                .arg("-i")
                .arg(film.path(index))
                .words(&format!(
                    "-c:v libx264 -c:a aac -s {canvas} -r 24 -pix_fmt yuv420p -preset ultrafast -crf 23"
                ))
                .arg(&path)
                .run(&cancel)
                .expect("normalising");
            path
        })
        .collect();
    let joined = folder.join("joined.mp4");
    let mut command = ffmpeg();
    for path in &normalised {
        command = command.arg("-i").arg(path);
    }
    command
        .arg("-filter_complex")
        .arg(graph(film))
        .words("-map [film] -c:v libx264 -preset medium -crf 23")
        .arg(&joined)
        .run(&cancel)
        .expect("joining");
    let out = folder.join("three-pass.mp4");
    ffmpeg()
        .arg("-i")
        .arg(&joined)
        .arg("-i")
        .arg(film.sound)
        .words("-c:v libx264 -preset medium -crf 23 -c:a aac -b:a 192k -ar 48000 -shortest -fps_mode cfr")
        .words("-movflags +faststart -pix_fmt yuv420p")
        .arg(&out)
        .run(&cancel)
        .expect("adding the sound");
    out
}

fn graph(film: &Film<'_>) -> String {
    let mut filters: Vec<String> = (0..film.clips.len())
        .map(|index| {
            let frames = film.clip_frames(index);
            // What is missing of a short clip is held.
            format!("[{index}:v]setsar=1,tpad=stop_mode=clone:stop=24,trim=end_frame={frames},setpts=PTS-STARTPTS,settb=1/24[c{index}]")
        })
        .collect();
    let (mut joined, mut length) = ("c0".to_owned(), film.clip_frames(0));
    for index in 1..film.clips.len() {
        let next = if index + 1 == film.clips.len() { "film".to_owned() } else { format!("j{index}") };
        if is_cut(index) {
            filters.push(format!("[{joined}][c{index}]concat=n=2:v=1:a=0,fps=24,settb=1/24[{next}]"));
            length += film.clip_frames(index);
        } else {
            let offset = (length - TRANSITION) as f64 / 24.0;
            let duration = TRANSITION as f64 / 24.0;
            filters.push(format!(
                "[{joined}][c{index}]xfade=transition=fade:duration={duration}:offset={offset}[{next}]"
            ));
            length += film.clip_frames(index) - TRANSITION;
        }
        joined = next;
    }
    filters.join(";")
}
