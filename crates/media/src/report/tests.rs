//! Every metric against a planted defect, on real films.

use super::*;
use crate::encoder::Encoder;
use crate::join::{self, FilmSegment, FilmSpec};
use crate::process::Pipes;
use crate::sound::{SoundSpec, encode as encode_sound};
use crate::{Metadata, ToolSearch};
use mv_core::film::Quality;
use mv_core::timeline::{SceneSpan, SeamSpan};
use std::f64::consts::TAU;
use std::io::Write;
use std::path::PathBuf;
use std::sync::OnceLock;

const CANVAS: Canvas = Canvas::new(192, 108);
/// Eight scenes of four beats at 120 BPM: 16 s.
const SCENE: u64 = 48;
const SCENES: usize = 8;
const BEAT: u64 = 12;
const TOTAL: u64 = SCENE * SCENES as u64;

fn tools() -> &'static Tools {
    static TOOLS: OnceLock<Tools> = OnceLock::new();
    TOOLS.get_or_init(|| Tools::locate(&ToolSearch::default()).unwrap())
}

/// What a frame shows.
#[derive(Clone, Copy, Debug)]
enum Content {
    Black,
    /// A scene at a frame of its own clock.
    Scene(usize, u64),
    /// The second over the first, by a share; then towards white by another.
    Mix(usize, usize, u64, f64, f64),
    /// Scaled in brightness.
    Dim(usize, u64, f64),
}

fn timeline() -> Timeline {
    let mut scenes: Vec<SceneSpan> = (0..SCENES as u64)
        .map(|scene| SceneSpan { start: scene * SCENE, end: (scene + 1) * SCENE, head: 0, tail: 0 })
        .collect();
    let mut seams = Vec::new();
    for (scene, kind) in
        [(3, TransitionKind::Crossfade), (5, TransitionKind::Flash), (6, TransitionKind::Dip)]
    {
        let boundary = scene as u64 * SCENE;
        scenes[scene - 1].tail = 6;
        scenes[scene].head = 6;
        seams.push(SeamSpan { scene, kind, start: boundary - 6, end: boundary + 6 });
    }
    Timeline { rate: FrameRate::FILM, scenes, seams }
}

/// The film as planned.
fn planned() -> Vec<Content> {
    let timeline = timeline();
    (0..TOTAL)
        .map(|frame| {
            let scene = (frame / SCENE) as usize;
            let Some(seam) = timeline.seams.iter().find(|seam| (seam.start..seam.end).contains(&frame))
            else {
                return Content::Scene(scene, frame);
            };
            let share = (frame as f64 + 0.5 - seam.start as f64) / 12.0;
            let (old, new) = (seam.scene - 1, seam.scene);
            match seam.kind {
                TransitionKind::Crossfade => Content::Mix(old, new, frame, share, 0.0),
                kind => {
                    let shown = if share < 0.5 { old } else { new };
                    let peak = 1.0 - (share - 0.5).abs() * 2.0;
                    if kind == TransitionKind::Flash {
                        Content::Mix(shown, shown, frame, 0.0, peak)
                    } else {
                        Content::Dim(shown, frame, 1.0 - peak)
                    }
                }
            }
        })
        .collect()
}

/// A picture with large shapes that move slowly and small ones that move fast, another for each scene.
fn luma(scene: usize, frame: u64, x: usize, y: usize) -> f64 {
    let (k, t) = (scene as f64, frame as f64);
    let (x, y) = (x as f64, y as f64);
    let shapes = ((x + 0.2 * t) / (26.0 + 3.0 * k) + 2.1 * k).sin() * (y / 24.0 + 1.3 * k).cos();
    let texture = ((x + 1.6 * t) / (6.0 + k) + k).sin() * ((y + 0.5 * t) / 9.0).cos();
    125.0 + 60.0 * shapes + 30.0 * texture
}

fn paint(content: Content) -> Vec<u8> {
    let (width, height) = (CANVAS.width as usize, CANVAS.height as usize);
    let pixel = |x: usize, y: usize| match content {
        Content::Black => 16.0,
        Content::Scene(scene, frame) => luma(scene, frame, x, y),
        Content::Mix(old, new, frame, share, white) => {
            let mixed = luma(old, frame, x, y) * (1.0 - share) + luma(new, frame, x, y) * share;
            mixed * (1.0 - white) + 235.0 * white
        }
        Content::Dim(scene, frame, level) => 16.0 + (luma(scene, frame, x, y) - 16.0) * level,
    };
    let mut frame = Vec::with_capacity(width * height * 3 / 2);
    for y in 0..height {
        frame.extend((0..width).map(|x| pixel(x, y).clamp(16.0, 235.0) as u8));
    }
    frame.resize(width * height * 3 / 2, 128);
    frame
}

/// Encodes frames as a segment is, at a rate that may be another than the plan's.
fn picture(folder: &Path, frames: &[Content], rate: &str) -> PathBuf {
    let path = folder.join("picture.mp4");
    let mut encoder = tools()
        .ffmpeg()
        .words("-f rawvideo -pix_fmt yuv420p -color_range tv -s")
        .arg(CANVAS.to_string())
        .args(["-r", rate, "-i", "pipe:0"])
        .args(Encoder::from(Quality::Draft).arguments(FrameRate::FILM))
        .arg(&path)
        .start(Pipes::Input, &CancelToken::new())
        .unwrap();
    let mut stdin = encoder.stdin().unwrap();
    for frame in frames {
        stdin.write_all(&paint(*frame)).unwrap();
    }
    drop(stdin);
    encoder.finish().unwrap();
    path
}

/// The sound track of every test: made once.
fn track() -> &'static (tempfile::TempDir, PathBuf, f64) {
    static TRACK: OnceLock<(tempfile::TempDir, PathBuf, f64)> = OnceLock::new();
    TRACK.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let rate = 22_050;
        let mut noise = 7u32;
        let samples = (0..rate * 16).map(|n| {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let time = f64::from(n) / f64::from(rate);
            let hiss = f64::from(noise >> 8) / 8_388_608.0 - 1.0;
            let melody = (TAU * (220.0 + 40.0 * (time * 1.7).floor() % 300.0) * time).sin();
            0.3 * hiss * (-(time % 0.5) * 12.0).exp() + 0.25 * melody * (0.6 + 0.4 * (time * 0.9).sin())
        });
        let song = folder.path().join("song.wav");
        std::fs::write(&song, mv_testing::wav::encode(samples, rate)).unwrap();
        let path = folder.path().join("track.m4a");
        let spec = SoundSpec::of(&song, TOTAL, FrameRate::FILM);
        let report = encode_sound(tools(), &spec, &path, &CancelToken::new(), &mut |_| ()).unwrap();
        (folder, path, report.delivered.integrated_lufs.unwrap())
    })
}

/// Puts picture and sound together; `sound` are options and filters of the sound.
fn mux(folder: &Path, picture: &Path, before: &str, sound: &str) -> PathBuf {
    let film = folder.join("film.mp4");
    tools()
        .ffmpeg()
        .arg("-i")
        .arg(picture)
        .words(before)
        .arg("-i")
        .arg(&track().1)
        .words("-map 0:v -map 1:a -c:v copy")
        .words(sound)
        .words("-video_track_timescale 12288 -movflags +faststart -f mp4")
        .arg(&film)
        .run(&CancelToken::new())
        .unwrap();
    film
}

fn chapters() -> Vec<Chapter> {
    vec![
        Chapter { frames: 0..SCENE * 4, title: "Verse".into() },
        Chapter { frames: SCENE * 4..TOTAL, title: "Chorus <1>".into() },
    ]
}

fn examined(film: &Path, chapters: &[Chapter], still: &[Range<u64>]) -> SyncReport {
    let timeline = timeline();
    let beats: Vec<Seconds> = (0..=TOTAL / BEAT).map(|beat| Seconds(beat as f64 * 0.5 + 0.004)).collect();
    let downbeats: Vec<Seconds> = beats.iter().step_by(4).copied().collect();
    let plan = SyncPlan {
        title: "여름밤의 주파수",
        artist: "MelodyVision",
        canvas: CANVAS,
        timeline: &timeline,
        beats: &beats,
        downbeats: &downbeats,
        chapters,
        sound: Some(SoundPlan { track: &track().1, target: LoudnessTarget::default(), delivered_lufs: None }),
        still,
        dark: &[],
    };
    let mut shares = Vec::new();
    let report = examine(tools(), film, &plan, &CancelToken::new(), &mut |share| shares.push(share)).unwrap();
    assert!(shares.is_sorted() && shares.ends_with(&[1.0]));
    report
}

/// The broken bounds of a film with this picture, sound as planned.
fn broken(frames: &[Content], rate: &str) -> (Vec<&'static str>, SyncReport) {
    let folder = tempfile::tempdir().unwrap();
    let film = mux(folder.path(), &picture(folder.path(), frames, rate), "", "-c:a copy");
    let report = examined(&film, &[], &[]);
    (report.violations().map(|metric| metric.id).collect(), report)
}

/// The broken bounds of a film with a right picture and this sound.
fn broken_sound(before: &str, sound: &str) -> (Vec<&'static str>, SyncReport) {
    static PICTURE: OnceLock<(tempfile::TempDir, PathBuf)> = OnceLock::new();
    let (_, right) = PICTURE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let path = picture(folder.path(), &planned(), "24");
        (folder, path)
    });
    let folder = tempfile::tempdir().unwrap();
    let report = examined(&mux(folder.path(), right, before, sound), &[], &[]);
    (report.violations().map(|metric| metric.id).collect(), report)
}

#[test]
fn a_right_film_keeps_every_bound() {
    let folder = tempfile::tempdir().unwrap();
    let segment = FilmSegment { path: picture(folder.path(), &planned(), "24"), frames: TOTAL };
    let film = folder.path().join("film.mp4");
    let chapters = chapters();
    let spec = FilmSpec {
        segments: &[segment],
        soundtrack: Some(&track().1),
        rate: FrameRate::FILM,
        chapters: &chapters,
        metadata: &Metadata::default(),
    };
    join::film(tools(), &spec, &film, &CancelToken::new()).unwrap();
    let report = examined(&film, &chapters, &[]);
    assert_eq!(report.violations().collect::<Vec<_>>(), Vec::<&Metric>::new());
    assert_eq!(report.cuts.len(), SCENES - 1);
    for cut in &report.cuts {
        let away = cut.from_plan_frames.unwrap();
        let most = if cut.kind == TransitionKind::Cut { 0.0 } else { 1.5 };
        assert!(away.abs() <= most, "{cut:?}");
        assert!(cut.downbeat && (cut.planned_offset_ms.unwrap() + 4.0).abs() < 0.01, "{cut:?}");
    }
    assert!(report.metrics.iter().all(|m| m.verdict == Verdict::Pass), "{report}");
    // 10 lines for a film that is right.
    assert_eq!(report.to_string().lines().count(), 10, "{report}");
    let page = report.to_html();
    assert!(page.contains("Chorus &lt;1&gt;") && page.contains("여름밤의 주파수") && !page.contains("NaN"));
    let json: serde_json::Value = serde_json::from_str(&report.to_json()).unwrap();
    assert_eq!(json["cuts"][0]["planned_frame"], 48);
}

#[test]
fn a_cut_a_beat_late_is_found_and_measured() {
    let mut frames = planned();
    for frame in 2 * SCENE..2 * SCENE + BEAT {
        frames[frame as usize] = Content::Scene(1, frame);
    }
    let (ids, report) = broken(&frames, "24");
    assert_eq!(ids, ["cuts-on-plan"], "{report}");
    assert_eq!(report.cuts[1].from_plan_frames, Some(12.0));
    assert_eq!(report.cuts[1].measured_offset_ms, Some(496.0));
}

#[test]
fn a_transition_in_the_wrong_place_is_found() {
    // The cross-fade comes half a second early.
    let mut frames = planned();
    let right = frames.clone();
    for frame in 3 * SCENE - 18..3 * SCENE + 6 {
        let index = frame as usize;
        frames[index] = match right[index + BEAT as usize] {
            Content::Mix(old, new, _, share, white) => Content::Mix(old, new, frame, share, white),
            _ => Content::Scene(3, frame),
        };
    }
    let (ids, report) = broken(&frames, "24");
    assert_eq!(ids, ["transitions-on-plan"], "{report}");
    assert!((report.cuts[2].from_plan_frames.unwrap() + 12.0).abs() <= 2.5, "{:?}", report.cuts[2]);
}

#[test]
fn a_film_at_the_wrong_rate_drifts() {
    let (ids, report) = broken(&planned(), "23.8");
    assert!(
        ids.contains(&"drift") && ids.contains(&"frame-rate") && ids.contains(&"cuts-on-plan"),
        "{report}"
    );
    // Each minute of 1440 frames takes 0.504 s longer: 12.1 frames.
    assert!((report.drift_frames_per_minute.unwrap() - 12.1).abs() < 0.5, "{report}");
}

#[test]
fn black_and_frozen_pictures_are_found_but_not_those_that_were_planned() {
    let mut frames = planned();
    frames[60..66].fill(Content::Black);
    frames[200..216].fill(Content::Scene(4, 200));
    let (ids, report) = broken(&frames, "24");
    assert_eq!(ids, ["black", "frozen"], "{report}");
    assert_eq!(report.black_unplanned, vec![60..66]);
    assert_eq!(report.frozen, vec![200..216]);

    let folder = tempfile::tempdir().unwrap();
    let film = mux(folder.path(), &picture(folder.path(), &frames, "24"), "", "-c:a copy");
    let held = 192..240;
    let report = examined(&film, &[], std::slice::from_ref(&held));
    assert_eq!(report.violations().map(|m| m.id).collect::<Vec<_>>(), ["black"], "a held shot is no defect");
}

#[test]
fn doubled_and_missing_frames_are_found() {
    let mut frames = planned();
    frames[70] = Content::Scene(1, 69);
    frames[120..122].fill(Content::Scene(2, 119));
    let (ids, report) = broken(&frames, "24");
    assert_eq!(ids, ["duplicates"], "{report}");
    assert_eq!(report.duplicates, [70, 120, 121]);

    // A frame too few: everything after it comes early.
    let mut frames = planned();
    frames.remove(100);
    let (ids, report) = broken(&frames, "24");
    assert!(ids.contains(&"frames") && ids.contains(&"cuts-on-plan"), "{report}");
    assert_eq!(report.frames_found, TOTAL - 1);

    // A hole in the film's clock.
    let folder = tempfile::tempdir().unwrap();
    let hole = folder.path().join("hole.mp4");
    tools()
        .ffmpeg()
        .arg("-i")
        .arg(picture(folder.path(), &planned(), "24"))
        .words("-vf select='not(eq(n,100))' -fps_mode passthrough -video_track_timescale 12288")
        .arg(&hole)
        .run(&CancelToken::new())
        .unwrap();
    let report = examined(&mux(folder.path(), &hole, "", "-c:a copy"), &[], &[]);
    assert_eq!(report.uneven, [100], "{report}");
    assert!(report.violations().any(|m| m.id == "frame-rate"));
}

#[test]
fn pictures_at_half_the_rate_are_no_accident() {
    let mut frames = planned();
    for frame in (SCENE..2 * SCENE).step_by(2) {
        frames[frame as usize + 1] = Content::Scene(1, frame);
    }
    let (ids, report) = broken(&frames, "24");
    assert!(ids.is_empty(), "{report}");
}

#[test]
fn sound_too_loud_or_clipped_is_found() {
    let (ids, report) = broken_sound("", "-af volume=12dB -c:a aac -b:a 192k -ar 48000");
    for id in ["loudness", "true-peak", "clipping"] {
        assert!(ids.contains(&id), "{id}: {report}");
    }
    let (ids, report) = broken_sound("", "-af volume=-6dB -c:a aac -b:a 192k -ar 48000");
    assert_eq!(ids, ["loudness"], "{report}");
}

#[test]
fn sound_too_short_too_long_or_absent_is_found() {
    let (ids, report) = broken_sound("-t 15.5", "-c:a copy");
    assert!(ids.contains(&"length"), "{report}");
    let (ids, report) = broken_sound("", "-af apad=pad_dur=0.3 -c:a aac -b:a 192k");
    assert!(ids.contains(&"length"), "{report}");
    let (ids, report) = broken_sound("", "-map -1:a");
    assert_eq!(ids, ["sound"], "{report}");
}

#[test]
fn sound_out_of_place_is_found() {
    let (ids, report) = broken_sound("-itsoffset 0.12", "-c:a copy");
    assert!(ids.contains(&"sound-offset"), "{report}");
    let offset = report.sound.unwrap().offset_start_ms.unwrap();
    assert!((offset - 120.0).abs() < 2.0, "{offset}");

    // Slower by half a percent: right at the start, late at the end.
    let (ids, report) = broken_sound("", "-af asetrate=47760,aresample=48000 -c:a aac -b:a 192k -t 16");
    assert!(ids.contains(&"sound-offset"), "{report}");

    let other = "-af aeval=random(0)-0.5|random(1)-0.5:c=stereo,aformat=channel_layouts=stereo,volume=-4dB -c:a aac -b:a 192k";
    let (ids, report) = broken_sound("", other);
    assert!(ids.contains(&"sound-offset"), "{report}");
    assert_eq!(report.sound.unwrap().offset_start_ms, None);
}

#[test]
fn a_file_in_another_form_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let right = picture(folder.path(), &planned(), "24");
    let film = folder.path().join("odd.mp4");
    tools()
        .ffmpeg()
        .arg("-i")
        .arg(&right)
        .arg("-i")
        .arg(&track().1)
        .words("-c:v libx264 -preset ultrafast -profile:v baseline -colorspace smpte170m -c:a copy")
        .arg(&film)
        .run(&CancelToken::new())
        .unwrap();
    let report = examined(&film, &chapters(), &[]);
    let ids: Vec<_> = report.violations().map(|m| m.id).collect();
    assert_eq!(ids, ["format", "faststart", "chapters"], "{report}");
    assert!(report.to_string().contains("matrix smpte170m (not bt709)"), "{report}");
}

#[test]
fn what_is_no_film_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("film.mp4");
    std::fs::write(&text, "not a film").unwrap();
    let timeline = timeline();
    let plan = SyncPlan {
        title: "",
        artist: "",
        canvas: CANVAS,
        timeline: &timeline,
        beats: &[],
        downbeats: &[],
        chapters: &[],
        sound: None,
        still: &[],
        dark: &[],
    };
    for path in [text, folder.path().join("absent.mp4"), track().1.clone()] {
        assert!(examine(tools(), &path, &plan, &CancelToken::new(), &mut |_| ()).is_err(), "{path:?}");
    }
}
