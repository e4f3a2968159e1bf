//! The server and its workers as a service manager runs them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it is")]

mod chaos;
mod life;
mod process;
mod purchases;
