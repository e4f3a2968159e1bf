//! A segment: one stretch of the film that shows one scene alone, encoded once.

use crate::clip::{Clip, ClipSource};
use crate::error::MediaError;
use crate::finish::{self, CaptionOverlay, Finish};
use crate::frames::{FrameSink, raw_options, too_few, undecodable};
use crate::tools::Tools;
use mv_core::{CancelToken, YuvFrame};
use serde::Serialize;
use std::ops::Range;
use std::path::{Path, PathBuf};

#[derive(Clone, Debug, Serialize)]
pub struct SegmentSpec {
    pub clip: Clip,
    /// Which frames of the clip, counted from its frame 0.
    pub frames: Range<u64>,
    pub finish: Finish,
    pub captions: Option<CaptionOverlay>,
    /// Where to leave the clip's frames behind this segment, for [`crate::Side::decoded`] of the seam that follows:
    /// decoding them again would mean decoding the whole clip again. Only for clips from files.
    #[serde(skip)]
    pub tail: Option<PathBuf>,
}

impl SegmentSpec {
    /// Everything that decides the segment's bytes, the tools' versions included: what a cache hashes.
    pub fn fingerprint(&self, tools: &Tools) -> Result<String, MediaError> {
        finish::fingerprint("segment", self, tools)
    }
}

/// Encodes a segment into `out`, an MP4 without sound that [`crate::join`] takes. `progress` hears how many of its
/// frames are done.
///
/// # Errors
/// [`MediaError::ClipTooShort`], [`MediaError::Undecodable`], [`MediaError::DiskFull`], [`MediaError::Write`],
/// [`MediaError::Cancelled`], and [`MediaError::Drawing`] when the source panicked. `out` is then left as it was.
pub fn encode(
    tools: &Tools,
    spec: &SegmentSpec,
    out: &Path,
    cancel: &CancelToken,
    progress: &mut dyn FnMut(u64),
) -> Result<(), MediaError> {
    let Finish { canvas, rate, .. } = spec.finish;
    spec.clip.check(&spec.frames, canvas)?;
    let count = spec.frames.end - spec.frames.start;
    let captions = spec.captions.as_ref();
    match &spec.clip.source {
        ClipSource::File(file) => {
            let tail = spec.tail.as_ref().filter(|_| spec.frames.end < spec.clip.frames);
            let last = if tail.is_some() { spec.clip.frames } else { spec.frames.end };
            let chain = file.filters(spec.clip.frames, spec.frames.start..last, canvas, rate)?;
            let input = tools.ffmpeg().words("-progress pipe:1 -stats_period 0.25 -threads 1");
            let mut chain = format!("[0:{}]{chain}", file.facts.stream);
            if tail.is_some() {
                chain = format!(
                    "{chain},split[whole][behind];[behind]trim=start_frame={count},setpts=PTS-STARTPTS[tail];\
                     [whole]trim=end_frame={count}"
                );
            }
            let mut stretch = spec.finish.stretch(file.input(input), &chain, captions, out)?;
            if let Some(tail) = tail {
                stretch.also("[tail]", tail);
            }
            stretch.command.run_reporting(cancel, progress).map_err(|e| undecodable(&file.path, e))?;
            stretch.commit(count, rate).map_err(|error| match error {
                MediaError::FrameCount { found, expected, .. } if found < expected => {
                    too_few(&file.path, found, expected)
                }
                other => other,
            })
        }
        ClipSource::Drawn(_) => {
            let input = tools.ffmpeg().args(raw_options(canvas, rate)).words("-i pipe:0");
            let stretch = spec.finish.stretch(input, "[0:v]null", captions, out)?;
            let mut sink = FrameSink::start(&stretch.command, cancel)?;
            let mut run = spec.clip.open(tools, spec.frames.clone(), canvas, rate, cancel)?;
            let mut frame = YuvFrame::black(canvas);
            for done in 1..=count {
                run.next(&mut frame)?;
                sink.write(&frame)?;
                progress(done);
            }
            sink.finish()?;
            stretch.commit(count, rate)
        }
    }
}
