//! Where the cuts fall: on bars at the density that the energy asks for, phrase by phrase.

use crate::acts::Act;
use crate::chance::Chance;
use crate::grid::Grid;
use crate::template::Cutting;
use mv_core::vocabulary::SectionKind;

/// One scene's span on the grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shot {
    /// Index of its act, its own place in it and how many scenes the act has.
    pub(crate) act: usize,
    pub(crate) index: usize,
    pub(crate) count: usize,
    pub(crate) from: usize,
    pub(crate) to: usize,
    /// Part of the fast burst at the song's peak.
    pub(crate) burst: bool,
}

/// What bounds a scene's length, in seconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lengths {
    pub(crate) shortest: f64,
    pub(crate) longest: f64,
    /// More scenes (above 1) or fewer (below 1) than the template asks for.
    pub(crate) density: f64,
}

/// The scenes of every act, tiling the grid.
pub(crate) fn cut(acts: &[Act], grid: &Grid, cutting: &Cutting, lengths: Lengths, seed: u64) -> Vec<Shot> {
    let mut cuts: Vec<Vec<usize>> = Vec::with_capacity(acts.len());
    let mut shots = Vec::new();
    for (index, act) in acts.iter().enumerate() {
        let editor = Editor { act, grid, cutting, lengths };
        // A chorus that returns is cut like its first time as far as its bars go: that is what makes it a refrain.
        let twin = act.first.filter(|_| act.kind == SectionKind::Chorus);
        let model: &[usize] = twin.map_or(&[], |twin| &cuts[twin]);
        let mut at = editor.walk(model, &mut Chance::of(seed, "cuts", index));
        let burst = if act.peak { editor.burst(&mut at) } else { None };
        editor.split_long(&mut at);
        let bounds: Vec<usize> = [act.from].into_iter().chain(at.iter().copied()).chain([act.to]).collect();
        let count = bounds.len() - 1;
        shots.extend(bounds.windows(2).enumerate().map(|(place, span)| Shot {
            act: index,
            index: place,
            count,
            from: span[0],
            to: span[1],
            burst: burst.is_some_and(|(from, to)| span[0] >= from && span[1] <= to),
        }));
        // Kept as offsets from the act's start, for its returns.
        cuts.push(at.iter().map(|cut| cut - act.from).collect());
    }
    shots
}

struct Editor<'a> {
    act: &'a Act,
    grid: &'a Grid,
    cutting: &'a Cutting,
    lengths: Lengths,
}

impl Editor<'_> {
    fn seconds(&self, from: usize, to: usize) -> f64 {
        self.grid.time(to) - self.grid.time(from)
    }

    /// Bars a scene should last here, between the template's three by energy.
    fn bars_wished(&self) -> f64 {
        let Cutting { low, mid, high, .. } = *self.cutting;
        let level = self.act.level;
        let bars = if level < 0.5 {
            low + (mid - low) * (level / 0.5)
        } else {
            mid + (high - mid) * ((level - 0.5) / 0.5)
        };
        bars / self.lengths.density
    }

    /// The longest a scene may feel at this energy: 9 s when calm, 4.5 s at the peak.
    fn ceiling(&self) -> f64 {
        ((9.0 - 4.5 * self.act.level) / self.lengths.density).clamp(2.0, self.lengths.longest)
    }

    /// The places in the act where a cut may fall, coarse enough that each step is worth a scene.
    fn steps(&self) -> Vec<usize> {
        let Act { from, to, .. } = *self.act;
        let mut bars: Vec<usize> =
            (from..to).filter(|point| *point == from || self.grid.is_downbeat(*point)).collect();
        bars.push(to);
        let mut lengths: Vec<f64> = bars.windows(2).map(|pair| self.seconds(pair[0], pair[1])).collect();
        lengths.sort_by(f64::total_cmp);
        let bar = lengths[lengths.len() / 2];
        let wanted = self.bars_wished();
        if bar <= self.ceiling() && wanted >= 0.75 {
            return bars;
        }
        // Bars too long for the energy: cut inside them, on every n-th beat.
        let half = (self.grid.beats_per_bar as f64 / 2.0).ceil().max(1.0) as usize;
        let by_time = (self.ceiling() / self.grid.beat).floor().max(1.0) as usize;
        let each = half.min(by_time);
        let mut steps: Vec<usize> = Vec::new();
        for pair in bars.windows(2) {
            steps.extend((pair[0]..pair[1]).step_by(each));
        }
        steps.push(to);
        steps
    }

    /// Cuts of the act, after its start and before its end.
    fn walk(&self, model: &[usize], chance: &mut Chance) -> Vec<usize> {
        let steps = self.steps();
        let step = self.seconds(self.act.from, self.act.to) / (steps.len() - 1) as f64;
        let wished = self.bars_wished() * self.grid.beat * self.grid.beats_per_bar as f64;
        let fewest = (self.lengths.shortest / step).ceil().max(1.0) as usize;
        let most = ((self.ceiling() / step).floor() as usize).max(fewest);
        let usual = ((wished / step).round() as usize).clamp(fewest, most);
        // A phrase is four or eight steps: cuts gather inside it, and one falls where it ends.
        let phrase = if usual > 4 { 8 } else { 4 };
        let mut cuts: Vec<usize> = Vec::new();
        let mut at = 0;
        let last = steps.len() - 1;
        // The refrain's cuts come first; the walk goes on where they end.
        for offset in model {
            let Ok(index) = steps.binary_search(&(self.act.from + offset)) else { continue };
            if index < last && self.fits(&cuts, steps[index]) {
                cuts.push(steps[index]);
                at = index;
            }
        }
        while at < last {
            let in_phrase = phrase - at % phrase;
            let accelerates = self.act.kind == SectionKind::PreChorus && last - at <= 2 * fewest.max(1);
            let length = if accelerates { fewest } else { self.length(usual, fewest, most, chance) };
            at += whole_in_phrase(length, in_phrase, usual, most).max(fewest.min(last - at));
            if at < last && self.fits(&cuts, steps[at]) {
                cuts.push(steps[at]);
            }
        }
        cuts
    }

    /// Mostly the usual length, at times shorter or longer: a steady rhythm of cuts is a metronome, not an edit.
    fn length(&self, usual: usize, fewest: usize, most: usize, chance: &mut Chance) -> usize {
        let short = (usual / 2).max(fewest);
        let long = (usual * 2).min(most);
        // The calmer, the likelier a long look; the louder, the likelier a quick one.
        let level = self.act.level;
        match chance.weighted([0.6, 0.15 + 0.2 * level, 0.3 - 0.25 * level].into_iter()) {
            1 => short,
            2 => long,
            _ => usual,
        }
    }

    /// Whether a cut here leaves room for a scene on both sides.
    fn fits(&self, cuts: &[usize], cut: usize) -> bool {
        let before = cuts.last().copied().unwrap_or(self.act.from);
        cut > before
            && self.seconds(before, cut) >= self.lengths.shortest
            && self.seconds(cut, self.act.to) >= self.lengths.shortest
    }

    /// One bar of fast cuts where the first phrase of the peak turns; returns its points.
    fn burst(&self, cuts: &mut Vec<usize>) -> Option<(usize, usize)> {
        let each = usize::from(self.cutting.burst_beats);
        let bars: Vec<usize> =
            (self.act.from..self.act.to).filter(|point| self.grid.is_downbeat(*point)).collect();
        let (from, to) = (*bars.get(3)?, *bars.get(4)?);
        let length = self.seconds(from, from + each.max(1));
        let room = self.seconds(self.act.from, from) >= self.lengths.shortest;
        if each == 0 || !self.grid.heard || !room || length < 0.6 || length >= self.lengths.shortest.max(1.2)
        {
            return None;
        }
        let inside: Vec<usize> = (from..to).step_by(each).filter(|cut| to - cut >= each).collect();
        // A sliver left beside the burst would read as a mistake.
        let neighbours = |cut: usize| {
            let clear = self.lengths.shortest.min(1.5);
            (cut < from && self.seconds(cut, from) < clear) || (cut > to && self.seconds(to, cut) < clear)
        };
        cuts.retain(|cut| !(from..=to).contains(cut) && !neighbours(*cut));
        let closes = (self.seconds(to, self.act.to) >= self.lengths.shortest).then_some(to);
        cuts.extend(inside.into_iter().chain(closes));
        cuts.sort_unstable();
        cuts.dedup();
        Some((from, to))
    }

    /// A scene longer than the longest clip becomes two or more, cut nearest to even parts, on a bar if one is near.
    fn split_long(&self, cuts: &mut Vec<usize>) {
        let bounds: Vec<usize> =
            [self.act.from].into_iter().chain(cuts.iter().copied()).chain([self.act.to]).collect();
        for span in bounds.windows(2) {
            let mut from = span[0];
            while self.seconds(from, span[1]) > self.lengths.longest {
                let parts = (self.seconds(from, span[1]) / self.lengths.longest).ceil();
                let ideal = self.grid.time(from) + self.seconds(from, span[1]) / parts;
                let distance = |point: usize| {
                    // A bar may be a beat further off than a plain beat and still be the better cut.
                    let penalty = if self.grid.is_downbeat(point) { 0.0 } else { self.grid.beat };
                    (self.grid.time(point) - ideal).abs() + penalty
                };
                let reach = self.lengths.longest;
                let near = (from + 1..span[1])
                    .filter(|point| self.seconds(from, *point) <= reach)
                    .min_by(|a, b| distance(*a).total_cmp(&distance(*b)));
                let Some(cut) = near else { break };
                cuts.push(cut);
                from = cut;
            }
        }
        cuts.sort_unstable();
    }
}

/// A length that leaves no scrap at the phrase's end: the rest is taken in, or shared evenly.
fn whole_in_phrase(length: usize, in_phrase: usize, usual: usize, most: usize) -> usize {
    let rest = in_phrase.saturating_sub(length);
    if rest == 0 {
        in_phrase
    } else if 2 * rest >= usual {
        length
    } else if in_phrase <= most {
        in_phrase
    } else {
        in_phrase.div_ceil(2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acts::{acts, edges};
    use crate::sample::song;
    use crate::template::builtin;

    const LENGTHS: Lengths = Lengths { shortest: 1.5, longest: 9.5, density: 1.0 };

    fn shots(density: f64) -> (Vec<Act>, Grid, Vec<Shot>) {
        let song = song();
        let grid = Grid::of(&song, &edges(&song));
        let acts = acts(&song, &grid, 1.0);
        let template = builtin("urban-night").unwrap();
        let shots = cut(&acts, &grid, &template.cutting, Lengths { density, ..LENGTHS }, 7);
        (acts, grid, shots)
    }

    #[test]
    fn shots_tile_the_acts_and_keep_their_lengths() {
        let (acts, grid, shots) = shots(1.0);
        assert_eq!(shots[0].from, 0);
        assert_eq!(shots[shots.len() - 1].to, grid.points.len());
        for pair in shots.windows(2) {
            assert_eq!(pair[0].to, pair[1].from);
        }
        for shot in &shots {
            let seconds = grid.time(shot.to) - grid.time(shot.from);
            assert!(seconds <= LENGTHS.longest + 1e-9, "{shot:?} lasts {seconds}");
            assert!(shot.burst || seconds >= LENGTHS.shortest - 1e-9, "{shot:?} lasts {seconds}");
            assert!(shot.from == 0 || shot.burst || grid.is_downbeat(shot.from), "{shot:?} is off the bar");
        }
        for act in &acts {
            assert!(shots.iter().any(|shot| shot.from == act.from));
        }
    }

    #[test]
    fn loud_sections_are_cut_faster_than_calm_ones() {
        let (acts, grid, shots) = shots(1.0);
        let mean = |kind| {
            let of_kind: Vec<_> = shots.iter().filter(|shot| acts[shot.act].kind == kind).collect();
            let total: f64 = of_kind.iter().map(|shot| grid.time(shot.to) - grid.time(shot.from)).sum();
            total / of_kind.len() as f64
        };
        assert!(mean(SectionKind::Chorus) * 1.3 < mean(SectionKind::Verse));
        assert!(shots.iter().filter(|shot| shot.burst).count() >= 2);
    }

    #[test]
    fn a_phrase_ends_without_a_scrap() {
        assert_eq!(whole_in_phrase(3, 4, 3, 3), 2);
        assert_eq!(whole_in_phrase(3, 4, 3, 4), 4);
        assert_eq!(whole_in_phrase(2, 4, 2, 4), 2);
        assert_eq!(whole_in_phrase(6, 4, 3, 6), 4);
        assert_eq!(whole_in_phrase(1, 2, 1, 2), 1);
    }

    #[test]
    fn density_makes_more_or_fewer_scenes() {
        let count = |density| shots(density).2.len();
        assert!(count(0.6) < count(1.0) && count(1.0) < count(1.8));
    }

    #[test]
    fn a_returning_chorus_is_cut_like_the_first() {
        let (acts, _, shots) = shots(1.0);
        let offsets = |act: usize| -> Vec<usize> {
            let of_act = shots.iter().filter(|shot| shot.act == act && !shot.burst);
            of_act.map(|shot| shot.from - acts[act].from).collect()
        };
        let choruses: Vec<usize> =
            (0..acts.len()).filter(|act| acts[*act].kind == SectionKind::Chorus).collect();
        assert_eq!(offsets(choruses[0]), offsets(choruses[1]));
    }
}
