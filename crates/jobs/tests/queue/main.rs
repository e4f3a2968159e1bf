//! The worker against a real PostgreSQL and objects on the disk: films, failures, stops.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it is")]

mod billing;
mod characters;
mod errands;
mod films;
mod ground;
mod jobs;
mod mails;
mod services;
mod webhooks;
