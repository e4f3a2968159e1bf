//! Sound as it is worked on: interleaved stereo at 48 kHz in 32-bit floats, streamed out of FFmpeg.

use crate::process::{Pipes, Running};
use crate::{MediaError, Tools};
use mv_core::CancelToken;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ChildStdout;

pub const SAMPLE_RATE: u32 = 48_000;
pub const CHANNELS: usize = 2;

/// Bytes of a stereo frame, and of what is read at a time.
const FRAME_BYTES: usize = 4 * CHANNELS;
const READ_BYTES: usize = FRAME_BYTES * 16_384;

/// The first sound stream of any file, decoded, mixed down to stereo and resampled as it is read.
///
/// The first frame is the first decoded one (encoder delay removed), whatever time stamp the file gives it. Mono goes to
/// both sides; surround is mixed down by ITU-R BS.775.
#[derive(Debug)]
pub struct PcmReader {
    path: PathBuf,
    running: Option<Running>,
    stdout: Option<ChildStdout>,
    bytes: Vec<u8>,
    /// Bytes of a frame that was cut by the end of a read.
    kept: usize,
}

impl PcmReader {
    /// Starts decoding. A file without sound, or that is no sound at all, fails at the first read.
    pub fn open(tools: &Tools, path: &Path, cancel: &CancelToken) -> Result<Self, MediaError> {
        Self::start(tools, path, "", cancel)
    }

    /// Starts decoding as a player would: sound that begins late has silence before it.
    pub fn timed(tools: &Tools, path: &Path, cancel: &CancelToken) -> Result<Self, MediaError> {
        Self::start(tools, path, ":async=1:first_pts=0", cancel)
    }

    fn start(tools: &Tools, path: &Path, timing: &str, cancel: &CancelToken) -> Result<Self, MediaError> {
        let resample = "aresample=48000:filter_size=64:cutoff=0.98:out_chlayout=stereo";
        let mut running = tools
            .ffmpeg()
            .arg("-i")
            .arg(path)
            .words("-map 0:a:0 -vn -sn -dn -af")
            .arg(format!("{resample}{timing}"))
            .words("-ar 48000 -ac 2 -c:a pcm_f32le -f f32le pipe:1")
            .start(Pipes::Output, cancel)?;
        let stdout = running.stdout();
        Ok(Self { path: path.into(), running: Some(running), stdout, bytes: vec![0; READ_BYTES], kept: 0 })
    }

    /// Replaces `frames` by the next interleaved frames; empty at the end.
    ///
    /// # Errors
    /// [`MediaError::Read`] when the file has no sound that can be decoded.
    pub fn read(&mut self, frames: &mut Vec<f32>) -> Result<(), MediaError> {
        frames.clear();
        while frames.is_empty() {
            let Some(stdout) = &mut self.stdout else { return Ok(()) };
            let read = stdout.read(&mut self.bytes[self.kept..]);
            let count = read.map_err(|source| MediaError::reading(&self.path, &source))?;
            if count == 0 {
                self.stdout = None;
                return self
                    .running
                    .take()
                    .map_or(Ok(()), Running::finish)
                    .map_err(|error| self.judge(error));
            }
            let filled = self.kept + count;
            let whole = filled / FRAME_BYTES * FRAME_BYTES;
            let samples = self.bytes[..whole].as_chunks::<4>().0;
            frames.extend(samples.iter().map(|bytes| sane(f32::from_le_bytes(*bytes))));
            self.bytes.copy_within(whole..filled, 0);
            self.kept = filled - whole;
        }
        Ok(())
    }

    /// FFmpeg's complaint, told about the file it was given.
    fn judge(&self, error: MediaError) -> MediaError {
        match error {
            MediaError::Failed { detail, .. } => {
                let reason = if detail.contains("matches no streams") {
                    "it holds no sound".to_owned()
                } else {
                    detail.lines().next_back().unwrap_or("it cannot be decoded").to_owned()
                };
                MediaError::Read { path: self.path.clone(), reason }
            }
            other => other,
        }
    }
}

/// A float file may hold anything: what is not a number is silence, and nothing is 60 dB over full scale.
fn sane(sample: f32) -> f32 {
    if sample.is_finite() { sample.clamp(-1000.0, 1000.0) } else { 0.0 }
}
