//! Draws a plan's scenes side by side, for the eye: `sheet plan.json OUT.png [photo=harin:samples/harin.png,…]
//! [aspect=16:9] [height=180] [columns=5] [scenes=1,4] [frames=0.5] [every=0]`.
//!
//! `frames` are shares of each scene at which it is looked at (`0.2,0.8`); with `every`, frame numbers from the
//! scene's middle on instead, that many film frames apart, six of them.

use mv_animatic::portrait::Portrait;
use mv_animatic::shot::{LightTrack, Portrayed, SceneBrief, compose};
use mv_core::analysis::Curve;
use mv_core::{CancelToken, Canvas, FrameRate, FrameSource, Seconds, Storyboard, YuvFrame};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::error::Error;
use std::sync::Arc;

type Failure = Box<dyn Error + Send + Sync>;

/// Space between pictures, in pixels.
const GAP: u32 = 4;

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let (plan, out) =
        arguments.next().zip(arguments.next()).ok_or("usage: sheet PLAN.json OUT.png [options]")?;
    let options: BTreeMap<String, String> =
        arguments.filter_map(|a| a.split_once('=').map(|(k, v)| (k.to_owned(), v.to_owned()))).collect();
    let text = |key: &str, default: &str| options.get(key).cloned().unwrap_or_else(|| default.to_owned());
    let storyboard: Storyboard = serde_json::from_slice(&std::fs::read(plan)?)?;
    storyboard.validate()?;
    let height: u32 = text("height", "180").parse()?;
    let canvas = match text("aspect", "16:9").as_str() {
        "9:16" => Canvas::new(height * 9 / 32 * 2, height),
        "1:1" => Canvas::new(height, height),
        _ => Canvas::new(height * 8 / 9 * 2, height),
    };
    let mut photos = BTreeMap::new();
    for named in text("photo", "").split(',').filter(|named| !named.is_empty()) {
        let (id, path) = named.split_once(':').ok_or("a photo is given as ID:PATH")?;
        photos.insert(id.to_owned(), Arc::new(Portrait::from_photo(&std::fs::read(path)?)?));
    }
    let cast: Vec<Portrayed> = storyboard
        .cast
        .iter()
        .map(|member| Portrayed::new(member.id.clone(), photos.get(&member.id).cloned()))
        .collect();
    let beat = 60.0 / storyboard.song.tempo;
    let beats: Vec<Seconds> =
        (0..(storyboard.song.duration.0 / beat) as usize).map(|n| Seconds(n as f64 * beat)).collect();
    let light = LightTrack {
        downbeats: beats.iter().copied().step_by(4).collect(),
        beats,
        energy_start: Seconds::ZERO,
        energy: Curve { rate_hz: 10.0, values: vec![0.6; (storyboard.song.duration.0 * 10.0) as usize] },
    };
    let scenes: Vec<usize> = match text("scenes", "").as_str() {
        "" => (0..storyboard.scenes.len()).collect(),
        list => list
            .split(',')
            .map(|n| n.parse::<usize>().map(|n| n.saturating_sub(1)))
            .collect::<Result<_, _>>()?,
    };
    let shares: Vec<f64> = text("frames", "0.5").split(',').map(str::parse).collect::<Result<_, _>>()?;
    let every: u64 = text("every", "0").parse()?;
    let rate = FrameRate::FILM;
    let pictures: Vec<Vec<image::RgbImage>> = scenes
        .into_par_iter()
        .map(|index| {
            let (start, end) = storyboard.span(index);
            let brief = SceneBrief {
                scene: storyboard.scenes.get(index).ok_or("there is no such scene")?,
                look: &storyboard.look,
                cast: &cast,
                canvas,
                rate,
                light: &light,
                clip: start.to_frame(rate).0..end.to_frame(rate).0,
            };
            let shot = compose(&brief, &CancelToken::new())?;
            let last = shot.frames() - 1;
            let wanted: Vec<u64> = if every > 0 {
                (0..6).map(|n| (last / 2 + n * every).min(last)).collect()
            } else {
                shares.iter().map(|share| (last as f64 * share) as u64).collect()
            };
            let mut frame = YuvFrame::black(canvas);
            Ok(wanted
                .into_iter()
                .map(|at| {
                    shot.draw(at, &mut frame);
                    rgb(&frame)
                })
                .collect())
        })
        .collect::<Result<_, Failure>>()?;
    let pictures: Vec<image::RgbImage> = pictures.into_iter().flatten().collect();
    let columns: u32 = text("columns", "5").parse()?;
    let rows = (pictures.len() as u32).div_ceil(columns.max(1));
    let (across, down) = (canvas.width + GAP, canvas.height + GAP);
    let mut sheet = image::RgbImage::from_pixel(columns * across, rows * down, image::Rgb([90, 90, 90]));
    for (at, picture) in pictures.iter().enumerate() {
        let (x, y) = (at as u32 % columns, at as u32 / columns);
        image::imageops::replace(&mut sheet, picture, i64::from(x * across), i64::from(y * down));
    }
    sheet.save(out)?;
    Ok(())
}

fn rgb(frame: &YuvFrame) -> image::RgbImage {
    let (width, height) = (frame.canvas.width, frame.canvas.height);
    image::RgbImage::from_fn(width, height, |x, y| {
        let luma = (f32::from(frame.y[(y * width + x) as usize]) - 16.0) * 255.0 / 219.0;
        let at = (y / 2 * (width / 2) + x / 2) as usize;
        let [cb, cr] = [frame.u[at], frame.v[at]].map(|c| (f32::from(c) - 128.0) * 255.0 / 224.0);
        let color = [luma + 1.5748 * cr, luma - 0.1873 * cb - 0.4681 * cr, luma + 1.8556 * cb];
        image::Rgb(color.map(|c| c.clamp(0.0, 255.0) as u8))
    })
}
