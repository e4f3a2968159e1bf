//! Where captions stand and how lines break: safe zones by aspect, balanced lines, never more than two.
//!
//! Lines break at spaces only (Korean keeps its words whole). What does not fit into two lines is first set a little
//! smaller, then split into captions that follow one another.

use super::fonts;
use super::style::CaptionLook;
use mv_core::lyrics::LyricLine;
use mv_core::{Canvas, Seconds};

/// Smallest scale of the type before a line is split into two captions.
const SMALLEST_SCALE: f64 = 0.86;
/// Letters of one lyric line that are shown; a longer "line" is not one.
const LONGEST_LINE: usize = 400;

/// Where captions may stand, in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Zone {
    /// Margin left and right.
    pub(super) side: f64,
    /// Distance of the lowest line from the bottom.
    pub(super) bottom: f64,
    /// Type size (em).
    pub(super) em: f64,
}

impl Zone {
    /// 16:9 keeps the action-safe edge; 9:16 stays above the buttons and titles that platforms lay over the lower fifth
    /// and the right edge; 1:1 lies between.
    pub(super) fn of(canvas: Canvas, look: &CaptionLook) -> Self {
        let (width, height) = (f64::from(canvas.width), f64::from(canvas.height));
        let (side, bottom) = match canvas.ratio() {
            ratio if ratio > 1.25 => (0.10, 0.075),
            ratio if ratio < 0.8 => (0.115, 0.235),
            _ => (0.08, 0.085),
        };
        Self { side: side * width, bottom: bottom * height, em: look.size * width.min(height) }
    }

    /// What two lines take up: left, top, right, bottom, in pixels.
    pub(super) fn area(self, canvas: Canvas) -> [f64; 4] {
        let (width, height) = (f64::from(canvas.width), f64::from(canvas.height));
        let lowest = height - self.bottom;
        [self.side, lowest - 2.0 * self.em * fonts::line_height(), width - self.side, lowest]
    }

    fn width(self, canvas: Canvas) -> f64 {
        f64::from(canvas.width) - 2.0 * self.side
    }
}

/// A run of letters that never breaks, with its time where the source has word times.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Piece {
    pub(super) text: String,
    pub(super) sung: Option<(Seconds, Seconds)>,
    /// No space before it: the rest of a word too long for a line.
    pub(super) glued: bool,
}

/// A caption of one or two lines.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Page {
    pub(super) start: Seconds,
    pub(super) end: Seconds,
    pub(super) pieces: Vec<Piece>,
    /// Index of the piece that begins the second line.
    pub(super) break_at: Option<usize>,
    /// Of the type size, 1 or a little less.
    pub(super) scale: f64,
}

/// Lays one lyric line out: usually one page.
pub(super) fn pages(line: &LyricLine, canvas: Canvas, look: &CaptionLook) -> Vec<Page> {
    let zone = Zone::of(canvas, look);
    let available = zone.width(canvas) / zone.em;
    let pieces = pieces(line, available, look.spacing);
    if pieces.is_empty() {
        return Vec::new();
    }
    let widths = Widths::of(&pieces, look.spacing);
    let count = (1..=pieces.len()).find(|count| {
        groups(&widths, *count).iter().all(|group| widths.fit(group.clone(), available).1 >= SMALLEST_SCALE)
    });
    let groups = groups(&widths, count.unwrap_or(pieces.len()));
    let total = widths.span(0..pieces.len());
    let at = |index: usize| match &pieces[index].sung {
        Some((start, _)) => *start,
        None => Seconds(line.start.0 + (line.end.0 - line.start.0) * widths.span(0..index) / total.max(1e-9)),
    };
    groups
        .iter()
        .enumerate()
        .map(|(index, group)| {
            let (break_at, scale) = widths.fit(group.clone(), available);
            Page {
                start: if index == 0 { line.start } else { at(group.start) },
                end: groups.get(index + 1).map_or(line.end, |next| at(next.start)),
                pieces: pieces[group.clone()].to_vec(),
                break_at,
                scale,
            }
        })
        .collect()
}

/// Splits text at its spaces, and words wider than a line where they must be.
fn pieces(line: &LyricLine, available: f64, spacing: f64) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut left = LONGEST_LINE;
    let mut push = |word: &str, sung: Option<(Seconds, Seconds)>| {
        let letters: Vec<char> = word.chars().filter(|c| !c.is_control()).take(left).collect();
        left -= letters.len();
        let mut start = 0;
        while start < letters.len() {
            let mut end = start;
            let mut width = 0.0;
            while end < letters.len() && (end == start || width <= available) {
                width += fonts::width(letters[end].encode_utf8(&mut [0; 4]), spacing);
                end += 1;
            }
            if width > available && end > start + 1 {
                end -= 1;
            }
            let share = |letter: usize| letter as f64 / letters.len() as f64;
            let of_word = |(from, to): (Seconds, Seconds)| {
                let length = to.0 - from.0;
                (Seconds(from.0 + length * share(start)), Seconds(from.0 + length * share(end)))
            };
            pieces.push(Piece {
                text: letters[start..end].iter().collect(),
                sung: sung.map(of_word),
                glued: start > 0,
            });
            start = end;
        }
    };
    if line.words.is_empty() {
        line.text.split_whitespace().for_each(|word| push(word, None));
    } else {
        for word in &line.words {
            // A timed word may hold spaces itself: its parts share its time by their letters.
            let parts: Vec<&str> = word.text.split_whitespace().collect();
            let letters: usize = parts.iter().map(|part| part.chars().count()).sum();
            let mut done = 0;
            for part in parts {
                let share = |count: usize| {
                    Seconds(word.start.0 + (word.end.0 - word.start.0) * count as f64 / letters as f64)
                };
                let next = done + part.chars().count();
                push(part, Some((share(done), share(next))));
                done = next;
            }
        }
    }
    pieces
}

/// Running widths of pieces with the spaces between them, in em.
struct Widths {
    /// Where each piece begins if all stood on one line, and after the last the whole width.
    starts: Vec<f64>,
    ends: Vec<f64>,
}

impl Widths {
    fn of(pieces: &[Piece], spacing: f64) -> Self {
        let space = fonts::width(" ", spacing);
        let (mut starts, mut ends) = (Vec::new(), Vec::new());
        let mut at = 0.0;
        for (index, piece) in pieces.iter().enumerate() {
            if index > 0 && !piece.glued {
                at += space;
            }
            starts.push(at);
            at += fonts::width(&piece.text, spacing);
            ends.push(at);
        }
        Self { starts, ends }
    }

    fn span(&self, pieces: std::ops::Range<usize>) -> f64 {
        if pieces.is_empty() { 0.0 } else { self.ends[pieces.end - 1] - self.starts[pieces.start] }
    }

    /// The most even break into two lines where one is too short, counted from the group's start, and the scale at
    /// which the group fits (above 1 is 1).
    fn fit(&self, group: std::ops::Range<usize>, available: f64) -> (Option<usize>, f64) {
        let whole = self.span(group.clone());
        if whole <= available {
            return (None, 1.0);
        }
        let mut best = (None, whole);
        for at in group.start + 1..group.end {
            let (upper, lower) = (self.span(group.start..at), self.span(at..group.end));
            let widest = upper.max(lower);
            // Of breaks that are nearly as even, the one with the shorter upper line reads better.
            if widest < best.1 - 1e-9 {
                best = (Some(at - group.start), widest);
            }
        }
        (best.0, (available / best.1).min(1.0))
    }
}

/// Cuts pieces into `count` groups of about equal width, none empty.
fn groups(widths: &Widths, count: usize) -> Vec<std::ops::Range<usize>> {
    let pieces = widths.ends.len();
    let total = widths.ends[pieces - 1];
    let mut groups = Vec::with_capacity(count);
    let mut start = 0;
    for group in 1..=count {
        let wished = total * group as f64 / count as f64;
        let longest = pieces - (count - group);
        let mut end = start + 1;
        while end < longest && f64::midpoint(widths.ends[end - 1], widths.ends[end]) <= wished {
            end += 1;
        }
        if group == count {
            end = pieces;
        }
        groups.push(start..end);
        start = end;
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use mv_core::lyrics::LyricWord;
    use proptest::prelude::*;

    const WIDE: Canvas = Canvas::new(1920, 1080);
    const TALL: Canvas = Canvas::new(1080, 1920);

    fn line(text: &str) -> LyricLine {
        LyricLine { start: Seconds(10.0), end: Seconds(14.0), text: text.into(), ..LyricLine::default() }
    }

    fn clean() -> CaptionLook {
        CaptionLook::named("clean").unwrap()
    }

    fn lines(page: &Page) -> Vec<String> {
        let mut lines = vec![String::new()];
        for (index, piece) in page.pieces.iter().enumerate() {
            if page.break_at == Some(index) {
                lines.push(String::new());
            } else if index > 0 && !piece.glued {
                lines.last_mut().unwrap().push(' ');
            }
            lines.last_mut().unwrap().push_str(&piece.text);
        }
        lines
    }

    #[test]
    fn a_short_line_stays_whole_and_a_long_one_breaks_evenly_at_a_space() {
        let short = pages(&line("여름밤의 주파수"), WIDE, &clean());
        assert_eq!(lines(&short[0]), ["여름밤의 주파수"]);
        let long = pages(&line("창밖에 비가 내리면 너와 함께 걷던 그 거리가 생각나"), TALL, &clean());
        assert_eq!(long.len(), 1);
        assert_eq!(lines(&long[0]), ["창밖에 비가 내리면 너와", "함께 걷던 그 거리가 생각나"]);
    }

    #[test]
    fn text_too_long_for_two_lines_becomes_captions_in_turn() {
        let text = "and every light in this whole city hums the very same song that you were humming \
                    when we ran down the stairs into the rain and never looked back at the clock again";
        let turns = pages(&line(text), TALL, &clean());
        assert!(turns.len() > 1);
        assert_eq!(turns[0].start, Seconds(10.0));
        assert_eq!(turns.last().unwrap().end, Seconds(14.0));
        for pair in turns.windows(2) {
            assert_eq!(pair[0].end, pair[1].start);
        }
        let joined: Vec<_> = turns.iter().flat_map(lines).collect();
        assert_eq!(joined.join(" "), text.split_whitespace().collect::<Vec<_>>().join(" "));
    }

    #[test]
    fn word_times_follow_their_words() {
        let mut timed = line("a b");
        timed.words = vec![
            LyricWord {
                start: Seconds(10.0),
                end: Seconds(11.0),
                text: "별이 쏟아지는".into(),
                ..LyricWord::default()
            },
            LyricWord {
                start: Seconds(12.0), end: Seconds(13.0), text: "밤".into(), ..LyricWord::default()
            },
        ];
        let page = &pages(&timed, WIDE, &clean())[0];
        let starts: Vec<_> = page.pieces.iter().map(|p| p.sung.unwrap().0.0).collect();
        assert_eq!(page.pieces.len(), 3);
        assert!((starts[1] - (10.0 + 2.0 / 6.0)).abs() < 1e-9 && (starts[2] - 12.0).abs() < 1e-9);
    }

    proptest! {
        #[test]
        fn every_page_fits_its_zone(text in "[가-힣a-z ]{1,600}", tall in any::<bool>()) {
            let canvas = if tall { TALL } else { WIDE };
            let look = clean();
            let zone = Zone::of(canvas, &look);
            for page in pages(&line(&text), canvas, &look) {
                prop_assert!(page.scale <= 1.0 && page.start.0 <= page.end.0);
                for shown in lines(&page) {
                    let width = fonts::width(&shown, look.spacing) * zone.em * page.scale;
                    prop_assert!(width <= zone.width(canvas) + zone.em * 0.01, "{shown} {width}");
                }
            }
        }
    }
}
