//! Twelve odd clips with the detail, the movement and the grain of footage, at the bit rates at which cameras and
//! generators deliver it: about 17 Mbit/s for 1080p24.

use mv_core::{CancelToken, Canvas};
use mv_media::Tools;
use std::path::{Path, PathBuf};

const H264: &str = "-c:v libx264 -preset veryfast -crf 17 -pix_fmt yuv420p";
const TAGS: &str = "-colorspace bt709 -color_primaries bt709 -color_trc bt709";

/// Height as a share of the film's, rate, filters before the encoder, encoder.
const KINDS: [(f64, u32, &str, &str); 12] = [
    (1.0, 24, "null", H264),
    (2.0 / 3.0, 30, "null", H264),
    (1.0, 24, "format=yuv420p10le", "-c:v libx265 -preset ultrafast -crf 18 -x265-params log-level=none"),
    (1.0, 60, "null", H264),
    (1.0, 24, "scale=iw*3/4:ih,setsar=4/3", H264),
    (8.0 / 15.0, 25, "scale=iw*45/64:ih,setsar=64/45", H264),
    (
        1.0,
        30,
        "select='lt(mod(n,7),5)'",
        "-fps_mode vfr -c:v libx264 -preset veryfast -crf 17 -pix_fmt yuv420p",
    ),
    (
        1.0,
        24,
        "null",
        "-f lavfi -i sine -shortest -map 0:v -map 1:a -ac 6 -c:a aac -c:v libx264 -preset veryfast -crf 17",
    ),
    (4.0 / 3.0, 24, "null", H264),
    (
        2.0 / 3.0,
        24,
        "scale=out_range=pc,format=yuvj420p",
        "-c:v libx264 -preset veryfast -crf 17 -color_range pc",
    ),
    (1.0, 24, "null", H264),
    (1.0, 30, "null", H264),
];

/// The clip that is three frames short of its scene and handles.
const SHORT: usize = 10;
/// Clips that every design shows alike, frame by frame: the others it may stretch, or take other frames of.
pub(crate) const COMPARABLE: [usize; 3] = [0, 2, 7];

/// Makes the clips, each of `frames` frames at 24 a second or the same time at its own rate.
pub(crate) fn make(tools: &Tools, folder: &Path, film: Canvas, frames: u64) -> Vec<PathBuf> {
    let cancel = CancelToken::new();
    (0..KINDS.len())
        .map(|index| {
            let seconds = (frames - if index == SHORT { 3 } else { 0 }) as f64 / 24.0;
            let (share, rate, filters, encoder) = KINDS[index];
            let even = |side: u32| (f64::from(side) * share / 2.0).round() as u32 * 2;
            let (wide, high) = (even(film.width), even(film.height));
            let still = folder.join(format!("still{index}.png"));
            let (x, y) = (-0.743_643 - 0.002 * index as f64, 0.131_825 + 0.0007 * index as f64);
            let source = format!(
                "mandelbrot=size={}x{}:maxiter=600:start_x={x}:start_y={y}:start_scale=0.006",
                wide + 256,
                high + 144
            );
            tools.ffmpeg().words("-f lavfi -i").arg(source).words("-frames:v 1").arg(&still).run(&cancel).expect("a still");
            let path = folder.join(format!("clip{index}.mp4"));
            // A slow pan over the picture, and grain.
            let pan = format!(
                "crop={wide}:{high}:x=128+120*sin(t*0.7+{index}):y=72+64*cos(t*0.5),noise=alls=4:allf=t,{filters}"
            );
            let (inputs, encoder) = match encoder.split_once(" -shortest") {
                Some((input, rest)) => (input, rest),
                None => ("", encoder),
            };
            tools
                .ffmpeg()
                .words(&format!("-loop 1 -framerate {rate} -t {seconds} -i"))
                .arg(&still)
                .words(inputs)
                .args(["-vf", &pan, "-t", &seconds.to_string()])
                .words(encoder)
                .words(TAGS)
                .arg(&path)
                .run(&cancel)
                .expect("a clip");
            path
        })
        .collect()
}
