//! Directs a song: templates, storyboards, lyrics, plan files.
//!
//! [`direct()`] turns a song's analysis into a storyboard; [`template`] says in what manner;
//! [`lyrics`] reads what is sung; [`planfile`] keeps the result where a person can edit it.

mod acts;
mod blocking;
mod chance;
mod change;
mod cutting;
mod direct;
mod grid;
mod joining;
pub mod lyrics;
pub mod planfile;
mod rules;
#[cfg(test)]
mod sample;
mod stage;
pub mod template;
mod wording;
mod writing;
mod written;

pub use change::{Change, diff};
pub use direct::{DirectError, DirectOptions, DirectRequest, direct};
pub use rules::{Violation, violations};
pub use template::{Template, TemplateError};
pub use wording::Language;
pub use writing::{SCENES_A_REQUEST, WritingRequest, Written, take_writing, writing_request};
pub use written::{RejectedLine, Rejection, WrittenLine, apply_written_lines};
