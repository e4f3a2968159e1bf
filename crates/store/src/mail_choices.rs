//! The links by which people stop mails without signing in: each names a person and a topic, and proves by a MAC that we
//! gave it out.

use crate::secrets::{Keyring, SecretError};
use mv_core::ids::UserId;
use mv_core::mail::Topic;
use ring::hmac::{HMAC_SHA256, Key, sign, verify};
use sqlx::types::Uuid;

const ID: usize = 16;
const MAC: usize = 32;

/// Makes the tokens in these links, and reads them.
#[derive(Clone, Debug)]
pub struct MailChoices(Key);

impl MailChoices {
    /// The same for all nodes that have the same keys.
    ///
    /// # Errors
    /// As [`Keyring::derive`].
    pub fn new(keyring: &Keyring) -> Result<Self, SecretError> {
        Ok(Self(Key::new(HMAC_SHA256, &keyring.derive("mail choices")?)))
    }

    /// What the link for a person and a topic ends in.
    pub fn token(&self, user: UserId, topic: Topic) -> String {
        let signed = [user.0.as_bytes(), topic.word().as_bytes()].concat();
        format!(
            "{}-{}",
            topic.word(),
            hex::encode([user.0.as_bytes(), sign(&self.0, &signed).as_ref()].concat())
        )
    }

    /// Whom and what a token was made for; `None` when we did not make it.
    pub fn read(&self, token: &str) -> Option<(UserId, Topic)> {
        let (word, rest) = token.split_once('-')?;
        let topic = Topic::optional(word)?;
        if rest.len() != 2 * (ID + MAC) {
            return None;
        }
        let bytes = hex::decode(rest).ok()?;
        let (id, mac) = bytes.split_first_chunk::<ID>()?;
        verify(&self.0, &[id.as_slice(), word.as_bytes()].concat(), mac).ok()?;
        Some((UserId(Uuid::from_bytes(*id)), topic))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_we_gave_out_stops_a_mail_and_only_that_one() {
        let of = |byte: u8| MailChoices::new(&Keyring::new([("k".to_owned(), [byte; 32])]).unwrap()).unwrap();
        let (ours, user) = (of(1), UserId(Uuid::from_u128(7)));
        let token = ours.token(user, Topic::Films);
        assert_eq!(ours.read(&token), Some((user, Topic::Films)));
        assert_eq!(of(2).read(&token), None);
        assert_eq!(ours.read(&token.replace("films", "reminders")), None, "another topic");
        assert_eq!(ours.read(&token.replace("films", "account")), None);
        assert_eq!(ours.read(&token[..token.len() - 2]), None);
        for wrong in ["", "-", "films-", "films-zz", "films"] {
            assert_eq!(ours.read(wrong), None, "{wrong}");
        }
    }
}
