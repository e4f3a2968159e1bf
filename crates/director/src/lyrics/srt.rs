//! SRT subtitles: numbered blocks of `HH:MM:SS,mmm --> HH:MM:SS,mmm` and the lines shown.

use super::LyricsError;
use super::timing::TimedLine;

const LIKE: &str = "00:01:23,450 --> 00:01:26,000";

pub(super) fn parse(text: &str) -> Result<Vec<TimedLine>, LyricsError> {
    let mut blocks: Vec<TimedLine> = Vec::new();
    let mut lines = text.lines().enumerate().peekable();
    let mut open = false;
    while let Some((index, line)) = lines.next() {
        let number = index + 1;
        let line = line.trim_start_matches('\u{feff}').trim();
        if let Some((from, to)) = line.split_once("-->") {
            let wrong =
                || LyricsError::Time { line: number, text: line.chars().take(60).collect(), like: LIKE };
            let start = seconds(from).ok_or_else(wrong)?;
            // Behind the end some files carry a position: `X1:40 Y1:50`.
            let to = to.split_whitespace().next().unwrap_or_default();
            let end = seconds(to).ok_or_else(wrong)?;
            if end <= start {
                return Err(LyricsError::Backwards { line: number });
            }
            let (text, pieces) = (String::new(), vec![]);
            blocks.push(TimedLine { number, start, end: Some(end), text, pieces });
            open = true;
            continue;
        }
        let counts = !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_digit());
        let before_time = lines.peek().is_some_and(|(_, next)| next.contains("-->"));
        if line.is_empty() || counts && before_time {
            open = false;
            continue;
        }
        let Some(block) = blocks.last_mut().filter(|_| open) else {
            let text = line.chars().take(60).collect();
            return Err(LyricsError::Time { line: number, text, like: LIKE });
        };
        block.text.push(' ');
        block.text.push_str(&without_tags(line));
    }
    Ok(blocks)
}

/// Drops `<i>`, `</font>`, `{\an8}`.
fn without_tags(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find(['<', '{']) {
        plain.push_str(&rest[..at]);
        let tag = &rest[at..];
        let behind = &tag[1..];
        let (close, is_tag) = if tag.starts_with('<') {
            ('>', behind.trim_start_matches('/').starts_with(|c: char| c.is_ascii_alphabetic()))
        } else {
            ('}', behind.starts_with('\\'))
        };
        if let Some(end) = behind.find(close).filter(|_| is_tag) {
            rest = &behind[end + 1..];
        } else {
            plain.push_str(&tag[..1]);
            rest = behind;
        }
    }
    plain.push_str(rest);
    plain
}

/// `HH:MM:SS,mmm`; a point for the comma and missing hours are common.
fn seconds(text: &str) -> Option<f64> {
    let text = text.trim();
    let (whole, millis) = text.split_once([',', '.']).unwrap_or((text, "0"));
    let number = |part: &str, most: f64| {
        let digits = (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        let value: Option<f64> = digits.then(|| part.parse().ok()).flatten();
        value.filter(|value| *value <= most)
    };
    let millis = number(millis, 999.0)? / [10.0, 100.0, 1000.0][millis.len() - 1];
    let parts: Vec<&str> = whole.split(':').collect();
    match parts.as_slice() {
        [hours, minutes, seconds] => Some(
            number(hours, 99.0)? * 3600.0 + number(minutes, 59.0)? * 60.0 + number(seconds, 59.0)? + millis,
        ),
        [minutes, seconds] => Some(number(minutes, 999.0)? * 60.0 + number(seconds, 59.0)? + millis),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_with_tags_positions_and_numbers() {
        let text = "\u{feff}1\r\n00:00:01,500 --> 00:00:03,000 X1:40\r\n<i>여름밤</i>\r\n{\\an8}의 주파수\r\n\r\n2\r\n\
                    00:00:04.000 --> 00:00:05.500\r\n1999\r\n\r\n00:06,000 --> 00:07,000\nI <3 you {really}\n";
        let lines = parse(text).unwrap();
        let read: Vec<_> = lines.iter().map(|l| (l.start, l.end, l.text.trim())).collect();
        assert_eq!(
            read,
            [
                (1.5, Some(3.0), "여름밤 의 주파수"),
                (4.0, Some(5.5), "1999"),
                (6.0, Some(7.0), "I <3 you {really}")
            ]
        );
    }

    #[test]
    fn errors_give_the_line() {
        let message = |text: &str| parse(text).unwrap_err().to_string();
        assert!(message("1\n00:00:01,000 --> 00:99:02,000\nx").contains("line 2"));
        assert!(message("1\n00:00:03,000 --> 00:00:02,000\nx").contains("line 2: it ends before"));
        assert!(message("hello").contains("line 1: `hello`"));
    }
}
