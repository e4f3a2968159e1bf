//! What Kling is shown: a static key as it is, or a JWT signed with a pair of keys, good for half an hour.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use ring::hmac;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

const LIFE: TimeDelta = TimeDelta::minutes(30);
/// Clocks differ: it is valid from a little before now.
const BEFORE: TimeDelta = TimeDelta::seconds(5);

/// The bearer of a call made now. A key with a colon is `ACCESS:SECRET`.
pub(super) fn bearer(key: &SecretString, now: DateTime<Utc>) -> SecretString {
    let Some((access, secret)) = key.expose_secret().split_once(':') else { return key.clone() };
    let part = |json: serde_json::Value| URL_SAFE_NO_PAD.encode(json.to_string());
    let claims = json!({
        "iss": access,
        "exp": (now + LIFE).timestamp(),
        "nbf": (now - BEFORE).timestamp(),
    });
    let signed = format!("{}.{}", part(json!({"alg": "HS256", "typ": "JWT"})), part(claims));
    let signature = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()), signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_sent_as_it_is_and_a_pair_signs() {
        let now = DateTime::from_timestamp(1_795_000_000, 0).unwrap();
        assert_eq!(bearer(&"sk-1".into(), now).expose_secret(), "sk-1");
        let token = bearer(&"AK:shh".into(), now);
        let parts: Vec<&str> = token.expose_secret().split('.').collect();
        let read = |part: &str| -> serde_json::Value {
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
        };
        assert_eq!(read(parts[0]), json!({"alg": "HS256", "typ": "JWT"}));
        assert_eq!(read(parts[1]), json!({"iss": "AK", "exp": 1_795_001_800, "nbf": 1_794_999_995}));
        let key = hmac::Key::new(hmac::HMAC_SHA256, b"shh");
        let signature = URL_SAFE_NO_PAD.decode(parts[2]).unwrap();
        assert!(hmac::verify(&key, format!("{}.{}", parts[0], parts[1]).as_bytes(), &signature).is_ok());
    }
}
