//! How close a film is to its raw frames: PSNR of luma over the comparable scenes, each at its best shift in time (a
//! design that slips a frame is not punished for that here).

use crate::footage::COMPARABLE;
use mv_core::{CancelToken, Canvas};
use mv_media::Tools;
use mv_media::process::{Pipes, Running};
use std::collections::VecDeque;
use std::io::Read;
use std::path::Path;
use std::process::ChildStdout;

/// Frames of slip that are looked for on each side.
const SLIP: usize = 2;

struct Luma {
    _running: Running,
    stdout: ChildStdout,
    size: usize,
}

impl Luma {
    fn open(tools: &Tools, path: &Path, canvas: Canvas) -> Self {
        let command = tools.ffmpeg().arg("-i").arg(path);
        let command = command.words("-map 0:v -fps_mode passthrough -vf extractplanes=y -f rawvideo pipe:1");
        let mut running = command.start(Pipes::Output, &CancelToken::new()).expect("a decoder");
        let stdout = running.stdout().expect("its output");
        Self { _running: running, stdout, size: (canvas.width * canvas.height) as usize }
    }

    fn next(&mut self) -> Option<Vec<u8>> {
        let mut frame = vec![0; self.size];
        self.stdout.read_exact(&mut frame).ok().map(|()| frame)
    }
}

/// Decibels, over the middles of the comparable scenes.
pub(crate) fn psnr(tools: &Tools, film: &Path, reference: &Path, canvas: Canvas, scene: u64) -> f64 {
    let (mut film, mut reference) = (Luma::open(tools, film, canvas), Luma::open(tools, reference, canvas));
    let mut around: VecDeque<Vec<u8>> = (0..SLIP).filter_map(|_| film.next()).collect();
    let mut errors: Vec<[f64; 2 * SLIP + 1]> = Vec::new();
    let mut index = 0u64;
    while let Some(wanted) = reference.next() {
        around.extend(film.next());
        if around.len() > 2 * SLIP + 1 {
            around.pop_front();
        }
        let (number, within) = ((index / scene) as usize, index % scene);
        errors.resize(errors.len().max(number + 1), [0.0; 2 * SLIP + 1]);
        // Away from the transitions, where all designs show the same picture.
        let comparable = COMPARABLE.contains(&number) && within >= 10 && within + 10 < scene;
        if around.len() == 2 * SLIP + 1 && comparable {
            for (error, frame) in errors[number].iter_mut().zip(&around) {
                *error += squared(&wanted, frame, canvas);
            }
        }
        index += 1;
    }
    let counted = scene.saturating_sub(20) * COMPARABLE.len() as u64;
    let least: f64 = errors.iter().map(|scene| scene.iter().copied().fold(f64::MAX, f64::min)).sum();
    10.0 * (255.0 * 255.0 * counted as f64 / least).log10()
}

/// Mean squared difference, over every fourth line.
fn squared(a: &[u8], b: &[u8], canvas: Canvas) -> f64 {
    let width = canvas.width as usize;
    let lines = a.chunks_exact(width).zip(b.chunks_exact(width)).step_by(4);
    let sum: u64 = lines
        .map(|(a, b)| a.iter().zip(b).map(|(a, b)| u64::from(u32::from(a.abs_diff(*b)).pow(2))).sum::<u64>())
        .sum();
    sum as f64 / (width * canvas.height.div_ceil(4) as usize) as f64
}
