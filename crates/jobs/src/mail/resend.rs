//! Resend's API, as far as sending goes: one call, made harmless to repeat by the mail's own name.

use super::post::{Parcel, list_headers, one_line};
use crate::error::JobError;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::{Client, Response, StatusCode, Url};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(30);
/// Answers are a line of JSON.
const LONGEST_ANSWER: usize = 64 * 1024;

pub(super) struct Resend {
    client: Client,
    emails: Url,
    key: String,
}

#[derive(Serialize)]
struct Email<'a> {
    from: &'a str,
    to: [&'a str; 1],
    subject: String,
    text: &'a str,
    html: &'a str,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    headers: BTreeMap<&'a str, String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attachments: Vec<Attached>,
    tags: [Tag<'a>; 2],
}

#[derive(Serialize)]
struct Attached {
    filename: &'static str,
    content: String,
    content_type: &'static str,
    content_id: &'static str,
}

#[derive(Serialize)]
struct Tag<'a> {
    name: &'static str,
    value: &'a str,
}

#[derive(Deserialize)]
struct Taken {
    id: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Refused {
    name: String,
    message: String,
}

impl Resend {
    pub(super) fn new(base: &str, key: &str) -> Result<Self, String> {
        let client = Client::builder()
            .timeout(PATIENCE)
            // Without one it answers 403.
            .user_agent(concat!("MelodyVision/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| error.to_string())?;
        let emails = format!("{}/emails", base.trim_end_matches('/'));
        let emails = emails.parse().map_err(|error| format!("`{base}`: {error}"))?;
        Ok(Self { client, emails, key: key.to_owned() })
    }

    /// The id that it gave the mail. `None` where it has the mail from an earlier try, which said it a little differently.
    pub(super) async fn send(&self, parcel: &Parcel<'_>, from: &str) -> Result<Option<String>, JobError> {
        let id = parcel.id.to_string();
        let body = Email {
            from,
            to: [parcel.to],
            subject: one_line(parcel.subject),
            text: parcel.text,
            html: parcel.html,
            headers: parcel.unsubscribe.map(list_headers).into_iter().flatten().collect(),
            attachments: parcel
                .poster
                .map(|poster| Attached {
                    filename: "poster.jpg",
                    content: STANDARD.encode(poster),
                    content_type: "image/jpeg",
                    content_id: "poster",
                })
                .into_iter()
                .collect(),
            // They come back with what is told of the mail later.
            tags: [Tag { name: "kind", value: parcel.kind }, Tag { name: "mail_id", value: &id }],
        };
        let call = self.client.post(self.emails.clone()).bearer_auth(&self.key).json(&body);
        let answer = call.header("Idempotency-Key", &id).send().await;
        let answer = answer.map_err(|error| JobError::MailLater(error.without_url().to_string()))?;
        let status = answer.status();
        let text = read(answer).await.map_err(JobError::MailLater)?;
        if status.is_success() {
            let taken: Result<Taken, _> = serde_json::from_slice(&text);
            return taken.map(|taken| Some(taken.id)).map_err(|error| JobError::MailLater(error.to_string()));
        }
        let refused: Refused = serde_json::from_slice(&text).unwrap_or_default();
        if refused.name == "invalid_idempotent_request" {
            return Ok(None);
        }
        let said = format!("{status}: {} {}", refused.name, refused.message);
        Err(if comes_back(status, &refused.name) {
            JobError::MailLater(said)
        } else {
            JobError::MailRefused(said)
        })
    }

    /// Whether the key is known: a mail without anything in it is refused for that, and not for its key.
    pub(super) async fn check(&self) -> Result<(), String> {
        let call = self.client.post(self.emails.clone()).bearer_auth(&self.key);
        let answer = call.json(&serde_json::json!({})).send().await;
        let answer = answer.map_err(|error| error.without_url().to_string())?;
        match answer.status() {
            StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY => Ok(()),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err("it does not know the key".to_owned()),
            status => Err(format!("it answered {status}")),
        }
    }
}

/// Whether the same may be taken in later.
fn comes_back(status: StatusCode, name: &str) -> bool {
    match status.as_u16() {
        409 => name == "concurrent_idempotent_requests",
        429 => name != "monthly_quota_exceeded",
        status => status >= 500,
    }
}

async fn read(mut answer: Response) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| error.without_url().to_string())? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > LONGEST_ANSWER {
            return Err("the answer is too long".to_owned());
        }
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_will_not_get_better_is_not_sent_again() {
        let again = |status: u16, name: &str| comes_back(StatusCode::from_u16(status).unwrap(), name);
        for (status, name) in [
            (409, "concurrent_idempotent_requests"),
            (429, "rate_limit_exceeded"),
            (429, "daily_quota_exceeded"),
            (500, "application_error"),
            (503, ""),
        ] {
            assert!(again(status, name), "{status} {name}");
        }
        for (status, name) in [
            (400, "validation_error"),
            (403, "invalid_api_key"),
            (422, "invalid_from_address"),
            (429, "monthly_quota_exceeded"),
            (451, "security_error"),
        ] {
            assert!(!again(status, name), "{status} {name}");
        }
    }
}
