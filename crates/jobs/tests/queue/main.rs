//! The worker against a real PostgreSQL and objects on the disk: films, failures, stops.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it is")]

mod analytics;
mod billing;
mod characters;
mod deliveries;
mod errands;
mod films;
mod ground;
mod jobs;
mod mails;
mod receiver;
mod services;
mod webhooks;
