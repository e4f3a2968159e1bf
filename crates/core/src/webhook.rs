//! Webhooks out: what a person's own programs may be told of.

use serde::{Deserialize, Serialize};

macro_rules! events {
    ($($(#[$doc:meta])* $name:ident = $word:literal),+ $(,)?) => {
        /// What happened.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum Event {
            $($(#[$doc])* #[serde(rename = $word)] $name),+
        }

        impl Event {
            pub const ALL: &[Self] = &[$(Self::$name),+];

            pub fn word(self) -> &'static str {
                match self {
                    $(Self::$name => $word),+
                }
            }
        }
    };
}

events! {
    /// A film, or a scene that was ordered alone, is made.
    JobCompleted = "job.completed",
    JobFailed = "job.failed",
    /// It stopped because nothing more may be spent; a job that did has failed, too.
    JobBudgetReached = "job.budget_reached",
    /// The archive of everything that one has here is packed.
    ExportCompleted = "export.completed",
    CreditsLow = "credits.low",
}

/// What an endpoint is sent when its person tries it.
pub const TEST: &str = "webhook.test";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_written_as_its_word() {
        for event in Event::ALL {
            assert_eq!(serde_json::to_value(event).unwrap(), event.word());
        }
    }
}
