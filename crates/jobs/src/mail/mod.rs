//! Mails: what they say is looked up when they are sent. Without a mail server, the link goes to the log.

mod letter;

use crate::error::JobError;
use crate::running::Running;
use letter::{Facts, Letter, compose};
use lettre::message::{Mailbox, MultiPart};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use mv_core::ids::UserId;
use mv_core::jobs::Mail;
use mv_store::StoreError;
use mv_store::db::recipients::{self, Recipient};

/// How mails are sent.
#[derive(Clone)]
pub struct SmtpSettings {
    /// `smtps://user:password@host:465`, `smtp://host:587?tls=required`, or `smtp://host:25` without encryption.
    pub url: String,
    /// `MelodyVision <films@example.com>`
    pub from: String,
}

impl std::fmt::Debug for SmtpSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The address may hold a password.
        f.debug_struct("SmtpSettings").field("from", &self.from).finish_non_exhaustive()
    }
}

pub(crate) struct Mailer {
    smtp: Option<(AsyncSmtpTransport<Tokio1Executor>, Mailbox)>,
    public_url: String,
}

impl std::fmt::Debug for Mailer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mailer").field("sends", &self.smtp.is_some()).finish_non_exhaustive()
    }
}

/// Whether the mail server answers and lets us in; nothing is sent.
///
/// # Errors
/// What it says, or why it cannot be reached.
pub async fn reach(settings: &SmtpSettings) -> Result<(), String> {
    let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(&settings.url);
    let transport: AsyncSmtpTransport<Tokio1Executor> = builder.map_err(|error| error.to_string())?.build();
    match transport.test_connection().await {
        Ok(true) => Ok(()),
        Ok(false) => Err("the mail server hung up".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

impl Mailer {
    pub(crate) fn new(settings: Option<&SmtpSettings>, public_url: &str) -> Result<Self, String> {
        let smtp = match settings {
            Some(settings) => {
                let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(&settings.url)
                    .map_err(|error| error.to_string())?;
                let from: Mailbox =
                    settings.from.parse().map_err(|error| format!("`{}`: {error}", settings.from))?;
                Some((transport.build(), from))
            }
            None => None,
        };
        Ok(Self { smtp, public_url: public_url.trim_end_matches('/').to_owned() })
    }

    async fn send(&self, to: &str, name: Option<&str>, letter: &Letter) -> Result<(), JobError> {
        let refused = |error: &dyn std::fmt::Display| JobError::MailRefused(error.to_string());
        let Some((smtp, from)) = &self.smtp else {
            tracing::warn!(
                mail.to = to,
                mail.subject = letter.subject,
                mail.link = letter.link.as_deref().unwrap_or_default(),
                "no mail server is configured; this mail was not sent"
            );
            return Ok(());
        };
        let to = Mailbox::new(name.map(str::to_owned), to.parse().map_err(|error| refused(&error))?);
        let message = Message::builder()
            .from(from.clone())
            .to(to)
            .subject(letter.subject.clone())
            .multipart(MultiPart::alternative_plain_html(letter.text.clone(), letter.html.clone()))
            .map_err(|error| refused(&error))?;
        match smtp.send(message).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_permanent() => Err(refused(&error)),
            Err(error) => Err(JobError::MailLater(error.to_string())),
        }
    }
}

pub(crate) async fn run(running: &Running, user: UserId, mail: &Mail) -> Result<(), JobError> {
    let shop = &running.shop;
    let mut facts = Facts { public_url: &shop.mailer.public_url, film: None };
    let recipient = {
        let mut connection = shop.db.worker().acquire().await.map_err(StoreError::from)?;
        let recipient = match recipients::find(&mut connection, user).await {
            Ok(recipient) => recipient,
            // Nobody is left to write to.
            Err(StoreError::NotFound) => return running.complete(running.finish().await?).await,
            Err(error) => return Err(error.into()),
        };
        if let Mail::VideoComplete { job_id } | Mail::VideoFailed { job_id } = mail {
            match recipients::film(&mut connection, *job_id).await {
                Ok(film) => facts.film = Some(film),
                Err(StoreError::NotFound) => return running.complete(running.finish().await?).await,
                Err(error) => return Err(error.into()),
            }
        }
        recipient
    };
    let letter = compose(mail, &recipient, &facts);
    let to = address(mail, &recipient);
    shop.mailer.send(&to, recipient.name.as_deref(), &letter).await?;
    running.complete(running.finish().await?).await
}

/// The person's own address, but for what goes to the one that is to become it, or was it.
fn address(mail: &Mail, recipient: &Recipient) -> String {
    match mail {
        Mail::ChangeEmail { to, .. } | Mail::EmailChanged { to } => to.clone(),
        Mail::VerifyEmail { .. }
        | Mail::Welcome
        | Mail::ResetPassword { .. }
        | Mail::PasswordChanged
        | Mail::NewSignIn { .. }
        | Mail::VideoComplete { .. }
        | Mail::VideoFailed { .. }
        | Mail::ExportReady { .. }
        | Mail::DeletionScheduled
        | Mail::PaymentReceived { .. }
        | Mail::PaymentFailed { .. }
        | Mail::TrialEnding { .. }
        | Mail::PlanEnded => recipient.email.clone(),
    }
}
