//! Where a scene's frames come from: a file that someone made, or something that draws them now.

use crate::conform::{self, Conform, Fit, Focus};
use crate::error::MediaError;
use crate::frames::{DecodedRun, DrawnRun, FrameRun};
use crate::probe::{self, ClipFacts};
use crate::process::Invocation;
use crate::tools::Tools;
use mv_core::{CancelToken, Canvas, FrameRate, FrameSource, Seconds};
use serde::{Serialize, Serializer};
use std::fmt;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

/// Threads that draw for one encoder; the encoder itself keeps one core busy.
const DRAWING_THREADS: usize = 2;

/// A scene's clip: its frame 0 is the first frame of the film that shows the scene at all.
#[derive(Clone, Debug, Serialize)]
pub struct Clip {
    pub source: ClipSource,
    /// How many frames the film needs of it: the length of [`mv_core::timeline::SceneSpan::clip`]. A file that is up
    /// to a tenth shorter is slowed to fit, a longer one is cut at its end.
    pub frames: u64,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClipSource {
    File(FileClip),
    Drawn(DrawnClip),
}

/// A video file of any kind.
#[derive(Clone, Debug, Serialize)]
pub struct FileClip {
    /// Where it lies does not change the picture.
    #[serde(skip)]
    pub path: PathBuf,
    /// BLAKE3 of its bytes, hex.
    pub content: String,
    /// What [`probe::probe`] said of it.
    pub facts: ClipFacts,
    /// How far into the file the clip begins.
    pub from: Seconds,
    pub fit: Fit,
    /// What stays in the picture where [`Fit::Cover`] cuts it.
    pub focus: Focus,
}

/// Frames that are drawn when they are needed, straight into the encoder.
#[derive(Clone)]
pub struct DrawnClip {
    pub source: Arc<dyn FrameSource>,
    /// Hash of everything that decides what it draws.
    pub identity: String,
}

impl fmt::Debug for DrawnClip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DrawnClip").field("identity", &self.identity).finish_non_exhaustive()
    }
}

impl Serialize for DrawnClip {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.identity)
    }
}

impl Clip {
    /// Checks that these frames of the clip exist and fit the canvas.
    pub(crate) fn check(&self, frames: &Range<u64>, canvas: Canvas) -> Result<(), MediaError> {
        let Range { start, end } = *frames;
        if start >= end || end > self.frames {
            return Err(MediaError::Spec(format!(
                "frames {start} to {end} of a clip of {} frames",
                self.frames
            )));
        }
        if !canvas.width.is_multiple_of(2)
            || !canvas.height.is_multiple_of(2)
            || canvas.width * canvas.height == 0
        {
            return Err(MediaError::Spec(format!("a canvas of `{canvas}`: both sides must be even")));
        }
        match &self.source {
            ClipSource::Drawn(drawn) if drawn.source.canvas() != canvas => Err(MediaError::Spec(format!(
                "a clip drawn at `{}` on a canvas of `{canvas}`",
                drawn.source.canvas()
            ))),
            ClipSource::Drawn(drawn) if drawn.source.frames() < end => Err(MediaError::Spec(format!(
                "frame {end} of a clip drawn in {} frames",
                drawn.source.frames()
            ))),
            _ => Ok(()),
        }
    }

    /// Opens a run of the clip's frames, conformed to the film.
    pub(crate) fn open(
        &self,
        tools: &Tools,
        frames: Range<u64>,
        canvas: Canvas,
        rate: FrameRate,
        cancel: &CancelToken,
    ) -> Result<FrameRun, MediaError> {
        match &self.source {
            ClipSource::Drawn(drawn) => {
                Ok(FrameRun::Drawn(DrawnRun::start(&drawn.source, frames, DRAWING_THREADS)))
            }
            ClipSource::File(file) => {
                let wanted = frames.end - frames.start;
                let chain = file.filters(self.frames, frames, canvas, rate)?;
                let decoder = file
                    .input(tools.ffmpeg().words("-threads 1 -filter_complex_threads 1"))
                    .arg("-filter_complex")
                    .arg(format!("[0:{}]{chain}[out]", file.facts.stream))
                    .words("-map [out] -fps_mode passthrough -f rawvideo pipe:1");
                Ok(FrameRun::Decoded(DecodedRun::start(&decoder, &file.path, wanted, cancel)?))
            }
        }
    }
}

impl FileClip {
    /// Adds this file as a command's input, near where the clip begins: nothing but this file may be opened.
    #[must_use]
    pub fn input(&self, command: Invocation) -> Invocation {
        match conform::seek(self.from) {
            Some(seconds) => probe::input(command.arg("-ss").arg(format!("{seconds:.6}")), &self.path),
            None => probe::input(command, &self.path),
        }
    }

    /// The filters that conform some frames of this file, for a command of one's own whose input was opened by
    /// [`FileClip::input`]: `clip_frames` is how many the film needs of it in all, `frames` which of them to let
    /// through.
    ///
    /// # Errors
    /// [`MediaError::ClipTooShort`].
    pub fn filters(
        &self,
        clip_frames: u64,
        frames: Range<u64>,
        canvas: Canvas,
        rate: FrameRate,
    ) -> Result<String, MediaError> {
        self.conform(clip_frames, frames, canvas, rate).chain()
    }

    fn conform(&self, clip_frames: u64, frames: Range<u64>, canvas: Canvas, rate: FrameRate) -> Conform<'_> {
        let Self { path, facts, from, fit, focus, .. } = self;
        Conform { path, facts, from: *from, fit: *fit, focus: *focus, clip_frames, frames, canvas, rate }
    }
}
