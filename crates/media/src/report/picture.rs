//! Looks at every frame of a film once, small and grey: how bright it is and how it differs from the one before.

use crate::process::Pipes;
use crate::{MediaError, Tools};
use mv_core::CancelToken;
use std::io::Read;
use std::ops::Range;
use std::path::Path;

/// Size at which frames are looked at.
const WIDTH: usize = 160;
const HEIGHT: usize = 90;
const PIXELS: usize = WIDTH * HEIGHT;
/// Frames around seams are kept at a quarter of that.
const SHRINK: usize = 4;
/// A picture stands still while it differs from its own first frame by no more than coding does: a move, however slow,
/// adds up. Mean and largest difference of a pixel.
const STILL_MEAN: f64 = 0.20;
const STILL_LARGEST: u8 = 6;
/// Steadies the comparison of flat pictures, as in SSIM: (0.03 × 255)².
const STEADY: f64 = 58.5;

/// One frame, and its difference from the frame before it (0 for the first).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct FrameFacts {
    /// Mean and largest luma, 0–255.
    pub(super) mean: f64,
    pub(super) brightest: u8,
    /// Mean and largest difference of a pixel.
    pub(super) difference: f64,
    pub(super) largest: u8,
    /// How unlike the two are, 0 (the same) to about 1 (nothing in common): 1 − SSIM over the whole frame. Motion within a
    /// shot gives a few hundredths, a pulse of light hardly more, a cut several tenths.
    pub(super) change: f64,
    /// For how many frames the same picture has stood: 0 for its first.
    pub(super) held: u64,
}

/// What was seen.
pub(super) struct Look {
    pub(super) frames: Vec<FrameFacts>,
    /// The frames of each window that was asked for, tiny, as far as the film has them.
    pub(super) kept: Vec<Vec<TinyFrame>>,
}

/// A frame of 40 × 22 luma samples.
pub(super) type TinyFrame = Vec<u8>;

/// Decodes a film once. `progress` hears how many frames were seen.
pub(super) fn look(
    tools: &Tools,
    film: &Path,
    windows: &[Range<u64>],
    cancel: &CancelToken,
    progress: &mut dyn FnMut(u64),
) -> Result<Look, MediaError> {
    let mut decoder = tools
        .ffmpeg()
        .arg("-i")
        .arg(film)
        .words("-map 0:v:0 -an -sn -dn -fps_mode passthrough -vf")
        .arg(format!("scale={WIDTH}:{HEIGHT}:flags=area,format=gray"))
        .words("-f rawvideo pipe:1")
        .start(Pipes::Output, cancel)?;
    let mut seen = Look { frames: Vec::new(), kept: vec![Vec::new(); windows.len()] };
    if let Some(mut stdout) = decoder.stdout() {
        let (mut frame, mut previous) = (vec![0; PIXELS], vec![0; PIXELS]);
        let (mut standing, mut held) = (vec![0; PIXELS], 0);
        while stdout.read_exact(&mut frame).is_ok() {
            let index = seen.frames.len() as u64;
            let before = if index == 0 { &frame } else { &previous };
            if index > 0 && stands(&frame, &standing) {
                held += 1;
            } else {
                standing.copy_from_slice(&frame);
                held = 0;
            }
            seen.frames.push(FrameFacts { held, ..compare(&frame, before) });
            for (window, kept) in windows.iter().zip(&mut seen.kept) {
                if window.contains(&index) {
                    kept.push(tiny(&frame));
                }
            }
            std::mem::swap(&mut frame, &mut previous);
            if index.is_multiple_of(24) {
                progress(index + 1);
            }
        }
    }
    decoder.finish().map_err(|error| match error {
        MediaError::Failed { detail, .. } => MediaError::Undecodable {
            path: film.to_owned(),
            reason: detail.lines().next_back().unwrap_or_default().to_owned(),
        },
        other => other,
    })?;
    if seen.frames.is_empty() {
        return Err(MediaError::NoPicture { path: film.to_owned() });
    }
    progress(seen.frames.len() as u64);
    Ok(seen)
}

fn compare(frame: &[u8], before: &[u8]) -> FrameFacts {
    let mut sums = Sums::default();
    let (mut apart, mut largest, mut brightest) = (0u64, 0u8, 0u8);
    for (a, b) in frame.iter().zip(before) {
        let difference = a.abs_diff(*b);
        apart += u64::from(difference);
        largest = largest.max(difference);
        brightest = brightest.max(*a);
        sums.add(*a, *b);
    }
    FrameFacts {
        mean: sums.a as f64 / PIXELS as f64,
        brightest,
        difference: apart as f64 / PIXELS as f64,
        largest,
        change: (1.0 - sums.likeness()).max(0.0),
        held: 0,
    }
}

fn stands(frame: &[u8], standing: &[u8]) -> bool {
    let differences = || frame.iter().zip(standing).map(|(a, b)| a.abs_diff(*b));
    let sum: u64 = differences().map(u64::from).sum();
    sum as f64 <= STILL_MEAN * PIXELS as f64 && differences().all(|difference| difference <= STILL_LARGEST)
}

/// How alike two tiny frames are in structure alone, −1 to 1, whatever their brightness and contrast.
pub(super) fn correlation(a: &[u8], b: &[u8]) -> f64 {
    let mut sums = Sums::default();
    a.iter().zip(b).for_each(|(a, b)| sums.add(*a, *b));
    let [var_a, var_b, covariance] = sums.moments();
    covariance / (var_a * var_b).sqrt().max(1.0)
}

/// Exact sums over two pictures.
#[derive(Default)]
struct Sums {
    count: u64,
    a: u64,
    b: u64,
    aa: u64,
    bb: u64,
    ab: u64,
}

impl Sums {
    fn add(&mut self, a: u8, b: u8) {
        let (a, b) = (u64::from(a), u64::from(b));
        self.count += 1;
        self.a += a;
        self.b += b;
        self.aa += a * a;
        self.bb += b * b;
        self.ab += a * b;
    }

    /// Variances of both and their covariance.
    fn moments(&self) -> [f64; 3] {
        let n = self.count.max(1) as f64;
        let (a, b) = (self.a as f64 / n, self.b as f64 / n);
        [self.aa as f64 / n - a * a, self.bb as f64 / n - b * b, self.ab as f64 / n - a * b]
    }

    /// SSIM with the whole picture as its window.
    fn likeness(&self) -> f64 {
        let n = self.count.max(1) as f64;
        let (a, b) = (self.a as f64 / n, self.b as f64 / n);
        let [var_a, var_b, covariance] = self.moments();
        let light = (2.0 * a * b + STEADY) / (a * a + b * b + STEADY);
        let structure = (2.0 * covariance + STEADY) / (var_a + var_b + STEADY);
        light * structure
    }
}

fn tiny(frame: &[u8]) -> TinyFrame {
    let mut tiny = Vec::with_capacity(PIXELS / SHRINK / SHRINK);
    for row in (0..HEIGHT / SHRINK).map(|row| row * SHRINK) {
        for column in (0..WIDTH / SHRINK).map(|column| column * SHRINK) {
            let mut sum = 0u32;
            for y in row..row + SHRINK {
                sum += frame[y * WIDTH + column..][..SHRINK].iter().map(|p| u32::from(*p)).sum::<u32>();
            }
            tiny.push((sum / (SHRINK * SHRINK) as u32) as u8);
        }
    }
    tiny
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(of: impl Fn(usize, usize) -> f64) -> Vec<u8> {
        (0..PIXELS).map(|at| of(at % WIDTH, at / WIDTH).clamp(0.0, 255.0) as u8).collect()
    }

    #[test]
    fn a_cut_changes_more_than_motion_or_a_pulse_of_light() {
        let scene = |shift: f64, gain: f64| {
            picture(move |x, y| {
                gain * (120.0 + 70.0 * ((x as f64 + shift) / 17.0).sin() * (y as f64 / 11.0).cos())
            })
        };
        let other = picture(|x, y| 100.0 + 60.0 * (x as f64 / 5.0 + y as f64 / 23.0).sin());
        let still = compare(&scene(0.0, 1.0), &scene(0.0, 1.0));
        assert!(still.change < 1e-9 && still.largest == 0);
        let motion = compare(&scene(1.5, 1.0), &scene(0.0, 1.0)).change;
        let pulse = compare(&scene(0.0, 1.25), &scene(0.0, 1.0)).change;
        let cut = compare(&other, &scene(0.0, 1.0)).change;
        assert!(motion < 0.02 && pulse < 0.1 && cut > 0.6, "{motion} {pulse} {cut}");
    }

    #[test]
    fn correlation_looks_through_brightness() {
        let bright = tiny(&picture(|x, y| 100.0 + x as f64 / 2.0 + y as f64 / 3.0));
        let dim = tiny(&picture(|x, y| 50.0 + x as f64 / 4.0 + y as f64 / 6.0));
        assert_eq!(bright.len(), 880);
        assert!(correlation(&bright, &dim) > 0.99);
    }
}
