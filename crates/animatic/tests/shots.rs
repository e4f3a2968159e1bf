//! Whole shots: the same bytes however they are drawn, nothing at the edges, and motion without jitter.

use mv_animatic::shot::{DrawError, LightTrack, Portrayed, SceneBrief, Shot, compose};
use mv_core::analysis::Curve;
use mv_core::storyboard::Transition;
use mv_core::vocabulary::{Action, CameraMove, Framing, Lighting, Place, SectionKind, TimeOfDay, Weather};
use mv_core::{CancelToken, Canvas, FrameRate, FrameSource, Look, Rgb, Scene, Seconds, YuvFrame};

fn look() -> Look {
    Look {
        shadows: Rgb(10, 10, 24),
        midtones: Rgb(60, 50, 90),
        highlights: Rgb(255, 180, 120),
        accents: vec![Rgb(255, 80, 160), Rgb(80, 200, 255)],
        tint: 0.4,
        saturation: 1.0,
        contrast: 1.0,
        haze: 0.4,
        bloom: 0.4,
        grain: 0.0,
        vignette: 0.0,
    }
}

fn scene(place: Place, camera: CameraMove) -> Scene {
    Scene {
        start: Seconds::ZERO,
        transition: Transition::CUT,
        section: SectionKind::Verse,
        section_number: 1,
        title: String::new(),
        description: String::new(),
        cast: vec!["hero".into()],
        place,
        time_of_day: TimeOfDay::Dusk,
        weather: Weather::Rain,
        lighting: Lighting::Neon,
        framing: Framing::Wide,
        camera,
        action: Action::Walk,
        intensity: 0.8,
        image_prompt: String::new(),
        motion_prompt: String::new(),
        lyric: None,
        seed: 11,
        rhymes_with: None,
        footage: None,
        still: None,
        clip_take: 0,
        motion: None,
    }
}

fn track() -> LightTrack {
    let beats: Vec<Seconds> = (0..40).map(|n| Seconds(f64::from(n) * 0.5)).collect();
    LightTrack {
        downbeats: beats.iter().copied().step_by(4).collect(),
        beats,
        energy_start: Seconds::ZERO,
        energy: Curve { rate_hz: 10.0, values: vec![0.8; 200] },
    }
}

fn shot(scene: &Scene, canvas: Canvas, clip: std::ops::Range<u64>) -> Result<Shot, DrawError> {
    let cast = [Portrayed::new("hero", None)];
    let (look, light) = (look(), track());
    let brief =
        SceneBrief { scene, look: &look, cast: &cast, canvas, rate: FrameRate::FILM, light: &light, clip };
    compose(&brief, &CancelToken::new())
}

fn frame(shot: &Shot, index: u64) -> YuvFrame {
    let mut frame = YuvFrame::black(shot.canvas());
    shot.draw(index, &mut frame);
    frame
}

#[test]
fn the_same_brief_gives_the_same_bytes_in_any_order_on_any_number_of_threads() {
    let scene = scene(Place::Rooftop, CameraMove::Orbit);
    let canvas = Canvas::new(320, 180);
    let on = |threads: usize, order: &[u64]| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let shot = shot(&scene, canvas, 24..72).unwrap();
            let mut frames: Vec<(u64, YuvFrame)> =
                order.iter().map(|index| (*index, frame(&shot, *index))).collect();
            frames.sort_by_key(|(index, _)| *index);
            frames
        })
    };
    let forward = on(1, &[0, 5, 20, 47]);
    assert!(forward == on(3, &[47, 0, 20, 5]), "threads or order changed a byte");
    assert!(forward[0].1 != forward[1].1, "the picture moves");
}

#[test]
fn a_bad_brief_is_refused() {
    let scene = scene(Place::Stage, CameraMove::Static);
    let error = |canvas, clip| shot(&scene, canvas, clip).err();
    assert!(matches!(error(Canvas::new(321, 180), 0..9), Some(DrawError::Canvas(_))));
    assert!(matches!(error(Canvas::new(320, 0), 0..9), Some(DrawError::Canvas(_))));
    assert!(matches!(error(Canvas::new(99_998, 180), 0..9), Some(DrawError::Canvas(_))));
    assert!(matches!(error(Canvas::new(320, 180), 9..9), Some(DrawError::Clip { .. })));
    let cancel = CancelToken::new();
    cancel.cancel();
    let (look, light) = (look(), track());
    let brief = SceneBrief {
        scene: &scene,
        look: &look,
        cast: &[],
        canvas: Canvas::new(320, 180),
        rate: FrameRate::FILM,
        light: &light,
        clip: 0..9,
    };
    assert_eq!(compose(&brief, &cancel).err(), Some(DrawError::Cancelled));
}

#[test]
fn every_place_is_drawn_in_every_aspect() {
    for (index, place) in Place::ALL.iter().enumerate() {
        let camera = CameraMove::ALL[index % CameraMove::ALL.len()];
        for canvas in [Canvas::new(160, 90), Canvas::new(90, 160), Canvas::new(100, 100)] {
            let shot = shot(&scene(*place, camera), canvas, 0..24).unwrap();
            let drawn = frame(&shot, 12);
            let (least, most) = (drawn.y.iter().min().unwrap(), drawn.y.iter().max().unwrap());
            assert!(most - least > 20, "{place} {canvas} is a grey card");
            assert_eq!(shot.still().dimensions(), (canvas.width, canvas.height));
        }
    }
}

#[test]
fn the_whole_picture_never_flashes() {
    let mut scene = scene(Place::Stage, CameraMove::Static);
    (scene.intensity, scene.weather) = (1.0, Weather::Clear);
    let shot = shot(&scene, Canvas::new(160, 90), 0..96).unwrap();
    let mean = |index: u64| {
        let frame = frame(&shot, index);
        frame.y.iter().map(|y| f64::from(*y)).sum::<f64>() / frame.y.len() as f64 / 219.0
    };
    let means: Vec<f64> = (0..96).map(mean).collect();
    let swing = means.windows(13).map(|window| {
        let (low, high) = window.iter().fold((1.0_f64, 0.0_f64), |(l, h), m| (l.min(*m), h.max(*m)));
        high - low
    });
    let worst = swing.fold(0.0, f64::max);
    assert!(worst < 0.10, "luma swings by {worst} within a beat");
    assert!(worst > 0.002, "the light does follow the beat");
}
