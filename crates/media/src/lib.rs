//! Drives FFmpeg: segments, seams, joins, sound, captions, reports.
//!
//! Every function here is synchronous, is stopped by a [`mv_core::CancelToken`] and leaves a whole file under the name
//! it was asked for, or none.

pub mod artefact;
pub mod captions;
pub mod error;
pub mod process;
pub mod segment;
pub mod tools;

pub use error::MediaError;
pub use segment::CaptionOverlay;
pub use tools::{ToolSearch, Tools, Versions};
