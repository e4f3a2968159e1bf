//! Mails: which there are, and which of them people may do without.

use crate::ids::{TaskId, VideoJobId};
use crate::units::Credits;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Which mail to send. What it says is looked up when it is sent; links carry a token that only this payload holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum Mail {
    VerifyEmail {
        token: String,
    },
    Welcome,
    ResetPassword {
        token: String,
    },
    /// To the new address.
    ChangeEmail {
        to: String,
        token: String,
    },
    /// To the old address.
    EmailChanged {
        to: String,
    },
    PasswordChanged,
    NewSignIn {
        at: DateTime<Utc>,
        ip_address: Option<String>,
        user_agent: Option<String>,
    },
    VideoComplete {
        job_id: VideoJobId,
    },
    VideoFailed {
        job_id: VideoJobId,
    },
    ExportReady {
        task_id: TaskId,
    },
    DeletionScheduled,
    /// `amount` as people read it: `$19.00`. The link leads to Stripe's page of the invoice.
    PaymentReceived {
        amount: String,
        link: Option<String>,
    },
    PaymentFailed {
        amount: String,
        link: Option<String>,
    },
    TrialEnding {
        ends_at: DateTime<Utc>,
    },
    /// The plan is over: it was cancelled, or its payments failed for too long.
    PlanEnded,
    /// What is left is little beside what came last.
    CreditsLow {
        left: Credits,
    },
}

/// What a mail is about, as far as people may choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// Who can get into the account, what becomes of it and what was paid: it cannot be switched off.
    Account,
    /// A film is ready, or could not be made.
    Films,
    /// What is good to know in time.
    Reminders,
}

impl Topic {
    /// Those that can be switched off.
    pub const OPTIONAL: [Self; 2] = [Self::Films, Self::Reminders];

    pub fn word(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Films => "films",
            Self::Reminders => "reminders",
        }
    }

    /// A topic that can be switched off, by its word.
    pub fn optional(word: &str) -> Option<Self> {
        Self::OPTIONAL.into_iter().find(|topic| topic.word() == word)
    }
}

impl Mail {
    /// As its type is written in payloads.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::VerifyEmail { .. } => "verify_email",
            Self::Welcome => "welcome",
            Self::ResetPassword { .. } => "reset_password",
            Self::ChangeEmail { .. } => "change_email",
            Self::EmailChanged { .. } => "email_changed",
            Self::PasswordChanged => "password_changed",
            Self::NewSignIn { .. } => "new_sign_in",
            Self::VideoComplete { .. } => "video_complete",
            Self::VideoFailed { .. } => "video_failed",
            Self::ExportReady { .. } => "export_ready",
            Self::DeletionScheduled => "deletion_scheduled",
            Self::PaymentReceived { .. } => "payment_received",
            Self::PaymentFailed { .. } => "payment_failed",
            Self::TrialEnding { .. } => "trial_ending",
            Self::PlanEnded => "plan_ended",
            Self::CreditsLow { .. } => "credits_low",
        }
    }

    pub fn topic(&self) -> Topic {
        match self {
            Self::VideoComplete { .. } | Self::VideoFailed { .. } => Topic::Films,
            Self::Welcome | Self::CreditsLow { .. } => Topic::Reminders,
            Self::VerifyEmail { .. }
            | Self::ResetPassword { .. }
            | Self::ChangeEmail { .. }
            | Self::EmailChanged { .. }
            | Self::PasswordChanged
            | Self::NewSignIn { .. }
            | Self::ExportReady { .. }
            | Self::DeletionScheduled
            | Self::PaymentReceived { .. }
            | Self::PaymentFailed { .. }
            | Self::TrialEnding { .. }
            | Self::PlanEnded => Topic::Account,
        }
    }

    /// Whether it carries a token that is nowhere else.
    pub fn has_link(&self) -> bool {
        matches!(self, Self::VerifyEmail { .. } | Self::ResetPassword { .. } | Self::ChangeEmail { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_the_type_that_payloads_carry() {
        let ends_at = DateTime::<Utc>::UNIX_EPOCH;
        for mail in [
            Mail::VerifyEmail { token: "t".into() },
            Mail::NewSignIn { at: ends_at, ip_address: None, user_agent: None },
            Mail::DeletionScheduled,
            Mail::TrialEnding { ends_at },
            Mail::CreditsLow { left: Credits(150) },
        ] {
            assert_eq!(serde_json::to_value(&mail).unwrap()["type"], mail.kind());
        }
        assert_eq!(Topic::optional("films"), Some(Topic::Films));
        assert_eq!(Topic::optional("account"), None, "nobody does without these");
    }
}
