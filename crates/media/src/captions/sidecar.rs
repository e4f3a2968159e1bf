//! Subtitle files beside the film: `WebVTT` for the web, `SubRip` for everything else.

use mv_core::{Lyrics, Seconds};
use std::fmt::Write as _;

/// The lyrics as `WebVTT`, with word times where there are any.
pub fn webvtt(lyrics: &Lyrics) -> String {
    let mut text = String::from("WEBVTT\n");
    for line in &lyrics.lines {
        let mut body = String::new();
        if line.words.is_empty() {
            body.push_str(&markup_escape(&line.text));
        } else {
            for (index, word) in line.words.iter().enumerate() {
                let gap = if index == 0 { "" } else { " " };
                // A stamp must lie strictly inside its cue.
                if word.start.0 > line.start.0 && word.start.0 < line.end.0 {
                    let _ = write!(body, "{gap}<{}>{}", clock(word.start, '.'), markup_escape(&word.text));
                } else {
                    let _ = write!(body, "{gap}{}", markup_escape(&word.text));
                }
            }
        }
        let _ = write!(text, "\n{} --> {}\n{body}\n", clock(line.start, '.'), clock(line.end, '.'));
    }
    text
}

/// The lyrics as `SubRip`, one cue a line.
pub fn srt(lyrics: &Lyrics) -> String {
    let mut text = String::new();
    for (index, line) in lyrics.lines.iter().enumerate() {
        let body = one_line(&line.text);
        let (start, end) = (clock(line.start, ','), clock(line.end, ','));
        let _ = write!(text, "{}\n{start} --> {end}\n{body}\n\n", index + 1);
    }
    text
}

/// An empty line would end a cue and `-->` would start one.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace("-->", "→")
}

fn markup_escape(text: &str) -> String {
    one_line(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn clock(time: Seconds, point: char) -> String {
    let millis = (time.0.max(0.0) * 1000.0).round() as u64;
    format!(
        "{:02}:{:02}:{:02}{point}{:03}",
        millis / 3_600_000,
        millis / 60_000 % 60,
        millis / 1000 % 60,
        millis % 1000
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use mv_core::lyrics::{LyricLine, LyricWord};

    fn lyrics() -> Lyrics {
        let word = |start, end, text: &str| LyricWord {
            start: Seconds(start),
            end: Seconds(end),
            text: text.into(),
            ..LyricWord::default()
        };
        Lyrics {
            lines: vec![
                LyricLine {
                    start: Seconds(1.0),
                    end: Seconds(2.5),
                    text: "별이 <b>\n\n2\n00:00:09,000 --> 00:00:10,000 & 밤".into(),
                    ..LyricLine::default()
                },
                LyricLine {
                    start: Seconds(3661.0),
                    end: Seconds(3663.0),
                    text: "run away".into(),
                    words: vec![word(3661.0, 3662.0, "run"), word(3662.0, 3663.0, "away")],
                    ..LyricLine::default()
                },
            ],
        }
    }

    #[test]
    fn webvtt_keeps_word_times_and_escapes_markup() {
        assert_eq!(
            webvtt(&lyrics()),
            "WEBVTT\n\n00:00:01.000 --> 00:00:02.500\n별이 &lt;b&gt; 2 00:00:09,000 → 00:00:10,000 &amp; 밤\n\n\
             01:01:01.000 --> 01:01:03.000\nrun <01:01:02.000>away\n"
        );
    }

    #[test]
    fn a_hostile_line_makes_one_cue_in_srt() {
        let text = srt(&lyrics());
        assert_eq!(text.matches("-->").count(), 2);
        assert!(text.starts_with("1\n00:00:01,000 --> 00:00:02,500\n별이 <b> 2 "));
        assert!(text.ends_with("2\n01:01:01,000 --> 01:01:03,000\nrun away\n\n"));
    }
}
