//! Finds FFmpeg and checks that it can do what films need, before any work is started.

use crate::error::MediaError;
use crate::process::Invocation;
use mv_core::CancelToken;
use serde::Serialize;
use std::path::PathBuf;

/// The oldest FFmpeg that has everything used here (`-fps_mode` arrived with it).
pub const MINIMUM_VERSION: &str = "5.1";
/// The libavutil that FFmpeg came with: development builds have no release number, but they have this.
const MINIMUM_LIBAVUTIL: (u32, u32) = (57, 28);
/// Enough for the longest list of filters.
const PRINTED_BYTES: usize = 1 << 20;

/// Where to look for FFmpeg: a bare name is looked up on the `PATH`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolSearch {
    pub ffmpeg: PathBuf,
    pub ffprobe: PathBuf,
}

impl Default for ToolSearch {
    fn default() -> Self {
        Self { ffmpeg: "ffmpeg".into(), ffprobe: "ffprobe".into() }
    }
}

/// The programs that made a file: another version may make other bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Versions {
    /// As `ffmpeg -version` has it: `5.1.9-0+deb12u1`.
    pub ffmpeg: String,
    /// As the encoder signs its streams: `core 164 r3095 baee400`.
    pub x264: String,
}

/// An FFmpeg that is known to be there, new enough and complete.
#[derive(Clone, Debug)]
pub struct Tools {
    search: ToolSearch,
    versions: Versions,
}

impl Tools {
    /// Finds FFmpeg and tries it. Takes about a quarter of a second.
    ///
    /// # Errors
    /// [`MediaError::NotInstalled`], [`MediaError::TooOld`], and [`MediaError::Lacks`] when it was built without
    /// x264, without libass or with another part missing.
    pub fn locate(search: &ToolSearch) -> Result<Self, MediaError> {
        let ffmpeg = version_of(&search.ffmpeg)?;
        version_of(&search.ffprobe)?;
        let lacks = |feature| MediaError::Lacks { tool: search.ffmpeg.display().to_string(), feature };
        let filters = Invocation::new(&search.ffmpeg)
            .words("-hide_banner -filters")
            .output(PRINTED_BYTES, &CancelToken::new())?;
        let filters = String::from_utf8_lossy(&filters);
        if !filters.lines().any(|line| line.split_ascii_whitespace().nth(1) == Some("ass")) {
            return Err(lacks("libass (captions)"));
        }
        let stream = Invocation::new(&search.ffmpeg)
            .words("-hide_banner -loglevel error -nostdin -f lavfi -i color=size=64x64:rate=24")
            .words("-frames:v 1 -c:v libx264 -f h264 pipe:1")
            .output(PRINTED_BYTES, &CancelToken::new())
            .map_err(|_| lacks("libx264 (video)"))?;
        let x264 = x264_signature(&stream).ok_or_else(|| lacks("libx264 (video)"))?;
        Ok(Self { search: search.clone(), versions: Versions { ffmpeg, x264 } })
    }

    pub fn versions(&self) -> &Versions {
        &self.versions
    }

    /// An FFmpeg command that is quiet, asks nothing and overwrites its output.
    pub fn ffmpeg(&self) -> Invocation {
        Invocation::new(&self.search.ffmpeg).words("-hide_banner -loglevel error -nostdin -y")
    }

    pub fn ffprobe(&self) -> Invocation {
        Invocation::new(&self.search.ffprobe).words("-hide_banner -loglevel error")
    }
}

fn version_of(program: &PathBuf) -> Result<String, MediaError> {
    let tool = program.display().to_string();
    let printed = Invocation::new(program).arg("-version").output(PRINTED_BYTES, &CancelToken::new())?;
    let printed = String::from_utf8_lossy(&printed);
    let unknown =
        || MediaError::TooOld { tool: tool.clone(), found: "unknown".into(), needed: MINIMUM_VERSION };
    let found = printed.split_ascii_whitespace().nth(2).ok_or_else(unknown)?.to_owned();
    if libavutil(&printed).is_some_and(|version| version >= MINIMUM_LIBAVUTIL) {
        Ok(found)
    } else {
        Err(MediaError::TooOld { tool, found, needed: MINIMUM_VERSION })
    }
}

/// Reads `libavutil      57. 28.100 / 57. 28.100`: the version that is loaded stands behind the slash.
fn libavutil(printed: &str) -> Option<(u32, u32)> {
    let line = printed.lines().find(|line| line.starts_with("libavutil"))?;
    let mut parts = line.split('/').next_back()?.split('.').map(|part| part.trim().parse().ok());
    Some((parts.next()??, parts.next()??))
}

/// Reads `x264 - core 164 r3095 baee400 - H.264/…` out of a stream's first frame.
fn x264_signature(stream: &[u8]) -> Option<String> {
    const SIGN: &[u8] = b"x264 - ";
    let start = stream.windows(SIGN.len()).position(|window| window == SIGN)? + SIGN.len();
    let rest = &stream[start..stream.len().min(start + 80)];
    let end = rest.windows(3).position(|window| window == b" - ")?;
    String::from_utf8(rest[..end].to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::Pipes;
    use std::io::Write;
    use std::path::Path;

    /// A script that prints this. Another process writes it: a file that this one had open for writing could not be
    /// started while a test beside it starts a child.
    fn fake(folder: &Path, printed: &str) -> PathBuf {
        let path = folder.join("ffmpeg");
        let install =
            Invocation::new("sh").args(["-c", r#"rm -f "$0"; cat > "$0"; chmod 755 "$0""#]).arg(&path);
        let mut running = install.start(Pipes::Input, &CancelToken::new()).unwrap();
        let script = format!("#!/bin/sh\ncat <<'END'\n{printed}\nEND\n");
        running.stdin().unwrap().write_all(script.as_bytes()).unwrap();
        running.finish().unwrap();
        path
    }

    #[test]
    fn the_real_one_is_found() {
        let tools = Tools::locate(&ToolSearch::default()).unwrap();
        assert!(tools.versions().x264.starts_with("core "), "{:?}", tools.versions());
        assert!(!tools.versions().ffmpeg.is_empty());
    }

    #[test]
    fn one_that_is_missing_old_or_crippled_is_told_with_a_way_out() {
        let missing = ToolSearch { ffmpeg: "/nowhere/ffmpeg".into(), ..ToolSearch::default() };
        let error = Tools::locate(&missing).unwrap_err();
        assert!(matches!(error, MediaError::NotInstalled { .. }) && error.hint().is_some());

        let folder = tempfile::tempdir().unwrap();
        let old = "ffmpeg version 4.4.2-0ubuntu Copyright\nlibavutil      56. 70.100 / 56. 70.100";
        let search = ToolSearch { ffmpeg: fake(folder.path(), old), ..ToolSearch::default() };
        let error = Tools::locate(&search).unwrap_err();
        assert!(error.to_string().contains("`4.4.2-0ubuntu`") && error.hint().is_some(), "{error}");

        let bare = "ffmpeg version N-118000-gabc Copyright\nlibavutil      59. 51.100 / 59. 51.100";
        let search = ToolSearch { ffmpeg: fake(folder.path(), bare), ..ToolSearch::default() };
        let error = Tools::locate(&search).unwrap_err();
        assert!(matches!(error, MediaError::Lacks { .. }), "{error}");

        let search = ToolSearch { ffmpeg: fake(folder.path(), "hello"), ..ToolSearch::default() };
        assert!(matches!(Tools::locate(&search), Err(MediaError::TooOld { .. })));
    }
}
