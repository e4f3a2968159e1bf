//! The works API as its clients see it: a real PostgreSQL, objects in a folder, requests that pass every layer.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on should stop")]

mod app;
mod characters;
mod copies;
mod corrections;
mod errands;
mod films;
mod funding;
mod notifications;
mod packages;
mod pictures;
mod projects;
mod services;
mod sharing;
mod sockets;
mod strangers;
mod takes;
mod uploads;
mod usage;
