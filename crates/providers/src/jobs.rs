//! Work that a service takes in: how it is submitted, asked after, found again and told about by webhook.
//!
//! Money hangs on this: after a lost answer work is looked for, never submitted again on a guess.

use crate::capability::Answer;
use crate::error::ProviderError;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use mv_core::CancelToken;
use mv_core::units::MicroUsd;
use serde::{Deserialize, Serialize};

/// What goes along with work so that it can be found again.
#[derive(Clone, Copy, Debug)]
pub struct Ticket<'a> {
    /// Ours alone and the same whenever this work is submitted; sent wherever the service takes one. 8–64 letters,
    /// digits and hyphens.
    pub key: &'a str,
    /// Where the service may tell us that the work is done: an `https` address whose path nobody could guess.
    pub callback: Option<&'a str>,
    pub cancel: &'a CancelToken,
}

impl<'a> Ticket<'a> {
    pub fn new(key: &'a str, cancel: &'a CancelToken) -> Self {
        Self { key, callback: None, cancel }
    }

    /// The last moment to stop: what is sent is paid for, so its answer is worth having.
    pub(crate) fn check(&self) -> Result<(), ProviderError> {
        if self.cancel.is_cancelled() { Err(ProviderError::Cancelled) } else { Ok(()) }
    }
}

/// A service either answers at once or takes the work in and is asked again later.
#[derive(Debug)]
pub enum Submission<T> {
    Ready(Answer<T>),
    Queued(JobId),
}

/// A service's own name for work it took in.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JobId(pub String);

#[derive(Debug)]
pub enum JobState {
    Waiting,
    /// `progress` is 0–1 where the service says.
    Running {
        progress: Option<f32>,
    },
    Done,
    /// It ended without a result. `cost` is what the service charged all the same, where it says.
    Failed {
        error: ProviderError,
        cost: Option<MicroUsd>,
    },
}

/// What became of work whose answer was lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    TakenIn(JobId),
    /// The service says that it never got it: it may be submitted again. Believe it only some minutes after the answer
    /// was lost: the call may still be on its way.
    NotTakenIn,
    /// The service has no way to ask: only a webhook or a person can tell.
    CannotTell,
}

/// An HTTP call that claims to come from a service.
#[derive(Clone, Copy, Debug)]
pub struct Webhook<'a> {
    /// Names in any case.
    pub headers: &'a [(String, String)],
    pub body: &'a [u8],
    /// When it came: it may be looked at much later.
    pub received_at: DateTime<Utc>,
}

impl Webhook<'_> {
    /// The one value of a header; `None` when it is missing or comes twice.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name));
        match (found.next(), found.next()) {
            (Some((_, value)), None) => Some(value),
            _ => None,
        }
    }
}

/// What a webhook tells: that it is time to look at a job. It never carries a result by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub job: JobId,
    /// The [`Ticket::key`] the job was submitted with, where the service keeps it.
    pub key: Option<String>,
    /// The same for every delivery of the same news.
    pub delivery: String,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WebhookError {
    #[error("`{0}` sends no webhooks")]
    NotOffered(String),
    #[error("the webhook cannot be read: {0}")]
    Malformed(String),
    #[error("the webhook does not come from `{provider}`: {detail}")]
    Forged { provider: String, detail: String },
    /// Whether it is genuine could not be found out now.
    #[error(transparent)]
    Unchecked(#[from] ProviderError),
}

/// What every maker does with work it took in. The defaults are those of a service that answers at once.
#[async_trait]
pub trait Jobs: Send + Sync {
    /// The service's name, for errors.
    fn provider(&self) -> &str;

    /// How a job is doing. An error is one of asking: the job may be fine.
    async fn poll(&self, job: &JobId) -> Result<JobState, ProviderError> {
        Err(self.unknown_job(job))
    }

    /// Asks the service to stop; it may still finish, so poll afterwards.
    async fn cancel(&self, job: &JobId) -> Result<(), ProviderError> {
        Err(self.unknown_job(job))
    }

    /// Looks for work by the [`Ticket::key`] it was submitted with.
    async fn find(&self, _key: &str) -> Result<Found, ProviderError> {
        Ok(Found::CannotTell)
    }

    /// Checks a webhook and says which job it is about.
    async fn hear(&self, _webhook: &Webhook<'_>) -> Result<Notice, WebhookError> {
        Err(WebhookError::NotOffered(self.provider().to_owned()))
    }

    fn unknown_job(&self, job: &JobId) -> ProviderError {
        ProviderError::JobLost { provider: self.provider().to_owned(), job: job.0.clone() }
    }
}

/// An account at a service, whatever it is used for.
#[async_trait]
pub trait Service: Send + Sync {
    fn provider(&self) -> &str;

    /// Whether the key works, by a call that costs nothing.
    async fn check_key(&self) -> Result<(), ProviderError>;

    /// The ids of the models it offers; `None` where it does not list them.
    async fn models(&self) -> Result<Option<Vec<String>>, ProviderError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_that_comes_twice_is_no_header() {
        let headers = [
            ("X-One".to_owned(), "1".to_owned()),
            ("x-two".into(), "2".into()),
            ("X-Two".into(), "3".into()),
        ];
        let call = Webhook { headers: &headers, body: b"", received_at: DateTime::UNIX_EPOCH };
        assert_eq!(call.header("x-one"), Some("1"));
        assert_eq!(call.header("x-two"), None);
        assert_eq!(call.header("x-three"), None);
    }
}
