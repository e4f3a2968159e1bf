//! One suite that every adapter passes, against fakes that fail in every way real services do.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on should stop where it is")]

mod local;
mod logs;
mod plots;
mod reach;
mod requests;
mod spec;
mod subject;
mod webhooks;
