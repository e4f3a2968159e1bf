//! A character's screen test: four stills in four settings, so that a person sees who will be in the film before it is made.

use crate::error::ProductionError;
use crate::inputs::{DrawnClip, StillInput};
use crate::step::{Graph, Step, StepInput};
use mv_core::storyboard::Transition;
use mv_core::vocabulary::{Action, CameraMove, Framing, Lighting, Place, SectionKind, TimeOfDay, Weather};
use mv_core::{Canvas, CastMember, FrameRate, Scene, Seconds};
use mv_providers::animatic::LightTrack;

/// Stills of a screen test.
pub const STILLS: usize = 4;
const CANVAS: Canvas = Canvas::new(1280, 720);
/// Frames of the scene that a still is taken from.
const FRAMES: u64 = 48;

/// Where somebody is tried out, in the look of a template.
struct Setting {
    template: &'static str,
    place: Place,
    time_of_day: TimeOfDay,
    lighting: Lighting,
    framing: Framing,
    action: Action,
}

const SETTINGS: [Setting; STILLS] = [
    Setting {
        template: "bedroom-pop",
        place: Place::Room,
        time_of_day: TimeOfDay::Day,
        lighting: Lighting::Natural,
        framing: Framing::CloseUp,
        action: Action::Stand,
    },
    Setting {
        template: "urban-night",
        place: Place::Rooftop,
        time_of_day: TimeOfDay::Night,
        lighting: Lighting::Neon,
        framing: Framing::Medium,
        action: Action::Stand,
    },
    Setting {
        template: "golden-summer",
        place: Place::Shore,
        time_of_day: TimeOfDay::GoldenHour,
        lighting: Lighting::Golden,
        framing: Framing::Medium,
        action: Action::Stand,
    },
    Setting {
        template: "stage-lights",
        place: Place::Stage,
        time_of_day: TimeOfDay::Night,
        lighting: Lighting::Spotlight,
        framing: Framing::Wide,
        action: Action::Sing,
    },
];

/// The four stills, each of its take: another take of the same setting is another picture.
///
/// # Errors
/// [`ProductionError::Template`] when a setting's template is not built in, [`ProductionError::Encoding`] when an input
/// cannot be written down.
pub fn stills(member: &CastMember, takes: [u64; STILLS]) -> Result<Vec<Step>, ProductionError> {
    let mut graph = Graph::default();
    let bare = CastMember { name: String::new(), description: String::new(), ..member.clone() };
    for (index, (setting, take)) in SETTINGS.iter().zip(takes).enumerate() {
        let clip = DrawnClip {
            maker: mv_providers::animatic::VERSION,
            scene: scene(setting, &bare, take),
            look: mv_director::template::builtin(setting.template)?.look,
            cast: vec![bare.clone()],
            canvas: CANVAS,
            rate: FrameRate::FILM,
            frames: 0..FRAMES,
            body: 0..FRAMES,
            light: LightTrack::default(),
            still: None,
        };
        let label = format!("test {} of {STILLS}", index + 1);
        graph.add(StepInput::Still(Box::new(StillInput::Drawn(clip))), label, &[], 1.0)?;
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
        still: None,
        clip_take: 0,
        motion: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_take_is_another_picture_and_only_that_one() {
        let member = CastMember::somebody();
        let first = stills(&member, [1; STILLS]).unwrap();
        let second = stills(&member, [1, 2, 1, 1]).unwrap();
        let same: Vec<bool> = first.iter().zip(&second).map(|(a, b)| a.key == b.key).collect();
        assert_eq!(same, [true, false, true, true]);
    }
}
