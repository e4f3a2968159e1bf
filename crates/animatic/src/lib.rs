//! Draws every scene of a storyboard, offline: a painted set, figures in it, a camera, light on the beat.
//!
//! The same scene with the same seed gives the same bytes.

mod air;
pub mod ambience;
pub mod blend;
pub mod blur;
pub mod brush;
mod camera;
pub mod chance;
mod compositor;
pub mod figure;
mod finish;
mod fog;
mod grade;
mod lanczos;
pub mod light;
mod motes;
pub mod outline;
mod picture;
pub mod places;
mod plane;
pub mod plate;
pub mod portrait;
mod sampler;
pub mod set;
pub mod shot;
pub mod sky;
pub mod tone;
mod wave;

/// Version of the drawing: raised whenever the same scene would be drawn differently.
pub const VERSION: u32 = 7;
