//! The rules of the edit that hold between scenes, whoever chose them: the director, a text model.

use mv_core::storyboard::{Scene, Storyboard};
use mv_core::vocabulary::{Action, CameraMove, Framing, Place};

/// A broken rule. Scenes are counted from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    #[error("scenes {} and {number} have both the same camera and the same framing", number - 1)]
    SameShot { number: usize },
    #[error("scenes {} and {number} show the same place in the same framing: the cut would jump", number - 1)]
    JumpCut { number: usize },
    #[error("scene {number} is number {run} in a row at the same place, more than {most}")]
    PlaceRun { number: usize, run: usize, most: usize },
    #[error("scene {number} has people who `{action}`, which nobody can do at `{place}`")]
    ImpossibleAction { number: usize, action: Action, place: Place },
}

/// Whether a scene may follow another: they differ in camera or framing, and in framing at the same place.
pub(crate) fn may_follow(before: &Scene, place: Place, framing: Framing, camera: CameraMove) -> bool {
    let same_framing = before.framing == framing;
    !(same_framing && (before.camera == camera || before.place == place))
}

/// Whether people can do this there.
pub(crate) fn can_do(place: Place, action: Action) -> bool {
    match place {
        Place::Room => !matches!(action, Action::Run | Action::Walk),
        Place::Subway => matches!(action, Action::Stand | Action::Sit | Action::Sing | Action::LookUp),
        Place::Space | Place::Underwater => matches!(action, Action::Stand | Action::LookUp | Action::Sing),
        Place::Crossing | Place::Tunnel => !matches!(action, Action::Sit),
        Place::Stage => !matches!(action, Action::Run | Action::Sit),
        Place::Skyline
        | Place::Rooftop
        | Place::Alley
        | Place::Bridge
        | Place::Forest
        | Place::Meadow
        | Place::Shore
        | Place::DesertRoad
        | Place::Lake => true,
    }
}

/// Every rule a storyboard breaks; `same_place_run` is the template's.
pub fn violations(storyboard: &Storyboard, same_place_run: usize) -> Vec<Violation> {
    let mut broken = Vec::new();
    let mut run = 0;
    for (index, scene) in storyboard.scenes.iter().enumerate() {
        let number = index + 1;
        let before = index.checked_sub(1).map(|before| &storyboard.scenes[before]);
        if let Some(before) = before {
            if before.framing == scene.framing && before.camera == scene.camera {
                broken.push(Violation::SameShot { number });
            }
            if before.framing == scene.framing && before.place == scene.place {
                broken.push(Violation::JumpCut { number });
            }
        }
        run = if before.is_some_and(|before| before.place == scene.place) { run + 1 } else { 1 };
        if run > same_place_run {
            broken.push(Violation::PlaceRun { number, run, most: same_place_run });
        }
        if !scene.cast.is_empty() && !can_do(scene.place, scene.action) {
            broken.push(Violation::ImpossibleAction { number, action: scene.action, place: scene.place });
        }
    }
    broken
}
