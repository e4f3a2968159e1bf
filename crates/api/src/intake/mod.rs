//! Files that people send: what they are is told by their bytes, never by what was claimed.

pub(crate) mod photo;
pub(crate) mod receive;
pub(crate) mod shrink;
pub(crate) mod sniff;

use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The largest file taken, in bytes: 50 MiB.
pub(crate) const LARGEST: u64 = 50 << 20;

/// What a file is for, and with it what it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Purpose {
    /// MP3, WAV, FLAC, AAC, M4A or Ogg.
    Song,
    /// JPEG, PNG or WebP; kept as a JPEG of our own making.
    Photo,
    Avatar,
    /// A picture of one's own for a scene.
    Still,
    /// A video of one's own for a scene: MP4, MOV or WebM.
    Clip,
}

impl Purpose {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Song => "song",
            Self::Photo => "photo",
            Self::Avatar => "avatar",
            Self::Still => "still",
            Self::Clip => "clip",
        }
    }

    pub(crate) fn from_word(word: &str) -> Option<Self> {
        [Self::Song, Self::Photo, Self::Avatar, Self::Still, Self::Clip]
            .into_iter()
            .find(|one| one.word() == word)
    }

    pub(crate) fn is_picture(self) -> bool {
        matches!(self, Self::Photo | Self::Avatar | Self::Still)
    }
}

/// A file's name as people may give it. It is shown, never used as a path.
#[derive(Clone, Debug, Validate)]
pub(crate) struct FileName(#[garde(length(chars, min = 1, max = 255), custom(plain_name))] pub(crate) String);

/// Any language; no folders, no control characters.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature of a rule")]
fn plain_name(name: &str, _: &()) -> garde::Result {
    if name.chars().any(|c| c.is_control() || matches!(c, '/' | '\\')) || matches!(name, "." | "..") {
        return Err(garde::Error::new("must be a file's name without folders"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_names() {
        for good in ["song.mp3", "여름밤의 주파수.flac", "a b.c"] {
            assert!(FileName(good.into()).validate().is_ok(), "{good}");
        }
        for bad in ["", ".", "..", "../a", "a\\b", "a\0b", &"a".repeat(256)] {
            assert!(FileName(bad.into()).validate().is_err(), "{bad}");
        }
    }
}
