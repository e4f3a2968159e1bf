//! Drives FFmpeg: segments, seams, joins, sound, captions, reports.
//!
//! Every function here is synchronous, is stopped by a [`mv_core::CancelToken`] and leaves a whole file under the name
//! it was asked for, or none.

pub mod artefact;
pub mod captions;
pub mod chapters;
pub mod clip;
pub mod conform;
pub mod encoder;
pub mod error;
pub mod finish;
mod frames;
pub mod grade;
pub mod join;
pub mod mp4;
pub mod probe;
pub mod process;
pub mod report;
pub mod seam;
pub mod segment;
pub mod sound;
pub mod thumbnail;
pub mod tools;
pub mod transition;
pub mod watermark;

pub use chapters::{Chapter, Metadata};
pub use clip::{Clip, ClipSource, DrawnClip, FileClip};
pub use conform::{Fit, Focus};
pub use encoder::Encoder;
pub use error::MediaError;
pub use finish::{CaptionOverlay, Finish, GRAPH_VERSION};
pub use join::{FilmSegment, FilmSpec};
pub use probe::ClipFacts;
pub use seam::{SeamSpec, Side};
pub use segment::SegmentSpec;
pub use thumbnail::SpriteSheet;
pub use tools::{ToolSearch, Tools, Versions};
pub use transition::Direction;
pub use watermark::Watermark;
