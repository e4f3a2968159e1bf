//! Edits of a storyboard whose scenes have ids: carve one in, merge one away, move a boundary.
//!
//! Pure: nothing is written here. Whatever is done, scenes stay contiguous, what rhymes keeps rhyming, and a scene keeps
//! its id; see [`crate::db::plans`] for reading and writing.

use mv_core::ids::SceneId;
use mv_core::storyboard::{StoryboardError, Transition};
use mv_core::{Scene, Seconds, Storyboard};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A storyboard and the ids of its scenes, in order; `None` for one that has not been written yet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Board {
    pub plan: Storyboard,
    pub ids: Vec<Option<SceneId>>,
}

#[derive(Clone, Debug, PartialEq, Error)]
pub enum EditError {
    #[error("there is no scene at `{0}` seconds: the song is shorter")]
    PastTheEnd(f64),
    #[error("`{start}` to `{end}` seconds reaches over {count} scenes")]
    OverBoundaries { start: f64, end: f64, count: usize },
    #[error("scene {0} already lasts exactly that long")]
    Taken(usize),
    #[error("the storyboard's only scene cannot go")]
    LastScene,
    #[error("the first scene always starts at 0")]
    FirstBoundary,
    #[error(transparent)]
    Invalid(#[from] StoryboardError),
}

impl EditError {
    /// What the person can do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::PastTheEnd(_) => "choose times within the song",
            Self::OverBoundaries { .. } => "merge those scenes first, or stay within one of them",
            Self::Taken(_) => "change that scene instead, or choose a part of it",
            Self::LastScene => "change it instead",
            Self::FirstBoundary => "move the end of the first scene instead",
            Self::Invalid(_) => "every scene lasts at least a quarter of a second",
        }
    }
}

impl Board {
    /// Index of the scene with this id.
    pub fn index_of(&self, id: SceneId) -> Option<usize> {
        self.ids.iter().position(|one| *one == Some(id))
    }

    /// Cuts `scene` out of the one that covers `start` to `end`: at its front, at its end, or in its middle, where the
    /// rest goes on after it as a scene of its own. Gives the new scene's index.
    ///
    /// # Errors
    /// When the span reaches over a boundary or is a whole scene, and when a scene would become too short.
    pub fn insert(&mut self, start: Seconds, end: Seconds, mut scene: Scene) -> Result<usize, EditError> {
        let host = self
            .plan
            .scenes
            .iter()
            .rposition(|one| one.start <= start)
            .filter(|_| start < self.plan.song.duration)
            .ok_or(EditError::PastTheEnd(start.0))?;
        let (from, to) = self.plan.span(host);
        if end > to {
            let count = self.plan.scenes.iter().filter(|one| one.start < end && one.start > from).count() + 1;
            return Err(EditError::OverBoundaries { start: start.0, end: end.0, count });
        }
        if start == from && end == to {
            return Err(EditError::Taken(host + 1));
        }
        scene.start = start;
        scene.rhymes_with = None;
        let mut edited = self.clone();
        let at = if start == from {
            // The song's first scene comes in by a cut, and whatever led into the host now leads into the new one.
            scene.transition = edited.plan.scenes[host].transition;
            edited.plan.scenes[host].start = end;
            edited.put(host, scene);
            host
        } else {
            if end < to {
                let mut rest = edited.plan.scenes[host].clone();
                rest.start = end;
                rest.transition = Transition::CUT;
                edited.put(host + 1, rest);
            }
            edited.put(host + 1, scene);
            host + 1
        };
        edited.plan.validate()?;
        *self = edited;
        Ok(at)
    }

    fn put(&mut self, at: usize, scene: Scene) {
        for one in &mut self.plan.scenes {
            if let Some(target) = &mut one.rhymes_with
                && *target >= at
            {
                *target += 1;
            }
        }
        self.plan.scenes.insert(at, scene);
        self.ids.insert(at, None);
    }

    /// Merges a scene into the one before it, or the first into the one after. Gives the index of the scene that now
    /// lasts through both.
    ///
    /// # Errors
    /// When there is no other scene.
    pub fn merge(&mut self, index: usize) -> Result<usize, EditError> {
        if self.plan.scenes.len() < 2 {
            return Err(EditError::LastScene);
        }
        let mut edited = self.clone();
        let gone = edited.plan.scenes.remove(index);
        edited.ids.remove(index);
        for one in &mut edited.plan.scenes {
            one.rhymes_with = match one.rhymes_with {
                Some(target) if target == index => None,
                Some(target) if target > index => Some(target - 1),
                other => other,
            };
        }
        let heir = index.saturating_sub(1);
        if index == 0 {
            edited.plan.scenes[0].start = gone.start;
            edited.plan.scenes[0].transition = gone.transition;
        }
        edited.plan.validate()?;
        *self = edited;
        Ok(heir)
    }

    /// Moves the boundary at which a scene starts: one neighbour grows by what the other loses.
    ///
    /// # Errors
    /// For the first scene, and when either neighbour would become too short.
    pub fn move_start(&mut self, index: usize, start: Seconds) -> Result<(), EditError> {
        if index == 0 {
            return if start == Seconds::ZERO { Ok(()) } else { Err(EditError::FirstBoundary) };
        }
        let mut edited = self.clone();
        edited.plan.scenes[index].start = start;
        edited.plan.validate()?;
        *self = edited;
        Ok(())
    }

    /// Moves the boundary at which a scene ends; the last one ends with the song.
    ///
    /// # Errors
    /// As for [`Board::move_start`].
    pub fn move_end(&mut self, index: usize, end: Seconds) -> Result<(), EditError> {
        if index + 1 < self.plan.scenes.len() {
            return self.move_start(index + 1, end);
        }
        if end == self.plan.song.duration { Ok(()) } else { Err(EditError::PastTheEnd(end.0)) }
    }

    /// The same scenes' ids under another plan: scenes that stayed what they were keep theirs, then the others in order.
    #[must_use]
    pub fn replaced_by(&self, plan: Storyboard) -> Self {
        let mut ids = vec![None; plan.scenes.len()];
        let mut free: Vec<(SceneId, &Scene)> =
            self.ids.iter().zip(&self.plan.scenes).filter_map(|(id, scene)| Some(((*id)?, scene))).collect();
        let same: [fn(&Scene, &Scene) -> bool; 3] = [|a, b| a == b, |a, b| a.start == b.start, |_, _| true];
        for alike in same {
            for (slot, scene) in ids.iter_mut().zip(&plan.scenes).filter(|(slot, _)| slot.is_none()) {
                if let Some(found) = free.iter().position(|(_, old)| alike(old, scene)) {
                    *slot = Some(free.remove(found).0);
                }
            }
        }
        Self { plan, ids }
    }
}

/// Whether a change of a scene asks for another picture, its length aside.
pub fn looks_different(before: &Scene, after: &Scene) -> bool {
    let plain = |scene: &Scene| Scene { start: Seconds::ZERO, rhymes_with: None, ..scene.clone() };
    plain(before) != plain(after)
}
