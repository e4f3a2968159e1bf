//! A finished film in another shape: its storyboard as it was, and what was bought for it as it is.

use crate::error::JobError;
use mv_core::timeline::Stretch;
use mv_core::units::FrameRate;
use mv_core::{Storyboard, Timeline};
use mv_production::inputs::{ClipInput, StillInput, StillSource};
use mv_production::step::{Step, StepKey};
use mv_production::{Bought, SceneSource, StepInput, StepKind};
use mv_store::db::steps::StepRow;
use std::collections::BTreeMap;

/// The steps that made a film, by their keys.
struct Steps(BTreeMap<StepKey, StepInput>);

impl Steps {
    fn read(rows: &[StepRow]) -> Result<Self, JobError> {
        let read = |row: &StepRow| {
            let key = row.key.parse().map_err(|_| JobError::NoArtifact(row.key.clone()))?;
            Ok((key, serde_json::from_value(row.input.clone()).map_err(JobError::Kept)?))
        };
        rows.iter().map(read).collect::<Result<_, JobError>>().map(Self)
    }

    /// The clip of each scene, where a stretch of the film shows it. Scenes that look the same share a step, so they are
    /// found by their place in the film and not by the number that the step has.
    fn clips(&self, timeline: &Timeline) -> Result<Vec<&ClipInput>, JobError> {
        let film = self.0.values().find_map(|input| match input {
            StepInput::Film(film) => Some(film),
            _ => None,
        });
        let parts = &film.ok_or(JobError::FilmGone)?.segments;
        let stretches = timeline.stretches();
        if parts.len() != stretches.len() {
            return Err(JobError::FilmGone);
        }
        let mut clips: Vec<Option<&ClipInput>> = vec![None; timeline.scenes.len()];
        for (stretch, part) in stretches.into_iter().zip(parts) {
            match (stretch, self.0.get(&part.key)) {
                (Stretch::Body(scene), Some(StepInput::Segment(body))) => clips[scene] = Some(&body.clip),
                (Stretch::Seam(seam), Some(StepInput::Seam(shown))) => {
                    let scene = timeline.seams[seam].scene;
                    clips[scene - 1].get_or_insert(&shown.outgoing);
                    clips[scene].get_or_insert(&shown.incoming);
                }
                _ => return Err(JobError::FilmGone),
            }
        }
        clips.into_iter().collect::<Option<_>>().ok_or(JobError::FilmGone)
    }

    /// What was bought for a clip: the clip itself, or the still that it begins with.
    fn bought(&self, clip: &ClipInput) -> Option<Bought> {
        let key = match clip {
            ClipInput::Bought(part) => part.clip,
            ClipInput::Drawn(drawn) => match drawn.still {
                Some(StillSource::Made(still)) => still,
                Some(StillSource::Given(_)) | None => return None,
            },
            ClipInput::Footage(_) => return None,
        };
        Some(Bought { key, input: self.0.get(&key)?.clone() })
    }
}

/// What each scene of a finished film is made from once more. `given` are the hashes of the person's own footage and
/// pictures; whatever was neither given nor bought is drawn anew in the new shape.
///
/// # Errors
/// [`JobError::FilmGone`] when the steps are not those of a film of this storyboard.
pub(super) fn sources(
    plan: &Storyboard,
    rate: FrameRate,
    rows: &[StepRow],
    given: Vec<(Option<String>, Option<String>)>,
) -> Result<Vec<SceneSource>, JobError> {
    let steps = Steps::read(rows)?;
    let timeline = Timeline::of(plan, rate);
    let clips = steps.clips(&timeline)?;
    let scenes = clips.into_iter().zip(given);
    let source = |(clip, (footage, still)): (&ClipInput, _)| SceneSource {
        footage,
        still,
        bought: steps.bought(clip),
        ..SceneSource::default()
    };
    Ok(scenes.map(source).collect())
}

/// Whether a step would have to be bought: no order for another shape may.
pub(super) fn is_bought(step: &Step) -> bool {
    match &step.input {
        StepInput::Still(still) => matches!(**still, StillInput::Bought(_)),
        input => input.kind() == StepKind::Clip,
    }
}
