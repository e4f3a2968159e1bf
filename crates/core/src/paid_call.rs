//! The words of the ledger: what a call that may cost money is for, who pays for it, and how far it is.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What is bought.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Capability {
    Image,
    /// A picture from a picture.
    Edit,
    Clip,
    Vision,
    Text,
    Transcription,
}

impl Capability {
    pub fn word(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Edit => "edit",
            Self::Clip => "clip",
            Self::Vision => "vision",
            Self::Text => "text",
            Self::Transcription => "transcription",
        }
    }

    /// The line of a bill that it is on: `images`, `videos` or `processing`.
    pub fn bill_line(self) -> &'static str {
        match self {
            Self::Image | Self::Edit => "images",
            Self::Clip => "videos",
            Self::Vision | Self::Text | Self::Transcription => "processing",
        }
    }
}

/// Who pays the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Funding {
    /// The person, at the service, by a key of their own. No credits move.
    Own,
    /// The operator, who bills nobody. No credits move.
    House,
    /// The operator, out of the person's credits.
    Credits,
}

impl Funding {
    pub fn word(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::House => "house",
            Self::Credits => "credits",
        }
    }
}

/// How far a call is. Its money is set aside until it has succeeded or failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallState {
    /// Not sent.
    Reserved,
    /// Being sent: the service may have it.
    Submitting,
    /// The service has it and gave it a name.
    Submitted,
    /// Paid for, and its result is ours.
    Succeeded,
    /// Nothing came of it.
    Failed,
    /// The service may have it, and may have charged for it; a person must look.
    Unknown,
}

impl CallState {
    pub const ALL: [Self; 6] =
        [Self::Reserved, Self::Submitting, Self::Submitted, Self::Succeeded, Self::Failed, Self::Unknown];

    pub fn word(self) -> &'static str {
        match self {
            Self::Reserved => "reserved",
            Self::Submitting => "submitting",
            Self::Submitted => "submitted",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        }
    }

    /// Whether it may still cost money.
    pub fn is_open(self) -> bool {
        !matches!(self, Self::Succeeded | Self::Failed)
    }

    /// The states that a call may come to this one from.
    pub fn comes_from(self) -> &'static [Self] {
        match self {
            // Back to reserved only when the service is known not to have it.
            Self::Reserved | Self::Submitted => &[Self::Submitting, Self::Unknown],
            Self::Submitting => &[Self::Reserved],
            Self::Succeeded => &[Self::Submitting, Self::Submitted, Self::Unknown],
            Self::Failed => &[Self::Reserved, Self::Submitting, Self::Submitted, Self::Unknown],
            Self::Unknown => &[Self::Submitting, Self::Submitted],
        }
    }
}

impl fmt::Display for CallState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_that_are_read() {
        for state in CallState::ALL {
            assert_eq!(serde_json::to_value(state).unwrap(), state.word());
        }
        for funding in [Funding::Own, Funding::House, Funding::Credits] {
            assert_eq!(serde_json::to_value(funding).unwrap(), funding.word());
        }
        for capability in [Capability::Image, Capability::Edit, Capability::Clip, Capability::Vision] {
            assert_eq!(serde_json::to_value(capability).unwrap(), capability.word());
        }
    }

    #[test]
    fn what_ended_never_begins_again() {
        for state in CallState::ALL {
            assert!(state.comes_from().iter().all(|from| from.is_open()), "{state}");
            assert!(!state.comes_from().contains(&state));
        }
    }
}
