//! Key: profiles of what each key sounds like, voted on by overlapping stretches of the song.

use super::notes::{Chroma, NoteActivity};
use mv_core::Seconds;
use mv_core::analysis::{Key, KeySpan, Mode};

const KEYS: usize = 24;

/// How well each pitch class fits a major and a minor key, tonic first.
///
/// Krumhansl & Kessler (1982), from listeners, and Temperley (2007), from the Kostka–Payne corpus: the first is better
/// at finding the tonic of looped chords, the second at telling relative keys apart.
const PROFILES: [(f64, [[f64; 12]; 2]); 2] = [
    (
        1.0,
        [
            [6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88],
            [6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17],
        ],
    ),
    (
        0.75,
        [
            [0.748, 0.060, 0.488, 0.082, 0.670, 0.460, 0.096, 0.715, 0.104, 0.366, 0.057, 0.400],
            [0.712, 0.084, 0.474, 0.618, 0.049, 0.460, 0.105, 0.747, 0.404, 0.067, 0.133, 0.330],
        ],
    ),
];
/// The bass states the tonic; it counts this much beside the chords.
const BASS_WEIGHT: f64 = 0.8;
/// Seconds that a stretch of the song holds, and from one stretch to the next.
const STRETCH: f64 = 24.0;
const STEP: f64 = 4.0;
/// What a change of key must gain in fit over its stretches to be believed.
const CHANGE_COST: f64 = 1.2;
/// How much the song's main key is preferred in each stretch.
const MAIN_BONUS: f64 = 0.08;

/// The keys of a song.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyReading {
    /// The key that fits the song's stretches best on the whole.
    pub key: Key,
    /// Contiguous from 0 to the song's end.
    pub spans: Vec<KeySpan>,
    /// 0–1, from how far the main key is ahead of the next; 0 when nothing tonal sounds.
    pub confidence: f64,
}

/// Reads the keys from notes on a time grid in seconds (one more entry than rows).
pub fn read_key(notes: &NoteActivity, grid: &[f64], duration: f64) -> KeyReading {
    let votes = stretches(notes, grid, duration);
    let mut total = [0.0; KEYS];
    for vote in &votes {
        total.iter_mut().zip(vote).for_each(|(sum, fit)| *sum += fit / votes.len() as f64);
    }
    let main = best(&total);
    let second = (0..KEYS).filter(|key| *key != main).map(|key| total[key]).fold(f64::NEG_INFINITY, f64::max);
    let silent = total.iter().all(|fit| fit.abs() < 1e-9);
    let confidence = if silent { 0.0 } else { (0.5 + 2.0 * (total[main] - second)).clamp(0.0, 0.98) };
    let end = Seconds(duration);
    let mut spans: Vec<KeySpan> = Vec::new();
    for (index, key) in path(&votes, main).into_iter().enumerate() {
        let key = key_of(key);
        match spans.last_mut() {
            Some(last) if last.key == key => {}
            last => {
                // Between two stretches' centres the key changes half-way.
                let start = if index == 0 { 0.0 } else { (index as f64 * STEP).min(duration) };
                if let Some(last) = last {
                    last.end = Seconds(start);
                }
                spans.push(KeySpan { start: Seconds(start), end, key });
            }
        }
    }
    KeyReading { key: key_of(main), spans, confidence: (confidence * 1000.0).round() / 1000.0 }
}

fn key_of(index: usize) -> Key {
    Key::new((index % 12) as u8, if index < 12 { Mode::Major } else { Mode::Minor })
}

fn best(fits: &[f64; KEYS]) -> usize {
    (0..KEYS).max_by(|a, b| fits[*a].total_cmp(&fits[*b]).then(b.cmp(a))).unwrap_or(0)
}

/// The fit of every key in overlapping stretches centred `STEP` seconds apart, the first half a step after 0.
fn stretches(notes: &NoteActivity, grid: &[f64], duration: f64) -> Vec<[f64; KEYS]> {
    let treble: Vec<Chroma> = levelled(notes.rows.iter().map(NoteActivity::treble).collect());
    let bass: Vec<Chroma> = levelled(notes.rows.iter().map(NoteActivity::bass).collect());
    let count = (duration / STEP).ceil().max(1.0) as usize;
    (0..count)
        .map(|index| {
            let centre = (index as f64 + 0.5) * STEP;
            let mut chroma = [[0.0; 12]; 2];
            for (row, span) in grid.windows(2).enumerate() {
                let overlap = span[1].min(centre + STRETCH / 2.0) - span[0].max(centre - STRETCH / 2.0);
                if overlap > 0.0 {
                    for (sum, slot) in chroma.iter_mut().zip([&treble[row], &bass[row]]) {
                        sum.iter_mut()
                            .zip(slot)
                            .for_each(|(into, value)| *into += f64::from(*value) * overlap);
                    }
                }
            }
            let [chords, bass] = chroma.map(|chroma| {
                let sum: f64 = chroma.iter().sum();
                chroma.map(|value| value / (sum + 1e-9))
            });
            let mut mixed = [0.0; 12];
            for ((into, chord), low) in mixed.iter_mut().zip(chords).zip(bass) {
                *into = chord + BASS_WEIGHT * low;
            }
            fits(&mixed)
        })
        .collect()
}

/// Slots weigh about the same however loud they are, but for those that hardly sound.
fn levelled(mut rows: Vec<Chroma>) -> Vec<Chroma> {
    let loudest = rows.iter().map(|row| row.iter().sum::<f32>()).fold(0.0, f32::max);
    for row in &mut rows {
        let level = row.iter().sum::<f32>() + 0.2 * loudest + 1e-9;
        for value in row {
            *value /= level;
        }
    }
    rows
}

/// Correlation of a chroma with every key's profiles, weighted and summed; all 0 for a chroma without shape.
fn fits(chroma: &[f64; 12]) -> [f64; KEYS] {
    let mut fits = [0.0; KEYS];
    for (weight, modes) in &PROFILES {
        for (mode, profile) in modes.iter().enumerate() {
            for tonic in 0..12 {
                let turned: [f64; 12] = std::array::from_fn(|class| profile[(class + 12 - tonic) % 12]);
                // To a millionth, so that ties are ties on every machine.
                fits[mode * 12 + tonic] += (weight * correlation(chroma, &turned) * 1e6).round() / 1e6;
            }
        }
    }
    fits
}

fn correlation(a: &[f64; 12], b: &[f64; 12]) -> f64 {
    let (mean_a, mean_b) = (a.iter().sum::<f64>() / 12.0, b.iter().sum::<f64>() / 12.0);
    let (mut product, mut square_a, mut square_b) = (0.0, 0.0, 0.0);
    for (x, y) in a.iter().zip(b) {
        let (x, y) = (x - mean_a, y - mean_b);
        product += x * y;
        square_a += x * x;
        square_b += y * y;
    }
    if square_a <= 1e-12 { 0.0 } else { product / (square_a * square_b).sqrt() }
}

/// The keys along the stretches by Viterbi decoding: the best fits, less what the changes cost.
fn path(votes: &[[f64; KEYS]], main: usize) -> Vec<usize> {
    let mut totals = [0.0; KEYS];
    let mut came_from = Vec::with_capacity(votes.len());
    for vote in votes {
        let leader = best(&totals);
        let mut from = [0; KEYS];
        let mut next = [0.0; KEYS];
        for key in 0..KEYS {
            let changed = totals[leader] - CHANGE_COST;
            (from[key], next[key]) =
                if changed > totals[key] { (leader, changed) } else { (key, totals[key]) };
            next[key] += vote[key] + if key == main { MAIN_BONUS } else { 0.0 };
        }
        totals = next;
        came_from.push(from);
    }
    let mut key = best(&totals);
    let mut keys: Vec<usize> = Vec::with_capacity(votes.len());
    for from in came_from.iter().rev() {
        keys.push(key);
        key = from[key];
    }
    keys.reverse();
    keys
}

#[cfg(test)]
mod tests {
    use super::super::notes::NOTES;
    use super::*;

    /// Two seconds a chord: its root in the bass, its three notes above.
    fn play(chords: &[[usize; 3]]) -> (NoteActivity, Vec<f64>) {
        let rows = chords
            .iter()
            .map(|chord| {
                let mut row = [0.0; NOTES];
                row[12 + chord[0] % 12] = 1.0;
                for note in chord {
                    row[36 + note % 12] = 1.0;
                }
                row
            })
            .collect();
        (NoteActivity { rows }, (0..=chords.len()).map(|index| 2.0 * index as f64).collect())
    }

    fn triad(root: usize, third: usize) -> [usize; 3] {
        [root, root + third, root + 7]
    }

    fn cadence(tonic: usize, mode: Mode) -> Vec<[usize; 3]> {
        match mode {
            Mode::Major => vec![triad(tonic, 4), triad(tonic + 5, 4), triad(tonic + 7, 4), triad(tonic, 4)],
            Mode::Minor => vec![triad(tonic, 3), triad(tonic + 5, 3), triad(tonic + 7, 4), triad(tonic, 3)],
        }
    }

    #[test]
    fn every_key_is_heard_in_its_cadence() {
        for mode in [Mode::Major, Mode::Minor] {
            for tonic in 0..12 {
                let (notes, grid) = play(&cadence(tonic, mode).repeat(6));
                let reading = read_key(&notes, &grid, 48.0);
                assert_eq!(reading.key, Key::new(tonic as u8, mode));
                assert_eq!(reading.spans.len(), 1);
                assert!(reading.confidence > 0.6, "{} at {}", reading.confidence, reading.key);
            }
        }
    }

    #[test]
    fn a_modulation_makes_two_contiguous_spans() {
        let chords = [cadence(0, Mode::Major).repeat(12), cadence(2, Mode::Major).repeat(8)].concat();
        let (notes, grid) = play(&chords);
        let reading = read_key(&notes, &grid, 160.0);
        assert_eq!(reading.key.to_string(), "C Major");
        let keys: Vec<String> = reading.spans.iter().map(|span| span.key.to_string()).collect();
        assert_eq!(keys, ["C Major", "D Major"]);
        assert!((reading.spans[0].end.0 - 96.0).abs() <= 6.0, "{}", reading.spans[0].end);
        assert_eq!(reading.spans[0].end, reading.spans[1].start);
        assert_eq!(reading.spans[1].end, Seconds(160.0));
    }

    #[test]
    fn silence_has_no_confidence() {
        let reading =
            read_key(&NoteActivity { rows: vec![[0.0; NOTES]; 4] }, &[0.0, 1.0, 2.0, 3.0, 4.0], 4.0);
        assert!(reading.confidence.abs() < 1e-9);
        assert_eq!(reading.spans.len(), 1);
        let nothing = read_key(&NoteActivity { rows: Vec::new() }, &[], 0.0);
        assert_eq!(nothing.spans.len(), 1);
    }
}
