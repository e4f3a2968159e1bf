//! The worker: makes films, hears songs, writes mails, packs archives and cleans up, from the queue.
//!
//! A job carries ids and loads what it needs. It holds no transaction while it works; at the end one transaction takes its
//! row off the queue and keeps what it did, or neither. A worker that is killed loses its jobs to the others within five
//! seconds, any number of times; only errors of the work itself count as tries.

mod analysis;
mod analytics;
mod archive;
mod bells;
pub mod billing;
mod cache;
mod character;
mod cleanup;
mod delivery;
mod dispatch;
mod edit;
mod errand;
pub mod error;
mod film;
mod forgetting;
mod keeper;
mod key_check;
pub mod mail;
mod making;
mod news;
mod node;
mod progress;
mod running;
mod service_check;
mod services;
mod settings;
mod settling;
mod shop;
mod transcribe;
mod webhook;
mod worker;
mod write;

pub use error::JobError;
pub use film::buying::purchases;
pub use mail::{MailSettings, Way};
pub use services::ServiceDesk;
pub use settings::{AnalyticsSettings, PostHog, Settings, WebhookSettings};
pub use shop::{SetUpError, Shop, Supplies};
pub use worker::Workers;
