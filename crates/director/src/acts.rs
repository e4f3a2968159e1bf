//! The song's sections as acts of the film: snapped to the grid, numbered, weighed against one another.

use crate::grid::Grid;
use mv_core::vocabulary::SectionKind;
use mv_core::{Seconds, SongAnalysis};

/// One section, as the director sees it.
#[derive(Clone, Debug)]
pub(crate) struct Act {
    pub(crate) kind: SectionKind,
    /// Which occurrence of its kind, from 1.
    pub(crate) number: u32,
    /// Points of the grid: from its first to the first of the next act.
    pub(crate) from: usize,
    pub(crate) to: usize,
    /// 0 (the calmest the song gets) to 1 (its peak).
    pub(crate) level: f64,
    /// `level` minus that of the act before; 0 for the first.
    pub(crate) rise: f64,
    /// The first act of the same kind, when there is one before: a return.
    pub(crate) first: Option<usize>,
    /// The loudest return of the chorus, or the loudest act of a song without one.
    pub(crate) peak: bool,
}

/// The sections' boundaries, in seconds, sorted, without those that leave no room for a section.
pub(crate) fn edges(analysis: &SongAnalysis) -> Vec<f64> {
    let duration = analysis.duration.0;
    let mut edges: Vec<f64> = analysis.sections.iter().map(|section| section.start.0).collect();
    edges.retain(|edge| edge.is_finite() && *edge > 0.0 && *edge < duration);
    edges.sort_by(f64::total_cmp);
    edges.dedup_by(|later, earlier| *later - *earlier < 1.0);
    edges.retain(|edge| *edge >= 1.0 && *edge <= duration - 1.0);
    edges
}

/// The acts of a song, in order, tiling the grid. A song without sections is one verse.
pub(crate) fn acts(analysis: &SongAnalysis, grid: &Grid, shortest: f64) -> Vec<Act> {
    let mut starts = vec![0];
    for edge in edges(analysis) {
        let point = grid.snap(edge);
        let before = starts[starts.len() - 1];
        let room_before = grid.time(point) - grid.time(before);
        let room_after = grid.duration - grid.time(point);
        if point > before && room_before >= shortest && room_after >= shortest {
            starts.push(point);
        }
    }
    let ends = starts.iter().skip(1).copied().chain([grid.points.len()]);
    let spans: Vec<(usize, usize)> = starts.iter().copied().zip(ends).collect();
    let levels = levels(analysis, grid, &spans);
    let mut acts: Vec<Act> = Vec::with_capacity(spans.len());
    for (index, (from, to)) in spans.into_iter().enumerate() {
        let kind = kind_between(analysis, grid.seconds(from), grid.seconds(to));
        let number = 1 + acts.iter().filter(|act| act.kind == kind).count() as u32;
        let first = acts.iter().position(|act| act.kind == kind);
        let rise = if index == 0 { 0.0 } else { levels[index] - levels[index - 1] };
        acts.push(Act { kind, number, from, to, level: levels[index], rise, first, peak: false });
    }
    if let Some(peak) = peak(&acts) {
        acts[peak].peak = true;
    }
    acts
}

/// The kind of section that fills most of a span.
fn kind_between(analysis: &SongAnalysis, start: Seconds, end: Seconds) -> SectionKind {
    let shared =
        |section: &mv_core::analysis::Section| section.end.0.min(end.0) - section.start.0.max(start.0);
    let longest = analysis.sections.iter().max_by(|a, b| shared(a).total_cmp(&shared(b)));
    longest.map_or(SectionKind::Verse, |section| section.kind)
}

/// How loud each act is within this song: half by its own level, half by its place between the calmest and loudest,
/// so that a song that is loud throughout still has a shape.
fn levels(analysis: &SongAnalysis, grid: &Grid, spans: &[(usize, usize)]) -> Vec<f64> {
    let energy = |span: &(usize, usize)| {
        let (start, end) = (grid.seconds(span.0), grid.seconds(span.1));
        let heard = if analysis.energy_curve.values.is_empty() {
            analysis.energy
        } else {
            analysis.energy_curve.mean(start, end)
        };
        if heard.is_finite() { heard.clamp(0.0, 1.0) } else { 0.5 }
    };
    let energies: Vec<f64> = spans.iter().map(energy).collect();
    let low = energies.iter().copied().fold(1.0, f64::min);
    let high = energies.iter().copied().fold(0.0, f64::max);
    let spread = high - low;
    let relative = |energy: f64| if spread < 0.02 { 0.5 } else { (energy - low) / spread };
    energies
        .iter()
        .zip(spans)
        .map(|(energy, span)| {
            let kind = kind_between(analysis, grid.seconds(span.0), grid.seconds(span.1));
            // What a section is for counts as well: a chorus is sung out even when it is mixed quietly.
            let lean = match kind {
                SectionKind::Chorus => 0.12,
                SectionKind::Solo => 0.06,
                SectionKind::PreChorus | SectionKind::Verse => 0.0,
                SectionKind::Bridge => -0.06,
                SectionKind::Intro | SectionKind::Outro => -0.1,
            };
            (0.35 * energy + 0.65 * relative(*energy) + lean).clamp(0.0, 1.0)
        })
        .collect()
}

fn peak(acts: &[Act]) -> Option<usize> {
    let has_chorus = acts.iter().any(|act| act.kind == SectionKind::Chorus);
    let candidates =
        acts.iter().enumerate().filter(|(_, act)| !has_chorus || act.kind == SectionKind::Chorus);
    // `max_by` keeps the last of equals: the final chorus.
    candidates.max_by(|a, b| a.1.level.total_cmp(&b.1.level)).map(|(index, _)| index)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{analysis, song};

    #[test]
    fn sections_become_acts_on_downbeats() {
        let song = song();
        let grid = Grid::of(&song, &edges(&song));
        let acts = acts(&song, &grid, 1.0);
        assert_eq!(acts.len(), song.sections.len());
        for (act, section) in acts.iter().zip(&song.sections) {
            assert_eq!(act.kind, section.kind);
            assert!((grid.time(act.from) - section.start.0).abs() < 1e-6);
        }
        let choruses: Vec<_> = acts.iter().filter(|act| act.kind == SectionKind::Chorus).collect();
        assert_eq!(choruses.iter().map(|act| act.number).collect::<Vec<_>>(), [1, 2, 3]);
        assert!(choruses[2].peak && choruses[1].first.is_some());
        let verse = acts.iter().find(|act| act.kind == SectionKind::Verse).unwrap();
        assert!(choruses[0].level > verse.level + 0.2);
    }

    #[test]
    fn a_song_without_sections_is_one_act() {
        let mut song = analysis(100.0, 12);
        song.sections.clear();
        let grid = Grid::of(&song, &edges(&song));
        assert_eq!(acts(&song, &grid, 1.0).len(), 1);
    }
}
