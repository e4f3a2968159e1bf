//! The words everyone speaks: units, song analysis, storyboard and timeline rules, looks, lyrics; ids, plans, permissions,
//! and what the queue carries.
//!
//! No I/O and no async: every other crate may depend on this one, and this one on none of them.

pub mod address;
pub mod analysis;
pub mod audit;
pub mod cancel;
pub mod cast;
pub mod character;
pub mod clock;
pub mod correction;
pub mod edit;
pub mod errand;
pub mod failure;
pub mod film;
pub mod ids;
pub mod jobs;
pub mod look;
pub mod lyrics;
pub mod mail;
pub mod mention;
pub mod notice;
pub mod order;
pub mod paid_call;
pub mod peaks;
pub mod picture;
pub mod plan;
pub mod policy;
pub mod snap;
pub mod storyboard;
pub mod timeline;
pub mod units;
pub mod vocabulary;
pub mod webhook;

pub use analysis::SongAnalysis;
pub use cancel::CancelToken;
pub use cast::CastMember;
pub use clock::Clock;
pub use correction::Correction;
pub use film::FilmSettings;
pub use look::{Look, Rgb};
pub use lyrics::Lyrics;
pub use order::VideoConfig;
pub use peaks::WaveformPeaks;
pub use picture::{FrameSource, YuvFrame};
pub use storyboard::{Scene, Storyboard};
pub use timeline::Timeline;
pub use units::{Canvas, FrameIndex, FrameRate, Seconds};
