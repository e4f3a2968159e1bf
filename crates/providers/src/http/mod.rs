//! The one door to the network: every call to a service goes through it, bounded in time and size, and only to where it
//! may go.
//!
//! A [`Door`] holds the connections; a [`Line`] is one account at one service behind it: its address, its secret, its
//! limits. A line tells paid calls from others, because a paid call whose answer is lost may not be made again.

mod accounts;
pub(crate) mod address;
pub mod gate;
pub(crate) mod line;
pub mod message;
pub(crate) mod retry_after;
pub(crate) mod sniff;

pub use accounts::Pause;
pub(crate) use accounts::Published;
pub(crate) use line::{Effect, Line, Reply};

use accounts::Accounts;
use address::PublicOnly;
use mv_core::Clock;
use reqwest::Client;
use reqwest::redirect::Policy;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

/// How long the door waits, and how much it takes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DoorSettings {
    pub connect: Duration,
    /// From the first byte sent to the first byte of the answer, for calls that only ask.
    pub first_byte: Duration,
    /// The same for calls that make something before they answer.
    pub making: Duration,
    /// For the whole of an answer.
    pub whole: Duration,
    /// The longest answer that is read: pictures come inside JSON.
    pub answer_bytes: usize,
    pub image_bytes: usize,
    pub clip_bytes: usize,
}

const MIB: usize = 1024 * 1024;

impl Default for DoorSettings {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            first_byte: Duration::from_secs(30),
            making: Duration::from_mins(5),
            whole: Duration::from_mins(10),
            answer_bytes: 64 * MIB,
            image_bytes: 48 * MIB,
            clip_bytes: 256 * MIB,
        }
    }
}

/// The connections to everywhere. Cheap to clone; all clones share them.
#[derive(Clone, Debug)]
pub struct Door {
    /// Reaches public addresses alone.
    public: Client,
    /// Reaches the address of a service that the operator runs, wherever it is.
    own: Client,
    settings: DoorSettings,
    clock: Arc<dyn Clock>,
    accounts: Arc<Accounts>,
}

#[derive(Debug, thiserror::Error)]
#[error("the network cannot be set up: {0}")]
pub struct DoorError(#[from] reqwest::Error);

impl Door {
    pub fn new(settings: DoorSettings, clock: Arc<dyn Clock>) -> Result<Self, DoorError> {
        // The first provider installed stays; all of ours are ring.
        rustls::crypto::ring::default_provider().install_default().ok();
        let builder = || {
            Client::builder()
                .user_agent("MelodyVision")
                .redirect(Policy::none())
                // A proxy would look names up by itself, past the check of addresses.
                .no_proxy()
                // A connection that the other side just gave up would lose the answer to paid work.
                .pool_idle_timeout(Duration::from_secs(20))
                .connect_timeout(settings.connect)
        };
        let public = builder().dns_resolver(Arc::new(PublicOnly)).build()?;
        Ok(Self { public, own: builder().build()?, settings, clock, accounts: Arc::default() })
    }

    pub fn settings(&self) -> &DoorSettings {
        &self.settings
    }

    /// The services that were left alone a moment ago because they failed again and again.
    pub fn pauses(&self) -> Vec<Pause> {
        self.accounts.pauses(self.clock.now())
    }

    /// The keys that a service publishes at an address, once for all who ask; held while they are fetched.
    pub(crate) fn published(&self, url: &str) -> Arc<Mutex<Option<Published>>> {
        self.accounts.published(url)
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.clock
    }
}
