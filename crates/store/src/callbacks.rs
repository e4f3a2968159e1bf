//! The addresses that services call back at: each names one call and proves by a MAC that we gave it out, so that whoever
//! made an address up is refused without a look at the database.

use crate::secrets::{Keyring, SecretError};
use mv_core::ids::CallId;
use ring::hmac::{HMAC_SHA256, Key, sign, verify};
use sqlx::types::Uuid;

/// Letters of a token: the id and its MAC, in hex.
pub const TOKEN_LENGTH: usize = 2 * (ID + MAC);
const ID: usize = 16;
const MAC: usize = 32;

/// Makes the tokens in these addresses, and reads them.
#[derive(Clone, Debug)]
pub struct Callbacks(Key);

impl Callbacks {
    /// The same for all nodes that have the same keys. A change of the current key makes earlier addresses invalid: what
    /// is at work then is polled.
    ///
    /// # Errors
    /// As [`Keyring::derive`].
    pub fn new(keyring: &Keyring) -> Result<Self, SecretError> {
        Ok(Self(Key::new(HMAC_SHA256, &keyring.derive("service webhooks")?)))
    }

    /// What the address for a call ends in.
    pub fn token(&self, call: CallId) -> String {
        let id = call.0.as_bytes();
        hex::encode(id) + &hex::encode(sign(&self.0, id))
    }

    /// The call that a token was made for; `None` when we did not make it.
    pub fn call(&self, token: &str) -> Option<CallId> {
        if token.len() != TOKEN_LENGTH {
            return None;
        }
        let bytes = hex::decode(token).ok()?;
        let (id, mac) = bytes.split_first_chunk::<ID>()?;
        verify(&self.0, id, mac).ok()?;
        Some(CallId(Uuid::from_bytes(*id)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn callbacks(byte: u8) -> Callbacks {
        Callbacks::new(&Keyring::new([("k".to_owned(), [byte; 32])]).unwrap()).unwrap()
    }

    #[test]
    fn only_what_we_gave_out_names_a_call() {
        let call = CallId(Uuid::from_u128(7));
        let token = callbacks(1).token(call);
        assert_eq!(token.len(), TOKEN_LENGTH);
        assert_eq!(callbacks(1).call(&token), Some(call));
        assert_eq!(callbacks(2).call(&token), None, "another installation's");
        let other = callbacks(1).token(CallId(Uuid::from_u128(8)));
        let mixed = format!("{}{}", &other[..2 * ID], &token[2 * ID..]);
        for wrong in [mixed.as_str(), &token[1..], "", "é", &"0".repeat(TOKEN_LENGTH), &"é".repeat(48)] {
            assert_eq!(callbacks(1).call(wrong), None, "{wrong}");
        }
    }
}
