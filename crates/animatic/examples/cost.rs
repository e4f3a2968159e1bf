//! What every place costs in every weather: CPU milliseconds to paint its set, and to draw a frame of it.
//!
//! `cost [--place forest,lake] [--weather fog] [--framing wide] [--camera push-in] [--time dusk] [--frames 12]
//! [--aspect 16:9] [--resolution 1080p]`, the slowest first. One thread does all, so that its CPU time is the cost.

#![expect(clippy::print_stdout, reason = "an example reports to the terminal")]

use mv_animatic::shot::{LightTrack, Portrayed, SceneBrief, compose};
use mv_core::storyboard::Transition;
use mv_core::units::{Aspect, Resolution};
use mv_core::vocabulary::{CameraMove, Framing, Lighting, Place, SectionKind, TimeOfDay, Weather};
use mv_core::{CancelToken, Canvas, FrameRate, FrameSource, Look, Rgb, Scene, Seconds, YuvFrame};
use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;
use std::time::{Duration, Instant};

type Failure = Box<dyn std::error::Error + Send + Sync>;

struct Options(BTreeMap<String, String>);

impl Options {
    fn read() -> Result<Self, Failure> {
        let words: Vec<String> = std::env::args().skip(1).collect();
        let pairs = words.chunks(2).map(|pair| match pair {
            [name, value] if name.starts_with("--") => Ok((name[2..].to_owned(), value.clone())),
            other => Err(format!("`{}` is no option with a value", other.join(" ")).into()),
        });
        pairs.collect::<Result<_, Failure>>().map(Self)
    }

    /// The words given, or all of them.
    fn list<T: Copy + FromStr<Err = String>>(&self, name: &str, default: &[T]) -> Result<Vec<T>, Failure> {
        let Some(given) = self.0.get(name) else { return Ok(default.to_vec()) };
        Ok(given.split(',').map(str::parse).collect::<Result<_, String>>()?)
    }

    fn one<T: FromStr<Err: Display>>(&self, name: &str, default: &str) -> Result<T, Failure> {
        let word = self.0.get(name).map_or(default, String::as_str);
        word.parse().map_err(|error: T::Err| format!("`--{name}`: {error}").into())
    }
}

fn look() -> Look {
    Look {
        shadows: Rgb(0x12, 0x0c, 0x2a),
        midtones: Rgb(0x4a, 0x35, 0x7a),
        highlights: Rgb(0xff, 0x9d, 0x6c),
        accents: vec![Rgb(0xff, 0x5c, 0x8a), Rgb(0xff, 0xb4, 0x54), Rgb(0x4c, 0xc9, 0xf0)],
        tint: 0.35,
        saturation: 1.0,
        contrast: 1.0,
        haze: 0.5,
        bloom: 0.5,
        grain: 0.25,
        vignette: 0.35,
    }
}

/// CPU time of this thread where the system tells, else the time of the clock.
fn cpu_time(since: Instant) -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|text| text.split(' ').next()?.parse().ok());
    nanoseconds.map_or_else(|| since.elapsed(), Duration::from_nanos)
}

struct Cost {
    name: String,
    paint: Duration,
    frame: Duration,
}

fn cost(scene: &Scene, canvas: Canvas, frames: u64) -> Result<Cost, Failure> {
    let epoch = Instant::now();
    let beats: Vec<Seconds> = (0..40).map(|n| Seconds(f64::from(n) * 0.53)).collect();
    let light = LightTrack { beats, ..LightTrack::default() };
    let brief = SceneBrief {
        scene,
        look: &look(),
        cast: &[Portrayed::new("hero", None)],
        canvas,
        rate: FrameRate::FILM,
        light: &light,
        clip: 0..96,
    };
    let before = cpu_time(epoch);
    let shot = compose(&brief, &CancelToken::new())?;
    let painted = cpu_time(epoch);
    let mut frame = YuvFrame::black(canvas);
    // The first warms the caches up.
    shot.draw(0, &mut frame);
    let started = cpu_time(epoch);
    for index in 0..frames {
        shot.draw((index * 96 / frames.max(1)) % 96, &mut frame);
    }
    let drawn = cpu_time(epoch);
    Ok(Cost {
        name: format!("{} {} {} {}", scene.place, scene.weather, scene.framing, scene.camera),
        paint: painted.saturating_sub(before),
        frame: drawn.saturating_sub(started) / frames.max(1) as u32,
    })
}

fn main() -> Result<(), Failure> {
    let options = Options::read()?;
    let canvas = Canvas::of(
        options.one::<Aspect>("aspect", "16:9")?,
        options.one::<Resolution>("resolution", "1080p")?,
    );
    let frames: u64 = options.one("frames", "12")?;
    let mut scenes = Vec::new();
    for place in options.list("place", Place::ALL)? {
        for weather in options.list("weather", Weather::ALL)? {
            for framing in options.list("framing", &[Framing::Wide])? {
                for camera in options.list("camera", &[CameraMove::PushIn])? {
                    scenes.push(Scene {
                        start: Seconds::ZERO,
                        transition: Transition::CUT,
                        section: SectionKind::Verse,
                        section_number: 1,
                        title: String::new(),
                        description: String::new(),
                        cast: vec!["hero".into()],
                        place,
                        time_of_day: options.one::<TimeOfDay>("time", "dusk")?,
                        weather,
                        lighting: options.one::<Lighting>("lighting", "natural")?,
                        framing,
                        camera,
                        action: options.one("action", "stand")?,
                        intensity: 0.7,
                        image_prompt: String::new(),
                        motion_prompt: String::new(),
                        lyric: None,
                        seed: options.one("seed", "7")?,
                        rhymes_with: None,
                        footage: None,
                        still: None,
                        clip_take: 0,
                        motion: None,
                    });
                }
            }
        }
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build()?;
    let measure = || scenes.iter().map(|scene| cost(scene, canvas, frames)).collect::<Result<Vec<_>, _>>();
    let mut costs = pool.install(measure)?;
    costs.sort_by_key(|cost| std::cmp::Reverse(cost.frame));
    println!("{:44} {:>9} {:>9}", "shot", "paint ms", "frame ms");
    for cost in &costs {
        let milliseconds = |time: Duration| time.as_secs_f64() * 1000.0;
        println!("{:44} {:9.0} {:9.1}", cost.name, milliseconds(cost.paint), milliseconds(cost.frame));
    }
    let mean = costs.iter().map(|cost| cost.frame.as_secs_f64()).sum::<f64>() / costs.len().max(1) as f64;
    println!("{:44} {:>9} {:9.1}", "mean", "", mean * 1000.0);
    Ok(())
}
