//! What every frame of the film gets, wherever it came from: the grade, the captions, the watermark, the encoder.

use crate::artefact::{self, Draft};
use crate::encoder::{Encoder, timescale};
use crate::error::MediaError;
use crate::grade;
use crate::mp4::Movie;
use crate::process::Invocation;
use crate::tools::Tools;
use crate::watermark::Watermark;
use mv_core::vocabulary::Grade;
use mv_core::{Canvas, FrameRate};
use serde::Serialize;
use std::path::{Path, PathBuf};
use tempfile::TempPath;

/// Version of the filters and kernels of this crate: raised when the same inputs come out otherwise. Whoever keys a
/// cache without [`crate::SegmentSpec::fingerprint`] must include it.
pub const GRAPH_VERSION: u32 = 5;

/// The picture of a whole film: the same for each of its segments and seams.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finish {
    pub canvas: Canvas,
    pub rate: FrameRate,
    pub grade: Grade,
    pub watermark: Option<Watermark>,
    pub encoder: Encoder,
}

/// Captions to be burnt into a stretch of the film.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CaptionOverlay {
    /// An ASS script whose times are the film's: draw it with [`CaptionOverlay::filter`], which shifts the clock, so
    /// that a caption crossing a border between two stretches goes on to the pixel.
    pub ass: String,
    /// The film's frame that is the stretch's first.
    pub first_frame: u64,
    /// The folder that holds its fonts; where it is does not change the picture.
    #[serde(skip)]
    pub fonts_dir: PathBuf,
    /// BLAKE3 of the fonts, hex: what is in the folder does.
    pub fonts_hash: String,
}

/// A stretch being encoded: its command, and the files that must live as long as it runs.
pub(crate) struct Stretch {
    pub(crate) command: Invocation,
    draft: Draft,
    _script: Option<TempPath>,
}

impl Finish {
    /// Prepares the encoding of one stretch: `chain` turns the first input's stream into frames of the film.
    pub(crate) fn stretch(
        &self,
        input: Invocation,
        chain: &str,
        captions: Option<&CaptionOverlay>,
        out: &Path,
    ) -> Result<Stretch, MediaError> {
        let draft = Draft::of(out)?;
        let mut filters = vec![chain.to_owned()];
        filters.extend(grade::filter(self.grade).map(str::to_owned));
        let script = captions.map(|c| artefact::companion(out, "ass", &c.ass)).transpose()?;
        if let (Some(captions), Some(script)) = (captions, &script) {
            let (script, fonts) = (escaped(script)?, escaped(&captions.fonts_dir)?);
            filters.push(captions.filter(&script, &fonts, self.rate));
        }
        // Said of every stretch alike, whatever its source said of itself: parameter sets must not differ.
        filters.push(
            "setsar=1,setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709".into(),
        );
        let mut command = input;
        let mut graph = filters.join(",");
        if let Some(mark) = &self.watermark {
            command = mark.input(command)?;
            graph = format!("{graph}[base];{}", mark.graph(self.canvas));
        }
        let command = command
            .words("-filter_complex_threads 1 -filter_complex")
            .arg(format!("{graph}[film]"))
            .words("-map [film]")
            .args(self.encoder.arguments(self.rate))
            .arg(draft.path())
            .writing(out);
        Ok(Stretch { command, draft, _script: script })
    }
}

impl Stretch {
    /// Also writes another output of the chain, as raw frames.
    pub(crate) fn also(&mut self, output: &str, path: &Path) {
        let command = std::mem::replace(&mut self.command, Invocation::new(""));
        self.command = command.arg("-map").arg(output).words("-fps_mode passthrough -f rawvideo").arg(path);
    }

    /// Checks what was encoded and gives it its name.
    pub(crate) fn commit(self, frames: u64, rate: FrameRate) -> Result<(), MediaError> {
        let shown = shown_frames(self.draft.path())?;
        let out = self.draft.target();
        if shown.len() as u64 != frames {
            return Err(MediaError::FrameCount {
                path: out.to_owned(),
                found: shown.len() as u64,
                expected: frames,
            });
        }
        let step = i64::from(timescale(rate) / rate.get());
        if !shown.iter().zip(0..).all(|(time, index)| *time == index * step) {
            let reason = "its frames are not evenly spaced".to_owned();
            return Err(MediaError::Broken { path: out.to_owned(), reason });
        }
        self.draft.commit()
    }
}

/// When each frame of a file of ours is shown, sorted.
fn shown_frames(path: &Path) -> Result<Vec<i64>, MediaError> {
    let movie = Movie::read(path).map_err(|e| MediaError::reading(path, &e))?;
    let mut shown = movie.track(b"vide").map(|track| track.shown_times.clone()).unwrap_or_default();
    shown.sort_unstable();
    Ok(shown)
}

/// Everything that decides a stretch's bytes, as JSON with a fixed order of fields: what a cache hashes.
pub(crate) fn fingerprint(kind: &str, spec: &impl Serialize, tools: &Tools) -> Result<String, MediaError> {
    #[derive(Serialize)]
    struct Fingerprint<'a, S> {
        kind: &'a str,
        graph: u32,
        versions: &'a crate::tools::Versions,
        spec: &'a S,
    }
    serde_json::to_string(&Fingerprint { kind, graph: GRAPH_VERSION, versions: tools.versions(), spec })
        .map_err(|e| MediaError::Spec(e.to_string()))
}

/// A path as the value of a filter's option: once for the option, once for the graph.
fn escaped(path: &Path) -> Result<String, MediaError> {
    let text = path.to_str().ok_or_else(|| MediaError::Read {
        path: path.to_owned(),
        reason: "its name is not valid UTF-8, which captions need".into(),
    })?;
    let escape = |text: &str, special: &str| {
        let mut out = String::with_capacity(text.len() + 8);
        for letter in text.chars() {
            if special.contains(letter) {
                out.push('\\');
            }
            out.push(letter);
        }
        out
    };
    Ok(escape(&escape(text, r"\':"), r"\'[],;"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_escaped_twice() {
        assert_eq!(escaped(Path::new("/a b/c.ass")).unwrap(), "/a b/c.ass");
        assert_eq!(escaped(Path::new("/it's: [1],2;x")).unwrap(), r"/it\\\'s\\: \[1\]\,2\;x");
    }
}
