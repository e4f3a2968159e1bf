//! The ways a mail leaves: by SMTP, by Resend's API, or into the log where neither is set up.

use super::resend::Resend;
use crate::error::JobError;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use mv_core::ids::MailId;
use std::fmt;

/// How mails are sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailSettings {
    /// `MelodyVision <films@example.com>`
    pub from: String,
    pub way: Way,
}

#[derive(Clone, PartialEq, Eq)]
pub enum Way {
    /// `smtps://user:password@host:465`, `smtp://host:587?tls=required`, or `smtp://host:25` without encryption.
    Smtp { url: String },
    /// `base` is `https://api.resend.com`.
    Resend { base: String, key: String },
}

impl fmt::Debug for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The address may hold a password, and the key is one.
        f.write_str(match self {
            Self::Smtp { .. } => "Smtp",
            Self::Resend { .. } => "Resend",
        })
    }
}

/// Whether the mail server, or the service, answers and lets us in; nothing is sent.
///
/// # Errors
/// What it says, or why it cannot be reached.
pub async fn reach(settings: &MailSettings) -> Result<(), String> {
    match Post::new(settings)? {
        Post::Smtp(transport, _) => match transport.test_connection().await {
            Ok(true) => Ok(()),
            Ok(false) => Err("the mail server hung up".to_owned()),
            Err(error) => Err(error.to_string()),
        },
        Post::Resend(resend, _) => resend.check().await,
    }
}

/// A mail as it is sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parcel<'a> {
    pub(super) id: MailId,
    pub(super) kind: &'a str,
    pub(super) to: &'a str,
    pub(super) name: Option<&'a str>,
    pub(super) subject: &'a str,
    pub(super) text: &'a str,
    pub(super) html: &'a str,
    /// Shown in the mail as `cid:poster`; JPEG.
    pub(super) poster: Option<&'a [u8]>,
    pub(super) unsubscribe: Option<&'a Unsubscribe>,
}

/// Where mails of a topic are stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unsubscribe {
    /// By people: it asks first.
    pub(super) page: String,
    /// By one press in the reader's program (RFC 8058), which posts a form there.
    pub(super) press: String,
}

pub(super) enum Post {
    Smtp(AsyncSmtpTransport<Tokio1Executor>, Mailbox),
    Resend(Resend, Mailbox),
}

impl Post {
    pub(super) fn new(settings: &MailSettings) -> Result<Self, String> {
        // The first provider installed stays; all of ours are ring.
        rustls::crypto::ring::default_provider().install_default().ok();
        let from: Mailbox = settings.from.parse().map_err(|error| format!("`{}`: {error}", settings.from))?;
        Ok(match &settings.way {
            Way::Smtp { url } => {
                let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url);
                Self::Smtp(builder.map_err(|error| error.to_string())?.build(), from)
            }
            Way::Resend { base, key } => Self::Resend(Resend::new(base, key)?, from),
        })
    }

    /// Sends a mail; what the service calls it, where there is one. A mail server may get one twice whose answer was lost:
    /// it has the same name then.
    pub(super) async fn send(&self, parcel: &Parcel<'_>) -> Result<Option<String>, JobError> {
        match self {
            Self::Smtp(transport, from) => {
                let message = message(parcel, from).map_err(JobError::MailRefused)?;
                match transport.send(message).await {
                    Ok(_) => Ok(None),
                    Err(error) => Err(said(error.status().map(|code| code.to_string()), error.to_string())),
                }
            }
            Self::Resend(resend, from) => resend.send(parcel, &from.to_string()).await,
        }
    }
}

/// What follows from what the mail server said; without a code it did not say anything.
fn said(code: Option<String>, text: String) -> JobError {
    match code {
        Some(code) if code.starts_with('5') => {
            if is_of_the_address(&code, &text) {
                JobError::NoSuchAddress(text)
            } else {
                JobError::MailRefused(text)
            }
        }
        _ => JobError::MailLater(text),
    }
}

/// Whether it is the address that takes no mail, and not this mail, us or our mail server: by the enhanced status (RFC
/// 3463), and by the code (RFC 5321) where there is none.
fn is_of_the_address(code: &str, text: &str) -> bool {
    let words = text.split(|letter: char| !(letter.is_ascii_digit() || letter == '.'));
    let enhanced = words.filter_map(|word| word.trim_matches('.').strip_prefix("5.")).find(|rest| {
        matches!(rest.split_once('.'), Some((subject, detail))
            if [subject, detail].iter().all(|part| !part.is_empty() && part.len() <= 3 && !part.contains('.')))
    });
    match enhanced.and_then(|rest| rest.split_once('.')) {
        // 5.1.0 does not say whose address, 5.1.7 and 5.1.8 are about the sender's.
        Some(("1", detail)) => !matches!(detail, "0" | "7" | "8"),
        Some(status) => status == ("2", "1"),
        None => matches!(code, "550" | "551" | "553" | "556"),
    }
}

/// Headers that stop a topic by one press (RFC 8058).
pub(super) fn list_headers(unsubscribe: &Unsubscribe) -> [(&'static str, String); 2] {
    [
        ("List-Unsubscribe", format!("<{}>", unsubscribe.press)),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()),
    ]
}

/// A line of a header: names and titles come from people, and a line break would begin another header.
pub(super) fn one_line(text: &str) -> String {
    let words = text.split(|letter: char| letter.is_control() || letter.is_whitespace());
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

fn message(parcel: &Parcel<'_>, from: &Mailbox) -> Result<Message, String> {
    let said = |error: &dyn fmt::Display| error.to_string();
    let to = parcel.to.parse().map_err(|error| said(&error))?;
    let host = from.email.domain();
    let name = parcel.name.map(one_line).filter(|name| !name.is_empty());
    let mut builder = Message::builder()
        .from(from.clone())
        .to(Mailbox::new(name, to))
        .subject(one_line(parcel.subject))
        .message_id(Some(format!("<{}@{host}>", parcel.id)));
    if parcel.unsubscribe.is_none() {
        // Programs that answer while people are away leave these alone (RFC 3834).
        builder = builder.raw_header(raw("Auto-Submitted", "auto-generated".to_owned()));
    }
    for (name, value) in parcel.unsubscribe.map(list_headers).into_iter().flatten() {
        if value.bytes().all(|byte| byte.is_ascii_graphic()) {
            builder = builder.raw_header(raw(name, value));
        }
    }
    let html = SinglePart::html(parcel.html.to_owned());
    let alternative = MultiPart::alternative().singlepart(SinglePart::plain(parcel.text.to_owned()));
    let shown = match parcel.poster {
        None => alternative.singlepart(html),
        Some(poster) => {
            let kind = "image/jpeg".parse().map_err(|error| said(&error))?;
            let picture = Attachment::new_inline("poster".to_owned()).body(poster.to_vec(), kind);
            alternative.multipart(MultiPart::related().singlepart(html).singlepart(picture))
        }
    };
    builder.multipart(shown).map_err(|error| said(&error))
}

/// A header that is written as it is: an address is not broken into pieces, which some programs do not put together.
fn raw(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::dangerous_new_pre_encoded(HeaderName::new_from_ascii_str(name), value.clone(), value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn parcel<'a>(name: &'a str, subject: &'a str, unsubscribe: Option<&'a Unsubscribe>) -> Parcel<'a> {
        Parcel {
            id: MailId(Uuid::from_u128(7)),
            kind: "video_complete",
            to: "ana@example.com",
            name: Some(name),
            subject,
            text: "Hello",
            html: "<p>Hello</p>",
            poster: None,
            unsubscribe,
        }
    }

    fn headers(parcel: &Parcel<'_>) -> Vec<String> {
        let from = "MelodyVision <films@example.com>".parse().unwrap();
        let raw = String::from_utf8(message(parcel, &from).unwrap().formatted()).unwrap();
        let (head, _) = raw.split_once("\r\n\r\n").unwrap();
        head.split("\r\n").map(str::to_owned).collect()
    }

    #[test]
    fn names_and_titles_begin_no_headers() {
        for break_out in
            ["\r\nBcc: eve@example.com", "\nBcc: eve@example.com", "\rBcc: eve@example.com", "\u{2028}Bcc: e"]
        {
            let (name, subject) = (format!("Ana{break_out}"), format!("Film{break_out}\r\n\r\n<b>"));
            let headers = headers(&parcel(&name, &subject, None));
            assert!(!headers.iter().any(|line| line.to_lowercase().starts_with("bcc")), "{headers:?}");
            assert_eq!(headers.iter().filter(|line| line.starts_with("To:")).count(), 1);
        }
        let from: Mailbox = "films@example.com".parse().unwrap();
        let to = Parcel { to: "ana@example.com\r\nBcc: eve@example.com", ..parcel("Ana", "Film", None) };
        assert!(message(&to, &from).is_err());
    }

    #[test]
    fn a_topic_that_can_be_stopped_says_how_in_whole_lines() {
        let unsubscribe = Unsubscribe {
            page: "https://films.example.com/unsubscribe/t".into(),
            press: format!("https://films.example.com/api/mail/unsubscribe?token=films-{}", "0f".repeat(48)),
        };
        let with = headers(&parcel("하린", "완성됐어요", Some(&unsubscribe)));
        assert!(with.contains(&format!("List-Unsubscribe: <{}>", unsubscribe.press)), "{with:?}");
        assert!(with.contains(&"List-Unsubscribe-Post: List-Unsubscribe=One-Click".to_owned()));
        assert!(with.contains(&format!("Message-ID: <{}@example.com>", Uuid::from_u128(7))));
        let without = headers(&parcel("Ana", "Your password was changed", None));
        assert!(!without.iter().any(|line| line.starts_with("List-")), "{without:?}");
    }

    #[test]
    fn an_address_that_is_not_there_is_told_from_a_mail_that_is_not_liked() {
        for text in
            ["no such user", "5.1.1 <a@b.c>: user unknown", "5.2.1 mailbox disabled", "#5.1.1 unknown."]
        {
            let error = said(Some("550".into()), format!("permanent error (550): {text}"));
            assert!(matches!(error, JobError::NoSuchAddress(_)), "{text}");
        }
        for (code, text) in [
            ("550", "5.7.1 message rejected: SPF of 10.5.1.1 fails"),
            ("550", "5.1.8 sender address rejected"),
            ("554", "transaction failed"),
            ("535", "5.7.8 wrong password"),
            ("552", "5.2.2 mailbox full"),
        ] {
            let error = said(Some(code.into()), format!("permanent error ({code}): {text}"));
            assert!(matches!(error, JobError::MailRefused(_)), "{text}");
        }
        assert!(matches!(said(Some("451".into()), "5.1.1".into()), JobError::MailLater(_)));
        assert!(matches!(said(None, "connection refused".into()), JobError::MailLater(_)));
    }
}
