//! Frames a second of drawing alone: 720p and 1080p, on one thread and on two.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use mv_animatic::shot::{LightTrack, Portrayed, SceneBrief, Shot, compose};
use mv_core::storyboard::Transition;
use mv_core::units::{Aspect, Resolution};
use mv_core::vocabulary::{Action, CameraMove, Framing, Lighting, Place, SectionKind, TimeOfDay, Weather};
use mv_core::{CancelToken, Canvas, FrameRate, FrameSource, Look, Rgb, Scene, Seconds, YuvFrame};

fn look() -> Look {
    Look {
        shadows: Rgb(10, 10, 24),
        midtones: Rgb(60, 50, 90),
        highlights: Rgb(255, 180, 120),
        accents: vec![Rgb(255, 80, 160), Rgb(80, 200, 255)],
        tint: 0.4,
        saturation: 1.05,
        contrast: 1.05,
        haze: 0.4,
        bloom: 0.5,
        grain: 0.2,
        vignette: 0.3,
    }
}

fn shot(place: Place, camera: CameraMove, resolution: Resolution) -> Option<Shot> {
    let scene = Scene {
        start: Seconds::ZERO,
        transition: Transition::CUT,
        section: SectionKind::Chorus,
        section_number: 1,
        title: String::new(),
        description: String::new(),
        cast: vec!["hero".into()],
        place,
        time_of_day: TimeOfDay::Dusk,
        weather: Weather::Rain,
        lighting: Lighting::Neon,
        framing: Framing::Medium,
        camera,
        action: Action::Sing,
        intensity: 0.8,
        image_prompt: String::new(),
        motion_prompt: String::new(),
        lyric: None,
        seed: 3,
        rhymes_with: None,
        footage: None,
        still: None,
        clip_take: 0,
        motion: None,
    };
    let brief = SceneBrief {
        scene: &scene,
        look: &look(),
        cast: &[Portrayed::new("hero", None)],
        canvas: Canvas::of(Aspect::Wide, resolution),
        rate: FrameRate::FILM,
        light: &LightTrack::default(),
        clip: 0..120,
    };
    compose(&brief, &CancelToken::new()).ok()
}

fn drawing(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("draw");
    group.throughput(Throughput::Elements(1)).sample_size(20);
    for resolution in [Resolution::P720, Resolution::P1080] {
        for (place, camera) in [(Place::Rooftop, CameraMove::PushIn), (Place::Forest, CameraMove::TrackLeft)]
        {
            let Some(shot) = shot(place, camera, resolution) else { continue };
            let mut frame = YuvFrame::black(shot.canvas());
            for threads in [1, 2] {
                let Ok(pool) = rayon::ThreadPoolBuilder::new().num_threads(threads).build() else { continue };
                let mut index = 0;
                group.bench_function(
                    format!("{resolution} {place} {camera}, {threads} threads"),
                    |bencher| {
                        bencher.iter(|| {
                            index = (index + 7) % shot.frames();
                            pool.install(|| shot.draw(index, &mut frame));
                        });
                    },
                );
            }
        }
    }
    group.finish();
}

criterion_group!(benches, drawing);
criterion_main!(benches);
