//! A seam: the frames that two scenes share, blended here and encoded once. Captions and grade come after the blend,
//! so that they run through it.

use crate::clip::Clip;
use crate::error::MediaError;
use crate::finish::{self, CaptionOverlay, Finish};
use crate::frames::{FrameRun, FrameSink, StoredRun, raw_options};
use crate::tools::Tools;
use crate::transition::{Direction, Transition};
use mv_core::vocabulary::TransitionKind;
use mv_core::{CancelToken, YuvFrame};
use serde::Serialize;
use std::path::{Path, PathBuf};

#[derive(Clone, Debug, Serialize)]
pub struct SeamSpec {
    pub outgoing: Side,
    pub incoming: Side,
    /// Number of frames; the boundary lies in the middle, so it is even.
    pub frames: u64,
    pub kind: TransitionKind,
    /// Which way a wipe travels.
    pub direction: Direction,
    pub finish: Finish,
    pub captions: Option<CaptionOverlay>,
}

/// One of the two scenes.
#[derive(Clone, Debug, Serialize)]
pub struct Side {
    pub clip: Clip,
    /// The clip's frame that the seam starts with.
    pub start: u64,
    /// A file that holds these frames raw, as [`crate::SegmentSpec::tail`] left them; without one they are decoded.
    #[serde(skip)]
    pub decoded: Option<PathBuf>,
}

impl SeamSpec {
    /// Everything that decides the seam's bytes, the tools' versions included: what a cache hashes.
    pub fn fingerprint(&self, tools: &Tools) -> Result<String, MediaError> {
        finish::fingerprint("seam", self, tools)
    }
}

/// Encodes a seam into `out`, an MP4 without sound that [`crate::join`] takes. `progress` hears how many of its
/// frames are done.
///
/// # Errors
/// Those of [`crate::segment::encode`].
pub fn encode(
    tools: &Tools,
    spec: &SeamSpec,
    out: &Path,
    cancel: &CancelToken,
    progress: &mut dyn FnMut(u64),
) -> Result<(), MediaError> {
    let Finish { canvas, rate, .. } = spec.finish;
    if !spec.frames.is_multiple_of(2) {
        return Err(MediaError::Spec(format!(
            "a seam of `{}` frames: its boundary is in its middle",
            spec.frames
        )));
    }
    for side in [&spec.outgoing, &spec.incoming] {
        side.clip.check(&(side.start..side.start + spec.frames), canvas)?;
    }
    let input = tools.ffmpeg().args(raw_options(canvas, rate)).words("-i pipe:0");
    let stretch = spec.finish.stretch(input, "[0:v]null", spec.captions.as_ref(), out)?;
    let open = |side: &Side| match &side.decoded {
        Some(path) => Ok(FrameRun::Stored(StoredRun::open(path, canvas, spec.frames)?)),
        None => side.clip.open(tools, side.start..side.start + spec.frames, canvas, rate, cancel),
    };
    let mut sink = FrameSink::start(&stretch.command, cancel)?;
    let (mut outgoing, mut incoming) = (open(&spec.outgoing)?, open(&spec.incoming)?);
    let mut transition = Transition::new(spec.kind, spec.direction, spec.frames);
    let [mut from, mut to, mut blended] = [(); 3].map(|()| YuvFrame::black(canvas));
    for index in 0..spec.frames {
        outgoing.next(&mut from)?;
        incoming.next(&mut to)?;
        transition.blend(index, &from, &to, &mut blended);
        sink.write(&blended)?;
        progress(index + 1);
    }
    outgoing.finish()?;
    incoming.finish()?;
    sink.finish()?;
    stretch.commit(spec.frames, rate)
}
