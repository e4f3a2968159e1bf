//! What people make, in a real PostgreSQL: whose rows are seen, how scenes are edited, how projects are found.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on should stop")]

mod edits;
mod finding;
mod keys;
mod people;
mod rights;
