//! A character's screen test: four stills in four settings, so that a person sees who will be in the film before it is made.

use crate::error::ProductionError;
use crate::inputs::{DrawnClip, StillInput};
use crate::step::{Graph, Step, StepInput};
use mv_core::storyboard::Transition;
use mv_core::vocabulary::{Action, CameraMove, Framing, Lighting, Place, SectionKind, TimeOfDay, Weather};
use mv_core::{Canvas, CastMember, FrameRate, Look, Scene, Seconds};
use mv_providers::animatic::LightTrack;

/// Stills of a screen test.
pub const STILLS: usize = 4;
/// The templates whose looks they have, in order.
pub const LOOKS: [&str; STILLS] = ["bedroom-pop", "urban-night", "golden-summer", "stage-lights"];
const CANVAS: Canvas = Canvas::new(1280, 720);
/// Frames of the scene that a still is taken from.
const FRAMES: u64 = 48;

/// Where somebody is tried out.
struct Setting {
    place: Place,
    time_of_day: TimeOfDay,
    lighting: Lighting,
    framing: Framing,
    action: Action,
}

const SETTINGS: [Setting; STILLS] = [
    Setting {
        place: Place::Room,
        time_of_day: TimeOfDay::Day,
        lighting: Lighting::Natural,
        framing: Framing::CloseUp,
        action: Action::Stand,
    },
    Setting {
        place: Place::Rooftop,
        time_of_day: TimeOfDay::Night,
        lighting: Lighting::Neon,
        framing: Framing::Medium,
        action: Action::Stand,
    },
    Setting {
        place: Place::Shore,
        time_of_day: TimeOfDay::GoldenHour,
        lighting: Lighting::Golden,
        framing: Framing::Medium,
        action: Action::Stand,
    },
    Setting {
        place: Place::Stage,
        time_of_day: TimeOfDay::Night,
        lighting: Lighting::Spotlight,
        framing: Framing::Wide,
        action: Action::Sing,
    },
];

/// The four stills in the looks of [`LOOKS`], each of its take: another take of the same setting is another picture.
///
/// # Errors
/// [`ProductionError::Encoding`] when an input cannot be written down.
pub fn stills(
    member: &CastMember,
    looks: &[Look; STILLS],
    takes: [u64; STILLS],
) -> Result<Vec<Step>, ProductionError> {
    let mut graph = Graph::default();
    let bare = CastMember { name: String::new(), description: String::new(), ..member.clone() };
    for (index, ((setting, look), take)) in SETTINGS.iter().zip(looks).zip(takes).enumerate() {
        let clip = DrawnClip {
            maker: mv_providers::animatic::VERSION,
            scene: scene(setting, &bare, take),
            look: look.clone(),
            cast: vec![bare.clone()],
            canvas: CANVAS,
            rate: FrameRate::FILM,
            frames: 0..FRAMES,
            body: 0..FRAMES,
            light: LightTrack::default(),
        };
        let label = format!("test {} of {STILLS}", index + 1);
        graph.add(StepInput::Still(Box::new(StillInput { clip })), label, &[], 1.0)?;
    }
    Ok(graph.steps().to_vec())
}

fn scene(setting: &Setting, member: &CastMember, take: u64) -> Scene {
    Scene {
        start: Seconds::ZERO,
        transition: Transition::CUT,
        section: SectionKind::Verse,
        section_number: 1,
        title: String::new(),
        description: String::new(),
        cast: vec![member.id.clone()],
        place: setting.place,
        time_of_day: setting.time_of_day,
        weather: Weather::Clear,
        lighting: setting.lighting,
        framing: setting.framing,
        camera: CameraMove::Static,
        action: setting.action,
        intensity: 0.5,
        image_prompt: String::new(),
        motion_prompt: String::new(),
        lyric: None,
        seed: take,
        rhymes_with: None,
        footage: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_take_is_another_picture_and_only_that_one() {
        let member = CastMember::somebody();
        let looks = LOOKS.map(|id| mv_director::template::builtin(id).unwrap().look);
        let first = stills(&member, &looks, [1; STILLS]).unwrap();
        let second = stills(&member, &looks, [1, 2, 1, 1]).unwrap();
        let same: Vec<bool> = first.iter().zip(&second).map(|(a, b)| a.key == b.key).collect();
        assert_eq!(same, [true, false, true, true]);
    }
}
