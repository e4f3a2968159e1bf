//! What the ledger says no to.

use crate::error::StoreError;
use mv_core::paid_call::CallState;
use mv_core::units::MicroUsd;
use std::fmt;
use thiserror::Error;

/// Which cap stands in the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cap {
    Job,
    Project,
}

impl fmt::Display for Cap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Job => "order",
            Self::Project => "project",
        })
    }
}

#[derive(Debug, Error)]
pub enum LedgerError {
    /// `committed` is what was spent and what is set aside.
    #[error(
        "the {which} may spend {cap}: {committed} of it are spent or set aside, and `{needed}` more are needed"
    )]
    OverBudget { which: Cap, cap: MicroUsd, committed: MicroUsd, needed: MicroUsd },
    #[error("{balance} are left in credits, and `{needed}` are needed")]
    TooFewCredits { balance: MicroUsd, needed: MicroUsd },
    /// Another try of the same step may still be paid for.
    #[error("try {ordinal} of the step is `{state}`: until it has ended there is no other")]
    Unfinished { ordinal: u32, state: CallState },
    /// The call is ours, but not where it may become this.
    #[error("the call is `{found}` and cannot become `{wanted}`")]
    WrongState { found: CallState, wanted: CallState },
    #[error("this id was used for another change of credits")]
    OtherChange,
    /// The operator pays for the call, so the operator says what became of it.
    #[error("the call was not paid with a key of this person's own: an operator must say what became of it")]
    OperatorDecides,
    /// [`StoreError::Superseded`]: the call is not ours any more; [`StoreError::NotFound`]: the order, the project or the
    /// call is gone.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for LedgerError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

impl LedgerError {
    pub(super) const SUPERSEDED: Self = Self::Store(StoreError::Superseded);

    /// What the person can do about it, where they can.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::OverBudget { which: Cap::Job, .. } => {
                Some("raise the order's budget, or choose cheaper models, then order again")
            }
            Self::OverBudget { which: Cap::Project, .. } => {
                Some("raise the project's budget, or choose cheaper models, then order again")
            }
            Self::TooFewCredits { .. } => {
                Some("buy credits, or use a key of your own at the service, then order again")
            }
            Self::Unfinished { .. } => Some("say what became of it on the page of calls"),
            Self::OtherChange => Some("make a new id for every new change"),
            Self::WrongState { .. } | Self::OperatorDecides | Self::Store(_) => None,
        }
    }
}
