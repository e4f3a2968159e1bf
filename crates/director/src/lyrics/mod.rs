//! Lyrics from a person's file: LRC, SRT or plain text, in any of the encodings Korean files come in.

mod align;
mod decode;
mod heard;
mod lrc;
mod plain;
mod srt;
mod syllables;
mod timing;

pub use align::align;
pub use decode::decode;
pub use heard::{align_to_transcript, from_transcript, listened};
pub use syllables::{has_kana, syllables};

use mv_core::{Lyrics, SongAnalysis};
use std::path::Path;

/// What is kept of a lyric file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LyricFile {
    pub lyrics: Lyrics,
    /// From an LRC's `[ti:]` and `[ar:]` tags.
    pub title: Option<String>,
    pub artist: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LyricFormat {
    Lrc,
    Srt,
    /// Untimed: laid over the song by how it is sung.
    Plain,
}

/// Most bytes, lines and letters a line that a lyric file may have.
pub const LARGEST_FILE: u64 = 1 << 20;
const MOST_LINES: usize = 4000;
const LONGEST_LINE: usize = 500;
/// How sure lines are that were laid over the form of a song in which no voice was listened for.
const GUESSED: f64 = 0.1;

/// Why a lyric file cannot be used. Lines are counted from 1.
#[derive(Debug, thiserror::Error)]
pub enum LyricsError {
    #[error("lyrics `{file}` cannot be read: {source}")]
    Read { file: String, source: std::io::Error },
    #[error("the lyric file has `{0}` bytes: the most is {LARGEST_FILE}")]
    TooLarge(u64),
    #[error("the lyric file is in no known encoding: save it as UTF-8 (UTF-16 and EUC-KR are read, too)")]
    Encoding,
    #[error("the lyric file has no line of text")]
    Empty,
    #[error("the lyric file has over {MOST_LINES} lines")]
    TooManyLines,
    #[error("lyric file, line {line}: over {LONGEST_LINE} letters in one line")]
    LongLine { line: usize },
    #[error("lyric file, line {line}: `{text}` is not a time: write it like `{like}`")]
    Time { line: usize, text: String, like: &'static str },
    #[error("lyric file, line {line}: `{text}` has no time before it: write it like `[01:23.45]text`")]
    Untimed { line: usize, text: String },
    #[error("lyric file, line {line}: it ends before it starts")]
    Backwards { line: usize },
    #[error("lyric file, line {line}: the word `{word}` starts before the one in front of it")]
    WordOrder { line: usize, word: String },
    #[error(
        "lyric file, line {line}: it starts at `{start:.2}` seconds, the song ends at {duration:.2}: \
         is it the lyrics of this recording? (an LRC can be shifted with `[offset:±milliseconds]`)"
    )]
    BeyondSong { line: usize, start: f64, duration: f64 },
}

impl LyricFormat {
    /// By the name's suffix, and by a look inside where that says nothing.
    pub fn of(name: &str, text: &str) -> Self {
        let suffix = name.rsplit_once('.').map(|(_, suffix)| suffix.to_ascii_lowercase());
        match suffix.as_deref() {
            Some("lrc") => Self::Lrc,
            Some("srt") => Self::Srt,
            _ if text.lines().any(|line| line.contains(" --> ")) => Self::Srt,
            _ if text.lines().any(lrc::is_timed) => Self::Lrc,
            _ => Self::Plain,
        }
    }
}

/// Reads lyrics for a song; `name` is the file's name, for its suffix.
pub fn parse(bytes: &[u8], name: &str, song: &SongAnalysis) -> Result<LyricFile, LyricsError> {
    let text = decode(bytes)?;
    if text.lines().count() > MOST_LINES {
        return Err(LyricsError::TooManyLines);
    }
    if let Some(line) = text.lines().position(|line| line.chars().count() > LONGEST_LINE) {
        return Err(LyricsError::LongLine { line: line + 1 });
    }
    let mut file = LyricFile::default();
    file.lyrics = match LyricFormat::of(name, &text) {
        LyricFormat::Lrc => {
            let parsed = lrc::parse(&text)?;
            (file.title, file.artist) = (parsed.title, parsed.artist);
            align(&timing::settle(parsed.lines, song.duration)?, song)
        }
        LyricFormat::Srt => align(&timing::settle(srt::parse(&text)?, song.duration)?, song),
        LyricFormat::Plain if song.voice.is_known() => align::align_text(&plain::supplied(&text), song),
        LyricFormat::Plain => unsure(timing::settle(plain::lay_out(&text, song), song.duration)?),
    };
    if file.lyrics.lines.is_empty() {
        return Err(LyricsError::Empty);
    }
    Ok(file)
}

/// Marks lines whose times are a guess from the song's form alone, so that they can be laid anew.
fn unsure(mut lyrics: Lyrics) -> Lyrics {
    for line in &mut lyrics.lines {
        line.confidence = Some(GUESSED);
    }
    lyrics
}

/// Reads a lyric file from disk.
pub fn load(path: &Path, song: &SongAnalysis) -> Result<LyricFile, LyricsError> {
    let file = path.display().to_string();
    let read = |source| LyricsError::Read { file: file.clone(), source };
    let size = std::fs::metadata(path).map_err(read)?.len();
    if size > LARGEST_FILE {
        return Err(LyricsError::TooLarge(size));
    }
    parse(&std::fs::read(path).map_err(read)?, &file, song)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{analysis, song};
    use mv_core::analysis::{Curve, VoiceOnset};
    use proptest::prelude::*;

    #[test]
    fn the_format_is_told_by_suffix_or_by_content() {
        assert_eq!(LyricFormat::of("a.LRC", ""), LyricFormat::Lrc);
        assert_eq!(LyricFormat::of("a", "1\n00:00:01,000 --> 00:00:02,000\nx"), LyricFormat::Srt);
        assert_eq!(LyricFormat::of("a.txt", "[00:01.00]x"), LyricFormat::Lrc);
        assert_eq!(LyricFormat::of("a.txt", "[Chorus]\nx"), LyricFormat::Plain);
    }

    #[test]
    fn the_sample_songs_lyrics_are_read_word_by_word() {
        let bytes = include_bytes!("../../../../samples/song.lrc");
        let file = parse(bytes, "song.lrc", &song()).unwrap();
        assert_eq!(file.title.as_deref(), Some("여름밤의 주파수"));
        assert_eq!(file.lyrics.lines.len(), 20);
        assert!(file.lyrics.lines.iter().all(|line| line.words.len() == line.text.split(' ').count()));
    }

    #[test]
    fn limits_are_kept() {
        let song = song();
        assert!(matches!(parse(b"  \n\n", "a.txt", &song), Err(LyricsError::Empty)));
        let long = "a".repeat(LONGEST_LINE + 1);
        assert!(matches!(parse(long.as_bytes(), "a.txt", &song), Err(LyricsError::LongLine { line: 1 })));
        let many = "a\n".repeat(MOST_LINES + 1);
        assert!(matches!(parse(many.as_bytes(), "a.txt", &song), Err(LyricsError::TooManyLines)));
        let large = vec![b'a'; LARGEST_FILE as usize + 1];
        assert!(matches!(parse(&large, "a.txt", &song), Err(LyricsError::TooLarge(_))));
    }

    fn fragments() -> impl Strategy<Value = String> {
        let piece = prop::sample::select(vec![
            "[00:01.00]",
            "[99:99.99]",
            "[1:2]",
            "<00:02.50>",
            "<",
            "[",
            "]",
            ":",
            "[offset:500]",
            "[ti:x]",
            "[Chorus]",
            "00:00:01,000 --> 00:00:04,000",
            " --> ",
            "1",
            "\n",
            "\n\n",
            "가나다",
            "word ",
            "\u{feff}",
            "\u{0}",
            "[Verse 1]",
        ]);
        prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn whatever_is_read_is_in_order(
            text in fragments(),
            name in prop::sample::select(vec!["a.lrc", "a.srt", "a.txt"]),
        ) {
            let song = song();
            if let Ok(file) = parse(text.as_bytes(), name, &song) {
                let mut at = 0.0;
                for line in &file.lyrics.lines {
                    prop_assert!(line.start.0 >= at && line.end.0 > line.start.0);
                    prop_assert!(line.end.0 <= song.duration.0 && !line.text.trim().is_empty());
                    at = line.end.0;
                    let mut word_at = line.start.0;
                    for word in &line.words {
                        prop_assert!(word.start.0 >= word_at && word.end.0 >= word.start.0);
                        word_at = word.end.0;
                    }
                    prop_assert!(word_at <= line.end.0);
                    if !line.words.is_empty() {
                        let words: Vec<&str> = line.words.iter().map(|word| word.text.as_str()).collect();
                        prop_assert_eq!(&words.join(" "), &line.text);
                    }
                }
            }
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let song = song();
            for name in ["a.lrc", "a.srt", "a.txt"] {
                let _ = parse(&bytes, name, &song);
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, cases: 24, ..ProptestConfig::default() })]

        #[test]
        fn every_line_is_laid_in_order(
            counts in prop::collection::vec(1usize..9, 1..40),
            breaks in prop::collection::vec(any::<bool>(), 40),
            kept in prop::collection::vec(prop::bool::weighted(0.2), 40),
            levels in prop::collection::vec(0.0f32..1.0, 24),
        ) {
            let mut song = analysis(120.0, 12);
            let values = (0..480).map(|index| levels[index / 20]).collect();
            song.voice.activity = Curve { rate_hz: 20.0, values };
            song.voice.onsets = song.beats.iter().map(|time| VoiceOnset { time: *time, strength: 0.5 }).collect();
            let lines = counts.iter().zip(&breaks).map(|(words, stanza)| {
                format!("{}{}\n", if *stanza { "\n" } else { "" }, vec!["가나"; *words].join(" "))
            });
            let text = lines.collect::<Vec<String>>().concat();
            let lyrics = parse(text.as_bytes(), "a.txt", &song).unwrap().lyrics;
            prop_assert_eq!(lyrics.lines.len(), counts.len());
            let mut mixed = lyrics.clone();
            for (line, kept) in mixed.lines.iter_mut().zip(&kept) {
                if *kept {
                    line.confidence = None;
                }
            }
            for lyrics in [&lyrics, &align(&mixed, &song)] {
                prop_assert_eq!(lyrics.lines.len(), counts.len());
                let mut at = 0.0;
                for (line, words) in lyrics.lines.iter().zip(&counts) {
                    prop_assert!(line.start.0 >= at && line.end.0 > line.start.0, "{:?}", line);
                    prop_assert!(line.end.0 <= song.duration.0 + 1e-6);
                    at = line.end.0;
                    prop_assert_eq!(line.words.len(), *words);
                    let mut word_at = line.start.0;
                    for word in &line.words {
                        prop_assert!(word.start.0 >= word_at - 1e-9 && word.end.0 >= word.start.0, "{:?}", line);
                        prop_assert!(word.end.0 <= line.end.0 + 1e-9, "{:?}", line);
                        word_at = word.end.0;
                    }
                }
            }
            for (line, before) in align(&mixed, &song).lines.iter().zip(&mixed.lines) {
                prop_assert!(before.confidence.is_some() || line.start == before.start);
            }
        }
    }
}
