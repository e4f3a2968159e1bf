//! What can go wrong between a clip and a film, one variant for each thing a caller does differently.

use std::io;
use std::path::{Path, PathBuf};

#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    #[error("`{tool}` is not installed")]
    NotInstalled { tool: String },
    #[error("`{tool}` is of version `{found}`: version {needed} or newer is needed")]
    TooOld { tool: String, found: String, needed: &'static str },
    #[error("`{tool}` was built without {feature}")]
    Lacks { tool: String, feature: &'static str },
    #[error("`{tool}` cannot be started: {source}")]
    Start { tool: String, source: io::Error },
    /// FFmpeg ended with an error that none of the other variants names.
    #[error("`{tool}` failed ({status}): {detail}")]
    Failed { tool: String, status: String, detail: String },
    #[error("the disk is full: `{}` cannot be written", .path.display())]
    DiskFull { path: PathBuf },
    #[error("`{}` cannot be written: {reason}", .path.display())]
    Write { path: PathBuf, reason: String },
    #[error("`{}` cannot be read: {reason}", .path.display())]
    Read { path: PathBuf, reason: String },
    /// The file is there but is no video, or a broken one.
    #[error("`{}` is not a video that can be decoded: {reason}", .path.display())]
    Undecodable { path: PathBuf, reason: String },
    #[error("`{}` has no picture", .path.display())]
    NoPicture { path: PathBuf },
    #[error("`{}` lasts {has} frames and {needs} are needed: too short to be slowed to fit", .path.display())]
    ClipTooShort { path: PathBuf, has: u64, needs: u64 },
    #[error("`{}` has {found} frames instead of {expected}", .path.display())]
    FrameCount { path: PathBuf, found: u64, expected: u64 },
    /// A segment was encoded with other settings than the first one, so that a join would not decode.
    #[error("`{}` cannot be joined with `{}`: {reason}", .path.display(), .first.display())]
    Unjoinable { path: PathBuf, first: PathBuf, reason: String },
    /// What was written does not hold what it should.
    #[error("`{}` came out wrong: {reason}", .path.display())]
    Broken { path: PathBuf, reason: String },
    #[error("frame {frame} could not be drawn")]
    Drawing { frame: u64 },
    /// The caller asked for something that cannot be: an empty range, an odd canvas.
    #[error("{0}")]
    Spec(String),
    #[error("cancelled")]
    Cancelled,
}

impl MediaError {
    /// What the person can do about it, where there is something.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::NotInstalled { .. } => {
                "install FFmpeg (`apt install ffmpeg`, `brew install ffmpeg`) or say where it is"
            }
            Self::TooOld { .. } => "install a newer FFmpeg, or say where one is",
            Self::Lacks { .. } => "install your system's full FFmpeg package instead of a reduced build",
            Self::DiskFull { .. } => "make room on the disk and run again: what is finished is kept",
            Self::Write { .. } => "choose a folder that you may write to",
            Self::ClipTooShort { .. } => "make the clip longer, or the scene shorter",
            Self::Undecodable { .. } | Self::NoPicture { .. } => {
                "make this clip again, or replace it with an MP4, MOV, WebM or MKV video"
            }
            _ => return None,
        };
        Some(hint.to_owned())
    }

    /// An error of writing `path`, told apart by what the person must do.
    pub fn writing(path: &Path, source: &io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull { path },
            _ => Self::Write { path, reason: source.to_string() },
        }
    }

    /// An error of reading `path`.
    pub fn reading(path: &Path, source: &io::Error) -> Self {
        Self::Read { path: path.to_owned(), reason: source.to_string() }
    }
}
