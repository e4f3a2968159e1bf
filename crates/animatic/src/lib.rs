//! Draws every scene of a storyboard, offline: a painted set, figures in it, a camera, light on the beat.
//!
//! The same scene with the same seed gives the same bytes.

pub mod figure;
pub mod set;
