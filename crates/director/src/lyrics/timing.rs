//! Timed lines of any source made into sound lyrics: sorted, inside the song, never overlapping.

use super::LyricsError;
use mv_core::lyrics::{LyricLine, LyricWord};
use mv_core::{Lyrics, Seconds};

/// A line as a file has it, in seconds.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct TimedLine {
    /// Line of the file, from 1.
    pub(super) number: usize,
    pub(super) start: f64,
    /// Where the source says so.
    pub(super) end: Option<f64>,
    pub(super) text: String,
    /// Pieces of the text with the time each begins at; spaces inside pieces are kept.
    pub(super) pieces: Vec<(f64, String)>,
}

/// A line without an end stays for as long as it takes to sing it: this many seconds and a share for each letter.
const STAYS: f64 = 2.5;
const STAYS_A_LETTER: f64 = 0.22;
const STAYS_AT_MOST: f64 = 9.0;
/// Lines that start closer than this are one line in two languages.
const TOGETHER: f64 = 0.05;

/// Orders and bounds the lines. A line without text only ends the one before it.
pub(super) fn settle(mut timed: Vec<TimedLine>, duration: Seconds) -> Result<Lyrics, LyricsError> {
    for line in &mut timed {
        line.text = clean(&line.text);
    }
    timed.sort_by(|a, b| a.start.total_cmp(&b.start));
    let mut lines: Vec<LyricLine> = Vec::with_capacity(timed.len());
    for (index, line) in timed.iter().enumerate() {
        if line.text.is_empty() {
            continue;
        }
        if line.start >= duration.0 {
            let (start, duration) = (line.start, duration.0);
            return Err(LyricsError::BeyondSong { line: line.number, start, duration });
        }
        let start = line.start.max(0.0);
        if let Some(before) = lines.last_mut().filter(|before| start - before.start.0 < TOGETHER) {
            before.text = format!("{} / {}", before.text, line.text);
            before.words.clear();
            continue;
        }
        let next = timed[index + 1..].iter().map(|next| next.start).find(|next| *next - start >= TOGETHER);
        let letters = line.text.chars().count() as f64;
        let stays = line.end.unwrap_or(start + (STAYS + STAYS_A_LETTER * letters).min(STAYS_AT_MOST));
        let end = stays.min(next.unwrap_or(duration.0)).min(duration.0);
        // A line that the shift of an offset pushed before the song is heard is not sung in it.
        if end - start < 0.01 {
            continue;
        }
        let words = words(line, start, end)?;
        let text = if words.is_empty() {
            line.text.clone()
        } else {
            words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
        };
        lines.push(LyricLine {
            start: Seconds(start),
            end: Seconds(end),
            text,
            words,
            ..LyricLine::default()
        });
    }
    Ok(Lyrics { lines })
}

/// Single spaces, no control characters.
pub(super) fn clean(text: &str) -> String {
    let visible: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    visible.split_whitespace().filter(|word| *word != "\u{feff}").collect::<Vec<_>>().join(" ")
}

/// Word times from timed pieces, which may be syllables or hold several words: letters are spread evenly in a piece.
fn words(line: &TimedLine, start: f64, end: f64) -> Result<Vec<LyricWord>, LyricsError> {
    if line.pieces.is_empty() {
        return Ok(vec![]);
    }
    // Every letter with its time; a space ends a word.
    let mut words: Vec<LyricWord> = Vec::new();
    let mut open = false;
    let mut latest = f64::NEG_INFINITY;
    for (index, (from, piece)) in line.pieces.iter().enumerate() {
        if *from < latest - 1e-6 {
            let word = clean(piece);
            return Err(LyricsError::WordOrder { line: line.number, word });
        }
        latest = *from;
        let until = line.pieces.get(index + 1).map_or(end, |next| next.0);
        let letters = piece.chars().count().max(1) as f64;
        for (place, letter) in piece.chars().enumerate() {
            let at = |place: usize| {
                let time = from + (until - from).max(0.0) * place as f64 / letters;
                Seconds(time.clamp(start, end))
            };
            if letter.is_whitespace() || letter.is_control() || letter == '\u{feff}' {
                open = false;
                continue;
            }
            if !open {
                words.push(LyricWord {
                    start: at(place),
                    end: at(place + 1),
                    text: String::new(),
                    ..LyricWord::default()
                });
                open = true;
            }
            if let Some(word) = words.last_mut() {
                word.text.push(letter);
                word.end = at(place + 1);
            }
        }
    }
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(start: f64, text: &str) -> TimedLine {
        TimedLine { number: 1, start, end: None, text: text.into(), pieces: vec![] }
    }

    #[test]
    fn lines_end_at_the_next_or_after_a_while() {
        let timed = vec![line(10.0, "b"), line(8.0, "a"), line(30.0, "c"), line(31.0, ""), line(50.0, "d")];
        let lyrics = settle(timed, Seconds(51.0)).unwrap();
        let spans: Vec<(f64, f64)> = lyrics.lines.iter().map(|l| (l.start.0, l.end.0)).collect();
        assert_eq!(spans, [(8.0, 10.0), (10.0, 12.72), (30.0, 31.0), (50.0, 51.0)]);
    }

    #[test]
    fn two_languages_share_a_line() {
        let lyrics = settle(vec![line(1.0, "안녕"), line(1.0, "hello")], Seconds(9.0)).unwrap();
        assert_eq!(lyrics.lines.len(), 1);
        assert_eq!(lyrics.lines[0].text, "안녕 / hello");
    }

    #[test]
    fn syllables_join_into_words_and_long_pieces_are_spread() {
        let mut sung = line(1.0, "여름 밤이 온다");
        sung.end = Some(4.0);
        sung.pieces = vec![(1.0, "여".into()), (1.5, "름 ".into()), (2.0, "밤이 온다".into())];
        let lyrics = settle(vec![sung], Seconds(9.0)).unwrap();
        let words = &lyrics.lines[0].words;
        let texts: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
        assert_eq!(texts, ["여름", "밤이", "온다"]);
        assert!((words[0].start.0 - 1.0).abs() < 1e-9 && (words[1].start.0 - 2.0).abs() < 1e-9);
        assert!((words[2].start.0 - 3.2).abs() < 1e-9 && (words[2].end.0 - 4.0).abs() < 1e-9);
    }

    #[test]
    fn lines_after_the_song_are_an_error() {
        assert!(matches!(settle(vec![line(9.0, "x")], Seconds(9.0)), Err(LyricsError::BeyondSong { .. })));
    }
}
