//! Secrets at rest: providers' keys, TOTP seeds, OAuth tokens, sealed with keys that the database never sees.
//!
//! An envelope says which key sealed it, so keys can be changed without stopping: a new key is put first, old envelopes
//! still open, and each is sealed anew when it is next touched. Each is bound to its place (table, column, row): one
//! that was moved to another person's row does not open there.

mod file;

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, Prk, Salt};
use ring::rand::{SecureRandom, SystemRandom};
use std::fmt;
use std::io;
use std::path::PathBuf;
use thiserror::Error;

/// The first byte of an envelope.
const VERSION: u8 = 1;
const KEY_BYTES: usize = 32;
const LONGEST_ID: usize = 32;

#[derive(Debug, Error)]
pub enum SecretError {
    #[error("this is no sealed secret")]
    NotSealed,
    /// It was sealed with a key that is not in the ring any more.
    #[error("it was sealed with key `{id}`, which is not here")]
    UnknownKey { id: String },
    /// Changed, cut, or moved from where it belongs.
    #[error("the sealed secret was tampered with, or belongs elsewhere")]
    Tampered,
    #[error(
        "key `{id}` is wrong: an id is 1 to 32 of `a–z 0–9 -`, a key 64 hex digits, and no id comes twice"
    )]
    BadKey { id: String },
    #[error("there is no key to seal secrets with")]
    NoKey,
    #[error("`{}` is open to others: `chmod 600` it, and change its keys if somebody may have read them", .0.display())]
    OpenToOthers(PathBuf),
    #[error("`{}` cannot be used: {source}", .path.display())]
    File {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("the system gives no random numbers")]
    NoRandomness,
}

/// The keys. The first seals; all of them open.
pub struct Keyring {
    keys: Vec<Key>,
    random: SystemRandom,
}

struct Key {
    id: String,
    sealing: LessSafeKey,
    root: Prk,
}

impl Keyring {
    /// Reads keys as they are written in the configuration: `ID:HEX`, the current one first, between commas or spaces.
    ///
    /// # Errors
    /// [`SecretError::BadKey`], which never repeats a key; [`SecretError::NoKey`].
    pub fn parse(text: &str) -> Result<Self, SecretError> {
        let words = text.split([',', ' ', '\n', '\t']).filter(|word| !word.is_empty());
        let keys = words.map(|word| {
            let (id, digits) = word.split_once(':').unwrap_or(("", word));
            let mut bytes = [0; KEY_BYTES];
            let bad = |_| SecretError::BadKey { id: id.chars().take(LONGEST_ID).collect() };
            hex::decode_to_slice(digits, &mut bytes).map_err(bad)?;
            Ok((id.to_owned(), bytes))
        });
        Self::new(keys.collect::<Result<Vec<_>, SecretError>>()?)
    }

    /// The first key is the current one.
    pub fn new(keys: impl IntoIterator<Item = (String, [u8; KEY_BYTES])>) -> Result<Self, SecretError> {
        let mut ring: Vec<Key> = Vec::new();
        for (id, bytes) in keys {
            let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            let good = (1..=LONGEST_ID).contains(&id.len()) && id.bytes().all(letter);
            let unbound = UnboundKey::new(&AES_256_GCM, &bytes).ok();
            let unbound = unbound.filter(|_| good && ring.iter().all(|key| key.id != id));
            let Some(unbound) = unbound else { return Err(SecretError::BadKey { id }) };
            let root = Salt::new(HKDF_SHA256, b"melodyvision").extract(&bytes);
            ring.push(Key { id, sealing: LessSafeKey::new(unbound), root });
        }
        if ring.is_empty() {
            return Err(SecretError::NoKey);
        }
        Ok(Self { keys: ring, random: SystemRandom::new() })
    }

    fn current(&self) -> &Key {
        // A ring has at least one.
        &self.keys[0]
    }

    /// Seals a secret for one place, such as `provider_keys.sealed/{id}`.
    pub fn seal(&self, secret: &[u8], place: &str) -> Result<Vec<u8>, SecretError> {
        let key = self.current();
        let mut nonce = [0; NONCE_LEN];
        self.random.fill(&mut nonce).map_err(|_| SecretError::NoRandomness)?;
        let mut sealed = secret.to_vec();
        let bound = Aad::from(bound(&key.id, place));
        let nonce_once = Nonce::assume_unique_for_key(nonce);
        // It fails for secrets of many gigabytes alone.
        let done = key.sealing.seal_in_place_append_tag(nonce_once, bound, &mut sealed);
        done.map_err(|_| SecretError::NotSealed)?;
        let mut envelope = vec![VERSION, key.id.len() as u8];
        envelope.extend(key.id.as_bytes());
        envelope.extend(nonce);
        envelope.extend(sealed);
        Ok(envelope)
    }

    /// Opens what was sealed for this place.
    pub fn open(&self, envelope: &[u8], place: &str) -> Result<Vec<u8>, SecretError> {
        let Envelope { id, nonce, sealed } = Envelope::read(envelope)?;
        let key = self.keys.iter().find(|key| key.id == id);
        let key = key.ok_or_else(|| SecretError::UnknownKey { id: id.to_owned() })?;
        let mut secret = sealed.to_vec();
        let opened = key.sealing.open_in_place(nonce, Aad::from(bound(id, place)), &mut secret);
        let length = opened.map_err(|_| SecretError::Tampered)?.len();
        secret.truncate(length);
        Ok(secret)
    }

    /// Whether it was sealed with a key that is on its way out.
    pub fn needs_reseal(&self, envelope: &[u8]) -> bool {
        Envelope::read(envelope).is_ok_and(|envelope| envelope.id != self.current().id)
    }

    /// A key for another purpose (signing links, signing tokens), the same as long as the current key stays.
    pub fn derive(&self, purpose: &str) -> Result<[u8; KEY_BYTES], SecretError> {
        let mut derived = [0; KEY_BYTES];
        let info = [purpose.as_bytes()];
        let okm = self.current().root.expand(&info, HKDF_SHA256).map_err(|_| SecretError::NoKey)?;
        okm.fill(&mut derived).map_err(|_| SecretError::NoKey)?;
        Ok(derived)
    }

    /// The ids of the keys, the current one first.
    pub fn ids(&self) -> Vec<&str> {
        self.keys.iter().map(|key| key.id.as_str()).collect()
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keyring").field("ids", &self.ids()).finish_non_exhaustive()
    }
}

/// Version, length of the id, id, nonce, cipher text with its tag.
struct Envelope<'a> {
    id: &'a str,
    nonce: Nonce,
    sealed: &'a [u8],
}

impl<'a> Envelope<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self, SecretError> {
        let parts = || {
            let (&[VERSION, length], rest) = bytes.split_first_chunk()? else { return None };
            let (id, rest) = rest.split_at_checked(usize::from(length))?;
            let (nonce, sealed) = rest.split_first_chunk::<NONCE_LEN>()?;
            let nonce = Nonce::assume_unique_for_key(*nonce);
            Some(Self { id: std::str::from_utf8(id).ok()?, nonce, sealed })
        };
        parts().ok_or(SecretError::NotSealed)
    }
}

/// What an envelope is bound to, each field with its length before it.
fn bound(id: &str, place: &str) -> Vec<u8> {
    let mut bound = vec![VERSION];
    for field in [id, place] {
        bound.extend((field.len() as u64).to_be_bytes());
        bound.extend(field.as_bytes());
    }
    bound
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PLACE: &str = "provider_keys.sealed/7";

    fn ring(keys: &[(&str, u8)]) -> Keyring {
        Keyring::new(keys.iter().map(|(id, byte)| ((*id).to_owned(), [*byte; 32]))).unwrap()
    }

    #[test]
    fn no_two_envelopes_are_alike() {
        let ring = ring(&[("a", 1)]);
        let (one, two) = (ring.seal(b"same", PLACE).unwrap(), ring.seal(b"same", PLACE).unwrap());
        assert_ne!(one, two);
        assert_eq!(ring.open(&one, PLACE).unwrap(), ring.open(&two, PLACE).unwrap());
    }

    #[test]
    fn an_envelope_opens_at_its_place_alone() {
        let ring = ring(&[("a", 1)]);
        let sealed = ring.seal(b"sk-secret", PLACE).unwrap();
        let moved = ring.open(&sealed, "provider_keys.sealed/8");
        assert!(matches!(moved, Err(SecretError::Tampered)));
    }

    #[test]
    fn old_keys_open_and_ask_to_be_replaced() {
        let old = ring(&[("2025", 1)]);
        let sealed = old.seal(b"sk-secret", PLACE).unwrap();
        assert!(!old.needs_reseal(&sealed));
        let both = ring(&[("2026", 2), ("2025", 1)]);
        assert_eq!(both.open(&sealed, PLACE).unwrap(), b"sk-secret");
        assert!(both.needs_reseal(&sealed));
        let resealed = both.seal(&both.open(&sealed, PLACE).unwrap(), PLACE).unwrap();
        assert!(!both.needs_reseal(&resealed));
        let new = ring(&[("2026", 2)]);
        assert_eq!(new.open(&resealed, PLACE).unwrap(), b"sk-secret");
        assert!(matches!(new.open(&sealed, PLACE), Err(SecretError::UnknownKey { id }) if id == "2025"));
    }

    #[test]
    fn a_key_of_the_same_name_is_not_the_same_key() {
        let sealed = ring(&[("a", 1)]).seal(b"x", PLACE).unwrap();
        assert!(matches!(ring(&[("a", 2)]).open(&sealed, PLACE), Err(SecretError::Tampered)));
        // Nor does an envelope open under another name of its own key.
        let mut renamed = sealed;
        renamed[2] = b'b';
        assert!(matches!(ring(&[("b", 1)]).open(&renamed, PLACE), Err(SecretError::Tampered)));
    }

    #[test]
    fn keys_are_read_and_wrong_ones_refused_without_repeating_them() {
        let digits = "0f".repeat(32);
        let ring = Keyring::parse(&format!("2026:{digits}, 2025:{}", "1f".repeat(32))).unwrap();
        assert_eq!(ring.ids(), ["2026", "2025"]);
        for wrong in [
            format!("2026:{digits}00"),
            format!("2026:{}", &digits[2..]),
            digits.clone(),
            format!("UPPER:{digits}"),
            format!(":{digits}"),
            format!("a:{digits},a:{digits}"),
            format!("a:{}", "zz".repeat(32)),
        ] {
            let error = Keyring::parse(&wrong).unwrap_err();
            assert!(matches!(error, SecretError::BadKey { .. }), "{wrong}");
            assert!(!error.to_string().contains("0f0f"), "{error}");
        }
        assert!(matches!(Keyring::parse(" "), Err(SecretError::NoKey)));
        assert!(!format!("{ring:?}").contains("0f0f"));
    }

    #[test]
    fn purposes_have_keys_of_their_own() {
        let one = ring(&[("a", 1)]);
        assert_eq!(one.derive("links").unwrap(), ring(&[("b", 1), ("a", 2)]).derive("links").unwrap());
        assert_ne!(one.derive("links").unwrap(), one.derive("tokens").unwrap());
        assert_ne!(one.derive("links").unwrap(), ring(&[("a", 2)]).derive("links").unwrap());
    }

    proptest! {
        #[test]
        fn what_was_sealed_opens(secret in prop::collection::vec(any::<u8>(), 0..200), place in ".{0,40}") {
            let ring = ring(&[("a", 1)]);
            let sealed = ring.seal(&secret, &place).unwrap();
            prop_assert_eq!(ring.open(&sealed, &place).unwrap(), secret);
        }

        #[test]
        fn any_changed_bit_is_noticed(at in 0_usize..64, bit in 0_u8..8) {
            let ring = ring(&[("a", 1)]);
            let mut sealed = ring.seal(b"twenty bytes of text", PLACE).unwrap();
            let at = at % sealed.len();
            sealed[at] ^= 1 << bit;
            prop_assert!(ring.open(&sealed, PLACE).is_err());
        }

        #[test]
        fn any_cut_is_noticed(length in 0_usize..51) {
            let ring = ring(&[("a", 1)]);
            let sealed = ring.seal(b"twenty bytes of text", PLACE).unwrap();
            prop_assert!(ring.open(&sealed[..length.min(sealed.len() - 1)], PLACE).is_err());
        }

        #[test]
        fn noise_is_no_envelope(noise in prop::collection::vec(any::<u8>(), 0..80)) {
            prop_assert!(ring(&[("a", 1)]).open(&noise, PLACE).is_err());
        }
    }
}
