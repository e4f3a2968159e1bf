//! A mail, written: who is greeted, what is said, why it came, as text and as HTML.

use super::layout::{self, Page};
use super::words::{Words, words};
use chrono::NaiveDate;
use mv_core::jobs::Mail;
use mv_core::mail::Topic;
use mv_store::db::recipients::{Film, Recipient};

/// A mail, written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Letter {
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) html: String,
    pub(super) link: Option<String>,
}

/// What a mail speaks of.
#[derive(Clone, Debug)]
pub(super) struct Facts<'a> {
    /// Without a slash at the end.
    pub(super) public_url: &'a str,
    pub(super) film: Option<Film>,
    /// Whether the film's poster goes along.
    pub(super) poster: bool,
    /// The day that something is due, where the person lives.
    pub(super) day: Option<NaiveDate>,
    /// The page that stops mails of this topic.
    pub(super) unsubscribe: Option<String>,
}

impl<'a> Facts<'a> {
    pub(super) fn new(public_url: &'a str) -> Self {
        Self { public_url, film: None, poster: false, day: None, unsubscribe: None }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    Ko,
    En,
}

impl Language {
    fn of(locale: &str) -> Self {
        if locale.starts_with("ko") { Self::Ko } else { Self::En }
    }

    pub(super) fn pick<T>(self, ko: T, en: T) -> T {
        match self {
            Self::Ko => ko,
            Self::En => en,
        }
    }
}

pub(super) fn compose(mail: &Mail, to: &Recipient, facts: &Facts<'_>) -> Letter {
    let language = Language::of(&to.locale);
    let Words { subject, paragraphs, facts: rows, button, note } = words(mail, facts, language);
    let greeting = greeting(to.name.as_deref().unwrap_or_default().trim(), language);
    let because = because(mail, facts.public_url, language);
    let unsubscribe = facts.unsubscribe.clone().map(|link| (stop(mail.topic(), language), link));
    let page = Page {
        language: language.pick("ko", "en"),
        subject: &subject,
        greeting: &greeting,
        paragraphs: &paragraphs,
        poster: facts.film.as_ref().filter(|_| facts.poster).map(|film| film.title.as_str()),
        facts: &rows,
        button: button.as_ref(),
        note: note.as_deref(),
        home: facts.public_url,
        because: &because,
        unsubscribe: unsubscribe.as_ref(),
    };
    let (text, html) = (layout::text(&page), layout::html(&page));
    Letter { subject, text, html, link: button.map(|(_, link)| link) }
}

fn greeting(name: &str, language: Language) -> String {
    match (language, name) {
        (Language::Ko, "") => "안녕하세요.".to_owned(),
        (Language::Ko, name) => format!("{name}님, 안녕하세요."),
        (Language::En, "") => "Hello,".to_owned(),
        (Language::En, name) => format!("Hello {name},"),
    }
}

/// Why the mail came: the law asks for it, and so does courtesy.
fn because(mail: &Mail, public_url: &str, language: Language) -> String {
    let host = public_url.split("://").last().unwrap_or(public_url);
    match mail {
        Mail::VerifyEmail { .. } => language.pick(
            format!("누군가 이 주소로 {host}에 가입해서 보낸 메일이에요."),
            format!("You got this mail because somebody signed up at {host} with this address."),
        ),
        Mail::ChangeEmail { .. } => language.pick(
            format!("{host}의 계정 주소를 이 주소로 바꾸려고 해서 보낸 메일이에요."),
            format!("You got this mail because somebody wants to use this address for an account at {host}."),
        ),
        Mail::VideoComplete { .. } | Mail::VideoFailed { .. } => language.pick(
            format!("{host}에서 영상을 주문해서 보낸 메일이에요."),
            format!("You got this mail because you ordered a video at {host}."),
        ),
        Mail::ExportReady { .. } => language.pick(
            format!("{host}에서 데이터를 요청해서 보낸 메일이에요."),
            format!("You got this mail because you asked for your data at {host}."),
        ),
        Mail::PaymentReceived { .. }
        | Mail::PaymentFailed { .. }
        | Mail::TrialEnding { .. }
        | Mail::PlanEnded => language.pick(
            format!("{host}의 요금제나 크레딧을 결제하는 계정이어서 보낸 메일이에요."),
            format!("You got this mail because you pay for a plan or credits at {host}."),
        ),
        Mail::Welcome
        | Mail::ResetPassword { .. }
        | Mail::EmailChanged { .. }
        | Mail::PasswordChanged
        | Mail::NewSignIn { .. }
        | Mail::DeletionScheduled
        | Mail::CreditsLow { .. } => language.pick(
            format!("{host}에 계정이 있어서 보낸 메일이에요."),
            format!("You got this mail because you have an account at {host}."),
        ),
    }
}

fn stop(topic: Topic, language: Language) -> &'static str {
    match topic {
        Topic::Films => language.pick("영상 소식 메일 그만 받기", "Stop mails about films"),
        Topic::Reminders | Topic::Account => language.pick("안내 메일 그만 받기", "Stop these reminders"),
    }
}

#[cfg(test)]
mod tests;
