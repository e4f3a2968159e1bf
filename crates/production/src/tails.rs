//! Frames of clips that are files, which a segment left for the seam behind it, so that the seam need not decode the whole clip again.
//!
//! They are a saving, not an artefact: a seam that finds none decodes for itself, and comes out the same.

use crate::inputs::{ClipPart, FootageClip};
use mv_core::{Canvas, FrameRate};
use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use tempfile::TempPath;

/// Kept at a time: a second of 1080p24 takes 75 MB, and a seam follows its segment closely.
const KEPT: usize = 4;

/// What was kept last, the oldest first; a file goes when it is taken or pushed out.
#[derive(Debug, Default)]
pub(crate) struct Tails {
    kept: Mutex<VecDeque<(Name, TempPath)>>,
}

/// Which frames these are.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Name {
    pub(crate) clip: Filed,
    /// The clip's frame that they begin with; they go on to its end.
    pub(crate) start: u64,
    pub(crate) canvas: Canvas,
    pub(crate) rate: FrameRate,
}

/// A clip that is a file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Filed {
    Footage(FootageClip),
    Bought(ClipPart),
}

impl Tails {
    /// A file to write a tail to, beside `out`; it counts once it is [kept](Self::keep).
    pub(crate) fn place(out: &Path) -> std::io::Result<TempPath> {
        let folder = out.parent().and_then(Path::parent).unwrap_or(Path::new("."));
        Ok(tempfile::Builder::new().prefix("tail-").suffix(".yuv").tempfile_in(folder)?.into_temp_path())
    }

    pub(crate) fn keep(&self, name: Name, file: TempPath) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push_back((name, file));
        if kept.len() > KEPT {
            kept.pop_front();
        }
    }

    pub(crate) fn take(&self, name: &Name) -> Option<TempPath> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let at = kept.iter().position(|(other, _)| other == name)?;
        kept.remove(at).map(|(_, file)| file)
    }
}
