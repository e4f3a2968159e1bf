//! A storyboard and the song's beats: which boundaries have come off them, and where those would go.

use crate::analysis::SongAnalysis;
use crate::storyboard::Storyboard;
use crate::units::Seconds;

/// A boundary so close to a beat is on it: less than half a frame at 24 a second.
const ON: f64 = 0.02;

/// How a storyboard's boundaries lie on the beats. The first scene's, at 0, is not counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fit {
    pub boundaries: usize,
    /// On no beat.
    pub off_beat: usize,
    /// On a beat, but in the middle of a bar.
    pub inside_bar: usize,
}

impl Storyboard {
    pub fn fit(&self, song: &SongAnalysis) -> Fit {
        let mut fit = Fit { boundaries: self.scenes.len().saturating_sub(1), ..Fit::default() };
        for scene in self.scenes.iter().skip(1) {
            let is_on = |times: &[Seconds]| {
                nearest(times, scene.start).is_some_and(|time| (time.0 - scene.start.0).abs() <= ON)
            };
            if !is_on(&song.beats) {
                fit.off_beat += 1;
            } else if !is_on(&song.downbeats) {
                fit.inside_bar += 1;
            }
        }
        fit
    }

    /// The same scenes with every boundary on the nearest downbeat (`bars`) or beat, and the song's tempo as it is now.
    /// A boundary stays where it is when a scene would become too short. With `label`, scenes are told the sections that
    /// they lie in.
    #[must_use]
    pub fn snapped(&self, song: &SongAnalysis, bars: bool, label: bool) -> Self {
        let mut plan = self.clone();
        plan.song.tempo = song.tempo;
        for index in 1..plan.scenes.len() {
            let was = self.scenes[index].start;
            let low = plan.scenes[index - 1].start.0 + Self::SHORTEST_SCENE.0;
            let high = self.span(index).1.0 - Self::SHORTEST_SCENE.0;
            let fits = |time: &Seconds| time.0 >= low && time.0 <= high;
            let downbeat = if bars { nearest(&song.downbeats, was) } else { None };
            let to = downbeat.filter(fits).or_else(|| nearest(&song.beats, was).filter(fits));
            plan.scenes[index].start = to.unwrap_or(was);
        }
        if label {
            plan.label(song);
        }
        plan
    }

    /// The same scenes over another song, or another file of it: at the times that they had, as far as the song goes. The
    /// last of them lasts to its end.
    #[must_use]
    pub fn refitted(&self, hash: &str, song: &SongAnalysis) -> Self {
        let mut plan = self.clone();
        hash.clone_into(&mut plan.song.hash);
        plan.song.duration = song.duration;
        plan.song.tempo = song.tempo;
        let fits =
            plan.scenes.iter().filter(|scene| scene.start + Self::SHORTEST_SCENE <= song.duration).count();
        plan.scenes.truncate(fits.max(1));
        plan
    }

    /// Tells each scene the section that most of it lies in.
    fn label(&mut self, song: &SongAnalysis) {
        for index in 0..self.scenes.len() {
            let (start, end) = self.span(index);
            let middle = Seconds(f64::midpoint(start.0, end.0));
            let Some(at) = song.sections.iter().rposition(|section| section.start <= middle) else {
                continue;
            };
            let kind = song.sections[at].kind;
            let number = song.sections[..=at].iter().filter(|section| section.kind == kind).count();
            self.scenes[index].section = kind;
            self.scenes[index].section_number = u32::try_from(number).unwrap_or(u32::MAX);
        }
    }
}

/// Of rising times the one nearest to `time`, the earlier of two that are equally near.
fn nearest(times: &[Seconds], time: Seconds) -> Option<Seconds> {
    let after = times.partition_point(|one| *one < time);
    let (before, after) = (after.checked_sub(1).map(|index| times[index]), times.get(after).copied());
    match (before, after) {
        (Some(before), Some(after)) => {
            Some(if after.0 - time.0 < time.0 - before.0 { after } else { before })
        }
        (one, other) => one.or(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::correction::tests::song;
    use crate::correction::{Correction, Grid};
    use crate::storyboard::tests::storyboard;
    use crate::vocabulary::SectionKind;
    use proptest::prelude::*;

    fn plan(lengths: &[f64]) -> Storyboard {
        storyboard(lengths, &[0.0; 40], 120.0)
    }

    #[test]
    fn boundaries_follow_the_bars_of_a_corrected_song() {
        // Cut on downbeats as heard: 0.75, 4.75 and 8.75 s.
        let plan = plan(&[0.75, 4.0, 4.0, 3.25]);
        let heard = song();
        assert_eq!(plan.fit(&heard), Fit { boundaries: 3, off_beat: 0, inside_bar: 0 });
        assert_eq!(plan.snapped(&heard, true, false), plan, "nothing to do");
        let shifted = Correction { downbeat_shift: 1, ..Correction::default() }.apply(&heard);
        assert_eq!(plan.fit(&shifted), Fit { boundaries: 3, off_beat: 0, inside_bar: 3 });
        let starts = |plan: &Storyboard| plan.scenes.iter().map(|scene| scene.start.0).collect::<Vec<_>>();
        assert_eq!(starts(&plan.snapped(&shifted, true, false)), [0.0, 1.25, 5.25, 9.25]);
        assert_eq!(starts(&plan.snapped(&shifted, false, false)), starts(&plan), "they are on beats");
        let grid = Some(Grid::Tempo { bpm: 100.0, first_beat: Some(Seconds(0.4)) });
        let slower = Correction { grid, ..Correction::default() }.apply(&heard);
        let snapped = plan.snapped(&slower, true, true);
        assert_eq!(snapped.fit(&slower), Fit { boundaries: 3, off_beat: 0, inside_bar: 0 });
        assert!((snapped.song.tempo - 100.0).abs() < 1e-9);
        assert_eq!((snapped.scenes[3].section, snapped.scenes[3].section_number), (SectionKind::Verse, 1));
    }

    #[test]
    fn another_song_takes_the_scenes_that_it_has_room_for() {
        let plan = plan(&[0.75, 4.0, 4.0, 3.25, 20.0]);
        let refitted = plan.refitted("11", &song());
        assert_eq!(
            (refitted.scenes.len(), refitted.song.duration, refitted.song.hash.as_str()),
            (4, Seconds(12.0), "11")
        );
        assert_eq!(refitted.validate(), Ok(()));
        let short = SongAnalysis { duration: Seconds(0.5), ..song() };
        assert_eq!(plan.refitted("11", &short).scenes.len(), 1);
    }

    proptest! {
        #[test]
        fn whatever_is_snapped_can_be_filmed(
            lengths in prop::collection::vec(0.25f64..1.0, 12), bpm in 20.0f64..400.0, first in 0.0f64..12.0, bars: bool,
        ) {
            let total: f64 = lengths.iter().sum();
            let lengths: Vec<f64> = lengths.iter().map(|length| (length * 12.0 / total).max(0.25)).collect();
            let plan = plan(&lengths);
            prop_assume!(plan.validate().is_ok());
            let grid = Some(Grid::Tempo { bpm, first_beat: Some(Seconds(first)) });
            let song = Correction { grid, ..Correction::default() }.apply(&song());
            let snapped = plan.snapped(&song, bars, true);
            prop_assert_eq!(snapped.validate(), Ok(()));
            let again = snapped.snapped(&song, bars, true);
            prop_assert_eq!(again.fit(&song).off_beat <= snapped.fit(&song).off_beat, true);
        }
    }
}
