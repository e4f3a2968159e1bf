//! What differs between two plans, scene by scene: what a person sees before a film is made again.

use mv_core::Storyboard;
use mv_core::storyboard::Scene;
use serde::Serialize;

/// One difference. Scenes are counted from 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "change")]
pub enum Change {
    /// Something that touches every scene: the song, the look, the cast, the lyrics.
    Film {
        field: &'static str,
    },
    /// A scene's fields that differ, by their names in the plan.
    Scene {
        number: usize,
        fields: Vec<&'static str>,
    },
    /// Scenes of the new plan that the old one does not have, or the other way round.
    Added {
        number: usize,
    },
    Removed {
        number: usize,
    },
}

impl std::fmt::Display for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Film { field } => write!(f, "the film's {field} changed"),
            Self::Scene { number, fields } => write!(f, "scene {number}: {} changed", fields.join(", ")),
            Self::Added { number } => write!(f, "scene {number} is new"),
            Self::Removed { number } => write!(f, "scene {number} is gone"),
        }
    }
}

/// The differences, the film's first, then the scenes' in order; empty when the plans make the same film.
///
/// Scenes are matched by their starts, so that one scene added does not make all that follow look changed.
pub fn diff(old: &Storyboard, new: &Storyboard) -> Vec<Change> {
    let mut changes = Vec::new();
    let film = [
        ("song", old.song != new.song),
        ("template", old.template != new.template),
        ("look", old.look != new.look),
        ("cast", old.cast != new.cast),
        ("lyrics", old.lyrics != new.lyrics),
    ];
    changes.extend(film.into_iter().filter(|(_, differs)| *differs).map(|(field, _)| Change::Film { field }));
    let (mut left, mut right) = (0, 0);
    while left < old.scenes.len() || right < new.scenes.len() {
        let (before, after) = (old.scenes.get(left), new.scenes.get(right));
        match (before, after) {
            (Some(before), Some(after)) if same_start(old, left, new, right) => {
                let fields = fields(before, after);
                if !fields.is_empty() {
                    changes.push(Change::Scene { number: right + 1, fields });
                }
                (left, right) = (left + 1, right + 1);
            }
            (Some(before), Some(after)) if before.start.0 < after.start.0 => {
                changes.push(Change::Removed { number: left + 1 });
                left += 1;
            }
            (Some(_), None) => {
                changes.push(Change::Removed { number: left + 1 });
                left += 1;
            }
            _ => {
                changes.push(Change::Added { number: right + 1 });
                right += 1;
            }
        }
    }
    changes
}

/// The same scene: it starts at the same time, or was merely moved, with both neighbours still in place.
fn same_start(old: &Storyboard, left: usize, new: &Storyboard, right: usize) -> bool {
    let close = |a: f64, b: f64| (a - b).abs() < 0.001;
    let (before, after) = (old.scenes[left].start.0, new.scenes[right].start.0);
    let next = (old.span(left).1.0, new.span(right).1.0);
    close(before, after) || left == right && old.scenes.len() == new.scenes.len() && close(next.0, next.1)
}

fn fields(before: &Scene, after: &Scene) -> Vec<&'static str> {
    let checks = [
        ("start", before.start != after.start),
        ("transition", before.transition != after.transition),
        ("section", before.section != after.section || before.section_number != after.section_number),
        ("title", before.title != after.title),
        ("description", before.description != after.description),
        ("cast", before.cast != after.cast),
        ("place", before.place != after.place),
        ("time_of_day", before.time_of_day != after.time_of_day),
        ("weather", before.weather != after.weather),
        ("lighting", before.lighting != after.lighting),
        ("framing", before.framing != after.framing),
        ("camera", before.camera != after.camera),
        ("action", before.action != after.action),
        ("intensity", before.intensity.to_bits() != after.intensity.to_bits()),
        ("image_prompt", before.image_prompt != after.image_prompt),
        ("motion_prompt", before.motion_prompt != after.motion_prompt),
        ("lyric", before.lyric != after.lyric),
        ("seed", before.seed != after.seed),
        ("rhymes_with", before.rhymes_with != after.rhymes_with),
        ("footage", before.footage != after.footage),
    ];
    checks.into_iter().filter(|(_, differs)| *differs).map(|(field, _)| field).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::storyboard;
    use mv_core::Seconds;
    use mv_core::vocabulary::CameraMove;

    #[test]
    fn an_edit_shows_as_what_it_is() {
        let old = storyboard();
        assert_eq!(diff(&old, &old), vec![]);
        let mut new = old.clone();
        new.scenes[4].camera = CameraMove::TiltDown;
        new.scenes[4].intensity += 0.01;
        let fields = vec!["camera", "intensity"];
        assert_eq!(diff(&old, &new), [Change::Scene { number: 5, fields }]);
        assert_eq!(diff(&old, &new)[0].to_string(), "scene 5: camera, intensity changed");
    }

    #[test]
    fn a_scene_more_leaves_the_others_alone() {
        let old = storyboard();
        let mut new = old.clone();
        let mut extra = new.scenes[2].clone();
        extra.start = Seconds(extra.start.0 + 1.0);
        new.scenes.insert(3, extra);
        assert_eq!(diff(&old, &new), [Change::Added { number: 4 }]);
        assert_eq!(diff(&new, &old), [Change::Removed { number: 4 }]);
        let mut moved = old.clone();
        moved.scenes[3].start = Seconds(moved.scenes[3].start.0 + 0.5);
        assert_eq!(diff(&old, &moved), [Change::Scene { number: 4, fields: vec!["start"] }]);
    }
}
