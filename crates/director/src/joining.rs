//! How each scene comes in: hard cuts where it is loud, softer joins where it is calm, a flash where it opens up.

use crate::acts::Act;
use crate::chance::Chance;
use crate::cutting::Shot;
use crate::grid::Grid;
use crate::template::{Template, TransitionChoice};
use mv_core::storyboard::{Scene, Transition};
use mv_core::vocabulary::{CameraMove, SectionKind, TransitionKind};
use mv_core::{Seconds, SongAnalysis};

/// A rise of the level (0–1) that is heard as the song opening up.
const JUMP: f64 = 0.12;
/// Flashes closer than this, in seconds, would tire the eye.
const FLASH_REST: f64 = 12.0;
/// Scenes shorter than this, in seconds, are joined by cuts: a blend would be most of what is seen.
const BLENDABLE: f64 = 1.9;

pub(crate) struct Joiner<'a> {
    pub(crate) template: &'a Template,
    pub(crate) acts: &'a [Act],
    pub(crate) shots: &'a [Shot],
    pub(crate) grid: &'a Grid,
    pub(crate) analysis: &'a SongAnalysis,
    pub(crate) seed: u64,
}

impl Joiner<'_> {
    /// Joins every scene to the one before it. `longest_clip` (seconds) bounds a scene together with what it shares.
    pub(crate) fn join(&self, scenes: &mut [Scene], longest_clip: f64) {
        let mut last_flash = f64::NEG_INFINITY;
        for number in 1..scenes.len() {
            let transition = self.transition(number, &scenes[number - 1], &scenes[number], last_flash);
            if transition.kind == TransitionKind::Flash {
                last_flash = scenes[number].start.0;
            }
            scenes[number].transition = transition;
        }
        self.fit(scenes, longest_clip);
    }

    fn transition(&self, number: usize, before: &Scene, scene: &Scene, last_flash: f64) -> Transition {
        let shot = self.shots[number];
        let act = &self.acts[shot.act];
        let start = scene.start.0;
        let opens = shot.index == 0;
        let on_bar = self.grid.is_downbeat(shot.from);
        let shorter = self.length(number).min(self.length(number - 1));
        let rules = &self.template.transitions;
        let mut chance = Chance::of(self.seed, "transition", number);
        let jump = if opens { act.rise } else { self.jump(start) };
        let rested = start - last_flash >= FLASH_REST;
        let list = if on_bar && (opens && jump > -JUMP || jump > 2.0 * JUMP) {
            let flash = rules.strong.iter().find(|choice| choice.kind == TransitionKind::Flash);
            // The first refrain arrives, or the last one comes back out of the calm: the film says so.
            let arrives = act.kind == SectionKind::Chorus && (act.number == 1 || act.peak && rested);
            let arrives = opens && arrives && jump > JUMP;
            if let (true, Some(flash)) = (arrives, flash) {
                return in_beats(*flash);
            }
            &rules.strong
        } else if opens || !on_bar && !shot.burst {
            &rules.weak
        } else {
            if shot.burst || shorter < BLENDABLE || chance.unit() < self.cut_share(act.level) {
                return Transition::CUT;
            }
            &rules.other
        };
        let usable = |choice: &TransitionChoice| match choice.kind {
            TransitionKind::Cut => true,
            TransitionKind::Flash => rested && (act.kind == SectionKind::Chorus || jump > 2.0 * JUMP),
            // Going through a picture, or pushing it aside, leads somewhere else.
            TransitionKind::Zoom => before.place != scene.place,
            TransitionKind::Wipe => before.place != scene.place && travels(before.camera),
            TransitionKind::Crossfade | TransitionKind::Dissolve | TransitionKind::Dip => {
                shorter >= BLENDABLE && (opens || before.place != scene.place)
            }
        };
        let weights = list.iter().map(|choice| if usable(choice) { choice.weight } else { 0.0 });
        if weights.clone().all(|weight| weight <= 0.0) {
            return Transition::CUT;
        }
        in_beats(list[chance.weighted(weights)])
    }

    fn length(&self, number: usize) -> f64 {
        self.grid.time(self.shots[number].to) - self.grid.time(self.shots[number].from)
    }

    /// Share of hard cuts at a level, between the template's three.
    fn cut_share(&self, level: f64) -> f64 {
        let rules = &self.template.transitions;
        if level < 0.5 {
            rules.cut_low + (rules.cut_mid - rules.cut_low) * level * 2.0
        } else {
            rules.cut_mid + (rules.cut_high - rules.cut_mid) * (level - 0.5) * 2.0
        }
    }

    /// How much louder the two seconds after a time are than the two before.
    fn jump(&self, start: f64) -> f64 {
        let curve = &self.analysis.energy_curve;
        curve.mean(Seconds(start), Seconds(start + 2.0)) - curve.mean(Seconds(start - 2.0), Seconds(start))
    }

    /// Shortens transitions where a scene with its handles would outlast the longest clip.
    fn fit(&self, scenes: &mut [Scene], longest_clip: f64) {
        let beat = 60.0 / self.analysis.tempo.clamp(1.0, 1000.0);
        for number in 0..scenes.len() {
            let most = ((longest_clip - self.length(number)) / beat).max(0.0);
            for edge in [number, number + 1] {
                let Some(scene) = scenes.get_mut(edge) else { continue };
                if scene.transition.beats > most {
                    // Under a quarter of a beat nothing of a blend is left to see.
                    let left = (most * 4.0).floor() / 4.0;
                    scene.transition = if left > 0.0 {
                        Transition { beats: left, ..scene.transition }
                    } else {
                        Transition::CUT
                    };
                }
            }
        }
    }
}

fn in_beats(choice: TransitionChoice) -> Transition {
    Transition { kind: choice.kind, beats: choice.beats }
}

fn travels(camera: CameraMove) -> bool {
    matches!(
        camera,
        CameraMove::PanLeft | CameraMove::PanRight | CameraMove::TrackLeft | CameraMove::TrackRight
    )
}
