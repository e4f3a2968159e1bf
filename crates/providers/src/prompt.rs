//! The words that models are asked with: what a scene shows, who is in it and must stay themselves, how the camera and
//! the picture move. Services with a field of their own for one of these get it there and not in words.

use crate::capability::{Casting, ClipRequest, StillRequest};
use crate::edit::{Change, EditRequest, Focus};
use mv_core::vocabulary::CameraMove;
use std::fmt::Write;

/// What nobody wants in a film, for models that take it.
pub(crate) const NEGATIVE: &str = "text, watermark, logo, subtitles, frame, collage, deformed hands, extra fingers, extra limbs, blurry face";

/// How fast the camera moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Speed {
    Slow,
    Medium,
    Fast,
}

impl Speed {
    /// A scene's intensity decides.
    pub(crate) fn of(intensity: f64) -> Self {
        match intensity {
            calm if calm < 0.35 => Self::Slow,
            loud if loud > 0.7 => Self::Fast,
            _ => Self::Medium,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Slow => "slow",
            Self::Medium => "steady",
            Self::Fast => "fast",
        }
    }
}

/// A still's prompt. `pictures` is how many reference pictures go along, in the order of the cast.
pub(crate) fn still(request: &StillRequest, pictures: &[Reference]) -> String {
    let scene = &request.scene;
    let mut prompt = if scene.image_prompt.trim().is_empty() {
        let mut shown = format!("{}: {}", scene.framing.phrase(), scene.description.trim_end_matches('.'));
        let _ = write!(
            shown,
            ". The place: {}, {}; {}; {}",
            scene.place.phrase(),
            scene.time_of_day.phrase(),
            scene.weather.phrase(),
            scene.lighting.phrase()
        );
        sentence(&shown)
    } else {
        sentence(&scene.image_prompt)
    };
    for (index, casting) in request.cast.iter().enumerate() {
        prompt.push(' ');
        prompt.push_str(&likeness(casting, index, pictures));
    }
    prompt.push_str(" One photographic frame that fills the picture, without any text.");
    prompt
}

/// A reference picture that goes along with a prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reference {
    /// Which of the cast it shows.
    pub(crate) of: usize,
}

/// Who somebody is and which of the pictures show them.
fn likeness(casting: &Casting, index: usize, pictures: &[Reference]) -> String {
    let name = &casting.member.name;
    let numbers: Vec<String> = pictures
        .iter()
        .enumerate()
        .filter(|(_, picture)| picture.of == index)
        .map(|(number, _)| (number + 1).to_string())
        .collect();
    let looks = casting.member.description.trim().trim_end_matches('.');
    let mut words = match (numbers.len(), looks.is_empty()) {
        (0, true) => return format!("{name} is the same person in every picture."),
        (0, false) => return format!("{name}: {looks}; the same person in every picture."),
        (1, _) => format!("{name} is the person in image {}", numbers[0]),
        _ => format!("{name} is the person in images {}", numbers.join(" and ")),
    };
    if !looks.is_empty() {
        let _ = write!(words, " ({looks})");
    }
    words.push_str(": keep the face, hair, age and build exactly as they are there.");
    words
}

/// A clip's prompt, the camera and the motion in words where `camera` and `motion` say so.
pub(crate) fn clip(request: &ClipRequest, camera: InWords, motion: InWords) -> String {
    let scene = &request.still.scene;
    let own = scene.motion_prompt.trim();
    let mut prompt = if own.is_empty() { sentence(&scene.description) } else { sentence(own) };
    // The plan's own words may speak of it already.
    if camera == InWords::Yes && !own.to_lowercase().contains("camera") {
        let _ = write!(prompt, " Camera: {}.", camera_words(scene.camera, Speed::of(scene.intensity)));
    }
    if motion == InWords::Yes {
        let _ = write!(prompt, " {}.", motion_words(request.motion));
    }
    for casting in &request.still.cast {
        let _ = write!(prompt, " {} keeps the same face, hair and clothes throughout.", casting.member.name);
    }
    prompt.push_str(" One continuous shot, smooth motion, no text.");
    prompt
}

/// Whether something is to be said in the prompt, or has a field of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InWords {
    Yes,
    No,
}

fn camera_words(camera: CameraMove, speed: Speed) -> String {
    match camera {
        CameraMove::Static => "locked off, it does not move".to_owned(),
        CameraMove::Handheld => format!("handheld, breathing, {} drift", speed.word()),
        CameraMove::PushIn => format!("{} push in", speed.word()),
        CameraMove::PullOut => format!("{} pull out", speed.word()),
        CameraMove::PanLeft => format!("{} pan to the left", speed.word()),
        CameraMove::PanRight => format!("{} pan to the right", speed.word()),
        CameraMove::TiltUp => format!("{} tilt up", speed.word()),
        CameraMove::TiltDown => format!("{} tilt down", speed.word()),
        CameraMove::TrackLeft => format!("{} tracking shot to the left", speed.word()),
        CameraMove::TrackRight => format!("{} tracking shot to the right", speed.word()),
        CameraMove::Orbit => format!("{} orbit around the subject", speed.word()),
        CameraMove::CraneUp => format!("{} crane up", speed.word()),
    }
}

fn motion_words(motion: f32) -> &'static str {
    match motion {
        still if still < 0.2 => "Almost still: only breath, hair and light move",
        little if little < 0.5 => "Small, calm movements",
        usual if usual < 0.8 => "Natural movement",
        _ => "Strong, energetic movement",
    }
}

/// How closely a model is to keep to its picture and prompt, 0–1: the more is to move, the freer it is.
pub(crate) fn adherence(motion: f32) -> f64 {
    (f64::from(0.8 - 0.5 * motion.clamp(0.0, 1.0)) * 100.0).round() / 100.0
}

/// An edit's prompt. The picture itself is image 1; reference pictures follow.
pub(crate) fn edit(request: &EditRequest, pictures: &[Reference]) -> String {
    let mut prompt = match &request.change {
        Change::Instruction { text, focus, keep_layout } => {
            let mut words = sentence(text);
            words.push_str(match focus {
                Focus::Semantic => " The picture may be drawn anew as long as it means the same.",
                Focus::Appearance => " Change only that; every other pixel stays as it is.",
                Focus::Dual => " Change what it shows and how it looks, nothing beyond that.",
            });
            if *keep_layout {
                words.push_str(" Keep the composition, the framing and the position of everything.");
            }
            words
        }
        Change::Text(edits) => {
            let mut words = String::new();
            for edit in edits {
                let _ = write!(
                    words,
                    "Replace the text \"{}\" with \"{}\"",
                    quoted(&edit.from),
                    quoted(&edit.to)
                );
                words.push_str(if edit.keep_font {
                    ", keeping its font, size, colour, angle and place. "
                } else {
                    ". "
                });
            }
            words.push_str("Change no other text and nothing else in the picture.");
            words
        }
    };
    if request.mask.is_some() || request.region.is_some() {
        prompt.push_str(" Everything happens inside the marked part of the picture.");
    }
    let shifted: Vec<Reference> = pictures.to_vec();
    for (index, casting) in request.cast.iter().enumerate() {
        prompt.push(' ');
        prompt.push_str(&likeness_after(casting, index, &shifted));
    }
    prompt
}

/// [`likeness`] where image 1 is the picture that is edited.
fn likeness_after(casting: &Casting, index: usize, pictures: &[Reference]) -> String {
    let mut with_picture = vec![Reference { of: usize::MAX }];
    with_picture.extend_from_slice(pictures);
    likeness(casting, index, &with_picture)
}

/// Quotation marks inside a quotation would end it.
fn quoted(text: &str) -> String {
    text.replace('"', "'")
}

fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.is_empty() || text.ends_with(['.', '!', '?']) { text.to_owned() } else { format!("{text}.") }
}

/// At most so many characters, ending with a whole word. Names and what must stay come first, so the end is what goes.
pub(crate) fn within(prompt: &str, characters: usize) -> String {
    let Some((end, next)) = prompt.char_indices().nth(characters) else { return prompt.to_owned() };
    let cut = &prompt[..end];
    if next.is_whitespace() {
        return cut.trim_end().to_owned();
    }
    cut.rsplit_once(char::is_whitespace).map_or(cut, |(whole, _)| whole).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::{Region, TextEdit};
    use crate::samples;

    #[test]
    fn stills_are_asked_for_in_these_words() {
        let request = samples::still();
        insta::assert_snapshot!(still(&request, &[Reference { of: 0 }, Reference { of: 0 }]));
        let mut bare = request;
        bare.scene.image_prompt.clear();
        bare.cast.clear();
        insta::assert_snapshot!(still(&bare, &[]));
    }

    #[test]
    fn clips_are_asked_for_in_these_words() {
        let mut request = samples::clip();
        insta::assert_snapshot!(clip(&request, InWords::Yes, InWords::Yes));
        insta::assert_snapshot!(clip(&request, InWords::No, InWords::No));
        request.still.scene.intensity = 0.9;
        let moves: Vec<String> = CameraMove::ALL.iter().map(|m| camera_words(*m, Speed::of(0.9))).collect();
        insta::assert_snapshot!(moves.join("\n"));
        let strengths = [0.0, 0.3, 0.7, 1.0].map(motion_words);
        insta::assert_snapshot!(strengths.join("\n"));
    }

    #[test]
    fn edits_are_asked_for_in_these_words() {
        let mut request = samples::edit();
        insta::assert_snapshot!(edit(&request, &[Reference { of: 0 }]));
        request.cast.clear();
        request.region = Some(Region { x: 0.1, y: 0.1, width: 0.2, height: 0.2 });
        request.change = Change::Text(vec![
            TextEdit { from: "OPEN".into(), to: "HOPE".into(), keep_font: true },
            TextEdit { from: "24 \"h\"".into(), to: "밤새".into(), keep_font: false },
        ]);
        insta::assert_snapshot!(edit(&request, &[]));
    }

    #[test]
    fn a_long_prompt_ends_with_a_whole_word() {
        assert_eq!(within("한 글자 neon rain", 9), "한 글자 neon");
        assert_eq!(within("short", 9), "short");
        assert_eq!(within("unbreakable", 4), "unbr");
    }
}
