//! Fake AI services on loopback that speak each vendor's language and fail in every way that real ones do.
//!
//! A [`FakeVendor`] is told a [`Plot`] and plays it; it keeps every call it got, and counts the work it took in, so that a
//! test can tell what was paid for.

mod comfyui;
mod fal;
mod gemini;
mod kling;
pub mod material;
mod openai;
mod runway;
mod server;
mod stage;
mod together;
mod told;

pub use fal::sign as sign_fal_webhook;
pub use server::{FakeVendor, Spoken, Trap};
pub use stage::{Language, Plot, Seen};
pub use told::Told;
