//! Checks an OpenID Connect id token (OpenID Connect Core 1.0, section 3.1.3.7): RS256 by one of the issuer's keys.

use super::OAuthError;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use serde::Deserialize;

/// How much the issuer's clock may differ from ours, in seconds.
const SKEW: i64 = 60;

/// The issuer's keys (RFC 7517).
#[derive(Clone, Debug, Deserialize)]
pub(super) struct KeySet {
    keys: Vec<Key>,
}

#[derive(Clone, Debug, Deserialize)]
struct Key {
    kty: String,
    kid: Option<String>,
    n: Option<String>,
    e: Option<String>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Claims {
    iss: String,
    aud: Audience,
    azp: Option<String>,
    exp: i64,
    nonce: Option<String>,
    pub sub: String,
    pub email: Option<String>,
    #[serde(default)]
    pub email_verified: Flag,
    pub name: Option<String>,
    pub picture: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

/// A truth value; some issuers write it as text.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(untagged)]
pub(super) enum Flag {
    Is(bool),
    Written(String),
    #[default]
    Missing,
}

impl Flag {
    pub(super) fn is_true(&self) -> bool {
        match self {
            Self::Is(value) => *value,
            Self::Written(text) => text == "true",
            Self::Missing => false,
        }
    }
}

/// Whom the token must be from and for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expected<'a> {
    pub issuer: &'a str,
    pub client_id: &'a str,
    pub nonce: &'a str,
    pub now: DateTime<Utc>,
}

/// Whether the keys have the one that this token is signed by; else they were changed and must be fetched again.
pub(super) fn knows_key(keys: &KeySet, token: &str) -> bool {
    read_header(token).is_ok_and(|header| find(keys, &header).is_some())
}

fn read_header(token: &str) -> Result<Header, OAuthError> {
    let text = token.split('.').next().unwrap_or_default();
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| OAuthError::BadToken("it is no token"))?;
    serde_json::from_slice(&bytes).map_err(|_| OAuthError::BadToken("its header cannot be read"))
}

fn find<'k>(keys: &'k KeySet, header: &Header) -> Option<&'k Key> {
    keys.keys.iter().find(|key| key.kty == "RSA" && key.kid == header.kid)
}

pub(super) fn check(token: &str, keys: &KeySet, expected: Expected<'_>) -> Result<Claims, OAuthError> {
    use OAuthError::BadToken;
    let header = read_header(token)?;
    if header.alg != "RS256" {
        return Err(BadToken("it is not signed with RS256"));
    }
    let key = find(keys, &header).ok_or(BadToken("its key is not the issuer's"))?;
    let part = |text: &Option<String>| URL_SAFE_NO_PAD.decode(text.as_deref().unwrap_or_default());
    let (Ok(n), Ok(e)) = (part(&key.n), part(&key.e)) else { return Err(BadToken("its key cannot be read")) };
    let (signed, signature) = token.rsplit_once('.').ok_or(BadToken("it is no token"))?;
    let (_, body) = signed.split_once('.').ok_or(BadToken("it is no token"))?;
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| BadToken("it is no token"))?;
    RsaPublicKeyComponents { n, e }
        .verify(&RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), &signature)
        .map_err(|_| BadToken("its signature is wrong"))?;
    let body = URL_SAFE_NO_PAD.decode(body).map_err(|_| BadToken("it is no token"))?;
    let claims: Claims = serde_json::from_slice(&body).map_err(|_| BadToken("its claims cannot be read"))?;
    // Google writes its name with and without the scheme.
    if claims.iss != expected.issuer && format!("https://{}", claims.iss) != expected.issuer {
        return Err(BadToken("it is from another issuer"));
    }
    let for_us = match &claims.aud {
        Audience::One(one) => one == expected.client_id,
        Audience::Many(many) => {
            many.iter().any(|one| one == expected.client_id)
                && (many.len() == 1 || claims.azp.as_deref() == Some(expected.client_id))
        }
    };
    if !for_us {
        return Err(BadToken("it is for somebody else"));
    }
    if claims.exp + SKEW <= expected.now.timestamp() {
        return Err(BadToken("it has expired"));
    }
    if claims.nonce.as_deref() != Some(expected.nonce) {
        return Err(BadToken("it answers another request"));
    }
    Ok(claims)
}
