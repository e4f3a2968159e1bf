//! Webhooks: whether what came is from Stripe, and what it is about. What an event says of the state of a thing is not
//! believed, since events come late, twice and in any order: the thing is read again.

use chrono::{DateTime, Utc};
use ring::hmac;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

/// How far an event's time may be from ours, in seconds.
pub const TOLERANCE: i64 = 300;

/// The events that we act on: what the endpoint is to be made with.
pub const EVENTS: &[&str] = &[
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
    "customer.subscription.created",
    "customer.subscription.updated",
    "customer.subscription.deleted",
    "customer.subscription.paused",
    "customer.subscription.resumed",
    "customer.subscription.trial_will_end",
    "invoice.paid",
    "invoice.payment_failed",
    "invoice.payment_action_required",
    "invoice.finalization_failed",
    "charge.refunded",
    "charge.dispute.created",
    "charge.dispute.closed",
];

#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum WebhookError {
    #[error("it has no signature that can be read")]
    NoSignature,
    #[error("its signature is not Stripe's")]
    Forged,
    /// By so many seconds.
    #[error("it was signed {0} seconds from now")]
    OutOfTime(i64),
    #[error("it is no event: {0}")]
    Malformed(String),
}

/// What came, as far as it says what it is about.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Event {
    pub id: String,
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(default)]
    pub api_version: Option<String>,
    #[serde(default)]
    pub created: i64,
    #[serde(default)]
    pub livemode: bool,
    pub data: EventData,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct EventData {
    pub object: Value,
}

impl Event {
    /// # Errors
    /// [`WebhookError::Malformed`].
    pub fn parse(body: &[u8]) -> Result<Self, WebhookError> {
        serde_json::from_slice(body).map_err(|error| WebhookError::Malformed(error.to_string()))
    }

    /// A field of the thing that it is about: its text, or the id of what it refers to.
    pub fn reference(&self, name: &str) -> Option<&str> {
        let field = self.data.object.get(name)?;
        field.as_str().or_else(|| field.get("id")?.as_str())
    }

    /// The thing's own id.
    pub fn about(&self) -> Option<&str> {
        self.reference("id")
    }
}

/// Checks a webhook and reads it. `body` is what came, byte for byte; any of the secrets will do, so that they can be
/// changed while events are on their way.
///
/// # Errors
/// [`WebhookError`].
pub fn receive(
    body: &[u8],
    signature: &str,
    secrets: &[SecretString],
    now: DateTime<Utc>,
) -> Result<Event, WebhookError> {
    check(body, signature, secrets, now)?;
    Event::parse(body)
}

fn check(
    body: &[u8],
    signature: &str,
    secrets: &[SecretString],
    now: DateTime<Utc>,
) -> Result<(), WebhookError> {
    let mut signed_at = None;
    let mut given = Vec::new();
    for part in signature.split(',') {
        match part.trim().split_once('=') {
            Some(("t", time)) => signed_at = Some(time),
            Some(("v1", hex)) => given.extend(hex::decode(hex)),
            _ => {}
        }
    }
    let time = signed_at.ok_or(WebhookError::NoSignature)?;
    let seconds: i64 = time.parse().map_err(|_| WebhookError::NoSignature)?;
    if given.is_empty() {
        return Err(WebhookError::NoSignature);
    }
    let text = [time.as_bytes(), b".", body].concat();
    let genuine = secrets.iter().any(|secret| {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose_secret().as_bytes());
        // Compared in constant time.
        given.iter().any(|tag| hmac::verify(&key, &text, tag).is_ok())
    });
    if !genuine {
        return Err(WebhookError::Forged);
    }
    let off = now.timestamp().saturating_sub(seconds);
    if off.saturating_abs() > TOLERANCE { Err(WebhookError::OutOfTime(off)) } else { Ok(()) }
}

/// The header that Stripe would sign this with.
pub fn sign(body: &[u8], secret: &SecretString, at: DateTime<Utc>) -> String {
    let time = at.timestamp().to_string();
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose_secret().as_bytes());
    let tag = hmac::sign(&key, &[time.as_bytes(), b".", body].concat());
    format!("t={time},v1={}", hex::encode(tag.as_ref()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    const BODY: &[u8] = br#"{"id":"evt_1"}"#;
    /// HMAC-SHA256 of `1795000000.{"id":"evt_1"}` by `whsec_test`, as OpenSSL computes it.
    const TAG: &str = "9768205fbb644a6a645cdd13f225c6791ed91580e4d16c14b9a8e73cd4ba4393";

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    fn secrets(texts: &[&str]) -> Vec<SecretString> {
        texts.iter().map(|text| SecretString::from(*text)).collect()
    }

    #[test]
    fn the_vector_of_the_contract() {
        let now = at(1_795_000_000);
        let header = format!("t=1795000000,v1={TAG}");
        assert_eq!(sign(BODY, &"whsec_test".into(), now), header);
        let right = secrets(&["whsec_test"]);
        assert_eq!(check(BODY, &header, &right, now), Ok(()));
        for skew in [-300, 300] {
            assert_eq!(check(BODY, &header, &right, now + TimeDelta::seconds(skew)), Ok(()));
        }
        for skew in [-301, 301, 1_000_000] {
            let late = check(BODY, &header, &right, now + TimeDelta::seconds(skew));
            assert_eq!(late, Err(WebhookError::OutOfTime(skew)));
        }
    }

    #[test]
    fn any_signature_by_any_secret_will_do() {
        let now = at(1_795_000_000);
        let rotated = format!("t=1795000000,v1={},v1={TAG},v0=ignored", "00".repeat(32));
        assert_eq!(check(BODY, &rotated, &secrets(&["whsec_new", "whsec_test"]), now), Ok(()));
        assert_eq!(check(BODY, &rotated, &secrets(&["whsec_new"]), now), Err(WebhookError::Forged));
        assert_eq!(check(BODY, &rotated, &[], now), Err(WebhookError::Forged));
    }

    #[test]
    fn what_is_not_signed_is_not_read() {
        let (now, right) = (at(1_795_000_000), secrets(&["whsec_test"]));
        for header in ["", "v1=00", "t=1795000000", "t=now,v1=00", "t=1795000000,v0=00", "t=1795000000,v1=zz"]
        {
            assert_eq!(check(BODY, header, &right, now), Err(WebhookError::NoSignature), "{header}");
        }
        let header = format!("t=1795000000,v1={TAG}");
        assert_eq!(check(br#"{"id":"evt_2"}"#, &header, &right, now), Err(WebhookError::Forged));
        let header = format!("t=1795000001,v1={TAG}");
        assert_eq!(check(BODY, &header, &right, now), Err(WebhookError::Forged));
        let signed = sign(b"[1]", &"whsec_test".into(), now);
        assert!(matches!(receive(b"[1]", &signed, &right, now), Err(WebhookError::Malformed(_))));
    }
}
