//! Captions never cover a face: where shots put faces, from the numbers they are drawn by, against where captions stand,
//! from the numbers these are set by.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it is")]

use mv_animatic::portrait::Portrait;
use mv_animatic::shot::{LightTrack, Portrayed, SceneBrief, compose};
use mv_core::analysis::Curve;
use mv_core::storyboard::Transition;
use mv_core::vocabulary::{Action, CameraMove, Framing, Lighting, Place, SectionKind, TimeOfDay, Weather};
use mv_core::{CancelToken, Canvas, FrameRate, FrameSource, Look, Rgb, Scene, Seconds};
use mv_media::captions::{self, CaptionLook};
use std::sync::Arc;

/// Wide, tall and square.
const CANVASES: [Canvas; 3] = [Canvas::new(128, 72), Canvas::new(72, 128), Canvas::new(96, 96)];

fn look() -> Look {
    Look {
        shadows: Rgb(10, 10, 24),
        midtones: Rgb(60, 50, 90),
        highlights: Rgb(255, 180, 120),
        accents: vec![Rgb(255, 80, 160)],
        tint: 0.4,
        saturation: 1.0,
        contrast: 1.0,
        haze: 0.4,
        bloom: 0.4,
        grain: 0.0,
        vignette: 0.0,
    }
}

fn scene(place: Place, framing: Framing, camera: CameraMove, action: Action, seed: u64) -> Scene {
    Scene {
        start: Seconds::ZERO,
        transition: Transition::CUT,
        section: SectionKind::Chorus,
        section_number: 1,
        title: String::new(),
        description: String::new(),
        cast: vec![],
        place,
        time_of_day: TimeOfDay::Dusk,
        weather: Weather::Clear,
        lighting: Lighting::Natural,
        framing,
        camera,
        action,
        // The livelier, the further the camera goes.
        intensity: 1.0,
        image_prompt: String::new(),
        motion_prompt: String::new(),
        lyric: None,
        seed,
        rhymes_with: None,
        footage: None,
        still: None,
        clip_take: 0,
        motion: None,
    }
}

/// Two drawn people and the two of the sample film.
fn cast() -> [Portrayed; 4] {
    let photo = |name: &str| {
        let path = format!("{}/../../samples/{name}.png", env!("CARGO_MANIFEST_DIR"));
        Some(Arc::new(Portrait::from_photo(&std::fs::read(path).unwrap()).unwrap()))
    };
    [
        Portrayed::new("anna", None),
        Portrayed::new("ben", None),
        Portrayed::new("harin", photo("harin")),
        Portrayed::new("dojun", photo("dojun")),
    ]
}

/// The faces of a shot reach down to where captions of any look begin, at most; tells how many faces there were.
fn check(scene: &Scene, cast: &[Portrayed], canvas: Canvas) -> usize {
    let light = LightTrack {
        downbeats: vec![],
        beats: vec![],
        energy_start: Seconds::ZERO,
        energy: Curve { rate_hz: 10.0, values: vec![] },
    };
    // A long scene: the camera goes as far as it ever does.
    let clip = 0..216;
    let brief = SceneBrief { scene, look: &look(), cast, canvas, rate: FrameRate::FILM, light: &light, clip };
    let shot = compose(&brief, &CancelToken::new()).unwrap();
    let top = CaptionLook::all().iter().map(|look| captions::area(canvas, look)[1]).fold(f64::MAX, f64::min);
    let mut seen = 0;
    for frame in (0..shot.frames()).step_by(43) {
        for [left, face_top, right, bottom] in shot.faces(frame) {
            assert!(face_top < bottom && left < right);
            assert!(
                bottom <= top,
                "{canvas} frame {frame}: a face reaches {bottom:.0}, captions begin at {top:.0}: {} {} {} {} {:?}",
                scene.place,
                scene.framing,
                scene.camera,
                scene.action,
                scene.cast,
            );
            seen += 1;
        }
    }
    seen
}

#[test]
fn no_caption_covers_a_face_that_a_shot_is_of() {
    let cast = cast();
    let companies: [&[&str]; 5] = [&["anna"], &["harin"], &["dojun"], &["anna", "ben"], &["dojun", "harin"]];
    let mut seen = 0;
    for canvas in CANVASES {
        for framing in [Framing::Medium, Framing::CloseUp, Framing::LowAngle] {
            for (index, camera) in CameraMove::ALL.iter().enumerate() {
                let company = companies[index % companies.len()];
                let action = Action::ALL[index % Action::ALL.len()];
                let place = [Place::Rooftop, Place::Meadow][index % 2];
                let mut scene = scene(place, framing, *camera, action, index as u64);
                scene.cast = company.iter().map(|id| (*id).to_owned()).collect();
                seen += check(&scene, &cast, canvas);
            }
        }
    }
    assert!(seen > 300, "{seen} faces");
}

#[test]
fn no_caption_covers_a_face_wherever_people_stand_or_sit() {
    let cast = cast();
    let mut seen = 0;
    for canvas in CANVASES {
        for framing in [Framing::Wide, Framing::ExtremeWide] {
            for (index, place) in Place::ALL.iter().enumerate() {
                for action in [Action::Sing, Action::Sit] {
                    let camera = [CameraMove::CraneUp, CameraMove::PushIn, CameraMove::TiltUp][index % 3];
                    let mut scene = scene(*place, framing, camera, action, index as u64);
                    scene.cast = vec!["anna".into(), "ben".into()];
                    seen += check(&scene, &cast, canvas);
                }
            }
        }
    }
    assert!(seen > 300, "{seen} faces");
}
