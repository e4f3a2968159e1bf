//! A character's screen test: four stills in four settings, so that a person sees who will be in the film before it is
//! made. The built-in maker draws them, or a chosen model makes them; what was wrong with one is told to the next.

use crate::error::ProductionError;
use crate::inputs::{BoughtStill, DrawnClip, Maker, StillInput};
use crate::step::{Graph, Step, StepInput};
use mv_core::character::{Flaw, Remark, TEST_PICTURES, WantedPicture};
use mv_core::storyboard::Transition;
use mv_core::vocabulary::{Action, CameraMove, Framing, Lighting, Place, SectionKind, TimeOfDay, Weather};
use mv_core::{Canvas, CastMember, FrameRate, Look, Scene, Seconds};
use mv_providers::ModelCard;
use mv_providers::animatic::LightTrack;

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

const SETTINGS: [Setting; TEST_PICTURES] = [
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

/// Who is tried out: their looks in words and their photos. Names are not in the pictures, so that a new name changes none.
pub fn lead(looks: String, photos: Vec<String>) -> CastMember {
    CastMember { name: "The lead".into(), description: looks, photos, ..CastMember::unknown("lead") }
}

/// The still of a setting in the take that is wanted, by `maker` or drawn here: another take is another picture.
///
/// # Errors
/// [`ProductionError::Template`] when a setting's template is not built in, [`ProductionError::Encoding`] when an input
/// cannot be written down.
pub fn still(
    lead: &CastMember,
    wanted: &WantedPicture,
    maker: Option<&ModelCard>,
) -> Result<Step, ProductionError> {
    let number = wanted.number.min(TEST_PICTURES - 1);
    let setting = &SETTINGS[number];
    let look = mv_director::template::builtin(setting.template)?.look;
    let input = match maker {
        Some(card) => {
            let scene =
                Scene { description: words(setting, &wanted.remarks), ..scene(setting, lead, wanted.take) };
            StillInput::Bought(BoughtStill {
                maker: Maker::from(card),
                scene,
                look,
                cast: vec![lead.clone()],
                canvas: CANVAS,
            })
        }
        None => StillInput::Drawn(drawn(setting, lead, wanted.take, look)),
    };
    let mut graph = Graph::default();
    let label = format!("test {} of {TEST_PICTURES}", number + 1);
    let place = graph.add(StepInput::Still(Box::new(input)), label, &[], 1.0)?;
    Ok(graph.steps()[place].clone())
}

/// What a model is asked for: who does what, and what must be better than it was.
fn words(setting: &Setting, remarks: &[Remark]) -> String {
    let mut words = format!("The lead {}, the face in full view and well lit", setting.action.phrase());
    for remark in remarks {
        let matter = match remark.reason {
            Flaw::Face => "The face exactly as in the photos",
            Flaw::Age => "The age exactly as in the photos, neither younger nor older",
            Flaw::Hair => "The hair exactly as in the photos: cut, length and colour",
            Flaw::Clothes => "The clothes exactly as in the photos",
            Flaw::Other => "",
        };
        let note = remark.note.trim().trim_end_matches('.');
        let parts: Vec<&str> = [matter, note].into_iter().filter(|part| !part.is_empty()).collect();
        if !parts.is_empty() {
            words.push_str(". ");
            words.push_str(&parts.join(": "));
        }
    }
    words.push('.');
    words
}

fn drawn(setting: &Setting, lead: &CastMember, take: u64, look: Look) -> DrawnClip {
    let bare = CastMember { name: String::new(), description: String::new(), ..lead.clone() };
    DrawnClip {
        maker: mv_providers::animatic::VERSION,
        scene: scene(setting, &bare, take),
        look,
        cast: vec![bare],
        canvas: CANVAS,
        rate: FrameRate::FILM,
        frames: 0..FRAMES,
        body: 0..FRAMES,
        light: LightTrack::default(),
        still: None,
    }
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

    fn wanted(number: usize, take: u64, remarks: Vec<Remark>) -> WantedPicture {
        WantedPicture { number, take, remarks }
    }

    #[test]
    fn another_take_is_another_picture_and_only_that_one() {
        let lead = lead("red hair".into(), vec!["00".into()]);
        let key = |number, take| still(&lead, &wanted(number, take, vec![]), None).unwrap().key;
        assert_eq!(key(1, 1), key(1, 1));
        let four = [key(0, 1), key(1, 1), key(2, 1), key(3, 1), key(1, 2)];
        assert!((1..four.len()).all(|place| !four[..place].contains(&four[place])));
    }

    #[test]
    fn what_was_wrong_is_asked_for() {
        let remarks = vec![
            Remark { reason: Flaw::Hair, note: "shoulder length.".into() },
            Remark { reason: Flaw::Other, note: "no hat".into() },
        ];
        assert_eq!(
            words(&SETTINGS[1], &remarks),
            "The lead stands still, the face in full view and well lit. The hair exactly as in the photos: cut, length \
             and colour: shoulder length. no hat."
        );
        assert_eq!(words(&SETTINGS[1], &[]).matches('.').count(), 1);
    }
}
