//! The books of paid work: what was asked for, what became of it, what it cost.
//!
//! A [`Ledger`] writes everything down before it happens, so that after a crash it is known what may have been paid for.
//! [`FolderLedger`](super::FolderLedger) keeps its books in a work folder; a server keeps them in its database.

use crate::step::StepKey;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use mv_core::units::MicroUsd;
use mv_providers::{JobId, ModelKind, ProviderError};
use serde::{Deserialize, Serialize};

/// A call about to be made.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// The step whose artefact it makes.
    pub step: StepKey,
    /// 0 for the step's first call, one more for each call after it.
    pub ordinal: u32,
    /// Number of the scene it is for, from 1.
    pub scene: Option<usize>,
    pub kind: ModelKind,
    pub provider: String,
    /// The product's name of the model.
    pub model: String,
    /// The most it may cost.
    pub estimate: MicroUsd,
    /// Why this model and not the one that was chosen, or why once more.
    pub because: Option<String>,
}

/// How a call stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum CallState {
    /// Its money is set aside; nothing was sent.
    Reserved,
    /// It was sent, or is about to be: it may have been taken in.
    Submitting { since: DateTime<Utc> },
    /// The service took it in under this name.
    Submitted { job: JobId },
    /// What it made is kept, and paid for.
    Succeeded { cost: MicroUsd },
    /// Nothing came of it, and what was set aside is given back.
    Failed { message: String, cost: MicroUsd },
    /// Nobody here can tell whether it was taken in.
    Unknown { why: String },
}

impl CallState {
    /// Whether money is set aside for it.
    pub fn is_open(&self) -> bool {
        matches!(
            self,
            Self::Reserved | Self::Submitting { .. } | Self::Submitted { .. } | Self::Unknown { .. }
        )
    }
}

/// A call in the books, as its holder knows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// The ledger's name for it.
    pub id: String,
    /// Sent along with it: the same whenever this call is submitted.
    pub key: String,
    pub ordinal: u32,
    pub provider: String,
    pub model: String,
    pub state: CallState,
    /// Of what it made against the character's photos, 0–1.
    pub likeness: Option<f32>,
    /// Raised whenever another holder takes it up: a write of an earlier one is refused.
    pub fence: i64,
}

/// Which cap a call would break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cap {
    /// Of this film or this order.
    Order,
    /// Of the whole project.
    Project,
}

#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// `needed` is everything spent and set aside, with this call.
    #[error("this would cost {needed}, above the budget of {cap}")]
    OverBudget { which: Cap, cap: MicroUsd, needed: MicroUsd },
    #[error("this needs {needed} of credits, and {balance} are left")]
    TooFewCredits { balance: MicroUsd, needed: MicroUsd },
    /// Another order is buying the same at this moment.
    #[error("another order is buying the same picture")]
    Busy,
    /// Somebody else holds the call now.
    #[error("another worker has taken this call over")]
    Superseded,
    /// The books cannot be written now: nothing may be bought.
    #[error("the books of what is paid for cannot be kept: {detail}")]
    Unavailable { detail: String, disk_full: bool },
}

/// Where calls are written down. Every write is on disk when it returns.
#[async_trait]
pub trait Ledger: std::fmt::Debug + Send + Sync {
    /// All calls of a step, the first one first; those that are open are held from now on.
    ///
    /// # Errors
    /// [`LedgerError::Busy`] when somebody else holds one.
    async fn calls(&self, step: StepKey) -> Result<Vec<Call>, LedgerError>;

    /// Sets the estimate aside and opens a call.
    ///
    /// # Errors
    /// [`LedgerError::OverBudget`], [`LedgerError::TooFewCredits`].
    async fn open(&self, wanted: &Wanted) -> Result<Call, LedgerError>;

    /// It is about to be sent.
    async fn submitting(&self, call: &mut Call) -> Result<(), LedgerError>;

    /// It was certainly not taken in, and may be sent again.
    async fn withdraw(&self, call: &mut Call) -> Result<(), LedgerError>;

    async fn submitted(&self, call: &mut Call, job: &JobId) -> Result<(), LedgerError>;

    /// Keeps what it made, then books what it cost; the estimate where the service does not say.
    async fn succeeded(
        &self,
        call: &mut Call,
        made: &[u8],
        cost: Option<MicroUsd>,
    ) -> Result<(), LedgerError>;

    /// What a call that succeeded made.
    async fn made(&self, call: &Call) -> Result<Vec<u8>, LedgerError>;

    /// Gives back what was set aside, less what the service charged all the same.
    async fn failed(
        &self,
        call: &mut Call,
        error: &ProviderError,
        cost: Option<MicroUsd>,
    ) -> Result<(), LedgerError>;

    async fn unknown(&self, call: &mut Call, why: &str) -> Result<(), LedgerError>;

    /// Notes how like its character a picture is.
    async fn scored(&self, call: &mut Call, likeness: f32) -> Result<(), LedgerError>;

    /// Where the service may call us back about it; `None` where it cannot reach us.
    fn callback(&self, _call: &Call) -> Option<String> {
        None
    }

    /// What the service calls it in a webhook that was checked: proof that it was taken in.
    async fn heard(&self, _call: &Call) -> Result<Option<JobId>, LedgerError> {
        Ok(None)
    }

    /// Ends when there is news of a call, and may end without; never, where there is none to be had.
    async fn news(&self, _call: &Call) {
        std::future::pending::<()>().await;
    }

    /// This step is left as it is: whoever comes next need not wait.
    async fn release(&self, _step: StepKey) {}

    /// What was paid so far, for whoever watches.
    fn spent(&self) -> MicroUsd;
}
