//! How people prove who they are, and what speaks for them afterwards.

pub mod api_key;
pub mod cookies;
pub mod first_admin;
pub mod identity;
pub mod live;
pub mod oauth;
pub mod password;
pub mod random;
pub mod second_factor;
pub mod session;
pub mod token;
pub mod totp;

use crate::config::{ApiConfig, Secret, SecretKey};
use crate::state::SetUpError;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use live::Live;
use mv_core::plan::PlanTable;
use mv_store::secrets::Keyring;
use oauth::OAuth;
use password::Passwords;
use token::Signer;

/// Keys and short memories of what the database said.
#[derive(Debug)]
pub struct Auth {
    pub signer: Signer,
    pub live: Live,
    pub passwords: Passwords,
    pub oauth: OAuth,
}

impl Auth {
    pub(crate) fn new(
        config: &ApiConfig,
        keyring: &Keyring,
        plans: &'static PlanTable,
    ) -> Result<Self, SetUpError> {
        let signer = if config.signing_keys.is_empty() {
            Signer::new(&[own_key(keyring)?])?
        } else {
            Signer::new(&config.signing_keys)?
        };
        Ok(Self {
            signer,
            live: Live::new(plans),
            passwords: Passwords::new(&config.passwords)?,
            oauth: OAuth::new(config)?,
        })
    }
}

/// Without configured keys sessions are signed by one made from the key that seals secrets.
fn own_key(keyring: &Keyring) -> Result<SecretKey, SetUpError> {
    let secret = keyring.derive("session tokens")?;
    let id = keyring.ids().first().map_or_else(|| "own".to_owned(), |id| format!("own-{id}"));
    Ok(SecretKey { id, secret: Secret::new(URL_SAFE_NO_PAD.encode(secret)) })
}
