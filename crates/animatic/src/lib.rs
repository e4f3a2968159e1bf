//! Draws every scene of a storyboard, offline: a painted set, figures in it, a camera, light on the beat.
//!
//! The same scene with the same seed gives the same bytes.

pub mod ambience;
pub mod blur;
pub mod brush;
pub mod chance;
pub mod figure;
pub mod places;
pub mod set;
pub mod sky;
pub mod tone;
