//! The ledger in a real PostgreSQL: every step of a call and every refusal, crowds, and any order of events.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on should stop")]

mod calls;
mod crowd;
mod grants;
mod ground;
mod model;
mod money;
