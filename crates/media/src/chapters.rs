//! Chapters and titles, in the text form that FFmpeg reads (`ffmetadata`).

use mv_core::FrameRate;
use serde::Serialize;
use std::fmt::Write;
use std::ops::Range;

/// A named part of the film.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Chapter {
    pub frames: Range<u64>,
    pub title: String,
}

/// What players show of a film; empty fields are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Metadata {
    pub title: String,
    pub artist: String,
    pub comment: String,
}

/// The `ffmetadata` text.
///
/// Source: <https://ffmpeg.org/ffmpeg-formats.html#Metadata-2>.
pub(crate) fn ffmetadata(metadata: &Metadata, chapters: &[Chapter], rate: FrameRate) -> String {
    let mut text = String::from(";FFMETADATA1\n");
    let Metadata { title, artist, comment } = metadata;
    for (name, value) in [("title", title), ("artist", artist), ("comment", comment)] {
        if !value.trim().is_empty() {
            // Writing into a string cannot fail.
            writeln!(text, "{name}={}", escaped(value)).ok();
        }
    }
    for Chapter { frames: Range { start, end }, title } in chapters {
        let title = escaped(title);
        writeln!(text, "[CHAPTER]\nTIMEBASE=1/{rate}\nSTART={start}\nEND={end}\ntitle={title}").ok();
    }
    text
}

fn escaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for letter in value.trim().chars() {
        match letter {
            '=' | ';' | '#' | '\\' => out.extend(['\\', letter]),
            letter if letter.is_control() => out.push(' '),
            letter => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_title_can_start_another_field() {
        let metadata = Metadata { title: "a=b;#1\\\n[CHAPTER]".into(), ..Metadata::default() };
        let chapters = [Chapter { frames: 0..48, title: "Intro".into() }];
        assert_eq!(
            ffmetadata(&metadata, &chapters, FrameRate::FILM),
            ";FFMETADATA1\ntitle=a\\=b\\;\\#1\\\\ [CHAPTER]\n\
             [CHAPTER]\nTIMEBASE=1/24\nSTART=0\nEND=48\ntitle=Intro\n"
        );
    }
}
