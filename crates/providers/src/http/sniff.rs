//! What a file is, from its first bytes: what a service says of its type is not believed.

/// The kinds of file that services send and take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FileKind {
    Png,
    Jpeg,
    WebP,
    Mp4,
    QuickTime,
    /// Matroska and WebM.
    Matroska,
    Mp3,
    Wav,
    Flac,
    Ogg,
    M4a,
}

impl FileKind {
    pub(crate) fn of(bytes: &[u8]) -> Option<Self> {
        let at =
            |offset: usize, magic: &[u8]| bytes.get(offset..).is_some_and(|rest| rest.starts_with(magic));
        if at(0, b"\x89PNG\r\n\x1a\n") {
            return Some(Self::Png);
        }
        if at(0, b"\xff\xd8\xff") {
            return Some(Self::Jpeg);
        }
        if at(0, b"RIFF") && at(8, b"WEBP") {
            return Some(Self::WebP);
        }
        if at(0, b"RIFF") && at(8, b"WAVE") {
            return Some(Self::Wav);
        }
        if at(4, b"ftyp") {
            return Some(if at(8, b"qt  ") {
                Self::QuickTime
            } else if at(8, b"M4A") || at(8, b"M4B") {
                Self::M4a
            } else {
                Self::Mp4
            });
        }
        if at(0, b"\x1a\x45\xdf\xa3") {
            return Some(Self::Matroska);
        }
        if at(0, b"fLaC") {
            return Some(Self::Flac);
        }
        if at(0, b"OggS") {
            return Some(Self::Ogg);
        }
        let mpeg_frame = bytes.len() > 1 && bytes[0] == 0xff && bytes[1] & 0xe6 == 0xe2;
        (at(0, b"ID3") || mpeg_frame).then_some(Self::Mp3)
    }

    pub(crate) fn is_image(self) -> bool {
        matches!(self, Self::Png | Self::Jpeg | Self::WebP)
    }

    pub(crate) fn is_clip(self) -> bool {
        matches!(self, Self::Mp4 | Self::QuickTime | Self::Matroska)
    }

    pub(crate) fn mime(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::WebP => "image/webp",
            Self::Mp4 => "video/mp4",
            Self::QuickTime => "video/quicktime",
            Self::Matroska => "video/webm",
            Self::Mp3 => "audio/mpeg",
            Self::Wav => "audio/wav",
            Self::Flac => "audio/flac",
            Self::Ogg => "audio/ogg",
            Self::M4a => "audio/mp4",
        }
    }

    /// What a file of this kind is called by, for services that go by the name.
    pub(crate) fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::WebP => "webp",
            Self::Mp4 => "mp4",
            Self::QuickTime => "mov",
            Self::Matroska => "webm",
            Self::Mp3 => "mp3",
            Self::Wav => "wav",
            Self::Flac => "flac",
            Self::Ogg => "ogg",
            Self::M4a => "m4a",
        }
    }
}

/// The media type of a file that a service made, for whoever serves it.
pub fn media_type(bytes: &[u8]) -> &'static str {
    FileKind::of(bytes).map_or("application/octet-stream", FileKind::mime)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_their_first_bytes() {
        assert_eq!(FileKind::of(b"\x89PNG\r\n\x1a\n...."), Some(FileKind::Png));
        assert_eq!(FileKind::of(b"\0\0\0\x20ftypisom...."), Some(FileKind::Mp4));
        assert_eq!(FileKind::of(b"\0\0\0\x20ftypM4A ...."), Some(FileKind::M4a));
        assert_eq!(FileKind::of(b"RIFF\0\0\0\0WEBPVP8 "), Some(FileKind::WebP));
        assert_eq!(FileKind::of(b"\xff\xfb\x90\x64"), Some(FileKind::Mp3));
        for other in [&b"<!DOCTYPE html><html>"[..], b"", b"\x89PN", b"{\"error\":1}", b"GIF89a"] {
            assert_eq!(FileKind::of(other), None);
        }
    }
}
