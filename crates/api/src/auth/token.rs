//! Signed tokens: JSON Web Tokens (RFC 7519) with HS256 and nothing else, signed by keys that can be changed.
//!
//! The header is not negotiated with: a token whose `alg` is not HS256, or whose `kid` is not a key of ours, is no token.

use crate::config::SecretKey;
use crate::state::SetUpError;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use mv_core::plan::{Plan, Role};
use ring::hmac;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

/// What an access token says: the specification's claims, and the session it belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessClaims {
    pub sub: Uuid,
    pub email: String,
    pub role: Role,
    pub plan: Plan,
    pub sid: Uuid,
}

/// Which kind of token: one kind is never taken for another, since the kind goes into the signature's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    Access,
    /// Between the password and the second factor.
    SecondFactor,
    /// A link to download something.
    Download,
}

impl Purpose {
    const ALL: [Self; 3] = [Self::Access, Self::SecondFactor, Self::Download];

    fn word(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::SecondFactor => "second-factor",
            Self::Download => "download",
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Header {
    alg: String,
    typ: String,
    kid: String,
}

#[derive(Serialize, Deserialize)]
struct Timed<T> {
    #[serde(flatten)]
    claims: T,
    iat: i64,
    exp: i64,
}

/// A token that was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked<T> {
    pub claims: T,
    pub issued_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    #[error("the token is not one of ours")]
    Forged,
    #[error("the token has expired")]
    Expired,
}

struct Key {
    id: String,
    /// One key a purpose, derived from the configured secret.
    by_purpose: [hmac::Key; 3],
    /// Derives a refresh token's successor.
    chain: hmac::Key,
}

/// Signs and checks tokens.
pub struct Signer {
    /// Never empty; the first signs.
    keys: Vec<Key>,
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.keys.iter().map(|key| &key.id)).finish()
    }
}

impl Signer {
    /// # Errors
    /// [`SetUpError::NoSigningKey`] when there is none.
    pub fn new(keys: &[SecretKey]) -> Result<Self, SetUpError> {
        if keys.is_empty() {
            return Err(SetUpError::NoSigningKey);
        }
        let derived = |secret: &str, label: &str| {
            let root = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
            hmac::Key::new(hmac::HMAC_SHA256, hmac::sign(&root, label.as_bytes()).as_ref())
        };
        let keys = keys.iter().map(|key| {
            let secret = key.secret.expose();
            Key {
                id: key.id.clone(),
                by_purpose: Purpose::ALL.map(|purpose| derived(secret, purpose.word())),
                chain: derived(secret, "refresh-chain"),
            }
        });
        Ok(Self { keys: keys.collect() })
    }

    /// A token that says `claims` until `expires_at`.
    pub fn sign<T: Serialize>(
        &self,
        purpose: Purpose,
        claims: &T,
        issued_at: DateTime<Utc>,
        expires_at: DateTime<Utc>,
    ) -> Result<String, serde_json::Error> {
        let key = &self.keys[0];
        let header = Header { alg: "HS256".to_owned(), typ: "JWT".to_owned(), kid: key.id.clone() };
        let body = Timed { claims, iat: issued_at.timestamp(), exp: expires_at.timestamp() };
        let mut token = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&header)?);
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(serde_json::to_vec(&body)?, &mut token);
        let signature = hmac::sign(&key.by_purpose[purpose as usize], token.as_bytes());
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature.as_ref(), &mut token);
        Ok(token)
    }

    /// What the token says, if we signed it for this purpose and it has not expired.
    pub fn check<T: DeserializeOwned>(
        &self,
        purpose: Purpose,
        token: &str,
        now: DateTime<Utc>,
    ) -> Result<Checked<T>, TokenError> {
        let (signed, signature) = token.rsplit_once('.').ok_or(TokenError::Forged)?;
        let (header, body) = signed.split_once('.').ok_or(TokenError::Forged)?;
        let header: Header = part(header)?;
        if header.alg != "HS256" {
            return Err(TokenError::Forged);
        }
        let key = self.keys.iter().find(|key| key.id == header.kid).ok_or(TokenError::Forged)?;
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| TokenError::Forged)?;
        hmac::verify(&key.by_purpose[purpose as usize], signed.as_bytes(), &signature)
            .map_err(|_| TokenError::Forged)?;
        let body: Timed<T> = part(body)?;
        let time = |seconds| DateTime::from_timestamp(seconds, 0).ok_or(TokenError::Forged);
        let (issued_at, expires_at) = (time(body.iat)?, time(body.exp)?);
        if now >= expires_at {
            return Err(TokenError::Expired);
        }
        Ok(Checked { claims: body.claims, issued_at, expires_at })
    }

    /// The refresh token that follows this one: always the same, so that a lost answer can be given again although only
    /// hashes are kept.
    pub fn successor(&self, session: Uuid, refresh_token: &str) -> String {
        let mut context = hmac::Context::with_key(&self.keys[0].chain);
        context.update(session.as_bytes());
        context.update(refresh_token.as_bytes());
        URL_SAFE_NO_PAD.encode(context.sign().as_ref())
    }
}

fn part<T: DeserializeOwned>(text: &str) -> Result<T, TokenError> {
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| TokenError::Forged)?;
    serde_json::from_slice(&bytes).map_err(|_| TokenError::Forged)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    fn key(text: &str) -> SecretKey {
        text.parse().unwrap()
    }

    fn claims() -> AccessClaims {
        AccessClaims {
            sub: Uuid::from_u128(1),
            email: "ana@example.com".to_owned(),
            role: Role::User,
            plan: Plan::Pro,
            sid: Uuid::from_u128(2),
        }
    }

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).unwrap()
    }

    fn signed(signer: &Signer) -> String {
        signer.sign(Purpose::Access, &claims(), now(), now() + TimeDelta::minutes(15)).unwrap()
    }

    const OLD: &str = "2025:an-old-secret-that-is-long-enough-to-use";
    const NEW: &str = "2026:a-new-secret-that-is-long-enough-to-use";

    #[test]
    fn a_token_says_what_was_signed_until_it_expires() {
        let signer = Signer::new(&[key(NEW)]).unwrap();
        let token = signed(&signer);
        let read = |at| signer.check::<AccessClaims>(Purpose::Access, &token, at);
        assert_eq!(read(now()).unwrap().claims, claims());
        assert_eq!(read(now() + TimeDelta::seconds(899)).unwrap().issued_at, now());
        assert_eq!(read(now() + TimeDelta::seconds(900)), Err(TokenError::Expired));
    }

    #[test]
    fn keys_can_be_changed() {
        let token = signed(&Signer::new(&[key(OLD)]).unwrap());
        let both = Signer::new(&[key(NEW), key(OLD)]).unwrap();
        assert!(both.check::<AccessClaims>(Purpose::Access, &token, now()).is_ok());
        let new_alone = Signer::new(&[key(NEW)]).unwrap();
        assert_eq!(new_alone.check::<AccessClaims>(Purpose::Access, &token, now()), Err(TokenError::Forged));
    }

    #[test]
    fn forged_tokens_are_refused() {
        let signer = Signer::new(&[key(NEW)]).unwrap();
        let token = signed(&signer);
        let parts: Vec<&str> = token.split('.').collect();
        let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
        let none = encode(r#"{"alg":"none","typ":"JWT","kid":"2026"}"#);
        let rs256 = encode(r#"{"alg":"RS256","typ":"JWT","kid":"2026"}"#);
        let stranger = encode(r#"{"alg":"HS256","typ":"JWT","kid":"other"}"#);
        let admin = String::from_utf8(URL_SAFE_NO_PAD.decode(parts[1]).unwrap())
            .unwrap()
            .replace(r#""role":"user""#, r#""role":"admin""#);
        for forged in [
            format!("{none}.{}.", parts[1]),
            format!("{none}.{}.{}", parts[1], parts[2]),
            format!("{rs256}.{}.{}", parts[1], parts[2]),
            format!("{stranger}.{}.{}", parts[1], parts[2]),
            format!("{}.{}.{}", parts[0], encode(&admin), parts[2]),
            format!("{}.{}.", parts[0], parts[1]),
            format!("{}.{}", parts[0], parts[1]),
            String::new(),
            "..".to_owned(),
            "a.b.c.d".to_owned(),
        ] {
            assert_eq!(
                signer.check::<AccessClaims>(Purpose::Access, &forged, now()),
                Err(TokenError::Forged),
                "{forged}"
            );
        }
        assert_eq!(
            signer.check::<AccessClaims>(Purpose::SecondFactor, &token, now()),
            Err(TokenError::Forged),
            "a token of one purpose was taken for another"
        );
    }

    #[test]
    fn a_refresh_token_has_one_successor() {
        let signer = Signer::new(&[key(NEW), key(OLD)]).unwrap();
        let next = signer.successor(Uuid::from_u128(1), "one");
        assert_eq!(next, signer.successor(Uuid::from_u128(1), "one"));
        assert_ne!(next, signer.successor(Uuid::from_u128(2), "one"));
        assert_ne!(next, signer.successor(Uuid::from_u128(1), "two"));
        assert_eq!(next.len(), 43);
    }
}
