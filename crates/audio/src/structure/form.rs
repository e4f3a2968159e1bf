//! Second thoughts about the segments once it is known which repeat: intros and outros made of the song's own
//! material are cut off, and halves that only ever come together are joined.

use super::labels::Segment;
use std::ops::Range;

/// Longest intro or outro, in bars, that is cut off a longer segment.
const LONGEST_END: usize = 8;
/// Longest whole, in bars, that two halves are joined into.
const LONGEST_WHOLE: usize = 8;
/// An outro cut off a segment has at most this share of the energy of what comes before it.
const OUTRO_ENERGY: f64 = 0.85;

/// Revises `segments`; `starts` are the bars at which the segmentation saw sections begin, `energy` reads the mean
/// energy of bars.
pub fn revised(
    mut segments: Vec<Segment>,
    starts: &[usize],
    energy: impl Fn(&Range<usize>) -> f64,
) -> Vec<Segment> {
    join_halves(&mut segments);
    split_intro(&mut segments, starts);
    split_outro(&mut segments, energy);
    segments
}

/// Joins two repeated groups that always stand side by side, are short and lead to one and the same section: the halves
/// of a build or a pre-chorus.
fn join_halves(segments: &mut Vec<Segment>) {
    let halves = (0..segments.len().saturating_sub(1)).find_map(|index| {
        let (left, right) = (&segments[index], &segments[index + 1]);
        let (a, b) = (left.group, right.group);
        let times = segments.iter().filter(|segment| segment.group == a).count();
        let pairs = segments.windows(2).filter(|pair| pair[0].group == a && pair[1].group == b).count();
        let partners = segments.iter().filter(|segment| segment.group == b).count();
        let mut goals = segments.windows(3).filter(|three| three[0].group == a).map(|three| three[2].group);
        let goal = goals.next();
        let leads =
            goal.is_some() && goals.clone().count() + 1 == times && goals.all(|group| Some(group) == goal);
        let short = left.bars.len() + right.bars.len() <= LONGEST_WHOLE;
        (a != b && short && leads && pairs >= 2 && pairs == times && pairs == partners).then_some((a, b))
    });
    let Some((a, b)) = halves else { return };
    let mut index = 0;
    while index + 1 < segments.len() {
        if segments[index].group == a && segments[index + 1].group == b {
            segments[index].bars.end = segments[index + 1].bars.end;
            segments.remove(index + 1);
        }
        index += 1;
    }
}

/// Cuts the intro off a first segment that is longer than its repetitions, or that has a boundary early on.
fn split_intro(segments: &mut Vec<Segment>, starts: &[usize]) {
    let Some(first) = segments.first().cloned() else { return };
    let length = first.bars.len();
    let excess = |segment: &Segment| {
        length.checked_sub(segment.bars.len()).filter(|bars| (2..=LONGEST_END).contains(bars))
    };
    let by_repetition = segments[1..].iter().filter(|segment| segment.group == first.group).find_map(excess);
    let by_boundary =
        starts.iter().copied().find(|start| *start <= LONGEST_END && *start + 4 <= first.bars.end);
    if let Some(bars) = by_repetition.or(by_boundary).filter(|bars| *bars < length) {
        segments[0].bars.end = bars;
        segments.insert(1, Segment { bars: bars..first.bars.end, ..first });
    }
}

/// Cuts the outro off a last segment that is longer than its repetitions and dies away.
fn split_outro(segments: &mut Vec<Segment>, energy: impl Fn(&Range<usize>) -> f64) {
    let Some((last, others)) = segments.split_last() else { return };
    let cut = others.iter().rev().filter(|segment| segment.group == last.group).find_map(|segment| {
        let start = last.bars.start + segment.bars.len();
        let tail = start..last.bars.end;
        let fits = start < last.bars.end && (2..=2 * LONGEST_END).contains(&tail.len());
        (fits && energy(&tail) < OUTRO_ENERGY * energy(&(last.bars.start..start))).then_some(start)
    });
    if let Some(start) = cut {
        let end = last.bars.end;
        let group = segments.iter().map(|segment| segment.group).max().unwrap_or(0) + 1;
        if let Some(last) = segments.last_mut() {
            last.bars.end = start;
        }
        segments.push(Segment { bars: start..end, group, raised: 0 });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segments(runs: &[(usize, usize)]) -> Vec<Segment> {
        let mut at = 0;
        runs.iter()
            .map(|(group, bars)| {
                at += bars;
                Segment { bars: at - bars..at, group: *group, raised: 0 }
            })
            .collect()
    }

    fn shape(segments: &[Segment]) -> Vec<(usize, usize)> {
        segments.iter().map(|segment| (segment.group, segment.bars.len())).collect()
    }

    #[test]
    fn an_intro_on_the_verses_chords_is_cut_off() {
        let song = segments(&[(0, 12), (1, 8), (0, 8), (1, 8)]);
        assert_eq!(shape(&revised(song, &[12, 20, 28], |_| 0.5)), [(0, 4), (0, 8), (1, 8), (0, 8), (1, 8)]);
        let song = segments(&[(0, 16), (1, 8)]);
        assert_eq!(shape(&revised(song, &[4, 16], |_| 0.5)), [(0, 4), (0, 12), (1, 8)]);
    }

    #[test]
    fn an_outro_is_cut_off_only_where_it_dies_away() {
        let song = || segments(&[(0, 4), (1, 8), (2, 8), (1, 8), (2, 16)]);
        let fading = |bars: &Range<usize>| if bars.start >= 36 { 0.2 } else { 0.5 };
        assert_eq!(shape(&revised(song(), &[], fading))[4..], [(2, 8), (3, 8)]);
        assert_eq!(shape(&revised(song(), &[], |_| 0.5))[4..], [(2, 16)]);
    }

    #[test]
    fn halves_that_only_come_together_are_joined() {
        let song = segments(&[(0, 8), (1, 4), (2, 4), (3, 16), (1, 4), (2, 4), (3, 16)]);
        assert_eq!(shape(&revised(song, &[], |_| 0.5)), [(0, 8), (1, 8), (3, 16), (1, 8), (3, 16)]);
        let apart = segments(&[(0, 8), (1, 4), (2, 4), (3, 16), (2, 4), (1, 4), (3, 16)]);
        assert_eq!(revised(apart.clone(), &[], |_| 0.5), apart);
        let alternating = segments(&[(0, 4), (1, 4), (2, 4), (1, 4), (2, 4), (3, 4)]);
        assert_eq!(revised(alternating.clone(), &[], |_| 0.5), alternating);
        assert!(revised(Vec::new(), &[], |_| 0.5).is_empty());
    }
}
