//! Runs of frames in order, ready before they are asked for: drawn on threads, or decoded by an FFmpeg on a pipe.

use crate::error::MediaError;
use crate::process::{Invocation, Pipes, Running};
use mv_core::{CancelToken, Canvas, FrameRate, FrameSource, YuvFrame};
use std::fs::File;
use std::io::{Read, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, ChildStdout};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread::JoinHandle;

/// Frames a drawing thread may be ahead by.
const DRAWN_AHEAD: usize = 2;

/// A run of frames that is read once, from its start.
pub(crate) enum FrameRun {
    Drawn(DrawnRun),
    Decoded(DecodedRun),
    Stored(StoredRun),
}

impl FrameRun {
    /// Puts the next frame into `frame`, whose buffers may be exchanged for others.
    pub(crate) fn next(&mut self, frame: &mut YuvFrame) -> Result<(), MediaError> {
        match self {
            Self::Drawn(run) => run.next(frame),
            Self::Decoded(run) => run.next(frame),
            Self::Stored(run) => run.next(frame),
        }
    }

    /// Checks that nothing went wrong behind the last frame.
    pub(crate) fn finish(self) -> Result<(), MediaError> {
        match self {
            Self::Drawn(_) | Self::Stored(_) => Ok(()),
            Self::Decoded(run) => run.finish(),
        }
    }
}

/// Frames drawn by a few threads in turn: thread `n` of `t` draws every `t`-th frame, so their order needs no sorting.
pub(crate) struct DrawnRun {
    lanes: Vec<Lane>,
    next: u64,
    start: u64,
    threads: Vec<JoinHandle<()>>,
}

struct Lane {
    drawn: Receiver<YuvFrame>,
    spent: Sender<YuvFrame>,
}

impl DrawnRun {
    pub(crate) fn start(source: &Arc<dyn FrameSource>, frames: Range<u64>, threads: usize) -> Self {
        let count = (threads as u64).clamp(1, (frames.end - frames.start).max(1));
        let (mut lanes, mut handles) = (Vec::new(), Vec::new());
        for first in frames.start..frames.start + count {
            let (sender, drawn) = sync_channel(DRAWN_AHEAD - 1);
            let (spent, returned) = channel();
            let source = source.clone();
            let share = (first..frames.end).step_by(count as usize);
            handles.push(std::thread::spawn(move || draw(source.as_ref(), share, &sender, &returned)));
            lanes.push(Lane { drawn, spent });
        }
        Self { lanes, next: frames.start, start: frames.start, threads: handles }
    }

    fn next(&mut self, frame: &mut YuvFrame) -> Result<(), MediaError> {
        let index = self.next;
        let lane = ((index - self.start) % self.lanes.len() as u64) as usize;
        let lane = &self.lanes[lane];
        // The other side hangs up early only when its drawing panicked.
        let drawn = lane.drawn.recv().map_err(|_| MediaError::Drawing { frame: index })?;
        lane.spent.send(std::mem::replace(frame, drawn)).ok();
        self.next += 1;
        Ok(())
    }
}

impl Drop for DrawnRun {
    fn drop(&mut self) {
        // Hanging up stops the threads at their next frame.
        self.lanes.clear();
        for thread in self.threads.drain(..) {
            thread.join().ok();
        }
    }
}

fn draw(
    source: &dyn FrameSource,
    share: impl Iterator<Item = u64>,
    sender: &SyncSender<YuvFrame>,
    returned: &Receiver<YuvFrame>,
) {
    for index in share {
        let mut frame = returned.try_recv().unwrap_or_else(|_| YuvFrame::black(source.canvas()));
        source.draw(index, &mut frame);
        if sender.send(frame).is_err() {
            return;
        }
    }
}

/// Frames that an FFmpeg decodes and conforms on the other side of a pipe.
pub(crate) struct DecodedRun {
    running: Option<Running>,
    stdout: ChildStdout,
    clip: PathBuf,
    done: u64,
    wanted: u64,
}

impl DecodedRun {
    /// Starts a command that writes `wanted` raw planar frames of `clip` to its standard output.
    pub(crate) fn start(
        decoder: &Invocation,
        clip: &Path,
        wanted: u64,
        cancel: &CancelToken,
    ) -> Result<Self, MediaError> {
        let mut running = decoder.start(Pipes::Output, cancel)?;
        let stdout = running.stdout().ok_or_else(|| MediaError::Spec("a decoder has no output".into()))?;
        Ok(Self { running: Some(running), stdout, clip: clip.to_owned(), done: 0, wanted })
    }

    fn next(&mut self, frame: &mut YuvFrame) -> Result<(), MediaError> {
        for plane in [&mut frame.y, &mut frame.u, &mut frame.v] {
            if self.stdout.read_exact(plane).is_err() {
                // The pipe ended early: the decoder says why, if it knows.
                self.running
                    .take()
                    .map_or(Ok(()), Running::finish)
                    .map_err(|e| undecodable(&self.clip, e))?;
                return Err(too_few(&self.clip, self.done, self.wanted));
            }
        }
        self.done += 1;
        Ok(())
    }

    fn finish(self) -> Result<(), MediaError> {
        drop(self.stdout);
        self.running.map_or(Ok(()), Running::finish).map_err(|e| undecodable(&self.clip, e))
    }
}

/// Names the clip in a decoder's complaint.
pub(crate) fn undecodable(clip: &Path, error: MediaError) -> MediaError {
    match error {
        MediaError::Failed { detail, .. } if detail.contains("Invalid data found") => {
            MediaError::Undecodable { path: clip.to_owned(), reason: detail }
        }
        MediaError::Failed { tool, detail, .. } if detail.contains("No such filter: 'zscale'") => {
            MediaError::Lacks { tool, feature: "libzimg (HDR clips)" }
        }
        other => other,
    }
}

/// A clip whose frames ran out although its times promised enough: it was cut off.
pub(crate) fn too_few(clip: &Path, found: u64, wanted: u64) -> MediaError {
    let reason = format!("only {found} of {wanted} frames could be decoded");
    MediaError::Undecodable { path: clip.to_owned(), reason }
}

/// Raw planar frames that lie in a file.
pub(crate) struct StoredRun {
    file: File,
    path: PathBuf,
}

impl StoredRun {
    pub(crate) fn open(path: &Path, canvas: Canvas, frames: u64) -> Result<Self, MediaError> {
        let at = |error| MediaError::reading(path, &error);
        let file = File::open(path).map_err(at)?;
        let expected = u64::from(canvas.width) * u64::from(canvas.height) * 3 / 2 * frames;
        let found = file.metadata().map_err(at)?.len();
        if found != expected {
            let reason = format!("{found} bytes where {expected} are {frames} frames of `{canvas}`");
            return Err(MediaError::Broken { path: path.to_owned(), reason });
        }
        Ok(Self { file, path: path.to_owned() })
    }

    fn next(&mut self, frame: &mut YuvFrame) -> Result<(), MediaError> {
        for plane in [&mut frame.y, &mut frame.u, &mut frame.v] {
            self.file.read_exact(plane).map_err(|error| MediaError::reading(&self.path, &error))?;
        }
        Ok(())
    }
}

/// An FFmpeg that encodes the raw frames written to it.
pub(crate) struct FrameSink {
    running: Option<Running>,
    stdin: ChildStdin,
}

impl FrameSink {
    pub(crate) fn start(encoder: &Invocation, cancel: &CancelToken) -> Result<Self, MediaError> {
        let mut running = encoder.start(Pipes::Input, cancel)?;
        let stdin = running.stdin().ok_or_else(|| MediaError::Spec("an encoder has no input".into()))?;
        Ok(Self { running: Some(running), stdin })
    }

    /// Writes one frame; waits while the encoder is busy.
    pub(crate) fn write(&mut self, frame: &YuvFrame) -> Result<(), MediaError> {
        for plane in [&frame.y, &frame.u, &frame.v] {
            if let Err(error) = self.stdin.write_all(plane) {
                // A broken pipe means that the encoder ended: it says why.
                self.running.take().map_or(Ok(()), Running::finish)?;
                return Err(MediaError::writing("the encoder's pipe".as_ref(), &error));
            }
        }
        Ok(())
    }

    pub(crate) fn finish(self) -> Result<(), MediaError> {
        drop(self.stdin);
        self.running.map_or(Ok(()), Running::finish)
    }
}

/// FFmpeg's options for raw frames of a canvas on its input.
pub(crate) fn raw_options(canvas: Canvas, rate: FrameRate) -> Vec<String> {
    let words = format!("-f rawvideo -pix_fmt yuv420p -video_size {canvas} -framerate {rate}");
    words.split(' ').map(str::to_owned).collect()
}
