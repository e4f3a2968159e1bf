//! What stays in the picture where a clip is cut to another shape: whoever some of its frames are of.

use crate::error::ProductionError;
use crate::perform::Studio;
use mv_core::{Canvas, FrameRate, Seconds};
use mv_media::Focus;
use mv_media::probe::ClipFacts;
use mv_providers::animatic;
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// Of a picture so little may be cut off, as a share, that nobody asks at which side.
const UNSEEN: f64 = 0.1;

/// What was looked at: the file, its part in milliseconds, and the shape it is cut to.
type Known = (String, u64, u64, Canvas);

/// The clips that were looked at. A scene's body and its seams must be cut alike.
#[derive(Default)]
pub(crate) struct Foci(Mutex<HashMap<Known, Focus>>);

/// A part of a clip that is to fill a canvas.
pub(crate) struct Cut<'a> {
    pub(crate) path: &'a Path,
    /// Hash of the file, or the key of the step that made it.
    pub(crate) content: &'a str,
    pub(crate) facts: &'a ClipFacts,
    pub(crate) from: Seconds,
    /// How many frames of the film it covers.
    pub(crate) frames: u64,
    pub(crate) rate: FrameRate,
    pub(crate) canvas: Canvas,
}

impl Cut<'_> {
    /// The share of the picture that the canvas's shape cuts off.
    fn loses(&self) -> f64 {
        let (width, height) = self.facts.display_size();
        let shape = width / height / self.canvas.ratio();
        1.0 - shape.min(1.0 / shape)
    }

    /// The part of the file that is shown.
    fn length(&self) -> Seconds {
        let wanted = self.frames as f64 / f64::from(self.rate.get());
        Seconds(wanted.min(self.facts.duration.0 - self.from.0).max(0.0))
    }
}

impl Studio {
    /// The middle of what a clip's frames are of: their median, so that one frame in which nobody is found moves nothing. The
    /// camera of a clip moves by itself; a crop that moved with a face would sway.
    ///
    /// # Errors
    /// When the clip's frames cannot be read.
    pub(crate) fn focus(&self, cut: &Cut<'_>) -> Result<Focus, ProductionError> {
        if cut.loses() < UNSEEN {
            return Ok(Focus::CENTRE);
        }
        let milliseconds = |seconds: Seconds| (seconds.0 * 1000.0).round() as u64;
        let name = (cut.content.to_owned(), milliseconds(cut.from), milliseconds(cut.length()), cut.canvas);
        let known = || self.foci.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(focus) = known().get(&name) {
            return Ok(*focus);
        }
        let looks = self.looks(cut.path, cut.from, cut.length())?;
        let aims: Vec<[f64; 2]> =
            looks.iter().filter_map(|look| animatic::aim(look, cut.canvas).ok()).collect();
        let focus = Focus { x: median(&aims, 0), y: median(&aims, 1) };
        known().insert(name, focus);
        Ok(focus)
    }
}

/// The middle one along an axis; the centre when there is none.
fn median(aims: &[[f64; 2]], axis: usize) -> f64 {
    let mut along: Vec<f64> = aims.iter().map(|aim| aim[axis]).collect();
    along.sort_by(f64::total_cmp);
    along.get(along.len() / 2).copied().unwrap_or(0.5)
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn one_frame_without_anybody_moves_nothing() {
        let aims = [[0.8, 0.5], [0.81, 0.5], [0.5, 0.5], [0.82, 0.5], [0.8, 0.5]];
        assert!((median(&aims, 0) - 0.8).abs() < 1e-9);
        assert!((median(&[], 1) - 0.5).abs() < 1e-9);
    }
}
