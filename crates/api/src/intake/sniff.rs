//! What a file is, by its first bytes.

use super::Purpose;

/// How many bytes from the start are looked at.
pub(crate) const LOOK: usize = 64;

/// The media type, when it is one that the purpose allows.
pub(crate) fn media_type(purpose: Purpose, start: &[u8]) -> Option<&'static str> {
    match purpose {
        Purpose::Song => song(start),
        Purpose::Photo | Purpose::Avatar | Purpose::Still => picture(start),
        Purpose::Clip => clip(start),
    }
}

fn song(start: &[u8]) -> Option<&'static str> {
    match start {
        [b'I', b'D', b'3', ..] => Some("audio/mpeg"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'A', b'V', b'E', ..]
        | [b'R', b'F', b'6', b'4', _, _, _, _, b'W', b'A', b'V', b'E', ..] => Some("audio/wav"),
        [b'f', b'L', b'a', b'C', ..] => Some("audio/flac"),
        [b'O', b'g', b'g', b'S', ..] => Some("audio/ogg"),
        [b'F', b'O', b'R', b'M', _, _, _, _, b'A', b'I', b'F', b'F' | b'C', ..] => Some("audio/aiff"),
        [_, _, _, _, b'f', b't', b'y', b'p', brand @ ..] if !brand.starts_with(b"qt  ") => Some("audio/mp4"),
        // An ADTS header has layer 0, an MPEG audio header never has.
        [0xff, second, ..] if second & 0xf6 == 0xf0 => Some("audio/aac"),
        // A text in UTF-16 begins like MPEG layer I, which nobody publishes songs in.
        [0xff, 0xfe, ..] => None,
        [0xff, second, third, ..]
            if second & 0xe0 == 0xe0
                && second & 0x06 != 0
                && third & 0xf0 != 0xf0
                && third & 0x0c != 0x0c =>
        {
            Some("audio/mpeg")
        }
        _ => None,
    }
}

fn picture(start: &[u8]) -> Option<&'static str> {
    match start {
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Some("image/png"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => None,
    }
}

fn clip(start: &[u8]) -> Option<&'static str> {
    match start {
        [_, _, _, _, b'f', b't', b'y', b'p', b'q', b't', b' ', b' ', ..] => Some("video/quicktime"),
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => Some("video/mp4"),
        [0x1a, 0x45, 0xdf, 0xa3, ..] => Some("video/webm"),
        _ => None,
    }
}

/// How an object of this type is named.
pub(crate) fn extension(media_type: &str) -> &'static str {
    match media_type {
        "video/mp4" => "mp4",
        "video/quicktime" => "mov",
        "video/webm" => "webm",
        "image/png" => "png",
        _ => "jpg",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_say_what_a_file_is() {
        for (start, purpose, found) in [
            (&b"ID3\x04\0\0"[..], Purpose::Song, Some("audio/mpeg")),
            (&[0xff, 0xfb, 0x90, 0x44], Purpose::Song, Some("audio/mpeg")),
            (&[0xff, 0xf1, 0x50, 0x80], Purpose::Song, Some("audio/aac")),
            (b"RIFF\0\0\0\0WAVEfmt ", Purpose::Song, Some("audio/wav")),
            (b"fLaC\0\0\0\x22", Purpose::Song, Some("audio/flac")),
            (b"OggS\0\x02", Purpose::Song, Some("audio/ogg")),
            (b"\0\0\0\x20ftypM4A ", Purpose::Song, Some("audio/mp4")),
            (b"\0\0\0\x20ftypisom", Purpose::Clip, Some("video/mp4")),
            (b"\0\0\0\x14ftypqt  ", Purpose::Clip, Some("video/quicktime")),
            (&[0xff, 0xd8, 0xff, 0xe0], Purpose::Photo, Some("image/jpeg")),
            (b"RIFF\0\0\0\0WEBPVP8 ", Purpose::Photo, Some("image/webp")),
            (b"<svg xmlns=", Purpose::Photo, None),
            (b"GIF89a", Purpose::Photo, None),
            (b"MZ\x90\0", Purpose::Song, None),
            (b"#!/bin/sh\n", Purpose::Song, None),
            (&[0xff, 0xfe, 0x41, 0x00], Purpose::Song, None),
            (b"", Purpose::Song, None),
            (&[0xff, 0xd8, 0xff, 0xe0], Purpose::Song, None),
        ] {
            assert_eq!(media_type(purpose, start), found, "{start:?}");
        }
    }
}
