//! Scene lines written by a text model: taken where they keep the rules, left where they do not.

use crate::direct::write_words;
use crate::rules::{Violation, can_do, violations};
use crate::template::Template;
use crate::wording::Language;
use mv_core::Storyboard;
use mv_core::storyboard::Scene;
use mv_core::vocabulary::{Action, CameraMove, Framing, Place};
use serde::{Deserialize, Serialize};

/// What a text model may say about one scene. Everything it leaves out stays as it was.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct WrittenLine {
    /// The scene, counted from 1.
    pub scene: usize,
    #[serde(default)]
    pub title: Option<String>,
    #[serde(default)]
    pub description: Option<String>,
    #[serde(default)]
    pub image_prompt: Option<String>,
    #[serde(default)]
    pub motion_prompt: Option<String>,
    #[serde(default)]
    pub place: Option<Place>,
    #[serde(default)]
    pub framing: Option<Framing>,
    #[serde(default)]
    pub camera: Option<CameraMove>,
    #[serde(default)]
    pub action: Option<Action>,
}

/// A line that was not taken, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectedLine {
    /// As the line said it, counted from 1.
    pub scene: usize,
    pub reason: Rejection,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    #[error("there is no such scene")]
    NoSuchScene,
    #[error("the scene was written twice")]
    Twice,
    #[error("`{field}` is empty")]
    Empty { field: &'static str },
    #[error("`{field}` has over {most} letters")]
    TooLong { field: &'static str, most: usize },
    #[error("`{field}` holds control characters or a template's slots")]
    NotProse { field: &'static str },
    #[error("the image prompt names none of `{names}`, who are in the scene")]
    Nameless { names: String },
    #[error("{0}")]
    Rule(Violation),
    #[error("nobody asked for it")]
    NotAsked,
    #[error("it cannot be read: {detail}")]
    Unreadable { detail: String },
    #[error("nothing was written for it")]
    Missing,
    #[error("it was not written: {why}")]
    Unwritten { why: String },
    #[error("somebody changed or locked it meanwhile")]
    Changed,
}

const LONGEST_TITLE: usize = 80;
const LONGEST_DESCRIPTION: usize = 500;
const LONGEST_TEXT: usize = 1200;

/// Writes a text model's lines into a storyboard and returns those it refused.
///
/// Each line is taken whole or not at all: a scene whose line is refused keeps the director's own words. A line that
/// changes where or how a scene is shot, but does not write its prompts, gets them from the template's grammar.
pub fn apply_written_lines(
    storyboard: &mut Storyboard,
    template: &Template,
    lines: &[WrittenLine],
) -> Vec<RejectedLine> {
    let mut rejected = Vec::new();
    let mut written = vec![false; storyboard.scenes.len()];
    for line in lines {
        let reject = |reason| RejectedLine { scene: line.scene, reason };
        let Some(index) = line.scene.checked_sub(1).filter(|index| *index < storyboard.scenes.len()) else {
            rejected.push(reject(Rejection::NoSuchScene));
            continue;
        };
        if written[index] {
            rejected.push(reject(Rejection::Twice));
            continue;
        }
        match rewritten(storyboard, template, index, line) {
            Ok(scene) => {
                storyboard.scenes[index] = scene;
                written[index] = true;
            }
            Err(reason) => rejected.push(reject(reason)),
        }
    }
    rejected
}

/// The scene as a line would have it, if that keeps every rule that the storyboard keeps now.
fn rewritten(
    storyboard: &Storyboard,
    template: &Template,
    index: usize,
    line: &WrittenLine,
) -> Result<Scene, Rejection> {
    let mut scene = storyboard.scenes[index].clone();
    scene.place = line.place.unwrap_or(scene.place);
    scene.framing = line.framing.unwrap_or(scene.framing);
    scene.camera = line.camera.unwrap_or(scene.camera);
    scene.action = line.action.unwrap_or(scene.action);
    if scene.place != storyboard.scenes[index].place {
        // A rhyme is a return to the same place.
        scene.rhymes_with = None;
        if line.action.is_none() && !can_do(scene.place, scene.action) {
            scene.action = Action::Stand;
        }
    }
    let language = Language::of_text(&scene.title);
    write_words(&mut scene, &storyboard.cast, template, storyboard.seed, index, language);
    for (field, text, most, target) in [
        ("title", &line.title, LONGEST_TITLE, &mut scene.title),
        ("description", &line.description, LONGEST_DESCRIPTION, &mut scene.description),
        ("image_prompt", &line.image_prompt, LONGEST_TEXT, &mut scene.image_prompt),
        ("motion_prompt", &line.motion_prompt, LONGEST_TEXT, &mut scene.motion_prompt),
    ] {
        if let Some(text) = text {
            *target = prose(field, text, most)?;
        }
    }
    if line.image_prompt.is_some() {
        names_someone(storyboard, &scene)?;
        // The style is what keeps the pictures one film, whoever writes them.
        if !scene.image_prompt.contains(&template.prompts.style) {
            let prompt = scene.image_prompt.trim_end_matches(['.', ' ', ',']);
            scene.image_prompt = format!("{prompt}. {}.", template.prompts.style);
        }
    }
    let run = template.cutting.same_place_run;
    let before = violations(storyboard, run);
    let mut changed = storyboard.clone();
    changed.scenes[index] = scene.clone();
    let broken = violations(&changed, run).into_iter().find(|violation| !before.contains(violation));
    match broken {
        Some(violation) => Err(Rejection::Rule(violation)),
        None => Ok(scene),
    }
}

fn prose(field: &'static str, text: &str, most: usize) -> Result<String, Rejection> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() {
        return Err(Rejection::Empty { field });
    }
    if text.chars().count() > most {
        return Err(Rejection::TooLong { field, most });
    }
    if text.contains(|letter: char| letter.is_control() || "{}<>".contains(letter)) {
        return Err(Rejection::NotProse { field });
    }
    Ok(text)
}

/// A prompt that forgets who is in the picture would lose the character's likeness.
fn names_someone(storyboard: &Storyboard, scene: &Scene) -> Result<(), Rejection> {
    let names: Vec<&str> = storyboard
        .cast
        .iter()
        .filter(|member| scene.cast.contains(&member.id))
        .map(|member| member.name.as_str())
        .collect();
    if names.is_empty() || names.iter().any(|name| scene.image_prompt.contains(name)) {
        return Ok(());
    }
    Err(Rejection::Nameless { names: names.join(", ") })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::storyboard;
    use crate::template::builtin;

    fn line(scene: usize) -> WrittenLine {
        WrittenLine { scene, ..WrittenLine::default() }
    }

    fn outcome(lines: &[WrittenLine]) -> (Storyboard, Storyboard, Vec<Rejection>) {
        let before = storyboard();
        let mut after = before.clone();
        let rejected = apply_written_lines(&mut after, &builtin("urban-night").unwrap(), lines);
        (before, after, rejected.into_iter().map(|rejected| rejected.reason).collect())
    }

    #[test]
    fn good_lines_are_taken_and_keep_the_style() {
        let who = storyboard().scenes.iter().position(|scene| scene.cast == ["harin"]).unwrap();
        let written = WrittenLine {
            title: Some(" The  call ".into()),
            image_prompt: Some("Harin holds a phone to the rain".into()),
            ..line(who + 1)
        };
        let (before, after, rejected) = outcome(&[written]);
        assert_eq!(rejected, []);
        assert_eq!(after.scenes[who].title, "The call");
        assert!(after.scenes[who].image_prompt.contains("cinematic city-pop"));
        assert_eq!(after.scenes[who].motion_prompt, before.scenes[who].motion_prompt);
        assert_eq!(after.validate(), Ok(()));
    }

    #[test]
    fn lines_that_break_a_rule_change_nothing() {
        let plan = storyboard();
        let who = plan.scenes.iter().position(|scene| scene.cast == ["harin"]).unwrap();
        let same_shot = WrittenLine {
            framing: Some(plan.scenes[4].framing),
            camera: Some(plan.scenes[4].camera),
            ..line(6)
        };
        let lines = [
            line(0),
            line(999),
            same_shot,
            WrittenLine { title: Some("  ".into()), ..line(1) },
            WrittenLine { description: Some("x".repeat(LONGEST_TEXT + 1)), ..line(1) },
            WrittenLine { image_prompt: Some("{subject} again".into()), ..line(1) },
            WrittenLine { image_prompt: Some("a stranger".into()), ..line(who + 1) },
        ];
        let (before, after, rejected) = outcome(&lines);
        assert_eq!(before, after);
        assert_eq!(rejected.len(), lines.len());
        assert!(matches!(rejected[2], Rejection::Rule(_)), "{:?}", rejected[2]);
        assert!(matches!(rejected[6], Rejection::Nameless { .. }));
    }

    #[test]
    fn a_scene_moved_elsewhere_gets_new_words() {
        let plan = storyboard();
        let index = plan.scenes.iter().position(|scene| !scene.cast.is_empty()).unwrap();
        let moved = WrittenLine { place: Some(Place::Space), ..line(index + 1) };
        let (_, after, rejected) = outcome(&[moved, line(index + 1)]);
        assert_eq!(rejected, [Rejection::Twice]);
        assert!(after.scenes[index].image_prompt.contains("open space above a planet"));
        assert!(can_do(Place::Space, after.scenes[index].action));
    }
}
