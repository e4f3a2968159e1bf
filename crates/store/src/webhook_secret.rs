//! Signatures of webhooks, as Standard Webhooks has them: HMAC-SHA256 of the message's id, its time and its body.
//! <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>

use crate::secrets::{Keyring, SecretError};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use mv_core::ids::WebhookEndpointId;
use ring::hmac::{HMAC_SHA256, Key, sign};
use ring::rand::{SecureRandom, SystemRandom};
use std::fmt;

const PREFIX: &str = "whsec_";
/// Bytes of a secret; the specification allows 24 to 64.
const BYTES: usize = 32;

/// What an endpoint's messages are signed with: shown once, never logged.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookSecret([u8; BYTES]);

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret(…)")
    }
}

fn place(endpoint: WebhookEndpointId) -> String {
    format!("webhook_endpoints.sealed/{endpoint}")
}

impl WebhookSecret {
    /// One that nobody can guess.
    ///
    /// # Errors
    /// [`SecretError::NoRandomness`].
    pub fn new() -> Result<Self, SecretError> {
        let mut bytes = [0; BYTES];
        SystemRandom::new().fill(&mut bytes).map_err(|_| SecretError::NoRandomness)?;
        Ok(Self(bytes))
    }

    /// As its person gets it.
    pub fn text(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(self.0))
    }

    /// As it is kept, bound to its endpoint.
    ///
    /// # Errors
    /// As [`Keyring::seal`].
    pub fn seal(&self, keyring: &Keyring, endpoint: WebhookEndpointId) -> Result<Vec<u8>, SecretError> {
        keyring.seal(&self.0, &place(endpoint))
    }

    /// # Errors
    /// As [`Keyring::open`].
    pub fn open(keyring: &Keyring, sealed: &[u8], endpoint: WebhookEndpointId) -> Result<Self, SecretError> {
        let bytes = keyring.open(sealed, &place(endpoint))?;
        Ok(Self(bytes.try_into().map_err(|_| SecretError::NotSealed)?))
    }

    /// One of the signatures in `webhook-signature`. `timestamp` is in seconds, as in `webhook-timestamp`.
    pub fn sign(&self, id: &str, timestamp: i64, body: &str) -> String {
        let signed = format!("{id}.{timestamp}.{body}");
        let tag = sign(&Key::new(HMAC_SHA256, &self.0), signed.as_bytes());
        format!("v1,{}", STANDARD.encode(tag))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_signed_as_others_check_it() {
        // Worked out with Python's hmac: sha256 over "msg_1.1700000000.{}" with 32 bytes of 7.
        let secret = WebhookSecret([7; BYTES]);
        assert_eq!(secret.text(), "whsec_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=");
        assert_eq!(
            secret.sign("msg_1", 1_700_000_000, "{}"),
            "v1,nuLLyheCKcS2N8JNOFt5stk98R+umYWr26/ZTfdtGM8="
        );
    }

    #[test]
    fn a_secret_opens_for_its_endpoint_alone_and_is_not_printed() {
        let keyring = Keyring::new([("k".to_owned(), [1; 32])]).unwrap();
        let (mine, other) =
            (WebhookEndpointId(uuid::Uuid::from_u128(1)), WebhookEndpointId(uuid::Uuid::from_u128(2)));
        let secret = WebhookSecret::new().unwrap();
        let sealed = secret.seal(&keyring, mine).unwrap();
        assert_eq!(WebhookSecret::open(&keyring, &sealed, mine).unwrap(), secret);
        assert!(WebhookSecret::open(&keyring, &sealed, other).is_err());
        assert_eq!(format!("{secret:?}"), "WebhookSecret(…)");
    }
}
