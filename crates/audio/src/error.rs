//! Why a song could not be heard, and what the person can do about it.

use thiserror::Error;

/// One variant for each thing a caller, or the person, does differently.
#[derive(Debug, Error)]
pub enum HearError {
    #[error("the file is empty")]
    Empty,
    #[error("the file is not a sound file that can be read: {reason}")]
    NotAudio { reason: String },
    #[error("the file holds no sound track")]
    NoSoundTrack,
    #[error("the sound is coded in a way that cannot be read: {what}")]
    UnsupportedCodec { what: String },
    #[error("the file is protected against copying")]
    Protected,
    #[error("the sound is damaged: {reason}")]
    Damaged { reason: String },
    #[error("the song is silent")]
    Silent,
    #[error("the song lasts `{seconds:.1}` s, a film needs at least `{least:.0}` s", least = crate::SHORTEST_SECONDS)]
    TooShort { seconds: f64 },
    #[error(
        "the song lasts more than `{:.0}` minutes: at least `{:.1}` minutes",
        crate::LONGEST_SECONDS / 60.0,
        seconds / 60.0
    )]
    TooLong { seconds: f64 },
    #[error("the file could not be read")]
    Io(#[from] std::io::Error),
    #[error("cancelled")]
    Cancelled,
}

impl HearError {
    /// What the person can do, where there is something.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Empty => Some("the export or download may have failed: make the file again"),
            Self::NotAudio { .. } => {
                Some("give an MP3, WAV, FLAC, AIFF, M4A (AAC or ALAC) or Ogg Vorbis file")
            }
            Self::NoSoundTrack => {
                Some("give the song itself: this looks like a picture or a video without sound")
            }
            Self::UnsupportedCodec { .. } => {
                Some("convert it first, for example: ffmpeg -i song.xyz song.wav")
            }
            Self::Protected => {
                Some("give a file without copy protection, such as your own export of the song")
            }
            Self::Damaged { .. } => {
                Some("play the file to the end in a player; if it breaks off, export it again")
            }
            Self::Silent => Some("check that the right file was exported and that no track was muted"),
            Self::TooShort { .. } => Some("give the whole song"),
            Self::TooLong { .. } => Some("cut the recording into songs and give one of them"),
            Self::Io(_) | Self::Cancelled => None,
        }
    }
}
