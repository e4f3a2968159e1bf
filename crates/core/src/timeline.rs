//! Film time: a storyboard's boundaries as whole frames, and the seams where two scenes share frames.
//!
//! A boundary's frame is `round(seconds × rate)` of the absolute time and lengths are differences of boundaries, so
//! no drift can accumulate: the film has exactly `round(duration × rate)` frames.

use crate::storyboard::Storyboard;
use crate::units::{FrameIndex, FrameRate, Seconds};
use crate::vocabulary::TransitionKind;
use serde::{Deserialize, Serialize};
use std::ops::Range;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timeline {
    pub rate: FrameRate,
    /// One a scene, contiguous from frame 0.
    pub scenes: Vec<SceneSpan>,
    /// One a transition that shares frames, in order; cuts have none.
    pub seams: Vec<SeamSpan>,
}

/// Where a scene lies in the film, in frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SceneSpan {
    /// The boundary it starts at, and the one it ends at (exclusive).
    pub start: u64,
    pub end: u64,
    /// Frames that the seam at its start, and the one at its end, takes from this side of the boundary. The scene's
    /// clip must also cover as many on the far side: see [`SceneSpan::clip`].
    pub head: u64,
    pub tail: u64,
}

impl SceneSpan {
    /// The frames that show this scene alone.
    pub fn body(&self) -> Range<u64> {
        self.start + self.head..self.end - self.tail
    }

    /// All frames that show this scene at all: the body and both seams. The clip's frame 0 is `clip().start`.
    pub fn clip(&self) -> Range<u64> {
        self.start - self.head..self.end + self.tail
    }
}

/// The frames that two scenes share, centred on their boundary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeamSpan {
    /// Index of the scene that comes in; the one before it goes out.
    pub scene: usize,
    pub kind: TransitionKind,
    pub start: u64,
    pub end: u64,
}

/// One stretch of the finished film, in order: either a scene alone or two scenes sharing frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stretch {
    /// Index into [`Timeline::scenes`].
    Body(usize),
    /// Index into [`Timeline::seams`].
    Seam(usize),
}

impl Timeline {
    /// Lays a valid storyboard out in frames.
    pub fn of(storyboard: &Storyboard, rate: FrameRate) -> Self {
        let total = storyboard.song.duration.to_frame(rate).0.max(1);
        let mut boundaries: Vec<u64> =
            storyboard.scenes.iter().map(|scene| scene.start.to_frame(rate).0).collect();
        boundaries.push(total);
        let mut scenes: Vec<SceneSpan> = boundaries
            .windows(2)
            .map(|pair| SceneSpan { start: pair[0], end: pair[1], head: 0, tail: 0 })
            .collect();
        let beat = Seconds(60.0 / storyboard.song.tempo);
        let mut seams = Vec::new();
        for index in 1..scenes.len() {
            let transition = storyboard.scenes[index].transition;
            if transition.kind == TransitionKind::Cut {
                continue;
            }
            let wished = Seconds(beat.0 * transition.beats).to_frame(rate).0;
            let shorter = (scenes[index - 1].end - scenes[index - 1].start)
                .min(scenes[index].end - scenes[index].start);
            let half = wished.min(shorter / 3) / 2;
            if half == 0 {
                continue;
            }
            scenes[index - 1].tail = half;
            scenes[index].head = half;
            let boundary = scenes[index].start;
            seams.push(SeamSpan {
                scene: index,
                kind: transition.kind,
                start: boundary - half,
                end: boundary + half,
            });
        }
        Self { rate, scenes, seams }
    }

    /// Number of frames of the film.
    pub fn total(&self) -> FrameIndex {
        FrameIndex(self.scenes.last().map_or(0, |scene| scene.end))
    }

    /// The film in order: bodies and the seams between them.
    pub fn stretches(&self) -> Vec<Stretch> {
        let mut seams = self.seams.iter().enumerate().peekable();
        let mut stretches = Vec::with_capacity(self.scenes.len() + self.seams.len());
        for scene in 0..self.scenes.len() {
            if let Some((seam, _)) = seams.next_if(|(_, seam)| seam.scene == scene) {
                stretches.push(Stretch::Seam(seam));
            }
            stretches.push(Stretch::Body(scene));
        }
        stretches
    }

    /// The frames of a stretch.
    pub fn frames(&self, stretch: Stretch) -> Range<u64> {
        match stretch {
            Stretch::Body(scene) => self.scenes[scene].body(),
            Stretch::Seam(seam) => self.seams[seam].start..self.seams[seam].end,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storyboard::tests::storyboard;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn stretches_tile_the_film_without_gap_or_overlap(
            lengths in prop::collection::vec(0.25f64..20.0, 1..40),
            beats in prop::collection::vec(0.0f64..16.0, 40),
            tempo in 40.0f64..240.0,
            rate in prop::sample::select(vec![24u32, 30, 60]),
        ) {
            let rate = FrameRate::try_from(rate).unwrap();
            let storyboard = storyboard(&lengths, &beats, tempo);
            prop_assert_eq!(storyboard.validate(), Ok(()));
            let timeline = Timeline::of(&storyboard, rate);
            let mut at = 0;
            for stretch in timeline.stretches() {
                let frames = timeline.frames(stretch);
                prop_assert_eq!(frames.start, at);
                prop_assert!(frames.end > frames.start);
                at = frames.end;
            }
            prop_assert_eq!(at, storyboard.song.duration.to_frame(rate).0);
            for (index, span) in timeline.scenes.iter().enumerate() {
                prop_assert_eq!(span.start, storyboard.scenes[index].start.to_frame(rate).0);
                prop_assert!(span.clip().end - span.clip().start >= span.body().end - span.body().start);
            }
            for seam in &timeline.seams {
                let shorter = (timeline.scenes[seam.scene].end - timeline.scenes[seam.scene].start)
                    .min(timeline.scenes[seam.scene - 1].end - timeline.scenes[seam.scene - 1].start);
                prop_assert!((seam.end - seam.start) * 3 <= shorter);
                prop_assert_eq!(seam.end - timeline.scenes[seam.scene].start, timeline.scenes[seam.scene].start - seam.start);
            }
        }
    }
}
