//! Assembling, by CPU seconds: a segment a scene and a seam a transition against three passes, and against x264 alone
//! on the same frames. All designs run in turn, in one run, over the same twelve clips.
//!
//! `cargo bench -p mv-media --bench assembling -- [HEIGHT [SECONDS A SCENE]]`, by default 1080 and 5.375.

#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a bench prints its table and stops at what fails"
)]

mod film;
mod footage;
mod likeness;
mod meter;
mod three_pass;

use film::{Film, Piece, piece_path};
use meter::{Cost, measure};
use mv_core::film::Quality;
use mv_core::{CancelToken, Canvas, FrameRate};
use mv_media::{Encoder, ToolSearch, Tools};
use std::path::Path;

fn main() {
    let arguments: Vec<f64> = std::env::args().skip(1).filter_map(|a| a.parse().ok()).collect();
    let height = arguments.first().map_or(1080, |h| *h as u32);
    let scene = (arguments.get(1).unwrap_or(&5.375) * 24.0).round() as u64;
    let canvas = Canvas::new((height * 16 / 9).next_multiple_of(2), height);
    let tools = Tools::locate(&ToolSearch::default()).expect("FFmpeg");
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    println!(
        "{canvas}, 12 scenes of {scene} frames, 9 transitions of 12; FFmpeg {}",
        tools.versions().ffmpeg
    );

    let paths = footage::make(&tools, folder.path(), canvas, scene + film::TRANSITION);
    let sound = at("sound.m4a");
    let seconds = scene as f64 * 12.0 / 24.0;
    tools
        .ffmpeg()
        .words(&format!("-f lavfi -i sine=frequency=220:duration={seconds} -c:a aac -b:a 192k"))
        .arg(&sound)
        .run(&CancelToken::new())
        .expect("sound");
    let film = Film::new(&tools, canvas, scene, &paths, &sound);

    let near = Encoder { preset: "ultrafast", crf: 1, threads: 1, refinement: 0, lookahead: 10 };
    let near_lossless = film.pieces(near);
    let all: Vec<usize> = (0..near_lossless.len()).collect();
    let (raw, reference) = (make_folder(&at("raw")), at("reference.mp4"));
    film.encode(&near_lossless, &all, near, &raw);
    film.join(&near_lossless, &raw, &reference);
    let psnr = |path: &Path| likeness::psnr(&tools, path, &reference, canvas, scene);

    let (three, base) = measure(|| three_pass::assemble(&film, folder.path()));
    let row = |name: &str, cost: &Cost, out: Option<&Path>| {
        let quality = out.map_or(String::new(), |path| {
            let mib = std::fs::metadata(path).map_or(0, |m| m.len()) as f64 / f64::from(1 << 20);
            format!("{mib:7.1} MiB {:6.2} dB", psnr(path))
        });
        let share = cost.cpu / base.cpu;
        println!(
            "{name:34} {:8.1} CPU s {:6.3} (1/{:.0}) {:7.1} s {:6.0} MiB peak {quality}",
            cost.cpu,
            share,
            1.0 / share,
            cost.wall,
            cost.peak_mib
        );
    };
    row("three passes, medium 23", &base, Some(&three));

    let mut export = 0.0;
    for (name, quality) in [("export", Quality::Standard), ("editing", Quality::Draft)] {
        let encoder = Encoder::from(quality);
        let Encoder { preset, crf, .. } = encoder;
        let (pieces, made, out) = (film.pieces(encoder), make_folder(&at(name)), at(&format!("{name}.mp4")));
        let ((), cost) = measure(|| {
            film.encode(&pieces, &all, encoder, &made);
            film.join(&pieces, &made, &out);
        });
        row(&format!("segments, {name}, {preset} {crf}"), &cost, Some(&out));
        if quality == Quality::Standard {
            export = cost.cpu;
        }
        // The sixth scene and its seams, where it has both.
        let body = pieces
            .iter()
            .enumerate()
            .filter(|(_, p)| matches!(p.0, Piece::Body(_)))
            .nth(5)
            .expect("a scene")
            .0;
        let ((), cost) = measure(|| {
            film.encode(&pieces, &[body - 1, body, body + 1], encoder, &made);
            film.join(&pieces, &made, &out);
        });
        row(&format!("one scene changed, {name}"), &cost, None);
        let ((), cost) = measure(|| film.join(&pieces, &made, &out));
        row("join alone", &cost, None);
    }

    let encoder = Encoder::from(Quality::Standard);
    let mut alone = 0.0;
    for index in &all {
        let frames = at("frames.yuv");
        let cancel = CancelToken::new();
        let decoder = tools.ffmpeg().arg("-i").arg(piece_path(&raw, *index)).words("-f rawvideo");
        decoder.arg(&frames).run(&cancel).expect("raw frames");
        let input = format!("-f rawvideo -pix_fmt yuv420p -video_size {canvas} -framerate 24 -i");
        let command = tools.ffmpeg().words(&input).arg(&frames).args(encoder.arguments(FrameRate::FILM));
        let (result, cost) = measure(|| command.arg(at("alone.mp4")).run(&cancel));
        result.expect("x264 alone");
        alone += cost.cpu;
    }
    let ((), filters) = measure(|| decode_and_filter(&film));
    println!("x264 alone on the raw frames       {alone:8.1} CPU s {:6.3}", alone / base.cpu);
    row("decode and filters, no encoder", &filters, None);
    println!("export over the sum of both: {:.3}", export / (alone + filters.cpu));
}

/// What of the segments' work is neither encoding nor blending.
fn decode_and_filter(film: &Film<'_>) {
    let run = |clip: &mv_media::Clip, index: usize, frames: std::ops::Range<u64>| {
        let source = film.file(index);
        let filters = source.filters(clip.frames, frames, film.canvas, FrameRate::FILM).expect("filters");
        let command = film.tools.ffmpeg().words("-threads 1 -filter_threads 1 -i").arg(&source.path);
        let command =
            command.args(["-map", "0:v:0", "-vf", &filters]).words("-fps_mode passthrough -f null -");
        command.run(&CancelToken::new()).expect("decoding");
    };
    let mut scene = 0;
    for (piece, _) in film.pieces(Encoder::from(Quality::Draft)) {
        match piece {
            Piece::Body(spec) => {
                run(&spec.clip, scene, spec.frames.clone());
                scene += 1;
            }
            Piece::Seam(spec) => {
                run(&spec.outgoing.clip, scene - 1, spec.outgoing.start..spec.outgoing.start + spec.frames);
                run(&spec.incoming.clip, scene, 0..spec.frames);
            }
        }
    }
}

fn make_folder(path: &Path) -> std::path::PathBuf {
    std::fs::create_dir_all(path).expect("a folder");
    path.to_owned()
}
