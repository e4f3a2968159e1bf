//! Which sections are repetitions of one another.

use super::similarity::{Matrix, Similarity};
use std::ops::Range;

/// A run of bars that belongs together; sections with the same `group` repeat one another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    pub bars: Range<usize>,
    /// Numbered in order of first appearance.
    pub group: usize,
    /// Semitones (−3 to 3) that the segment stands above its group's first one.
    pub raised: i8,
}

/// Groups the segments of `bars` bars that begin at `starts`, and joins neighbours that say the same at the same
/// pitch.
pub fn grouped(similarity: &Similarity, bars: usize, starts: &[usize]) -> Vec<Segment> {
    let mut edges = vec![0];
    edges.extend(starts);
    edges.push(bars);
    let runs: Vec<Range<usize>> =
        edges.windows(2).map(|edge| edge[0]..edge[1]).filter(|run| !run.is_empty()).collect();
    let mut odds = vec![vec![0.0; runs.len()]; runs.len()];
    let mut shifts = vec![vec![0; runs.len()]; runs.len()];
    for a in 0..runs.len() {
        for b in a + 1..runs.len() {
            let (value, shift) = likeness(similarity, &runs[a], &runs[b]);
            (odds[a][b], odds[b][a]) = (value, value);
            (shifts[a][b], shifts[b][a]) = (shift, -shift);
        }
    }
    let groups = cluster(&odds);
    let mut segments: Vec<Segment> = Vec::new();
    for (index, run) in runs.iter().enumerate() {
        let first = groups.iter().position(|group| *group == groups[index]).unwrap_or(index);
        let raised = if first == index { 0 } else { shifts[first][index] };
        match segments.last_mut() {
            Some(last) if last.group == groups[index] && last.raised == raised => last.bars.end = run.end,
            _ => segments.push(Segment { bars: run.clone(), group: groups[index], raised }),
        }
    }
    segments
}

/// Log-odds that two runs of bars are the same section, and how many semitones the second stands above the first.
fn likeness(similarity: &Similarity, a: &Range<usize>, b: &Range<usize>) -> (f32, i8) {
    let melody = best_diagonal(a, b, |x, y| similarity.melody.at(x, y));
    let harmony = best_diagonal(a, b, |x, y| similarity.harmony.at(x, y));
    let mut best = (harmony, 0);
    for shift in [-3_i8, -2, -1, 1, 2, 3] {
        let turn = usize::from(shift.rem_euclid(12).unsigned_abs());
        let moved = best_diagonal(a, b, |x, y| similarity.transposed(x, y, turn));
        // A clear gain only: major and minor thirds apart share most of their chords.
        if moved > best.0 && moved > harmony + 0.25 {
            best = (moved, shift);
        }
    }
    // Moved up or down, a melody is no longer the same notes: its harmony vouches for it.
    let melody = if best.1 == 0 { melody } else { melody.max(best.0) };
    let timbre = mean(&similarity.timbre, a, b);
    let timbre_gap = timbre - 0.5 * (spread(&similarity.timbre, a) + spread(&similarity.timbre, b));
    let rhythm_gap = mean(&similarity.rhythm, a, b)
        - 0.5 * (spread(&similarity.rhythm, a) + spread(&similarity.rhythm, b));
    let stretch = libm::log2f(a.len() as f32 / b.len() as f32).abs();
    // Weights found by hand, guided by a logistic regression that left each song out in turn.
    let odds = 2.5 * melody + 1.2 * harmony + 1.2 * best.0
        - 2.4 * timbre_gap
        - 2.4 * rhythm_gap
        - 1.5 * timbre
        - 0.5 * stretch
        - 1.4;
    (odds, best.1)
}

/// The best mean likeness of the two runs laid side by side, overlapping by at least three quarters of the shorter.
fn best_diagonal(a: &Range<usize>, b: &Range<usize>, like: impl Fn(usize, usize) -> f32) -> f32 {
    let needed = (a.len().min(b.len()) * 3).div_ceil(4).max(1) as isize;
    let (long, wide) = (a.len() as isize, b.len() as isize);
    let mut best = f32::NEG_INFINITY;
    for offset in 1 - long..wide {
        let from = (-offset).max(0);
        let overlap = (wide - offset).min(long) - from;
        if overlap < needed {
            continue;
        }
        let sum: f32 = (from..from + overlap)
            .map(|step| like(a.start + step as usize, b.start.saturating_add_signed(step + offset)))
            .sum();
        // Phrases are even: an odd shift needs to be better to win.
        let odd = if offset % 2 == 0 { 0.0 } else { 0.03 };
        best = best.max(sum / overlap as f32 - odd);
    }
    best
}

fn mean(distance: &Matrix, a: &Range<usize>, b: &Range<usize>) -> f32 {
    let sum: f32 = a.clone().flat_map(|x| b.clone().map(move |y| distance.at(x, y))).sum();
    sum / (a.len() * b.len()) as f32
}

/// Mean distance of the bars of one run from each other; a half, which is usual, for a single bar.
fn spread(distance: &Matrix, run: &Range<usize>) -> f32 {
    let pairs = run.len() * (run.len() - 1);
    if pairs == 0 {
        return 0.5;
    }
    run.clone().flat_map(|x| run.clone().map(move |y| distance.at(x, y))).sum::<f32>() / pairs as f32
}

/// Average-linkage clustering while the best merge is more likely right than wrong; groups are numbered by first
/// appearance.
fn cluster(odds: &[Vec<f32>]) -> Vec<usize> {
    let mut groups: Vec<Vec<usize>> = (0..odds.len()).map(|index| vec![index]).collect();
    loop {
        let mut best = (0.0, None);
        for a in 0..groups.len() {
            for b in a + 1..groups.len() {
                let sum: f32 = groups[a].iter().flat_map(|x| groups[b].iter().map(|y| odds[*x][*y])).sum();
                let value = sum / (groups[a].len() * groups[b].len()) as f32;
                if value > best.0 {
                    best = (value, Some((a, b)));
                }
            }
        }
        let Some((a, b)) = best.1 else { break };
        let joined = groups.remove(b);
        groups[a].extend(joined);
    }
    groups.sort_by_key(|members| members.iter().copied().min());
    let mut labels = vec![0; odds.len()];
    for (group, members) in groups.iter().enumerate() {
        for member in members {
            labels[*member] = group;
        }
    }
    labels
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clusters_follow_the_odds() {
        let like = |a: usize, b: usize| if a % 3 == b % 3 { 2.0 } else { -2.0 };
        let odds: Vec<Vec<f32>> = (0..7).map(|a| (0..7).map(|b| like(a, b)).collect()).collect();
        assert_eq!(cluster(&odds), [0, 1, 2, 0, 1, 2, 0]);
        assert!(cluster(&[]).is_empty());
    }

    #[test]
    fn the_best_diagonal_finds_a_shifted_copy() {
        let like = |x: usize, y: usize| if y == x + 9 { 1.0 } else { 0.0 };
        assert!((best_diagonal(&(0..8), &(8..16), like) - 0.97).abs() < 1e-6);
        assert!((best_diagonal(&(0..8), &(9..17), like) - 1.0).abs() < 1e-6);
        assert!(best_diagonal(&(0..8), &(20..24), like) < 0.1);
    }
}
