//! Why work that was ordered could not be done, as programs, letters and the studio know it. Where the API refuses an
//! order for the same reason, its problem has the same code.

use serde::{Deserialize, Serialize};

/// Kept with an order or a task that failed, beside the words for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureCode {
    /// It would have cost more than the order or its project may.
    OverBudget,
    /// The person had fewer credits than the next call takes.
    TooFewCredits,
    /// The service does not make this: its policy.
    Refused,
    /// The service cannot make this.
    InvalidRequest,
    /// The service does not accept the key.
    Auth,
    /// The account at the service is used up.
    QuotaExhausted,
    /// The service asked to slow down, again and again.
    ServiceRateLimited,
    /// The service did not answer in time.
    ServiceTimeout,
    /// The service could not be reached.
    ServiceUnavailable,
    /// What the service sent cannot be used.
    BadResponse,
    /// The service took the work in and gave up on it.
    ServiceFailed,
    /// The service lost what it had made.
    ResultGone,
    /// Nobody knows whether the service took the work in: nothing is sent again until that is known.
    Unsettled,
    /// No model that was ordered can make one of the scenes, or the storyboard cannot be filmed.
    CannotMake,
    /// A file of the person's own cannot be used.
    UnusableFile,
    /// The song was not heard yet.
    NotAnalysed,
    /// There is no storyboard yet.
    NotPlanned,
    /// What it was ordered for is gone.
    NotFound,
    /// The film could not be put together.
    MakingFailed,
    /// It was stopped on request.
    Canceled,
    /// Something of the server's own broke.
    Internal,
}

impl FailureCode {
    pub const ALL: [Self; 21] = [
        Self::OverBudget,
        Self::TooFewCredits,
        Self::Refused,
        Self::InvalidRequest,
        Self::Auth,
        Self::QuotaExhausted,
        Self::ServiceRateLimited,
        Self::ServiceTimeout,
        Self::ServiceUnavailable,
        Self::BadResponse,
        Self::ServiceFailed,
        Self::ResultGone,
        Self::Unsettled,
        Self::CannotMake,
        Self::UnusableFile,
        Self::NotAnalysed,
        Self::NotPlanned,
        Self::NotFound,
        Self::MakingFailed,
        Self::Canceled,
        Self::Internal,
    ];

    pub fn word(self) -> &'static str {
        match self {
            Self::OverBudget => "over_budget",
            Self::TooFewCredits => "too_few_credits",
            Self::Refused => "refused",
            Self::InvalidRequest => "invalid_request",
            Self::Auth => "auth",
            Self::QuotaExhausted => "quota_exhausted",
            Self::ServiceRateLimited => "service_rate_limited",
            Self::ServiceTimeout => "service_timeout",
            Self::ServiceUnavailable => "service_unavailable",
            Self::BadResponse => "bad_response",
            Self::ServiceFailed => "service_failed",
            Self::ResultGone => "result_gone",
            Self::Unsettled => "unsettled",
            Self::CannotMake => "cannot_make",
            Self::UnusableFile => "unusable_file",
            Self::NotAnalysed => "not_analysed",
            Self::NotPlanned => "not_planned",
            Self::NotFound => "not_found",
            Self::MakingFailed => "making_failed",
            Self::Canceled => "canceled",
            Self::Internal => "internal",
        }
    }

    /// Reads a word back; `None` for one that is not ours.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.word() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_that_are_read() {
        for code in FailureCode::ALL {
            assert_eq!(serde_json::to_value(code).unwrap(), code.word());
            assert_eq!(FailureCode::of(code.word()), Some(code));
        }
        assert_eq!(FailureCode::of("luck"), None);
    }
}
