//! Mails: what they say is looked up when they are sent, each is sent once, and what became of it is written down. Without
//! a mail server, links go to the log and to whoever runs the server.
//!
//! A mail is written down before it is sent. A worker that is killed after sending and before writing that down has the
//! mail sent again, under the same name: Resend takes a name once a day, so it arrives once; SMTP knows no such thing, and a
//! second copy has the same `Message-ID`.

mod device;
mod layout;
mod letter;
mod post;
mod resend;
mod words;

use crate::error::JobError;
use crate::running::Running;
use crate::shop::Shop;
use letter::{Facts, Letter, compose};
use mv_core::ids::{MailId, UserId};
use mv_core::jobs::Mail;
use mv_core::mail::Topic;
use mv_store::StoreError;
use mv_store::db::mails::{self, Ending, NewMail, State};
use mv_store::db::recipients::{self, Recipient};
use mv_store::objects::ObjectError;
use post::{Parcel, Post, Unsubscribe};
use sqlx::Postgres;
use sqlx::pool::PoolConnection;

pub use post::{MailSettings, Way, reach};

/// A poster that is larger would make the mail slow to open.
const LARGEST_POSTER: u64 = 512 * 1024;

pub(crate) struct Mailer {
    post: Option<Post>,
    public_url: String,
}

impl std::fmt::Debug for Mailer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mailer").field("sends", &self.post.is_some()).finish_non_exhaustive()
    }
}

impl Mailer {
    pub(crate) fn new(settings: Option<&MailSettings>, public_url: &str) -> Result<Self, String> {
        let post = settings.map(Post::new).transpose()?;
        Ok(Self { post, public_url: public_url.trim_end_matches('/').to_owned() })
    }
}

pub(crate) async fn run(running: &Running, user: UserId, id: MailId, mail: &Mail) -> Result<(), JobError> {
    let shop = &running.shop;
    let Some((recipient, mut facts)) = look_up(shop, user, mail).await? else {
        // Nobody is left to write to, or nothing to write about.
        return running.complete(running.finish().await?).await;
    };
    let poster = match &facts.film {
        Some(film) if matches!(mail, Mail::VideoComplete { .. }) => {
            poster(shop, film.poster_key.as_deref()).await?
        }
        _ => None,
    };
    facts.poster = poster.is_some();
    let topic = mail.topic();
    let unsubscribe = (topic != Topic::Account).then(|| {
        let token = shop.mail_choices.token(user, topic);
        let base = &shop.mailer.public_url;
        Unsubscribe {
            page: format!("{base}/unsubscribe/{token}"),
            press: format!("{base}/api/mail/unsubscribe?token={token}"),
        }
    });
    facts.unsubscribe = unsubscribe.as_ref().map(|unsubscribe| unsubscribe.page.clone());
    let letter = compose(mail, &recipient, &facts);
    let to = address(mail, &recipient);
    let new = NewMail {
        id,
        user,
        kind: mail.kind(),
        address: &to,
        subject: &letter.subject,
        job: running.first_job.unwrap_or(running.id),
        at: shop.clock.now(),
    };
    let barred = {
        let mut connection = connection(shop).await?;
        if !mails::begin(&mut connection, &new).await? {
            drop(connection);
            return running.complete(running.finish().await?).await;
        }
        barred(&mut connection, user, topic, &to).await?
    };
    let sent = if let Some(state) = barred {
        Ok((state, None))
    } else {
        let way = shop.mailer.post.as_ref();
        send(way, &new, &recipient, &letter, poster.as_deref(), unsubscribe.as_ref()).await
    };
    let (state, sent_as) = match sent {
        Ok(sent) => sent,
        Err(error) => {
            note_error(shop, &new, &error).await?;
            return Err(error);
        }
    };
    let mut transaction = running.finish().await?;
    let link = letter.link.as_deref().filter(|_| state == State::Printed);
    let ending = Ending { detail: None, sent_as: sent_as.as_deref(), link };
    mails::end(&mut transaction, id, state, &ending, shop.clock.now()).await?;
    running.complete(transaction).await
}

async fn connection(shop: &Shop) -> Result<PoolConnection<Postgres>, JobError> {
    Ok(shop.db.worker().acquire().await.map_err(StoreError::from)?)
}

async fn look_up<'a>(
    shop: &'a Shop,
    user: UserId,
    mail: &Mail,
) -> Result<Option<(Recipient, Facts<'a>)>, JobError> {
    let mut connection = connection(shop).await?;
    let mut facts = Facts::new(&shop.mailer.public_url);
    let found = async {
        let recipient = recipients::find(&mut connection, user).await?;
        match mail {
            Mail::VideoComplete { job_id } | Mail::VideoFailed { job_id } => {
                facts.film = Some(recipients::film(&mut connection, *job_id).await?);
            }
            Mail::TrialEnding { ends_at } => {
                facts.day = Some(recipients::day(&mut connection, user, *ends_at).await?);
            }
            _ => {}
        }
        Ok(recipient)
    };
    match found.await {
        Ok(recipient) => Ok(Some((recipient, facts))),
        Err(StoreError::NotFound) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Why the mail is not sent, where it is not. What concerns the account always is.
async fn barred(
    connection: &mut PoolConnection<Postgres>,
    user: UserId,
    topic: Topic,
    to: &str,
) -> Result<Option<State>, JobError> {
    if topic == Topic::Account {
        return Ok(None);
    }
    if mails::refused(connection, user).await?.contains(&topic) {
        return Ok(Some(State::Unwanted));
    }
    Ok(mails::block(connection, to).await?.map(|_| State::Blocked))
}

/// The film's poster, where it is there and small enough.
async fn poster(shop: &Shop, key: Option<&str>) -> Result<Option<Vec<u8>>, JobError> {
    let Some(key) = key else { return Ok(None) };
    match shop.objects.read(&key.parse()?, LARGEST_POSTER).await {
        Ok(bytes) => Ok(Some(bytes.to_vec())),
        Err(ObjectError::NotFound(_) | ObjectError::TooLarge { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

async fn send(
    post: Option<&Post>,
    new: &NewMail<'_>,
    to: &Recipient,
    letter: &Letter,
    poster: Option<&[u8]>,
    unsubscribe: Option<&Unsubscribe>,
) -> Result<(State, Option<String>), JobError> {
    let Some(post) = post else {
        tracing::warn!(
            mail.to = new.address,
            mail.subject = letter.subject,
            mail.link = letter.link.as_deref().unwrap_or_default(),
            "no mail server is configured; this mail was not sent"
        );
        return Ok((State::Printed, None));
    };
    let parcel = Parcel {
        id: new.id,
        kind: new.kind,
        to: new.address,
        name: to.name.as_deref(),
        subject: &letter.subject,
        text: &letter.text,
        html: &letter.html,
        poster,
        unsubscribe,
    };
    Ok((State::Sent, post.send(&parcel).await?))
}

/// What the mail server said, for whoever runs the server; an address that takes no mail gets none but what concerns the
/// account from here on.
async fn note_error(shop: &Shop, mail: &NewMail<'_>, error: &JobError) -> Result<(), JobError> {
    let state = match error {
        JobError::MailLater(_) => State::Waiting,
        JobError::MailRefused(_) | JobError::NoSuchAddress(_) => State::Refused,
        _ => return Ok(()),
    };
    let mut transaction = shop.db.worker().begin().await.map_err(StoreError::from)?;
    let detail = error.to_string();
    let ending = Ending { detail: Some(&detail), ..Ending::default() };
    mails::end(&mut transaction, mail.id, state, &ending, shop.clock.now()).await?;
    if matches!(error, JobError::NoSuchAddress(_)) {
        mails::note_bounce(&mut transaction, mail.address, shop.clock.now()).await?;
    }
    transaction.commit().await.map_err(StoreError::from)?;
    Ok(())
}

/// The person's own address, but for what goes to the one that is to become it, or was it.
fn address(mail: &Mail, recipient: &Recipient) -> String {
    match mail {
        Mail::ChangeEmail { to, .. } | Mail::EmailChanged { to } => to.clone(),
        _ => recipient.email.clone(),
    }
}
