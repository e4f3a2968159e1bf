//! Addresses that let whoever holds them read one object for a while.
//!
//! S3 signs its own. For files on the local disk we do: an HMAC-SHA256 over the method, the key, the expiry, the media
//! type and the name to save it as. The API's `/files/…` route serves what [`LocalSigner::verify`] lets pass.

use super::key::ObjectKey;
use chrono::{DateTime, Utc};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use ring::hmac;
use std::fmt;
use std::time::Duration;
use thiserror::Error;
use url::Url;

/// The longest that an address may be valid: S3 allows no more.
pub const LONGEST_VALIDITY: Duration = Duration::from_hours(7 * 24);

/// What may be done with a signed address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Get,
    Head,
}

impl Method {
    pub fn word(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
        }
    }
}

/// What a signed address is for.
#[derive(Clone, Copy, Debug)]
pub struct Use<'a> {
    pub method: Method,
    /// Sent as its `Content-Type`.
    pub media_type: &'a str,
    /// Saved under this name instead of being shown; any language.
    pub save_as: Option<&'a str>,
    /// From now; at least a second, at most [`LONGEST_VALIDITY`], else it is brought within these.
    pub valid: Duration,
}

/// What a signed address was found to allow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permit {
    pub key: ObjectKey,
    pub media_type: String,
    pub save_as: Option<String>,
    pub until: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum BadAddress {
    #[error("this link has expired")]
    Expired,
    #[error("this link is not valid")]
    Forged,
}

/// Signs addresses of the API's own `/files/…` route.
#[derive(Clone)]
pub struct LocalSigner {
    key: hmac::Key,
    base: Url,
}

impl fmt::Debug for LocalSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalSigner").field("base", &self.base.as_str()).finish_non_exhaustive()
    }
}

impl LocalSigner {
    /// `base` is where people reach the service, such as `https://studio.example.org/`.
    pub fn new(secret: &[u8; 32], base: &Url) -> Self {
        let mut base = base.clone();
        base.set_query(None);
        base.set_fragment(None);
        if !base.path().ends_with('/') {
            base.set_path(&format!("{}/", base.path()));
        }
        Self { key: hmac::Key::new(hmac::HMAC_SHA256, secret), base }
    }

    pub fn sign(&self, key: &ObjectKey, allowed: &Use<'_>, now: DateTime<Utc>) -> Url {
        let until = now.timestamp() + within(allowed.valid).as_secs() as i64;
        let until = until.to_string();
        let tag = hmac::sign(
            &self.key,
            &message(allowed.method.word(), key.as_str(), &until, allowed.media_type, allowed.save_as),
        );
        let mut url = self.base.clone();
        url.set_path(&format!("{}files/{key}", self.base.path()));
        let mut query = url.query_pairs_mut();
        query.append_pair("expires", &until).append_pair("type", allowed.media_type);
        if let Some(name) = allowed.save_as {
            query.append_pair("name", name);
        }
        query.append_pair("signature", &hex::encode(tag));
        drop(query);
        url
    }

    /// Judges a request for `/files/{key}?{query}`.
    ///
    /// # Errors
    /// [`BadAddress::Forged`] when anything differs from what was signed, and only then [`BadAddress::Expired`]: a
    /// stranger learns nothing by trying.
    pub fn verify(
        &self,
        method: &str,
        key: &str,
        query: &str,
        now: DateTime<Utc>,
    ) -> Result<Permit, BadAddress> {
        let (mut until, mut media_type, mut save_as, mut signature) = (None, None, None, None);
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let place = match &*name {
                "expires" => &mut until,
                "type" => &mut media_type,
                "name" => &mut save_as,
                "signature" => &mut signature,
                // Not signed, so not ours.
                _ => return Err(BadAddress::Forged),
            };
            if place.replace(value.into_owned()).is_some() {
                return Err(BadAddress::Forged);
            }
        }
        let (Some(until), Some(media_type), Some(signature)) = (until, media_type, signature) else {
            return Err(BadAddress::Forged);
        };
        let tag = hex::decode(&signature).map_err(|_| BadAddress::Forged)?;
        let message = message(method, key, &until, &media_type, save_as.as_deref());
        // In constant time.
        hmac::verify(&self.key, &message, &tag).map_err(|_| BadAddress::Forged)?;
        let until = until.parse().ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0));
        let until = until.ok_or(BadAddress::Forged)?;
        if now >= until {
            return Err(BadAddress::Expired);
        }
        let key = key.parse().map_err(|_| BadAddress::Forged)?;
        Ok(Permit { key, media_type, save_as, until })
    }
}

pub(super) fn within(valid: Duration) -> Duration {
    valid.clamp(Duration::from_secs(1), LONGEST_VALIDITY)
}

/// Each field with its length before it, so that no two different uses give the same bytes.
fn message(method: &str, key: &str, until: &str, media_type: &str, save_as: Option<&str>) -> Vec<u8> {
    let mut message = b"melodyvision file 1".to_vec();
    let fields = [Some(method), Some(key), Some(until), Some(media_type), save_as];
    for field in fields.into_iter().flatten() {
        message.extend((field.len() as u64).to_be_bytes());
        message.extend(field.as_bytes());
    }
    message
}

/// The `Content-Disposition` that saves a file under `name`, whatever its language (RFC 6266, RFC 8187).
pub fn save_as(name: &str) -> String {
    /// What RFC 8187 lets stand.
    const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'.').remove(b'_').remove(b'-').remove(b'~');
    let plain = |c: char| if (' '..='~').contains(&c) && !"\"\\/%".contains(c) { c } else { '_' };
    let fallback: String = name.chars().map(plain).collect();
    format!("attachment; filename=\"{fallback}\"; filename*=UTF-8''{}", utf8_percent_encode(name, ENCODED))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    const USE: Use<'static> = Use {
        method: Method::Get,
        media_type: "video/mp4",
        save_as: Some("여름밤의 주파수.mp4"),
        valid: Duration::from_mins(10),
    };

    fn signer() -> LocalSigner {
        LocalSigner::new(&[7; 32], &"http://localhost:8080/studio".parse().unwrap())
    }

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).unwrap()
    }

    fn key() -> ObjectKey {
        "exports/a/b/film.mp4".parse().unwrap()
    }

    #[test]
    fn what_was_signed_is_permitted_until_it_expires() {
        let url = signer().sign(&key(), &USE, now());
        assert!(
            url.as_str().starts_with("http://localhost:8080/studio/files/exports/a/b/film.mp4?"),
            "{url}"
        );
        let query = url.query().unwrap();
        let permit = signer().verify("GET", key().as_str(), query, now() + TimeDelta::seconds(599)).unwrap();
        assert_eq!((permit.media_type.as_str(), permit.save_as.as_deref()), ("video/mp4", USE.save_as));
        assert_eq!(permit.key, key());
        let late = signer().verify("GET", key().as_str(), query, now() + TimeDelta::seconds(600));
        assert_eq!(late, Err(BadAddress::Expired));
    }

    #[test]
    fn anything_changed_is_forged() {
        let url = signer().sign(&key(), &USE, now());
        let query = url.query().unwrap();
        let forged = |method: &str, key: &str, query: &str| {
            assert_eq!(
                signer().verify(method, key, query, now()),
                Err(BadAddress::Forged),
                "{method} {key} {query}"
            );
        };
        forged("HEAD", key().as_str(), query);
        forged("GET", "exports/a/b/other.mp4", query);
        forged("GET", key().as_str(), &query.replace("1800000600", "1900000000"));
        forged("GET", key().as_str(), &query.replace("video", "text"));
        forged("GET", key().as_str(), &query.replace(".mp4&", ".exe&"));
        forged("GET", key().as_str(), &format!("{query}&type=text%2Fhtml"));
        forged("GET", key().as_str(), &format!("{query}&other=1"));
        forged("GET", key().as_str(), "");
        forged("GET", key().as_str(), query.split("&signature").next().unwrap());
        let (head, tail) = query.split_at(query.len() - 1);
        forged("GET", key().as_str(), &format!("{head}{}", if tail == "0" { "1" } else { "0" }));
        forged("GET", key().as_str(), &format!("{head}g"));
        let other = LocalSigner::new(&[8; 32], &"http://localhost:8080/studio".parse().unwrap());
        assert_eq!(other.verify("GET", key().as_str(), query, now()), Err(BadAddress::Forged));
    }

    #[test]
    fn fields_do_not_flow_into_each_other() {
        assert_ne!(message("GET", "ab", "1", "c", None), message("GET", "a", "b1", "c", None));
        assert_ne!(message("GET", "a", "1", "c", Some("")), message("GET", "a", "1", "c", None));
    }

    #[test]
    fn an_address_is_never_valid_longer_than_a_week() {
        let url = signer().sign(&key(), &Use { valid: Duration::MAX, ..USE }, now());
        let permit = signer().verify("GET", key().as_str(), url.query().unwrap(), now()).unwrap();
        assert_eq!(permit.until, now() + TimeDelta::days(7));
    }

    #[test]
    fn names_of_any_language_are_saved_and_cannot_break_out() {
        assert_eq!(save_as("밤.mp4"), "attachment; filename=\"_.mp4\"; filename*=UTF-8''%EB%B0%A4.mp4");
        let sly = save_as("a\"; x=\r\nSet-Cookie: b");
        assert!(!sly.contains('\r') && !sly.contains('\n'));
        assert_eq!(sly.matches('"').count(), 2);
    }
}
