//! What Resend tells of mails that it sent: those that came back, and those that were called spam.

use crate::config::Secret;
use crate::error::{ApiError, ApiResult};
use crate::extract::Client;
use crate::limits::{Rule, Subject};
use crate::state::ApiState;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use mv_core::ids::MailId;
use mv_store::db::mails::{self, News};
use ring::hmac;
use serde::Deserialize;
use serde_json::Value;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// News of a mail is a page of JSON at most.
const MOST_BYTES: usize = 256 * 1024;
/// How far its time may be from ours.
const TOLERANCE: TimeDelta = TimeDelta::minutes(5);
/// What was not signed by Resend, from one network address.
const FORGED: Rule = Rule { bucket: "mail-forged", limit: 60, window: TimeDelta::hours(1) };
/// Letters of a reason that are kept.
const LONGEST_REASON: usize = 500;

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(hear)).layer(DefaultBodyLimit::max(MOST_BYTES))
}

/// Knows what was signed with our secrets, as Svix signs: a MAC over the news' name, its time and what it says.
#[derive(Clone, Debug, Default)]
pub struct MailNews(Vec<hmac::Key>);

/// Why news is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Doubt {
    NotSigned,
    OutOfTime,
}

impl MailNews {
    /// # Errors
    /// What is wrong with a secret: each is `whsec_` and Base64.
    pub fn new(secrets: &[Secret]) -> Result<Self, String> {
        let key = |secret: &Secret| {
            let text = secret.expose();
            let bytes = STANDARD.decode(text.strip_prefix("whsec_").unwrap_or(text));
            let bytes = bytes.ok().filter(|bytes| bytes.len() >= 16);
            bytes.map(|bytes| hmac::Key::new(hmac::HMAC_SHA256, &bytes))
        };
        let keys: Option<Vec<_>> = secrets.iter().map(key).collect();
        keys.map(Self).ok_or_else(|| "write it as Resend shows it: `whsec_` and what follows".to_owned())
    }

    fn check(&self, headers: &HeaderMap, body: &[u8], now: DateTime<Utc>) -> Result<String, Doubt> {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let (id, time, signatures) = (text("svix-id"), text("svix-timestamp"), text("svix-signature"));
        let signed = [id.as_bytes(), b".", time.as_bytes(), b".", body].concat();
        let ours = signatures.split(' ').filter_map(|one| STANDARD.decode(one.strip_prefix("v1,")?).ok());
        // Compared in constant time.
        let genuine =
            ours.into_iter().any(|tag| self.0.iter().any(|key| hmac::verify(key, &signed, &tag).is_ok()));
        if !genuine || id.is_empty() || id.len() > 255 {
            return Err(Doubt::NotSigned);
        }
        let at = time.parse().ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0));
        match at {
            Some(at) if (now - at).abs() <= TOLERANCE => Ok(id.to_owned()),
            _ => Err(Doubt::OutOfTime),
        }
    }
}

/// What came, as far as it matters.
#[derive(Debug, Deserialize)]
struct Event {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    data: Data,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Data {
    email_id: String,
    /// What we gave it to carry: an object, or a list of names and values.
    tags: Value,
    bounce: Option<Bounce>,
    failed: Option<Failed>,
    suppressed: Option<Bounce>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Bounce {
    message: String,
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Failed {
    reason: String,
}

impl Data {
    /// Our own name of the mail.
    fn mail(&self) -> Option<MailId> {
        let tag = match &self.tags {
            Value::Object(tags) => tags.get("mail_id")?.as_str(),
            Value::Array(tags) => {
                tags.iter().find(|tag| tag["name"] == "mail_id").and_then(|tag| tag["value"].as_str())
            }
            _ => None,
        };
        tag?.parse().ok()
    }
}

/// What an event means: what became of the mail, why, and whether its address takes no more.
fn meaning(event: &Event) -> Option<(mails::State, String, bool)> {
    let data = &event.data;
    let said =
        |bounce: &Option<Bounce>| bounce.as_ref().map(|bounce| bounce.message.clone()).unwrap_or_default();
    match event.kind.as_str() {
        "email.bounced" => {
            // A full mailbox may be emptied; one that was never there stays away.
            let for_good = data.bounce.as_ref().is_none_or(|bounce| bounce.kind != "Transient");
            Some((mails::State::Bounced, said(&data.bounce), for_good))
        }
        "email.suppressed" => Some((mails::State::Bounced, said(&data.suppressed), true)),
        "email.complained" => Some((mails::State::Complained, String::new(), true)),
        "email.failed" => {
            let why = data.failed.as_ref().map(|failed| failed.reason.clone()).unwrap_or_default();
            Some((mails::State::Refused, why, false))
        }
        _ => None,
    }
}

/// What became of a mail
///
/// For Resend alone: signed with the webhook's secret. The same news again does nothing, and neither does news of mails that
/// are not ours.
#[utoipa::path(
    post, path = "/api/webhooks/resend", tag = "webhooks",
    request_body(content = serde_json::Value, description = "An event of Resend's, up to 256 KiB"),
    responses(
        (status = 204, description = "Written down, or known already, or of no matter"),
        (status = 400, description = "It is not signed by Resend, or is no event", body = crate::error::Problem,
         content_type = "application/problem+json"),
        (status = 404, description = "No secret is set up here", body = crate::error::Problem,
         content_type = "application/problem+json")
    )
)]
async fn hear(
    State(state): State<ApiState>,
    client: Client,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> ApiResult<StatusCode> {
    if state.mail_news.0.is_empty() {
        return Err(ApiError::not_found("webhook").with_hint("set `mail.resend_webhook_secrets`"));
    }
    let body = body.map_err(|rejection| {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "the body is too large")
        } else {
            ApiError::bad_request("cut_off", "the body ended too early")
        }
    })?;
    let now = state.clock.now();
    let id = match state.mail_news.check(&headers, &body, now) {
        Ok(id) => id,
        Err(doubt) => {
            state.limits.must(FORGED, &Subject::address(client.address), 1).await?;
            let (code, detail) = match doubt {
                Doubt::NotSigned => ("not_signed", "its signature is not Resend's"),
                Doubt::OutOfTime => ("out_of_time", "it was signed too long ago, or in time to come"),
            };
            return Err(ApiError::bad_request(code, detail)
                .with_hint("check `mail.resend_webhook_secrets`, and the clock of this server"));
        }
    };
    let event: Event = serde_json::from_slice(&body)
        .map_err(|error| ApiError::bad_request("no_event", format!("it is no event: {error}")))?;
    let Some((became, why, blocks)) = meaning(&event) else { return Ok(StatusCode::NO_CONTENT) };
    let why: String = why.chars().filter(|letter| *letter != '\0').take(LONGEST_REASON).collect();
    let news = News {
        id: &id,
        mail: event.data.mail(),
        sent_as: &event.data.email_id,
        state: became,
        detail: (!why.is_empty()).then_some(why.as_str()),
        blocks,
        at: now,
    };
    let mut transaction = state.db.gate().begin().await?;
    if mails::hear(&mut transaction, &news).await? {
        tracing::info!(mail.state = became.word(), mail.blocked = blocks, "a mail came back");
    }
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vector of the Standard Webhooks libraries.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const TIME: i64 = 1_614_265_330;
    const TAG: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    fn check(secrets: &[&str], [id, time, tag]: [&str; 3], body: &[u8], now: i64) -> Result<String, Doubt> {
        let secrets: Vec<Secret> = secrets.iter().map(|secret| Secret::new(*secret)).collect();
        let headers = [("svix-id", id), ("svix-timestamp", time), ("svix-signature", tag)];
        let headers =
            headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        MailNews::new(&secrets).unwrap().check(&headers, body, DateTime::from_timestamp(now, 0).unwrap())
    }

    #[test]
    fn only_what_was_signed_with_one_of_our_secrets_is_believed() {
        let time = TIME.to_string();
        let right = [ID, time.as_str(), TAG];
        assert_eq!(check(&[SECRET], right, BODY, TIME), Ok(ID.to_owned()));
        let other = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
        assert_eq!(check(&[other, SECRET], right, BODY, TIME), Ok(ID.to_owned()), "while secrets change");
        let several = format!("v1,AAAA v2,zz {TAG} v1a,x");
        assert_eq!(check(&[SECRET], [ID, &time, &several], BODY, TIME), Ok(ID.to_owned()));
        for (secrets, head, body) in [
            (&[other][..], right, BODY),
            (&[][..], right, BODY),
            (&[SECRET][..], right, &b"{}"[..]),
            (&[SECRET][..], ["msg_other", &time, TAG], BODY),
            (&[SECRET][..], [ID, "1614265331", TAG], BODY),
            (&[SECRET][..], [ID, &time, ""], BODY),
            (&[SECRET][..], [ID, &time, TAG.trim_start_matches("v1,")], BODY),
        ] {
            assert_eq!(check(secrets, head, body, TIME), Err(Doubt::NotSigned), "{head:?}");
        }
        for skew in [-300, 300] {
            assert!(check(&[SECRET], right, BODY, TIME + skew).is_ok(), "{skew}");
        }
        for skew in [-301, 301, 1_000_000] {
            assert_eq!(check(&[SECRET], right, BODY, TIME + skew), Err(Doubt::OutOfTime), "{skew}");
        }
    }

    #[test]
    fn a_secret_is_what_resend_shows() {
        for wrong in ["", "whsec_", "whsec_%%%", "whsec_AAAA"] {
            assert!(MailNews::new(&[Secret::new(wrong)]).is_err(), "{wrong}");
        }
    }

    #[test]
    fn news_is_understood_whichever_way_tags_are_written() {
        let id = MailId(uuid::Uuid::from_u128(7));
        for tags in [
            serde_json::json!({ "kind": "welcome", "mail_id": id }),
            serde_json::json!([{ "name": "kind", "value": "welcome" }, { "name": "mail_id", "value": id }]),
        ] {
            let event: Event = serde_json::from_value(serde_json::json!({
                "type": "email.bounced", "created_at": "2026-11-22T23:41:12.126Z",
                "data": { "email_id": "56761188", "tags": tags,
                    "bounce": { "message": "no such user", "subType": "General", "type": "Permanent" } },
            }))
            .unwrap();
            assert_eq!(event.data.mail(), Some(id));
            assert_eq!(meaning(&event), Some((mails::State::Bounced, "no such user".to_owned(), true)));
        }
        let of = |text: &str| {
            meaning(&serde_json::from_str(text).unwrap()).map(|(state, _, blocks)| (state, blocks))
        };
        let full = r#"{"type":"email.bounced","data":{"email_id":"1","bounce":{"message":"full","type":"Transient"}}}"#;
        assert_eq!(of(full), Some((mails::State::Bounced, false)));
        assert_eq!(of(r#"{"type":"email.complained","data":{}}"#), Some((mails::State::Complained, true)));
        assert_eq!(of(r#"{"type":"email.opened","data":{}}"#), None);
        assert_eq!(of(r#"{"type":"contact.created"}"#), None);
    }
}
