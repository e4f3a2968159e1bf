//! The sound track: a song file → AAC at the wished loudness, exactly as long as the film.
//!
//! Gain is linear; only what would pass the true-peak bound meets a look-ahead limiter. The mix is never re-balanced.

mod interpolation;
mod limiter;
mod meter;
mod pcm;
mod speech;
mod track;

pub use limiter::Limiter;
pub use meter::{Loudness, Meter};
pub use pcm::{CHANNELS, PcmReader, SAMPLE_RATE};
pub use speech::speech;
pub use track::{SoundReport, SoundSpec, encode};
