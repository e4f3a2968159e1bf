//! LRC: `[mm:ss.xx]` before a line, several of them for a line that returns, `<mm:ss.xx>` before words (enhanced LRC).

use super::LyricsError;
use super::timing::TimedLine;

const LIKE: &str = "01:23.45";

#[derive(Debug, Default, PartialEq)]
pub(super) struct Lrc {
    pub(super) lines: Vec<TimedLine>,
    pub(super) title: Option<String>,
    pub(super) artist: Option<String>,
}

/// Whether a line begins with a time, as LRC lines do.
pub(super) fn is_timed(line: &str) -> bool {
    let tag = line.trim_start().strip_prefix('[').and_then(|rest| rest.split_once(']'));
    tag.is_some_and(|(tag, _)| seconds(tag).is_some())
}

pub(super) fn parse(text: &str) -> Result<Lrc, LyricsError> {
    let mut lrc = Lrc::default();
    let mut offset = 0.0;
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        let mut rest = line.trim_start_matches('\u{feff}').trim();
        let mut starts = Vec::new();
        while let Some((tag, after)) = rest.strip_prefix('[').and_then(|open| open.split_once(']')) {
            match tag.split_once(':') {
                Some((name, value)) if name.trim().starts_with(|c: char| c.is_ascii_alphabetic()) => {
                    let value = value.trim();
                    let said = || Some(value.to_owned()).filter(|value| !value.is_empty());
                    match name.trim().to_ascii_lowercase().as_str() {
                        "ti" => lrc.title = said(),
                        "ar" => lrc.artist = said(),
                        // A positive offset shows the lyrics sooner.
                        "offset" => offset = -milliseconds(value, number)? / 1000.0,
                        _ => {}
                    }
                }
                Some(_) => starts.push(seconds(tag).ok_or_else(|| wrong_time(tag, number))?),
                // `[Chorus]` in an LRC is a heading, not something sung.
                None => {}
            }
            rest = after.trim_start();
        }
        if starts.is_empty() {
            if !rest.is_empty() && !line.trim_start().starts_with('[') {
                let text = rest.chars().take(40).collect();
                return Err(LyricsError::Untimed { line: number, text });
            }
            continue;
        }
        let sung = Sung::of(rest, number)?;
        for start in &starts {
            // Word times are written for the first of the times; the others are the same words later.
            let shift = start - starts[0];
            lrc.lines.push(TimedLine {
                number,
                start: *start,
                end: sung.end.map(|end| end + shift),
                text: sung.text.clone(),
                pieces: sung.pieces.iter().map(|(time, piece)| (time + shift, piece.clone())).collect(),
            });
        }
    }
    for line in &mut lrc.lines {
        line.start += offset;
        line.end = line.end.map(|end| end + offset);
        for (time, _) in &mut line.pieces {
            *time += offset;
        }
    }
    Ok(lrc)
}

/// What follows the times: plain text, or pieces with times of their own.
struct Sung {
    text: String,
    pieces: Vec<(f64, String)>,
    end: Option<f64>,
}

impl Sung {
    fn of(text: &str, number: usize) -> Result<Self, LyricsError> {
        let mut pieces: Vec<(f64, String)> = Vec::new();
        let mut before = String::new();
        let mut rest = text;
        while let Some((plain, after)) = rest.split_once('<') {
            // A `<` that no `>` follows, or that holds no digits, is text.
            let Some((tag, behind)) = after.split_once('>').filter(|(tag, _)| looks_timed(tag)) else {
                append(&mut pieces, &mut before, plain);
                append(&mut pieces, &mut before, "<");
                rest = after;
                continue;
            };
            append(&mut pieces, &mut before, plain);
            pieces.push((seconds(tag).ok_or_else(|| wrong_time(tag, number))?, String::new()));
            rest = behind;
        }
        append(&mut pieces, &mut before, rest);
        // A last time with nothing behind it says where the line ends.
        let end = match pieces.last() {
            Some((time, last)) if last.trim().is_empty() && pieces.len() > 1 => Some(*time),
            _ => None,
        };
        if end.is_some() {
            pieces.pop();
        }
        let whole: String =
            before.chars().chain(pieces.iter().flat_map(|(_, piece)| piece.chars())).collect();
        // Text in front of the first word time has none of its own: the words are not all timed.
        if !before.trim().is_empty() {
            pieces.clear();
        }
        Ok(Self { text: whole, pieces, end })
    }
}

fn append(pieces: &mut [(f64, String)], before: &mut String, text: &str) {
    match pieces.last_mut() {
        Some((_, piece)) => piece.push_str(text),
        None => before.push_str(text),
    }
}

fn looks_timed(tag: &str) -> bool {
    tag.contains(':') && tag.starts_with(|c: char| c.is_ascii_digit())
}

fn wrong_time(text: &str, line: usize) -> LyricsError {
    LyricsError::Time { line, text: text.chars().take(40).collect(), like: LIKE }
}

/// An offset in milliseconds, up to ten minutes either way.
fn milliseconds(text: &str, line: usize) -> Result<f64, LyricsError> {
    match text.parse::<i32>() {
        Ok(offset) if offset.abs() <= 600_000 => Ok(f64::from(offset)),
        _ => Err(LyricsError::Time { line, text: text.chars().take(40).collect(), like: "500" }),
    }
}

/// A time like `02:07`, `02:07.5`, `02:07.53`, `02:07.531`, `02:07:53` or `1:02:07.53`, in seconds.
fn seconds(text: &str) -> Option<f64> {
    let text = text.trim();
    let (whole, fraction) = match text.rsplit_once(['.', ',']) {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text, None),
    };
    let mut parts: Vec<&str> = whole.split(':').collect();
    let fraction = match (fraction, parts.len()) {
        (Some(fraction), _) => Some(fraction),
        // Three parts without a point are minutes, seconds and hundredths.
        (None, 3) => parts.pop(),
        _ => None,
    };
    let numbers: Option<Vec<f64>> =
        parts.iter().map(|number| digits(number).filter(|_| number.len() <= 3)).collect();
    let whole = match numbers?.as_slice() {
        [minutes, seconds] if *seconds < 60.0 => minutes * 60.0 + seconds,
        [hours, minutes, seconds] if *minutes < 60.0 && *seconds < 60.0 => {
            hours * 3600.0 + minutes * 60.0 + seconds
        }
        _ => return None,
    };
    let remainder = match fraction {
        Some(fraction) if (1..=3).contains(&fraction.len()) => {
            digits(fraction)? / [10.0, 100.0, 1000.0][fraction.len() - 1]
        }
        Some(_) => return None,
        None => 0.0,
    };
    Some(whole + remainder)
}

fn digits(text: &str) -> Option<f64> {
    let all = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    all.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_every_spelling() {
        for (text, expected) in [
            ("01:02.50", Some(62.5)),
            ("1:02", Some(62.0)),
            ("01:02.5", Some(62.5)),
            ("01:02.505", Some(62.505)),
            ("01:02:50", Some(62.5)),
            ("1:00:02.5", Some(3602.5)),
            ("01:72.00", None),
            ("aa:02", None),
            ("-1:02", None),
            ("01:02.5000", None),
        ] {
            assert_eq!(seconds(text), expected, "{text}");
        }
    }

    #[test]
    fn tags_offset_and_returning_lines() {
        let lrc = parse(
            "[ti:Song]\n[ar: Band ]\n[by:x]\n[offset:+500]\n[00:02.00][00:10.00]again\n\n[00:04.00]once",
        )
        .unwrap();
        assert_eq!((lrc.title.as_deref(), lrc.artist.as_deref()), (Some("Song"), Some("Band")));
        let starts: Vec<f64> = lrc.lines.iter().map(|line| line.start).collect();
        assert_eq!(starts, [1.5, 9.5, 3.5]);
    }

    #[test]
    fn words_have_times_and_the_last_one_an_end() {
        let lrc = parse("[00:01.00][00:11.00]<00:01.00>여름 <00:01.50>밤 <00:02.00>").unwrap();
        assert_eq!(lrc.lines[0].pieces, [(1.0, "여름 ".to_owned()), (1.5, "밤 ".to_owned())]);
        assert_eq!((lrc.lines[0].text.trim(), lrc.lines[0].end), ("여름 밤", Some(2.0)));
        assert!((lrc.lines[1].pieces[1].0 - 11.5).abs() < 1e-9);
        let heart = parse("[00:01.00]I <3 you").unwrap();
        assert_eq!(heart.lines[0].text, "I <3 you");
    }

    #[test]
    fn errors_give_the_line() {
        let message = |text: &str| parse(text).unwrap_err().to_string();
        assert!(message("[00:01.00]a\n[00:61.00]b").contains("line 2: `00:61.00` is not a time"));
        assert!(message("[00:01.00]a\nfree text").contains("line 2: `free text` has no time"));
        assert!(message("[offset:soon]").contains("`soon`"));
        assert!(message("[00:01.00]<00:1x.00>a").contains("`00:1x.00`"));
    }
}
