//! How people prove who they are, and what speaks for them afterwards.

pub mod cookies;
pub mod identity;
pub mod live;
pub mod random;
pub mod token;

use crate::config::ApiConfig;
use crate::state::SetUpError;
use live::Live;
use token::Signer;

/// Keys and short memories of what the database said.
#[derive(Debug)]
pub struct Auth {
    pub signer: Signer,
    pub live: Live,
}

impl Auth {
    pub(crate) fn new(config: &ApiConfig) -> Result<Self, SetUpError> {
        Ok(Self { signer: Signer::new(&config.signing_keys)?, live: Live::default() })
    }
}
