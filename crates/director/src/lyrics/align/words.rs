//! Words inside a line: its syllables laid on onsets and on the beat's subdivisions by a dynamic programme.

use super::field::Field;

/// When a word is sung, and how sure that is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Timed {
    pub(super) start: f64,
    pub(super) end: f64,
    pub(super) confidence: f64,
}

/// Spread of a syllable's length around the line's mean, as a ratio's logarithm.
const LENGTH_SPREAD: f64 = 0.55;
/// What speaks for a place: an onset, the beat.
const ONSET: f64 = 1.6;
const GRID: f64 = 0.5;
/// The last syllable of a word is held a little longer.
const WORD_END: f64 = 1.15;
/// More syllables than this in a line are spread evenly: nobody sings them.
const MOST_SYLLABLES: usize = 120;

/// Times for words with so many syllables each, in order, inside `start` to `end`; the first begins at `start`.
pub(super) fn lay(field: &Field<'_>, start: f64, end: f64, syllables: &[usize]) -> Vec<Timed> {
    let counts: Vec<usize> = syllables.iter().map(|count| (*count).max(1)).collect();
    let total: usize = counts.iter().sum();
    if total == 0 {
        return vec![];
    }
    let pace = (end - start).max(1e-3) / (total as f64 + 0.5);
    let even = |index: usize| (start + index as f64 * pace, 0.0);
    let times: Vec<(f64, f64)> = if total > MOST_SYLLABLES || !field.song.voice.is_known() {
        (0..total).map(even).collect()
    } else {
        syllable_times(field, start, end, &counts, pace).unwrap_or_else(|| (0..total).map(even).collect())
    };
    let mut first = 0;
    let mut words = Vec::with_capacity(counts.len());
    for count in &counts {
        let after = first + count;
        let until = times.get(after).map_or(end, |next| next.0);
        words.push(Timed { start: times[first].0, end: until, confidence: times[first].1 });
        first = after;
    }
    words
}

/// Time and support (0–1) of each syllable.
fn syllable_times(
    field: &Field<'_>,
    start: f64,
    end: f64,
    counts: &[usize],
    pace: f64,
) -> Option<Vec<(f64, f64)>> {
    let total: usize = counts.iter().sum();
    let mut places = vec![(start, 0.5)];
    let found = field.starts(start + 0.06, end - 0.04, 4);
    places.extend(found.iter().map(|place| (place.time.0, place.strength)));
    // Even places too, so that there always are enough.
    for index in 1..total {
        let time = start + index as f64 * pace;
        if places.iter().all(|place| (place.0 - time).abs() > 0.02) {
            places.push((time, 0.0));
        }
    }
    places.sort_by(|a, b| a.0.total_cmp(&b.0));
    let ends_word: Vec<bool> =
        counts.iter().flat_map(|count| (1..=*count).map(move |index| index == *count)).collect();
    let worth: Vec<f64> =
        places.iter().map(|(time, strength)| ONSET * strength + GRID * field.on_grid(*time)).collect();
    let length = |syllable: usize, seconds: f64| {
        let wanted = if ends_word[syllable] { pace * WORD_END } else { pace };
        let stretch = libm::log(seconds.max(1e-3) / wanted) / LENGTH_SPREAD;
        -0.5 * stretch * stretch
    };
    let never = -1e9;
    let mut best = vec![vec![(2.0 * never, 0usize); places.len()]; total];
    best[0][0] = (0.0, 0);
    for syllable in 1..total {
        for at in syllable..places.len() {
            for from in syllable - 1..at {
                let before = best[syllable - 1][from].0;
                if before < never {
                    continue;
                }
                let value = before + worth[at] + length(syllable - 1, places[at].0 - places[from].0);
                if value > best[syllable][at].0 {
                    best[syllable][at] = (value, from);
                }
            }
        }
    }
    let finish = |at: usize| {
        // The last one lasts until the line's end, however long.
        let left = end - places[at].0;
        best[total - 1][at].0 + length(total - 1, left.min(pace * 1.5)).max(-8.0)
    };
    let mut at = (0..places.len()).max_by(|a, b| finish(*a).total_cmp(&finish(*b)))?;
    if best[total - 1][at].0 < never {
        return None;
    }
    let mut times = vec![(0.0, 0.0); total];
    for syllable in (0..total).rev() {
        times[syllable] = places[at];
        at = best[syllable][at].1;
    }
    Some(times)
}
