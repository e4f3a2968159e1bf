//! The HTTP interface as its clients see it: a real PostgreSQL, a clock that tests set, files in a folder of their own,
//! and requests that pass every layer.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on should stop"
)]

mod app;

mod access;
mod accounts;
mod admin;
mod analytics;
mod billing;
mod calls;
mod credits;
mod document;
mod keys;
mod limits;
mod mail;
mod mfa;
mod oauth;
mod pages;
mod provider_keys;
mod providers;
mod webhook_endpoints;
mod webhooks;
