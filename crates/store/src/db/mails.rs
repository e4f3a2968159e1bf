//! What was written to people: each mail once, what became of it, and what people do not want to be written about.

use crate::error::StoreError;
use crate::queue::QueueJobId;
use chrono::{DateTime, Utc};
use mv_core::ids::{MailId, UserId};
use mv_core::mail::Topic;
use serde::Serialize;
use sqlx::PgConnection;
use uuid::Uuid;

/// What became of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// A worker is at it.
    Sending,
    /// The mail server took it not yet; it is tried again.
    Waiting,
    Sent,
    /// No mail server is set up: it is in the log, and its link here.
    Printed,
    Refused,
    /// The person does not want mails of this topic.
    Unwanted,
    /// Its address takes none.
    Blocked,
    Bounced,
    Complained,
}

impl State {
    pub const ALL: [Self; 9] = [
        Self::Sending,
        Self::Waiting,
        Self::Sent,
        Self::Printed,
        Self::Refused,
        Self::Unwanted,
        Self::Blocked,
        Self::Bounced,
        Self::Complained,
    ];

    pub fn word(self) -> &'static str {
        match self {
            Self::Sending => "sending",
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Printed => "printed",
            Self::Refused => "refused",
            Self::Unwanted => "unwanted",
            Self::Blocked => "blocked",
            Self::Bounced => "bounced",
            Self::Complained => "complained",
        }
    }
}

/// A mail that is about to be sent.
#[derive(Clone, Debug)]
pub struct NewMail<'a> {
    pub id: MailId,
    pub user: UserId,
    pub kind: &'a str,
    pub address: &'a str,
    pub subject: &'a str,
    /// The queue's number of its job, at its first try.
    pub job: QueueJobId,
    pub at: DateTime<Utc>,
}

/// Whether the mail is still to be sent, by this job; notes the try. `false` when it went out before, or when another job
/// sends it.
///
/// # Errors
/// [`StoreError::Constraint`] when the person is gone; [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn begin(connection: &mut PgConnection, mail: &NewMail<'_>) -> Result<bool, StoreError> {
    let begun = sqlx::query!(
        "INSERT INTO mails AS known (id, user_id, kind, address, subject, job, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
         ON CONFLICT (id) DO UPDATE SET state = 'sending', tries = known.tries + 1, detail = NULL, job = excluded.job,
           address = excluded.address, subject = excluded.subject, updated_at = excluded.updated_at
           WHERE known.state IN ('waiting', 'refused', 'blocked') OR known.state = 'sending' AND known.job = excluded.job",
        mail.id.0,
        mail.user.0,
        mail.kind,
        mail.address,
        mail.subject,
        mail.job,
        mail.at,
    )
    .execute(connection)
    .await?;
    Ok(begun.rows_affected() == 1)
}

/// How a try ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ending<'a> {
    pub detail: Option<&'a str>,
    /// What the sending service calls it.
    pub sent_as: Option<&'a str>,
    /// For whoever runs the server to hand on.
    pub link: Option<&'a str>,
}

/// Notes how a try ended. What the service said of it meanwhile stays.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn end(
    connection: &mut PgConnection,
    id: MailId,
    state: State,
    ending: &Ending<'_>,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE mails SET state = CASE WHEN state = 'sending' THEN $2 ELSE state END, sent_as = $4, link = $5,
           detail = CASE WHEN state = 'sending' THEN $3 ELSE detail END, updated_at = $6
         WHERE id = $1",
        id.0,
        state.word(),
        ending.detail,
        ending.sent_as,
        ending.link,
        at,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Its job is tried no more: whatever was said last is why.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn give_up(
    connection: &mut PgConnection,
    id: MailId,
    why: &str,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE mails SET state = 'refused', detail = coalesce(detail, $2), updated_at = $3
         WHERE id = $1 AND state IN ('sending', 'waiting')",
        id.0,
        why,
        at
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Why nothing is sent to an address.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn block(connection: &mut PgConnection, address: &str) -> Result<Option<String>, StoreError> {
    let reason = sqlx::query_scalar!("SELECT reason FROM mail_blocks WHERE address = lower($1)", address)
        .fetch_optional(connection)
        .await?;
    Ok(reason)
}

/// Nothing more is sent to an address but what concerns the account: it takes no mail.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn note_bounce(
    connection: &mut PgConnection,
    address: &str,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO mail_blocks (address, reason, since) VALUES (lower($1), 'bounced', $2) ON CONFLICT DO NOTHING",
        address,
        at
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// What the sending service says became of a mail.
#[derive(Clone, Debug)]
pub struct News<'a> {
    /// The news' own name: told again, it is the same.
    pub id: &'a str,
    /// Our name of the mail, where it came back.
    pub mail: Option<MailId>,
    /// The service's name of it.
    pub sent_as: &'a str,
    pub state: State,
    pub detail: Option<&'a str>,
    /// Nothing more is to be sent to its address.
    pub blocks: bool,
    pub at: DateTime<Utc>,
}

/// Writes news of a mail down; `false` when it was known already, or is of no mail of ours. Asked as the gate.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn hear(connection: &mut PgConnection, news: &News<'_>) -> Result<bool, StoreError> {
    let blocks = news.blocks.then_some(match news.state {
        State::Complained => "complained",
        _ => "bounced",
    });
    let heard = sqlx::query_scalar!(
        r#"SELECT hear_of_mail($1, $2, $3, $4, $5, $6, $7) AS "heard!""#,
        news.id,
        news.mail.map(|id| id.0),
        news.sent_as,
        news.state.word(),
        news.detail,
        blocks,
        news.at,
    )
    .fetch_one(connection)
    .await?;
    Ok(heard)
}

/// Why only what concerns the account is sent to the address of whoever asks.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn own_block(connection: &mut PgConnection) -> Result<Option<String>, StoreError> {
    let reason = sqlx::query_scalar!("SELECT own_mail_block()").fetch_one(connection).await?;
    Ok(reason)
}

/// A person proved that they read what is sent to their address: mail that came back from there is forgiven. Asked as the
/// gate.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn arrives(connection: &mut PgConnection, user: UserId) -> Result<(), StoreError> {
    sqlx::query!("SELECT mail_arrives($1)", user.0).execute(connection).await?;
    Ok(())
}

/// Lifts a block by hand; `false` when there is none.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn unblock(connection: &mut PgConnection, address: &str) -> Result<bool, StoreError> {
    let done = sqlx::query!("DELETE FROM mail_blocks WHERE address = lower($1)", address);
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// An address that nothing but what concerns the account is sent to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    pub address: String,
    pub reason: String,
    pub since: DateTime<Utc>,
}

/// Blocked addresses, the newest first, and how many there are.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn blocks(
    connection: &mut PgConnection,
    limit: i64,
    offset: i64,
) -> Result<(Vec<Block>, i64), StoreError> {
    let total = sqlx::query_scalar!(r#"SELECT count(*) AS "total!" FROM mail_blocks"#)
        .fetch_one(&mut *connection)
        .await?;
    let rows = sqlx::query_as!(
        Block,
        "SELECT address, reason, since FROM mail_blocks ORDER BY since DESC, address LIMIT $1 OFFSET $2",
        limit,
        offset
    )
    .fetch_all(connection)
    .await?;
    Ok((rows, total))
}

/// A mail as whoever runs the server sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub id: Uuid,
    pub user_id: Uuid,
    pub kind: String,
    pub address: String,
    pub subject: String,
    pub link: Option<String>,
    pub state: String,
    pub detail: Option<String>,
    pub tries: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// Which mails; `None` is all of them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter<'a> {
    pub state: Option<&'a str>,
    pub kind: Option<&'a str>,
    pub user: Option<UserId>,
}

/// Mails, the newest first, and how many there are.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn list(
    connection: &mut PgConnection,
    filter: Filter<'_>,
    limit: i64,
    offset: i64,
) -> Result<(Vec<Row>, i64), StoreError> {
    let user = filter.user.map(|id| id.0);
    let total = sqlx::query_scalar!(
        r#"SELECT count(*) AS "total!" FROM mails
           WHERE ($1::text IS NULL OR state = $1) AND ($2::text IS NULL OR kind = $2)
             AND ($3::uuid IS NULL OR user_id = $3)"#,
        filter.state,
        filter.kind,
        user,
    )
    .fetch_one(&mut *connection)
    .await?;
    let rows = sqlx::query_as!(
        Row,
        "SELECT id, user_id, kind, address, subject, link, state, detail, tries, created_at, updated_at FROM mails
         WHERE ($1::text IS NULL OR state = $1) AND ($2::text IS NULL OR kind = $2)
           AND ($3::uuid IS NULL OR user_id = $3)
         ORDER BY created_at DESC, id LIMIT $4 OFFSET $5",
        filter.state,
        filter.kind,
        user,
        limit,
        offset
    )
    .fetch_all(connection)
    .await?;
    Ok((rows, total))
}

/// What a person does not want to be written about.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn refused(connection: &mut PgConnection, user: UserId) -> Result<Vec<Topic>, StoreError> {
    let words =
        sqlx::query_scalar!("SELECT topic FROM mail_refusals WHERE user_id = $1 ORDER BY topic", user.0)
            .fetch_all(connection)
            .await?;
    Ok(words.iter().filter_map(|word| Topic::optional(word)).collect())
}

/// Notes whether a person wants to be written about something.
///
/// # Errors
/// [`StoreError::Constraint`] when the person is gone, or the topic is one that nobody does without.
pub async fn choose(
    connection: &mut PgConnection,
    user: UserId,
    topic: Topic,
    wanted: bool,
) -> Result<(), StoreError> {
    if wanted {
        sqlx::query!("DELETE FROM mail_refusals WHERE user_id = $1 AND topic = $2", user.0, topic.word())
            .execute(connection)
            .await?;
    } else {
        sqlx::query!(
            "INSERT INTO mail_refusals (user_id, topic) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            user.0,
            topic.word()
        )
        .execute(connection)
        .await?;
    }
    Ok(())
}

/// Forgets mails and news of long ago, and links that have run out.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn forget_old(connection: &mut PgConnection, now: DateTime<Utc>) -> Result<u64, StoreError> {
    sqlx::query!(
        "UPDATE mails SET link = NULL WHERE link IS NOT NULL AND created_at < $1::timestamptz - interval '1 day'",
        now
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!("DELETE FROM mail_news WHERE heard_at < $1::timestamptz - interval '7 days'", now)
        .execute(&mut *connection)
        .await?;
    let gone = sqlx::query!("DELETE FROM mails WHERE created_at < $1::timestamptz - interval '90 days'", now);
    Ok(gone.execute(connection).await?.rows_affected())
}
