//! fal's signed webhooks: Ed25519 over request, user, time and a hash of the body, with keys that fal publishes.

use super::Fal;
use crate::error::ProviderError;
use crate::http::{Effect, Line, Published};
use crate::jobs::{Notice, Webhook, WebhookError};
use crate::wire::fal::{KeySet, WebhookBody};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use reqwest::Method;
use ring::{digest, signature};

/// How far off a webhook's time may be.
const LEEWAY_SECONDS: i64 = 300;
/// How long fal's keys are good for.
const KEEP: TimeDelta = TimeDelta::hours(24);
/// A signature that no key made is a reason to fetch the keys again, but not for every forger.
const ASK_AGAIN: TimeDelta = TimeDelta::minutes(5);

/// fal's public keys, fetched when they are first needed and kept by the door.
#[derive(Debug)]
pub(super) struct KeyRing {
    url: String,
}

impl KeyRing {
    pub(super) fn new(url: String) -> Self {
        Self { url }
    }

    /// Whether one of the keys made a signature.
    async fn verifies(&self, line: &Line, message: &[u8], made: &[u8]) -> Result<bool, ProviderError> {
        let now = line.door().clock().now();
        let published = line.door().published(&self.url);
        let mut kept = published.lock().await;
        let any = |keys: &[Vec<u8>]| {
            keys.iter().any(|key| {
                signature::UnparsedPublicKey::new(&signature::ED25519, key).verify(message, made).is_ok()
            })
        };
        if let Some(Published { fetched, keys }) = &*kept
            && now - *fetched < KEEP
        {
            if any(keys) {
                return Ok(true);
            }
            if now - *fetched < ASK_AGAIN {
                return Ok(false);
            }
        }
        let keys = self.fetch(line).await?;
        let found = any(&keys);
        *kept = Some(Published { fetched: now, keys });
        Ok(found)
    }

    async fn fetch(&self, line: &Line) -> Result<Vec<Vec<u8>>, ProviderError> {
        let reply = line.send(line.call_url(Method::GET, &self.url), Effect::Asks).await?;
        if !reply.status.is_success() {
            return Err(line.by_status(&reply, "its webhook keys", Effect::Asks));
        }
        let set: KeySet = line.read(&reply, Effect::Asks)?;
        let usable = set.keys.iter().filter(|key| key.kty == "OKP" && key.crv == "Ed25519");
        Ok(usable.filter_map(|key| URL_SAFE_NO_PAD.decode(key.x.trim_end_matches('=')).ok()).collect())
    }
}

impl Fal {
    /// Checks a webhook; the job it names is one of `app`'s.
    pub(super) async fn notice(&self, app: &str, webhook: &Webhook<'_>) -> Result<Notice, WebhookError> {
        let forged = |detail: &str| WebhookError::Forged {
            provider: self.line.provider().to_owned(),
            detail: detail.to_owned(),
        };
        let header = |name: &str| webhook.header(name).ok_or_else(|| forged("it is not signed"));
        let request = header("x-fal-webhook-request-id")?;
        let user = header("x-fal-webhook-user-id")?;
        let time = header("x-fal-webhook-timestamp")?;
        let made =
            hex::decode(header("x-fal-webhook-signature")?).map_err(|_| forged("its signature is none"))?;
        let seconds: i64 = time.parse().map_err(|_| forged("its time is none"))?;
        if webhook.received_at.timestamp().abs_diff(seconds) > LEEWAY_SECONDS.unsigned_abs() {
            return Err(forged("its time is too far from now"));
        }
        let hash = hex::encode(digest::digest(&digest::SHA256, webhook.body));
        let message = format!("{request}\n{user}\n{time}\n{hash}");
        if !self.keys.verifies(&self.line, message.as_bytes(), &made).await? {
            return Err(forged("its signature does not fit"));
        }
        let body: WebhookBody = serde_json::from_slice(webhook.body)
            .map_err(|error| WebhookError::Malformed(error.to_string()))?;
        if body.request_id != request {
            return Err(forged("it names two requests"));
        }
        let delivery = format!("{}:{}", body.request_id, body.status);
        Ok(Notice { job: Self::job_of(app, &body.request_id), key: None, delivery })
    }
}
