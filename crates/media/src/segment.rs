//! A segment: one stretch of the film that shows one scene alone, encoded once.

use serde::Serialize;
use std::path::PathBuf;

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
