//! Draws one shot to look at: an MP4 through FFmpeg, or chosen frames as PNG files in a folder.
//!
//! `shot --place rooftop --camera orbit out.mp4`, `shot --place forest --frames 0,40,80 out-folder`. Words are those
//! of the plan file. With `--measure`, prints how fast it drew, and drew and encoded. With `--still picture.png`, the
//! scene is that picture.

use mv_animatic::plate::{self, PlateBrief};
use mv_animatic::portrait::Portrait;
use mv_animatic::shot::{LightTrack, Portrayed, SceneBrief, compose};
use mv_core::analysis::Curve;
use mv_core::storyboard::Transition;
use mv_core::units::{Aspect, Resolution};
use mv_core::vocabulary::SectionKind;
use mv_core::{CancelToken, Canvas, FrameRate, FrameSource, Look, Rgb, Scene, Seconds, YuvFrame};
use std::io::Write;
use std::process::Stdio;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Instant;

type Failure = Box<dyn std::error::Error>;

struct Arguments(Vec<String>);

impl Arguments {
    fn take(&mut self, name: &str) -> Option<String> {
        let at = self.0.iter().position(|argument| argument == name)?;
        self.0.remove(at);
        (at < self.0.len()).then(|| self.0.remove(at))
    }

    fn flag(&mut self, name: &str) -> bool {
        let at = self.0.iter().position(|argument| argument == name);
        at.map(|at| self.0.remove(at)).is_some()
    }

    fn word<T: FromStr<Err = String>>(&mut self, name: &str, default: &str) -> Result<T, String> {
        self.take(name).unwrap_or_else(|| default.into()).parse()
    }

    fn number(&mut self, name: &str, default: f64) -> Result<f64, Failure> {
        Ok(self.take(name).map_or(Ok(default), |text| text.parse())?)
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

fn scene(arguments: &mut Arguments) -> Result<Scene, Failure> {
    let people = arguments.number("--people", 1.0)? as usize;
    Ok(Scene {
        start: Seconds::ZERO,
        transition: Transition::CUT,
        section: SectionKind::Verse,
        section_number: 1,
        title: String::new(),
        description: String::new(),
        cast: (0..people).map(|n| format!("person-{n}")).collect(),
        place: arguments.word("--place", "rooftop")?,
        time_of_day: arguments.word("--time", "dusk")?,
        weather: arguments.word("--weather", "clear")?,
        lighting: arguments.word("--lighting", "natural")?,
        framing: arguments.word("--framing", "wide")?,
        camera: arguments.word("--camera", "push-in")?,
        action: arguments.word("--action", "stand")?,
        intensity: arguments.number("--intensity", 0.6)?,
        image_prompt: String::new(),
        motion_prompt: String::new(),
        lyric: None,
        seed: arguments.number("--seed", 7.0)? as u64,
        rhymes_with: None,
        footage: None,
        still: None,
        clip_take: 0,
        motion: None,
    })
}

fn steady_beat(bpm: f64, energy: f32) -> LightTrack {
    let beats: Vec<Seconds> = (0..600).map(|n| Seconds(f64::from(n) * 60.0 / bpm)).collect();
    LightTrack {
        downbeats: beats.iter().copied().step_by(4).collect(),
        beats,
        energy_start: Seconds::ZERO,
        energy: Curve { rate_hz: 10.0, values: vec![energy; 3000] },
    }
}

#[expect(clippy::disallowed_methods, reason = "an example starts FFmpeg by itself")]
fn encoder(canvas: Canvas, rate: FrameRate, out: &str) -> std::io::Result<std::process::Child> {
    std::process::Command::new("ffmpeg")
        .args(["-y", "-v", "error", "-f", "rawvideo", "-pix_fmt", "yuv420p"])
        .args(["-s", &canvas.to_string(), "-r", &rate.to_string(), "-i", "-"])
        .args(["-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-threads", "2"])
        .args(["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", out])
        .stdin(Stdio::piped())
        .spawn()
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

#[expect(clippy::print_stderr, reason = "an example reports to the terminal")]
fn main() -> Result<(), Failure> {
    let mut arguments = Arguments(std::env::args().skip(1).collect());
    let rate: FrameRate = arguments.word("--fps", "24")?;
    let aspect: Aspect = arguments.word("--aspect", "16:9")?;
    let resolution: Resolution = arguments.word("--resolution", "720p")?;
    let seconds = arguments.number("--seconds", 4.0)?;
    let light = steady_beat(arguments.number("--bpm", 112.0)?, arguments.number("--energy", 0.7)? as f32);
    let measure = arguments.flag("--measure");
    let photo = arguments.take("--photo");
    let still = arguments.take("--still").map(std::fs::read).transpose()?;
    let frames = arguments.take("--frames");
    let scene = scene(&mut arguments)?;
    let [out] = &arguments.0[..] else { return Err("usage: shot [options] OUT".into()) };

    let portrait = photo
        .map(|path| -> Result<_, Failure> { Ok(Arc::new(Portrait::from_photo(&std::fs::read(path)?)?)) });
    let portrait = portrait.transpose()?;
    let cast: Vec<Portrayed> =
        scene.cast.iter().map(|id| Portrayed::new(id.clone(), portrait.clone())).collect();
    let started = Instant::now();
    let (look, canvas) = (look(), Canvas::of(aspect, resolution));
    let clip = 0..Seconds(seconds).to_frame(rate).0;
    let (scene, look, light) = (&scene, &look, &light);
    let shot: Box<dyn FrameSource> = if let Some(picture) = &still {
        let brief = PlateBrief { picture, scene, look, canvas, rate, light, clip };
        Box::new(plate::film(&brief, &CancelToken::new())?)
    } else {
        let brief = SceneBrief { scene, look, cast: &cast, canvas, rate, light, clip };
        Box::new(compose(&brief, &CancelToken::new())?)
    };
    let composed = started.elapsed();
    let mut frame = YuvFrame::black(shot.canvas());
    if let Some(frames) = frames {
        std::fs::create_dir_all(out)?;
        for index in frames.split(',') {
            let index: u64 = index.parse()?;
            shot.draw(index, &mut frame);
            rgb(&frame).save(format!("{out}/{index:04}.png"))?;
        }
        return Ok(());
    }
    if measure {
        let started = Instant::now();
        for index in 0..shot.frames() {
            shot.draw(index, &mut frame);
        }
        let drawn = shot.frames() as f64 / started.elapsed().as_secs_f64();
        eprintln!("composed in {:.2} s, drew {drawn:.1} frames/s", composed.as_secs_f64());
    }
    let started = Instant::now();
    let mut encoder = encoder(shot.canvas(), rate, out)?;
    let mut pipe = encoder.stdin.take().ok_or("FFmpeg takes no input")?;
    for index in 0..shot.frames() {
        shot.draw(index, &mut frame);
        for plane in [&frame.y, &frame.u, &frame.v] {
            pipe.write_all(plane)?;
        }
    }
    drop(pipe);
    if !encoder.wait()?.success() {
        return Err("FFmpeg failed".into());
    }
    if measure {
        let made = shot.frames() as f64 / started.elapsed().as_secs_f64();
        eprintln!("drew and encoded {made:.1} frames/s");
    }
    Ok(())
}
