//! What can go wrong with a service, and what to do about it.

use mv_core::failure::FailureCode;
use std::time::Duration;

/// One variant for each thing a caller does differently.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    #[error("`{provider}` asks to slow down")]
    RateLimited { provider: String, retry_after: Option<Duration> },
    #[error("`{provider}` does not accept the key: {detail}")]
    Auth { provider: String, detail: String },
    #[error("`{provider}` cannot make this: {detail}")]
    InvalidRequest { provider: String, detail: String },
    #[error("`{provider}` refused to make this: {reason}")]
    Refused { provider: String, reason: String },
    #[error("the account at `{provider}` is used up: {detail}")]
    QuotaExhausted { provider: String, detail: String },
    #[error("`{provider}` did not answer in time")]
    Timeout { provider: String },
    #[error("`{provider}` is not available: {detail}")]
    Unavailable { provider: String, detail: String },
    #[error("`{provider}` sent an answer that cannot be used: {detail}")]
    BadResponse { provider: String, detail: String },
    /// The service took the work in and gave up on it; its fault, and not charged.
    #[error("`{provider}` could not finish this: {detail}")]
    Failed { provider: String, detail: String },
    /// Paid work was sent and its answer was lost: it may have been taken in.
    #[error("`{provider}` may have taken the work in, but its answer was lost: {detail}")]
    Unconfirmed { provider: String, detail: String },
    #[error("`{provider}` no longer knows the job `{job}`")]
    JobLost { provider: String, job: String },
    /// The job is done, but what it made cannot be had any more.
    #[error("`{provider}` no longer has what it made: {detail}")]
    ResultGone { provider: String, detail: String },
    #[error("cancelled")]
    Cancelled,
}

/// What follows from an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Ask the same service again, not before this long.
    Retry { after: Duration },
    /// Ask the next service in the person's chain.
    NextProvider,
    /// Find out first what became of the work ([`crate::Jobs::find`], a webhook, the person): submitting it again could
    /// pay for it twice. Where the model costs nothing, submit it again.
    Reconcile,
    /// Stop and tell the person: asking again or elsewhere would not help, or would go against their will.
    Stop,
}

impl ProviderError {
    pub fn verdict(&self) -> Verdict {
        match self {
            Self::RateLimited { retry_after, .. } => {
                Verdict::Retry { after: retry_after.unwrap_or(Duration::from_secs(5)) }
            }
            Self::Timeout { .. } => Verdict::Retry { after: Duration::from_secs(5) },
            Self::Unavailable { .. } | Self::BadResponse { .. } | Self::Failed { .. } => {
                Verdict::Retry { after: Duration::from_secs(10) }
            }
            Self::Auth { .. } | Self::QuotaExhausted { .. } => Verdict::NextProvider,
            Self::Unconfirmed { .. } | Self::JobLost { .. } => Verdict::Reconcile,
            Self::InvalidRequest { .. }
            | Self::Refused { .. }
            | Self::ResultGone { .. }
            | Self::Cancelled => Verdict::Stop,
        }
    }

    /// The word for it where it is the end of what was ordered.
    pub fn code(&self) -> FailureCode {
        match self {
            Self::RateLimited { .. } => FailureCode::ServiceRateLimited,
            Self::Auth { .. } => FailureCode::Auth,
            Self::InvalidRequest { .. } => FailureCode::InvalidRequest,
            Self::Refused { .. } => FailureCode::Refused,
            Self::QuotaExhausted { .. } => FailureCode::QuotaExhausted,
            Self::Timeout { .. } => FailureCode::ServiceTimeout,
            Self::Unavailable { .. } => FailureCode::ServiceUnavailable,
            Self::BadResponse { .. } => FailureCode::BadResponse,
            Self::Failed { .. } => FailureCode::ServiceFailed,
            Self::Unconfirmed { .. } | Self::JobLost { .. } => FailureCode::Unsettled,
            Self::ResultGone { .. } => FailureCode::ResultGone,
            Self::Cancelled => FailureCode::Canceled,
        }
    }

    /// What the person can do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::RateLimited { .. } => "Wait a little, or lower the number of scenes made at once.",
            Self::Auth { .. } => "Check the key of this service, or choose another one.",
            Self::InvalidRequest { .. } => "Change the scene, or choose a model that can make it.",
            Self::Refused { .. } => "Reword the scene: say what is seen without the part that was refused.",
            Self::QuotaExhausted { .. } => "Top up the account at the service, or choose another one.",
            Self::Timeout { .. }
            | Self::Unavailable { .. }
            | Self::BadResponse { .. }
            | Self::Failed { .. } => "Try again later, or choose another service. Nothing was charged.",
            Self::Unconfirmed { .. } | Self::JobLost { .. } => {
                "Look at the service's own page whether the work is there before it is ordered again."
            }
            Self::ResultGone { .. } => {
                "Make the scene again. The service charged for what it lost: ask it for the money back."
            }
            Self::Cancelled => "Run the same command again to go on from here.",
        }
    }

    /// The service it came from; empty when the person stopped it.
    pub fn provider(&self) -> &str {
        match self {
            Self::RateLimited { provider, .. }
            | Self::Auth { provider, .. }
            | Self::InvalidRequest { provider, .. }
            | Self::Refused { provider, .. }
            | Self::QuotaExhausted { provider, .. }
            | Self::Timeout { provider }
            | Self::Unavailable { provider, .. }
            | Self::BadResponse { provider, .. }
            | Self::Failed { provider, .. }
            | Self::Unconfirmed { provider, .. }
            | Self::JobLost { provider, .. }
            | Self::ResultGone { provider, .. } => provider,
            Self::Cancelled => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_never_asked_again() {
        let refused = ProviderError::Refused { provider: "x".into(), reason: "violence".into() };
        assert_eq!(refused.verdict(), Verdict::Stop);
        assert!(refused.hint().contains("Reword"));
    }

    #[test]
    fn a_lost_answer_is_never_a_reason_to_pay_again() {
        let lost = ProviderError::Unconfirmed { provider: "x".into(), detail: "cut".into() };
        let gone = ProviderError::JobLost { provider: "x".into(), job: "7".into() };
        assert_eq!((lost.verdict(), gone.verdict()), (Verdict::Reconcile, Verdict::Reconcile));
    }

    #[test]
    fn a_rate_limit_waits_as_long_as_the_service_says() {
        let limited =
            ProviderError::RateLimited { provider: "x".into(), retry_after: Some(Duration::from_secs(42)) };
        assert_eq!(limited.verdict(), Verdict::Retry { after: Duration::from_secs(42) });
    }
}
