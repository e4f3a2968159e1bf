//! Where sections begin: the boundaries whose scores and section lengths are together most likely.

/// Longest section looked for, in strides.
const LONGEST: usize = 64;
/// Log-prior of a section of an odd length.
const UNEVEN: f32 = -3.2;
/// Log-prior of a section's length at either end of the song, where upbeats and endings make it irregular.
const END_LENGTH: f32 = -2.0;

/// Log-prior of a section's length in bars, `stride` of which are a step of the song's form.
fn length_prior(bars: usize, stride: usize) -> f32 {
    if bars.is_multiple_of(stride) {
        step_prior(bars / stride)
    } else {
        step_prior(bars / stride).min(UNEVEN)
    }
}

/// Songs are built in fours, eights and sixteens.
fn step_prior(bars: usize) -> f32 {
    let regular = match bars {
        8 => 0.0,
        16 => -0.2,
        4 | 12 => -0.8,
        _ if bars.is_multiple_of(8) => -1.0 - (bars as f32 - 16.0) / 16.0,
        _ if bars.is_multiple_of(4) => -1.0,
        _ if bars.is_multiple_of(2) => -2.2,
        _ => UNEVEN,
    };
    let short = match bars {
        0 | 1 => -2.5,
        2 | 3 => -1.5,
        _ => 0.0,
    };
    regular + short - (bars as f32 - 24.0).max(0.0) / 16.0
}

/// The bars at which sections begin (without the first), by dynamic programming over all segmentations.
///
/// `scores` are the log-odds of a section beginning at each bar, as many as there are bars and one more. The first
/// section has at least two bars and the last three, where the song has so many. `stride` is that of the bars.
pub fn section_starts(scores: &[f32], stride: usize) -> Vec<usize> {
    let count = scores.len().saturating_sub(1);
    let mut best = vec![f32::NEG_INFINITY; count + 1];
    let mut came_from = vec![0; count + 1];
    best[0] = 0.0;
    for end in 1..=count {
        for start in end.saturating_sub(LONGEST * stride)..end {
            let bars = end - start;
            let (first, last) = (start == 0, end == count);
            if !(first && last) && ((first && bars < 2) || (last && bars < 3)) {
                continue;
            }
            let prior = if first || last {
                let steps = bars as f32 / stride as f32;
                let irregular = END_LENGTH - (steps - 12.0).max(0.0) / 6.0;
                length_prior(bars, stride).max(length_prior(bars - 1, stride)).max(irregular)
            } else {
                length_prior(bars, stride)
            };
            let total = best[start] + prior + if last { 0.0 } else { scores[end] };
            if total > best[end] {
                best[end] = total;
                came_from[end] = start;
            }
        }
    }
    let mut starts = Vec::new();
    let mut at = came_from[count];
    while at > 0 {
        starts.push(at);
        at = came_from[at];
    }
    starts.reverse();
    starts
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn planted(count: usize, starts: &[usize]) -> Vec<f32> {
        let mut scores = vec![-2.0; count + 1];
        for start in starts {
            scores[*start] = 3.0;
        }
        scores
    }

    #[test]
    fn planted_boundaries_are_found() {
        for starts in [vec![4, 20, 28, 44], vec![8, 16, 24, 40], vec![5, 13, 21, 37]] {
            assert_eq!(section_starts(&planted(52, &starts), 1), starts);
        }
    }

    #[test]
    fn a_lone_weak_boundary_off_the_grid_is_passed_over() {
        let mut scores = planted(32, &[8, 16, 24]);
        scores[11] = 1.0;
        assert_eq!(section_starts(&scores, 1), [8, 16, 24]);
    }

    #[test]
    fn songs_of_few_bars_are_one_section() {
        for count in 0..5 {
            assert!(section_starts(&vec![-1.0; count + 1], 1).is_empty());
        }
        assert!(section_starts(&[], 2).is_empty());
    }

    proptest! {
        #[test]
        fn starts_ascend_within_the_song(scores in proptest::collection::vec(-5.0_f32..5.0, 1..120)) {
            let starts = section_starts(&scores, 1);
            prop_assert!(starts.windows(2).all(|pair| pair[0] < pair[1]));
            prop_assert!(starts.iter().all(|start| *start >= 2 && *start + 3 < scores.len()));
        }
    }
}
