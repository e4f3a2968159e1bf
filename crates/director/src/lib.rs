//! Directs a song: templates, storyboards, lyrics.
//!
//! [`direct()`] turns a song's analysis into a storyboard; [`template`] says in what manner.

mod acts;
mod blocking;
mod chance;
mod cutting;
mod direct;
mod grid;
mod joining;
mod rules;
#[cfg(test)]
mod sample;
mod stage;
pub mod template;
mod wording;

pub use direct::{DirectError, DirectOptions, DirectRequest, direct};
pub use rules::{Violation, violations};
pub use template::{Template, TemplateError};
